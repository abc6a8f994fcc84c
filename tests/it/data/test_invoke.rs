//! One method run with its execution log.

use gatewright::emulator::data::{TestCaller, TestOutcome, TestRequest, test_invoke};
use regex::Regex;

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
    let request = TestRequest { path_with_query: Some(path.into()), ..TestRequest::default() };
    let outcome =
        outcome(API, "/pets/{petId}", TestRequest { headers: vec![("X-A".into(), "b".into())], ..request }).await;
    (outcome.status, steps(&outcome.log))
}

async fn outcome(api: &str, path: &str, request: TestRequest) -> TestOutcome {
    let server = serve(api).await;
    let definition = definition(&format!("openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\n{api}"));
    let resource = definition.resource_at(path).expect("the resource").id.clone();
    let request = TestRequest { method: "GET".into(), ..request };
    let place = ("000000000000", "eu-west-1");
    test_invoke(&server.gateway, place, &definition, &resource, request).await.expect("the method")
}

/// Returns the lines of a log without their dates.
fn steps(log: &str) -> String {
    let lines = log.lines().map(|line| line.split_once(" UTC 2").map_or(line, |(_, rest)| &rest[6..]));
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns a log with what differs from run to run made the same, from the integration's part on.
fn shown(log: &str) -> Vec<String> {
    let mut text = steps(log);
    for (pattern, shown) in [
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID"),
        (r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", "TRACE"),
        (r"Parent=[0-9a-f]{16};Sampled=0;Lineage=1:[0-9a-f]{8}:0", "SPAN"),
        (r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT", "DATE"),
        (r"\d{8}T\d{6}Z", "TIME"),
        (r"\*{300,}[0-9a-f]{6}", "SIGNATURE"),
        (r"IQoJb3JpZ2luX2Vj[0-9a-f]+ \[TRUNCATED\]", "TOKEN"),
        (r"Sha256=[0-9a-f]{64}", "Sha256=HASH"),
        (r"latency: \d+ ms", "latency: MS"),
    ] {
        text = Regex::new(pattern).expect("a pattern").replace_all(&text, shown).into_owned();
    }
    text.lines().skip(7).map(str::to_owned).collect()
}

/// A method that a function answers with what its template says.
fn function_api(kind: &str, function: &str, template: &str) -> String {
    format!(
        r#"
paths:
  /pets/{{petId}}:
    get:
      parameters: [{{name: petId, in: path, required: true, schema: {{type: string}}}}]
      responses: {{'200': {{description: ok}}}}
      x-amazon-apigateway-integration:
        type: {kind}
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:{function}/invocations
        requestTemplates: {{application/json: '{template}'}}
        responses: {{default: {{statusCode: '200'}}}}
"#
    )
}

const FUNCTION: &str =
    "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function";

/// The lines on a function's invocation, to the one that says that it is sent.
fn invoked(function: &str, payload: &str) -> Vec<String> {
    vec![
        format!("Endpoint request URI: {FUNCTION}:{function}/invocations"),
        "Endpoint request headers: {X-Amz-Date=TIME, x-amzn-apigateway-api-id=api, Accept=application/json, \
         User-Agent=AmazonAPIGateway_api, Host=lambda.eu-west-1.amazonaws.com, X-Amz-Content-Sha256=HASH, \
         X-Amzn-Trace-Id=TRACE, x-amzn-lambda-integration-tag=UUID, Authorization=SIGNATURE, \
         X-Amz-Source-Arn=arn:aws:execute-api:eu-west-1:000000000000:api/test-invoke-stage/GET/pets/{petId}, \
         X-Amz-Security-Token=TOKEN"
            .to_owned(),
        format!("Endpoint request body after transformations: {payload}"),
        format!("Sending request to {FUNCTION}:{function}/invocations"),
    ]
}

#[tokio::test]
async fn the_log_tells_of_functions_as_lambda_would_be_asked() {
    let api = function_api("aws", "pets", r#"{"do": "echo"}"#);
    let outcome = outcome(&api, "/pets/{petId}", TestRequest::default()).await;
    let mut expected = invoked("pets", r#"{"do": "echo"}"#);
    let payload = r#"{"do": "echo"}"#;
    expected.extend([
        "Received response. Status: 200, Integration latency: MS".to_owned(),
        format!(
            "Endpoint response headers: {{Date=DATE, Content-Type=application/json, Content-Length={}, \
             Connection=keep-alive, x-amzn-RequestId=UUID, x-amzn-Remapped-Content-Length=0, \
             X-Amz-Executed-Version=$LATEST, X-Amzn-Trace-Id=TRACE;SPAN}}",
            payload.len()
        ),
        format!("Endpoint response body before transformations: {payload}"),
        format!("Method response body after transformations: {payload}"),
        "Method response headers: {Content-Type=application/json, X-Amzn-Trace-Id=TRACE;SPAN}".to_owned(),
        "Successfully completed execution".to_owned(),
        "Method completed with status: 200".to_owned(),
    ]);
    assert_eq!(shown(&outcome.log), expected);
}

#[tokio::test]
async fn a_function_that_failed_is_named_by_its_error() {
    let api = function_api("aws_proxy", "pets", "");
    let path_with_query = Some("/pets/1?do=error".into());
    let outcome = outcome(&api, "/pets/{petId}", TestRequest { path_with_query, ..TestRequest::default() }).await;
    let log = shown(&outcome.log);
    let [.., headers, _, failed, status] = log.as_slice() else { panic!("{log:?}") };
    assert!(headers.contains("x-amzn-RequestId=UUID, X-Amz-Function-Error=Unhandled, x-amzn-Remapped"), "{headers}");
    assert!(
        failed.starts_with("Lambda execution failed with status 200 due to customer function error: ")
            && failed.ends_with(". Lambda request id: UUID"),
        "{failed}"
    );
    assert_eq!(status, "Method completed with status: 502");
    let error = [("x-amzn-ErrorType".to_owned(), "InternalServerErrorException".to_owned())];
    assert_eq!(outcome.headers, error, "nothing else is said of an error");
}

#[tokio::test]
async fn a_function_that_is_not_there_may_not_be_invoked() {
    let api = function_api("aws_proxy", "cats", "");
    let outcome = outcome(&api, "/pets/{petId}", TestRequest::default()).await;
    let log = shown(&outcome.log);
    let refused = "Execution failed due to configuration error: Invalid permissions on Lambda function";
    assert_eq!(&log[log.len() - 2..], [refused, "Method completed with status: 500"]);
}

#[tokio::test]
async fn an_event_says_who_tests() {
    let api = function_api("aws_proxy", "pets", "");
    let caller = TestCaller { user_agent: Some("aws-cli/2".into()), access_key: Some("AKIA".into()) };
    let outcome = outcome(&api, "/pets/{petId}", TestRequest { caller, ..TestRequest::default() }).await;
    let event: serde_json::Value = serde_json::from_str(&outcome.body).expect("the event");
    let identity = &event["requestContext"]["identity"];
    assert_eq!((&identity["userAgent"], &identity["accessKey"]), (&"aws-cli/2".into(), &"AKIA".into()));
    let names: Vec<&String> = event["requestContext"].as_object().into_iter().flatten().map(|(name, _)| name).collect();
    assert_eq!(names[..3], ["resourceId", "resourcePath", "httpMethod"]);
    let headers: Vec<&str> = outcome.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(headers, ["X-Amzn-Trace-Id"], "the function said nothing of a type");
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
