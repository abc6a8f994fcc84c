use super::prelude::*;

declare_rule! {
    /// Finds the formats `int32` and `int64`.
    ///
    /// ## What API Gateway does
    /// Does not support them: any integer passes.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {age: {type: integer, format: int32}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {age: {type: integer}}}}
    /// ```
    SCHEMA_INT_FORMAT = "schema-int-format", Info, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    let Some(entry) = schema.keyword("format") else { return };
    if let Some(format @ ("int32" | "int64")) = entry.value.as_str() {
        let message = format!("API Gateway does not check the format `{format}`");
        out.add(SCHEMA_INT_FORMAT.at(entry.key.span, message).with_help("limit the value by `minimum` and `maximum`"));
    }
}
