//! Nodes to text: JSON and YAML that read back as equal nodes, the same nodes always giving the same bytes.

mod yaml;

use std::fmt::Write as _;

use super::{Entry, Format, Node, Value};

/// Returns a node as text in a format, with a line break at its end. The order of members is kept.
#[must_use]
pub fn emit(node: &Node, format: Format) -> String {
    let mut out = String::new();
    match format {
        Format::Json => {
            json_value(&mut out, node, 0);
            out.push('\n');
        }
        Format::Yaml => yaml::document(&mut out, node),
    }
    out
}

fn json_value(out: &mut String, node: &Node, indent: usize) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(number.as_str()),
        Value::String(text) => json_string(out, text),
        Value::Sequence(items) if items.is_empty() => out.push_str("[]"),
        Value::Sequence(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                json_break(out, i, indent + 1);
                json_value(out, item, indent + 1);
            }
            newline(out, indent);
            out.push(']');
        }
        Value::Mapping(mapping) if mapping.is_empty() => out.push_str("{}"),
        Value::Mapping(mapping) => {
            out.push('{');
            for (i, Entry { key, value }) in mapping.iter().enumerate() {
                json_break(out, i, indent + 1);
                json_string(out, &key.text);
                out.push_str(": ");
                json_value(out, value, indent + 1);
            }
            newline(out, indent);
            out.push('}');
        }
    }
}

fn json_break(out: &mut String, position: usize, indent: usize) {
    if position > 0 {
        out.push(',');
    }
    newline(out, indent);
}

fn newline(out: &mut String, indent: usize) {
    out.push('\n');
    spaces(out, indent);
}

fn spaces(out: &mut String, indent: usize) {
    for _ in 0..indent {
        out.push_str("  ");
    }
}

/// Writes a string in double quotes; JSON's escapes, which YAML shares.
fn json_string(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let escape = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') => "",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        if escape.is_empty() {
            let _ = write!(out, "\\u{:04x}", c as u32);
        } else {
            out.push_str(escape);
        }
        from = at + c.len_utf8();
    }
    out.push_str(&text[from..]);
    out.push('"');
}
