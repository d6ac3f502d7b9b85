//! connectwise
