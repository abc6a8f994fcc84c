use super::prelude::*;

declare_rule! {
    /// Finds schemes whose `x-amazon-apigateway-authtype` begins with `aws` and is not `awsSigv4`.
    ///
    /// ## What API Gateway does
    /// Reserves these names: only `awsSigv4` asks for IAM credentials, and what lists another one is open to everybody.
    ///
    /// ## Fails
    /// ```yaml
    /// components:
    ///   securitySchemes: {iam: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv5}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// components:
    ///   securitySchemes: {iam: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}}
    /// ```
    AUTHTYPE_RESERVED = "authtype-reserved", Warning, Dropped, Both, Scheme(check)
}

fn check(_cx: &Context<'_>, scheme: &SchemeCx<'_>, out: &mut Sink) {
    let Some(node) = scheme.node.get("x-amazon-apigateway-authtype").filter(|_| scheme.has_reserved_authtype()) else { return };
    let kind = node.as_str().unwrap_or_default();
    let message = format!("API Gateway enforces nothing for the scheme `{}`: `{kind}` is not `awsSigv4`", scheme.name);
    out.add(AUTHTYPE_RESERVED.at(node.span, message).with_help("write `awsSigv4` for IAM, or a name that does not begin with `aws`"));
}
