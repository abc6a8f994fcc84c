//! What the keywords of one schema say.

use crate::scaffold::shape::Rules;
use crate::source::{Node, Number, Value};

/// Returns the type of a schema: as written, the only one but `null` of a list, or told from its keywords.
pub(super) fn schema_type(node: &Node) -> Option<&str> {
    match node.get("type").map(|t| &t.value) {
        Some(Value::String(text)) => return Some(text),
        Some(Value::Sequence(items)) => {
            let mut types = items.iter().filter_map(Node::as_str).filter(|t| *t != "null");
            let first = types.next();
            return if types.next().is_none() { first.or(Some("null")) } else { None };
        }
        _ => {}
    }
    let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    if has(&["properties", "additionalProperties", "minProperties", "maxProperties"]) {
        Some("object")
    } else if has(&["items", "minItems", "maxItems", "uniqueItems"]) {
        Some("array")
    } else if has(&["pattern", "minLength", "maxLength"]) {
        Some("string")
    } else {
        None
    }
}

pub(super) fn is_nullable(node: &Node) -> bool {
    let flagged = |key: &str| node.get(key).and_then(Node::as_bool) == Some(true);
    flagged("nullable")
        || flagged("x-nullable")
        || node.get("type").map(Node::items).unwrap_or_default().any(|t| t.as_str() == Some("null"))
        || node.get("enum").map(Node::items).unwrap_or_default().any(Node::is_null)
}

pub(super) fn is_only_null(node: &Node) -> bool {
    node.str_of("type") == Some("null")
        || node.get("enum").is_some_and(|e| e.items().len() > 0 && e.items().all(Node::is_null))
        || (node.as_map().is_some_and(|m| m.len() == 1) && node.get("nullable").is_some())
}

/// Returns whether a schema restricts without naming a type.
pub(super) fn is_only_constraint(node: &Node) -> bool {
    const TYPING: &[&str] = &[
        "type",
        "properties",
        "items",
        "enum",
        "const",
        "allOf",
        "oneOf",
        "anyOf",
        "additionalProperties",
        "$ref",
        "pattern",
        "minLength",
        "maxLength",
        "format",
    ];
    node.as_map().is_some_and(|m| !m.is_empty()) && !TYPING.iter().any(|key| node.get(key).is_some())
}

/// Returns whether a schema only describes.
pub(in crate::scaffold) fn is_annotation(node: &Node) -> bool {
    node.entries().all(|entry| only_describes(&entry.key.text))
}

/// Returns whether a keyword only describes.
pub(in crate::scaffold) fn only_describes(key: &str) -> bool {
    key.starts_with("x-")
        || matches!(
            key,
            "description"
                | "title"
                | "nullable"
                | "example"
                | "examples"
                | "default"
                | "deprecated"
                | "readOnly"
                | "writeOnly"
                | "externalDocs"
                | "xml"
                | "$comment"
        )
}

pub(super) fn enumerated(node: &Node) -> Option<Vec<Node>> {
    if let Some(value) = node.get("const") {
        return Some(vec![value.clone()]);
    }
    let values = node.get("enum").or_else(|| node.get("x-extensible-enum"))?.as_seq()?;
    values.iter().any(|value| !value.is_null()).then(|| values.to_vec())
}

fn count(node: &Node, key: &str) -> Option<u64> {
    node.get(key).and_then(Node::as_i64).and_then(|n| u64::try_from(n).ok())
}

/// What the keywords of a schema count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    Characters,
    Items,
    Members,
}

pub(super) fn size_rules(node: &Node, of: Counted) -> Rules {
    let (least, most) = match of {
        Counted::Characters => ("minLength", "maxLength"),
        Counted::Items => ("minItems", "maxItems"),
        Counted::Members => ("minProperties", "maxProperties"),
    };
    Rules {
        min_size: count(node, least).filter(|n| *n > 0),
        max_size: count(node, most),
        unique: of == Counted::Items && node.get("uniqueItems").and_then(Node::as_bool) == Some(true),
        ..Rules::default()
    }
}

pub(super) fn number_rules(node: &Node) -> Rules {
    let bound = |key: &str, exclusive: &str| -> Option<(Number, bool)> {
        match node.get(exclusive) {
            Some(flag) if flag.as_number().is_some() => flag.as_number().map(|n| (n.clone(), true)),
            flag => {
                let number = node.get(key)?.as_number()?.clone();
                Some((number, flag.and_then(Node::as_bool) == Some(true)))
            }
        }
    };
    Rules {
        minimum: bound("minimum", "exclusiveMinimum"),
        maximum: bound("maximum", "exclusiveMaximum"),
        multiple_of: node.get("multipleOf").and_then(Node::as_number).filter(|n| n.as_f64() > 0.0).cloned(),
        ..Rules::default()
    }
}

/// Returns the rules of an integer: those of its bounds, and of a format that is narrower than its type in Rust (OpenAPI's
/// format registry).
pub(super) fn integer_rules(node: &Node) -> Rules {
    let mut rules = number_rules(node);
    let (least, most) = match node.str_of("format") {
        Some("int8") => (Some("-128"), Some("127")),
        Some("int16") => (Some("-32768"), Some("32767")),
        Some("uint8") => (Some("0"), Some("255")),
        Some("uint16") => (Some("0"), Some("65535")),
        Some("uint32") => (Some("0"), Some("4294967295")),
        Some("uint64") => (Some("0"), None),
        _ => (None, None),
    };
    if let Some(least) = least.and_then(Number::parse)
        && rules.minimum.as_ref().is_none_or(|(known, _)| known.as_f64() < least.as_f64())
    {
        rules.minimum = Some((least, false));
    }
    if let Some(most) = most.and_then(Number::parse)
        && rules.maximum.as_ref().is_none_or(|(known, _)| known.as_f64() > most.as_f64())
    {
        rules.maximum = Some((most, false));
    }
    rules
}

/// Returns whether integers are those of 64 bits without a sign: by their format, or where more than those with a sign are
/// allowed and none below zero.
pub(super) fn is_u64(node: &Node) -> bool {
    let number = |key: &str| node.get(key).and_then(Node::as_number);
    let has_no_sign = || number("minimum").is_some_and(|least| least.as_f64() >= 0.0);
    let is_beyond = |most: &Number| most.as_i64().is_none() && most.as_f64() >= 2.0_f64.powi(63);
    node.str_of("format") == Some("uint64") || (number("maximum").is_some_and(is_beyond) && has_no_sign())
}

/// Returns whether the bounds of an `int32` are those of one: some documents say `int32` and give larger numbers.
pub(super) fn fits_i32(node: &Node) -> bool {
    ["minimum", "maximum", "example", "default"].iter().all(|key| match node.get(key).and_then(Node::as_number) {
        Some(n) => n.as_f64().abs() <= f64::from(i32::MAX),
        None => true,
    })
}
