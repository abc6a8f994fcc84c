//! What an API has that a stage does not serve yet: edits since the stage's deployment.

use std::collections::BTreeMap;

use aws_sdk_apigateway::types::Method;

use crate::openapi::Document;
use crate::source::Node;

use super::{Connection, DeployError, read_back};

/// Returns the operations in which an API, as it stands, differs from what a stage serves, each in words. Integrations
/// are compared by type, target and method, which is what an export and the API's own resources say the same way.
///
/// # Errors
/// When the service fails.
pub async fn undeployed(connection: &Connection, api_id: &str, served: &Document) -> Result<Vec<String>, DeployError> {
    let now = methods(connection, api_id).await?;
    let mut differences = Vec::new();
    let mut known: BTreeMap<String, &Node> = BTreeMap::new();
    for operation in served.operations() {
        known.insert(operation.label(), operation.node);
    }
    for (label, method) in &now {
        match known.get(label) {
            None => differences.push(format!("{label} was added")),
            Some(node) if is_changed(node, method) => differences.push(format!("{label} was changed")),
            Some(_) => {}
        }
    }
    differences
        .extend(known.keys().filter(|label| !now.contains_key(*label)).map(|label| format!("{label} was removed")));
    differences.sort();
    Ok(differences)
}

/// Returns the methods of an API as it stands, by `GET /pets`.
async fn methods(connection: &Connection, api_id: &str) -> Result<BTreeMap<String, Method>, DeployError> {
    let mut methods = BTreeMap::new();
    for resource in read_back::resources(connection, api_id).await? {
        let path = resource.path().unwrap_or("/");
        for (verb, method) in resource.resource_methods().into_iter().flatten() {
            methods.insert(format!("{verb} {path}"), method.clone());
        }
    }
    Ok(methods)
}

fn is_changed(served: &Node, now: &Method) -> bool {
    let Some(integration) = served.get("x-amazon-apigateway-integration") else {
        return now.method_integration().is_some();
    };
    let Some(current) = now.method_integration() else { return true };
    let differs = |key: &str, value: Option<&str>| {
        let exported = integration.str_of(key).unwrap_or_default();
        !exported.eq_ignore_ascii_case(value.unwrap_or_default())
    };
    differs("type", current.r#type().map(aws_sdk_apigateway::types::IntegrationType::as_str))
        || differs("uri", current.uri())
        || differs("httpMethod", current.http_method())
}
