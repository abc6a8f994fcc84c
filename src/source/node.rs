//! The tree that every document is read into: JSON's data model, plus where each part was written.
//!
//! Nodes are immutable values with shared storage: a clone costs a reference count, so a
//! conversion that keeps a subtree keeps it as it is, spans included.

mod mapping;

use ecow::{EcoString, EcoVec};

use super::{Pointer, Span};

pub use mapping::Mapping;

/// How many values one text may hold: far more than any API, few enough for the memory of a laptop.
pub(crate) const MAX_NODES: usize = 8_000_000;

/// A value and the place it was written at.
///
/// Two nodes are equal when their values are; spans, and the order of members, do not count.
#[derive(Clone, Debug)]
pub struct Node {
    /// What was written.
    pub value: Value,
    /// Where it was written.
    pub span: Span,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as it was written.
    Number(Number),
    /// A string.
    String(EcoString),
    /// A JSON array, a YAML sequence.
    Sequence(EcoVec<Node>),
    /// A JSON object, a YAML mapping.
    Mapping(Mapping),
}

/// A number in JSON's notation, kept as its text so that nothing is lost (`1.10`, 2^70).
#[derive(Clone, Debug, Eq)]
pub struct Number(EcoString);

/// One member of a [`Mapping`].
#[derive(Clone, Debug)]
pub struct Entry {
    /// The member's name.
    pub key: Key,
    /// The member's value.
    pub value: Node,
}

/// The name of a member and the place it was written at.
#[derive(Clone, Debug)]
pub struct Key {
    /// The name; a YAML key that is a number or a boolean is its text.
    pub text: EcoString,
    /// Where it was written.
    pub span: Span,
}

/// The JSON type of a value, as a word for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Kind {
    /// Returns the name with its article: `an object`.
    #[must_use]
    pub fn with_article(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }
}

impl Number {
    /// Returns the number of this text, or `None` when it is not one in JSON's notation.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_json_number(text).then(|| Self(text.into()))
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the value when it is an integer (also written `1.0` or `1e2`) that fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        if let Ok(n) = self.0.parse() {
            return Some(n);
        }
        let n: f64 = self.0.parse().ok()?;
        (n.fract() == 0.0 && n.abs() < 9_007_199_254_740_992.0).then_some(n as i64)
    }

    /// Returns the nearest floating-point value.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
            || match (self.as_i64(), other.as_i64()) {
                (Some(a), Some(b)) => a == b,
                (None, None) => self.as_f64() == other.as_f64(),
                _ => false,
            }
    }
}

impl std::hash::Hash for Number {
    /// Hashes the value, not the text: `1.0` and `1` are equal.
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        match self.as_i64() {
            Some(n) => n.hash(state),
            None => self.as_f64().to_bits().hash(state),
        }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl PartialEq<str> for Key {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl Node {
    /// Returns a node of `value` at `span`.
    #[must_use]
    pub fn new(value: Value, span: Span) -> Self {
        Self { value, span }
    }

    /// Returns a string node.
    #[must_use]
    pub fn string(text: impl Into<EcoString>, span: Span) -> Self {
        Self::new(Value::String(text.into()), span)
    }

    /// Returns a boolean node.
    #[must_use]
    pub fn bool(value: bool, span: Span) -> Self {
        Self::new(Value::Bool(value), span)
    }

    /// Returns a sequence node.
    #[must_use]
    pub fn sequence(items: impl IntoIterator<Item = Node>, span: Span) -> Self {
        Self::new(Value::Sequence(items.into_iter().collect()), span)
    }

    /// Returns a mapping node.
    #[must_use]
    pub fn mapping(mapping: Mapping, span: Span) -> Self {
        Self::new(Value::Mapping(mapping), span)
    }

    /// Returns the JSON type.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match &self.value {
            Value::Null => Kind::Null,
            Value::Bool(_) => Kind::Boolean,
            Value::Number(_) => Kind::Number,
            Value::String(_) => Kind::String,
            Value::Sequence(_) => Kind::Array,
            Value::Mapping(_) => Kind::Object,
        }
    }

    /// Returns whether this is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// Returns the string, if this is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// Returns the boolean, if this is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            Value::Bool(b) => Some(b),
            _ => None,
        }
    }

    /// Returns the number, if this is one.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        match &self.value {
            Value::Number(n) => Some(n),
            _ => None,
        }
    }

    /// Returns the integer, if this is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        self.as_number().and_then(Number::as_i64)
    }

    /// Returns the number as a float, if this is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        self.as_number().map(Number::as_f64)
    }

    /// Returns the items, if this is a sequence.
    #[must_use]
    pub fn as_seq(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// Returns the members, if this is a mapping.
    #[must_use]
    pub fn as_map(&self) -> Option<&Mapping> {
        match &self.value {
            Value::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// Returns the text of a scalar: a string, a number or a boolean as written.
    #[must_use]
    pub fn scalar_text(&self) -> Option<EcoString> {
        match &self.value {
            Value::String(text) => Some(text.clone()),
            Value::Number(n) => Some(n.0.clone()),
            Value::Bool(b) => Some(if *b { "true" } else { "false" }.into()),
            _ => None,
        }
    }

    /// Returns the items of a sequence, or none.
    pub fn items(&self) -> std::slice::Iter<'_, Node> {
        self.as_seq().unwrap_or_default().iter()
    }

    /// Returns the members of a mapping, or none.
    pub fn entries(&self) -> std::slice::Iter<'_, Entry> {
        match &self.value {
            Value::Mapping(mapping) => mapping.iter(),
            _ => [].iter(),
        }
    }

    /// Returns the value of the member `key`, if this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// Returns the member `key`, name and value.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_map()?.entry(key)
    }

    /// Returns the string value of the member `key`.
    #[must_use]
    pub fn str_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    /// Returns the node that `pointer` leads to from here. References are not followed.
    #[must_use]
    pub fn at(&self, pointer: &Pointer) -> Option<&Node> {
        let mut node = self;
        for segment in pointer.segments() {
            node = match &node.value {
                Value::Mapping(mapping) => mapping.get(segment)?,
                Value::Sequence(items) => items.get(array_index(segment)?)?,
                _ => return None,
            };
        }
        Some(node)
    }

    /// Returns the text of `$ref` when this is a mapping whose `$ref` is a string.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        self.str_of("$ref")
    }

    /// Returns the value as JSON. A number beyond `f64` and 64-bit integers becomes the nearest
    /// `f64`, or `null` when it is infinite.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value as Json;
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(b) => Json::Bool(*b),
            Value::Number(n) => {
                n.0.parse::<i64>()
                    .map(Json::from)
                    .or_else(|_| n.0.parse::<u64>().map(Json::from))
                    .unwrap_or_else(|_| Json::from(n.as_f64()))
            }
            Value::String(text) => Json::String(text.as_str().to_owned()),
            Value::Sequence(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Mapping(mapping) => {
                Json::Object(mapping.iter().map(|e| (e.key.text.as_str().to_owned(), e.value.to_json())).collect())
            }
        }
    }

    /// Returns the node of a JSON value, every part at `span`.
    #[must_use]
    pub fn from_json(json: &serde_json::Value, span: Span) -> Self {
        use serde_json::Value as Json;
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(b) => Value::Bool(*b),
            Json::Number(n) => Value::Number(Number(n.to_string().into())),
            Json::String(text) => Value::String(text.as_str().into()),
            Json::Array(items) => Value::Sequence(items.iter().map(|item| Self::from_json(item, span)).collect()),
            Json::Object(members) => Value::Mapping(
                members
                    .iter()
                    .map(|(key, value)| Entry {
                        key: Key { text: key.as_str().into(), span },
                        value: Self::from_json(value, span),
                    })
                    .collect(),
            ),
        };
        Self { value, span }
    }
}

fn array_index(segment: &str) -> Option<usize> {
    let canonical = segment == "0" || !segment.starts_with('0');
    (canonical && segment.bytes().all(|b| b.is_ascii_digit())).then(|| segment.parse().ok())?
}

fn is_json_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let digits = |at: &mut usize| {
        let from = *at;
        while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        *at > from
    };
    let leading_zero = bytes.get(at) == Some(&b'0') && bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
    if leading_zero || !digits(&mut at) {
        return false;
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        if !digits(&mut at) {
            return false;
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        if !digits(&mut at) {
            return false;
        }
    }
    at == bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_json_numbers() {
        for good in ["0", "-1", "1.10", "1e9", "12345678901234567890123"] {
            assert!(Number::parse(good).is_some(), "{good}");
        }
        for bad in ["", "-", "01", "1.", ".5", "1e", "0x1", "+1", "1_000"] {
            assert!(Number::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(Number::parse("1.0"), Number::parse("1"));
        assert_ne!(Number::parse("1.5"), Number::parse("1"));
    }

    #[test]
    fn nodes_are_small() {
        assert!(size_of::<Node>() <= 40, "{}", size_of::<Node>());
        assert!(size_of::<Entry>() <= 72, "{}", size_of::<Entry>());
    }
}
