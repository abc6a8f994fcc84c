//! The permission that lets API Gateway call a Lambda function: one statement per API and function.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::StreamExt as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::gateway::import::ImportOptions;
use crate::gateway::{HttpApi, IntegrationType, http_api};

use super::apply::Progress;
use super::call::{Repeat, call};
use super::plan::Meant;
use super::{Connection, DeployError, plan, rest_api, stage};

/// What a statement must allow: a function, and where it is called from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Permission {
    /// The function's ARN without its qualifier, as the integration names it.
    pub function: String,
    /// The alias or version that the integration names.
    pub qualifier: Option<String>,
    /// The part of the source ARN after the API's id, such as `*/GET/pets/*`.
    pub source: String,
}

/// The callers of each function: the function and its qualifier, and the parts of source ARNs.
type Callers = BTreeMap<(String, Option<String>), BTreeSet<String>>;

/// Returns the permissions that an API needs. Functions named by a stage variable are left out: which they are is known
/// at run time only.
#[must_use]
pub fn needed(definition: &Meant) -> Vec<Permission> {
    let mut callers = Callers::new();
    collect(definition, &mut callers);
    permissions(callers)
}

/// Returns the permissions that all stages of an API need: `after` on `stage`, and what the others serve. One statement
/// holds for all of them, so what one stage no longer calls may still be called by another.
///
/// # Errors
/// When the service fails, or an export cannot be read.
pub async fn needed_by_all_stages(
    connection: &Connection,
    api_id: &str,
    stage: &str,
    after: &Meant,
    account_id: &str,
) -> Result<Vec<Permission>, DeployError> {
    let mut callers = Callers::new();
    collect(after, &mut callers);
    let options = ImportOptions {
        account_id: account_id.to_owned(),
        region: connection.region.clone(),
        ..ImportOptions::default()
    };
    for other in stage::stages(connection, api_id).await?.iter().filter(|other| *other != stage) {
        if let Some(text) = rest_api::exported_text(connection, api_id, other).await? {
            collect(&plan::definition_of(connection.kind, api_id, &text, &options)?, &mut callers);
        }
    }
    Ok(permissions(callers))
}

fn collect(definition: &Meant, callers: &mut Callers) {
    let definition = match definition {
        Meant::Rest(definition) => definition,
        Meant::Http(definition) => return collect_http(definition, callers),
    };
    for resource in definition.resources.values() {
        for method in resource.resource_methods.values() {
            let Some(integration) = &method.method_integration else { continue };
            let lambda = matches!(integration.integration_type, IntegrationType::Aws | IntegrationType::AwsProxy);
            // With credentials API Gateway assumes a role, and the function's own policy does not matter.
            if !lambda || integration.credentials.is_some() {
                continue;
            }
            let verb = if method.http_method == "ANY" { "*" } else { &method.http_method };
            if let Some(function) = integration.uri.as_deref().and_then(function_of) {
                callers.entry(function).or_default().insert(format!("*/{verb}{}", source_path(&resource.path)));
            }
        }
    }
    for authorizer in definition.authorizers.values() {
        if authorizer.authorizer_credentials.is_some() {
            continue;
        }
        if let Some(function) = authorizer.authorizer_uri.as_deref().and_then(function_of) {
            callers.entry(function).or_default().insert("authorizers/*".into());
        }
    }
}

fn collect_http(definition: &HttpApi, callers: &mut Callers) {
    for route in definition.routes.values() {
        let Some(integration) = definition.integration_of(route) else { continue };
        let lambda = integration.integration_type == http_api::IntegrationType::AwsProxy
            && integration.integration_subtype.is_none()
            && integration.credentials_arn.is_none();
        let Some(function) = integration.integration_uri.as_deref().filter(|_| lambda).and_then(function_of) else {
            continue;
        };
        let source = match route.route_key.split_once(' ') {
            Some(("ANY", path)) => format!("*/*{}", source_path(path)),
            Some((verb, path)) => format!("*/{verb}{}", source_path(path)),
            // The catch-all is named without a verb (developer guide, `arn-format-reference`).
            None => "*/$default".to_owned(),
        };
        callers.entry(function).or_default().insert(source);
    }
    for authorizer in definition.authorizers.values().filter(|a| a.authorizer_credentials_arn.is_none()) {
        if let Some(function) = authorizer.authorizer_uri.as_deref().and_then(function_of) {
            callers.entry(function).or_default().insert("authorizers/*".into());
        }
    }
}

fn permissions(callers: Callers) -> Vec<Permission> {
    let permission = |((function, qualifier), sources): ((String, Option<String>), BTreeSet<String>)| Permission {
        function,
        qualifier,
        source: narrowest(&sources),
    };
    callers.into_iter().map(permission).collect()
}

/// Returns the one pattern that covers all of these: itself when there is one, all methods when none is an authorizer.
fn narrowest(sources: &BTreeSet<String>) -> String {
    let mut all = sources.iter();
    match (all.next(), all.next()) {
        (Some(only), None) => only.clone(),
        _ if sources.iter().any(|s| s.starts_with("authorizers/")) => "*".into(),
        _ => "*/*".into(),
    }
}

/// Returns the path with each variable replaced by `*`, as source ARNs are matched.
fn source_path(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "*" } else { segment }).collect::<Vec<_>>().join("/")
}

/// Returns the function of an invocation URI (`arn:…:lambda:path/2015-03-31/functions/{arn}/invocations`), or of its own
/// ARN, as HTTP APIs take it too.
fn function_of(uri: &str) -> Option<(String, Option<String>)> {
    let arn = match uri.split_once(":lambda:path/") {
        Some((_, path)) => path.split_once("/functions/")?.1.strip_suffix("/invocations")?,
        None => uri,
    };
    if arn.contains("${") {
        return None;
    }
    let parts: Vec<&str> = arn.split(':').collect();
    match parts.as_slice() {
        ["arn", _, "lambda", _, _, "function", _] => Some((arn.to_owned(), None)),
        [head @ .., qualifier] if head.len() == 7 && head[5] == "function" => {
            Some((head.join(":"), Some((*qualifier).to_owned())))
        }
        _ => None,
    }
}

/// Why a permission could not be granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The function does not exist yet.
    NoFunction(String),
    /// The call failed.
    Failed(String),
}

/// How many functions are dealt with at once: Lambda allows 15 such calls a second.
const AT_ONCE: usize = 8;

/// Brings the functions' policies up to what the API needs: adds what is missing, removes what is ours and no longer
/// needed, also from functions in `before` that are not called any more. Returns what could not be done.
pub async fn grant(
    connection: &Connection,
    api_id: &str,
    account_id: &str,
    needed: &[Permission],
    before: &[Permission],
    progress: Progress<'_>,
) -> Vec<Problem> {
    let client = aws_sdk_lambda::Client::new(&connection.sdk);
    let prefix = format!("arn:{}:execute-api:{}:{account_id}:{api_id}", connection.partition(), connection.region);
    let is_needed = |b: &&Permission| !needed.iter().any(|n| n.function == b.function && n.qualifier == b.qualifier);
    let wanted = needed.iter().map(|permission| (permission, Some(format!("{prefix}/{}", permission.source))));
    let stale = before.iter().filter(is_needed).map(|permission| (permission, None));
    let tasks: Vec<_> = wanted
        .chain(stale)
        .map(|(permission, source)| settle(&client, connection, api_id, permission, source, progress))
        .collect();
    let mut problems: Vec<_> = futures_util::stream::iter(tasks).buffered(AT_ONCE).collect().await;
    problems.drain(..).filter_map(Result::err).collect()
}

/// Makes the one statement of ours in a function's policy be this one, or none. The new one is added before the old one
/// is removed, so that calls never fail in between.
async fn settle(
    client: &aws_sdk_lambda::Client,
    connection: &Connection,
    api_id: &str,
    permission: &Permission,
    source_arn: Option<String>,
    progress: Progress<'_>,
) -> Result<(), Problem> {
    let name = permission.function.rsplit(':').next().unwrap_or_default();
    let subject = format!("function `{name}` for API `{api_id}`");
    let request = client.get_policy().function_name(&permission.function).set_qualifier(permission.qualifier.clone());
    let ours = match call(connection, "GetPolicy", &subject, Repeat::Freely, || request.clone().send()).await {
        Ok(answer) => statements(answer.policy().unwrap_or_default(), &format!("gatewright-{api_id}")),
        // There is no policy, or no function; adding the permission tells which.
        Err(error) if is_missing(&error) => Vec::new(),
        Err(error) => return Err(Problem::Failed(error.to_string())),
    };
    if let Some(source_arn) = source_arn.as_ref().filter(|arn| !ours.iter().any(|(_, known)| known == *arn)) {
        let request = client
            .add_permission()
            .function_name(&permission.function)
            .set_qualifier(permission.qualifier.clone())
            .statement_id(statement_id(api_id, source_arn))
            .action("lambda:InvokeFunction")
            .principal("apigateway.amazonaws.com")
            .source_arn(source_arn);
        match call(connection, "AddPermission", &subject, Repeat::Freely, || request.clone().send()).await {
            Ok(_) => progress("Permitting", &format!("API Gateway to call function `{name}`")),
            // Sent again after its answer was lost, it finds the statement there.
            Err(DeployError::Refused { code, .. }) if code == "ResourceConflictException" => {}
            Err(error) if is_missing(&error) => return Err(Problem::NoFunction(name.to_owned())),
            Err(error) => return Err(Problem::Failed(error.to_string())),
        }
    }
    for (id, _) in ours.iter().filter(|(_, known)| Some(known) != source_arn.as_ref()) {
        let request = client
            .remove_permission()
            .function_name(&permission.function)
            .statement_id(id)
            .set_qualifier(permission.qualifier.clone());
        match call(connection, "RemovePermission", &subject, Repeat::Freely, || request.clone().send()).await {
            Err(error) if !is_missing(&error) => return Err(Problem::Failed(error.to_string())),
            _ if source_arn.is_none() => {
                progress("Forbidding", &format!("API Gateway to call function `{name}`, which it no longer does"));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_missing(error: &DeployError) -> bool {
    matches!(error, DeployError::Refused { code, .. } if code == "ResourceNotFoundException")
}

/// Returns the id of a statement of ours. It holds what the statement allows, so that an old and a new one can stand side
/// by side for a moment.
fn statement_id(api_id: &str, source_arn: &str) -> String {
    let digest = Sha256::digest(source_arn.as_bytes());
    let hex: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("gatewright-{api_id}-{hex}")
}

/// Returns the statements of a policy whose ids begin so: their ids and source ARNs.
fn statements(policy: &str, prefix: &str) -> Vec<(String, String)> {
    let Ok(policy) = serde_json::from_str::<Value>(policy) else { return Vec::new() };
    let source = |statement: &Value| {
        let condition = &statement["Condition"];
        ["ArnLike", "ArnEquals", "StringLike", "StringEquals"].iter().find_map(|operator| {
            let arn = &condition[operator];
            arn["AWS:SourceArn"].as_str().or_else(|| arn["aws:SourceArn"].as_str()).map(str::to_owned)
        })
    };
    let all = policy["Statement"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter()
        .filter_map(|statement| {
            let id = statement["Sid"].as_str()?;
            let ours = id.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
            ours.then(|| (id.to_owned(), source(statement).unwrap_or_default()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_read_from_invocation_uris() {
        let uri =
            |arn: &str| format!("arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{arn}/invocations");
        let arn = "arn:aws:lambda:eu-west-1:123456789012:function:pets";
        assert_eq!(function_of(&uri(arn)), Some((arn.into(), None)));
        assert_eq!(function_of(&uri(&format!("{arn}:live"))), Some((arn.into(), Some("live".into()))));
        assert_eq!(function_of(&uri("arn:aws:lambda:eu-west-1:123456789012:function:${stageVariables.f}")), None);
        assert_eq!(function_of("arn:aws:apigateway:eu-west-1:sqs:path/1/q"), None);
    }

    #[test]
    fn one_statement_covers_all_callers() {
        let set = |sources: &[&str]| sources.iter().map(|s| (*s).to_owned()).collect::<BTreeSet<_>>();
        assert_eq!(narrowest(&set(&["*/GET/pets/*"])), "*/GET/pets/*");
        assert_eq!(narrowest(&set(&["*/GET/pets", "*/POST/pets"])), "*/*");
        assert_eq!(narrowest(&set(&["*/GET/pets", "authorizers/*"])), "*");
        assert_eq!(source_path("/pets/{petId}/{rest+}"), "/pets/*/*");
    }

    #[test]
    fn our_statement_is_found_in_a_policy() {
        let policy = r#"{"Statement":[{"Sid":"other"},{"Sid":"gatewright-a","Condition":{"ArnLike":{"AWS:SourceArn":"arn:x"}}}]}"#;
        assert_eq!(statements(policy, "gatewright-a"), [("gatewright-a".to_owned(), "arn:x".to_owned())]);
        assert!(statements(policy, "gatewright-b").is_empty());
        assert!(statements(policy, "gatewright").len() == 1);
    }
}
