use super::prelude::*;

declare_rule! {
    /// Finds templates that set one override twice.
    ///
    /// ## What API Gateway does
    /// Answers 5XX when one override of a request or response is set twice.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '#set($context.requestOverride.header.a = "1")#set($context.requestOverride.header.a = "2"){"statusCode": 200}'}, responses: {default: {statusCode: '200'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '#set($context.requestOverride.header.a = "1"){"statusCode": 200}'}, responses: {default: {statusCode: '200'}}}
    /// ```
    TEMPLATE_OVERRIDE_TWICE = "template-override-twice", Warning, Runtime, Rest, Template(check)
}

fn check(_cx: &Context<'_>, template: &TemplateCx<'_>, out: &mut Sink) {
    // Branches may each set it once; only a template without any is told of.
    if template.text.contains("#if") {
        return;
    }
    let mut seen = HashSet::new();
    for override_kind in ["requestOverride", "responseOverride"] {
        let prefix = format!("$context.{override_kind}.");
        for (at, _) in template.text.match_indices(&prefix) {
            let rest = &template.text[at + prefix.len()..];
            let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "._-[]'\"".contains(*c)).collect();
            let set = rest[name.len()..].trim_start().starts_with('=') && !rest[name.len()..].trim_start().starts_with("==");
            if set && !seen.insert(format!("{override_kind}.{name}")) {
                let message = format!("API Gateway answers 5XX: the template sets `{override_kind}.{name}` twice");
                out.add(TEMPLATE_OVERRIDE_TWICE.at(template.span, message).with_help("set it once"));
            }
        }
    }
}
