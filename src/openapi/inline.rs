//! References replaced by what they lead to.

use std::collections::{HashMap, HashSet};

use ecow::EcoString;

use crate::source::{Diagnostic, Entry, Key, Mapping, Node, Pointer, Value};

use super::Version;
use super::grammar::{self, Object, Type};
use super::members::Members;
use super::refs;

type Home = &'static [&'static str];

/// How many references may be set into one another, so that what comes out can be read again.
const MAX_NESTED: usize = 40;
/// How many values may be set in place of references in all.
const MAX_SET_IN: usize = 4_000_000;

/// Returns an OpenAPI 3.0 document with its references replaced by what they lead to, but for those to objects that
/// `kept` names. What leads back to itself stays a reference, and is reported.
pub(super) fn inlined(root: &Node, kept: fn(&Object) -> bool, diagnostics: &mut Vec<Diagnostic>) -> Node {
    let ty = grammar::document(Version::V30);
    let mut inliner =
        Inliner { root, kept, recursive: HashSet::new(), done: HashMap::new(), spent: 0, nested: 0, full: false };
    let types = inliner.find_recursive(ty);
    if let Some(at_home) = inliner.with_strays_at_home(&types) {
        return inlined(&at_home, kept, diagnostics);
    }
    let document = inliner.expanded(root, ty).unwrap_or_else(|| root.clone());
    if inliner.full {
        let message = "references stand for too much to be set in place; some stay";
        diagnostics.push(Diagnostic::error("too-large", root.entries().next().map(|e| e.key.span), message));
    }
    let mut recursive: Vec<&EcoString> = inliner.recursive.iter().collect();
    recursive.sort();
    for reference in recursive {
        let Some(entry) = entry_at(root, reference) else { continue };
        let message = format!("`{}` leads back to itself; references to it stay", entry.key.text);
        diagnostics.push(Diagnostic::info("reference-circle", entry.key.span, message));
    }
    let mut used = inliner.recursive;
    let (document, unused) = loop {
        let (left, unused) = without_unused(&document, &used, kept);
        let named = named_by_extensions(&left);
        let before = used.len();
        used.extend(unused.iter().map(|(reference, _)| reference).filter(|r| named.contains(*r)).cloned());
        if used.len() == before {
            break (left, unused);
        }
    };
    for entry in unused.iter().filter(|(reference, _)| !types.contains_key(reference)) {
        let (_, key) = entry;
        let message = format!("`{}` is used nowhere and is left out", key.text);
        diagnostics.push(Diagnostic::info("component-unused", key.span, message));
    }
    document
}

struct Inliner<'a> {
    root: &'a Node,
    kept: fn(&Object) -> bool,
    recursive: HashSet<EcoString>,
    /// What references have become, with how many values that is.
    done: HashMap<EcoString, (Node, usize)>,
    spent: usize,
    nested: usize,
    full: bool,
}

impl Inliner<'_> {
    fn reference_of<'n>(&self, node: &'n Node, ty: Type) -> Option<&'n str> {
        let replaced = match ty {
            Type::Binding => true,
            // What is kept is kept in its own place; a reference to anywhere else is replaced.
            ty => ty.referable().is_some_and(|object| !(self.kept)(object) || !is_at_home(object, node)),
        };
        node.reference().filter(|r| replaced && r.starts_with("#/"))
    }

    fn target(&self, reference: &str) -> Option<&Node> {
        self.root.at(&Pointer::parse_fragment(reference.strip_prefix('#')?)?)
    }

    /// Finds what leads back to itself: what is left once everything that leads nowhere further, or that nothing
    /// leads to, is taken away. Returns all that is referred to, with what it is.
    fn find_recursive(&mut self, ty: Type) -> HashMap<EcoString, Type> {
        let mut types: HashMap<EcoString, Type> = HashMap::new();
        let mut edges: HashMap<EcoString, Vec<EcoString>> = HashMap::new();
        let mut queue: Vec<(EcoString, Type)> = Vec::new();
        self.references_in(self.root, ty, &mut queue);
        while let Some((reference, ty)) = queue.pop() {
            if edges.contains_key(&reference) {
                continue;
            }
            let mut inner = Vec::new();
            if let Some(target) = self.target(&reference) {
                self.references_in(target, ty, &mut inner);
            }
            types.insert(reference.clone(), ty);
            edges.insert(reference, inner.iter().map(|(reference, _)| reference.clone()).collect());
            queue.extend(inner);
        }
        let mut left: HashSet<EcoString> = edges.keys().cloned().collect();
        let mut reverse: HashMap<EcoString, Vec<EcoString>> = HashMap::new();
        let mut names: Vec<&EcoString> = edges.keys().collect();
        names.sort();
        for from in names {
            for to in &edges[from] {
                reverse.entry(to.clone()).or_default().push(from.clone());
            }
        }
        prune(&mut left, &edges, &reverse);
        prune(&mut left, &reverse, &edges);
        self.recursive = left;
        types
    }

    /// Returns the document with what leads back to itself, and is kept by reference, among the components: from
    /// where else it was it could neither stay nor be set in.
    fn with_strays_at_home(&self, types: &HashMap<EcoString, Type>) -> Option<Node> {
        let stray = |reference| {
            let Some(Type::Object(object)) = types.get(reference) else { return None };
            object.home.filter(|_| (self.kept)(object)).map(|home| (reference, home))
        };
        let mut strays: Vec<(&EcoString, Home)> = self.recursive.iter().filter_map(stray).collect();
        if strays.is_empty() {
            return None;
        }
        strays.sort();
        let mut document = self.root.clone();
        let mut moved: HashMap<EcoString, EcoString> = HashMap::new();
        for (reference, home) in strays {
            let Some(target) = self.target(reference).cloned() else { continue };
            let name = reference.rsplit('/').find(|n| n.bytes().any(|b| b.is_ascii_alphabetic())).unwrap_or("part");
            let stem = refs::component_name(name, "part");
            let section = home.iter().try_fold(&document, |node, name| node.get(name));
            let is_free = |name: &EcoString| section.is_none_or(|section| section.get(name).is_none());
            let numbered = (2..).map(|n| EcoString::from(format!("{stem}_{n}")));
            let name = std::iter::once(stem.clone()).chain(numbered).find(is_free).unwrap_or(stem);
            moved.insert(reference.clone(), refs::local_reference(home, &name));
            refs::add(&mut document, home, Key { text: name, span: target.span }, target);
        }
        grammar::rewrite(&document, grammar::document(Version::V30), &mut |node, ty| {
            let entry = node.entry("$ref").filter(|_| ty.takes_reference())?;
            let new = moved.get(entry.value.as_str()?)?;
            let mut out = Members::of(node);
            out.keep(entry.key.clone(), Node::string(new.clone(), entry.value.span));
            Some(out.node(node.span))
        })
    }

    fn references_in(&self, node: &Node, ty: Type, out: &mut Vec<(EcoString, Type)>) {
        grammar::visit(node, ty, &mut |node, ty| {
            if let Some(reference) = self.reference_of(node, ty) {
                out.push((reference.into(), ty));
                return false;
            }
            true
        });
    }

    fn expanded(&mut self, node: &Node, ty: Type) -> Option<Node> {
        grammar::rewrite(node, ty, &mut |node, ty| {
            let reference = self.reference_of(node, ty)?;
            self.set_in(reference, ty)
        })
    }

    fn set_in(&mut self, reference: &str, ty: Type) -> Option<Node> {
        if self.recursive.contains(reference) {
            return None;
        }
        if let Some((node, size)) = self.done.get(reference) {
            let node = node.clone();
            self.spent = self.spent.saturating_add(*size);
            self.full |= self.spent > MAX_SET_IN;
            return (!self.full).then_some(node);
        }
        let target = self.target(reference)?.clone();
        if self.nested >= MAX_NESTED || self.full {
            self.full = true;
            return None;
        }
        let before = std::mem::replace(&mut self.spent, 0);
        self.nested += 1;
        let node = self.expanded(&target, ty).unwrap_or_else(|| target.clone());
        self.nested -= 1;
        let size = self.spent.saturating_add(refs::size(&target, MAX_SET_IN));
        self.spent = before.saturating_add(size);
        self.full |= self.spent > MAX_SET_IN;
        self.done.insert(reference.into(), (node.clone(), size));
        (!self.full).then_some(node)
    }
}

fn is_at_home(object: &Object, node: &Node) -> bool {
    let pointer = node.reference().and_then(|r| r.strip_prefix('#')).and_then(Pointer::parse_fragment);
    let Some((pointer, home)) = pointer.zip(object.home) else { return false };
    // What is inside a component may be under another name where it is kept.
    let segments = pointer.segments();
    segments.len() == home.len() + 1 && segments.iter().zip(home).all(|(a, b)| a == *b)
}

/// Takes away, again and again, what has no edge to anything that is left.
fn prune(
    left: &mut HashSet<EcoString>,
    edges: &HashMap<EcoString, Vec<EcoString>>,
    reverse: &HashMap<EcoString, Vec<EcoString>>,
) {
    let count = |of: &EcoString, left: &HashSet<EcoString>| {
        edges.get(of).map_or(0, |to| to.iter().filter(|to| left.contains(*to)).count())
    };
    let mut counts: HashMap<EcoString, usize> = left.iter().map(|name| (name.clone(), count(name, left))).collect();
    let mut free: Vec<EcoString> = counts.iter().filter(|(_, n)| **n == 0).map(|(name, _)| name.clone()).collect();
    while let Some(name) = free.pop() {
        left.remove(&name);
        for from in reverse.get(&name).into_iter().flatten() {
            if let Some(n) = counts.get_mut(from).filter(|n| **n > 0) {
                *n -= 1;
                if *n == 0 && left.contains(from) {
                    free.push(from.clone());
                }
            }
        }
    }
}

fn entry_at<'a>(root: &'a Node, reference: &str) -> Option<&'a Entry> {
    let mut pointer = Pointer::parse_fragment(reference.strip_prefix('#')?)?;
    let name = pointer.pop()?;
    root.at(&pointer)?.entry(&name)
}

/// Returns the references in extensions: who reads these follows them, so what they lead to stays.
fn named_by_extensions(document: &Node) -> HashSet<EcoString> {
    let mut named = HashSet::new();
    grammar::visit(document, grammar::document(Version::V30), &mut |node, ty| {
        let pointer = node.reference().filter(|_| matches!(ty, Type::Extension)).and_then(|r| r.strip_prefix('#'));
        let component =
            pointer.and_then(Pointer::parse_fragment).map(|p| p.segments().iter().take(3).cloned().collect());
        named.extend(component.map(|component: Pointer| EcoString::from(component.to_fragment())));
        true
    });
    named
}

/// Returns the document without the components that nothing refers to any more, and what these were.
fn without_unused(
    document: &Node,
    used: &HashSet<EcoString>,
    kept: fn(&Object) -> bool,
) -> (Node, Vec<(EcoString, Key)>) {
    let mut unused = Vec::new();
    let Some(components) = document.get("components") else { return (document.clone(), unused) };
    let ty = grammar::document(Version::V30).of_member("components");
    let mut out = Members::default();
    for Entry { key, value } in components.entries() {
        let object = match ty.of_member(&key.text) {
            Type::Map(Type::Object(object)) => Some(*object),
            Type::Map(Type::Binding) => None,
            _ => {
                out.keep(key.clone(), value.clone());
                continue;
            }
        };
        if key.text == "securitySchemes" || object.is_some_and(kept) {
            out.keep(key.clone(), value.clone());
            continue;
        }
        let home: Pointer = ["components", key.text.as_str()].into_iter().collect();
        let mut entries = Mapping::new();
        for entry in value.entries() {
            let reference = EcoString::from(home.join(entry.key.text.clone()).to_fragment());
            if used.contains(&reference) {
                entries.push(entry.clone());
            } else {
                unused.push((reference, entry.key.clone()));
            }
        }
        if !entries.is_empty() {
            out.keep(key.clone(), Node::new(Value::Mapping(entries), value.span));
        }
    }
    let mut root = Members::of(document);
    if out.is_empty() {
        root.take("components");
    } else {
        let span = components.span;
        root.put("components", document.entry("components").map_or(span, |e| e.key.span), out.node(span));
    }
    (root.node(document.span), unused)
}
