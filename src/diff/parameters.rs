//! Parameters: matched by name and place, path parameters by their position in the path.

use super::Side;
use super::checks::parameters as check;
use super::checks::{Place, bodies};
use super::edit::Sides;
use super::edit::{Edit, Finding, quoted};
use super::lifecycle::{self, Removal, Subject};
use super::operations::{Both, Differ, variables};
use super::prose;
use super::schema::{Schema, Types};
use super::schemas::reach;
use crate::openapi::Parameter;
use crate::source::Node;

pub(super) fn compare<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>) {
    let old = differ.cx.old.parameters(&both.old);
    let new = differ.cx.new.parameters(&both.new);
    let renamed: Vec<_> = variables(both.old.path.path).into_iter().zip(variables(both.new.path.path)).collect();
    let same = |a: &Parameter<'_>, b: &Parameter<'_>| {
        a.location == b.location
            && match a.location {
                "path" => renamed.iter().find(|(name, _)| *name == a.name).map_or(a.name, |(_, now)| *now) == b.name,
                "header" => a.name.eq_ignore_ascii_case(b.name),
                _ => a.name == b.name,
            }
    };
    let mut added: Vec<&Parameter<'a>> = new.iter().filter(|b| !old.iter().any(|a| same(a, b))).collect();
    for before in &old {
        match new.iter().find(|after| same(before, after)) {
            Some(after) => pair(differ, both, before, after),
            None => match added.iter().position(|after| after.name == before.name && after.location != "path") {
                Some(at) => {
                    let after = added.remove(at);
                    let message = format!("{} moved from {} to {}", quoted(before.name), place(before), place(after));
                    let edit = Edit::new(&check::PARAMETER_MOVED, before.node.span, after.node.span, message);
                    differ.report(both, Side::Request, edit);
                }
                None => removed(differ, both, before),
            },
        }
    }
    for after in added {
        let (check, word) = if after.location == "path" {
            if is_any_text(differ, after) {
                (&check::OPTIONAL_PARAMETER_ADDED, "path")
            } else {
                (&check::PATH_PARAMETER_ADDED, "path")
            }
        } else if is_required(after) {
            (&check::REQUIRED_PARAMETER_ADDED, "required")
        } else {
            (&check::OPTIONAL_PARAMETER_ADDED, "optional")
        };
        let message = format!("the {word} parameter {} was added to {}", quoted(after.name), place(after));
        differ.report(both, Side::Request, Edit::new(check, None, after.node.span, message));
    }
}

fn place(parameter: &Parameter<'_>) -> &'static str {
    match parameter.location {
        "path" => "the path",
        "query" => "the query",
        "header" => "the headers",
        "cookie" => "the cookies",
        _ => "the request",
    }
}

fn is_required(parameter: &Parameter<'_>) -> bool {
    parameter.location == "path" || parameter.node.get("required").and_then(Node::as_bool) == Some(true)
}

/// Returns whether a path parameter takes what every path has there anyway.
fn is_any_text(differ: &Differ<'_, '_>, parameter: &Parameter<'_>) -> bool {
    let Some(schema) = parameter.node.get("schema") else { return true };
    let schema = Schema::merge(differ.cx.new, &[schema]);
    schema.types(differ.cx.new).holds(Types::STRING)
        && !["enum", "pattern", "format", "minLength", "maxLength", "const", "oneOf", "anyOf"]
            .iter()
            .any(|keyword| schema.first(keyword).is_some())
}

fn removed<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>, before: &Parameter<'a>) {
    let (check, how) = match lifecycle::removal(&differ.cx.options.policy, before.node) {
        Removal::Abrupt => (&check::PARAMETER_REMOVED, ""),
        Removal::Early => (&check::PARAMETER_REMOVED_BEFORE_SUNSET, " before its sunset date"),
        Removal::Announced => (&check::PARAMETER_REMOVED_AFTER_DEPRECATION, " after it was deprecated"),
    };
    let message = format!("the parameter {} was removed from {}{how}", quoted(before.name), place(before));
    differ.report(both, Side::Request, Edit::new(check, before.node.span, None, message).near(both.new.span));
}

fn pair<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>, before: &Parameter<'a>, after: &Parameter<'a>) {
    let (old, new) = (before.node, after.node);
    if differ.cx.equality.holds(old, new) {
        return;
    }
    let mut edits = Vec::new();
    let spans = |key: &str| (old.get(key).map_or(old.span, |n| n.span), new.get(key).map_or(new.span, |n| n.span));
    match (is_required(before), is_required(after)) {
        (false, true) => {
            let (from, to) = spans("required");
            edits.push(Edit::new(&check::PARAMETER_BECAME_REQUIRED, from, to, "became required"));
        }
        (true, false) => {
            let (from, to) = spans("required");
            edits.push(Edit::new(&check::PARAMETER_BECAME_OPTIONAL, from, to, "became optional"));
        }
        _ => {}
    }
    let (style, style_now) = (style(before), style(after));
    if style != style_now {
        let (from, to) = spans("style");
        let message = format!("`style` changed from {} to {}", quoted(style), quoted(style_now));
        edits.push(Edit::new(&check::PARAMETER_STYLE_CHANGED, from, to, message));
    } else if explode(before) != explode(after) && !is_scalar(differ, before, after) {
        let (from, to) = spans("explode");
        let message = format!("`explode` changed from `{}` to `{}`", explode(before), explode(after));
        edits.push(Edit::new(&check::PARAMETER_STYLE_CHANGED, from, to, message));
    }
    let flag = |node: &Node, key: &str| node.get(key).and_then(Node::as_bool) == Some(true);
    if flag(old, "allowReserved") != flag(new, "allowReserved") {
        let (from, to) = spans("allowReserved");
        edits.push(Edit::new(&check::PARAMETER_RESERVED_CHANGED, from, to, "`allowReserved` changed"));
    }
    let (from, to) = spans("allowEmptyValue");
    match (flag(old, "allowEmptyValue"), flag(new, "allowEmptyValue")) {
        (true, false) => {
            edits.push(Edit::new(&check::PARAMETER_EMPTY_REFUSED, from, to, "empty values are no longer allowed"));
        }
        (false, true) => edits.push(Edit::new(&check::PARAMETER_EMPTY_ALLOWED, from, to, "empty values are allowed")),
        _ => {}
    }
    lifecycle::compare(
        differ.cx.options,
        Subject { node: old, member: &|key| old.get(key) },
        Subject { node: new, member: &|key| new.get(key) },
        &mut edits,
    );
    prose::compare(differ.cx.options, old.span, new.span, &|k| old.get(k), &|k| new.get(k), &mut edits);
    prose::extensions(differ.cx.options, &[old], &[new], new.span, &mut edits);
    for edit in edits {
        differ.report(both, Side::Request, edit);
    }
    value(differ, both, old, new);
}

/// Compares what values a parameter takes.
fn value<'a>(differ: &mut Differ<'a, '_>, both: &Both<'a>, old: &'a Node, new: &'a Node) {
    let at = both.at(Side::Request, Place::Parameter);
    let content = |node: &'a Node| node.get("content").and_then(|content| content.entries().next());
    match (content(old), content(new)) {
        (None, None) => match (old.get("schema"), new.get("schema")) {
            (Some(a), Some(b)) => differ.schemas.meet(differ.cx, &[a], &[b], true, Some(at)),
            (None, Some(b)) => {
                let edit = Edit::new(&bodies::MEDIA_TYPE_SCHEMA_ADDED, None, b.span, "values must match a schema");
                differ.report(both, Side::Request, edit);
            }
            (Some(a), None) => {
                let edit = Edit::new(&bodies::MEDIA_TYPE_SCHEMA_REMOVED, a.span, None, "values may be anything");
                differ.report(both, Side::Request, edit.near(new.span));
            }
            (None, None) => {}
        },
        (Some(a), Some(b)) if a.key.text == b.key.text => {
            if let (Some(a), Some(b)) = (a.value.get("schema"), b.value.get("schema")) {
                differ.schemas.meet(differ.cx, &[a], &[b], false, Some(at));
            }
        }
        (a, b) => {
            let edit = Edit::new(
                &check::PARAMETER_CONTENT_CHANGED,
                a.map_or(old.span, |e| e.key.span),
                b.map_or(new.span, |e| e.key.span),
                "values are written in another media type",
            );
            let found = reach(&edit, at, Sides::BOTH, false);
            differ.findings.push(Finding { edit, uses: vec![found] });
        }
    }
}

fn style<'a>(parameter: &Parameter<'a>) -> &'a str {
    let usual = if matches!(parameter.location, "query" | "cookie") { "form" } else { "simple" };
    parameter.node.str_of("style").unwrap_or(usual)
}

fn explode(parameter: &Parameter<'_>) -> bool {
    parameter.node.get("explode").and_then(Node::as_bool).unwrap_or_else(|| style(parameter) == "form")
}

/// Returns whether neither side takes arrays or objects, so that `explode` says nothing.
fn is_scalar(differ: &Differ<'_, '_>, before: &Parameter<'_>, after: &Parameter<'_>) -> bool {
    [(differ.cx.old, before), (differ.cx.new, after)].into_iter().all(|(document, parameter)| {
        parameter.node.get("schema").is_some_and(|schema| {
            let types = Schema::merge(document, &[schema]).types(document);
            !types.meets(Types::ARRAY) && !types.meets(Types::OBJECT)
        })
    })
}
