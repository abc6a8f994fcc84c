//! `gatewright import`

use super::{CommandError, Cx, Outcome};

/// Puts a document into API Gateway: plans, asks, applies, deploys.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The document: a path, `-`, or `git:REV:PATH`.
    spec: String,
}

pub(super) fn run(_cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    Err(CommandError::new(format!("`import` cannot read `{}` yet", args.spec)))
}
