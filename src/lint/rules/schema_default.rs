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
    // A default that cannot be is told of as such.
    let is_allowed = |default: &Node| {
        schema.node.get("enum").and_then(Node::as_seq).is_none_or(|values| values.is_empty() || values.contains(default))
    };
    if let Some(entry) = schema.keyword("default").filter(|entry| is_allowed(&entry.value)) {
        let message = "API Gateway does not fill `default` in";
        out.add(SCHEMA_DEFAULT.at(entry.key.span, message).with_help("fill it in in the handler"));
    }
}
