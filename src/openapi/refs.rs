//! References to other files: what they lead to is brought into the document, so that every reference left is local.

mod files;
mod identifiers;
mod marks;
mod misplaced;

use std::collections::VecDeque;
use std::sync::Arc;

use ahash::{AHashMap as HashMap, AHashSet as HashSet};
use ecow::EcoString;

use crate::source::{Diagnostic, Entry, Key, Mapping, Node, Pointer, Span, Value};

use super::Version;
use super::grammar::{self, Object, Type};

pub(super) use files::Files;

/// How many references may follow one another before they are taken for a circle.
const MAX_CHAIN: usize = 64;
/// How deeply path items and bindings of other files may be set into one another.
const MAX_INLINED: usize = 32;
/// How many values may be set in place of references that have no place of their own.
const MAX_INLINED_NODES: usize = 4_000_000;

/// Returns the root of file 0 with everything it refers to in other files brought in. Each node keeps its own span.
///
/// Local references that lead nowhere, or in a circle, are reported and stay.
pub(super) fn bundled(files: &mut Files<'_>, version: Version) -> Node {
    let Some(root) = files.root(0).cloned() else {
        return Node::mapping(Mapping::new(), Span { file: crate::source::FileId(0), start: 0, end: 0 });
    };
    let mut bundler = Bundler {
        files,
        version,
        placed: HashMap::new(),
        homes: HashMap::new(),
        names: HashMap::new(),
        added: Vec::new(),
        queue: VecDeque::new(),
        known: HashSet::new(),
        kept: HashSet::new(),
        inlined: 0,
        depth: 0,
        extensions: Vec::new(),
        misplaced: Vec::new(),
    };
    let ty = grammar::document(version);
    let references = bundler.references(&root, ty);
    let any_misplaced = references.iter().any(|(node, ty)| misplaced::is_misplaced(node, *ty));
    let root = if any_misplaced { bundler.set_in_root(root, ty) } else { root };
    bundler.find_homes(&root);
    let mut document = if !any_misplaced && bundler.all_stay(&references) {
        root
    } else {
        bundler.rewritten(0, &root, ty).unwrap_or(root)
    };
    while let Some(job) = bundler.queue.pop_front() {
        if let Some(node) = bundler.rewritten(job.target.file, &job.target.node, job.ty) {
            bundler.added[job.slot].value = node;
        }
    }
    bundler.report_misplaced();
    for Added { home, key, value } in bundler.added {
        add(&mut document, home, key, value);
    }
    document
}

fn is_discriminator(ty: Type) -> bool {
    matches!(ty, Type::Object(object) if object.name == "a discriminator")
}

/// Where a reference leads: the node, and the file that holds it.
#[derive(Clone)]
struct Target {
    file: usize,
    /// The pointer's text, which with the file identifies the target.
    pointer: EcoString,
    node: Node,
}

struct Job {
    slot: usize,
    target: Target,
    ty: Type,
}

struct Added {
    home: &'static [&'static str],
    key: Key,
    value: Node,
}

type Home = &'static [&'static str];

struct Bundler<'f, 'l> {
    files: &'f mut Files<'l>,
    version: Version,
    /// The local reference of what has been brought in.
    placed: HashMap<(Home, usize, EcoString), EcoString>,
    /// Components of the root that are nothing but a reference to a file: what it leads to takes their place.
    homes: HashMap<Span, Target>,
    names: HashMap<Home, HashSet<EcoString>>,
    added: Vec<Added>,
    queue: VecDeque<Job>,
    /// Local references of the root that have been found to lead somewhere.
    known: HashSet<EcoString>,
    /// Those of them that stay as they are, wherever an object may be given by reference.
    kept: HashSet<EcoString>,
    inlined: usize,
    depth: usize,
    /// What is being set in extensions, outermost first.
    extensions: Vec<(usize, EcoString)>,
    /// References where OpenAPI has none.
    misplaced: Vec<Span>,
}

impl Bundler<'_, '_> {
    fn find_homes(&mut self, root: &Node) {
        let mut found: Vec<(Home, usize, EcoString, Node)> = Vec::new();
        for home in homes(self.version) {
            let section = home.iter().try_fold(root, |node, name| node.get(name));
            let entries = section.map(Node::entries).unwrap_or_default();
            let names = self.names.entry(home).or_default();
            for Entry { key, value } in entries {
                names.insert(key.text.clone());
                let file = self.files.index_of(value.span.file).unwrap_or(0);
                if value.reference().is_some_and(|r| file != 0 || !r.starts_with('#')) {
                    found.push((home, file, key.text.clone(), value.clone()));
                }
            }
        }
        for (home, file, name, node) in found {
            let Some(target) = self.target_of(file, &node) else { continue };
            if target.file == 0 {
                continue;
            }
            let id = (home, target.file, target.pointer.clone());
            if let std::collections::hash_map::Entry::Vacant(slot) = self.placed.entry(id) {
                slot.insert(local_reference(home, &name));
                self.homes.insert(node.span, target);
            }
        }
    }

    /// Returns what [`replacement`](Self::replacement) may have something to say of: references, and what holds them by
    /// another name.
    fn references(&self, root: &Node, ty: Type) -> Vec<(Node, Type)> {
        let marks = self.files.marks();
        let mut found = Vec::new();
        grammar::rewrite_where(root, ty, &|node| marks.may_refer(node), &mut |node, ty| {
            if is_discriminator(ty) || node.entry("$ref").is_some() {
                found.push((node.clone(), ty));
            }
            None
        });
        found
    }

    /// Returns whether the references of the root stay as they are, as those of a document of one file do. Those that lead
    /// nowhere are reported.
    fn all_stay(&mut self, references: &[(Node, Type)]) -> bool {
        let inlined = self.inlined;
        let stay = references.iter().all(|(node, ty)| self.replacement(0, node, *ty).is_none());
        self.inlined = inlined;
        stay
    }

    fn rewritten(&mut self, file: usize, node: &Node, ty: Type) -> Option<Node> {
        let marks = Arc::clone(self.files.marks());
        grammar::rewrite_where(node, ty, &|node| marks.may_refer(node), &mut |node, ty| {
            self.replacement(file, node, ty)
        })
    }

    /// Returns what stands in place of a node, if it is a reference that has to change.
    fn replacement(&mut self, file: usize, node: &Node, ty: Type) -> Option<Node> {
        // Parts of other files may have been set into the document.
        let file = if file == 0 { self.files.index_of(node.span.file).unwrap_or(0) } else { file };
        if is_discriminator(ty) {
            return self.discriminator(file, node);
        }
        let Some(reference) = node.reference() else {
            self.check_kind(node, ty);
            return None;
        };
        if matches!(ty, Type::Binding) {
            if file == 0 && reference.starts_with('#') {
                if reference.starts_with("#/") {
                    self.check_local(node);
                }
                return None;
            }
            let target = self.target_of(file, node)?;
            return self.inline(&target, ty, Self::rewritten);
        }
        if matches!(ty, Type::Extension) {
            return self.extension(file, node);
        }
        if misplaced::is_misplaced(node, ty) {
            return self.put_in_place(file, node, ty, Self::rewritten);
        }
        let object = ty.referable()?;
        if file == 0 && self.kept.contains(reference) {
            return None;
        }
        // `#name` is an anchor of JSON Schema 2020-12, which only pointers are left of.
        let anchored = reference.len() > 1 && !reference.starts_with("#/");
        let is_stray = |pointer: &str| leads_off_the_map(pointer, self.version);
        let strays = reference.strip_prefix('#').is_some_and(is_stray);
        if file == 0 && reference.starts_with('#') && !anchored && !strays {
            if self.check_local(node) {
                self.kept.insert(reference.into());
            }
            return None;
        }
        if let Some(target) = self.homes.get(&node.span).cloned() {
            return Some(self.rewritten(target.file, &target.node, ty).unwrap_or(target.node));
        }
        let target = self.target_of(file, node)?;
        let Some(home) = object.home.filter(|_| object.name != "a path item") else {
            let content = self.inline(&target, ty, Self::rewritten)?;
            return Some(with_siblings(content, node));
        };
        let local = if target.file == 0 && !leads_off_the_map(&target.pointer, self.version) {
            reference_to(&target.pointer)
        } else {
            self.place(home, target, ty, object)
        };
        let mut mapping = node.as_map()?.clone();
        let span = node.get("$ref")?.span;
        mapping.set(Key { text: "$ref".into(), span }, Node::string(local, span));
        Some(Node::mapping(mapping, node.span))
    }

    /// Returns what a reference in an extension leads to in another file. Nobody says that it is one: what leads to
    /// nothing that can be read stays, with a warning.
    fn extension(&mut self, file: usize, node: &Node) -> Option<Node> {
        let entry = node.entry("$ref")?;
        let reference = entry.value.as_str()?;
        let (path, _) = reference.split_once('#').unwrap_or((reference, ""));
        let names_document = [".json", ".yaml", ".yml"].iter().any(|end| path.ends_with(end));
        if if path.is_empty() { file == 0 } else { !names_document } {
            return None;
        }
        let target = self.files.tolerating(file, path, entry.value.span, |files| follow_to_end(files, file, node))?;
        if target.file == 0 && !leads_off_the_map(&target.pointer, self.version) {
            let mut out = node.as_map()?.clone();
            out.set(entry.key.clone(), Node::string(reference_to(&target.pointer), entry.value.span));
            return Some(Node::mapping(out, node.span));
        }
        let id = (target.file, target.pointer.clone());
        self.inlined += size(&target.node, MAX_INLINED_NODES);
        if self.extensions.contains(&id) || self.inlined > MAX_INLINED_NODES {
            let text = crate::source::shortened(reference);
            let message = format!("the reference `{text}` in an extension leads back to itself; it stays as it is");
            self.files.report(Diagnostic::warning("reference-circle", entry.value.span, message));
            return None;
        }
        self.extensions.push(id);
        let content = self.rewritten(target.file, &target.node, Type::Extension);
        self.extensions.pop();
        Some(content.unwrap_or(target.node))
    }

    /// Returns the reference to a target, giving it a place in the document when it has none yet.
    fn place(&mut self, home: Home, target: Target, ty: Type, object: &Object) -> EcoString {
        let id = (home, target.file, target.pointer.clone());
        if let Some(local) = self.placed.get(&id) {
            return local.clone();
        }
        let stem = self.files.stem(target.file);
        let name = target.pointer.rsplit('/').next().filter(|n| !n.is_empty());
        let name = match name.map(|n| Pointer::parse(&format!("/{n}"))) {
            Some(Some(pointer)) => pointer.segments().first().cloned().unwrap_or_default(),
            _ => stem.clone(),
        };
        let fallback = object.name.rsplit(' ').next().unwrap_or("part");
        let name = component_name(&name, fallback);
        let qualified = component_name(&format!("{stem}_{name}"), fallback);
        let taken = self.names.entry(home).or_default();
        let numbered = (2..).map(|n| EcoString::from(format!("{qualified}_{n}")));
        let free = [name, qualified.clone()].into_iter().chain(numbered).find(|name| !taken.contains(name));
        let name = free.unwrap_or(qualified);
        taken.insert(name.clone());
        let local = local_reference(home, &name);
        self.placed.insert(id, local.clone());
        let key = Key { text: name, span: target.node.span };
        self.added.push(Added { home, key, value: target.node.clone() });
        self.queue.push_back(Job { slot: self.added.len() - 1, target, ty });
        local
    }

    /// Returns the content of a target, for places that take no reference.
    fn inline(
        &mut self,
        target: &Target,
        ty: Type,
        inside: fn(&mut Self, usize, &Node, Type) -> Option<Node>,
    ) -> Option<Node> {
        self.inlined += size(&target.node, MAX_INLINED_NODES);
        if self.depth >= MAX_INLINED || self.inlined > MAX_INLINED_NODES {
            let message = "references that have to be set in place lead in a circle or stand for too much";
            self.files.report(Diagnostic::error("reference-circle", target.node.span, message));
            return None;
        }
        self.depth += 1;
        let content = inside(self, target.file, &target.node, ty).unwrap_or_else(|| target.node.clone());
        self.depth -= 1;
        Some(content)
    }

    /// Reports a `$ref` that is no text where a reference is meant.
    fn check_kind(&mut self, node: &Node, ty: Type) {
        let Some(entry) = node.entry("$ref").filter(|_| ty.referable().is_some()) else { return };
        let message = format!("a reference is text, and this is {}", entry.value.kind().with_article());
        self.files.report(Diagnostic::error("reference-not-text", entry.value.span, message));
    }

    /// Reports a local reference that leads nowhere; returns whether it leads somewhere.
    fn check_local(&mut self, node: &Node) -> bool {
        let Some(reference) = node.reference() else { return false };
        if self.known.contains(reference) {
            return true;
        }
        let leads = self.target_of(0, node).is_some();
        if leads {
            self.known.insert(reference.into());
        }
        leads
    }

    /// Follows a reference to its end. One that leads nowhere is reported.
    fn target_of(&mut self, file: usize, node: &Node) -> Option<Target> {
        follow_to_end(self.files, file, node)
    }

    /// Rewrites the references among the values of a discriminator's mapping.
    fn discriminator(&mut self, file: usize, node: &Node) -> Option<Node> {
        let mapping = node.get("mapping")?;
        let mut changed = mapping.as_map()?.clone();
        let mut any = false;
        for entry in changed.entries_mut() {
            let Some(text) = entry.value.as_str() else { continue };
            let names_file = text.contains('/') || text.ends_with(".yaml") || text.ends_with(".yml");
            let to_file = names_file || text.ends_with(".json") || (file != 0 && text.starts_with('#'));
            if !to_file || (file == 0 && text.starts_with('#')) {
                continue;
            }
            let Some(mut target) = self.files.follow(file, text, entry.value.span) else { continue };
            if target.node.reference().is_some() {
                let Some(end) = self.target_of(target.file, &target.node) else { continue };
                target = end;
            }
            let ty = grammar::schema(self.version);
            let Type::Object(object) = ty.for_node(&target.node) else { continue };
            let Some(home) = object.home else { continue };
            let local =
                if target.file == 0 { reference_to(&target.pointer) } else { self.place(home, target, ty, object) };
            entry.value = Node::string(local, entry.value.span);
            any = true;
        }
        if !any {
            return None;
        }
        let mut out = node.as_map()?.clone();
        let key = node.entry("mapping")?.key.clone();
        out.set(key, Node::mapping(changed, mapping.span));
        Some(Node::mapping(out, node.span))
    }
}

/// Follows a reference to its end. One that leads nowhere is reported.
fn follow_to_end(files: &mut Files<'_>, file: usize, node: &Node) -> Option<Target> {
    let (mut file, mut current) = (file, node.clone());
    for _ in 0..MAX_CHAIN {
        let reference = current.get("$ref")?.clone();
        let target = files.follow(file, reference.as_str()?, reference.span)?;
        let again = target.node.reference().is_some() && !has_schema_siblings(&target.node);
        if !again {
            return Some(target);
        }
        (file, current) = (target.file, target.node);
    }
    let reference = node.get("$ref")?;
    let text = crate::source::shortened(reference.as_str().unwrap_or_default());
    let message = format!("the reference `{text}` leads in a circle, with nothing in it");
    files.report(Diagnostic::error("reference-circle", reference.span, message));
    None
}

/// The places of what can be referred to, by version.
fn homes(version: Version) -> &'static [Home] {
    match version {
        Version::V2 => &[&["definitions"], &["parameters"], &["responses"], &["securityDefinitions"]],
        Version::V30 | Version::V31 => &[
            &["components", "schemas"],
            &["components", "responses"],
            &["components", "parameters"],
            &["components", "examples"],
            &["components", "requestBodies"],
            &["components", "headers"],
            &["components", "securitySchemes"],
            &["components", "links"],
            &["components", "callbacks"],
            &["components", "mediaTypes"],
        ],
    }
}

pub(super) fn local_reference(home: Home, name: &str) -> EcoString {
    let pointer: Pointer = home.iter().copied().chain([name]).collect();
    pointer.to_fragment().into()
}

/// Returns whether a pointer leads into an extension, or another part of a document of which the specification does
/// not say what it holds: what is there is then only what the reference takes it for.
fn leads_off_the_map(pointer: &str, version: Version) -> bool {
    let Some(pointer) = Pointer::parse_fragment(pointer) else { return false };
    // Of these, 3.0 has the one under another name, and the other not at all.
    let is_of_31 = match pointer.segments() {
        [first, _, ..] if first == "webhooks" => true,
        [first, second, _, _, ..] => first == "components" && second == "pathItems",
        _ => false,
    };
    if is_of_31 && version == Version::V31 {
        return true;
    }
    let mut ty = grammar::document(version);
    for segment in pointer.segments().iter().take(2) {
        let Type::Object(object) = ty else { return false };
        match object.member_type(segment) {
            Some(member) if !segment.starts_with("x-") => ty = member,
            _ => return true,
        }
    }
    false
}

fn reference_to(pointer: &str) -> EcoString {
    Pointer::parse(pointer).map_or_else(|| "#".into(), |pointer| pointer.to_fragment().into())
}

/// Returns whether a schema says something besides its `$ref` (OpenAPI 3.1), so that it is more than its target.
fn has_schema_siblings(node: &Node) -> bool {
    node.as_map().is_some_and(|m| m.len() > 1)
        && node.entries().any(|e| !matches!(e.key.text.as_str(), "$ref" | "summary" | "description"))
}

/// Returns a path item with the members written beside the `$ref` that led to it.
fn with_siblings(content: Node, reference: &Node) -> Node {
    let Value::Mapping(mut mapping) = content.value else { return content };
    for Entry { key, value } in reference.entries().filter(|e| e.key.text != "$ref") {
        mapping.set(key.clone(), value.clone());
    }
    Node::mapping(mapping, content.span)
}

/// Returns a name that a component may have (`^[a-zA-Z0-9._-]+$`).
pub(super) fn component_name(text: &str, fallback: &str) -> EcoString {
    let name: EcoString =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' }).collect();
    if name.bytes().any(|b| b.is_ascii_alphanumeric()) { name } else { fallback.into() }
}

/// Returns how many values are in a tree, counting no further than `limit`.
pub(super) fn size(node: &Node, limit: usize) -> usize {
    let mut stack = vec![node];
    let mut count = 0;
    while let Some(node) = stack.pop() {
        count += 1;
        if count > limit {
            break;
        }
        stack.extend(node.items());
        stack.extend(node.entries().map(|e| &e.value));
    }
    count
}

/// Adds a component to its section, which is made where it is missing.
pub(super) fn add(root: &mut Node, home: &[&str], key: Key, value: Node) {
    let span = root.span;
    if root.as_map().is_none() {
        // `components:` with nothing after it.
        root.value = Value::Mapping(Mapping::new());
    }
    let Value::Mapping(mapping) = &mut root.value else { return };
    let Some((first, rest)) = home.split_first() else {
        mapping.push(Entry { key, value });
        return;
    };
    if !mapping.contains(first) {
        let key = Key { text: (*first).into(), span };
        mapping.push(Entry { key, value: Node::mapping(Mapping::new(), span) });
    }
    if let Some(entry) = mapping.entries_mut().iter_mut().find(|e| e.key.text == *first) {
        add(&mut entry.value, rest, key, value);
    }
}
