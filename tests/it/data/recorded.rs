//! Scenarios that AWS answered once: the same requests here give the same answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Server, Setup, backend, serve, serve_with};

/// Returns the headers that the backend got, names in lower case, without those that differ from run to run.
fn received(echo: &Value) -> BTreeMap<String, String> {
    let headers = echo["headers"].as_object().expect("headers");
    let one = |values: &Value| values[0].as_str().expect("a value").to_owned();
    let changing = ["host", "x-amzn-trace-id"];
    headers.iter().filter(|(n, _)| !changing.contains(&n.as_str())).map(|(n, v)| (n.clone(), one(v))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    expected.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What the client sends in the scenarios about headers.
const SENT: &[&str] = &[
    "Accept: application/json",
    "Accept-Charset: UTF-8",
    "Accept-Encoding: br",
    "Age: request_Age",
    "Authorization: Unauthorized",
    "Content-Encoding: deflate",
    "Content-MD5: request_md5",
    "Content-Type: application/json",
    "Max-Forwards: 1",
    "Pragma: cache",
    "Proxy-Authenticate: request",
    "Range: bytes=500-999",
    "Referer: https://example.com/",
    "Server: request",
    "TE: trailers",
    "Trailer: request",
    "User-Agent: tests/0.0",
    "Warn: 299",
    "WWW-Authenticate: request",
];

/// What the integration's parameters set, and whether the backend gets it.
const MAPPED: &[(&str, &str, bool)] = &[
    ("Accept", "text/html", true),
    ("Accept-Charset", "UTF-16", true),
    ("Accept-Encoding", "zstd", true),
    ("Age", "mapped_age", true),
    ("Authorization", "mapped_authorization", true),
    ("Connection", "keep-alive", false),
    ("Content-Encoding", "compress", true),
    ("Content-MD5", "mapped_md5", true),
    ("Content-Type", "application/json", true),
    ("Expect", "mapped", false),
    ("Max-Forwards", "2", true),
    ("Pragma", "no-cache", true),
    ("Proxy-Authenticate", "mapped", false),
    ("Range", "bytes=0-499", true),
    ("Referer", "https://example.com/page", true),
    ("Server", "https://example.com/page", true),
    ("TE", "mapped", false),
    ("Trailer", "user-agent", true),
    ("User-Agent", "Override-Agent", true),
    ("Via", "mapped", false),
    ("Warn", "110", true),
    ("WWW-Authenticate", "Basic YQ==", true),
];

/// Headers of the method's response, and whether the client gets them under their own name.
const ANSWERED: &[(&str, bool)] = &[
    ("Accept", true),
    ("Age", true),
    ("Authorization", false),
    ("Connection", false),
    ("Content-Encoding", true),
    ("Content-Length", false),
    ("Content-MD5", false),
    ("Content-Type", true),
    ("Date", false),
    ("Expect", false),
    ("Host", false),
    ("Max-Forwards", false),
    ("Pragma", true),
    ("Proxy-Authenticate", false),
    ("Range", true),
    ("Referer", true),
    ("Server", false),
    ("TE", true),
    ("Trailer", false),
    ("Upgrade", false),
    ("User-Agent", false),
    ("Via", true),
    ("Warn", true),
    ("WWW-Authenticate", false),
];

async fn remapping(kind: &str) -> Server {
    let backend = backend().await;
    let mapped: BTreeMap<_, _> = MAPPED
        .iter()
        .map(|(name, value, _)| (format!("integration.request.header.{name}"), json!(format!("'{value}'"))))
        .collect();
    let answered: BTreeMap<_, _> = ANSWERED
        .iter()
        .map(|(name, _)| (format!("method.response.header.{name}"), json!(format!("'answered_{name}'"))))
        .collect();
    let declared: BTreeMap<_, _> = ANSWERED.iter().map(|(n, _)| (*n, json!({"schema": {"type": "string"}}))).collect();
    let seen = "Accept Authorization Content-Encoding Content-Type Host Referer User-Agent Connection Content-Length \
                Content-MD5 Expect Max-Forwards Proxy-Authenticate Server TE Transfer-Encoding Trailer Upgrade \
                WWW-Authenticate";
    let seen = seen.split_whitespace().map(|name| format!(r#""{name}": "$input.params('{name}')""#));
    let integration = |parameters: &Value, template: Value, answer: Value| {
        json!({"get": {
            "responses": {"200": {"description": "ok", "headers": declared}},
            "x-amazon-apigateway-integration": {
                "type": kind, "httpMethod": "GET", "uri": format!("http://{backend}/"), "requestParameters": parameters,
                "requestTemplates": template, "responses": {"default": {"statusCode": "200", "responseParameters": answer}}}}})
    };
    let template = json!({"application/json": format!("{{{}}}", seen.collect::<Vec<_>>().join(", "))});
    let illegal = |name: &str| json!({format!("integration.request.header.{name}"): "'1'"});
    let paths = json!({"paths": {
        "/plain": integration(&json!({}), json!({}), json!({})),
        "/full": integration(&json!(mapped), template, json!(answered)),
        "/length": integration(&illegal("Content-Length"), json!({}), json!({})),
        "/coding": integration(&illegal("Transfer-Encoding"), json!({}), json!({})),
        "/trace": integration(&illegal("X-Amzn-Trace-Id"), json!({}), json!({})),
    }});
    // JSON is YAML, in a line of its own after `info`.
    serve(&format!("paths: {}\n", paths["paths"])).await
}

#[tokio::test]
async fn headers_of_an_http_integration() {
    let server = remapping("http").await;
    let plain = server.ask("GET /plain", SENT, b"").await;
    assert_eq!(plain.status, 200, "{}", plain.text());
    let expected = [
        ("accept", "application/json"),
        ("content-length", "0"),
        ("user-agent", "AmazonAPIGateway_api"),
        ("x-amzn-apigateway-api-id", "api"),
    ];
    assert_eq!(received(&plain.json()), pairs(&expected));
    assert_eq!(plain.json()["body"], "");
    assert_eq!(
        plain.names(),
        [
            "connection",
            "content-length",
            "content-type",
            "date",
            "x-amz-apigw-id",
            "x-amzn-requestid",
            "x-amzn-trace-id"
        ]
    );

    let full = server.ask("GET /full", SENT, b"").await;
    let echo = full.json();
    let mut expected: BTreeMap<String, String> =
        MAPPED.iter().filter(|(.., kept)| *kept).map(|(n, v, _)| (n.to_lowercase(), (*v).to_owned())).collect();
    let body = echo["body"].as_str().expect("a body").to_owned();
    expected.insert("content-length".to_owned(), body.len().to_string());
    expected.insert("x-amzn-apigateway-api-id".to_owned(), "api".to_owned());
    assert_eq!(received(&echo), expected);
    let seen: Value = serde_json::from_str(&body).expect("what the template saw");
    let expected = json!({
        "Accept": "application/json", "Authorization": "Unauthorized", "Content-Encoding": "deflate",
        "Content-Type": "application/json", "Host": "api.execute-api.localhost", "Referer": "https://example.com/",
        "User-Agent": "tests/0.0", "Connection": "", "Content-Length": "", "Content-MD5": "", "Expect": "",
        "Max-Forwards": "", "Proxy-Authenticate": "", "Server": "", "TE": "", "Transfer-Encoding": "", "Trailer": "",
        "Upgrade": "", "WWW-Authenticate": "",
    });
    assert_eq!(seen, expected);
    for (name, kept) in ANSWERED {
        let value = format!("answered_{name}");
        let own = full.header(name) == Some(&value);
        let remapped = full.header(&format!("x-amzn-Remapped-{name}")) == Some(&value);
        assert_eq!((own, remapped), (*kept, !kept), "{name}");
    }
    illegal_targets_fail(&server).await;
}

#[tokio::test]
async fn headers_of_an_http_proxy() {
    let server = remapping("http_proxy").await;
    let plain = server.ask("GET /plain", SENT, b"").await;
    let expected = [
        ("accept", "application/json"),
        ("accept-charset", "UTF-8"),
        ("accept-encoding", "br"),
        ("age", "request_Age"),
        ("authorization", "Unauthorized"),
        ("content-length", "0"),
        ("content-type", "application/json"),
        ("pragma", "cache"),
        ("range", "bytes=500-999"),
        ("referer", "https://example.com/"),
        ("user-agent", "tests/0.0"),
        ("warn", "299"),
        ("x-amzn-apigateway-api-id", "api"),
    ];
    assert_eq!(received(&plain.json()), pairs(&expected));
    assert_eq!(
        plain.names(),
        [
            "connection",
            "content-length",
            "content-type",
            "date",
            "x-amz-apigw-id",
            "x-amzn-remapped-content-length",
            "x-amzn-remapped-date",
            "x-amzn-remapped-server",
            "x-amzn-remapped-www-authenticate",
            "x-amzn-requestid",
            "x-backend",
        ]
    );
    let full = server.ask("GET /full", SENT, b"").await;
    let mut expected: BTreeMap<String, String> =
        MAPPED.iter().filter(|(.., kept)| *kept).map(|(n, v, _)| (n.to_lowercase(), (*v).to_owned())).collect();
    expected.insert("content-length".to_owned(), "0".to_owned());
    expected.insert("x-amzn-apigateway-api-id".to_owned(), "api".to_owned());
    assert_eq!(received(&full.json()), expected);
    // A proxy has no integration response, and no template.
    assert_eq!(full.header("pragma"), None);
    assert_eq!(full.json()["body"], "");
    illegal_targets_fail(&server).await;
}

async fn illegal_targets_fail(server: &Server) {
    for path in ["/length", "/coding", "/trace"] {
        let answer = server.get(path).await;
        assert_eq!(answer.summary(), r#"500 {"message": "Internal server error"}"#, "{path}");
        assert_eq!(answer.header("x-amzn-errortype"), Some("InternalServerErrorException"));
        assert_eq!(
            answer.names(),
            [
                "connection",
                "content-length",
                "content-type",
                "date",
                "x-amz-apigw-id",
                "x-amzn-errortype",
                "x-amzn-requestid"
            ]
        );
    }
}

#[tokio::test]
async fn a_posted_body_reaches_an_http_backend() {
    let backend = backend().await;
    let method = |kind: &str| {
        format!(
            "post: {{responses: {{'200': {{description: ok}}}}, x-amazon-apigateway-integration: {{type: {kind}, httpMethod: POST, \
             uri: 'http://{backend}/', responses: {{default: {{statusCode: '200'}}}}}}}}"
        )
    };
    let paths = format!("paths:\n  /http: {{{}}}\n  /proxy: {{{}}}\n", method("http"), method("http_proxy"));
    let server = serve(&paths).await;
    let headers = [
        "Content-Type: application/json",
        "Accept: application/xml",
        "Accept-Encoding: gzip, deflate",
        "User-Agent: test/integration",
    ];
    let body = br#"{"message":"hello world"}"#;
    let mut expected = BTreeMap::from([
        ("accept", "application/json"),
        ("content-length", "25"),
        ("content-type", "application/json"),
        ("user-agent", "AmazonAPIGateway_api"),
        ("x-amzn-apigateway-api-id", "api"),
    ]);
    let answer = server.ask("POST /http", &headers, body).await;
    assert_eq!(received(&answer.json()), pairs(&expected.clone().into_iter().collect::<Vec<_>>()));
    assert_eq!(answer.json()["body"], r#"{"message":"hello world"}"#);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert!(answer.header("x-amzn-trace-id").is_some());
    expected.extend([
        ("accept", "application/xml"),
        ("accept-encoding", "gzip, deflate"),
        ("user-agent", "test/integration"),
    ]);
    let answer = server.ask("POST /proxy", &headers, body).await;
    assert_eq!(received(&answer.json()), pairs(&expected.into_iter().collect::<Vec<_>>()));
    assert_eq!(answer.json()["body"], r#"{"message":"hello world"}"#);
}

#[tokio::test]
async fn a_body_in_templates() {
    let backend = backend().await;
    let action = "Action=SendMessage&MessageBody=";
    let encoded = "EncodedBody=$util.urlEncode($input.body)&EncodedBodyAccess=$util.urlEncode($input.body.testAccess)";
    let templates = [
        ("raw", "$input.body", "$input.body"),
        ("input", "Action=SendMessage&MessageBody=$input.body", "$input.body"),
        ("output", "$input.body", "Action=SendMessage&MessageBody=$input.body"),
        ("all", "Action=SendMessage&MessageBody=$input.body", "Action=SendMessage&MessageBody=$input.body"),
        ("access", "$input.body.testAccess", "$input.body"),
        ("encoded", encoded, "$input.body"),
    ];
    let mut paths = "paths:\n".to_owned();
    for (name, request, response) in templates {
        paths.push_str(&format!(
            "  /{name}:\n    post:\n      responses: {{'200': {{description: ok}}}}\n      x-amazon-apigateway-integration:\n        \
             type: http\n        httpMethod: POST\n        uri: http://{backend}/raw\n        requestTemplates: {{application/json: '{request}'}}\n        \
             responses: {{default: {{statusCode: '200', responseTemplates: {{application/json: '{response}'}}}}}}\n"
        ));
    }
    let server = serve(&paths).await;
    let text = r#"{"some": "value"}"#;
    for (name, empty, json, raw) in [
        ("raw", "{}".to_owned(), text.to_owned(), "some raw data".to_owned()),
        ("input", format!("{action}{{}}"), format!("{action}{text}"), format!("{action}some raw data")),
        ("output", format!("{action}{{}}"), format!("{action}{text}"), format!("{action}some raw data")),
        (
            "all",
            format!("{action}{action}{{}}"),
            format!("{action}{action}{text}"),
            format!("{action}{action}some raw data"),
        ),
        ("access", "{}".to_owned(), "{}".to_owned(), "{}".to_owned()),
        (
            "encoded",
            "EncodedBody=%7B%7D&EncodedBodyAccess=".to_owned(),
            "EncodedBody=%7B%22some%22%3A+%22value%22%7D&EncodedBodyAccess=".to_owned(),
            "EncodedBody=some+raw+data&EncodedBodyAccess=".to_owned(),
        ),
    ] {
        let post = async |body: &str| server.ask(&format!("POST /{name}"), &[], body.as_bytes()).await.text();
        assert_eq!([post("").await, post(text).await, post("some raw data").await], [empty, json, raw], "{name}");
    }
}

#[tokio::test]
async fn a_mock_whose_request_template_overrides_the_response() {
    let paths = |template: &str| {
        format!(
            r##"
paths:
  /mock:
    get:
      responses: {{'200': {{description: ok}}}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates:
          application/json: |
            #set($context.responseOverride.header.foo = "bar")
            #set($context.responseOverride.status = 444)
            #set($context.own.value = "is also passed around")
            {{"statusCode": 200}}
        responses: {{default: {{statusCode: '200'{template}}}}}
"##
        )
    };
    let shown = r#", responseTemplates: {application/json: '{"custom": "$context.own.value", "fooHeader": "$context.responseOverride.header.foo", "statusOverride": "$context.responseOverride.status"}'}"#;
    let answer = serve(&paths(shown)).await.get("/mock").await;
    let expected = json!({"custom": "is also passed around", "fooHeader": "bar", "statusOverride": "444"});
    assert_eq!((answer.status, answer.json(), answer.header("foo")), (444, expected, Some("bar")));
    let bare = serve(&paths("")).await.get("/mock").await;
    assert_eq!((bare.summary().as_str(), bare.header("foo")), ("444 ", Some("bar")));
}

#[tokio::test]
async fn models_that_refer_to_others() {
    let server = serve(
        r#"
x-amazon-apigateway-request-validators: {body: {validateRequestBody: true, validateRequestParameters: false}}
x-amazon-apigateway-request-validator: body
paths:
  /list:
    post: &checked
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/PairList'}}}}
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: &ok
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: '200', responseTemplates: {application/json: '{"data": "ok"}'}}}
  /maybe:
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Maybe'}}}}
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: *ok
components:
  schemas:
    Pair: {type: object, properties: {a: {type: number}, b: {type: number}}, required: [a, b]}
    PairList: {type: array, items: {$ref: '#/components/schemas/Pair'}}
    Status: {type: object, properties: {Status: {type: string}, Order: {type: integer}}, required: [Status, Order]}
    Maybe: {type: object, properties: {status: {oneOf: [{type: 'null'}, {$ref: '#/components/schemas/Status'}]}}, required: [status]}
"#,
    )
    .await;
    let post = async |path: &str, body: &str| server.ask(&format!("POST {path}"), &[], body.as_bytes()).await.summary();
    let (ok, bad) = (r#"200 {"data": "ok"}"#, r#"400 {"message": "Invalid request body"}"#);
    for (path, body, expected) in [
        ("/list", r#"[{"a": 1, "b": 2}]"#, ok),
        ("/list", "[]", ok),
        ("/list", r#"[{"a": 1}]"#, bad),
        ("/list", r#"{"a": 1, "b": 2}"#, bad),
        ("/list", "", bad),
        ("/maybe", r#"{"status": null}"#, ok),
        ("/maybe", r#"{"status": {"Status": "done", "Order": 1}}"#, ok),
        ("/maybe", "{}", bad),
        ("/maybe", r#"{"status": {"Status": "done"}}"#, bad),
    ] {
        assert_eq!(post(path, body).await, expected, "{path} {body}");
    }
}

#[tokio::test]
async fn paths_and_queries_in_the_event_of_a_function() {
    let uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:pets/invocations";
    let method = format!(
        "x-amazon-apigateway-any-method: {{responses: {{'200': {{description: ok}}}}, x-amazon-apigateway-integration: {{type: aws_proxy, httpMethod: POST, uri: '{uri}'}}}}"
    );
    let server = serve(&format!("paths:\n  /{{proxy+}}: {{{method}}}\n  /hardcoded: {{{method}}}\n")).await;
    let query = "whitespace=foo%20bar&zhash=abort/&dateTimeOffset=2023-06-12T18:05:10.123456+00:00\
                 &email=test%2Balias@gmail.com&plus=test+alias@gmail.com&url=https://www.google.com/";
    let decoded = json!({
        "dateTimeOffset": "2023-06-12T18:05:10.123456 00:00", "email": "test+alias@gmail.com",
        "plus": "test alias@gmail.com", "url": "https://www.google.com/", "whitespace": "foo bar", "zhash": "abort/",
    });
    let encoded = "proxy-value/api/user/test%2Balias@gmail.com/plus/test+alias@gmail.com";
    for (request, path, in_context, proxy, query) in [
        ("/test/proxy-value", "/proxy-value", "/test/proxy-value", json!("proxy-value"), Value::Null),
        ("/test/proxy-value/", "/proxy-value/", "/test/proxy-value/", json!("proxy-value"), Value::Null),
        (
            "/test/proxy-value//double-slash",
            "/proxy-value//double-slash",
            "/test/proxy-value//double-slash",
            json!("proxy-value//double-slash"),
            Value::Null,
        ),
        ("//test/proxy-value", "/proxy-value", "/test/proxy-value", json!("proxy-value"), Value::Null),
        ("/test//proxy-value", "/proxy-value", "/test//proxy-value", json!("proxy-value"), Value::Null),
        ("/test//hardcoded", "/hardcoded", "/test//hardcoded", Value::Null, Value::Null),
        (
            "/test/proxy-value?urlparam=test",
            "/proxy-value",
            "/test/proxy-value",
            json!("proxy-value"),
            json!({"urlparam": "test"}),
        ),
        (
            "/test/proxy-value/?urlparam=test",
            "/proxy-value/",
            "/test/proxy-value/",
            json!("proxy-value"),
            json!({"urlparam": "test"}),
        ),
        (&format!("/test/{encoded}"), &format!("/{encoded}"), &format!("/test/{encoded}"), json!(encoded), Value::Null),
        (
            &format!("/test/proxy-value/api?{query}"),
            "/proxy-value/api",
            "/test/proxy-value/api",
            json!("proxy-value/api"),
            decoded,
        ),
    ] {
        let head = format!("GET {request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let event = server.raw(head.as_bytes()).await.json();
        assert_eq!(event["path"], path, "{request}");
        assert_eq!(event["requestContext"]["path"], in_context, "{request}");
        let proxy = if proxy.is_null() { Value::Null } else { json!({ "proxy": proxy }) };
        assert_eq!(event["pathParameters"], proxy, "{request}");
        assert_eq!(event["queryStringParameters"], query, "{request}");
        assert_eq!(event["body"], Value::Null);
    }
}

#[tokio::test]
async fn a_function_with_a_request_template() {
    let server = serve(
        r#"
paths:
  /f:
    get:
      parameters: [{name: param1, in: query, schema: {type: string}}]
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        credentials: arn:aws:iam::000000000000:role/gateway
        uri: arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:000000000000:function:pets/invocations
        requestTemplates: {application/json: '{"param1": "$input.params(''param1'')", "do": "echo"}'}
        responses: {default: {statusCode: '200'}}
"#,
    )
    .await;
    let answer = server.get("/f?param1=foobar").await;
    assert_eq!((answer.status, &answer.json()["param1"]), (200, &json!("foobar")));
    assert_eq!(server.get("/f").await.json()["param1"], "");
}

/// Base64 of bytes that are no text.
const ENCODED: &str = "H4sIABRs7mMC/w==";

#[tokio::test]
async fn an_encoded_object_of_a_store_with_content_handling() {
    let store = backend().await;
    let method = |handling: &str, template: &str| {
        format!(
            "get: {{parameters: [{{name: key, in: path, required: true, schema: {{type: string}}}}], responses: {{'200': {{description: ok, headers: {{ETag: {{schema: {{type: string}}}}}}}}}}, \
             x-amazon-apigateway-integration: {{type: aws, httpMethod: GET, credentials: 'arn:aws:iam::000000000000:role/gateway', uri: 'arn:aws:apigateway:eu-west-1:s3:path/bucket/{{key}}', \
             requestParameters: {{integration.request.path.key: method.request.path.key, integration.request.querystring.answer: \"'{ENCODED}'\", integration.request.querystring.type: \"'text/plain'\"}}, \
             responses: {{default: {{statusCode: '200'{handling}{template}, responseParameters: {{method.response.header.ETag: integration.response.header.x-backend}}}}}}}}}}"
        )
    };
    let template = r#", responseTemplates: {application/json: '{"data": "$input.body"}'}"#;
    let paths = format!(
        "x-amazon-apigateway-binary-media-types: [image/png]\npaths:\n  /text/{{key}}: {{{}}}\n  /binary/{{key}}: {{{}}}\n  /bare/{{key}}: {{{}}}\n  /untouched/{{key}}: {{{}}}\n",
        method(", contentHandling: CONVERT_TO_TEXT", template),
        method(", contentHandling: CONVERT_TO_BINARY", template),
        method(", contentHandling: CONVERT_TO_BINARY", ""),
        method("", ""),
    );
    let endpoints = [("s3".to_owned(), format!("http://{store}/"))];
    let server = serve_with(&paths, Setup { service_endpoints: endpoints.into(), ..Setup::default() }).await;
    let get = async |path: &str, accept: &str| {
        server.ask(&format!("GET {path}/k"), &[&format!("Accept: {accept}")], b"").await
    };
    let text = get("/text", "image/png").await;
    assert_eq!(text.summary(), format!(r#"200 {{"data": "{ENCODED}"}}"#));
    assert_eq!(text.header("etag"), Some("yes"));
    // A template cannot read bytes.
    assert_eq!(get("/binary", "image/png").await.summary(), r#"500 {"message": "Internal server error"}"#);
    let bytes = b"\x1f\x8b\x08\x00\x14\x6c\xee\x63\x02\xff";
    assert_eq!(get("/bare", "text/plain").await.body, bytes);
    assert_eq!(get("/untouched", "image/png").await.body, bytes);
    assert_eq!(get("/untouched", "text/plain").await.text(), ENCODED);
}

#[tokio::test]
async fn a_message_with_an_attribute_goes_to_a_queue() {
    let queue = backend().await;
    let paths = r#"
paths:
  /send:
    post:
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration:
        type: aws
        httpMethod: POST
        credentials: arn:aws:iam::000000000000:role/gateway
        uri: arn:aws:apigateway:eu-west-1:sqs:path/000000000000/queue
        requestParameters: {integration.request.header.Content-Type: "'application/x-www-form-urlencoded'"}
        requestTemplates:
          application/json: "Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageAttribute.1.Name=user-agent&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=$input.params('User-Agent')"
        responses: {default: {statusCode: '200'}}
"#;
    let endpoints = [("sqs".to_owned(), format!("http://{queue}/"))];
    let server = serve_with(paths, Setup { service_endpoints: endpoints.into(), ..Setup::default() }).await;
    let answer = server.ask("POST /send", &["User-Agent: BAR-Header"], br#"{"foo": "bar"}"#).await;
    let expected = "Action=SendMessage&MessageBody=%7B%22foo%22%3A+%22bar%22%7D&MessageAttribute.1.Name=user-agent\
                    &MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=BAR-Header";
    assert_eq!(answer.json()["body"], expected);
    assert_eq!(answer.json()["headers"]["content-type"], json!(["application/x-www-form-urlencoded"]));
}
