use super::prelude::*;

declare_rule! {
    /// Finds path parameters as identity sources.
    ///
    /// ## What API Gateway does
    /// Refuses them: an identity source is a header, a query parameter, a stage variable or a context value.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {custom: {type: apiKey, in: header, name: Unused, x-amazon-apigateway-authorizer: {type: request, identitySource: method.request.path.id, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {custom: {type: apiKey, in: header, name: Unused, x-amazon-apigateway-authorizer: {type: request, identitySource: context.resourceId, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    AUTHORIZER_PATH_SOURCE = "authorizer-path-source", Error, Refused, Rest, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(source) = scheme.authorizer.and_then(|e| e.value.get("identitySource")) else { return };
    let Some(text) = source.as_str() else { return };
    if let Some(path) = text.split(',').map(str::trim).find(|part| part.starts_with("method.request.path.")) {
        let message = format!("API Gateway refuses the identity source `{path}`: a path parameter cannot be one");
        out.add(AUTHORIZER_PATH_SOURCE.at(source.span, message).with_help("use `context.resourceId`, or set `authorizerResultTtlInSeconds: 0`"));
    }
}
