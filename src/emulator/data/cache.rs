//! The cache of a stage: answers of integrations, kept for as long as the method's settings say.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use hyper::StatusCode;

use super::DeployedStage;
use super::admission::setting;
use super::exchange::{Answer, Exchange};
use super::gateway_response::{Refusal, ResponseType};
use super::parameter::Source;
use super::request::Headers;

/// Bytes of an answer that is kept, at most (`api-gateway-caching` of the developer guide).
const MAX_ANSWER: usize = 1024 * 1024;
/// Bytes that are kept of all stages together; past this, what has expired is forgotten, then all.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The answers that a server keeps.
#[derive(Debug, Default)]
pub(crate) struct AnswerCache(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<CacheKey, (Instant, KeptAnswer)>,
    bytes: usize,
}

#[derive(Debug)]
struct KeptAnswer {
    status: StatusCode,
    headers: Headers,
    body: Bytes,
    traced: bool,
}

impl KeptAnswer {
    /// Returns about how many bytes the answer takes.
    fn size(&self) -> usize {
        256 + self.body.len() + self.headers.iter().map(|(n, v)| n.len() + v.len()).sum::<usize>()
    }
}

/// What an answer is kept for: the stage (the API and the stage's name), the deployment, the integration's cache and
/// verb, and the values of its key parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct CacheKey {
    stage: (String, String),
    deployment: String,
    namespace: String,
    verb: String,
    parameters: Vec<Vec<String>>,
}

/// How a request uses the cache.
#[derive(Debug)]
pub(crate) struct CacheUse {
    key: CacheKey,
    ttl: Duration,
    /// The client asked for a fresh answer, and may.
    fresh: bool,
    /// The client asked for a fresh answer, may not, and is told so.
    warned: bool,
}

impl CacheUse {
    /// Returns how a request uses the cache of its stage; nothing when its method is not cached.
    ///
    /// Without a setting of its own, a method is cached when it is a `GET`.
    pub(crate) fn of(exchange: &Exchange<'_>, stage: &DeployedStage) -> Result<Option<Self>, Refusal> {
        if !stage.stage.cache_cluster_enabled {
            return Ok(None);
        }
        let method = &exchange.method.method;
        let setting = setting(stage, exchange.resource_path, &method.http_method);
        let enabled = setting.is_none_or(|(s, own)| s.caching_enabled && (own || method.http_method == "GET"))
            && (setting.is_some() || method.http_method == "GET");
        let ttl = setting.map_or(300, |(s, _)| s.cache_ttl_in_seconds);
        let ttl = u64::try_from(ttl).unwrap_or(0).min(3600);
        let Some(integration) = exchange.method.integration.as_ref().filter(|_| enabled && ttl > 0) else {
            return Ok(None);
        };
        let scope = exchange.scope();
        let parameters = integration.integration.cache_key_parameters.iter().filter_map(|p| Source::parse(p));
        let parameters = parameters.map(|source| scope.values(&source)).collect::<Result<Vec<_>, _>>()?;
        let get = |name: &str| exchange.context.get(name).unwrap_or_default();
        let mut this = Self {
            key: CacheKey {
                stage: (stage.api_id.clone(), stage.stage.stage_name.clone()),
                deployment: get("deploymentId"),
                namespace: integration.integration.cache_namespace.clone().unwrap_or_else(|| get("resourceId")),
                verb: method.http_method.clone(),
                parameters,
            },
            ttl: Duration::from_secs(ttl),
            fresh: false,
            warned: false,
        };
        let asked = exchange.request.headers.any_case("cache-control");
        if asked.is_some_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case("max-age=0"))) {
            // Whoever signed the request may invalidate the cache; nobody else is known.
            let required = setting.is_none_or(|(s, _)| s.require_authorization_for_cache_control);
            let strategy =
                setting.map_or("SUCCEED_WITH_RESPONSE_HEADER", |(s, _)| &s.unauthorized_cache_control_header_strategy);
            match !required || method.authorization_type == "AWS_IAM" {
                true => this.fresh = true,
                false if strategy == "FAIL_WITH_403" => {
                    return Err(Refusal::new(ResponseType::AccessDenied)
                        .log("The caller may not invalidate the cache (FAIL_WITH_403)"));
                }
                false => this.warned = strategy == "SUCCEED_WITH_RESPONSE_HEADER",
            }
        }
        Ok(Some(this))
    }

    /// Adds the header that says that the client's wish for a fresh answer was not heard.
    pub(crate) fn warn(&self, answer: &mut Answer) {
        if self.warned {
            answer
                .headers
                .push("Warning", "199 Cache-control headers were ignored because the caller was unauthorized.");
        }
    }
}

impl AnswerCache {
    /// Returns an answer that has not expired, unless a fresh one was asked for.
    pub(crate) fn get(&self, usage: &CacheUse, now: Instant) -> Option<Answer> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (expires, answer) = kept.answers.get(&usage.key).filter(|_| !usage.fresh)?;
        (*expires > now)
            .then(|| Answer::whole(answer.status, answer.headers.clone(), answer.body.clone(), answer.traced))
    }

    /// Keeps an answer, unless it is an error or large.
    pub(crate) fn put(&self, usage: &CacheUse, answer: &Answer, now: Instant) {
        if !answer.status.is_success() || answer.body.len() > MAX_ANSWER || answer.stream.is_some() {
            return;
        }
        let (headers, body) = (answer.headers.clone(), answer.body.clone());
        let answer = KeptAnswer { status: answer.status, headers, body, traced: answer.traced };
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + answer.body.len() > MAX_BYTES {
            kept.answers.retain(|_, (expires, _)| *expires > now);
            kept.bytes = kept.answers.values().map(|(_, answer)| answer.size()).sum();
            if kept.bytes + answer.body.len() > MAX_BYTES {
                kept.answers.clear();
                kept.bytes = 0;
            }
        }
        kept.bytes += answer.size();
        if let Some((_, old)) = kept.answers.insert(usage.key.clone(), (now + usage.ttl, answer)) {
            kept.bytes = kept.bytes.saturating_sub(old.size());
        }
    }

    /// Forgets the answers of a stage.
    pub(crate) fn flush(&self, api_id: &str, stage: &str) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.answers.retain(|key, _| key.stage.0 != api_id || key.stage.1 != stage);
        kept.bytes = kept.answers.values().map(|(_, answer)| answer.size()).sum();
    }
}
