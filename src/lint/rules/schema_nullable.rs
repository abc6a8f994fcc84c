use super::prelude::*;

declare_rule! {
    /// Finds `nullable: true`.
    ///
    /// ## What API Gateway does
    /// Leaves it out: with request validation, a body with `null` there is refused.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {tag: {type: string, nullable: true}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, properties: {tag: {oneOf: [{type: string}, {type: 'null'}]}}}}
    /// ```
    SCHEMA_NULLABLE = "schema-nullable", Warning, Runtime, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    let Some(entry) = schema.keyword("nullable").filter(|e| e.value.as_bool() == Some(true)) else { return };
    // A document of version 3.1 says it with a type `null`, which conversion has made this of.
    let message = "API Gateway leaves `nullable` out: validation refuses `null` here";
    out.add(SCHEMA_NULLABLE.at(entry.key.span, message).with_help("write `oneOf` with a second schema `{type: 'null'}`"));
}
