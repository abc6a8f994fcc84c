use super::prelude::*;

declare_rule! {
    /// Finds `oneOf`, `anyOf` and `not` in Swagger 2.0 documents.
    ///
    /// ## What API Gateway does
    /// Does not support them there, nor in generated SDKs.
    ///
    /// ## Fails
    /// ```yaml
    /// swagger: '2.0'
    /// info: {title: Pets, version: '1'}
    /// paths: {}
    /// definitions: {Pet: {oneOf: [{type: object}, {type: string}]}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {oneOf: [{type: object}, {type: string}]}}
    /// ```
    SCHEMA_ONEOF = "schema-oneof", Warning, Dropped, Rest, Schema(check)
}

fn check(cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if !cx.is_swagger() {
        return;
    }
    for key in ["oneOf", "anyOf", "not"] {
        let Some(entry) = schema.keyword(key) else { continue };
        let message = format!("API Gateway does not support `{key}` in a Swagger 2.0 document");
        out.add(SCHEMA_ONEOF.at(entry.key.span, message).with_help("write the document in OpenAPI 3.0"));
    }
}
