//! The control plane through AWS's client and plain HTTP, and what is left of it after a kill.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_apigateway::error::ProvideErrorMetadata;
use aws_sdk_apigateway::primitives::Blob;
use aws_sdk_apigateway::types::{Op, PatchOperation, PutMode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{ServerProcess, client, endpoint, serve, server};

/// Returns a document with one mocked operation.
fn document(title: &str) -> String {
    format!(
        r#"{{"openapi": "3.0.1", "info": {{"title": "{title}", "version": "1"}}, "paths": {{"/pets": {{"get": {{
            "responses": {{"200": {{"description": "ok"}}}},
            "x-amazon-apigateway-integration": {{"type": "mock", "requestTemplates":
                {{"application/json": "{{\"statusCode\": 200}}"}}, "responses": {{"default": {{"statusCode": "200"}}}}}}
        }}}}}}}}"#
    )
}

async fn import(client: &aws_sdk_apigateway::Client, title: &str) -> Option<String> {
    let body = Blob::new(document(title));
    let made = client.import_rest_api().body(body).send().await.ok()?;
    made.id().map(str::to_owned)
}

#[tokio::test]
async fn an_api_is_imported_deployed_exported_and_replaced() {
    let server = server().await;
    let client = client(&endpoint(&server));
    let id = import(&client, "first").await.expect("imports");
    let resources = client.get_resources().rest_api_id(&id).embed("methods").send().await.expect("lists");
    let paths: Vec<_> = resources.items().iter().filter_map(|resource| resource.path()).collect();
    assert_eq!(paths, ["/", "/pets"]);
    let deployment = client.create_deployment().rest_api_id(&id).stage_name("dev").send().await.expect("deploys");
    let stage = client.get_stage().rest_api_id(&id).stage_name("dev").send().await.expect("has the stage");
    assert_eq!(stage.deployment_id(), deployment.id());

    let body = Blob::new(document("second"));
    let put = client.put_rest_api().rest_api_id(&id).mode(PutMode::Overwrite).body(body).send().await.expect("puts");
    assert_eq!(put.name(), Some("second"));
    let export = client.get_export().rest_api_id(&id).stage_name("dev").export_type("oas30").send().await;
    let export = export.expect("exports").body.expect("has a body");
    let text = String::from_utf8(export.into_inner()).expect("is text");
    assert!(text.contains("\"first\""), "an export is of what is deployed: {text}");
    server.stop().await;
}

#[tokio::test]
async fn an_update_that_fails_halfway_changes_nothing() {
    let server = server().await;
    let client = client(&endpoint(&server));
    let id = import(&client, "whole").await.expect("imports");
    let operation = |path: &str, value: &str| PatchOperation::builder().op(Op::Replace).path(path).value(value).build();
    let refused = client
        .update_rest_api()
        .rest_api_id(&id)
        .patch_operations(operation("/name", "changed"))
        .patch_operations(operation("/nothing", "x"))
        .send()
        .await
        .expect_err("is refused");
    assert_eq!(refused.message(), Some("Invalid patch path /nothing"));
    let api = client.get_rest_api().rest_api_id(&id).send().await.expect("is there");
    assert_eq!(api.name(), Some("whole"));
    server.stop().await;
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_kill() {
    let state = tempfile::tempdir().expect("a folder");
    let process = ServerProcess::start(state.path());
    let shared = client(&process.endpoint);
    let enough = Arc::new(AtomicBool::new(false));
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let (client, enough) = (shared.clone(), Arc::clone(&enough));
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for number in 0..50 {
                    let Some(id) = import(&client, &format!("api-{worker}-{number}")).await else { break };
                    acknowledged.push(id);
                    enough.fetch_or(number >= 2, Ordering::AcqRel);
                }
                acknowledged
            })
        })
        .collect();
    while !enough.load(Ordering::Acquire) {
        tokio::task::yield_now().await;
    }
    process.kill();
    let mut acknowledged = BTreeSet::new();
    for worker in workers {
        acknowledged.extend(worker.await.expect("a worker ends"));
    }

    let process = ServerProcess::start(state.path());
    let client = client(&process.endpoint);
    for id in &acknowledged {
        let resources = client.get_resources().rest_api_id(id).send().await.expect("an acknowledged API is whole");
        assert_eq!(resources.items().len(), 2);
    }
    assert!(acknowledged.len() >= 3);
}

#[test]
fn a_second_server_on_the_same_folder_says_so() {
    let state = tempfile::tempdir().expect("a folder");
    let _first = ServerProcess::start(state.path());
    let second = serve(state.path()).output().expect("runs");
    assert_eq!(second.status.code(), Some(2));
    let talk = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(talk.contains("in use by another gatewright server"), "{talk}");
}

/// Sends bytes to the server and returns all that comes back.
async fn exchange(server: &gatewright::emulator::Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(server.address()).await.expect("connects");
    // A server that has already answered may not read the rest.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

async fn post(server: &gatewright::emulator::Server, path: &str, body: &str) -> String {
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    exchange(server, request.as_bytes()).await
}

#[tokio::test]
async fn bad_input_gets_the_error_of_aws() {
    let server = server().await;
    for (path, body, expected) in [
        ("/restapis?mode=import", "{\"openapi\":", "Invalid OpenAPI input."),
        ("/restapis?mode=import", "\u{1}\u{2}", "Invalid OpenAPI input."),
        ("/restapis?mode=import", "", "Invalid OpenAPI input."),
        ("/restapis", "{", "SerializationException"),
        ("/restapis", "[]", "SerializationException"),
        ("/restapis", "{\"name\": true}", "class java.lang.Boolean can not be converted to an String"),
        ("/restapis", "{}", "Value null at 'createRestApiInput.name' failed to satisfy constraint"),
        ("/restapis/none/deployments", "{}", "Invalid API identifier specified 000000000000:none"),
        ("/no/such/call", "{}", "AccessDeniedException"),
    ] {
        let answer = post(&server, path, body).await;
        assert!(answer.starts_with("HTTP/1.1 4"), "{path} {body}: {answer}");
        assert!(answer.contains(expected), "{path} {body}: {answer}");
    }
    let large = "x".repeat(10 * 1024 * 1024);
    let answer = post(&server, "/restapis?mode=import", &large).await;
    assert!(answer.starts_with("HTTP/1.1 4"), "{}", answer.lines().next().unwrap_or_default());
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_nothing() {
    let server = server().await;
    for _ in 0..20 {
        let mut stream = TcpStream::connect(server.address()).await.expect("connects");
        let head = "POST /restapis HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{\"name\": \"half";
        stream.write_all(head.as_bytes()).await.expect("writes");
    }
    let apis = client(&endpoint(&server)).get_rest_apis().send().await.expect("lists");
    assert!(apis.items().is_empty());
    server.stop().await;
}

#[tokio::test]
async fn many_imports_at_once_all_succeed() {
    let server = server().await;
    let client = client(&endpoint(&server));
    let imports: Vec<_> = (0..200)
        .map(|number| {
            let client = client.clone();
            tokio::spawn(async move { import(&client, &format!("api-{number}")).await })
        })
        .collect();
    let mut ids = BTreeSet::new();
    for import in imports {
        ids.insert(import.await.expect("a task ends").expect("an import succeeds"));
    }
    assert_eq!(ids.len(), 200);
    let first = client.get_rest_apis().limit(150).send().await.expect("lists");
    let rest = client.get_rest_apis().limit(150).position(first.position().expect("more")).send().await.expect("lists");
    assert_eq!((first.items().len(), rest.items().len(), rest.position()), (150, 50, None));
    server.stop().await;
}
