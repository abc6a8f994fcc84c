//! `java.util.Map` and its entries.

use super::{Result, Scope, count, java_equal, unsupported};
use crate::vtl::value::{Key, ListKind, MapId, Value};

/// What Java's maps have too.
const OTHER: &[&str] = &[
    "compute",
    "computeIfAbsent",
    "computeIfPresent",
    "copyOf",
    "entry",
    "forEach",
    "merge",
    "of",
    "ofEntries",
    "replaceAll",
    "clone",
];

pub(super) fn call(scope: &mut Scope<'_>, id: MapId, name: &str, arguments: &[Value]) -> Result {
    let length = scope.heap.entries(id).len();
    match (name, arguments) {
        ("size", []) => Ok(count(length)),
        ("isEmpty", []) => Ok(Some(Value::Bool(length == 0))),
        ("get", [key]) => {
            let key = scope.heap.key(key)?;
            Ok(Some(value_or_null(scope.heap.entries(id).get(&key))))
        }
        ("getOrDefault", [key, default]) => {
            let key = scope.heap.key(key)?;
            Ok(Some(scope.heap.entries(id).get(&key).unwrap_or(default).clone()))
        }
        ("containsKey", [key]) => {
            let key = scope.heap.key(key)?;
            Ok(Some(Value::Bool(scope.heap.entries(id).contains_key(&key))))
        }
        ("containsValue", [value]) => {
            for item in scope.heap.entries(id).values() {
                scope.heap.charge(1)?;
                if java_equal(scope.heap, item, value)? {
                    return Ok(Some(Value::Bool(true)));
                }
            }
            Ok(Some(Value::Bool(false)))
        }
        ("keySet", []) => {
            scope.heap.charge(length)?;
            let keys = scope.heap.entries(id).keys().map(Key::value).collect();
            Ok(Some(scope.heap.list(ListKind::Set, keys)))
        }
        ("values", []) => {
            scope.heap.charge(length)?;
            let values = scope.heap.entries(id).values().cloned().collect();
            Ok(Some(scope.heap.list(ListKind::List, values)))
        }
        ("entrySet", []) => {
            scope.heap.charge(length)?;
            let entries = scope.heap.entries(id).keys().map(|key| Value::Entry(id, key.clone())).collect();
            Ok(Some(scope.heap.list(ListKind::Set, entries)))
        }
        ("put", [key, value]) => {
            let key = scope.heap.key(key)?;
            Ok(Some(scope.heap.entries_mut(id).insert(key, value.clone()).unwrap_or(Value::Null)))
        }
        ("putIfAbsent", [key, value]) => {
            let key = scope.heap.key(key)?;
            let before = scope.heap.entries(id).get(&key).cloned();
            if matches!(before, None | Some(Value::Null)) {
                scope.heap.entries_mut(id).insert(key, value.clone());
            }
            Ok(Some(before.unwrap_or(Value::Null)))
        }
        ("putAll", [Value::Map(other)]) => {
            let entries = scope.heap.entries(*other).clone();
            scope.heap.charge(entries.len() * 4)?;
            scope.heap.entries_mut(id).extend(entries);
            Ok(Some(Value::Null))
        }
        ("replace", [key, value]) => {
            let key = scope.heap.key(key)?;
            let before = scope.heap.entries_mut(id).get_mut(&key);
            Ok(Some(before.map_or(Value::Null, |before| std::mem::replace(before, value.clone()))))
        }
        ("remove", [key]) => {
            let key = scope.heap.key(key)?;
            scope.heap.charge(length / 8)?;
            Ok(Some(scope.heap.entries_mut(id).shift_remove(&key).unwrap_or(Value::Null)))
        }
        ("clear", []) => {
            scope.heap.entries_mut(id).clear();
            Ok(Some(Value::Null))
        }
        // A map has one of a single argument.
        ("replaceAll", [] | [_, _, ..]) => Ok(None),
        _ if OTHER.contains(&name) => Err(unsupported(&Value::Map(id), name)),
        _ => Ok(None),
    }
}

/// Calls a method of `Map.Entry`.
pub(super) fn entry(scope: &mut Scope<'_>, map: MapId, key: &Key, name: &str, arguments: &[Value]) -> Result {
    match (name, arguments) {
        ("getKey", []) => Ok(Some(key.value())),
        ("getValue", []) => Ok(Some(value_or_null(scope.heap.entries(map).get(key)))),
        ("setValue", [value]) => {
            let before = scope.heap.entries_mut(map).get_mut(key);
            Ok(Some(before.map_or(Value::Null, |before| std::mem::replace(before, value.clone()))))
        }
        _ => Ok(None),
    }
}

fn value_or_null(value: Option<&Value>) -> Value {
    value.cloned().unwrap_or(Value::Null)
}
