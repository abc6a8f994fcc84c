use super::prelude::*;

declare_rule! {
    /// Finds paths beside a greedy one that lack methods which the greedy one has.
    ///
    /// ## What API Gateway does
    /// Chooses the most specific resource first and never falls back: a call of `/files/index` with a method that
    /// it lacks is answered 403 `Missing Authentication Token`, though `/files/{path+}` has the method.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /files/index:
    ///     get: {responses: {'200': {description: ok}}}
    ///   /files/{path+}:
    ///     x-amazon-apigateway-any-method: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /files/index:
    ///     x-amazon-apigateway-any-method: {responses: {'200': {description: ok}}}
    ///   /files/{path+}:
    ///     x-amazon-apigateway-any-method: {responses: {'200': {description: ok}}}
    /// ```
    GREEDY_SHADOWS = "greedy-shadows", Warning, Runtime, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let by_path = cx.operations_by_path();
    for (greedy, methods) in by_path.iter().filter(|(path, _)| path.ends_with("+}")) {
        let Some((parent, variable)) = greedy.rsplit_once('/') else { continue };
        let prefix = format!("{parent}/");
        for (path, own) in by_path.iter().filter(|(path, _)| path.starts_with(&prefix) && *path != greedy) {
            if own.iter().any(|o| o.method() == Method::Any) {
                continue;
            }
            let lost: Vec<&str> = methods
                .iter()
                .filter(|m| own.iter().all(|o| o.method() != m.method()))
                .map(|m| m.method().verb())
                .collect();
            let (Some(first), Some(of_greedy)) = (own.first(), methods.first()) else { continue };
            if !lost.is_empty() {
                let message = format!(
                    "API Gateway answers 403 to other methods of `{path}`: they do not reach `{}` of `/{variable}`",
                    lost.join("`, `")
                );
                let found = GREEDY_SHADOWS.at(first.operation.path.span, message);
                let found = found.with_label(of_greedy.operation.path.span, "the greedy path");
                out.add(found.with_help("declare the methods at both paths"));
            }
        }
    }
}
