use super::prelude::*;

declare_rule! {
    /// Finds references to a model of another API.
    ///
    /// ## What API Gateway does
    /// Refuses them: a model may refer to models of its own API only.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   schemas: {Pets: {type: array, items: {$ref: 'https://apigateway.amazonaws.com/restapis/a1b2c3d4e5/models/Pet'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   schemas:
    ///     Pet: {type: object}
    ///     Pets: {type: array, items: {$ref: '#/components/schemas/Pet'}}
    /// ```
    MODEL_CROSS_API_REF = "model-cross-api-ref", Error, Refused, Rest, Schema(check)
}

fn check(_cx: &Context<'_>, schema: &SchemaCx<'_>, out: &mut Sink) {
    let Some(target) = schema.node.get("$ref") else { return };
    let model = target.as_str().and_then(|t| t.strip_prefix("https://apigateway.amazonaws.com/restapis/"));
    if let Some(name) = model.and_then(|rest| rest.rsplit('/').next()) {
        let message = format!("API Gateway refuses a reference to the model `{name}` of a deployed API");
        out.add(MODEL_CROSS_API_REF.at(target.span, message).with_help(format!("write `#/components/schemas/{name}` and define it here")));
    }
}
