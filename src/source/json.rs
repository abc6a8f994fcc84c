//! JSON text to nodes.
//!
//! Strict RFC 8259, with exact spans. It reads no comments and no trailing commas: API Gateway takes neither.

mod faults;
mod halves;
mod layout;

use ecow::{EcoString, EcoVec};

use self::faults::BoxedLabel as _;
use self::halves::Later;
pub use self::halves::parse_in_halves;

use super::node::MAX_NODES;
use super::yaml::MAX_DEPTH;
use super::{Diagnostic, Entry, FileId, Key, Mapping, Node, Number, Span, Value};

/// What a text was read into, and what is wrong with it.
pub(super) type Parsed = (Option<Node>, Vec<Diagnostic>);

/// Reads one JSON text. What is wrong with it comes back as diagnostics; the node is absent when the text is not JSON.
///
/// Keys that are there twice are reported and the first one stays.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Parsed {
    let mut reader = Reader::new(file, text);
    match reader.document() {
        Ok(node) => (Some(node), reader.diagnostics),
        Err(error) => (None, vec![*reader.placed(error)]),
    }
}

struct Reader<'a> {
    file: FileId,
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    count: usize,
    /// Whether what stopped the reader may be a bracket that is missing elsewhere, or one too many.
    unbalanced: bool,
    /// Items of the arrays that are open, innermost last: each array takes its tail when it closes, so that
    /// every vector is allocated once, at its final size.
    items: Vec<Node>,
    entries: Vec<Entry>,
    /// What another thread reads.
    later: Option<Later<'a>>,
    diagnostics: Vec<Diagnostic>,
}

type Read<T> = Result<T, Box<Diagnostic>>;

impl<'a> Reader<'a> {
    fn new(file: FileId, text: &'a str) -> Self {
        Self {
            file,
            text,
            bytes: text.as_bytes(),
            at: 0,
            depth: 0,
            count: 0,
            unbalanced: false,
            items: Vec::new(),
            entries: Vec::new(),
            later: None,
            diagnostics: Vec::new(),
        }
    }

    fn document(&mut self) -> Read<Node> {
        self.skip_space();
        let node = self.value()?;
        self.skip_space();
        if self.at < self.bytes.len() {
            self.unbalanced = true;
            let error = self.error(self.at, format!("the JSON text ends, but {} follows", self.found()));
            return Err(error);
        }
        Ok(node)
    }

    fn value(&mut self) -> Read<Node> {
        let start = self.at;
        self.count += 1;
        if self.count > MAX_NODES {
            return Err(self.too_many(start));
        }
        let value = match self.bytes.get(start) {
            Some(b'"') => Value::String(self.string()?),
            Some(b'{') => return self.object(),
            Some(b'[') => return self.array(),
            Some(b'-' | b'0'..=b'9') => Value::Number(self.number()?),
            Some(b't') => self.word("true", Value::Bool(true))?,
            Some(b'f') => self.word("false", Value::Bool(false))?,
            Some(b'n') => self.word("null", Value::Null)?,
            _ => return Err(self.unexpected("a value")),
        };
        Ok(Node::new(value, self.span(start)))
    }

    fn object(&mut self) -> Read<Node> {
        let start = self.at;
        self.enter(start)?;
        let from = self.entries.len();
        self.skip_space();
        if self.bytes.get(self.at) == Some(&b'}') {
            self.at += 1;
        } else {
            self.members(start)?;
        }
        self.depth -= 1;
        let mapping = unique(&mut self.entries, from, &mut self.diagnostics);
        Ok(Node::new(Value::Mapping(mapping), self.span(start)))
    }

    /// Reads the members that are left of an object, and its end.
    fn members(&mut self, start: usize) -> Read<()> {
        loop {
            self.skip_space();
            if self.bytes.get(self.at) != Some(&b'"') {
                if let Some(error) = self.trailing_comma() {
                    return Err(error);
                }
                self.unbalanced = matches!(self.bytes.get(self.at), Some(b'{' | b'[' | b']'));
                return Err(self.unexpected_in("a key in quotes", start, "object"));
            }
            let key_start = self.at;
            let text = self.string()?;
            let key = Key { text, span: self.span(key_start) };
            self.skip_space();
            if self.bytes.get(self.at) != Some(&b':') {
                return Err(self.unexpected_in("`:`", start, "object"));
            }
            self.at += 1;
            self.skip_space();
            if self.at >= self.bytes.len() {
                return Err(self.unexpected_in("a value", start, "object"));
            }
            let value = self.value()?;
            self.entries.push(Entry { key, value });
            self.skip_space();
            match self.bytes.get(self.at) {
                Some(b',') => {
                    self.at += 1;
                    if self.later.is_some() && self.take_later()? {
                        return Ok(());
                    }
                }
                Some(b'}') => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.not_separated("`,` or `}`", start, "object")),
            }
        }
    }

    fn array(&mut self) -> Read<Node> {
        let start = self.at;
        self.enter(start)?;
        let from = self.items.len();
        self.skip_space();
        if self.bytes.get(self.at) == Some(&b']') {
            self.at += 1;
        } else {
            loop {
                self.skip_space();
                if self.at >= self.bytes.len() {
                    return Err(self.unexpected_in("a value", start, "array"));
                }
                if let Some(error) = self.trailing_comma() {
                    return Err(error);
                }
                let value = self.value()?;
                self.items.push(value);
                self.skip_space();
                match self.bytes.get(self.at) {
                    Some(b',') => self.at += 1,
                    Some(b']') => {
                        self.at += 1;
                        break;
                    }
                    _ => return Err(self.not_separated("`,` or `]`", start, "array")),
                }
            }
        }
        self.depth -= 1;
        let items: EcoVec<Node> = self.items.drain(from..).collect();
        Ok(Node::new(Value::Sequence(items), self.span(start)))
    }

    fn enter(&mut self, start: usize) -> Read<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            let message = format!("the document is nested deeper than {MAX_DEPTH} levels");
            return Err(Box::new(Diagnostic::error(
                "nesting-too-deep",
                Span::new(self.file, start, start + 1),
                message,
            )));
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Read<EcoString> {
        let open = self.at;
        self.at += 1;
        let mut from = self.at;
        let mut out: Option<EcoString> = None;
        loop {
            self.at += plain_len(self.bytes.get(self.at..).unwrap_or_default());
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    let tail = &self.text[from..self.at];
                    self.at += 1;
                    return Ok(match out {
                        None => tail.into(),
                        Some(mut out) => {
                            out.push_str(tail);
                            out
                        }
                    });
                }
                Some(b'\\') => {
                    let out = out.get_or_insert_with(EcoString::new);
                    out.push_str(&self.text[from..self.at]);
                    let c = self.escape()?;
                    out.push(c);
                    from = self.at;
                }
                Some(byte) => {
                    let what = if *byte == b'\n' || *byte == b'\r' { "a line break" } else { "a control character" };
                    return Err(self
                        .error(self.at, format!("the string holds {what}, which JSON writes as an escape"))
                        .boxed_label(Span::new(self.file, open, open + 1), "the string begins here"));
                }
                None => {
                    return Err(self
                        .error(self.at, "the text ends inside a string")
                        .boxed_label(Span::new(self.file, open, open + 1), "the string begins here"));
                }
            }
        }
    }

    /// Reads an escape; `at` is on its backslash.
    fn escape(&mut self) -> Read<char> {
        let start = self.at;
        let c = match self.bytes.get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let first = self.hex4(start + 2)?;
                self.at = start + 6;
                if (0xd800..0xdc00).contains(&first) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
                    let second = self.hex4(self.at + 2)?;
                    if (0xdc00..0xe000).contains(&second) {
                        self.at += 6;
                        let joined = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                        return char::from_u32(joined).ok_or_else(|| self.error(start, "the escape is no character"));
                    }
                }
                return char::from_u32(first)
                    .ok_or_else(|| self.error(start, "the escape is half of a surrogate pair"));
            }
            _ => return Err(self.error(start, "JSON has no such escape")),
        };
        self.at = start + 2;
        Ok(c)
    }

    fn hex4(&self, at: usize) -> Read<u32> {
        let digits = self.bytes.get(at..at + 4).filter(|d| d.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|d| std::str::from_utf8(d).ok());
        digits
            .and_then(|d| u32::from_str_radix(d, 16).ok())
            .ok_or_else(|| self.error(at, "`\\u` takes four hexadecimal digits"))
    }

    fn number(&mut self) -> Read<Number> {
        let start = self.at;
        let rest = &self.bytes[start..];
        let len = rest
            .iter()
            .position(|b| !matches!(b, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-'))
            .unwrap_or(rest.len());
        self.at += len;
        let text = &self.text[start..self.at];
        Number::parse(text).ok_or_else(|| self.error(start, format!("`{}` is not a number", shortened(text))))
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        if self.bytes[self.at..].starts_with(word.as_bytes()) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.unexpected("a value"))
        }
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    fn span(&self, start: usize) -> Span {
        Span::new(self.file, start, self.at)
    }
}

/// Returns at most 40 characters of a text for a message.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns how many bytes from the first on stand for themselves in a string: none of them is a quote, a backslash or a
/// control character. Eight are looked at in one step.
fn plain_len(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 0xff;
    const TOPS: u64 = ONES << 7;
    let (chunks, rest) = bytes.as_chunks::<8>();
    let mut len = 0;
    for chunk in chunks {
        let word = u64::from_le_bytes(*chunk);
        let (quote, backslash) = (word ^ (ONES * u64::from(b'"')), word ^ (ONES * u64::from(b'\\')));
        // The lowest bit that is set is of the first such byte; those above it may be of bytes that borrowed from it.
        let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
        let ends = (below(quote, 1) | below(backslash, 1) | below(word, 0x20)) & TOPS;
        if ends != 0 {
            return len + ends.trailing_zeros() as usize / 8;
        }
        len += 8;
    }
    len + rest.iter().position(|b| matches!(b, b'"' | b'\\' | ..0x20)).unwrap_or(rest.len())
}

/// How many members are compared one by one before the names are sorted to find those that are there twice.
const COMPARED: usize = 12;

/// Takes the members from `from` on into a mapping. One that is there twice is reported; the first stays.
pub(super) fn unique(entries: &mut Vec<Entry>, from: usize, diagnostics: &mut Vec<Diagnostic>) -> Mapping {
    let members = &entries[from..];
    let mut repeated: Vec<(usize, usize)> = Vec::new();
    if members.len() <= COMPARED {
        for (i, entry) in members.iter().enumerate() {
            if let Some(first) = members[..i].iter().position(|e| e.key.text == entry.key.text) {
                repeated.push((first, i));
            }
        }
    } else {
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_unstable_by(|a, b| members[*a].key.text.cmp(&members[*b].key.text).then(a.cmp(b)));
        let mut first = order[0];
        for next in order.into_iter().skip(1) {
            if members[first].key.text == members[next].key.text {
                repeated.push((first, next));
            } else {
                first = next;
            }
        }
        repeated.sort_unstable_by_key(|(_, at)| *at);
    }
    if repeated.is_empty() {
        return entries.drain(from..).collect();
    }
    for (first, at) in &repeated {
        let (first, again) = (&members[*first].key, &members[*at].key);
        diagnostics.push(
            Diagnostic::error("duplicate-key", again.span, format!("the key `{}` is there twice", again.text))
                .with_label(first.span, "first here")
                .with_help("remove one of the two"),
        );
    }
    let mut again = repeated.into_iter().map(|(_, at)| at).peekable();
    let keep = |(at, entry)| if again.next_if_eq(&at).is_some() { None } else { Some(entry) };
    entries.drain(from..).enumerate().filter_map(keep).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Node>, Vec<String>) {
        let (node, diagnostics) = parse(FileId(0), text);
        let shown = diagnostics
            .iter()
            .map(|d| format!("{}..{} {}", d.span.unwrap().start, d.span.unwrap().end, d.message))
            .collect();
        (node, shown)
    }

    #[test]
    fn values_and_spans() {
        let (node, errors) = read(" {\"a\": [1, -2.5e3, \"x\\u00e9\\ud83d\\ude00\\n\"], \"b\": null} ");
        assert!(errors.is_empty(), "{errors:?}");
        let node = node.unwrap();
        assert_eq!(node.span, Span::new(FileId(0), 1, 55));
        let items = node.get("a").unwrap().as_seq().unwrap();
        assert_eq!(items[1].as_f64(), Some(-2500.0));
        assert_eq!(items[2].as_str(), Some("xé😀\n"));
        assert!(node.get("b").unwrap().is_null());
        assert_eq!(node.entry("b").unwrap().key.span, Span::new(FileId(0), 45, 48));
    }

    #[test]
    fn a_string_ends_at_the_first_byte_that_is_more_than_itself() {
        for len in 0..20 {
            for at in 0..len {
                for (first, second) in [(b'"', 0xff), (b'\\', b'"'), (0, 0x80), (0x1f, b'!'), (b'\n', b'#')] {
                    let mut bytes = vec![b' '; len];
                    bytes[at] = first;
                    if at > 0 {
                        bytes[at - 1] = second | 0x20;
                    }
                    if at + 1 < len {
                        bytes[at + 1] = second;
                    }
                    let expected = bytes.iter().position(|b| *b < 0x20 || *b == b'"' || *b == b'\\');
                    assert_eq!(plain_len(&bytes), expected.unwrap_or(len), "{bytes:?}");
                }
            }
            assert_eq!(plain_len(&vec![b'a'; len]), len);
        }
    }

    #[test]
    fn faults_are_placed() {
        let cases = [
            ("{\"a\": 1", "6..7 the text ends inside an object; `,` or `}` should follow"),
            ("{\"a\" 1}", "5..6 found `1` where `:` should be"),
            ("[1,]", "2..3 nothing follows this comma but `]`, which JSON does not take"),
            ("{\"a\": 1,\n}", "7..8 nothing follows this comma but `}`, which JSON does not take"),
            ("{\"a\": 1\n\"b\": 2}", "6..7 a `,` is missing after this member"),
            ("[{}\n{}]", "2..3 a `,` is missing after this item"),
            ("{} x", "3..4 the JSON text ends, but `x` follows"),
            ("\"a\nb\"", "2..3 the string holds a line break, which JSON writes as an escape"),
            ("\"a", "2..2 the text ends inside a string"),
            ("01", "0..1 `01` is not a number"),
            ("\"\\x\"", "1..2 JSON has no such escape"),
            ("\"\\ud800\"", "1..2 the escape is half of a surrogate pair"),
            ("nul", "0..1 found `nul` where a value should be"),
            ("{\"a\":", "5..5 the text ends inside an object; a value should follow"),
        ];
        for (text, expected) in cases {
            let (node, errors) = read(text);
            assert!(node.is_none(), "{text}");
            assert_eq!(errors.len(), 1, "{text}");
            let expected = if text == "{\"a\": 1" { expected.replacen("6..7", "7..7", 1) } else { expected.to_owned() };
            assert_eq!(errors[0], expected, "{text}");
        }
    }

    #[test]
    fn repeated_keys_show_both_places() {
        let (node, diagnostics) = parse(FileId(0), "{\"a\": 1, \"b\": 2, \"a\": 3}");
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(diagnostics[0].span.unwrap().start, 17);
        assert_eq!(diagnostics[0].labels[0].span.start, 1);
        assert_eq!(node.unwrap().get("a").unwrap().as_i64(), Some(1));
        let many: Vec<String> = (0..40).map(|i| format!("\"k{}\": {i}", i % 39)).collect();
        let (node, diagnostics) = parse(FileId(0), &format!("{{{}}}", many.join(",")));
        assert_eq!(diagnostics.len(), 1);
        assert_eq!(node.unwrap().as_map().unwrap().len(), 39);
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(read(&format!("{}{}", "[".repeat(200), "]".repeat(200))).0.is_some());
        assert!(read(&"[".repeat(100_000)).1[0].contains("nested deeper"));
        assert!(read(&"{\"a\":".repeat(100_000)).1[0].contains("nested deeper"));
    }
}
