use crate::openapi::{LoadOptions, load_text};
use crate::source::{Loader, Origin, Pointer};

/// Converts a schema of 3.1 given as YAML in flow style; returns it as JSON, with what was reported.
fn schema(text: &str) -> (String, Vec<String>) {
    let document = format!(
        "openapi: 3.1.0\ninfo: {{title: t, version: '1'}}\npaths: {{}}\ncomponents:\n  schemas:\n    S: {text}\n    T: {{type: string}}\n"
    );
    let origin = Origin::Memory("t.yaml".into());
    let (document, _, diagnostics) = load_text(&Loader::default(), &origin, document, &LoadOptions::default());
    let document = document.expect("a document");
    let pointer = Pointer::parse("/components/schemas/S").expect("a pointer");
    let schema = document.root().at(&pointer).expect("the schema").to_json().to_string();
    (schema, diagnostics.into_iter().map(|d| d.message).collect())
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let (schema, reported) = schema(text);
    assert_eq!(schema, expected);
    assert!(reported.is_empty(), "{reported:?}");
}

#[test]
fn null_becomes_nullable() {
    check("{type: [string, 'null']}", r#"{"type":"string","nullable":true}"#);
    check(
        "{anyOf: [{$ref: '#/components/schemas/T'}, {type: 'null'}]}",
        r##"{"nullable":true,"allOf":[{"$ref":"#/components/schemas/T"}]}"##,
    );
    check(
        "{oneOf: [{type: string}, {type: integer}, {type: 'null'}]}",
        r#"{"nullable":true,"oneOf":[{"type":"string"},{"type":"integer"}]}"#,
    );
    check("{type: 'null'}", r#"{"enum":[null],"nullable":true}"#);
    check(
        "{type: [string, integer, 'null']}",
        r#"{"anyOf":[{"type":"string","nullable":true},{"type":"integer","nullable":true}]}"#,
    );
}

#[test]
fn keywords_become_those_of_30() {
    check("{const: a}", r#"{"enum":["a"],"type":"string"}"#);
    check("{type: string, const: a}", r#"{"type":"string","enum":["a"]}"#);
    check("{type: integer, exclusiveMinimum: 3}", r#"{"type":"integer","minimum":3,"exclusiveMinimum":true}"#);
    check("{type: integer, minimum: 5, exclusiveMinimum: 3}", r#"{"type":"integer","minimum":5}"#);
    check("{type: string, examples: [a]}", r#"{"type":"string","example":"a"}"#);
    check("{type: string, contentEncoding: base64}", r#"{"type":"string","format":"byte"}"#);
    check("{type: string, contentMediaType: application/octet-stream}", r#"{"type":"string","format":"binary"}"#);
    check("{type: object, additionalProperties: false}", r#"{"type":"object","additionalProperties":false}"#);
    check(
        "{type: object, properties: {a: true, b: false}}",
        r#"{"type":"object","properties":{"a":{},"b":{"not":{}}}}"#,
    );
    check(
        "{type: object, dependentRequired: {a: [b]}}",
        r#"{"type":"object","allOf":[{"anyOf":[{"not":{"required":["a"]}},{"required":["b"]}]}]}"#,
    );
    check(
        "{if: {required: [a]}, then: {required: [b]}}",
        r#"{"anyOf":[{"allOf":[{"required":["a"]},{"required":["b"]}]},{"allOf":[{"not":{"required":["a"]}}]}]}"#,
    );
}

#[test]
fn references_with_more_beside_them() {
    check("{$ref: '#/components/schemas/T'}", r##"{"$ref":"#/components/schemas/T"}"##);
    check(
        "{$ref: '#/components/schemas/T', description: d}",
        r##"{"description":"d","allOf":[{"$ref":"#/components/schemas/T"}]}"##,
    );
    check(
        "{$ref: '#/components/schemas/S/$defs/U', $defs: {U: {type: string}}}",
        r##"{"$ref":"#/components/schemas/U"}"##,
    );
}

#[test]
fn what_30_cannot_say_is_reported() {
    let (converted, reported) = schema("{type: array, prefixItems: [{type: string}], items: false}");
    assert_eq!(converted, r#"{"type":"array","maxItems":1,"items":{"anyOf":[{"type":"string"}]}}"#);
    assert_eq!(reported, ["OpenAPI 3.0 has one schema for all items; each item may be any of these"]);
    assert_eq!(schema("{propertyNames: {pattern: a}}").1, ["OpenAPI 3.0 cannot say `propertyNames`; it is left out"]);
    assert_eq!(
        schema("{type: string, examples: [a, b]}").1,
        ["OpenAPI 3.0 has one example for a schema; 1 of these are left out"]
    );
}
