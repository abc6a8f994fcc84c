//! JSON documents to values and back.

use std::borrow::Cow;

use ecow::EcoString;
use serde_json::Value as Json;

use super::number::java_double;
use super::value::{Exhausted, Heap, Key, ListKind, Value, push_json_string};

/// Returns the value of a JSON document.
pub(super) fn value_of(json: &Json, heap: &mut Heap) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(integer) => Value::Integer(integer),
            None if number.is_u64() => Value::Big(Box::new(number.as_u64().unwrap_or_default().into())),
            None => Value::Double(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => Value::Text(EcoString::from(text.as_str())),
        Json::Array(items) => {
            let items = items.iter().map(|item| value_of(item, heap)).collect();
            heap.list(ListKind::Json, items)
        }
        Json::Object(members) => {
            let entries =
                members.iter().map(|(key, value)| (Key::Text(key.as_str().into()), value_of(value, heap))).collect();
            heap.map(entries)
        }
    }
}

/// Returns the JSON document of a value.
pub(super) fn json_of(value: &Value, heap: &Heap) -> Result<Json, Exhausted> {
    let mut text = String::new();
    heap.print_json(value, &mut text)?;
    // A double that is not a number has no JSON.
    Ok(serde_json::from_str(&text).unwrap_or(Json::Null))
}

/// Appends a document as JSON without white space, numbers as Java prints them.
pub(super) fn print(json: &Json, out: &mut String) {
    match json {
        Json::Number(number) if number.is_f64() => out.push_str(&java_double(number.as_f64().unwrap_or(f64::NAN))),
        Json::String(text) => push_json_string(text, out),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                print(item, out);
            }
            out.push(']');
        }
        Json::Object(members) => {
            out.push('{');
            for (index, (key, item)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push_json_string(key, out);
                out.push(':');
                print(item, out);
            }
            out.push('}');
        }
        other => out.push_str(&other.to_string()),
    }
}

/// Returns how many values a document holds.
pub(super) fn size(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Object(members) => 1 + members.values().map(size).sum::<usize>(),
        Json::String(text) => 1 + text.len() / 64,
        _ => 1,
    }
}

/// Returns the text of bytes, with what is not UTF-8 replaced.
pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
