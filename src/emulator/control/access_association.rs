//! DomainNameAccessAssociation: which VPC endpoints may reach a private domain name. Data only.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::call::{Answer, Call, to_value};
use super::constraint::{self, Constraints};
use super::page::page;
use super::refusal::Refusal;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    domain_name_arn: Option<String>,
    access_association_source_type: Option<String>,
    access_association_source: Option<String>,
    tags: Option<BTreeMap<String, Option<String>>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessAssociation {
    domain_name_access_association_arn: String,
    domain_name_arn: String,
    access_association_source_type: String,
    access_association_source: String,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    tags: IndexMap<String, String>,
}

const PREFIX: &str = "accessassociation/";

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let owner = call.query("resourceOwner");
    if let Some(owner) = owner {
        constraint::parameter_one_of("resourceOwner", owner, &super::domain_name::RESOURCE_OWNERS)?;
    }
    // All are this account's own.
    if owner == Some("OTHER_ACCOUNTS") {
        return page(call, Vec::new());
    }
    let associations: Vec<AccessAssociation> = call.control.store.list(PREFIX)?;
    page(call, associations.iter().map(to_value).collect::<Result<_, _>>()?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("domainNameArn", input.domain_name_arn.as_ref());
    constraints.required("accessAssociationSourceType", input.access_association_source_type.as_ref());
    let source_type = input.access_association_source_type.as_deref();
    constraints.one_of("accessAssociationSourceType", source_type, &["VPCE"]);
    constraints.required("accessAssociationSource", input.access_association_source.as_ref());
    constraints.finish()?;
    let domain_name_arn = input.domain_name_arn.unwrap_or_default();
    let name = domain_name_arn.split("/domainnames/").nth(1).and_then(|rest| rest.split('/').next());
    let name = name.unwrap_or_default().to_owned();
    let source = input.access_association_source.unwrap_or_default();
    let control = call.control;
    let made = AccessAssociation {
        domain_name_access_association_arn: format!(
            "arn:{}:apigateway:{}:{}:/domainnameaccessassociations/domainname/{name}/vpcesource/{source}",
            crate::gateway::partition(&control.region),
            control.region,
            control.account_id,
        ),
        domain_name_arn,
        access_association_source_type: input.access_association_source_type.unwrap_or_default(),
        access_association_source: source,
        tags: super::tags_of(input.tags)?,
    };
    control.write(|tx| {
        if !tx.contains(&super::domain_name::key(&name)) {
            return Err(super::domain_name::unknown());
        }
        // Only a private domain name has an id in its ARN.
        if !name.contains('+') {
            return Err(Refusal::bad_request(
                "Domain name access associations are only for private custom domain names.",
            ));
        }
        let record = format!("{PREFIX}{}", made.domain_name_access_association_arn);
        if tx.contains(&record) {
            return Err(Refusal::conflict("Domain name access association already exists"));
        }
        Ok(tx.put(&record, &made)?)
    })?;
    Answer::entity(&made)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    remove(call, call.path("association_arn"))
}

/// A rejected association is gone, as its owner sees it.
pub(super) fn reject(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut constraints = Constraints::new("");
    for name in ["domainNameAccessAssociationArn", "domainNameArn"] {
        constraints.required(name, call.query(name).as_ref());
    }
    constraints.finish()?;
    remove(call, call.query("domainNameAccessAssociationArn").unwrap_or_default())
}

fn remove(call: &Call<'_>, arn: &str) -> Result<Answer, Refusal> {
    let unknown = || Refusal::not_found("Invalid domain name access association identifier specified");
    call.control.remove(&format!("{PREFIX}{arn}"), unknown)?;
    Ok(Answer::empty())
}
