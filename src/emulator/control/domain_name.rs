//! DomainName.
//!
//! A public domain name is known by its name; a private one by its name and the id that it is given, so that several may
//! have one name.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::emulator::store::Transaction;
use crate::gateway::import::IdSource as _;
use crate::gateway::{EndpointConfiguration, INVALID_POLICY, Quotas, is_resource_policy};

use super::call::{Answer, Call, to_value};
use super::constraint::{self, Constraints};
use super::page::page;
use super::refusal::Refusal;
use super::rest_api::check_access_mode;

pub(super) const ROUTING_MODES: [&str; 3] =
    ["BASE_PATH_MAPPING_ONLY", "ROUTING_RULE_ONLY", "ROUTING_RULE_THEN_BASE_PATH_MAPPING"];
pub(super) const RESOURCE_OWNERS: [&str; 2] = ["SELF", "OTHER_ACCOUNTS"];
/// The hosted zone of CloudFront distributions, the same for all.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";
/// The hosted zones of regional domain names (AWS General Reference, endpoints of API Gateway).
const REGIONAL_ZONES: [(&str, &str); 16] = [
    ("us-east-1", "Z1UJRXOUMOOFQ8"),
    ("us-east-2", "ZOJJZC49E0EPZ"),
    ("us-west-1", "Z2MUQ32089INYE"),
    ("us-west-2", "Z2OJLYMUO9EFXC"),
    ("ap-northeast-1", "Z1YSHQZHG15GKL"),
    ("ap-northeast-2", "Z20JF4UZKIW1U8"),
    ("ap-south-1", "Z3VO1THU9YC4UR"),
    ("ap-southeast-1", "ZL327KTPIQFUL"),
    ("ap-southeast-2", "Z2RPCDW04V8134"),
    ("ca-central-1", "Z19DQILCV0OWEC"),
    ("eu-central-1", "Z1U9ULNL0V5AJ3"),
    ("eu-north-1", "Z3UWIKFBOOGXPP"),
    ("eu-west-1", "ZLY8HYME6SFDD"),
    ("eu-west-2", "ZJ5UAJN8Y3Z2Q"),
    ("eu-west-3", "Z3KY65QIEKYHQQ"),
    ("sa-east-1", "ZCMLWB8V5SYIT"),
];

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    domain_name: Option<String>,
    certificate_name: Option<String>,
    certificate_body: Option<String>,
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

/// A custom domain name (shape `DomainName`).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct DomainName {
    pub(super) domain_name: String,
    /// Of private domain names alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) domain_name_id: Option<String>,
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
    /// Who may do what with a private domain name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) management_policy: Option<String>,
    pub(in super::super) routing_mode: String,
}

impl DomainName {
    /// Returns a domain name that is available, without certificates. `types` are its endpoint types.
    pub(super) fn new(call: &Call<'_>, name: String, types: Vec<String>) -> Self {
        let region = &call.control.region;
        let partition = crate::gateway::partition(region);
        let private = types.iter().any(|t| t == "PRIVATE");
        let id = private.then(|| call.ids().next_id(10));
        let arn = match &id {
            Some(id) => {
                format!("arn:{partition}:apigateway:{region}:{}:/domainnames/{name}+{id}", call.control.account_id)
            }
            None => format!("arn:{partition}:apigateway:{region}::/domainnames/{name}"),
        };
        let mut made = Self {
            domain_name: name,
            domain_name_id: id,
            domain_name_arn: arn,
            certificate_name: None,
            certificate_arn: None,
            certificate_upload_date: Some(call.now()),
            regional_domain_name: None,
            regional_hosted_zone_id: None,
            regional_certificate_name: None,
            regional_certificate_arn: None,
            distribution_domain_name: None,
            distribution_hosted_zone_id: None,
            endpoint_configuration: EndpointConfiguration {
                types,
                ip_address_type: Some(if private { "dualstack" } else { "ipv4" }.to_owned()),
                vpc_endpoint_ids: Vec::new(),
            },
            domain_name_status: "AVAILABLE".to_owned(),
            security_policy: "TLS_1_2".to_owned(),
            endpoint_access_mode: None,
            tags: IndexMap::new(),
            mutual_tls_authentication: None,
            ownership_verification_certificate_arn: None,
            policy: None,
            management_policy: None,
            routing_mode: "BASE_PATH_MAPPING_ONLY".to_owned(),
        };
        made.place_endpoints(call);
        made
    }

    /// Returns what the records of this domain name have in their keys.
    pub(super) fn record(&self) -> String {
        record_name(&self.domain_name, self.domain_name_id.as_deref())
    }

    /// Gives each endpoint type its host, and takes away those of types that are gone.
    pub(super) fn place_endpoints(&mut self, call: &Call<'_>) {
        let region = &call.control.region;
        let has = |kind: &str| self.endpoint_configuration.types.iter().any(|t| t == kind);
        let (edge, regional) = (has("EDGE"), has("REGIONAL"));
        if !edge {
            (self.distribution_domain_name, self.distribution_hosted_zone_id) = (None, None);
        } else if self.distribution_domain_name.is_none() {
            self.distribution_domain_name = Some(format!("d{}.cloudfront.net", call.ids().next_id(13)));
            self.distribution_hosted_zone_id = Some(CLOUDFRONT_ZONE.to_owned());
        }
        if !regional {
            (self.regional_domain_name, self.regional_hosted_zone_id) = (None, None);
        } else if self.regional_domain_name.is_none() {
            let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
            self.regional_domain_name = Some(format!("d-{}.execute-api.{region}.{suffix}", call.ids().next_id(10)));
            let zone = REGIONAL_ZONES.iter().find(|(known, _)| known == region).unwrap_or(&REGIONAL_ZONES[0]);
            self.regional_hosted_zone_id = Some(zone.1.to_owned());
        }
    }
}

/// Returns what the records of a domain name have in their keys.
fn record_name(name: &str, id: Option<&str>) -> String {
    id.map_or_else(|| name.to_owned(), |id| format!("{name}+{id}"))
}

/// Returns the same of the domain name that a call is on.
pub(super) fn called(call: &Call<'_>) -> String {
    named(call, call.path("domain_name"))
}

/// Returns the same of a domain name that a call is on by this name: a private one is known by its id too.
pub(super) fn named(call: &Call<'_>, name: &str) -> String {
    record_name(name, call.query("domainNameId").filter(|id| !id.is_empty()))
}

/// Returns a policy as it is kept: without white space between its tokens, its resources as whole ARNs, and one resource
/// in place of a list of one (AWS CLI, example of `create-domain-name`).
pub(super) fn stored_policy(policy: &str, domain: &DomainName) -> Result<String, Refusal> {
    let read = serde_json::from_str::<Value>(policy).ok().filter(is_resource_policy);
    let mut policy = read.ok_or_else(|| Refusal::bad_request(INVALID_POLICY))?;
    let arn = domain.domain_name_arn.replacen(":apigateway:", ":execute-api:", 1);
    let statements = match policy.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.as_mut_slice(),
        Some(statement) => std::slice::from_mut(statement),
        None => &mut [],
    };
    let whole = |resource: &str| match resource.strip_prefix("execute-api:/") {
        Some("" | "*") => arn.clone(),
        Some(path) => format!("{arn}/{path}"),
        None => resource.to_owned(),
    };
    for resource in statements.iter_mut().filter_map(|statement| statement.get_mut("Resource")) {
        let listed = match &*resource {
            Value::Array(items) => items.iter().filter_map(Value::as_str).map(whole).collect(),
            Value::String(text) => vec![whole(text)],
            _ => continue,
        };
        *resource = match listed.as_slice() {
            [only] => json!(only),
            _ => json!(listed),
        };
    }
    Ok(policy.to_string())
}

/// Returns the key of a domain name's record.
pub(super) fn key(name: &str) -> String {
    format!("domain/{name}")
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
    let domain: Option<DomainName> = call.control.store.get(&key(&called(call)))?;
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
    // Kept in lower case, and found only so (reports of users).
    let name = input.domain_name.unwrap_or_default().to_ascii_lowercase();
    check_name(&name)?;
    let endpoint = input.endpoint_configuration.unwrap_or_default();
    let types = endpoint.types.filter(|types| !types.is_empty()).unwrap_or_else(|| vec!["EDGE".to_owned()]);
    let given = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    check_certificates(
        &types,
        given(&input.certificate_arn) || given(&input.certificate_name) || given(&input.certificate_body),
        given(&input.regional_certificate_arn) || given(&input.regional_certificate_name),
    )?;
    if types.iter().any(|t| t == "EDGE") {
        check_edge_certificate(input.certificate_arn.as_deref())?;
    }
    let mut made = DomainName::new(call, name, types);
    if endpoint.ip_address_type.is_some() {
        made.endpoint_configuration.ip_address_type = endpoint.ip_address_type;
    }
    if let Some(policy) = input.security_policy {
        made.security_policy = policy;
    }
    made.endpoint_access_mode = input.endpoint_access_mode;
    check_access_mode(Some(&made.security_policy), made.endpoint_access_mode.as_deref())?;
    made.certificate_name = input.certificate_name;
    made.certificate_arn = input.certificate_arn;
    made.regional_certificate_name = input.regional_certificate_name;
    made.regional_certificate_arn = input.regional_certificate_arn;
    made.tags = super::tags_of(input.tags)?;
    made.mutual_tls_authentication = input.mutual_tls_authentication.filter(|mutual| !is_off(mutual));
    check_mutual_tls(&made)?;
    made.ownership_verification_certificate_arn = input.ownership_verification_certificate_arn;
    if let Some(policy) = input.policy.filter(|policy| !policy.is_empty()) {
        made.policy = Some(stored_policy(&policy, &made)?);
    }
    if let Some(mode) = input.routing_mode {
        made.routing_mode = mode;
    }
    call.control.write(|tx| {
        if tx.contains(&key(&made.record())) {
            return Err(Refusal::bad_request("The domain name you provided already exists."));
        }
        if tx.keys("domain/").len() >= Quotas::default().domain_names {
            return Err(Refusal::limit_exceeded("Domain Names", "this account"));
        }
        Ok(tx.put(&key(&made.record()), &made)?)
    })?;
    without_empty_tags(&made).map(Answer::json)
}

/// Demands that no certificate is for an endpoint type that is not there; the words are known from reports of users.
/// `edge` and `regional` say whether there is a certificate of either kind; private names have the former.
///
/// API Gateway also demands one for each type that is there. Here nothing is encrypted with it, and a laptop has none.
fn check_certificates(types: &[String], edge: bool, regional: bool) -> Result<(), Refusal> {
    let has = |kind: &str| types.iter().any(|t| t == kind);
    if edge && !has("EDGE") && !has("PRIVATE") {
        return Err(Refusal::bad_request("Cannot import certificates for EDGE while REGIONAL is active."));
    }
    if regional && !has("REGIONAL") {
        let active = types.first().map_or("EDGE", String::as_str);
        return Err(Refusal::bad_request(format!("Cannot import certificates for REGIONAL while {active} is active.")));
    }
    Ok(())
}

/// API Gateway's words for mutual TLS where it is not supported, known from reports of users.
pub(super) const ONLY_REGIONAL: &str = "Mutual TLS authentication is supported for Regional APIs only";

/// Demands that a domain name with mutual TLS is a regional one, and of no older TLS than 1.2 (reports of users).
pub(super) fn check_mutual_tls(domain: &DomainName) -> Result<(), Refusal> {
    match domain.mutual_tls_authentication {
        None => Ok(()),
        Some(_) if domain.endpoint_configuration.types != ["REGIONAL"] => Err(Refusal::bad_request(ONLY_REGIONAL)),
        Some(_) if domain.security_policy == "TLS_1_0" => {
            Err(Refusal::bad_request("Mutual TLS authentication is only supported with TLS 1.2."))
        }
        Some(_) => Ok(()),
    }
}

/// Demands that the certificate of an edge-optimized name is where CloudFront takes them from (the words are known from
/// reports of users).
pub(super) fn check_edge_certificate(arn: Option<&str>) -> Result<(), Refusal> {
    let Some(arn) = arn else { return Ok(()) };
    match arn.strip_prefix("arn:aws:acm:").and_then(|rest| rest.split(':').next()) {
        None | Some("us-east-1") => Ok(()),
        Some(_) => {
            Err(Refusal::bad_request(format!("Invalid certificate ARN: {arn}. Certificate must be in 'us-east-1'.")))
        }
    }
}

/// Demands that a domain name is one.
pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    // The words are known from reports of users.
    if name.ends_with('.') {
        return Err(Refusal::bad_request("Trailing period should be omitted from domain name"));
    }
    if name.contains('_') {
        return Err(Refusal::bad_request("Domain names cannot contain an underscore character"));
    }
    let legal = |c: char| c.is_ascii_alphanumeric() || "-.*".contains(c);
    if name.is_empty() || name.contains("..") || !name.chars().all(legal) {
        return Err(Refusal::bad_request("Invalid domain name specified"));
    }
    Ok(())
}

/// Returns whether settings of mutual TLS switch it off.
pub(super) fn is_off(mutual: &Value) -> bool {
    mutual.get("truststoreUri").and_then(Value::as_str).is_none_or(str::is_empty)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = called(call);
    call.control.write(|tx| {
        if !tx.contains(&key(&name)) {
            return Err(unknown());
        }
        forget(tx, &name);
        Ok(())
    })?;
    Ok(Answer::empty())
}

/// Deletes a domain name and what belongs to it.
pub(super) fn forget(tx: &mut Transaction<'_>, name: &str) {
    for kind in ["mapping", "mappingid", "routingrule"] {
        for record in tx.keys(&format!("{kind}/{name}/")) {
            tx.delete(&record);
        }
    }
    tx.delete(&key(name));
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
