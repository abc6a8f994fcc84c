//! The HTTP server: one port for the control plane and the deployed stages.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::control::{Control, Exception, WireRequest, longer_than, refused};
use super::data::{self, AccessKeys, Body, Gateway, HeadTap, SpelledWrites, Spelling, Target, full_body};
use super::jwt::{KeyOptions, KeySources};
use super::lambda::{FunctionPool, Interpreters, LogLine, PoolSettings};
use super::lookup::Deployed;
use super::origin;
use super::store::{Store, StoreError};

/// The port unless told otherwise.
pub const DEFAULT_PORT: u16 = 4580;
/// Bytes; the most of a call's body. Lambda takes packages of 50 MB, which are a third larger in base64 (its message).
const MAX_CALL_BYTES: usize = 70_167_211;
/// Bytes; the most of a call to API Gateway, whose largest are documents of 6 MB.
const MAX_GATEWAY_CALL_BYTES: usize = 10 * 1024 * 1024 + 64 * 1024;
/// How long a client may take to send a call's body.
const BODY_TIME: Duration = Duration::from_secs(60);
/// How long requests in flight may take to end when the server stops.
const GRACE: Duration = Duration::from_secs(2);

/// How often what API keys have used is written.
const USAGE_INTERVAL: Duration = Duration::from_secs(1);

/// Takes what a person should read, line by line. The text may come from a request or a function: not safe for a
/// terminal as it is.
pub type Log = Arc<dyn Fn(&str) + Send + Sync>;

/// How a server is run.
#[derive(Clone)]
pub struct ServerOptions {
    /// Where it listens; port 0 takes a free one.
    pub address: SocketAddr,
    /// The folder of its state; absent keeps it in memory.
    pub state: Option<PathBuf>,
    /// Twelve digits.
    pub account_id: String,
    /// Such as `us-east-1`.
    pub region: String,
    /// Where Lambda is, for functions that the server does not run itself.
    pub lambda_endpoint: Option<String>,
    /// Where other AWS services are, by their name in integration URIs (`sqs`).
    pub service_endpoints: BTreeMap<String, String>,
    /// Where the keys of token issuers are.
    pub token_keys: KeyOptions,
    /// Who may sign requests to methods with `AWS_IAM`.
    pub access_keys: AccessKeys,
    /// Where the interpreters of functions in Python and Node.js are: folders, listed as in `PATH`.
    pub path: OsString,
    /// Takes what a person should read.
    pub log: Log,
    /// Takes the output of functions.
    pub function_log: Arc<dyn Fn(LogLine) + Send + Sync>,
}

impl Default for ServerOptions {
    fn default() -> Self {
        Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, DEFAULT_PORT)),
            state: None,
            account_id: "000000000000".into(),
            region: "us-east-1".into(),
            lambda_endpoint: None,
            service_endpoints: BTreeMap::new(),
            token_keys: KeyOptions::default(),
            access_keys: AccessKeys::default(),
            path: OsString::new(),
            log: Arc::new(|_| {}),
            function_log: Arc::new(|_| {}),
        }
    }
}

impl std::fmt::Debug for ServerOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerOptions")
            .field("address", &self.address)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// Why a server did not start.
#[derive(Debug, Error)]
pub enum ServerError {
    /// The port is another's.
    #[error("{0} is in use by another process")]
    AddressInUse(SocketAddr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The state cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A running embedded API Gateway. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    gateway: Arc<Gateway>,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Server {
    /// Starts a server.
    ///
    /// # Errors
    /// When the address is in use, or the state folder is another server's or cannot be used.
    pub async fn start(options: ServerOptions) -> Result<Self, ServerError> {
        let listener = TcpListener::bind(options.address).await.map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => ServerError::AddressInUse(options.address),
            _ => ServerError::Listen { address: options.address, source },
        })?;
        let address =
            listener.local_addr().map_err(|source| ServerError::Listen { address: options.address, source })?;
        let store = Store::open(options.state.as_deref())?;
        let deployed = Arc::new(Deployed::new(Arc::clone(&store), options.account_id.clone(), options.region.clone()));
        let functions = FunctionPool::new(PoolSettings {
            account_id: options.account_id.clone(),
            region: options.region.clone(),
            endpoint: options.lambda_endpoint,
            log: options.function_log,
        });
        let gateway = Arc::new(Gateway {
            lookup: Arc::clone(&deployed) as Arc<dyn data::Lookup>,
            functions,
            service_endpoints: options.service_endpoints,
            address,
            shared: data::Shared::with_keys(KeySources::new(options.token_keys), options.access_keys),
            log: options.log,
        });
        let control = Control::new(
            store,
            options.account_id,
            options.region,
            Arc::clone(&gateway),
            deployed,
            options.state.as_deref(),
            Interpreters::on(&options.path),
        );
        control.restore_functions();
        let (stop, stopping) = watch::channel(false);
        let shared = Arc::new(Shared { control: Arc::new(control), gateway: Arc::clone(&gateway) });
        let accepting = tokio::spawn(accept(listener, shared, stopping));
        Ok(Self { address, gateway, stop, accepting })
    }

    /// Returns where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns its functions.
    #[must_use]
    pub fn functions(&self) -> &FunctionPool {
        &self.gateway.functions
    }

    /// Stops it: no new requests, and a short while for those in flight. All functions end.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        let _ = (&mut self.accepting).await;
        self.gateway.functions.stop().await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

struct Shared {
    control: Arc<Control>,
    gateway: Arc<Gateway>,
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopping: watch::Receiver<bool>) {
    let graceful = GracefulShutdown::new();
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // A client that has said all it wants to say may still listen.
    builder.http1().timer(TokioTimer::new()).half_close(true);
    builder.http2().timer(TokioTimer::new());
    let mut saving = tokio::time::interval(USAGE_INTERVAL);
    saving.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = saving.tick() => {
                save_usage(&shared);
                continue;
            }
            _ = stopping.changed() => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(_) => {
                // Out of file descriptors, most likely: others may be given back meanwhile.
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
        };
        let _ = stream.set_nodelay(true);
        let shared = Arc::clone(&shared);
        // Names of headers matter as they were sent, which hyper does not keep.
        let (stream, spellings) = SpelledWrites::new(stream);
        let (stream, names) = HeadTap::new(stream);
        let service = service_fn(move |mut request: Request<Incoming>| {
            if let Some(sent) = names.take() {
                request.extensions_mut().insert(sent);
            }
            let (shared, spellings) = (Arc::clone(&shared), spellings.clone());
            async move {
                let (has_body, version) = (request.method() != Method::HEAD, request.version());
                let mut response = answer(&shared, peer, request).await;
                let spelling = response.extensions_mut().remove::<Spelling>().unwrap_or_default();
                if version < Version::HTTP_2 {
                    spellings.push(spelling, has_body);
                }
                Ok::<_, Infallible>(response)
            }
        });
        let connection =
            graceful.watch(builder.serve_connection_with_upgrades(TokioIo::new(stream), service).into_owned());
        tokio::spawn(async move {
            // A client that hangs up, or speaks no HTTP, ends its own connection only.
            let _ = connection.await;
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, graceful.shutdown()).await;
    if let Some(saved) = save_usage(&shared) {
        let _ = saved.await;
    }
}

/// Begins to write what API keys have used, when there is something to write.
fn save_usage(shared: &Shared) -> Option<JoinHandle<()>> {
    let deployed = Arc::clone(&shared.control.deployed);
    deployed.has_unsaved_usage().then(|| tokio::task::spawn_blocking(move || deployed.save_usage()))
}

async fn answer(shared: &Shared, peer: SocketAddr, request: Request<Incoming>) -> Response<Body> {
    if let Some((target, path)) = target(&shared.gateway, &request) {
        return data::handle(&shared.gateway, target, &path, peer, request).await;
    }
    if request.uri().path() == "/_gatewright/health" {
        return Response::new(full_body(r#"{"status":"ok"}"#));
    }
    Box::pin(call(shared, request)).await
}

/// Answers a call of the control plane.
async fn call(shared: &Shared, request: Request<Incoming>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    if origin::is_foreign(&parts) {
        (shared.gateway.log)("a web page's call to the control plane was refused");
        let mut response = Response::new(full_body(r#"{"message":"Forbidden"}"#));
        *response.status_mut() = StatusCode::FORBIDDEN;
        return response;
    }
    let limit = if parts.uri.path().starts_with("/2015-03-31/") { MAX_CALL_BYTES } else { MAX_GATEWAY_CALL_BYTES };
    let body = match tokio::time::timeout(BODY_TIME, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            return longer_than(limit, &parts.method, parts.uri.path());
        }
        // Nothing is done. The client may have closed its half of the connection alone, and read on.
        Ok(Err(_)) => return refused(Exception::BadRequest, "Bad Request"),
        Err(_) => return refused(Exception::RequestTimeout, "Request Timeout"),
    };
    let request = WireRequest {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body,
    };
    shared.control.answer(request).await
}

/// Returns the deployed stage that a request is for and the path below it; nothing when it is a call of the control
/// plane.
fn target(gateway: &Gateway, request: &Request<Incoming>) -> Option<(Target, String)> {
    let path = request.uri().path();
    if let Some(rest) = path.strip_prefix("/_aws/execute-api/") {
        return Some(below_api(rest));
    }
    // The form that other emulators use: /restapis/{api}/{stage}/_user_request_/…
    if let Some((api_id, stage, rest)) = user_request(path) {
        return Some((Target::Path { api_id: api_id.to_owned() }, format!("/{stage}{rest}")));
    }
    let host = request.headers().get("host").and_then(|host| host.to_str().ok());
    let host = host.or_else(|| request.uri().host())?;
    let name =
        host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(n, _)| n);
    if let Some((api_id, _)) = name.split_once(".execute-api.") {
        // A private API's host is `{api}-{vpce}.execute-api…`.
        let api_id = api_id.split_once("-vpce-").map_or(api_id, |(api_id, _)| api_id);
        return Some((Target::Host { api_id: api_id.to_owned() }, path.to_owned()));
    }
    if let Some((id, _)) = name.split_once(".lambda-url.") {
        return Some((Target::FunctionUrl { id: id.to_owned() }, path.to_owned()));
    }
    let is_address = name.parse::<std::net::IpAddr>().is_ok() || name == "localhost";
    let name = name.to_ascii_lowercase();
    if !is_address && gateway.lookup.domain_routes(&name).is_some() {
        return Some((Target::Domain { name }, path.to_owned()));
    }
    None
}

fn below_api(rest: &str) -> (Target, String) {
    let (api_id, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
    let path = if path.is_empty() { "/" } else { path };
    (Target::Path { api_id: api_id.to_owned() }, path.to_owned())
}

fn user_request(path: &str) -> Option<(&str, &str, &str)> {
    let mut segments = path.strip_prefix("/restapis/")?.splitn(3, '/');
    let (api_id, stage, rest) = (segments.next()?, segments.next()?, segments.next()?);
    let rest = rest.strip_prefix("_user_request_")?;
    (rest.is_empty() || rest.starts_with('/')).then_some((api_id, stage, rest))
}
