use super::prelude::*;

declare_rule! {
    /// Finds keywords beside a `$ref`.
    ///
    /// ## What API Gateway does
    /// Ignores them; some importers took the model for invalid.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas:
    ///     Pet: {type: object}
    ///     Pets: {type: object, properties: {first: {$ref: '#/components/schemas/Pet', description: The first.}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas:
    ///     Pet: {type: object}
    ///     Pets: {type: object, properties: {first: {$ref: '#/components/schemas/Pet'}}}
    /// ```
    SCHEMA_SIBLING_OF_REF = "schema-sibling-of-ref", Info, Dropped, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if schema.node.reference().is_none() {
        return;
    }
    if let Some(entry) = schema.node.entries().find(|e| e.key.text != "$ref" && !e.key.text.starts_with("x-")) {
        let message = format!("API Gateway ignores `{}` beside `$ref`", entry.key.text);
        out.add(SCHEMA_SIBLING_OF_REF.at(entry.key.span, message).with_help("wrap the reference: `allOf: [{$ref: …}]`"));
    }
}
