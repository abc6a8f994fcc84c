use super::prelude::*;

declare_rule! {
    /// Finds arrays without `items`.
    ///
    /// ## What API Gateway does
    /// Accepts any item; OpenAPI demands the member, and SDKs cannot be generated.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pets: {type: array}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pets: {type: array, items: {type: string}}}
    /// ```
    ARRAY_ITEMS_MISSING = "array-items-missing", Warning, Quality, Both, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    if schema.node.str_of("type") == Some("array") && schema.node.get("items").is_none() {
        let span = schema.node.get("type").map_or(schema.key, |node| node.span);
        out.add(ARRAY_ITEMS_MISSING.at(span, "an array has no `items`").with_help("add `items` with the schema of an item"));
    }
}
