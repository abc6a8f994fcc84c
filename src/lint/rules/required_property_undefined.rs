use super::prelude::*;

declare_rule! {
    /// Finds required properties that the schema does not describe.
    ///
    /// ## What API Gateway does
    /// Demands a property of which it knows nothing; a mistyped name makes every request invalid.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, required: [nmae], properties: {name: {type: string}}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas: {Pet: {type: object, required: [name], properties: {name: {type: string}}}}
    /// ```
    REQUIRED_PROPERTY_UNDEFINED = "required-property-undefined", Info, Quality, Both, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    let Some(properties) = schema.node.get("properties").and_then(Node::as_map) else { return };
    // Beside `allOf` the property may be described elsewhere.
    if ["allOf", "anyOf", "oneOf", "$ref"].iter().any(|key| schema.node.get(key).is_some()) {
        return;
    }
    for required in schema.node.get("required").map(Node::items).unwrap_or_default() {
        let Some(name) = required.as_str().filter(|name| !properties.contains(name)) else { continue };
        let message = format!("`{name}` is required and not among the properties");
        let help = match nearest(name, properties.iter().map(|e| e.key.text.as_str())) {
            Some(known) => format!("did you mean `{known}`?"),
            None => "describe it under `properties`, or take it out of `required`".into(),
        };
        out.add(REQUIRED_PROPERTY_UNDEFINED.at(required.span, message).with_help(help));
    }
}
