//! DomainName and BasePathMapping.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::emulator::lookup::BasePathMapping;
use crate::emulator::store::{Transaction, api_key};
use crate::gateway::{EndpointConfiguration, Quotas};

use super::call::{Answer, Call, to_value};
use super::constraint::{self, Constraints};
use super::page::page;
use super::patch::{self, Op};
use super::refusal::Refusal;

/// The base path that stands for none.
const NO_BASE_PATH: &str = "(none)";
const ROUTING_MODES: [&str; 3] = ["BASE_PATH_MAPPING_ONLY", "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_BASE_PATH_MAPPING"];
pub(super) const RESOURCE_OWNERS: [&str; 2] = ["SELF", "OTHER_ACCOUNTS"];
/// The hosted zone of CloudFront distributions, the same for all.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    domain_name: Option<String>,
    certificate_name: Option<String>,
    certificate_arn: Option<String>,
    regional_certificate_name: Option<String>,
    regional_certificate_arn: Option<String>,
    endpoint_configuration: Option<EndpointInput>,
    tags: Option<BTreeMap<String, Option<String>>>,
    security_policy: Option<String>,
    endpoint_access_mode: Option<String>,
    mutual_tls_authentication: Option<Value>,
    ownership_verification_certificate_arn: Option<String>,
    policy: Option<String>,
    routing_mode: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EndpointInput {
    types: Option<Vec<String>>,
    ip_address_type: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct MappingInput {
    base_path: Option<String>,
    rest_api_id: Option<String>,
    stage: Option<String>,
}

/// A custom domain name (shape `DomainName`).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DomainName {
    pub(super) domain_name: String,
    pub(super) domain_name_arn: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) certificate_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) certificate_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) certificate_upload_date: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) regional_domain_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) regional_hosted_zone_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) regional_certificate_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) regional_certificate_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) distribution_domain_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) distribution_hosted_zone_id: Option<String>,
    pub(super) endpoint_configuration: EndpointConfiguration,
    pub(super) domain_name_status: String,
    pub(super) security_policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) endpoint_access_mode: Option<String>,
    #[serde(default)]
    pub(super) tags: IndexMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) mutual_tls_authentication: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) ownership_verification_certificate_arn: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) policy: Option<String>,
    pub(super) routing_mode: String,
}

/// Returns the key of a domain name's record.
pub(super) fn key(name: &str) -> String {
    format!("domain/{name}")
}

fn mapping_key(name: &str, base_path: &str) -> String {
    format!("mapping/{name}/{base_path}")
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let owner = call.query("resourceOwner");
    if let Some(owner) = owner {
        constraint::parameter_one_of("resourceOwner", owner, &RESOURCE_OWNERS)?;
    }
    // Nobody shares a domain name with this account.
    if owner == Some("OTHER_ACCOUNTS") {
        return page(call, Vec::new());
    }
    let domains: Vec<DomainName> = call.control.store.list("domain/")?;
    page(call, domains.iter().map(without_empty_tags).collect::<Result<_, _>>()?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let domain: Option<DomainName> = call.control.store.get(&key(call.path("domain_name")))?;
    Answer::entity(&domain.ok_or_else(unknown)?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("domainName", input.domain_name.as_ref());
    if let Some(endpoint) = &input.endpoint_configuration {
        let types = endpoint.types.as_deref().unwrap_or_default();
        constraints.each_one_of("endpointConfiguration.types", types, &super::rest_api::ENDPOINT_TYPES);
        let address_type = endpoint.ip_address_type.as_deref();
        constraints.one_of("endpointConfiguration.ipAddressType", address_type, &super::rest_api::IP_ADDRESS_TYPES);
    }
    constraints.one_of("securityPolicy", input.security_policy.as_deref(), &super::rest_api::SECURITY_POLICIES);
    constraints.one_of("endpointAccessMode", input.endpoint_access_mode.as_deref(), &super::rest_api::ACCESS_MODES);
    constraints.one_of("routingMode", input.routing_mode.as_deref(), &ROUTING_MODES);
    constraints.finish()?;
    let name = input.domain_name.unwrap_or_default();
    let legal = |c: char| c.is_ascii_alphanumeric() || "-.*".contains(c);
    if name.is_empty() || name.contains("..") || !name.chars().all(legal) {
        return Err(Refusal::bad_request("Invalid domain name specified"));
    }
    let endpoint = input.endpoint_configuration.unwrap_or_default();
    let types = endpoint.types.filter(|types| !types.is_empty()).unwrap_or_else(|| vec!["EDGE".to_owned()]);
    let regional = types.iter().any(|t| t == "REGIONAL");
    let region = &call.control.region;
    let prefix = crate::gateway::import::IdSource::next_id(&mut call.ids(), 13);
    let made = DomainName {
        domain_name_arn: format!("arn:aws:apigateway:{region}::/domainnames/{name}"),
        certificate_upload_date: Some(call.now()),
        regional_domain_name: regional.then(|| format!("d-{prefix}.execute-api.{region}.amazonaws.com")),
        regional_hosted_zone_id: regional.then(|| "Z2OJLYMUO9EFXC".to_owned()),
        distribution_domain_name: (!regional).then(|| format!("d{prefix}.cloudfront.net")),
        distribution_hosted_zone_id: (!regional).then(|| CLOUDFRONT_ZONE.to_owned()),
        endpoint_configuration: EndpointConfiguration {
            types,
            ip_address_type: Some(endpoint.ip_address_type.unwrap_or_else(|| "ipv4".to_owned())),
            vpc_endpoint_ids: Vec::new(),
        },
        domain_name_status: "AVAILABLE".to_owned(),
        security_policy: input.security_policy.unwrap_or_else(|| "TLS_1_2".to_owned()),
        endpoint_access_mode: input.endpoint_access_mode,
        certificate_name: input.certificate_name,
        certificate_arn: input.certificate_arn,
        regional_certificate_name: input.regional_certificate_name,
        regional_certificate_arn: input.regional_certificate_arn,
        tags: super::tags_of(input.tags),
        mutual_tls_authentication: input.mutual_tls_authentication,
        ownership_verification_certificate_arn: input.ownership_verification_certificate_arn,
        policy: input.policy,
        routing_mode: input.routing_mode.unwrap_or_else(|| "BASE_PATH_MAPPING_ONLY".to_owned()),
        domain_name: name,
    };
    call.control.write(|tx| {
        if tx.contains(&key(&made.domain_name)) {
            return Err(Refusal::bad_request("The domain name you provided already exists."));
        }
        if tx.keys("domain/").len() >= Quotas::default().domain_names {
            return Err(Refusal::limit_exceeded("Domain Names", "this account"));
        }
        Ok(tx.put(&key(&made.domain_name), &made)?)
    })?;
    without_empty_tags(&made).map(Answer::json)
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let record = key(call.path("domain_name"));
    let updated = call.control.write(|tx| {
        let mut domain: DomainName = tx.get(&record)?.ok_or_else(unknown)?;
        for operation in &operations {
            let segments = operation.segments();
            let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
            match segments.as_slice() {
                ["certificateArn"] => domain.certificate_arn = operation.non_empty(),
                ["certificateName"] => domain.certificate_name = operation.non_empty(),
                ["regionalCertificateArn"] => domain.regional_certificate_arn = operation.non_empty(),
                ["regionalCertificateName"] => domain.regional_certificate_name = operation.non_empty(),
                ["securityPolicy"] if operation.op == Op::Replace => domain.security_policy = operation.text(),
                ["routingMode"] if operation.op == Op::Replace => domain.routing_mode = operation.text(),
                ["endpointConfiguration", "types", _] => domain.endpoint_configuration.types = vec![operation.text()],
                ["endpointConfiguration", "ipAddressType"] => {
                    domain.endpoint_configuration.ip_address_type = operation.non_empty();
                }
                ["mutualTlsAuthentication", member] => {
                    let value = domain.mutual_tls_authentication.get_or_insert_with(|| serde_json::json!({}));
                    if let Some(members) = value.as_object_mut() {
                        members.insert((*member).to_owned(), Value::String(operation.text()));
                    }
                }
                _ => return Err(operation.invalid_path()),
            }
        }
        tx.put(&record, &domain)?;
        Ok(domain)
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = call.path("domain_name");
    call.control.write(|tx| {
        if !tx.contains(&key(name)) {
            return Err(unknown());
        }
        for mapping in tx.keys(&format!("mapping/{name}/")) {
            tx.delete(&mapping);
        }
        tx.delete(&key(name));
        Ok(())
    })?;
    Ok(Answer::empty())
}

/// Returns the custom domain names with a mapping of this kind.
pub(super) fn mapped(tx: &Transaction<'_>, wanted: impl Fn(&BasePathMapping) -> bool) -> Result<Vec<String>, Refusal> {
    let mut domains = Vec::new();
    for key in tx.keys("mapping/") {
        let mapping: Option<BasePathMapping> = tx.get(&key)?;
        let domain = key.split('/').nth(1).unwrap_or_default();
        if mapping.is_some_and(|mapping| wanted(&mapping)) && !domains.iter().any(|d| d == domain) {
            domains.push(domain.to_owned());
        }
    }
    Ok(domains)
}

pub(super) fn list_mappings(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = call.path("domain_name");
    if !call.control.store.contains(&key(name)) {
        return Err(unknown());
    }
    let mappings: Vec<BasePathMapping> = call.control.store.list(&format!("mapping/{name}/"))?;
    page(call, mappings.iter().map(to_value).collect::<Result<_, _>>()?)
}

pub(super) fn get_mapping(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mapping: Option<BasePathMapping> =
        call.control.store.get(&mapping_key(call.path("domain_name"), call.path("base_path")))?;
    Answer::entity(&mapping.ok_or_else(unknown_mapping)?)
}

pub(super) fn create_mapping(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: MappingInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("restApiId", input.rest_api_id.as_ref());
    constraints.finish()?;
    let name = call.path("domain_name");
    let base_path = input.base_path.filter(|path| !path.is_empty()).unwrap_or_else(|| NO_BASE_PATH.to_owned());
    if base_path != NO_BASE_PATH && base_path.contains('/') {
        return Err(Refusal::bad_request(
            "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level \
             base path mapping, use API Gateway V2.",
        ));
    }
    let made = BasePathMapping {
        base_path,
        rest_api_id: input.rest_api_id.unwrap_or_default(),
        stage: input.stage.filter(|stage| !stage.is_empty()),
    };
    call.control.write(|tx| {
        if !tx.contains(&key(name)) {
            return Err(unknown());
        }
        check_mapping(tx, &made)?;
        if tx.contains(&mapping_key(name, &made.base_path)) {
            return Err(Refusal::conflict("Base path already exists for this domain name"));
        }
        Ok(tx.put(&mapping_key(name, &made.base_path), &made)?)
    })?;
    Answer::entity(&made)
}

fn check_mapping(tx: &Transaction<'_>, mapping: &BasePathMapping) -> Result<(), Refusal> {
    if !tx.contains(&api_key(&mapping.rest_api_id)) {
        return Err(Refusal::bad_request("Invalid REST API identifier specified"));
    }
    match &mapping.stage {
        Some(stage) if !tx.contains(&super::stage::key(&mapping.rest_api_id, stage)) => {
            Err(Refusal::bad_request("Invalid stage identifier specified"))
        }
        _ => Ok(()),
    }
}

pub(super) fn update_mapping(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let (name, base_path) = (call.path("domain_name"), call.path("base_path"));
    let updated = call.control.write(|tx| {
        let before = mapping_key(name, base_path);
        let mut mapping: BasePathMapping = tx.get(&before)?.ok_or_else(unknown_mapping)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/basePath") => {
                    mapping.base_path = operation.non_empty().unwrap_or_else(|| NO_BASE_PATH.to_owned());
                }
                (Op::Replace, "/restapiId" | "/restApiId") => mapping.rest_api_id = operation.text(),
                (Op::Replace, "/stage") => mapping.stage = operation.non_empty(),
                _ => return Err(operation.unsupported(&["/basePath", "/restapiId", "/stage"])),
            }
        }
        check_mapping(tx, &mapping)?;
        let after = mapping_key(name, &mapping.base_path);
        if after != before && tx.contains(&after) {
            return Err(Refusal::conflict("Base path already exists for this domain name"));
        }
        tx.delete(&before);
        tx.put(&after, &mapping)?;
        Ok(mapping)
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete_mapping(call: &Call<'_>) -> Result<Answer, Refusal> {
    let record = mapping_key(call.path("domain_name"), call.path("base_path"));
    call.control.write(|tx| {
        if !tx.contains(&record) {
            return Err(unknown_mapping());
        }
        tx.delete(&record);
        Ok(())
    })?;
    Ok(Answer::empty())
}

fn without_empty_tags(domain: &DomainName) -> Result<Value, Refusal> {
    let mut value = to_value(domain)?;
    if let Some(members) = value.as_object_mut().filter(|_| domain.tags.is_empty()) {
        members.shift_remove("tags");
    }
    Ok(value)
}

pub(super) fn unknown() -> Refusal {
    Refusal::not_found("Invalid domain name identifier specified")
}

fn unknown_mapping() -> Refusal {
    Refusal::not_found("Invalid base path mapping identifier specified")
}
