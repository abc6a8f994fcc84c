use super::prelude::*;

declare_rule! {
    /// Finds base paths.
    ///
    /// ## What API Gateway does
    /// Ignores the base path unless the import asks for `prepend` or `split`: `/v1` in front of every path is not
    /// there when the API is called.
    ///
    /// ## Fails
    /// ```yaml
    /// servers:
    ///   - url: https://api.example.com/v1
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// servers:
    ///   - url: https://api.example.com
    /// paths: {}
    /// ```
    BASE_PATH_IGNORED = "base-path-ignored", Info, Dropped, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(server) = cx.root().get("servers").and_then(|s| s.items().next()) else { return };
    let Some(path) = server_base_path(server).filter(|path| path != "/" && !path.contains('{')) else { return };
    if is_execute_api(server) {
        return;
    }
    let span = server.get("url").map_or(server.span, |url| url.span);
    let message = format!("API Gateway ignores the base path `{path}` unless the import asks for it");
    let help = "import with `--basepath prepend`, or map a custom domain's base path to the stage";
    out.add(BASE_PATH_IGNORED.at(span, message).with_help(help));
}
