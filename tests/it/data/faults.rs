//! Clients that misbehave: a documented answer, and the server still serving.

use super::{Server, serve};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

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
