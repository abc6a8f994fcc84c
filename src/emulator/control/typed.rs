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

    /// A flag may be written as text: the API reference has `"enabled": "false"` and `"validateRequestBody": "true"`.
    /// Which texts are flags, and the words for others, are those of services on the same framework (probes of Kinesis
    /// and DynamoDB).
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Value::String(text) = &self.0 else { return self.0.deserialize_any(visitor) };
        match text.to_uppercase().as_str() {
            "TRUE" | "YES" | "1" => visitor.visit_bool(true),
            "FALSE" | "NO" | "0" => visitor.visit_bool(false),
            other => Err(Error::custom(format!("'{other}' can not be converted to an Boolean"))),
        }
    }

    /// The service models have integers of 32 bits: what does not fit is cut, as services on the same framework do.
    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0.as_f64() {
            // A float that is cast has its nearest integer of those bits.
            Some(number) => visitor.visit_i64(i64::from(number.trunc() as i32)),
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
        i8 i16 i32 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
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
        flag: Option<bool>,
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
        let expected = Outer { inner_most: Some(inner()), list: vec![inner()], free: json!([[1]]), ..Outer::default() };
        assert_eq!(read(value).expect("is one"), expected);
        assert_eq!(read(json!({ "innerMost": null })).expect("is one"), Outer::default());
        for wrong in [
            json!({ "innerMost": ["n"] }),
            json!({ "list": [["n"]] }),
            json!({ "list": { "name": "n" } }),
            json!({ "count": "1" }),
            json!({ "flag": 1 }),
            json!({ "flag": "on" }),
        ] {
            assert!(read(wrong.clone()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn flags_may_be_texts_and_integers_are_cut() {
        let read = |value: Value| Outer::deserialize(Typed(value)).expect("is one");
        for (text, flag) in [("true", true), ("False", false), ("yes", true), ("0", false)] {
            assert_eq!(read(json!({ "flag": text })).flag, Some(flag), "{text}");
        }
        for (number, count) in [(json!(1_i64 << 31), i64::from(i32::MAX)), (json!(2.9), 2), (json!(-7), -7)] {
            assert_eq!(read(json!({ "count": number })).count, Some(count), "{number}");
        }
    }
}
