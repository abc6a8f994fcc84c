use super::prelude::*;

declare_rule! {
    /// Finds servers.
    ///
    /// ## What API Gateway does
    /// Uses nothing of them but the base path: the API's address comes from API Gateway or a custom domain.
    ///
    /// ## Fails
    /// ```yaml
    /// servers:
    ///   - url: https://api.example.com
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// servers:
    ///   - url: https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/prod
    /// paths: {}
    /// ```
    SERVER_IGNORED = "server-ignored", Info, Dropped, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(server) = cx.root().get("servers").and_then(|s| s.items().next()) else { return };
    let Some(url) = server.get("url").filter(|url| url.as_str().is_some_and(|text| text.contains("://"))) else { return };
    let has_base_path = server_base_path(server).is_some_and(|path| path != "/");
    if is_execute_api(server) || has_base_path {
        return;
    }
    let message = "API Gateway ignores the server: the API's address is its own or a custom domain's";
    out.add(SERVER_IGNORED.at(url.span, message).with_help("set up a custom domain for it"));
}
