//! A proxy on loopback that writes down the calls that pass and spoils some of them.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It is carried out, and the connection is closed before the answer.
    Reset,
    /// It is not carried out: the connection is closed at once.
    Dropped,
    /// It is carried out, and half of the answer arrives.
    Truncated,
    /// It is carried out, and half of the answer's body arrives as if it were all.
    Shortened,
    /// It is not carried out; this status is the answer, and `Retry-After: 0` goes with it.
    Status(u16),
    /// It is carried out after so many milliseconds.
    Delay(u64),
}

/// The proxy. Cheap to clone.
#[derive(Clone)]
pub(crate) struct FaultProxy {
    address: SocketAddr,
    plan: Arc<Mutex<Plan>>,
    task: AbortHandle,
}

#[derive(Default)]
struct Plan {
    /// The kinds of the calls so far.
    seen: Vec<String>,
    /// The number of the call to spoil, from 1.
    at: usize,
    /// The kind of all calls to spoil.
    kind: Option<String>,
    fault: Option<Fault>,
}

impl Plan {
    fn next(&mut self, kind: String) -> Option<Fault> {
        self.seen.push(kind);
        let spoiled = match &self.kind {
            Some(kind) => self.seen.last() == Some(kind),
            None => self.seen.len() == self.at,
        };
        self.fault.filter(|_| spoiled)
    }
}

impl FaultProxy {
    /// Starts a proxy for `upstream` (`http://host:port`).
    pub(crate) async fn start(upstream: &str) -> Self {
        let upstream = upstream.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let plan = Arc::new(Mutex::new(Plan::default()));
        let shared = Arc::clone(&plan);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (plan, upstream) = (Arc::clone(&shared), upstream.clone());
                tokio::spawn(async move { serve(client, &upstream, &plan).await });
            }
        })
        .abort_handle();
        Self { address, plan, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Spoils the call of this number, counted from 1 and from now.
    pub(crate) fn fail(&self, call: usize, fault: Fault) {
        self.set(Plan { at: call, fault: Some(fault), ..Plan::default() });
    }

    /// Spoils every call of this kind (`PUT restapis`), from now on.
    pub(crate) fn fail_all(&self, kind: &str, fault: Fault) {
        self.set(Plan { kind: Some(kind.to_owned()), fault: Some(fault), ..Plan::default() });
    }

    /// Spoils nothing and forgets the calls so far.
    pub(crate) fn clear(&self) {
        self.set(Plan::default());
    }

    /// Returns the kinds of the calls so far: the method, and the path without what names things.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.plan.lock().expect("no panic while it is held").seen.clone()
    }

    fn set(&self, plan: Plan) {
        *self.plan.lock().expect("no panic while it is held") = plan;
    }

    pub(crate) fn stop(&self) {
        self.task.abort();
    }
}

/// Returns the kind of a call: `GET /restapis/abc/stages/dev` is `GET restapis/stages`.
fn kind(request: &[u8]) -> String {
    let line = request.split(|b| *b == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let segments = path.split('/').filter(|s| !s.is_empty() && !["2015-03-31", "v2"].contains(s));
    let names: Vec<_> = segments.step_by(2).collect();
    format!("{method} {}", names.join("/"))
}

/// Passes one call per connection on; the client opens another for the next.
async fn serve(mut client: TcpStream, upstream: &str, plan: &Mutex<Plan>) -> Result<(), Infallible> {
    let Ok(request) = read_message(&mut client).await else { return Ok(()) };
    if request.is_empty() {
        return Ok(());
    }
    let fault = plan.lock().expect("no panic while it is held").next(kind(&request));
    match fault {
        Some(Fault::Status(status)) => {
            let name = if status == 429 { "TooManyRequestsException" } else { "InternalFailure" };
            let body = r#"{"message":"spoiled"}"#;
            let answer = format!(
                "HTTP/1.1 {status} Spoiled\r\nx-amzn-ErrorType: {name}\r\nRetry-After: 0\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = client.write_all(answer.as_bytes()).await;
            return Ok(());
        }
        Some(Fault::Dropped) => return Ok(()),
        Some(Fault::Delay(time)) => tokio::time::sleep(Duration::from_millis(time)).await,
        _ => {}
    }
    let Ok(mut server) = TcpStream::connect(upstream).await else { return Ok(()) };
    if server.write_all(&request).await.is_err() {
        return Ok(());
    }
    let Ok(answer) = read_message(&mut server).await else { return Ok(()) };
    // A client that is not told would send its next call into a connection about to close.
    let answer = with_header(&answer, "connection", "close");
    let sent = match fault {
        Some(Fault::Reset) => Vec::new(),
        Some(Fault::Truncated) => answer[..answer.len() / 2].to_vec(),
        Some(Fault::Shortened) => shortened(&answer),
        _ => answer,
    };
    let _ = client.write_all(&sent).await;
    let _ = client.shutdown().await;
    Ok(())
}

/// Returns the answer with half of its body, and the length of that.
fn shortened(answer: &[u8]) -> Vec<u8> {
    let Some(head) = head_length(answer) else { return answer.to_vec() };
    let half = &answer[head..head + (answer.len() - head) / 2];
    let mut sent = with_header(&answer[..head], "content-length", &half.len().to_string());
    sent.extend_from_slice(half);
    sent
}

/// Returns the answer with one header of this name. One with a length is no longer chunked.
fn with_header(answer: &[u8], name: &str, value: &str) -> Vec<u8> {
    let Some(head) = head_length(answer) else { return answer.to_vec() };
    let text = String::from_utf8_lossy(&answer[..head]).into_owned();
    let mut sent = String::new();
    for line in text.lines().filter(|line| !line.is_empty()) {
        let other = line.split(':').next().unwrap_or_default().to_ascii_lowercase();
        if other != name && !(name == "content-length" && other == "transfer-encoding") {
            sent.push_str(line);
            sent.push_str("\r\n");
        }
    }
    let mut sent = format!("{sent}{name}: {value}\r\n\r\n").into_bytes();
    sent.extend_from_slice(&answer[head..]);
    sent
}

/// Returns how long the status line and the headers are, with the empty line after them.
fn head_length(answer: &[u8]) -> Option<usize> {
    find(answer, b"\r\n\r\n").map(|at| at + 4)
}

/// Reads one HTTP/1.1 message whose body, if any, has a `Content-Length` or is chunked.
async fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    let mut buffer = [0_u8; 16 * 1024];
    loop {
        if let Some(head) = head_length(&message) {
            let text = String::from_utf8_lossy(&message[..head]).to_ascii_lowercase();
            let length = text.lines().find_map(|l| l.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
            let complete = match length {
                Some(length) => message.len() >= head + length,
                None if text.contains("transfer-encoding: chunked") => message.ends_with(b"0\r\n\r\n"),
                None => true,
            };
            if complete {
                return Ok(message);
            }
        }
        let read = stream.read(&mut buffer).await?;
        if read == 0 {
            return Ok(message);
        }
        message.extend_from_slice(&buffer[..read]);
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
