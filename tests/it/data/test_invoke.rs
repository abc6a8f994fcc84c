//! One method run with its execution log.

use gatewright::emulator::data::{TestRequest, test_invoke};

use super::{definition, serve};

const API: &str = r#"
x-amazon-apigateway-request-validators: {all: {validateRequestBody: true, validateRequestParameters: true}}
x-amazon-apigateway-request-validator: all
paths:
  /pets/{petId}:
    get:
      parameters:
        - {name: petId, in: path, required: true, schema: {type: string}}
        - {name: limit, in: query, required: true, schema: {type: string}}
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200', responseTemplates: {application/json: '{"name": "Rex"}'}}}
"#;

async fn run(path: &str) -> (u16, String) {
    let server = serve(API).await;
    let definition = definition(&format!("openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\n{API}"));
    let resource = definition.resource_at("/pets/{petId}").expect("the resource").id.clone();
    let request = TestRequest {
        method: "GET".into(),
        path_with_query: Some(path.into()),
        headers: vec![("X-A".into(), "b".into())],
        ..TestRequest::default()
    };
    let place = ("000000000000", "eu-west-1");
    let outcome = test_invoke(&server.gateway, place, &definition, &resource, request).await.expect("the method");
    let lines = outcome.log.lines().map(|line| line.split_once(" UTC 2").map_or(line, |(_, rest)| &rest[6..]));
    (outcome.status, lines.collect::<Vec<_>>().join("\n"))
}

#[tokio::test]
async fn the_log_has_the_steps_that_the_console_shows() {
    let (status, log) = run("/pets/7?limit=2").await;
    assert_eq!(status, 200);
    let mut lines = log.lines();
    assert!(lines.next().is_some_and(|l| l.starts_with("Execution log for request ")));
    assert!(lines.next().is_some_and(|l| l.starts_with("Starting execution for request: ")));
    let rest: Vec<&str> = lines.collect();
    let expected = [
        "HTTP Method: GET, Resource Path: /pets/7",
        "Method request path: {petId=7}",
        "Method request query string: {limit=2}",
        "Method request headers: {X-A=b}",
        "Method request body before transformations: ",
        "Method response body after transformations: {\"name\": \"Rex\"}",
        "Method response headers: {Content-Type=application/json}",
        "Successfully completed execution",
        "Method completed with status: 200",
    ];
    assert_eq!(rest, expected);
}

#[tokio::test]
async fn a_path_that_does_not_fit_runs_without_parameters() {
    let (status, log) = run("/elsewhere/x/y").await;
    assert_eq!(status, 400);
    assert!(log.contains("Method request path: {}\n"), "{log}");
    assert!(log.contains("Request validation failed: missing parameters petId, limit\n"), "{log}");
    assert!(log.ends_with("Method completed with status: 400"), "{log}");
}
