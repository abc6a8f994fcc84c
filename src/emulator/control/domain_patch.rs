//! What patch operations do to a domain name.

use serde_json::{Value, json};

use super::call::{Answer, Call, to_value};
use super::domain_name::{
    DomainName, ROUTING_MODES, called, check_edge_certificate, check_mutual_tls, is_off, key, stored_policy, unknown,
};
use super::patch::{self, Op, PatchOperation};
use super::refusal::Refusal;
use super::rest_api::{check_access_mode, is_enhanced};

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let record = key(&called(call));
    let (updated, before) = call.control.write(|tx| {
        let mut domain: DomainName = tx.get(&record)?.ok_or_else(unknown)?;
        let before = domain.security_policy.clone();
        for operation in &operations {
            apply(&mut domain, operation, call)?;
        }
        check_access_mode(Some(&domain.security_policy), domain.endpoint_access_mode.as_deref())?;
        check_mutual_tls(&domain)?;
        domain.place_endpoints(call);
        tx.put(&record, &domain)?;
        Ok::<_, Refusal>((domain, before))
    })?;
    // Another policy is still on its way out when the call answers, and there with the next read (recorded).
    let mut shown = to_value(&updated)?;
    if updated.security_policy != before {
        shown["domainNameStatus"] = json!("UPDATING");
        shown["domainNameStatusMessage"] = json!(UPDATING);
    }
    Ok(Answer::json(shown))
}

const UPDATING: &str = "Update is in progress. Please wait until the update finishes before making another request.";

fn apply(domain: &mut DomainName, operation: &PatchOperation, call: &Call<'_>) -> Result<(), Refusal> {
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (replaces, removes) = (operation.op == Op::Replace, operation.op == Op::Remove);
    if !matches!(operation.op, Op::Add | Op::Remove | Op::Replace) {
        return Err(operation.invalid_path());
    }
    let text = || operation.non_empty().filter(|_| !removes);
    match segments.as_slice() {
        ["certificateArn"] => {
            if domain.endpoint_configuration.types.iter().any(|t| t == "EDGE") {
                check_edge_certificate(text().as_deref())?;
            }
            domain.certificate_arn = text();
            domain.certificate_upload_date = Some(call.now());
        }
        ["certificateName"] => domain.certificate_name = text(),
        ["regionalCertificateArn"] => {
            domain.regional_certificate_arn = text();
            domain.certificate_upload_date = Some(call.now());
        }
        ["regionalCertificateName"] => domain.regional_certificate_name = text(),
        ["ownershipVerificationCertificateArn"] => domain.ownership_verification_certificate_arn = text(),
        // Of private names alone, and only replaced (API reference, patch operations).
        ["policy" | "managementPolicy"] if replaces && domain.domain_name_id.is_none() => {
            return Err(invalid_input(operation));
        }
        ["policy"] if replaces => {
            domain.policy = text().map(|policy| stored_policy(&policy, domain)).transpose()?;
        }
        ["managementPolicy"] if replaces => domain.management_policy = text(),
        ["securityPolicy"] if replaces => {
            domain.security_policy = operation.one_of("securityPolicy", &super::rest_api::SECURITY_POLICIES)?;
            if !is_enhanced(&domain.security_policy) {
                domain.endpoint_access_mode = None;
            }
        }
        // Reported by users of both; and of public names alone (API reference, patch operations).
        ["endpointAccessMode"]
            if replaces && (domain.mutual_tls_authentication.is_some() || domain.domain_name_id.is_some()) =>
        {
            return Err(invalid_input(operation));
        }
        ["endpointAccessMode"] if replaces => {
            domain.endpoint_access_mode = Some(operation.one_of("endpointAccessMode", &super::rest_api::ACCESS_MODES)?);
        }
        ["routingMode"] if replaces => domain.routing_mode = operation.one_of("routingMode", &ROUTING_MODES)?,
        ["endpointConfiguration", "types", ..] => endpoint_type(domain, operation, segments.get(2).copied())?,
        ["endpointConfiguration", "ipAddressType"] if replaces => {
            domain.endpoint_configuration.ip_address_type =
                Some(operation.one_of("ipAddressType", &super::rest_api::IP_ADDRESS_TYPES)?);
        }
        ["mutualTlsAuthentication", member @ ("truststoreUri" | "truststoreVersion")] => {
            let mut mutual = domain.mutual_tls_authentication.take().unwrap_or_else(|| json!({}));
            if let Some(members) = mutual.as_object_mut() {
                match text() {
                    Some(value) => members.insert((*member).to_owned(), Value::String(value)),
                    None => members.shift_remove(*member),
                };
            }
            domain.mutual_tls_authentication = Some(mutual).filter(|mutual| !is_off(mutual));
        }
        _ => return Err(operation.invalid_path()),
    }
    Ok(())
}

/// Changes the endpoint types: `add` and `remove` name the type in the value, `replace` the old one in the path too
/// (developer guide, migrating a custom domain name).
fn endpoint_type(domain: &mut DomainName, operation: &PatchOperation, old: Option<&str>) -> Result<(), Refusal> {
    let value = operation.non_empty().or_else(|| old.map(str::to_owned)).unwrap_or_default();
    if !super::rest_api::ENDPOINT_TYPES.contains(&value.as_str()) {
        return Err(Refusal::bad_request(super::rest_api::ENDPOINT_TYPE_OPTIONS));
    }
    let types = &mut domain.endpoint_configuration.types;
    let private = |types: &[String]| types.iter().any(|t| t == "PRIVATE");
    let was_private = private(types);
    match operation.op {
        Op::Remove => types.retain(|t| *t != value),
        Op::Replace => {
            // A type is replaced by its name; by its place in the list it is refused (reports of users).
            let replaced = old.filter(|old| types.iter().any(|t| t == old)).map(str::to_owned);
            match replaced {
                Some(old) => types.iter_mut().filter(|t| **t == old).for_each(|t| t.clone_from(&value)),
                None if *types == [value.as_str()] => {}
                None => return Err(invalid_input(operation)),
            }
        }
        _ if types.contains(&value) => {}
        _ => types.push(value),
    }
    types.sort_unstable();
    types.dedup();
    if types.is_empty() {
        return Err(Refusal::bad_request("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED."));
    }
    if was_private != private(types) || (was_private && types.len() > 1) {
        return Err(invalid_input(operation));
    }
    Ok(())
}

fn invalid_input(operation: &PatchOperation) -> Refusal {
    Refusal::bad_request(format!("{} Invalid request input", operation.path))
}
