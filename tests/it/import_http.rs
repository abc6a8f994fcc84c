//! `gatewright import` of HTTP APIs: created, imported again, deployed by itself, gone back from, undone.

use crate::fault_proxy::{Fault, FaultProxy};
use crate::import::{Bench, gateway, in_thread, status, talk};

pub(crate) const BEFORE: &str = r#"
openapi: 3.0.1
info: {title: things, version: "1"}
x-amazon-apigateway-cors: {allowOrigins: ["https://example.com"], allowMethods: [GET]}
components:
  securitySchemes:
    tokens:
      type: oauth2
      flows: {}
      x-amazon-apigateway-authorizer:
        type: jwt
        identitySource: $request.header.Authorization
        jwtConfiguration: {issuer: "https://issuer.example.com", audience: [a]}
paths:
  /things/{id}:
    get:
      security: [{tokens: [read]}]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {default: {description: it}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: https://example.com/before/{id}
        payloadFormatVersion: "1.0"
"#;

fn import(bench: &Bench, url: &str) -> std::process::Output {
    bench.run(&["import", "api.yaml", "--endpoint-url", url, "--yes"])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_http_api_is_imported_and_gone_back_from() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        bench.configure(
            "[env.default]\nstage-variables = { a = \"1\" }\ntags = { team = \"t\" }\n[env.default.stage-settings]\ndescription = \"d\"\n[env.default.method-settings.\"*/*\"]\nthrottling-rate-limit = 5.0\nthrottling-burst-limit = 2\n",
        );
        bench.write(BEFORE);
        let first = import(&bench, &url);
        assert_eq!(status(&first), Some(0), "{}", talk(&first));
        assert!(talk(&first).contains("+ GET /things/{id}"), "{}", talk(&first));
        let second = import(&bench, &url);
        assert!(talk(&second).contains("nothing to do"), "{}", talk(&second));

        bench.write(&BEFORE.replace("before", "after"));
        let third = import(&bench, &url);
        assert_eq!(status(&third), Some(0), "{}", talk(&third));
        assert!(talk(&third).contains("~ GET /things/{id}"), "{}", talk(&third));
        assert!(talk(&third).contains("Verified"), "{}", talk(&third));

        let back = bench.run(&["rollback", "things", "--endpoint-url", &url, "--yes", "--definition"]);
        assert_eq!(status(&back), Some(0), "{}", talk(&back));
        bench.write(BEFORE);
        assert!(talk(&import(&bench, &url)).contains("nothing to do"));
        let shown = bench.run(&["status", "things", "--endpoint-url", &url]);
        assert!(String::from_utf8_lossy(&shown.stdout).contains("no drift"), "{shown:?}");
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_on_an_http_api_that_always_fails_leaves_nothing_between() {
    let (server, url) = gateway().await;
    let proxy = FaultProxy::start(&url).await;
    let (through, handle) = (proxy.url(), proxy.clone());
    in_thread(move || {
        let bench = Bench::new();
        bench.write(BEFORE);
        assert_eq!(status(&import(&bench, &url)), Some(0));
        bench.write(&BEFORE.replace("before", "after"));
        for (kind, fault) in
            [("PUT apis", Fault::Status(500)), ("PUT apis", Fault::Dropped), ("GET apis/stages", Fault::Status(500))]
        {
            handle.fail_all(kind, fault);
            let tried = import(&bench, &through);
            handle.clear();
            let told = talk(&tried);
            let planned = bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--dry-run"]);
            let untouched = talk(&planned).contains("will change");
            let done = talk(&planned).contains("nothing to do");
            assert!(untouched || done, "{told}\n{}", talk(&planned));
            assert_eq!(status(&tried) == Some(0), done, "{told}");
        }
        let last = import(&bench, &url);
        assert_eq!(status(&last), Some(0), "{}", talk(&last));
    })
    .await;
    proxy.stop();
    server.stop().await;
}
