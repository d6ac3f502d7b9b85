//! What every line should bill: catalog × usage × companies × cross-references → desired lines.
//!
//! Pure. Implements "Resolution", "Measures" and "The number and the line" of billing.md. Knows no guard that limits a
//! change, no money and no drift: it does not look at what a line bills now, except to find the line.

mod line;

pub use line::{Derivation, Desired, DesiredLine, Found, Inputs, LinkedBy, MappingPlace, Want, Why};
