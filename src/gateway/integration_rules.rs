//! What API Gateway checks of an integration before it keeps it, in its words.
//!
//! The words are those of PutIntegration and PutIntegrationResponse; an import puts where it was in
//! front of them.

use super::{ConnectionType, Integration, IntegrationResponse, IntegrationType, Method, MethodResponse};

/// A member of an integration and why API Gateway refuses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntegrationFault {
    /// The member at fault: `uri`, or `requestParameters/integration.request.header.X`.
    pub member: String,
    /// API Gateway's words.
    pub message: String,
}

/// The longest time-out of an integration without a raised quota, in milliseconds.
pub const MAX_TIMEOUT_MILLIS: i64 = 29_000;
/// The longest time-out of an integration that streams its response, in milliseconds (developer guide, response streaming).
pub const MAX_STREAM_MILLIS: i64 = 900_000;
/// The shortest time-out of an integration, in milliseconds.
pub const MIN_TIMEOUT_MILLIS: i64 = 50;
/// The largest mapping template, in bytes (300 KB).
pub const MAX_TEMPLATE_BYTES: usize = 300 * 1024;

/// Returns why API Gateway would not keep this integration for this method, if anything.
#[must_use]
pub fn integration_faults(integration: &Integration, method: &Method, max_timeout: i64) -> Vec<IntegrationFault> {
    let mut faults = Vec::new();
    let mut fault = |member: &str, message: String| {
        faults.push(IntegrationFault { member: member.to_owned(), message });
    };
    let kind = integration.integration_type;
    if kind != IntegrationType::Mock {
        match integration.http_method.as_deref().unwrap_or_default() {
            "" => fault("httpMethod", "Enumeration value for HttpMethod must be non-empty".into()),
            verb if !VERBS.contains(&verb) => fault("httpMethod", no_verb()),
            _ => {}
        }
        if let Some(message) = uri_fault(kind, integration.uri.as_deref().unwrap_or_default()) {
            fault("uri", message.into());
        }
    }
    // Roles of other accounts, which API Gateway refuses, are taken: documents name those of the account they are for.
    let is_role = |role: &str| role.starts_with("arn:") || role.contains("${stageVariables.");
    if integration.credentials.as_deref().is_some_and(|role| !role.is_empty() && !is_role(role)) {
        fault("credentials", NOT_AN_ARN.into());
    }
    let streams = integration.uri.as_deref().is_some_and(|uri| uri.ends_with("/response-streaming-invocations"));
    if kind == IntegrationType::AwsProxy && streams && integration.response_transfer_mode.as_deref() != Some("STREAM") {
        fault("responseTransferMode", BUFFERED_STREAM.into());
    }
    if kind == IntegrationType::Aws && needs_role(integration) {
        fault("credentials", "Role ARN must be specified for AWS integrations".into());
    }
    if matches!(kind, IntegrationType::Aws | IntegrationType::AwsProxy)
        && integration.credentials.as_deref() == Some(CALLER)
        && method.authorization_type != "AWS_IAM"
    {
        fault("credentials", NO_CALLER.into());
    }
    if integration.connection_type == Some(ConnectionType::VpcLink)
        && integration.connection_id.as_deref().is_none_or(str::is_empty)
    {
        fault("connectionId", NO_CONNECTION.into());
    }
    let is_stream = integration.response_transfer_mode.as_deref() == Some("STREAM");
    let max_timeout = if is_stream { max_timeout.max(MAX_STREAM_MILLIS) } else { max_timeout };
    if !(MIN_TIMEOUT_MILLIS..=max_timeout).contains(&integration.timeout()) {
        let message = format!("Timeout should be between {MIN_TIMEOUT_MILLIS} ms and {max_timeout} ms");
        fault("timeoutInMillis", message);
    }
    for (name, expression) in integration.request_parameters.iter().flatten() {
        let error = match is_integration_location(name) {
            true => request_expression_error(expression, method),
            false => Some(format!("Invalid mapping expression parameter specified: {name}")),
        };
        if let Some(error) = error {
            fault(&format!("requestParameters/{name}"), invalid_mapping(&error));
        }
    }
    for key in &integration.cache_key_parameters {
        if key.starts_with("method.request.") && !is_declared(key, method) {
            fault("cacheKeyParameters", "Invalid cache key parameter specified".into());
        }
    }
    for (media_type, template) in integration.request_templates.iter().flatten() {
        let member = || format!("requestTemplates/{media_type}");
        if let Some(message) = media_type_fault(media_type) {
            fault(&member(), message);
        }
        if template.len() > MAX_TEMPLATE_BYTES {
            fault(&member(), too_large());
        }
    }
    faults
}

/// The verbs of methods and integrations.
pub const VERBS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"];

/// Returns API Gateway's words for a verb that is none of [`VERBS`].
#[must_use]
pub fn no_verb() -> String {
    format!("Invalid HttpMethod specified. Valid options are {}", VERBS.join(","))
}

/// Returns why API Gateway takes no template for a media type, if it does not.
#[must_use]
pub fn media_type_fault(media_type: &str) -> Option<String> {
    let is_type = media_type.split_once('/').is_some_and(|(kind, rest)| !kind.is_empty() && !rest.is_empty());
    (media_type != "$default" && !is_type)
        .then(|| format!("Validation Result: warnings : [], errors : [Invalid content type specified: {media_type}]"))
}

/// The credentials of an integration that is called as whoever calls the API (developer guide, integration request).
pub const CALLER: &str = "arn:aws:iam::*:user/*";

/// API Gateway's words for what should be an ARN and is none.
pub const NOT_AN_ARN: &str = "Invalid ARN specified in the request";

/// API Gateway's words for an integration that calls a function to stream, and does not (reports of users).
const BUFFERED_STREAM: &str = "Invalid ResponseTransferMode. Cannot use ResponseTransferMode BUFFERED for Lambda \
                               functions invoked by InvokeWithResponseStream for AWS_PROXY integrations.";

/// API Gateway's words for an integration with the ARN of something else.
const NO_PATH: &str = "AWS ARN for integration must contain path or action";

/// API Gateway's words for an integration through a VPC link that is not named.
const NO_CONNECTION: &str = "ConnectionId should be set to the vpcLinkId or stage variable on connection type VPC_LINK";

/// API Gateway's words for an integration that forwards the identity of callers that have none.
pub const NO_CALLER: &str = "AWS_IAM Auth type is required for AWS integrations with identity forwarding specified";

/// AWS services that integrations cannot have: API Gateway's own interfaces, and those that users report.
const UNSUPPORTED_SERVICES: [&str; 4] = ["apigateway", "apigatewaymanagementapi", "bedrock-agentcore", "execute-api"];

/// Returns the AWS service of an integration, if it is one that integrations cannot have: an API with it is kept, but not
/// deployed.
#[must_use]
pub fn unsupported_service(integration: &Integration) -> Option<&str> {
    if integration.integration_type != IntegrationType::Aws {
        return None;
    }
    let target = Target::parse(integration.uri.as_deref().unwrap_or_default())?;
    let service = target.service.rsplit('.').next().unwrap_or(target.service);
    UNSUPPORTED_SERVICES.contains(&service).then_some(service)
}

/// Returns why API Gateway would not keep this integration response for this method, if anything.
#[must_use]
pub fn integration_response_faults(response: &IntegrationResponse, method: &Method) -> Vec<IntegrationFault> {
    let mut faults = Vec::new();
    if response.selection_pattern.as_deref().is_some_and(is_malformed_pattern) {
        let message = "Invalid regex pattern specified".to_owned();
        faults.push(IntegrationFault { member: "selectionPattern".to_owned(), message });
    }
    let declared = method.method_responses.get(&response.status_code);
    let has = |declared: &MethodResponse, name: &String| {
        declared.response_parameters.as_ref().is_some_and(|parameters| parameters.contains_key(name))
    };
    for (name, expression) in response.response_parameters.iter().flatten() {
        // Where the status has no response, a header that another response has will do (developer guide, the sample of
        // request validation, which was exported from the service so).
        let is_declared = match declared {
            Some(declared) => has(declared, name),
            None => method.method_responses.values().any(|declared| has(declared, name)),
        };
        let error = match is_declared {
            _ if method.method_responses.is_empty() => Some("No method response exists for method.".to_owned()),
            true => response_expression_error(expression),
            false => Some(format!("Invalid mapping expression parameter specified: {name}")),
        };
        if let Some(error) = error {
            let member = format!("responseParameters/{name}");
            faults.push(IntegrationFault { member, message: invalid_mapping(&error) });
        }
        if method.method_responses.is_empty() {
            break;
        }
    }
    for (media_type, template) in response.response_templates.iter().flatten() {
        let large = (template.len() > MAX_TEMPLATE_BYTES).then(too_large);
        for message in media_type_fault(media_type).into_iter().chain(large) {
            faults.push(IntegrationFault { member: format!("responseTemplates/{media_type}"), message });
        }
    }
    faults
}

/// Returns whether a selection pattern is no regular expression. API Gateway's are Java's; what only Java knows passes.
fn is_malformed_pattern(pattern: &str) -> bool {
    looks_malformed(pattern)
        && !pattern.contains("${")
        && !pattern.contains("\\Q")
        && fancy_regex::Regex::new(pattern).is_err()
}

/// Returns whether something in a pattern lacks its other half or what it repeats. Most patterns are seen to be good
/// without being compiled, which takes a document of many of them long.
fn looks_malformed(pattern: &str) -> bool {
    let (mut groups, mut in_class, mut repeatable) = (0_usize, false, false);
    let mut characters = pattern.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' if characters.next().is_none() => return true,
            '\\' => repeatable = true,
            ']' if in_class => (in_class, repeatable) = (false, true),
            _ if in_class => {}
            '[' => in_class = true,
            '(' => {
                groups += 1;
                // What follows `(?` says what kind of group it is.
                repeatable = characters.next_if_eq(&'?').is_some();
            }
            ')' if groups == 0 => return true,
            ')' => (groups, repeatable) = (groups - 1, true),
            '*' | '+' | '?' | '{' if !repeatable => return true,
            _ => repeatable = character != '|',
        }
    }
    groups > 0 || in_class
}

fn too_large() -> String {
    format!("Mapping template is larger than the maximum of {MAX_TEMPLATE_BYTES} bytes")
}

/// Returns why API Gateway has no parameter of this name, if it has none (the words are known from reports of users).
#[must_use]
pub fn parameter_name_fault(name: &str) -> Option<String> {
    let is_good = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b":._$-".contains(&b));
    const WORDS: &str = "Parameter name should match the following regular expression: ^[a-zA-Z0-9:._$-]+$";
    (!is_good).then(|| invalid_mapping(WORDS))
}

/// Returns API Gateway's words for a mapping with this error in it.
pub(crate) fn invalid_mapping(error: &str) -> String {
    format!("Invalid mapping expression specified: Validation Result: warnings : [], errors : [{error}]")
}

/// Returns whether what follows the scheme of a URI names a host, and a port that there is.
fn is_endpoint(rest: &str) -> bool {
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let port = host.rsplit_once(':').map_or("", |(_, port)| port);
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    !host.is_empty()
        && !rest.contains(|c: char| c.is_whitespace() || c.is_control())
        && (!digits || port.parse::<u16>().is_ok())
}

fn uri_fault(kind: IntegrationType, uri: &str) -> Option<&'static str> {
    match kind {
        IntegrationType::Mock => None,
        IntegrationType::Http | IntegrationType::HttpProxy => {
            let rest = uri.strip_prefix("http://").or_else(|| uri.strip_prefix("https://"));
            let good = rest.is_some_and(is_endpoint) || uri.starts_with("${stageVariables.");
            (!good).then_some("Invalid HTTP endpoint specified for URI")
        }
        IntegrationType::Aws | IntegrationType::AwsProxy => {
            if uri.starts_with("${stageVariables.") {
                return None;
            }
            let Some(Target { service, rest }) = Target::parse(uri) else {
                // That of the function itself, or of a queue, is an ARN but no integration's (reports of users).
                let is_arn = uri.starts_with("arn:") && uri.splitn(6, ':').count() == 6;
                return Some(if is_arn { NO_PATH } else { NOT_AN_ARN });
            };
            if !rest.starts_with("path/") && !rest.starts_with("action/") {
                return Some(NO_PATH);
            }
            if service == "lambda" && !names_function(rest) {
                return Some("Invalid function ARN or invalid uri");
            }
            // `{subdomain}.{service}` names a host of the service.
            let service = service.rsplit('.').next().unwrap_or(service);
            let supported = service == "lambda" || (service == "firehose" && rest.starts_with("action/"));
            if kind == IntegrationType::AwsProxy && !supported {
                return Some(
                    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
                );
            }
            None
        }
    }
}

/// Returns whether the path of an invocation has a function in it, rather than nothing or another such URI.
fn names_function(path: &str) -> bool {
    let Some((_, rest)) = path.split_once("/functions/") else { return true };
    let function = rest.rsplit_once("/invocations").map_or(rest, |(function, _)| function);
    !function.is_empty() && !function.contains(":apigateway:")
}

/// The parts of `arn:{partition}:apigateway:{region}:{service}:{rest}` that matter here.
struct Target<'a> {
    service: &'a str,
    rest: &'a str,
}

impl<'a> Target<'a> {
    fn parse(uri: &'a str) -> Option<Self> {
        // `${AWS::Region}` holds two colons of its own and stays when a document is looked at before its import.
        let mut parts = Vec::with_capacity(6);
        let mut rest = uri;
        while parts.len() < 5 {
            let mut depth = 0_usize;
            let end = rest.char_indices().find_map(|(at, c)| match c {
                '{' => {
                    depth += 1;
                    None
                }
                '}' => {
                    depth = depth.saturating_sub(1);
                    None
                }
                ':' if depth == 0 => Some(at),
                _ => None,
            })?;
            let (part, after) = rest.split_at(end);
            parts.push(part);
            rest = after.get(1..)?;
        }
        let [arn, partition, apigateway, region, service] = parts.as_slice() else { return None };
        let good = *arn == "arn" && !partition.is_empty() && *apigateway == "apigateway" && !region.is_empty();
        (good && !service.is_empty()).then_some(Self { service, rest })
    }
}

fn needs_role(integration: &Integration) -> bool {
    let uri = integration.uri.as_deref().unwrap_or_default();
    integration.credentials.as_deref().is_none_or(str::is_empty)
        && Target::parse(uri).is_some_and(|t| t.service.rsplit('.').next() != Some("lambda"))
}

fn is_integration_location(name: &str) -> bool {
    ["integration.request.header.", "integration.request.querystring.", "integration.request.path."]
        .iter()
        .any(|prefix| name.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()))
}

/// Returns what is wrong with the value of a request mapping.
fn request_expression_error(expression: &str, method: &Method) -> Option<String> {
    let undeclared = || Some(format!("Invalid mapping expression parameter specified: {expression}"));
    if is_literal(expression) || is_body(expression, "method.request.body") || is_context(expression) {
        return None;
    }
    if expression.starts_with("method.request.") {
        return if is_declared(expression, method) { None } else { undeclared() };
    }
    Some(format!("Invalid mapping expression specified: {expression}"))
}

/// Returns what is wrong with the value of a response mapping.
fn response_expression_error(expression: &str) -> Option<String> {
    let good = is_literal(expression)
        || is_body(expression, "integration.response.body")
        || is_context(expression)
        || ["integration.response.header.", "integration.response.multivalueheader."]
            .iter()
            .any(|prefix| expression.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty()));
    (!good).then(|| format!("Invalid mapping expression specified: {expression}"))
}

pub(super) fn is_literal(expression: &str) -> bool {
    expression.len() >= 2 && expression.starts_with('\'') && expression.ends_with('\'')
}

pub(super) fn is_body(expression: &str, body: &str) -> bool {
    expression.strip_prefix(body).is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.starts_with('['))
}

pub(super) fn is_context(expression: &str) -> bool {
    ["context.", "stageVariables.", "$context.", "$stageVariables."].iter().any(|prefix| expression.starts_with(prefix))
}

/// Returns whether `method.request.{place}.{name}` is a parameter of the method.
fn is_declared(expression: &str, method: &Method) -> bool {
    let Some(rest) = expression.strip_prefix("method.request.") else { return false };
    if is_body(expression, "method.request.body") {
        return true;
    }
    let Some((place, name)) = rest.split_once('.') else { return false };
    let place = match place {
        "multivalueheader" => "header",
        "multivaluequerystring" => "querystring",
        other => other,
    };
    method.request_parameters.as_ref().is_some_and(|p| p.contains_key(&["method.request.", place, ".", name].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: IntegrationType, uri: &str, expected: Option<&str>) {
        assert_eq!(uri_fault(kind, uri), expected, "{uri}");
    }

    #[test]
    fn headers_of_responses_are_those_that_the_method_declares() {
        let mut response = IntegrationResponse { status_code: "400".into(), ..IntegrationResponse::default() };
        response.response_parameters =
            Some([("method.response.header.a".to_owned(), "'x'".to_owned())].into_iter().collect());
        let mut method = Method::new("GET");
        let words = |method: &Method| integration_response_faults(&response, method).pop().map(|fault| fault.message);
        let none = "No method response exists for method.";
        assert_eq!(words(&method), Some(invalid_mapping(none)));
        let mut declared = MethodResponse { status_code: "200".into(), ..MethodResponse::default() };
        method.method_responses.insert("200".into(), declared.clone());
        let undeclared = invalid_mapping("Invalid mapping expression parameter specified: method.response.header.a");
        assert_eq!(words(&method), Some(undeclared.clone()));
        declared.response_parameters = Some([("method.response.header.a".to_owned(), false)].into_iter().collect());
        method.method_responses.insert("200".into(), declared);
        assert_eq!(words(&method), None);
        let own = MethodResponse { status_code: "400".into(), ..MethodResponse::default() };
        method.method_responses.insert("400".into(), own);
        assert_eq!(words(&method), Some(undeclared));
    }

    #[test]
    fn malformed_patterns_are_told_from_others() {
        for good in
            ["", "200", "4\\d{2}", ".*(Not Found|\\[404\\]).*", "\\Q[x\\E", "(?i)error", "(?!x).+", "[^\\]*]+", "a|b*"]
        {
            assert!(!is_malformed_pattern(good), "{good}");
        }
        for bad in ["(", "a)", "*", "[a", "a|*", "(+)", "\\"] {
            assert!(is_malformed_pattern(bad), "{bad}");
        }
    }

    #[test]
    fn uris_are_checked_by_kind() {
        let lambda = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations";
        check(IntegrationType::AwsProxy, lambda, None);
        check(IntegrationType::AwsProxy, "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/x", None);
        let twice = format!("arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{lambda}/invocations");
        check(IntegrationType::AwsProxy, &twice, Some("Invalid function ARN or invalid uri"));
        check(
            IntegrationType::Aws,
            "arn:aws:apigateway:us-east-1:lambda",
            Some("Invalid ARN specified in the request"),
        );
        check(
            IntegrationType::Aws,
            "arn:aws:apigateway:us-east-1:sqs:queue/x",
            Some("AWS ARN for integration must contain path or action"),
        );
        check(
            IntegrationType::AwsProxy,
            "arn:aws:apigateway:us-east-1:sqs:path/x",
            Some(
                "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.",
            ),
        );
        check(IntegrationType::Http, "example.com", Some("Invalid HTTP endpoint specified for URI"));
        check(IntegrationType::Http, "http://example.com:65536/a", Some("Invalid HTTP endpoint specified for URI"));
        check(IntegrationType::Http, "http://example.com/a b", Some("Invalid HTTP endpoint specified for URI"));
        check(IntegrationType::Http, "http://[::1]:8080/{a}", None);
        check(IntegrationType::HttpProxy, "https://${stageVariables.host}/x", None);
    }
}
