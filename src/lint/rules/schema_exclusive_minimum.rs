use super::prelude::*;

declare_rule! {
    /// Finds `exclusiveMinimum` and `exclusiveMaximum`.
    ///
    /// ## What API Gateway does
    /// Does not support them: the limit itself passes. The form with a number is no draft 4, and makes the model
    /// invalid.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Age: {type: object, properties: {age: {type: integer, minimum: 0, exclusiveMinimum: true}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Age: {type: object, properties: {age: {type: integer, minimum: 1}}}}
    /// ```
    SCHEMA_EXCLUSIVE_MINIMUM = "schema-exclusive-minimum", Warning, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    for key in ["exclusiveMinimum", "exclusiveMaximum"] {
        let Some(entry) = schema.keyword(key) else { continue };
        let message = format!("API Gateway does not support `{key}` in a model");
        out.add(SCHEMA_EXCLUSIVE_MINIMUM.at(entry.key.span, message).with_help("write the nearest value that is allowed as `minimum` or `maximum`"));
    }
}
