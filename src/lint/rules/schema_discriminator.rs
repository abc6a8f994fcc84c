use super::prelude::*;

declare_rule! {
    /// Finds `discriminator`.
    ///
    /// ## What API Gateway does
    /// Leaves it out of the model.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, discriminator: {propertyName: kind}, properties: {kind: {type: string}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {kind: {type: string, enum: [cat, dog]}}}}
    /// ```
    SCHEMA_DISCRIMINATOR = "schema-discriminator", Warning, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if let Some(entry) = schema.keyword("discriminator") {
        let message = "API Gateway leaves `discriminator` out of the model";
        out.add(SCHEMA_DISCRIMINATOR.at(entry.key.span, message).with_help("tell the variants apart by an `enum` of one value in each"));
    }
}
