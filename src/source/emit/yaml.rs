//! Nodes to YAML: block style, strings quoted wherever any reader of YAML 1.1 or 1.2 could take them for something else.

use super::{json_string, spaces};
use crate::source::{Entry, Key, Mapping, Node, Value};

/// The longest key that YAML takes without a `?` in front.
const MAX_IMPLICIT_KEY: usize = 1000;

pub(super) fn document(out: &mut String, node: &Node) {
    match &node.value {
        Value::Mapping(mapping) if !mapping.is_empty() => members(out, mapping, 0, false),
        Value::Sequence(items) if !items.is_empty() => sequence(out, items, 0, false),
        _ => {
            scalar(out, node, None);
            out.push('\n');
        }
    }
}

/// Writes the members, each on lines of its own; `begun` when the first is to stand where the line is already.
fn members(out: &mut String, mapping: &Mapping, indent: usize, begun: bool) {
    for (i, Entry { key, value }) in mapping.iter().enumerate() {
        if i > 0 || !begun {
            spaces(out, indent);
        }
        key_text(out, key, indent);
        match &value.value {
            Value::Mapping(mapping) if !mapping.is_empty() => {
                out.push('\n');
                members(out, mapping, indent + 1, false);
            }
            Value::Sequence(items) if !items.is_empty() => {
                out.push('\n');
                sequence(out, items, indent + 1, false);
            }
            _ => {
                out.push(' ');
                scalar(out, value, Some(indent + 1));
                out.push('\n');
            }
        }
    }
}

fn key_text(out: &mut String, key: &Key, indent: usize) {
    let start = out.len();
    inline_string(out, &key.text);
    // As it is written, which is longer than the text where that is escaped.
    if out.len() - start > MAX_IMPLICIT_KEY {
        out.truncate(start);
        out.push_str("? ");
        json_string(out, &key.text);
        out.push('\n');
        spaces(out, indent);
    }
    out.push(':');
}

fn sequence(out: &mut String, items: &[Node], indent: usize, begun: bool) {
    for (i, item) in items.iter().enumerate() {
        if i > 0 || !begun {
            spaces(out, indent);
        }
        out.push_str("- ");
        match &item.value {
            Value::Mapping(mapping) if !mapping.is_empty() => members(out, mapping, indent + 1, true),
            Value::Sequence(items) if !items.is_empty() => sequence(out, items, indent + 1, true),
            _ => {
                scalar(out, item, Some(indent + 1));
                out.push('\n');
            }
        }
    }
}

/// Writes a value that needs no lines of its own, or a text of several lines indented by `block`.
fn scalar(out: &mut String, node: &Node, block: Option<usize>) {
    match &node.value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => out.push_str(number.as_str()),
        Value::Sequence(_) => out.push_str("[]"),
        Value::Mapping(_) => out.push_str("{}"),
        Value::String(text) => match block {
            Some(indent) if is_block(text) => literal(out, text, indent),
            _ => inline_string(out, text),
        },
    }
}

fn literal(out: &mut String, text: &str, indent: usize) {
    let body = text.trim_end_matches('\n');
    out.push_str(match text.len() - body.len() {
        0 => "|-",
        1 => "|",
        _ => "|+",
    });
    for line in body.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            spaces(out, indent);
            out.push_str(line);
        }
    }
    for _ in 1..text.len() - body.len() {
        out.push('\n');
    }
}

/// Returns whether a text can be written line by line: no line may look like indentation.
fn is_block(text: &str) -> bool {
    let body = text.trim_end_matches('\n');
    !body.is_empty()
        && text.contains('\n')
        && body.split('\n').all(|line| line.is_empty() || !line.trim_matches([' ', '\t']).is_empty())
        && !body.starts_with([' ', '\t', '\n'])
        && !body.contains("\n\t")
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c))
}

fn inline_string(out: &mut String, text: &str) {
    if is_plain(text) {
        out.push_str(text);
    } else if text.chars().all(is_printable) {
        out.push('\'');
        out.push_str(&text.replace('\'', "''"));
        out.push('\'');
    } else {
        json_string(out, text);
    }
}

fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else { return false };
    // What begins like a number may be one in YAML 1.1: octal, sexagesimal, with underscores, a date.
    let begins_well = first.is_alphabetic() || matches!(first, '/' | '$' | '_' | '(' | '^' | ';' | '\\');
    (begins_well || is_version(text))
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(is_printable)
        && !is_word_of_yaml(text)
}

/// Returns whether a text is like `3.0.1`, which nobody takes for a number.
fn is_version(text: &str) -> bool {
    let mut parts = 0;
    text.split('.').all(|part| {
        parts += 1;
        !part.is_empty() && part.len() < 6 && part.bytes().all(|b| b.is_ascii_digit())
    }) && parts == 3
}

/// Returns whether YAML 1.1 or 1.2 takes a text for a boolean or null.
fn is_word_of_yaml(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    text.len() <= 5 && WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::source::{Entry, FileId, Format, Key, Node, Number, Span, Value, emit, json, yaml};

    const AT: Span = Span { file: FileId(0), start: 0, end: 0 };

    fn string() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ -~\n\t]{0,24}",
            "(  a|\tb|c |#d|---|\\.\\.\\.|: |- |\n|\r\n|'|\"|\\\\|é|\u{85}|\u{2028}|\u{feff}){0,8}",
            any::<String>(),
            proptest::sample::select(vec![
                "yes",
                "No",
                "~",
                "null",
                "017",
                "1e3",
                "0x1f",
                "2020-01-01",
                "1:30",
                "=",
                "<<",
                "-",
                "?",
                ":",
                "a:",
                "a #b",
                "a: b",
                "",
                "!x",
                "&x",
                "*x",
                "@x",
                "%x",
                "|",
                ">",
                "1_000",
                ".5",
                "+1",
            ])
            .prop_map(str::to_owned),
        ]
    }

    fn node() -> impl Strategy<Value = Node> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(|n| Value::Number(Number::parse(&n.to_string()).unwrap())),
            Just(Value::Number(Number::parse("1.10e5").unwrap())),
            string().prop_map(|s| Value::String(s.into())),
        ]
        .prop_map(|value| Node::new(value, AT));
        leaf.prop_recursive(5, 60, 6, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..6).prop_map(|items| Node::sequence(items, AT)),
                proptest::collection::btree_map(string(), inner, 0..6).prop_map(|members| Node::mapping(
                    members
                        .into_iter()
                        .map(|(key, value)| Entry { key: Key { text: key.into(), span: AT }, value })
                        .collect(),
                    AT
                )),
            ]
        })
    }

    #[test]
    fn long_keys_read_back_equal() {
        for key in ["a".repeat(2000), "\u{7f}".repeat(300), format!("- {}", "'".repeat(700)), "é".repeat(600)] {
            let entry = Entry { key: Key { text: key.into(), span: AT }, value: Node::bool(true, AT) };
            let node = Node::mapping([entry].into_iter().collect(), AT);
            let (read, faults) = yaml::parse(FileId(0), &emit(&node, Format::Yaml));
            assert_eq!((read, faults.len()), (Some(node), 0));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn what_is_written_reads_back_equal(node in node()) {
            let text = emit(&node, Format::Json);
            let (read, faults) = json::parse(FileId(0), &text);
            prop_assert!(faults.is_empty(), "{text}\n{faults:?}");
            prop_assert_eq!(read.as_ref(), Some(&node), "{}", text);
            let text = emit(&node, Format::Yaml);
            let (read, faults) = yaml::parse(FileId(0), &text);
            prop_assert!(faults.is_empty(), "{text}\n{faults:?}");
            prop_assert_eq!(read.as_ref(), Some(&node), "{}", text);
        }
    }

    #[test]
    fn yaml_reads_well() {
        let text = "openapi: 3.0.1\npaths:\n  /a:\n    get:\n      tags:\n        - x\n        - - w\n        - k: v\n          l: '200'\n      description: |\n        one\n\n        two\n      empty: {}\n";
        let (read, _) = yaml::parse(FileId(0), text);
        assert_eq!(emit(&read.unwrap(), Format::Yaml), text);
    }
}
