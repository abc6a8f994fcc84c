//! A plan, and differences between two definitions, as people read them.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use crate::deploy::{Action, Member, Plan, PlannedChange, UsageStep};
use crate::diff::{Level, Report};
use crate::source::render::sanitized;

/// Returns whether a name speaks of a secret, so that its value is not shown.
pub(super) fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 10] = [
        "authorization",
        "password",
        "passwd",
        "secret",
        "token",
        "apikey",
        "api_key",
        "api-key",
        "credential",
        "cookie",
    ];
    let name = name.to_ascii_lowercase();
    // Members that only mention such things: a credential's ARN is a role's name, a scheme's header is no value.
    let harmless = ["credentials", "apikeyrequired", "apikeysource"];
    let last = name.rsplit('.').next().unwrap_or(&name);
    !harmless.contains(&last) && WORDS.iter().any(|word| last.contains(word))
}

/// Returns a value of a plan with the members hidden whose names speak of a secret.
pub(super) fn without_secrets(value: &str) -> std::borrow::Cow<'_, str> {
    fn hide(value: &mut serde_json::Value) -> bool {
        match value {
            serde_json::Value::Object(members) => members.iter_mut().fold(false, |hidden, (name, value)| {
                if value.is_string() && is_secret(name) {
                    *value = "(hidden)".into();
                    return true;
                }
                hide(value) || hidden
            }),
            serde_json::Value::Array(items) => items.iter_mut().map(hide).filter(|hidden| *hidden).count() > 0,
            _ => false,
        }
    }
    if value.starts_with(['{', '['])
        && let Ok(mut json) = serde_json::from_str(value)
        && hide(&mut json)
    {
        return json.to_string().into();
    }
    value.into()
}

/// Returns a value as it may be shown under this name.
pub(super) fn shown(name: &str, value: &str) -> String {
    if is_secret(name) { "(hidden)".into() } else { one_line(value) }
}

/// Returns the plan as people read it.
pub(super) fn plan_text(plan: &Plan, color: bool) -> String {
    let mut text = String::new();
    if plan.is_empty() {
        return text;
    }
    let name = one_line(&plan.name);
    let _ = match &plan.api {
        None => writeln!(text, "API `{name}` does not exist and will be created, with stage `{}`:", plan.stage),
        Some(api) if plan.deployment.is_none() => {
            writeln!(text, "API `{name}` ({}) will be deployed to the new stage `{}`:", api.id, plan.stage)
        }
        Some(api) => writeln!(text, "API `{name}` ({}), stage `{}`, will change:", api.id, plan.stage),
    };
    text.push_str(&changes_text(&plan.changes, color));
    for (name, before, after) in &plan.variables {
        set(&mut text, &format!("stage variable {}", one_line(name)), name, before.as_deref(), after);
    }
    for setting in &plan.settings {
        let subject = one_line(&setting.subject);
        set(&mut text, &subject, &setting.subject, setting.before.as_deref(), &setting.after);
    }
    for step in plan.usage() {
        let line = match step {
            UsageStep::CreateKey { name } => format!("+ API key {}", one_line(name)),
            UsageStep::UpdateKey { name, change } => format!("~ API key {}: {}", one_line(name), member(change)),
            UsageStep::CreatePlan { name } => format!("+ usage plan {}", one_line(name)),
            UsageStep::UpdatePlan { name, change } => format!("~ usage plan {}: {}", one_line(name), member(change)),
            UsageStep::AddStage { plan: name } => format!("~ usage plan {}: + stage {}", one_line(name), plan.stage),
            UsageStep::AddKey { plan, key } => format!("~ usage plan {}: + API key {}", one_line(plan), one_line(key)),
        };
        let _ = writeln!(text, "  {line}");
    }
    let count = |action| plan.changes.iter().filter(|c| c.action == action).count();
    let _ = writeln!(
        text,
        "{} to add, {} to change, {} to remove",
        count(Action::Add),
        count(Action::Change),
        count(Action::Remove)
    );
    text
}

fn set(text: &mut String, subject: &str, name: &str, before: Option<&str>, after: &str) {
    let after = shown(name, after);
    let _ = match before {
        Some(before) => writeln!(text, "  ~ {subject}: {} -> {after}", shown(name, before)),
        None => writeln!(text, "  + {subject}: {after}"),
    };
}

fn member(change: &Member) -> String {
    let name = change.path.trim_start_matches('/').replace('/', ".");
    match &change.before {
        Some(before) => format!("{name}: {} -> {}", one_line(before), one_line(&change.after)),
        None => format!("{name}: {}", one_line(&change.after)),
    }
}

/// Returns what changes mean to clients, as people read it: those that break some, and those that may.
pub(super) fn report_text(report: &Report, color: bool) -> String {
    use anstyle::{AnsiColor, Style};
    /// So many are shown; `diff` shows all.
    const SHOWN: usize = 20;
    let style = |c: AnsiColor| if color { c.on_default() } else { Style::new() };
    let mut text = String::new();
    let counts = |change: &&crate::diff::Change| change.accepted.is_none() && change.level > Level::Info;
    let changes: Vec<_> = report.changes.iter().filter(counts).collect();
    for change in changes.iter().take(SHOWN) {
        let (word, style) = match change.level {
            Level::Error => ("breaks clients", style(AnsiColor::Red)),
            _ => ("may break clients", style(AnsiColor::Yellow)),
        };
        let of = match change.operations.as_slice() {
            [] => String::new(),
            [one] => format!(" {one}:"),
            [first, rest @ ..] => format!(" {first} and {} more:", rest.len()),
        };
        let message = one_line(&change.message);
        let _ = writeln!(text, "  {style}! {word}{style:#}:{} {message} [{}]", one_line(&of), change.id);
    }
    if changes.len() > SHOWN {
        let _ = writeln!(text, "  ! … and {} more", changes.len() - SHOWN);
    }
    text
}

/// Returns changes as people read them: a line each, changed members below, long texts as a text diff.
pub(super) fn changes_text(changes: &[PlannedChange], color: bool) -> String {
    use anstyle::{AnsiColor, Style};
    let style = |c: AnsiColor| if color { c.on_default() } else { Style::new() };
    let (green, yellow, red) = (style(AnsiColor::Green), style(AnsiColor::Yellow), style(AnsiColor::Red));
    let mut text = String::new();
    for change in changes {
        let (mark, style) = match change.action {
            Action::Add => ("+", green),
            Action::Change => ("~", yellow),
            Action::Remove => ("-", red),
        };
        let _ = writeln!(text, "  {style}{mark} {}{style:#}", one_line(&change.subject));
        for detail in &change.details {
            let member = one_line(&detail.member);
            match (&detail.before, &detail.after) {
                _ if is_secret(&detail.member) => {
                    let _ = writeln!(text, "      {member}: (hidden)");
                }
                (Some(before), Some(after)) if before.contains('\n') || after.contains('\n') => {
                    let _ = writeln!(text, "      {member}:");
                    let diff = TextDiff::from_lines(before, after);
                    for line in diff.iter_all_changes() {
                        let (mark, style) = match line.tag() {
                            ChangeTag::Equal => (" ", Style::new()),
                            ChangeTag::Delete => ("-", red),
                            ChangeTag::Insert => ("+", green),
                        };
                        let _ = writeln!(
                            text,
                            "        {style}{mark} {}{style:#}",
                            sanitized(line.value().trim_end_matches('\n'))
                        );
                    }
                }
                (before, after) => {
                    let shown = |value: &Option<String>| {
                        value.as_deref().map_or("(none)".into(), |value| one_line(&without_secrets(value)))
                    };
                    let _ = writeln!(text, "      {member}: {} -> {}", shown(before), shown(after));
                }
            }
        }
    }
    text
}

/// Returns the text without anything that drives a terminal or begins a line: what is asked about must not be able to
/// look like another line of the plan.
pub(super) fn one_line(text: &str) -> String {
    sanitized(text).replace('\n', "\\n")
}
