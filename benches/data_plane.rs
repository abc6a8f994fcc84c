//! The data plane beside what it adds to, in one run with one load: `cargo bench --bench data_plane [SECONDS
//! [CONNECTIONS]]`.
//!
//! - A MOCK method beside a bare axum handler that returns the same bytes: requests per second, and processor time per
//!   request (client and server together; Linux), which other programs on the machine change less.
//! - AWS_PROXY to a function process beside the same process behind a bare loop of the Runtime API: the median.
//! - The first request to a function beside the start of its process: cold start.
//!
//! The function is this program itself, run again.
#![allow(clippy::print_stdout, reason = "this program's purpose is what it prints")]

mod gateway;

/// That of the command.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

use std::io::{BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use axum::serve::ListenerExt as _;
use bytes::Bytes;
use gatewright::emulator::lambda::FunctionConfig;
use gatewright::emulator::{Server, ServerOptions};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use gateway::{ask, deploy, is_complete, message, serve_function};

const DOCUMENT: &str = r#"{"openapi":"3.0.1","info":{"title":"bench","version":"1"},"paths":{"/pets/{petId}":{"get":{
"parameters":[{"name":"petId","in":"path","required":true,"schema":{"type":"string"}}],
"responses":{"200":{"description":"ok"}},
"x-amazon-apigateway-integration":{"type":"mock","requestTemplates":{"application/json":"{\"statusCode\": 200}"},
"responses":{"default":{"statusCode":"200","responseTemplates":{"application/json":"TEMPLATE"}}}}}},"/function":{"get":{"responses":{"200":{"description":"ok"}},"x-amazon-apigateway-integration":{
"type":"aws_proxy","httpMethod":"POST","uri":"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:bench/invocations"}}}}}"#;

/// What the function answers.
const ANSWER: &str = r#"{"statusCode":200,"body":"hello"}"#;

/// Ten lines, with a loop, a condition and references.
const TEMPLATE: &str = r##"#set($id = $input.params('petId'))\n{\n  \"id\": \"$id\",\n  \"path\": \"$context.resourcePath\",\n  \"tags\": [#foreach($tag in ['a', 'b', 'c'])\"$tag\"#if($foreach.hasNext),#end#end],\n#if($id == '7')\n  \"name\": \"Rex\",\n#end\n  \"stage\": \"$context.stage\"\n}"##;

fn main() {
    if let Ok(api) = std::env::var("AWS_LAMBDA_RUNTIME_API") {
        return serve_function(&api, |_| Some(ANSWER.to_owned()));
    }
    let numbers: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let seconds = numbers.first().copied().unwrap_or(5);
    let connections = numbers.get(1).copied().unwrap_or(64);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let options = ServerOptions { address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), ..ServerOptions::default() };
        let server = Server::start(options).await.expect("the server starts");
        let gateway = server.address();
        let document = DOCUMENT.replace("TEMPLATE", TEMPLATE).replace('\n', " ");
        let stage = deploy(gateway, &document).await;
        let path = format!("{stage}/pets/7");
        let answer = ask(gateway, "GET", &path, "").await;
        let body = Bytes::from(answer.split("\r\n\r\n").nth(1).unwrap_or_default().to_owned());
        println!("answer: {}", String::from_utf8_lossy(&body));
        let bare = bare(body).await;
        // In short turns, since a machine is not equally quick all the time.
        let (mut reference, mut measured) = (Load::default(), Load::default());
        for _ in 0..2 * (seconds * 1000).div_ceil(TURN.as_millis() as u64) {
            reference.add(load(bare, "/", connections, TURN).await);
            measured.add(load(gateway, &path, connections, TURN).await);
        }
        let (reference, measured) = (Measured::from(reference), Measured::from(measured));
        println!("bare axum: {reference}");
        println!("MOCK:       {measured}");
        println!(
            "MOCK has {:.0} % of the bare handler's throughput, {:.0} % by processor time; its p99 is {:.1} times its p50",
            measured.rate / reference.rate * 100.0,
            reference.processor.as_secs_f64() / measured.processor.as_secs_f64() * 100.0,
            measured.p99.as_secs_f64() / measured.p50.as_secs_f64()
        );

        let path = format!("{stage}/function");
        let (mut reference, mut measured) = (Load::default(), Load::default());
        let (mut starts, mut colds) = (Vec::new(), Vec::new());
        for _ in 0..2 * (seconds * 1000).div_ceil(FUNCTION_TURN.as_millis() as u64) {
            let (start, turn) = tokio::task::spawn_blocking(bare_loop).await.expect("no panic");
            starts.push(start);
            reference.add(turn);
            server.functions().register("bench", FunctionConfig::new(std::env::current_exe().expect("this program")));
            let cold = Instant::now();
            let answer = ask(gateway, "GET", &path, "").await;
            colds.push(cold.elapsed());
            assert!(answer.ends_with("hello"), "{answer}");
            measured.add(load(gateway, &path, 1, FUNCTION_TURN).await);
        }
        let (reference, measured) = (Measured::from(reference), Measured::from(measured));
        let (start, cold) = (median(starts), median(colds));
        println!("bare Runtime API loop: p50 {:.0?}, start of the process {start:.1?}", reference.p50);
        println!("AWS_PROXY:             {measured}, first request {cold:.1?}");
        println!(
            "AWS_PROXY adds {:.0?} at the median, and {:.1?} to a cold start",
            measured.p50.saturating_sub(reference.p50),
            cold.saturating_sub(start)
        );
        server.stop().await;
    });
}

/// Runs the function behind nothing but sockets; returns how long its process took to ask for work, and its answers.
fn bare_loop() -> (Duration, Load) {
    let event = format!("{{\"padding\": \"{}\"}}", "x".repeat(1500));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let started = Instant::now();
    let mut child = std::process::Command::new(std::env::current_exe().expect("this program"))
        .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().expect("an address").to_string())
        .spawn()
        .expect("the function starts");
    let (mut stream, _) = listener.accept().expect("it connects");
    stream.set_nodelay(true).expect("a socket");
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    message(&mut reader).expect("it asks for work");
    let start = started.elapsed();
    let next = format!(
        "HTTP/1.1 200 OK\r\nlambda-runtime-aws-request-id: 1\r\ncontent-length: {}\r\n\r\n{event}",
        event.len()
    );
    let mut times = Vec::new();
    let began = Instant::now();
    while began.elapsed() < FUNCTION_TURN {
        let sent = Instant::now();
        stream.write_all(next.as_bytes()).expect("written");
        message(&mut reader).expect("an answer");
        times.push(sent.elapsed());
        stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n").expect("written");
        message(&mut reader).expect("it asks for more");
    }
    let _ = child.kill();
    let _ = child.wait();
    (start, Load { times, lasted: began.elapsed(), processor: Duration::ZERO })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// A handler that returns bytes.
async fn bare(body: Bytes) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let handler = move || {
        let body = body.clone();
        async move { ([("content-type", "application/json")], body) }
    };
    let router = axum::Router::new().route("/", axum::routing::get(handler));
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// How long one of two is under load before the other is.
const TURN: Duration = Duration::from_millis(250);
/// The same for functions, whose processes are started in each turn.
const FUNCTION_TURN: Duration = Duration::from_millis(500);

/// What some turns of load took.
#[derive(Default)]
struct Load {
    /// Of each request.
    times: Vec<Duration>,
    /// From the first request to the last answer.
    lasted: Duration,
    /// Processor time of this process.
    processor: Duration,
}

impl Load {
    fn add(&mut self, other: Self) {
        self.times.extend(other.times);
        self.lasted += other.lasted;
        self.processor += other.processor;
    }
}

impl From<Load> for Measured {
    fn from(Load { mut times, lasted, processor }: Load) -> Self {
        times.sort_unstable();
        let at = |share: f64| times.get((times.len() as f64 * share) as usize).copied().unwrap_or_default();
        let processor = processor / u32::try_from(times.len().max(1)).unwrap_or(u32::MAX);
        Self { rate: times.len() as f64 / lasted.as_secs_f64(), processor, p50: at(0.5), p99: at(0.99) }
    }
}

struct Measured {
    rate: f64,
    /// Of this process, per request.
    processor: Duration,
    p50: Duration,
    p99: Duration,
}

impl std::fmt::Display for Measured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { rate, processor, p50, p99 } = self;
        write!(f, "{rate:.0} requests/s, {processor:.1?} each, p50 {p50:.0?}, p99 {p99:.0?}")
    }
}

/// Sends requests on kept connections for a while, one at a time on each.
async fn load(address: SocketAddr, path: &str, connections: u64, lasts: Duration) -> Load {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n");
    let mut streams = Vec::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(address).await.expect("it listens");
        let _ = stream.set_nodelay(true);
        streams.push(stream);
    }
    let (began, before) = (Instant::now(), processor_time());
    let tasks: Vec<_> = streams
        .into_iter()
        .map(|mut stream| {
            let request = request.clone();
            tokio::spawn(async move {
                let mut buffer = vec![0; 16 * 1024];
                let mut times = Vec::new();
                while began.elapsed() < lasts {
                    let started = Instant::now();
                    stream.write_all(request.as_bytes()).await.expect("written");
                    let mut filled = 0;
                    loop {
                        let read = stream.read(&mut buffer[filled..]).await.expect("read");
                        assert!(read > 0, "the server closed");
                        filled += read;
                        if is_complete(&buffer[..filled]) {
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
    Load { times, lasted: began.elapsed(), processor: processor_time().saturating_sub(before) }
}

/// Returns the processor time that this process has used; nothing where there is no `/proc`.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|ticks| ticks.parse::<u64>().ok()).unwrap_or_default();
    // User and system time, in hundredths of a second.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}
