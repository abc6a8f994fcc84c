//! The method request's rules: required parameters, and bodies against models (JSON Schema draft 4).

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use indexmap::IndexMap;
use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{Draft, Retrieve, Uri, ValidationError, Validator};
use serde_json::Value;

use super::gateway_response::{Refusal, ResponseType};
use super::request::ClientRequest;
use crate::gateway::{ApiDefinition, Method, Model};

/// Violations that are spelled out; a body can break a rule once per element.
const MAX_VIOLATIONS: usize = 20;

/// What a method demands of its requests.
#[derive(Debug, Default)]
pub(crate) struct RequestRules {
    /// Required parameters, in the order in which AWS names those that are missing.
    required: Vec<Required>,
    /// Models by media type in lower case, `$default` among them; absent when bodies are not checked.
    bodies: Option<IndexMap<String, BodyModel>>,
}

#[derive(Debug)]
struct Required {
    place: Place,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Header,
    Path,
    Query,
}

/// A model ready to check bodies, or why it cannot.
type BodyModel = Result<Arc<Validator>, String>;

impl RequestRules {
    /// Compiles the rules of a method. `compiled` has the models that earlier methods needed.
    pub(crate) fn compile(
        definition: &ApiDefinition,
        method: &Method,
        compiled: &mut BTreeMap<String, BodyModel>,
    ) -> Self {
        let validator = method.request_validator_id.as_ref().and_then(|id| definition.request_validators.get(id));
        let Some(validator) = validator else { return Self::default() };
        let mut rules = Self::default();
        if validator.validate_request_parameters {
            let parameters = method.request_parameters.iter().flatten().filter(|(_, required)| **required);
            rules.required = parameters.filter_map(|(key, _)| Required::parse(key)).collect();
            rules.required.sort_by(|a, b| (a.place, &a.name).cmp(&(b.place, &b.name)));
        }
        if validator.validate_request_body {
            let models = method.request_models.iter().flatten();
            let models = models.map(|(media_type, name)| {
                let model = compiled.entry(name.clone()).or_insert_with(|| compile_model(&definition.models, name));
                (media_type.to_ascii_lowercase(), model.clone())
            });
            rules.bodies = Some(models.collect());
        }
        rules
    }

    /// Checks a request; `path` has its path parameters.
    pub(crate) fn check(&self, request: &ClientRequest, path: &[(String, String)]) -> Result<(), Refusal> {
        let blank = |value: Option<&str>| value.is_none_or(|v| v.trim().is_empty());
        let missing = self.required.iter().filter(|required| {
            let name = required.name.as_str();
            blank(match required.place {
                Place::Header => request.headers.values(name).next_back(),
                Place::Path => path.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()),
                Place::Query => request.query.get(name).and_then(|v| v.last()).map(String::as_str),
            })
        });
        let missing: Vec<&str> = missing.map(|r| r.name.as_str()).collect();
        if !missing.is_empty() {
            let message = format!("Missing required request parameters: [{}]", missing.join(", "));
            let mut refusal = Refusal::new(ResponseType::BadRequestParameters).message(message);
            refusal.log = Some(format!("Request validation failed: missing parameters {}", missing.join(", ")));
            return Err(refusal);
        }
        self.check_body(request)
    }

    /// Returns whether there is a model that the request's body is held against.
    pub(crate) fn checks_body(&self, request: &ClientRequest) -> bool {
        let Some(bodies) = &self.bodies else { return false };
        bodies.contains_key("$default") || bodies.contains_key(&*request.media_type())
    }

    fn check_body(&self, request: &ClientRequest) -> Result<(), Refusal> {
        let Some(bodies) = &self.bodies else { return Ok(()) };
        let model = bodies.get(&*request.media_type()).or_else(|| bodies.get("$default"));
        let validator = match model {
            None => return Ok(()),
            Some(Ok(validator)) => validator,
            Some(Err(reason)) => {
                return Err(Refusal::configuration(format!("The request model cannot be used: {reason}")));
            }
        };
        // An empty body is validated as an empty object.
        let body: &[u8] = if request.body.is_empty() { b"{}" } else { &request.body };
        let violations = match serde_json::from_slice::<Value>(body) {
            Ok(value) if validator.is_valid(&value) => return Ok(()),
            Ok(value) if !request.body.is_empty() => violations(validator, &value),
            // A log of a user has the words of a body that is empty.
            _ => vec!["Unknown error parsing request body".to_owned()],
        };
        let text = format!("[{}]", violations.join(", "));
        let mut refusal = Refusal::new(ResponseType::BadRequestBody);
        refusal.log =
            Some(format!("Request body does not match model schema for content type {}: {text}", request.media_type()));
        refusal.validation = Some(text);
        Err(refusal)
    }
}

impl Required {
    fn parse(key: &str) -> Option<Self> {
        let (place, name) = key.strip_prefix("method.request.")?.split_once('.')?;
        let place = match place {
            "header" | "multivalueheader" => Place::Header,
            "path" => Place::Path,
            "querystring" | "multivaluequerystring" => Place::Query,
            _ => return None,
        };
        Some(Self { place, name: name.to_owned() })
    }
}

/// Finds the models that a schema refers to by URL; the name is the URL's last segment.
struct Models(BTreeMap<String, Value>);

impl Retrieve for Models {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let name = uri.as_str().split('#').next().and_then(|u| u.rsplit('/').next()).unwrap_or_default();
        self.0.get(name).cloned().ok_or_else(|| format!("there is no model `{name}`").into())
    }
}

fn compile_model(models: &BTreeMap<String, Model>, name: &str) -> BodyModel {
    let schema_of = |model: &Model| {
        serde_json::from_str::<Value>(model.schema.as_deref().filter(|s| !s.trim().is_empty()).unwrap_or("{}"))
    };
    let model = models.get(name).ok_or_else(|| format!("there is no model `{name}`"))?;
    let schema = schema_of(model).map_err(|e| format!("the schema of `{name}` is no JSON: {e}"))?;
    let all = models.iter().filter_map(|(name, model)| Some((name.clone(), schema_of(model).ok()?))).collect();
    let options = jsonschema::options().with_draft(Draft::Draft4).with_retriever(Models(all));
    options.build(&schema).map(Arc::new).map_err(|e| format!("the schema of `{name}` cannot be used: {e}"))
}

/// Returns what is wrong with a value. All properties that an object lacks are one violation.
fn violations(validator: &Validator, value: &Value) -> Vec<String> {
    let mut worded: Vec<(String, String)> = Vec::new();
    let mut lacking: IndexMap<String, Vec<String>> = IndexMap::new();
    for error in validator.iter_errors(value).take(MAX_VIOLATIONS) {
        let place = error.instance_path().to_string();
        if let ValidationErrorKind::Required { property } = error.kind() {
            let names = lacking.entry(place.clone()).or_default();
            names.push(property.to_string());
            if names.len() > 1 {
                continue;
            }
        }
        worded.push((place, violation(&error)));
    }
    for names in lacking.values_mut() {
        names.sort();
    }
    let worded = worded.into_iter().map(|(place, text)| match lacking.get(&place) {
        Some(names) if text.starts_with(LACKING) => format!("{LACKING} ([{}])", names.join(",")),
        _ => text,
    });
    worded.collect()
}

/// How the violation begins that is about properties that are not there.
const LACKING: &str = "object has missing required properties";

/// Words a violation as API Gateway's validator does (`$context.error.validationErrorString`; unverified beyond the
/// sentences that AWS's articles quote).
fn violation(error: &ValidationError<'_>) -> String {
    let instance = error.instance();
    match error.kind() {
        ValidationErrorKind::Required { property } => format!("{LACKING} ([{property}])"),
        ValidationErrorKind::Type { kind } => {
            let mut allowed: Vec<String> = match kind {
                TypeKind::Single(one) => vec![format!("\"{one}\"")],
                TypeKind::Multiple(many) => many.iter().map(|t| format!("\"{t}\"")).collect(),
            };
            if allowed.iter().any(|t| t == "\"number\"") && !allowed.iter().any(|t| t == "\"integer\"") {
                allowed.push("\"integer\"".to_owned());
            }
            allowed.sort();
            let found = type_name(instance);
            format!(
                "instance type ({found}) does not match any allowed primitive type (allowed: [{}])",
                allowed.join(",")
            )
        }
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map(|o| o.iter().map(Value::to_string).collect::<Vec<_>>().join(","));
            format!(
                "instance value ({instance}) not found in enum (possible values: [{}])",
                options.unwrap_or_default()
            )
        }
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            let names: Vec<String> = unexpected.iter().map(|n| format!("\"{n}\"")).collect();
            format!("object instance has properties which are not allowed by the schema: [{}]", names.join(","))
        }
        ValidationErrorKind::MaxLength { limit } => {
            format!("string {instance} is too long (length: {}, maximum allowed: {limit})", length(instance))
        }
        ValidationErrorKind::MinLength { limit } => {
            format!("string {instance} is too short (length: {}, required minimum: {limit})", length(instance))
        }
        ValidationErrorKind::Maximum { limit } => {
            format!("numeric instance is greater than the required maximum (maximum: {limit}, found: {instance})")
        }
        ValidationErrorKind::Minimum { limit } => {
            format!("numeric instance is lower than the required minimum (minimum: {limit}, found: {instance})")
        }
        ValidationErrorKind::MaxItems { limit } => {
            format!(
                "array is too long: must have at most {limit} elements but instance has {} elements",
                length(instance)
            )
        }
        ValidationErrorKind::MinItems { limit } => {
            format!(
                "array is too short: must have at least {limit} elements but instance has {} elements",
                length(instance)
            )
        }
        ValidationErrorKind::Pattern { pattern } => {
            format!("ECMA 262 regex \"{pattern}\" does not match input string {instance}")
        }
        ValidationErrorKind::UniqueItems => "array must not contain duplicate elements".to_owned(),
        ValidationErrorKind::AnyOf { context } => {
            format!("instance failed to match at least one required schema among {}", context.len())
        }
        ValidationErrorKind::OneOfNotValid { context } => {
            format!("instance failed to match exactly one schema (matched 0 out of {})", context.len())
        }
        ValidationErrorKind::Not { .. } => "instance matched a schema which it should not have".to_owned(),
        _ => error.to_string(),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(n) if n.is_i64() || n.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(name: &str, schema: &str) -> (String, Model) {
        let model = Model {
            id: name.to_lowercase(),
            name: name.to_owned(),
            description: None,
            schema: Some(schema.to_owned()),
            content_type: "application/json".to_owned(),
        };
        (name.to_owned(), model)
    }

    #[track_caller]
    fn check(model_name: &str, body: &str, expected: &str) {
        let models = BTreeMap::from([
            model(
                "Pair",
                r#"{"type":"object","properties":{"a":{"type":"number"},"b":{"type":"number"}},"required":["a","b"]}"#,
            ),
            model(
                "Pairs",
                r#"{"type":"array","items":{"$ref":"https://apigateway.amazonaws.com/restapis/x/models/Pair"}}"#,
            ),
            model(
                "Maybe",
                r#"{"type":"object","properties":{"p":{"oneOf":[{"type":"null"},{"$ref":"https://apigateway.amazonaws.com/restapis/x/models/Pair"}]}},"required":["p"]}"#,
            ),
            model(
                "Tree",
                r#"{"type":"object","properties":{"next":{"$ref":"https://apigateway.amazonaws.com/restapis/x/models/Tree"}},"additionalProperties":false}"#,
            ),
            model("Over", r#"{"type":"number","maximum":5,"exclusiveMaximum":true}"#),
        ]);
        let validator = compile_model(&models, model_name).expect("a model that can be used");
        let value: Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(violations(&validator, &value).join(", "), expected);
    }

    #[test]
    fn models_refer_to_each_other() {
        check("Pairs", r#"[{"a":1,"b":2}]"#, "");
        check("Pairs", r#"[{"a":1}]"#, r#"object has missing required properties (["b"])"#);
        check(
            "Pairs",
            r#"[{}, {"b": 1}]"#,
            r#"object has missing required properties (["a","b"]), object has missing required properties (["a"])"#,
        );
        check(
            "Pairs",
            "{}",
            r#"instance type (object) does not match any allowed primitive type (allowed: ["array"])"#,
        );
        check("Maybe", r#"{"p":null}"#, "");
        check("Maybe", r#"{"p":{"a":1,"b":1}}"#, "");
        check("Maybe", r#"{"p":{}}"#, "instance failed to match exactly one schema (matched 0 out of 2)");
        check("Tree", r#"{"next":{"next":{}}}"#, "");
        check(
            "Tree",
            r#"{"next":{"left":{}}}"#,
            r#"object instance has properties which are not allowed by the schema: ["left"]"#,
        );
    }

    #[test]
    fn draft_4_is_what_is_checked() {
        check("Over", "4", "");
        assert!(std::panic::catch_unwind(|| check("Over", "5", "")).is_err());
    }
}
