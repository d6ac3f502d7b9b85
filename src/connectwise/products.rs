//! Catalogue products as ConnectWise sends them.
//!
//! A price that cannot be read is a price that is not known; the money guards fail closed on it.

use serde::Deserialize;

use super::wire::{Names, Number, Record, Text, Unreadable, own_number};
use crate::billing::{Money, Product, ProductId};

/// Where products are listed.
pub(super) const PATH: &str = "procurement/catalog";
/// What is asked of each.
pub(super) const FIELDS: &str = "id,identifier,price,inactiveFlag";

/// A product as sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProductWire<'a> {
    id: Option<i64>,
    #[serde(borrow)]
    identifier: Option<Text<'a>>,
    #[serde(borrow)]
    price: Option<Number<'a>>,
    inactive_flag: Option<bool>,
}

impl Record for Product {
    type Wire<'a> = ProductWire<'a>;
    type Parent = ();

    fn read(wire: ProductWire<'_>, (): (), names: &mut Names) -> Result<Self, Unreadable> {
        let price = wire.price.as_ref().and_then(|price| price.decimal().ok().flatten());
        Ok(Self {
            id: ProductId(own_number(wire.id)?),
            identifier: names.intern(wire.identifier.as_ref().map_or("", |text| text.as_str())),
            price: price.map(Money::new),
            inactive: wire.inactive_flag.unwrap_or(false),
        })
    }

    fn number(&self) -> i64 {
        self.id.0
    }
}

#[cfg(test)]
mod tests {
    use crate::billing::{Product, ProductId};
    use crate::connectwise::wire::{Names, records};

    #[test]
    fn an_unreadable_price_is_unknown_and_not_zero() {
        let products: Vec<Product> = records(
            br#"[{"id":1,"identifier":"A","price":1.10,"inactiveFlag":true},{"id":2,"identifier":"B","price":"n/a"},
                 {"id":3,"identifier":"C"}]"#,
            (),
            &mut Names::default(),
        )
        .unwrap();

        let product = |id, identifier: &str, price: Option<&str>, inactive| Product {
            id: ProductId(id),
            identifier: identifier.into(),
            price: price.map(|price| price.parse().unwrap()),
            inactive,
        };
        assert_eq!(
            products,
            [product(1, "A", Some("1.1"), true), product(2, "B", None, false), product(3, "C", None, false)]
        );
    }
}
