//! `gatewright git-diff`

use std::process::Command;

use similar::TextDiff;

use crate::diff::{self, Options, render};
use crate::openapi::{self, Document, LoadOptions};
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
    let [old, old_hex, _, new, new_hex, ..] = rest else {
        cx.ui.answer(&format!("gatewright diff {}: unmerged\n", sanitized(path)));
        return Ok(Outcome::Clean);
    };
    let shown = rest.get(6).unwrap_or(path);
    let (before, after) = (read(old)?, read(new)?);
    let title = format!("gatewright diff {}\n", sanitized(shown));
    let (from, to) = (origin(path, old_hex), origin(shown, new_hex));
    let text = match (document(from, &before), document(to, &after)) {
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

fn document(origin: Origin, text: &str) -> Option<Document> {
    if text.is_empty() {
        return None;
    }
    openapi::load_text(&Loader::default(), &origin, text.to_owned(), &LoadOptions::default()).0
}

/// Returns where a side is from, so that what it refers to is read as it was then: the revision whose file it is, or
/// the working tree.
fn origin(path: &str, hex: &str) -> Origin {
    let file = Origin::File(path.into());
    let is_blob = !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit()) && hex.bytes().any(|b| b != b'0');
    // git runs the driver at the top of the working tree, and its paths are from there.
    if !is_blob || path.starts_with('-') {
        return file;
    }
    let holds = |revision: &str| {
        git(&["rev-parse", "--verify", "--quiet", &format!("{revision}:./{path}")])
            .is_some_and(|of| of.starts_with(hex))
    };
    let at = |revision: &str| Origin::Git { revision: revision.to_owned(), path: path.to_owned() };
    if let Some(near) = ["HEAD", "", "MERGE_HEAD", "ORIG_HEAD"].into_iter().find(|revision| holds(revision)) {
        return at(near);
    }
    // An older one: the commits that brought the file's content or took it away, and those before them.
    let found = format!("--find-object={hex}");
    let commits = git(&["log", "--all", "--max-count=8", "--format=%H", &found, "--", path]).unwrap_or_default();
    let older = commits.lines().flat_map(|commit| [commit.to_owned(), format!("{commit}^")]);
    older.into_iter().find(|revision| holds(revision)).map_or(file, |revision| at(&revision))
}

/// Returns what git answers, or nothing when it refuses.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}
