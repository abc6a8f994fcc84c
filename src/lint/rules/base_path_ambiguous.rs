use super::prelude::*;

declare_rule! {
    /// Finds several servers that disagree about the base path.
    ///
    /// ## What API Gateway does
    /// Takes the base path of the first server only.
    ///
    /// ## Fails
    /// ```yaml
    /// servers:
    ///   - url: https://api.example.com/v1
    ///   - url: https://api.example.com/v2
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// servers:
    ///   - url: https://api.example.com/v1
    ///   - url: https://test.example.com/v1
    /// paths: {}
    /// ```
    BASE_PATH_AMBIGUOUS = "base-path-ambiguous", Warning, Warned, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let servers: Vec<_> = cx.root().get("servers").map(Node::items).unwrap_or_default().collect();
    let paths: Vec<Option<String>> = servers.iter().map(|server| server_base_path(server)).collect();
    for (server, path) in servers.iter().zip(&paths).skip(1) {
        let (Some(Some(first)), Some(path)) = (paths.first(), path) else { continue };
        if first != path {
            let span = server.get("url").map_or(server.span, |url| url.span);
            let message = format!("API Gateway takes the base path `{first}` of the first server and not `{path}`");
            out.add(BASE_PATH_AMBIGUOUS.at(span, message).with_help("give all servers one base path"));
            return;
        }
    }
}
