//! What an import leaves behind when something goes wrong at any of its calls: the API as before, or as meant.

use std::process::Child;
use std::time::{Duration, Instant};

use gatewright::emulator::Server;
use gatewright::emulator::lambda::FunctionConfig;

use crate::fault_proxy::{Fault, FaultProxy};
use crate::import::{BEFORE, Bench, gateway, in_thread, status, talk};
use crate::support;

/// Everything that an import can set beside the document.
const CONFIGURATION: &str = r#"
[env.default]
stage-variables = { table = "TABLE" }
tags = { team = "pets" }
[env.default.stage-settings]
tracing-enabled = TRACING
[env.default.method-settings."*/*"]
throttling-rate-limit = RATE
[env.default.api-keys.mobile]
value-from = "TEST_KEY_VALUE"
[env.default.usage-plans.basic]
rate-limit = RATE
api-keys = ["mobile"]
"#;

const FUNCTION: &str = r#"
  /pets:
    get:
      responses: {"200": {description: all of them}}
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:pets/invocations
"#;

/// A gateway, a proxy before it, and a folder with what is imported.
struct Scene {
    server: Server,
    url: String,
    proxy: FaultProxy,
    bench: Bench,
}

#[derive(Clone, Copy)]
enum Version {
    First,
    Second,
}

impl Version {
    fn write(self, bench: &Bench) {
        let first = matches!(self, Self::First);
        let configuration = CONFIGURATION
            .replace("TABLE", if first { "one" } else { "two" })
            .replace("TRACING", if first { "false" } else { "true" })
            .replace("RATE", if first { "5.0" } else { "7.5" });
        bench.configure(&configuration);
        let text = if first { BEFORE.to_owned() } else { format!("{}{FUNCTION}", BEFORE.replace("before", "after")) };
        bench.write(&text);
    }
}

impl Scene {
    async fn new() -> Self {
        let (server, url) = gateway().await;
        let proxy = FaultProxy::start(&url).await;
        server.functions().register("pets", FunctionConfig::new("/nonexistent/pets"));
        Self { server, url, proxy, bench: Bench::new() }
    }

    /// Returns everything about the API that callers or later imports can tell.
    async fn state(&self) -> String {
        let client = support::client(&self.url);
        let mut state = String::new();
        let plans = client.get_usage_plans().send().await.expect("usage plans");
        for plan in plans.items() {
            let keys = client.get_usage_plan_keys().usage_plan_id(plan.id().unwrap_or_default()).send().await;
            let keys = keys.expect("the keys of a plan");
            let names: Vec<_> = keys.items().iter().map(|k| k.name()).collect();
            state.push_str(&format!(
                "plan {:?} {:?} {} {names:?}\n",
                plan.name(),
                plan.throttle(),
                plan.api_stages().len()
            ));
        }
        let keys = client.get_api_keys().send().await.expect("API keys");
        state.push_str(&format!("keys {:?}\n", keys.items().iter().map(|k| k.name()).collect::<Vec<_>>()));
        let apis = client.get_rest_apis().send().await.expect("APIs");
        for api in apis.items() {
            let id = api.id().unwrap_or_default();
            state.push_str(&format!("api {:?} {:?}\n", api.name(), api.tags()));
            let resources = client.get_resources().rest_api_id(id).embed("methods").limit(500).send().await;
            let mut resources: Vec<_> = resources
                .expect("resources")
                .items()
                .iter()
                .map(|r| {
                    let mut methods: Vec<_> = r
                        .resource_methods()
                        .into_iter()
                        .flatten()
                        .map(|(verb, method)| {
                            let integration = method.method_integration();
                            let answers = integration.and_then(|i| i.integration_responses());
                            let templates = answers.and_then(|a| a.get("200")).and_then(|a| a.response_templates());
                            format!("{verb} {templates:?}")
                        })
                        .collect();
                    methods.sort();
                    format!("{:?} {methods:?}", r.path())
                })
                .collect();
            resources.sort();
            state.push_str(&format!("resources {resources:?}\n"));
            let stages = client.get_stages().rest_api_id(id).send().await.expect("stages");
            for stage in stages.item() {
                let rate = stage.method_settings().and_then(|m| m.get("*/*")).map(|m| m.throttling_rate_limit());
                state.push_str(&format!(
                    "stage {:?} {:?} {} {rate:?} {:?}\n",
                    stage.stage_name(),
                    stage.variables(),
                    stage.tracing_enabled(),
                    stage.tags()
                ));
                let export = client
                    .get_export()
                    .rest_api_id(id)
                    .stage_name(stage.stage_name().unwrap_or_default())
                    .export_type("oas30")
                    .parameters("extensions", "integrations");
                let export = export.send().await.expect("an export");
                let mut json: serde_json::Value =
                    serde_json::from_slice(export.body().expect("a body").as_ref()).expect("JSON");
                json.as_object_mut().and_then(|members| members.remove("servers"));
                state.push_str(&format!("serves {json}\n"));
            }
        }
        // The ids of APIs differ from scene to scene.
        for api in apis.items() {
            state = state.replace(api.id().unwrap_or_default(), "ID");
        }
        state
    }

    async fn import(&self, through_proxy: bool) -> std::process::Output {
        let url = if through_proxy { self.proxy.url() } else { self.url.clone() };
        self.run(vec!["import".into(), "api.yaml".into(), "--endpoint-url".into(), url, "--yes".into()]).await
    }

    async fn run(&self, arguments: Vec<String>) -> std::process::Output {
        tokio::task::block_in_place(|| {
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            self.bench.run(&arguments)
        })
    }

    /// Imports the first version, or nothing when the API is to be created.
    async fn settle(&self, exists: bool) {
        if exists {
            Version::First.write(&self.bench);
            let settled = self.import(false).await;
            assert_eq!(status(&settled), Some(0), "{}", talk(&settled));
        }
        Version::Second.write(&self.bench);
    }

    async fn stop(self) {
        self.proxy.stop();
        self.server.stop().await;
    }
}

/// The calls of an import, and the states before and after it.
struct Reference {
    calls: Vec<String>,
    before: String,
    after: String,
}

async fn reference(exists: bool) -> Reference {
    let scene = Scene::new().await;
    scene.settle(exists).await;
    let before = scene.state().await;
    let done = scene.import(true).await;
    assert_eq!(status(&done), Some(0), "{}", talk(&done));
    let (calls, after) = (scene.proxy.calls(), scene.state().await);
    scene.stop().await;
    Reference { calls, before, after }
}

/// Returns the kinds of calls, each with a refusal that lasts, and those that write with a lost answer too.
pub(crate) fn lasting_faults(mut kinds: Vec<String>) -> Vec<(String, Fault)> {
    kinds.sort();
    kinds.dedup();
    let mut cases: Vec<(String, Fault)> = kinds.iter().map(|kind| (kind.clone(), Fault::Status(500))).collect();
    let writes = kinds.into_iter().filter(|kind| !kind.starts_with("GET "));
    cases.extend(writes.map(|kind| (kind, Fault::Dropped)));
    cases
}

/// Runs the cases side by side, as many as there are processors.
pub(crate) async fn all<T, F: Future<Output = ()> + Send + 'static>(cases: Vec<T>, run: impl Fn(T) -> F) {
    let mut running = tokio::task::JoinSet::new();
    for case in cases {
        if running.len() >= 4 {
            running.join_next().await.expect("one runs").expect("the case passes");
        }
        running.spawn(run(case));
    }
    while let Some(ended) = running.join_next().await {
        ended.expect("the case passes");
    }
}

/// One lost, delayed or refused call is no matter: the import is done all the same.
#[tokio::test(flavor = "multi_thread")]
async fn one_fault_at_any_call_is_got_over() {
    for exists in [true, false] {
        let reference = reference(exists).await;
        let faults = [Fault::Reset, Fault::Truncated, Fault::Status(500), Fault::Status(429), Fault::Delay(50)];
        // Each call meets one of the faults, and each fault several calls of each kind of import.
        let shift = usize::from(exists);
        let cases: Vec<_> =
            (1..=reference.calls.len()).map(|call| (call, faults[(call + shift) % faults.len()])).collect();
        let after = reference.after.clone();
        let calls = reference.calls.clone();
        all(cases, |(call, fault)| {
            let (after, name) = (after.clone(), calls[call - 1].clone());
            async move {
                let scene = Scene::new().await;
                scene.settle(exists).await;
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

/// A call that fails however often it is tried ends the import: everything is as before, and the message says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_always_fails_leaves_nothing_between() {
    for exists in [true, false] {
        let Reference { calls, before, after } = reference(exists).await;
        all(lasting_faults(calls), |(kind, fault)| {
            let (before, after) = (before.clone(), after.clone());
            async move {
                let scene = Scene::new().await;
                scene.settle(exists).await;
                scene.proxy.fail_all(&kind, fault);
                let tried = scene.import(true).await;
                let told = talk(&tried);
                let state = scene.state().await;
                assert!(state == before || state == after, "{fault:?} at {kind} left this between:\n{state}\n{told}");
                // Without the account's id a placeholder is used; functions' permissions and the verification come
                // after everything is as meant.
                let expected = if state == after { [0, 1, 2] } else { [2; 3] };
                assert!(
                    expected.contains(&status(&tried).unwrap_or(9)),
                    "{fault:?} at {kind}: {:?}\n{told}",
                    tried.status
                );
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

/// An answer that is cut short, its length with it, is not taken for an answer.
#[tokio::test(flavor = "multi_thread")]
async fn half_an_export_is_asked_for_again() {
    let scene = Scene::new().await;
    scene.settle(true).await;
    let Reference { calls, after, .. } = reference(true).await;
    let export = calls.iter().rposition(|c| c == "GET restapis/stages/exports").expect("an export") + 1;
    scene.proxy.fail(export, Fault::Shortened);
    let tried = scene.import(true).await;
    assert_eq!(status(&tried), Some(0), "{}", talk(&tried));
    assert_eq!(scene.state().await, after);
    scene.stop().await;
}

/// Wherever an import is killed, the next one notices, and finishes or undoes it.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_that_was_killed_is_finished_or_undone() {
    for exists in [true, false] {
        let Reference { calls, before, after } = reference(exists).await;
        let writes: Vec<_> = (1..=calls.len()).filter(|call| !calls[call - 1].starts_with("GET ")).collect();
        let cases = writes.into_iter().flat_map(|call| [(call, true), (call, false)]).collect();
        all(cases, |(call, finish)| {
            let (before, after, name) = (before.clone(), after.clone(), calls[call - 1].clone());
            async move {
                let scene = Scene::new().await;
                scene.settle(exists).await;
                scene.proxy.fail(call, Fault::Delay(60_000));
                let child =
                    scene.bench.spawn(&["import", "api.yaml", "--endpoint-url", &scene.url_of_proxy(), "--yes"]);
                killed_at(&scene.proxy, call, child).await;
                scene.proxy.clear();
                if finish {
                    let next = scene.import(true).await;
                    assert_eq!(status(&next), Some(0), "killed at {call} ({name})\n{}", talk(&next));
                    assert_eq!(scene.state().await, after, "killed at {call} ({name})\n{}", talk(&next));
                } else if name != "POST " && (exists || !name.contains("functions")) {
                    let url = scene.url_of_proxy();
                    let arguments = ["rollback", "orders", "--endpoint-url", &url, "--yes"].map(str::to_owned);
                    let undone = scene.run(arguments.to_vec()).await;
                    let told = talk(&undone);
                    assert!(matches!(status(&undone), Some(0 | 1)), "killed at {call} ({name})\n{told}");
                    // What had ended but for its permissions is gone back from, its definition and settings left.
                    let (now, is_undone) = (scene.state().await, told.contains("Undone"));
                    let part = |state: &str| -> Vec<String> {
                        state.lines().filter(|l| is_undone || l.starts_with("serves")).map(str::to_owned).collect()
                    };
                    assert_eq!(part(&now), part(&before), "killed at {call} ({name})\n{told}");
                }
                let last = scene.import(true).await;
                assert_eq!(status(&last), Some(0), "killed at {call} ({name})\n{}", talk(&last));
                let empty = scene.import(true).await;
                assert!(talk(&empty).contains("nothing to do"), "killed at {call} ({name})\n{}", talk(&empty));
                assert!(!talk(&empty).contains("cut off"), "killed at {call} ({name})\n{}", talk(&empty));
                scene.stop().await;
            }
        })
        .await;
    }
}

impl Scene {
    fn url_of_proxy(&self) -> String {
        self.proxy.url()
    }
}

/// Kills an import when its call of this number has arrived and goes no further.
pub(crate) async fn killed_at(proxy: &FaultProxy, call: usize, mut child: Child) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while proxy.calls().len() < call {
        assert!(Instant::now() < deadline, "call {call} never came");
        if child.try_wait().expect("it can be asked").is_some() {
            let ended = child.wait_with_output().expect("it ended");
            panic!("it ended before its call {call}: {:?}, calls {:?}\n{}", ended.status, proxy.calls(), talk(&ended));
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().expect("it is killed");
    child.wait().expect("it ends");
}

/// Of two imports at once one wins, and the other says so.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_imports_at_once_one_says_that_it_lost() {
    for exists in [true, false] {
        let (server, url) = gateway().await;
        let proxy = FaultProxy::start(&url).await;
        let through = proxy.url();
        in_thread(move || {
            let benches = [Bench::new(), Bench::new()];
            if exists {
                benches[0].write(BEFORE);
                assert_eq!(status(&benches[0].import(&url)), Some(0));
            }
            let children: Vec<_> = benches
                .iter()
                .zip(["one", "two"])
                .map(|(bench, word)| {
                    bench.write(&BEFORE.replace("before", word));
                    bench.spawn(&["import", "api.yaml", "--endpoint-url", &through, "--yes"])
                })
                .collect();
            let outputs: Vec<_> = children.into_iter().map(|c| c.wait_with_output().expect("it ends")).collect();
            let empty: Vec<bool> = benches
                .iter()
                .map(|bench| talk(&bench.run(&["import", "api.yaml", "--endpoint-url", &url, "--dry-run"])))
                .map(|told| told.contains("nothing to do"))
                .collect();
            let told = outputs.iter().map(talk).collect::<Vec<_>>().join("\n---\n");
            assert_eq!(empty.iter().filter(|e| **e).count(), 1, "one is served\n{told}");
            for (output, served) in outputs.iter().zip(&empty) {
                // One that came after the other had ended is no loser, it is the later one.
                if *served {
                    assert_eq!(status(output), Some(0), "{told}");
                }
            }
        })
        .await;
        proxy.stop();
        server.stop().await;
    }
}

/// From one folder, the second says at once that another import is under way.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_under_way_is_not_disturbed() {
    let scene = Scene::new().await;
    scene.settle(true).await;
    let put = reference(true).await.calls.iter().position(|c| c == "PUT restapis").expect("a PutRestApi") + 1;
    scene.proxy.fail(put, Fault::Delay(4000));
    let child = scene.bench.spawn(&["import", "api.yaml", "--endpoint-url", &scene.url_of_proxy(), "--yes"]);
    let deadline = Instant::now() + Duration::from_secs(60);
    while scene.proxy.calls().len() < put {
        assert!(Instant::now() < deadline, "the import never came to PutRestApi");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = scene.import(true).await;
    assert_eq!(status(&second), Some(2), "{}", talk(&second));
    assert!(talk(&second).contains("is under way"), "{}", talk(&second));
    let first = tokio::task::block_in_place(|| child.wait_with_output().expect("it ends"));
    assert_eq!(status(&first), Some(0), "{}", talk(&first));
    scene.stop().await;
}
