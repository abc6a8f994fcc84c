//! `gatewright serve`

use super::{CommandError, Cx, Outcome};

/// Runs the embedded API Gateway.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
}

pub(super) fn run(_cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    Err(CommandError::new(format!("`serve` cannot read `{}` yet", args.spec)))
}
