//! Functions as processes: every way an invocation can end.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use gatewright::emulator::lambda::{
    FunctionConfig, FunctionPool, Invocation, InvokeError, InvokeOptions, LogLine, PoolSettings,
};
use serde_json::{Value, json};

use crate::function::config;

struct Fixture {
    pool: FunctionPool,
    lines: Arc<Mutex<Vec<LogLine>>>,
}

fn fixture(config: FunctionConfig) -> Fixture {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let pool = FunctionPool::new(PoolSettings {
        account_id: "000000000000".into(),
        region: "eu-west-1".into(),
        endpoint: None,
        log: Arc::new(move |line| sink.lock().unwrap_or_else(PoisonError::into_inner).push(line)),
    });
    pool.register("pets", config);
    Fixture { pool, lines }
}

impl Fixture {
    async fn try_invoke(&self, event: Value) -> Result<Invocation, InvokeError> {
        self.pool.invoke("pets", Bytes::from(event.to_string()), InvokeOptions::default()).await
    }

    #[track_caller]
    fn invoke(&self, event: Value) -> impl Future<Output = Invocation> + use<> {
        let call = self.pool.clone();
        async move {
            let payload = Bytes::from(event.to_string());
            call.invoke("pets", payload, InvokeOptions::default()).await.expect("the function answers")
        }
    }

    async fn count(&self) -> Value {
        serde_json::from_slice(&self.invoke(json!({"do": "count"})).await.payload).expect("JSON")
    }

    fn log(&self) -> Vec<String> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|l| l.text.clone()).collect()
    }
}

fn error_type(invocation: &Invocation) -> String {
    assert_eq!(invocation.function_error.as_deref(), Some("Unhandled"), "{invocation:?}");
    let value: Value = serde_json::from_slice(&invocation.payload).expect("an error is JSON");
    value["errorType"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_process_is_started_once_and_used_again() {
    let f = fixture(config("one"));
    let first = f.count().await;
    let second = f.count().await;
    assert_eq!((&first["count"], &second["count"]), (&json!(1), &json!(2)));
    assert_eq!(first["pid"], second["pid"]);
}

#[tokio::test]
async fn a_function_is_told_about_its_invocation() {
    let f = fixture(config(""));
    let options = InvokeOptions {
        request_id: Some("id-1".into()),
        trace_id: Some("Root=1-2-3".into()),
        ..InvokeOptions::default()
    };
    let arn = "arn:aws:lambda:eu-west-1:000000000000:function:pets:live";
    let answer = f.pool.invoke(arn, Bytes::from(r#"{"do":"headers"}"#), options).await.expect("an answer");
    let headers: Value = serde_json::from_slice(&answer.payload).expect("JSON");
    assert_eq!(headers["lambda-runtime-aws-request-id"], "id-1");
    assert_eq!(headers["lambda-runtime-trace-id"], "Root=1-2-3");
    assert_eq!(headers["lambda-runtime-invoked-function-arn"], arn);
    assert!(headers["lambda-runtime-deadline-ms"].as_str().is_some_and(|d| d.parse::<u64>().is_ok()));
}

#[tokio::test]
async fn a_crash_is_an_answer_and_the_next_call_works() {
    let f = fixture(config(""));
    assert_eq!(error_type(&f.invoke(json!({"do": "crash"})).await), "Runtime.ExitError");
    assert_eq!(f.count().await["count"], 1);
    assert!(f.log().iter().any(|l| l.contains("Runtime exited with error: exit status")), "{:?}", f.log());
}

#[tokio::test]
async fn a_process_that_ends_between_requests_costs_none_of_them() {
    let f = fixture(config(""));
    for _ in 0..3 {
        assert_eq!(f.invoke(json!({"do": "exit after"})).await.payload, "\"bye\"");
    }
}

#[tokio::test]
async fn a_function_that_hangs_is_killed_at_its_time_out() {
    let mut hanging = config("");
    hanging.timeout = Duration::from_millis(300);
    let f = fixture(hanging);
    let answer = f.invoke(json!({"do": "hang"})).await;
    assert_eq!(error_type(&answer), "Sandbox.Timedout");
    assert!(String::from_utf8_lossy(&answer.payload).contains("Task timed out after 0.30 seconds"));
    assert_eq!(f.count().await["count"], 1);
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_function_that_uses_too_much_memory_is_killed() {
    let f = fixture(config(""));
    let answer = f.invoke(json!({"do": "grow"})).await;
    assert_eq!(error_type(&answer), "Runtime.ExitError");
    assert!(String::from_utf8_lossy(&answer.payload).contains("signal: killed"), "{answer:?}");
    let log = f.log();
    assert!(log.iter().any(|l| l.contains("more than its memory size of 128 MB")), "{log:?}");
    assert!(log.iter().any(|l| l.starts_with("REPORT") && l.contains("\tMax Memory Used: ")), "{log:?}");
    assert_eq!(f.count().await["count"], 1);
    let mut large = config("");
    large.memory_mb = 1024;
    large.timeout = Duration::from_millis(500);
    assert_eq!(error_type(&fixture(large).invoke(json!({"do": "grow"})).await), "Sandbox.Timedout");
}

#[tokio::test]
async fn what_fails_at_the_start_is_an_answer() {
    assert_eq!(error_type(&fixture(config("exit at start")).invoke(json!({})).await), "Runtime.ExitError");
    assert_eq!(error_type(&fixture(config("init error")).invoke(json!({})).await), "Startup");
    let missing = FunctionConfig::new("/nowhere/bootstrap");
    assert_eq!(error_type(&fixture(missing).invoke(json!({})).await), "Runtime.InvalidEntrypoint");
    let mut hanging = config("hang at start");
    hanging.init_timeout = Duration::from_millis(300);
    assert_eq!(error_type(&fixture(hanging).invoke(json!({})).await), "Sandbox.Timedout");
}

#[tokio::test]
async fn errors_garbage_and_large_answers_come_back_as_lambda_gives_them() {
    let f = fixture(config(""));
    assert_eq!(error_type(&f.invoke(json!({"do": "error"})).await), "Teapot");
    let garbage = f.invoke(json!({"do": "garbage"})).await;
    assert_eq!((garbage.payload.first(), garbage.function_error), (Some(&0xff), None));
    assert_eq!(error_type(&f.invoke(json!({"do": "large"})).await), "Function.ResponseSizeTooLarge");
    assert_eq!(f.count().await["count"], 4);
}

#[tokio::test]
async fn invocations_at_once_run_in_processes_of_their_own() {
    let f = fixture(config(""));
    let calls: Vec<_> = (0..4).map(|_| tokio::spawn(f.invoke(json!({"do": "count"})))).collect();
    let mut total = 0;
    for call in calls {
        let answer: Value = serde_json::from_slice(&call.await.expect("no panic").payload).expect("JSON");
        total += i64::from(answer["count"].as_i64().is_some());
    }
    assert_eq!(total, 4);
}

#[tokio::test]
async fn more_than_the_reserved_concurrency_is_throttled() {
    let mut one = config("");
    one.concurrency = Some(1);
    one.timeout = Duration::from_secs(2);
    let f = fixture(one);
    let hanging = tokio::spawn(f.invoke(json!({"do": "hang"})));
    // The first call is queued or running as soon as its task has been polled.
    tokio::task::yield_now().await;
    assert!(matches!(f.try_invoke(json!({})).await, Err(InvokeError::Throttled { .. })));
    hanging.abort();
}

#[tokio::test]
async fn a_new_version_takes_over_at_the_next_request() {
    let f = fixture(config("one"));
    assert_eq!(f.count().await["version"], "one");
    f.pool.register("pets", config("two"));
    let answer = f.count().await;
    assert_eq!((&answer["version"], &answer["count"]), (&json!("two"), &json!(1)));
}

#[tokio::test]
async fn the_log_says_what_lambda_says() {
    let f = fixture(config(""));
    let options = InvokeOptions { request_id: Some("id-1".into()), log_tail: true, ..InvokeOptions::default() };
    let answer = f.pool.invoke("pets", Bytes::from(r#"{"do":"log"}"#), options).await.expect("an answer");
    f.pool.stop().await;
    let log = f.log();
    for line in
        ["START RequestId: id-1 Version: $LATEST", "a line to stdout", "a line to stderr", "END RequestId: id-1"]
    {
        assert!(log.iter().any(|l| l == line), "{line}: {log:?}");
    }
    assert!(log.iter().any(|l| l.starts_with("REPORT RequestId: id-1\tDuration: ") && l.contains("\tInit Duration: ")));
    assert!(answer.log_tail.is_some_and(|t| t.starts_with("START RequestId: id-1")));
}

#[tokio::test]
async fn a_function_without_a_program_says_why() {
    let unbuilt = |reason: &str| FunctionConfig { unavailable: Some(reason.to_owned()), ..config("") };
    let f = fixture(unbuilt("the handlers do not build"));
    let answer = f.invoke(json!({"do": "count"})).await;
    assert_eq!(error_type(&answer), "Runtime.Unavailable");
    assert!(f.log().iter().any(|line| line.contains("the handlers do not build")), "{:?}", f.log());
    f.pool.register("pets", config("built"));
    assert_eq!(f.count().await["version"], "built");
}

/// Returns a message of an event stream, as Lambda sends them.
fn message(kind: &str, payload: &[u8]) -> Vec<u8> {
    let sum = |bytes: &[u8]| {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum().to_be_bytes()
    };
    let name = b":event-type";
    let length = |n: usize| u8::try_from(n).expect("short");
    let headers = [&[length(name.len())][..], &name[..], &[7, 0, length(kind.len())][..], kind.as_bytes()].concat();
    let total = u32::try_from(16 + headers.len() + payload.len()).expect("short");
    let mut out = [total.to_be_bytes(), u32::try_from(headers.len()).expect("short").to_be_bytes()].concat();
    out.extend(sum(&out));
    out.extend([&headers[..], payload].concat());
    out.extend(sum(&out));
    out
}

#[tokio::test]
async fn a_function_elsewhere_streams() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let (go_on, gate) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut request = vec![0; 4096];
        let read = stream.read(&mut request).await.expect("a request");
        assert!(request[..read].starts_with(b"POST /2021-11-15/functions/cats/response-streaming-invocations"));
        let chunk = |bytes: Vec<u8>| [format!("{:x}\r\n", bytes.len()).into_bytes(), bytes, b"\r\n".to_vec()].concat();
        let head = b"HTTP/1.1 200 OK\r\ncontent-type: application/vnd.amazon.eventstream\r\ntransfer-encoding: chunked\r\n\r\n";
        let first = chunk(message("PayloadChunk", b"{}\0\0\0\0\0\0\0\0first"));
        stream.write_all(&[&head[..], &first].concat()).await.expect("written");
        gate.await.expect("the first part has arrived");
        let last = [message("PayloadChunk", b"last"), message("InvokeComplete", b"{}")].concat();
        stream.write_all(&[chunk(last), b"0\r\n\r\n".to_vec()].concat()).await.expect("written");
    });
    let pool = FunctionPool::new(PoolSettings {
        account_id: "000000000000".into(),
        region: "eu-west-1".into(),
        endpoint: Some(endpoint),
        log: Arc::new(|_| {}),
    });
    let (sender, mut parts) = tokio::sync::mpsc::channel(4);
    let options = InvokeOptions { stream: Some(sender), ..InvokeOptions::default() };
    let invocation = tokio::spawn(async move { pool.invoke("cats", Bytes::new(), options).await });
    assert!(parts.recv().await.expect("a part").ends_with(b"first"));
    go_on.send(()).expect("it waits");
    assert_eq!(parts.recv().await.expect("a part"), Bytes::from_static(b"last"));
    let ended = invocation.await.expect("no panic").expect("an end");
    assert_eq!((ended.function_error, parts.recv().await), (None, None));
}

#[tokio::test]
async fn what_is_not_registered_is_not_found() {
    let f = fixture(config(""));
    assert!(matches!(
        f.pool.invoke("cats", Bytes::new(), InvokeOptions::default()).await,
        Err(InvokeError::NotFound { .. })
    ));
    assert!(f.pool.remove("pets") && !f.pool.remove("pets"));
    assert!(matches!(f.try_invoke(json!({})).await, Err(InvokeError::NotFound { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn stopping_the_pool_ends_its_processes() {
    let f = fixture(config(""));
    let pid = f.count().await["pid"].as_i64().expect("a process id");
    f.pool.stop().await;
    assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
}
