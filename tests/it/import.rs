//! `gatewright import` through the real client and the real wire: plans, repeats, and faults at every call.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gatewright::emulator::{Server, ServerOptions};

use crate::fault_proxy::{Fault, FaultProxy};

const BEFORE: &str = r#"
openapi: 3.0.3
info: {title: orders, version: "1"}
paths:
  /orders:
    get:
      operationId: listOrders
      responses: {"200": {description: all of them}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: "200", responseTemplates: {application/json: '{"from": "before"}'}}}
"#;

fn after() -> String {
    BEFORE.replace("before", "after").replace("listOrders", "readOrders")
}

/// A folder with the document, and what `gatewright` does in it.
struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, text: &str) -> PathBuf {
        let path = self.path().join("api.yaml");
        std::fs::write(&path, text).expect("the document is written");
        path
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(arguments)
            .current_dir(self.path())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .output()
            .expect("gatewright runs")
    }

    fn import(&self, url: &str) -> Output {
        self.run(&["import", "api.yaml", "--endpoint-url", url, "--yes"])
    }
}

fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

async fn gateway() -> (Server, String) {
    let options = ServerOptions { address: ([127, 0, 0, 1], 0).into(), state: None, ..ServerOptions::default() };
    let server = Server::start(options).await.expect("the gateway starts");
    let url = format!("http://{}", server.address());
    (server, url)
}

async fn in_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("the work ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_import_has_nothing_to_do() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        bench.write(BEFORE);
        let first = bench.import(&url);
        assert_eq!(status(&first), Some(0), "{}", talk(&first));
        assert!(talk(&first).contains("will be created"), "{}", talk(&first));
        let second = bench.import(&url);
        assert_eq!(status(&second), Some(0), "{}", talk(&second));
        assert!(talk(&second).contains("nothing to do"), "{}", talk(&second));
        assert_eq!(first.stdout, second.stdout);

        bench.write(&after());
        let third = bench.import(&url);
        assert_eq!(status(&third), Some(0), "{}", talk(&third));
        let plan = talk(&third);
        assert!(plan.contains("~ GET /orders") && plan.contains("readOrders"), "{plan}");
        assert!(plan.contains("0 to add, 1 to change, 0 to remove"), "{plan}");
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_applied_exactly_or_refused() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        bench.write(BEFORE);
        assert_eq!(status(&bench.import(&url)), Some(0));
        bench.write(&after());
        let planned = bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--plan-out", "plan.json"]);
        assert_eq!(status(&planned), Some(0), "{}", talk(&planned));
        assert!(talk(&bench.import(&url)).contains("Verified"));
        let stale = bench.run(&["import", "--plan", "plan.json", "--endpoint-url", &url]);
        assert_eq!(status(&stale), Some(2));
        assert!(talk(&stale).contains("has changed since the plan was made"), "{}", talk(&stale));

        bench.write(BEFORE);
        bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--plan-out", "plan.json"]);
        std::fs::remove_file(bench.path().join("api.yaml")).expect("the document is removed");
        let applied = bench.run(&["import", "--plan", "plan.json", "--endpoint-url", &url]);
        assert_eq!(status(&applied), Some(0), "{}", talk(&applied));
        assert!(talk(&applied).contains("Verified"), "{}", talk(&applied));
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_points_back_at_once() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        for text in [BEFORE, &after()] {
            bench.write(text);
            assert_eq!(status(&bench.import(&url)), Some(0));
        }
        let listed = bench.run(&["history", "orders", "--endpoint-url", &url]);
        assert_eq!(String::from_utf8_lossy(&listed.stdout).lines().count(), 2, "{listed:?}");
        let back = bench.run(&["rollback", "orders", "--endpoint-url", &url, "--yes", "--definition"]);
        assert_eq!(status(&back), Some(0), "{}", talk(&back));
        bench.write(BEFORE);
        let again = bench.import(&url);
        assert!(talk(&again).contains("nothing to do"), "{}", talk(&again));
    })
    .await;
    server.stop().await;
}

/// Whatever one call suffers, the API ends as it was or as it was meant, and a further import mends the rest.
#[tokio::test(flavor = "multi_thread")]
async fn one_fault_at_any_call_leaves_nothing_between() {
    let (server, upstream) = gateway().await;
    for fault in [Fault::Reset, Fault::Truncated, Fault::Status(500), Fault::Status(429)] {
        for call in 1..=7 {
            let proxy = FaultProxy::start(&upstream).await;
            let (through, direct, proxy_handle) = (proxy.url(), upstream.clone(), proxy.clone());
            in_thread(move || {
                let bench = Bench::new();
                bench.write(BEFORE);
                let settled = bench.import(&direct);
                assert_eq!(status(&settled), Some(0), "{}", talk(&settled));
                bench.write(&after());
                proxy_handle.fail(call, fault);
                let tried = bench.import(&through);
                let code = status(&tried);
                assert!(matches!(code, Some(0 | 2)), "{fault:?} at call {call}: {code:?}\n{}", talk(&tried));

                let as_before = plan_is_empty(&bench, BEFORE, &direct);
                let as_meant = plan_is_empty(&bench, &after(), &direct);
                assert!(as_before || as_meant, "{fault:?} at call {call} left the API between\n{}", talk(&tried));
                if code == Some(0) {
                    assert!(as_meant, "{fault:?} at call {call} was called done\n{}", talk(&tried));
                }
            })
            .await;
            proxy.stop();
        }
    }
    server.stop().await;
}

fn plan_is_empty(bench: &Bench, text: &str, url: &str) -> bool {
    bench.write(text);
    talk(&bench.run(&["import", "api.yaml", "--endpoint-url", url, "--dry-run"])).contains("nothing to do")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_is_down_is_named() {
    in_thread(|| {
        let bench = Bench::new();
        bench.write(BEFORE);
        let output = bench.import("http://127.0.0.1:9");
        assert_eq!(status(&output), Some(2));
        assert!(talk(&output).contains("cannot reach http://127.0.0.1:9"), "{}", talk(&output));
    })
    .await;
}
