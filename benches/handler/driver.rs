//! The Runtime API of one function, driven as fast as the function answers.
//!
//! `driver BINARY EVENT COUNT` prints the nanoseconds of processor time that the function took for an invocation, and
//! the median from the event's last byte sent to the answer's last byte received.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Invocations before the clock starts.
const WARM: usize = 1_000;

/// The ticks of a second in `/proc/PID/stat`.
const TICKS: f64 = 100.0;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let event = std::fs::read(&arguments[2]).expect("the event");
    let count: usize = arguments[3].parse().expect("a count");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let mut function = Command::new(&arguments[1])
        .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "create-pet")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/create-pet")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
        .env("AWS_LAMBDA_LOG_FORMAT", "JSON")
        .env("AWS_LAMBDA_LOG_LEVEL", "WARN")
        .stdout(Stdio::null())
        .spawn()
        .expect("the function starts");
    let (answers, answered) = channel();
    let sent = Arc::new(Mutex::new(Instant::now()));
    let event = Arc::new(event);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (event, sent, answers) = (event.clone(), sent.clone(), answers.clone());
            std::thread::spawn(move || serve(stream, &event, &sent, &answers));
        }
    });
    let mut times = Vec::with_capacity(count);
    let mut before = 0.0;
    for number in 0..WARM + count {
        let (time, status) = answered.recv().expect("an answer");
        assert_eq!(status, 201, "the answer is not the one that was asked for");
        if number + 1 == WARM {
            before = processor_time(function.id());
        } else if number >= WARM {
            times.push(time);
        }
    }
    let used = processor_time(function.id()) - before;
    let _ = function.kill();
    let _ = function.wait();
    times.sort_unstable();
    println!("{:.0} {}", used * 1e9 / count as f64, times[times.len() / 2]);
    std::process::exit(0);
}

/// Answers the requests of one connection.
fn serve(stream: TcpStream, event: &[u8], sent: &Mutex<Instant>, answers: &Sender<(u128, u16)>) {
    stream.set_nodelay(true).expect("an option");
    let mut to = stream.try_clone().expect("a stream");
    let mut from = BufReader::new(stream);
    loop {
        let (mut line, mut length, mut chunked) = (String::new(), 0, false);
        if from.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let is_next = line.contains("/invocation/next");
        loop {
            let mut header = String::new();
            if from.read_line(&mut header).unwrap_or(0) == 0 || header == "\r\n" {
                break;
            }
            let header = header.to_ascii_lowercase();
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap_or(0);
            }
            chunked |= header.starts_with("transfer-encoding: chunked");
        }
        let mut body = vec![0; length];
        from.read_exact(&mut body).expect("a body");
        while chunked {
            let mut size = String::new();
            from.read_line(&mut size).expect("a size");
            let size = usize::from_str_radix(size.trim(), 16).expect("a size");
            let mut part = vec![0; size + 2];
            from.read_exact(&mut part).expect("a chunk");
            chunked = size > 0;
            body.extend_from_slice(&part[..size]);
        }
        if is_next {
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
                 Lambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
                 Lambda-Runtime-Deadline-Ms: 4102444800000\r\n\
                 Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:123456789012:function:create-pet\r\n\
                 Lambda-Runtime-Trace-Id: Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700\r\n\r\n",
                event.len()
            );
            let text = [head.as_bytes(), event].concat();
            to.write_all(&text).expect("the function listens");
            *sent.lock().expect("a lock") = Instant::now();
        } else {
            let time = sent.lock().expect("a lock").elapsed().as_nanos();
            let text = String::from_utf8_lossy(&body);
            let status = text.split("\"statusCode\":").nth(1).and_then(|rest| rest.get(..3)).and_then(|s| s.parse().ok());
            to.write_all(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n").expect("the function listens");
            if answers.send((time, status.unwrap_or(0))).is_err() {
                return;
            }
        }
    }
}

/// Returns the seconds of processor time that a process has used.
fn processor_time(id: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).expect("the process runs");
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks: f64 = fields[11..13].iter().map(|field| field.parse::<f64>().expect("a number")).sum();
    ticks / TICKS
}
