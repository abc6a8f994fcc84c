//! Which method answers.

use super::serve;

fn method(verb: &str) -> String {
    format!(
        "{verb}: {{responses: {{'200': {{description: ok}}}}, x-amazon-apigateway-integration: {{type: mock, \
         requestTemplates: {{application/json: '{{\"statusCode\": 200}}'}}, responses: {{default: {{statusCode: '200', \
         responseTemplates: {{application/json: '$context.resourcePath $context.httpMethod $input.params(\"id\")$input.params(\"proxy\")'}}}}}}}}}}"
    )
}

/// Precedence is that of methods, not of resources: a resource without a method for the request is passed by.
#[tokio::test]
async fn a_resource_without_the_method_is_passed_by() {
    let mut paths = "paths:\n".to_owned();
    for (path, verb) in [
        ("/users/{id}", "get"),
        ("/users/me", "patch"),
        ("/things/real", "get"),
        ("/things/{proxy+}", "post"),
        ("/jobs/{id}", "get"),
        ("/jobs/cors", "options"),
        ("/all/x", "get"),
        ("/all/{proxy+}", "x-amazon-apigateway-any-method"),
    ] {
        paths.push_str(&format!("  {path}: {{{}}}\n", method(verb)));
    }
    let server = serve(&paths).await;
    for (line, expected) in [
        ("GET /users/me", "200 /users/{id} GET me"),
        ("PATCH /users/me", "200 /users/me PATCH"),
        ("GET /users/abc", "200 /users/{id} GET abc"),
        ("POST /users/me", "403 {\"message\":\"Missing Authentication Token\"}"),
        ("GET /things/real", "200 /things/real GET"),
        ("POST /things/real", "200 /things/{proxy+} POST real"),
        ("GET /jobs/cors", "200 /jobs/{id} GET cors"),
        ("OPTIONS /jobs/cors", "200 /jobs/cors OPTIONS"),
        ("DELETE /all/x", "200 /all/{proxy+} DELETE x"),
        ("GET /all/x/y", "200 /all/{proxy+} GET x/y"),
        ("TRACE /all/x", "403 {\"message\":\"Missing Authentication Token\"}"),
    ] {
        assert_eq!(server.ask(line, &[], b"").await.summary(), expected, "{line}");
    }
    let overridden = server.ask("POST /users/me", &["X-HTTP-Method-Override: PATCH"], b"").await;
    assert_eq!(overridden.summary(), "200 /users/me PATCH");
}
