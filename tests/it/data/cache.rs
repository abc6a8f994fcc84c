//! The cache of a stage.

use gatewright::gateway::MethodSetting;

use super::{Server, Setup, serve_with};

const API: &str = r#"
paths:
  /pets:
    get: &cached
      parameters:
        - {name: page, in: query, schema: {type: string}}
        - {name: other, in: query, schema: {type: string}}
      responses: {'200': {description: ok}, '404': {description: none}}
      x-amazon-apigateway-integration:
        type: mock
        cacheKeyParameters: [method.request.querystring.page]
        requestTemplates: {application/json: '{"statusCode": #if($input.params("page") == "9")404#{else}200#end}'}
        responses:
          default: {statusCode: '200', responseTemplates: {application/json: '$context.requestId'}}
          '404': {statusCode: '404', responseTemplates: {application/json: '$context.requestId'}}
    post: *cached
"#;

async fn cached(change: impl FnOnce(&mut MethodSetting) + 'static) -> Server {
    let setup = Setup {
        stage: Some(Box::new(|stage| {
            stage.cache_cluster_enabled = true;
            let mut setting = MethodSetting { caching_enabled: true, ..MethodSetting::default() };
            change(&mut setting);
            stage.method_settings.insert("*/*".into(), setting);
        })),
        ..Setup::default()
    };
    serve_with(API, setup).await
}

#[tokio::test]
async fn answers_are_kept_by_their_key_parameters() {
    let server = cached(|_| {}).await;
    let first = server.get("/pets?page=1").await;
    let again = server.get("/pets?page=1&other=2").await;
    assert_eq!(first.text(), again.text());
    assert_ne!(first.header("x-amzn-requestid"), again.header("x-amzn-requestid"));
    assert_ne!(first.text(), server.get("/pets?page=2").await.text());
    // Only GET, and no errors.
    let post = async || server.ask("POST /pets?page=1", &[], b"").await.text();
    assert_ne!(post().await, post().await);
    assert_ne!(server.get("/pets?page=9").await.text(), server.get("/pets?page=9").await.text());
    server.gateway.shared.flush_cache("api", "test");
    assert_ne!(first.text(), server.get("/pets?page=1").await.text());
}

#[tokio::test]
async fn a_client_may_or_may_not_ask_for_a_fresh_answer() {
    let fresh = ["Cache-Control: no-transform, max-age=0"];
    let open = cached(|setting| setting.require_authorization_for_cache_control = false).await;
    let first = open.get("/pets").await.text();
    let second = open.ask("GET /pets", &fresh, b"").await.text();
    assert_ne!(first, second);
    assert_eq!(second, open.get("/pets").await.text());

    let warns = cached(|_| {}).await;
    let first = warns.get("/pets").await.text();
    let answer = warns.ask("GET /pets", &fresh, b"").await;
    let warning = "199 Cache-control headers were ignored because the caller was unauthorized.";
    assert_eq!((answer.text(), answer.header("warning")), (first, Some(warning)));

    let fails = cached(|setting| setting.unauthorized_cache_control_header_strategy = "FAIL_WITH_403".into()).await;
    assert_eq!(fails.ask("GET /pets", &fresh, b"").await.status, 403);
    assert_eq!(fails.get("/pets").await.status, 200);
}

#[tokio::test]
async fn nothing_is_kept_without_a_cache() {
    let setup = Setup {
        stage: Some(Box::new(|stage| {
            stage.method_settings.insert("*/*".into(), MethodSetting { caching_enabled: true, ..Default::default() });
        })),
        ..Setup::default()
    };
    let server = serve_with(API, setup).await;
    assert_ne!(server.get("/pets").await.text(), server.get("/pets").await.text());
}
