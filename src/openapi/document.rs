//! A loaded document: OpenAPI 3.0 in one tree, every reference local.

use std::fmt;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ecow::EcoString;

use crate::source::{Entry, Node, Pointer, Sources, Span};

/// The version a document was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// Swagger 2.0
    V2,
    /// OpenAPI 3.0.x
    V30,
    /// OpenAPI 3.1.x
    V31,
}

/// A document as the rest of the program sees it.
///
/// Whatever it was written in, its root is OpenAPI 3.0, references to other files have been
/// brought in, and each node keeps the span it was written at.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) root: Node,
    pub(super) version: Version,
    pub(super) sources: Sources,
    components: Arc<Components>,
    /// The root before it was lowered to 3.0, references to other files brought in; OpenAPI 3.1 alone has it.
    written: Option<Node>,
}

/// Where each component is in its section, so that following a reference does not search thousands of names.
#[derive(Debug, Default)]
struct Components(HashMap<&'static str, HashMap<EcoString, usize>>);

/// The sections of `components`, which [`Components`] knows.
const SECTIONS: [&str; 9] = [
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
];

impl Components {
    fn of(root: &Node) -> Self {
        let components = root.get("components");
        let sections = SECTIONS.into_iter().filter_map(|section| {
            let entries = components?.get(section)?.entries();
            Some((section, entries.enumerate().map(|(at, e)| (e.key.text.clone(), at)).collect()))
        });
        Self(sections.collect())
    }

    /// Returns the node at a pointer that leads to a component, or into one.
    fn at<'a>(&self, root: &'a Node, pointer: &Pointer) -> Option<&'a Node> {
        let [first, section, name, rest @ ..] = pointer.segments() else { return root.at(pointer) };
        let Some(names) = self.0.get(section.as_str()).filter(|_| first == "components") else {
            return root.at(pointer);
        };
        let section = root.get("components")?.get(section)?;
        let component = &section.as_map()?.nth(*names.get(name)?)?.value;
        if rest.is_empty() { Some(component) } else { component.at(&rest.iter().cloned().collect()) }
    }
}

/// A method of a path item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// `get`
    Get,
    /// `put`
    Put,
    /// `post`
    Post,
    /// `delete`
    Delete,
    /// `options`
    Options,
    /// `head`
    Head,
    /// `patch`
    Patch,
    /// `trace`
    Trace,
    /// `x-amazon-apigateway-any-method`
    Any,
}

impl Method {
    /// All of them, in the order of the OpenAPI specification, `Any` last.
    pub const ALL: [Self; 9] = [
        Self::Get,
        Self::Put,
        Self::Post,
        Self::Delete,
        Self::Options,
        Self::Head,
        Self::Patch,
        Self::Trace,
        Self::Any,
    ];

    /// Returns the member of a path item that holds this method's operation.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Put => "put",
            Self::Post => "post",
            Self::Delete => "delete",
            Self::Options => "options",
            Self::Head => "head",
            Self::Patch => "patch",
            Self::Trace => "trace",
            Self::Any => "x-amazon-apigateway-any-method",
        }
    }

    /// Returns the method that a member of a path item holds.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.key() == key)
    }

    /// Returns the verb in upper case; `ANY` for the catch-all.
    #[must_use]
    pub fn verb(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
            Self::Any => "ANY",
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())
    }
}

/// A path and its item.
#[derive(Clone, Copy, Debug)]
pub struct PathItem<'a> {
    /// The path template, as written: `/pets/{petId}`.
    pub path: &'a str,
    /// Where the template was written.
    pub span: Span,
    /// The path item, references followed.
    pub node: &'a Node,
}

/// An operation of a path.
#[derive(Clone, Copy, Debug)]
pub struct Operation<'a> {
    /// The path it belongs to.
    pub path: PathItem<'a>,
    /// Its method.
    pub method: Method,
    /// Where the method was written.
    pub span: Span,
    /// The operation.
    pub node: &'a Node,
}

/// A parameter that applies to an operation.
#[derive(Clone, Copy, Debug)]
pub struct Parameter<'a> {
    /// Its `name`.
    pub name: &'a str,
    /// Its `in`: `path`, `query`, `header`, `cookie`.
    pub location: &'a str,
    /// The parameter, references followed.
    pub node: &'a Node,
    /// Whether it was written at the path item rather than at the operation.
    pub shared: bool,
}

/// What a node turns out to be once references are followed.
#[derive(Clone, Copy, Debug)]
pub enum Resolved<'a> {
    /// The node itself, or the one its reference leads to.
    Node(&'a Node),
    /// The reference leads nowhere, or in a circle without anything in it.
    Dangling {
        /// The text of the reference.
        reference: &'a str,
        /// Where it was written.
        span: Span,
    },
}

impl<'a> Resolved<'a> {
    /// Returns the node, if there is one.
    #[must_use]
    pub fn node(self) -> Option<&'a Node> {
        match self {
            Self::Node(node) => Some(node),
            Self::Dangling { .. } => None,
        }
    }
}

/// How many references may follow one another before they are taken for a circle.
const MAX_REFERENCE_CHAIN: usize = 64;

impl Document {
    /// Returns the document of an OpenAPI 3.0 root whose references are local.
    pub(super) fn new(root: Node, version: Version, sources: Sources) -> Self {
        let components = Arc::new(Components::of(&root));
        Self { root, version, sources, components, written: None }
    }

    /// Keeps the root as it was before it was lowered to 3.0.
    pub(super) fn with_written(mut self, written: Node) -> Self {
        self.written = Some(written);
        self
    }

    /// Returns this document with the OpenAPI 3.1 root it was written with, which says more than 3.0 can; `None` when it
    /// was written in another version, or changed since.
    #[must_use]
    pub fn as_written(&self) -> Option<Self> {
        self.written.clone().map(|root| self.with_root(root))
    }

    /// Returns the root of the OpenAPI 3.0 document.
    #[must_use]
    pub fn root(&self) -> &Node {
        &self.root
    }

    /// Returns this document with another root, which is OpenAPI 3.0 too.
    #[must_use]
    pub fn with_root(&self, root: Node) -> Self {
        Self::new(root, self.version, self.sources.clone())
    }

    /// Returns the document as one that was written in this version, as it is after it has been sent somewhere.
    #[must_use]
    pub fn with_version(&self, version: Version) -> Self {
        Self::new(self.root.clone(), version, self.sources.clone())
    }

    /// Returns the version the document was written in.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version
    }

    /// Returns the files it was read from.
    #[must_use]
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Follows the reference of a node, if it is one, to its end.
    #[must_use]
    pub fn resolve<'a>(&'a self, node: &'a Node) -> Resolved<'a> {
        let mut current = node;
        for _ in 0..MAX_REFERENCE_CHAIN {
            let Some(reference) = current.reference() else { return Resolved::Node(current) };
            let target = reference.strip_prefix('#').and_then(Pointer::parse_fragment);
            match target.and_then(|pointer| self.components.at(&self.root, &pointer)) {
                Some(next) => current = next,
                None => return Resolved::Dangling { reference, span: current.span },
            }
        }
        Resolved::Dangling { reference: node.reference().unwrap_or_default(), span: node.span }
    }

    /// Returns the node with its references followed, or the node itself when they lead nowhere.
    #[must_use]
    pub fn resolved<'a>(&'a self, node: &'a Node) -> &'a Node {
        self.resolve(node).node().unwrap_or(node)
    }

    /// Returns the paths in the order they were written. Members beginning `x-` are not paths.
    pub fn paths(&self) -> impl Iterator<Item = PathItem<'_>> {
        let entries = self.root.get("paths").map(Node::entries).unwrap_or_default();
        entries.filter(|e| !e.key.text.starts_with("x-")).map(|e| PathItem {
            path: &e.key.text,
            span: e.key.span,
            node: self.resolved(&e.value),
        })
    }

    /// Returns the operations in the order they were written.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        self.paths().flat_map(move |path| self.operations_of(path))
    }

    /// Returns the operations of one path in the order they were written.
    pub fn operations_of<'a>(&'a self, path: PathItem<'a>) -> impl Iterator<Item = Operation<'a>> {
        path.node.entries().filter_map(move |Entry { key, value }| {
            let method = Method::from_key(&key.text)?;
            Some(Operation { path, method, span: key.span, node: self.resolved(value) })
        })
    }

    /// Returns the parameters of an operation: its own in order, then those of its path item that
    /// it does not replace (OpenAPI 3.0.3 §4.8.9).
    #[must_use]
    pub fn parameters<'a>(&'a self, operation: &Operation<'a>) -> Vec<Parameter<'a>> {
        /// Parameters up to which looking at each is quicker than a set.
        const FEW: usize = 32;
        let mut parameters: Vec<Parameter<'a>> = Vec::new();
        let mut known: HashSet<(&str, &str)> = HashSet::new();
        for (owner, shared) in [(operation.node, false), (operation.path.node, true)] {
            for node in owner.get("parameters").map(Node::items).unwrap_or_default() {
                let node = self.resolved(node);
                let (Some(name), Some(location)) = (node.str_of("name"), node.str_of("in")) else { continue };
                if parameters.len() == FEW {
                    known.extend(parameters.iter().map(|p| (p.name, p.location)));
                }
                let is_new = match parameters.len() < FEW {
                    true => !parameters.iter().any(|p| p.name == name && p.location == location),
                    false => known.insert((name, location)),
                };
                if is_new {
                    parameters.push(Parameter { name, location, node, shared });
                }
            }
        }
        parameters
    }
}

impl Operation<'_> {
    /// Returns `GET /pets`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} {}", self.method, self.path.path)
    }

    /// Returns the `operationId`, if there is one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.node.str_of("operationId").filter(|id| !id.is_empty())
    }
}
