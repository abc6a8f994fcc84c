//! YAML 1.2 text to nodes.
//!
//! Scalars follow the core schema, so `on`, `yes` and dates are strings. Aliases share their anchor's node, merge
//! keys (`<<`) are applied, and CloudFormation's short tags become their long form.

mod faults;
mod indentation;
mod tags;
mod version_1_1;

use std::collections::HashMap;

use ecow::{EcoString, EcoVec};
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

pub use self::version_1_1::{as_yaml_1_1, boolean_at};

use self::tags::plain_value;
use super::json::unique;
use super::node::MAX_NODES;
use super::{Diagnostic, Entry, FileId, Key, Mapping, Node, Span, Value};

/// How deeply mappings and sequences may be nested.
pub const MAX_DEPTH: usize = 200;

/// How many values aliases may stand for in all: those who walk a document visit each of them.
const MAX_ALIASED_NODES: usize = 2_000_000;

/// Reads the first document of a YAML text. What is wrong with it comes back as diagnostics; the node is absent when
/// nothing could be made of the text.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Option<Node>, Vec<Diagnostic>) {
    let (root, mut diagnostics, place) = parse_strictly(file, text);
    let Some(mut place) = place else { return (root, diagnostics) };
    let unclosed = place.unclosed;
    let mut mended = indentation::Mended::of(text);
    while mended.mend(&place.info, place.at) {
        let (root, found, next) = parse_strictly(file, &mended.text);
        let Some(next) = next else {
            if root.is_none() && unclosed {
                break;
            }
            // What else is wrong is told of the text as it was written.
            diagnostics = found;
            diagnostics.iter_mut().for_each(|d| mended.move_back(d));
            let message = "YAML wants this line indented further than the key it belongs to; it is read as if it were";
            diagnostics.extend(mended.first(file).map(|at| Diagnostic::warning("indentation", at, message)));
            return (root.map(|root| mended.moved(&root)), diagnostics);
        };
        place = next;
    }
    (None, diagnostics)
}

/// What the parser found indented too little.
struct NotIndented {
    /// The parser's word for it.
    info: String,
    /// The byte.
    at: usize,
    /// Whether it is told of as what follows a bracket that is not closed.
    unclosed: bool,
}

/// Reads a text as [`parse`] does, but for what is not indented enough.
fn parse_strictly(file: FileId, text: &str) -> (Option<Node>, Vec<Diagnostic>, Option<NotIndented>) {
    let offsets = Offsets { text, ascii: text.is_ascii(), chars: 0, bytes: 0 };
    let mut reader = Reader {
        file,
        text,
        offsets,
        open: Vec::new(),
        items: Vec::new(),
        entries: Vec::new(),
        anchors: HashMap::new(),
        count: 0,
        aliased: 0,
        not_indented: None,
        diagnostics: Vec::new(),
    };
    match reader.document() {
        Ok(root) => (root, reader.diagnostics, None),
        Err(error) => {
            reader.diagnostics.push(*error);
            (None, reader.diagnostics, reader.not_indented)
        }
    }
}

type Read<T> = Result<T, Box<Diagnostic>>;

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    offsets: Offsets<'a>,
    open: Vec<Open>,
    /// Items and members of what is open, innermost last: each collection takes its tail when it closes.
    items: Vec<Node>,
    entries: Vec<Entry>,
    anchors: HashMap<usize, Anchored>,
    count: usize,
    aliased: usize,
    not_indented: Option<NotIndented>,
    diagnostics: Vec<Diagnostic>,
}

/// A sequence or mapping whose end has not been seen.
struct Open {
    anchor: usize,
    tag: Option<Tag>,
    start: usize,
    mapping: bool,
    /// Where its items or members begin in the reader's stack.
    from: usize,
    key: Option<(Key, bool)>,
    merges: bool,
    /// How many values are in it, and how deep it is, aliases counted with what they stand for.
    size: usize,
    height: usize,
}

struct Anchored {
    node: Node,
    size: usize,
    height: usize,
}

/// A finished node with what those who hold it need to know.
struct Done {
    node: Node,
    /// The text of a plain scalar, which is the name when it turns out to be a key.
    plain: Option<EcoString>,
    size: usize,
    height: usize,
}

impl Reader<'_> {
    fn document(&mut self) -> Read<Option<Node>> {
        let mut root = None;
        let mut parser = Parser::new_from_str(self.text);
        let mut documents = 0;
        while let Some(next) = parser.next_event() {
            let (event, marks) = next.map_err(|error| self.syntax(error.marker().index(), error.info()))?;
            let start = self.offsets.byte(marks.start.index());
            let end = self.offsets.byte(marks.end.index()).max(start);
            let (done, anchor) = match event {
                Event::Scalar(text, style, anchor, tag) => {
                    (self.scalar(&text, style, tag.as_deref(), start, end)?, anchor)
                }
                Event::SequenceStart(anchor, tag) => {
                    self.open(anchor, tag.as_deref(), start, false)?;
                    continue;
                }
                Event::MappingStart(anchor, tag) => {
                    self.open(anchor, tag.as_deref(), start, true)?;
                    continue;
                }
                Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                    Some(open) => {
                        let anchor = open.anchor;
                        (self.close(open, start, end)?, anchor)
                    }
                    None => continue,
                },
                Event::Alias(id) => (self.alias(id, start, end)?, 0),
                Event::DocumentStart(_) => {
                    documents += 1;
                    if documents > 1 {
                        let rest = self.text.get(start..).unwrap_or_default().trim_start_matches(['-', '.']);
                        if !rest.trim().is_empty() {
                            let span = Span::new(self.file, start, end);
                            let message = "a second document begins here; only the first is read";
                            self.diagnostics.push(Diagnostic::warning("several-documents", span, message));
                        }
                        break;
                    }
                    continue;
                }
                _ => continue,
            };
            if anchor != 0 {
                let Done { node, size, height, .. } = &done;
                self.anchors.insert(anchor, Anchored { node: node.clone(), size: *size, height: *height });
            }
            if self.open.is_empty() {
                root.get_or_insert(done.node);
            } else {
                self.add(done);
            }
        }
        Ok(root)
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, tag: Option<&Tag>, start: usize, end: usize) -> Read<Done> {
        self.counted(start)?;
        let written = self.text.get(start..end).unwrap_or_default();
        let mut span = Span::new(self.file, start, start + written.trim_end().len());
        let plain = style == ScalarStyle::Plain;
        if plain && text.is_empty() {
            // The parser places what is not there at the next token; its place is after its key.
            let after_key = self.open.last().and_then(|o| o.key.as_ref()).map(|(k, _)| k.span.end as usize);
            let at = after_key.unwrap_or(start);
            span = Span::new(self.file, at, at);
        }
        let value = match tag {
            Some(tag) => self.tagged_scalar(tag, text, plain, span),
            None if plain => plain_value(text),
            None => Value::String(text.into()),
        };
        Ok(Done { node: Node::new(value, span), plain: plain.then(|| text.into()), size: 1, height: 0 })
    }

    fn open(&mut self, anchor: usize, tag: Option<&Tag>, start: usize, mapping: bool) -> Read<()> {
        self.counted(start)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(self.too_deep(start));
        }
        let from = if mapping { self.entries.len() } else { self.items.len() };
        let open =
            Open { anchor, tag: tag.cloned(), start, mapping, from, key: None, merges: false, size: 1, height: 0 };
        self.open.push(open);
        Ok(())
    }

    fn close(&mut self, open: Open, start: usize, end: usize) -> Read<Done> {
        // A flow collection ends with its bracket; a block one with its last part, not with the next token.
        let flow = matches!(self.text.as_bytes().get(start), Some(b'}' | b']')) && end > start;
        let (value, first, last) = if open.mapping {
            let first = self.entries.get(open.from).map(|e| e.key.span);
            let last = self.entries.get(open.from..).and_then(<[_]>::last);
            let last = last.map(|e| e.value.span.end.max(e.key.span.end));
            let before = self.diagnostics.len();
            let mapping = unique(&mut self.entries, open.from, &mut self.diagnostics);
            for twice in self.diagnostics.iter_mut().skip(before).filter(|d| d.message.starts_with("the key `<<`")) {
                twice.help = Some("merge several in one list: `<<: [*a, *b]`".into());
            }
            let mapping = if open.merges { self.merged(mapping) } else { mapping };
            (Value::Mapping(mapping), first, last)
        } else {
            let first = self.items.get(open.from).map(|n| n.span);
            let last = self.items.get(open.from..).and_then(<[_]>::last).map(|n| n.span.end);
            let items: EcoVec<Node> = self.items.drain(open.from..).collect();
            (Value::Sequence(items), first, last)
        };
        let span = match (flow, first, last) {
            (false, Some(first), Some(last)) => {
                let from = if open.mapping { first.start } else { (open.start as u32).min(first.start) };
                Span { file: self.file, start: from, end: last.max(from) }
            }
            _ => Span::new(self.file, open.start, end),
        };
        let mut node = Node::new(value, span);
        let (mut size, mut height) = (open.size, open.height + 1);
        if let Some(tag) = &open.tag
            && let Some(wrapped) = self.tagged_collection(tag, &node)
        {
            node = wrapped;
            size += 1;
            height += 1;
        }
        Ok(Done { node, plain: None, size, height })
    }

    fn alias(&mut self, id: usize, start: usize, end: usize) -> Read<Done> {
        let span = Span::new(self.file, start, end);
        let Some(anchored) = self.anchors.get(&id) else {
            return Err(Box::new(Diagnostic::error("syntax", span, "the alias stands for something that holds it")));
        };
        self.aliased += anchored.size;
        if self.aliased > MAX_ALIASED_NODES {
            let message = format!("aliases stand for more than {MAX_ALIASED_NODES} values");
            return Err(Box::new(Diagnostic::error("too-large", span, message)));
        }
        if self.open.len() + anchored.height > MAX_DEPTH {
            return Err(self.too_deep(start));
        }
        Ok(Done { node: anchored.node.clone(), plain: None, size: anchored.size, height: anchored.height })
    }

    fn add(&mut self, done: Done) {
        let Some(open) = self.open.last_mut() else { return };
        open.size += done.size;
        open.height = open.height.max(done.height);
        if !open.mapping {
            self.items.push(done.node);
            return;
        }
        match open.key.take() {
            Some((key, merge)) => {
                open.merges |= merge;
                self.entries.push(Entry { key, value: done.node });
            }
            None => {
                let span = done.node.span;
                let merge = done.plain.as_deref() == Some("<<");
                let text = done.plain.or_else(|| done.node.scalar_text());
                if text.is_none() {
                    let message = format!("a key is {}; only text can be one", done.node.kind().with_article());
                    self.diagnostics.push(Diagnostic::error("key-not-text", span, message));
                }
                open.key = Some((Key { text: text.unwrap_or_default(), span }, merge));
            }
        }
    }

    /// Applies `<<`: members of the merged mappings that the mapping does not have itself take its place.
    fn merged(&mut self, mapping: Mapping) -> Mapping {
        let own: std::collections::HashSet<EcoString> = mapping.iter().map(|e| e.key.text.clone()).collect();
        let mut seen = own;
        let mut out: Vec<Entry> = Vec::new();
        for entry in &mapping {
            if entry.key.text != "<<" {
                out.push(entry.clone());
                continue;
            }
            let sources = match &entry.value.value {
                Value::Sequence(items) => items.as_slice(),
                _ => std::slice::from_ref(&entry.value),
            };
            for source in sources {
                let Value::Mapping(members) = &source.value else {
                    let message = format!("`<<` merges mappings, and this is {}", source.kind().with_article());
                    self.diagnostics.push(Diagnostic::error("merge-not-mapping", entry.key.span, message));
                    continue;
                };
                out.extend(members.iter().filter(|m| seen.insert(m.key.text.clone())).cloned());
            }
        }
        out.into_iter().collect()
    }

    fn counted(&mut self, at: usize) -> Read<()> {
        self.count += 1;
        if self.count <= MAX_NODES {
            return Ok(());
        }
        let message = format!("the document has more than {MAX_NODES} values");
        Err(Box::new(Diagnostic::error("too-large", Span::new(self.file, at, at), message)))
    }

    fn too_deep(&self, at: usize) -> Box<Diagnostic> {
        let message = format!("the document is nested deeper than {MAX_DEPTH} levels");
        Box::new(Diagnostic::error("nesting-too-deep", Span::new(self.file, at, at + 1), message))
    }
}

/// Byte offsets of a text's characters, asked for in nearly ascending order.
struct Offsets<'a> {
    text: &'a str,
    ascii: bool,
    chars: usize,
    bytes: usize,
}

impl Offsets<'_> {
    fn byte(&mut self, index: usize) -> usize {
        if self.ascii {
            return index.min(self.text.len());
        }
        let bytes = self.text.as_bytes();
        while self.chars < index && self.bytes < bytes.len() {
            self.bytes += 1;
            while self.bytes < bytes.len() && bytes[self.bytes] & 0xc0 == 0x80 {
                self.bytes += 1;
            }
            self.chars += 1;
        }
        while self.chars > index && self.bytes > 0 {
            self.bytes -= 1;
            while self.bytes > 0 && bytes[self.bytes] & 0xc0 == 0x80 {
                self.bytes -= 1;
            }
            self.chars -= 1;
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn good(text: &str) -> Node {
        let (node, diagnostics) = parse(FileId(0), text);
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
        node.unwrap()
    }

    fn json(text: &str) -> String {
        good(text).to_json().to_string()
    }

    fn fault(text: &str) -> String {
        let (_, diagnostics) = parse(FileId(0), text);
        let d = diagnostics.first().expect("a fault");
        let line = text[..d.span.unwrap().start as usize].matches('\n').count() + 1;
        format!("{line}: {}", d.message)
    }

    #[test]
    fn scalars_follow_the_core_schema() {
        assert_eq!(
            json("[on, yes, no, 2020-01-01, 1.10, ~, TRUE, 0x1F, 0o17, +1, .5, 017, .inf, '1', \"a\\tb\", 1e3]"),
            r#"["on","yes","no","2020-01-01",1.1,null,true,31,15,1,0.5,"017",".inf","1","a\tb",1000.0]"#
        );
        assert_eq!(json("200: a\ntrue: b\n1.0: c\n'x y': d"), r#"{"200":"a","true":"b","1.0":"c","x y":"d"}"#);
    }

    #[test]
    fn spans_are_tight() {
        let text = "a:\n  b: 1   # one\n  c:\n    - x\n    - y\n\nd: |\n  text\n\ne:\nf: {g: 1}\r\n";
        let node = good(text);
        let part = |n: &Node| &text[n.span.range()];
        assert_eq!(part(node.get("a").unwrap()), "b: 1   # one\n  c:\n    - x\n    - y");
        assert_eq!(part(node.get("a").unwrap().get("c").unwrap()), "- x\n    - y");
        assert_eq!(part(node.get("d").unwrap()), "text");
        assert_eq!(part(node.get("f").unwrap()), "{g: 1}");
        assert_eq!(node.get("e").unwrap().span.start as usize, text.find("e:").unwrap() + 1);
        let text = "é: ü\nb: ö";
        let node = good(text);
        assert_eq!(&text[node.get("b").unwrap().span.range()], "ö");
        assert_eq!(&text[node.entry("b").unwrap().key.span.range()], "b");
    }

    #[test]
    fn anchors_and_merge_keys() {
        assert_eq!(
            json("base: &b {x: 1, y: 2}\nother: &o {z: 3, x: 9}\nm:\n  <<: [*b, *o]\n  y: 5\nlist: [*b]"),
            r#"{"base":{"x":1,"y":2},"other":{"z":3,"x":9},"m":{"x":1,"z":3,"y":5},"list":[{"x":1,"y":2}]}"#
        );
    }

    #[test]
    fn cloudformation_tags_become_their_long_form() {
        assert_eq!(
            json("a: !Sub 'x${y}'\nb: !GetAtt F.Arn\nc: !Ref R\nd: !Join ['', [a, !Ref B]]\ne: !!str 1"),
            concat!(
                r#"{"a":{"Fn::Sub":"x${y}"},"b":{"Fn::GetAtt":["F","Arn"]},"c":{"Ref":"R"},"#,
                r#""d":{"Fn::Join":["",["a",{"Ref":"B"}]]},"e":"1"}"#
            )
        );
    }

    #[test]
    fn faults_are_placed() {
        assert_eq!(fault("a: 1\nb:\n\tc: 2\n"), "3: a tab indents this line; YAML is indented with spaces");
        assert_eq!(fault("a: 1\nb: 2\na: 3\n"), "3: the key `a` is there twice");
        assert_eq!(fault("a: 1\nb: [1, 2\nc: 3\n"), "2: the array that begins here has no `]`");
        assert_eq!(fault("a: 1\nb: {c: 1\nd: 3\n"), "2: the object that begins here has no `}`");
        assert_eq!(fault("a:\n  b\n    c: 1\n"), "2: there is no `:` after `b`");
        assert_eq!(fault("a:\n  b\n  - c\n  - d\n  e: 1\n"), "2: there is no `:` after `b`");
        assert_eq!(fault("a: 1\nb\nc: 2\n"), "2: there is no `:` after `b`");
        assert_eq!(fault("a: 1\nb:2\nc: 2\n"), "2: there is no space after the `:` of `b:2`");
        assert_eq!(fault("a:\n  - b\n    c: 2\n"), "2: there is no `:` after `b`");
        assert_eq!(fault("a: 1\n\tb: 2\n"), "2: a tab indents this line; YAML is indented with spaces");
        assert_eq!(
            fault("a: \"x\nb: 1\nc: \"y\"\n"),
            "1: the text that begins here goes on to the next `\"`, lines later"
        );
        assert_eq!(fault("a: 1\nb\n  - c\n  - d\ne: 1\n"), "2: there is no `:` after `b`");
        assert_eq!(fault("a:\n  'b'\n    c: 1\n"), "2: there is no `:` after `'b'`");
        assert_eq!(fault("a:\n  b: {c: 1\nd:\n  e: 1\n"), "2: the object that begins here has no `}`");
        assert_eq!(fault("a:\n  b: 1\n  c\n  - d e\n  f: 1\n"), "3: there is no `:` after `c`");
        assert_eq!(fault("a: 1\nb\n  - c\n  - d e\n"), "2: there is no `:` after `b`");
        assert_eq!(fault("a:\n  b:2\n  c: 2\n"), "2: there is no space after the `:` of `b:2`");
        assert_eq!(fault("a:\n  b c\n  d: 1\n"), "2: there is no `:` after `b`");
        assert_eq!(fault("- a:\n    b 'c\n\n      d'\n    e: 1\n"), "2: there is no `:` after `b`");
        let of_text = "the text is not YAML: mapping values are not allowed in this context";
        assert_eq!(fault("a: b: c\n"), format!("1: {of_text}"));
        assert_eq!(fault("a: b\n  c: d\n"), format!("2: {of_text}"));
        assert_eq!(fault("{a: 1}: b"), "1: a key is an object; only text can be one");
        assert_eq!(fault("a: &x [*x]"), "1: the alias stands for something that holds it");
    }

    #[test]
    fn what_is_indented_too_little_is_read_all_the_same() {
        let text = "a:\n  b: [\n    x,\n ]\n  c: \"one\ntwo \\\n  three\"\n  d: {\n e: 'it''s\nit'\n}\nf: é\n";
        let (node, diagnostics) = parse(FileId(0), text);
        let node = node.unwrap();
        assert_eq!(node.to_json().to_string(), r#"{"a":{"b":["x"],"c":"one two three","d":{"e":"it's it"}},"f":"é"}"#);
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(&text[diagnostics[0].span.unwrap().start as usize..][..3], " ]\n");
        assert_eq!(&text[node.get("f").unwrap().span.range()], "é");
        assert_eq!(&text[node.at(&["a", "d", "e"].into_iter().collect()).unwrap().span.range()], "'it''s\nit'");
        assert!(fault("a:\n  b: [\n    x,\n ]\n  c: \"open\n").contains("quoted scalar"));
    }

    #[test]
    fn bombs_are_bounded() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..12 {
            let refs = vec![format!("*a{}", i - 1); 9].join(", ");
            bomb.push_str(&format!("a{i}: &a{i} [{refs}]\n"));
        }
        assert!(fault(&bomb).contains("aliases stand for"));
        let mut chain = format!("a0: &a0 {}x{}\n", "[".repeat(90), "]".repeat(90));
        for i in 1..40 {
            chain.push_str(&format!("a{i}: &a{i} {}*a{}{}\n", "[".repeat(90), i - 1, "]".repeat(90)));
        }
        assert!(fault(&chain).contains("nested deeper"));
        assert!(fault(&"[".repeat(100_000)).contains("nested deeper"));
        assert!(fault(&"- ".repeat(100_000)).contains("nested deeper"));
        let deep: String = (0..1000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
        assert!(fault(&deep).contains("nested deeper"));
    }
}
