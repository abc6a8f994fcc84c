//! `java.util.List`, sets and arrays, which Velocity lets be used as lists.

use super::{Problem, Result, Scope, count, java_equal, thrown, unsupported};
use crate::vtl::value::{ListId, ListKind, Value};

/// What Java's lists have too.
const OTHER: &[&str] = &[
    "copyOf",
    "ensureCapacity",
    "forEach",
    "listIterator",
    "of",
    "parallelStream",
    "removeIf",
    "replaceAll",
    "sort",
    "spliterator",
    "stream",
    "trimToSize",
    "clone",
];

pub(super) fn call(scope: &mut Scope<'_>, id: ListId, name: &str, arguments: &[Value]) -> Result {
    let (kind, length) = (scope.heap.get(id).kind, scope.heap.get(id).items.len());
    let yes = Ok(Some(Value::Bool(true)));
    match (name, arguments) {
        ("size", []) => Ok(count(length)),
        ("length", []) if kind == ListKind::Array => Ok(count(length)),
        ("isEmpty", []) => Ok(Some(Value::Bool(length == 0))),
        ("get", [Value::Integer(index)]) if kind != ListKind::Set => {
            let at = position(*index, length)?;
            Ok(scope.heap.get(id).items.get(at).cloned())
        }
        ("set", [Value::Integer(index), value]) if kind != ListKind::Set => {
            let at = position(*index, length)?;
            let item = scope.heap.get_mut(id).items.get_mut(at);
            Ok(item.map(|item| std::mem::replace(item, value.clone())))
        }
        ("contains", [value]) => Ok(Some(Value::Bool(find(scope, id, value)?.is_some()))),
        ("indexOf", [value]) => Ok(find(scope, id, value)?.map_or(Some(Value::Integer(-1)), count)),
        ("lastIndexOf", [value]) => {
            let mut found = None;
            for (index, item) in scope.heap.get(id).items.iter().enumerate() {
                if java_equal(scope.heap, item, value)? {
                    found = Some(index);
                }
            }
            Ok(found.map_or(Some(Value::Integer(-1)), count))
        }
        ("containsAll", [Value::List(other)]) => {
            for item in scope.heap.get(*other).items.clone() {
                if find(scope, id, &item)?.is_none() {
                    return Ok(Some(Value::Bool(false)));
                }
            }
            yes
        }
        ("subList", [Value::Integer(from), Value::Integer(to)]) if kind != ListKind::Set => {
            let range = usize::try_from(*from).ok().zip(usize::try_from(*to).ok());
            let part = range.and_then(|(from, to)| scope.heap.get(id).items.get(from..to)).map(<[Value]>::to_vec);
            match part {
                Some(part) => {
                    scope.heap.charge(part.len())?;
                    Ok(Some(scope.heap.list(ListKind::List, part)))
                }
                None => thrown(format!("`subList({from}, {to})` of a list of {length}")),
            }
        }
        ("iterator", []) => Ok(Some(scope.heap.iterator(id))),
        ("toArray", []) => {
            scope.heap.charge(length)?;
            let items = scope.heap.get(id).items.clone();
            Ok(Some(scope.heap.list(ListKind::Array, items)))
        }
        ("add" | "addAll" | "remove" | "removeAll" | "retainAll" | "clear" | "addFirst" | "addLast", _)
            if kind == ListKind::Array =>
        {
            thrown(format!("`{name}()`: an array has a fixed size"))
        }
        ("add", [value]) => {
            if kind == ListKind::Set && find(scope, id, value)?.is_some() {
                return Ok(Some(Value::Bool(false)));
            }
            scope.heap.get_mut(id).items.push(value.clone());
            yes
        }
        ("add", [Value::Integer(index), value]) if kind != ListKind::Set => {
            let Some(at) = usize::try_from(*index).ok().filter(|at| *at <= length) else {
                return thrown(format!("the list of {length} has no place {index}"));
            };
            scope.heap.charge(length / 8)?;
            scope.heap.get_mut(id).items.insert(at, value.clone());
            Ok(Some(Value::Null))
        }
        ("addAll", [Value::List(other)]) => {
            let items = scope.heap.get(*other).items.clone();
            scope.heap.charge(items.len() * 4)?;
            let changed = !items.is_empty();
            scope.heap.get_mut(id).items.extend(items);
            Ok(Some(Value::Bool(changed)))
        }
        ("remove", [Value::Integer(index)]) if kind != ListKind::Set => {
            let at = position(*index, length)?;
            scope.heap.charge(length / 8)?;
            Ok(Some(scope.heap.get_mut(id).items.remove(at)))
        }
        ("remove", [value]) => {
            let found = find(scope, id, value)?;
            if let Some(at) = found {
                scope.heap.get_mut(id).items.remove(at);
            }
            Ok(Some(Value::Bool(found.is_some())))
        }
        ("removeAll" | "retainAll", [Value::List(other)]) => {
            let mut kept = Vec::with_capacity(length);
            for item in scope.heap.get(id).items.clone() {
                if find(scope, *other, &item)?.is_some() == (name == "retainAll") {
                    kept.push(item);
                }
            }
            let changed = kept.len() != length;
            scope.heap.get_mut(id).items = kept;
            Ok(Some(Value::Bool(changed)))
        }
        ("clear", []) => {
            scope.heap.get_mut(id).items.clear();
            Ok(Some(Value::Null))
        }
        // A list has one of a single argument.
        ("replaceAll", [] | [_, _, ..]) => Ok(None),
        _ if OTHER.contains(&name) => Err(unsupported(&Value::List(id), name)),
        _ => Ok(None),
    }
}

/// Calls a method of `java.util.Iterator`.
pub(super) fn iterator(scope: &mut Scope<'_>, iterator: usize, name: &str, arguments: &[Value]) -> Result {
    match (name, arguments) {
        ("hasNext", []) => Ok(Some(Value::Bool(scope.heap.next(iterator, false).is_some()))),
        ("next", []) => match scope.heap.next(iterator, true) {
            Some(item) => Ok(Some(item)),
            None => thrown("the iterator has no next item"),
        },
        ("remove" | "forEachRemaining", _) => Err(unsupported(&Value::Iterator(iterator), name)),
        _ => Ok(None),
    }
}

fn position(index: i64, length: usize) -> Result<usize> {
    usize::try_from(index)
        .ok()
        .filter(|at| *at < length)
        .ok_or_else(|| Problem::Thrown(format!("index {index} is out of bounds for a list of {length}")))
}

fn find(scope: &Scope<'_>, id: ListId, value: &Value) -> Result<Option<usize>> {
    for (index, item) in scope.heap.get(id).items.iter().enumerate() {
        scope.heap.charge(1)?;
        if matches!((item, value), (Value::Null, Value::Null)) || java_equal(scope.heap, item, value)? {
            return Ok(Some(index));
        }
    }
    Ok(None)
}
