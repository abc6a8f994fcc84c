//! The values that templates work on: Java's, as far as templates can tell.
//!
//! Lists and maps are shared and changeable, and may contain themselves, so they live in a [`Heap`] that is
//! dropped with the rendering; a value names its place there.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use ecow::EcoString;
use indexmap::IndexMap;

use super::ast::Block;
use super::number::java_double;

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    /// Java's `BigInteger`, as far as 128 bits reach.
    Big(Box<i128>),
    Double(f64),
    Text(EcoString),
    List(ListId),
    Map(MapId),
    /// An entry of a map's `entrySet()`.
    Entry(MapId, Key),
    /// What `#define` defined, rendered where it is referenced.
    Block(Arc<Block>),
    /// `list.iterator()`
    Iterator(usize),
    Provided(Provided),
}

/// The variables that API Gateway and Velocity provide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Provided {
    /// `$input`
    Input,
    /// `$util`
    Util,
    /// `$context`
    Context,
    /// `$stageVariables`
    StageVariables,
    /// `$foreach`, with its place among the loops that run.
    Loop(usize),
    /// `$x.class`, with the class's name.
    Class(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ListId(usize);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MapId(usize);

/// What a list is in Java, which shows when it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListKind {
    /// A `java.util.List`: `[a, b]`
    List,
    /// An array of a JSON document: `["a","b"]`
    Json,
    /// A Java array, which prints as its type and address.
    Array,
    /// A set: no index.
    Set,
}

#[derive(Clone, Debug)]
pub(super) struct List {
    pub(super) kind: ListKind,
    pub(super) items: Vec<Value>,
}

/// A map's entries, in the order they were put.
pub(super) type Entries = IndexMap<Key, Value>;

/// What a map is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Null,
    Bool(bool),
    Integer(i64),
    Text(EcoString),
}

impl Key {
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Integer(value) => Value::Integer(*value),
            Self::Text(text) => Value::Text(text.clone()),
        }
    }

    /// Returns the key as text, as JSON has it.
    pub(super) fn text(&self) -> EcoString {
        match self {
            Self::Null => "null".into(),
            Self::Bool(value) => ecow::eco_format!("{value}"),
            Self::Integer(value) => ecow::eco_format!("{value}"),
            Self::Text(text) => text.clone(),
        }
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

/// Which limit a rendering ran into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exhausted {
    Steps,
    Text,
    Depth,
}

impl Exhausted {
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::Steps => "the template runs for too long",
            Self::Text => "the text becomes too large",
            Self::Depth => "the value contains itself, or is nested too deeply",
        }
    }
}

/// How deep printed values nest at most; what contains itself is deeper.
const MAX_PRINT_DEPTH: usize = 100;

/// The lists, maps and iterators of a rendering.
#[derive(Debug, Default)]
pub(super) struct Heap {
    lists: Vec<List>,
    maps: Vec<Entries>,
    iterators: Vec<(ListId, usize)>,
    /// The bytes of text that a value, or the output, has at most.
    max_text: usize,
    /// The steps that are left.
    steps: Cell<u64>,
    /// The maps and lists of the payload, which all that was found in it shares.
    payload: (Range<usize>, Range<usize>),
    /// Whether a template changed the payload.
    payload_changed: bool,
}

impl Heap {
    pub(super) fn new(max_text: usize, steps: u64) -> Self {
        Self { max_text, steps: Cell::new(steps), ..Self::default() }
    }

    /// Returns the bytes of text that a value has at most.
    pub(super) fn max_text(&self) -> usize {
        self.max_text
    }

    /// Takes steps from those that are left.
    pub(super) fn charge(&self, steps: usize) -> Result<(), Exhausted> {
        let left = self.steps.get().checked_sub(steps as u64).ok_or(Exhausted::Steps)?;
        self.steps.set(left);
        Ok(())
    }

    /// Takes the steps that making a text of this many bytes costs.
    pub(super) fn charge_text(&self, bytes: usize) -> Result<(), Exhausted> {
        if bytes > self.max_text {
            return Err(Exhausted::Text);
        }
        self.charge(1 + bytes / 32)
    }

    /// Makes the payload of a document: its maps and lists are watched for changes.
    pub(super) fn make_payload(&mut self, make: impl FnOnce(&mut Self) -> Value) -> Value {
        let before = (self.maps.len(), self.lists.len());
        let value = make(self);
        self.payload = (before.0..self.maps.len(), before.1..self.lists.len());
        value
    }

    /// Returns whether a template changed the payload since it was made.
    pub(super) fn payload_changed(&self) -> bool {
        self.payload_changed
    }

    pub(super) fn list(&mut self, kind: ListKind, items: Vec<Value>) -> Value {
        self.lists.push(List { kind, items });
        Value::List(ListId(self.lists.len() - 1))
    }

    pub(super) fn map(&mut self, entries: Entries) -> Value {
        Value::Map(self.new_map(entries))
    }

    pub(super) fn new_map(&mut self, entries: Entries) -> MapId {
        self.maps.push(entries);
        MapId(self.maps.len() - 1)
    }

    pub(super) fn iterator(&mut self, list: ListId) -> Value {
        self.iterators.push((list, 0));
        Value::Iterator(self.iterators.len() - 1)
    }

    /// Returns the next item of an iterator, moving it when asked to.
    pub(super) fn next(&mut self, iterator: usize, advance: bool) -> Option<Value> {
        let (list, position) = self.iterators.get_mut(iterator)?;
        let item = self.lists.get(list.0)?.items.get(*position).cloned();
        if advance && item.is_some() {
            *position += 1;
        }
        item
    }

    pub(super) fn get(&self, id: ListId) -> &List {
        &self.lists[id.0]
    }

    pub(super) fn get_mut(&mut self, id: ListId) -> &mut List {
        self.payload_changed |= self.payload.1.contains(&id.0);
        &mut self.lists[id.0]
    }

    pub(super) fn entries(&self, id: MapId) -> &Entries {
        &self.maps[id.0]
    }

    pub(super) fn entries_mut(&mut self, id: MapId) -> &mut Entries {
        self.payload_changed |= self.payload.0.contains(&id.0);
        &mut self.maps[id.0]
    }

    /// Returns the value as a key.
    pub(super) fn key(&self, value: &Value) -> Result<Key, Exhausted> {
        Ok(match value {
            Value::Null => Key::Null,
            Value::Bool(value) => Key::Bool(*value),
            Value::Integer(value) => Key::Integer(*value),
            Value::Text(text) => Key::Text(text.clone()),
            other => Key::Text(self.text(other)?),
        })
    }

    /// Returns the text of Java's `toString`.
    pub(super) fn text(&self, value: &Value) -> Result<EcoString, Exhausted> {
        if let Value::Text(text) = value {
            return Ok(text.clone());
        }
        let mut out = String::new();
        self.print(value, &mut out)?;
        Ok(out.into())
    }

    /// Appends the text of Java's `toString`.
    pub(super) fn print(&self, value: &Value, out: &mut String) -> Result<(), Exhausted> {
        self.print_at(value, out, 0)
    }

    fn print_at(&self, value: &Value, out: &mut String, depth: usize) -> Result<(), Exhausted> {
        use std::fmt::Write as _;
        self.check_print(out, depth)?;
        match value {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Integer(value) => {
                let _ = write!(out, "{value}");
            }
            Value::Big(value) => {
                let _ = write!(out, "{value}");
            }
            Value::Double(value) => out.push_str(&java_double(*value)),
            Value::Text(text) => {
                self.charge(text.len() / 32)?;
                out.push_str(text);
            }
            Value::List(id) => {
                let list = self.get(*id);
                match list.kind {
                    ListKind::Json => return self.print_json_at(value, out, depth),
                    ListKind::Array => out.push_str("[Ljava.lang.String;@0"),
                    ListKind::List | ListKind::Set => {
                        out.push('[');
                        for (index, item) in list.items.iter().enumerate() {
                            if index > 0 {
                                out.push_str(", ");
                            }
                            self.print_at(item, out, depth + 1)?;
                        }
                        out.push(']');
                    }
                }
            }
            Value::Map(id) => {
                out.push('{');
                for (index, (key, item)) in self.entries(*id).iter().enumerate() {
                    if index > 0 {
                        out.push_str(", ");
                    }
                    out.push_str(&key.text());
                    out.push('=');
                    self.print_at(item, out, depth + 1)?;
                }
                out.push('}');
            }
            Value::Entry(map, key) => {
                out.push_str(&key.text());
                out.push('=');
                self.print_at(self.entries(*map).get(key).unwrap_or(&Value::Null), out, depth + 1)?;
            }
            // The loop's scope is a map without entries; the others have no text worth having.
            Value::Provided(Provided::Loop(_)) => out.push_str("{}"),
            Value::Provided(Provided::Class(name)) => {
                let _ = write!(out, "class {name}");
            }
            Value::Block(_) | Value::Iterator(_) | Value::Provided(_) => {}
        }
        Ok(())
    }

    fn check_print(&self, out: &str, depth: usize) -> Result<(), Exhausted> {
        if depth > MAX_PRINT_DEPTH {
            return Err(Exhausted::Depth);
        }
        if out.len() > self.max_text {
            return Err(Exhausted::Text);
        }
        self.charge(1)
    }

    /// Appends the value as JSON, without white space.
    pub(super) fn print_json(&self, value: &Value, out: &mut String) -> Result<(), Exhausted> {
        self.print_json_at(value, out, 0)
    }

    fn print_json_at(&self, value: &Value, out: &mut String, depth: usize) -> Result<(), Exhausted> {
        self.check_print(out, depth)?;
        match value {
            Value::Text(text) => push_json_string(text, out),
            Value::List(id) => {
                out.push('[');
                for (index, item) in self.get(*id).items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    self.print_json_at(item, out, depth + 1)?;
                }
                out.push(']');
            }
            Value::Map(id) => {
                out.push('{');
                for (index, (key, item)) in self.entries(*id).iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    push_json_string(&key.text(), out);
                    out.push(':');
                    self.print_json_at(item, out, depth + 1)?;
                }
                out.push('}');
            }
            Value::Entry(map, key) => {
                out.push('{');
                push_json_string(&key.text(), out);
                out.push(':');
                self.print_json_at(self.entries(*map).get(key).unwrap_or(&Value::Null), out, depth + 1)?;
                out.push('}');
            }
            Value::Null | Value::Bool(_) | Value::Integer(_) | Value::Big(_) | Value::Double(_) => {
                self.print_at(value, out, depth)?;
            }
            Value::Block(_) | Value::Iterator(_) | Value::Provided(_) => out.push_str("null"),
        }
        Ok(())
    }

    /// Returns whether Velocity's `==` holds: by value for numbers, by `equals` for values of one type, else by text.
    pub(super) fn equal(&self, left: &Value, right: &Value) -> Result<bool, Exhausted> {
        self.equal_at(left, right, 0)
    }

    fn equal_at(&self, left: &Value, right: &Value, depth: usize) -> Result<bool, Exhausted> {
        if depth > MAX_PRINT_DEPTH {
            return Err(Exhausted::Depth);
        }
        self.charge(1)?;
        Ok(match (left, right) {
            (Value::Null, Value::Null) => true,
            (Value::Null, _) | (_, Value::Null) => false,
            (Value::Bool(left), Value::Bool(right)) => left == right,
            (Value::Integer(left), Value::Integer(right)) => left == right,
            (Value::Text(left), Value::Text(right)) => left == right,
            (
                Value::Integer(_) | Value::Big(_) | Value::Double(_),
                Value::Integer(_) | Value::Big(_) | Value::Double(_),
            ) => match (as_integer(left), as_integer(right)) {
                (Some(left), Some(right)) => left == right,
                _ => as_double(left) == as_double(right),
            },
            (Value::List(left), Value::List(right)) => {
                left == right || {
                    let (left, right) = (&self.get(*left).items, &self.get(*right).items);
                    let mut equal = left.len() == right.len();
                    for (left, right) in left.iter().zip(right) {
                        equal = equal && self.equal_at(left, right, depth + 1)?;
                    }
                    equal
                }
            }
            (Value::Map(left), Value::Map(right)) => {
                left == right || {
                    let (left, right) = (self.entries(*left), self.entries(*right));
                    let mut equal = left.len() == right.len();
                    for (key, value) in left {
                        equal = equal
                            && match right.get(key) {
                                Some(other) => self.equal_at(value, other, depth + 1)?,
                                None => false,
                            };
                    }
                    equal
                }
            }
            _ => self.text(left)? == self.text(right)?,
        })
    }
}

/// Returns an integer, of whichever size.
pub(super) fn as_integer(value: &Value) -> Option<i128> {
    match value {
        Value::Integer(value) => Some(i128::from(*value)),
        Value::Big(value) => Some(**value),
        _ => None,
    }
}

/// Returns a number as a double.
pub(super) fn as_double(value: &Value) -> Option<f64> {
    match value {
        #[expect(clippy::cast_precision_loss, reason = "as Java converts a long")]
        Value::Integer(value) => Some(*value as f64),
        #[expect(clippy::cast_precision_loss, reason = "as Java converts a BigInteger")]
        Value::Big(value) => Some(**value as f64),
        Value::Double(value) => Some(*value),
        _ => None,
    }
}

/// Appends a JSON string.
pub(super) fn push_json_string(text: &str, out: &mut String) {
    // A string always serialises.
    out.push_str(&serde_json::to_string(text).unwrap_or_default());
}
