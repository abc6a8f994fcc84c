use super::prelude::*;

declare_rule! {
    /// Finds the paths `/ping` and `/sping`.
    ///
    /// ## What API Gateway does
    /// Answers them itself, for health checks, when the API is called through a custom domain; the integration is
    /// never reached.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /ping:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /health:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    RESERVED_PING_PATH = "reserved-ping-path", Warning, Runtime, Rest, Path(check)
}

fn check(_cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    if matches!(path.path.trim_end_matches('/'), "/ping" | "/sping") {
        let message = format!("API Gateway answers `{}` itself on custom domains", path.path);
        out.add(RESERVED_PING_PATH.at(path.span, message).with_help("choose another path, such as `/health`"));
    }
}
