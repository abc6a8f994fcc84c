use super::prelude::*;

declare_rule! {
    /// Finds members of a path item that are no method and nothing else OpenAPI knows, like `gett`.
    ///
    /// ## What API Gateway does
    /// Leaves them out: the operation does not exist.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     gett: {responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {responses: {'200': {description: ok}}}
    /// ```
    PATH_ITEM_MEMBER_UNKNOWN = "path-item-member-unknown", Warning, Dropped, Both, Path(check)
}

const KNOWN: [&str; 14] = [
    "$ref", "summary", "description", "servers", "parameters", "get", "put", "post", "delete", "options", "head", "patch",
    "trace", "x-amazon-apigateway-any-method",
];

fn check(_cx: &Context<'_>, path: &PathItem<'_>, out: &mut Sink) {
    for entry in path.node.entries() {
        let key = entry.key.text.as_str();
        if KNOWN.contains(&key) || key.starts_with("x-") || is_intrinsic_name(key) {
            continue;
        }
        let message = format!("API Gateway leaves `{key}` of `{}` out: it is not a method", path.path);
        let help = match nearest(key, KNOWN) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "use a lower-case method, or take it out".into(),
        };
        out.add(PATH_ITEM_MEMBER_UNKNOWN.at(entry.key.span, message).with_help(help));
    }
}
