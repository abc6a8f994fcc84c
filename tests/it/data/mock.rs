//! `MOCK` integrations.

use super::{Setup, serve, serve_with};
use indexmap::IndexMap;

const API: &str = r#"
paths:
  /mock:
    post:
      responses: {'200': {description: ok, headers: {X-Literal: {schema: {type: string}}, X-Context: {schema: {type: string}}, X-Variable: {schema: {type: string}}, X-Missing: {schema: {type: string}}, Date: {schema: {type: string}}}}, '404': {description: none}}
      x-amazon-apigateway-integration:
        type: mock
        passthroughBehavior: never
        requestTemplates:
          application/json: '{"statusCode": 200}'
          application/x-none: '{statusCode: 404}'
          application/x-text: '{"statusCode": "200"}'
          application/x-broken: '{"statusCode": 200'
          application/x-other: '{"statusCode": 500}'
        responses:
          default:
            statusCode: '200'
            responseParameters:
              method.response.header.X-Literal: "'a b'"
              method.response.header.X-Context: context.resourcePath
              method.response.header.X-Variable: stageVariables.shop
              method.response.header.X-Missing: stageVariables.none
              method.response.header.Date: "'today'"
            responseTemplates:
              application/json: '{"answer": "json"}'
              application/xml: '<answer/>'
          '404': {statusCode: '404', responseTemplates: {application/json: none}}
          '5\d\d': {statusCode: '503'}
    options:
      responses: {'200': {description: ok, headers: {Access-Control-Allow-Origin: {schema: {type: string}}, Access-Control-Allow-Methods: {schema: {type: string}}}}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: '200'
            responseParameters:
              method.response.header.Access-Control-Allow-Origin: "'*'"
              method.response.header.Access-Control-Allow-Methods: "'GET,OPTIONS'"
"#;

#[tokio::test]
async fn the_template_of_the_content_type_says_the_status() {
    let server = serve(API).await;
    let post = async |media_type: &str| {
        server.ask("POST /mock", &[&format!("Content-Type: {media_type}")], b"{}").await.summary()
    };
    let internal = r#"500 {"message": "Internal server error"}"#;
    assert_eq!(post("application/json; charset=utf-8").await, r#"200 {"answer": "json"}"#);
    assert_eq!(post("application/x-none").await, "404 none");
    assert_eq!(post("application/x-text").await, internal);
    assert_eq!(post("application/x-broken").await, internal);
    assert_eq!(post("application/x-other").await, internal);
    assert_eq!(post("text/plain").await, r#"415 {"message": "Unsupported Media Type"}"#);
}

#[tokio::test]
async fn response_parameters_and_the_accepted_type() {
    let variables = IndexMap::from([("shop".to_owned(), "corner".to_owned())]);
    let setup = Setup { stage: Some(Box::new(|s| s.variables = Some(variables))), ..Setup::default() };
    let server = serve_with(API, setup).await;
    let answer = server.ask("POST /mock", &["Accept: application/xml"], b"").await;
    assert_eq!(answer.summary(), "200 <answer/>");
    assert_eq!(answer.header("content-type"), Some("application/xml"));
    assert_eq!(answer.header("x-literal"), Some("a b"));
    assert_eq!(answer.header("x-context"), Some("/mock"));
    assert_eq!(answer.header("x-variable"), Some("corner"));
    assert_eq!(answer.header("x-missing"), None);
    assert_eq!(answer.header("x-amzn-remapped-date"), Some("today"));
    assert_eq!(answer.header("x-amzn-trace-id"), None);
    let other = server.ask("POST /mock", &["Accept: text/html"], b"").await;
    assert_eq!(
        (other.text().as_str(), other.header("content-type")),
        (r#"{"answer": "json"}"#, Some("application/json"))
    );
}

#[tokio::test]
async fn a_preflight_is_answered() {
    let server = serve(API).await;
    let answer =
        server.ask("OPTIONS /mock", &["Origin: http://localhost", "Access-Control-Request-Method: GET"], b"").await;
    assert_eq!(answer.summary(), "200 ");
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-methods"), Some("GET,OPTIONS"));
}

#[tokio::test]
async fn a_canary_gets_its_share() {
    let canary = API.replace("\"answer\": \"json\"", "\"answer\": \"canary\"");
    let share = async |percent: f64| {
        let setup = Setup {
            canary: Some(canary.clone()),
            stage: Some(Box::new(move |stage| {
                let settings = serde_json::json!({"percentTraffic": percent, "deploymentId": "canary"});
                stage.canary_settings = serde_json::from_value(settings).ok();
            })),
            ..Setup::default()
        };
        serve_with(API, setup).await.ask("POST /mock", &[], b"").await.text()
    };
    assert_eq!(share(100.0).await, r#"{"answer": "canary"}"#);
    assert_eq!(share(0.0).await, r#"{"answer": "json"}"#);
}

#[tokio::test]
async fn answers_are_compressed_from_the_size_that_is_set() {
    let api = format!("x-amazon-apigateway-minimum-compression-size: 10\n{API}");
    let server = serve(&api).await;
    let answer = server.ask("POST /mock", &["Accept-Encoding: gzip"], b"").await;
    assert_eq!(answer.header("content-encoding"), Some("gzip"));
    assert_eq!(answer.body.get(..2), Some(&[0x1f, 0x8b][..]));
    assert_eq!(server.ask("POST /mock", &["Accept-Encoding: *"], b"").await.text(), r#"{"answer": "json"}"#);
}

#[tokio::test]
async fn the_status_must_be_named_by_somebody() {
    let server = serve(
        r#"
paths:
  /bare:
    x-amazon-apigateway-any-method:
      responses: {'200': {description: ok}, '400': {description: bad}, '404': {description: none}}
      x-amazon-apigateway-integration: &bare
        type: mock
        responses:
          default: {statusCode: '200', responseTemplates: {application/json: fine}}
          '[45]\d\d': {statusCode: '400', responseTemplates: {application/json: bad}}
          '404|405': {statusCode: '404', responseTemplates: {application/json: none}}
  /empty:
    post:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: ''}
        responses: {default: {statusCode: '200'}}
"#,
    )
    .await;
    let internal = r#"500 {"message": "Internal server error"}"#;
    assert_eq!(server.get("/bare").await.summary(), internal);
    // Without a template the client's body passes, and may name it.
    let post = async |path: &str, body: &str| server.ask(&format!("POST {path}"), &[], body.as_bytes()).await.summary();
    assert_eq!(post("/bare", r#"{"statusCode": 200}"#).await, "200 fine");
    assert_eq!(post("/bare", r#"{"other": 200}"#).await, internal);
    // Of several patterns that match, that of the status itself is taken.
    assert_eq!(post("/bare", r#"{"statusCode": 404}"#).await, "404 none");
    assert_eq!(post("/bare", r#"{"statusCode": 405}"#).await, "400 bad");
    assert_eq!(post("/empty", r#"{"statusCode": 200}"#).await, "200 ");
}

/// With `*/*` every body is binary, which a request template cannot read; one that is made text passes.
#[tokio::test]
async fn a_preflight_of_an_api_whose_types_are_all_binary() {
    let server = serve(
        r#"
x-amazon-apigateway-binary-media-types: ['*/*']
paths:
  /x:
    options:
      responses: {'200': {description: ok, headers: {Access-Control-Allow-Origin: {schema: {type: string}}}}}
      x-amazon-apigateway-integration: &mock
        type: mock
        contentHandling: CONVERT_TO_TEXT
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: '200'
            responseParameters: {method.response.header.Access-Control-Allow-Origin: "'*'"}
            responseTemplates: {application/json: ''}
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        contentHandling: CONVERT_TO_TEXT
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200', responseTemplates: {application/json: 'hello'}}}
    put:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200'}}
"#,
    )
    .await;
    let answer = server.ask("OPTIONS /x", &["Accept: */*", "Origin: http://localhost"], b"").await;
    assert_eq!((answer.summary().as_str(), answer.header("access-control-allow-origin")), ("200 ", Some("*")));
    assert_eq!(server.ask("GET /x", &["Accept: */*"], b"").await.summary(), "200 hello");
    assert_eq!(
        server.ask("PUT /x", &["Accept: */*"], b"{}").await.summary(),
        r#"500 {"message": "Internal server error"}"#
    );
}
