use super::prelude::*;

declare_rule! {
    /// Finds documents for a private API without a resource policy.
    ///
    /// ## What API Gateway does
    /// Refuses to deploy a private API that has none, and refuses all calls.
    ///
    /// ## Fails
    /// ```yaml
    /// servers: [{url: 'https://example.com', x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [vpce-0a1b2c3d]}}]
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// servers: [{url: 'https://example.com', x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [vpce-0a1b2c3d]}}]
    /// x-amazon-apigateway-policy: {Version: '2012-10-17', Statement: [{Effect: Allow, Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*'}]}
    /// paths: {}
    /// ```
    PRIVATE_API_POLICY = "private-api-policy", Warning, Refused, Rest, Document(check)
}

fn check(cx: &Context<'_>, out: &mut Sink) {
    const ENDPOINT: &str = "x-amazon-apigateway-endpoint-configuration";
    let servers = cx.root().get("servers").map(Node::items).unwrap_or_default();
    let private = servers.chain([cx.root()]).filter_map(|o| o.get(ENDPOINT)).find_map(|e| e.entry("vpcEndpointIds"));
    if let Some(entry) = private.filter(|_| cx.root().get("x-amazon-apigateway-policy").is_none()) {
        let message = "API Gateway refuses to deploy a private API without a resource policy";
        out.add(PRIVATE_API_POLICY.at(entry.key.span, message).with_help("add `x-amazon-apigateway-policy`"));
    }
}
