//! Requests per second of a MOCK method beside a bare hyper handler that returns the same bytes, in one run with one
//! load: `cargo bench --bench data_plane [SECONDS [CONNECTIONS]]`.
#![allow(clippy::print_stdout, reason = "this program's purpose is what it prints")]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bytes::Bytes;
use gatewright::emulator::{Server, ServerOptions};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const DOCUMENT: &str = r#"{"openapi":"3.0.1","info":{"title":"bench","version":"1"},"paths":{"/pets/{petId}":{"get":{
"parameters":[{"name":"petId","in":"path","required":true,"schema":{"type":"string"}}],
"responses":{"200":{"description":"ok"}},
"x-amazon-apigateway-integration":{"type":"mock","requestTemplates":{"application/json":"{\"statusCode\": 200}"},
"responses":{"default":{"statusCode":"200","responseTemplates":{"application/json":"TEMPLATE"}}}}}}}}"#;

/// Ten lines, with a loop, a condition and references.
const TEMPLATE: &str = r##"#set($id = $input.params('petId'))\n{\n  \"id\": \"$id\",\n  \"path\": \"$context.resourcePath\",\n  \"tags\": [#foreach($tag in ['a', 'b', 'c'])\"$tag\"#if($foreach.hasNext),#end#end],\n#if($id == '7')\n  \"name\": \"Rex\",\n#end\n  \"stage\": \"$context.stage\"\n}"##;

fn main() {
    let numbers: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let seconds = numbers.first().copied().unwrap_or(5);
    let connections = numbers.get(1).copied().unwrap_or(64);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = ServerOptions { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..ServerOptions::default() };
        let server = Server::start(options).await.expect("the server starts");
        let gateway = server.address();
        let document = DOCUMENT.replace("TEMPLATE", TEMPLATE).replace('\n', " ");
        let imported = ask(gateway, "POST", "/restapis?mode=import", &document).await;
        let id = imported.split("\"id\":\"").nth(1).and_then(|t| t.split('"').next()).expect("an API").to_owned();
        ask(gateway, "POST", &format!("/restapis/{id}/deployments"), r#"{"stageName":"bench"}"#).await;
        let path = format!("/_aws/execute-api/{id}/bench/pets/7");
        let answer = ask(gateway, "GET", &path, "").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let body = Bytes::from(answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned());
        println!("answer: {}", String::from_utf8_lossy(&body));
        let bare = bare(body).await;
        // One after the other, twice, so that neither is always the one that warms up.
        for _ in 0..2 {
            let reference = load(bare, "/", connections, seconds).await;
            let measured = load(gateway, &path, connections, seconds).await;
            println!("bare hyper: {reference}");
            println!("MOCK:       {measured}");
            println!("MOCK has {:.0} % of the bare handler's throughput", measured.rate / reference.rate * 100.0);
        }
        server.stop().await;
    });
}

/// A handler that returns bytes.
async fn bare(body: Bytes) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let _ = stream.set_nodelay(true);
            let body = body.clone();
            tokio::spawn(async move {
                let service = service_fn(move |_| {
                    let body = body.clone();
                    async move {
                        hyper::Response::builder().header("content-type", "application/json").body(Full::new(body))
                    }
                });
                let _ =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
            });
        }
    });
    address
}

async fn ask(address: SocketAddr, verb: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "{verb} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("read");
    String::from_utf8_lossy(&answer).into_owned()
}

struct Measured {
    rate: f64,
    p50: Duration,
    p99: Duration,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0} requests/s, p50 {:.0?}, p99 {:.0?}", self.rate, self.p50, self.p99)
    }
}

/// Sends requests on kept connections for a while, one at a time on each.
async fn load(address: SocketAddr, path: &str, connections: u64, seconds: u64) -> Measured {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n");
    let until = Instant::now() + Duration::from_secs(seconds);
    let tasks: Vec<_> = (0..connections)
        .map(|_| {
            let request = request.clone();
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(address).await.expect("it listens");
                let _ = stream.set_nodelay(true);
                let mut buffer = vec![0; 16 * 1024];
                let mut times = Vec::new();
                while Instant::now() < until {
                    let started = Instant::now();
                    stream.write_all(request.as_bytes()).await.expect("written");
                    let mut filled = 0;
                    loop {
                        let read = stream.read(&mut buffer[filled..]).await.expect("read");
                        assert!(read > 0, "the server closed");
                        filled += read;
                        if complete(&buffer[..filled]) {
                            break;
                        }
                    }
                    times.push(started.elapsed());
                }
                times
            })
        })
        .collect();
    let mut times = Vec::new();
    for task in tasks {
        times.extend(task.await.expect("no panic"));
    }
    times.sort_unstable();
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
    Measured { rate: times.len() as f64 / seconds as f64, p50: at(0.5), p99: at(0.99) }
}

fn complete(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length =
        head.split("content-length: ").nth(1).and_then(|t| t.split("\r\n").next()).and_then(|l| l.parse().ok());
    answer.len() >= end + 4 + length.unwrap_or(0usize)
}
