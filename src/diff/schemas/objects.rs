//! Properties, and the schemas inside a schema: items, conditions, and the keywords of 3.1.

use super::{Child, Cx, Found, check};
use crate::diff::checks::Check;
use crate::diff::edit::{Edit, Sides, quoted};
use crate::diff::schema::{Additional, Property, Schema};
use crate::source::{Node, Span, Value};

pub(super) fn compare<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    properties(cx, old, new, found);
    additional(old, new, found);
    items(old, new, found);
    single_schemas(old, new, found);
    schema_maps(old, new, found);
    dependent_required(old, new, found);
    conditions(old, new, found);
}

fn properties<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let (before, after) = (old.properties(), new.properties());
    let (must, must_now) = (old.required(), new.required());
    let new_span = new.first_entry("properties").map(|e| e.key.span).or(new.span());
    for (name, property) in &before {
        match after.get(name) {
            None => {
                let (required, sides) = (must.contains_key(name), counts(&[(cx.old, property)]));
                found.edits.push(removed(name, property, required, new, sides).near(new_span));
            }
            Some(other) => {
                let sides = counts(&[(cx.old, property), (cx.new, other)]);
                if !cx.equality.holds_all(&property.schemas, &other.schemas) {
                    let required = (must.contains_key(name), must_now.contains_key(name));
                    access(cx, name, property, other, required, found);
                    found.children.push(Child {
                        old: property.schemas.clone(),
                        new: other.schemas.clone(),
                        sides,
                        nested: true,
                        flipped: false,
                    });
                }
                match (must.get(name), must_now.get(name)) {
                    (None, Some(span)) => {
                        let message = format!("the property {} became required", quoted(name));
                        found
                            .edits
                            .push(Edit::new(&check::PROPERTY_BECAME_REQUIRED, property.span, *span, message).on(sides));
                    }
                    (Some(span), None) => {
                        let message = format!("the property {} became optional", quoted(name));
                        found
                            .edits
                            .push(Edit::new(&check::PROPERTY_BECAME_OPTIONAL, *span, other.span, message).on(sides));
                    }
                    _ => {}
                }
            }
        }
    }
    for (name, property) in after.iter().filter(|(name, _)| !before.contains_key(*name)) {
        let (check, word) = if must_now.contains_key(name) && !must.contains_key(name) {
            (&check::REQUIRED_PROPERTY_ADDED, "required")
        } else {
            (&check::OPTIONAL_PROPERTY_ADDED, "optional")
        };
        let message = format!("the {word} property {} was added", quoted(name));
        found.edits.push(Edit::new(check, None, property.span, message).on(counts(&[(cx.new, property)])));
    }
    // Names that are demanded without being described.
    let undescribed = |name: &str| !before.contains_key(name) && !after.contains_key(name);
    for (name, span) in must_now.iter().filter(|(name, _)| undescribed(name) && !must.contains_key(*name)) {
        let message = format!("the property {} became required", quoted(name));
        found.edits.push(Edit::new(&check::PROPERTY_BECAME_REQUIRED, None, *span, message));
    }
    for (name, span) in must.iter().filter(|(name, _)| undescribed(name) && !must_now.contains_key(*name)) {
        let message = format!("the property {} became optional", quoted(name));
        found.edits.push(Edit::new(&check::PROPERTY_BECAME_OPTIONAL, *span, None, message).near(new.span()));
    }
}

fn removed(name: &str, property: &Property<'_>, required: bool, new: &Schema<'_>, sides: Sides) -> Edit {
    let closed = matches!(new.additional(), Additional::Closed(_));
    let check = match (required, closed) {
        (true, true) => &check::REQUIRED_PROPERTY_REFUSED,
        (true, false) => &check::REQUIRED_PROPERTY_REMOVED,
        (false, true) => &check::PROPERTY_REFUSED,
        (false, false) => &check::OPTIONAL_PROPERTY_REMOVED,
    };
    let word = if required { "required" } else { "optional" };
    let refused = if closed { ", and no others are allowed" } else { "" };
    Edit::new(check, property.span, None, format!("the {word} property {} was removed{refused}", quoted(name)))
        .on(sides)
}

/// Returns the sides a property counts on: clients do not send what is `readOnly` in all documents
/// that have it, and do not read what is `writeOnly`.
fn counts(versions: &[(&crate::openapi::Document, &Property<'_>)]) -> Sides {
    let everywhere = |flag: &str| {
        versions.iter().all(|(document, property)| {
            property.schemas.iter().any(|node| {
                let own = node.get(flag).and_then(Node::as_bool);
                own.or_else(|| document.resolved(node).get(flag).and_then(Node::as_bool)) == Some(true)
                    || Schema::merge(document, &[*node]).is(flag)
            })
        })
    };
    Sides { request: !everywhere("readOnly"), response: !everywhere("writeOnly") }
}

fn access<'a>(
    cx: Cx<'a, '_>,
    name: &str,
    before: &Property<'a>,
    after: &Property<'a>,
    (required, required_now): (bool, bool),
    found: &mut Found<'a>,
) {
    let (old, new) = (Schema::merge(cx.old, &before.schemas), Schema::merge(cx.new, &after.schemas));
    let mut report = |check: &'static Check, flag: &str, words: &str| {
        let span = |schema: &Schema<'_>, property: &Property<'_>| schema.first(flag).map_or(property.span, |n| n.span);
        let message = format!("the property {} {words} `{flag}`", quoted(name));
        found.edits.push(Edit::new(check, span(&old, before), span(&new, after), message));
    };
    match (old.is("readOnly"), new.is("readOnly")) {
        (false, true) => report(&check::BECAME_READ_ONLY, "readOnly", "became"),
        (true, false) if required_now => report(&check::REQUIRED_BECAME_NOT_READ_ONLY, "readOnly", "is no longer"),
        (true, false) => report(&check::BECAME_NOT_READ_ONLY, "readOnly", "is no longer"),
        _ => {}
    }
    match (old.is("writeOnly"), new.is("writeOnly")) {
        (false, true) if required => report(&check::REQUIRED_BECAME_WRITE_ONLY, "writeOnly", "became"),
        (false, true) => report(&check::BECAME_WRITE_ONLY, "writeOnly", "became"),
        (true, false) if required_now => report(&check::REQUIRED_BECAME_NOT_WRITE_ONLY, "writeOnly", "is no longer"),
        (true, false) => report(&check::BECAME_NOT_WRITE_ONLY, "writeOnly", "is no longer"),
        _ => {}
    }
}

fn additional<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let span = |nodes: &[&Node]| nodes.first().map(|n| n.span);
    let edit = match (old.additional(), new.additional()) {
        (Additional::Schema(before), Additional::Schema(after)) => return found.part(before, after),
        (Additional::Open, Additional::Closed(at)) => {
            Edit::new(&check::ADDITIONAL_PROPERTIES_CLOSED, old.span(), at, "other properties are no longer allowed")
        }
        (Additional::Schema(before), Additional::Closed(at)) => {
            Edit::new(&check::ADDITIONAL_PROPERTIES_CLOSED, span(&before), at, "other properties are no longer allowed")
        }
        (Additional::Closed(at), Additional::Open) => {
            Edit::new(&check::ADDITIONAL_PROPERTIES_OPENED, at, None, "other properties are allowed").near(new.span())
        }
        (Additional::Closed(at), Additional::Schema(after)) => {
            Edit::new(&check::ADDITIONAL_PROPERTIES_OPENED, at, span(&after), "other properties are allowed")
        }
        (Additional::Open, Additional::Schema(after)) => Edit::new(
            &check::ADDITIONAL_PROPERTIES_CONSTRAINED,
            old.span(),
            span(&after),
            "other properties must match a schema",
        ),
        (Additional::Schema(before), Additional::Open) => {
            Edit::new(&check::ADDITIONAL_PROPERTIES_FREED, span(&before), None, "other properties may be anything")
                .near(new.span())
        }
        (Additional::Open, Additional::Open) | (Additional::Closed(_), Additional::Closed(_)) => return,
    };
    found.edits.push(edit);
}

/// Returns the schemas of a keyword, in all parts, that say something.
fn telling<'a>(schema: &Schema<'a>, keyword: &str) -> Vec<&'a Node> {
    schema
        .all(keyword)
        .filter(|node| match &node.value {
            Value::Mapping(mapping) => !mapping.is_empty(),
            Value::Bool(b) => !b,
            _ => false,
        })
        .collect()
}

fn items<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    presence(
        telling(old, "items"),
        telling(new, "items"),
        (&check::ITEMS_CONSTRAINED, "items must match a schema"),
        (&check::ITEMS_FREED, "items may be anything"),
        new.span(),
        found,
    );
    let list =
        |schema: &Schema<'a>| schema.first("prefixItems").map(|n| n.items().collect::<Vec<_>>()).unwrap_or_default();
    let (before, after) = (list(old), list(new));
    for (a, b) in before.iter().zip(&after) {
        found.part(vec![a], vec![b]);
    }
    let is_closed = |schema: &Schema<'a>| schema.all("items").any(|node| node.as_bool() == Some(false));
    // An item that has no place of its own is one of the `items`.
    let (rest, rest_now) = (telling(old, "items"), telling(new, "items"));
    for (at, gone) in before.iter().enumerate().skip(after.len()) {
        if !rest_now.is_empty() && !is_closed(new) {
            found.part(vec![gone], rest_now.clone());
            continue;
        }
        let (check, message) = if is_closed(new) {
            (&check::PREFIX_ITEM_REMOVED, format!("item {} is no longer valid", at + 1))
        } else {
            (&check::PREFIX_ITEM_FREED, format!("item {} may be anything", at + 1))
        };
        found.edits.push(Edit::new(check, gone.span, None, message).near(new.span()));
    }
    for (at, added) in after.iter().enumerate().skip(before.len()) {
        if !rest.is_empty() && !is_closed(old) {
            found.part(rest.clone(), vec![added]);
            continue;
        }
        let (check, message) = if is_closed(old) {
            (&check::PREFIX_ITEM_ADDED, format!("item {} is valid", at + 1))
        } else {
            (&check::PREFIX_ITEM_CONSTRAINED, format!("item {} must match a schema", at + 1))
        };
        found.edits.push(Edit::new(check, None, added.span, message));
    }
}

/// Compares a keyword that holds one schema: it appears, goes, or both have it.
fn presence<'a>(
    before: Vec<&'a Node>,
    after: Vec<&'a Node>,
    added: (&'static Check, &str),
    removed: (&'static Check, &str),
    new_span: Option<Span>,
    found: &mut Found<'a>,
) {
    match (before.first(), after.first()) {
        (None, None) => {}
        (Some(_), Some(_)) => found.part(before, after),
        (None, Some(node)) => found.edits.push(Edit::new(added.0, None, node.span, added.1)),
        (Some(node), None) => found.edits.push(Edit::new(removed.0, node.span, None, removed.1).near(new_span)),
    }
}

fn single_schemas<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    for (keyword, added, removed) in [
        ("contains", &check::CONTAINS_ADDED, &check::CONTAINS_REMOVED),
        ("propertyNames", &check::PROPERTY_NAMES_ADDED, &check::PROPERTY_NAMES_REMOVED),
        ("unevaluatedProperties", &check::UNEVALUATED_PROPERTIES_ADDED, &check::UNEVALUATED_PROPERTIES_REMOVED),
        ("unevaluatedItems", &check::UNEVALUATED_ITEMS_ADDED, &check::UNEVALUATED_ITEMS_REMOVED),
        ("contentSchema", &check::CONTENT_SCHEMA_ADDED, &check::CONTENT_SCHEMA_REMOVED),
    ] {
        let (set, dropped) = (format!("`{keyword}` was set"), format!("`{keyword}` was dropped"));
        let (before, after) = (telling(old, keyword), telling(new, keyword));
        presence(before, after, (added, &set), (removed, &dropped), new.span(), found);
    }
    let (before, after) = (telling(old, "not"), telling(new, "not"));
    match (before.as_slice(), after.as_slice()) {
        ([a], [b]) => {
            found.children.push(Child { old: vec![a], new: vec![b], sides: Sides::BOTH, nested: false, flipped: true });
        }
        _ => {
            for gone in before.iter().filter(|node| !after.contains(node)) {
                let edit = Edit::new(&check::NOT_REMOVED, gone.span, None, "a `not` was dropped").near(new.span());
                found.edits.push(edit);
            }
            for added in after.iter().filter(|node| !before.contains(node)) {
                found.edits.push(Edit::new(&check::NOT_ADDED, None, added.span, "a `not` was added"));
            }
        }
    }
}

fn schema_maps<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    for (keyword, added, removed) in [
        ("patternProperties", &check::PATTERN_PROPERTY_ADDED, &check::PATTERN_PROPERTY_REMOVED),
        ("dependentSchemas", &check::DEPENDENT_SCHEMA_ADDED, &check::DEPENDENT_SCHEMA_REMOVED),
    ] {
        let entries = |schema: &Schema<'a>| schema.all(keyword).flat_map(Node::entries).collect::<Vec<_>>();
        let (before, after) = (entries(old), entries(new));
        for entry in &before {
            match after.iter().find(|other| other.key.text == entry.key.text) {
                Some(other) => found.part(vec![&entry.value], vec![&other.value]),
                None => {
                    let message = format!("{} of `{keyword}` was removed", quoted(&entry.key.text));
                    found.edits.push(Edit::new(removed, entry.key.span, None, message).near(new.span()));
                }
            }
        }
        for entry in after.iter().filter(|e| !before.iter().any(|other| other.key.text == e.key.text)) {
            let message = format!("{} of `{keyword}` was added", quoted(&entry.key.text));
            found.edits.push(Edit::new(added, None, entry.key.span, message));
        }
    }
}

fn dependent_required<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let entries = |schema: &Schema<'a>| schema.all("dependentRequired").flat_map(Node::entries).collect::<Vec<_>>();
    let (before, after) = (entries(old), entries(new));
    let holds = |a: &Node, b: &Node| b.items().all(|name| a.items().any(|other| other == name));
    for entry in &before {
        let name = quoted(&entry.key.text);
        match after.iter().find(|other| other.key.text == entry.key.text) {
            None => {
                let message = format!("{name} no longer demands other properties");
                let edit = Edit::new(&check::DEPENDENT_REQUIRED_REMOVED, entry.key.span, None, message);
                found.edits.push(edit.near(new.span()));
            }
            Some(other) if holds(&entry.value, &other.value) && holds(&other.value, &entry.value) => {}
            Some(other) => {
                let (check, what) = if holds(&other.value, &entry.value) {
                    (&check::DEPENDENT_REQUIRED_ADDED, "more properties than before")
                } else if holds(&entry.value, &other.value) {
                    (&check::DEPENDENT_REQUIRED_REMOVED, "fewer properties than before")
                } else {
                    (&check::DEPENDENT_REQUIRED_CHANGED, "other properties than before")
                };
                let (from, to) = (entry.value.span, other.value.span);
                found.edits.push(Edit::new(check, from, to, format!("{name} demands {what}")));
            }
        }
    }
    for entry in after.iter().filter(|e| !before.iter().any(|other| other.key.text == e.key.text)) {
        let message = format!("{} demands other properties", quoted(&entry.key.text));
        found.edits.push(Edit::new(&check::DEPENDENT_REQUIRED_ADDED, None, entry.key.span, message));
    }
}

fn conditions<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    for keyword in ["if", "then", "else"] {
        let (before, after) = (telling(old, keyword), telling(new, keyword));
        // A wider condition demands `then` of more values and `else` of fewer: it breaks both ways.
        if keyword == "if" && !before.is_empty() && !after.is_empty() {
            for flipped in [false, true] {
                let (old, new) = (before.clone(), after.clone());
                found.children.push(Child { old, new, sides: Sides::BOTH, nested: false, flipped });
            }
            continue;
        }
        let (set, dropped) = (format!("`{keyword}` was added"), format!("`{keyword}` was removed"));
        let (added, removed) = ((&check::CONDITION_ADDED, &*set), (&check::CONDITION_REMOVED, &*dropped));
        presence(before, after, added, removed, new.span(), found);
    }
}
