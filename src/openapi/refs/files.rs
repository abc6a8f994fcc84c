//! The files a document is made of, each read once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ecow::EcoString;

use crate::source::{
    Diagnostic, FileId, LoadError, Loader, Node, Origin, Pointer, Severity, Sources, Span, read_text,
    read_text_in_halves,
};

use super::Target;
use super::marks::Marks;

/// How many files one document may be made of.
const MAX_FILES: usize = 5_000;
/// How many of them may be fetched, and how many fetches may fail before no more are tried: each may take its time.
const MAX_FETCHED: usize = 200;
const MAX_FAILED_FETCHES: usize = 5;

/// The files read so far, and what went wrong.
pub(in crate::openapi) struct Files<'l> {
    loader: &'l Loader,
    files: Vec<File>,
    by_origin: HashMap<Origin, usize>,
    /// By the position of a source; nothing for those that are no part of the document.
    by_id: Vec<Option<usize>>,
    /// Where each text of a `$ref` leads, by the file that holds it.
    joined: HashMap<(usize, EcoString), Option<usize>>,
    /// What each reference has been found to lead to.
    found: HashMap<(usize, EcoString), Target>,
    /// What is done to the node of every file once it is read.
    prepare: &'l dyn Fn(Node, &str, &mut Vec<Diagnostic>) -> Node,
    /// The places that references have been reported at: each is said to be wrong once.
    reported: HashSet<Span>,
    /// Whether schemas may name themselves (`$id`), as those of OpenAPI 3.1 do.
    identified: bool,
    /// Where references may be in the document itself, as long as it is as it was read.
    marks: Arc<Marks>,
    fetched: usize,
    failed_fetches: usize,
    pub(in crate::openapi) sources: Sources,
    pub(in crate::openapi) diagnostics: Vec<Diagnostic>,
}

struct File {
    origin: Origin,
    root: Option<Node>,
}

impl<'l> Files<'l> {
    /// Returns the set that holds the document itself as file 0.
    pub(in crate::openapi) fn new(
        loader: &'l Loader,
        origin: &Origin,
        text: Arc<str>,
        prepare: &'l dyn Fn(Node, &str, &mut Vec<Diagnostic>) -> Node,
    ) -> Self {
        let mut files = Self {
            loader,
            files: Vec::new(),
            by_origin: HashMap::new(),
            by_id: Vec::new(),
            joined: HashMap::new(),
            found: HashMap::new(),
            prepare,
            reported: HashSet::new(),
            identified: false,
            marks: Arc::default(),
            fetched: 0,
            failed_fetches: 0,
            sources: Sources::new(),
            diagnostics: Vec::new(),
        };
        let is_template = text.contains("${");
        files.add(origin.clone(), text);
        if let Some(root) = files.root(0).filter(|_| !is_template) {
            files.marks = Arc::new(Marks::of(files.sources.file(root.span.file), root.span.file));
        }
        files
    }

    /// Returns where references may be.
    pub(super) fn marks(&self) -> &Arc<Marks> {
        &self.marks
    }

    pub(in crate::openapi) fn root(&self, file: usize) -> Option<&Node> {
        self.files.get(file)?.root.as_ref()
    }

    /// Puts another root in the place of the one that was read.
    pub(in crate::openapi) fn set_root(&mut self, file: usize, root: Node) {
        if let Some(file) = self.files.get_mut(file) {
            file.root = Some(root);
            self.marks = Arc::default();
        }
    }

    /// Takes references by the names that schemas give themselves (`$id`) for what they lead to, in this file and in
    /// those read later.
    pub(in crate::openapi) fn identify(&mut self) {
        self.identified = true;
        if let Some(file) = self.files.first_mut()
            && self.sources.file(FileId(0)).text().contains("$id")
            && let Some(root) = file.root.as_ref().and_then(super::identifiers::resolved)
        {
            file.root = Some(root);
            self.marks = Arc::default();
        }
    }

    /// Does what may find a reference in `file` at `span` leading nowhere, and makes warnings of what is then said of it.
    pub(super) fn tolerating<T>(
        &mut self,
        file: usize,
        path: &str,
        span: Span,
        follow: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let before = self.diagnostics.len();
        let found = follow(self);
        if found.is_none() {
            for diagnostic in self.diagnostics.iter_mut().skip(before).filter(|d| d.span == Some(span)) {
                diagnostic.severity = Severity::Warning;
                diagnostic.message.push_str("; it is in an extension, and stays as it is");
            }
            // A reference that must lead somewhere is told of again.
            self.joined.retain(|(holder, text), known| known.is_some() || *holder != file || text != path);
        }
        found
    }

    /// Returns the file that a node was read from; nothing for an overlay's.
    pub(super) fn index_of(&self, id: FileId) -> Option<usize> {
        self.by_id.get(id.index()).copied().flatten()
    }

    /// Returns the text of a file that is named in `file` and is no document. One that cannot be read is reported.
    pub(super) fn text_of(&mut self, file: usize, path: &str, span: Span) -> Option<String> {
        let read = |(base, root): (&File, &File)| {
            let origin = self.loader.join(&root.origin, &base.origin, path)?;
            self.loader.read_moved(&origin).map(|(text, _)| text)
        };
        let read = read((self.files.get(file)?, self.files.first()?));
        read.map_err(|error| self.unreadable(path, span, &error)).ok()
    }

    /// Returns the file's name without its folder and extension.
    pub(super) fn stem(&self, file: usize) -> EcoString {
        let name = self.files.get(file).map(|f| f.origin.name()).unwrap_or_default();
        let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
        name.split('.').find(|part| !part.is_empty()).unwrap_or(name).into()
    }

    /// Reads a text that is no part of the document itself, such as an overlay.
    pub(in crate::openapi) fn read_beside(&mut self, name: &str, text: Arc<str>) -> Option<Node> {
        let parameters = text.contains("${");
        let (id, root, diagnostics) = match self.loader.in_halves {
            true => read_text_in_halves(&mut self.sources, name, text),
            false => read_text(&mut self.sources, name, text),
        };
        self.diagnostics.extend(diagnostics);
        let root = root?;
        self.sources.set_root(id, root.clone());
        if !parameters {
            return Some(root);
        }
        Some((self.prepare)(root, self.sources.file(id).text(), &mut self.diagnostics))
    }

    /// Keeps a finding about a reference, unless there is one at its place already.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        if diagnostic.span.is_none_or(|span| self.reported.insert(span)) {
            self.diagnostics.push(diagnostic);
        }
    }

    fn add(&mut self, origin: Origin, text: Arc<str>) -> usize {
        let identified = self.identified && text.contains("$id");
        let root = self.read_beside(&origin.name(), text);
        let by_name = root.as_ref().filter(|_| identified).and_then(super::identifiers::resolved);
        let root = by_name.or(root);
        let index = self.files.len();
        if let Some(root) = &root {
            let at = root.span.file.index();
            self.by_id.resize(self.by_id.len().max(at + 1), None);
            self.by_id[at] = Some(index);
        }
        self.by_origin.insert(self.loader.identity(&origin), index);
        self.files.push(File { origin, root });
        index
    }

    /// Returns what a reference in `file` leads to, one step. One that leads nowhere is reported at `span`.
    pub(super) fn follow(&mut self, file: usize, reference: &str, span: Span) -> Option<Target> {
        let id = (file, EcoString::from(reference));
        if let Some(found) = self.found.get(&id) {
            return Some(found.clone());
        }
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let target_file = if path.is_empty() { file } else { self.file_of(file, path, span)? };
        let root = self.files.get(target_file)?.root.clone()?;
        let found = match Pointer::parse_fragment(fragment) {
            Some(pointer) => self.at(target_file, &root, &pointer).map(|node| (pointer.to_string().into(), node)),
            None => anchored(&root, fragment),
        };
        let Some((pointer, node)) = found else {
            self.dangling(target_file, &root, reference, fragment, span);
            return None;
        };
        let target = Target { file: target_file, pointer, node };
        self.found.insert(id, target.clone());
        Some(target)
    }

    /// Returns the node at a pointer; a reference on the way is followed when the pointer leads into it.
    fn at(&self, file: usize, root: &Node, pointer: &Pointer) -> Option<Node> {
        let mut node = root;
        for segment in pointer.segments() {
            let one: Pointer = [segment.clone()].into_iter().collect();
            for _ in 0..super::MAX_CHAIN {
                let Some(local) = node.reference().filter(|_| node.at(&one).is_none()) else { break };
                let Some(next) = local.strip_prefix('#').and_then(Pointer::parse_fragment) else { break };
                let Some(next) = self.files.get(file).and_then(|f| f.root.as_ref()).and_then(|r| r.at(&next)) else {
                    break;
                };
                node = next;
            }
            node = node.at(&one)?;
        }
        Some(node.clone())
    }

    fn file_of(&mut self, file: usize, path: &str, span: Span) -> Option<usize> {
        let id = (file, EcoString::from(path));
        if let Some(known) = self.joined.get(&id) {
            return *known;
        }
        let result = self.read(file, path);
        let index = match result {
            Ok(index) => Some(index),
            Err(error) => {
                self.unreadable(path, span, &error);
                None
            }
        };
        self.joined.insert(id, index);
        index
    }

    /// Reports that a file cannot be read.
    fn unreadable(&mut self, path: &str, span: Span, error: &LoadError) {
        let mut message = error.to_string();
        if let Some(source) = std::error::Error::source(error) {
            message.push_str(&format!(": {source}"));
        }
        let mut diagnostic = Diagnostic::error("reference-unreadable", span, message);
        if let LoadError::Refused(reason) = error {
            if path.starts_with("https://") {
                diagnostic = diagnostic.with_help("allow it with `--allow-remote-refs`");
            } else if reason.contains("leads outside") {
                diagnostic = diagnostic.with_help("allow a folder that holds both with `--ref-root DIR`");
            }
        } else if !path.contains(['.', '/']) {
            let help = format!("part of the document itself is named by its place: `#/…/{path}`");
            diagnostic = diagnostic.with_help(help);
        } else if path.contains('\\') {
            diagnostic = diagnostic.with_help("a reference is a URL: its parts are divided by `/`");
        }
        self.report(diagnostic);
    }

    fn read(&mut self, file: usize, path: &str) -> Result<usize, LoadError> {
        // `pet.yaml/#/Pet` is written by some, and read by most.
        let path = path.trim_end_matches('/');
        let (Some(base), Some(root)) = (self.files.get(file), self.files.first()) else {
            return Err(LoadError::Refused(format!("`{path}` has no file it is relative to")));
        };
        let origin = self.loader.join(&root.origin, &base.origin, path)?;
        if let Some(index) = self.by_origin.get(&self.loader.identity(&origin)) {
            return Ok(*index);
        }
        if self.files.len() >= MAX_FILES {
            return Err(LoadError::Refused(format!("`{path}` is one file too many; {MAX_FILES} are read at most")));
        }
        let is_remote = matches!(origin, Origin::Remote(_));
        if is_remote && (self.fetched >= MAX_FETCHED || self.failed_fetches >= MAX_FAILED_FETCHES) {
            let reason = format!(
                "after {} fetched files and {} failures, no more are fetched",
                self.fetched, self.failed_fetches
            );
            return Err(LoadError::Remote { url: origin.name(), reason });
        }
        let read = self.loader.read_moved(&origin);
        if is_remote {
            self.fetched += 1;
            self.failed_fetches += usize::from(read.is_err());
        }
        let (text, place) = read?;
        let index = self.add(place, text.into());
        self.by_origin.insert(self.loader.identity(&origin), index);
        Ok(index)
    }

    fn dangling(&mut self, file: usize, root: &Node, reference: &str, fragment: &str, span: Span) {
        let text = crate::source::shortened(reference);
        if file == 0 && is_default_model(fragment) {
            let message =
                format!("the reference `{text}` leads to a model that API Gateway has and the document lacks");
            self.report(
                Diagnostic::warning("reference-default-model", span, message)
                    .with_help("add the schema, so that the document stands on its own"),
            );
            return;
        }
        let mut diagnostic =
            Diagnostic::error("reference-dangling", span, format!("the reference `{text}` leads to nothing"));
        if let Some(near) = nearest(root, fragment) {
            diagnostic = diagnostic.with_help(format!("did you mean `{near}`?"));
        } else if file == 0 {
            diagnostic = diagnostic.with_help("add what it names, or change the reference");
        } else if let Some(id) = self.files.get(file).and_then(|f| f.root.as_ref()).map(|r| r.span.file) {
            let name = self.sources.file(id).name();
            let shown = if fragment.is_empty() { "/" } else { fragment };
            diagnostic = diagnostic.with_help(format!("`{name}` has no `{}`", crate::source::shortened(shown)));
        }
        self.report(diagnostic);
    }
}

/// Returns whether a fragment names one of the models that CreateRestApi puts into every API.
fn is_default_model(fragment: &str) -> bool {
    let name = fragment.strip_prefix("/components/schemas/").or_else(|| fragment.strip_prefix("/definitions/"));
    matches!(name, Some("Empty" | "Error"))
}

/// Returns the schema with an `$anchor` of this name.
fn anchored(root: &Node, name: &str) -> Option<(EcoString, Node)> {
    if name.is_empty() || name.contains('/') {
        return None;
    }
    let mut stack: Vec<(Pointer, &Node)> = vec![(Pointer::root(), root)];
    while let Some((pointer, node)) = stack.pop() {
        if node.str_of("$anchor") == Some(name) {
            return Some((pointer.to_string().into(), node.clone()));
        }
        stack.extend(node.entries().map(|e| (pointer.join(e.key.text.clone()), &e.value)));
        stack.extend(node.items().enumerate().map(|(i, item)| (pointer.join(i.to_string()), item)));
    }
    None
}

/// Returns the reference to the sibling whose name is nearest to one that is not there.
fn nearest(root: &Node, fragment: &str) -> Option<String> {
    let mut pointer = Pointer::parse_fragment(fragment)?;
    let missing = pointer.pop()?;
    let parent = root.at(&pointer)?;
    let names = parent.entries().map(|e| e.key.text.as_str());
    let near = super::super::spelling::nearest(&missing, names)?;
    Some(pointer.join(near).to_fragment())
}
