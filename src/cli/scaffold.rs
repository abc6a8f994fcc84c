//! `gatewright scaffold`

use super::{CommandError, Cx, Outcome};

/// Writes a Cargo project of Rust Lambda handlers.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
}

pub(super) fn run(_cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    Err(CommandError::new(format!("`scaffold` cannot read `{}` yet", args.spec)))
}
