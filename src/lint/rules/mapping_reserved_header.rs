use super::prelude::*;

declare_rule! {
    /// Finds HTTP API mappings of headers that are reserved.
    ///
    /// ## What API Gateway does
    /// Refuses mappings of `Authorization`, `Connection`, `Content-Encoding`, `Content-Length`, `Origin`, `Via` and
    /// other hop-by-hop headers, of `access-control-*`, `apigw-*`, `x-amz-*`, `x-amzn-*` and `X-Forwarded-For`,
    /// `-Host` and `-Proto`.
    ///
    /// ## Fails
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {default: {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', payloadFormatVersion: '1.0', requestParameters: {'append:header.Authorization': abc}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml http
    /// paths:
    ///   /pets:
    ///     get:
    ///       responses: {default: {description: ok}}
    ///       x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', payloadFormatVersion: '1.0', requestParameters: {'append:header.X-Token': abc}}
    /// ```
    MAPPING_RESERVED_HEADER = "mapping-reserved-header", Error, Refused, Http, Integration(check)
}

const RESERVED: [&str; 19] = [
    "authorization", "connection", "content-encoding", "content-length", "content-location", "forwarded", "keep-alive",
    "origin", "proxy-authenticate", "proxy-authorization", "te", "trailers", "transfer-encoding", "upgrade",
    "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "via", "host",
];
const GROUPS: [&str; 4] = ["access-control-", "apigw-", "x-amz-", "x-amzn-"];

fn check(_cx: &Context<'_>, _operation: &OperationCx<'_>, integration: &IntegrationCx<'_>, out: &mut Sink) {
    let by_status = integration.node.get("responseParameters").map(Node::entries).unwrap_or_default();
    let maps = by_status.map(|e| &e.value).chain(integration.node.get("requestParameters"));
    for mapping in maps.flat_map(Node::entries) {
        let Some((_, name)) = mapping.key.text.split_once(":header.") else { continue };
        let lower = name.to_ascii_lowercase();
        // `Host` may be overwritten, but neither appended to nor removed.
        let host = lower == "host" && mapping.key.text.starts_with("overwrite:");
        if !host && (RESERVED.contains(&lower.as_str()) || GROUPS.iter().any(|group| lower.starts_with(group))) {
            let message = format!("API Gateway refuses a mapping of the header `{name}`: it is reserved");
            out.add(MAPPING_RESERVED_HEADER.at(mapping.key.span, message).with_help("use another name"));
        }
    }
}
