//! `gatewright dev`

use super::{CommandError, Cx, Outcome};

/// Runs a document as an API on this machine, rebuilding what changes.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
}

pub(super) fn run(_cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    Err(CommandError::new(format!("`dev` cannot read `{}` yet", args.spec)))
}
