//! The permission that lets API Gateway call a Lambda function: one statement per API and function.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use serde_json::Value;

use crate::gateway::{ApiDefinition, IntegrationType};

use super::apply::Progress;
use super::{Connection, DeployError};

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

/// Returns the permissions that an API needs. Functions named by a stage variable are left out: which they are is known
/// at run time only.
#[must_use]
pub fn needed(definition: &ApiDefinition) -> Vec<Permission> {
    let mut sources: BTreeMap<(String, Option<String>), BTreeSet<String>> = BTreeMap::new();
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
                sources.entry(function).or_default().insert(format!("*/{verb}{}", source_path(&resource.path)));
            }
        }
    }
    for authorizer in definition.authorizers.values() {
        if authorizer.authorizer_credentials.is_some() {
            continue;
        }
        if let Some(function) = authorizer.authorizer_uri.as_deref().and_then(function_of) {
            sources.entry(function).or_default().insert("authorizers/*".into());
        }
    }
    sources
        .into_iter()
        .map(|((function, qualifier), sources)| Permission { function, qualifier, source: narrowest(&sources) })
        .collect()
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

/// Returns the function of an invocation URI (`arn:…:lambda:path/2015-03-31/functions/{arn}/invocations`).
fn function_of(uri: &str) -> Option<(String, Option<String>)> {
    let arn = uri.split_once(":lambda:path/")?.1.split_once("/functions/")?.1.strip_suffix("/invocations")?;
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

/// Brings the functions' policies up to what the API needs: adds what is missing, replaces what is ours and wrong.
/// Returns what could not be done, in words; a function that does not exist yet is such a case.
pub async fn grant(
    connection: &Connection,
    api_id: &str,
    account_id: &str,
    permissions: &[Permission],
    progress: Progress<'_>,
) -> Vec<String> {
    let client = aws_sdk_lambda::Client::new(&connection.sdk);
    let partition = connection.partition();
    let tasks = permissions.iter().map(|permission| {
        let source_arn =
            format!("arn:{partition}:execute-api:{}:{account_id}:{api_id}/{}", connection.region, permission.source);
        grant_one(&client, connection, api_id, permission, source_arn, progress)
    });
    futures_util::future::join_all(tasks).await.into_iter().flatten().collect()
}

/// Returns why the permission could not be granted, if it could not.
async fn grant_one(
    client: &aws_sdk_lambda::Client,
    connection: &Connection,
    api_id: &str,
    permission: &Permission,
    source_arn: String,
    progress: Progress<'_>,
) -> Option<String> {
    let statement_id = format!("gatewright-{api_id}");
    let policy = client
        .get_policy()
        .function_name(&permission.function)
        .set_qualifier(permission.qualifier.clone())
        .send()
        .await;
    let existing = match policy {
        Ok(answer) => statement_source(answer.policy().unwrap_or_default(), &statement_id),
        // There is no policy, or no function; adding the permission tells which.
        Err(_) => None,
    };
    if existing.as_deref() == Some(&source_arn) {
        return None;
    }
    let name = permission.function.rsplit(':').next().unwrap_or_default();
    if existing.is_some() {
        let removed = client
            .remove_permission()
            .function_name(&permission.function)
            .statement_id(&statement_id)
            .set_qualifier(permission.qualifier.clone())
            .send()
            .await;
        if let Err(error) = removed {
            let error = DeployError::of("RemovePermission", format!("function `{name}`"), &connection.endpoint, error);
            return Some(error.to_string());
        }
    }
    let added = client
        .add_permission()
        .function_name(&permission.function)
        .set_qualifier(permission.qualifier.clone())
        .statement_id(&statement_id)
        .action("lambda:InvokeFunction")
        .principal("apigateway.amazonaws.com")
        .source_arn(source_arn)
        .send()
        .await;
    match added {
        Ok(_) => {
            progress("Permitting", &format!("API Gateway to call function `{name}`"));
            None
        }
        Err(error) if error.code() == Some("ResourceNotFoundException") => Some(format!(
            "function `{name}` does not exist yet: calls to it will fail until it is deployed and this import is run again"
        )),
        Err(error) => Some(
            DeployError::of("AddPermission", format!("function `{name}`"), &connection.endpoint, error).to_string(),
        ),
    }
}

/// Returns the source ARN of a statement in a policy's text.
fn statement_source(policy: &str, statement_id: &str) -> Option<String> {
    let policy: Value = serde_json::from_str(policy).ok()?;
    let statement = policy["Statement"].as_array()?.iter().find(|s| s["Sid"] == statement_id)?;
    let condition = &statement["Condition"];
    ["ArnLike", "ArnEquals", "StringLike", "StringEquals"]
        .iter()
        .find_map(|operator| {
            condition[operator]["AWS:SourceArn"].as_str().or_else(|| condition[operator]["aws:SourceArn"].as_str())
        })
        .map(str::to_owned)
        .or(Some(String::new()))
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
        assert_eq!(statement_source(policy, "gatewright-a").as_deref(), Some("arn:x"));
        assert_eq!(statement_source(policy, "gatewright-b"), None);
    }
}
