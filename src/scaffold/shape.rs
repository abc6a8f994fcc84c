//! What a schema becomes in Rust: shapes (type expressions) and models (type definitions).

use std::cmp::Ordering;
use std::fmt::{self, Debug, Formatter};
use std::ops::{Deref, DerefMut};

use crate::source::{Number, Span};

/// The position of a [`Model`] in [`Models`](super::schema::Models).
pub(crate) type ModelId = usize;

/// A type expression, with the rules its values keep to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// The type.
    pub(crate) kind: Kind,
    /// What is checked on input.
    pub(crate) rules: OwnRules,
    /// Whether `null` is a value.
    pub(crate) nullable: bool,
}

/// The type of a [`Shape`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Bool,
    I32,
    I64,
    U64,
    F32,
    F64,
    Str,
    DateTime,
    Date,
    Uuid,
    /// Text that is base64 of bytes.
    Base64,
    /// Bytes as they are.
    Binary,
    /// Any JSON.
    Json,
    /// A type definition.
    Model(ModelId),
    /// A sequence.
    List(Box<Shape>),
    /// A map from names.
    Map(Box<Shape>),
}

/// A text's format that is checked but has no type of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextFormat {
    Decimal,
    Email,
    Ipv4,
    Ipv6,
    Uri,
}

/// Constraints of a schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rules {
    /// `minLength`, `minItems` or `minProperties`, by the type.
    pub(crate) min_size: Option<u64>,
    /// `maxLength`, `maxItems` or `maxProperties`, by the type.
    pub(crate) max_size: Option<u64>,
    /// A pattern that the generated code can compile.
    pub(crate) pattern: Option<Box<Pattern>>,
    /// The least value, and whether it is excluded.
    pub(crate) minimum: Option<(Number, bool)>,
    /// The greatest value, and whether it is excluded.
    pub(crate) maximum: Option<(Number, bool)>,
    /// `multipleOf`
    pub(crate) multiple_of: Option<Number>,
    /// `uniqueItems`
    pub(crate) unique: bool,
    /// `format`, where it is only checked.
    pub(crate) format: Option<TextFormat>,
    /// What else is asked of a value, each as JSON Schema: `not`, fixed values that have no type, members of which one
    /// needs another.
    pub(crate) restrictions: Vec<serde_json::Value>,
}

impl Rules {
    /// Returns the restrictions as one schema, if there are any.
    pub(crate) fn restriction(&self) -> Option<serde_json::Value> {
        match self.restrictions.as_slice() {
            [] => None,
            [only] => Some(only.clone()),
            several => Some(serde_json::json!({ "allOf": several })),
        }
    }

    /// Returns what both say: every value that keeps to one of them keeps to it.
    pub(crate) fn either(&self, other: &Self) -> Self {
        fn same<T: Clone + PartialEq>(a: &Option<T>, b: &Option<T>) -> Option<T> {
            a.clone().filter(|_| a == b)
        }
        let bound = |a: &Option<(Number, bool)>, b: &Option<(Number, bool)>, lower: bool| {
            let (a, b) = (a.as_ref()?, b.as_ref()?);
            let first_is_wider = match a.0.as_f64().partial_cmp(&b.0.as_f64())? {
                Ordering::Equal => !a.1,
                order => (order == Ordering::Less) == lower,
            };
            Some(if first_is_wider { a.clone() } else { b.clone() })
        };
        Self {
            min_size: self.min_size.zip(other.min_size).map(|(a, b)| a.min(b)),
            max_size: self.max_size.zip(other.max_size).map(|(a, b)| a.max(b)),
            pattern: same(&self.pattern, &other.pattern),
            minimum: bound(&self.minimum, &other.minimum, true),
            maximum: bound(&self.maximum, &other.maximum, false),
            multiple_of: same(&self.multiple_of, &other.multiple_of),
            unique: self.unique && other.unique,
            format: same(&self.format, &other.format),
            restrictions: self.restrictions.iter().filter(|r| other.restrictions.contains(r)).cloned().collect(),
        }
    }
}

/// The rules of a shape, which most shapes have none of.
#[derive(Clone, Default)]
pub(crate) struct OwnRules(Option<Box<Rules>>);

/// No rules.
static NO_RULES: Rules = Rules {
    min_size: None,
    max_size: None,
    pattern: None,
    minimum: None,
    maximum: None,
    multiple_of: None,
    unique: false,
    format: None,
    restrictions: Vec::new(),
};

impl OwnRules {
    /// Returns whether every value keeps to them.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|rules| **rules == NO_RULES)
    }
}

impl Deref for OwnRules {
    type Target = Rules;

    fn deref(&self) -> &Rules {
        self.0.as_deref().unwrap_or(&NO_RULES)
    }
}

impl DerefMut for OwnRules {
    fn deref_mut(&mut self) -> &mut Rules {
        self.0.get_or_insert_default()
    }
}

impl From<Rules> for OwnRules {
    fn from(rules: Rules) -> Self {
        Self((rules != NO_RULES).then(|| Box::new(rules)))
    }
}

impl PartialEq for OwnRules {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Debug for OwnRules {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Rules::fmt(self, f)
    }
}

/// A pattern, compiled, and as the document has it.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) regex: regex::Regex,
    pub(crate) source: String,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

/// A type definition.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    /// Its name in Rust.
    pub(crate) name: String,
    /// Its description, as it was written.
    pub(crate) doc: String,
    /// What it is.
    pub(crate) kind: ModelKind,
    /// Whether its schema stands where it is used, and has no name of its own.
    pub(crate) inline: bool,
    /// Whether values of it come in with requests.
    pub(crate) in_requests: bool,
    /// Whether values of it go out with responses.
    pub(crate) in_responses: bool,
}

/// What a [`Model`] is.
#[derive(Clone, Debug)]
pub(crate) enum ModelKind {
    /// Not finished: being defined further up.
    Pending,
    /// A struct.
    Struct {
        fields: Vec<Field>,
        extra: Extra,
        /// `minProperties`, `maxProperties`, and what else is asked of the object as it was sent.
        size: OwnRules,
    },
    /// An enum of fixed values.
    Enum {
        variants: Vec<EnumVariant>,
        /// Whether other texts are values too.
        open: bool,
    },
    /// One of several types.
    OneOf {
        variants: Vec<OneOfVariant>,
        /// The property that tells them apart.
        tag: Option<String>,
    },
    /// Another name for a type.
    Alias(Shape),
    /// A type of its own around another, where an alias would be circular.
    Wrapper { shape: Shape, boxed: bool },
}

/// What a struct does with members it does not name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Extra {
    /// Passes over them.
    Ignore,
    /// Refuses them.
    Deny,
    /// Keeps them in a map.
    Keep(Shape),
}

/// A field of a struct.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Its name in Rust, not yet raw.
    pub(crate) name: String,
    /// Its name in JSON.
    pub(crate) wire: String,
    pub(crate) doc: String,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
    pub(crate) read_only: bool,
    pub(crate) write_only: bool,
    pub(crate) deprecated: bool,
    /// The value it has when it is not there.
    pub(crate) default: Option<Box<(serde_json::Value, Span)>>,
    /// The expression of that value, where there is one.
    pub(crate) filled: Option<String>,
    /// Whether the type is recursive here.
    pub(crate) boxed: bool,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub(crate) struct EnumVariant {
    pub(crate) name: String,
    pub(crate) value: Literal,
    pub(crate) doc: String,
}

/// A scalar written in a document.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Literal {
    Text(String),
    Integer(i64),
}

/// One of several types.
#[derive(Clone, Debug)]
pub(crate) struct OneOfVariant {
    pub(crate) name: String,
    pub(crate) shape: Shape,
    /// The values of the tag that select it.
    pub(crate) tags: Vec<String>,
    pub(crate) boxed: bool,
}

impl Shape {
    /// Returns the shape without rules.
    pub(crate) fn of(kind: Kind) -> Self {
        Self { kind, rules: OwnRules::default(), nullable: false }
    }

    /// Calls `visit` with each model named in the shape, and whether a value of it lies in the value
    /// itself rather than behind a list or a map.
    pub(crate) fn models(&self, visit: &mut impl FnMut(ModelId, bool)) {
        self.models_at(true, visit);
    }

    fn models_at(&self, direct: bool, visit: &mut impl FnMut(ModelId, bool)) {
        match &self.kind {
            Kind::Model(id) => visit(*id, direct),
            Kind::List(inner) | Kind::Map(inner) => inner.models_at(false, visit),
            _ => {}
        }
    }
}

impl Field {
    /// Returns whether the field may be absent, given where the struct is used.
    pub(crate) fn is_optional(&self, model: &Model) -> bool {
        !self.required || (self.read_only && model.in_requests) || (self.write_only && model.in_responses)
    }
}
