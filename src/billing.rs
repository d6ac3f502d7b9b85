//! The nouns of the invoice, as ConnectWise PSA knows them, and the arithmetic they need.
//!
//! Plain values. Knows neither how ConnectWise is reached nor what usage is; nothing here is a float.

mod addition;
mod agreement;
mod company;
mod cross_reference;
mod ids;
mod money;
mod product;
mod quantity;
mod ratio;
mod record;
mod rounding;
mod size;
mod view;

pub use addition::{Addition, BillCustomer};
pub use agreement::{Agreement, AgreementStatus, AgreementType};
pub use company::{Company, CustomField};
pub use cross_reference::{CrossReference, Integration};
pub use ids::{
    AdditionId, AgreementId, AgreementTypeId, CompanyId, CrossReferenceId, IntegrationId, LineKey, ProductId,
};
pub use money::Money;
pub use product::Product;
pub use quantity::Quantity;
pub use ratio::Ratio;
pub use record::{Adopted, Guarded, LineRecord, LineRecords, OpenIntent, PastWrite};
pub use rounding::{Rounding, RoundingMode};
pub use size::{Gigabyte, Size, SizeUnit};
pub use view::View;
