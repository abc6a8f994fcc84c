//! Where in a text references may be: most of a document holds none, and is not gone through for them.

use memchr::memmem;

use crate::source::{FileId, Format, Node, SourceFile, Value};

/// What a reference, or the part that holds references by another name, is written with. An escape may spell either.
const SIGNS: [&str; 3] = ["$ref", "discriminator", "\\u"];

/// Bytes of a block: how far the search for the next place goes one by one.
const BLOCK: usize = 64;

/// The places of one file at which references may be. The default knows of no file, and takes any node for one that
/// may hold a reference.
#[derive(Debug, Default)]
pub(super) struct Marks {
    file: Option<FileId>,
    /// Byte offsets, ascending.
    at: Vec<u32>,
    /// For each block of the text, how many of the places are before it.
    before: Vec<u32>,
}

impl Marks {
    /// Returns the places in a file. The nodes of JSON lie within one another as their texts do; those of YAML do not,
    /// as an alias leads elsewhere.
    pub(super) fn of(file: &SourceFile, id: FileId) -> Self {
        if file.format() != Format::Json || u32::try_from(file.text().len()).is_err() {
            return Self::default();
        }
        let text = file.text().as_bytes();
        let mut at: Vec<u32> = Vec::new();
        for sign in SIGNS {
            at.extend(memmem::find_iter(text, sign).filter_map(|found| u32::try_from(found).ok()));
        }
        at.sort_unstable();
        let mut before = vec![0; text.len() / BLOCK + 2];
        for place in &at {
            before[*place as usize / BLOCK + 1] += 1;
        }
        let mut sum = 0;
        for count in &mut before {
            sum += *count;
            *count = sum;
        }
        Self { file: Some(id), at, before }
    }

    /// Returns whether a node may be a reference, or hold one.
    pub(super) fn may_refer(&self, node: &Node) -> bool {
        if !matches!(node.value, Value::Mapping(_) | Value::Sequence(_)) {
            return false;
        }
        if self.file != Some(node.span.file) {
            return true;
        }
        let first = self.before.get(node.span.start as usize / BLOCK).map_or(0, |before| *before as usize);
        let mut places = self.at.get(first..).unwrap_or_default().iter();
        places.find(|at| **at >= node.span.start).is_some_and(|at| *at < node.span.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{Sources, read_text};

    fn marked(name: &str, text: &str) -> Vec<String> {
        let mut sources = Sources::new();
        let (id, root, _) = read_text(&mut sources, name, text.to_owned());
        let marks = Marks::of(sources.file(id), id);
        let root = root.expect("a document");
        root.entries().filter(|e| marks.may_refer(&e.value)).map(|e| e.key.text.to_string()).collect()
    }

    #[test]
    fn only_what_may_hold_a_reference_is_gone_through() {
        let text = r##"{"a": {"$ref": "#/b"}, "b": {"c": [1]}, "d": [{"e": {"\u0024ref": "#/b"}}], "f": "$ref"}"##;
        assert_eq!(marked("a.json", text), ["a", "d"]);
        let far = format!(r##"{{"a": {{"b": "{}"}}, "c": {{"$ref": "#/a"}}, "d": [1]}}"##, "x".repeat(5 * BLOCK));
        assert_eq!(marked("a.json", &far), ["c"]);
        assert_eq!(marked("a.yaml", "a: &x {$ref: '#/b'}\nb: *x\nc: {d: *x}\ne: 1\n"), ["a", "b", "c"]);
    }
}
