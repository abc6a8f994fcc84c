use super::prelude::*;

declare_rule! {
    /// Finds callbacks, links, webhooks, and servers of a path or an operation.
    ///
    /// ## What API Gateway does
    /// Leaves them out without a word.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     servers: [{url: 'https://pets.example.com'}]
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// servers: [{url: 'https://pets.example.com'}]
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    UNSUPPORTED_SECTION = "unsupported-section", Info, Dropped, Both, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    let mut report = |owner: &Node, keys: &[&str], place: &str| {
        for entry in keys.iter().filter_map(|key| owner.entry(key)) {
            let message = format!("API Gateway leaves `{}` of {place} out", entry.key.text);
            out.add(UNSUPPORTED_SECTION.at(entry.key.span, message).with_help("nothing of it reaches the API"));
        }
    };
    report(cx.root(), &["webhooks", "x-webhooks"], "the document");
    if let Some(components) = cx.root().get("components") {
        report(components, &["callbacks", "links"], "`components`");
    }
    for path in cx.document.paths() {
        report(path.node, &["servers"], "a path");
    }
    for operation in &cx.operations {
        report(operation.node(), &["servers", "callbacks"], "an operation");
        for response in operation.responses() {
            report(cx.document.resolved(&response.value), &["links"], "a response");
        }
    }
}
