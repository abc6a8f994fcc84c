use super::prelude::*;

declare_rule! {
    /// Finds settings of `x-amazon-apigateway-cors` with a value that they cannot have.
    ///
    /// ## What API Gateway does
    /// Refuses them: the lists are lists, origins are `*` or begin with `http://` or `https://`, and `maxAge` is -1
    /// to 86400.
    ///
    /// ## Fails
    /// ```yaml http
    /// x-amazon-apigateway-cors: {allowOrigins: ['*'], maxAge: 100000}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// x-amazon-apigateway-cors: {allowOrigins: ['*'], maxAge: 600}
    /// paths: {}
    /// ```
    CORS_SETTING = "cors-setting", Error, Refused, Http, Document(check)
}

const LISTS: [&str; 4] = ["allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders"];
const KNOWN: [&str; 6] = ["allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders", "allowCredentials", "maxAge"];

fn check(cx: &Context<'_>, out: &mut Sink) {
    let Some(cors) = cx.root().get("x-amazon-apigateway-cors") else { return };
    for entry in cors.entries() {
        let key = entry.key.text.as_str();
        let (span, what, help) = if LISTS.contains(&key) && entry.value.as_seq().is_none() {
            (entry.value.span, format!("`{key}` is a list"), "write a list".to_owned())
        } else if key == "maxAge" && entry.value.as_i64().is_none_or(|age| !(-1..=86400).contains(&age)) {
            (entry.value.span, "`maxAge` is -1 to 86400 seconds".to_owned(), "write 86400 at most".to_owned())
        } else if !KNOWN.contains(&key) {
            let help = nearest(key, KNOWN).map_or_else(|| "take it out".into(), |name| format!("did you mean `{name}`?"));
            (entry.key.span, format!("there is no setting `{key}`"), help)
        } else {
            continue;
        };
        out.add(CORS_SETTING.at(span, format!("API Gateway refuses the CORS settings: {what}")).with_help(help));
    }
    for origin in cors.get("allowOrigins").map(Node::items).unwrap_or_default() {
        let Some(text) = origin.as_str().filter(|t| !is_unfinished(t)) else { continue };
        if text != "*" && !text.contains("://") {
            let message = format!("API Gateway refuses the origin `{text}`: it has no scheme");
            out.add(CORS_SETTING.at(origin.span, message).with_help(format!("write `https://{text}`")));
        }
    }
}
