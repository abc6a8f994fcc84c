use super::prelude::*;

declare_rule! {
    /// Finds models without any keyword: `{}`.
    ///
    /// ## What API Gateway does
    /// Refuses it where a model is made by itself: `Model schema must have at least 1 property or array items
    /// defined`; such an API cannot be exported.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Anything: {}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Anything: {type: object}}
    /// ```
    MODEL_SCHEMA_EMPTY = "model-schema-empty", Warning, Refused, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    let is_model = schema.top && schema.used == SchemaUse::Component;
    if is_model && schema.node.as_map().is_some_and(|map| map.iter().all(|e| e.key.text.starts_with("x-"))) {
        let message = format!("API Gateway refuses the model `{}`: its schema is empty", schema.model.unwrap_or_default());
        out.add(MODEL_SCHEMA_EMPTY.at(schema.key, message).with_help("add `type: object`"));
    }
}
