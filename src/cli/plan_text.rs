//! A plan, and differences between two definitions, as people read them.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use crate::deploy::{Action, Plan, PlannedChange};

use crate::source::render::sanitized;

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
        let (name, after) = (one_line(name), one_line(after));
        let _ = match before {
            Some(before) => writeln!(text, "  ~ stage variable {name}: {} -> {after}", one_line(before)),
            None => writeln!(text, "  + stage variable {name}: {after}"),
        };
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
                    let shown = |value: &Option<String>| value.as_deref().map_or("(none)".into(), one_line);
                    let _ = writeln!(text, "      {member}: {} -> {}", shown(before), shown(after));
                }
            }
        }
    }
    text
}

/// Returns the text without anything that drives a terminal or begins a line: what is asked about must not be able to
/// look like another line of the plan.
fn one_line(text: &str) -> String {
    sanitized(text).replace('\n', "\\n")
}
