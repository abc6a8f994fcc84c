//! Who may call: requirements of operations, and the schemes they name.
//!
//! A requirement is a choice of alternatives, each a set of credentials. It is stricter when a
//! client that satisfied an old alternative satisfies no new one; that refuses the client, so it
//! breaks, whatever else became possible.

use std::collections::{BTreeMap, BTreeSet};

use super::checks::Check;
use super::checks::paths::DOCUMENTATION_CHANGED;
use super::checks::security as check;
use super::edit::{Edit, quoted, value};
use super::gateway;
use super::operations::{Both, Differ};
use crate::openapi::{Document, Operation};
use crate::source::{Entry, Node, Span};

/// One alternative: scheme names with the scopes demanded of each.
type Alternative<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// What an operation demands.
struct Requirement<'a> {
    alternatives: Vec<Alternative<'a>>,
    span: Option<Span>,
}

/// Returns whether both documents define the same schemes.
pub(super) fn schemes_are_equal(old: &Document, new: &Document) -> bool {
    schemes_node(old) == schemes_node(new)
}

fn schemes_node(document: &Document) -> Option<&Node> {
    document.root().get("components")?.get("securitySchemes")
}

/// Compares what an operation demands, and the schemes it uses.
pub(super) fn compare<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>) {
    let before = requirement(differ.cx.old, &both.old);
    let after = requirement(differ.cx.new, &both.new);
    let renamed = renamed(differ.cx.old, differ.cx.new);
    let as_now: Vec<Alternative<'_>> = before
        .alternatives
        .iter()
        .map(|set| set.iter().map(|(name, scopes)| (*renamed.get(name).unwrap_or(name), scopes.clone())).collect())
        .collect();
    for (check, message) in verdicts(&as_now, &after.alternatives) {
        let edit = Edit::new(check, before.span, after.span, message).near(both.new.span);
        differ.report_whole([both.index], edit);
    }
    let used: BTreeSet<&str> = before.alternatives.iter().flat_map(|set| set.keys().copied()).collect();
    for name in used {
        let now = renamed.get(name).copied().unwrap_or(name);
        let entry = |document: &'a Document, name: &str| schemes_node(document).and_then(|node| node.entry(name));
        if let (Some(a), Some(b)) = (entry(differ.cx.old, name), entry(differ.cx.new, now)) {
            let mut edits = Vec::new();
            let documentation = differ.cx.options.documentation;
            scheme((differ.cx.old, a), (differ.cx.new, b), documentation, &mut edits);
            for edit in edits {
                differ.report_whole([both.index], edit);
            }
        }
    }
}

/// Compares the definitions of schemes, whether used or not.
pub(super) fn definitions(differ: &mut Differ<'_, '_>) {
    let (old, new) = (differ.cx.old, differ.cx.new);
    if schemes_are_equal(old, new) {
        return;
    }
    let renamed = renamed(old, new);
    let near = new.root().entry("components").map(|e| e.key.span);
    let mut known: BTreeSet<&str> = BTreeSet::new();
    for entry in schemes_node(old).map(Node::entries).unwrap_or_default() {
        let name = entry.key.text.as_str();
        let now = renamed.get(name).copied().unwrap_or(name);
        known.insert(now);
        match schemes_node(new).and_then(|node| node.entry(now)) {
            Some(other) => {
                let mut edits = Vec::new();
                scheme((old, entry), (new, other), differ.cx.options.documentation, &mut edits);
                for edit in edits {
                    differ.report_whole([], edit);
                }
            }
            None => {
                let message = format!("the security scheme {} is no longer defined", quoted(name));
                let edit = Edit::new(&check::SECURITY_SCHEME_REMOVED, entry.key.span, None, message).near(near);
                differ.report_whole([], edit);
            }
        }
    }
    for entry in schemes_node(new).map(Node::entries).unwrap_or_default() {
        if !known.contains(entry.key.text.as_str()) {
            let message = format!("the security scheme {} is defined", quoted(&entry.key.text));
            differ.report_whole([], Edit::new(&check::SECURITY_SCHEME_ADDED, None, entry.key.span, message));
        }
    }
}

/// Returns the schemes that are the same under another name.
fn renamed<'a>(old: &'a Document, new: &'a Document) -> BTreeMap<&'a str, &'a str> {
    let entries = |document: &'a Document| schemes_node(document).map(Node::entries).unwrap_or_default();
    let mut renamed = BTreeMap::new();
    for entry in entries(old) {
        if entries(new).any(|other| other.key.text == entry.key.text) {
            continue;
        }
        let same = entries(new).find(|other| {
            let is_new = !entries(old).any(|e| e.key.text == other.key.text);
            is_new && new.resolved(&other.value) == old.resolved(&entry.value)
        });
        if let Some(other) = same {
            renamed.insert(entry.key.text.as_str(), other.key.text.as_str());
        }
    }
    renamed
}

fn requirement<'a>(document: &'a Document, operation: &Operation<'a>) -> Requirement<'a> {
    let node = operation.node.get("security").or_else(|| document.root().get("security"));
    let alternatives = node.map(Node::items).unwrap_or_default().map(|set| {
        set.entries()
            .map(|Entry { key, value }| (key.text.as_str(), value.items().filter_map(Node::as_str).collect()))
            .collect()
    });
    let mut alternatives: Vec<Alternative<'a>> = alternatives.collect();
    if alternatives.is_empty() {
        alternatives.push(Alternative::new());
    }
    Requirement { alternatives, span: node.map(|n| n.span) }
}

/// Returns whether a client with the credentials of `held` satisfies `demanded`.
fn satisfies(held: &Alternative<'_>, demanded: &Alternative<'_>) -> bool {
    demanded.iter().all(|(name, scopes)| held.get(name).is_some_and(|held| scopes.is_subset(held)))
}

fn verdicts(old: &[Alternative<'_>], new: &[Alternative<'_>]) -> Vec<(&'static Check, String)> {
    let mut verdicts: Vec<(&'static Check, String)> = Vec::new();
    for refused in old.iter().filter(|held| !new.iter().any(|demanded| satisfies(held, demanded))) {
        // The same schemes with more scopes is one edit, other schemes another.
        let closest = new.iter().find(|demanded| demanded.keys().eq(refused.keys()));
        match closest {
            Some(demanded) => {
                for (name, scopes) in demanded {
                    for scope in scopes.iter().filter(|scope| !refused[name].contains(*scope)) {
                        let message = format!("the scope {} of {} is demanded", quoted(scope), quoted(name));
                        verdicts.push((&check::SECURITY_SCOPE_ADDED, message));
                    }
                }
            }
            None => {
                let message = format!("{} is refused: {} is demanded", words(refused), choice(new));
                verdicts.push((&check::SECURITY_STRICTER, message));
            }
        }
    }
    if !verdicts.is_empty() {
        return verdicts;
    }
    let open = |sets: &[Alternative<'_>]| sets.iter().any(BTreeMap::is_empty);
    if !open(old) && open(new) {
        let message = format!("{} is no longer demanded: the operation is open to everyone", choice(old));
        verdicts.push((&check::SECURITY_REMOVED, message));
    } else if new.iter().any(|demanded| !old.iter().any(|held| satisfies(demanded, held))) {
        let scopes_only = old.len() == new.len() && old.iter().zip(new).all(|(a, b)| a.keys().eq(b.keys()));
        if scopes_only {
            verdicts.push((&check::SECURITY_SCOPE_REMOVED, "fewer scopes are demanded".to_owned()));
        } else {
            verdicts.push((&check::SECURITY_RELAXED, format!("{} is enough", choice(new))));
        }
    }
    verdicts
}

fn words(set: &Alternative<'_>) -> String {
    if set.is_empty() {
        return "a request without credentials".into();
    }
    set.keys().map(|name| quoted(name)).collect::<Vec<_>>().join(" with ")
}

fn choice(sets: &[Alternative<'_>]) -> String {
    sets.iter().map(words).collect::<Vec<_>>().join(" or ")
}

/// Compares two definitions of a scheme.
fn scheme<'a>(
    (old, a): (&'a Document, &'a Entry),
    (new, b): (&'a Document, &'a Entry),
    documentation: bool,
    edits: &mut Vec<Edit>,
) {
    let (before, after) = (old.resolved(&a.value), new.resolved(&b.value));
    if before == after {
        return;
    }
    let name = quoted(&b.key.text);
    let span = |node: &Node, key: &str, own: Span| node.get(key).map_or(own, |n| n.span);
    let mut changed = |check: &'static Check, key: &str, what: &str| {
        let (x, y) = (before.get(key), after.get(key));
        let equal = match (x.and_then(Node::as_str), y.and_then(Node::as_str)) {
            (Some(x), Some(y)) if key != "name" => x.eq_ignore_ascii_case(y),
            (x, y) => x == y,
        };
        if equal {
            return false;
        }
        let words = |node: Option<&Node>| node.map_or_else(|| "none".into(), value);
        let message = format!("{what} of the scheme {name} changed from {} to {}", words(x), words(y));
        let (from, to) = (span(before, key, a.key.span), span(after, key, b.key.span));
        edits.push(Edit::new(check, from, to, message));
        true
    };
    if changed(&check::SECURITY_SCHEME_TYPE_CHANGED, "type", "the type") {
        return;
    }
    changed(&check::SECURITY_SCHEME_TYPE_CHANGED, "scheme", "the HTTP scheme");
    changed(&check::SECURITY_SCHEME_MOVED, "in", "the place");
    changed(&check::SECURITY_SCHEME_MOVED, "name", "the name");
    changed(&check::SECURITY_SCHEME_URL_CHANGED, "openIdConnectUrl", "the discovery URL");
    flows(before, after, (a, b), documentation, edits);
    gateway::authorizer(before, after, a, b, edits);
}

fn flows(before: &Node, after: &Node, (a, b): (&Entry, &Entry), documentation: bool, edits: &mut Vec<Edit>) {
    let flows = |node: &Node| node.get("flows").map(Node::entries).unwrap_or_default().cloned().collect::<Vec<_>>();
    let (old, new) = (flows(before), flows(after));
    let scheme = quoted(&b.key.text);
    for flow in &old {
        let name = quoted(&flow.key.text);
        let Some(other) = new.iter().find(|other| other.key.text == flow.key.text) else {
            let message = format!("the flow {name} of the scheme {scheme} was removed");
            edits.push(Edit::new(&check::SECURITY_FLOW_REMOVED, flow.key.span, None, message).near(b.key.span));
            continue;
        };
        for key in ["authorizationUrl", "tokenUrl", "refreshUrl"] {
            let (x, y) = (flow.value.get(key), other.value.get(key));
            if x != y {
                let words = |node: Option<&Node>| node.map_or_else(|| "none".into(), value);
                let message = format!("`{key}` of the scheme {scheme} changed from {} to {}", words(x), words(y));
                let spans = (x.map_or(flow.key.span, |n| n.span), y.map_or(other.key.span, |n| n.span));
                edits.push(Edit::new(&check::SECURITY_SCHEME_URL_CHANGED, spans.0, spans.1, message));
            }
        }
        let scopes =
            |node: &Node| node.get("scopes").map(Node::entries).unwrap_or_default().cloned().collect::<Vec<_>>();
        let (had, has) = (scopes(&flow.value), scopes(&other.value));
        for (a, b) in had.iter().filter_map(|a| Some((a, has.iter().find(|b| b.key.text == a.key.text)?))) {
            if documentation && a.value != b.value {
                let message = format!("the text of the scope {} of the scheme {scheme} changed", quoted(&a.key.text));
                edits.push(Edit::new(&DOCUMENTATION_CHANGED, a.value.span, b.value.span, message));
            }
        }
        for gone in had.iter().filter(|s| !has.iter().any(|o| o.key.text == s.key.text)) {
            let message = format!("the scope {} of the scheme {scheme} was removed", quoted(&gone.key.text));
            edits.push(Edit::new(&check::SECURITY_SCOPE_UNDEFINED, gone.key.span, None, message).near(other.key.span));
        }
        for added in has.iter().filter(|s| !had.iter().any(|o| o.key.text == s.key.text)) {
            let message = format!("the scope {} of the scheme {scheme} was added", quoted(&added.key.text));
            edits.push(Edit::new(&check::SECURITY_SCOPE_DEFINED, None, added.key.span, message));
        }
    }
    for flow in new.iter().filter(|flow| !old.iter().any(|other| other.key.text == flow.key.text)) {
        let message = format!("the flow {} of the scheme {scheme} was added", quoted(&flow.key.text));
        edits.push(Edit::new(&check::SECURITY_FLOW_ADDED, a.key.span, flow.key.span, message));
    }
}
