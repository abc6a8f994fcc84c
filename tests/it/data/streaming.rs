//! Answers that a function streams.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::serve;

const API: &str = r#"
paths:
  /stream:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws_proxy
        httpMethod: POST
        responseTransferMode: STREAM
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2021-11-15/functions/arn:aws:lambda:eu-west-1:000000000000:function:pets/response-streaming-invocations
"#;

/// Reads until what was read contains a text, or the connection ends.
async fn read_until(stream: &mut TcpStream, read: &mut String, text: &str) -> bool {
    let mut piece = [0; 1024];
    while !read.contains(text) {
        match stream.read(&mut piece).await {
            Ok(count @ 1..) => read.push_str(&String::from_utf8_lossy(&piece[..count])),
            _ => return false,
        }
    }
    true
}

#[tokio::test]
async fn parts_arrive_while_the_function_still_runs() {
    let server = serve(API).await;
    let mut stream = TcpStream::connect(server.address).await.expect("the server listens");
    let request = b"GET /test/stream?do=stream HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    let mut read = String::new();
    // The function goes on only when it is told to, which is after its first part has arrived here.
    assert!(read_until(&mut stream, &mut read, ";").await, "{read}");
    assert!(read.starts_with("HTTP/1.1 201") && read.to_lowercase().contains("x-streamed: yes"), "{read}");
    let gate = read.split("first:").nth(1).and_then(|t| t.split(';').next()).expect("an address").to_owned();
    drop(TcpStream::connect(gate).await.expect("the function waits"));
    assert!(read_until(&mut stream, &mut read, "0\r\n\r\n").await, "{read}");
    assert!(read.contains("last"), "{read}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_does_not_look_whole() {
    let server = serve(API).await;
    let mut stream = TcpStream::connect(server.address).await.expect("the server listens");
    let request = b"GET /test/stream?do=stream&then=crash HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    stream.write_all(request).await.expect("sent");
    let mut read = String::new();
    assert!(read_until(&mut stream, &mut read, ";").await, "{read}");
    let gate = read.split("first:").nth(1).and_then(|t| t.split(';').next()).expect("an address").to_owned();
    drop(TcpStream::connect(gate).await.expect("the function waits"));
    assert!(!read_until(&mut stream, &mut read, "0\r\n\r\n").await, "{read}");
}

#[tokio::test]
async fn a_function_that_does_not_stream_answers_all_the_same() {
    let server = serve(API).await;
    let answer = r#"{"statusCode":202}%00%00%00%00%00%00%00%00whole"#.replace('"', "%22");
    let answer = server.get(&format!("/stream?do=answer&answer={answer}")).await;
    assert_eq!(answer.summary(), "202 whole");
    assert_eq!(server.get("/stream?do=garbage").await.status, 502);
    assert_eq!(server.get("/stream?do=crash").await.status, 502);
}
