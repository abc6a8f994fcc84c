//! What the gateway itself answers.

use super::{Setup, plan, serve, serve_with};
use serde_json::json;

const API: &str = r#"
x-amazon-apigateway-request-validators:
  all: {validateRequestBody: true, validateRequestParameters: true}
x-amazon-apigateway-request-validator: all
x-amazon-apigateway-gateway-responses:
  BAD_REQUEST_BODY:
    responseParameters: {gatewayresponse.header.X-Why: context.error.responseType}
    responseTemplates:
      application/json: '{"m":$context.error.messageString,"v":"$context.error.validationErrorString","p":"${context.resourcePath}."}'
  DEFAULT_4XX:
    responseParameters: {gatewayresponse.header.Access-Control-Allow-Origin: "'*'"}
paths:
  /pets:
    post:
      parameters:
        - {name: X-Shop, in: header, required: true, schema: {type: string}}
        - {name: b, in: query, required: true, schema: {type: string}}
        - {name: a, in: query, required: true, schema: {type: string}}
      requestBody:
        content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: &mock
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200'}}
  /locked:
    get:
      security: [{key: []}]
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: *mock
  /open:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: '200'
            responseTemplates: {application/json: '[$context.identity.apiKey][$context.identity.apiKeyId]'}
components:
  securitySchemes: {key: {type: apiKey, name: x-api-key, in: header}}
  schemas:
    Pet: {type: object, required: [name], properties: {name: {type: string}}}
"#;

#[tokio::test]
async fn unknown_paths_and_verbs_are_403_in_the_words_of_aws() {
    let server = serve(API).await;
    for line in ["GET /nothing", "GET /pets", "HEAD /pets", "POST /pets/7"] {
        let answer = server.ask(line, &[], b"").await;
        assert_eq!(answer.status, 403, "{line}");
        if !line.starts_with("HEAD") {
            assert_eq!(answer.text(), r#"{"message":"Missing Authentication Token"}"#);
        }
        assert_eq!(answer.header("x-amzn-ErrorType"), Some("MissingAuthenticationTokenException"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert!(answer.header("x-amzn-RequestId").is_some_and(|id| id.len() == 36));
        assert!(answer.header("x-amz-apigw-id").is_some_and(|id| id.len() == 16 && id.ends_with('=')));
        assert_eq!(answer.header("x-amzn-trace-id"), None);
    }
    // Without a method, a token is taken for a signature, and AWS says what it lacks.
    let sent = async |authorization: &str| {
        let answer = server.ask("GET /nothing", &[&format!("Authorization: {authorization}")], b"").await;
        assert_eq!((answer.status, answer.header("x-amzn-ErrorType")), (403, Some("IncompleteSignatureException")));
        answer.text()
    };
    let hash = "w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY=";
    let answer = sent("Bearer abc").await;
    assert!(answer.starts_with(r#"{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '"#), "{answer}");
    assert_eq!(answer.split('\'').nth(1), Some(hash), "{answer}");
    let answer = sent("eyJhbGciOi").await;
    assert!(
        answer.contains("requires 'Credential' parameter. Authorization header requires 'Signature' parameter."),
        "{answer}"
    );
    assert!(answer.contains("'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization="), "{answer}");
    let unknown = server.raw(b"GET /other/pets HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await;
    assert_eq!(unknown.summary(), r#"403 {"message":"Forbidden"}"#);
}

#[tokio::test]
async fn missing_parameters_are_named_in_order_and_before_the_body() {
    let server = serve(API).await;
    let answer = server.ask("POST /pets?a=%20", &["content-type: application/json"], b"nonsense").await;
    assert_eq!(answer.summary(), r#"400 {"message": "Missing required request parameters: [X-Shop, a, b]"}"#);
    assert_eq!(answer.header("x-amzn-errortype"), Some("BadRequestException"));
    // Names of headers are compared with their case.
    let answer = server.ask("POST /pets?a=1&b=2", &["x-shop: 1"], b"{}").await;
    assert_eq!(answer.summary(), r#"400 {"message": "Missing required request parameters: [X-Shop]"}"#);
}

#[tokio::test]
async fn bodies_are_checked_against_the_model_of_their_type() {
    let server = serve(API).await;
    let post = async |headers: &[&str], body: &str| {
        let headers = [&["X-Shop: 1"], headers].concat();
        server.ask("POST /pets?a=1&b=2", &headers, body.as_bytes()).await
    };
    assert_eq!(post(&[], r#"{"name":"Rex"}"#).await.status, 200);
    let bad = post(&["Content-Type: application/json; charset=utf-8"], r#"{"name":7}"#).await;
    assert_eq!(bad.status, 400);
    let detail = r#"[instance type (integer) does not match any allowed primitive type (allowed: ["string"])]"#;
    assert_eq!(bad.text(), format!(r#"{{"m":"Invalid request body","v":"{detail}","p":"/pets."}}"#));
    assert_eq!(bad.header("X-Why"), Some("BAD_REQUEST_BODY"));
    assert_eq!(post(&[], "").await.status, 400);
    assert_eq!(post(&[], "{broken").await.status, 400);
    // There is no model for text.
    assert_eq!(post(&["Content-Type: text/plain"], r#"{"statusCode": 200}"#).await.status, 200);
}

#[tokio::test]
async fn api_keys_belong_to_a_plan_with_a_quota_and_a_rate() {
    let setup = || Setup { plan: Some(plan(Some(2), None)), ..Setup::default() };
    let server = serve_with(API, setup()).await;
    for headers in [&[][..], &["x-api-key: unknown"], &["x-api-key: disabled"], &["x-api-key: planless"]] {
        let answer = server.ask("GET /locked", headers, b"").await;
        assert_eq!(answer.summary(), r#"403 {"message":"Forbidden"}"#, "{headers:?}");
    }
    for expected in [200, 200, 429] {
        assert_eq!(server.ask("GET /locked", &["X-Api-Key: mine"], b"").await.status, expected);
    }
    let limited = server.ask("GET /locked", &["X-Api-Key: mine"], b"").await;
    assert_eq!(limited.summary(), r#"429 {"message":"Limit Exceeded"}"#);

    let slow = Setup { plan: Some(plan(None, Some(0.001))), ..Setup::default() };
    let server = serve_with(API, slow).await;
    assert_eq!(server.ask("GET /locked", &["x-api-key: mine"], b"").await.status, 200);
    let throttled = server.ask("GET /locked", &["x-api-key: mine"], b"").await;
    assert_eq!(throttled.summary(), r#"429 {"message":"Too Many Requests"}"#);
}

#[tokio::test]
async fn a_key_that_is_not_needed_is_shown_and_its_plan_holds() {
    let server = serve_with(API, Setup { plan: Some(plan(Some(2), None)), ..Setup::default() }).await;
    let ask = async |key: &str| {
        let header = format!("x-api-key: {key}");
        server.ask("GET /open", &[&header], b"").await.summary()
    };
    assert_eq!(server.get("/open").await.summary(), "200 [][]");
    for (key, expected) in [
        ("unknown", "200 [unknown][]"),
        ("planless", "200 [planless][planless]"),
        ("mine", "200 [mine][mine]"),
        ("disabled", "200 [disabled][disabled]"),
        ("mine", r#"429 {"message":"Limit Exceeded"}"#),
        ("disabled", r#"429 {"message":"Limit Exceeded"}"#),
    ] {
        assert_eq!(ask(key).await, expected, "{key}");
    }
}

#[tokio::test]
async fn the_stage_throttles_and_logs() {
    let setup = Setup {
        stage: Some(Box::new(|stage| {
            let setting = json!({"metricsEnabled": false, "dataTraceEnabled": false, "throttlingBurstLimit": 1,
                "throttlingRateLimit": 0.001, "cachingEnabled": false, "cacheTtlInSeconds": 300,
                "cacheDataEncrypted": false, "requireAuthorizationForCacheControl": true,
                "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER"});
            let setting = serde_json::from_value(setting).expect("a setting");
            stage.method_settings.insert("~1pets/POST".into(), setting);
            stage.access_log_settings = serde_json::from_value(json!({
                "format": "$context.httpMethod $context.path $context.status ${context.error.responseType} $context.identity.user $context.responseLength $context.integrationErrorMessage"
            })).ok();
        })),
        ..Setup::default()
    };
    let server = serve_with(API, setup).await;
    for expected in [200, 429] {
        assert_eq!(server.ask("POST /pets?a=1&b=2", &["X-Shop: 1"], br#"{"name":"Rex"}"#).await.status, expected);
    }
    server.get("/nothing").await;
    let log = server.log();
    assert!(log.contains("POST /test/pets 200 - - 0 -"), "{log}");
    assert!(log.contains("GET /test/nothing 403 MISSING_AUTHENTICATION_TOKEN - 42 -"), "{log}");
}

#[tokio::test]
async fn a_custom_domain_maps_paths_to_stages() {
    let server = serve(API).await;
    let ask = async |path: &str| {
        let head =
            format!("POST {path}?a=1&b=2 HTTP/1.1\r\nHost: pets.example.com\r\nX-Shop: 1\r\nConnection: close\r\n");
        server.raw(format!("{head}Content-Length: 14\r\n\r\n{{\"name\":\"Rex\"}}").as_bytes()).await.status
    };
    assert_eq!([ask("/pets").await, ask("/v1/pets").await, ask("/v2/pets").await], [200, 200, 403]);
}
