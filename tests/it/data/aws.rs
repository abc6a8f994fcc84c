//! `AWS` integrations: Lambda with mappings, and other services.

use std::collections::BTreeMap;

use super::{Setup, backend, serve, serve_with};
use serde_json::json;

const API: &str = r#"
paths:
  /function:
    post:
      responses: {'200': {description: ok}, '404': {description: none, headers: {X-Message: {schema: {type: string}}}}}
      x-amazon-apigateway-integration: &lambda
        type: aws
        credentials: arn:aws:iam::000000000000:role/gateway
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:pets/invocations
        responses:
          default: {statusCode: '200'}
          'no .*': {statusCode: '404', responseParameters: {method.response.header.X-Message: integration.response.body.errorMessage}}
  /queue:
    post:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws
        credentials: arn:aws:iam::000000000000:role/gateway
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:sqs:path/000000000000/queue
        requestParameters: {integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"}
        requestTemplates: {application/json: 'Action=SendMessage&MessageBody=hello'}
        responses: {default: {statusCode: '200'}}
  /table:
    post:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws
        credentials: arn:aws:iam::000000000000:role/gateway
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:dynamodb:action/GetItem
        responses: {default: {statusCode: '200'}}
  /topic:
    post:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws
        credentials: arn:aws:iam::000000000000:role/gateway
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:sns:action/Publish
        requestParameters: {integration.request.querystring.Message: "'hi'"}
        responses: {default: {statusCode: '200'}}
"#;

#[tokio::test]
async fn a_function_gets_the_body_and_its_error_chooses_the_response() {
    let server = serve(API).await;
    let post = async |body: &str| server.ask("POST /function", &[], body.as_bytes()).await;
    assert_eq!(post(r#"{"do":"echo","a":1}"#).await.summary(), r#"200 {"do":"echo","a":1}"#);
    let failed = post(r#"{"do":"error","message":"no such pet"}"#).await;
    assert_eq!((failed.status, failed.header("x-message")), (404, Some("no such pet")));
    // Without a pattern for it, an error is a 200.
    let failed = post(r#"{"do":"error","message":"other"}"#).await;
    assert_eq!(failed.summary(), r#"200 {"errorType":"Teapot","errorMessage":"other"}"#);
}

#[tokio::test]
async fn services_get_signed_requests_at_their_endpoint() {
    let endpoint = format!("http://{}/", backend().await);
    let names = ["sqs", "dynamodb", "sns"];
    let service_endpoints: BTreeMap<String, String> = names.map(|n| (n.to_owned(), endpoint.clone())).into();
    let server = serve_with(API, Setup { service_endpoints, ..Setup::default() }).await;
    let echo = server.ask("POST /queue", &[], b"{}").await.json();
    assert_eq!(
        (&echo["uri"], &echo["body"]),
        (&json!("/000000000000/queue"), &json!("Action=SendMessage&MessageBody=hello"))
    );
    assert_eq!(echo["headers"]["content-type"], json!(["application/x-www-form-urlencoded"]));
    let signed = echo["headers"]["authorization"][0].as_str().unwrap_or_default();
    assert!(signed.starts_with("AWS4-HMAC-SHA256 Credential=test/") && signed.contains("/eu-west-1/sqs/aws4_request"));
    let echo = server.ask("POST /table", &[], br#"{"Key":1}"#).await.json();
    assert_eq!(echo["headers"]["x-amz-target"], json!(["DynamoDB_20120810.GetItem"]));
    assert_eq!(echo["body"], r#"{"Key":1}"#);
    let echo = server.ask("POST /topic", &[], b"").await.json();
    assert_eq!(echo["uri"], "/?Action=Publish&Version=2010-03-31&Message=hi");
}

#[tokio::test]
async fn without_an_endpoint_the_answer_says_what_would_have_been_sent() {
    let server = serve(API).await;
    let answer = server.ask("POST /queue", &[], b"{}").await;
    assert_eq!(answer.status, 501);
    let said = answer.json();
    assert_eq!(said["message"], "no endpoint for `sqs` is configured: give one with --service-endpoint sqs=URL");
    assert_eq!(said["request"]["url"], "https://sqs.eu-west-1.amazonaws.com/000000000000/queue");
    assert_eq!(said["request"]["body"], "Action=SendMessage&MessageBody=hello");
}
