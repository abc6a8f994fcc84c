use super::prelude::*;

declare_rule! {
    /// Finds a catch-all method (`x-amazon-apigateway-any-method`) beside explicit ones.
    ///
    /// ## What API Gateway does
    /// Sends every method that is not declared to the catch-all, `OPTIONS` of preflights included.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    ///     x-amazon-apigateway-any-method: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     x-amazon-apigateway-any-method: {responses: {'200': {description: ok}}}
    /// ```
    ANY_BESIDE_METHODS = "any-beside-methods", Info, Runtime, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    for (path, operations) in cx.operations_by_path() {
        let Some(any) = operations.iter().find(|o| o.method() == Method::Any) else { continue };
        let others: Vec<&str> =
            operations.iter().filter(|o| o.method() != Method::Any).map(|o| o.method().verb()).collect();
        if !others.is_empty() {
            let message = format!("API Gateway sends all methods of `{path}` but `{}` here", others.join("`, `"));
            out.add(ANY_BESIDE_METHODS.at(any.span(), message).with_help("make sure that the backend refuses what it does not mean"));
        }
    }
}
