//! Functions at the end of a path: `$.items.length()`.

use std::borrow::Cow;

use serde_json::{Number, Value as Json};

use super::{Found, PathError};

/// Returns what a function gives for what the path before it leads to; `descends` says whether that has a `..`.
pub(super) fn call<'a>(
    name: &str,
    arguments: &[Json],
    found: &Found<'_>,
    descends: bool,
) -> Result<Found<'a>, PathError> {
    let items: Vec<&Json> = match found {
        Found::Missing => return Ok(Found::Missing),
        Found::One(value) => match value.as_ref() {
            Json::Array(items) => items.iter().collect(),
            other => vec![other],
        },
        Found::Many(values) => values.iter().map(AsRef::as_ref).collect(),
    };
    let one = |value: Json| Ok(Found::One(Cow::Owned(value)));
    match name {
        "length" | "size" => one(match found {
            Found::One(value) => match value.as_ref() {
                Json::Array(items) => items.len().into(),
                Json::Object(members) => members.len().into(),
                Json::String(text) => text.chars().count().into(),
                _ => return Ok(Found::Missing),
            },
            // Behind a descent it is the members of all that was found that are counted.
            _ if descends => items.iter().map(|item| members(item)).sum::<usize>().into(),
            _ => items.len().into(),
        }),
        "keys" => match found {
            Found::One(value) => match value.as_object() {
                Some(members) => one(members.keys().cloned().map(Json::String).collect()),
                None => Ok(Found::Missing),
            },
            _ => Ok(Found::Missing),
        },
        "first" => items.first().map_or(Ok(Found::Missing), |item| one((*item).clone())),
        "last" => items.last().map_or(Ok(Found::Missing), |item| one((*item).clone())),
        "index" => {
            let index = arguments.first().and_then(Json::as_i64).unwrap_or(0);
            let owned: Vec<Json> = items.into_iter().cloned().collect();
            super::item(&owned, index).map_or(Ok(Found::Missing), |item| one(item.clone()))
        }
        "concat" => {
            let texts = items.iter().copied().chain(arguments);
            one(Json::String(texts.filter_map(Json::as_str).collect()))
        }
        "append" => one(items.into_iter().chain(arguments).cloned().collect()),
        "sum" | "min" | "max" | "avg" | "stddev" => {
            let numbers: Vec<f64> = items.iter().copied().chain(arguments).filter_map(Json::as_f64).collect();
            match aggregate(name, &numbers).and_then(Number::from_f64) {
                Some(number) => one(Json::Number(number)),
                None => Ok(Found::Missing),
            }
        }
        other => Err(PathError::Unsupported(format!("the JSONPath function `{other}()`"))),
    }
}

fn members(value: &Json) -> usize {
    match value {
        Json::Array(items) => items.len(),
        Json::Object(members) => members.len(),
        _ => 0,
    }
}

#[expect(clippy::cast_precision_loss, reason = "no list is long enough")]
fn aggregate(name: &str, numbers: &[f64]) -> Option<f64> {
    let sum: f64 = numbers.iter().sum();
    let count = numbers.len() as f64;
    if numbers.is_empty() {
        return None;
    }
    Some(match name {
        "sum" => sum,
        "min" => numbers.iter().copied().fold(f64::INFINITY, f64::min),
        "max" => numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "avg" => sum / count,
        _ => {
            let mean = sum / count;
            (numbers.iter().map(|number| (number - mean).powi(2)).sum::<f64>() / count).sqrt()
        }
    })
}
