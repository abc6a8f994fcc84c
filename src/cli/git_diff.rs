//! `gatewright git-diff`

use similar::TextDiff;

use crate::diff::{self, Options, render};
use crate::openapi::{self, Document, LoadOptions};
use crate::source::git::revision_with;
use crate::source::render::sanitized;
use crate::source::{Loader, Origin};

use super::{CommandError, Cx, Outcome};

/// Shows what changed in a document, as git's external diff driver.
///
/// In `.gitattributes`: `api.yaml diff=gatewright`; then
/// `git config diff.gatewright.command "gatewright git-diff"`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What git passes: PATH OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE, and two more for a renamed file.
    #[arg(required = true, num_args = 1..=9, value_name = "ARG")]
    arguments: Vec<String>,
}

pub(super) fn run(cx: &Cx, args: Args) -> Result<Outcome, CommandError> {
    let [path, rest @ ..] = args.arguments.as_slice() else {
        return Err(CommandError::new("git passes a path"));
    };
    // An unmerged path comes alone.
    let [old, old_blob, _, new, new_blob, ..] = rest else {
        cx.ui.answer(&format!("gatewright diff {}: unmerged\n", sanitized(path)));
        return Ok(Outcome::Clean);
    };
    let shown = rest.get(6).unwrap_or(path);
    let (before, after) = (read(old)?, read(new)?);
    let title = format!("gatewright diff {}\n", sanitized(shown));
    let text = match (document(path, old_blob, &before), document(shown, new_blob, &after)) {
        (Some(a), Some(b)) => render::terminal::render(&diff::diff(&a, &b, &Options::default()), cx.ui.stdout_color()),
        // What is no document, or is new or gone, is compared as any text is.
        _ => {
            let lines = TextDiff::from_lines(&before, &after);
            let lines = lines.unified_diff().header(&format!("a/{path}"), &format!("b/{shown}")).to_string();
            sanitized(&lines).into_owned()
        }
    };
    cx.ui.answer(&format!("{title}{text}"));
    Ok(Outcome::Clean)
}

/// Reads a side; git names `/dev/null` (`nul` on Windows) for one that is not there.
fn read(file: &str) -> Result<String, CommandError> {
    if file == "/dev/null" || file.eq_ignore_ascii_case("nul") {
        return Ok(String::new());
    }
    Loader::default().read(&Origin::File(file.into())).map_err(CommandError::from)
}

/// Returns the document of one side. What it refers to is taken from the revision that the side is of: git names its
/// blob, or nothing but zeros for the file as it is in the working tree.
fn document(name: &str, blob: &str, text: &str) -> Option<Document> {
    if text.is_empty() {
        return None;
    }
    let origin = match revision_with(name, blob) {
        Some(revision) => Origin::Git { revision, path: name.into() },
        None => Origin::File(name.into()),
    };
    openapi::load_text(&Loader::default(), &origin, text.to_owned(), &LoadOptions::default()).0
}
