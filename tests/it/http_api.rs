//! HTTP APIs: imported and deployed by AWS's client, asked over HTTP.

use aws_sdk_apigatewayv2::Client;
use aws_sdk_apigatewayv2::config::retry::RetryConfig;
use aws_sdk_apigatewayv2::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_apigatewayv2::types::RouteSettings;
use gatewright::emulator::jwt::{Claims, DevelopmentIssuer, KeyOptions};
use gatewright::emulator::{Server, ServerOptions};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::data::{Answer, backend, parse};
use crate::function;

const ISSUER: &str = "https://issuer.example.com";

/// One API on a server of its own, deployed to `$default` and `dev`, each deploying itself.
struct Api {
    server: Server,
    client: Client,
    id: String,
    issuer: DevelopmentIssuer,
    _state: tempfile::TempDir,
}

impl Api {
    /// Starts a server and imports what follows `openapi` and `info`.
    async fn new(document: &str) -> Self {
        let backend = backend().await;
        let state = tempfile::tempdir().expect("a folder");
        let issuer = DevelopmentIssuer::read_or_create(state.path()).expect("an issuer");
        let options = ServerOptions {
            address: ([127, 0, 0, 1], 0).into(),
            token_keys: KeyOptions { development: Some(state.path().to_owned()), ..KeyOptions::default() },
            service_endpoints: [
                ("sqs".to_owned(), format!("http://{backend}")),
                ("vpc-link/link".to_owned(), format!("http://{backend}")),
            ]
            .into(),
            ..ServerOptions::default()
        };
        let server = Server::start(options).await.expect("the server starts");
        server.functions().register("pets", function::config("event"));
        server.functions().register("auth", function::config("crash"));
        let config = aws_sdk_apigatewayv2::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(format!("http://{}", server.address()))
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "tests"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .retry_config(RetryConfig::disabled())
            .build();
        let client = Client::from_conf(config);
        let text = format!("openapi: 3.0.1\ninfo: {{title: test, version: '1'}}\n{document}")
            .replace("BACKEND", &backend.to_string());
        let made = client.import_api().body(text).fail_on_warnings(true).send().await.expect("imports");
        let id = made.api_id().expect("an id").to_owned();
        for stage in ["$default", "dev"] {
            client.create_stage().api_id(&id).stage_name(stage).auto_deploy(true).send().await.expect("a stage");
        }
        Self { server, client, id, issuer, _state: state }
    }

    /// Sends a request: `GET /pets`, header lines, body.
    async fn ask(&self, line: &str, headers: &[&str], body: &str) -> Answer {
        let host = format!("{}.execute-api.localhost", self.id);
        let mut request = format!("{line} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for header in headers {
            request.push_str(&format!("{header}\r\n"));
        }
        if !body.is_empty() {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        let mut stream = TcpStream::connect(self.server.address()).await.expect("the server listens");
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        parse(&answer)
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(&format!("GET {path}"), &[], "").await
    }

    fn token(&self, claims: Value) -> String {
        let mut all = json!({ "iss": ISSUER, "exp": 4_000_000_000_u32 });
        for (name, value) in claims.as_object().into_iter().flatten() {
            all[name.as_str()] = value.clone();
        }
        let claims: Claims = all.as_object().cloned().expect("claims");
        format!("Authorization: Bearer {}", self.issuer.sign(&claims).expect("a token"))
    }
}

const FUNCTION: &str = r#"
x-function: &function
  type: aws_proxy
  uri: arn:aws:lambda:us-east-1:000000000000:function:pets
  payloadFormatVersion: '2.0'
"#;

#[tokio::test]
async fn a_function_gets_the_event_of_format_2_and_its_answer_is_inferred() {
    let api = Api::new(&format!(
        "{FUNCTION}paths:\n  /pets/{{petId}}: {{get: {{parameters: [{{name: petId, in: path, required: true}}], responses: {{}}, x-amazon-apigateway-integration: *function}}}}\n  \
         /$default: {{x-amazon-apigateway-any-method: {{isDefaultRoute: true, x-amazon-apigateway-integration: *function}}}}\n"
    ))
    .await;
    let headers = ["X-Many: a", "x-many: b", "Cookie: c=1; d=2", "User-Agent: tests"];
    let answer = api.ask("GET /dev/pets/a%20b?x=1&x=2&y=%26", &headers, "").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/plain;charset=UTF-8")));
    assert!(answer.header("apigw-requestid").is_some() && answer.header("x-amzn-requestid").is_none());
    let event = answer.json();
    assert_eq!(event["version"], "2.0");
    assert_eq!(event["routeKey"], "GET /pets/{petId}");
    assert_eq!((&event["rawPath"], &event["rawQueryString"]), (&json!("/dev/pets/a b"), &json!("x=1&x=2&y=%26")));
    assert_eq!(event["cookies"], json!(["c=1", "d=2"]));
    assert_eq!((&event["headers"]["x-many"], &event["headers"]["cookie"]), (&json!("a,b"), &Value::Null));
    assert_eq!(event["queryStringParameters"], json!({ "x": "1,2", "y": "&" }));
    assert_eq!(event["pathParameters"], json!({ "petId": "a b" }));
    assert_eq!(event["isBase64Encoded"], false);
    assert_eq!(event.get("body"), None);
    let context = &event["requestContext"];
    assert_eq!((&context["stage"], &context["apiId"]), (&json!("dev"), &json!(api.id)));
    assert_eq!((&context["http"]["method"], &context["http"]["userAgent"]), (&json!("GET"), &json!("tests")));

    // Bodies are text for a few types only.
    let body = |event: Value| (event["body"].clone(), event["isBase64Encoded"].clone());
    let text = api.ask("POST /x", &["Content-Type: application/json"], "{}").await.json();
    assert_eq!(body(text.clone()), (json!("{}"), json!(false)));
    assert_eq!((&text["routeKey"], &text["rawPath"]), (&json!("$default"), &json!("/x")));
    let form = api.ask("POST /x", &["Content-Type: application/x-www-form-urlencoded"], "a=b").await.json();
    assert_eq!(body(form), (json!("YT1i"), json!(true)));

    for (answered, expected) in [
        ("%22Hi%22", "200 Hi"),
        ("%7B%22a%22:1%7D", r#"200 {"a":1}"#),
        ("%7B%22statusCode%22:404,%22body%22:%22none%22%7D", "404 none"),
        ("%7B%22statusCode%22:200,%22body%22:%5B%5D%7D", r#"500 {"message":"Internal Server Error"}"#),
    ] {
        assert_eq!(api.get(&format!("/x?do=answer&answer={answered}")).await.summary(), expected);
    }
    for failing in ["error", "crash", "garbage"] {
        let answer = api.get(&format!("/x?do={failing}")).await;
        assert_eq!(answer.summary(), r#"500 {"message":"Internal Server Error"}"#, "{failing}");
    }
}

#[tokio::test]
async fn a_function_gets_the_event_of_format_1() {
    let api = Api::new(
        "paths:\n  /a/{proxy+}:\n    x-amazon-apigateway-any-method:\n      x-amazon-apigateway-integration: {type: aws_proxy, \
         uri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:pets/invocations', payloadFormatVersion: '1.0'}\n",
    )
    .await;
    let event = api.ask("POST /a/b/c?x=1&x=2", &["Content-Type: text/plain"], "hi").await.json();
    assert_eq!(
        (&event["version"], &event["resource"], &event["path"]),
        (&json!("1.0"), &json!("/a/{proxy+}"), &json!("/a/b/c"))
    );
    assert_eq!(event["multiValueQueryStringParameters"], json!({ "x": ["1", "2"] }));
    assert_eq!((&event["pathParameters"]["proxy"], &event["body"]), (&json!("b/c"), &json!("hi")));
    assert_eq!(event["requestContext"]["resourceId"], Value::Null);
    let answer = api
        .get("/a/x?do=answer&answer=%7B%22statusCode%22:201,%22multiValueHeaders%22:%7B%22A%22:%5B%22b%22%5D%7D%7D")
        .await;
    assert_eq!((answer.status, answer.header("a")), (201, Some("b")));
    assert_eq!(api.get("/a").await.summary(), r#"404 {"message":"Not Found"}"#);
}

const PROXY: &str = r#"
paths:
  /items/{id}:
    parameters: [{name: id, in: path, required: true}]
    x-amazon-apigateway-any-method:
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: http://BACKEND/backend/{id}?own=1
        payloadFormatVersion: '1.0'
        requestParameters:
          append:header.x-id: '${request.path.id}-${request.querystring.q}'
          overwrite:header.x-over: $request.header.X-In
          remove:header.x-gone: ''
          append:querystring.added: $request.body.a.b
          remove:querystring.secret: ''
          append:header.x-missing: $request.header.none
        responseParameters:
          '404': {'overwrite:statuscode': '200', 'append:header.x-was': $response.body.method, 'remove:header.x-backend': ''}
  /path/{id}:
    parameters: [{name: id, in: path, required: true}]
    get:
      responses: {}
      x-amazon-apigateway-integration:
        {type: http_proxy, httpMethod: GET, uri: 'http://BACKEND/other', payloadFormatVersion: '1.0', requestParameters: {'overwrite:path': '/to/$request.path.id'}}
  /private/x:
    get:
      responses: {}
      x-amazon-apigateway-integration:
        {type: http_proxy, httpMethod: GET, connectionType: VPC_LINK, connectionId: link, uri: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:listener/app/a/b/c', payloadFormatVersion: '1.0'}
  /slow:
    get:
      responses: {}
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://BACKEND/?hang=1', payloadFormatVersion: '1.0', timeoutInMillis: 100}
  /closed:
    get:
      responses: {}
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://127.0.0.1:1/', payloadFormatVersion: '1.0'}
  /queue:
    post:
      responses: {}
      x-amazon-apigateway-integration:
        type: aws_proxy
        integrationSubtype: SQS-SendMessage
        credentials: arn:aws:iam::000000000000:role/r
        payloadFormatVersion: '1.0'
        requestParameters: {QueueUrl: 'http://q/1', MessageBody: $request.body, MessageGroupId: $request.body.group}
  /events:
    post:
      responses: {}
      x-amazon-apigateway-integration:
        type: aws_proxy
        integrationSubtype: EventBridge-PutEvents
        credentials: arn:aws:iam::000000000000:role/r
        payloadFormatVersion: '1.0'
        requestParameters: {Detail: $request.body, DetailType: t, Source: s}
  /$default:
    x-amazon-apigateway-any-method:
      isDefaultRoute: true
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: ANY, uri: 'http://BACKEND/base', payloadFormatVersion: '1.0'}
x-amazon-apigateway-cors: {allowOrigins: ['https://a.test'], allowMethods: [GET, POST], allowHeaders: [x-a], exposeHeaders: [x-b], maxAge: 5, allowCredentials: true}
"#;

#[tokio::test]
async fn parameters_are_mapped_on_the_way_to_a_backend_and_back() {
    let api = Api::new(PROXY).await;
    let headers = ["X-In: in", "X-Over: old", "X-Gone: gone", "X-Forwarded-For: 1.2.3.4"];
    let echo = api.ask("PUT /items/a%2Fb?q=1&secret=s", &headers, r#"{"a":{"b":"c d"}}"#).await.json();
    assert_eq!(echo["method"], "PUT");
    assert_eq!(echo["uri"], "/backend/a%2Fb?own=1&q=1&added=c%20d");
    let sent = &echo["headers"];
    assert_eq!((&sent["x-id"], &sent["x-over"]), (&json!(["a/b-1"]), &json!(["in"])));
    for absent in ["x-gone", "x-missing", "x-forwarded-for"] {
        assert_eq!(sent[absent], Value::Null, "{absent}");
    }
    assert!(sent["forwarded"][0].as_str().is_some_and(|f| f.contains(";for=127.0.0.1;host=")), "{sent}");

    let mapped = api.get("/items/1?status=404").await;
    assert_eq!((mapped.status, mapped.header("x-was"), mapped.header("x-backend")), (200, Some("GET"), None));
    // A variable needs braces when there is text around it.
    assert_eq!(api.get("/path/7").await.json()["uri"], "/to/$request.path.id");
    assert_eq!(api.get("/dev/private/x").await.json()["uri"], "/dev/private/x");
    assert_eq!(api.get("/store/checkout?x=1").await.json()["uri"], "/base/store/checkout?x=1");
    assert_eq!(api.get("/slow").await.summary(), r#"503 {"message":"Service Unavailable"}"#);
    assert_eq!(api.get("/closed").await.summary(), r#"503 {"message":"Service Unavailable"}"#);

    let queued = api.ask("POST /queue", &[], r#"{"group":"g"}"#).await.json();
    let form = "Action=SendMessage&Version=2012%2D11%2D05&QueueUrl=http%3A%2F%2Fq%2F1&MessageBody=%7B%22group%22%3A%22g%22%7D&MessageGroupId=g";
    assert_eq!(queued["body"], form);
    let unsent = api.ask("POST /events", &[], "{}").await;
    assert_eq!(unsent.status, 501);
    assert_eq!(unsent.json()["request"]["body"], r#"{"Entries":[{"Detail":"{}","DetailType":"t","Source":"s"}]}"#);
}

#[tokio::test]
async fn cors_is_answered_by_the_gateway() {
    let api = Api::new(PROXY).await;
    let asked = ["Origin: https://a.test", "Access-Control-Request-Method: GET"];
    let preflight = api.ask("OPTIONS /items/1", &asked, "").await;
    assert_eq!(preflight.summary(), "204 ");
    for (name, value) in [
        ("access-control-allow-origin", "https://a.test"),
        ("access-control-allow-methods", "GET,POST"),
        ("access-control-allow-headers", "x-a"),
        ("access-control-max-age", "5"),
        ("access-control-allow-credentials", "true"),
    ] {
        assert_eq!(preflight.header(name), Some(value), "{name}");
    }
    let foreign =
        api.ask("OPTIONS /items/1", &["Origin: https://b.test", "Access-Control-Request-Method: GET"], "").await;
    assert_eq!((foreign.status, foreign.header("access-control-allow-origin")), (204, None));
    let plain = api.ask("GET /items/1", &["Origin: https://a.test"], "").await;
    assert_eq!(plain.header("access-control-allow-origin"), Some("https://a.test"));
    assert_eq!(plain.header("access-control-expose-headers"), Some("x-b"));
    // An error of the gateway's own can be read by the page too.
    let failed = api.ask("GET /closed", &["Origin: https://a.test"], "").await;
    assert_eq!((failed.status, failed.header("access-control-allow-origin")), (503, Some("https://a.test")));
}

const GUARDED: &str = r#"
x-function: &function
  type: aws_proxy
  uri: arn:aws:lambda:us-east-1:000000000000:function:pets
  payloadFormatVersion: '2.0'
paths:
  /token: {get: {security: [{jwt: []}], responses: {}, x-amazon-apigateway-integration: *function}}
  /scoped: {get: {security: [{jwt: [pets.read]}], responses: {}, x-amazon-apigateway-integration: *function}}
  /simple: {get: {security: [{simple: []}], responses: {}, x-amazon-apigateway-integration: *function}}
  /policy: {get: {security: [{policy: []}], responses: {}, x-amazon-apigateway-integration: *function}}
  /signed: {get: {security: [{iam: []}], responses: {}, x-amazon-apigateway-integration: *function}}
components:
  securitySchemes:
    jwt:
      type: oauth2
      x-amazon-apigateway-authorizer: {type: jwt, jwtConfiguration: {issuer: 'https://issuer.example.com', audience: [app]}}
    simple:
      type: apiKey
      in: header
      name: X-Key
      x-amazon-apigateway-authorizer: &lambda
        type: request
        authorizerUri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations
        authorizerPayloadFormatVersion: '2.0'
        enableSimpleResponses: true
        identitySource: $request.header.X-Key
        authorizerResultTtlInSeconds: 60
    policy:
      type: apiKey
      in: header
      name: X-Key
      x-amazon-apigateway-authorizer: {<<: *lambda, authorizerPayloadFormatVersion: '1.0', enableSimpleResponses: false, authorizerResultTtlInSeconds: 0}
    iam: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}
"#;

#[tokio::test]
async fn tokens_are_verified_against_issuer_audience_and_scopes() {
    let api = Api::new(GUARDED).await;
    let unauthorized = r#"401 {"message":"Unauthorized"}"#;
    let none = api.get("/token").await;
    assert_eq!((none.summary().as_str(), none.header("www-authenticate")), (unauthorized, Some("Bearer")));
    let stranger = api.ask("GET /token", &[&api.token(json!({ "aud": "other" }))], "").await;
    assert_eq!(stranger.summary(), unauthorized);
    let said = stranger.header("www-authenticate").unwrap_or_default().to_owned();
    assert!(said.starts_with(r#"Bearer scope="" error="invalid_token" error_description="#), "{said}");

    let good = api.token(json!({ "aud": ["app"], "sub": "me", "groups": ["a", "b"], "scope": "pets.write" }));
    let event = api.ask("GET /token", &[&good], "").await.json();
    let jwt = &event["requestContext"]["authorizer"]["jwt"];
    assert_eq!((&jwt["claims"]["sub"], &jwt["claims"]["groups"]), (&json!("me"), &json!("[a b]")));
    assert_eq!(jwt["scopes"], Value::Null);
    let narrow = api.ask("GET /scoped", &[&good], "").await;
    assert_eq!(narrow.summary(), r#"403 {"message":"Forbidden"}"#);
    let wide = api.token(json!({ "client_id": "app", "scope": "pets.write pets.read" }));
    let event = api.ask("GET /scoped", &[&wide], "").await.json();
    assert_eq!(event["requestContext"]["authorizer"]["jwt"]["scopes"], json!(["pets.write", "pets.read"]));
    assert_eq!(api.get("/signed").await.summary(), r#"403 {"message":"Forbidden"}"#);
}

#[tokio::test]
async fn functions_decide_and_their_answers_are_kept() {
    let api = Api::new(GUARDED).await;
    let steered = |path: &str, answer: &str| {
        format!("GET {path}?do=answer&answer={}", answer.replace('"', "%22").replace(' ', ""))
    };
    let allow = steered("/simple", r#"{"isAuthorized":true,"context":{"who":["me"]}}"#);
    assert_eq!(api.ask(&allow, &[], "").await.summary(), r#"401 {"message":"Unauthorized"}"#);
    assert_eq!(api.ask(&allow, &["X-Key: 1"], "").await.status, 200);
    // The same key is not asked about again: this answer would be a refusal.
    let deny = steered("/simple", r#"{"isAuthorized":false}"#);
    assert_eq!(api.ask(&deny, &["X-Key: 1"], "").await.status, 200);
    assert_eq!(api.ask(&deny, &["X-Key: 2"], "").await.summary(), r#"403 {"message":"Forbidden"}"#);
    api.client.reset_authorizers_cache().api_id(&api.id).stage_name("$default").send().await.expect("is reset");
    assert_eq!(api.ask(&deny, &["X-Key: 1"], "").await.status, 403);
    let broken = api.ask(&steered("/simple", r#"{"allowed":1}"#), &["X-Key: 3"], "").await;
    assert_eq!(broken.summary(), r#"500 {"message":"Internal Server Error"}"#);

    let policy = |effect: &str| {
        let statement = format!(r#"{{"Effect":"{effect}","Action":"execute-api:Invoke","Resource":"*"}}"#);
        steered("/policy", &format!(r#"{{"principalId":"p","policyDocument":{{"Statement":[{statement}]}}}}"#))
    };
    assert_eq!(api.ask(&policy("Allow"), &["X-Key: 1"], "").await.status, 200);
    assert_eq!(api.ask(&policy("Deny"), &["X-Key: 1"], "").await.status, 403);
}

#[tokio::test]
async fn stages_show_deployments_and_hold_callers_back() {
    let api = Api::new(&format!(
        "{FUNCTION}paths:\n  /a: {{get: {{responses: {{}}, x-amazon-apigateway-integration: *function}}}}\n"
    ))
    .await;
    let (client, id) = (&api.client, api.id.as_str());
    let manual = client.create_stage().api_id(id).stage_name("manual").send().await.expect("a stage");
    assert_eq!(manual.deployment_id(), None);
    assert_eq!(api.get("/manual/a").await.status, 404);
    let deployment = client.create_deployment().api_id(id).stage_name("manual").send().await.expect("a deployment");
    assert_eq!(api.get("/manual/a").await.status, 200);

    let target = client.get_routes().api_id(id).send().await.expect("routes").items()[0].target().map(str::to_owned);
    let made = client.create_route().api_id(id).route_key("GET /b").set_target(target).send().await.expect("a route");
    assert_eq!(api.get("/b").await.status, 200, "a stage that deploys itself shows it at once");
    assert_eq!(api.get("/manual/b").await.status, 404, "another shows what was deployed");
    let stage = client.get_stage().api_id(id).stage_name("manual").send().await.expect("a stage");
    assert_eq!(stage.deployment_id(), deployment.deployment_id());
    let again = client.create_route().api_id(id).route_key("GET /b").send().await.expect_err("is refused");
    assert!(again.as_service_error().is_some_and(|e| e.is_conflict_exception()), "{again:?}");

    let limits = RouteSettings::builder().throttling_rate_limit(0.001).throttling_burst_limit(1).build();
    client.update_stage().api_id(id).stage_name("dev").route_settings("GET /b", limits).send().await.expect("limits");
    assert_eq!(api.get("/dev/b").await.status, 200);
    assert_eq!(api.get("/dev/b").await.summary(), r#"429 {"message":"Too Many Requests"}"#);
    assert_eq!(api.get("/dev/a").await.status, 200);
    client.delete_route().api_id(id).route_id(made.route_id().unwrap_or_default()).send().await.expect("is deleted");
    assert_eq!(api.get("/b").await.status, 404);

    let exported = client.export_api().api_id(id).specification("OAS30").output_type("YAML").send().await;
    let text = exported.expect("exports").body.map(|b| String::from_utf8_lossy(b.as_ref()).into_owned());
    assert!(text.is_some_and(|t| t.contains("payloadFormatVersion: \"2.0\"")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_compared_with_what_is_deployed() {
    let document =
        format!("{FUNCTION}paths:\n  /a: {{get: {{responses: {{}}, x-amazon-apigateway-integration: *function}}}}\n");
    let api = Api::new(&document).await;
    let folder = tempfile::tempdir().expect("a folder");
    let endpoint = format!("http://{}", api.server.address());
    let deployed = format!("local:{}@dev", api.id);
    let diff = |document: String| {
        let spec = folder.path().join("api.yaml");
        let whole = format!("openapi: 3.0.1\ninfo: {{title: test, version: '1'}}\n{document}");
        std::fs::write(&spec, whole).expect("a document");
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_gatewright"));
        command.args(["diff", &deployed, "api.yaml", "--endpoint-url", &endpoint, "--format", "json"]);
        command.current_dir(folder.path()).env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        let output = command.output().expect("the program runs");
        let report: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
        let texts = report["changes"].as_array().into_iter().flatten();
        texts.map(|c| c["operations"].to_string()).collect::<Vec<_>>()
    };
    let same = tokio::task::block_in_place(|| diff(document.clone()));
    assert_eq!(same, Vec::<String>::new());
    let of = |millis: u32| {
        document.replace("payloadFormatVersion", &format!("timeoutInMillis: {millis}\n  payloadFormatVersion"))
    };
    let (default, lower) = tokio::task::block_in_place(|| (diff(of(30_000)), diff(of(29_000))));
    assert_eq!((default, lower.len()), (Vec::new(), 1));
    let changed = tokio::task::block_in_place(|| diff(document.replace("/a:", "/b:")));
    assert!(
        changed.iter().any(|c| c.contains("GET /a")) && changed.iter().any(|c| c.contains("GET /b")),
        "{changed:?}"
    );
}
