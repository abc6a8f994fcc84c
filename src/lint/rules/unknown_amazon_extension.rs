use super::prelude::*;

declare_rule! {
    /// Finds extensions that begin like API Gateway's and are none, such as `x-amazon-apigateway-integrate`.
    ///
    /// ## What API Gateway does
    /// Leaves them out without a word.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {x-amazon-apigateway-integrations: {type: mock}, responses: {'200': {description: ok}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get: {x-amazon-apigateway-integration: {type: mock}, responses: {'200': {description: ok}}}
    /// ```
    UNKNOWN_AMAZON_EXTENSION = "unknown-amazon-extension", Warning, Dropped, Both, Member(check)
}

fn check(_cx: &Context<'_>, member: &MemberCx<'_>, out: &mut Sink) {
    let key = member.entry.key.text.as_str();
    if !key.starts_with("x-amazon-") {
        return;
    }
    let here = EXTENSIONS.iter().filter(|(_, places)| places.contains(&member.place)).map(|(name, _)| *name);
    let known = EXTENSIONS.iter().find(|(name, _)| *name == key);
    let (message, help) = match known {
        Some((_, places)) if places.contains(&member.place) => return,
        Some((_, places)) => {
            let places: Vec<&str> = places.iter().map(|place| place.as_str()).collect();
            let help = match nearest(key, here).filter(|near| near.len().abs_diff(key.len()) < 3) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("it belongs to {}", places.join(" or ")),
            };
            (format!("API Gateway ignores `{key}` at {}", member.place.as_str()), help)
        }
        None => {
            let help = match nearest(key, EXTENSIONS.iter().map(|(name, _)| *name)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "take it out".into(),
            };
            (format!("API Gateway does not know `{key}`"), help)
        }
    };
    out.add(UNKNOWN_AMAZON_EXTENSION.at(member.entry.key.span, message).with_help(help));
}
