//! `gatewright import` through the real client and the real wire: plans, repeats, and faults at every call.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aws_sdk_apigateway::types::EndpointType;
use gatewright::emulator::{Server, ServerOptions};

use crate::fault_proxy::FaultProxy;

pub(crate) const BEFORE: &str = r#"
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

pub(crate) fn after() -> String {
    BEFORE.replace("before", "after").replace("listOrders", "readOrders")
}

/// The value of an API key, which is nowhere to be seen.
pub(crate) const KEY_VALUE: &str = "canary-value-of-an-api-key";

/// A folder with the document, and what `gatewright` does in it.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, text: &str) -> PathBuf {
        let path = self.path().join("api.yaml");
        std::fs::write(&path, text).expect("the document is written");
        path
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(arguments)
            .current_dir(self.path())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("TEST_KEY_VALUE", KEY_VALUE)
            .output()
            .expect("gatewright runs")
    }

    /// Starts `gatewright` and does not wait for it.
    pub(crate) fn spawn(&self, arguments: &[&str]) -> std::process::Child {
        Command::new(env!("CARGO_BIN_EXE_gatewright"))
            .args(arguments)
            .current_dir(self.path())
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("TEST_KEY_VALUE", KEY_VALUE)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .expect("gatewright starts")
    }

    /// Writes the configuration.
    pub(crate) fn configure(&self, text: &str) {
        std::fs::write(self.path().join("gatewright.toml"), text).expect("the configuration is written");
    }

    pub(crate) fn import(&self, url: &str) -> Output {
        self.run(&["import", "api.yaml", "--endpoint-url", url, "--yes"])
    }
}

pub(crate) fn status(output: &Output) -> Option<i32> {
    output.status.code()
}

pub(crate) fn talk(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) async fn gateway() -> (Server, String) {
    let options = ServerOptions { address: ([127, 0, 0, 1], 0).into(), state: None, ..ServerOptions::default() };
    let server = Server::start(options).await.expect("the gateway starts");
    let url = format!("http://{}", server.address());
    (server, url)
}

pub(crate) async fn in_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
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
async fn an_import_that_changes_nothing_exports_once_and_writes_nothing() {
    let (server, url) = gateway().await;
    let proxy = FaultProxy::start(&url).await;
    let (through, log) = (proxy.url(), proxy.clone());
    in_thread(move || {
        let bench = Bench::new();
        bench.write(BEFORE);
        assert_eq!(status(&bench.import(&through)), Some(0));
        log.clear();
        assert!(talk(&bench.import(&through)).contains("nothing to do"));
        let calls = log.calls();
        assert_eq!(calls.iter().filter(|c| *c == "GET restapis/stages/exports").count(), 1, "{calls:?}");
        // The account is asked for by a POST of STS.
        assert!(calls.iter().all(|c| c.starts_with("GET ") || c == "POST "), "{calls:?}");
        assert!(calls.len() <= 4, "{calls:?}");
    })
    .await;
    proxy.stop();
    server.stop().await;
}

/// No document says that an API is private; one that names VPC endpoints cannot be of another.
#[tokio::test(flavor = "multi_thread")]
async fn an_api_with_vpc_endpoints_is_made_private() {
    const PRIVATE: &str = r#"
servers:
  - url: https://example.com
    x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [vpce-0123456789abcdef0]}
x-amazon-apigateway-policy:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}]
paths:"#;
    let (server, url) = gateway().await;
    let client = crate::support::client(&url);
    in_thread(move || {
        let bench = Bench::new();
        bench.write(&BEFORE.replace("\npaths:", PRIVATE));
        let first = bench.import(&url);
        assert_eq!(status(&first), Some(0), "{}", talk(&first));
        let second = bench.import(&url);
        assert!(talk(&second).contains("nothing to do"), "{}", talk(&second));
    })
    .await;
    let apis = client.get_rest_apis().send().await.expect("they are listed");
    let configuration = apis.items()[0].endpoint_configuration().expect("it has one");
    assert_eq!(configuration.types(), [EndpointType::Private]);
    server.stop().await;
}

/// API Gateway imports and serves such an API, and does not export it.
#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_cannot_be_exported_is_read_part_by_part() {
    const PARTS: &str = r##"
      requestBody: {content: {application/xml: {schema: {$ref: "#/components/schemas/Order"}}}}
      parameters: [{name: q, in: query, required: true, schema: {type: string}}]
      security: [{pool: [orders/read]}]
      x-amazon-apigateway-request-validator: params
      responses: {"200": {description: all of them}}"##;
    const ROOT: &str = r##"
x-amazon-apigateway-request-validators: {params: {validateRequestParameters: true, validateRequestBody: false}}
x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {responseTemplates: {application/json: "{}"}}}
x-amazon-apigateway-binary-media-types: [image/png]
x-amazon-apigateway-policy:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: "*", Action: "execute-api:Invoke", Resource: "execute-api:/*"}]
components:
  schemas: {Order: {type: object, properties: {next: {$ref: "#/components/schemas/Order"}}}}
  securitySchemes:
    pool:
      {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: cognito_user_pools,
       x-amazon-apigateway-authorizer: {type: cognito_user_pools, providerARNs: ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a"]}}
paths:"##;
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        let document =
            BEFORE.replace("\n      responses: {\"200\": {description: all of them}}", PARTS).replace("\npaths:", ROOT);
        bench.write(&document);
        let first = bench.import(&url);
        assert_eq!(status(&first), Some(0), "{}", talk(&first));
        let told = talk(&first);
        assert!(told.contains("the service does not export it") && told.contains("Verified"), "{told}");
        let second = bench.import(&url);
        assert!(talk(&second).contains("nothing to do"), "{}", talk(&second));
        bench.write(&document.replace("before", "after"));
        let third = bench.import(&url);
        assert_eq!(status(&third), Some(0), "{}", talk(&third));
        assert!(talk(&third).contains("~ GET /orders"), "{}", talk(&third));
        let back = bench.run(&["rollback", "orders", "--endpoint-url", &url, "--yes", "--definition"]);
        assert_eq!(status(&back), Some(0), "{}", talk(&back));
        bench.write(&document);
        assert!(talk(&bench.import(&url)).contains("nothing to do"));
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_clients_is_marked_and_can_be_refused() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        bench.write(&BEFORE.replace("/orders:", "/old:\n    get:\n      responses: {\"200\": {description: it}}\n      x-amazon-apigateway-integration: {type: mock}\n  /orders:"));
        assert_eq!(status(&bench.import(&url)), Some(0));
        bench.write(BEFORE);
        let refused = bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--yes", "--deny-breaking"]);
        assert_eq!(status(&refused), Some(2), "{}", talk(&refused));
        assert!(talk(&refused).contains("breaks clients"), "{}", talk(&refused));
        let planned = bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--dry-run", "--format", "json"]);
        let json: serde_json::Value = serde_json::from_slice(&planned.stdout).expect("one JSON document");
        assert_eq!(json["summary"]["planned"], 1, "{json}");
        assert!(json["imports"][0]["diff"]["summary"]["breaking"].as_u64() >= Some(1), "{json}");
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_documents_are_imported_with_one_summary() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        let mut apis = String::new();
        for name in ["a", "b", "c"] {
            std::fs::write(bench.path().join(format!("{name}.yaml")), BEFORE.replace("orders", name)).expect("written");
            apis.push_str(&format!("[apis.{name}]\ndocument = \"{name}.yaml\"\n"));
        }
        bench.configure(&apis);
        let all = bench.run(&["import", "--endpoint-url", &url, "--yes"]);
        assert_eq!(status(&all), Some(0), "{}", talk(&all));
        assert!(talk(&all).contains("3 imported"), "{}", talk(&all));
        std::fs::write(bench.path().join("b.yaml"), BEFORE.replace("orders", "b").replace("mock", "no_such_type"))
            .expect("written");
        let some = bench.run(&["import", "--endpoint-url", &url, "--yes", "--format", "json"]);
        assert_eq!(status(&some), Some(2), "{}", talk(&some));
        let json: serde_json::Value = serde_json::from_slice(&some.stdout).expect("one JSON document");
        assert_eq!((&json["summary"]["unchanged"], &json["summary"]["failed"]), (&2.into(), &1.into()), "{json}");
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_is_an_error() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        for command in ["status", "history", "rollback", "promote"] {
            let output = bench.run(&[command, "nothing", "--endpoint-url", &url]);
            assert_eq!(status(&output), Some(2), "{command}: {}", talk(&output));
        }
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_imports_are_listed_and_gone_back_through() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        for version in 1..=10 {
            bench.write(&BEFORE.replace("version: \"1\"", &format!("version: \"{version}\"")));
            let done = bench.import(&url);
            assert_eq!(status(&done), Some(0), "{}", talk(&done));
        }
        let listed = bench.run(&["history", "orders", "--endpoint-url", &url, "--format", "json"]);
        let json: serde_json::Value = serde_json::from_slice(&listed.stdout).expect("one JSON document");
        let versions: Vec<_> = json.as_array().into_iter().flatten().map(|e| e["version"].clone()).collect();
        assert_eq!(versions.len(), 10);
        assert_eq!((&versions[0], &versions[9]), (&"10".into(), &"1".into()));
        for expected in ["9", "8"] {
            let back = bench.run(&["rollback", "orders", "--endpoint-url", &url, "--yes"]);
            assert_eq!(status(&back), Some(0), "{}", talk(&back));
            let shown = bench.run(&["status", "orders", "--endpoint-url", &url, "--format", "json"]);
            let json: serde_json::Value = serde_json::from_slice(&shown.stdout).expect("one JSON document");
            assert_eq!(json[0]["version"], expected, "{json}");
            assert_eq!(json[0]["drift"], serde_json::json!([]), "{json}");
        }
        let back = bench.run(&["rollback", "orders", "--endpoint-url", &url, "--yes", "--to", "3", "--definition"]);
        assert_eq!(status(&back), Some(0), "{}", talk(&back));
        bench.write(&BEFORE.replace("version: \"1\"", "version: \"3\""));
        assert!(talk(&bench.import(&url)).contains("nothing to do"));
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_is_promoted_or_ended_when_that_is_wanted() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        let endpoint = ["--endpoint-url", url.as_str()];
        let run = |arguments: &[&str]| bench.run(&[arguments, &endpoint].concat());
        let served = || {
            let json = run(&["status", "orders", "--format", "json"]).stdout;
            let json: serde_json::Value = serde_json::from_slice(&json).expect("one JSON document");
            [json[0]["version"].clone(), json[0]["drift"].clone(), json[0]["canary"].is_null().into()]
        };
        bench.write(BEFORE);
        assert_eq!(status(&bench.import(&url)), Some(0));
        bench.write(&BEFORE.replace("version: \"1\"", "version: \"2\""));
        for (command, version) in [("rollback", "1"), ("promote", "2")] {
            let shifted = run(&["import", "api.yaml", "--yes", "--canary", "10"]);
            assert_eq!(status(&shifted), Some(0), "{}", talk(&shifted));
            assert_eq!(served(), ["1".into(), serde_json::json!([]), false.into()]);
            let unasked = run(&[command, "orders"]);
            assert_eq!(status(&unasked), Some(2), "{}", talk(&unasked));
            assert!(talk(&unasked).contains("--yes"), "{}", talk(&unasked));
            let done = run(&[command, "orders", "--yes"]);
            assert_eq!(status(&done), Some(0), "{}", talk(&done));
            assert_eq!(served(), [version.into(), serde_json::json!([]), true.into()], "{command}");
        }
        assert!(talk(&bench.import(&url)).contains("nothing to do"));
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
