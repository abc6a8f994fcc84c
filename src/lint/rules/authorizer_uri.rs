use super::prelude::*;

declare_rule! {
    /// Finds Lambda authorizers with an `authorizerUri` of the wrong form.
    ///
    /// ## What API Gateway does
    /// Refuses the authorizer, or answers every request with 500. The form is that of a Lambda integration's `uri`.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: token, authorizerUri: 'arn:aws:lambda:eu-west-1:123456789012:function:auth'}}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {token: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authorizer: {type: token, authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations'}}}
    /// ```
    AUTHORIZER_URI = "authorizer-uri", Error, Refused, Both, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(node) = scheme.authorizer.and_then(|e| e.value.get("authorizerUri")).and_then(written_text) else { return };
    let Some(text) = node.as_str().filter(|text| !text.is_empty() && !text.starts_with("${") && !text.contains("{{")) else {
        return;
    };
    let wrong = match ServiceUri::parse(text) {
        Ok(uri) if uri.service == "lambda" => uri.lambda_fault(),
        Ok(uri) => Some(format!("it is an ARN of `{}`, and must be one of `lambda`", uri.service)),
        Err(wrong) => Some(wrong),
    };
    if let Some(wrong) = wrong {
        let message = format!("API Gateway refuses the `authorizerUri` of `{}`: {wrong}", scheme.name);
        let help = "write `arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/FUNCTION_ARN/invocations`";
        out.add(AUTHORIZER_URI.at(node.span, message).with_help(help));
    }
}
