//! Real changes in real folders.
