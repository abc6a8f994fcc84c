//! YAML (and so JSON) text to nodes.

use ecow::EcoVec;
use saphyr_parser::{Event, Parser, ScalarStyle};

use super::{Diagnostic, Entry, FileId, Key, Mapping, Node, Number, Span, Value};

/// How deeply mappings and sequences may be nested.
pub const MAX_DEPTH: usize = 200;

/// Reads one document. What is wrong with it comes back as diagnostics; the node is absent when
/// nothing could be made of the text.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Option<Node>, Vec<Diagnostic>) {
    let mut offsets = CharOffsets { text, chars: 0, bytes: 0 };
    let mut diagnostics = Vec::new();
    let mut stack: Vec<Open> = Vec::new();
    let mut anchors: std::collections::HashMap<usize, Node> = std::collections::HashMap::new();
    let mut root = None;
    let mut parser = Parser::new_from_str(text);
    while let Some(next) = parser.next_event() {
        let (event, marks) = match next {
            Ok(next) => next,
            Err(error) => {
                let at = offsets.byte(error.marker().index());
                let span = Span::new(file, at, at);
                diagnostics.push(Diagnostic::error("syntax", span, format!("the text is not YAML: {}", error.info())));
                return (None, diagnostics);
            }
        };
        let start = offsets.byte(marks.start.index());
        let end = offsets.byte(marks.end.index());
        let span = Span::new(file, start, end.max(start));
        let done = match event {
            Event::Scalar(text, style, anchor, _) => Some((Node::new(scalar(&text, style), span), anchor)),
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                if stack.len() >= MAX_DEPTH {
                    let message = format!("the document is nested deeper than {MAX_DEPTH} levels");
                    diagnostics.push(Diagnostic::error("nesting-too-deep", span, message));
                    return (None, diagnostics);
                }
                let items = matches!(event, Event::SequenceStart(..)).then(EcoVec::new);
                stack.push(Open { anchor, start, items, mapping: Mapping::new(), key: None });
                None
            }
            Event::SequenceEnd | Event::MappingEnd => stack.pop().map(|open| {
                let span = Span::new(file, open.start, end);
                let value = match open.items {
                    Some(items) => Value::Sequence(items),
                    None => Value::Mapping(open.mapping),
                };
                (Node::new(value, span), open.anchor)
            }),
            Event::Alias(id) => anchors.get(&id).cloned().map(|node| (node, 0)),
            _ => None,
        };
        let Some((node, anchor)) = done else { continue };
        if anchor != 0 {
            anchors.insert(anchor, node.clone());
        }
        match stack.last_mut() {
            Some(open) => open.add(node, &mut diagnostics),
            None if root.is_none() => root = Some(node),
            None => {}
        }
    }
    (root, diagnostics)
}

/// A sequence or mapping whose end has not been seen.
struct Open {
    anchor: usize,
    start: usize,
    items: Option<EcoVec<Node>>,
    mapping: Mapping,
    key: Option<Key>,
}

impl Open {
    fn add(&mut self, node: Node, diagnostics: &mut Vec<Diagnostic>) {
        if let Some(items) = &mut self.items {
            items.push(node);
            return;
        }
        match self.key.take() {
            None => match node.scalar_text() {
                Some(text) => self.key = Some(Key { text, span: node.span }),
                None if node.is_null() => self.key = Some(Key { text: "null".into(), span: node.span }),
                None => {
                    diagnostics.push(Diagnostic::error("key-not-text", node.span, "a key is a mapping or a sequence"));
                    self.key = Some(Key { text: Default::default(), span: node.span });
                }
            },
            Some(key) => match self.mapping.entry(&key.text) {
                Some(first) => diagnostics.push(
                    Diagnostic::error("duplicate-key", key.span, format!("the key `{}` is there twice", key.text))
                        .with_label(first.key.span, "first here"),
                ),
                None => self.mapping.push(Entry { key, value: node }),
            },
        }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return Value::String(text.into());
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => Number::parse(text).map_or_else(|| Value::String(text.into()), Value::Number),
    }
}

/// Byte offsets of a text's characters, asked for in (nearly) ascending order.
struct CharOffsets<'a> {
    text: &'a str,
    chars: usize,
    bytes: usize,
}

impl CharOffsets<'_> {
    fn byte(&mut self, index: usize) -> usize {
        if index < self.chars {
            self.chars = 0;
            self.bytes = 0;
        }
        let rest = &self.text[self.bytes..];
        let ahead = index - self.chars;
        let step = rest.char_indices().nth(ahead).map_or(rest.len(), |(at, _)| at);
        self.chars = index;
        self.bytes += step;
        self.bytes
    }
}
