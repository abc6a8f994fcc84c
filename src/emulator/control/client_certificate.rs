//! ClientCertificate.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::gateway::Quotas;
use crate::gateway::import::IdSource as _;

use super::call::{Answer, Call, to_value};
use super::page::page;
use super::patch::{self, Op};
use super::refusal::{Exception, Refusal};

/// A year, in seconds.
const LIFETIME: i64 = 365 * 24 * 60 * 60;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    description: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientCertificate {
    client_certificate_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    pem_encoded_certificate: String,
    created_date: i64,
    expiration_date: i64,
    #[serde(default)]
    tags: IndexMap<String, String>,
}

pub(super) fn key(id: &str) -> String {
    format!("clientcertificate/{id}")
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let certificates: Vec<ClientCertificate> = call.control.store.list("clientcertificate/")?;
    page(call, certificates.iter().map(shown).collect::<Result<_, _>>()?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let certificate: Option<ClientCertificate> = call.control.store.get(&key(call.path("clientcertificate_id")))?;
    Answer::entity(&certificate.ok_or_else(unknown)?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let now = call.now();
    let made = ClientCertificate {
        client_certificate_id: call.ids().next_id(6),
        description: input.description.filter(|text| !text.is_empty()),
        pem_encoded_certificate: self_signed(now)?,
        created_date: now,
        expiration_date: now + LIFETIME,
        tags: super::tags_of(input.tags)?,
    };
    call.control.write(|tx| {
        if tx.keys("clientcertificate/").len() >= Quotas::default().client_certificates {
            return Err(Refusal::limit_exceeded("Client Certificates", "this account"));
        }
        Ok(tx.put(&key(&made.client_certificate_id), &made)?)
    })?;
    shown(&made).map(Answer::json)
}

/// Returns a self-signed certificate with the name that API Gateway's have (recordings of users). Its key is not kept: the embedded gateway
/// speaks to backends without client certificates.
fn self_signed(now: i64) -> Result<String, Refusal> {
    let failed = |error: rcgen::Error| {
        Refusal::new(Exception::ServiceUnavailable, format!("cannot make a certificate: {error}"))
    };
    let mut name = DistinguishedName::new();
    for (kind, value) in
        [(DnType::CountryName, "US"), (DnType::LocalityName, "Seattle"), (DnType::CommonName, "ApiGateway")]
    {
        name.push(kind, value);
    }
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name = name;
    let day = |seconds: i64| {
        let date = jiff::Timestamp::from_second(seconds).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date();
        let part = |number: i8| u8::try_from(number).unwrap_or(1);
        rcgen::date_time_ymd(date.year().into(), part(date.month()), part(date.day()))
    };
    (parameters.not_before, parameters.not_after) = (day(now), day(now + LIFETIME));
    let key = KeyPair::generate().map_err(failed)?;
    let made = parameters.self_signed(&key).map_err(failed)?.pem();
    // The service's lines end so, the last one with nothing (recorded).
    Ok(made.lines().collect::<Vec<_>>().join("\r\n"))
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let key = key(call.path("clientcertificate_id"));
    let updated = call.control.write(|tx| {
        let mut certificate: ClientCertificate = tx.get(&key)?.ok_or_else(unknown)?;
        for operation in &operations {
            match (operation.op, operation.path.as_str()) {
                (Op::Replace, "/description") => certificate.description = operation.non_empty(),
                _ => return Err(operation.unsupported(&["/description"])),
            }
        }
        tx.put(&key, &certificate)?;
        Ok(certificate)
    })?;
    Answer::entity(&updated)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.control.remove(&key(call.path("clientcertificate_id")), unknown)?;
    Ok(Answer::empty())
}

/// Returns a certificate as creation and lists answer it.
fn shown(certificate: &ClientCertificate) -> Result<Value, Refusal> {
    let mut value = to_value(certificate)?;
    if let Some(members) = value.as_object_mut().filter(|_| certificate.tags.is_empty()) {
        members.shift_remove("tags");
    }
    Ok(value)
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Client Certificate identifier specified")
}
