//! A proxy on loopback that spoils one call on its way.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// What happens to a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// It is carried out, and the connection is closed before the answer.
    Reset,
    /// It is carried out, and half of the answer arrives.
    Truncated,
    /// It is not carried out; this status is the answer.
    Status(u16),
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
    seen: usize,
    at: usize,
    fault: Option<Fault>,
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

    /// Spoils the call of this number, counted from 1.
    pub(crate) fn fail(&self, call: usize, fault: Fault) {
        *self.plan.lock().expect("no panic while it is held") = Plan { seen: 0, at: call, fault: Some(fault) };
    }

    pub(crate) fn stop(&self) {
        self.task.abort();
    }
}

/// Passes one call per connection on; the client opens another for the next.
async fn serve(mut client: TcpStream, upstream: &str, plan: &Mutex<Plan>) -> Result<(), Infallible> {
    let Ok(request) = read_message(&mut client).await else { return Ok(()) };
    if request.is_empty() {
        return Ok(());
    }
    let fault = {
        let mut plan = plan.lock().expect("no panic while it is held");
        plan.seen += 1;
        if plan.seen == plan.at { plan.fault.take() } else { None }
    };
    if let Some(Fault::Status(status)) = fault {
        let name = if status == 429 { "TooManyRequestsException" } else { "InternalFailure" };
        let body = r#"{"message":"spoiled"}"#;
        let answer = format!(
            "HTTP/1.1 {status} Spoiled\r\nx-amzn-ErrorType: {name}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        let _ = client.write_all(answer.as_bytes()).await;
        return Ok(());
    }
    let Ok(mut server) = TcpStream::connect(upstream).await else { return Ok(()) };
    if server.write_all(&request).await.is_err() {
        return Ok(());
    }
    let Ok(answer) = read_message(&mut server).await else { return Ok(()) };
    let sent = match fault {
        Some(Fault::Reset) => &[],
        Some(Fault::Truncated) => &answer[..answer.len() / 2],
        _ => &answer[..],
    };
    let _ = client.write_all(sent).await;
    let _ = client.shutdown().await;
    Ok(())
}

/// Reads one HTTP/1.1 message whose body, if any, has a `Content-Length` or is chunked.
async fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut message = Vec::new();
    let mut buffer = [0_u8; 16 * 1024];
    loop {
        if let Some(head) = find(&message, b"\r\n\r\n").map(|at| at + 4) {
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
