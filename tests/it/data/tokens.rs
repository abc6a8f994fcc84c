//! Tokens of user pools and issuers, and signed requests.

use gatewright::emulator::data::{AccessKeys, Shared};
use gatewright::emulator::jwt::{Claims, DevelopmentIssuer, KeyLocation, KeyOptions, KeySources};
use serde_json::{Value, json};

use super::{Server, Setup, serve_with};

const POOL: &str = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_pool";

const API: &str = r#"
paths:
  /id:
    get: &id
      security: [{pool: []}]
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: &mock
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: '200'
            responseTemplates:
              application/json: '$context.authorizer.claims.sub|$context.authorizer.claims["cognito:groups"]|$context.authorizer.claims.exp'
  /access:
    get: {<<: *id, security: [{pool: [pets/read, pets/write]}]}
  /client:
    get: {<<: *id, security: [{client: []}]}
  /signed:
    get:
      security: [{iam: []}]
      responses: {'200': {description: ok}}
      x-amazon-apigateway-integration: *mock
components:
  securitySchemes:
    pool:
      type: apiKey
      name: X-Token
      in: header
      x-amazon-apigateway-authtype: cognito_user_pools
      x-amazon-apigateway-authorizer: &authorizer
        type: cognito_user_pools
        providerARNs: ['arn:aws:cognito-idp:eu-west-1:000000000000:userpool/eu-west-1_pool']
    client:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: cognito_user_pools
      x-amazon-apigateway-authorizer: {<<: *authorizer, identityValidationExpression: 'web|app'}
    iam: {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: awsSigv4}
"#;

/// A server whose pool's keys are in a file, and what signs for the pool.
async fn pool() -> (Server, DevelopmentIssuer) {
    let folder = tempfile::tempdir().expect("a folder");
    let issuer = DevelopmentIssuer::read_or_create(folder.path()).expect("an issuer");
    let keys = folder.path().join("keys.json");
    std::fs::write(&keys, issuer.jwks().to_string()).expect("the keys are written");
    let options = KeyOptions { issuers: [(POOL.to_owned(), KeyLocation::File(keys))].into(), development: None };
    let shared = Shared::with_keys(KeySources::new(options), AccessKeys::default());
    let server = serve_with(API, Setup { shared, ..Setup::default() }).await;
    // The first use of a key keeps it; the folder goes when this returns.
    let warm = token(&issuer, json!({}));
    assert_eq!(server.ask("GET /id", &[&format!("X-Token: {warm}")], b"").await.status, 200);
    std::mem::forget(folder);
    (server, issuer)
}

fn token(issuer: &DevelopmentIssuer, members: Value) -> String {
    let mut claims = Claims::new();
    let all = json!({
        "iss": POOL, "sub": "me", "aud": "web", "token_use": "id", "exp": 4_102_444_800_i64,
        "cognito:groups": ["a", "b"],
    });
    for part in [all, members] {
        claims.extend(part.as_object().expect("claims").clone());
    }
    claims.retain(|_, value| !value.is_null());
    issuer.sign(&claims).expect("a token")
}

#[tokio::test]
async fn a_method_without_scopes_takes_identity_tokens() {
    let (server, issuer) = pool().await;
    let ask = async |path: &str, header: &str, members: Value| {
        let token = token(&issuer, members);
        server.ask(&format!("GET {path}"), &[&format!("{header}{token}")], b"").await.summary()
    };
    let shown = "200 me|a,b|Fri Jan 01 00:00:00 UTC 2100";
    assert_eq!(ask("/id", "X-Token: ", json!({})).await, shown);
    assert_eq!(ask("/id", "x-token: Bearer ", json!({})).await, shown);
    let refused = r#"401 {"message":"Unauthorized"}"#;
    assert_eq!(ask("/id", "X-Other: ", json!({})).await, refused);
    assert_eq!(ask("/id", "X-Token: ", json!({"iss": "https://other.test"})).await, refused);
    assert_eq!(ask("/id", "X-Token: ", json!({"token_use": "access"})).await, refused);
    assert_eq!(
        ask("/id", "X-Token: ", json!({"exp": 1_600_000_000})).await,
        r#"401 {"message":"The incoming token has expired"}"#
    );
    assert_eq!(ask("/access", "X-Token: ", json!({"scope": "pets/read"})).await, refused);
    let access = |scope: &str| json!({"token_use": "access", "aud": null, "client_id": "web", "scope": scope});
    assert_eq!(ask("/access", "X-Token: ", access("openid pets/write")).await, shown);
    assert_eq!(ask("/access", "X-Token: ", access("openid")).await, refused);
    assert_eq!(ask("/client", "Authorization: ", json!({})).await, shown);
    assert_eq!(ask("/client", "Authorization: ", json!({"aud": "webs"})).await, refused);
    assert_eq!(ask("/client", "Authorization: ", json!({"aud": null, "client_id": "web"})).await, refused);
    let other = DevelopmentIssuer::generate().expect("another key");
    let forged = token(&other, json!({}));
    let answer = server.ask("GET /id", &[&format!("X-Token: {forged}")], b"").await;
    assert_eq!(
        (answer.summary().as_str(), answer.header("x-amzn-errortype")),
        (refused, Some("UnauthorizedException"))
    );
    assert!(server.log().contains("the key of the token is unknown"), "{}", server.log());
}

#[tokio::test]
async fn without_keys_a_token_is_refused_with_advice() {
    let server = serve_with(API, Setup::default()).await;
    let issuer = DevelopmentIssuer::generate().expect("a key");
    let answer = server.ask("GET /id", &[&format!("X-Token: {}", token(&issuer, json!({})))], b"").await;
    assert_eq!(answer.summary(), r#"401 {"message":"Unauthorized"}"#);
    assert!(server.log().contains("gatewright token --issuer https://cognito-idp."), "{}", server.log());
}

#[tokio::test]
async fn requests_without_a_good_signature_are_refused() {
    let server = serve_with(API, Setup::default()).await;
    assert_eq!(server.get("/signed").await.summary(), r#"403 {"message":"Missing Authentication Token"}"#);
    let header = "Authorization: AWS4-HMAC-SHA256 Credential=x/20260131/eu-west-1/execute-api/aws4_request, SignedHeaders=host, Signature=0";
    let answer = server.ask("GET /signed", &[header, "X-Amz-Date: 20260131T000000Z"], b"").await;
    assert_eq!(answer.summary(), r#"403 {"message":"The security token included in the request is invalid."}"#);
    assert_eq!(answer.header("x-amzn-errortype"), Some("UnrecognizedClientException"));
}
