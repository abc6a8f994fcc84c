use super::prelude::*;

declare_rule! {
    /// Finds default values in schemas.
    ///
    /// ## What API Gateway does
    /// Does not support them: nothing is filled in.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {kind: {type: string, default: cat}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {kind: {type: string}}}}
    /// ```
    SCHEMA_DEFAULT = "schema-default", Info, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if let Some(entry) = schema.keyword("default") {
        let message = "API Gateway does not fill `default` in";
        out.add(SCHEMA_DEFAULT.at(entry.key.span, message).with_help("fill it in in the handler"));
    }
}
