use super::prelude::*;

declare_rule! {
    /// Finds `security` at the root that operations rely on.
    ///
    /// ## What API Gateway does
    /// Is documented to ignore it; observed imports of OpenAPI 3.0 apply it to operations without their own.
    ///
    /// ## Fails
    /// ```yaml
    /// security: [{key: []}]
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {security: [{key: []}], responses: {'200': {description: ok}}}
    /// components:
    ///   securitySchemes: {key: {type: apiKey, in: header, name: x-api-key}}
    /// ```
    ROOT_SECURITY = "root-security", Info, Warned, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(entry) = cx.root().entry("security").filter(|e| e.value.items().next().is_some()) else { return };
    let relying = cx.operations.iter().filter(|o| o.node().get("security").is_none()).count();
    if relying > 0 {
        let message = "API Gateway is documented to ignore `security` at the root, and observed to apply it";
        out.add(ROOT_SECURITY.at(entry.key.span, message).with_help("state `security` at each operation"));
    }
}
