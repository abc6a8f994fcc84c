//! The `gatewright` command.

#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    gatewright::cli::main()
}
