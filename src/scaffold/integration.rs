//! Integrations from templates: what answers an operation that does not say so itself.

use serde_json::json;

use crate::openapi::{Document, Method};
use crate::source::{Diagnostic, Entry, Key, Mapping, Node};

use super::manifest::Manifest;
use super::operations::{self, Function};
use super::template::Templates;
use super::{Per, ScaffoldOptions};

/// The member that holds an operation's integration.
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// Where the functions are.
#[derive(Clone, Debug)]
pub struct IntegrationContext {
    /// The AWS region.
    pub region: String,
    /// The AWS account, twelve digits.
    pub account_id: String,
    /// `aws`, `aws-cn`, `aws-us-gov`
    pub partition: String,
    /// How operations are spread over functions.
    pub per: Per,
}

/// Gives every operation without an integration one that invokes its function.
///
/// The function's name is that of [`functions`](super::functions) for the same document.
#[must_use]
pub fn complete(document: &Document, cx: &IntegrationContext) -> (Document, Vec<Diagnostic>) {
    complete_with(document, cx, &Templates::built_in())
}

/// Like [`complete`], with these templates.
#[must_use]
pub fn complete_with(
    document: &Document,
    cx: &IntegrationContext,
    templates: &Templates,
) -> (Document, Vec<Diagnostic>) {
    let options = ScaffoldOptions { per: cx.per, ..ScaffoldOptions::default() };
    let plan = operations::plan(document, &options, &Manifest::default());
    let mut diagnostics = Vec::new();
    let mut root = document.root().clone();
    for handled in &plan.handled {
        let operation = &handled.operation;
        if operation.node.get(INTEGRATION).is_some() {
            continue;
        }
        let Some(function) = plan.functions.get(handled.function) else { continue };
        let context = context(cx, operation.path.path, operation.method, function);
        let integration = templates
            .render("integrations/aws-proxy", &context)
            .map_err(|error| error.to_string())
            .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).map_err(|error| error.to_string()));
        match integration {
            Ok(json) => {
                let node = Node::from_json(&json, operation.span);
                let changed = with_integration(operation.node, node, operation.span);
                root = with_operation(document, &root, operation.path.path, operation.method, changed);
            }
            Err(message) => {
                let message = format!("`{}` gets no integration: {message}", operation.label());
                diagnostics.push(Diagnostic::error("integration-template", operation.span, message));
            }
        }
    }
    (document.with_root(root), diagnostics)
}

fn context(cx: &IntegrationContext, path: &str, method: Method, function: &Function) -> serde_json::Value {
    json!({
        "region": cx.region,
        "accountId": cx.account_id,
        "partition": cx.partition,
        "path": path,
        "method": method.verb(),
        "function": { "name": function.name, "invocationUri": invocation_uri(cx, &function.name) },
    })
}

/// Returns the URI that makes API Gateway invoke a function.
fn invocation_uri(cx: &IntegrationContext, function: &str) -> String {
    let IntegrationContext { region, account_id, partition, .. } = cx;
    format!(
        "arn:{partition}:apigateway:{region}:lambda:path/2015-03-31/functions/\
         arn:{partition}:lambda:{region}:{account_id}:function:{function}/invocations"
    )
}

fn with_integration(operation: &Node, integration: Node, span: crate::source::Span) -> Node {
    let mut mapping = operation.as_map().cloned().unwrap_or_default();
    mapping.set(Key { text: INTEGRATION.into(), span }, integration);
    Node::mapping(mapping, operation.span)
}

/// Returns the root with another operation. The path item is written out where it was a reference.
fn with_operation(document: &Document, root: &Node, path: &str, method: Method, operation: Node) -> Node {
    let replace = |mapping: &mut Mapping, key: &str, change: &mut dyn FnMut(&Node) -> Node| {
        if let Some(entry) = mapping.entries_mut().iter_mut().find(|e: &&mut Entry| e.key.text == key) {
            entry.value = change(&entry.value);
        }
    };
    let mut operation = Some(operation);
    let Some(root_mapping) = root.as_map() else { return root.clone() };
    let mut root_mapping = root_mapping.clone();
    replace(&mut root_mapping, "paths", &mut |paths| {
        let mut mapping = paths.as_map().cloned().unwrap_or_default();
        replace(&mut mapping, path, &mut |item| {
            let mut members = document.resolved(item).as_map().cloned().unwrap_or_default();
            replace(&mut members, method.key(), &mut |old| operation.take().unwrap_or_else(|| old.clone()));
            Node::mapping(members, item.span)
        });
        Node::mapping(mapping, paths.span)
    });
    Node::mapping(root_mapping, root.span)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    #[test]
    fn an_operation_without_an_integration_invokes_its_function() {
        let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /pets:\n    get: {operationId: listPets}\n    \
                    options: {x-amazon-apigateway-integration: {type: mock}}\n";
        let origin = Origin::Memory("t.yaml".into());
        let (document, _, _) = load_text(&Loader::default(), &origin, text.into(), &LoadOptions::default());
        let document = document.expect("a document");
        let cx = IntegrationContext {
            region: "eu-west-1".into(),
            account_id: "123456789012".into(),
            partition: "aws".into(),
            per: Per::Operation,
        };
        let (completed, diagnostics) = complete(&document, &cx);
        assert_eq!(diagnostics, []);
        let uris: Vec<_> = completed
            .operations()
            .map(|o| o.node.get(INTEGRATION).and_then(|i| i.str_of("uri")).unwrap_or_default().to_owned())
            .collect();
        let uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/\
                   arn:aws:lambda:eu-west-1:123456789012:function:list-pets/invocations";
        assert_eq!(uris, [uri, ""]);
    }
}
