//! An export as YAML, as the service writes it: every text in double quotes, so that a parser of any version of YAML reads
//! it as a text (`yes`, `2016-10-13T23:04:43Z` and `1:30` are none in YAML 1.1).

use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

/// Returns a document as YAML.
///
/// # Errors
///
/// When the document cannot be written as JSON either.
pub fn to_yaml(document: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut out = String::new();
    write(&serde_json::to_value(document)?, 0, &mut out);
    if !out.ends_with('\n') {
        out.push('\n');
    }
    Ok(out)
}

/// Writes a value after what stands before it on its line: a key with its colon, the dash of an item, or nothing. The
/// recursion ends: what is exported was read by a parser that limits depth.
fn write(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (at, (key, member)) in members.iter().enumerate() {
                begin(at, depth, out);
                write_key(key, out);
                out.push(':');
                match member {
                    Value::Object(members) if !members.is_empty() => {
                        out.push('\n');
                        write(member, depth + 1, out);
                    }
                    // Lists stand as far to the right as their key.
                    Value::Array(items) if !items.is_empty() => {
                        out.push('\n');
                        write(member, depth, out);
                    }
                    _ => {
                        out.push(' ');
                        write(member, depth, out);
                    }
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                begin(at, depth, out);
                out.push_str("- ");
                write(item, depth + 1, out);
            }
        }
        Value::Object(_) => out.push_str("{}\n"),
        Value::Array(_) => out.push_str("[]\n"),
        Value::String(text) => {
            write_text(text, out);
            out.push('\n');
        }
        scalar => {
            let _ = writeln!(out, "{scalar}");
        }
    }
}

/// Begins a line, unless the first line of a list's item has its dash already.
fn begin(at: usize, depth: usize, out: &mut String) {
    if at > 0 || out.is_empty() || out.ends_with('\n') {
        (0..depth).for_each(|_| out.push_str("  "));
    }
}

/// Writes a key, in quotes where it could be taken for anything but a text.
fn write_key(key: &str, out: &mut String) {
    let plain = key.starts_with(|c: char| c.is_ascii_alphabetic() || "/$_".contains(c))
        && key.chars().all(|c| c.is_ascii_alphanumeric() || "/$_.+{}-".contains(c))
        && !matches!(
            key.to_ascii_lowercase().as_str(),
            "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null"
        );
    if plain { out.push_str(key) } else { write_text(key, out) }
}

/// Writes a text in double quotes. What YAML does not print, or takes for the end of a line, is escaped.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_text_is_a_text_to_any_parser() {
        let document = json!({
            "openapi": "3.0.1",
            "servers": [{ "url": "https://a/{b}", "variables": {} }, [1, ["x"]], []],
            "paths": { "/{proxy+}": { "get": { "required": true, "n": null, "200": "1:30", "on": "yes" } } },
            "text": "a: \"b\"\\\n\tgr\u{fc}\u{df} \u{2028}\u{1b}",
            "4\\d{2}": 1.5,
            "": "",
        });
        let text = to_yaml(&document).expect("is written");
        let expected = r#"openapi: "3.0.1"
servers:
- url: "https://a/{b}"
  variables: {}
- - 1
  - - "x"
- []
paths:
  /{proxy+}:
    get:
      required: true
      "n": null
      "200": "1:30"
      "on": "yes"
text: "a: \"b\"\\\n\tgrüß \u2028\u001B"
"4\\d{2}": 1.5
"": ""
"#;
        assert_eq!(text, expected);
        assert_eq!(serde_norway::from_str::<Value>(&text).expect("is YAML"), document);
        assert_eq!(to_yaml(&json!({})).expect("is written"), "{}\n");
    }
}
