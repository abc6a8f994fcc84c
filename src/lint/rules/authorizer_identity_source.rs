use super::prelude::*;

declare_rule! {
    /// Finds authorizers without an identity source where one is needed, and sources of the wrong form.
    ///
    /// ## What API Gateway does
    /// Refuses a REST API's `request` authorizer that caches (it does unless `authorizerResultTtlInSeconds` is 0)
    /// and an HTTP API's `jwt` authorizer without `identitySource`. Sources are
    /// `method.request.{header,querystring}.NAME`, `context.NAME` and `stageVariables.NAME`, in an HTTP API
    /// `$request.header.NAME` and so on.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {custom: {type: apiKey, in: header, name: Unused, x-amazon-apigateway-authorizer: {type: request, identitySource: Authorization, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {custom: {type: apiKey, in: header, name: Unused, x-amazon-apigateway-authorizer: {type: request, identitySource: method.request.header.Authorization, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    AUTHORIZER_IDENTITY_SOURCE = "authorizer-identity-source", Error, Refused, Both, Scheme(check)
}

const REST: [&str; 5] = ["method.request.header.", "method.request.querystring.", "method.request.path.", "context.", "stageVariables."];
const HTTP: [&str; 4] = ["$request.header.", "$request.querystring.", "$context.", "$stageVariables."];

fn check(cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(entry) = scheme.authorizer else { return };
    let Some(kind) = scheme.authorizer_type() else { return };
    let source = entry.value.get("identitySource").filter(|s| !s.is_null() && s.as_str() != Some(""));
    let Some(source) = source else {
        let ttl = entry.value.get("authorizerResultTtlInSeconds").and_then(Node::as_i64).unwrap_or(300);
        // The scheme's own header is the source unless it is called `Unused`.
        let named = matches!(scheme.node.str_of("in"), Some("header" | "query"))
            && scheme.node.str_of("name").is_some_and(|name| !name.eq_ignore_ascii_case("unused"));
        let needed = match cx.kind {
            ApiKind::Rest => kind == "request" && ttl > 0 && !named,
            ApiKind::Http => kind == "jwt",
        };
        if needed {
            let message = format!("API Gateway refuses the authorizer `{}`: it has no `identitySource`", scheme.name);
            let example = if cx.kind == ApiKind::Rest { "method" } else { "$" };
            let help = match example {
                "$" => "add `identitySource: $request.header.Authorization`",
                _ => "add `identitySource: method.request.header.Authorization`, or switch caching off",
            };
            out.add(AUTHORIZER_IDENTITY_SOURCE.at(entry.key.span, message).with_help(help));
        }
        return;
    };
    let forms: &[&str] = if cx.kind == ApiKind::Rest { &REST } else { &HTTP };
    for text in source.as_str().unwrap_or_default().split(',').map(str::trim).filter(|t| !is_unfinished(t)) {
        if !forms.iter().any(|form| text.strip_prefix(form).is_some_and(|name| !name.is_empty())) && !text.is_empty() {
            let message = format!("API Gateway refuses the identity source `{text}` of `{}`", scheme.name);
            let help = format!("write `{}NAME`", forms.first().copied().unwrap_or_default());
            out.add(AUTHORIZER_IDENTITY_SOURCE.at(source.span, message).with_help(help));
        }
    }
}
