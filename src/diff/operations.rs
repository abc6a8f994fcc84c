//! Paths and operations: which are there, which went, and what each one says of itself.
//!
//! Paths are matched with their parameter names blanked, so `/pets/{id}` and `/pets/{petId}` are one.

use std::collections::HashMap;

use super::checks::paths as check;
use super::checks::{Check, Place};
use super::edit::{Edit, Finding, Reach, Sides, Use, quoted};
use super::lifecycle::{self, Removal, Stability, Subject};
use super::schemas::{Cx, Schemas, reach};
use super::{Level, Side, callbacks, gateway, prose, security, servers};
use super::{bodies, parameters};
use crate::openapi::{Document, Method, Operation, PathItem};
use crate::source::{Node, Span};

/// The comparison of two documents under way.
pub(super) struct Differ<'a, 'b> {
    pub(super) cx: Cx<'a, 'b>,
    pub(super) schemas: Schemas<'a>,
    pub(super) findings: Vec<Finding>,
    pub(super) operations: Vec<Listed>,
}

/// An operation as changes name it.
pub(super) struct Listed {
    /// `GET /pets`
    pub(super) label: String,
    /// The most a change of it can matter: what is `draft` or `alpha` promises nothing.
    pub(super) most: Level,
}

/// An operation that both documents have, or a callback or webhook of both.
#[derive(Clone, Copy)]
pub(super) struct Both<'a> {
    pub(super) index: usize,
    pub(super) old: Operation<'a>,
    pub(super) new: Operation<'a>,
    /// Whether the API calls the client: it sends what is called the request.
    pub(super) swapped: bool,
}

impl Both<'_> {
    /// Returns the side of what is called the request or the response.
    pub(super) fn side(&self, side: Side) -> Side {
        if self.swapped { side.opposite() } else { side }
    }

    /// Returns a use of this operation.
    pub(super) fn at(&self, side: Side, place: Place) -> Use {
        Use { operation: self.index, side: Some(self.side(side)), place }
    }
}

impl<'a> Differ<'a, '_> {
    /// Records an edit of an operation that is met on one side of it.
    pub(super) fn report(&mut self, both: &Both<'_>, side: Side, edit: Edit) {
        let mut found = reach(&edit, both.at(side, Place::Body), Sides::BOTH, false);
        if both.swapped
            && let Some(level) = callbacks::swapped_level(edit.check)
        {
            found.level = level;
        }
        self.findings.push(Finding { edit, uses: vec![found] });
    }

    /// Records an edit of operations as wholes.
    pub(super) fn report_whole(&mut self, operations: impl IntoIterator<Item = usize>, edit: Edit) {
        let level = edit.check.effect.level(Side::Request);
        let uses = operations.into_iter().map(|operation| Reach { operation, side: None, level }).collect();
        self.findings.push(Finding { edit, uses });
    }

    /// Lists an operation and returns its position.
    pub(super) fn list(&mut self, label: String, node: &Node) -> usize {
        let most = if Stability::of(node) < Stability::Beta { Level::Info } else { Level::Error };
        self.operations.push(Listed { label, most });
        self.operations.len() - 1
    }

    /// Compares all paths.
    pub(super) fn paths(&mut self) {
        let (old, new) = (self.cx.old, self.cx.new);
        let mut before: HashMap<String, Vec<PathItem<'a>>> = HashMap::new();
        for path in old.paths() {
            before.entry(blanked(path.path)).or_default().push(path);
        }
        let inherited = inherited_is_equal(old, new);
        for path in new.paths() {
            let same = before.get_mut(&blanked(path.path)).and_then(|candidates| {
                let at = candidates.iter().position(|c| c.path == path.path).unwrap_or(0);
                (at < candidates.len()).then(|| candidates.remove(at))
            });
            match same {
                Some(was) => self.path(was, path, inherited),
                None => self.path_added(path),
            }
        }
        for path in old.paths() {
            let left = before.get(&blanked(path.path)).is_some_and(|c| c.iter().any(|p| p.path == path.path));
            if left {
                self.path_removed(path);
            }
        }
    }

    fn path(&mut self, old: PathItem<'a>, new: PathItem<'a>, inherited: bool) {
        let equal = inherited && old.path == new.path && self.cx.equality.holds(old.node, new.node);
        let mut gone = Vec::new();
        for (key, method) in methods(old.node, new.node) {
            let side = |path: PathItem<'a>, document: &'a Document| {
                let entry = path.node.entry(key)?;
                Some(Operation { path, method, span: entry.key.span, node: document.resolved(&entry.value) })
            };
            match (side(old, self.cx.old), side(new, self.cx.new)) {
                (Some(before), Some(after)) => {
                    let index = self.list(after.label(), before.node);
                    if !equal {
                        let both = Both { index, old: before, new: after, swapped: false };
                        self.operation(&both, inherited);
                    }
                }
                (None, Some(after)) => {
                    let index = self.list(after.label(), after.node);
                    let message = format!("the operation {} was added", quoted(&after.label()));
                    self.report_whole([index], Edit::new(&check::OPERATION_ADDED, None, after.span, message));
                }
                (Some(before), None) => gone.push(before),
                (None, None) => {}
            }
        }
        let any = new.node.get(Method::Any.key()).is_some();
        for before in gone {
            let index = self.list(before.label(), before.node);
            let removal = lifecycle::removal(&self.cx.options.policy, before.node);
            let (check, how) = match removal {
                Removal::Abrupt if any && before.method != Method::Any => {
                    (&check::OPERATION_REMOVED_TO_ANY, ": the path's catch-all method answers in its place")
                }
                Removal::Abrupt => (&check::OPERATION_REMOVED, ""),
                Removal::Early => (&check::OPERATION_REMOVED_BEFORE_SUNSET, " before its sunset date"),
                Removal::Announced => (&check::OPERATION_REMOVED_AFTER_DEPRECATION, " after it was deprecated"),
            };
            let message = format!("the operation {} was removed{how}", quoted(&before.label()));
            self.report_whole([index], Edit::new(check, before.span, None, message).near(new.span));
        }
        if !equal {
            let mut edits = Vec::new();
            let (a, b) = (old.node, new.node);
            prose::compare(self.cx.options, old.span, new.span, &|k| a.get(k), &|k| b.get(k), &mut edits);
            prose::extensions(self.cx.options, &[a], &[b], new.span, &mut edits);
            for edit in edits {
                self.report_whole([], edit);
            }
        }
    }

    fn path_added(&mut self, path: PathItem<'a>) {
        let indices: Vec<_> = operations_of(self.cx.new, path).map(|o| self.list(o.label(), o.node)).collect();
        if !indices.is_empty() {
            let message = format!("the path {} was added", quoted(path.path));
            self.report_whole(indices, Edit::new(&check::PATH_ADDED, None, path.span, message));
        }
    }

    fn path_removed(&mut self, path: PathItem<'a>) {
        let policy = &self.cx.options.policy;
        let gone: Vec<_> = operations_of(self.cx.old, path).collect();
        let worst = gone.iter().map(|o| lifecycle::removal(policy, o.node)).min_by_key(|removal| *removal as u8);
        let Some(worst) = worst else { return };
        let (check, how): (&'static Check, _) = match worst {
            Removal::Abrupt => (&check::PATH_REMOVED, ""),
            Removal::Early => (&check::PATH_REMOVED_BEFORE_SUNSET, " before a sunset date"),
            Removal::Announced => (&check::PATH_REMOVED_AFTER_DEPRECATION, " after it was deprecated"),
        };
        let indices: Vec<_> = gone.into_iter().map(|o| self.list(o.label(), o.node)).collect();
        let near = self.cx.new.root().entry("paths").map(|e| e.key.span);
        let message = format!("the path {} was removed{how}", quoted(path.path));
        self.report_whole(indices, Edit::new(check, path.span, None, message).near(near));
    }

    /// Compares an operation that both documents have.
    pub(super) fn operation(&mut self, both: &Both<'a>, inherited: bool) {
        let (old, new) = (both.old, both.new);
        // What an operation inherits was compared by the caller; its own part may still be equal.
        let shared =
            ["parameters", "servers"].iter().all(|key| match (old.path.node.get(key), new.path.node.get(key)) {
                (None, None) => true,
                (Some(a), Some(b)) => self.cx.equality.holds(a, b),
                _ => false,
            });
        if inherited && shared && old.path.path == new.path.path && self.cx.equality.holds(old.node, new.node) {
            return;
        }
        self.description(both);
        parameters::compare(self, both);
        bodies::request(self, both);
        bodies::responses(self, both);
        security::compare(self, both);
        servers::compare(self, both);
        callbacks::compare(self, both);
        gateway::operation(self, both);
    }

    /// Compares what an operation says of itself.
    fn description(&mut self, both: &Both<'a>) {
        let (old, new) = (both.old.node, both.new.node);
        let mut edits = Vec::new();
        lifecycle::compare(
            self.cx.options,
            Subject { node: old, member: &|key| old.get(key) },
            Subject { node: new, member: &|key| new.get(key) },
            &mut edits,
        );
        let (id, id_now) = (old.get("operationId"), new.get("operationId"));
        if id != id_now {
            let words = |node: Option<&Node>| node.and_then(Node::as_str).map_or_else(|| "none".into(), quoted);
            let message = format!("the `operationId` changed from {} to {}", words(id), words(id_now));
            let span = |node: Option<&Node>, else_span: Span| node.map_or(else_span, |n| n.span);
            let (from, to) = (span(id, both.old.span), span(id_now, both.new.span));
            edits.push(Edit::new(&check::OPERATION_ID_CHANGED, from, to, message));
        }
        if self.cx.options.documentation {
            let tags = |node: &'a Node| node.get("tags").map(Node::items).unwrap_or_default();
            for gone in tags(old).filter(|tag| !tags(new).any(|other| other == *tag)) {
                let message = format!("the tag {} was removed", super::edit::value(gone));
                edits.push(Edit::new(&check::TAG_REMOVED, gone.span, None, message).near(both.new.span));
            }
            for added in tags(new).filter(|tag| !tags(old).any(|other| other == *tag)) {
                let message = format!("the tag {} was added", super::edit::value(added));
                edits.push(Edit::new(&check::TAG_ADDED, None, added.span, message));
            }
        }
        let spans = (both.old.span, both.new.span);
        prose::compare(self.cx.options, spans.0, spans.1, &|k| old.get(k), &|k| new.get(k), &mut edits);
        prose::extensions(self.cx.options, &[old], &[new], both.new.span, &mut edits);
        for edit in edits {
            self.report_whole([both.index], edit);
        }
    }
}

/// Returns a path with the names of its parameters left out; a greedy one stays greedy.
fn blanked(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, tail)) = after.split_once('}') else { break };
        out.push_str(before);
        out.push_str(if name.ends_with('+') { "{+}" } else { "{}" });
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Returns the names of a path's parameters in order.
pub(super) fn variables(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'))
        .map(|(name, _)| name.trim_end_matches('+'))
        .collect()
}

/// Returns the methods of two path items: those of the new one in order, then those only the old one has.
fn methods<'a>(old: &'a Node, new: &'a Node) -> impl Iterator<Item = (&'a str, Method)> {
    let keys =
        |node: &'a Node| node.entries().filter_map(|e| Some((e.key.text.as_str(), Method::from_key(&e.key.text)?)));
    keys(new).chain(keys(old).filter(|(key, _)| new.get(key).is_none()))
}

fn operations_of<'a>(document: &'a Document, path: PathItem<'a>) -> impl Iterator<Item = Operation<'a>> {
    path.node.entries().filter_map(move |entry| {
        let method = Method::from_key(&entry.key.text)?;
        Some(Operation { path, method, span: entry.key.span, node: document.resolved(&entry.value) })
    })
}

/// Returns whether what operations inherit from the root is the same in both documents.
fn inherited_is_equal(old: &Document, new: &Document) -> bool {
    let equal = |key: &str| old.root().get(key) == new.root().get(key);
    ["security", "servers", "x-amazon-apigateway-request-validator", "x-amazon-apigateway-request-validators"]
        .into_iter()
        .all(equal)
        && security::schemes_are_equal(old, new)
}
