//! What a scalar is: by its looks, or by the tag that stands before it.

use saphyr_parser::Tag;

use super::Reader;
use crate::source::{Diagnostic, Entry, Key, Node, Number, Span, Value};

impl Reader<'_> {
    pub(super) fn tagged_scalar(&mut self, tag: &Tag, text: &str, plain: bool, span: Span) -> Value {
        if let Some(kind) = core_type(tag) {
            let resolved = plain_value(text);
            return match (kind, resolved) {
                ("str", _) => Value::String(text.into()),
                ("int" | "float", number @ Value::Number(_)) => number,
                ("bool", bool @ Value::Bool(_)) => bool,
                ("null", _) if text.is_empty() || plain_value(text) == Value::Null => Value::Null,
                ("binary" | "timestamp", _) => Value::String(text.into()),
                (kind, _) => {
                    let message = format!("`{}` is not of the type `!!{kind}`", crate::source::json::shortened(text));
                    self.diagnostics.push(Diagnostic::error("tag-mismatch", span, message));
                    Value::String(text.into())
                }
            };
        }
        if tag.handle.is_empty() && tag.suffix == "!" || tag.handle == "!" && tag.suffix.is_empty() {
            return Value::String(text.into());
        }
        let value = if plain { plain_value(text) } else { Value::String(text.into()) };
        match intrinsic(tag) {
            Some(name) => {
                let argument = match text.split_once('.') {
                    Some((resource, attribute)) if name == "Fn::GetAtt" => Value::Sequence(
                        [resource, attribute].into_iter().map(|part| Node::string(part, span)).collect(),
                    ),
                    _ => value,
                };
                wrapped(&name, Node::new(argument, span)).value
            }
            None => {
                self.unknown_tag(tag, span);
                value
            }
        }
    }

    pub(super) fn tagged_collection(&mut self, tag: &Tag, node: &Node) -> Option<Node> {
        if core_type(tag).is_some() {
            return None;
        }
        let name = intrinsic(tag);
        if name.is_none() {
            self.unknown_tag(tag, node.span);
        }
        name.map(|name| wrapped(&name, node.clone()))
    }

    pub(super) fn unknown_tag(&mut self, tag: &Tag, span: Span) {
        let message = format!(
            "the tag `{}` has no meaning here and is left out",
            crate::source::json::shortened(&tag.to_string())
        );
        self.diagnostics.push(Diagnostic::warning("unknown-tag", span, message));
    }
}

/// Returns the value of a plain scalar after YAML 1.2's core schema.
///
/// Two departures: an integer with leading zeros stays a string (account ids would lose them), and so do
/// infinities and `.nan`, which JSON's data model lacks.
pub(super) fn plain_value(text: &str) -> Value {
    let first = match text.as_bytes().first() {
        None => return Value::Null,
        Some(first) => *first,
    };
    match first {
        b'~' | b'n' | b'N' if matches!(text, "~" | "null" | "Null" | "NULL") => return Value::Null,
        b't' | b'T' if matches!(text, "true" | "True" | "TRUE") => return Value::Bool(true),
        b'f' | b'F' if matches!(text, "false" | "False" | "FALSE") => return Value::Bool(false),
        b'0'..=b'9' | b'-' | b'+' | b'.' => {
            if let Some(number) = Number::parse(text).or_else(|| number_of(text)) {
                return Value::Number(number);
            }
        }
        _ => {}
    }
    Value::String(text.into())
}

/// Returns the numbers that YAML writes and JSON does not: `0x1F`, `0o17`, `+1`, `.5`, `1.`.
pub(super) fn number_of(text: &str) -> Option<Number> {
    if let Some(digits) = text.strip_prefix("0x").filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Number::parse(&u128::from_str_radix(digits, 16).ok()?.to_string());
    }
    if let Some(digits) = text.strip_prefix("0o").filter(|d| d.bytes().all(|b| b.is_ascii_digit())) {
        return Number::parse(&u128::from_str_radix(digits, 8).ok()?.to_string());
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = rest.find(['e', 'E']).map_or((rest, ""), |at| rest.split_at(at));
    let mantissa = match mantissa.split_once('.') {
        Some(("", "")) => return None,
        Some(("", fraction)) => format!("0.{fraction}"),
        Some((whole, "")) => format!("{whole}.0"),
        _ => mantissa.to_owned(),
    };
    Number::parse(&format!("{sign}{mantissa}{exponent}"))
}

/// Returns the name of a type of YAML's own: `!!str`, or `!<tag:yaml.org,2002:str>`.
pub(super) fn core_type(tag: &Tag) -> Option<&str> {
    if tag.is_yaml_core_schema() {
        return Some(&tag.suffix);
    }
    tag.suffix.strip_prefix("tag:yaml.org,2002:").filter(|_| tag.handle.is_empty())
}

/// Returns the long form of CloudFormation's short tag: `!Sub` is `Fn::Sub`.
pub(super) fn intrinsic(tag: &Tag) -> Option<String> {
    const FUNCTIONS: [&str; 19] = [
        "And",
        "Base64",
        "Cidr",
        "Equals",
        "FindInMap",
        "ForEach",
        "GetAZs",
        "GetAtt",
        "If",
        "ImportValue",
        "Join",
        "Length",
        "Not",
        "Or",
        "Select",
        "Split",
        "Sub",
        "ToJsonString",
        "Transform",
    ];
    if tag.handle != "!" {
        return None;
    }
    match tag.suffix.as_str() {
        name @ ("Ref" | "Condition") => Some(name.to_owned()),
        name if FUNCTIONS.contains(&name) => Some(format!("Fn::{name}")),
        _ => None,
    }
}

pub(super) fn wrapped(name: &str, argument: Node) -> Node {
    let span = argument.span;
    let entry = Entry { key: Key { text: name.into(), span }, value: argument };
    Node::mapping([entry].into_iter().collect(), span)
}
