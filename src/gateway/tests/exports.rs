//! Exports: their address, what extensions they have, and how they are written.

use super::super::Stage;
use super::super::export::{Address, Export, ExportOptions, Specification, export};
use super::{SHOP, imported};

#[test]
fn an_export_is_the_same_text_when_it_is_written_path_by_path() {
    let definition = imported(SHOP).definition;
    let stage = Stage::new("dev", "d", 0);
    for specification in [Specification::Oas30, Specification::Swagger] {
        let options = ExportOptions::everything(specification);
        let whole = export(&definition, Some(&stage), "us-east-1", options);
        let by_path = Export::new(&definition, Some(&stage), "us-east-1", options);
        assert_eq!(serde_json::to_string_pretty(&by_path).unwrap(), serde_json::to_string_pretty(&whole).unwrap());
        assert_eq!(serde_norway::to_string(&by_path).unwrap(), serde_norway::to_string(&whole).unwrap());
        assert_eq!(by_path.version(), "2");
    }
}

/// An export of a documented stage: prose at the entities, inherited or their own, and in the extension.
const DOCUMENTED: &str = r##"
openapi: 3.0.1
info: {title: pets, description: All pets., version: "2"}
paths:
  /pets:
    get:
      tags: [pets]
      summary: List all pets
      parameters: [{name: page, in: query, description: Which page., schema: {type: string}}]
      responses:
        "200":
          description: Successful operation
          headers:
            Access-Control-Allow-Origin: {description: Who may., schema: {type: string}}
          content: {}
    post:
      requestBody: {description: The pet., content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}, required: true}
      responses: {"404": {description: 404 response, content: {}}}
  /pets/{petId}:
    get:
      parameters: [{name: petId, in: path, description: Which pet., required: true, schema: {type: string}}]
      responses: {"200": {description: One pet, content: {}}}
    x-colour: blue
components:
  schemas: {Pet: {title: A pet, type: object}}
x-amazon-apigateway-documentation:
  version: "1"
  createdDate: "1970-01-01T00:01:00Z"
  documentationParts:
    - {location: {type: API}, properties: {info: {description: All pets.}}}
    - {location: {type: METHOD, path: /pets, method: GET}, properties: {tags: [pets], summary: List all pets}}
    - {location: {type: PATH_PARAMETER, path: "/pets/{petId}", method: "*", name: petId}, properties: {description: Which pet.}}
    - {location: {type: QUERY_PARAMETER, path: /pets, method: GET, name: page}, properties: {description: Which page.}}
    - {location: {type: REQUEST_BODY}, properties: {description: The pet.}}
    - {location: {type: RESOURCE, path: "/pets/{petId}"}, properties: {x-colour: blue, foo: 1}}
    - {location: {type: RESPONSE, method: "*", statusCode: "200"}, properties: {description: Successful operation}}
    - {location: {type: RESPONSE, path: "/pets/{petId}", statusCode: "200"}, properties: {description: One pet}}
    - {location: {type: RESPONSE_HEADER, method: "*", statusCode: "200", name: Access-Control-Allow-Origin}, properties: {description: Who may.}}
"##;

#[test]
fn a_documented_export_comes_back() {
    let definition = imported(DOCUMENTED).definition;
    let mut stage = Stage::new("dev", "d", 0);
    stage.documentation_version = Some("1".into());
    let options = ExportOptions { documented_at: Some(60), ..ExportOptions::everything(Specification::Oas30) };
    let mut again = export(&definition, Some(&stage), "us-east-1", options);
    again.as_object_mut().unwrap().remove("servers");
    let written: serde_json::Value = serde_norway::from_str(DOCUMENTED).unwrap();
    assert_eq!(again, written);
    stage.documentation_version = None;
    let bare = export(&definition, Some(&stage), "us-east-1", options).to_string();
    assert!(!bare.contains("Which page."), "{bare}");
}

/// The address of a stage that a custom domain name serves.
#[test]
fn an_export_has_the_address_of_a_custom_domain_name() {
    let definition = imported(SHOP).definition;
    let stage = Stage::new("dev", "d", 0);
    let exported = |specification, base_path: Option<&str>| {
        let address = Address { domain: "api.example.com".into(), base_path: base_path.map(str::to_owned) };
        let options = ExportOptions::everything(specification);
        let export = Export::served_at(Some(&address), &definition, Some(&stage), "us-east-1", options);
        serde_json::to_value(&export).unwrap()
    };
    let mapped = exported(Specification::Oas30, Some("v3"));
    assert_eq!(mapped["servers"][0]["url"], "https://api.example.com/{basePath}");
    assert_eq!(mapped["servers"][0]["variables"]["basePath"]["default"], "v3");
    let whole = exported(Specification::Oas30, None);
    assert_eq!(whole["servers"][0]["url"], "https://api.example.com");
    assert!(whole["servers"][0].get("variables").is_none());
    let swagger = exported(Specification::Swagger, Some("v3"));
    assert_eq!((&swagger["host"], &swagger["basePath"]), (&"api.example.com".into(), &"/v3".into()));
    assert!(exported(Specification::Swagger, None).get("basePath").is_none());
}

#[test]
fn an_export_without_extensions_has_none() {
    let options = ExportOptions {
        specification: Specification::Oas30,
        integrations: false,
        authorizers: false,
        validators: false,
        gateway_responses: false,
        apigateway: false,
        documentation: false,
        documented_at: None,
    };
    let text = export(&imported(SHOP).definition, None, "us-east-1", options).to_string();
    assert_eq!(text.replace("x-amazon-apigateway-authtype", "").find("x-amazon-apigateway"), None, "{text}");

    // Of each part that can be asked for there is that part alone; the types of authorizers are in all exports.
    let text = r#"
openapi: 3.0.1
info: {title: t, version: "1"}
paths: {/a: {get: {security: [{all: []}], responses: {}, x-amazon-apigateway-integration: {type: mock}}}}
components:
  securitySchemes:
    all:
      {type: apiKey, name: Authorization, in: header, x-amazon-apigateway-authtype: cognito_user_pools, x-amazon-apigateway-authorizer:
        {type: cognito_user_pools, providerARNs: ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a"]}}
x-amazon-apigateway-gateway-responses: {UNAUTHORIZED: {statusCode: 403}}
"#;
    let definition = imported(text).definition;
    let mut stage = Stage::new("dev", "d", 0);
    stage.documentation_version = Some("1".into());
    let exported = |options| export(&definition, Some(&stage), "us-east-1", options);
    let bare = exported(options);
    let scheme = serde_json::json!({
        "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "cognito_user_pools",
    });
    assert_eq!(bare["components"]["securitySchemes"]["all"], scheme);
    let extensions = |exported: &serde_json::Value| -> Vec<String> {
        exported.as_object().unwrap().keys().filter(|key| key.starts_with("x-")).cloned().collect()
    };
    assert_eq!(extensions(&bare), [""; 0]);
    let responses = exported(ExportOptions { gateway_responses: true, ..options });
    assert_eq!(extensions(&responses), ["x-amazon-apigateway-gateway-responses"]);
    let documentation = exported(ExportOptions { documentation: true, ..options });
    assert_eq!(extensions(&documentation), ["x-amazon-apigateway-documentation"]);
}
