//! `AWS`: an AWS service with mappings; Lambda goes to the functions, other services to configured endpoints.

use std::time::Instant;

use bytes::Bytes;
use indexmap::IndexMap;
use jiff::Timestamp;
use serde_json::Value;

use super::aws_proxy::{answer_headers, check_permission, log_invocation, not_invoked};
use super::http::{merged_query, not_sent, send};
use super::request::{self, Mapped};
use super::response::{BackendResponse, respond};
use crate::emulator::data::exchange::{Answer, Exchange, Integration};
use crate::emulator::data::gateway_response::Refusal;
use crate::emulator::data::request::Headers;
use crate::emulator::data::sigv4::{Scope, ToSign, signature};
use crate::emulator::lambda::{InvokeOptions, function_arn_of_invocation_uri};

/// Sends the mapped request to the service and maps the answer.
pub(super) async fn call(exchange: &mut Exchange<'_>, both: Integration<'_>) -> Result<Answer, Refusal> {
    let integration = both.1;
    let mut mapped = request::mapped(exchange, integration)?;
    let body = request::body(exchange, integration)?.into_bytes();
    request::apply_overrides(exchange, &mut mapped);
    let uri = exchange.with_stage_variables(integration.integration.uri.as_deref().unwrap_or_default());
    if let Some(function) = function_arn_of_invocation_uri(&uri) {
        return lambda(exchange, both, function, &mapped, body).await;
    }
    let Some(action) = ServiceUri::parse(&uri) else {
        return Err(Refusal::configuration(format!("The integration URI is not that of an AWS service: {uri}")));
    };
    service(exchange, both, &action, &mapped, body).await
}

/// Invokes a function with the mapped body as its payload.
async fn lambda(
    exchange: &mut Exchange<'_>,
    both: Integration<'_>,
    function: &str,
    mapped: &Mapped,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let header = |name: &str| {
        let found = mapped.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name));
        found.and_then(|(_, values)| values.last()).cloned()
    };
    check_permission(exchange, both.1, function)?;
    let payload = if body.is_empty() { Bytes::from_static(b"{}") } else { body };
    let client_context = header("X-Amz-Client-Context").and_then(|text| InvokeOptions::decoded_context(&text));
    let options = InvokeOptions { client_context, ..exchange.invoke_options() };
    let id = options.request_id.clone().unwrap_or_default();
    log_invocation(exchange, both.1, function, headers_of(mapped), &payload);
    let started = Instant::now();
    let functions = exchange.gateway.functions.clone();
    if header("X-Amz-Invocation-Type").as_deref() == Some("Event") {
        let (function, log) = (function.to_owned(), std::sync::Arc::clone(&exchange.gateway.log));
        // Nobody waits for an event; what goes wrong with it is in the log.
        tokio::spawn(async move {
            if let Err(error) = functions.invoke(&function, payload, options).await {
                log(&error.to_string());
            }
        });
        exchange.log.received(202, started, [], Some(&Bytes::new()));
        let response =
            BackendResponse { selection: String::new(), status: 202, headers: Headers::default(), body: Bytes::new() };
        return respond(exchange, both, &response);
    }
    let invocation = functions.invoke(function, payload, options).await;
    let invocation = invocation.map_err(|error| not_invoked(exchange, &error))?;
    // A function that failed is an answer like any other; patterns are matched against its message.
    let mut selection = String::new();
    if invocation.function_error.is_some() {
        let value: Option<Value> = serde_json::from_slice(&invocation.payload).ok();
        let message = value.as_ref().and_then(|v| v.get("errorMessage"));
        selection = match message {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
    }
    let headers = answer_headers(exchange, function, &id, &invocation);
    exchange.log.received(200, started, headers.iter(), Some(&invocation.payload));
    respond(exchange, both, &BackendResponse { selection, status: 200, headers, body: invocation.payload })
}

fn headers_of(mapped: &Mapped) -> Headers {
    mapped.headers.iter().flat_map(|(n, values)| values.iter().map(move |v| (n.as_str(), v.as_str()))).collect()
}

/// An integration URI: `arn:PARTITION:apigateway:REGION:[SUBDOMAIN.]SERVICE:path|action/…`.
struct ServiceUri<'a> {
    region: &'a str,
    subdomain: Option<&'a str>,
    service: &'a str,
    is_action: bool,
    rest: &'a str,
}

impl<'a> ServiceUri<'a> {
    fn parse(uri: &'a str) -> Option<Self> {
        let mut parts = uri.strip_prefix("arn:")?.splitn(5, ':');
        let (_partition, gateway) = (parts.next()?, parts.next()?);
        let (region, service, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let (kind, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let (subdomain, service) = match service.rsplit_once('.') {
            Some((subdomain, service)) => (Some(subdomain), service),
            None => (None, service),
        };
        (gateway == "apigateway" && matches!(kind, "path" | "action")).then_some(Self {
            region,
            subdomain,
            service,
            is_action: kind == "action",
            rest,
        })
    }
}

/// The prefix of `X-Amz-Target` and the JSON version of services whose actions are named in a header.
fn json_protocol(service: &str) -> Option<(&'static str, &'static str)> {
    Some(match service {
        "dynamodb" => ("DynamoDB_20120810", "1.0"),
        "streams.dynamodb" => ("DynamoDBStreams_20120810", "1.0"),
        "kinesis" => ("Kinesis_20131202", "1.1"),
        "firehose" => ("Firehose_20150804", "1.1"),
        "states" => ("AWSStepFunctions", "1.0"),
        "events" => ("AWSEvents", "1.1"),
        "logs" => ("Logs_20140328", "1.1"),
        "ssm" => ("AmazonSSM", "1.1"),
        "secretsmanager" => ("secretsmanager", "1.1"),
        "kms" => ("TrentService", "1.1"),
        "cognito-idp" => ("AWSCognitoIdentityProviderService", "1.1"),
        _ => return None,
    })
}

/// The API version of services whose actions are named in the query.
fn query_version(service: &str) -> &'static str {
    match service {
        "sqs" => "2012-11-05",
        "sns" => "2010-03-31",
        "sts" => "2011-06-15",
        "iam" => "2010-05-08",
        "cloudwatch" | "monitoring" => "2010-08-01",
        _ => "",
    }
}

async fn service(
    exchange: &mut Exchange<'_>,
    both: Integration<'_>,
    uri: &ServiceUri<'_>,
    mapped: &Mapped,
    body: Bytes,
) -> Result<Answer, Refusal> {
    let integration = both.1;
    let method = super::http::method_for(exchange, integration.integration.http_method.as_deref());
    let mut headers = headers_of(mapped);
    let mut query = mapped.query.clone();
    let path = if uri.is_action {
        match json_protocol(uri.service) {
            Some((target, version)) => {
                headers.set("X-Amz-Target", format!("{target}.{}", uri.rest));
                headers.set("Content-Type", format!("application/x-amz-json-{version}"));
            }
            None => {
                let mut action = IndexMap::from([("Action".to_owned(), vec![uri.rest.to_owned()])]);
                let version = query_version(uri.service);
                if !version.is_empty() && !query.contains_key("Version") {
                    action.insert("Version".to_owned(), vec![version.to_owned()]);
                }
                query = merged_query(&action, &query);
            }
        }
        String::new()
    } else {
        uri.rest.to_owned()
    };
    request::complete(&mut headers, exchange, integration, &body);
    let endpoint = exchange.gateway.service_endpoints.get(uri.service).map(|e| e.trim_end_matches('/').to_owned());
    let host = match uri.subdomain {
        Some(subdomain) => format!("{subdomain}.{}.{}.amazonaws.com", uri.service, uri.region),
        None => format!("{}.{}.amazonaws.com", uri.service, uri.region),
    };
    let base = endpoint.clone().unwrap_or_else(|| format!("https://{host}"));
    let address = request::address(exchange, &format!("{base}/{path}"), mapped, &query);
    if endpoint.is_none() {
        let name = uri.service;
        let advice = format!("no endpoint for `{name}` is configured: give one with --service-endpoint {name}=URL");
        return Ok(not_sent(exchange, &advice, &method, &address, &headers, &body));
    }
    sign(exchange.region, uri, &method, &address, &mut headers, &body);
    let received = send(exchange, &method, &address, headers, body).await?;
    let response = BackendResponse {
        selection: received.status.to_string(),
        status: received.status,
        headers: received.headers,
        body: received.body,
    };
    respond(exchange, both, &response)
}

fn sign(region: &str, uri: &ServiceUri<'_>, method: &str, address: &str, headers: &mut Headers, body: &Bytes) {
    let region = if uri.region.is_empty() { region } else { uri.region };
    let scope = Scope { access_key_id: "test", secret: "test", region, service: uri.service };
    let Ok(parsed) = address.parse::<hyper::Uri>() else { return };
    let request = ToSign {
        method,
        host: parsed.authority().map(|a| a.as_str()).unwrap_or_default(),
        path: parsed.path(),
        query: parsed.query().unwrap_or_default(),
        body,
    };
    for (name, value) in signature(&scope, &request, Timestamp::now()) {
        headers.set(name, value);
    }
}
