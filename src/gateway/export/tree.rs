//! Operations as an export makes them. Their objects have few members and are many, so a list holds them better than a
//! table with hashes, and what they say is the definition's own text.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::Value as Json;

/// A part of an operation.
#[derive(Debug)]
pub(super) enum Tree<'a> {
    Bool(bool),
    Integer(i64),
    Text(Cow<'a, str>),
    List(Vec<Tree<'a>>),
    Object(Members<'a>),
    /// What is said elsewhere as it is.
    Json(Cow<'a, Json>),
}

/// The members of an object, in their order.
#[derive(Debug, Default)]
pub(super) struct Members<'a>(Vec<(Cow<'a, str>, Tree<'a>)>);

impl<'a> Members<'a> {
    /// Returns no members, with room for some.
    pub(super) fn with_capacity(members: usize) -> Self {
        Self(Vec::with_capacity(members))
    }

    /// Returns the only member of an object.
    pub(super) fn one(key: &'a str, value: impl Into<Tree<'a>>) -> Self {
        Self(vec![(key.into(), value.into())])
    }

    /// Sets a member, in the place of the one that has its name.
    pub(super) fn set(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Tree<'a>>) {
        let (key, value) = (key.into(), value.into());
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, known)) => *known = value,
            None => self.0.push((key, value)),
        }
    }

    /// Sets a member when there is a value for it.
    pub(super) fn set_some(&mut self, key: &'a str, value: Option<impl Into<Tree<'a>>>) {
        if let Some(value) = value {
            self.set(key, value);
        }
    }

    /// Sets a member before the one of another name, or as the last.
    pub(super) fn set_before(&mut self, other: &str, key: &'a str, value: impl Into<Tree<'a>>) {
        self.0.retain(|(known, _)| known != key);
        let at = self.0.iter().position(|(known, _)| known == other).unwrap_or(self.0.len());
        self.0.insert(at, (key.into(), value.into()));
    }

    /// Sets members that are said elsewhere.
    pub(super) fn say(&mut self, said: impl Iterator<Item = (&'a String, &'a Json)>) {
        for (key, value) in said {
            self.set(key.as_str(), Tree::Json(Cow::Borrowed(value)));
        }
    }

    /// Returns whether there is a member of a name.
    pub(super) fn contains(&self, key: &str) -> bool {
        self.0.iter().any(|(known, _)| known == key)
    }

    /// Returns whether there is no member.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the members, unless there are none.
    pub(super) fn filled(self) -> Option<Self> {
        (!self.is_empty()).then_some(self)
    }
}

impl Tree<'_> {
    /// Returns the same as a document that stands for itself.
    pub(super) fn into_json(self) -> Json {
        match self {
            Self::Bool(value) => value.into(),
            Self::Integer(value) => value.into(),
            Self::Text(text) => text.into(),
            Self::List(items) => Json::Array(items.into_iter().map(Tree::into_json).collect()),
            Self::Object(Members(members)) => {
                Json::Object(members.into_iter().map(|(key, value)| (key.into_owned(), value.into_json())).collect())
            }
            Self::Json(value) => value.into_owned(),
        }
    }
}

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(Members(members)) => serializer.collect_map(members.iter().map(|(key, value)| (key, value))),
            Self::Json(value) => value.serialize(serializer),
        }
    }
}

impl<'a, K: Into<Cow<'a, str>>, V: Into<Tree<'a>>> FromIterator<(K, V)> for Members<'a> {
    fn from_iter<T: IntoIterator<Item = (K, V)>>(members: T) -> Self {
        let members = members.into_iter();
        let mut all = Self::with_capacity(members.size_hint().0);
        for (key, value) in members {
            all.set(key, value);
        }
        all
    }
}

impl From<bool> for Tree<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Tree<'_> {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl<'a> From<&'a str> for Tree<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Tree<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.as_str().into())
    }
}

impl From<String> for Tree<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<Members<'a>> for Tree<'a> {
    fn from(members: Members<'a>) -> Self {
        Self::Object(members)
    }
}

impl<'a, T: Into<Tree<'a>>> From<Vec<T>> for Tree<'a> {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_keep_their_order_and_their_names_once() {
        let said = json!({ "k": [1, "a"] });
        let mut members = Members::one("a", 1);
        members.set("c", vec!["x", "y"]);
        members.set("a", true);
        members.set_before("c", "b", Members::one("n", "m".to_owned()));
        members.set_before("nothing", "d", "last");
        members.say(said.as_object().into_iter().flatten());
        assert!(members.contains("b") && !members.contains("e"));
        let tree = Tree::from(members);
        let expected = json!({ "a": true, "b": { "n": "m" }, "c": ["x", "y"], "d": "last", "k": [1, "a"] });
        assert_eq!(serde_json::to_string(&tree).expect("is written"), expected.to_string());
        assert_eq!(tree.into_json().to_string(), expected.to_string());
    }
}
