//! Request bodies, responses, media types, response headers, links.

use super::checks::bodies as check;
use super::checks::{Check, Place};
use super::edit::{Edit, Finding, Sides, quoted};
use super::lifecycle::{self, Subject};
use super::operations::{Both, Differ};
use super::schema::Schema;
use super::schemas::reach;
use super::{Side, prose};
use crate::openapi::Document;
use crate::source::{Entry, Node, Span};

/// Compares the request bodies of an operation.
pub(super) fn request<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>) {
    let (old, new) = (both.old.node.entry("requestBody"), both.new.node.entry("requestBody"));
    let required = |node: &Node| node.get("required").and_then(Node::as_bool) == Some(true);
    match (old, new) {
        (None, None) => {}
        (None, Some(entry)) => {
            let (check, word) = if required(differ.cx.new.resolved(&entry.value)) {
                (&check::REQUEST_BODY_ADDED_REQUIRED, "a required")
            } else {
                (&check::REQUEST_BODY_ADDED_OPTIONAL, "an optional")
            };
            let edit = Edit::new(check, None, entry.key.span, format!("{word} request body was added"));
            differ.report(both, Side::Request, edit);
        }
        (Some(entry), None) => {
            let edit = Edit::new(&check::REQUEST_BODY_REMOVED, entry.key.span, None, "the request body was removed");
            differ.report(both, Side::Request, edit.near(both.new.span));
        }
        (Some(old), Some(new)) => {
            let (a, b) = (differ.cx.old.resolved(&old.value), differ.cx.new.resolved(&new.value));
            if differ.cx.equality.holds(a, b) {
                return;
            }
            let span = |node: &Node, key: Span| node.get("required").map_or(key, |n| n.span);
            let spans = (span(a, old.key.span), span(b, new.key.span));
            match (required(a), required(b)) {
                (false, true) => {
                    let edit = Edit::new(&check::REQUEST_BODY_BECAME_REQUIRED, spans.0, spans.1, "became required");
                    differ.report(both, Side::Request, edit);
                }
                (true, false) => {
                    let edit = Edit::new(&check::REQUEST_BODY_BECAME_OPTIONAL, spans.0, spans.1, "became optional");
                    differ.report(both, Side::Request, edit);
                }
                _ => {}
            }
            described(differ, both, Side::Request, (a, old.key.span), (b, new.key.span));
            content(differ, both, Side::Request, Place::Body, a, b);
        }
    }
}

fn described<'a>(
    differ: &mut Differ<'a, '_>,
    both: &Both<'a>,
    side: Side,
    old: (&'a Node, Span),
    new: (&'a Node, Span),
) {
    let mut edits = Vec::new();
    prose::compare(differ.cx.options, old.1, new.1, &|k| old.0.get(k), &|k| new.0.get(k), &mut edits);
    prose::extensions(differ.cx.options, &[old.0], &[new.0], new.1, &mut edits);
    for edit in edits {
        differ.report(both, side, edit);
    }
}

/// Returns a media type without its parameters, in lower case, and its parameters.
fn essence(name: &str) -> (String, String) {
    let (essence, parameters) = name.split_once(';').unwrap_or((name, ""));
    let parameters: String = parameters.chars().filter(|c| !c.is_whitespace()).collect();
    (essence.trim().to_ascii_lowercase(), parameters.to_ascii_lowercase())
}

/// Returns whether a range such as `application/*` holds a media type.
fn covers(range: &str, name: &str) -> bool {
    let (range, name) = (essence(range).0, essence(name).0);
    range == "*/*" || range.strip_suffix('*').is_some_and(|prefix| prefix.ends_with('/') && name.starts_with(prefix))
}

/// Returns whether values of a media type are texts rather than JSON.
fn is_text(name: &str) -> bool {
    let name = essence(name).0;
    name.starts_with("text/") || name.starts_with("multipart/") || name.contains("form") || name.contains("xml")
}

/// Compares the media types of a body.
fn content<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>, side: Side, place: Place, old: &'a Node, new: &'a Node) {
    let entries = |node: &'a Node| node.get("content").map(Node::entries).unwrap_or_default().collect::<Vec<_>>();
    let (mut before, mut after) = (entries(old), entries(new));
    let mut pairs: Vec<(&Entry, &Entry)> = Vec::new();
    type Same = fn(&str, &str) -> bool;
    let same: [Same; 3] =
        [|a, b| essence(a) == essence(b), |a, b| essence(a).0 == essence(b).0, |a, b| covers(a, b) || covers(b, a)];
    for same in same {
        before.retain(|a| match after.iter().position(|b| same(&a.key.text, &b.key.text)) {
            Some(at) => {
                pairs.push((a, after.remove(at)));
                false
            }
            None => true,
        });
    }
    for (a, b) in pairs {
        renamed(differ, both, side, a, b);
        media_type(differ, both, side, place, a, b);
    }
    let near = new.entry("content").map_or(new.span, |e| e.key.span);
    for gone in before {
        let message = format!("the media type {} was removed", quoted(&gone.key.text));
        let edit = Edit::new(&check::MEDIA_TYPE_REMOVED, gone.key.span, None, message).near(near);
        differ.report(both, side, edit);
    }
    for added in after {
        let message = format!("the media type {} was added", quoted(&added.key.text));
        differ.report(both, side, Edit::new(&check::MEDIA_TYPE_ADDED, None, added.key.span, message));
    }
}

fn renamed(differ: &mut Differ<'_, '_>, both: &Both<'_>, side: Side, old: &Entry, new: &Entry) {
    let (a, b) = (essence(&old.key.text), essence(&new.key.text));
    if a == b {
        return;
    }
    let check: &'static Check = if a.0 != b.0 {
        if covers(&b.0, &a.0) { &check::MEDIA_TYPE_GENERALIZED } else { &check::MEDIA_TYPE_SPECIALIZED }
    } else {
        &check::MEDIA_TYPE_REWORDED
    };
    let message = format!("the media type {} became {}", quoted(&old.key.text), quoted(&new.key.text));
    differ.report(both, side, Edit::new(check, old.key.span, new.key.span, message));
}

fn media_type<'a>(
    differ: &mut Differ<'a, '_>,
    both: &Both<'a>,
    side: Side,
    place: Place,
    old: &'a Entry,
    new: &'a Entry,
) {
    let text = is_text(&old.key.text);
    let (before, after) = (old.value.get("schema"), new.value.get("schema"));
    // No schema and one that everything matches are the same.
    let says = |document: &'a Document, schema: &'a Node| !Schema::merge(document, &[schema]).is_anything();
    match (before, after) {
        (None, Some(b)) if !says(differ.cx.new, b) => {}
        (Some(a), None) if !says(differ.cx.old, a) => {}
        (Some(a), Some(b)) => differ.schemas.meet(differ.cx, &[a], &[b], text, Some(both.at(side, place))),
        (None, Some(b)) => {
            let edit = Edit::new(&check::MEDIA_TYPE_SCHEMA_ADDED, None, b.span, "bodies must match a schema");
            differ.report(both, side, edit);
        }
        (Some(a), None) => {
            let edit = Edit::new(&check::MEDIA_TYPE_SCHEMA_REMOVED, a.span, None, "bodies may be anything");
            differ.report(both, side, edit.near(new.key.span));
        }
        (None, None) => {}
    }
    let (encoding, encoding_now) = (old.value.get("encoding"), new.value.get("encoding"));
    if encoding != encoding_now {
        let (from, to) = (encoding.map(|n| n.span), encoding_now.map(|n| n.span));
        let edit = Edit::new(&check::ENCODING_CHANGED, from, to, "the encoding of its parts changed");
        differ.report(both, side, edit.near(new.key.span));
    }
}

/// Compares the responses of an operation.
pub(super) fn responses<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>) {
    let entries = |node: &'a Node| {
        let entries = node.get("responses").map(Node::entries).unwrap_or_default();
        entries.filter(|e| !e.key.text.starts_with("x-")).collect::<Vec<_>>()
    };
    let (before, after) = (entries(both.old.node), entries(both.new.node));
    let near = both.new.node.entry("responses").map_or(both.new.span, |e| e.key.span);
    let find =
        |list: &[&'a Entry], status: &str| list.iter().copied().find(|e| e.key.text.eq_ignore_ascii_case(status));
    for old in &before {
        match find(&after, &old.key.text) {
            Some(new) => response(differ, both, old, new),
            None => {
                let (status, success) = (&*old.key.text, old.key.text.starts_with('2'));
                // A range that is left, such as `2XX`, still describes the status.
                let range = status.get(..1).map(|digit| format!("{digit}XX"));
                if let Some(covering) = range.and_then(|range| find(&after, &range)) {
                    response(differ, both, old, covering);
                    continue;
                }
                let check = match status {
                    "default" => &check::DEFAULT_RESPONSE_REMOVED,
                    _ if success => &check::SUCCESS_STATUS_REMOVED,
                    _ => &check::STATUS_REMOVED,
                };
                let message = format!("the response {} was removed", quoted(status));
                differ.report(both, Side::Response, Edit::new(check, old.key.span, None, message).near(near));
            }
        }
    }
    for new in after.iter().filter(|new| find(&before, &new.key.text).is_none()) {
        let check = match &*new.key.text {
            "default" => &check::DEFAULT_RESPONSE_ADDED,
            status if status.starts_with('2') => &check::SUCCESS_STATUS_ADDED,
            _ => &check::STATUS_ADDED,
        };
        let message = format!("the response {} was added", quoted(&new.key.text));
        differ.report(both, Side::Response, Edit::new(check, None, new.key.span, message));
    }
}

fn response<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>, old: &'a Entry, new: &'a Entry) {
    let (a, b) = (differ.cx.old.resolved(&old.value), differ.cx.new.resolved(&new.value));
    if differ.cx.equality.holds(a, b) {
        return;
    }
    described(differ, both, Side::Response, (a, old.key.span), (b, new.key.span));
    content(differ, both, Side::Response, Place::Body, a, b);
    headers(differ, both, a, b, new.key.span);
    links(differ, both, a, b, new.key.span);
}

fn headers<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>, old: &'a Node, new: &'a Node, near: Span) {
    let entries = |node: &'a Node| {
        let entries = node.get("headers").map(Node::entries).unwrap_or_default();
        // The specification ignores a response header of this name.
        entries.filter(|e| !e.key.text.eq_ignore_ascii_case("content-type")).collect::<Vec<_>>()
    };
    let required = |node: &Node| node.get("required").and_then(Node::as_bool) == Some(true);
    let (before, after) = (entries(old), entries(new));
    for a in &before {
        let was = differ.cx.old.resolved(&a.value);
        let Some(b) = after.iter().find(|b| b.key.text.eq_ignore_ascii_case(&a.key.text)) else {
            let check = if required(was) {
                &check::REQUIRED_RESPONSE_HEADER_REMOVED
            } else {
                &check::OPTIONAL_RESPONSE_HEADER_REMOVED
            };
            let message = format!("the response header {} was removed", quoted(&a.key.text));
            differ.report(both, Side::Response, Edit::new(check, a.key.span, None, message).near(near));
            continue;
        };
        let now = differ.cx.new.resolved(&b.value);
        if differ.cx.equality.holds(was, now) {
            continue;
        }
        let spans = (a.key.span, b.key.span);
        match (required(was), required(now)) {
            (true, false) => {
                let edit = Edit::new(&check::RESPONSE_HEADER_BECAME_OPTIONAL, spans.0, spans.1, "became optional");
                differ.report(both, Side::Response, edit);
            }
            (false, true) => {
                let edit = Edit::new(&check::RESPONSE_HEADER_BECAME_REQUIRED, spans.0, spans.1, "became required");
                differ.report(both, Side::Response, edit);
            }
            _ => {}
        }
        let mut edits = Vec::new();
        lifecycle::compare(
            differ.cx.options,
            Subject { node: was, member: &|key| was.get(key) },
            Subject { node: now, member: &|key| now.get(key) },
            &mut edits,
        );
        for edit in edits {
            differ.report(both, Side::Response, edit);
        }
        described(differ, both, Side::Response, (was, spans.0), (now, spans.1));
        if let (Some(x), Some(y)) = (was.get("schema"), now.get("schema")) {
            differ.schemas.meet(differ.cx, &[x], &[y], true, Some(both.at(Side::Response, Place::Header)));
        }
        content(differ, both, Side::Response, Place::Header, was, now);
    }
    for b in after.iter().filter(|b| !before.iter().any(|a| a.key.text.eq_ignore_ascii_case(&b.key.text))) {
        let message = format!("the response header {} was added", quoted(&b.key.text));
        differ.report(both, Side::Response, Edit::new(&check::RESPONSE_HEADER_ADDED, None, b.key.span, message));
    }
}

fn links<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>, old: &'a Node, new: &'a Node, near: Span) {
    let entries = |node: &'a Node| node.get("links").map(Node::entries).unwrap_or_default().collect::<Vec<_>>();
    let (before, after) = (entries(old), entries(new));
    for a in &before {
        let name = quoted(&a.key.text);
        let edit = match after.iter().find(|b| b.key.text == a.key.text) {
            Some(b) if differ.cx.old.resolved(&a.value) == differ.cx.new.resolved(&b.value) => continue,
            Some(b) => Edit::new(&check::LINK_CHANGED, a.key.span, b.key.span, format!("the link {name} changed")),
            None => {
                Edit::new(&check::LINK_REMOVED, a.key.span, None, format!("the link {name} was removed")).near(near)
            }
        };
        let found = reach(&edit, both.at(Side::Response, Place::Body), Sides::BOTH, false);
        differ.findings.push(Finding { edit, uses: vec![found] });
    }
    for b in after.iter().filter(|b| !before.iter().any(|a| a.key.text == b.key.text)) {
        let message = format!("the link {} was added", quoted(&b.key.text));
        differ.report(both, Side::Response, Edit::new(&check::LINK_ADDED, None, b.key.span, message));
    }
}
