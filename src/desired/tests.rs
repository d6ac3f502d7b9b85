//! The billing rules as laws, each from a world in step of which one thing is changed.

mod strategies;
