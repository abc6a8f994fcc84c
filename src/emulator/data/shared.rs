//! What the requests of one server leave behind for later ones.

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use std::sync::OnceLock;
use std::time::Duration;

use super::authorizer::{AccessKeys, Results};
use super::backend_tap::TapConnector;
use super::cache::AnswerCache;
use super::resolver::Resolver;
use super::throttle::Throttles;
use crate::emulator::jwt::KeySources;

/// A client of HTTP backends.
pub(crate) type HttpClient = Client<TapConnector<HttpsConnector<HttpConnector<Resolver>>>, Full<Bytes>>;

/// Connections to backends and the state of throttles.
#[derive(Default)]
pub struct Shared {
    client: OnceLock<HttpClient>,
    /// For `HEAD`: a backend that answers it with a body leaves that in the connection, which nobody may use again.
    head_client: OnceLock<HttpClient>,
    pub(crate) throttles: Throttles,
    /// What Lambda authorizers answered.
    pub(crate) authorizers: Results,
    /// What Lambda authorizers of HTTP APIs answered.
    pub(crate) http_authorizers: super::http_api::Results,
    /// What stages cache.
    pub(crate) cache: AnswerCache,
    /// Where the keys of token issuers are.
    pub(crate) token_keys: KeySources,
    /// Who may sign requests (`AWS_IAM`).
    pub(crate) access_keys: AccessKeys,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    /// Returns the beginning of a server that knows these keys of token issuers and of callers.
    #[must_use]
    pub fn with_keys(token_keys: KeySources, access_keys: AccessKeys) -> Self {
        Self { token_keys, access_keys, ..Self::default() }
    }

    /// Forgets what is cached of a stage.
    pub fn flush_cache(&self, api_id: &str, stage: &str) {
        self.cache.flush(api_id, stage);
    }

    /// Forgets what the authorizers of a stage answered.
    pub fn flush_authorizers(&self, api_id: &str, stage: &str) {
        self.authorizers.flush(api_id, stage);
    }

    /// Returns the client of HTTP backends: HTTP/1.1 always, as API Gateway speaks to them.
    pub(crate) fn client(&self, method: &hyper::Method) -> &HttpClient {
        let is_head = method == hyper::Method::HEAD;
        let cell = if is_head { &self.head_client } else { &self.client };
        cell.get_or_init(|| {
            let mut http = HttpConnector::new_with_resolver(Resolver::default());
            http.enforce_http(false);
            http.set_nodelay(true);
            http.set_connect_timeout(Some(Duration::from_secs(10)));
            let provider = rustls::crypto::ring::default_provider();
            // Machines without certificates of their own still know the public ones.
            let native = HttpsConnectorBuilder::new().with_provider_and_native_roots(provider.clone());
            let builder = match native {
                Ok(builder) => builder,
                Err(_) => match HttpsConnectorBuilder::new().with_provider_and_webpki_roots(provider) {
                    Ok(builder) => builder,
                    Err(e) => unreachable!("ring has the TLS versions that rustls asks for: {e}"),
                },
            };
            let connector = builder.https_or_http().enable_http1().wrap_connector(http);
            Client::builder(TokioExecutor::new())
                .pool_timer(TokioTimer::new())
                .pool_idle_timeout(Duration::from_secs(30))
                .pool_max_idle_per_host(if is_head { 0 } else { usize::MAX })
                .http1_title_case_headers(true)
                .build(TapConnector(connector))
        })
    }
}
