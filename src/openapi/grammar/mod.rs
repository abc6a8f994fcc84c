//! What an OpenAPI document is made of: for each version, the objects, their members, and where references may stand.
//!
//! Following references, converting, validating and stripping all walk documents by these tables, so that a `$ref` in
//! an example stays data, and a schema's property that is named `parameters` stays a property.

mod v2;
mod v30;
mod v31;

use crate::source::{Entry, Kind, Node, Value};

use super::Version;

/// What may stand at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Type {
    /// Anything; references in it are data.
    Any,
    /// Anything that API Gateway reads (`x-amazon-apigateway-…`); references in it are meant.
    Binding,
    /// Anything, under a name that the specification does not define; references in it are likely meant.
    Extension,
    Text,
    Boolean,
    Number,
    Integer,
    Object(&'static Object),
    /// Names of the user's choice to values of one type.
    Map(&'static Type),
    List(&'static Type),
    /// The first that fits the JSON type of the node.
    OneOf(&'static [Type]),
}

/// An object of the specification.
#[derive(Debug)]
pub(crate) struct Object {
    /// The name with its article: `a parameter`.
    pub(crate) name: &'static str,
    /// Whether a `$ref` may stand in its place.
    pub(crate) referable: bool,
    /// Where such objects are kept for reuse: `components/schemas`. Absent where there is no such place.
    pub(crate) home: Option<&'static [&'static str]>,
    pub(crate) members: &'static [Member],
    /// Members whose names are the user's.
    pub(crate) pattern: Option<Pattern>,
    /// Whether members that are not listed are allowed.
    pub(crate) open: bool,
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) ty: Type,
    pub(crate) required: bool,
}

/// Members whose names are the user's.
#[derive(Debug)]
pub(crate) enum Pattern {
    /// Path templates.
    Path(Type),
    /// Status codes, ranges (`2XX`) and `default`.
    Status(Type),
    /// Any name.
    Name(Type),
}

/// Returns the type of a whole document.
pub(crate) fn document(version: Version) -> Type {
    match version {
        Version::V2 => Type::Object(&v2::DOCUMENT),
        Version::V30 => Type::Object(&v30::DOCUMENT),
        Version::V31 => Type::Object(&v31::DOCUMENT),
    }
}

/// Returns the type of a schema.
pub(crate) fn schema(version: Version) -> Type {
    match version {
        Version::V2 => Type::Object(&v2::SCHEMA),
        Version::V30 => Type::Object(&v30::SCHEMA),
        Version::V31 => v31::SCHEMA_ITEM,
    }
}

impl Type {
    /// Returns the one of several types that fits a node.
    pub(crate) fn for_node(self, node: &Node) -> Type {
        match self {
            Self::OneOf(types) => {
                types.iter().copied().find(|ty| ty.fits(node.kind())).unwrap_or(types.first().copied().unwrap_or(self))
            }
            other => other,
        }
    }

    /// Returns whether a value of a JSON type can be of this type.
    pub(crate) fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Any | Self::Binding | Self::Extension => true,
            Self::Text => kind == Kind::String,
            Self::Boolean => kind == Kind::Boolean,
            Self::Number | Self::Integer => kind == Kind::Number,
            Self::Object(_) | Self::Map(_) => kind == Kind::Object,
            Self::List(_) => kind == Kind::Array,
            Self::OneOf(types) => types.iter().any(|ty| ty.fits(kind)),
        }
    }

    /// Returns the type of a member of a mapping of this type; `Any` where the specification knows none.
    pub(crate) fn of_member(self, name: &str) -> Type {
        match self {
            Self::Map(ty) => *ty,
            Self::Binding => Self::Binding,
            Self::Extension => Self::Extension,
            Self::Object(object) => object.member_type(name).unwrap_or(Self::Extension),
            _ => Self::Any,
        }
    }

    /// Returns the type of the items of a sequence of this type.
    pub(crate) fn of_item(self) -> Type {
        match self {
            Self::List(ty) => *ty,
            Self::Binding => Self::Binding,
            Self::Extension => Self::Extension,
            _ => Self::Any,
        }
    }

    /// Returns whether a value of this type has nothing in it that may be rewritten.
    fn holds_nothing(self, value: &Node) -> bool {
        match self {
            Self::Any => true,
            Self::Text | Self::Boolean | Self::Number | Self::Integer => value.kind() != Kind::Object,
            _ => false,
        }
    }

    /// Returns whether a `$ref` here is one, rather than data.
    pub(crate) fn takes_reference(self) -> bool {
        self.referable().is_some() || matches!(self, Self::Binding | Self::Extension)
    }

    /// Returns the object that may be given by reference here.
    pub(crate) fn referable(self) -> Option<&'static Object> {
        match self {
            Self::Object(object) if object.referable => Some(object),
            _ => None,
        }
    }
}

impl Object {
    /// Returns the listed member of this name.
    pub(crate) fn member(&self, name: &str) -> Option<&'static Member> {
        self.members.iter().find(|m| m.name == name)
    }

    /// Returns the type of a member, listed, patterned or an extension.
    pub(crate) fn member_type(&self, name: &str) -> Option<Type> {
        if let Some(member) = self.member(name) {
            return Some(member.ty);
        }
        if name.starts_with("x-") {
            return Some(if name.starts_with("x-amazon-apigateway-") { Type::Binding } else { Type::Extension });
        }
        match &self.pattern {
            Some(Pattern::Path(ty)) if name.starts_with('/') || name == "$default" => Some(*ty),
            Some(Pattern::Status(ty)) if is_status(name) => Some(*ty),
            Some(Pattern::Name(ty)) => Some(*ty),
            _ => None,
        }
    }
}

/// Returns whether a text is a status code, a range of them, or `default`.
pub(crate) fn is_status(text: &str) -> bool {
    let [first, rest @ ..] = text.as_bytes() else { return false };
    text == "default"
        || (rest.len() == 2
            && (b'1'..=b'5').contains(first)
            && (rest.iter().all(u8::is_ascii_digit) || rest.eq_ignore_ascii_case(b"XX")))
}

/// Rewrites a tree from the outside in: `f` gives what stands in a node's place, or `None` to look into the node.
/// Returns `None` when nothing changed, so that what stays the same stays shared.
pub(crate) fn rewrite(node: &Node, ty: Type, f: &mut dyn FnMut(&Node, Type) -> Option<Node>) -> Option<Node> {
    rewrite_where(node, ty, &|_| true, f)
}

/// Rewrites what is in a node, but not the node itself.
pub(crate) fn rewrite_children(node: &Node, ty: Type, f: &mut dyn FnMut(&Node, Type) -> Option<Node>) -> Option<Node> {
    rewrite_children_where(node, ty, &|_| true, f)
}

/// As [`rewrite`], but looks only at parts of `node` that `is_of_interest`: what is outside of them stays.
pub(crate) fn rewrite_where(
    node: &Node,
    ty: Type,
    is_of_interest: &dyn Fn(&Node) -> bool,
    f: &mut dyn FnMut(&Node, Type) -> Option<Node>,
) -> Option<Node> {
    let ty = ty.for_node(node);
    if let Some(replaced) = f(node, ty) {
        return Some(replaced);
    }
    rewrite_children_where(node, ty, is_of_interest, f)
}

fn rewrite_children_where(
    node: &Node,
    ty: Type,
    is_of_interest: &dyn Fn(&Node) -> bool,
    f: &mut dyn FnMut(&Node, Type) -> Option<Node>,
) -> Option<Node> {
    match &node.value {
        Value::Mapping(mapping) if !matches!(ty, Type::Any) => {
            let mut changed = None;
            for (at, Entry { key, value }) in mapping.iter().enumerate() {
                if !is_of_interest(value) {
                    continue;
                }
                let member = ty.of_member(&key.text);
                if member.holds_nothing(value) {
                    continue;
                }
                if let Some(value) = rewrite_where(value, member, is_of_interest, f) {
                    let copy = changed.get_or_insert_with(|| mapping.clone());
                    copy.entries_mut()[at].value = value;
                }
            }
            changed.map(|mapping| Node::mapping(mapping, node.span))
        }
        Value::Sequence(items) if !matches!(ty, Type::Any) => {
            let item = ty.of_item();
            let mut changed = None;
            for (at, value) in items.iter().enumerate() {
                if !is_of_interest(value) || item.holds_nothing(value) {
                    continue;
                }
                if let Some(value) = rewrite_where(value, item, is_of_interest, f) {
                    changed.get_or_insert_with(|| items.clone()).make_mut()[at] = value;
                }
            }
            changed.map(|items| Node::new(Value::Sequence(items), node.span))
        }
        _ => None,
    }
}

/// Visits a tree from the outside in. `f` returns whether to look into the node.
pub(crate) fn visit<'a>(node: &'a Node, ty: Type, f: &mut dyn FnMut(&'a Node, Type) -> bool) {
    let ty = ty.for_node(node);
    if !f(node, ty) || matches!(ty, Type::Any) {
        return;
    }
    match &node.value {
        Value::Mapping(mapping) => {
            for Entry { key, value } in mapping {
                visit(value, ty.of_member(&key.text), f);
            }
        }
        Value::Sequence(items) => {
            for item in items {
                visit(item, ty.of_item(), f);
            }
        }
        _ => {}
    }
}

const fn member(name: &'static str, ty: Type) -> Member {
    Member { name, ty, required: false }
}

const fn required(name: &'static str, ty: Type) -> Member {
    Member { name, ty, required: true }
}

const fn object(name: &'static str, members: &'static [Member]) -> Object {
    Object { name, referable: false, home: None, members, pattern: None, open: false }
}

const fn reusable(name: &'static str, home: &'static [&'static str], members: &'static [Member]) -> Object {
    Object { name, referable: true, home: Some(home), members, pattern: None, open: false }
}

const TEXT: Type = Type::Text;
const BOOLEAN: Type = Type::Boolean;
const NUMBER: Type = Type::Number;
const INTEGER: Type = Type::Integer;
const ANY: Type = Type::Any;
static TEXTS_ITEM: Type = Type::Text;
static ANY_ITEM: Type = Type::Any;
static BINDING_ITEM: Type = Type::Binding;
const TEXTS: Type = Type::List(&TEXTS_ITEM);
const ANYS: Type = Type::List(&ANY_ITEM);
const TEXT_MAP: Type = Type::Map(&TEXTS_ITEM);
const ANY_MAP: Type = Type::Map(&ANY_ITEM);
