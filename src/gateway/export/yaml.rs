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
    let document = serde_json::to_value(document)?;
    // Exports in Swagger 2.0 begin with the mark of a document's begin, those in OpenAPI 3.0 without.
    let mut out = String::from(if document.get("swagger").is_some() { "---\n" } else { "" });
    write(&document, 0, &mut out);
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
                let is_long = write_key(key, depth, out);
                out.push(':');
                match member {
                    Value::Object(members) if !members.is_empty() => {
                        out.push('\n');
                        write(member, depth + 1, out);
                    }
                    // Lists stand as far to the right as their key.
                    Value::Array(items) if !items.is_empty() => {
                        out.push('\n');
                        write(member, depth + usize::from(is_long), out);
                    }
                    _ => {
                        out.push(' ');
                        write(member, depth + 1, out);
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
            write_text(text, Some(depth), out);
            out.push('\n');
        }
        Value::Number(number) if number.is_f64() => {
            let _ = writeln!(out, "{}", number.as_f64().map(crate::gateway::pretty::number).unwrap_or_default());
        }
        scalar => {
            let _ = writeln!(out, "{scalar}");
        }
    }
}

/// Begins a line, unless the first line of a list's item has its dash already.
fn begin(at: usize, depth: usize, out: &mut String) {
    if at > 0 || out.is_empty() || out.ends_with('\n') {
        indent(depth, out);
    }
}

fn indent(depth: usize, out: &mut String) {
    (0..depth).for_each(|_| out.push_str("  "));
}

/// Characters of a key beyond which parsers no longer look for its colon (YAML 1.2.2, section 7.4.2: 1024).
const LONG_KEY: usize = 1000;

/// Writes a key: as it is where YAML takes it for that text, else in quotes. Returns whether it is one that is too long
/// to be told by its colon, and is marked as a key.
fn write_key(key: &str, depth: usize, out: &mut String) -> bool {
    // Some of these end a line, to some parsers.
    let is_shown = |c: char| is_printable(c) && !"\n\r\t\u{85}\u{2028}\u{2029}".contains(c);
    let printable = !key.is_empty() && key.chars().all(is_shown);
    let mut written = String::new();
    if !printable || is_other_scalar(key) {
        write_text(key, None, &mut written);
    } else if is_plain(key) {
        written.push_str(key);
    } else {
        written = format!("'{}'", key.replace('\'', "\'\'"));
    }
    let is_long = written.len() > LONG_KEY && written.chars().count() > LONG_KEY;
    if is_long {
        out.push_str("? ");
    }
    out.push_str(&written);
    if is_long {
        out.push('\n');
        indent(depth, out);
    }
    is_long
}

/// Returns whether the service's writer takes a key for more than a name: a number by its first character, a boolean or
/// nothing; or for the key of a merge, or of a default.
fn is_other_scalar(key: &str) -> bool {
    const WORDS: [&str; 9] = ["false", "n", "no", "null", "on", "off", "true", "y", "yes"];
    // In lower case, in upper case, or with a capital.
    let is_word = |word: &&str| {
        let rest = key.get(1..).unwrap_or_default();
        word.eq_ignore_ascii_case(key) && (rest == &word[1..] || key == word.to_ascii_uppercase())
    };
    WORDS.iter().any(is_word)
        || matches!(key, "<<" | "=")
        || key.starts_with(|c: char| c.is_ascii_digit() || "+-.~".contains(c))
}

/// Returns whether a key of printable characters needs no quotes.
fn is_plain(key: &str) -> bool {
    let mut characters = key.chars();
    let (first, second) = (characters.next().unwrap_or(' '), characters.next());
    let spaced = second.is_none_or(|c| c == ' ');
    !(first == ' '
        || key.ends_with([' ', ':'])
        || "#,[]{}&*!|>'\"%@`".contains(first)
        || ("?:".contains(first) && spaced)
        || key.contains(": ")
        || key.contains(" #"))
}

/// Columns from which on a text is broken at its spaces.
const WIDTH: usize = 80;

/// Writes a text in double quotes. What YAML does not print, or takes for the end of a line, is escaped; a text with a
/// depth is broken where it becomes too wide, as the service's writer does it, and goes on at that depth.
fn write_text(text: &str, depth: Option<usize>, out: &mut String) {
    let mut column = out.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    out.push('"');
    let count = if depth.is_some() { text.chars().count() } else { 0 };
    // What is to be written as it is begins at `start`, in bytes, and is `held` characters long.
    let (mut start, mut held) = (0, 0);
    // Where a space is whose escape has been written: it stands right behind that.
    let mut escaped = None;
    for (at, (position, c)) in text.char_indices().enumerate() {
        let next = position + c.len_utf8();
        let is_special = !(' '..='~').contains(&c) || c == '"' || c == '\\';
        if is_special {
            out.push_str(&text[start..position]);
            let before = out.len();
            write_special(c, out);
            column += held + out[before..].chars().count();
            (start, held) = (next, 0);
        }
        // Right after a character that was written apart, a text may be broken anywhere.
        let may_break = c == ' ' || is_special || held == 0;
        let may_break = may_break && escaped != Some(position);
        if at > 0 && at + 1 < count && may_break && column + held > WIDTH + usize::from(is_special) {
            out.push_str(&text[start..position.max(start)]);
            start = position.max(start);
            out.push_str("\\\n");
            let depth = depth.unwrap_or_default();
            indent(depth, out);
            (column, held) = (2 * depth, 0);
            if text[start..].starts_with(' ') {
                out.push('\\');
                column += 1;
                escaped = Some(start);
            }
        }
        if !is_special {
            held += 1;
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}

fn write_special(c: char, out: &mut String) {
    let escaped = match c {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\u{1b}' => "\\e",
        '\u{85}' => "\\N",
        '\u{a0}' => "\\_",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        _ => "",
    };
    match u32::from(c) {
        _ if !escaped.is_empty() => out.push_str(escaped),
        _ if is_printable(c) => out.push(c),
        code @ ..=0xff => {
            let _ = write!(out, "\\x{code:02x}");
        }
        code @ ..=0xffff => {
            let _ = write!(out, "\\u{code:04x}");
        }
        code => {
            let _ = write!(out, "\\U{code:08x}");
        }
    }
}

/// Returns whether YAML has this character in a document as it is.
fn is_printable(c: char) -> bool {
    matches!(c, ' '..='~' | '\n' | '\r' | '\t' | '\u{85}' | '\u{a0}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'..)
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
text: "a: \"b\"\\\n\tgrüß \L\e"
"4\\d{2}": 1.5
"": ""
"#;
        assert_eq!(text, expected);
        assert_eq!(serde_norway::from_str::<Value>(&text).expect("is YAML"), document);
        assert_eq!(to_yaml(&json!({})).expect("is written"), "{}\n");
    }

    #[test]
    fn long_texts_are_broken_as_the_service_breaks_them() {
        let document = json!({
            "swagger": "2.0",
            "info": {
                "description": "One long sentence that describes what callers may do with this interface, and when.",
            },
            "a": [{ "application/json": "#set($root = $input.path('$'))\n{\n  \"message\": \"$root.body.message\",\n  \"code\": 200\n}" }],
            "b": "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234",
        });
        let text = to_yaml(&document).expect("is written");
        let expected = r##"---
swagger: "2.0"
info:
  description: "One long sentence that describes what callers may do with this interface,\
    \ and when."
a:
- application/json: "#set($root = $input.path('$'))\n{\n  \"message\": \"$root.body.message\"\
    ,\n  \"code\": 200\n}"
b: "12345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234"
"##;
        assert_eq!(text, expected);
        assert_eq!(serde_norway::from_str::<Value>(&text).expect("is YAML"), document);
    }

    #[test]
    fn what_is_written_reads_back_at_any_depth() {
        let long = "k".repeat(1_100);
        let mut document = json!({
            "a": ["a\n b more\n  and more\u{e9} \u{e9}  x", "  ", "\\ \\ ", " a "],
            "<<": { "type": "b" },
            "=": 1,
            "x\u{85}y\u{2028}z": 2,
            long.clone(): [{ long.clone(): { "b": 1 } }, { long.clone(): "c" }, { long: [] }],
        });
        for depth in 0..60 {
            let text = to_yaml(&document).expect("is written");
            assert_eq!(serde_norway::from_str::<Value>(&text).expect("is YAML"), document, "{depth}\n{text}");
            document = if depth % 7 == 6 { json!([document]) } else { json!({ "d": document }) };
        }
    }

    #[test]
    fn keys_have_quotes_where_they_need_them() {
        let document = json!({ ".*": 1, "*/*": 2, "a b": 3, "{x}": 4, "it's: x": 5, "-": 6, "a:b": 7, "1e3": 8, "4XX": 9, "No": 10, "nO": 11 });
        let expected = "\".*\": 1\n'*/*': 2\na b: 3\n'{x}': 4\n'it''s: x': 5\n\"-\": 6\na:b: 7\n\"1e3\": 8\n\"4XX\": 9\n\"No\": 10\nnO: 11\n";
        let text = to_yaml(&document).expect("is written");
        assert_eq!(text, expected);
        assert_eq!(serde_norway::from_str::<Value>(&text).expect("is YAML"), document);
    }
}
