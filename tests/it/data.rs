//! Deployed stages, asked over HTTP.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use gatewright::emulator::data::{
    DeployedStage, DomainRoutes, Gateway, HeadTap, Lookup, MappedPath, Shared, Target, handle,
};
use gatewright::emulator::lambda::{FunctionPool, PoolSettings};
use gatewright::gateway::import::{ImportOptions, SequentialIds, import};
use gatewright::gateway::{ApiKey, QuotaSettings, Stage, ThrottleSettings, UsagePlan};
use gatewright::openapi::{LoadOptions, load_text};
use gatewright::source::{Loader, Origin};
use http_body_util::{BodyExt as _, Full};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::function;

mod aws;
mod cache;
mod faults;
mod http;
mod lambda_proxy;
mod mock;
mod names;
mod recorded;
mod refusals;
mod routing;
mod streaming;
mod template;
mod test_invoke;
mod tokens;

/// One deployed stage, `test`, of one API, `api`, behind a listener of its own.
struct Server {
    address: SocketAddr,
    gateway: Arc<Gateway>,
    log: Arc<Mutex<Vec<String>>>,
}

struct Deployed {
    stage: Arc<DeployedStage>,
    used: Mutex<i64>,
    plan: Option<Arc<UsagePlan>>,
}

impl Lookup for Deployed {
    fn stage(&self, api_id: &str, stage_name: &str) -> Option<Arc<DeployedStage>> {
        (api_id == "api" && stage_name == "test").then(|| Arc::clone(&self.stage))
    }

    fn has_api(&self, api_id: &str) -> bool {
        api_id == "api"
    }

    fn api_key(&self, value: &str) -> Option<Arc<ApiKey>> {
        let key = json!({"id": value, "enabled": value != "disabled", "createdDate": 0, "lastUpdatedDate": 0});
        serde_json::from_value(key).ok().filter(|_| value != "unknown").map(Arc::new)
    }

    fn usage_plan(&self, _: &str, _: &str, key_id: &str) -> Option<Arc<UsagePlan>> {
        self.plan.clone().filter(|_| key_id != "planless")
    }

    fn used(&self, _: &str, _: &str, _: &str, _: &str) -> i64 {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, _: &str, _: &str, _: &str) {
        *self.used.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    fn domain_routes(&self, domain_name: &str) -> Option<Arc<DomainRoutes>> {
        let mapping =
            |base: &str| MappedPath { base_path: base.into(), api_id: "api".into(), stage: Some("test".into()) };
        let mappings = || DomainRoutes { mappings: vec![mapping("(none)"), mapping("v1")], ..DomainRoutes::default() };
        (domain_name == "pets.example.com").then(|| Arc::new(mappings()))
    }
}

/// What a test changes of the stage before it is deployed.
type StageChange = Box<dyn FnOnce(&mut Stage)>;

/// What a test sets besides the document.
#[derive(Default)]
struct Setup {
    stage: Option<StageChange>,
    plan: Option<UsagePlan>,
    service_endpoints: BTreeMap<String, String>,
    canary: Option<String>,
    shared: Shared,
}

fn definition(document: &str) -> Arc<gatewright::gateway::ApiDefinition> {
    let origin = Origin::File("openapi.yaml".into());
    let (loaded, _, diagnostics) = load_text(&Loader::default(), &origin, document.to_owned(), &LoadOptions::default());
    let loaded = loaded.unwrap_or_else(|| panic!("{diagnostics:?}"));
    let mut ids = SequentialIds::default();
    let imported = import(&loaded, &ImportOptions::default(), None, &mut ids);
    let mut definition = imported.unwrap_or_else(|refusal| panic!("{}", refusal.message)).definition;
    definition.api.id = "api".into();
    Arc::new(definition)
}

async fn serve(paths: &str) -> Server {
    serve_with(paths, Setup::default()).await
}

/// Starts a server; `document` is what follows `openapi` and `info`.
async fn serve_with(document: &str, setup: Setup) -> Server {
    let whole = |document: &str| format!("openapi: 3.0.1\ninfo: {{title: test, version: '1'}}\n{document}");
    let mut stage = Stage::new("test", "deploy", 0);
    if let Some(change) = setup.stage {
        change(&mut stage);
    }
    let stage = DeployedStage {
        api_id: "api".into(),
        account_id: "000000000000".into(),
        region: "eu-west-1".into(),
        stage,
        deployment_id: "deploy".into(),
        definition: definition(&whole(document)),
        canary: setup.canary.map(|canary| definition(&whole(&canary))),
        compiled: Default::default(),
    };
    let lookup = Deployed { stage: Arc::new(stage), used: Mutex::default(), plan: setup.plan.map(Arc::new) };
    let functions = FunctionPool::new(PoolSettings {
        account_id: "000000000000".into(),
        region: "eu-west-1".into(),
        endpoint: None,
        log: Arc::new(|_| {}),
    });
    functions.register("pets", function::config("event"));
    let log = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&log);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let gateway = Arc::new(Gateway {
        lookup: Arc::new(lookup),
        functions,
        service_endpoints: setup.service_endpoints,
        address,
        shared: setup.shared,
        log: Arc::new(move |line| sink.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned())),
    });
    let serving = Arc::clone(&gateway);
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            let gateway = Arc::clone(&serving);
            tokio::spawn(async move {
                let (io, names) = HeadTap::new(stream);
                let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
                    if let Some(sent) = names.take() {
                        request.extensions_mut().insert(sent);
                    }
                    let gateway = Arc::clone(&gateway);
                    async move {
                        let host = request.headers().get("host").and_then(|h| h.to_str().ok()).unwrap_or_default();
                        let target = match host.ends_with(".example.com") {
                            true => Target::Domain { name: host.to_owned() },
                            false => Target::Host { api_id: "api".into() },
                        };
                        let path = request.uri().path().to_owned();
                        Ok::<_, std::convert::Infallible>(handle(&gateway, target, &path, peer, request).await)
                    }
                });
                let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(io), service).await;
            });
        }
    });
    Server { address, gateway, log }
}

/// An answer, read to the end of the connection.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    /// The names of the headers, in lower case and in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.headers.iter().map(|(name, _)| name.to_lowercase()).collect();
        names.sort();
        names
    }

    /// The status and the body, as tests compare them.
    pub(crate) fn summary(&self) -> String {
        format!("{} {}", self.status, self.text())
    }
}

impl Server {
    /// Sends a request: `GET /pets`, header lines, body. The stage's path is put in front.
    async fn ask(&self, line: &str, headers: &[&str], body: &[u8]) -> Answer {
        let (verb, path) = line.split_once(' ').expect("a verb and a path");
        let mut head = format!("{verb} /test{path} HTTP/1.1\r\n");
        if !headers.iter().any(|h| h.to_lowercase().starts_with("host:")) {
            head.push_str("Host: api.execute-api.localhost\r\n");
        }
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        let chunked = headers.iter().any(|h| h.to_lowercase().starts_with("transfer-encoding"));
        if !body.is_empty() && !chunked {
            head.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        head.push_str("Connection: close\r\n\r\n");
        self.raw(&[head.as_bytes(), body].concat()).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &[], b"").await
    }

    /// Sends bytes and reads what comes back until the server closes.
    async fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.expect("the server listens");
        // A server may answer and close before it has read all of a request that it refuses.
        let _ = stream.write_all(request).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        parse(&answer)
    }

    fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }
}

pub(crate) fn parse(answer: &[u8]) -> Answer {
    let end = answer.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(answer.len());
    let (head, body) = answer.split_at(end);
    let head = String::from_utf8_lossy(head).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|l| l.split(' ').nth(1)).and_then(|s| s.parse().ok()).unwrap_or(0);
    let headers = lines.filter_map(|l| l.split_once(": ")).map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    Answer { status, headers, body: body.get(4..).unwrap_or_default().to_vec() }
}

/// An HTTP backend that answers with the request it got, as JSON; below `/raw` with its body alone; `?status=` sets the
/// status, `?answer=` the body.
pub(crate) async fn backend() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let service = service_fn(|request: hyper::Request<hyper::body::Incoming>| async move {
                    let (head, body) = request.into_parts();
                    let body = body.collect().await.map(|b| b.to_bytes()).unwrap_or_default();
                    let uri = head.uri.to_string();
                    let setting = |name: &str| {
                        let from = uri.split(&format!("{name}=")).nth(1)?;
                        from.split('&').next().map(str::to_owned)
                    };
                    if setting("hang").is_some() {
                        std::future::pending::<()>().await;
                    }
                    let headers: BTreeMap<String, Vec<String>> = head
                        .headers
                        .keys()
                        .map(|name| {
                            let values = head.headers.get_all(name).iter();
                            (
                                name.to_string(),
                                values.map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned()).collect(),
                            )
                        })
                        .collect();
                    let echo = json!({"method": head.method.as_str(), "uri": uri, "headers": headers, "body": String::from_utf8_lossy(&body)});
                    let answer = match setting("answer") {
                        Some(answer) => answer.replace("%2F", "/").replace("%3D", "="),
                        None if uri.starts_with("/raw") => String::from_utf8_lossy(&body).into_owned(),
                        None => echo.to_string(),
                    };
                    let status = setting("status").and_then(|s| s.parse().ok()).unwrap_or(200);
                    let kind = setting("type").unwrap_or_else(|| "application/json".into()).replace("%2F", "/");
                    hyper::Response::builder()
                        .status(status)
                        .header("content-type", kind)
                        .header("server", "backend")
                        .header("x-backend", "yes")
                        .header("www-authenticate", "Basic")
                        .body(Full::new(Bytes::from(answer)))
                });
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

/// A usage plan with limits.
fn plan(limit: Option<i64>, rate: Option<f64>) -> UsagePlan {
    UsagePlan {
        id: "plan".into(),
        name: "plan".into(),
        description: None,
        api_stages: Vec::new(),
        throttle: rate.map(|rate| ThrottleSettings { burst_limit: Some(1), rate_limit: Some(rate) }),
        quota: limit.map(|limit| QuotaSettings { limit: Some(limit), offset: 0, period: Some("DAY".into()) }),
        product_code: None,
        tags: None,
    }
}
