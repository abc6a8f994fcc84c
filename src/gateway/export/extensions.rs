//! The `x-amazon-apigateway-*` members of an export.

use serde_json::{Map, Value as Json, json};

use crate::gateway::{
    ConnectionType, ContentHandling, Integration, IntegrationResponse, PassthroughBehavior, SmallMap, extension,
};

use super::Exporter;
use super::tree::{Members, Tree};

impl Exporter<'_> {
    /// Returns the extensions of the document itself, those of servers apart.
    pub(super) fn root_extensions(&self) -> Map<String, Json> {
        let mut extensions = Map::new();
        if (self.options.documentation || self.options.apigateway)
            && let Some(documentation) = self.documentation_extension()
        {
            extensions.insert(extension::DOCUMENTATION.into(), documentation);
        }
        let validators = if self.options.has_validators() { self.request_validators() } else { Map::new() };
        let is_asked = self.options.gateway_responses || self.options.apigateway;
        let responses = if is_asked { self.gateway_responses() } else { Map::new() };
        if !self.options.apigateway {
            if !responses.is_empty() {
                extensions.insert(extension::GATEWAY_RESPONSES.into(), Json::Object(responses));
            }
            if !validators.is_empty() {
                extensions.insert(extension::REQUEST_VALIDATORS.into(), Json::Object(validators));
            }
            return extensions;
        }
        let api = &self.definition.api;
        if api.api_key_source != "HEADER" {
            extensions.insert(extension::API_KEY_SOURCE.into(), api.api_key_source.clone().into());
        }
        if let Some(size) = api.minimum_compression_size {
            extensions.insert(extension::MINIMUM_COMPRESSION_SIZE.into(), size.into());
        }
        if let Some(policy) = &api.policy {
            let policy = serde_json::from_str(policy).unwrap_or_else(|_| policy.clone().into());
            extensions.insert(extension::POLICY.into(), policy);
        }
        if let Some(policy) = &api.security_policy {
            extensions.insert(extension::SECURITY_POLICY.into(), policy.clone().into());
        }
        if let Some(mode) = &api.endpoint_access_mode {
            extensions.insert(extension::ENDPOINT_ACCESS_MODE.into(), mode.clone().into());
        }
        if !responses.is_empty() {
            extensions.insert(extension::GATEWAY_RESPONSES.into(), Json::Object(responses));
        }
        if !validators.is_empty() {
            extensions.insert(extension::REQUEST_VALIDATORS.into(), Json::Object(validators));
        }
        if !api.binary_media_types.is_empty() {
            extensions.insert(extension::BINARY_MEDIA_TYPES.into(), json!(api.binary_media_types));
        }
        extensions
    }

    pub(super) fn endpoint_configuration(&self) -> Option<Json> {
        let api = &self.definition.api;
        let mut members = Map::new();
        if api.disable_execute_api_endpoint {
            members.insert("disableExecuteApiEndpoint".into(), true.into());
        }
        if !api.endpoint_configuration.vpc_endpoint_ids.is_empty() {
            members.insert("vpcEndpointIds".into(), json!(api.endpoint_configuration.vpc_endpoint_ids));
        }
        (self.options.apigateway && !members.is_empty()).then_some(Json::Object(members))
    }

    fn gateway_responses(&self) -> Map<String, Json> {
        let own = self.definition.gateway_responses.values().filter(|r| !r.default_response);
        own.map(|response| {
            let mut members = Map::new();
            if let Some(status) = &response.status_code {
                members.insert(
                    "statusCode".into(),
                    status.parse::<i64>().map_or_else(|_| status.clone().into(), Json::from),
                );
            }
            if !response.response_parameters.is_empty() {
                members.insert("responseParameters".into(), json!(response.response_parameters));
            }
            if !response.response_templates.is_empty() {
                members.insert("responseTemplates".into(), json!(response.response_templates));
            }
            (response.response_type.clone(), Json::Object(members))
        })
        .collect()
    }

    fn request_validators(&self) -> Map<String, Json> {
        let mut validators: Vec<_> = self
            .definition
            .request_validators
            .values()
            .filter_map(|v| Some((v.name.clone()?, v.validate_request_parameters, v.validate_request_body)))
            .collect();
        validators.sort();
        validators
            .into_iter()
            .map(|(name, parameters, body)| {
                (name, json!({ "validateRequestParameters": parameters, "validateRequestBody": body }))
            })
            .collect()
    }
}

/// Returns the extension of an operation.
///
/// A connection to the internet and the resource's own cache are not said; the default time-out and transfer mode are if
/// they were set (exports that users published).
pub(crate) fn integration_extension(integration: &Integration, resource_id: &str) -> Json {
    Tree::from(self::integration(integration, resource_id)).into_json()
}

pub(super) fn integration<'a>(integration: &'a Integration, resource_id: &str) -> Members<'a> {
    let mut members = Members::with_capacity(8);
    members.set("type", integration.integration_type.as_str().to_ascii_lowercase());
    members.set_some("credentials", integration.credentials.as_ref());
    members.set_some("httpMethod", integration.http_method.as_ref());
    members.set_some("uri", integration.uri.as_ref());
    if integration.connection_type == Some(ConnectionType::VpcLink) {
        members.set("connectionType", "VPC_LINK");
    }
    members.set_some("connectionId", integration.connection_id.as_ref());
    members.set_some("integrationTarget", integration.integration_target.as_ref());
    members.set_some("responses", responses(integration).filled());
    members.set_some("requestParameters", texts(integration.request_parameters.as_ref()).filled());
    members.set_some("requestTemplates", templates(integration.request_templates.as_ref()).filled());
    let behavior = integration.passthrough_behavior.map(|b| match b {
        PassthroughBehavior::WhenNoMatch => "when_no_match",
        PassthroughBehavior::WhenNoTemplates => "when_no_templates",
        PassthroughBehavior::Never => "never",
    });
    members.set_some("passthroughBehavior", behavior);
    members.set_some("timeoutInMillis", integration.timeout_in_millis);
    let keys = &integration.cache_key_parameters;
    let namespace = integration.cache_namespace.as_deref();
    members.set_some("cacheNamespace", namespace.filter(|n| *n != resource_id || !keys.is_empty()));
    let keys: Vec<&String> = keys.iter().collect();
    members.set_some("cacheKeyParameters", Some(keys).filter(|keys| !keys.is_empty()));
    members.set_some("contentHandling", integration.content_handling.map(content_handling));
    let tls = integration.tls_config.map(|t| Members::one("insecureSkipVerification", t.insecure_skip_verification));
    members.set_some("tlsConfig", tls);
    members.set_some("responseTransferMode", integration.response_transfer_mode.as_deref());
    members
}

fn responses(integration: &Integration) -> Members<'_> {
    let mut responses = Members::with_capacity(integration.integration_responses.len());
    for (status, response) in &integration.integration_responses {
        let pattern = response.selection_pattern.as_deref().filter(|p| !p.is_empty()).unwrap_or("default");
        // Two without a pattern can only come from calls other than import; the second keeps its status as its key.
        let key = if responses.contains(pattern) { status.as_str() } else { pattern };
        responses.set(key, self::response(response));
    }
    responses
}

fn texts(texts: Option<&SmallMap<String>>) -> Members<'_> {
    texts.into_iter().flatten().map(|(name, text)| (name.as_str(), text)).collect()
}

/// Returns the templates that say something. The console leaves empty ones, of which an export shows the media types in
/// `consumes` and `produces` alone.
fn templates(templates: Option<&SmallMap<String>>) -> Members<'_> {
    let said = templates.into_iter().flatten().filter(|(_, template)| !template.is_empty());
    said.map(|(media_type, template)| (media_type.as_str(), template)).collect()
}

fn response(response: &IntegrationResponse) -> Members<'_> {
    let mut members = Members::with_capacity(2);
    members.set("statusCode", &response.status_code);
    members.set_some("responseParameters", texts(response.response_parameters.as_ref()).filled());
    members.set_some("responseTemplates", templates(response.response_templates.as_ref()).filled());
    members.set_some("contentHandling", response.content_handling.map(content_handling));
    members
}

fn content_handling(handling: ContentHandling) -> &'static str {
    match handling {
        ContentHandling::ConvertToBinary => "CONVERT_TO_BINARY",
        ContentHandling::ConvertToText => "CONVERT_TO_TEXT",
    }
}
