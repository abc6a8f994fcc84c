//! What CreateModel and UpdateModel demand of a schema: JSON Schema draft 4, and links to models in their one form.

use serde_json::Value;

use crate::gateway::model::linked_model;

use super::refusal::Refusal;

/// The keywords of draft 4.
const KEYWORDS: [&str; 34] = [
    "$ref",
    "$schema",
    "additionalItems",
    "additionalProperties",
    "allOf",
    "anyOf",
    "default",
    "definitions",
    "dependencies",
    "description",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "id",
    "items",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "properties",
    "required",
    "title",
    "type",
    "uniqueItems",
];
const INVALID: &str = "Invalid model schema specified";

/// Demands that a schema is one that API Gateway keeps; the words are known from reports of users.
pub(super) fn check(schema: &str) -> Result<(), Refusal> {
    let empty = || Refusal::bad_request("Model schema must have at least 1 property or array items defined");
    if schema.trim().is_empty() {
        return Err(empty());
    }
    let Ok(schema @ Value::Object(_)) = serde_json::from_str::<Value>(schema) else {
        return Err(refusal(&[INVALID.to_owned()]));
    };
    if schema.as_object().is_some_and(serde_json::Map::is_empty) {
        return Err(empty());
    }
    let mut errors = Vec::new();
    walk(&schema, &mut errors);
    if errors.is_empty() {
        // Each violation is told of, none by its place (reports of users).
        let violations = jsonschema::draft4::meta::validator().iter_errors(&schema).count();
        errors.extend(std::iter::repeat_n(INVALID.to_owned(), violations));
    }
    if errors.is_empty() { Ok(()) } else { Err(refusal(&errors)) }
}

/// Demands that the models which a schema links to are there (developer guide, `models-mappings-models`); that they are
/// looked for is known from reports of users, the words are not.
pub(super) fn check_links(schema: &str, is_known: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    let mut errors = Vec::new();
    unknown_links(&schema, &is_known, &mut errors);
    if errors.is_empty() { Ok(()) } else { Err(refusal(&errors)) }
}

/// The recursion ends: the JSON parser limits depth.
fn unknown_links(schema: &Value, is_known: &impl Fn(&str) -> bool, errors: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                match (key.as_str(), value) {
                    ("$ref", Value::String(link)) if linked_model(link).is_some_and(|name| !is_known(name)) => {
                        errors.push(format!("Invalid model reference specified: {link}"));
                    }
                    ("enum" | "default", _) => {}
                    _ => unknown_links(value, is_known, errors),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| unknown_links(item, is_known, errors)),
        _ => {}
    }
}

fn refusal(errors: &[String]) -> Refusal {
    let errors = errors.join(", ");
    Refusal::bad_request(format!("Invalid model specified: Validation Result: warnings : [], errors : [{errors}]"))
}

/// Looks at a schema and all below it. The recursion ends: the JSON parser limits depth.
fn walk(schema: &Value, errors: &mut Vec<String>) {
    let Some(members) = schema.as_object() else { return };
    if let Some(reference) = members.get("$ref").and_then(Value::as_str)
        && !reference.starts_with('#')
        && linked_model(reference).is_none()
    {
        errors.push(INVALID.to_owned());
        errors.push("Model reference must be in canonical form".to_owned());
    }
    let mut unknown: Vec<&str> = members.keys().map(String::as_str).filter(|key| !KEYWORDS.contains(key)).collect();
    if !unknown.is_empty() {
        unknown.sort_unstable();
        errors.push(format!("{INVALID}. Unsupported keyword(s): {}", Value::from(unknown)));
    }
    for (keyword, value) in members {
        match (keyword.as_str(), value) {
            ("properties" | "patternProperties" | "definitions" | "dependencies", Value::Object(schemas)) => {
                schemas.values().for_each(|schema| walk(schema, errors));
            }
            ("items" | "allOf" | "anyOf" | "oneOf", Value::Array(schemas)) => {
                schemas.iter().for_each(|schema| walk(schema, errors));
            }
            ("items" | "additionalItems" | "additionalProperties" | "not", schema) => walk(schema, errors),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_errors(schema: &str, expected: &str) {
        let message = check(schema).err().map(|refusal| refusal.message).unwrap_or_default();
        let errors = message.split_once("errors : [").and_then(|(_, rest)| rest.strip_suffix(']')).unwrap_or(&message);
        assert_eq!(errors, expected, "{schema}");
    }

    #[test]
    fn schemas_are_draft_4() {
        check_errors(
            r##"{"type": "object", "definitions": {"a": {"type": "string"}}, "$ref": "#/definitions/a"}"##,
            "",
        );
        check_errors(r#"{"$ref": "https://apigateway.amazonaws.com/restapis/a/models/B"}"#, "");
        check_errors("{}", "Model schema must have at least 1 property or array items defined");
        check_errors("[]", INVALID);
        check_errors(r#"{"type": "strng"}"#, INVALID);
        check_errors(r#"{"required": []}"#, INVALID);
        check_errors(
            r#"{"properties": {"a": {"type": "string", "minLength": "1", "maxLength": "35"}}}"#,
            &[INVALID, INVALID].join(", "),
        );
        check_errors(r#"{"$id": "x"}"#, r#"Invalid model schema specified. Unsupported keyword(s): ["$id"]"#);
        check_errors(
            r#"{"properties": {"a": {"example": 1, "nullable": true}}}"#,
            r#"Invalid model schema specified. Unsupported keyword(s): ["example","nullable"]"#,
        );
        check_errors(
            r#"{"$ref": "Other"}"#,
            "Invalid model schema specified, Model reference must be in canonical form",
        );
    }
}
