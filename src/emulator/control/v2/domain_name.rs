//! Custom domain names as `apigatewayv2` shows them. They are the same as those of `apigateway`, in one record.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{input, page, required};
use crate::emulator::control::call::{Answer, Call};
use crate::emulator::control::domain_name::{DomainName, check_name, forget, is_off, key};
use crate::emulator::control::refusal::Refusal;
use crate::emulator::control::tags_of;
use crate::gateway::http_api::api::iso8601;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Input {
    domain_name: Option<String>,
    domain_name_configurations: Option<Vec<Configuration>>,
    mutual_tls_authentication: Option<Value>,
    routing_mode: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Configuration {
    certificate_arn: Option<String>,
    certificate_name: Option<String>,
    endpoint_type: Option<String>,
    ip_address_type: Option<String>,
    ownership_verification_certificate_arn: Option<String>,
    security_policy: Option<String>,
}

/// The ways to route as `apigatewayv2` names them, and as `apigateway` does.
const ROUTING_MODES: [(&str, &str); 3] = [
    ("API_MAPPING_ONLY", "BASE_PATH_MAPPING_ONLY"),
    ("ROUTING_RULE_ONLY", "ROUTING_RULE_ONLY"),
    ("ROUTING_RULE_THEN_API_MAPPING", "ROUTING_RULE_THEN_BASE_PATH_MAPPING"),
];

fn shown(domain: &DomainName) -> Value {
    let regional = domain.endpoint_configuration.types.iter().any(|t| t == "REGIONAL");
    let pick = |edge: &Option<String>, own: &Option<String>| if regional { own.clone() } else { edge.clone() };
    let mut configuration = Map::new();
    let mut insert = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            configuration.insert(name.to_owned(), value.into());
        }
    };
    insert("apiGatewayDomainName", pick(&domain.distribution_domain_name, &domain.regional_domain_name));
    insert("certificateArn", pick(&domain.certificate_arn, &domain.regional_certificate_arn));
    insert("certificateName", pick(&domain.certificate_name, &domain.regional_certificate_name));
    insert("certificateUploadDate", domain.certificate_upload_date.map(iso8601));
    insert("domainNameStatus", Some(domain.domain_name_status.clone()));
    insert("endpointType", domain.endpoint_configuration.types.first().cloned());
    insert("hostedZoneId", pick(&domain.distribution_hosted_zone_id, &domain.regional_hosted_zone_id));
    insert("ipAddressType", domain.endpoint_configuration.ip_address_type.clone());
    insert("securityPolicy", Some(domain.security_policy.clone()));
    insert("ownershipVerificationCertificateArn", domain.ownership_verification_certificate_arn.clone());
    let mut body = json!({
        "apiMappingSelectionExpression": "$request.basepath",
        "domainName": domain.domain_name,
        "domainNameArn": domain.domain_name_arn,
        "domainNameConfigurations": [configuration],
        "routingMode": ROUTING_MODES.iter().find(|(_, rest)| *rest == domain.routing_mode).map_or("", |(own, _)| *own),
        "tags": domain.tags,
    });
    if let Some(mutual) = &domain.mutual_tls_authentication {
        body["mutualTlsAuthentication"] = mutual.clone();
    }
    body
}

/// Returns a domain name as creation, updates and lists answer it: without tags when it has none (AWS CLI, examples).
fn without_empty_tags(domain: &DomainName) -> Value {
    let mut value = shown(domain);
    if let Some(members) = value.as_object_mut().filter(|_| domain.tags.is_empty()) {
        members.shift_remove("tags");
    }
    value
}

pub(in super::super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let domains: Vec<DomainName> = call.control.store.list("domain/")?;
    // Private domain names are for REST APIs alone.
    let public = domains.iter().filter(|domain| domain.domain_name_id.is_none());
    page(call, &public.map(without_empty_tags).collect::<Vec<_>>())
}

pub(in super::super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let domain: Option<DomainName> = call.control.store.get(&key(call.path("domainName")))?;
    Ok(Answer::json(shown(&domain.ok_or_else(unknown)?)))
}

/// Demands that a domain name is one that this interface changes; the words are known from reports of users.
pub(super) fn check_regional(domain: &DomainName) -> Result<(), Refusal> {
    if domain.endpoint_configuration.types.iter().any(|kind| kind == "REGIONAL") {
        return Ok(());
    }
    Err(Refusal::bad_request(
        "Only REGIONAL domain names can be managed through the API Gateway V2 API. For EDGE domain names, please use the \
         API Gateway V1 API. Also note that only REST APIs can be attached to EDGE domain names.",
    ))
}

pub(in super::super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let name = required(input.domain_name.clone(), "domainName")?.to_ascii_lowercase();
    check_name(&name)?;
    let mut made = DomainName::new(call, name, vec!["REGIONAL".to_owned()]);
    made.tags = tags_of(input.tags.clone())?;
    apply(&mut made, &input)?;
    call.control.write(|tx| {
        if tx.contains(&key(&made.domain_name)) {
            return Err(Refusal::conflict("The domain name you provided already exists."));
        }
        Ok(tx.put(&key(&made.domain_name), &made)?)
    })?;
    Ok(Answer::json(without_empty_tags(&made)))
}

fn apply(domain: &mut DomainName, input: &Input) -> Result<(), Refusal> {
    if let Some(configurations) = &input.domain_name_configurations {
        let [configuration] = configurations.as_slice() else {
            // Reported by users.
            return Err(Refusal::bad_request("Invalid input. Expected one domain name configuration"));
        };
        if let Some(kind) = configuration.endpoint_type.as_deref().filter(|kind| *kind != "REGIONAL") {
            return Err(Refusal::bad_request(format!(
                "{kind} endpoint type is not supported for APIGatewayV2 domainName"
            )));
        }
        let set = |to: &mut Option<String>, from: &Option<String>| {
            if from.is_some() {
                to.clone_from(from);
            }
        };
        set(&mut domain.regional_certificate_arn, &configuration.certificate_arn);
        set(&mut domain.regional_certificate_name, &configuration.certificate_name);
        set(&mut domain.endpoint_configuration.ip_address_type, &configuration.ip_address_type);
        set(&mut domain.ownership_verification_certificate_arn, &configuration.ownership_verification_certificate_arn);
        if let Some(policy) = &configuration.security_policy {
            domain.security_policy.clone_from(policy);
        }
    }
    if let Some(mutual) = &input.mutual_tls_authentication {
        // A new version of the truststore is sent without where it is (developer guide, mutual TLS).
        let mut merged = domain.mutual_tls_authentication.take().unwrap_or_else(|| json!({}));
        for member in ["truststoreUri", "truststoreVersion"] {
            if let Some(value) = mutual.get(member).and_then(Value::as_str) {
                merged[member] = json!(value);
            }
        }
        domain.mutual_tls_authentication = Some(merged).filter(|mutual| !is_off(mutual));
    }
    if let Some(mode) = &input.routing_mode {
        let known = ROUTING_MODES.iter().find(|(own, _)| own == mode);
        let (_, rest) = known.ok_or_else(|| Refusal::bad_request(format!("Invalid routingMode {mode} specified")))?;
        domain.routing_mode = (*rest).to_owned();
    }
    Ok(())
}

pub(in super::super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: Input = input(call)?;
    let record = key(call.path("domainName"));
    let updated = call.control.write(|tx| {
        let mut domain: DomainName = tx.get(&record)?.ok_or_else(unknown)?;
        check_regional(&domain)?;
        apply(&mut domain, &input)?;
        tx.put(&record, &domain)?;
        Ok(domain)
    })?;
    Ok(Answer::json(without_empty_tags(&updated)))
}

pub(in super::super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let name = call.path("domainName");
    call.control.write(|tx| {
        if !tx.contains(&key(name)) {
            return Err(unknown());
        }
        forget(tx, name);
        Ok(())
    })?;
    Ok(Answer::empty())
}

pub(super) fn unknown() -> Refusal {
    Refusal::not_found("Invalid domain name identifier specified")
}
