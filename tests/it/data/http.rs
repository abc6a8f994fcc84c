//! `HTTP` and `HTTP_PROXY` integrations.

use super::{Setup, backend, serve, serve_with};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn api(backend: std::net::SocketAddr) -> String {
    r#"
paths:
  /proxy/{id}:
    x-amazon-apigateway-any-method:
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: X-Sent, in: header, schema: {type: string}}
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: http://BACKEND/items/{id}
        timeoutInMillis: 300
        requestParameters:
          integration.request.path.id: method.request.path.id
          integration.request.querystring.mapped: "'x y'"
          integration.request.header.X-Mapped: method.request.header.X-Sent
          integration.request.header.Via: "'nowhere'"
  /mapped:
    post:
      parameters: [{name: status, in: query, schema: {type: string}}, {name: X-Many, in: header, schema: {type: string}}]
      responses: {'200': {description: ok, headers: {X-From: {schema: {type: string}}, X-Body: {schema: {type: string}}, WWW-Authenticate: {schema: {type: string}}}}, '404': {description: none}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: PUT
        uri: http://BACKEND/mapped
        requestParameters:
          integration.request.querystring.status: method.request.querystring.status
          integration.request.querystring.answer: method.request.body.answer
          integration.request.header.X-Many: method.request.multivalueheader.X-Many
        requestTemplates: {application/json: fixed}
        responses:
          default:
            statusCode: '200'
            responseParameters:
              method.response.header.X-From: integration.response.header.x-backend
              method.response.header.X-Body: integration.response.body.method
              method.response.header.WWW-Authenticate: "'mine'"
          '4\d{2}': {statusCode: '404', responseTemplates: {application/json: gone}}
  /illegal:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: GET
        uri: http://BACKEND/
        requestParameters: {integration.request.header.Content-Length: "'1'"}
  /linked:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        {type: http_proxy, httpMethod: GET, uri: 'http://inside.example.com/x', connectionType: VPC_LINK, connectionId: LINK}
  /closed:
    get:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://127.0.0.1:1/'}
"#
    .replace("BACKEND", &backend.to_string())
}

#[tokio::test]
async fn a_proxy_passes_all_and_merges_what_is_mapped() {
    let server = serve(&api(backend().await)).await;
    let headers = ["X-Sent: 1", "Referer: r", "Max-Forwards: 3", "Accept: text/html", "content-type: text/plain"];
    let answer = server.ask("PATCH /proxy/a%20b?q=1&q=2&mapped=client", &headers, b"hello").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let echo = answer.json();
    assert_eq!(echo["method"], "PATCH");
    assert_eq!(echo["uri"], "/items/a%20b?q=1&q=2&mapped=client&mapped=x%20y");
    assert_eq!(echo["body"], "hello");
    let sent = &echo["headers"];
    assert_eq!(
        (&sent["x-mapped"], &sent["referer"], &sent["accept"]),
        (&json!(["1"]), &json!(["r"]), &json!(["text/html"]))
    );
    assert_eq!(sent["x-amzn-apigateway-api-id"], json!(["api"]));
    assert!(sent["x-amzn-trace-id"][0].as_str().is_some_and(|t| t.starts_with("Root=")));
    assert_eq!(sent["user-agent"], json!(["AmazonAPIGateway_api"]));
    assert!(sent.get("via").is_none() && sent.get("max-forwards").is_none());
    assert_eq!(answer.header("x-amzn-Remapped-Server"), Some("backend"));
    assert_eq!(answer.header("x-amzn-Remapped-WWW-Authenticate"), Some("Basic"));
    assert_eq!(answer.header("x-backend"), Some("yes"));
    assert_eq!(answer.header("x-amzn-trace-id"), None);
    assert_eq!(server.get("/proxy/1?status=404&answer=no").await.summary(), "404 no");
}

#[tokio::test]
async fn what_is_not_mapped_does_not_pass() {
    let server = serve(&api(backend().await)).await;
    let headers = ["X-Many: 1", "X-Many: 2", "Referer: r", "Content-Type: application/json"];
    let answer = server.ask("POST /mapped?other=1", &headers, b"{}").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let echo = answer.json();
    assert_eq!((&echo["method"], &echo["uri"], &echo["body"]), (&json!("PUT"), &json!("/mapped"), &json!("fixed")));
    let sent = &echo["headers"];
    assert_eq!((&sent["x-many"], &sent["accept"]), (&json!(["1,2"]), &json!(["application/json"])));
    assert_eq!(sent["content-type"], json!(["application/json"]));
    assert!(sent.get("referer").is_none());
    assert_eq!(answer.header("x-from"), Some("yes"));
    assert_eq!(answer.header("x-body"), Some("PUT"));
    assert_eq!(answer.header("x-amzn-Remapped-WWW-Authenticate"), Some("mine"));
    assert!(answer.header("x-amzn-trace-id").is_some());
}

#[tokio::test]
async fn the_status_of_the_backend_chooses_the_response() {
    let server = serve(&api(backend().await)).await;
    assert_eq!(server.ask("POST /mapped?status=410", &[], b"{}").await.summary(), "404 gone");
    // Without a pattern for it, even a 500 takes the default response.
    assert_eq!(server.ask("POST /mapped?status=500", &[], br#"{"answer":"x"}"#).await.summary(), "200 x");
    let broken = server.ask("POST /mapped", &[], b"{broken").await;
    assert_eq!(broken.summary(), r#"400 {"message": "Invalid JSON in request body"}"#);
}

#[tokio::test]
async fn an_empty_template_passes_the_payload() {
    let backend = backend().await;
    let server = serve(&format!(
        "paths:\n  /x:\n    post:\n      responses: {{'200': {{description: ok}}}}\n      x-amazon-apigateway-integration:\n        type: http\n        \
         httpMethod: POST\n        uri: http://{backend}/raw\n        requestTemplates: {{application/json: ''}}\n        responses:\n          default:\n            \
         statusCode: '200'\n            responseTemplates: {{application/json: '', application/xml: '<x/>'}}\n"
    ))
    .await;
    assert_eq!(server.ask("POST /x", &[], b"as it is").await.summary(), "200 as it is");
    assert_eq!(server.ask("POST /x", &["Accept: application/xml"], b"as it is").await.summary(), "200 <x/>");
}

#[tokio::test]
async fn a_head_that_is_answered_with_a_body_harms_nobody() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut head = [0; 4096];
                while let Ok(1..) = stream.read(&mut head).await {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
                    if stream.write_all(answer).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    let server = serve(&format!(
        "paths:\n  /x:\n    x-amazon-apigateway-any-method:\n      responses: {{'200': {{description: ok}}}}\n      x-amazon-apigateway-integration: \
         {{type: http_proxy, httpMethod: ANY, uri: 'http://{address}/'}}\n"
    ))
    .await;
    for _ in 0..5 {
        assert_eq!(server.ask("HEAD /x", &[], b"").await.summary(), "200 ");
        assert_eq!(server.get("/x").await.summary(), "200 body");
    }
}

#[tokio::test]
async fn a_proxy_that_streams_passes_parts_on() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (go, mut goes) = tokio::sync::mpsc::channel::<()>(1);
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a client");
        let mut head = [0; 4096];
        let _ = stream.read(&mut head).await;
        let first = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n";
        stream.write_all(first).await.expect("sent");
        // The rest comes when the first part has arrived at the client.
        goes.recv().await;
        stream.write_all(b"4\r\nlast\r\n0\r\n\r\n").await.expect("sent");
    });
    let server = serve(&format!(
        "paths:\n  /x:\n    get:\n      responses: {{'200': {{description: ok}}}}\n      x-amazon-apigateway-integration: \
         {{type: http_proxy, httpMethod: GET, responseTransferMode: STREAM, uri: 'http://{address}/'}}\n"
    ))
    .await;
    let mut stream = tokio::net::TcpStream::connect(server.address).await.expect("the server listens");
    stream.write_all(b"GET /test/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").await.expect("sent");
    let mut read = Vec::new();
    let mut piece = [0; 1024];
    while !read.windows(5).any(|w| w == b"first") {
        let count = stream.read(&mut piece).await.expect("an answer");
        assert_ne!(count, 0, "{}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&piece[..count]);
    }
    go.send(()).await.expect("the backend waits");
    stream.read_to_end(&mut read).await.expect("the rest");
    assert!(String::from_utf8_lossy(&read).contains("last"));
}

#[tokio::test]
async fn backends_that_fail_are_answers_with_a_name() {
    let server = serve(&api(backend().await)).await;
    assert_eq!(server.get("/illegal").await.summary(), r#"500 {"message": "Internal server error"}"#);
    assert_eq!(server.get("/closed").await.summary(), r#"500 {"message": "Internal server error"}"#);
    let late = server.get("/proxy/1?hang=1").await;
    assert_eq!(late.summary(), r#"504 {"message": "Endpoint request timed out"}"#);
    assert_eq!(late.header("x-amzn-errortype"), Some("InternalServerErrorException"));
}

#[tokio::test]
async fn a_vpc_link_is_a_configured_address() {
    let backend = backend().await;
    let endpoints = [("vpc-link/LINK".to_owned(), format!("http://{backend}"))];
    let setup = Setup { service_endpoints: endpoints.into(), ..Setup::default() };
    let echo = serve_with(&api(backend), setup).await.get("/linked?q=1").await.json();
    assert_eq!((&echo["uri"], &echo["headers"]["host"]), (&json!("/x?q=1"), &json!(["inside.example.com"])));
    let said = serve(&api(backend)).await.get("/linked").await;
    assert_eq!(said.status, 501);
    assert_eq!(
        said.json()["message"],
        "no address for the VPC link `LINK` is configured: give one with --service-endpoint vpc-link/LINK=URL"
    );
}
