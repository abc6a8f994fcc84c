//! What an API defines, read from its own resources, for an API that the service does not export.
//!
//! GetExport refuses APIs with methods that have models for other media types than JSON alone (developer guide,
//! `api-gateway-export-api`). The definition is then put together from the calls that show its parts. It is the API as it
//! stands, which is what a stage serves unless the API was changed since its deployment; documentation is left out.

use std::collections::HashMap;

use aws_sdk_apigateway::types::{Authorizer, GatewayResponse, Integration, Method, Resource};
use serde_json::{Map, Value, json};

use crate::gateway::export::{ExportOptions, Specification, export};
use crate::gateway::{ApiDefinition, Stage};

use super::call::{Repeat, call};
use super::{Connection, DeployError};

/// Models, authorizers and the like on a page.
const PAGE: i32 = 500;

/// Returns the text that an export of a stage would have, made of what the API's parts are.
///
/// # Errors
/// When the service fails, or what it answers is no API.
pub(super) async fn text(connection: &Connection, api_id: &str, stage: &str) -> Result<String, DeployError> {
    let unreadable = |reason: serde_json::Error| DeployError::UnreadableExport {
        api: api_id.to_owned(),
        reason: reason.to_string(),
    };
    let definition = definition(connection, api_id).await?;
    let definition: ApiDefinition = serde_json::from_value(definition).map_err(unreadable)?;
    let stage = Stage::new(stage, "", definition.api.created_date);
    let options = ExportOptions::everything(Specification::Oas30);
    Ok(export(&definition, Some(&stage), &connection.region, options).to_string())
}

/// Returns the members of an [`ApiDefinition`], as they are written.
async fn definition(connection: &Connection, api_id: &str) -> Result<Value, DeployError> {
    let subject = format!("API `{api_id}`");
    let client = &connection.client;
    let request = client.get_rest_api().rest_api_id(api_id);
    let api = call(connection, "GetRestApi", &subject, Repeat::Freely, || request.clone().send()).await?;
    let endpoint = api.endpoint_configuration();
    let types: Vec<&str> = endpoint.map(|e| e.types().iter().map(|t| t.as_str()).collect()).unwrap_or_default();
    let mut definition = json!({
        "api": {
            "id": api_id,
            "name": api.name().unwrap_or_default(),
            "description": api.description(),
            "createdDate": api.created_date().map_or(0, aws_sdk_apigateway::primitives::DateTime::secs),
            "version": api.version(),
            "binaryMediaTypes": api.binary_media_types(),
            "minimumCompressionSize": api.minimum_compression_size(),
            "apiKeySource": api.api_key_source().map_or("HEADER", |source| source.as_str()),
            "endpointConfiguration": {
                "types": types,
                "vpcEndpointIds": endpoint.map(|e| e.vpc_endpoint_ids()).unwrap_or_default(),
            },
            // Its quotes are escaped once more than JSON asks for.
            "policy": api.policy().map(|policy| policy.replace("\\\"", "\"").replace("\\\\", "\\")),
            "disableExecuteApiEndpoint": api.disable_execute_api_endpoint(),
            "rootResourceId": api.root_resource_id().unwrap_or_default(),
        },
        "documentationParts": {},
    });
    let mut models = Map::new();
    let mut position = None;
    loop {
        let request = client.get_models().rest_api_id(api_id).limit(PAGE).set_position(position);
        let page = call(connection, "GetModels", &subject, Repeat::Freely, || request.clone().send()).await?;
        for model in page.items() {
            let name = model.name().unwrap_or_default();
            let value = json!({
                "id": model.id().unwrap_or_default(),
                "name": name,
                "description": model.description(),
                "schema": model.schema(),
                "contentType": model.content_type().unwrap_or_default(),
            });
            models.insert(name.to_owned(), value);
        }
        position = page.position().map(str::to_owned);
        if position.is_none() {
            break;
        }
    }
    definition["models"] = Value::Object(models);
    let request = client.get_authorizers().rest_api_id(api_id).limit(PAGE);
    let page = call(connection, "GetAuthorizers", &subject, Repeat::Freely, || request.clone().send()).await?;
    definition["authorizers"] = by_name(page.items().iter().map(|a| (a.id().unwrap_or_default(), authorizer(a))));
    let request = client.get_request_validators().rest_api_id(api_id).limit(PAGE);
    let page = call(connection, "GetRequestValidators", &subject, Repeat::Freely, || request.clone().send()).await?;
    definition["requestValidators"] = by_name(page.items().iter().map(|validator| {
        let id = validator.id().unwrap_or_default();
        let value = json!({
            "id": id,
            "name": validator.name(),
            "validateRequestBody": validator.validate_request_body(),
            "validateRequestParameters": validator.validate_request_parameters(),
        });
        (id, value)
    }));
    let request = client.get_gateway_responses().rest_api_id(api_id);
    let page = call(connection, "GetGatewayResponses", &subject, Repeat::Freely, || request.clone().send()).await?;
    let customised = page.items().iter().filter(|response| !response.default_response());
    definition["gatewayResponses"] = by_name(customised.map(gateway_response));
    let resources = resources(connection, api_id).await?;
    definition["resources"] = by_name(resources.iter().map(|r| (r.id().unwrap_or_default(), resource(r))));
    Ok(definition)
}

/// Returns the resources of an API as it stands, with their methods.
///
/// # Errors
/// When the service fails.
pub(super) async fn resources(connection: &Connection, api_id: &str) -> Result<Vec<Resource>, DeployError> {
    let subject = format!("API `{api_id}`");
    let (mut resources, mut position) = (Vec::new(), None);
    loop {
        let request = connection.client.get_resources().rest_api_id(api_id).embed("methods").limit(PAGE);
        let request = request.set_position(position);
        let page = call(connection, "GetResources", &subject, Repeat::Freely, || request.clone().send()).await?;
        resources.extend_from_slice(page.items());
        position = page.position().map(str::to_owned);
        if position.is_none() {
            return Ok(resources);
        }
    }
}

fn by_name<'a>(entities: impl Iterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(entities.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Returns a map with its names in order: the service's answers have none.
fn sorted<V: serde::Serialize + Clone>(map: Option<&HashMap<String, V>>) -> Value {
    let mut names: Vec<(&String, &V)> = map.into_iter().flatten().collect();
    names.sort_by_key(|(name, _)| *name);
    if names.is_empty() {
        return Value::Null;
    }
    Value::Object(names.into_iter().map(|(name, value)| (name.clone(), json!(value))).collect())
}

fn authorizer(authorizer: &Authorizer) -> Value {
    let arns = authorizer.provider_arns();
    json!({
        "id": authorizer.id().unwrap_or_default(),
        "name": authorizer.name().unwrap_or_default(),
        "type": authorizer.r#type().map(|kind| kind.as_str()),
        "providerARNs": (!arns.is_empty()).then_some(arns),
        "authType": authorizer.auth_type(),
        "authorizerUri": authorizer.authorizer_uri(),
        "authorizerCredentials": authorizer.authorizer_credentials(),
        "identitySource": authorizer.identity_source(),
        "identityValidationExpression": authorizer.identity_validation_expression(),
        "authorizerResultTtlInSeconds": authorizer.authorizer_result_ttl_in_seconds(),
    })
}

fn gateway_response(response: &GatewayResponse) -> (&str, Value) {
    let kind = response.response_type().map_or("", |kind| kind.as_str());
    let map = |map| match sorted::<String>(map) {
        Value::Null => json!({}),
        entries => entries,
    };
    let value = json!({
        "responseType": kind,
        "statusCode": response.status_code(),
        "responseParameters": map(response.response_parameters()),
        "responseTemplates": map(response.response_templates()),
        "defaultResponse": false,
    });
    (kind, value)
}

fn resource(resource: &Resource) -> Value {
    let methods = resource.resource_methods().into_iter().flatten();
    let methods: Map<String, Value> = methods.map(|(verb, m)| (verb.clone(), method(verb, m))).collect();
    json!({
        "id": resource.id().unwrap_or_default(),
        "parentId": resource.parent_id(),
        "pathPart": resource.path_part(),
        "path": resource.path().unwrap_or("/"),
        "resourceMethods": methods,
    })
}

fn method(verb: &str, method: &Method) -> Value {
    let responses = method.method_responses().into_iter().flatten().map(|(status, response)| {
        let value = json!({
            "statusCode": status,
            "responseParameters": sorted(response.response_parameters()),
            "responseModels": sorted(response.response_models()),
        });
        (status.clone(), value)
    });
    let responses: Map<String, Value> = responses.collect();
    let scopes = method.authorization_scopes();
    json!({
        "httpMethod": verb,
        "authorizationType": method.authorization_type().unwrap_or("NONE"),
        "authorizerId": method.authorizer_id(),
        "apiKeyRequired": method.api_key_required().unwrap_or_default(),
        "requestValidatorId": method.request_validator_id(),
        "operationName": method.operation_name(),
        "requestParameters": sorted(method.request_parameters()),
        "requestModels": sorted(method.request_models()),
        "methodResponses": responses,
        "methodIntegration": method.method_integration().map(integration),
        "authorizationScopes": (!scopes.is_empty()).then_some(scopes),
    })
}

fn integration(integration: &Integration) -> Value {
    let responses = integration.integration_responses().into_iter().flatten().map(|(status, response)| {
        let value = json!({
            "statusCode": status,
            "selectionPattern": response.selection_pattern(),
            "responseParameters": sorted(response.response_parameters()),
            "responseTemplates": sorted(response.response_templates()),
            "contentHandling": response.content_handling().map(|handling| handling.as_str()),
        });
        (status.clone(), value)
    });
    let responses: Map<String, Value> = responses.collect();
    json!({
        "type": integration.r#type().map(|kind| kind.as_str()),
        "httpMethod": integration.http_method(),
        "uri": integration.uri(),
        "connectionType": integration.connection_type().map(|kind| kind.as_str()),
        "connectionId": integration.connection_id(),
        "credentials": integration.credentials(),
        "requestParameters": sorted(integration.request_parameters()),
        "requestTemplates": sorted(integration.request_templates()),
        "passthroughBehavior": integration.passthrough_behavior(),
        "contentHandling": integration.content_handling().map(|handling| handling.as_str()),
        "timeoutInMillis": integration.timeout_in_millis(),
        "cacheNamespace": integration.cache_namespace(),
        "cacheKeyParameters": integration.cache_key_parameters(),
        "integrationResponses": responses,
        "tlsConfig": integration.tls_config().map(|tls| json!({
            "insecureSkipVerification": tls.insecure_skip_verification(),
        })),
    })
}
