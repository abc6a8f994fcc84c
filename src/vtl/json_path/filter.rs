//! Conditions: `[?(@.price < 10)]`.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value as Json;

use super::{Found, JsonPath, PathError};
use crate::vtl::value::Heap;

/// What an item must satisfy to be chosen.
#[derive(Debug)]
pub(super) enum Condition {
    Any(Vec<Condition>),
    All(Vec<Condition>),
    Not(Box<Condition>),
    Exists(Operand),
    Compare(Operand, Comparison, Operand),
}

#[derive(Debug)]
pub(super) enum Operand {
    Literal(Json),
    Pattern(Box<fancy_regex::Regex>),
    /// `@…`
    Current(JsonPath),
    /// `$…`
    Root(JsonPath),
}

/// How two operands compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    SubsetOf,
    AnyOf,
    NoneOf,
    All,
    Contains,
    Size,
    Empty,
}

impl Comparison {
    /// The spellings, longest first where one starts with another.
    pub(super) const ALL: [(&'static str, Self); 18] = [
        ("===", Self::Equal),
        ("!==", Self::NotEqual),
        ("==", Self::Equal),
        ("!=", Self::NotEqual),
        ("<=", Self::LessOrEqual),
        (">=", Self::GreaterOrEqual),
        ("<", Self::Less),
        (">", Self::Greater),
        ("=~", Self::Matches),
        ("in", Self::In),
        ("nin", Self::NotIn),
        ("subsetof", Self::SubsetOf),
        ("anyof", Self::AnyOf),
        ("noneof", Self::NoneOf),
        ("all", Self::All),
        ("contains", Self::Contains),
        ("size", Self::Size),
        ("empty", Self::Empty),
    ];
}

impl Operand {
    /// Returns the operand of `/pattern/`.
    pub(super) fn pattern(pattern: &str) -> Result<Self, PathError> {
        let anchored = format!("^(?:{pattern})$");
        let pattern = fancy_regex::RegexBuilder::new(&anchored)
            .delegate_size_limit(1 << 20)
            .build()
            .map_err(|error| PathError::Syntax(format!("a pattern is not one: {error}")))?;
        Ok(Self::Pattern(Box::new(pattern)))
    }

    /// Returns the operand's value; nothing when its path leads nowhere.
    fn value<'a>(&'a self, current: &'a Json, root: &'a Json, heap: &Heap) -> Result<Option<Cow<'a, Json>>, PathError> {
        let found = match self {
            Self::Literal(value) => return Ok(Some(Cow::Borrowed(value))),
            Self::Pattern(_) => return Ok(None),
            Self::Current(path) => path.find_from(current, root, heap)?,
            Self::Root(path) => path.find_from(root, root, heap)?,
        };
        Ok(match found {
            Found::Missing => None,
            Found::One(value) => Some(value),
            Found::Many(values) => {
                heap.charge(values.len())?;
                Some(Cow::Owned(Json::Array(values.into_iter().map(Cow::into_owned).collect())))
            }
        })
    }
}

impl Condition {
    /// Returns whether an item satisfies the condition.
    pub(super) fn holds(&self, item: &Json, root: &Json, heap: &Heap) -> Result<bool, PathError> {
        heap.charge(1)?;
        match self {
            Self::Any(conditions) => {
                for condition in conditions {
                    if condition.holds(item, root, heap)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Self::All(conditions) => {
                for condition in conditions {
                    if !condition.holds(item, root, heap)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Self::Not(condition) => Ok(!condition.holds(item, root, heap)?),
            Self::Exists(operand) => Ok(match operand {
                Operand::Literal(Json::Bool(value)) => *value,
                operand => operand.value(item, root, heap)?.is_some(),
            }),
            Self::Compare(left, comparison, right) => {
                let left = left.value(item, root, heap)?;
                if let (Comparison::Matches, Operand::Pattern(pattern)) = (comparison, right) {
                    let text = match left.as_deref() {
                        Some(Json::String(text)) => Cow::Borrowed(text.as_str()),
                        Some(other @ (Json::Number(_) | Json::Bool(_))) => Cow::Owned(other.to_string()),
                        _ => return Ok(false),
                    };
                    heap.charge(text.len())?;
                    return Ok(pattern.is_match(text.as_ref()).unwrap_or(false));
                }
                let right = right.value(item, root, heap)?;
                compare(left.as_deref(), *comparison, right.as_deref(), heap)
            }
        }
    }
}

fn compare(left: Option<&Json>, comparison: Comparison, right: Option<&Json>, heap: &Heap) -> Result<bool, PathError> {
    let (Some(left), Some(right)) = (left, right) else {
        return Ok(comparison == Comparison::NotEqual && left.is_some() != right.is_some());
    };
    let list = |value: &Json| value.as_array().cloned().unwrap_or_default();
    heap.charge(left.as_array().map_or(1, Vec::len).saturating_mul(right.as_array().map_or(1, Vec::len)))?;
    let contains = |items: &[Json], wanted: &Json| items.iter().any(|item| equal(item, wanted));
    Ok(match comparison {
        Comparison::Equal => equal(left, right),
        Comparison::NotEqual => !equal(left, right),
        Comparison::Less => order(left, right).is_some_and(Ordering::is_lt),
        Comparison::LessOrEqual => order(left, right).is_some_and(Ordering::is_le),
        Comparison::Greater => order(left, right).is_some_and(Ordering::is_gt),
        Comparison::GreaterOrEqual => order(left, right).is_some_and(Ordering::is_ge),
        Comparison::Matches => false,
        Comparison::In => contains(&list(right), left),
        Comparison::NotIn => !contains(&list(right), left),
        Comparison::SubsetOf => left.is_array() && list(left).iter().all(|item| contains(&list(right), item)),
        Comparison::AnyOf => list(left).iter().any(|item| contains(&list(right), item)),
        Comparison::NoneOf => !list(left).iter().any(|item| contains(&list(right), item)),
        Comparison::All => list(right).iter().all(|item| contains(&list(left), item)),
        Comparison::Contains => match (left, right) {
            (Json::String(text), Json::String(part)) => text.contains(part.as_str()),
            (Json::Array(items), wanted) => contains(items, wanted),
            _ => false,
        },
        Comparison::Size => size(left).is_some() && size(left).map(|size| size as u64) == right.as_u64(),
        Comparison::Empty => size(left).is_some_and(|size| Some(size == 0) == right.as_bool()),
    })
}

fn size(value: &Json) -> Option<usize> {
    match value {
        Json::Array(items) => Some(items.len()),
        Json::Object(members) => Some(members.len()),
        Json::String(text) => Some(text.chars().count()),
        _ => None,
    }
}

fn equal(left: &Json, right: &Json) -> bool {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        _ => left == right,
    }
}

fn order(left: &Json, right: &Json) -> Option<Ordering> {
    match (left, right) {
        (Json::Number(left), Json::Number(right)) => left.as_f64()?.partial_cmp(&right.as_f64()?),
        (Json::String(left), Json::String(right)) => Some(left.cmp(right)),
        _ => None,
    }
}
