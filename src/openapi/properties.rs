//! What holds for every document, on documents that are made up.

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use crate::source::{Diagnostic, FileId, Format, Loader, Node, Origin, Severity, emit};

use super::{Document, LoadOptions, Version, load_text, swagger2};

fn text() -> impl Strategy<Value = String> {
    select(vec!["a", "b b", "no", "1.0", "", "é", "#x", "a: b", "~", "/x/{y}", "on"]).prop_map(str::to_owned)
}

fn name() -> impl Strategy<Value = String> {
    select(vec!["id", "a-b", "Pet", "x.y", "naïve", "$q", "a/b", "200"]).prop_map(str::to_owned)
}

fn object(members: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    Value::Object(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect())
}

fn with(mut value: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut value, more) {
        members.extend(more);
    }
    value
}

/// Schemas that are the same in all versions.
fn common_schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!({"$ref": "#/definitions/Pet"})),
        Just(json!({"$ref": "#/definitions/a-b"})),
        (option::of(text()), option::of(0..9u32)).prop_map(|(description, max)| object([
            ("type", Some(json!("string"))),
            ("description", description.map(Value::from)),
            ("maxLength", max.map(Value::from)),
        ])),
        Just(json!({"type": "integer", "format": "int64", "minimum": 1, "exclusiveMinimum": true})),
        Just(json!({"type": "string", "enum": ["on", "off", "1"]})),
        Just(json!({})),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            (btree_map(name(), inner.clone(), 0..4), option::of(inner.clone())).prop_map(|(properties, more)| object(
                [
                    ("type", Some(json!("object"))),
                    ("required", properties.keys().next().map(|first| json!([first]))),
                    ("properties", Some(json!(properties))),
                    ("additionalProperties", more),
                ]
            )),
            vec(inner, 1..3).prop_map(|all| json!({"allOf": all})),
        ]
    })
}

fn schema() -> impl Strategy<Value = Value> {
    (common_schema(), any::<bool>(), any::<bool>()).prop_map(|(schema, nullable, kinds)| {
        if schema.get("$ref").is_some() {
            return schema;
        }
        let schema = if nullable { with(schema, json!({"x-nullable": true})) } else { schema };
        if kinds { with(schema, json!({"discriminator": "kind"})) } else { schema }
    })
}

fn parameter() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "integer", "format": "int32", "default": 3})),
        select(vec!["multi", "ssv", "pipes"])
            .prop_map(|format| json!({"type": "array", "items": {"type": "string"}, "collectionFormat": format})),
        Just(json!({"type": "array", "items": {"type": "integer"}})),
        Just(json!({"type": "boolean", "x-nullable": true})),
    ];
    (option::of(text()), kind).prop_map(|(description, kind)| {
        with(object([("in", Some(json!("query"))), ("description", description.map(Value::from))]), kind)
    })
}

/// What is in the body: the parameters, and the media types it is sent in.
fn body() -> impl Strategy<Value = (Vec<Value>, Vec<&'static str>)> {
    let types = subsequence(vec!["application/json", "application/xml", "text/plain"], 1..=3);
    let field = prop_oneof![
        Just(json!({"type": "string"})),
        Just(json!({"type": "file", "description": "d"})),
        Just(json!({"type": "array", "items": {"type": "string"}, "collectionFormat": "multi", "required": true})),
    ];
    prop_oneof![
        Just((Vec::new(), Vec::new())),
        (schema(), select(vec!["body", "pet"]), any::<bool>(), types).prop_map(|(schema, name, required, types)| {
            let body = object([
                ("in", Some(json!("body"))),
                ("name", Some(json!(name))),
                ("required", required.then(|| json!(true))),
                ("schema", Some(schema)),
            ]);
            (vec![body], types)
        }),
        btree_map(name(), field, 1..4).prop_map(|fields| {
            let named = fields.into_iter().map(|(name, field)| with(field, json!({"name": name, "in": "formData"})));
            (named.collect(), vec!["multipart/form-data"])
        }),
    ]
}

fn operation() -> impl Strategy<Value = Value> {
    let produces = subsequence(vec!["application/json", "text/csv"], 1..=2);
    let response = (schema(), any::<bool>(), any::<bool>());
    (vec(parameter(), 0..4), body(), any::<bool>(), option::of(response), produces, option::of(text())).prop_map(
        |(mut parameters, (body, consumes), body_first, response, produces, summary)| {
            for (at, parameter) in parameters.iter_mut().enumerate() {
                *parameter = with(parameter.take(), json!({"name": format!("p{at}")}));
            }
            let all = if body_first { [body, parameters].concat() } else { [parameters, body].concat() };
            let example = |wanted: bool| wanted.then(|| json!({produces[0]: {"a": 1}}));
            let ok = response.as_ref().map(|(schema, header, shown)| {
                object([
                    ("description", Some(json!("ok"))),
                    ("schema", Some(schema.clone())),
                    ("headers", header.then(|| json!({"X-A": {"type": "string", "description": "h"}}))),
                    ("examples", example(*shown)),
                ])
            });
            object([
                ("summary", summary.map(Value::from)),
                ("consumes", (!consumes.is_empty()).then(|| json!(consumes))),
                ("produces", response.as_ref().map(|_| json!(produces))),
                ("parameters", (!all.is_empty()).then(|| json!(all))),
                ("responses", Some(object([("200", ok), ("default", Some(json!({"description": "d"})))]))),
                ("x-amazon-apigateway-integration", Some(json!({"type": "mock", "$x": [1, null]}))),
            ])
        },
    )
}

/// Swagger 2.0 documents that 3.0 can say everything of.
fn swagger() -> impl Strategy<Value = Value> {
    // A definition that is nothing but a reference may lead in a circle.
    let definition = schema().prop_map(|schema| match schema.get("$ref") {
        Some(_) => json!({"type": "object", "properties": {"p": schema}}),
        None => schema,
    });
    let definitions = btree_map(name(), definition, 0..3);
    let paths = btree_map(select(vec!["/a", "/a/{id}", "/b~c"]), (operation(), option::of(operation())), 0..3);
    let flow = select(vec![
        json!({"type": "basic"}),
        json!({"type": "apiKey", "name": "x-api-key", "in": "header"}),
        json!({"type": "oauth2", "flow": "application", "tokenUrl": "https://t", "scopes": {"s": "d"}}),
        json!({"type": "oauth2", "flow": "accessCode", "authorizationUrl": "https://a", "tokenUrl": "https://t", "scopes": {}}),
    ]);
    (definitions, paths, flow, select(vec![json!(["https"]), json!(["https", "http"])])).prop_map(
        |(mut definitions, paths, flow, schemes)| {
            definitions.entry("Pet".into()).or_insert_with(|| json!({"type": "object"}));
            definitions.entry("a-b".into()).or_insert_with(|| json!({"type": "string"}));
            let paths: Map<String, Value> = paths
                .into_iter()
                .map(|(path, (get, post))| (path.to_owned(), object([("get", Some(get)), ("post", post)])))
                .collect();
            json!({
                "swagger": "2.0",
                "info": {"title": "t", "version": "1"},
                "host": "example.com",
                "basePath": "/v1",
                "schemes": schemes,
                "securityDefinitions": {"s": flow},
                "paths": paths,
                "definitions": definitions,
            })
        },
    )
}

fn node(value: &Value) -> Node {
    crate::source::json::parse(FileId(0), &value.to_string()).0.expect("it is JSON")
}

fn loaded(text: String) -> (Document, Vec<Diagnostic>) {
    let origin = Origin::Memory("made-up.yaml".into());
    let (document, _, diagnostics) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    let errors: Vec<&Diagnostic> = diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    (document.expect("a document without errors"), diagnostics)
}

fn same_again(text: String) {
    for format in [Format::Yaml, Format::Json] {
        let once = emit(loaded(text.clone()).0.root(), format);
        assert_eq!(emit(loaded(once.clone()).0.root(), format), once);
    }
}

#[test]
fn what_is_of_30_is_not_taken_from_swagger() {
    let text = "swagger: '2.0'\ninfo: {title: t, version: '1'}\npaths: {}\ndefinitions: {A: {type: string}}\ncomponents: {schemas: {B: {}}}\n";
    let (document, diagnostics) = loaded(text.to_owned());
    assert_eq!(
        document.root().get("components").map(Node::to_json),
        Some(json!({"schemas": {"A": {"type": "string"}}}))
    );
    assert!(diagnostics.iter().any(|d| d.message.starts_with("`components` is of OpenAPI 3.0")), "{diagnostics:?}");
    same_again(text.to_owned());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn swagger_comes_back_from_30_as_it_was(document in swagger()) {
        let before = node(&document);
        let mut diagnostics = Vec::new();
        let there = swagger2::to_30(&before, &mut diagnostics);
        let back = swagger2::from_30(&there, &mut diagnostics);
        prop_assert_eq!(back.to_json(), before.to_json());
        prop_assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }

    #[test]
    fn a_bundle_of_a_bundle_is_the_same(document in swagger()) {
        same_again(document.to_string());
        let (document, _) = loaded(document.to_string());
        prop_assert_eq!(document.version(), Version::V2);
        let mut diagnostics = Vec::new();
        for form in [document.dereferenced(&mut diagnostics), document.for_api_gateway(&mut diagnostics)] {
            same_again(emit(form.root(), Format::Yaml));
        }
        same_again(emit(&document.to_swagger2(&mut diagnostics), Format::Json));
    }

    #[test]
    fn what_30_makes_of_31_stays(schema in common_schema(), other in common_schema(), word in text()) {
        let moved = |schema: &Value| -> Value {
            let text = schema.to_string().replace("#/definitions/", "#/components/schemas/");
            serde_json::from_str(&text.replace(r#","exclusiveMinimum":true"#, "")).expect("it is JSON")
        };
        let (schema, other) = (moved(&schema), moved(&other));
        let document = json!({
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1", "license": {"name": "MIT", "identifier": "MIT"}},
            "webhooks": {"w": {"post": {"requestBody": {"content": {"a/b": {"schema": schema}}}}}},
            "components": {"schemas": {
                "Pet": {"type": ["object", "null"], "properties": {"a": schema, "b": {"const": word}}},
                "a-b": {"if": schema, "then": other, "$defs": {"inner": schema}, "$comment": word},
                "tuple": {"type": "array", "prefixItems": [schema, {"$ref": "#/components/schemas/a-b/$defs/inner"}]},
                "beside": {"$ref": "#/components/schemas/Pet", "description": word, "examples": [other]},
                "one": {"oneOf": [{"type": "null"}, other, {"type": ["string", "integer"]}], "propertyNames": schema},
            }},
        });
        same_again(document.to_string());
    }
}
