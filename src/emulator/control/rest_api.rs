//! RestApi: create, read, delete. Updates are in `rest_api_update`.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::emulator::store::{api_key, definition_key, snapshot_key};
use crate::gateway::import::{IdSource as _, MAX_POLICY_CHARS, expand_resources};
use crate::gateway::{ApiDefinition, EndpointConfiguration, INVALID_POLICY, Model, RestApi, is_resource_policy};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::page::page;
use super::refusal::Refusal;

// The values of enumerations stand in the order of the service model.
pub(super) const ENDPOINT_TYPES: [&str; 3] = ["REGIONAL", "EDGE", "PRIVATE"];
pub(super) const ENDPOINT_TYPE_OPTIONS: &str =
    "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE";
pub(super) const IP_ADDRESS_TYPES: [&str; 2] = ["ipv4", "dualstack"];
pub(super) const ACCESS_MODES: [&str; 2] = ["BASIC", "STRICT"];
pub(super) const SECURITY_POLICIES: [&str; 14] = [
    "TLS_1_0",
    "TLS_1_2",
    "SecurityPolicy_TLS13_1_3_2025_09",
    "SecurityPolicy_TLS13_1_3_FIPS_2025_09",
    "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_Ext2_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_Ext2_FIPS_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_PQ_2025_09",
    "SecurityPolicy_TLS13_1_2_2021_06",
    "SecurityPolicy_TLS13_2025_EDGE",
    "SecurityPolicy_TLS12_PFS_2025_EDGE",
    "SecurityPolicy_TLS12_2018_EDGE",
];
/// Known from reports of users.
const VPC_ENDPOINTS_OF_PRIVATE: &str = "VPCEndpoints can only be specified with PRIVATE apis.";
pub(super) const API_KEY_SOURCES: [&str; 2] = ["HEADER", "AUTHORIZER"];
/// Bytes; the quota of `minimumCompressionSize`.
const MAX_COMPRESSION_SIZE: i64 = 10_485_760;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    name: Option<String>,
    description: Option<String>,
    version: Option<String>,
    clone_from: Option<String>,
    binary_media_types: Option<Vec<String>>,
    minimum_compression_size: Option<i64>,
    api_key_source: Option<String>,
    endpoint_configuration: Option<EndpointInput>,
    policy: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
    disable_execute_api_endpoint: Option<bool>,
    security_policy: Option<String>,
    endpoint_access_mode: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EndpointInput {
    types: Option<Vec<String>>,
    ip_address_type: Option<String>,
    vpc_endpoint_ids: Option<Vec<String>>,
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("name", input.name.as_ref());
    constraints.one_of("apiKeySource", input.api_key_source.as_deref(), &API_KEY_SOURCES);
    if let Some(endpoint) = &input.endpoint_configuration {
        constraints.each_one_of(
            "endpointConfiguration.types",
            endpoint.types.as_deref().unwrap_or_default(),
            &ENDPOINT_TYPES,
        );
        constraints.one_of(
            "endpointConfiguration.ipAddressType",
            endpoint.ip_address_type.as_deref(),
            &IP_ADDRESS_TYPES,
        );
    }
    constraints.one_of("securityPolicy", input.security_policy.as_deref(), &SECURITY_POLICIES);
    constraints.one_of("endpointAccessMode", input.endpoint_access_mode.as_deref(), &ACCESS_MODES);
    constraints.finish()?;

    let name = input.name.unwrap_or_default();
    if name.is_empty() {
        return Err(Refusal::bad_request("API Name must be non-empty"));
    }
    if input.description.as_deref() == Some("") {
        return Err(Refusal::bad_request("Description cannot be an empty string"));
    }
    compression_size(input.minimum_compression_size)?;
    check_access_mode(input.security_policy.as_deref(), input.endpoint_access_mode.as_deref())?;
    let endpoint = input.endpoint_configuration.map(endpoint_configuration).transpose()?;

    let mut ids = call.ids();
    let mut api = RestApi::new(ids.next_id(10), name, call.now());
    api.description = input.description;
    api.version = input.version;
    api.binary_media_types = input.binary_media_types.unwrap_or_default();
    api.minimum_compression_size = input.minimum_compression_size;
    api.api_key_source = input.api_key_source.unwrap_or_else(|| "HEADER".to_owned());
    api.endpoint_configuration = endpoint.unwrap_or_default();
    api.policy =
        input.policy.filter(|policy| !policy.is_empty()).map(|p| stored_policy(&p, &api.id, call)).transpose()?;
    api.tags = super::tags_of(input.tags)?;
    api.disable_execute_api_endpoint = input.disable_execute_api_endpoint.unwrap_or_default();
    api.security_policy = input.security_policy;
    api.endpoint_access_mode = input.endpoint_access_mode;

    let definition = match &input.clone_from {
        Some(source) => super::rest_api_clone::clone_of(&*call.control.definition(source)?, api, &mut ids),
        None => {
            let mut definition = ApiDefinition::new(api, ids.next_id(10));
            for model in default_models(&mut ids) {
                definition.models.insert(model.name.clone(), model);
            }
            definition
        }
    };
    let definition = Arc::new(definition);
    call.control.store.write(|tx| tx.put_definition(Arc::clone(&definition)))?;
    shown(&definition.api, Tags::WhenAny).map(Answer::json)
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let apis: Vec<RestApi> = call.control.store.list("api/")?;
    let items = apis.iter().map(|api| shown(api, Tags::WhenAny)).collect::<Result<_, _>>()?;
    page(call, items)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("restapi_id");
    let api: RestApi = call.control.store.get(&api_key(id))?.ok_or_else(|| call.control.unknown_api(id))?;
    shown(&api, Tags::Always).map(Answer::json)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("restapi_id");
    call.control.write(|tx| {
        if !tx.contains(&api_key(id)) {
            return Err(call.control.unknown_api(id));
        }
        let domains = super::base_path_mapping::mapped(tx, |mapping| mapping.rest_api_id == id)?;
        if !domains.is_empty() {
            return Err(Refusal::bad_request(format!(
                "Deleting RestApi {id} failed. Please remove all base path mappings related to the RestApi in your \
                 domains: {}",
                domains.join(", ")
            )));
        }
        for deployment in tx.keys(&format!("deployment/{id}/")) {
            let deployment_id = deployment.rsplit('/').next().unwrap_or_default();
            tx.delete(&snapshot_key(id, deployment_id));
            tx.delete(&deployment);
        }
        for kind in ["stage", "docversion"] {
            for key in tx.keys(&format!("{kind}/{id}/")) {
                tx.delete(&key);
            }
        }
        super::usage_plan::forget_stages(tx, id, None)?;
        super::api_key::forget_stages(tx, id, None)?;
        tx.delete(&api_key(id));
        tx.delete(&definition_key(id));
        Ok(())
    })?;
    Ok(Answer::empty())
}

/// Whether an answer holds `tags` when there are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tags {
    /// As reads and updates of one entity answer (recorded).
    Always,
    /// As creation, import and lists answer (recorded).
    WhenAny,
}

/// Returns an API as it is answered.
pub(super) fn shown(api: &RestApi, tags: Tags) -> Result<Value, Refusal> {
    let mut value = to_value(api)?;
    if let Some(members) = value.as_object_mut() {
        if tags == Tags::WhenAny && api.tags.is_empty() {
            members.shift_remove("tags");
        }
        if let Some(policy) = &api.policy {
            members.insert("policy".to_owned(), Value::String(escaped_policy(policy)));
        }
    }
    Ok(value)
}

/// Returns a policy as API Gateway answers it: its quotes and slashes escaped once more than JSON asks for (recorded by
/// users).
fn escaped_policy(policy: &str) -> String {
    policy.replace('\\', "\\\\").replace('"', "\\\"").replace('/', "\\/")
}

/// Returns a policy as it is kept: without white space between its tokens, its resources as whole ARNs.
pub(super) fn stored_policy(policy: &str, api_id: &str, call: &Call<'_>) -> Result<String, Refusal> {
    let read = serde_json::from_str::<Value>(policy).ok().filter(is_resource_policy);
    let mut policy = read.ok_or_else(|| Refusal::bad_request(INVALID_POLICY))?;
    let (region, account) = (&call.control.region, &call.control.account_id);
    let partition = crate::gateway::partition(region);
    expand_resources(&mut policy, &format!("arn:{partition}:execute-api:{region}:{account}:{api_id}/"));
    let text = policy.to_string();
    if text.chars().count() > MAX_POLICY_CHARS {
        return Err(Refusal::bad_request(format!(
            "Resource policy is longer than the maximum of {MAX_POLICY_CHARS} characters"
        )));
    }
    Ok(text)
}

/// Returns the models that every API has which was not imported.
pub(super) fn default_models(ids: &mut super::ids::RandomIds) -> [Model; 2] {
    let mut model = |name: &str, description: &str, schema: &str| Model {
        id: ids.next_id(6),
        name: name.to_owned(),
        description: Some(description.to_owned()),
        schema: Some(schema.to_owned()),
        content_type: "application/json".to_owned(),
    };
    [
        model(
            "Empty",
            "This is a default empty schema model",
            "{\n  \"$schema\": \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Empty Schema\",\n  \
             \"type\" : \"object\"\n}",
        ),
        model(
            "Error",
            "This is a default error schema model",
            "{\n  \"$schema\" : \"http://json-schema.org/draft-04/schema#\",\n  \"title\" : \"Error Schema\",\n  \
             \"type\" : \"object\",\n  \"properties\" : {\n    \"message\" : { \"type\" : \"string\" }\n  }\n}",
        ),
    ]
}

/// Demands that the endpoint types of an import, joined by commas, are one that there is.
pub(super) fn check_endpoint_types(kinds: &str) -> Result<(), Refusal> {
    let unknown = |kind: &str| !ENDPOINT_TYPES.contains(&kind.trim());
    if kinds.split(',').any(unknown) {
        return Err(Refusal::bad_request(ENDPOINT_TYPE_OPTIONS));
    }
    if kinds.contains(',') {
        return Err(Refusal::bad_request("Cannot create an api with multiple Endpoint Types."));
    }
    Ok(())
}

fn endpoint_configuration(input: EndpointInput) -> Result<EndpointConfiguration, Refusal> {
    let types = match input.types {
        None => vec!["EDGE".to_owned()],
        Some(types) => match types.len() {
            0 => {
                return Err(Refusal::bad_request(
                    "REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.",
                ));
            }
            1 => types,
            _ => return Err(Refusal::bad_request("Cannot create an api with multiple Endpoint Types.")),
        },
    };
    let private = types.iter().any(|t| t == "PRIVATE");
    let ip_address_type = match input.ip_address_type {
        Some(ip) if private && ip == "ipv4" => return Err(ipv4_for_private()),
        Some(ip) => ip,
        None => default_ip_address_type(private).to_owned(),
    };
    let configuration = EndpointConfiguration {
        types,
        ip_address_type: Some(ip_address_type),
        vpc_endpoint_ids: input.vpc_endpoint_ids.unwrap_or_default(),
    };
    check_vpc_endpoints(&configuration)?;
    Ok(configuration)
}

/// Demands that an API with VPC endpoints is private.
pub(super) fn check_vpc_endpoints(configuration: &EndpointConfiguration) -> Result<(), Refusal> {
    if configuration.vpc_endpoint_ids.is_empty() || configuration.types.iter().any(|t| t == "PRIVATE") {
        return Ok(());
    }
    Err(Refusal::bad_request(VPC_ENDPOINTS_OF_PRIVATE))
}

pub(super) fn default_ip_address_type(private: bool) -> &'static str {
    if private { "dualstack" } else { "ipv4" }
}

pub(super) fn ipv4_for_private() -> Refusal {
    Refusal::bad_request("Only dualstack ipAddressType is supported for Private APIs.")
}

pub(super) fn compression_size(size: Option<i64>) -> Result<(), Refusal> {
    if size.is_some_and(|size| !(0..=MAX_COMPRESSION_SIZE).contains(&size)) {
        return Err(Refusal::bad_request(format!(
            "Invalid minimum compression size, must be between 0 and {MAX_COMPRESSION_SIZE}"
        )));
    }
    Ok(())
}

/// Demands an access mode beside a security policy that needs one, and none beside another (the words are known from
/// reports of users).
pub(super) fn check_access_mode(policy: Option<&str>, mode: Option<&str>) -> Result<(), Refusal> {
    match (policy.is_some_and(is_enhanced), mode) {
        (true, None) => Err(Refusal::bad_request("Endpoint access mode is required for the specified security policy")),
        (false, Some(_)) => Err(Refusal::bad_request("Endpoint access mode is not supported for this security policy")),
        _ => Ok(()),
    }
}

/// Returns whether a security policy is one of those that say how callers reach the endpoint too.
pub(super) fn is_enhanced(policy: &str) -> bool {
    policy.starts_with("SecurityPolicy_")
}
