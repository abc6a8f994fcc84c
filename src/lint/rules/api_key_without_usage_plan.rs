use super::prelude::*;

declare_rule! {
    /// Finds operations that ask for an API key.
    ///
    /// ## What API Gateway does
    /// Answers 403 to every key that belongs to no usage plan of the stage; a document cannot hold usage plans.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{key: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    API_KEY_WITHOUT_USAGE_PLAN = "api-key-without-usage-plan", Info, Runtime, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    if !cx.operations.iter().any(|o| requires_api_key(cx, o)) {
        return;
    }
    if let Some(scheme) = cx.schemes.iter().find(|s| s.is_api_key()) {
        let message = "API Gateway answers 403 to keys without a usage plan, which a document cannot hold";
        out.add(API_KEY_WITHOUT_USAGE_PLAN.at(scheme.key, message).with_help("create a usage plan for the stage and add the keys to it"));
    }
}
