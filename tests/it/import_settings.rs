//! What an environment declares beside the document: stage and method settings, tags, usage plans, API keys, smoke calls.

use crate::import::{BEFORE, Bench, KEY_VALUE, gateway, in_thread, status, talk};
use crate::support;

const CONFIGURATION: &str = r#"
[env.prod]
api = "orders"
stage = "prod"
stage-variables = { table = "orders-prod", db_password = "hunter2-canary" }
tags = { team = "pets" }
[env.prod.stage-settings]
description = "the real one"
tracing-enabled = true
[env.prod.method-settings."*/*"]
throttling-rate-limit = 50.0
throttling-burst-limit = 10
[env.prod.method-settings."GET /orders"]
metrics-enabled = true
[env.prod.api-keys.mobile]
value-from = "TEST_KEY_VALUE"
[env.prod.usage-plans.basic]
rate-limit = 5.5
quota-limit = 1000
quota-period = "DAY"
api-keys = ["mobile"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_declared_is_set_and_then_left_alone() {
    let (server, url) = gateway().await;
    let endpoint = url.clone();
    in_thread(move || {
        let bench = Bench::new();
        bench.configure(
            &format!("{CONFIGURATION}\n").replace("[env.prod]\n", &format!("[env.prod]\nendpoint-url = \"{url}\"\n")),
        );
        bench.write(BEFORE);
        let first = bench.run(&["import", "api.yaml", "--env", "prod", "--yes"]);
        assert_eq!(status(&first), Some(0), "{}", talk(&first));
        for expected in ["+ usage plan basic", "+ API key mobile", "stage tracingEnabled", "tag team of the stage"] {
            assert!(talk(&first).contains(expected), "{expected}: {}", talk(&first));
        }
        let second = bench.run(&["import", "api.yaml", "--env", "prod", "--yes"]);
        assert!(talk(&second).contains("nothing to do"), "{}", talk(&second));

        // No secret is anywhere.
        let mut all = talk(&first) + &talk(&second);
        for entry in walkdir::WalkDir::new(bench.path()).into_iter().filter_map(Result::ok) {
            if entry.file_type().is_file() && entry.file_name() != "gatewright.toml" {
                all.push_str(&std::fs::read_to_string(entry.path()).unwrap_or_default());
            }
        }
        for secret in [KEY_VALUE, "hunter2-canary"] {
            assert!(!all.contains(secret), "`{secret}` is shown or kept");
        }

        bench.configure(
            &CONFIGURATION
                .replace("[env.prod]\n", &format!("[env.prod]\nendpoint-url = \"{url}\"\n"))
                .replace("5.5", "6.5")
                .replace("throttling-burst-limit = 10", "throttling-burst-limit = 11"),
        );
        let third = bench.run(&["import", "api.yaml", "--env", "prod", "--yes"]);
        assert_eq!(status(&third), Some(0), "{}", talk(&third));
        assert!(talk(&third).contains("throttle.rateLimit: 5.5 -> 6.5"), "{}", talk(&third));
        assert!(talk(&third).contains("throttling/burstLimit: 10 -> 11"), "{}", talk(&third));
    })
    .await;
    let client = support::client(&endpoint);
    let api = client.get_rest_apis().send().await.expect("APIs").items()[0].clone();
    let id = api.id().unwrap_or_default();
    let stage = client.get_stage().rest_api_id(id).stage_name("prod").send().await.expect("the stage");
    assert!(stage.tracing_enabled());
    assert_eq!(stage.description(), Some("the real one"));
    let methods = stage.method_settings().expect("method settings");
    assert_eq!(methods["*/*"].throttling_burst_limit(), 11);
    assert!(methods.iter().any(|(key, setting)| key.contains("orders") && setting.metrics_enabled()), "{methods:?}");
    let plan = client.get_usage_plans().send().await.expect("plans").items()[0].clone();
    assert_eq!(plan.throttle().map(|t| t.rate_limit()), Some(6.5));
    assert_eq!(plan.api_stages()[0].stage(), Some("prod"));
    let keys = client.get_api_keys().include_values(true).send().await.expect("keys");
    assert_eq!(keys.items()[0].value(), Some(KEY_VALUE));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn smoke_calls_what_may_be_called() {
    let (server, url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        bench.write(BEFORE);
        let good = bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--yes", "--smoke"]);
        assert_eq!(status(&good), Some(0), "{}", talk(&good));
        assert!(talk(&good).contains("GET /orders answered 200"), "{}", talk(&good));
        bench.write(
            &BEFORE
                .replace("operationId: listOrders", "operationId: listOrders\n      x-gatewright-smoke: {status: 204}"),
        );
        let bad = bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--yes", "--smoke"]);
        assert_eq!(status(&bad), Some(1), "{}", talk(&bad));
        assert!(talk(&bad).contains("GET /orders answered 200 instead of 204"), "{}", talk(&bad));
    })
    .await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_goes_where_it_was_made_for() {
    let (server, url) = gateway().await;
    let (other, other_url) = gateway().await;
    in_thread(move || {
        let bench = Bench::new();
        bench.write(BEFORE);
        let planned = bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--plan-out", "plan.json"]);
        assert_eq!(status(&planned), Some(0), "{}", talk(&planned));
        let elsewhere = bench.run(&["import", "--plan", "plan.json", "--endpoint-url", &other_url]);
        assert_eq!(status(&elsewhere), Some(2), "{}", talk(&elsewhere));
        assert!(talk(&elsewhere).contains("the plan was made for"), "{}", talk(&elsewhere));
        let there = bench.run(&["import", "--plan", "plan.json"]);
        assert_eq!(status(&there), Some(0), "{}", talk(&there));
        assert!(talk(&there).contains("Verified"), "{}", talk(&there));
    })
    .await;
    server.stop().await;
    other.stop().await;
}
