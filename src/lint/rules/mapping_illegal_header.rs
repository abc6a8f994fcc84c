use super::prelude::*;

declare_rule! {
    /// Finds mappings to headers that the gateway sets itself.
    ///
    /// ## What API Gateway does
    /// Answers 500 to every request that is mapped onto `Content-Length`, `Transfer-Encoding`, `X-Amzn-Trace-Id` or
    /// `X-Amzn-Apigateway-Api-Id`; with an AWS service also `Authorization`, `Connection`, `Expect`,
    /// `Proxy-Authenticate` and `TE`.
    ///
    /// ## Fails
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: http_proxy
    ///         httpMethod: GET
    ///         uri: https://example.com
    ///         requestParameters: {integration.request.header.Content-Length: "'0'"}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {'200': {description: ok}}
    ///       x-amazon-apigateway-integration:
    ///         type: http_proxy
    ///         httpMethod: GET
    ///         uri: https://example.com
    ///         requestParameters: {integration.request.header.X-Length: "'0'"}
    /// ```
    MAPPING_ILLEGAL_HEADER = "mapping-illegal-header", Warning, Runtime, Rest, Integration(check)
}

const ALWAYS: [&str; 4] = ["content-length", "transfer-encoding", "x-amzn-trace-id", "x-amzn-apigateway-api-id"];
const AWS: [&str; 5] = ["authorization", "connection", "expect", "proxy-authenticate", "te"];

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let aws = integration.is(IntegrationType::Aws) || integration.is(IntegrationType::AwsProxy);
    for mapping in integration.node.get("requestParameters").map(Node::entries).unwrap_or_default() {
        let Some(name) = mapping.key.text.strip_prefix("integration.request.header.") else { continue };
        let lower = name.to_ascii_lowercase();
        if ALWAYS.contains(&lower.as_str()) || (aws && AWS.contains(&lower.as_str())) {
            let message = format!("API Gateway answers 500: the header `{name}` cannot be mapped onto");
            out.add(MAPPING_ILLEGAL_HEADER.at(mapping.key.span, message).with_help("send the value under another name"));
        }
    }
}
