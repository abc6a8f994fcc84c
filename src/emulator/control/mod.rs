//! The control plane: the REST-JSON protocol of API Gateway, Lambda and STS on the wire.
//!
//! [`operation`] is the table of all calls: method, path template, success status, function. Each
//! family of entities has a file with those functions; they take a [`call::Call`] and return an
//! [`call::Answer`] or a [`refusal::Refusal`]. Nothing here speaks HTTP but this file.

mod access_association;
mod account;
mod api_key;
mod authorizer;
mod base_path_mapping;
mod call;
mod client_certificate;
mod constraint;
mod definition;
mod deployment;
mod document;
mod documentation;
mod domain_name;
mod domain_patch;
mod export_cache;
mod function;
mod function_code;
mod function_input;
mod function_invoke;
mod function_payload;
pub(super) mod function_policy;
mod function_setting;
pub(super) mod function_url;
mod function_version;
mod gateway_response;
mod ids;
mod integration;
mod method;
mod model;
mod model_schema;
mod operation;
mod page;
mod patch;
mod refusal;
mod request_validator;
mod resource;
mod rest_api;
mod rest_api_clone;
mod rest_api_update;
mod sdk;
mod sdk_java;
mod stage;
mod stage_patch;
mod sts;
mod tag;
mod test_authorizer;
mod test_invoke;
mod typed;
mod usage;
mod usage_plan;
mod usage_plan_key;
mod v2;
mod vpc_link;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hyper::{HeaderMap, Method, Response};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

use super::data::{Body, Gateway, full_body};
use super::lambda::Interpreters;
use super::lookup::Deployed;
use super::store::Store;
use call::{Answer, AnswerBody, Call};
pub(super) use domain_name::DomainName;
use operation::Work;
pub(crate) use refusal::Exception;
use refusal::Refusal;
pub(super) use v2::routing_rule::followed as routing_rules;

/// Imports and exports that are worked on at once; the rest wait, so that a thousand of them do not hold a thousand
/// documents apart.
const HEAVY_AT_ONCE: usize = 4;

/// Bytes of a call that carries no document: what an API's definition may have (developer guide, limits).
const MAX_CALL: usize = 6 * 1024 * 1024;

/// The control plane of one server.
pub(crate) struct Control {
    pub(crate) store: Arc<Store>,
    pub(crate) account_id: String,
    pub(crate) region: String,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) deployed: Arc<Deployed>,
    functions: std::sync::OnceLock<PathBuf>,
    interpreters: Interpreters,
    /// Keeps the functions' code while there is no state folder.
    scratch: std::sync::OnceLock<tempfile::TempDir>,
    heavy: tokio::sync::Semaphore,
    exports: export_cache::ExportCache,
}

impl std::fmt::Debug for Control {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Control").field("region", &self.region).finish_non_exhaustive()
    }
}

/// A request as it came, its body complete.
#[derive(Debug)]
pub(crate) struct WireRequest {
    pub(crate) method: Method,
    /// The path, still encoded.
    pub(crate) path: String,
    /// The query, still encoded.
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Control {
    pub(crate) fn new(
        store: Arc<Store>,
        account_id: String,
        region: String,
        gateway: Arc<Gateway>,
        deployed: Arc<Deployed>,
        state: Option<&std::path::Path>,
        interpreters: Interpreters,
    ) -> Self {
        let functions = std::sync::OnceLock::new();
        if let Some(state) = state {
            let _ =
                functions.set(std::path::absolute(state.join("functions")).unwrap_or_else(|_| state.join("functions")));
        }
        let scratch = std::sync::OnceLock::new();
        Self {
            store,
            account_id,
            region,
            gateway,
            deployed,
            functions,
            interpreters,
            scratch,
            heavy: tokio::sync::Semaphore::new(HEAVY_AT_ONCE),
            exports: export_cache::ExportCache::default(),
        }
    }

    /// Returns the folder of the functions' code.
    fn functions_folder(&self) -> Result<PathBuf, Refusal> {
        if let Some(folder) = self.functions.get() {
            return Ok(folder.clone());
        }
        let made = tempfile::TempDir::new().map_err(|error| {
            Refusal::new(Exception::ServiceUnavailable, format!("cannot make a folder for functions: {error}"))
        })?;
        let folder = self.scratch.get_or_init(|| made).path().to_owned();
        Ok(self.functions.get_or_init(|| folder).clone())
    }

    /// Returns whether the heavy call that asks is the only one: a second thread then takes nothing from others.
    fn is_alone(&self) -> bool {
        self.heavy.available_permits() + 1 >= HEAVY_AT_ONCE
    }

    /// Answers a call.
    pub(crate) async fn answer(self: &Arc<Self>, request: WireRequest) -> Response<Body> {
        let query = parse_query(&request.query);
        let found = operation::find(&request.method, &request.path, &query);
        let Some((operation, parameters)) = found else {
            let message = "Unable to determine service/operation name to be authorized";
            return respond(Err(Refusal::new(Exception::AccessDenied, message)), 403);
        };
        if operation.work != Work::Heavy && request.body.len() > MAX_CALL {
            return too_long(MAX_CALL, operation.name);
        }
        let control = Arc::clone(self);
        let work = move || {
            let call = Call {
                control: &control,
                operation: operation.name,
                parameters,
                query,
                headers: &request.headers,
                body: request.body,
            };
            (operation.run)(&call)
        };
        let result = match operation.work {
            Work::Read => work(),
            Work::Write => in_background(work).await,
            Work::Heavy => {
                // The semaphore is never closed; were it, the work would only not be limited.
                let _permit = self.heavy.acquire().await;
                in_background(work).await
            }
        };
        respond(result, operation.status)
    }
}

/// Returns what a call is answered whose body has more bytes than a server takes.
pub(crate) fn longer_than(limit: usize, method: &Method, path: &str) -> Response<Body> {
    let (operation, _) = match operation::find(method, path, &[]) {
        Some(found) if path.starts_with("/2015-03-31/") => found,
        _ => return refused(Exception::RequestEntityTooLarge, "Request Too Long"),
    };
    too_long(limit, operation.name)
}

/// Returns what Lambda answers a call that is too long (reports of users).
fn too_long(limit: usize, operation: &str) -> Response<Body> {
    let message = format!("Request must be smaller than {limit} bytes for the {operation} operation");
    respond(Err(Refusal::new(Exception::RequestEntityTooLarge, message)), 413)
}

/// Returns what a call is answered that is refused before it is looked at.
pub(crate) fn refused(exception: Exception, message: &str) -> Response<Body> {
    respond(Err(Refusal::new(exception, message)), 0)
}

async fn in_background(work: impl FnOnce() -> Result<Answer, Refusal> + Send + 'static) -> Result<Answer, Refusal> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Refusal::new(Exception::ServiceUnavailable, format!("the operation did not end: {error}")))
    })
}

/// Returns the query items, decoded.
fn parse_query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .filter(|item| !item.is_empty())
        .map(|item| {
            let (name, value) = item.split_once('=').unwrap_or((item, ""));
            (decode(name), decode(value))
        })
        .collect()
}

fn respond(result: Result<Answer, Refusal>, status: u16) -> Response<Body> {
    let mut response = Response::new(full_body(Bytes::new()));
    let mut headers: Vec<(&'static str, String)> = vec![("x-amzn-RequestId", uuid::Uuid::new_v4().to_string())];
    let mut content_type = Some("application/json".to_owned());
    let (status, body) = match result {
        Ok(answer) => {
            headers.extend(answer.headers);
            let body = match answer.body {
                AnswerBody::Empty => {
                    content_type = None;
                    Bytes::new()
                }
                AnswerBody::Json(value) => value.to_string().into(),
                AnswerBody::Raw { content_type: media_type, bytes } => {
                    content_type = Some(media_type);
                    bytes
                }
            };
            (answer.status.unwrap_or(status), body)
        }
        Err(refusal) => {
            let (name, status) = refusal.exception.row();
            headers.push(("x-amzn-ErrorType", name.to_owned()));
            let mut body = Map::from_iter([("message".to_owned(), Value::String(refusal.message))]);
            for (member, value) in refusal.members {
                body.insert(member.to_owned(), Value::String(value));
            }
            (status, Value::Object(body).to_string().into())
        }
    };
    if let Ok(status) = hyper::StatusCode::from_u16(status) {
        *response.status_mut() = status;
    }
    headers.extend(content_type.map(|media_type| ("Content-Type", media_type)));
    for (name, value) in headers {
        if let Ok(value) = hyper::header::HeaderValue::from_str(&value)
            && let Ok(name) = hyper::header::HeaderName::from_bytes(name.as_bytes())
        {
            response.headers_mut().append(name, value);
        }
    }
    *response.body_mut() = full_body(body);
    response
}

/// Returns the time, in seconds since 1970.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

/// Returns the tags of a new entity, as API Gateway keeps them.
pub(crate) fn tags_of(
    tags: Option<BTreeMap<String, Option<String>>>,
) -> Result<indexmap::IndexMap<String, String>, Refusal> {
    let tags = tags.unwrap_or_default().into_iter().map(|(key, value)| (key, value.unwrap_or_default()));
    let tags: indexmap::IndexMap<String, String> = tags.collect();
    tag::check(tags.iter().map(|(key, value)| (key.as_str(), value.as_str())))?;
    Ok(tags)
}
