//! Header names as they go over the wire.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::backend;
use crate::support;

/// Sends requests on one connection and returns all that comes back.
async fn exchanged(address: std::net::SocketAddr, requests: &str) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the server listens");
    stream.write_all(requests.as_bytes()).await.expect("the requests are sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("the server closes");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn names_are_spelled_as_aws_and_the_backend_spell_them() {
    let server = support::server().await;
    let backend = backend().await;
    let document = format!(
        r#"{{"openapi": "3.0.1", "info": {{"title": "t", "version": "1"}}, "paths": {{
            "/mock": {{"get": {{
                "responses": {{"200": {{"description": "ok", "headers": {{"X-mIxed": {{"schema": {{"type": "string"}}}}}}}}}},
                "x-amazon-apigateway-integration": {{"type": "mock",
                    "requestTemplates": {{"application/json": "{{\"statusCode\": 200}}"}},
                    "responses": {{"default": {{"statusCode": "200",
                        "responseParameters": {{"method.response.header.X-mIxed": "'a'"}},
                        "responseTemplates": {{"application/json": "x-mixed: not a header"}}}}}}}}}}}},
            "/proxy": {{"x-amazon-apigateway-any-method": {{
                "responses": {{"200": {{"description": "ok"}}}},
                "x-amazon-apigateway-integration": {{"type": "http_proxy", "httpMethod": "ANY", "uri": "http://{backend}/"}}}}}}
        }}}}"#
    );
    let client = support::client(&support::endpoint(&server));
    let api = client.import_rest_api().body(document.into_bytes().into()).send().await.expect("it is imported");
    let api = api.id().expect("an id");
    client.create_deployment().rest_api_id(api).stage_name("s").send().await.expect("it is deployed");
    let request = |verb: &str, path: &str, more: &str| {
        format!("{verb} /_aws/execute-api/{api}/s{path} HTTP/1.1\r\nHost: x\r\n{more}\r\n")
    };
    let three =
        [request("GET", "/mock", ""), request("HEAD", "/proxy", ""), request("GET", "/proxy", "Connection: close\r\n")];
    let text = exchanged(server.address(), &three.concat()).await;
    let heads: Vec<&str> = text.split("HTTP/1.1 200 OK").collect();
    assert_eq!(heads.len(), 4, "{text}");
    for name in [
        "\r\nX-mIxed: a\r\n",
        "Content-Type: ",
        "\r\nx-amzn-RequestId: ",
        "\r\nx-amz-apigw-id: ",
        "\r\nContent-Length: 21\r\n",
        "\r\nConnection: keep-alive\r\n",
        "\r\nDate: ",
    ] {
        assert!(heads[1].contains(name), "{name}: {}", heads[1]);
    }
    assert!(heads[1].ends_with("\r\n\r\nx-mixed: not a header"), "{}", heads[1]);
    // hyper, the backend of this test, writes its names in lower case.
    assert!(
        heads[3].contains("\r\nx-backend: yes\r\n") && heads[3].contains("\r\nx-amzn-Remapped-server: backend\r\n"),
        "{}",
        heads[3]
    );
    assert!(heads[3].contains("\r\nConnection: close\r\n"), "{}", heads[3]);
}
