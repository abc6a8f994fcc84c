//! A Lambda function for tests: this test binary, run again as a function process.
//!
//! It speaks the Runtime API with the standard library alone, and does what the event asks for.

#![expect(clippy::exit, reason = "it plays the process of a function, which ends in every way there is")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;

use gatewright::emulator::lambda::FunctionConfig;
use serde_json::{Value, json};

/// Returns the function; its behaviour without an event to steer it is `FIXTURE`.
pub(crate) fn config(fixture: &str) -> FunctionConfig {
    let mut config = FunctionConfig::new(std::env::current_exe().unwrap_or_else(|_| PathBuf::from("it")));
    config.args = ["--exact", "function::process", "--ignored", "--nocapture"].map(str::to_owned).to_vec();
    config.env.insert("FIXTURE".to_owned(), fixture.to_owned());
    config
}

#[test]
#[ignore = "the program that other tests run as a function"]
fn process() {
    if let Ok(api) = std::env::var("AWS_LAMBDA_RUNTIME_API") {
        let fixture = std::env::var("FIXTURE").unwrap_or_default();
        serve(&api, &fixture);
        std::process::exit(0);
    }
}

fn serve(api: &str, fixture: &str) {
    match fixture {
        "exit at start" => std::process::exit(7),
        "init error" => {
            let error = json!({"errorType": "Startup", "errorMessage": "no configuration"});
            call(api, "POST", "runtime/init/error", error.to_string().as_bytes());
            std::process::exit(1);
        }
        "hang at start" => std::thread::park(),
        _ => {}
    }
    let mut count = 0;
    loop {
        let (headers, payload) = call(api, "GET", "runtime/invocation/next", b"");
        let id = headers.iter().find(|(n, _)| n == "lambda-runtime-aws-request-id").map(|(_, v)| v.clone());
        let id = id.unwrap_or_else(|| std::process::exit(9));
        count += 1;
        let event: Value = serde_json::from_slice(&payload).unwrap_or(Value::Null);
        // A proxy event is steered by its query.
        let steering = event.get("queryStringParameters").filter(|q| q.is_object()).unwrap_or(&event);
        let action = steering.get("do").and_then(Value::as_str).unwrap_or(fixture).to_owned();
        let answer = |bytes: &[u8]| call(api, "POST", &format!("runtime/invocation/{id}/response"), bytes);
        match action.as_str() {
            "crash" => std::process::exit(3),
            // Memory that is used, not only reserved.
            "grow" => {
                let grown = vec![1_u8; 400 << 20];
                std::hint::black_box(&grown);
                std::thread::park();
            }
            "hang" => std::thread::park(),
            "count" => drop(answer(
                json!({ "count": count, "version": fixture, "pid": std::process::id() }).to_string().as_bytes(),
            )),
            "error" => {
                let error = json!({"errorType": "Teapot", "errorMessage": steering.get("message").unwrap_or(&json!("short and stout"))});
                call(api, "POST", &format!("runtime/invocation/{id}/error"), error.to_string().as_bytes());
            }
            "garbage" => drop(answer(b"\xff\xfe not json")),
            "large" => drop(answer(&vec![b'"'; 7_000_000])),
            "exit after" => {
                answer(b"\"bye\"");
                std::process::exit(0);
            }
            "log" => {
                let _ = writeln!(std::io::stdout(), "a line to stdout");
                let _ = writeln!(std::io::stderr(), "a line to stderr");
                answer(b"\"logged\"");
            }
            "headers" => {
                let all: serde_json::Map<String, Value> = headers.into_iter().map(|(n, v)| (n, json!(v))).collect();
                answer(json!(all).to_string().as_bytes());
            }
            "answer" => {
                let text = steering.get("answer").cloned().unwrap_or(Value::Null);
                let text = text.as_str().map_or_else(|| text.to_string(), str::to_owned);
                answer(text.as_bytes());
            }
            "stream" => stream(api, &id, steering.get("then").and_then(Value::as_str) == Some("crash")),
            "event" => {
                let body = Value::String(event.to_string());
                answer(json!({ "statusCode": 200, "body": body }).to_string().as_bytes());
            }
            _ => drop(answer(&payload)),
        }
    }
}

/// Streams an answer whose first part says where somebody has to connect before there is a last one.
fn stream(api: &str, id: &str, crash: bool) {
    let Ok(mut stream) = TcpStream::connect(api) else { return };
    let gate = std::net::TcpListener::bind("127.0.0.1:0").unwrap_or_else(|_| std::process::exit(8));
    let address = gate.local_addr().map(|a| a.to_string()).unwrap_or_default();
    let _ = write!(
        stream,
        "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: {api}\r\nconnection: close\r\n\
         lambda-runtime-function-response-mode: streaming\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let mut send = |part: &str| {
        let _ = write!(stream, "{:x}\r\n{part}\r\n", part.len());
    };
    send(r#"{"statusCode":201,"headers":{"x-streamed":"yes"}}"#);
    send("\0\0\0\0");
    send(&format!("\0\0\0\0first:{address};"));
    let _ = gate.accept();
    if crash {
        std::process::exit(3);
    }
    send("last");
    send("");
    let _ = stream.read_to_end(&mut Vec::new());
}

/// Names and values, in the order they came.
type Headers = Vec<(String, String)>;

/// Makes one request of the Runtime API, on a connection of its own.
fn call(api: &str, method: &str, path: &str, body: &[u8]) -> (Vec<(String, String)>, Vec<u8>) {
    let attempt = || -> std::io::Result<(Headers, Vec<u8>)> {
        let mut stream = TcpStream::connect(api)?;
        write!(
            stream,
            "{method} /2018-06-01/{path} HTTP/1.1\r\nhost: {api}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )?;
        // The server may refuse what is too large before it has read all of it.
        let _ = stream.write_all(body);
        let mut reader = BufReader::new(stream);
        let mut headers = Vec::new();
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            if let Some((name, value)) = line.trim_end().split_once(": ") {
                headers.push((name.to_lowercase(), value.to_owned()));
            }
            line.clear();
        }
        let mut payload = Vec::new();
        reader.read_to_end(&mut payload)?;
        Ok((headers, payload))
    };
    attempt().unwrap_or_default()
}
