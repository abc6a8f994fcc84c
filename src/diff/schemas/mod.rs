//! Schemas, pair by pair: each pair is compared once, however many operations meet it.
//!
//! The pairs form a graph: a pair points back to those it was met in, with what happens on the way
//! (a property that is `readOnly` does not count in requests; `not` turns the direction around).
//! An edit is found once, at its pair, and the walk back tells every operation it reaches.

mod alternatives;
mod objects;
mod prose;
mod values;

use std::collections::{HashMap, HashSet, VecDeque};

pub(super) use alternatives::extensions;

use super::checks::Place;
use super::checks::schemas as check;
use super::edit::{Edit, Finding, Reach, Sides, Use};
use super::equality::Equality;
use super::schema::{Schema, address};
use super::{Level, Options};
use crate::openapi::Document;
use crate::source::Node;

/// What every comparison needs.
#[derive(Clone, Copy)]
pub(super) struct Cx<'a, 'b> {
    pub(super) old: &'a Document,
    pub(super) new: &'a Document,
    pub(super) equality: &'b Equality,
    pub(super) options: &'b Options,
}

/// How a pair is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Mode {
    /// Whether values are written as plain text (parameters, headers, forms), so that every scalar is a string.
    pub(super) text: bool,
    /// Whether the pair is inside an odd number of `not`s: what is wider inside is narrower outside.
    pub(super) flipped: bool,
}

/// All pairs that were met.
#[derive(Default)]
pub(super) struct Schemas<'a> {
    pairs: Vec<Pair<'a>>,
    index: HashMap<Key, usize>,
    waiting: VecDeque<usize>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    old: Vec<usize>,
    new: Vec<usize>,
    nulls: (bool, bool),
    mode: Mode,
}

struct Pair<'a> {
    old: Schema<'a>,
    new: Schema<'a>,
    mode: Mode,
    edits: Vec<Edit>,
    parents: Vec<Parent>,
    uses: Vec<Use>,
}

#[derive(Clone, Copy)]
struct Parent {
    pair: usize,
    sides: Sides,
    nested: bool,
}

/// A pair met inside another.
pub(super) struct Child<'a> {
    pub(super) old: Vec<&'a Node>,
    pub(super) new: Vec<&'a Node>,
    /// The sides it counts on.
    pub(super) sides: Sides,
    /// Whether it describes a part of the value rather than the value itself.
    pub(super) nested: bool,
    pub(super) flipped: bool,
}

/// What the comparison of one pair gives.
#[derive(Default)]
pub(super) struct Found<'a> {
    pub(super) edits: Vec<Edit>,
    pub(super) children: Vec<Child<'a>>,
}

impl<'a> Found<'a> {
    fn part(&mut self, old: Vec<&'a Node>, new: Vec<&'a Node>) {
        self.children.push(Child { old, new, sides: Sides::BOTH, nested: true, flipped: false });
    }
}

impl<'a> Schemas<'a> {
    /// Meets a pair of schemas in an operation.
    pub(super) fn meet(&mut self, cx: Cx<'a, '_>, old: &[&'a Node], new: &[&'a Node], text: bool, at: Option<Use>) {
        let Some(pair) = self.pair(cx, old, new, Mode { text, flipped: false }) else { return };
        let uses = &mut self.pairs[pair].uses;
        if let Some(at) = at
            && !uses.contains(&at)
        {
            uses.push(at);
        }
    }

    /// Returns the addresses of the old parts of all pairs that were met.
    pub(super) fn met(&self) -> HashSet<usize> {
        self.pairs.iter().flat_map(|pair| &pair.old.parts).map(|part| address(part)).collect()
    }

    fn pair(&mut self, cx: Cx<'a, '_>, old: &[&'a Node], new: &[&'a Node], mode: Mode) -> Option<usize> {
        if cx.equality.holds_all(old, new) {
            return None;
        }
        let (old, new) = (Schema::merge(cx.old, old), Schema::merge(cx.new, new));
        let same_nulls = old.null_branch == new.null_branch && old.never.is_some() == new.never.is_some();
        let extended = old.parts.iter().any(|part| cx.equality.is_extended(part));
        if same_nulls && !extended && cx.equality.holds_all(&old.parts, &new.parts) {
            return None;
        }
        let addresses = |schema: &Schema<'_>| schema.parts.iter().map(|part| address(part)).collect();
        let nulls = (old.null_branch || old.never.is_some(), new.null_branch || new.never.is_some());
        let key = Key { old: addresses(&old), new: addresses(&new), nulls, mode };
        let next = self.pairs.len();
        let at = *self.index.entry(key).or_insert(next);
        if at == next {
            self.pairs.push(Pair { old, new, mode, edits: Vec::new(), parents: Vec::new(), uses: Vec::new() });
            self.waiting.push_back(next);
        }
        Some(at)
    }

    /// Compares everything that was met, and what is met on the way.
    pub(super) fn compare(&mut self, cx: Cx<'a, '_>) {
        while let Some(at) = self.waiting.pop_front() {
            let pair = &self.pairs[at];
            let found = compare(cx, &pair.old, &pair.new, pair.mode);
            let mode = pair.mode;
            self.pairs[at].edits = found.edits;
            for child in found.children {
                let inner = Mode { flipped: mode.flipped != child.flipped, ..mode };
                if let Some(pair) = self.pair(cx, &child.old, &child.new, inner) {
                    self.pairs[pair].parents.push(Parent { pair: at, sides: child.sides, nested: child.nested });
                }
            }
        }
    }

    /// Returns the edits with everything they reach.
    pub(super) fn findings(mut self) -> Vec<Finding> {
        let edits: Vec<_> = self.pairs.iter_mut().map(|pair| std::mem::take(&mut pair.edits)).collect();
        let mut findings = Vec::new();
        for (at, edits) in edits.into_iter().enumerate() {
            if edits.is_empty() {
                continue;
            }
            let reached = self.reached(at);
            let flipped = self.pairs[at].mode.flipped;
            for edit in edits {
                let uses = reached.iter().map(|(at, sides)| reach(&edit, *at, *sides, flipped)).collect();
                findings.push(Finding { edit, uses });
            }
        }
        findings
    }

    /// Walks back to the operations: where a pair is met, and the sides that it counts on there.
    fn reached(&self, from: usize) -> Vec<(Use, Sides)> {
        let mut reached = Vec::new();
        let mut seen = HashSet::from([(from, Sides::BOTH, false)]);
        let mut waiting = vec![(from, Sides::BOTH, false)];
        while let Some((at, sides, nested)) = waiting.pop() {
            let pair = &self.pairs[at];
            for found in &pair.uses {
                let place = match found.place {
                    Place::Body if nested => Place::Property,
                    Place::Parameter if nested => Place::ParameterProperty,
                    place => place,
                };
                reached.push((Use { place, ..*found }, sides));
            }
            for parent in &pair.parents {
                let next = (parent.pair, sides.and(parent.sides), nested || parent.nested);
                if seen.insert(next) {
                    waiting.push(next);
                }
            }
        }
        reached
    }
}

/// Returns what an edit means where it is met.
pub(super) fn reach(edit: &Edit, at: Use, sides: Sides, flipped: bool) -> Reach {
    let level = match at.side {
        Some(side) if !edit.sides.and(sides).has(side) => Level::Info,
        // The exceptions speak of values that are sent or read, not of those that are excluded.
        Some(side) if flipped => edit.check.effect.level(side.opposite()),
        Some(side) => edit.check.level(side, at.place),
        None => edit.check.effect.level(super::Side::Request),
    };
    Reach { operation: at.operation, side: at.side, level }
}

/// Compares one pair of merged schemas.
fn compare<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, new: &Schema<'a>, mode: Mode) -> Found<'a> {
    let mut found = Found::default();
    match (old.never, new.never) {
        (Some(_), Some(_)) => return found,
        (Some(before), None) => {
            found.edits.push(Edit::new(&check::SCHEMA_OPENED, before, new.span(), "values are valid where none were"));
            return found;
        }
        (None, Some(after)) => {
            found.edits.push(Edit::new(&check::SCHEMA_CLOSED, old.span(), after, "no value is valid any more"));
            return found;
        }
        (None, None) => {}
    }
    prose::compare(cx, old, new, &mut found);
    if alternatives::compare(cx, old, new, &mut found) == alternatives::Then::Stop
        || values::compare(cx, old, new, mode, &mut found) == alternatives::Then::Stop
    {
        return found;
    }
    objects::compare(cx, old, new, &mut found);
    found
}
