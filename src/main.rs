//! The trueup program: parses arguments, starts logging, runs, and ends with an exit code.

fn main() {}
