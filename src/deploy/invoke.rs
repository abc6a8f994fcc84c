//! Calls to a deployed API: through its stage, or as a test of one method with its execution log.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Request;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use super::{Connection, DeployError};

/// The longest that a call may take: API Gateway's own limit, and some.
const PATIENCE: Duration = Duration::from_secs(60);
/// Bytes of an answer at most.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// A request to an API.
#[derive(Clone, Debug, Default)]
pub struct Call {
    /// The verb in upper case.
    pub method: String,
    /// The path below the stage, with its query.
    pub path_with_query: String,
    /// Headers; a name may be repeated.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// What an API answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallAnswer {
    /// The status.
    pub status: u16,
    /// The headers, a name as often as it was sent.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The execution log, of a test.
    pub log: Option<String>,
}

/// Calls an API through its stage.
///
/// # Errors
/// The reason why there is no answer.
pub async fn call(connection: &Connection, api_id: &str, stage: &str, call: &Call) -> Result<CallAnswer, String> {
    // HTTP APIs serve `$default` from the root.
    let stage = if stage == "$default" { String::new() } else { format!("/{stage}") };
    // Where the service is AWS, its APIs have hosts of their own; elsewhere they are below a path.
    let base = match connection.endpoint.contains(".amazonaws.com") {
        true => format!("https://{api_id}.execute-api.{}.amazonaws.com{stage}", connection.region),
        false => format!("{}/_aws/execute-api/{api_id}{stage}", connection.endpoint.trim_end_matches('/')),
    };
    let mut request = Request::builder().method(call.method.as_str()).uri(format!("{base}{}", call.path_with_query));
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(Bytes::from(call.body.clone()))).map_err(|error| error.to_string())?;
    let builder = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| error.to_string())?;
    let client = Client::builder(TokioExecutor::new()).build(builder.https_or_http().enable_http1().build());
    let answer = async {
        let response = client.request(request).await.map_err(|error| chain(&error))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_ANSWER).collect().await.map_err(|error| error.to_string())?.to_bytes();
        let headers = head.headers.iter();
        Ok(CallAnswer {
            status: head.status.as_u16(),
            headers: headers
                .map(|(n, v)| (n.to_string(), String::from_utf8_lossy(v.as_bytes()).into_owned()))
                .collect(),
            body: body.to_vec(),
            log: None,
        })
    };
    tokio::time::timeout(PATIENCE, answer).await.map_err(|_| "there was no answer in time".to_owned())?
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}

/// Runs a method of an API as it is now, deployed or not, with the stage's variables: TestInvokeMethod. Authorizers,
/// keys and throttles are not asked. Nothing when no method fits.
///
/// # Errors
/// When the service refuses or cannot be reached.
pub async fn test_call(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    call: &Call,
) -> Result<Option<CallAnswer>, DeployError> {
    let path = call.path_with_query.split('?').next().unwrap_or_default();
    let Some((resource, defined)) = resource(connection, api_id, path, &call.method).await? else { return Ok(None) };
    let variables = match connection.client.get_stage().rest_api_id(api_id).stage_name(stage).send().await {
        Ok(stage) => stage.variables().cloned().unwrap_or_default(),
        // Without the stage there are no variables.
        Err(_) => HashMap::new(),
    };
    let mut headers: HashMap<String, Vec<String>> = HashMap::new();
    for (name, value) in &call.headers {
        headers.entry(name.clone()).or_default().push(value.clone());
    }
    let request = connection
        .client
        .test_invoke_method()
        .rest_api_id(api_id)
        .resource_id(resource)
        .path_with_query_string(&call.path_with_query)
        .body(&call.body)
        .set_multi_value_headers(Some(headers))
        .set_stage_variables(Some(variables));
    let failed = |e| DeployError::of("TestInvokeMethod", format!("API {api_id}"), &connection.endpoint, e);
    let answer = match request.clone().http_method(&call.method).send().await.map_err(failed) {
        // Not everywhere is the verb of a method that takes any understood.
        Err(error) if defined != call.method && error.is_not_found() => {
            request.http_method(defined).send().await.map_err(failed)?
        }
        answer => answer?,
    };
    let mut headers: Vec<(String, String)> = answer
        .multi_value_headers()
        .into_iter()
        .flatten()
        .flat_map(|(name, values)| values.iter().map(|value| (name.clone(), value.clone())))
        .collect();
    headers.sort_unstable();
    Ok(Some(CallAnswer {
        status: u16::try_from(answer.status()).unwrap_or_default(),
        headers,
        body: answer.body().unwrap_or_default().as_bytes().to_vec(),
        log: answer.log().map(str::to_owned),
    }))
}

/// Returns the resource that a path belongs to and the method that answers the verb there.
async fn resource(
    connection: &Connection,
    api_id: &str,
    path: &str,
    verb: &str,
) -> Result<Option<(String, String)>, DeployError> {
    let mut best: Option<(Vec<u8>, String, String)> = None;
    let mut position = None;
    loop {
        let page = connection
            .client
            .get_resources()
            .rest_api_id(api_id)
            .limit(500)
            .set_position(position)
            .send()
            .await
            .map_err(|e| DeployError::of("GetResources", format!("API {api_id}"), &connection.endpoint, e))?;
        for resource in page.items() {
            let methods = resource.resource_methods();
            let known = |verb: &str| methods.is_some_and(|methods| methods.contains_key(verb));
            let Some(method) = [verb, "ANY"].into_iter().find(|verb| known(verb)) else { continue };
            let Some(rank) = rank(resource.path().unwrap_or_default(), path) else { continue };
            if best.as_ref().is_none_or(|(known, _, _)| rank < *known) {
                best = Some((rank, resource.id().unwrap_or_default().to_owned(), method.to_owned()));
            }
        }
        position = page.position().map(str::to_owned);
        if position.is_none() {
            break;
        }
    }
    Ok(best.map(|(_, id, method)| (id, method)))
}

/// Returns how well a template fits a path, the smallest best: at each segment a literal comes before a variable, and
/// that before a greedy one. Nothing when it does not fit.
fn rank(template: &str, path: &str) -> Option<Vec<u8>> {
    let trimmed = path.strip_suffix('/').unwrap_or(path);
    let mut segments = trimmed.strip_prefix('/').unwrap_or(trimmed).split('/').filter(|_| !trimmed.is_empty());
    let mut rank = Vec::new();
    for wanted in template.split('/').filter(|s| !s.is_empty()) {
        let segment = segments.next()?;
        if wanted.ends_with("+}") {
            rank.push(2);
            return Some(rank);
        }
        match wanted.starts_with('{') {
            true if !segment.is_empty() => rank.push(1),
            false if wanted == segment => rank.push(0),
            _ => return None,
        }
    }
    segments.next().is_none().then_some(rank)
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn the_best_template_has_the_smallest_rank() {
        let best = |path: &str| {
            let templates = ["/", "/pets", "/pets/{id}", "/pets/mine", "/{proxy+}", "/pets/{id}/toys/{toy+}"];
            templates.into_iter().filter_map(|t| Some((rank(t, path)?, t))).min().map(|(_, t)| t)
        };
        assert_eq!(best("/"), Some("/"));
        assert_eq!(best("/pets/"), Some("/pets"));
        assert_eq!(best("/pets/mine"), Some("/pets/mine"));
        assert_eq!(best("/pets/7"), Some("/pets/{id}"));
        assert_eq!(best("/pets/7/toys/a/b"), Some("/pets/{id}/toys/{toy+}"));
        assert_eq!(best("/pets/7/food"), Some("/{proxy+}"));
    }
}
