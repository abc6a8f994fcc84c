//! The files read so far, and what a span means in them.

use std::sync::Arc;

use serde::Serialize;

use super::{FileId, Node, Pointer, Span, Value, text};

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML 1.2
    Yaml,
    /// JSON
    Json,
}

/// One file: its name as shown to users, its text, and the node read from it.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    text: Arc<str>,
    format: Format,
    root: Option<Node>,
    lines: text::Lines,
}

/// All files that a run has read. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

/// A place as people and tools name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Location {
    /// The file's name as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
    /// The JSON pointer of the innermost node there; empty for the root.
    pub pointer: String,
}

impl SourceFile {
    /// Returns the name shown to users.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns how the file is written.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Returns the node read from the file, if it could be read.
    #[must_use]
    pub fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }

    /// Returns the line and column, both from 1, of a byte offset.
    #[must_use]
    pub fn line_column(&self, offset: usize) -> (u32, u32) {
        self.lines.line_column(&self.text, offset)
    }

    /// Returns the byte at which a line (from 1) begins.
    #[must_use]
    pub fn line_start(&self, line: u32) -> usize {
        self.lines.line_start(&self.text, line)
    }

    /// Returns the text of a line (from 1) without its line break.
    #[must_use]
    pub fn line_text(&self, line: u32) -> &str {
        self.lines.line_text(&self.text, line)
    }
}

impl Sources {
    /// Returns the empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that is not parsed yet.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>, format: Format) -> FileId {
        let text = text.into();
        let id = FileId(u32::try_from(self.files.len()).expect("fewer than 2^32 files"));
        let lines = text::Lines::default();
        self.files.push(Arc::new(SourceFile { name: name.into(), text, format, root: None, lines }));
        id
    }

    /// Adds all files of `other` and returns by how much their [`FileId`]s have moved; diagnostics
    /// follow with [`Diagnostic::moved`](super::Diagnostic::moved).
    pub fn append(&mut self, other: &Sources) -> u32 {
        let by = u32::try_from(self.files.len()).expect("fewer than 2^32 files");
        self.files.extend(other.files.iter().cloned());
        by
    }

    /// Records the node that was read from a file.
    pub fn set_root(&mut self, id: FileId, root: Node) {
        let file = Arc::make_mut(&mut self.files[id.index()]);
        file.root = Some(root);
    }

    /// Records how a file turned out to be written.
    pub(super) fn set_format(&mut self, id: FileId, format: Format) {
        Arc::make_mut(&mut self.files[id.index()]).format = format;
    }

    /// Returns a file.
    ///
    /// # Panics
    /// When `id` comes from another `Sources`.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.index()]
    }

    /// Returns all files in the order they were read.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(i, file)| (FileId(i as u32), file.as_ref()))
    }

    /// Returns the text of a span.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text().get(span.range()).unwrap_or_default()
    }

    /// Returns the file, line, column and JSON pointer of a span's start.
    #[must_use]
    pub fn locate(&self, span: Span) -> Location {
        let file = self.file(span.file);
        let (line, column) = file.line_column(span.start as usize);
        let pointer =
            file.root().map(|root| pointer_of(root, Span { file: root.span.file, ..span })).unwrap_or_default();
        Location { file: file.name.clone(), line, column, pointer: pointer.to_string() }
    }
}

/// Returns the pointer of the innermost node of `root` that holds `span`; the key of a member
/// counts as its value.
fn pointer_of(root: &Node, span: Span) -> Pointer {
    let mut pointer = Pointer::root();
    let mut node = root;
    loop {
        let next = match &node.value {
            Value::Mapping(mapping) => mapping
                .iter()
                .find(|e| e.key.span.contains(span) || (e.value.span.contains(span) && node.span != e.value.span))
                .map(|e| (e.key.text.clone(), &e.value)),
            Value::Sequence(items) => items
                .iter()
                .enumerate()
                .find(|(_, item)| item.span.contains(span) && node.span != item.span)
                .map(|(i, item)| (i.to_string().into(), item)),
            _ => None,
        };
        let Some((segment, child)) = next else { return pointer };
        pointer.push(segment);
        if child.span == span {
            return pointer;
        }
        node = child;
    }
}
