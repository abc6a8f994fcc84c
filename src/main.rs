//! The `gatewright` command.

#![forbid(unsafe_code)]

use std::process::ExitCode;

/// See `docs/decisions/0003-allocator.md`; its settings are in `.cargo/config.toml`.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    gatewright::cli::main()
}
