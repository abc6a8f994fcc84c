use super::prelude::*;

declare_rule! {
    /// Finds `readOnly` and `writeOnly`.
    ///
    /// ## What API Gateway does
    /// Leaves them out: a request with a read-only property passes.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {id: {type: string, readOnly: true}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {id: {type: string}}}}
    /// ```
    SCHEMA_READ_ONLY = "schema-read-only", Info, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    for key in ["readOnly", "writeOnly"] {
        let Some(entry) = schema.keyword(key) else { continue };
        let message = format!("API Gateway leaves `{key}` out of the model");
        out.add(SCHEMA_READ_ONLY.at(entry.key.span, message).with_help("use different models for request and response"));
    }
}
