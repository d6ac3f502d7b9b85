//! A catalogue product: what a new addition would cost.

use std::sync::Arc;

use super::{Money, ProductId};

/// A product of the ConnectWise catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Product {
    /// Its number.
    pub id: ProductId,
    /// Its identifier.
    pub identifier: Arc<str>,
    /// The price a new addition would get.
    pub price: Option<Money>,
    /// Whether the catalogue no longer sells it: this holds a create, not a change.
    pub inactive: bool,
}
