use super::prelude::*;

declare_rule! {
    /// Finds schemas of bodies and responses that are written in place.
    ///
    /// ## What API Gateway does
    /// Makes a model with a name of its own (`MODEL` and six characters), and another one at each import: exports
    /// and generated clients change every time. An array of a model has a name that stays, such as `ArrayOfPet`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string}}}}}}
    ///       responses: {'200': {description: ok}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     post:
    ///       requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}
    ///       responses: {'200': {description: ok}}
    /// components:
    ///   schemas: {Pet: {type: object, properties: {name: {type: string}}}}
    /// ```
    INLINE_SCHEMA_UNNAMED = "inline-schema-unnamed", Info, Dropped, Rest, Schema(check)
}

/// What references to models begin with.
const MODELS: &str = "#/components/schemas/";

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    let named = schema.used == SchemaUse::Component || schema.node.reference().is_some();
    // A primitive one is ignored in a response, and told of as such.
    let is_ignored = schema.used == SchemaUse::Response
        && matches!(schema.node.str_of("type"), Some("string" | "number" | "integer" | "boolean"));
    // An array of a model that says nothing else has a name that stays.
    let is_array_of_model = schema.node.str_of("type") == Some("array")
        && schema.node.entries().len() == 2
        && schema.node.get("items").and_then(Node::reference).is_some_and(|reference| {
            reference.strip_prefix(MODELS).is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        });
    if schema.top && !named && !is_ignored && !is_array_of_model && schema.node.entries().next().is_some() {
        let message = "API Gateway gives this schema a new name at each import";
        out.add(INLINE_SCHEMA_UNNAMED.at(schema.key, message).with_help("put it under `components.schemas` and refer to it"));
    }
}
