//! Mapping templates within integrations.

use super::{backend, serve};

fn api(backend: std::net::SocketAddr) -> String {
    r##"
paths:
  /mock/{id}:
    post:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {'200': {description: ok, headers: {X-A: {schema: {type: string}}}}, '404': {description: none}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates:
          application/json: |
            #set($context.responseOverride.header.foo = "bar")
            #set($context.custom = "passed around")
            #if($input.params('id') == "0")
            {"statusCode": 404}
            #else
            #if($input.path('$.teapot') == true)#set($context.responseOverride.status = 418)#end
            {"statusCode": 200}
            #end
          application/x-broken: '#if(true) {"statusCode": 200}'
          application/x-endless: '#foreach($i in [1..100000])#foreach($j in [1..1000])$i$j#end#end'
        responses:
          default:
            statusCode: '200'
            responseTemplates:
              application/json: '{"id": "$input.params("id")", "q": "$input.params("q")", "h": "$input.params("X-Case")", "custom": "$context.custom", "path": "$context.resourcePath", "user": "$context.identity.user", "ip": "$context.identity.sourceIp"}'
          '404': {statusCode: '404', responseTemplates: {application/json: 'no $input.params("id")'}}
  /http:
    post:
      responses: {'200': {description: ok, headers: {X-A: {schema: {type: string}}}}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: POST
        uri: http://BACKEND/
        requestTemplates:
          application/json: |
            #set($context.requestOverride.header.X-Set = "one")
            #set($context.requestOverride.querystring.q = ["a", "b"])
            $input.json('$.pets[0]')
        responses:
          default:
            statusCode: '200'
            responseTemplates:
              application/json: "#set($context.responseOverride.header.X-Out = $input.path('$.method'))#set($context.responseOverride.status = 201)$input.path('$.uri') $input.path('$.headers.x-set[0]') $input.path('$.body')"
"##
    .replace("BACKEND", &backend.to_string())
}

#[tokio::test]
async fn a_mock_renders_with_the_request() {
    let server = serve(&api(backend().await)).await;
    let answer = server.ask("POST /mock/a%20b?q=1&q=2", &["X-Case: y"], b"{}").await;
    let expected = r#"200 {"id": "a b", "q": "2", "h": "y", "custom": "passed around", "path": "/mock/{id}", "user": "", "ip": "127.0.0.1"}"#;
    assert_eq!(answer.summary(), expected);
    assert_eq!(answer.header("foo"), Some("bar"));
    assert_eq!(server.ask("POST /mock/0", &[], b"").await.summary(), "404 no 0");
    assert_eq!(server.ask("POST /mock/1", &[], br#"{"teapot": true}"#).await.status, 418);
}

#[tokio::test]
async fn overrides_reach_the_backend_and_the_client() {
    let server = serve(&api(backend().await)).await;
    let answer = server.ask("POST /http", &[], br#"{"pets": [{"name": "Rex"}]}"#).await;
    assert_eq!(answer.summary(), r#"201 /?q=a&q=b one {"name":"Rex"}"#);
    assert_eq!(answer.header("x-out"), Some("POST"));
}

#[tokio::test]
async fn templates_that_fail_are_500() {
    let server = serve(&api(backend().await)).await;
    for media_type in ["application/x-broken", "application/x-endless"] {
        let answer = server.ask("POST /mock/1", &[&format!("Content-Type: {media_type}")], b"{}").await;
        assert_eq!(answer.summary(), r#"500 {"message": "Internal server error"}"#, "{media_type}");
    }
}
