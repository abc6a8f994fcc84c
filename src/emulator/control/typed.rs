//! JSON read as the service models have it: a structure is an object and nothing else.
//!
//! What serde derives takes an array for a structure too, its members in their order; API Gateway does not.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde_json::{Error, Value};

/// JSON of which the structures are objects.
pub(super) struct Typed(pub(super) Value);

impl IntoDeserializer<'_, Error> for Typed {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Typed {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(SeqDeserializer::new(items.into_iter().map(Typed))),
            Value::Object(members) => {
                visitor.visit_map(MapDeserializer::new(members.into_iter().map(|(name, value)| (name, Typed(value)))))
            }
            scalar => scalar.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            value => visitor.visit_some(Self(value)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &"struct")),
            value => Self(value).deserialize_any(visitor),
        }
    }

    /// The service models have integers of 32 bits.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.as_i64().filter(|number| i32::try_from(*number).is_err()) {
            Some(long) => Err(Error::invalid_type(Unexpected::Signed(long), &"i64")),
            None => self.0.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase", default)]
    struct Outer {
        inner_most: Option<Inner>,
        list: Vec<Inner>,
        free: Value,
        count: Option<i64>,
    }

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Inner {
        name: Option<String>,
    }

    #[test]
    fn a_structure_is_an_object() {
        let inner = || Inner { name: Some("n".to_owned()) };
        let read = |value: Value| Outer::deserialize(Typed(value));
        let value = json!({ "innerMost": { "name": "n", "other": [1] }, "list": [{ "name": "n" }], "free": [[1]] });
        let expected = Outer { inner_most: Some(inner()), list: vec![inner()], free: json!([[1]]), count: None };
        assert_eq!(read(value).expect("is one"), expected);
        assert_eq!(read(json!({ "innerMost": null })).expect("is one"), Outer::default());
        for wrong in [
            json!({ "innerMost": ["n"] }),
            json!({ "list": [["n"]] }),
            json!({ "list": { "name": "n" } }),
            json!({ "count": 1_i64 << 31 }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
