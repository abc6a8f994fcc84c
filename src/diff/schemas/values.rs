//! Types, formats, enums, constants, defaults, and the bounds on numbers, texts and arrays.

use super::alternatives::Then;
use super::{Cx, Found, Mode, check};
use crate::diff::checks::Check;
use crate::diff::edit::{Edit, quoted, value};
use crate::diff::schema::{Bound, Schema, Types};
use crate::source::{Node, Span};

pub(super) fn compare<'a>(
    cx: Cx<'a, '_>,
    old: &Schema<'a>,
    new: &Schema<'a>,
    mode: Mode,
    found: &mut Found<'a>,
) -> Then {
    // Once nothing valid stays valid, the bounds of the two types have nothing to do with each other.
    if types(cx, old, new, mode, found) == Then::Stop {
        return Then::Stop;
    }
    enumeration(old, new, found);
    extensible_enumeration(old, new, found);
    default(old, new, found);
    bounds(old, new, found);
    multiple_of(old, new, found);
    unique_items(old, new, found);
    patterns(old, new, found);
    for (keyword, check) in [
        ("contentEncoding", &check::CONTENT_ENCODING_CHANGED),
        ("contentMediaType", &check::CONTENT_MEDIA_TYPE_CHANGED),
    ] {
        let (before, after) = (old.first(keyword), new.first(keyword));
        if before != after {
            let words = |node: Option<&Node>| node.map_or_else(|| "none".into(), value);
            let message = format!("`{keyword}` changed from {} to {}", words(before), words(after));
            found.edits.push(edit(check, new, before, after, message));
        }
    }
    Then::GoOn
}

/// Returns an edit of a keyword: at its value where it is written, else beside the schema.
fn edit(check: &'static Check, new: &Schema<'_>, before: Option<&Node>, after: Option<&Node>, message: String) -> Edit {
    Edit::new(check, before.map(|n| n.span), after.map(|n| n.span), message).near(new.span())
}

fn types<'a>(cx: Cx<'a, '_>, old: &Schema<'a>, new: &Schema<'a>, mode: Mode, found: &mut Found<'a>) -> Then {
    let (before, after) = (old.types(cx.old), new.types(cx.new));
    let spans = |schema: &Schema<'_>| schema.first("type").map(|n| n.span).or(schema.span());
    if before != Types::ANY && after != Types::ANY && before.meets(Types::NULL) != after.meets(Types::NULL) {
        let flag = |schema: &Schema<'_>| schema.first("nullable").map(|n| n.span).or_else(|| spans(schema));
        let (check, message) = if after.meets(Types::NULL) {
            (&check::BECAME_NULLABLE, "became nullable")
        } else {
            (&check::BECAME_NOT_NULLABLE, "is no longer nullable")
        };
        found.edits.push(Edit::new(check, flag(old), flag(new), message));
    }
    let (kinds, others) = (before.without(Types::NULL), after.without(Types::NULL));
    if kinds == others {
        format(old, new, found);
        return Then::GoOn;
    }
    let scalar = |types: Types| !types.meets(Types::ARRAY) && !types.meets(Types::OBJECT);
    let as_text = mode.text && scalar(kinds) && scalar(others);
    let free = |schema: &Schema<'_>| {
        schema.format().is_none() && schema.first("enum").is_none() && schema.first("pattern").is_none()
    };
    // Written as text, a free string is whatever any scalar can be.
    let any_text = |types: Types, schema: &Schema<'_>| as_text && types.holds(Types::STRING) && free(schema);
    let (check, verb) = if any_text(kinds, old) && any_text(others, new) {
        (&check::TYPE_REWORDED, "changed, though not what is sent,")
    } else if others.holds(kinds) || any_text(others, new) {
        (&check::TYPE_GENERALIZED, "widened")
    } else if kinds.holds(others) || any_text(kinds, old) {
        (&check::TYPE_SPECIALIZED, "narrowed")
    } else {
        (&check::TYPE_CHANGED, "changed")
    };
    let message = format!("the type {verb} from {} to {}", described(kinds, old), described(others, new));
    found.edits.push(Edit::new(check, spans(old), spans(new), message));
    if kinds.meets(others) || kinds.is_empty() { Then::GoOn } else { Then::Stop }
}

/// Returns the types in words, with the format.
fn described(types: Types, schema: &Schema<'_>) -> String {
    match schema.format().and_then(Node::as_str) {
        Some(format) if types != Types::ANY => format!("{} ({})", types.words(), quoted(format)),
        _ => types.words(),
    }
}

/// Formats whose values are among those of another.
const WIDER_FORMATS: [(&str, &str); 5] =
    [("int32", "int64"), ("float", "double"), ("uri", "uri-reference"), ("url", "uri"), ("int32", "double")];

fn format<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let (before, after) = (old.format(), new.format());
    let (check, message) = match (before.and_then(Node::as_str), after.and_then(Node::as_str)) {
        (None, None) => return,
        (Some(a), Some(b)) if a == b => return,
        (None, Some(b)) => (&check::TYPE_SPECIALIZED, format!("the format {} was added", quoted(b))),
        (Some(a), None) => (&check::TYPE_GENERALIZED, format!("the format {} was dropped", quoted(a))),
        (Some(a), Some(b)) => {
            let (check, verb) = if WIDER_FORMATS.contains(&(a, b)) {
                (&check::TYPE_GENERALIZED, "widened")
            } else if WIDER_FORMATS.contains(&(b, a)) {
                (&check::TYPE_SPECIALIZED, "narrowed")
            } else {
                (&check::TYPE_CHANGED, "changed")
            };
            (check, format!("the format {verb} from {} to {}", quoted(a), quoted(b)))
        }
    };
    found.edits.push(edit(check, new, before, after, message));
}

fn enumeration<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    if let (Some(before), Some(after)) = (old.first("const"), new.first("const")) {
        if before != after {
            let message = format!("the constant changed from {} to {}", value(before), value(after));
            found.edits.push(edit(&check::CONST_CHANGED, new, Some(before), Some(after), message));
        }
        return;
    }
    let constant = |schema: &Schema<'a>| schema.first("const").map(|node| (node.span, vec![node]));
    match (old.enumeration(), new.enumeration()) {
        (None, None) => match (old.first("const"), new.first("const")) {
            (None, Some(after)) => {
                let message = format!("only {} is valid", value(after));
                found.edits.push(edit(&check::CONST_ADDED, new, None, Some(after), message));
            }
            (Some(before), None) => {
                let message = format!("other values than {} are valid", value(before));
                found.edits.push(edit(&check::CONST_REMOVED, new, Some(before), None, message));
            }
            _ => {}
        },
        (before, after) => match (before.or_else(|| constant(old)), after.or_else(|| constant(new))) {
            (None, Some((span, values))) => {
                let message = format!("only listed values are valid: {}", listed(&values));
                found.edits.push(Edit::new(&check::BECAME_ENUM, old.span(), span, message));
            }
            (Some((span, values)), None) => {
                let message = format!("values other than the listed ones are valid: {}", listed(&values));
                found.edits.push(Edit::new(&check::ENUM_REMOVED, span, new.span(), message));
            }
            (Some(before), Some(after)) => values_changed(before, after, found),
            (None, None) => {}
        },
    }
}

/// Returns the first few values in words.
fn listed(values: &[&Node]) -> String {
    const MOST: usize = 10;
    let mut words: Vec<String> = values.iter().take(MOST).map(|node| value(node)).collect();
    if values.len() > MOST {
        words.push(format!("and {} more", values.len() - MOST));
    }
    words.join(", ")
}

fn values_changed<'a>(before: (Span, Vec<&'a Node>), after: (Span, Vec<&'a Node>), found: &mut Found<'a>) {
    for gone in before.1.iter().filter(|value| !after.1.contains(value)) {
        let message = format!("the value {} was removed", value(gone));
        found.edits.push(Edit::new(&check::ENUM_VALUE_REMOVED, gone.span, None, message).near(after.0));
    }
    for added in after.1.iter().filter(|value| !before.1.contains(value)) {
        let message = format!("the value {} was added", value(added));
        found.edits.push(Edit::new(&check::ENUM_VALUE_ADDED, None, added.span, message));
    }
}

fn extensible_enumeration<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let values =
        |schema: &Schema<'a>| -> Vec<&'a Node> { schema.all("x-extensible-enum").flat_map(Node::items).collect() };
    let (before, after) = (values(old), values(new));
    for gone in before.iter().filter(|value| !after.contains(value)) {
        let message = format!("the value {} was removed from the open list", value(gone));
        found.edits.push(Edit::new(&check::EXTENSIBLE_ENUM_VALUE_REMOVED, gone.span, None, message).near(new.span()));
    }
    for added in after.iter().filter(|value| !before.contains(value)) {
        let message = format!("the value {} was added to the open list", value(added));
        found.edits.push(Edit::new(&check::EXTENSIBLE_ENUM_VALUE_ADDED, None, added.span, message));
    }
}

fn default<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let (before, after) = (old.first("default"), new.first("default"));
    let (check, message) = match (before, after) {
        (None, Some(b)) => (&check::DEFAULT_ADDED, format!("the default {} was set", value(b))),
        (Some(a), None) => (&check::DEFAULT_REMOVED, format!("the default {} was dropped", value(a))),
        (Some(a), Some(b)) if a != b => {
            (&check::DEFAULT_CHANGED, format!("the default changed from {} to {}", value(a), value(b)))
        }
        _ => return,
    };
    found.edits.push(edit(check, new, before, after, message));
}

/// The four things that happen to a bound.
struct BoundChecks {
    set: &'static Check,
    decreased: &'static Check,
    increased: &'static Check,
    unset: &'static Check,
}

macro_rules! bound_checks {
    ($set:ident, $decreased:ident, $increased:ident, $unset:ident) => {
        BoundChecks {
            set: &check::$set,
            decreased: &check::$decreased,
            increased: &check::$increased,
            unset: &check::$unset,
        }
    };
}

fn bounds<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let range = [
        (true, bound_checks!(MAX_SET, MAX_DECREASED, MAX_INCREASED, MAX_UNSET)),
        (false, bound_checks!(MIN_SET, MIN_DECREASED, MIN_INCREASED, MIN_UNSET)),
    ];
    for (upper, checks) in range {
        bound(old.range(upper), new.range(upper), &checks, new, found);
    }
    let greatest = [
        ("maxLength", bound_checks!(MAX_LENGTH_SET, MAX_LENGTH_DECREASED, MAX_LENGTH_INCREASED, MAX_LENGTH_UNSET)),
        ("maxItems", bound_checks!(MAX_ITEMS_SET, MAX_ITEMS_DECREASED, MAX_ITEMS_INCREASED, MAX_ITEMS_UNSET)),
        (
            "maxProperties",
            bound_checks!(MAX_PROPERTIES_SET, MAX_PROPERTIES_DECREASED, MAX_PROPERTIES_INCREASED, MAX_PROPERTIES_UNSET),
        ),
        (
            "maxContains",
            bound_checks!(MAX_CONTAINS_SET, MAX_CONTAINS_DECREASED, MAX_CONTAINS_INCREASED, MAX_CONTAINS_UNSET),
        ),
    ];
    for (keyword, checks) in greatest {
        bound(old.bound(keyword, true), new.bound(keyword, true), &checks, new, found);
    }
    // An absent least length is 0, so there is no setting one: only raising it.
    for (keyword, absent, decreased, increased) in [
        ("minLength", 0.0, &check::MIN_LENGTH_DECREASED, &check::MIN_LENGTH_INCREASED),
        ("minItems", 0.0, &check::MIN_ITEMS_DECREASED, &check::MIN_ITEMS_INCREASED),
        ("minProperties", 0.0, &check::MIN_PROPERTIES_DECREASED, &check::MIN_PROPERTIES_INCREASED),
        ("minContains", 1.0, &check::MIN_CONTAINS_DECREASED, &check::MIN_CONTAINS_INCREASED),
    ] {
        let (before, after) = (old.bound(keyword, false), new.bound(keyword, false));
        let number = |bound: &Option<Bound<'_>>| bound.as_ref().map_or(absent, |b| b.value);
        let (from, to) = (number(&before), number(&after));
        if from == to {
            continue;
        }
        let (check, verb) = if to > from { (increased, "raised") } else { (decreased, "lowered") };
        let words =
            |bound: &Option<Bound<'_>>| bound.as_ref().map_or_else(|| quoted(&absent.to_string()), |b| value(b.node));
        let message = format!("`{keyword}` was {verb} from {} to {}", words(&before), words(&after));
        found.edits.push(edit(check, new, before.map(|b| b.node), after.map(|b| b.node), message));
    }
}

fn bound<'a>(
    before: Option<Bound<'a>>,
    after: Option<Bound<'a>>,
    checks: &BoundChecks,
    new: &Schema<'a>,
    found: &mut Found<'a>,
) {
    let words = |bound: &Bound<'_>| {
        let exclusive = if bound.exclusive && !bound.keyword.starts_with("exclusive") { " (exclusive)" } else { "" };
        format!("{}{exclusive}", value(bound.node))
    };
    let (check, message) = match (&before, &after) {
        (None, None) => return,
        (Some(a), Some(b)) if a == b => return,
        (None, Some(b)) => (checks.set, format!("`{}` was set to {}", b.keyword, words(b))),
        (Some(a), None) => (checks.unset, format!("`{}` {} was dropped", a.keyword, words(a))),
        (Some(a), Some(b)) => {
            let upper = a.keyword.contains("max") || a.keyword.contains("Max");
            // An exclusive bound lies just inside the inclusive one of the same value.
            let lowered = if a.value == b.value { upper == b.exclusive } else { b.value < a.value };
            let (check, verb) = if lowered { (checks.decreased, "lowered") } else { (checks.increased, "raised") };
            (check, format!("`{}` was {verb} from {} to {}", b.keyword, words(a), words(b)))
        }
    };
    let span = |bound: Option<Bound<'_>>| bound.map(|b| b.node.span);
    found.edits.push(Edit::new(check, span(before), span(after), message).near(new.span()));
}

fn multiple_of<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let (before, after) = (old.first("multipleOf"), new.first("multipleOf"));
    let (check, message) = match (before, after) {
        (None, Some(b)) => (&check::MULTIPLE_OF_SET, format!("`multipleOf` was set to {}", value(b))),
        (Some(a), None) => (&check::MULTIPLE_OF_UNSET, format!("`multipleOf` {} was dropped", value(a))),
        (Some(a), Some(b)) if a != b => {
            let divides = |small: Option<f64>, large: Option<f64>| {
                let quotient = large.unwrap_or(f64::NAN) / small.unwrap_or(f64::NAN);
                (quotient - quotient.round()).abs() < 1e-9
            };
            let check = if divides(b.as_f64(), a.as_f64()) {
                &check::MULTIPLE_OF_WIDENED
            } else if divides(a.as_f64(), b.as_f64()) {
                &check::MULTIPLE_OF_NARROWED
            } else {
                &check::MULTIPLE_OF_CHANGED
            };
            (check, format!("`multipleOf` changed from {} to {}", value(a), value(b)))
        }
        _ => return,
    };
    found.edits.push(edit(check, new, before, after, message));
}

fn unique_items<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let (check, message) = match (old.is("uniqueItems"), new.is("uniqueItems")) {
        (false, true) => (&check::UNIQUE_ITEMS_SET, "items must be unique"),
        (true, false) => (&check::UNIQUE_ITEMS_UNSET, "items may repeat"),
        _ => return,
    };
    found.edits.push(edit(check, new, old.first("uniqueItems"), new.first("uniqueItems"), message.into()));
}

/// Returns whether a pattern matches every text, so that it says nothing.
fn matches_everything(pattern: &str) -> bool {
    matches!(pattern, "" | "^" | "$" | ".*" | "^.*$" | "^.*" | ".*$" | "[\\s\\S]*" | "^[\\s\\S]*$")
}

fn patterns<'a>(old: &Schema<'a>, new: &Schema<'a>, found: &mut Found<'a>) {
    let patterns =
        |schema: &Schema<'a>| -> Vec<&'a Node> { schema.all("pattern").filter(|n| n.as_str().is_some()).collect() };
    let (before, after) = (patterns(old), patterns(new));
    let mut gone = before.iter().filter(|p| !after.contains(p)).copied();
    let mut added = after.iter().filter(|p| !before.contains(p)).copied();
    loop {
        let (a, b) = (gone.next(), added.next());
        let trivial = |node: Option<&Node>| node.and_then(Node::as_str).is_none_or(matches_everything);
        let (check, message) = match (a, b) {
            (None, None) => break,
            (Some(a), Some(b)) if trivial(Some(b)) && !trivial(Some(a)) => {
                (&check::PATTERN_GENERALIZED, format!("the pattern {} became {}", value(a), value(b)))
            }
            (Some(a), Some(b)) if !trivial(Some(a)) => {
                (&check::PATTERN_CHANGED, format!("the pattern changed from {} to {}", value(a), value(b)))
            }
            (_, Some(b)) if !trivial(Some(b)) => (&check::PATTERN_ADDED, format!("the pattern {} was set", value(b))),
            (Some(a), None) if !trivial(Some(a)) => {
                (&check::PATTERN_REMOVED, format!("the pattern {} was dropped", value(a)))
            }
            _ => continue,
        };
        found.edits.push(edit(check, new, a, b, message));
    }
}
