//! What every line should bill: catalog × usage × companies × cross-references → desired lines.
//!
//! Pure. Implements "Resolution", "Measures" and "The number and the line" of billing.md. Knows no guard that limits a
//! change, no money and no drift: it does not look at what a line bills now, except to find the line.

mod line;
mod terms;
mod resolve;

mod ground;
mod level;
mod rows;
mod link;
mod absence;
mod member;
mod agreement;
mod addition;
mod measure;
mod expect;
mod claim;
mod counted;
mod cell;
mod trouble;
mod doubt;
mod settle;
mod stray;
mod shadow;
mod unbilled;
mod spelling;
mod index;
#[cfg(test)]
pub(crate) mod world;
#[cfg(test)]
mod tests;

pub use line::{Derivation, Desired, DesiredLine, Found, Inputs, LinkedBy, MappingPlace, Want, Why};
pub use resolve::resolve;
pub use terms::terms;
