//! Documents to HTTP APIs and back.

use serde_json::{Value, json};

use super::{AuthorizerType, ExportOptions, HttpApi, Imported, IntegrationType, canonical, export, import};
use crate::gateway::export::Address;
use crate::gateway::import::{BasePathMode, ImportOptions, ImportRefusal, SequentialIds};
use crate::openapi::{Document, LoadOptions, load_text};
use crate::source::{Loader, Origin};

fn document(text: &str) -> Document {
    let origin = Origin::Memory("api.yaml".into());
    let (document, _, diagnostics) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    document.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

fn imported_with(text: &str, options: &ImportOptions) -> Result<Imported, ImportRefusal> {
    import(&document(text), options, None, &mut SequentialIds::default())
}

fn imported(text: &str) -> Imported {
    imported_with(text, &ImportOptions::default()).unwrap_or_else(|refusal| panic!("{refusal}"))
}

#[track_caller]
fn refused(text: &str, expected: &str) {
    let refusal = imported_with(text, &ImportOptions::default()).expect_err("is refused");
    assert_eq!(refusal.message, expected);
}

const PETS: &str = r#"
openapi: 3.0.1
info: {title: Pets, version: '1.2', description: All pets}
tags: [{name: team, x-amazon-apigateway-tag-value: zoo}, {name: plain}]
servers:
  - url: https://api.example.com/v1
    x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}
paths:
  /pets:
    get:
      operationId: listPets
      parameters: [{name: limit, in: query, schema: {type: integer}}]
      security: [{jwt: [pets.read]}]
      responses: {}
      x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/pets'}
    post:
      requestBody: {content: {application/json: {schema: {type: object}}}}
      responses: {}
      security: [{lambda: []}]
      x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/pets'}
  /pets/{petId}:
    x-amazon-apigateway-any-method:
      security: [{iam: []}]
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: https://example.com/{petId}
        payloadFormatVersion: 1.0
        timeoutInMillis: 1000
        requestParameters: {'append:header.x-a': $context.requestId}
        responseParameters: {'404': {'overwrite:statuscode': '200'}}
  /$default:
    x-amazon-apigateway-any-method:
      isDefaultRoute: true
      x-amazon-apigateway-integration:
        type: aws_proxy
        integrationSubtype: SQS-SendMessage
        credentials: arn:aws:iam::000000000000:role/r
        payloadFormatVersion: '1.0'
        requestParameters: {QueueUrl: q, MessageBody: $request.body}
components:
  schemas: {Pet: {type: object}}
  securitySchemes:
    jwt:
      type: openIdConnect
      openIdConnectUrl: https://issuer.example.com/.well-known/openid-configuration
      x-amazon-apigateway-authorizer: {type: jwt, jwtConfiguration: {audience: [a, b]}}
    lambda:
      type: apiKey
      in: header
      name: X-Token
      x-amazon-apigateway-authorizer:
        type: request
        authorizerUri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:auth/invocations
        authorizerPayloadFormatVersion: '2.0'
        enableSimpleResponses: true
        identitySource: $request.header.X-Token, $request.querystring.t
        authorizerResultTtlInSeconds: 60
    iam: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}
  x-amazon-apigateway-integrations:
    pets:
      type: aws_proxy
      httpMethod: POST
      uri: arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:function:pets
      payloadFormatVersion: '2.0'
x-amazon-apigateway-cors: {allowOrigins: ['https://example.com'], allowMethods: [GET], maxAge: 60, allowCredentials: true}
x-amazon-apigateway-importexport-version: '1.0'
"#;

#[test]
fn every_part_of_a_document_becomes_an_entity() {
    let Imported { definition, info, warnings } = imported(PETS);
    assert_eq!(warnings, []);
    let info: Vec<&str> = info.iter().map(|i| i.message.as_str()).collect();
    assert_eq!(
        info,
        [
            "Schemas are not supported for HTTP APIs. Ignoring components.schemas.",
            "Schema of parameter 'limit' of route 'GET /pets' is not supported for HTTP APIs. Ignoring.",
            "requestBody of route 'POST /pets' is not supported for HTTP APIs. Ignoring.",
        ]
    );
    let api = &definition.api;
    assert_eq!((api.name.as_str(), api.version.as_deref()), ("Pets", Some("1.2")));
    assert!(api.disable_execute_api_endpoint);
    assert_eq!(json!(api.tags), json!({ "team": "zoo", "plain": "" }));
    let keys: Vec<&str> = definition.routes.values().map(|r| r.route_key.as_str()).collect();
    assert_eq!(keys, ["GET /pets", "POST /pets", "ANY /pets/{petId}", "$default"]);

    let list = definition.route("GET /pets").expect("a route");
    assert_eq!(list.authorization_type, "JWT");
    assert_eq!(list.authorization_scopes.as_deref(), Some(&["pets.read".to_owned()][..]));
    assert_eq!(list.operation_name.as_deref(), Some("listPets"));
    let create = definition.route("POST /pets").expect("a route");
    assert_eq!((create.authorization_type.as_str(), &create.authorization_scopes), ("CUSTOM", &None));
    // One entry of `x-amazon-apigateway-integrations` is one integration.
    assert_eq!(create.target, list.target);
    assert_eq!(definition.integrations.len(), 3);
    let shared = definition.integration_of(list).expect("an integration");
    assert_eq!(shared.integration_uri.as_deref(), Some("arn:aws:lambda:us-east-1:000000000000:function:pets"));
    assert_eq!((shared.payload_format_version.as_str(), shared.integration_method.as_deref()), ("2.0", Some("POST")));

    let any = definition.route("ANY /pets/{petId}").expect("a route");
    assert_eq!(any.authorization_type, "AWS_IAM");
    let proxied = definition.integration_of(any).expect("an integration");
    assert_eq!(
        (proxied.integration_type, proxied.payload_format_version.as_str()),
        (IntegrationType::HttpProxy, "1.0")
    );

    let jwt = definition.authorizer_named("jwt").expect("an authorizer");
    assert_eq!(jwt.authorizer_type, AuthorizerType::Jwt);
    assert_eq!(json!(jwt.jwt_configuration), json!({ "audience": ["a", "b"], "issuer": "https://issuer.example.com" }));
    assert_eq!(json!(jwt.identity_source), json!(["$request.header.Authorization"]));
    let lambda = definition.authorizer_named("lambda").expect("an authorizer");
    assert_eq!(json!(lambda.identity_source), json!(["$request.header.X-Token", "$request.querystring.t"]));
}

#[test]
fn an_export_imports_as_the_same_api() {
    let first = imported(PETS).definition;
    let text = export(&first, ExportOptions::default()).to_string();
    let again = imported(&text);
    assert_eq!(again.warnings, []);
    assert_eq!(canonical(&first), canonical(&again.definition));
    assert_eq!(export(&again.definition, ExportOptions::default()).to_string(), text);
}

#[test]
fn an_export_has_the_shape_of_deployed_apis() {
    let text = r#"
openapi: 3.0.1
info: {title: T}
paths:
  /a/{proxy+}:
    get:
      x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', payloadFormatVersion: '1.0'}
x-amazon-apigateway-cors: {allowOrigins: ['*'], allowMethods: ['*']}
"#;
    let options = ImportOptions { now: 1_604_676_749, ..ImportOptions::default() };
    let definition = imported_with(text, &options).expect("an API").definition;
    let exported = export(&definition, ExportOptions { stage_name: Some("dev"), ..ExportOptions::default() });
    let expected = json!({
        "openapi": "3.0.1",
        "info": { "title": "T", "version": "2020-11-06 15:32:29UTC" },
        "servers": [{
            "url": "https://aaaaaaaaa1.execute-api.us-east-1.amazonaws.com/{basePath}",
            "variables": { "basePath": { "default": "dev" } },
        }],
        "paths": {
            "/a/{proxy+}": {
                "get": {
                    "responses": { "default": { "description": "Default response for GET /a/{proxy+}" } },
                    "x-amazon-apigateway-integration": {
                        "payloadFormatVersion": "1.0",
                        "type": "http_proxy",
                        "httpMethod": "GET",
                        "uri": "https://example.com",
                        "connectionType": "INTERNET",
                    },
                },
                "parameters": [{
                    "name": "proxy+",
                    "in": "path",
                    "description": "Generated path parameter for proxy+",
                    "required": true,
                    "schema": { "type": "string" },
                }],
            },
        },
        "x-amazon-apigateway-cors": {
            "allowMethods": ["*"], "maxAge": 0, "allowCredentials": false, "allowOrigins": ["*"],
        },
        "x-amazon-apigateway-importexport-version": "1.0",
    });
    assert_eq!(exported.to_string(), expected.to_string());
    let bare = export(&definition, ExportOptions { include_extensions: false, ..ExportOptions::default() }).to_string();
    assert!(!bare.contains("x-amazon"), "{bare}");
    let address = Address { domain: "api.example.com".to_owned(), base_path: None };
    let options = ExportOptions { stage_name: Some("dev"), address: Some(&address), ..ExportOptions::default() };
    let mapped = export(&definition, options);
    let server = json!({
        "url": "https://api.example.com/{basePath}", "variables": { "basePath": { "default": "" } },
    });
    assert_eq!(mapped["servers"], json!([server]));
}

/// What exports of deployed APIs have beside their routes: integrations that no route uses, a time-out that was given
/// though it is the one there is anyway, and an authorizer that looks at nothing.
#[test]
fn an_export_with_what_is_seldom_there_comes_back() {
    let text = r#"
openapi: 3.0.1
info: {title: T, version: '1'}
paths:
  /a:
    get:
      security: [{all: []}]
      x-amazon-apigateway-integration:
        {type: http_proxy, httpMethod: GET, uri: 'https://example.com', payloadFormatVersion: '1.0', timeoutInMillis: 30000}
components:
  securitySchemes:
    all:
      type: apiKey
      name: Unused
      in: header
      x-amazon-apigateway-authorizer:
        identitySource: ''
        authorizerUri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations
        authorizerPayloadFormatVersion: '2.0'
        authorizerResultTtlInSeconds: 0
        type: request
        enableSimpleResponses: true
  x-amazon-apigateway-integrations:
    unusedIntegration_w2xq0tc:
      {payloadFormatVersion: '1.0', type: http_proxy, httpMethod: GET, uri: 'https://example.com/b', connectionType: INTERNET}
"#;
    let definition = imported(text).definition;
    let exported = export(&definition, ExportOptions::default());
    let integration = &exported["paths"]["/a"]["get"]["x-amazon-apigateway-integration"];
    assert_eq!(integration["timeoutInMillis"], 30_000);
    assert_eq!(
        exported["components"]["securitySchemes"]["all"]["x-amazon-apigateway-authorizer"]["identitySource"],
        ""
    );
    let unused = exported["components"]["x-amazon-apigateway-integrations"].as_object().expect("is an object");
    let (name, unused) = unused.iter().next().expect("is there");
    assert_eq!(name, "unusedIntegration_w2xq0tc");
    assert_eq!(
        unused.to_string(),
        r#"{"payloadFormatVersion":"1.0","type":"http_proxy","httpMethod":"GET","uri":"https://example.com/b","connectionType":"INTERNET"}"#
    );
    let again = reimported(&exported.to_string(), &definition);
    assert_eq!(export(&again, ExportOptions::default()).to_string(), exported.to_string());
    let bare = export(&definition, ExportOptions { include_extensions: false, ..ExportOptions::default() }).to_string();
    assert!(!bare.contains("unusedIntegration"), "{bare}");
}

/// What is new comes before what is kept, and has not its id.
#[test]
fn what_is_new_has_no_id_of_what_is_kept() {
    let operation = "{get: {x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'https://example.com', payloadFormatVersion: '1.0'}}}";
    let text = |paths: &[&str]| {
        let paths: String = paths.iter().map(|path| format!("  {path}: {operation}\n")).collect();
        format!("openapi: 3.0.1\ninfo: {{title: T}}\npaths:\n{paths}")
    };
    let before = imported(&text(&["/a", "/b"])).definition;
    let new = "paths:\n  /x: {get: {}}\n  /y: {get: {}}\n  /z: {get: {}}\n";
    let after = reimported(&text(&["/b", "/a"]).replace("paths:\n", new), &before);
    assert_eq!((after.routes.len(), after.integrations.len()), (5, 2));
    let target = |api: &HttpApi| api.route("GET /a").and_then(|route| route.target.clone());
    assert_eq!(target(&after), target(&before));
}

#[test]
fn what_sam_writes_is_taken() {
    let made = imported(
        r#"
openapi: 3.0.1
info: {title: T}
paths:
  /open: {get: {responses: {}, security: [{NONE: []}]}}
  /shut: {get: {responses: {}, security: [{lambda: []}]}}
components:
  securitySchemes:
    lambda:
      type: apiKey
      in: header
      name: Unused
      x-amazon-apigateway-authorizer:
        type: request
        identitySource: ['$request.header.Authorization', '$context.x']
        authorizerPayloadFormatVersion: 2.0
        authorizerResultTtlInSeconds: 60
        authorizerUri: arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations
"#,
    );
    let types: Vec<&str> = made.definition.routes.values().map(|r| r.authorization_type.as_str()).collect();
    assert_eq!(types, ["NONE", "CUSTOM"]);
    let authorizer = made.definition.authorizers.values().next().expect("is there");
    let sources = ["$request.header.Authorization", "$context.x"].map(str::to_owned).to_vec();
    assert_eq!(authorizer.identity_source.as_ref(), Some(&sources));
}

fn reimported(text: &str, before: &HttpApi) -> HttpApi {
    let mut ids = SequentialIds::default();
    import(&document(text), &ImportOptions::default(), Some(before), &mut ids).expect("an API").definition
}

fn paths(item: &str) -> String {
    format!("openapi: 3.0.1\ninfo: {{title: T, version: '1'}}\npaths:\n  {item}\n")
}

#[test]
fn what_http_apis_do_not_have_is_refused_or_warned_of() {
    refused(
        "swagger: '2.0'\ninfo: {title: T, version: '1'}\npaths: {}\n",
        "Errors found during import:\n\tUnsupported specification version: HTTP APIs support only OpenAPI 3.0",
    );
    refused("openapi: 3.0.1\ninfo: {title: T}\npaths: 5\n", "Errors found during import:\n\tpaths must be an object");
    refused(
        &paths("/a: {get: {security: [{x: []}], responses: {}}}"),
        "Errors found during import:\n\tUnable to create route 'GET /a': Invalid security definition 'x'",
    );
    refused(
        &paths("/a{b}: {get: {responses: {}}}"),
        "Errors found during import:\n\tUnable to create route 'GET /a{b}': One or more path parts appear to be invalid. \
         Parts are validated against this regular expression: ^(\\{[\\w.:-]+\\+?\\}|[a-zA-Z0-9.:_-]+)$",
    );
    refused(
        &paths(
            "/a: {get: {x-amazon-apigateway-integration: {type: http_proxy, uri: 'https://e.com', httpMethod: GET, payloadFormatVersion: '2.0'}}}",
        ),
        "Errors found during import:\n\tUnable to create integration for route 'GET /a': PayloadFormatVersion 2.0 is \
         not supported for integration of type HTTP_PROXY",
    );
    let text =
        paths("/a: {get: {responses: {}, x-amazon-apigateway-integration: {type: mock, payloadFormatVersion: '1.0'}}}");
    let warned = imported(&text);
    let message = "Unsupported integration type 'MOCK' for route 'GET /a': HTTP APIs support only AWS_PROXY and \
                   HTTP_PROXY. Ignoring.";
    assert_eq!(warned.warnings[0].message, message);
    assert_eq!(warned.definition.route("GET /a").map(|r| &r.target), Some(&None));
    let strict = ImportOptions { fail_on_warnings: true, ..ImportOptions::default() };
    let refusal = imported_with(&text, &strict).expect_err("is refused");
    assert_eq!(refusal.message, format!("Warnings found during import:\n\t{message}"));
}

#[test]
fn several_requirements_are_refused() {
    let text = r#"
openapi: 3.0.1
info: {title: T}
paths:
  /a: {get: {security: [{a: []}, {b: []}]}}
components:
  securitySchemes:
    a: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}
    b: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}
"#;
    refused(
        text,
        "Errors found during import:\n\tUnable to create route 'GET /a': Multiple security requirements are not \
         supported. An operation can have only one of IAM authorization, a Lambda authorizer, or a JWT authorizer",
    );
}

#[test]
fn base_paths_are_ignored_prepended_or_split() {
    let text = "openapi: 3.0.1\ninfo: {title: T}\nservers: [{url: 'https://e.com/v1/api'}]\npaths:\n  /: {get: {}}\n  /a: {get: {}}\n";
    let keys = |base_path| {
        let options = ImportOptions { base_path, ..ImportOptions::default() };
        let definition = imported_with(text, &options).expect("an API").definition;
        definition.routes.values().map(|r| r.route_key.clone()).collect::<Vec<_>>()
    };
    assert_eq!(keys(BasePathMode::Ignore), ["GET /", "GET /a"]);
    assert_eq!(keys(BasePathMode::Prepend), ["GET /v1/api", "GET /v1/api/a"]);
    assert_eq!(keys(BasePathMode::Split), ["GET /api", "GET /api/a"]);
}

#[test]
fn a_reimport_replaces_and_keeps_ids() {
    let before: HttpApi = imported(PETS).definition;
    let text = PETS.replace("operationId: listPets", "operationId: list").replace("/pets/{petId}:", "/cats/{petId}:");
    let mut ids = SequentialIds::default();
    for _ in 0..100 {
        crate::gateway::import::IdSource::next_id(&mut ids, 7);
    }
    let options = ImportOptions { now: 5, ..ImportOptions::default() };
    let after = import(&document(&text), &options, Some(&before), &mut ids).expect("an API").definition;
    assert_eq!(after.api.api_id, before.api.api_id);
    assert_eq!(after.api.created_date, before.api.created_date);
    let id = |api: &HttpApi, key: &str| api.route(key).map(|r| (r.route_id.clone(), r.target.clone()));
    assert_eq!(id(&after, "GET /pets"), id(&before, "GET /pets"));
    assert_eq!(id(&after, "$default"), id(&before, "$default"));
    assert!(after.route("ANY /pets/{petId}").is_none() && after.route("ANY /cats/{petId}").is_some());
    let names = |api: &HttpApi| -> Value { json!(api.authorizers) };
    assert_eq!(names(&after), names(&before));
}
