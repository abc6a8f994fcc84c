//! What is remembered of an import: version, git revision, content.

use std::fmt::Write as _;
use std::path::Path;

use crate::deploy::history::{Entry, History, State};
use crate::deploy::{Action, Beside, Meant, Plan};
use crate::openapi::Document;

use super::super::plan_text::is_secret;

/// Returns the history's entry for an import that is about to begin.
pub(super) fn started(history: &History, plan: &Plan, document: &Document, revision: Option<String>) -> Entry {
    let count = |action| plan.changes.iter().filter(|c| c.action == action).count();
    Entry {
        number: history.next_number(),
        time: jiff::Timestamp::now().as_second(),
        state: State::Started,
        api_id: plan.api.as_ref().map(|api| api.id.clone()).unwrap_or_default(),
        name: plan.name.clone(),
        stage: plan.stage.clone(),
        version: version(document),
        revision,
        content: content_hash(&plan.body),
        deployment_before: plan.deployment.clone(),
        deployment_after: None,
        changes: [count(Action::Add), count(Action::Change), count(Action::Remove)],
        subjects: subjects(plan),
        variables_before: plan
            .variables
            .iter()
            .filter(|(name, ..)| !is_secret(name))
            .map(|(name, before, _)| (name.clone(), before.clone()))
            .collect(),
        beside_before: Beside::of(plan),
        permissions_pending: false,
        http: matches!(plan.after, Meant::Http(_)),
        export_before: plan.before.clone(),
        export_after: None,
    }
}

/// Returns the names of what changes, without any value.
fn subjects(plan: &Plan) -> Vec<String> {
    /// So many are kept; a history is read by people.
    const KEPT: usize = 200;
    let mark = |action| match action {
        Action::Add => '+',
        Action::Change => '~',
        Action::Remove => '-',
    };
    let changes = plan.changes.iter().map(|change| format!("{} {}", mark(change.action), change.subject));
    let variables = plan
        .variables
        .iter()
        .map(|(name, before, _)| format!("{} stage variable {name}", if before.is_some() { '~' } else { '+' }));
    let settings =
        plan.settings.iter().map(|s| format!("{} {}", if s.before.is_some() { '~' } else { '+' }, s.subject));
    changes.chain(variables).chain(settings).take(KEPT).collect()
}

/// Returns the deployment's description: the document's version, git revision and the hash of its content.
pub(super) fn deployment_description(entry: &Entry) -> String {
    /// Characters; AWS takes 1024.
    const LONGEST: usize = 200;
    let version = entry.version.as_ref().map(|v| format!(", version {v}")).unwrap_or_default();
    let revision = entry.revision.as_ref().map(|r| format!(", git {r}")).unwrap_or_default();
    // One line of plain text, as logs and consoles show it.
    let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '_' };
    let text = format!("gatewright: content {}{revision}{version}", entry.content);
    text.chars().map(plain).take(LONGEST).collect()
}

fn version(document: &Document) -> Option<String> {
    Some(document.root().get("info")?.get("version")?.scalar_text()?.to_string())
}

/// Returns the short git revision that a document of this name is of: of the revision it was read from, or of its folder,
/// with `+` when the document differs from that.
pub(super) fn revision(name: &str) -> Option<String> {
    let git = |folder: &Path, arguments: &[&str]| {
        let output = std::process::Command::new("git").arg("-C").arg(folder).args(arguments).output().ok()?;
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    if let Some((revision, _)) = name.strip_prefix("git:").and_then(|rest| rest.split_once(':')) {
        // What begins so would be an option of git's.
        if revision.starts_with('-') {
            return None;
        }
        let commit = format!("{revision}^{{commit}}");
        return git(Path::new("."), &["rev-parse", "--verify", "--quiet", "--short", &commit]);
    }
    let path = Path::new(name);
    if !path.is_file() {
        return None;
    }
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let revision = git(folder, &["rev-parse", "--short", "HEAD"])?;
    let name = path.file_name()?.to_str()?;
    let dirty = git(folder, &["status", "--porcelain", "--", name]).is_some_and(|changes| !changes.is_empty());
    Some(if dirty { format!("{revision}+") } else { revision })
}

fn content_hash(body: &str) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(body).iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
