use super::prelude::*;

declare_rule! {
    /// Finds `xml`, `externalDocs` and `deprecated` in schemas.
    ///
    /// ## What API Gateway does
    /// Leaves them out of the model.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {tag: {type: string, deprecated: true}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {tag: {type: string}}}}
    /// ```
    SCHEMA_ANNOTATION = "schema-annotation", Info, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    for key in ["xml", "externalDocs", "deprecated"] {
        let Some(entry) = schema.keyword(key) else { continue };
        let message = format!("API Gateway leaves `{key}` out of the model");
        out.add(SCHEMA_ANNOTATION.at(entry.key.span, message).with_help("nothing to do: readers of the document still see it"));
    }
}
