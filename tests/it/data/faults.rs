//! Clients that misbehave: a documented answer, and the server still serving.

use super::{Server, parse, serve};
use crate::support;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const API: &str = r#"
paths:
  /{proxy+}:
    x-amazon-apigateway-any-method:
      parameters: [{name: proxy, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:pets/invocations
"#;

async fn still_serves(server: &Server) {
    assert_eq!(server.get("/x").await.status, 200);
}

#[tokio::test]
async fn large_bodies_are_413() {
    let server = serve(API).await;
    let body = vec![b'x'; 20 * 1024 * 1024];
    let answer = server.ask("POST /x", &[], &body).await;
    // The answer may be lost when the server closes while the client is still sending.
    assert!(answer.status == 413 || answer.status == 0, "{}", answer.summary());
    let announced = b"POST /test/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 20971520\r\n\r\n";
    assert_eq!(server.raw(announced).await.summary(), r#"413 {"message":"Request Too Long"}"#);
    // Ten megabytes are less than the gateway's limit and more than Lambda's.
    let answer = server.ask("POST /x", &[], body.get(..9_000_000).unwrap_or_default()).await;
    assert_eq!(answer.status, 413);
    still_serves(&server).await;
}

#[tokio::test]
async fn many_or_large_headers_are_431() {
    let server = serve(API).await;
    let many: Vec<String> = (0..10_000).map(|i| format!("X-{i}: {i}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let answer = server.ask("GET /x", &many, b"").await;
    assert!(answer.status == 431 || answer.status == 0, "{}", answer.status);
    let large = format!("X-Large: {}", "x".repeat(11_000));
    assert_eq!(server.ask("GET /x", &[&large], b"").await.status, 431);
    still_serves(&server).await;
}

#[tokio::test]
async fn bytes_that_are_no_text_arrive_replaced() {
    let server = serve(API).await;
    let answer = server.ask("POST /%ff%fe?q=%ff", &["Content-Type: application/json"], b"\xff{").await;
    let event = answer.json();
    assert_eq!(event["body"], "\u{fffd}{");
    assert_eq!(event["queryStringParameters"]["q"], "\u{fffd}");
    let mut raw = b"GET /test/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Bytes: \xe9\r\n\r\n".to_vec();
    raw.extend_from_slice(b"");
    assert_eq!(server.raw(&raw).await.json()["headers"]["X-Bytes"], "\u{fffd}");
}

#[tokio::test]
async fn bad_codings_and_half_closed_sockets() {
    let server = serve(API).await;
    let bad = server.ask("POST /x", &["Content-Encoding: gzip"], b"nonsense").await;
    assert_eq!(bad.summary(), r#"415 {"message": "Unsupported Media Type"}"#);
    let mut stream = TcpStream::connect(server.address).await.expect("the server listens");
    stream.write_all(b"POST /test/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf").await.expect("written");
    drop(stream);
    let nonsense = server.raw(b"\x16\x03\x01\x02\x00nonsense\r\n\r\n").await;
    assert_eq!(nonsense.status, 400);
    still_serves(&server).await;
}

#[tokio::test]
async fn a_client_that_has_closed_its_side_gets_its_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let backend = listener.local_addr().expect("an address");
    let (go, goes) = tokio::sync::oneshot::channel::<()>();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("the gateway asks");
        let mut head = [0; 4096];
        let _ = stream.read(&mut head).await;
        let _ = goes.await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlate").await;
    });
    let server = support::server().await;
    let document = format!(
        r#"{{"openapi": "3.0.1", "info": {{"title": "t", "version": "1"}}, "paths": {{"/x": {{"get": {{
            "responses": {{"200": {{"description": "ok"}}}},
            "x-amazon-apigateway-integration": {{"type": "http_proxy", "httpMethod": "GET", "uri": "http://{backend}/"}}}}}}}}}}"#
    );
    let client = support::client(&support::endpoint(&server));
    let api = client.import_rest_api().body(document.into_bytes().into()).send().await.expect("it is imported");
    let api = api.id().expect("an id");
    client.create_deployment().rest_api_id(api).stage_name("s").send().await.expect("it is deployed");
    let mut stream = TcpStream::connect(server.address()).await.expect("the server listens");
    let request = format!("GET /_aws/execute-api/{api}/s/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    stream.shutdown().await.expect("closed for writing");
    go.send(()).expect("the backend waits");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the answer");
    assert_eq!(parse(&answer).summary(), "200 late");
}
