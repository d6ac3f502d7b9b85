//! What a line is worth a month, and what a change of its quantity moves: exact, or unknown.
//!
//! Money is for people and for guards; it is never written. An unknown price is never 0, and an amount that does not
//! fit an exact decimal is unknown rather than rounded.

use rust_decimal::Decimal;

use super::AdditionRef;
use crate::billing::{Addition, BillCustomer, Money, Product, Quantity};

/// What turns a quantity of one line into money.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tariff {
    /// The customer is not billed for it: everything is worth 0.
    Free,
    /// So much a unit, after the free ones.
    Priced { less_included: Decimal, price: Decimal },
    /// ConnectWise or the catalogue has no price.
    Unknown,
}

impl Tariff {
    /// Of a line as it stands in ConnectWise. A null Less Included is 0.
    pub(super) fn of(addition: &Addition) -> Self {
        match (addition.bill_customer, addition.unit_price) {
            (BillCustomer::DoNotBill | BillCustomer::NoCharge, _) => Self::Free,
            (BillCustomer::Billable, Some(price)) => {
                let less_included = addition.less_included.map_or(Decimal::ZERO, Quantity::value);
                Self::Priced { less_included, price: price.value() }
            }
            (BillCustomer::Billable, None) => Self::Unknown,
        }
    }

    /// Of a line as the document has it.
    pub(super) fn of_reference(addition: &AdditionRef<'_>) -> Self {
        let less_included = addition.less_included.map_or(Decimal::ZERO, Quantity::value);
        match addition.unit_price {
            _ if addition.bill_customer != BillCustomer::Billable.as_str() => Self::Free,
            Some(price) => Self::Priced { less_included, price: price.value() },
            None => Self::Unknown,
        }
    }

    /// Of a line to create: the catalogue's price, nothing free.
    pub(super) fn of_catalogue(product: Option<&Product>) -> Self {
        match product.and_then(|product| product.price) {
            Some(price) => Self::Priced { less_included: Decimal::ZERO, price: price.value() },
            None => Self::Unknown,
        }
    }

    /// The monthly value of a quantity.
    pub(super) fn value(self, quantity: Quantity) -> Option<Money> {
        match self {
            Self::Free => Some(Money::ZERO),
            Self::Priced { less_included, price } => {
                let billed = exact_sum(quantity.value(), -less_included)?.max(Decimal::ZERO);
                exact_product(billed, price).map(Money::new)
            }
            Self::Unknown => None,
        }
    }

    /// What going from one quantity to another adds to the bill each month.
    pub(super) fn delta(self, before: Quantity, after: Quantity) -> Option<Money> {
        difference(self.value(after)?, self.value(before)?)
    }
}

/// `minuend - subtrahend`, exact.
pub(super) fn difference(minuend: Money, subtrahend: Money) -> Option<Money> {
    exact_sum(minuend.value(), -subtrahend.value()).map(Money::new)
}

/// The exact sum of amounts; unknown when one of them is.
pub(super) fn total(amounts: impl IntoIterator<Item = Option<Money>>) -> Option<Money> {
    amounts.into_iter().try_fold(Money::ZERO, |sum, amount| add(sum, amount?))
}

/// The exact sum of two amounts.
pub(super) fn add(left: Money, right: Money) -> Option<Money> {
    exact_sum(left.value(), right.value()).map(Money::new)
}

/// The sum, unless it had to be rounded to fit.
pub(super) fn exact_sum(left: Decimal, right: Decimal) -> Option<Decimal> {
    let sum = left.checked_add(right)?;
    (left.is_zero() || right.is_zero() || sum.scale() == left.scale().max(right.scale())).then_some(sum)
}

/// The product, unless it had to be rounded to fit.
pub(super) fn exact_product(left: Decimal, right: Decimal) -> Option<Decimal> {
    let product = left.checked_mul(right)?;
    (left.is_zero() || right.is_zero() || product.scale() == left.scale() + right.scale()).then_some(product)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};

    use super::{Tariff, exact_product, exact_sum, total};
    use crate::billing::{Money, Quantity};
    use rust_decimal::Decimal;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn priced(less_included: &str, price: &str) -> Tariff {
        Tariff::Priced { less_included: decimal(less_included), price: decimal(price) }
    }

    fn quantity(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn only_what_exceeds_less_included_is_billed() {
        let tariff = priced("20", "0.75");

        assert_eq!(tariff.value(quantity("25")), Some(Money::new(decimal("3.75"))));
        assert_eq!(tariff.value(quantity("12")), Some(Money::ZERO));
        assert_eq!(tariff.delta(quantity("25"), quantity("12")), Some(Money::new(decimal("-3.75"))));
    }

    #[test]
    fn an_unknown_price_is_never_zero() {
        assert_eq!(Tariff::Unknown.value(quantity("0")), None);
        assert_eq!(total([Some(Money::ZERO), None]), None);
        assert_eq!(Tariff::of_catalogue(None), Tariff::Unknown);
    }

    #[test]
    fn what_the_customer_is_not_billed_for_moves_no_money() {
        assert_eq!(Tariff::Free.delta(quantity("0"), quantity("900")), Some(Money::ZERO));
    }

    #[test]
    fn an_amount_that_would_have_to_be_rounded_is_unknown() {
        let long = decimal("1.234567890123456789012345678");

        assert_eq!(exact_product(long, decimal("1.11")), None);
        assert_eq!(exact_sum(long, decimal("79228162514264337593543950335")), None);
        assert_eq!(exact_sum(decimal("0.1"), decimal("0.2")), Some(decimal("0.3")));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn what_one_change_adds_its_reverse_takes(
            before in any::<u32>(), after in any::<u32>(), free in any::<u32>(), price in any::<u32>(),
        ) {
            let cents = |amount: u32| Decimal::new(amount.into(), 2);
            let tariff = Tariff::Priced { less_included: cents(free), price: cents(price) };
            let (before, after) = (Quantity::new(cents(before)), Quantity::new(cents(after)));

            let both = total([tariff.delta(before, after), tariff.delta(after, before)]);

            prop_assert_eq!(both, Some(Money::ZERO));
        }
    }
}
