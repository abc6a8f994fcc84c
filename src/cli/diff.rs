//! `gatewright diff`

use super::{CommandError, Cx, Outcome};

/// Shows what changed between two documents, or a document and a deployed API.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
}

pub(super) fn run(_cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    Err(CommandError::new(format!("`diff` cannot read `{}` yet", args.spec)))
}
