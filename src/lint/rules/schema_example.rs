use super::prelude::*;

declare_rule! {
    /// Finds examples in schemas.
    ///
    /// ## What API Gateway does
    /// Leaves them out of the model; some importers took the model for invalid.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, example: {name: Rex}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object}}
    /// ```
    SCHEMA_EXAMPLE = "schema-example", Info, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if let Some(entry) = schema.keyword("example") {
        let message = "API Gateway leaves `example` out of the model";
        out.add(SCHEMA_EXAMPLE.at(entry.key.span, message).with_help("nothing to do: readers of the document still see it"));
    }
}
