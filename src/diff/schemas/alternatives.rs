//! `oneOf` and `anyOf`: alternatives are matched by likeness, whatever their order.

use std::collections::HashSet;

use super::{Child, Cx, Found, check};
use crate::diff::edit::{Edit, Sides, quoted};
use crate::diff::schema::{Alternatives, Schema, Types};
use crate::openapi::Document;
use crate::source::{Entry, Node};

/// Whether the rest of two schemas is worth comparing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    Stop,
}

/// Alternatives beyond this many are matched by their references and positions alone.
const MAX_COMPARED: usize = 96;

/// How alike two alternatives must be to be the same one, edited.
const LEAST_LIKENESS: f64 = 0.4;

pub(super) fn compare<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) -> Then {
    discriminator(cx, old, new, found);
    let (before, after) = (old.alternatives(cx.old), new.alternatives(cx.new));
    if before.is_empty() && after.is_empty() {
        subtypes(cx, old, new, found);
    }
    // Plain types are alternatives as soon as the other side says more of them.
    if before.is_empty() != after.is_empty() {
        let (before, after) = (old.only_alternatives(cx.old), new.only_alternatives(cx.new));
        if let ([a], [b]) = (before.as_slice(), after.as_slice()) {
            groups(cx, a, b, found);
            return Then::Stop;
        }
    }
    match (before.as_slice(), after.as_slice()) {
        ([], []) => Then::GoOn,
        ([], [group]) if !old.parts.is_empty() && new.is_only_alternatives(cx.new) => {
            wrapped(cx, old, group, found);
            Then::Stop
        }
        ([group], []) if !new.parts.is_empty() && old.is_only_alternatives(cx.old) => {
            unwrapped(cx, group, new, found);
            Then::Stop
        }
        _ => {
            for (a, b) in before.iter().zip(&after) {
                groups(cx, a, b, found);
            }
            for group in after.iter().skip(before.len()) {
                let message = format!("values must match one of {} alternatives", group.branches.len());
                found.edits.push(Edit::new(&check::ALTERNATIVES_DEMANDED, None, group.span, message));
            }
            for group in before.iter().skip(after.len()) {
                let message = format!("values need no longer match one of {} alternatives", group.branches.len());
                let edit = Edit::new(&check::ALTERNATIVES_DROPPED, group.span, None, message);
                found.edits.push(edit.near(new.span()));
            }
            Then::GoOn
        }
    }
}

/// A plain schema became one of several.
fn wrapped<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, group: &Alternatives<'a>, found: &mut Found<'a>) {
    let best = closest(cx.old, &old.parts, cx.new, &group.branches);
    if group.one {
        let message = format!("became one of {} alternatives, only one of which may match", group.branches.len());
        found.edits.push(Edit::new(&check::WRAPPED_IN_ONE_OF, old.span(), group.span, message));
    }
    for (at, branch) in group.branches.iter().enumerate() {
        if at == best {
            same_value(old.parts.clone(), vec![branch], found);
        } else if !group.one {
            let message = format!("the alternative {} was added", name(cx.new, branch));
            found.edits.push(Edit::new(&check::ANY_OF_ADDED, None, branch.span, message));
        }
    }
}

/// One of several schemas became the only one.
fn unwrapped<'a>(cx: Cx<'a, '_>, group: &Alternatives<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let best = closest(cx.new, &new.parts, cx.old, &group.branches);
    let check = if group.one { &check::ONE_OF_REMOVED } else { &check::ANY_OF_REMOVED };
    for (at, branch) in group.branches.iter().enumerate() {
        if at == best {
            same_value(vec![branch], new.parts.clone(), found);
        } else {
            let message = format!("the alternative {} was removed", name(cx.old, branch));
            found.edits.push(Edit::new(check, branch.span, None, message).near(new.span()));
        }
    }
}

fn same_value<'a>(old: Vec<&'a Node>, new: Vec<&'a Node>, found: &mut Found<'a>) {
    found.children.push(Child { old, new, sides: Sides::BOTH, nested: false, flipped: false });
}

fn groups<'a>(cx: Cx<'a, '_>, old: &Alternatives<'a>, new: &Alternatives<'a>, found: &mut Found<'a>) {
    match (old.one, new.one) {
        (false, true) => found.edits.push(Edit::new(
            &check::ANY_OF_BECAME_ONE_OF,
            old.span,
            new.span,
            "`anyOf` became `oneOf`: only one alternative may match",
        )),
        (true, false) => found.edits.push(Edit::new(
            &check::ONE_OF_BECAME_ANY_OF,
            old.span,
            new.span,
            "`oneOf` became `anyOf`: several alternatives may match",
        )),
        _ => {}
    }
    let (pairs, gone, added) = matched(cx, &old.branches, &new.branches);
    for (a, b) in pairs {
        same_value(vec![a], vec![b], found);
    }
    let removed = if old.one { &check::ONE_OF_REMOVED } else { &check::ANY_OF_REMOVED };
    for branch in gone {
        let message = format!("the alternative {} was removed", name(cx.old, branch));
        found.edits.push(Edit::new(removed, branch.span, None, message).near(new.span));
    }
    let check = if new.one { &check::ONE_OF_ADDED } else { &check::ANY_OF_ADDED };
    for branch in added {
        let message = format!("the alternative {} was added", name(cx.new, branch));
        found.edits.push(Edit::new(check, None, branch.span, message));
    }
}

type Matched<'a> = (Vec<(&'a Node, &'a Node)>, Vec<&'a Node>, Vec<&'a Node>);

/// Pairs alternatives: the same ones first, then the most alike.
fn matched<'a>(cx: Cx<'a, '_>, old: &[&'a Node], new: &[&'a Node]) -> Matched<'a> {
    let mut pairs = Vec::new();
    let mut gone: Vec<Option<&'a Node>> = old.iter().copied().map(Some).collect();
    let mut added: Vec<Option<&'a Node>> = new.iter().copied().map(Some).collect();
    let mut take =
        |gone: &mut Option<&'a Node>, added: &mut [Option<&'a Node>], same: &dyn Fn(&Node, &Node) -> bool| {
            let Some(a) = *gone else { return };
            let Some(slot) = added.iter_mut().find(|b| b.is_some_and(|b| same(a, b))) else { return };
            if let Some(b) = slot.take() {
                pairs.push((a, b));
                *gone = None;
            }
        };
    for slot in &mut gone {
        take(slot, &mut added, &|a, b| a.reference().is_some() && a.reference() == b.reference());
    }
    if old.len() <= MAX_COMPARED && new.len() <= MAX_COMPARED {
        for slot in &mut gone {
            take(slot, &mut added, &|a, b| cx.old.resolved(a) == cx.new.resolved(b));
        }
        let mut scores = Vec::new();
        for (i, a) in gone.iter().enumerate() {
            for (j, b) in added.iter().enumerate() {
                if let (Some(a), Some(b)) = (a, b) {
                    let score = likeness(&traits(cx.old, &[*a]), &traits(cx.new, &[*b]));
                    if score >= LEAST_LIKENESS {
                        scores.push((score, i, j));
                    }
                }
            }
        }
        scores.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.abs_diff(x.2).cmp(&y.1.abs_diff(y.2))).then(x.1.cmp(&y.1)));
        for (_, i, j) in scores {
            if let (Some(a), Some(b)) = (gone[i], added[j]) {
                pairs.push((a, b));
                gone[i] = None;
                added[j] = None;
            }
        }
    } else {
        for (a, b) in gone.iter_mut().zip(&mut added) {
            if let (Some(x), Some(y)) = (*a, *b) {
                pairs.push((x, y));
                *a = None;
                *b = None;
            }
        }
    }
    (pairs, gone.into_iter().flatten().collect(), added.into_iter().flatten().collect())
}

/// Returns the alternative that is most like a schema.
fn closest<'a>(document: &'a Document, parts: &[&'a Node], other: &'a Document, branches: &[&'a Node]) -> usize {
    let own = traits(document, parts);
    let score = |branch: &&'a Node| likeness(&own, &traits(other, &[*branch]));
    let mut best = (0, f64::MIN);
    for (at, branch) in branches.iter().enumerate() {
        let score = score(branch);
        if score > best.1 {
            best = (at, score);
        }
    }
    best.0
}

/// What an alternative is recognized by.
struct Traits<'a> {
    types: Types,
    names: HashSet<&'a str>,
    values: HashSet<String>,
    title: Option<&'a str>,
}

fn traits<'a>(document: &'a Document, nodes: &[&'a Node]) -> Traits<'a> {
    let schema = Schema::merge(document, nodes);
    let reference = nodes.iter().find_map(|node| node.reference()).and_then(|r| r.rsplit('/').next());
    let discriminating = schema.properties().into_iter().flat_map(|(name, property)| {
        let only = property.schemas.iter().find_map(|node| {
            let node = document.resolved(node);
            node.get("const").or_else(|| node.get("enum")?.as_seq().filter(|values| values.len() == 1)?.first())
        });
        only.map(|value| format!("{name}={}", value.to_json()))
    });
    let mut values: HashSet<String> = discriminating.collect();
    values.extend(schema.enumeration().into_iter().flat_map(|(_, values)| values).map(|v| v.to_json().to_string()));
    values.extend(schema.format().and_then(Node::as_str).map(str::to_owned));
    Traits {
        types: schema.types(document).without(Types::NULL),
        names: schema.properties().keys().copied().collect(),
        values,
        title: reference.or_else(|| schema.first("title").and_then(Node::as_str)),
    }
}

/// Returns how alike two alternatives are, from 0 to 1 and a little more for the same name.
fn likeness(a: &Traits<'_>, b: &Traits<'_>) -> f64 {
    if !a.types.meets(b.types) {
        return 0.0;
    }
    let share = |common: usize, all: usize| if all == 0 { None } else { Some(common as f64 / all as f64) };
    let names = share(a.names.intersection(&b.names).count(), a.names.union(&b.names).count());
    let values = share(a.values.intersection(&b.values).count(), a.values.union(&b.values).count());
    let base = match (names, values) {
        (Some(n), Some(v)) => (n + v) / 2.0,
        (Some(n), None) => n,
        (None, Some(v)) => v,
        (None, None) => 0.5,
    };
    let named = a.title.is_some() && a.title == b.title;
    if named { base + 0.5 } else { base }
}

fn name(document: &Document, branch: &Node) -> String {
    if let Some(reference) = branch.reference().and_then(|r| r.rsplit('/').next()) {
        return quoted(reference);
    }
    if let Some(title) = branch.str_of("title") {
        return quoted(title);
    }
    format!("of {}", Schema::merge(document, &[branch]).types(document).words())
}

fn discriminator<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let (before, after) = (old.first("discriminator"), new.first("discriminator"));
    let message = match (before, after) {
        (None, None) => return,
        (None, Some(_)) => "a discriminator was added".to_owned(),
        (Some(_), None) => "the discriminator was removed".to_owned(),
        (Some(a), Some(b)) => {
            let keys = |node: &Node| {
                let mut keys: Vec<_> =
                    node.get("mapping").map(Node::entries).unwrap_or_default().map(|e| e.key.text.clone()).collect();
                keys.sort_unstable();
                keys
            };
            if a.str_of("propertyName") != b.str_of("propertyName") {
                "the discriminator's property changed".to_owned()
            } else if keys(a) != keys(b) {
                "the discriminator's mapping changed".to_owned()
            } else if let Some(name) = retargeted(cx, a, b) {
                format!("the discriminator's mapping of {} leads to another schema", quoted(name))
            } else {
                return;
            }
        }
    };
    let edit = Edit::new(&check::DISCRIMINATOR_CHANGED, before.map(|n| n.span), after.map(|n| n.span), message);
    found.edits.push(edit.near(new.span()));
}

/// Returns the first value of a discriminator whose mapping leads to a schema that is neither of the same name nor equal.
fn retargeted<'a>(cx: Cx<'a, '_>, old: &'a Node, new: &'a Node) -> Option<&'a str> {
    let target = |document: &'a Document, text: &str| {
        let name = text.rsplit('/').next()?;
        document.root().get("components")?.get("schemas")?.get(name)
    };
    let mapping = old.get("mapping").map(Node::entries).unwrap_or_default();
    let changed = mapping.filter(|entry| {
        let other = new.get("mapping").and_then(|mapping| mapping.get(&entry.key.text));
        let (Some(from), Some(to)) = (entry.value.as_str(), other.and_then(Node::as_str)) else { return false };
        let same_name = from.rsplit('/').next() == to.rsplit('/').next();
        !same_name
            && match (target(cx.old, from), target(cx.new, to)) {
                (Some(a), Some(b)) => a != b,
                _ => true,
            }
    });
    changed.map(|entry| entry.key.text.as_str()).next()
}

/// Meets the schemas that a value may be besides this one: those that extend it, when it has a discriminator.
fn subtypes<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let base = |schema: &Schema<'a>| schema.parts.iter().copied().find(|part| part.get("discriminator").is_some());
    let (Some(before), Some(after)) = (base(old), base(new)) else { return };
    let after = extensions(cx.new.root(), after);
    for entry in extensions(cx.old.root(), before) {
        if let Some(other) = after.iter().find(|other| other.key.text == entry.key.text) {
            same_value(vec![&entry.value], vec![&other.value], found);
        }
    }
}

/// Returns the component schemas that extend another one: whose `allOf` refers to it.
pub(in crate::diff) fn extensions<'a>(root: &'a Node, base: &Node) -> Vec<&'a Entry> {
    let schemas = root.get("components").and_then(|components| components.get("schemas"));
    let entries = || schemas.map(Node::entries).unwrap_or_default();
    let Some(name) = entries().find(|entry| std::ptr::eq(&entry.value, base)).map(|e| &e.key.text) else {
        return Vec::new();
    };
    let is_base = |part: &Node| {
        part.reference().and_then(|r| r.strip_prefix("#/components/schemas/")).is_some_and(|own| own == name.as_str())
    };
    entries().filter(|e| e.value.get("allOf").is_some_and(|all| all.items().any(is_base))).collect()
}
