//! `gatewright lint`

use super::{CommandError, Cx, Outcome};

/// Says what API Gateway refuses, drops, or trips over.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
}

pub(super) fn run(_cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    Err(CommandError::new(format!("`lint` cannot read `{}` yet", args.spec)))
}
