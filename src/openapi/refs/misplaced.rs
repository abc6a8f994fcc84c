//! References where OpenAPI has none: `paths: {$ref: paths.yaml}`, an operation in a file of its own, a description in a
//! text file. Other tools follow them, so documents have them; what they lead to is set in their place.

use std::sync::Arc;

use crate::source::{Diagnostic, Node, Span};

use super::super::grammar::{self, Pattern, Type};
use super::{Bundler, Home, homes, local_reference, with_siblings};

/// The ends of names of files that are text as a whole.
const TEXTS: [&str; 4] = [".md", ".markdown", ".txt", ".html"];

/// Returns whether a node is a reference at a place that takes none, and whose own members it cannot be one of.
pub(super) fn is_misplaced(node: &Node, ty: Type) -> bool {
    // Names of the user's choice to texts: `$ref` may be one of them.
    let of_texts = |ty: &Type| matches!(ty, Type::Any | Type::Text);
    let takes = match ty {
        Type::Any | Type::Binding | Type::Extension => true,
        Type::Map(of) => of_texts(of),
        Type::Object(object) => {
            let names_texts = matches!(&object.pattern, Some(Pattern::Name(ty)) if of_texts(ty));
            object.referable || names_texts || object.member("$ref").is_some()
        }
        _ => false,
    };
    !takes && node.reference().is_some_and(|reference| !reference.is_empty())
}

impl Bundler<'_, '_> {
    /// Sets in place what such references in the document itself lead to, so that local references lead into it too.
    pub(super) fn set_in_root(&mut self, root: Node, ty: Type) -> Node {
        let Some(root) = self.set_in(&root, ty) else { return root };
        self.files.set_root(0, root.clone());
        // What other files' references call by its place there is a component already.
        for home in homes(self.version) {
            let section = home.iter().try_fold(&root, |node, name| node.get(name));
            for entry in section.map(Node::entries).unwrap_or_default() {
                let Some(file) = self.files.index_of(entry.key.span.file).filter(|file| *file != 0) else { continue };
                let pointer = self.files.sources.locate(entry.key.span).pointer;
                let id: (Home, _, _) = (home, file, pointer.into());
                self.placed.entry(id).or_insert_with(|| local_reference(home, &entry.key.text));
            }
        }
        root
    }

    fn set_in(&mut self, node: &Node, ty: Type) -> Option<Node> {
        let marks = Arc::clone(self.files.marks());
        grammar::rewrite_where(node, ty, &|node| marks.may_refer(node), &mut |node, ty| {
            if !is_misplaced(node, ty) {
                return None;
            }
            let file = self.files.index_of(node.span.file).unwrap_or(0);
            self.put_in_place(file, node, ty, Self::set_in_file)
        })
    }

    fn set_in_file(&mut self, _: usize, node: &Node, ty: Type) -> Option<Node> {
        self.set_in(node, ty)
    }

    /// Returns what stands in the place of such a reference in `file`, itself gone through by `inside`.
    pub(super) fn put_in_place(
        &mut self,
        file: usize,
        node: &Node,
        ty: Type,
        inside: fn(&mut Self, usize, &Node, Type) -> Option<Node>,
    ) -> Option<Node> {
        let entry = node.entry("$ref")?;
        let reference = entry.value.as_str()?;
        if ty.fits(crate::source::Kind::String) && TEXTS.iter().any(|end| reference.ends_with(end)) {
            let text = self.files.text_of(file, reference, entry.value.span)?;
            self.note_misplaced(entry.key.span);
            return Some(Node::string(text, entry.value.span));
        }
        let target = self.target_of(file, node)?;
        // What does not fit here is told of as anything else that does not.
        if !ty.fits(target.node.kind()) {
            return None;
        }
        self.note_misplaced(entry.key.span);
        let content = self.inline(&target, ty, inside)?;
        Some(with_siblings(content, node))
    }

    fn note_misplaced(&mut self, span: Span) {
        self.misplaced.push(span);
    }

    /// Says once that there were such references, at the first.
    pub(super) fn report_misplaced(&mut self) {
        self.misplaced.sort_unstable_by_key(|span| (span.file, span.start));
        self.misplaced.dedup();
        let Some(first) = self.misplaced.first() else { return };
        let more = match self.misplaced.len() - 1 {
            0 => String::new(),
            1 => ", nor at another place".to_owned(),
            more => format!(", nor at {more} other places"),
        };
        let message = format!("OpenAPI has no `$ref` here{more}; what it leads to was set in its place");
        self.files.report(
            Diagnostic::warning("reference-misplaced", *first, message).with_help(
                "not every tool follows such references; `gatewright bundle` writes a document without them",
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::grammar::Object;
    use super::*;

    #[test]
    fn what_may_be_data_is_no_reference() {
        let span = Span { file: crate::source::FileId(0), start: 0, end: 0 };
        let reference = Node::from_json(&serde_json::json!({ "$ref": "#/a" }), span);
        let document = grammar::document(crate::openapi::Version::V30);
        let Type::Object(document): Type = document else { panic!("an object") };
        let of = |object: &'static Object, name: &str| object.member_type(name).expect("a member");
        assert!(is_misplaced(&reference, of(document, "paths")));
        assert!(is_misplaced(&reference, of(document, "servers")));
        assert!(!is_misplaced(&reference, of(document, "x-anything")));
        static TEXT: Type = Type::Text;
        assert!(is_misplaced(&reference, TEXT));
        assert!(!is_misplaced(&reference, Type::Map(&TEXT)));
        assert!(!is_misplaced(&reference, Type::Any));
    }
}
