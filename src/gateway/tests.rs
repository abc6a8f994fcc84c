//! Tests that need both `import` and `export`.

mod exports;

use super::export::{ExportOptions, Specification, export};
use super::import::{IdSource, ImportMode, ImportOptions, Imported, SequentialIds, import};
use super::{ApiDefinition, IntegrationType, Stage, canonical};
use crate::openapi::{Document, LoadOptions, load_text};
use crate::source::{Loader, Origin};

pub(super) fn document(text: &str) -> Document {
    let origin = Origin::Memory("api.yaml".into());
    let (document, _, diagnostics) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
    document.unwrap_or_else(|| panic!("{diagnostics:?}"))
}

pub(super) fn imported(text: &str) -> Imported {
    import(&document(text), &ImportOptions::default(), None, &mut SequentialIds::default()).unwrap()
}

fn refused(text: &str) -> String {
    import(&document(text), &ImportOptions::default(), None, &mut SequentialIds::default()).unwrap_err().message
}

/// Ids as chance may draw them: each is drawn twice.
struct Drawn {
    ids: SequentialIds,
    last: Option<String>,
}

impl IdSource for Drawn {
    fn next_id(&mut self, length: usize) -> String {
        match self.last.take_if(|last| last.len() == length) {
            Some(last) => last,
            None => self.last.insert(self.ids.next_id(length)).clone(),
        }
    }
}

#[test]
fn ids_that_are_drawn_twice_are_taken_once() {
    let mut ids = Drawn { ids: SequentialIds::default(), last: None };
    let drawn = import(&document(SHOP), &ImportOptions::default(), None, &mut ids).unwrap().definition;
    let expected = imported(SHOP).definition;
    assert_eq!(drawn.resources.len(), expected.resources.len());
    assert_eq!(drawn.documentation_parts.len(), expected.documentation_parts.len());
    assert_eq!(exported(&drawn)["paths"], exported(&expected)["paths"]);
}

fn exported(definition: &ApiDefinition) -> serde_json::Value {
    export(definition, None, "us-east-1", ExportOptions::everything(Specification::Oas30))
}

pub(super) const SHOP: &str = r##"
openapi: 3.0.3
info: {title: shop, description: A shop., version: "2"}
x-amazon-apigateway-binary-media-types: ["image/*"]
x-amazon-apigateway-request-validators:
  all: {validateRequestBody: true, validateRequestParameters: true}
x-amazon-apigateway-request-validator: all
x-amazon-apigateway-gateway-responses:
  DEFAULT_4XX:
    responseParameters: {gatewayresponse.header.Access-Control-Allow-Origin: "'*'"}
security: [{pool: [shop/read]}]
paths:
  /orders/{orderId}:
    get:
      operationId: getOrder
      parameters: [{name: expand, in: query, schema: {type: boolean}}]
      responses:
        "200":
          description: One order.
          headers: {ETag: {schema: {type: string}}}
          content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}
        default: {description: Otherwise.}
      x-amazon-apigateway-integration:
        type: AWS_PROXY
        httpMethod: POST
        uri: arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:getOrder/invocations
    post:
      security: [{key: []}]
      requestBody:
        content:
          application/json: {schema: {type: object, required: [b, a], properties: {a: {type: string}, b: {type: integer}}}}
      responses: {"201": {description: Made.}}
      x-amazon-apigateway-integration:
        type: http
        httpMethod: post
        uri: https://example.com/orders/{orderId}
        requestParameters: {integration.request.path.orderId: method.request.path.orderId}
        responses: {"2\\d{2}": {statusCode: 201}, default: {statusCode: "201", responseTemplates: {application/json: "{}"}}}
components:
  schemas:
    Order:
      description: What was ordered.
      type: object
      properties:
        next: {$ref: "#/components/schemas/Order"}
        id: {type: string}
        total: {type: number, nullable: true, example: 3}
      required: [total]
  securitySchemes:
    key: {type: apiKey, in: header, name: x-api-key}
    pool:
      type: apiKey
      in: header
      name: Authorization
      x-amazon-apigateway-authtype: cognito_user_pools
      x-amazon-apigateway-authorizer: {type: COGNITO_USER_POOLS, providerARNs: [arn:aws:cognito-idp:us-east-1:000000000000:userpool/p]}
"##;

#[test]
fn a_document_becomes_entities() {
    let imported = imported(SHOP);
    let warnings: Vec<&str> = imported.warnings.iter().map(|warning| warning.message.as_str()).collect();
    let of_default =
        "API Gateway does not support Swagger's 'default' method response (found on 'GET /orders/{orderId}')";
    let undeclared = "Parse issue: attribute paths.'/orders/{orderId}'. Declared path parameter orderId needs to be \
                      defined as a path parameter in path or operation level";
    assert_eq!(warnings, [undeclared, undeclared, of_default]);
    let definition = imported.definition;
    let resource = definition.resource_at("/orders/{orderId}").unwrap();
    let get = resource.resource_methods.get("GET").unwrap();
    assert_eq!(get.operation_name.as_deref(), Some("getOrder"));
    assert_eq!(get.authorization_type, "COGNITO_USER_POOLS");
    assert_eq!(get.authorization_scopes.as_deref(), Some(&["shop/read".to_owned()][..]));
    assert!(!get.api_key_required);
    let parameters = get.request_parameters.as_ref().unwrap();
    assert_eq!(parameters.get("method.request.querystring.expand"), Some(&false));
    assert_eq!(parameters.get("method.request.path.orderId"), Some(&true));
    assert_eq!(get.method_responses.keys().collect::<Vec<_>>(), ["200"]);
    let integration = get.method_integration.as_ref().unwrap();
    assert_eq!(integration.integration_type, IntegrationType::AwsProxy);
    assert!(integration.uri.as_ref().unwrap().starts_with("arn:aws:apigateway:us-east-1:lambda"));
    assert_eq!(integration.cache_namespace.as_ref(), Some(&resource.id));
    let post = resource.resource_methods.get("POST").unwrap();
    assert!(post.api_key_required);
    assert_eq!(post.authorization_type, "NONE");
    let response = post.method_integration.as_ref().unwrap().integration_responses.get("201").unwrap();
    assert_eq!(response.selection_pattern, None);
    let model = &definition.models["Order"];
    let schema: serde_json::Value = serde_json::from_str(model.schema.as_ref().unwrap()).unwrap();
    let link = format!("https://apigateway.amazonaws.com/restapis/{}/models/Order", definition.api.id);
    assert_eq!(
        schema,
        serde_json::json!({
            "required": ["total"],
            "type": "object",
            "properties": {"next": {"$ref": link}, "id": {"type": "string"}, "total": {"type": "number"}},
            "description": "What was ordered.",
        })
    );
    let keys: Vec<&String> = schema.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["required", "type", "properties", "description"]);
}

#[test]
fn an_export_imports_as_what_it_was_made_of() {
    let first = imported(SHOP).definition;
    let once = exported(&first);
    let second = imported(&once.to_string()).definition;
    assert_eq!(exported(&second), once);
}

#[test]
fn the_same_document_gives_the_same_definition() {
    assert_eq!(imported(SHOP).definition, imported(SHOP).definition);
}

#[test]
fn an_export_reads_well() {
    let export = exported(&imported(SHOP).definition);
    insta::assert_snapshot!(serde_json::to_string_pretty(&export).unwrap());
}

#[test]
fn faults_are_told_in_one_text() {
    let message = refused(
        r#"
openapi: 3.0.1
info: {title: t, version: "1"}
paths:
  /a{x}: {get: {responses: {}}}
  /b:
    get:
      responses: {}
      x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: nowhere}
"#,
    );
    assert_eq!(
        message,
        "Errors found during import:\n\tUnable to create resource at path '/a{x}': Resource's path part only allow \
         a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.\n\tUnable to put \
         integration on 'GET' for resource at path '/b': Invalid ARN specified in the request"
    );
}

/// The canonical forms of a document and of the export of its deployment.
fn both_sides(text: &str, specification: Specification) -> (serde_json::Value, serde_json::Value) {
    let first = imported(text).definition;
    let stage = Stage::new("dev", "d", 0);
    let export = export(&first, Some(&stage), "us-east-1", ExportOptions::everything(specification));
    let mut other_ids = SequentialIds::default();
    for _ in 0..100 {
        super::import::IdSource::next_id(&mut other_ids, 6);
    }
    let deployed = document(&export.to_string());
    let second = import(&deployed, &ImportOptions::default(), None, &mut other_ids).unwrap().definition;
    (canonical(&first), canonical(&second))
}

#[test]
fn nothing_differs_from_what_was_deployed() {
    let (written, deployed) = both_sides(SHOP, Specification::Oas30);
    assert_eq!(written, deployed);
    insta::assert_snapshot!(serde_json::to_string_pretty(&written).unwrap());
}

#[test]
fn a_change_differs_at_its_place() {
    let changed = SHOP.replace("name: expand, in: query", "name: expand, in: query, required: true");
    let before = canonical(&imported(SHOP).definition);
    let after = canonical(&imported(&changed).definition);
    assert_ne!(before, after);
    let pointer = "/methods/GET ~1orders~1{orderId}/parameters/querystring.expand";
    assert_eq!(before.pointer(pointer).unwrap(), "optional");
    assert_eq!(after.pointer(pointer).unwrap(), "required");
}

#[test]
fn prose_becomes_documentation_and_the_extension_has_the_last_word() {
    let definition = imported(
        r##"
openapi: 3.0.1
info: {title: t, version: "1", description: All of it.}
paths:
  /:
    get:
      summary: The first.
      parameters: [{name: q, in: query, description: What to look for.}]
      responses: {"200": {description: Found.}, default: {description: Not kept.}}
x-amazon-apigateway-documentation:
  version: "1"
  documentationParts:
  - {location: {type: METHOD, method: GET}, properties: {description: Said here.}}
"##,
    )
    .definition;
    let parts: Vec<String> = definition
        .documentation_parts
        .values()
        .map(|p| format!("{} {}", serde_json::to_string(&p.location).unwrap(), p.properties))
        .collect();
    assert_eq!(
        parts,
        [
            r#"{"type":"API"} {"info":{"description":"All of it."}}"#,
            r#"{"type":"METHOD","path":"/","method":"GET"} {"description":"Said here."}"#,
            r#"{"type":"QUERY_PARAMETER","path":"/","method":"GET","name":"q"} {"description":"What to look for."}"#,
            r#"{"type":"RESPONSE","path":"/","method":"GET","statusCode":"200"} {"description":"Found."}"#,
        ]
    );
}

#[test]
fn models_that_refer_to_one_another_are_stored_as_recorded() {
    let definition = imported(
        r##"
openapi: 3.0.0
info: {title: Houses, version: "1.0"}
paths:
  /residents:
    post:
      operationId: AddResident
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Resident"}}}}
      responses: {200: {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Empty"}}}}}
      x-amazon-apigateway-integration:
        type: mock
        passthroughBehavior: when_no_templates
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses: {default: {statusCode: 200, responseTemplates: {application/json: "$input.json('$')"}}}
components:
  schemas:
    Empty: {type: object, title: Empty Schema}
    Home:
      description: Where residents are.
      properties:
        residents:
          description: Who lives there.
          items: {$ref: "#/components/schemas/Resident"}
          type: array
          minItems: 1
        key: {format: byte, description: What opens it., type: string}
      type: object
    Resident:
      properties: {name: {type: string}, age: {type: number}, home: {$ref: "#/components/schemas/Home"}}
      type: object
      required: [name, age]
"##,
    )
    .definition;
    let id = &definition.api.id;
    let stored = |name: &str| {
        let text = definition.models[name].schema.as_deref().unwrap();
        serde_json::from_str::<serde_json::Value>(text).unwrap().to_string()
    };
    let link = |name: &str| format!(r#"{{"$ref":"https://apigateway.amazonaws.com/restapis/{id}/models/{name}"}}"#);
    assert_eq!(stored("Empty"), r#"{"title":"Empty Schema","type":"object"}"#);
    assert_eq!(
        stored("Home"),
        format!(
            r#"{{"type":"object","properties":{{"residents":{{"minItems":1,"type":"array","description":"Who lives there.","items":{}}},"key":{{"type":"string","description":"What opens it.","format":"byte"}}}},"description":"Where residents are."}}"#,
            link("Resident")
        )
    );
    assert_eq!(
        stored("Resident"),
        format!(
            r#"{{"required":["age","name"],"type":"object","properties":{{"name":{{"type":"string"}},"age":{{"type":"number"}},"home":{}}}}}"#,
            link("Home")
        )
    );
    assert_eq!(definition.models["Home"].description.as_deref(), Some("Where residents are."));
    // The members of the answers to GetMethod and GetIntegration (recorded), ids, texts and defaults apart.
    let resource = definition.resource_at("/residents").unwrap();
    let method = serde_json::to_value(resource.resource_methods.get("POST").unwrap()).unwrap();
    assert_eq!(
        method,
        serde_json::json!({
            "apiKeyRequired": false,
            "authorizationType": "NONE",
            "httpMethod": "POST",
            "operationName": "AddResident",
            "requestModels": {"application/json": "Resident"},
            "methodResponses": {"200": {"statusCode": "200", "responseModels": {"application/json": "Empty"}}},
            "methodIntegration": {
                "type": "MOCK",
                "passthroughBehavior": "WHEN_NO_TEMPLATES",
                "requestTemplates": {"application/json": "{\"statusCode\": 200}"},
                "cacheNamespace": resource.id,
                "cacheKeyParameters": [],
                "integrationResponses": {
                    "200": {"statusCode": "200", "responseTemplates": {"application/json": "$input.json('$')"}},
                },
            },
        })
    );
}

const TWO_PATHS: &str = r#"
openapi: 3.0.1
info: {title: t, version: "1"}
servers: [{url: "https://example.com/a/b/c"}]
x-amazon-apigateway-binary-media-types: [image/png]
paths:
  /e: {get: {}}
  /f: {get: {}}
"#;

fn paths(definition: &ApiDefinition) -> Vec<&str> {
    let mut paths: Vec<&str> = definition.resources.values().map(|r| r.path.as_str()).collect();
    paths.sort_unstable();
    paths
}

fn put(text: &str, options: &ImportOptions, into: &ApiDefinition) -> ApiDefinition {
    let mut ids = SequentialIds::default();
    for _ in 0..50 {
        super::import::IdSource::next_id(&mut ids, 6);
    }
    import(&document(text), options, Some(into), &mut ids).unwrap().definition
}

#[test]
fn a_base_path_is_ignored_prepended_or_split() {
    use super::import::BasePathMode::{Ignore, Prepend, Split};
    for (base_path, expected) in [
        (Ignore, vec!["/", "/e", "/f"]),
        (Prepend, vec!["/", "/a", "/a/b", "/a/b/c", "/a/b/c/e", "/a/b/c/f"]),
        (Split, vec!["/", "/b", "/b/c", "/b/c/e", "/b/c/f"]),
    ] {
        let options = ImportOptions { base_path, ..ImportOptions::default() };
        let imported = import(&document(TWO_PATHS), &options, None, &mut SequentialIds::default()).unwrap();
        assert_eq!(paths(&imported.definition), expected);
    }
}

#[test]
fn a_put_merges_or_overwrites() {
    let first = imported(TWO_PATHS).definition;
    let second = TWO_PATHS.replace("/f:", "/g:").replace("image/png", "image/gif").replace("title: t", "title: u");
    let merged = put(&second, &ImportOptions::default(), &first);
    assert_eq!(paths(&merged), ["/", "/e", "/f", "/g"]);
    assert_eq!(merged.api.binary_media_types, ["image/png", "image/gif"]);
    assert_eq!((merged.api.name.as_str(), &merged.api.id), ("u", &first.api.id));
    let options = ImportOptions { mode: ImportMode::Overwrite, ..ImportOptions::default() };
    let overwritten = put(&second, &options, &first);
    assert_eq!(paths(&overwritten), ["/", "/e", "/g"]);
    assert_eq!(overwritten.api.binary_media_types, ["image/gif"]);
    assert_eq!(overwritten.resource_at("/e").unwrap().id, first.resource_at("/e").unwrap().id);
    assert_eq!(put(TWO_PATHS, &options, &first), first);
}

#[test]
fn a_mapping_that_is_no_text_is_a_warning_and_may_refuse() {
    let text = r#"
openapi: 3.0.1
info: {title: t, version: "1"}
paths:
  /x:
    get:
      responses: {}
      x-amazon-apigateway-integration:
        {type: http_proxy, httpMethod: GET, uri: "http://example.com", requestParameters: {integration.request.header.h: true}}
"#;
    let warning = "Invalid format for 'requestParameters'. Expected type string for property \
                   'integration.request.header.h' of resource '/x' and method 'GET' but got 'true'";
    let kept = imported(text);
    assert_eq!(kept.warnings[0].message, warning);
    assert_eq!(kept.definition.api.warnings, [warning]);
    let options = ImportOptions { fail_on_warnings: true, ..ImportOptions::default() };
    let refusal = import(&document(text), &options, None, &mut SequentialIds::default()).unwrap_err();
    assert!(refusal.message.contains(warning));
}

#[test]
fn a_policy_names_its_own_api() {
    let definition = imported(
        r#"
openapi: 3.0.1
info: {title: t, version: "1"}
paths: {}
x-amazon-apigateway-policy:
  Version: "2012-10-17"
  Statement: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: ["execute-api:/*"]}]
"#,
    )
    .definition;
    let arn = format!("arn:aws:execute-api:us-east-1:000000000000:{}/*", definition.api.id);
    assert!(definition.api.policy.unwrap().contains(&arn));
}

#[test]
fn form_fields_of_swagger_are_not_supported() {
    let imported = imported(
        r#"
swagger: "2.0"
info: {title: t, version: "1"}
paths:
  /upload:
    post:
      consumes: [multipart/form-data]
      parameters: [{name: file, in: formData, type: file}, {name: note, in: formData, type: string}]
      responses: {"200": {description: ok}}
"#,
    );
    let warnings: Vec<&str> = imported.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(
        warnings,
        [
            "Parameter type formData for parameter file not supported. Ignoring.",
            "Parameter type formData for parameter note not supported. Ignoring.",
        ]
    );
    let method = imported.definition.resource_at("/upload").unwrap().resource_methods.get("POST").unwrap();
    assert_eq!(method.request_models, None);
}

const GUARDED: &str = r#"
openapi: 3.0.1
info: {title: guarded, version: "1"}
paths:
  /token: {get: {responses: {}, security: [{token: []}]}}
  /request: {get: {responses: {}, security: [{request: []}, {key: []}]}}
  /iam: {get: {responses: {}, security: [{iam: []}]}}
  /auth: {get: {responses: {}, security: [{token: []}], x-amazon-apigateway-auth: {type: none}}}
  /open: {get: {responses: {}, security: [{oauth: []}]}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-API-Key}
    iam: {type: apiKey, in: header, name: Authorization, x-amazon-apigateway-authtype: awsSigv4}
    oauth: {type: oauth2, flows: {}}
    token:
      type: apiKey
      in: header
      name: X-Token
      x-amazon-apigateway-authorizer:
        {type: token, authorizerUri: "arn:aws:apigateway:us-east-1:lambda:path/f", authorizerResultTtlInSeconds: "60"}
    request:
      type: apiKey
      in: header
      name: Unused
      x-amazon-apigateway-authtype: custom
      x-amazon-apigateway-authorizer:
        type: request
        authorizerUri: arn:aws:apigateway:us-east-1:lambda:path/f
        identitySource: method.request.header.A, method.request.querystring.b
"#;

#[test]
fn schemes_become_the_authorization_of_methods() {
    let imported = imported(GUARDED);
    let warnings: Vec<&str> = imported.warnings.iter().map(|w| w.message.as_str()).collect();
    assert_eq!(warnings, ["Unsupported security definition type 'oauth2' for 'oauth'. Ignoring."]);
    let definition = imported.definition;
    let of = |path: &str| {
        let method = definition.resource_at(path).unwrap().resource_methods.get("GET").unwrap();
        let authorizer = method.authorizer_id.as_ref().map(|id| definition.authorizers[id].name.as_str());
        (method.authorization_type.as_str(), authorizer, method.api_key_required)
    };
    assert_eq!(of("/token"), ("CUSTOM", Some("token"), false));
    assert_eq!(of("/request"), ("CUSTOM", Some("request"), true));
    assert_eq!(of("/iam"), ("AWS_IAM", None, false));
    assert_eq!(of("/auth"), ("NONE", None, false));
    assert_eq!(of("/open"), ("NONE", None, false));
    let token = definition.authorizer_named("token").unwrap();
    assert_eq!(token.identity_source.as_deref(), Some("method.request.header.X-Token"));
    assert_eq!((token.auth_type.as_deref(), token.authorizer_result_ttl_in_seconds), (Some("custom"), Some(60)));
    let request = definition.authorizer_named("request").unwrap();
    assert_eq!(request.identity_source.as_deref(), Some("method.request.header.A, method.request.querystring.b"));
    for specification in [Specification::Oas30, Specification::Swagger] {
        let (written, deployed) = both_sides(GUARDED, specification);
        assert_eq!(written, deployed);
    }
}

#[test]
fn a_swagger_export_reads_well() {
    let stage = Stage::new("dev", "d", 0);
    let options = ExportOptions::everything(Specification::Swagger);
    let export = export(&imported(SHOP).definition, Some(&stage), "us-east-1", options);
    insta::assert_snapshot!(serde_json::to_string_pretty(&export).unwrap());
}

/// What is new comes before what is kept, and has not its id.
#[test]
fn what_is_new_has_no_id_of_what_is_kept() {
    let method = "{get: {responses: {}, x-amazon-apigateway-integration: {type: mock}}}";
    let scheme = |name: &str| {
        let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations";
        format!(
            "    {name}: {{type: apiKey, name: A, in: header, x-amazon-apigateway-authorizer: {{type: token, authorizerUri: \"{uri}\"}}}}\n"
        )
    };
    let text = |names: &[&str]| {
        let paths: String = names.iter().map(|name| format!("  /{name}: {method}\n")).collect();
        let schemes: String = names.iter().map(|name| scheme(name)).collect();
        let models: String =
            names.iter().map(|name| format!("    {name}: {{type: object, description: D}}\n")).collect();
        let validators: String =
            names.iter().map(|name| format!("  {name}: {{validateRequestBody: true}}\n")).collect();
        format!(
            "openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}components:\n  schemas:\n{models}  securitySchemes:\n{schemes}x-amazon-apigateway-request-validators:\n{validators}"
        )
    };
    let before = imported(&text(&["a", "b"])).definition;
    for mode in [ImportMode::Overwrite, ImportMode::Merge] {
        let options = ImportOptions { mode, ..ImportOptions::default() };
        let put = document(&text(&["x", "b", "y", "a", "z"]));
        let after = import(&put, &options, Some(&before), &mut SequentialIds::default()).unwrap().definition;
        let counts = [
            after.resources.len() - 1,
            after.authorizers.len(),
            after.request_validators.len(),
            after.documentation_parts.values().filter(|part| part.location.location_type == "MODEL").count(),
        ];
        assert_eq!(counts, [5; 4]);
        assert_eq!(after.resource_at("/a").map(|r| &r.id), before.resource_at("/a").map(|r| &r.id));
    }
}

#[test]
fn a_hostile_document_is_refused_or_imported_but_never_a_panic() {
    for text in [
        "openapi: 3.0.0\ninfo: []\npaths: []\ncomponents: {schemas: [1], securitySchemes: x}",
        "openapi: 3.0.0\ninfo: {title: t}\npaths: {/a: {get: 1, post: [], put: {parameters: {}, responses: [], security: {}}}}",
        "openapi: 3.0.0\ninfo: {title: t}\npaths: {/: {get: {x-amazon-apigateway-integration: [1]}}}",
        "openapi: 3.0.0\ninfo: {title: t}\npaths: {/: {get: {responses: {é: {}, '2é': {}}, requestBody: {content: 1}}}}",
        "openapi: 3.0.0\ninfo: {title: t}\npaths: {}\ncomponents: {schemas: {A: {$ref: '#/components/schemas/A'}, B: {$ref: '#/components/schemas/C/properties/x'}, C: {properties: {x: {$ref: '#/components/schemas/C/properties/x'}}}}}",
        "openapi: 3.0.0\ninfo: {title: t}\npaths: {}\nx-amazon-apigateway-policy: {Statement: 3}\nx-amazon-apigateway-gateway-responses: {X: 1}\nx-amazon-apigateway-documentation: {documentationParts: [1, {location: 2}]}",
    ] {
        let document = document(text);
        let options = ImportOptions::default();
        let (imported, _) = super::import::import_in_part(&document, &options, None, &mut SequentialIds::default());
        let _ = (super::drops(&document, &imported.definition), canonical(&imported.definition));
        let _ = exported(&imported.definition);
    }
}

/// Ids of resources are six letters and digits, and one in seven has no digit: an export's `qecboz` is as good as none.
#[test]
fn a_cache_of_the_resource_s_own_is_known_by_its_use() {
    let with = |one: &str, other: &str| {
        let method = |namespace: &str| {
            format!(
                "{{get: {{x-amazon-apigateway-integration: {{type: MOCK, cacheKeyParameters: [method.request.path.id]{namespace}}}}}}}"
            )
        };
        let text = format!(
            "openapi: 3.0.1\ninfo: {{title: t, version: '1'}}\npaths:\n  /a/{{id}}: {}\n  /b/{{id}}: {}\n",
            method(one),
            method(other)
        );
        imported(&text).definition
    };
    let own = with("", "");
    let one = with(", cacheNamespace: qecboz", "");
    let shared = with(", cacheNamespace: qecboz", ", cacheNamespace: qecboz");
    assert_eq!(canonical(&own), canonical(&one));
    assert_ne!(canonical(&own), canonical(&shared));
    let comparable = |definition: &ApiDefinition| super::comparable_export(definition, "us-east-1");
    assert_eq!(comparable(&own), comparable(&one));
    assert_ne!(comparable(&own), comparable(&shared));
}
