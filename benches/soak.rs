//! A soak: many requests to a running `gatewright serve`, one in a hundred of them a fault, and every other answer
//! checked: `cargo bench --bench soak [REQUESTS [CONNECTIONS]]` (a million and 32 unless told otherwise).
//!
//! It fails when an answer is wrong, when the server's memory at the end is more than a tenth above what it was after
//! the first 10,000 requests, or when more processes of the function are left than the pool keeps. Linux only: memory
//! and processes are read from `/proc`.
#![allow(clippy::print_stdout, reason = "this program's purpose is what it prints")]

mod gateway;

use std::io::{BufRead, BufReader, Cursor, Write};
use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use base64::Engine as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use gateway::ask;

/// Requests after which memory is looked at first.
const WARM: u64 = 10_000;
/// How long a request may take before it counts as stuck.
const STUCK: Duration = Duration::from_secs(30);

fn main() {
    if let Ok(api) = std::env::var("AWS_LAMBDA_RUNTIME_API") {
        return gateway::serve_function(&api, answer);
    }
    let numbers: Vec<u64> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let requests = numbers.first().copied().unwrap_or(1_000_000);
    let connections = numbers.get(1).copied().unwrap_or(32);
    let mut server = Command::new(env!("CARGO_BIN_EXE_gatewright"))
        .args(["serve", "--in-memory", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut line).expect("its address");
    let address: SocketAddr = line.trim().trim_start_matches("http://").parse().expect("an address");
    let pid = server.id();
    let failed = tokio::runtime::Runtime::new().expect("a runtime").block_on(soak(address, pid, requests, connections));
    let _ = server.kill();
    let _ = server.wait();
    assert!(failed.is_empty(), "{failed:?}");
}

async fn soak(address: SocketAddr, pid: u32, requests: u64, connections: u64) -> Vec<String> {
    let base = deploy(address).await;
    let (next, wrong) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let mut failed = Vec::new();
    let started = Instant::now();
    let mut warm_memory = 0;
    for until in [WARM.min(requests), requests] {
        let tasks: Vec<_> = (0..connections)
            .map(|_| tokio::spawn(work(address, base.clone(), Arc::clone(&next), Arc::clone(&wrong), until)))
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        // Invocations that hang are over after a second.
        tokio::time::sleep(Duration::from_secs(3)).await;
        let memory = memory(pid);
        println!("{until} requests in {:.0?}: {memory} kB", started.elapsed());
        if warm_memory == 0 {
            warm_memory = memory;
        } else if memory * 10 > warm_memory * 11 {
            failed.push(format!("memory grew from {warm_memory} to {memory} kB"));
        }
    }
    let wrong = wrong.load(Ordering::Relaxed);
    let children = children(pid);
    println!("{wrong} wrong answers, {children} function processes left");
    if wrong > 0 {
        failed.push(format!("{wrong} answers were wrong"));
    }
    if children > 10 {
        failed.push(format!("{children} processes are left"));
    }
    failed
}

/// Sends requests, one in a hundred of them a fault, until so many have been sent by all.
async fn work(address: SocketAddr, base: String, next: Arc<AtomicU64>, wrong: Arc<AtomicU64>, until: u64) {
    let mut connection = None;
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= until {
            next.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        if number % 100 == 99 {
            let _ = tokio::time::timeout(STUCK, fault(address, &base, number / 100)).await;
            continue;
        }
        let (path, expected) = match number % 10 {
            0 => (format!("{base}/function?n={number}"), format!("answer {number}")),
            _ => (format!("{base}/mock/{number}"), format!("{{\n  \"id\": \"{number}\"\n}}")),
        };
        let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nAccept: */*\r\n\r\n");
        let answer = async {
            let mut stream = match connection.take() {
                Some(stream) => stream,
                None => TcpStream::connect(address).await.ok()?,
            };
            stream.write_all(request.as_bytes()).await.ok()?;
            let answer = read_answer(&mut stream).await?;
            connection = Some(stream);
            Some(answer)
        };
        let answer = tokio::time::timeout(STUCK, answer).await.ok().flatten().unwrap_or_default();
        // A crash takes the process of its own invocation only, so nothing else may fail.
        if !(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with(&expected))
            && wrong.fetch_add(1, Ordering::Relaxed) < 5
        {
            println!("request {number}: {answer:?}");
        }
    }
}

/// One of the things that go wrong, on a connection of its own. What it answers is looked at elsewhere.
async fn fault(address: SocketAddr, base: &str, kind: u64) {
    let Ok(mut stream) = TcpStream::connect(address).await else { return };
    let get = |path: &str| format!("GET {base}{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").into_bytes();
    let (bytes, reads) = match kind % 12 {
        0 => (get("/function?do=crash"), true),
        1 => (get("/function?do=garbage"), true),
        // Few, since each holds one of the ten processes for a second.
        2 if kind % 240 == 2 => (get("/function?do=hang"), true),
        2 => (get("/nothing"), true),
        3 => (get("/loops"), true),
        4 => (get("/reset"), true),
        5 => (b"\x00\xff not http at all\r\n\r\n".to_vec(), true),
        6 => (format!("POST {base}/mock/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 20971520\r\n\r\n").into_bytes(), true),
        7 => {
            let many: String = (0..10_000).map(|i| format!("X-{i}: {i}\r\n")).collect();
            (format!("GET {base}/mock/1 HTTP/1.1\r\nHost: x\r\n{many}\r\n").into_bytes(), true)
        }
        // It hangs up in the middle of a head, of a body, and before the answer.
        8 => (format!("GET {base}/mo").into_bytes(), false),
        9 => (format!("POST {base}/mock/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf").into_bytes(), false),
        10 => (get("/function?do=slow"), false),
        _ => (get("/mock/%ff%fe?q=%zz&=&&"), true),
    };
    let _ = stream.write_all(&bytes).await;
    if reads {
        let mut answer = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
    }
}

/// Reads an answer whose length is in its head.
async fn read_answer(stream: &mut TcpStream) -> Option<String> {
    let mut answer = Vec::new();
    let mut piece = [0; 8192];
    loop {
        let read = stream.read(&mut piece).await.ok().filter(|read| *read > 0)?;
        answer.extend_from_slice(piece.get(..read)?);
        if gateway::is_complete(&answer) {
            return Some(String::from_utf8_lossy(&answer).into_owned());
        }
    }
}

/// Deploys the API and its function; returns the path of its stage.
async fn deploy(address: SocketAddr) -> String {
    let reset = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let backend = reset.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = reset.accept().await {
            drop(stream);
        }
    });
    let mock = |template: &str| {
        serde_json::json!({"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": {
            "type": "mock", "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": template}}}}})
    };
    let document = serde_json::json!({"openapi": "3.0.1", "info": {"title": "soak", "version": "1"}, "paths": {
        "/mock/{id}": {"get": mock("{\n  \"id\": \"$input.params('id')\"\n}"), "post": mock("x")},
        "/loops": {"get": mock("#foreach($a in [1..1000])#foreach($b in [1..1000])#foreach($c in [1..1000])x#end#end#end")},
        "/reset": {"get": {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": {
            "type": "http_proxy", "httpMethod": "GET", "uri": format!("http://{backend}/")}}},
        "/function": {"get": {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": {
            "type": "aws_proxy", "httpMethod": "POST",
            "uri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:soak/invocations"}}},
    }});
    let program = std::env::current_exe().expect("this program");
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("bootstrap", options).expect("a file");
    zip.write_all(format!("#!/bin/sh\nexec '{}'\n", program.display()).as_bytes()).expect("written");
    let zip = base64::engine::general_purpose::STANDARD.encode(zip.finish().expect("a package").into_inner());
    let function = serde_json::json!({"FunctionName": "soak", "Runtime": "provided.al2023", "Handler": "bootstrap",
        "Role": "arn:aws:iam::000000000000:role/soak", "Timeout": 1, "Code": {"ZipFile": zip}});
    ask(address, "POST", "/2015-03-31/functions", &function.to_string()).await;
    let permission = serde_json::json!({"StatementId": "soak", "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com"});
    ask(address, "POST", "/2015-03-31/functions/soak/policy", &permission.to_string()).await;
    gateway::deploy(address, &document.to_string()).await
}

/// Kilobytes that a process has in memory.
fn memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// Processes that a process has started and that have not ended.
fn children(pid: u32) -> usize {
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let parent = |path: std::path::PathBuf| {
        let stat = std::fs::read_to_string(path.join("stat")).ok()?;
        stat.rsplit(") ").next()?.split(' ').nth(1)?.parse::<u32>().ok()
    };
    processes.filter_map(|entry| parent(entry.path())).filter(|parent| *parent == pid).count()
}

/// What the function answers: the request's number, unless it is asked to do something else.
fn answer(event: &[u8]) -> Option<String> {
    let event: serde_json::Value = serde_json::from_slice(event).unwrap_or_default();
    let query = |name: &str| event["queryStringParameters"][name].as_str().unwrap_or_default().to_owned();
    Some(match query("do").as_str() {
        // It ends without an answer.
        "crash" => return None,
        "garbage" => "{{".to_owned(),
        "hang" => loop {
            std::thread::park();
        },
        "slow" => {
            std::thread::sleep(Duration::from_millis(20));
            "{}".to_owned()
        }
        _ => serde_json::json!({"statusCode": 200, "body": format!("answer {}", query("n"))}).to_string(),
    })
}
