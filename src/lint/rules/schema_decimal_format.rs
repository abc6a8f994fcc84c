use super::prelude::*;

declare_rule! {
    /// Finds the format `decimal`.
    ///
    /// ## What API Gateway does
    /// Does not support it.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Price: {type: object, properties: {amount: {type: number, format: decimal}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Price: {type: object, properties: {amount: {type: number}}}}
    /// ```
    SCHEMA_DECIMAL_FORMAT = "schema-decimal-format", Info, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if let Some(entry) = schema.keyword("format").filter(|e| e.value.as_str() == Some("decimal")) {
        let message = "API Gateway does not support the format `decimal`";
        out.add(SCHEMA_DECIMAL_FORMAT.at(entry.key.span, message).with_help("check the value in the handler"));
    }
}
