//! Schemas to models: what of a schema API Gateway keeps, in its order of members, with references as model links.

use ahash::AHashSet as HashSet;
use serde_json::{Map, Value as Json};
use sha2::{Digest as _, Sha256};

use crate::gateway::Model;
use crate::gateway::model::{SCHEMA_KEYWORDS, linked_model, model_link};
use crate::openapi::Version;
use crate::source::{Node, Pointer, Span};

use super::importer::Importer;
use super::methods::{BodyOf, Owner};

/// How many references to other places than `components/schemas` may lead into one another.
const MAX_INLINE_DEPTH: usize = 16;
/// How many such references are followed in one import, so that a small document cannot grow without end.
const MAX_INLINED: usize = 20_000;

const SCHEMAS: &str = "#/components/schemas/";

impl<'a> Importer<'a> {
    /// Makes a model of every entry of `components.schemas`.
    pub(super) fn models(&mut self) {
        let document = self.document;
        let Some(schemas) = document.root().get("components").and_then(|c| c.get("schemas")) else { return };
        for entry in schemas.entries() {
            let name = entry.key.text.as_str();
            if !is_model_name(name) {
                let message = format!("Unable to create model for '{name}': Model name must be alphanumeric: {name}");
                self.fault(entry.key.span, message);
                continue;
            }
            let schema = self.schema(&entry.value, 0);
            if let Some(errors) = schema_errors(&schema) {
                let message = format!(
                    "Unable to create model for '{name}': Invalid model specified: Validation Result: warnings : [], \
                     errors : [{errors}]"
                );
                self.fault(entry.value.span, message);
                continue;
            }
            let description = schema.get("description").and_then(Json::as_str).map(str::to_owned);
            self.put_model(name, description, &schema);
        }
    }

    /// Returns the model that stands for the schema of a body: the one a reference names, or a new one.
    ///
    /// A new model's name is made of the schema's place, so that the same place has the same model in every import.
    pub(super) fn body_model(
        &mut self,
        schema: &'a Node,
        user: BodyOf<'_>,
        media_type: &str,
        owner: &Owner<'_>,
    ) -> Option<String> {
        if let Some(reference) = schema.reference() {
            match self.referenced_model(reference) {
                Reference::Model(name) if is_model_name(name) => return Some(name.to_owned()),
                Reference::Model(name) => {
                    let message = format!("Unable to put method {owner}: Invalid model identifier specified: {name}");
                    self.fault(schema.span, message);
                    return None;
                }
                // What is merged into an API may name the models that it has.
                Reference::Missing(name) if self.definition.models.contains_key(name) => return Some(name.to_owned()),
                Reference::Missing(name) => {
                    self.warn(schema.span, format!("Reference to model '{name}' not found. Ignoring."));
                    self.without_model(schema.span, user, media_type, owner);
                    return None;
                }
                Reference::Outside => {
                    self.warn_of_outside(reference, schema.span);
                    self.without_model(schema.span, user, media_type, owner);
                    return None;
                }
                // A part of an operation, which other schemas may refer to, is the model of no body (reports of users).
                Reference::Elsewhere if reference.starts_with("#/paths/") => {
                    self.without_model(schema.span, user, media_type, owner);
                    return None;
                }
                Reference::Elsewhere => {}
            }
        }
        if schema.as_map().is_none_or(|m| m.is_empty()) || self.is_unsupported(schema, user, owner) {
            return None;
        }
        if !self.makes_models {
            self.fault(schema.span, "");
            return None;
        }
        let json = self.schema(schema, 0);
        if let Some(errors) = schema_errors(&json) {
            let message = format!(
                "Unable to put method {owner}: Invalid model specified: Validation Result: warnings : [], errors : \
                 [{errors}]"
            );
            self.fault(schema.span, message);
            return None;
        }
        let name = self.array_name(schema, &json).unwrap_or_else(|| self.inline_name(user, media_type, owner));
        if !self.put_models.contains(&name) {
            self.put_model(&name, None, &json);
        }
        Some(name)
    }

    /// Returns the name of the model of an array of a model, `ArrayOfPet` (developer guide, an export of the sample of
    /// request validation), unless another schema has it.
    fn array_name(&self, schema: &Node, json: &Json) -> Option<String> {
        let items = schema.get("items").filter(|_| schema.str_of("type") == Some("array"))?;
        let Reference::Model(item) = self.referenced_model(items.reference()?) else { return None };
        let name = format!("ArrayOf{item}");
        let is_taken = self.schema_names.contains(name.as_str())
            || (self.put_models.contains(&name)
                && self.definition.models.get(&name).is_none_or(|model| model.schema != Some(pretty(json))));
        (is_model_name(item) && !is_taken).then_some(name)
    }

    /// Notes what comes of a body whose schema refers to no model: a method is not made with such a body of its requests,
    /// and is made without one of its responses (reports of users).
    fn without_model(&mut self, span: Span, user: BodyOf<'_>, media_type: &str, owner: &Owner<'_>) {
        match user {
            BodyOf::Requests => {
                self.fault(span, format!("Unable to put method {owner}: Invalid model identifier specified: null"));
            }
            BodyOf::Responses(_) => {
                self.warn(span, format!("Invalid format for model {media_type} for method {}", owner.verb));
            }
        }
    }

    /// Returns whether a schema that is written in place is of a kind that becomes no model, with the warning that says
    /// so: one that is neither an object nor an array (reports of users, and `api-gateway-known-issues`).
    fn is_unsupported(&mut self, schema: &Node, user: BodyOf<'_>, owner: &Owner<'_>) -> bool {
        let is_old = self.document.version() == Version::V2;
        let Some(class) = (if is_old { property_class(schema) } else { schema_class(schema) }) else { return false };
        let Owner { verb, path } = owner;
        let message = match user {
            // A body of Swagger 2.0 is a model, whatever its type.
            BodyOf::Requests if is_old => return false,
            BodyOf::Requests => {
                format!("Unsupported model type 'Content' in request schema for '{verb} {path}'. Ignoring.")
            }
            BodyOf::Responses(status) => {
                let kind = if is_old { "Property" } else { "Schema" };
                format!(
                    "Unsupported model type '{class}{kind}' in {status} response to method '{verb} {path}'. Ignoring."
                )
            }
        };
        self.warn(schema.span, message);
        true
    }

    fn put_model(&mut self, name: &str, description: Option<String>, schema: &Json) {
        let known = self.before.and_then(|before| before.models.get(name)).map(|m| m.id.clone());
        let id = known.unwrap_or_else(|| self.ids.next_id(6));
        let model = Model {
            id,
            name: name.to_owned(),
            description,
            schema: Some(pretty(schema)),
            content_type: "application/json".into(),
        };
        self.definition.models.insert(name.to_owned(), model);
        self.put_models.insert(name.to_owned());
    }

    /// Returns `MODEL` and six characters of a hash of the place, other than any name in this import.
    fn inline_name(&self, user: BodyOf<'_>, media_type: &str, owner: &Owner<'_>) -> String {
        let Owner { verb, path } = owner;
        let body = match user {
            BodyOf::Requests => "request",
            BodyOf::Responses(status) => status,
        };
        let location = format!("{verb} {path} {body} {media_type}");
        let mut name = String::new();
        for attempt in 0_u32..1000 {
            let digest = Sha256::digest(format!("{location}#{attempt}").as_bytes());
            let hex: String = digest.iter().take(3).map(|byte| format!("{byte:02x}")).collect();
            name = format!("MODEL{hex}");
            if !self.put_models.contains(&name) && !self.schema_names.contains(name.as_str()) {
                break;
            }
        }
        name
    }

    fn referenced_model<'r>(&self, reference: &'r str) -> Reference<'r> {
        let Some(name) = reference.strip_prefix(SCHEMAS) else {
            return match reference.strip_prefix('#') {
                Some(_) => Reference::Elsewhere,
                None => match reference.strip_prefix("https://apigateway.amazonaws.com/restapis/") {
                    Some(rest) => Reference::Missing(rest.rsplit('/').next().unwrap_or(rest)),
                    // A bare name is that of a model in Swagger 1.2, and in documents written by hand.
                    None if is_model_name(reference) => Reference::Missing(reference),
                    None => Reference::Outside,
                },
            };
        };
        if name.contains('/') {
            return Reference::Elsewhere;
        }
        if self.schema_names.contains(name) {
            Reference::Model(name)
        } else if Pointer::parse_fragment(&reference[1..]).is_some_and(|p| self.document.root().at(&p).is_some()) {
            // A name with escaped characters: there, but no model can have it.
            Reference::Model(name)
        } else {
            Reference::Missing(name)
        }
    }

    /// Notes what the service's parser says of a reference to another document (reports of users).
    fn warn_of_outside(&mut self, reference: &str, span: Span) {
        let kind = if reference.contains("://") { "URL" } else { "RELATIVE" };
        self.warn(span, format!("Parse issue: Unable to load {kind} ref: {reference} path: ."));
    }

    /// Returns what API Gateway keeps of a schema.
    pub(super) fn schema(&mut self, node: &Node, inlined: usize) -> Json {
        if let Some(reference) = node.reference() {
            return self.reference(reference, node.span, inlined);
        }
        let Some(members) = node.as_map() else {
            return match node.as_bool() {
                Some(value) => Json::Bool(value),
                None => Json::Object(Map::new()),
            };
        };
        let mut schema = Map::new();
        for keyword in SCHEMA_KEYWORDS {
            let Some(value) = members.get(keyword).filter(|n| is_well_typed(keyword, n)) else {
                continue;
            };
            let is_old = self.document.version() == Version::V2;
            let kept = match keyword {
                // As the parser of Swagger 2.0 has them (developer guide, an export of the sample of request validation).
                "properties" if is_old && value.as_map().is_some_and(|map| map.is_empty()) => None,
                "minimum" | "maximum" if is_old => Some(decimal(value.to_json())),
                "properties" => self.schema_map(value, inlined),
                // Swagger 2.0 has no such keywords.
                "oneOf" | "anyOf" | "not" if is_old => None,
                "items" | "not" => Some(self.schema(value, inlined)),
                "additionalProperties" if value.as_bool().is_none() => Some(self.schema(value, inlined)),
                "allOf" | "anyOf" | "oneOf" => {
                    Some(Json::Array(value.items().map(|item| self.schema(item, inlined)).collect()))
                }
                "required" => sorted_names(value),
                _ => Some(value.to_json()),
            };
            if let Some(kept) = kept {
                schema.insert(keyword.to_owned(), kept);
            }
        }
        Json::Object(schema)
    }

    fn schema_map(&mut self, node: &Node, inlined: usize) -> Option<Json> {
        node.as_map()?;
        let members =
            node.entries().map(|e| (e.key.text.as_str().to_owned(), self.schema(&e.value, inlined))).collect();
        Some(Json::Object(members))
    }

    fn reference(&mut self, reference: &str, span: Span, inlined: usize) -> Json {
        let mut schema = Map::new();
        match self.referenced_model(reference) {
            Reference::Model(name) => {
                schema.insert("$ref".into(), Json::String(model_link(&self.definition.api.id, name)));
            }
            // As for a body: what is merged into an API may name the models that it has.
            Reference::Missing(name) if self.definition.models.contains_key(name) => {
                schema.insert("$ref".into(), Json::String(model_link(&self.definition.api.id, name)));
            }
            Reference::Missing(name) => {
                let message = format!("Reference to model '{name}' not found. Ignoring.");
                self.warn(span, message);
            }
            Reference::Outside => {
                self.warn_of_outside(reference, span);
                schema.insert("$ref".into(), Json::String(reference.to_owned()));
            }
            Reference::Elsewhere => {
                let target = Pointer::parse_fragment(reference.strip_prefix('#').unwrap_or_default())
                    .and_then(|pointer| self.document.root().at(&pointer));
                let Some(target) = target else {
                    let name = reference.rsplit('/').next().unwrap_or(reference);
                    self.warn(span, format!("Reference to model '{name}' not found. Ignoring."));
                    return Json::Object(schema);
                };
                self.inlined += 1;
                if inlined < MAX_INLINE_DEPTH && self.inlined < MAX_INLINED {
                    return self.schema(target, inlined + 1);
                }
            }
        }
        Json::Object(schema)
    }
}

/// Returns what the service's parser of OpenAPI 3.0 makes of a schema that is no object and no array, without the `Schema`
/// at the end.
fn schema_class(schema: &Node) -> Option<&'static str> {
    if schema.get("items").is_some() {
        return None;
    }
    if ["allOf", "anyOf", "oneOf"].iter().any(|keyword| schema.get(keyword).is_some_and(|all| all.as_seq().is_some())) {
        return Some("Composed");
    }
    if schema.get("additionalProperties").is_some() {
        return None;
    }
    match (schema.str_of("type")?, schema.str_of("format").unwrap_or_default()) {
        ("integer", _) => Some("Integer"),
        ("number", _) => Some("Number"),
        (name, format) => simple_class(name, format),
    }
}

/// Returns what the service's parser of Swagger 2.0 makes of a response's schema of a primitive type, without the
/// `Property` at the end.
fn property_class(schema: &Node) -> Option<&'static str> {
    match (schema.str_of("type")?, schema.str_of("format").unwrap_or_default()) {
        ("integer", "int32") => Some("Integer"),
        ("integer", "int64") => Some("Long"),
        ("integer", _) => Some("BaseInteger"),
        ("number", "float") => Some("Float"),
        ("number", "double") => Some("Double"),
        ("number", _) => Some("Decimal"),
        (name, format) => simple_class(name, format),
    }
}

/// Returns what both parsers call the class of a type other than a number.
fn simple_class(name: &str, format: &str) -> Option<&'static str> {
    match (name, format) {
        ("boolean", _) => Some("Boolean"),
        ("string", "byte") => Some("ByteArray"),
        ("string", "binary") => Some("Binary"),
        ("string", "date") => Some("Date"),
        ("string", "date-time") => Some("DateTime"),
        ("string", "password") => Some("Password"),
        ("string", "email") => Some("Email"),
        ("string", "uuid") => Some("UUID"),
        ("string", _) => Some("String"),
        _ => None,
    }
}

/// What the reference of a schema leads to.
enum Reference<'r> {
    /// An entry of `components.schemas`.
    Model(&'r str),
    /// Nothing.
    Missing(&'r str),
    /// Another document, which is not fetched.
    Outside,
    /// Another place of the document.
    Elsewhere,
}

/// Returns whether API Gateway takes this for the name of a model.
pub(super) fn is_model_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Returns a whole number as a decimal one: `25` as `25.0`.
fn decimal(number: Json) -> Json {
    match number.as_f64() {
        Some(value) if number.is_i64() || number.is_u64() => Json::from(value),
        _ => number,
    }
}

/// Returns the text a schema is stored as: a line for a member, as the service writes it.
fn pretty(schema: &Json) -> String {
    let text = crate::gateway::pretty::to_json(schema, 0).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    text.unwrap_or_else(|| schema.to_string())
}

/// Returns the names in `required`, sorted as they are stored (recorded); none is no member at all.
fn sorted_names(node: &Node) -> Option<Json> {
    let mut names: Vec<&str> = node.items().filter_map(Node::as_str).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| Json::Array(names.into_iter().map(Json::from).collect()))
}

/// Returns whether a keyword's value has the JSON type that it is read as; the service's parser passes over others, such
/// as `required: true` of a property.
fn is_well_typed(keyword: &str, value: &Node) -> bool {
    match keyword {
        "required" | "enum" | "allOf" | "anyOf" | "oneOf" => value.as_seq().is_some(),
        "properties" | "items" | "not" => value.as_map().is_some(),
        "additionalProperties" => value.as_map().is_some() || value.as_bool().is_some(),
        "uniqueItems" | "exclusiveMaximum" => value.as_bool().is_some(),
        "title" | "description" | "pattern" | "format" => value.as_str().is_some(),
        "type" => value.as_str().is_some() || value.as_seq().is_some(),
        _ => value.as_number().is_some(),
    }
}

/// Returns what the service finds wrong with a schema, in its words.
fn schema_errors(schema: &Json) -> Option<&'static str> {
    // One that is nothing but such a reference is not looked at further (reports of users).
    if schema.get("$ref").and_then(Json::as_str).is_some_and(|link| linked_model(link).is_none()) {
        return Some("Model reference must be in canonical form");
    }
    if refers_outside(schema) {
        return Some("Invalid model schema specified, Model reference must be in canonical form");
    }
    (!is_draft4(schema, 0)).then_some("Invalid model schema specified")
}

/// Returns whether a schema still has a reference that is no model link: one to another document.
fn refers_outside(schema: &Json) -> bool {
    match schema {
        Json::Object(members) => members.iter().any(|(key, value)| match value.as_str().filter(|_| key == "$ref") {
            Some(link) => linked_model(link).is_none(),
            None => refers_outside(value),
        }),
        Json::Array(items) => items.iter().any(refers_outside),
        _ => false,
    }
}

/// Returns whether a schema is one by the meta-schema of draft 4, as far as the kept keywords go.
fn is_draft4(schema: &Json, depth: usize) -> bool {
    let Json::Object(members) = schema else { return false };
    if depth > 256 {
        return false;
    }
    members.iter().all(|(keyword, value)| match keyword.as_str() {
        "type" => match value {
            Json::String(name) => is_simple_type(name),
            Json::Array(names) => !names.is_empty() && names.iter().all(|n| n.as_str().is_some_and(is_simple_type)),
            _ => false,
        },
        "properties" => value.as_object().is_some_and(|p| p.values().all(|s| is_draft4(s, depth + 1))),
        "items" | "not" => is_draft4(value, depth + 1),
        "additionalProperties" => value.is_boolean() || is_draft4(value, depth + 1),
        "allOf" | "anyOf" | "oneOf" => {
            value.as_array().is_some_and(|all| !all.is_empty() && all.iter().all(|s| is_draft4(s, depth + 1)))
        }
        "required" => value.is_array(),
        "enum" => value.as_array().is_some_and(|values| !values.is_empty() && are_unique(values)),
        "multipleOf" => value.as_f64().is_some_and(|n| n > 0.0),
        "maximum" | "minimum" => value.is_number(),
        "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties" => {
            value.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0)
        }
        "uniqueItems" | "exclusiveMaximum" => value.is_boolean(),
        "title" | "description" | "pattern" | "format" | "$ref" => value.is_string(),
        _ => true,
    })
}

/// Returns whether no value is there twice. Numbers are told apart as they are written.
fn are_unique(values: &[Json]) -> bool {
    let mut seen = HashSet::with_capacity(values.len());
    values.iter().all(|value| seen.insert(value.to_string()))
}

fn is_simple_type(name: &str) -> bool {
    matches!(name, "array" | "boolean" | "integer" | "null" | "number" | "object" | "string")
}
