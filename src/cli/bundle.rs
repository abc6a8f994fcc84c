//! `gatewright bundle`

use super::{CommandError, Cx, Outcome};

/// Writes the one self-contained document that API Gateway will take.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
}

pub(super) fn run(_cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    Err(CommandError::new(format!("`bundle` cannot read `{}` yet", args.spec)))
}
