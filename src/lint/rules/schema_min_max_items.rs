use super::prelude::*;

declare_rule! {
    /// Finds `minItems` and `maxItems`.
    ///
    /// ## What API Gateway does
    /// Keeps them in the model and does not enforce them in request validation.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Names: {type: array, items: {type: string}, maxItems: 10}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Names: {type: array, items: {type: string}}}
    /// ```
    SCHEMA_MIN_MAX_ITEMS = "schema-min-max-items", Info, Runtime, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    for key in ["minItems", "maxItems"] {
        let Some(entry) = schema.keyword(key) else { continue };
        let message = format!("API Gateway keeps `{key}` and does not enforce it");
        out.add(SCHEMA_MIN_MAX_ITEMS.at(entry.key.span, message).with_help("check the number of items in the handler"));
    }
}
