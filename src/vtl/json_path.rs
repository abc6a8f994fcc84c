//! JSONPath as API Gateway has it: the dialect of Jayway's Java library.
//!
//! A path whose steps each lead to one place is *definite* and gives that value or nothing; any other gives a
//! list, which may be empty.

mod filter;
mod function;
mod parse;

use std::borrow::Cow;

use serde_json::Value as Json;

use super::value::{Exhausted, Heap};
use filter::Condition;

/// A parsed path.
#[derive(Debug)]
pub(super) struct JsonPath {
    segments: Vec<Segment>,
    /// A function at the path's end: its name and arguments.
    function: Option<(String, Vec<Json>)>,
}

#[derive(Debug)]
struct Segment {
    /// Whether it stands behind `..`.
    descends: bool,
    selector: Selector,
}

#[derive(Debug)]
enum Selector {
    /// `.name`, `['a','b']`
    Names(Vec<String>),
    /// `[0]`, `[0,-1]`
    Indexes(Vec<i64>),
    /// `[1:3]`
    Slice { from: Option<i64>, to: Option<i64>, step: Option<i64> },
    /// `.*`, `[*]`
    Wildcard,
    /// `[?(…)]`
    Filter(Condition),
}

/// A step to one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'p> {
    Name(&'p str),
    /// From the end when it is negative.
    Index(i64),
}

/// What a path leads to.
#[derive(Debug, PartialEq)]
pub(super) enum Found<'a> {
    /// A definite path that leads nowhere.
    Missing,
    One(Cow<'a, Json>),
    Many(Vec<Cow<'a, Json>>),
}

/// Why a path gave no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PathError {
    Syntax(String),
    Unsupported(String),
    Exhausted(Exhausted),
}

impl From<Exhausted> for PathError {
    fn from(limit: Exhausted) -> Self {
        Self::Exhausted(limit)
    }
}

impl JsonPath {
    /// Parses a path. One that does not start with `$` starts below it.
    pub(super) fn parse(text: &str) -> Result<Self, PathError> {
        parse::path(text)
    }

    fn is_definite(&self) -> bool {
        self.segments.iter().all(|segment| {
            !segment.descends
                && match &segment.selector {
                    Selector::Names(names) => names.len() == 1,
                    Selector::Indexes(indexes) => indexes.len() == 1,
                    Selector::Slice { .. } | Selector::Wildcard | Selector::Filter(_) => false,
                }
        })
    }

    /// Returns the steps of a definite path that ends without a function.
    pub(super) fn steps(&self) -> Option<Vec<Step<'_>>> {
        if self.function.is_some() {
            return None;
        }
        self.segments.iter().map(Segment::step).collect()
    }

    /// Returns what the path leads to. Steps are taken from the heap.
    pub(super) fn find<'a>(&self, root: &'a Json, heap: &Heap) -> Result<Found<'a>, PathError> {
        self.find_from(root, root, heap)
    }

    /// As [`Self::find`], from a place below the document that `$` means in filters.
    fn find_from<'a>(&self, start: &'a Json, root: &Json, heap: &Heap) -> Result<Found<'a>, PathError> {
        let mut nodes = vec![Cow::Borrowed(start)];
        let last = self.segments.len();
        for (index, segment) in self.segments.iter().enumerate() {
            let mut next = Vec::new();
            for node in nodes {
                heap.charge(1)?;
                let is_last = index + 1 == last;
                match node {
                    Cow::Borrowed(node) if segment.descends => segment.descend(node, root, is_last, &mut next, heap)?,
                    Cow::Borrowed(node) => segment.select(node, root, is_last, &mut next, heap)?,
                    // Only a choice of several members is owned, and what is behind it is looked up in a copy.
                    Cow::Owned(node) => {
                        let mut found = Vec::new();
                        segment.select(&node, root, is_last, &mut found, heap)?;
                        next.extend(found.into_iter().map(|value| Cow::Owned(value.into_owned())));
                    }
                }
            }
            nodes = next;
        }
        let multiple_names = matches!(
            self.segments.as_slice(),
            [before @ .., Segment { descends: false, selector: Selector::Names(names) }]
                if names.len() > 1 && before.iter().all(|segment| !segment.descends && segment.is_single())
        );
        let found = if self.is_definite() || multiple_names {
            nodes.into_iter().next().map_or(Found::Missing, Found::One)
        } else {
            Found::Many(nodes)
        };
        match &self.function {
            None => Ok(found),
            Some((name, arguments)) => {
                let descends = self.segments.iter().any(|segment| segment.descends);
                function::call(name, arguments, &found, descends)
            }
        }
    }
}

impl Segment {
    /// Returns the step that the segment is, when it leads to one place.
    fn step(&self) -> Option<Step<'_>> {
        match &self.selector {
            _ if self.descends => None,
            Selector::Names(names) => match names.as_slice() {
                [name] => Some(Step::Name(name)),
                _ => None,
            },
            Selector::Indexes(indexes) => match indexes.as_slice() {
                [index] => Some(Step::Index(*index)),
                _ => None,
            },
            Selector::Slice { .. } | Selector::Wildcard | Selector::Filter(_) => None,
        }
    }

    fn is_single(&self) -> bool {
        match &self.selector {
            Selector::Names(names) => names.len() == 1,
            Selector::Indexes(indexes) => indexes.len() == 1,
            _ => false,
        }
    }

    fn descend<'a>(
        &self,
        node: &'a Json,
        root: &Json,
        is_last: bool,
        out: &mut Vec<Cow<'a, Json>>,
        heap: &Heap,
    ) -> Result<(), PathError> {
        heap.charge(1)?;
        self.select(node, root, is_last, out, heap)?;
        match node {
            Json::Array(items) => items.iter().try_for_each(|item| self.descend(item, root, is_last, out, heap)),
            Json::Object(members) => {
                members.values().try_for_each(|member| self.descend(member, root, is_last, out, heap))
            }
            _ => Ok(()),
        }
    }

    fn select<'a>(
        &self,
        node: &'a Json,
        root: &Json,
        is_last: bool,
        out: &mut Vec<Cow<'a, Json>>,
        heap: &Heap,
    ) -> Result<(), PathError> {
        match (&self.selector, node) {
            (Selector::Names(names), Json::Object(members)) => match names.as_slice() {
                [name] => out.extend(members.get(name).map(Cow::Borrowed)),
                names if is_last => {
                    heap.charge(names.len())?;
                    let chosen = names.iter().filter_map(|name| Some((name.clone(), members.get(name)?.clone())));
                    out.push(Cow::Owned(Json::Object(chosen.collect())));
                }
                names => out.extend(names.iter().filter_map(|name| members.get(name)).map(Cow::Borrowed)),
            },
            (Selector::Indexes(indexes), Json::Array(items)) => {
                out.extend(indexes.iter().filter_map(|index| item(items, *index)).map(Cow::Borrowed));
            }
            (Selector::Slice { from, to, step }, Json::Array(items)) => {
                let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
                let bound =
                    |index: i64| (if index < 0 { index.saturating_add(length) } else { index }).clamp(0, length);
                let (from, to) = (bound(from.unwrap_or(0)), bound(to.unwrap_or(length)));
                let step = usize::try_from(step.unwrap_or(1)).unwrap_or(1).max(1);
                let from = usize::try_from(from).unwrap_or(0);
                let count = usize::try_from(to).unwrap_or(0).saturating_sub(from);
                heap.charge(count)?;
                out.extend(items.iter().skip(from).take(count).step_by(step).map(Cow::Borrowed));
            }
            (Selector::Wildcard, Json::Array(items)) => {
                heap.charge(items.len())?;
                out.extend(items.iter().map(Cow::Borrowed));
            }
            (Selector::Wildcard, Json::Object(members)) => {
                heap.charge(members.len())?;
                out.extend(members.values().map(Cow::Borrowed));
            }
            (Selector::Filter(condition), Json::Array(items)) => {
                for item in items {
                    if condition.holds(item, root, heap)? {
                        out.push(Cow::Borrowed(item));
                    }
                }
            }
            (Selector::Filter(condition), node @ Json::Object(_)) if condition.holds(node, root, heap)? => {
                out.push(Cow::Borrowed(node));
            }
            _ => {}
        }
        Ok(())
    }
}

fn item(items: &[Json], index: i64) -> Option<&Json> {
    let length = i64::try_from(items.len()).ok()?;
    let index = if index < 0 { index.checked_add(length)? } else { index };
    items.get(usize::try_from(index).ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Found, JsonPath, PathError};
    use crate::vtl::value::Heap;

    fn store() -> serde_json::Value {
        json!({
            "store": {
                "book": [
                    {"category": "reference", "author": "Ada", "title": "One", "price": 8.95},
                    {"category": "fiction", "author": "Bea", "title": "Two", "price": 12.99},
                    {"category": "fiction", "author": "Cy", "title": "Three", "isbn": "0-1", "price": 8},
                ],
                "bicycle": {"color": "red", "price": 19.95},
            },
            "limit": 10,
            "a b": 1,
        })
    }

    /// Returns the text of what a path finds in the store.
    fn found(path: &str) -> String {
        let document = store();
        let heap = Heap::new(1_000_000, 100_000);
        match JsonPath::parse(path).and_then(|path| {
            Ok(match path.find(&document, &heap)? {
                Found::Missing => "missing".to_owned(),
                Found::One(value) => value.to_string(),
                Found::Many(values) => format!("{:?}", values.iter().map(ToString::to_string).collect::<Vec<_>>()),
            })
        }) {
            Ok(text) => text,
            Err(PathError::Syntax(message)) => format!("syntax: {message}"),
            Err(PathError::Unsupported(name)) => format!("unsupported: {name}"),
            Err(PathError::Exhausted(_)) => "exhausted".to_owned(),
        }
    }

    #[test]
    fn definite_paths_give_a_value_or_nothing() {
        assert_eq!(found("$.limit"), "10");
        assert_eq!(found("limit"), "10");
        assert_eq!(found("$['a b']"), "1");
        assert_eq!(found("$[\"a b\"]"), "1");
        assert_eq!(found("$.store.book[0].author"), "\"Ada\"");
        assert_eq!(found("$.store.book[-1].author"), "\"Cy\"");
        assert_eq!(found("$.store.book[7].author"), "missing");
        assert_eq!(found("$.store.nothing.here"), "missing");
        assert_eq!(found("$.store.book.author"), "missing");
    }

    #[test]
    fn other_paths_give_a_list() {
        assert_eq!(found("$.store.book[*].author"), r#"["\"Ada\"", "\"Bea\"", "\"Cy\""]"#);
        assert_eq!(found("$..author"), r#"["\"Ada\"", "\"Bea\"", "\"Cy\""]"#);
        assert_eq!(found("$.store..price"), r#"["8.95", "12.99", "8", "19.95"]"#);
        assert_eq!(found("$..book[0,1].title"), r#"["\"One\"", "\"Two\""]"#);
        assert_eq!(found("$..book[:2].title"), r#"["\"One\"", "\"Two\""]"#);
        assert_eq!(found("$..book[-2:].title"), r#"["\"Two\"", "\"Three\""]"#);
        assert_eq!(found("$..nothing"), "[]");
        assert_eq!(found("$.store.bicycle.*"), r#"["\"red\"", "19.95"]"#);
        assert_eq!(found("$.store.bicycle['color','price']"), r#"{"color":"red","price":19.95}"#);
    }

    #[test]
    fn filters_choose() {
        assert_eq!(found("$..book[?(@.isbn)].title"), r#"["\"Three\""]"#);
        assert_eq!(found("$.store.book[?(@.price < $.limit)].title"), r#"["\"One\"", "\"Three\""]"#);
        assert_eq!(found("$..book[?(@.category == 'fiction' && @.price > 10)].title"), r#"["\"Two\""]"#);
        assert_eq!(found("$..book[?(@.author =~ /b.*/i)].title"), r#"["\"Two\""]"#);
        assert_eq!(found("$..book[?(@.author in ['Ada','Cy'])].title"), r#"["\"One\"", "\"Three\""]"#);
        assert_eq!(found("$..book[?(!(@.isbn))].title"), r#"["\"One\"", "\"Two\""]"#);
    }

    #[test]
    fn functions_end_a_path() {
        assert_eq!(found("$.store.book.length()"), "3");
        assert_eq!(found("$..book.length()"), "3");
        assert_eq!(found("$..price.min()"), "8.0");
        assert_eq!(found("$..price.avg()"), "12.4725");
        assert_eq!(found("$..price.sum()"), "49.89");
        assert_eq!(found("$..price.max()"), "19.95");
        assert_eq!(found("$.store.bicycle.keys()"), r#"["color","price"]"#);
    }

    #[test]
    fn what_is_no_path_is_an_error() {
        assert!(found("$.store[").starts_with("syntax"));
        assert!(found("$.store[?(@.a").starts_with("syntax"));
        assert!(found("$..").starts_with("syntax"));
        assert_eq!(found("$.store.stddevx()"), "unsupported: the JSONPath function `stddevx()`");
    }
}
