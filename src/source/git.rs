//! Reading files of git revisions.

use std::io::Read as _;
use std::process::{Command, Stdio};

use super::LoadError;
use super::load::{MAX_DOCUMENT_BYTES, read_limited};

/// How many commits are looked at for one that holds a blob.
const MAX_COMMITS: usize = 50;

/// Returns the bytes of a file at a revision. Its path is seen from the working directory.
pub(super) fn read(revision: &str, path: &str) -> Result<Vec<u8>, LoadError> {
    let failed = |message: String| LoadError::Git { revision: revision.into(), path: path.into(), message };
    if revision.starts_with('-') {
        return Err(failed("a revision cannot begin with `-`".into()));
    }
    let name = format!("git:{revision}:{path}");
    let mut git = Command::new("git")
        .args(["show", "--no-textconv", &format!("{revision}:{}", from_here(path))])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|e| failed(format!("git does not run ({e})")))?;
    let bytes = git.stdout.take().map_or_else(|| Ok(Vec::new()), |stdout| read_limited(stdout, &name));
    let bytes = match bytes {
        Ok(bytes) => bytes,
        Err(error) => {
            // It still has more to say than is read, and would wait for someone to read it.
            let _ = git.kill();
            let _ = git.wait();
            return Err(error);
        }
    };
    let mut message = String::new();
    if let Some(stderr) = git.stderr.take() {
        let _ = stderr.take(MAX_DOCUMENT_BYTES).read_to_string(&mut message);
    }
    let status = git.wait().map_err(|e| failed(format!("git was cut off ({e})")))?;
    if status.success() {
        return Ok(bytes);
    }
    Err(failed(message.lines().next().unwrap_or("no reason given").trim_start_matches("fatal: ").to_owned()))
}

/// Returns a revision at which the file at `path` is the blob `blob`: the index (the empty revision) or `HEAD` when it
/// is, else the latest such commit of any branch.
#[must_use]
pub fn revision_with(path: &str, blob: &str) -> Option<String> {
    if blob.len() < 7 || !blob.bytes().all(|b| b.is_ascii_hexdigit()) || blob.bytes().all(|b| b == b'0') {
        return None;
    }
    let holds = |revision: &str| {
        let name = format!("{revision}:{}", from_here(path));
        answer(&["rev-parse", "--verify", "--quiet", &name]).is_some_and(|found| found.starts_with(blob))
    };
    if let Some(known) = ["", "HEAD"].into_iter().find(|revision| holds(revision)) {
        return Some(known.to_owned());
    }
    let count = format!("--max-count={MAX_COMMITS}");
    // A commit that takes the blob away is named as well; before it, the blob was there.
    let commits = answer(&["log", "--all", "--format=%H%n%P", &count, &format!("--find-object={blob}"), "--", path])?;
    commits.split_whitespace().find(|commit| holds(commit)).map(str::to_owned)
}

fn answer(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn from_here(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("./{path}") }
}
