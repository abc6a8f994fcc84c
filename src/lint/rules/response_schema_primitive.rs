use super::prelude::*;

declare_rule! {
    /// Finds responses whose schema is a primitive type, written in place.
    ///
    /// ## What API Gateway does
    /// Makes no model of it, and warns: the schema of a response must be an object or an array, or refer to a
    /// definition. Under `failonwarnings` the document is refused.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /count:
    ///     get:
    ///       responses: {'200': {description: ok, content: {application/json: {schema: {type: integer}}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /count:
    ///     get:
    ///       responses: {'200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Count'}}}}}
    /// components:
    ///   schemas: {Count: {type: object, properties: {count: {type: integer}}}}
    /// ```
    RESPONSE_SCHEMA_PRIMITIVE = "response-schema-primitive", Warning, Warned, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if !schema.top || schema.used != SchemaUse::Response {
        return;
    }
    let Some(kind) = schema.node.get("type") else { return };
    if let Some(name @ ("string" | "number" | "integer" | "boolean")) = kind.as_str() {
        let message = format!("API Gateway ignores a response schema of the primitive type `{name}`");
        let help = "put the schema under `components.schemas` and refer to it, or leave it out";
        out.add(RESPONSE_SCHEMA_PRIMITIVE.at(kind.span, message).with_help(help));
    }
}
