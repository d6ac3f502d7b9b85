//! The test vectors of the billing rules, and rounding against an oracle that shares no arithmetic with it.

use proptest::prelude::{Just, Strategy, any, prop_assert_eq, prop_oneof, proptest};
use rust_decimal::Decimal;

use super::{Rounding, RoundingMode};
use crate::billing::{Gigabyte, Quantity, Ratio, Size, SizeUnit};

/// used bytes, base bytes, then total 2dp, additional 2dp, total nearest, additional nearest, total up, additional up,
/// additional down.
const VECTORS: [(u64, u64, [&str; 7]); 8] = [
    (26_843_545_600, 21_474_836_480, ["25", "5", "25", "5", "25", "5", "5"]),
    (21_474_836_480, 21_474_836_480, ["20", "0", "20", "0", "20", "0", "0"]),
    (12_884_901_888, 21_474_836_480, ["12", "0", "12", "0", "12", "0", "0"]),
    (21_904_333_209, 21_474_836_480, ["20.4", "0.4", "20", "0", "21", "1", "0"]),
    (21_474_836_481, 21_474_836_480, ["20", "0", "20", "0", "21", "1", "0"]),
    (27_487_790_694, 22_011_707_392, ["25.6", "5.1", "26", "5", "26", "6", "5"]),
    (86_167_781_376, 107_374_182_400, ["80.25", "0", "80", "0", "81", "0", "0"]),
    (0, 21_474_836_480, ["0", "0", "0", "0", "0", "0", "0"]),
];

fn gigabytes(bytes: Ratio) -> Ratio {
    bytes.checked_div(SizeUnit::GB.bytes(Gigabyte::Binary)).unwrap()
}

fn quantity(text: &str) -> Quantity {
    text.parse().unwrap()
}

#[test]
fn every_vector_of_the_billing_rules_rounds_as_written() {
    let two = |mode| Rounding { mode, decimals: 2 };
    let whole = |mode| Rounding { mode, decimals: 0 };
    for (used, base, wanted) in VECTORS {
        let total = gigabytes(used.into());
        let additional = gigabytes(Ratio::from(used).checked_sub(base.into()).unwrap().not_below_zero());

        let rounded = [
            two(RoundingMode::Nearest).round(total),
            two(RoundingMode::Nearest).round(additional),
            whole(RoundingMode::Nearest).round(total),
            whole(RoundingMode::Nearest).round(additional),
            whole(RoundingMode::Up).round(total),
            whole(RoundingMode::Up).round(additional),
            whole(RoundingMode::Down).round(additional),
        ];

        assert_eq!(rounded, wanted.map(|text| Some(quantity(text))), "{used} bytes used, base {base}");
    }
}

#[test]
fn halves_go_up() {
    let rounding = Rounding { mode: RoundingMode::Nearest, decimals: 2 };

    let rounded = ["0.005", "0.015", "2.675", "0.0049999999999999999999999999"]
        .map(|text| rounding.round(Ratio::from(text.parse::<Decimal>().unwrap())));

    assert_eq!(rounded, ["0.01", "0.02", "2.68", "0"].map(|text| Some(quantity(text))));
}

#[test]
fn an_amount_beyond_the_range_gives_nothing_and_does_not_panic() {
    let most = Size::Gigabytes(Decimal::MAX).exact_bytes(Gigabyte::Binary).unwrap();

    assert_eq!(Rounding { mode: RoundingMode::Up, decimals: 4 }.round(most), None);
    assert!(most.checked_mul(u64::MAX).is_none());
    assert!(Ratio::from(1).checked_div(0).is_none());
}

#[test]
fn a_gigabyte_cell_is_an_exact_fraction_of_bytes() {
    let size = Size::Gigabytes("20.4".parse().unwrap());

    let used = gigabytes(size.exact_bytes(Gigabyte::Binary).unwrap());

    assert_eq!(Rounding { mode: RoundingMode::Up, decimals: 4 }.round(used), Some(quantity("20.4")));
    let decimal = Size::Gigabytes("1.5".parse().unwrap()).exact_bytes(Gigabyte::Decimal).unwrap();
    assert!(decimal.equals(Ratio::from(1_500_000_000)));
}

fn any_rounding() -> impl Strategy<Value = Rounding> {
    let mode = prop_oneof![Just(RoundingMode::Nearest), Just(RoundingMode::Up), Just(RoundingMode::Down)];
    (mode, 0..=4_u32).prop_map(|(mode, decimals)| Rounding { mode, decimals })
}

/// Long division by hand: as many digits as it takes, then the rule applied to the digits.
fn by_long_division(numerator: u128, denominator: u128, rounding: Rounding) -> u128 {
    let mut whole = numerator / denominator;
    let mut rest = numerator % denominator;
    for _ in 0..rounding.decimals {
        rest *= 10;
        whole = whole * 10 + rest / denominator;
        rest %= denominator;
    }
    let up = match rounding.mode {
        RoundingMode::Down => false,
        RoundingMode::Up => rest != 0,
        RoundingMode::Nearest => rest * 10 / denominator >= 5,
    };
    whole + u128::from(up)
}

proptest! {
    #[test]
    fn rounding_agrees_with_long_division(bytes in any::<u64>(), rounding in any_rounding()) {
        let digits = by_long_division(u128::from(bytes), 1 << 30, rounding);

        let rounded = rounding.round(gigabytes(bytes.into()));

        let wanted = Decimal::from_i128_with_scale(i128::try_from(digits).unwrap(), rounding.decimals);
        prop_assert_eq!(rounded, Some(Quantity::new(wanted)));
    }

    #[test]
    fn more_bytes_never_round_to_less(one in any::<u64>(), two in any::<u64>(), rounding in any_rounding()) {
        let (less, more) = (one.min(two), one.max(two));

        let smaller = rounding.round(gigabytes(less.into()));

        prop_assert_eq!(smaller.max(rounding.round(gigabytes(more.into()))), rounding.round(gigabytes(more.into())));
    }

    #[test]
    fn subtraction_of_unlike_fractions_is_exact(one in any::<u32>(), two in any::<u32>(), cents in 0..100_000_i64) {
        let fraction = Ratio::from(Decimal::new(cents, 3));
        let left = gigabytes(u64::from(one).into());
        let right = gigabytes(u64::from(two).into());

        let direct = left.checked_sub(right).unwrap();
        let roundabout =
            left.checked_sub(fraction).unwrap().checked_sub(right.checked_sub(fraction).unwrap()).unwrap();

        assert!(direct.equals(roundabout));
    }
}
