//! The trueup program: runs the command line and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    trueup::cli::dispatch(std::env::args_os()).into()
}
