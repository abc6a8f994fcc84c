//! Callbacks and webhooks: the API calls the client, so it sends the requests and reads the responses.

use super::Level;
use super::checks::paths as check;
use super::checks::{Check, bodies, parameters};
use super::edit::{Edit, quoted};
use super::operations::{Both, Differ};
use crate::openapi::{Document, Method, Operation, PathItem};
use crate::source::{Entry, Node};

/// Compares the callbacks of an operation.
pub(super) fn compare<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>) {
    let (old, new) = (differ.cx.old, differ.cx.new);
    let before = calls(old, both.old.node);
    let after = calls(new, both.new.node);
    for (name, entry) in &before {
        match after.iter().find(|(other, e)| other == name && e.key.text == entry.key.text) {
            Some((_, other)) => items(differ, both.index, entry, other),
            None => {
                let message = format!("the callback {} was removed", quoted(name));
                let edit = Edit::new(&check::CALLBACK_REMOVED, entry.key.span, None, message).near(both.new.span);
                differ.report_whole([both.index], edit);
            }
        }
    }
    for (name, entry) in &after {
        if !before.iter().any(|(other, e)| other == name && e.key.text == entry.key.text) {
            let message = format!("the callback {} was added", quoted(name));
            differ.report_whole([both.index], Edit::new(&check::CALLBACK_ADDED, None, entry.key.span, message));
        }
    }
}

/// Compares the webhooks of two documents.
pub(super) fn webhooks(differ: &mut Differ<'_, '_>) {
    let (old, new) = (differ.cx.old, differ.cx.new);
    let hooks = |document: &Document, key: &str| document.root().get(key).is_some();
    let key = if hooks(old, "webhooks") || hooks(new, "webhooks") { "webhooks" } else { "x-webhooks" };
    let (before, after) = (old.root().get(key), new.root().get(key));
    for entry in before.map(Node::entries).unwrap_or_default() {
        let label = format!("webhook {}", entry.key.text);
        match after.and_then(|node| node.entry(&entry.key.text)) {
            Some(other) => {
                let index = differ.list(label, new.resolved(&other.value));
                items(differ, index, entry, other);
            }
            None => {
                let index = differ.list(label, old.resolved(&entry.value));
                let message = format!("the webhook {} was removed", quoted(&entry.key.text));
                differ.report_whole([index], Edit::new(&check::WEBHOOK_REMOVED, entry.key.span, None, message));
            }
        }
    }
    for entry in after.map(Node::entries).unwrap_or_default() {
        if before.is_none_or(|node| node.get(&entry.key.text).is_none()) {
            let index = differ.list(format!("webhook {}", entry.key.text), new.resolved(&entry.value));
            let message = format!("the webhook {} was added", quoted(&entry.key.text));
            differ.report_whole([index], Edit::new(&check::WEBHOOK_ADDED, None, entry.key.span, message));
        }
    }
}

/// Returns the callbacks of an operation: name, and expression with path item.
fn calls<'a>(document: &'a Document, operation: &'a Node) -> Vec<(&'a str, &'a Entry)> {
    let callbacks = operation.get("callbacks").map(Node::entries).unwrap_or_default();
    callbacks
        .flat_map(|callback| {
            let expressions = document.resolved(&callback.value).entries();
            expressions.filter(|e| !e.key.text.starts_with("x-")).map(|e| (callback.key.text.as_str(), e))
        })
        .collect()
}

/// Compares two path items that the API calls.
fn items<'a>(differ: &mut Differ<'a, '_>, index: usize, old: &'a Entry, new: &'a Entry) {
    let item = |document: &'a Document, entry: &'a Entry| PathItem {
        path: &entry.key.text,
        span: entry.key.span,
        node: document.resolved(&entry.value),
    };
    let (before, after) = (item(differ.cx.old, old), item(differ.cx.new, new));
    if differ.cx.equality.holds(before.node, after.node) {
        return;
    }
    for entry in before.node.entries() {
        let Some(method) = Method::from_key(&entry.key.text) else { continue };
        let Some(other) = after.node.entry(&entry.key.text) else {
            let message = format!("the call {} {} was removed", method.verb(), quoted(before.path));
            let edit = Edit::new(&check::CALLBACK_REMOVED, entry.key.span, None, message).near(after.span);
            differ.report_whole([index], edit);
            continue;
        };
        let (a, b) = (differ.cx.old.resolved(&entry.value), differ.cx.new.resolved(&other.value));
        let both = Both {
            index,
            old: Operation { path: before, method, span: entry.key.span, node: a },
            new: Operation { path: after, method, span: other.key.span, node: b },
            swapped: true,
        };
        super::parameters::compare(differ, &both);
        super::bodies::request(differ, &both);
        super::bodies::responses(differ, &both);
    }
    for entry in after.node.entries().filter(|e| before.node.get(&e.key.text).is_none()) {
        if let Some(method) = Method::from_key(&entry.key.text) {
            let message = format!("the call {} {} was added", method.verb(), quoted(after.path));
            differ.report_whole([index], Edit::new(&check::CALLBACK_ADDED, None, entry.key.span, message));
        }
    }
}

/// Returns the level of a change of what the API sends, where the check's own is for what clients send.
pub(super) fn swapped_level(check: &Check) -> Option<Level> {
    let is = |other: &Check| check.id == other.id;
    let harmless = [
        &parameters::REQUIRED_PARAMETER_ADDED,
        &parameters::PATH_PARAMETER_ADDED,
        &parameters::PARAMETER_BECAME_REQUIRED,
        &parameters::PARAMETER_EMPTY_REFUSED,
        &bodies::REQUEST_BODY_ADDED_REQUIRED,
        &bodies::REQUEST_BODY_BECAME_REQUIRED,
        &bodies::RESPONSE_HEADER_BECAME_OPTIONAL,
        &bodies::REQUIRED_RESPONSE_HEADER_REMOVED,
        &bodies::OPTIONAL_RESPONSE_HEADER_REMOVED,
    ];
    let breaking = [
        &parameters::PARAMETER_BECAME_OPTIONAL,
        &bodies::REQUEST_BODY_BECAME_OPTIONAL,
        &bodies::STATUS_REMOVED,
        &bodies::RESPONSE_HEADER_BECAME_REQUIRED,
    ];
    if harmless.into_iter().any(&is) {
        Some(Level::Info)
    } else if breaking.into_iter().any(is) {
        Some(Level::Error)
    } else {
        None
    }
}
