//! `$input`, `$util`, `$context` and `$stageVariables`.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use ecow::EcoString;
use serde_json::Value as Json;

use super::Evaluator;
use super::reference::position;
use crate::vtl::ast::Access;
use crate::vtl::error::Fault;
use crate::vtl::json;
use crate::vtl::json_path::{Found, JsonPath, PathError, Step};
use crate::vtl::value::{Entries, Key, MapId, Provided, Value};

/// The `$context` variables that templates assign to, with the maps that are there from the start.
const OVERRIDES: [(&str, &[&str]); 2] =
    [("requestOverride", &["header", "path", "querystring"]), ("responseOverride", &["header"])];

/// Base64 as Java's decoder takes it: padding may be missing, and bits that are left over are not looked at.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What has been overridden: each parameter may be once.
#[derive(Debug, Default)]
pub(super) struct Overrides {
    maps: Vec<MapId>,
    done: Vec<(MapId, Key)>,
}

impl Evaluator<'_, '_> {
    /// Returns the payload; an empty one is `{}`.
    fn body(&self) -> &str {
        if self.context.body.is_empty() { "{}" } else { &self.context.body }
    }

    pub(super) fn input_property(&mut self, name: &str) -> Value {
        if name == "body" {
            return Value::Text(self.body().into());
        }
        self.warn_missing("$input", name);
        Value::Null
    }

    pub(super) fn input_method(&mut self, at: u32, name: &str, arguments: &[Value]) -> Result<Value, Fault> {
        match (name, arguments) {
            ("json", [path]) => self.input_json(at, path),
            ("path", [path]) => self.input_path(at, path),
            ("params", []) => {
                let parameters = self.context.parameters;
                let groups = [
                    ("path", parameters.path()),
                    ("querystring", parameters.querystring()),
                    ("header", parameters.header()),
                ];
                let mut all = Entries::new();
                for (name, pairs) in groups {
                    self.charge(at, pairs.len())?;
                    // The last of repeated values stands, at the place of the first.
                    let entries =
                        pairs.into_iter().map(|(name, value)| (name.into(), Value::Text(value.as_ref().into())));
                    let group = self.heap.map(entries.collect());
                    all.insert(name.into(), group);
                }
                Ok(self.heap.map(all))
            }
            ("params", [name]) => {
                let name = self.text(at, name)?;
                // A request may have thousands of headers.
                self.charge(at, 16)?;
                let found = self.context.parameters.find(&name);
                Ok(Value::Text(found.map_or_else(EcoString::new, |value| value.as_ref().into())))
            }
            ("getBody", []) => Ok(self.input_property("body")),
            _ => {
                self.warn_missing("$input", name);
                Ok(Value::Null)
            }
        }
    }

    /// Returns `$input.path(…)`. What is found in the payload is shared: a template that changes it changes what later
    /// paths find, and what `$input.json` prints.
    fn input_path(&mut self, at: u32, path: &Value) -> Result<Value, Fault> {
        let (text, path) = self.json_path(at, path)?;
        let steps = path.steps();
        if let (Some(payload), Some(steps)) = (&self.payload, &steps) {
            return self.followed(at, payload.clone(), steps);
        }
        // What is not JSON has no members.
        let Some(document) = self.document(at)? else { return Ok(Value::Null) };
        let found = path.find(&document, &self.heap).map_err(|error| path_fault(at, &text, error))?;
        match (found, steps) {
            (Found::Missing, _) => Ok(Value::Null),
            (Found::One(value), Some(steps)) if value.is_object() || value.is_array() => {
                self.charge(at, json::size(&document))?;
                let payload = self.heap.make_payload(|heap| json::value_of(&document, heap));
                self.payload = Some(payload.clone());
                self.followed(at, payload, &steps)
            }
            (Found::One(value), _) => {
                self.charge(at, json::size(&value))?;
                Ok(json::value_of(&value, &mut self.heap))
            }
            (Found::Many(values), _) => {
                let list: Json = values.into_iter().map(Cow::into_owned).collect();
                self.charge(at, json::size(&list))?;
                Ok(json::value_of(&list, &mut self.heap))
            }
        }
    }

    /// Follows the steps of a path from a value.
    fn followed(&self, at: u32, from: Value, steps: &[Step<'_>]) -> Result<Value, Fault> {
        self.charge(at, steps.len())?;
        let mut value = from;
        for step in steps {
            let next = match (&value, step) {
                (Value::Map(id), Step::Name(name)) => self.heap.entries(*id).get(&Key::from(*name)).cloned(),
                (Value::List(id), Step::Index(index)) => {
                    let items = &self.heap.get(*id).items;
                    position(*index, items.len()).and_then(|position| items.get(position)).cloned()
                }
                _ => None,
            };
            let Some(next) = next else { return Ok(Value::Null) };
            value = next;
        }
        Ok(value)
    }

    fn json_path(&mut self, at: u32, path: &Value) -> Result<(EcoString, JsonPath), Fault> {
        let text = self.text(at, path)?;
        let path = JsonPath::parse(&text).map_err(|error| path_fault(at, &text, error))?;
        Ok((text, path))
    }

    /// Returns `$input.json(…)`.
    fn input_json(&mut self, at: u32, path: &Value) -> Result<Value, Fault> {
        let (path_text, path) = self.json_path(at, path)?;
        let fault = |error| path_fault(at, &path_text, error);
        let document = self.document(at)?;
        let found = match &document {
            Some(document) => path.find(document, &self.heap).map_err(fault)?,
            None => Found::Missing,
        };
        let mut text = String::new();
        match found {
            Found::Missing => text.push_str("\"\""),
            Found::One(value) => json::print(&value, &mut text),
            Found::Many(values) => {
                let list = values.into_iter().map(Cow::into_owned).collect();
                json::print(&Json::Array(list), &mut text);
            }
        }
        self.heap.charge_text(text.len()).map_err(|limit| fault(limit.into()))?;
        Ok(Value::Text(text.into()))
    }

    /// Returns the payload as it is now; nothing when it is not JSON.
    fn document(&mut self, at: u32) -> Result<Option<Arc<Json>>, Fault> {
        if let Some(payload) = self.payload.as_ref().filter(|_| self.heap.payload_changed()) {
            let changed = json::json_of(payload, &self.heap).map_err(|limit| self.exhausted(at, limit))?;
            return Ok(Some(Arc::new(changed)));
        }
        if self.document.is_none() {
            self.charge(at, self.body().len() / 32)?;
            self.document = Some(serde_json::from_str(self.body()).map(Arc::new).map_err(drop));
        }
        Ok(self.document.as_ref().and_then(|document| document.as_ref().ok()).cloned())
    }

    pub(super) fn util_method(&mut self, at: u32, name: &str, arguments: &[Value]) -> Result<Value, Fault> {
        const NAMES: [&str; 6] =
            ["escapeJavaScript", "parseJson", "urlEncode", "urlDecode", "base64Encode", "base64Decode"];
        let (true, [argument]) = (NAMES.contains(&name), arguments) else {
            self.warn_missing("$util", name);
            return Ok(Value::Null);
        };
        if matches!(argument, Value::Null) && name != "escapeJavaScript" {
            return Ok(Value::Null);
        }
        let text = self.text(at, argument)?;
        let result = match name {
            "escapeJavaScript" => java_script_escaped(&text),
            "parseJson" => {
                self.charge(at, text.len() / 16)?;
                let document: Json = serde_json::from_str(&text)
                    .map_err(|error| Fault::runtime(at, format!("`$util.parseJson` got no JSON: {error}")))?;
                self.charge(at, json::size(&document))?;
                return Ok(json::value_of(&document, &mut self.heap));
            }
            "urlEncode" => form_encoded(&text),
            "urlDecode" => form_decoded(&text)
                .ok_or_else(|| Fault::runtime(at, "`$util.urlDecode` got an incomplete `%` sequence"))?,
            "base64Encode" => STANDARD.encode(text.as_bytes()),
            _ => {
                let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
                let bytes = LENIENT
                    .decode(compact)
                    .map_err(|error| Fault::runtime(at, format!("`$util.base64Decode` got no base64: {error}")))?;
                String::from_utf8_lossy(&bytes).into_owned()
            }
        };
        self.heap.charge_text(result.len()).map_err(|limit| self.exhausted(at, limit))?;
        Ok(Value::Text(result.into()))
    }

    pub(super) fn stage_variable(&self, name: &str) -> Value {
        self.context.stage_variables.value(name).map_or(Value::Null, |value| Value::Text(value.into()))
    }

    /// Returns a `$context` variable.
    pub(super) fn context_variable(&mut self, name: &str) -> Value {
        self.context_path(&[Access::Property(name.into())]).map_or(Value::Null, |(value, _)| value)
    }

    /// Follows properties below `$context` in the documents they stand in, and returns the value with what is left
    /// of the way. Nothing is made of what is passed by.
    pub(super) fn context_path<'p>(&mut self, path: &'p [Access]) -> Option<(Value, &'p [Access])> {
        let (Access::Property(name), rest) = path.split_first()? else { return None };
        if let Some(value) = self.assigned_variable(name) {
            return Some((value, rest));
        }
        let context = self.context;
        if rest.is_empty()
            && context.assigned.variables.is_empty()
            && let Some(text) = context.context.text(name)
        {
            return Some((Value::Text(text.into()), rest));
        }
        let variable = match context.assigned.variables.get(name.as_str()) {
            Some(assigned) => Cow::Borrowed(assigned),
            None => match context.context.variable(name) {
                Some(variable) => variable,
                None => return Some((Value::Null, &[])),
            },
        };
        let mut document = variable.as_ref();
        let mut rest = rest;
        let mut way: &[Access] = path;
        while let (Json::Object(members), Some((Access::Property(name), behind))) = (document, rest.split_first()) {
            match members.get(name.as_str()) {
                Some(member) => document = member,
                None => return Some((Value::Null, &[])),
            }
            way = rest;
            rest = behind;
        }
        // Claims are there one by one, and not together.
        if name == "authorizer"
            && path.len() == 2
            && rest.is_empty()
            && let [Access::Property(last)] = way
            && last == "claims"
            && document.is_object()
        {
            return Some((Value::Null, &[]));
        }
        Some((json::value_of(document, &mut self.heap), rest))
    }

    /// Returns the value of a `$context` variable that templates assign to, making it when it is an override.
    fn assigned_variable(&mut self, name: &str) -> Option<Value> {
        if let Some((_, value)) = self.assigned.iter().find(|(known, _)| known == name) {
            return Some(value.clone());
        }
        let (_, parts) = OVERRIDES.iter().find(|(known, _)| *known == name)?;
        let before = self.context.assigned.variables.get(name).cloned();
        let before = before.or_else(|| self.context.context.variable(name).map(Cow::into_owned));
        let mut document = before.unwrap_or_else(|| Json::Object(serde_json::Map::new()));
        if let Json::Object(members) = &mut document {
            for part in *parts {
                members.entry(*part).or_insert_with(|| Json::Object(serde_json::Map::new()));
            }
        }
        let value = json::value_of(&document, &mut self.heap);
        if let Value::Map(id) = &value {
            self.overrides.maps.push(*id);
            for part in *parts {
                if let Some(Value::Map(id)) = self.heap.entries(*id).get(&Key::from(*part)) {
                    self.overrides.maps.push(*id);
                }
            }
        }
        self.assigned.push((name.into(), value.clone()));
        Some(value)
    }

    /// Carries out `#set($context.name = value)`.
    pub(super) fn assign_context(&mut self, name: &str, value: Value) {
        self.assigned.retain(|(known, _)| known != name);
        self.assigned.push((name.into(), value));
    }

    /// Returns the map below `$context` that is assigned to, with what is left of the way. Maps that are missing on
    /// the way are made.
    pub(super) fn context_path_for_writing<'p>(&mut self, path: &'p [Access]) -> Option<(Value, &'p [Access])> {
        let (Access::Property(name), mut rest) = path.split_first()? else { return None };
        let mut value = match self.assigned_variable(name) {
            Some(value) => value,
            None => {
                let value = match self.context_variable(name) {
                    Value::Null => self.heap.map(Entries::new()),
                    value => value,
                };
                self.assign_context(name, value.clone());
                value
            }
        };
        while let (Value::Map(id), Some((Access::Property(name), behind))) = (&value, rest.split_first()) {
            let id = *id;
            let key = Key::Text(name.clone());
            value = match self.heap.entries(id).get(&key) {
                Some(found) => found.clone(),
                None => {
                    let made = self.heap.map(Entries::new());
                    self.heap.entries_mut(id).insert(key, made.clone());
                    made
                }
            };
            rest = behind;
        }
        Some((value, rest))
    }

    /// Notes that a parameter is overridden, which API Gateway allows once.
    pub(super) fn note_override(&mut self, at: u32, map: MapId, key: Key) -> Result<(), Fault> {
        if !self.overrides.maps.contains(&map) {
            return Ok(());
        }
        let entry = (map, key);
        if self.overrides.done.contains(&entry) {
            let name = entry.1.text();
            return Err(Fault::runtime(
                at,
                format!("`{name}` is overridden twice, which API Gateway answers with 500"),
            ));
        }
        self.overrides.done.push(entry);
        Ok(())
    }

    /// Returns a provided variable as a map, for templates that go through it or print it.
    pub(super) fn provided_map(&mut self, provided: Provided) -> Value {
        let mut entries = Entries::new();
        match provided {
            Provided::StageVariables => {
                let pairs = self.context.stage_variables.entries();
                entries.extend(pairs.into_iter().map(|(name, value)| (name.into(), Value::Text(value.into()))));
            }
            Provided::Context => {
                let names: Vec<EcoString> =
                    self.context.context.names().iter().map(|name| name.as_ref().into()).collect();
                for name in names {
                    let value = self.context_variable(&name);
                    entries.insert(Key::Text(name), value);
                }
            }
            Provided::Input | Provided::Util | Provided::Loop(_) | Provided::Class(_) => {}
        }
        self.heap.map(entries)
    }

    /// Notes that a template uses what API Gateway does not provide; both render it as empty text.
    fn warn_missing(&mut self, variable: &str, name: &str) {
        self.warn(format!("API Gateway's `{variable}` has no `{name}`"));
    }
}

/// Returns the text as it can stand in a JavaScript string, as Java's commons-lang escapes it.
fn java_script_escaped(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '"' | '\'' | '\\' | '/' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            ' '..='~' => out.push(character),
            other => {
                let mut units = [0; 2];
                for unit in other.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04X}");
                }
            }
        }
    }
    out
}

/// Returns the text as `application/x-www-form-urlencoded`.
fn form_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'*' | b'_' | b'-' => out.push(char::from(byte)),
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

/// Returns the text that a form-encoded one stands for; nothing when a `%` is not followed by two digits.
fn form_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits = std::str::from_utf8(behind.get(..2)?).ok()?;
                bytes.push(u8::from_str_radix(digits, 16).ok()?);
                rest = behind.get(2..)?;
            }
            other => bytes.push(*other),
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn path_fault(at: u32, path: &str, error: PathError) -> Fault {
    match error {
        PathError::Syntax(message) => Fault::runtime(at, format!("`{path}` is not a JSONPath: {message}")),
        PathError::Unsupported(what) => Fault::unsupported(at, format!("{what} is not supported")),
        PathError::Exhausted(limit) => Fault::limit(at, limit.message()),
    }
}
