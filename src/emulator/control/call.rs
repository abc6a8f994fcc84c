//! A call of an operation, and the answer to it.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::constraint::serialization_message;
use super::refusal::{Exception, Refusal};
use super::typed::Typed;
use super::{Control, ids::RandomIds};

/// A call: the operation's path parameters, query and body.
pub(crate) struct Call<'a> {
    /// What all calls share.
    pub(crate) control: &'a Control,
    /// The operation's name, such as `CreateRestApi`.
    pub(crate) operation: &'static str,
    /// The path parameters by name, decoded.
    pub(crate) parameters: Vec<(&'static str, String)>,
    /// The query items in order, decoded.
    pub(crate) query: Vec<(String, String)>,
    /// The request's headers.
    pub(crate) headers: &'a hyper::HeaderMap,
    /// The request's body.
    pub(crate) body: Bytes,
}

impl Call<'_> {
    /// Returns a path parameter of the operation's template.
    pub(crate) fn path(&self, name: &str) -> &str {
        self.parameters.iter().find(|(n, _)| *n == name).map_or("", |(_, value)| value)
    }

    /// Returns a query item.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Returns whether a query item says `true`.
    pub(crate) fn query_flag(&self, name: &str) -> bool {
        self.query(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Returns a header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Returns the body as the operation's input; an empty body is `{}`.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let value = self.json()?;
        T::deserialize(Typed(value))
            .map_err(|error| Refusal::new(Exception::Serialization, serialization_message(&error.to_string())))
    }

    /// Returns the body as JSON, without members that are null; an empty body is `{}`.
    pub(crate) fn json(&self) -> Result<Value, Refusal> {
        if self.body.iter().all(u8::is_ascii_whitespace) {
            return Ok(Value::Object(serde_json::Map::new()));
        }
        let value: Value = serde_json::from_slice(&self.body)
            .map_err(|_| Refusal::new(Exception::Serialization, "Unable to parse the request body as JSON"))?;
        match value {
            Value::Object(mut members) => {
                members.retain(|_, member| !member.is_null());
                Ok(Value::Object(members))
            }
            _ => {
                Err(Refusal::new(Exception::Serialization, "Unexpected token: the request body must be a JSON object"))
            }
        }
    }

    /// Returns the name that validation messages give to the body: `createRestApiInput`.
    pub(crate) fn input_name(&self) -> String {
        let mut name = self.operation.to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_lowercase();
        }
        name.push_str("Input");
        name
    }

    /// Returns a source of new ids.
    pub(crate) fn ids(&self) -> RandomIds {
        RandomIds
    }

    /// Returns the time, in seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        super::now()
    }
}

/// An answer to a call.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// The status, when it is not the operation's own.
    pub(crate) status: Option<u16>,
    /// Headers besides `Content-Type`.
    pub(crate) headers: Vec<(&'static str, String)>,
    /// The body.
    pub(crate) body: AnswerBody,
}

/// The body of an answer.
#[derive(Debug, Default)]
pub(crate) enum AnswerBody {
    /// Nothing.
    #[default]
    Empty,
    /// An entity.
    Json(Value),
    /// A document.
    Raw {
        /// Its media type.
        content_type: String,
        /// Its bytes.
        bytes: Bytes,
    },
}

impl Answer {
    /// Returns an answer with nothing in it.
    pub(crate) fn empty() -> Self {
        Self::default()
    }

    /// Returns an answer with an entity.
    pub(crate) fn entity<T: Serialize>(entity: &T) -> Result<Self, Refusal> {
        Ok(Self::json(to_value(entity)?))
    }

    /// Returns an answer with JSON.
    pub(crate) fn json(value: Value) -> Self {
        Self { body: AnswerBody::Json(value), ..Self::default() }
    }

    /// Returns an answer with a document.
    pub(crate) fn raw(content_type: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { body: AnswerBody::Raw { content_type: content_type.into(), bytes: bytes.into() }, ..Self::default() }
    }
}

/// Returns an entity as JSON.
pub(crate) fn to_value<T: Serialize>(entity: &T) -> Result<Value, Refusal> {
    serde_json::to_value(entity)
        .map_err(|error| Refusal::new(Exception::ServiceUnavailable, format!("cannot write the answer: {error}")))
}
