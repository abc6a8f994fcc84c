use super::prelude::*;

declare_rule! {
    /// Finds an `identityValidationExpression` that is not a regular expression, or stands at an authorizer that does not
    /// use one.
    ///
    /// ## What API Gateway does
    /// Matches the token, or the `aud` of a Cognito token, against the expression before it calls the authorizer. Nothing
    /// matches one that does not parse. Authorizers of type `request` have no use for it.
    ///
    /// ## Fails
    /// ```yaml
    /// paths: {}
    /// components:
    ///   securitySchemes:
    ///     token:
    ///       type: apiKey
    ///       in: header
    ///       name: Authorization
    ///       x-amazon-apigateway-authorizer:
    ///         type: token
    ///         authorizerUri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations
    ///         identityValidationExpression: '^(Bearer'
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths: {}
    /// components:
    ///   securitySchemes:
    ///     token:
    ///       type: apiKey
    ///       in: header
    ///       name: Authorization
    ///       x-amazon-apigateway-authorizer:
    ///         type: token
    ///         authorizerUri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations
    ///         identityValidationExpression: '^Bearer .+'
    /// ```
    AUTHORIZER_EXPRESSION = "authorizer-expression", Warning, Runtime, Rest, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(entry) = scheme.authorizer.and_then(|a| a.value.entry("identityValidationExpression")) else { return };
    let Some(text) = entry.value.as_str().filter(|text| !is_unfinished(text) && !text.is_empty()) else { return };
    if fancy_regex::Regex::new(text).is_err() {
        let message = format!("API Gateway cannot match `{text}`: it is not a regular expression");
        out.add(AUTHORIZER_EXPRESSION.at(entry.value.span, message).with_help("correct the expression"));
    } else if scheme.authorizer_type().as_deref() == Some("request") {
        let message = "API Gateway does not use `identityValidationExpression` of a `request` authorizer";
        out.add(AUTHORIZER_EXPRESSION.at(entry.key.span, message).with_help("take it out, and check the source in the function"));
    }
}
