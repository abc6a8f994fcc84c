//! Authorizer.

use serde::Deserialize;
use serde_json::Value;

use crate::gateway::import::IdSource as _;
use crate::gateway::integration_rules::NOT_AN_ARN;
use crate::gateway::{ApiDefinition, Authorizer, AuthorizerType, Quotas, authorizer_uri_fault, identity_source_fault};

use super::call::{Answer, Call, to_value};
use super::constraint::Constraints;
use super::page::page;
use super::patch::{self, Op, PatchOperation};
use super::refusal::Refusal;

const TYPES: [&str; 4] = ["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"];
/// Seconds; the quota of the time to live.
const MAX_TTL: i64 = 3600;

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct CreateInput {
    name: Option<String>,
    #[serde(rename = "type")]
    authorizer_type: Option<String>,
    #[serde(rename = "providerARNs")]
    provider_arns: Option<Vec<String>>,
    auth_type: Option<String>,
    authorizer_uri: Option<String>,
    authorizer_credentials: Option<String>,
    identity_source: Option<String>,
    identity_validation_expression: Option<String>,
    authorizer_result_ttl_in_seconds: Option<i64>,
    jwt_configuration: Option<Value>,
}

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition(call.path("restapi_id"))?;
    let items = definition.authorizers.values().map(to_value).collect::<Result<_, _>>()?;
    page(call, items)
}

pub(super) fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let definition = call.control.definition_or(call.path("restapi_id"), unknown)?;
    Answer::entity(definition.authorizers.get(call.path("authorizer_id")).ok_or_else(unknown)?)
}

pub(super) fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let input: CreateInput = call.input()?;
    let mut constraints = Constraints::new(call.input_name());
    constraints.required("name", input.name.as_ref());
    constraints.required("type", input.authorizer_type.as_ref());
    constraints.one_of("type", input.authorizer_type.as_deref(), &TYPES);
    constraints.finish()?;
    let made = made_authorizer(call, input)?;
    // An unknown API is reported as a conflict here (recorded).
    let busy =
        || Refusal::conflict("Unable to complete operation due to concurrent modification. Please try again later.");
    call.control.edit(call.path("restapi_id"), busy, |definition, _| {
        check_name(definition, &made.name, None)?;
        if definition.authorizers.len() >= Quotas::default().authorizers {
            return Err(Refusal::limit_exceeded("Authorizers", "this API"));
        }
        definition.authorizers.insert(made.id.clone(), made.clone());
        Ok(())
    })?;
    Answer::entity(&made)
}

fn made_authorizer(call: &Call<'_>, input: CreateInput) -> Result<Authorizer, Refusal> {
    let kind = input.authorizer_type.as_deref().and_then(AuthorizerType::parse);
    let authorizer_type = kind.ok_or_else(|| Refusal::bad_request("Invalid authorizer type specified"))?;
    let identity_source = match (authorizer_type, input.identity_source) {
        (AuthorizerType::Token, source) if source.as_deref().is_none_or(str::is_empty) => {
            return Err(Refusal::bad_request("IdentitySource cannot be empty"));
        }
        (AuthorizerType::CognitoUserPools, None) => Some("method.request.header.Authorization".to_owned()),
        (_, source) => source,
    };
    let auth_type = match authorizer_type {
        AuthorizerType::CognitoUserPools => "cognito_user_pools",
        _ => "custom",
    };
    check_ttl(input.authorizer_result_ttl_in_seconds)?;
    check_credentials(input.authorizer_credentials.as_deref())?;
    check_identity_source(authorizer_type, identity_source.as_deref(), input.authorizer_result_ttl_in_seconds)?;
    match authorizer_type {
        AuthorizerType::CognitoUserPools if input.provider_arns.as_ref().is_none_or(Vec::is_empty) => {
            return Err(Refusal::bad_request("ProviderARNs cannot be empty"));
        }
        AuthorizerType::Token | AuthorizerType::Request => check_uri(input.authorizer_uri.as_deref())?,
        _ => {}
    }
    Ok(Authorizer {
        id: call.ids().next_id(6),
        name: input.name.filter(|name| !name.is_empty()).ok_or_else(empty_name)?,
        authorizer_type,
        provider_arns: input.provider_arns.filter(|arns| !arns.is_empty()),
        auth_type: Some(input.auth_type.unwrap_or_else(|| auth_type.to_owned())),
        authorizer_uri: input.authorizer_uri,
        authorizer_credentials: input.authorizer_credentials,
        identity_source,
        identity_validation_expression: input.identity_validation_expression,
        authorizer_result_ttl_in_seconds: input.authorizer_result_ttl_in_seconds,
        jwt_configuration: input.jwt_configuration,
    })
}

pub(super) fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let operations = patch::operations(call)?;
    let id = call.path("authorizer_id");
    let updated = call.control.edit(call.path("restapi_id"), unknown, |definition, _| {
        let mut authorizer = definition.authorizers.get(id).cloned().ok_or_else(unknown)?;
        for operation in &operations {
            apply(&mut authorizer, operation)?;
        }
        check_identity_source(
            authorizer.authorizer_type,
            authorizer.identity_source.as_deref(),
            authorizer.authorizer_result_ttl_in_seconds,
        )?;
        check_name(definition, &authorizer.name, Some(id))?;
        definition.authorizers.insert(id.to_owned(), authorizer.clone());
        Ok(authorizer)
    })?;
    Answer::entity(&updated)
}

/// Demands that the role with which an authorizer's function is called is an ARN, in the words about an integration's.
fn check_credentials(role: Option<&str>) -> Result<(), Refusal> {
    match role {
        Some(role) if !role.is_empty() && !role.starts_with("arn:") => Err(Refusal::bad_request(NOT_AN_ARN)),
        _ => Ok(()),
    }
}

fn apply(authorizer: &mut Authorizer, operation: &PatchOperation) -> Result<(), Refusal> {
    match (operation.op, operation.path.as_str()) {
        (Op::Add, "/providerARNs") => {
            let arn = operation.text();
            let arns = authorizer.provider_arns.get_or_insert_default();
            if !arns.contains(&arn) {
                arns.push(arn);
            }
        }
        (Op::Remove, "/providerARNs") => {
            let arn = operation.text();
            authorizer.provider_arns.get_or_insert_default().retain(|known| *known != arn);
        }
        (Op::Replace, "/name") => authorizer.name = operation.non_empty().ok_or_else(empty_name)?,
        (Op::Replace, "/authorizerUri") => {
            check_uri(operation.value.as_deref())?;
            authorizer.authorizer_uri = operation.non_empty();
        }
        (Op::Replace, "/authorizerCredentials") => {
            let role = operation.non_empty();
            check_credentials(role.as_deref())?;
            authorizer.authorizer_credentials = role;
        }
        (Op::Replace, "/authType") => authorizer.auth_type = operation.non_empty(),
        (Op::Replace, "/type") => {
            let kind = AuthorizerType::parse(&operation.text());
            authorizer.authorizer_type =
                kind.ok_or_else(|| Refusal::bad_request("Invalid authorizer type specified"))?;
        }
        (Op::Replace, "/identitySource") => authorizer.identity_source = operation.non_empty(),
        // A source among several (API reference, patch operations).
        (Op::Add | Op::Remove, "/identitySource") => {
            let changed = operation.text();
            let sources = authorizer.identity_source.take().unwrap_or_default();
            let kept = sources.split(',').map(str::trim).filter(|source| !source.is_empty() && *source != changed);
            let mut kept: Vec<&str> = kept.collect();
            match operation.op {
                Op::Add if !changed.is_empty() => kept.push(&changed),
                Op::Remove if changed.is_empty() => kept.clear(),
                _ => {}
            }
            authorizer.identity_source = (!kept.is_empty()).then(|| kept.join(", "));
        }
        (Op::Replace, "/identityValidationExpression") => {
            authorizer.identity_validation_expression = operation.non_empty();
        }
        (Op::Replace, "/authorizerResultTtlInSeconds") => {
            let ttl = operation.integer()?;
            check_ttl(Some(ttl))?;
            authorizer.authorizer_result_ttl_in_seconds = Some(ttl);
        }
        _ => {
            return Err(operation.unsupported(&[
                "/name",
                "/authorizerUri",
                "/authorizerCredentials",
                "/authType",
                "/identitySource",
                "/identityValidationExpression",
                "/authorizerResultTtlInSeconds",
            ]));
        }
    }
    Ok(())
}

pub(super) fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.path("authorizer_id");
    call.control.edit(call.path("restapi_id"), unknown, |definition, _| {
        let name = definition.authorizers.get(id).ok_or_else(unknown)?.name.clone();
        let methods = super::method::all(definition);
        let user = methods.iter().find(|(_, method)| method.authorizer_id.as_deref() == Some(id));
        if let Some(((path, verb), _)) = user {
            return Err(Refusal::conflict(format!(
                "Cannot delete authorizer '{name}', is referenced in method: {verb}/{path}"
            )));
        }
        definition.authorizers.remove(id);
        Ok(())
    })?;
    Ok(Answer::empty())
}

fn unknown() -> Refusal {
    Refusal::not_found("Invalid Authorizer identifier specified")
}

fn empty_name() -> Refusal {
    Refusal::bad_request("Authorizer name must be non-empty")
}

fn check_name(definition: &ApiDefinition, name: &str, own_id: Option<&str>) -> Result<(), Refusal> {
    match definition.authorizer_named(name) {
        Some(other) if Some(other.id.as_str()) != own_id => Err(Refusal::bad_request(format!(
            "Authorizer name must be unique. Authorizer {name} already exists in this RestApi."
        ))),
        _ => Ok(()),
    }
}

fn check_ttl(ttl: Option<i64>) -> Result<(), Refusal> {
    if ttl.is_some_and(|ttl| !(0..=MAX_TTL).contains(&ttl)) {
        return Err(Refusal::bad_request(format!(
            "Authorizer result TTL outside allowable range. TTL must be between 0 and {MAX_TTL} seconds."
        )));
    }
    Ok(())
}

/// Demands that an authorizer has its identity source, if it needs one, and that it is well-formed. A request's is needed
/// to tell answers that are kept from each other; API Gateway does not say so (reports of users).
fn check_identity_source(kind: AuthorizerType, source: Option<&str>, ttl: Option<i64>) -> Result<(), Refusal> {
    match source.filter(|source| !source.is_empty()) {
        Some(source) => match identity_source_fault(kind, source) {
            Some(message) => Err(Refusal::bad_request(message)),
            None => Ok(()),
        },
        None if kind == AuthorizerType::Request && ttl != Some(0) => Err(Refusal::bad_request("Invalid request input")),
        None => Ok(()),
    }
}

fn check_uri(uri: Option<&str>) -> Result<(), Refusal> {
    authorizer_uri_fault(uri.unwrap_or_default()).map_or(Ok(()), |message| Err(Refusal::bad_request(message)))
}
