//! `java.lang.String`. Places count UTF-16 units, as in Java.

use std::cmp::Ordering;

use ecow::EcoString;

use super::pattern::{append_replacement, given_up, is_plain};
use super::{Problem, Result, Scope, count, format, thrown, unsupported};
use crate::vtl::value::{ListKind, Value};

/// What Java's strings have too.
const OTHER: &[&str] = &[
    "chars",
    "codePoints",
    "compareToIgnoreCase",
    "contentEquals",
    "copyValueOf",
    "describeConstable",
    "getBytes",
    "getChars",
    "indent",
    "intern",
    "lines",
    "regionMatches",
    "resolveConstantDesc",
    "subSequence",
    "transform",
    "translateEscapes",
    "formatted",
];

pub(super) fn call(scope: &mut Scope<'_>, text: &EcoString, name: &str, arguments: &[Value]) -> Result {
    scope.heap.charge(text.len() / 32)?;
    match (name, arguments) {
        ("length", []) => Ok(count(length(text))),
        ("isEmpty", []) => bool(text.is_empty()),
        ("isBlank", []) => bool(text.chars().all(char::is_whitespace)),
        ("trim", []) => scope.made(text.trim_matches(|c: char| c <= ' ')),
        ("strip", []) => scope.made(text.trim()),
        ("stripLeading", []) => scope.made(text.trim_start()),
        ("stripTrailing", []) => scope.made(text.trim_end()),
        ("toLowerCase", []) => scope.made(text.to_lowercase()),
        ("toUpperCase", []) => scope.made(text.to_uppercase()),
        ("charAt", [Value::Integer(index)]) => char_at(text, *index),
        ("codePointAt", [Value::Integer(index)]) => {
            let at = byte_at(text, *index)?;
            match text.get(at..).and_then(|rest| rest.chars().next()) {
                Some(character) => Ok(Some(Value::Integer(u32::from(character).into()))),
                None => thrown(format!("the string has no character {index}")),
            }
        }
        ("toCharArray", []) => {
            scope.heap.charge(text.len())?;
            let characters = text.chars().map(|c| Value::Text(c.to_string().into())).collect();
            Ok(Some(scope.heap.list(ListKind::Array, characters)))
        }
        ("substring", [Value::Integer(from)]) => {
            let end = i64::try_from(length(text)).unwrap_or(i64::MAX);
            substring(scope, text, *from, end)
        }
        ("substring" | "subSequence", [Value::Integer(from), Value::Integer(to)]) => substring(scope, text, *from, *to),
        ("repeat", [Value::Integer(times)]) => {
            let Ok(times) = usize::try_from(*times) else { return thrown(format!("count is negative: {times}")) };
            scope.heap.charge_text(text.len().saturating_mul(times))?;
            Ok(Some(Value::Text(text.repeat(times))))
        }
        // A static method, reached through any string.
        ("format", [Value::Text(template), rest @ ..]) => format::format(scope, template, rest),
        ("formatted", arguments) => format::format(scope, text, arguments),
        ("valueOf" | "copyValueOf", [value]) => scope.text(value).map(Some),
        ("join", [separator, rest @ ..]) if matches!(separator, Value::Text(_)) => join(scope, separator, rest),
        (_, [Value::Text(other), rest @ ..]) => with_text(scope, text, name, other, rest),
        (_, [character @ Value::Integer(code), rest @ ..]) if matches!(name, "indexOf" | "lastIndexOf") => {
            match u32::try_from(*code).ok().and_then(char::from_u32) {
                Some(found) => with_text(scope, text, name, &found.to_string().into(), rest),
                None => Ok(Some(Value::Integer(-1)).filter(|_| matches!(character, Value::Integer(_)))),
            }
        }
        ("concat" | "contains", [Value::Null]) => thrown(format!("`{name}()` got no string")),
        _ if OTHER.contains(&name) => Err(unsupported(&Value::Text(text.clone()), name)),
        _ => Ok(None),
    }
}

/// Calls a method whose first argument is a string.
fn with_text(scope: &mut Scope<'_>, text: &EcoString, name: &str, other: &EcoString, rest: &[Value]) -> Result {
    scope.heap.charge(other.len() / 32)?;
    match (name, rest) {
        ("concat", []) => scope.made(ecow::eco_format!("{text}{other}")),
        ("contains", []) => bool(text.contains(other.as_str())),
        ("contentEquals", []) => bool(text == other),
        ("startsWith", []) => bool(text.starts_with(other.as_str())),
        ("startsWith", [Value::Integer(from)]) => {
            let rest = usize::try_from(*from).ok().and_then(|_| byte_at(text, *from).ok());
            bool(rest.and_then(|at| text.get(at..)).is_some_and(|rest| rest.starts_with(other.as_str())))
        }
        ("endsWith", []) => bool(text.ends_with(other.as_str())),
        ("equalsIgnoreCase", []) => bool(text.to_lowercase() == other.to_lowercase()),
        ("compareTo", []) => Ok(Some(Value::Integer(compare(text, other)))),
        ("compareToIgnoreCase", []) => Ok(Some(Value::Integer(compare(&text.to_lowercase(), &other.to_lowercase())))),
        ("indexOf", []) => index(text, text.find(other.as_str())),
        ("indexOf", [Value::Integer(from)]) => {
            let from = clamped(text, *from);
            let found = text.get(from..).and_then(|rest| rest.find(other.as_str()));
            index(text, found.map(|at| at + from))
        }
        ("lastIndexOf", []) => index(text, text.rfind(other.as_str())),
        ("lastIndexOf", [Value::Integer(from)]) if *from < 0 => Ok(Some(Value::Integer(-1))),
        ("lastIndexOf", [Value::Integer(from)]) => {
            let end = clamped(text, *from).saturating_add(other.len()).min(text.len());
            let end = (0..=end).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            index(text, text.get(..end).and_then(|before| before.rfind(other.as_str())))
        }
        ("matches", []) => {
            let anchored = ecow::eco_format!("^(?:{other})$(?!\\n)");
            scope.heap.charge(text.len() / 4)?;
            let matched =
                scope.patterns.get(&anchored)?.is_match(text.as_str()).map_err(|error| given_up(other, &error))?;
            bool(matched)
        }
        ("replace", [Value::Text(by)]) => {
            let found = text.matches(other.as_str()).count();
            scope.heap.charge_text(text.len().saturating_add(found.saturating_mul(by.len())))?;
            scope.made(text.replace(other.as_str(), by))
        }
        ("replaceAll", [Value::Text(by)]) => replace(scope, text, other, by, usize::MAX),
        ("replaceFirst", [Value::Text(by)]) => replace(scope, text, other, by, 1),
        ("split", []) => split(scope, text, other, 0),
        ("split", [Value::Integer(limit)]) => split(scope, text, other, *limit),
        _ if OTHER.contains(&name) => Err(unsupported(&Value::Text(text.clone()), name)),
        _ => Ok(None),
    }
}

fn replace(scope: &mut Scope<'_>, text: &EcoString, pattern: &EcoString, by: &EcoString, limit: usize) -> Result {
    scope.heap.charge(text.len() / 8)?;
    if is_plain(pattern) && !by.contains(['\\', '$']) {
        let found = text.matches(pattern.as_str()).count().min(limit);
        scope.heap.charge_text(text.len().saturating_add(found.saturating_mul(by.len())))?;
        return scope.made(text.replacen(pattern.as_str(), by, limit));
    }
    let regex = scope.patterns.get(pattern)?;
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for groups in regex.captures_iter(text.as_str()).take(limit) {
        let groups = groups.map_err(|error| given_up(pattern, &error))?;
        let Some(whole) = groups.get(0) else { continue };
        out.push_str(text.get(copied..whole.start()).unwrap_or_default());
        append_replacement(by, &groups, &mut out)?;
        copied = whole.end();
        // One byte may be replaced by many.
        scope.heap.charge(1 + by.len() / 32)?;
        if out.len() > scope.heap.max_text() {
            return Err(Problem::Exhausted(crate::vtl::value::Exhausted::Text));
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    scope.made(out)
}

/// Splits as Java does: a limit of 0 drops empty parts at the end, and a match of no width at the start none makes.
fn split(scope: &mut Scope<'_>, text: &EcoString, pattern: &EcoString, limit: i64) -> Result {
    scope.heap.charge(text.len() / 8)?;
    let most = usize::try_from(limit).ok().filter(|limit| *limit > 0);
    let mut parts: Vec<&str> = Vec::new();
    let mut start = 0;
    for found in scope.patterns.get(pattern)?.find_iter(text.as_str()) {
        let found = found.map_err(|error| given_up(pattern, &error))?;
        if most.is_some_and(|most| parts.len() + 1 >= most) {
            break;
        }
        if found.end() == 0 || (found.start() == found.end() && found.end() == text.len()) {
            continue;
        }
        parts.push(text.get(start..found.start()).unwrap_or_default());
        start = found.end();
    }
    parts.push(text.get(start..).unwrap_or_default());
    if limit == 0 && parts.len() > 1 {
        while parts.last().is_some_and(|last| last.is_empty()) {
            parts.pop();
        }
    }
    scope.heap.charge(parts.len() * 2)?;
    let parts = parts.into_iter().map(|part| Value::Text(part.into())).collect();
    Ok(Some(scope.heap.list(ListKind::Array, parts)))
}

fn join(scope: &mut Scope<'_>, separator: &Value, rest: &[Value]) -> Result {
    let items = match rest {
        [Value::List(id)] => scope.heap.get(*id).items.clone(),
        items => items.to_vec(),
    };
    let separator = scope.heap.text(separator)?;
    let mut out = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(&separator);
        }
        scope.heap.print(item, &mut out)?;
        scope.heap.charge(1 + separator.len() / 32)?;
        if out.len() > scope.heap.max_text() {
            break;
        }
    }
    scope.made(out)
}

fn bool(value: bool) -> Result {
    Ok(Some(Value::Bool(value)))
}

/// Returns the length in UTF-16 units.
fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// Returns the place of a byte as a value; -1 when there is none.
fn index(text: &str, at: Option<usize>) -> Result {
    Ok(match at {
        Some(at) => count(length(text.get(..at).unwrap_or_default())),
        None => Some(Value::Integer(-1)),
    })
}

/// Returns the byte of a place in UTF-16 units; the end's is the length. A place within a character is its start.
fn byte_at(text: &str, index: i64) -> Result<usize> {
    let out_of_bounds = || Problem::Thrown(format!("index {index} is out of bounds for a string of {}", length(text)));
    let wanted = usize::try_from(index).map_err(|_| out_of_bounds())?;
    if text.is_ascii() {
        return if wanted <= text.len() { Ok(wanted) } else { Err(out_of_bounds()) };
    }
    let mut units = 0;
    for (at, character) in text.char_indices() {
        if units >= wanted {
            return Ok(at);
        }
        units += character.len_utf16();
    }
    if units >= wanted { Ok(text.len()) } else { Err(out_of_bounds()) }
}

/// As [`byte_at`], with places outside moved to the nearest end.
fn clamped(text: &str, index: i64) -> usize {
    if index < 0 { 0 } else { byte_at(text, index).unwrap_or(text.len()) }
}

fn char_at(text: &str, index: i64) -> Result {
    let at = byte_at(text, index)?;
    match text.get(at..).and_then(|rest| rest.chars().next()) {
        Some(character) => Ok(Some(Value::Text(character.to_string().into()))),
        None => thrown(format!("index {index} is out of bounds for a string of {}", length(text))),
    }
}

fn substring(scope: &Scope<'_>, text: &str, from: i64, to: i64) -> Result {
    let (Ok(start), Ok(end)) = (byte_at(text, from), byte_at(text, to)) else {
        return thrown(format!("`substring()`: begin {from}, end {to}, length {}", length(text)));
    };
    match text.get(start..end) {
        Some(part) => scope.made(part),
        None => thrown(format!("`substring()`: begin {from}, end {to}, length {}", length(text))),
    }
}

/// Returns the difference of the first characters that differ, else of the lengths.
fn compare(left: &str, right: &str) -> i64 {
    let difference =
        left.encode_utf16().zip(right.encode_utf16()).find(|(left, right)| left.cmp(right) != Ordering::Equal);
    match difference {
        Some((left, right)) => i64::from(left) - i64::from(right),
        None => {
            let length = |text| i64::try_from(length(text)).unwrap_or(i64::MAX);
            length(left) - length(right)
        }
    }
}
