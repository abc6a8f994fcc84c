//! Titles, summaries, descriptions, examples; extensions that nobody here knows.

use super::Options;
use super::checks::paths as check;
use super::edit::{Edit, quoted, value};
use crate::source::{Node, Span};

/// Extensions that other checks speak about.
const KNOWN_EXTENSIONS: [&str; 3] = ["x-sunset", "x-stability-level", "x-extensible-enum"];

/// Compares the prose of two things.
pub(super) fn compare<'a>(
    options: &Options,
    old_span: Span,
    new_span: Span,
    old: &dyn Fn(&str) -> Option<&'a Node>,
    new: &dyn Fn(&str) -> Option<&'a Node>,
    edits: &mut Vec<Edit>,
) {
    if !options.documentation {
        return;
    }
    for key in ["title", "summary", "description"] {
        let (before, after) = (old(key), new(key));
        if before == after {
            continue;
        }
        let verb = match (before, after) {
            (None, _) => "added",
            (_, None) => "removed",
            _ => "changed",
        };
        let text = |node: Option<&'a Node>| node.and_then(Node::as_str).unwrap_or_default();
        let (from, to) = (text(before), text(after));
        let spans = (before.map_or(old_span, |n| n.span), after.map_or(new_span, |n| n.span));
        let mut edit = Edit::new(&check::DOCUMENTATION_CHANGED, spans.0, spans.1, format!("the {key} was {verb}"));
        if !from.is_empty() || !to.is_empty() {
            edit = edit.with_text(from, to);
        }
        edits.push(edit);
    }
}

/// Compares the extensions of two things that no other check knows.
pub(super) fn extensions(options: &Options, old: &[&Node], new: &[&Node], near: Span, edits: &mut Vec<Edit>) {
    if !options.documentation {
        return;
    }
    let named = |nodes: &[&Node], key: &str| nodes.iter().find_map(|node| node.get(key)).cloned();
    let mut keys: Vec<&str> = Vec::new();
    for entry in old.iter().chain(new).flat_map(|node| node.entries()) {
        let key = entry.key.text.as_str();
        let known = key.starts_with("x-amazon-apigateway") || KNOWN_EXTENSIONS.contains(&key);
        if key.starts_with("x-") && !known && !keys.contains(&key) {
            keys.push(key);
        }
    }
    for key in keys {
        let (before, after) = (named(old, key), named(new, key));
        let name = quoted(key);
        let message = match (&before, &after) {
            (Some(a), Some(b)) if a == b => continue,
            (None, Some(b)) => format!("{name} was set to {}", value(b)),
            (Some(_), None) => format!("{name} was removed"),
            (Some(a), Some(b)) => format!("{name} changed from {} to {}", value(a), value(b)),
            (None, None) => continue,
        };
        let edit = Edit::new(&check::EXTENSION_CHANGED, before.map(|n| n.span), after.map(|n| n.span), message);
        edits.push(edit.near(near));
    }
}
