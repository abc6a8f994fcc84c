//! What an import into an HTTP API leaves behind when something goes wrong at any of its calls: the API as before, or as
//! meant.

use aws_sdk_apigatewayv2::Client;
use aws_sdk_apigatewayv2::config::retry::RetryConfig;
use aws_sdk_apigatewayv2::config::{BehaviorVersion, Credentials, Region};
use gatewright::emulator::Server;

use crate::fault_proxy::{Fault, FaultProxy};
use crate::import::{Bench, gateway, status, talk};
use crate::import_faults::{all, killed_at, lasting_faults};
use crate::import_http::BEFORE;

const CONFIGURATION: &str = r#"
[env.default]
stage-variables = { table = "TABLE" }
tags = { team = "TABLE" }
[env.default.stage-settings]
description = "TABLE"
[env.default.method-settings."*/*"]
throttling-rate-limit = RATE
throttling-burst-limit = 2
"#;

struct Scene {
    server: Server,
    url: String,
    proxy: FaultProxy,
    bench: Bench,
}

impl Scene {
    /// A gateway with the first version imported, or nothing when the API is to be created; the second is ready to be.
    async fn new(exists: bool) -> Self {
        let (server, url) = gateway().await;
        let proxy = FaultProxy::start(&url).await;
        let scene = Self { server, url, proxy, bench: Bench::new() };
        if exists {
            scene.write("one", "5.0", BEFORE);
            let settled = scene.import(false).await;
            assert_eq!(status(&settled), Some(0), "{}", talk(&settled));
        }
        scene.write("two", "7.5", &BEFORE.replace("before", "after"));
        scene
    }

    fn write(&self, table: &str, rate: &str, text: &str) {
        self.bench.configure(&CONFIGURATION.replace("TABLE", table).replace("RATE", rate));
        self.bench.write(text);
    }

    async fn import(&self, through_proxy: bool) -> std::process::Output {
        let url = if through_proxy { self.proxy.url() } else { self.url.clone() };
        tokio::task::block_in_place(|| self.bench.import(&url))
    }

    /// Returns everything about the APIs that callers or later imports can tell.
    async fn state(&self) -> String {
        let config = aws_sdk_apigatewayv2::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&self.url)
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build();
        let client = Client::from_conf(config);
        let mut state = String::new();
        let apis = client.get_apis().send().await.expect("APIs");
        for api in apis.items() {
            let id = api.api_id().unwrap_or_default();
            state.push_str(&format!("api {:?} {:?}\n", api.name(), api.tags()));
            let whole = client.export_api().api_id(id).specification("OAS30").output_type("JSON");
            let stages = client.get_stages().api_id(id).send().await.expect("stages");
            let mut exports = vec![whole.clone()];
            for stage in stages.items() {
                let rate = stage.default_route_settings().map(|s| s.throttling_rate_limit());
                state.push_str(&format!(
                    "stage {:?} {:?} {:?} {:?} {rate:?} {:?}\n",
                    stage.stage_name(),
                    stage.auto_deploy(),
                    stage.stage_variables(),
                    stage.description(),
                    stage.tags()
                ));
                exports.push(whole.clone().stage_name(stage.stage_name().unwrap_or_default()));
            }
            for export in exports {
                let export = export.send().await.expect("an export");
                let mut json: serde_json::Value =
                    serde_json::from_slice(export.body().expect("a body").as_ref()).expect("JSON");
                json.as_object_mut().and_then(|members| members.remove("servers"));
                state.push_str(&format!("export {json}\n"));
            }
        }
        // The ids of APIs differ from scene to scene.
        for api in apis.items() {
            state = state.replace(api.api_id().unwrap_or_default(), "ID");
        }
        state
    }

    async fn stop(self) {
        self.proxy.stop();
        self.server.stop().await;
    }
}

/// Returns the calls of an import, and the states before and after it.
async fn reference(exists: bool) -> (Vec<String>, String, String) {
    let scene = Scene::new(exists).await;
    let before = scene.state().await;
    let done = scene.import(true).await;
    assert_eq!(status(&done), Some(0), "{}", talk(&done));
    let (calls, after) = (scene.proxy.calls(), scene.state().await);
    assert_ne!(before, after);
    scene.stop().await;
    (calls, before, after)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_fault_at_any_call_on_an_http_api_is_got_over() {
    for exists in [true, false] {
        let (calls, _, after) = reference(exists).await;
        let faults = [Fault::Reset, Fault::Truncated, Fault::Status(500), Fault::Status(429), Fault::Delay(50)];
        let shift = usize::from(exists);
        let cases: Vec<_> = (1..=calls.len()).map(|call| (call, faults[(call + shift) % faults.len()])).collect();
        all(cases, |(call, fault)| {
            let (after, name) = (after.clone(), calls[call - 1].clone());
            async move {
                let scene = Scene::new(exists).await;
                scene.proxy.fail(call, fault);
                let tried = scene.import(true).await;
                assert_eq!(status(&tried), Some(0), "{fault:?} at call {call} ({name})\n{}", talk(&tried));
                assert_eq!(scene.state().await, after, "{fault:?} at call {call} ({name})\n{}", talk(&tried));
                scene.stop().await;
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_on_an_http_api_that_always_fails_ends_as_before_or_as_meant() {
    for exists in [true, false] {
        let (calls, before, after) = reference(exists).await;
        all(lasting_faults(calls), |(kind, fault)| {
            let (before, after) = (before.clone(), after.clone());
            async move {
                let scene = Scene::new(exists).await;
                scene.proxy.fail_all(&kind, fault);
                let tried = scene.import(true).await;
                let told = talk(&tried);
                let state = scene.state().await;
                assert!(state == before || state == after, "{fault:?} at {kind} left this between:\n{state}\n{told}");
                if status(&tried) == Some(2) && state == before {
                    assert!(told.contains("error: "), "{told}");
                }
                scene.proxy.clear();
                let again = scene.import(false).await;
                assert_eq!(status(&again), Some(0), "{fault:?} at {kind}, then again:\n{}", talk(&again));
                assert_eq!(scene.state().await, after, "{fault:?} at {kind}, then again:\n{told}\n{}", talk(&again));
                scene.stop().await;
            }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_into_an_http_api_that_was_killed_is_finished_or_undone() {
    for exists in [true, false] {
        let (calls, before, after) = reference(exists).await;
        let writes = (1..=calls.len()).filter(|call| !calls[call - 1].starts_with("GET "));
        let cases = writes.flat_map(|call| [(call, true), (call, false)]).collect();
        all(cases, |(call, finish)| {
            let (before, after, name) = (before.clone(), after.clone(), calls[call - 1].clone());
            async move {
                let scene = Scene::new(exists).await;
                let url = scene.proxy.url();
                scene.proxy.fail(call, Fault::Delay(60_000));
                let child = scene.bench.spawn(&["import", "api.yaml", "--endpoint-url", &url, "--yes"]);
                killed_at(&scene.proxy, call, child).await;
                scene.proxy.clear();
                if finish {
                    let next = scene.import(true).await;
                    assert_eq!(status(&next), Some(0), "killed at {call} ({name})\n{}", talk(&next));
                    assert_eq!(scene.state().await, after, "killed at {call} ({name})\n{}", talk(&next));
                } else if name != "POST " {
                    let undone = tokio::task::block_in_place(|| {
                        scene.bench.run(&["rollback", "things", "--endpoint-url", &url, "--yes"])
                    });
                    assert_eq!(status(&undone), Some(0), "killed at {call} ({name})\n{}", talk(&undone));
                    assert_eq!(scene.state().await, before, "killed at {call} ({name})\n{}", talk(&undone));
                }
                let last = scene.import(true).await;
                assert_eq!(status(&last), Some(0), "killed at {call} ({name})\n{}", talk(&last));
                let empty = scene.import(true).await;
                assert!(talk(&empty).contains("nothing to do"), "killed at {call} ({name})\n{}", talk(&empty));
                scene.stop().await;
            }
        })
        .await;
    }
}

/// Stages that deploy themselves serve what is imported for another one, and the plan says so.
#[tokio::test(flavor = "multi_thread")]
async fn the_plan_names_the_other_stages_that_will_serve_it() {
    let scene = Scene::new(true).await;
    let run = |stage: &str, plan: bool| {
        let mut arguments = vec!["import", "api.yaml", "--endpoint-url", &scene.url, "--stage", stage];
        arguments.push(if plan { "--dry-run" } else { "--yes" });
        tokio::task::block_in_place(|| scene.bench.run(&arguments))
    };
    let other = run("other", false);
    assert_eq!(status(&other), Some(0), "{}", talk(&other));
    scene.bench.write(&BEFORE.replace("before", "third"));
    let planned = run("other", true);
    assert!(talk(&planned).contains("stage `dev` deploys itself"), "{}", talk(&planned));
    assert!(!talk(&planned).contains("stage `other` deploys itself"), "{}", talk(&planned));
    scene.stop().await;
}
