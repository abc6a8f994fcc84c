//! What the benches of the data plane have in common: a client of the server's two planes, and a program that is a
//! function.

use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Asks once and returns the whole answer, which must be a success.
pub(crate) async fn ask(address: SocketAddr, verb: &str, path: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request = format!(
        "{verb} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("read");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 20"), "{answer}");
    answer
}

/// Imports a document as a REST API and deploys it; returns the path of its stage.
pub(crate) async fn deploy(address: SocketAddr, document: &str) -> String {
    let imported = ask(address, "POST", "/restapis?mode=import", document).await;
    let id = imported.split("\"id\":\"").nth(1).and_then(|t| t.split('"').next()).expect("an API");
    ask(address, "POST", &format!("/restapis/{id}/deployments"), r#"{"stageName":"s"}"#).await;
    format!("/_aws/execute-api/{id}/s")
}

/// Returns whether an answer is all there.
pub(crate) fn is_complete(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length =
        head.split("content-length: ").nth(1).and_then(|t| t.split("\r\n").next()).and_then(|l| l.parse().ok());
    answer.len() >= end + 4 + length.unwrap_or(0usize)
}

/// Plays a function's process: answers each event with what `answer` makes of it, until that is nothing.
pub(crate) fn serve_function(api: &str, mut answer: impl FnMut(&[u8]) -> Option<String>) {
    let mut stream = std::net::TcpStream::connect(api).expect("the Runtime API listens");
    stream.set_nodelay(true).expect("a socket");
    let mut reader = BufReader::new(stream.try_clone().expect("a socket"));
    let next = format!("GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nhost: {api}\r\n\r\n");
    loop {
        if stream.write_all(next.as_bytes()).is_err() {
            return;
        }
        let Some((head, event)) = message(&mut reader) else { return };
        let id = head
            .lines()
            .find_map(|l| l.to_lowercase().strip_prefix("lambda-runtime-aws-request-id: ").map(str::to_owned));
        let (Some(id), Some(answer)) = (id, answer(&event)) else { return };
        let request = format!(
            "POST /2018-06-01/runtime/invocation/{id}/response HTTP/1.1\r\nhost: {api}\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        if stream.write_all(request.as_bytes()).is_err() || message(&mut reader).is_none() {
            return;
        }
    }
}

/// Reads one message: its head, its body.
pub(crate) fn message(reader: &mut impl BufRead) -> Option<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|l| l.to_lowercase().strip_prefix("content-length: ")?.trim().parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some((head, body))
}
