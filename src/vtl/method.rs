//! Methods of Java's strings, numbers, lists and maps, as templates call them.
//!
//! A method that Java does not have gives no value, as in Velocity; one that Java has and this engine does not
//! is an error that names it.

mod collection;
mod format;
mod map;
mod pattern;
mod scalar;
mod text;

use super::error::Fault;
use super::value::{Exhausted, Heap, ListKind, Provided, Value};

pub(super) use pattern::Patterns;

/// Why a call gave no result.
#[derive(Debug)]
pub(super) enum Problem {
    /// Java would throw.
    Thrown(String),
    Unsupported(String),
    Exhausted(Exhausted),
}

impl Problem {
    pub(super) fn at(self, at: u32) -> Fault {
        match self {
            Self::Thrown(message) => Fault::runtime(at, message),
            Self::Unsupported(message) => Fault::unsupported(at, message),
            Self::Exhausted(limit) => Fault::limit(at, limit.message()),
        }
    }
}

impl From<Exhausted> for Problem {
    fn from(limit: Exhausted) -> Self {
        Self::Exhausted(limit)
    }
}

/// What a call gives: nothing when there is no such method for these arguments.
type Result<T = Option<Value>> = std::result::Result<T, Problem>;

/// What methods work with.
pub(super) struct Scope<'a> {
    pub(super) heap: &'a mut Heap,
    pub(super) patterns: &'a mut Patterns,
}

/// Calls a method.
pub(super) fn call(scope: &mut Scope<'_>, target: &Value, name: &str, arguments: &[Value]) -> Result {
    match (name, arguments) {
        ("toString", []) => return Ok(Some(scope.text(target)?)),
        ("equals", [other]) => return Ok(Some(Value::Bool(java_equal(scope.heap, target, other)?))),
        ("hashCode", []) => return Ok(Some(Value::Integer(hash(scope.heap, target)?.into()))),
        ("getClass", []) => {
            return match class(scope.heap, target) {
                Some(name) => Ok(Some(Value::Provided(Provided::Class(name)))),
                None => Err(unsupported(target, name)),
            };
        }
        ("notify" | "notifyAll" | "wait", _) => return Err(unsupported(target, name)),
        _ => {}
    }
    match target {
        Value::Text(text) => text::call(scope, text, name, arguments),
        Value::Integer(_) | Value::Big(_) | Value::Double(_) | Value::Bool(_) => {
            scalar::call(scope, target, name, arguments)
        }
        Value::List(id) => collection::call(scope, *id, name, arguments),
        Value::Iterator(iterator) => collection::iterator(scope, *iterator, name, arguments),
        Value::Map(id) => map::call(scope, *id, name, arguments),
        Value::Entry(map, key) => map::entry(scope, *map, key, name, arguments),
        Value::Null | Value::Block(_) | Value::Provided(_) => Ok(None),
    }
}

impl Scope<'_> {
    /// Returns a value's text as a value.
    fn text(&self, value: &Value) -> Result<Value> {
        Ok(Value::Text(self.heap.text(value)?))
    }

    /// Takes the steps of a text that was made, and returns it as a value.
    fn made(&self, text: impl Into<ecow::EcoString>) -> Result {
        let text = text.into();
        self.heap.charge_text(text.len())?;
        Ok(Some(Value::Text(text)))
    }
}

/// Returns what Java's `equals` says: values of different types are never equal.
fn java_equal(heap: &Heap, left: &Value, right: &Value) -> Result<bool> {
    let comparable = std::mem::discriminant(left) == std::mem::discriminant(right);
    Ok(comparable && heap.equal(left, right)?)
}

/// Returns the name of a value's class in Java, where there is one that templates could know.
pub(super) fn class(heap: &Heap, value: &Value) -> Option<&'static str> {
    Some(match value {
        Value::Bool(_) => "java.lang.Boolean",
        Value::Integer(value) if i32::try_from(*value).is_ok() => "java.lang.Integer",
        Value::Integer(_) => "java.lang.Long",
        Value::Big(_) => "java.math.BigInteger",
        Value::Double(_) => "java.lang.Double",
        Value::Text(_) => "java.lang.String",
        Value::Map(_) => "java.util.LinkedHashMap",
        Value::List(id) => match heap.get(*id).kind {
            ListKind::List => "java.util.ArrayList",
            ListKind::Json => "net.minidev.json.JSONArray",
            ListKind::Array => "[Ljava.lang.String;",
            ListKind::Set => return None,
        },
        _ => return None,
    })
}

/// Returns Java's hash code.
fn hash(heap: &Heap, value: &Value) -> Result<i32> {
    #[expect(clippy::cast_possible_truncation, reason = "Java folds longs and doubles into an int")]
    Ok(match value {
        Value::Integer(value) => i32::try_from(*value).unwrap_or((*value ^ (*value >> 32)) as i32),
        Value::Double(value) => (value.to_bits() ^ (value.to_bits() >> 32)) as i32,
        Value::Bool(value) => {
            if *value {
                1231
            } else {
                1237
            }
        }
        Value::Text(text) => {
            heap.charge(text.len() / 8)?;
            text.encode_utf16().fold(0_i32, |hash, unit| hash.wrapping_mul(31).wrapping_add(i32::from(unit)))
        }
        other => return Err(unsupported(other, "hashCode")),
    })
}

/// Returns the error for a method that Java has.
fn unsupported(target: &Value, name: &str) -> Problem {
    Problem::Unsupported(format!("the method `{name}()` of {} is not supported", kind(target)))
}

/// Returns what a value is, for messages.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Integer(_) | Value::Big(_) | Value::Double(_) => "a number",
        Value::Text(_) => "a string",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Entry(..) => "a map entry",
        Value::Iterator(_) => "an iterator",
        Value::Block(_) | Value::Provided(_) => "an object",
    }
}

fn thrown<T>(message: impl Into<String>) -> Result<T> {
    Err(Problem::Thrown(message.into()))
}

/// Returns a count as a value.
fn count(count: usize) -> Option<Value> {
    Some(Value::Integer(i64::try_from(count).unwrap_or(i64::MAX)))
}
