use super::prelude::*;

declare_rule! {
    /// Finds a `default` that is not among the values of `enum`.
    ///
    /// ## What API Gateway does
    /// Keeps neither in check; a client that relies on the default sends a value that is refused.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Kind: {type: string, enum: [cat, dog], default: fish}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Kind: {type: string, enum: [cat, dog], default: cat}}
    /// ```
    DEFAULT_NOT_IN_ENUM = "default-not-in-enum", Warning, Quality, Both, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    let (Some(default), Some(values)) = (schema.node.get("default"), schema.node.get("enum").and_then(Node::as_seq)) else {
        return;
    };
    if !values.is_empty() && !values.contains(default) {
        let text = default.scalar_text().unwrap_or_default();
        let message = format!("the default `{text}` is not among the values of `enum`");
        out.add(DEFAULT_NOT_IN_ENUM.at(default.span, message).with_help("choose one of the values"));
    }
}
