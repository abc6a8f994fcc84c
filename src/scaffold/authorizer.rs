//! Authorizers from templates: what a security scheme that does not say so itself becomes in API Gateway.

use serde_json::{Value as Json, json};

use crate::openapi::Document;
use crate::source::{Diagnostic, Key, Mapping, Node};

use super::integration::{IntegrationContext, invocation_uri, rendered};
use super::template::Templates;

/// The member of a security scheme that chooses a template: `{template: cognito, with: {…}}`.
const CHOICE: &str = "x-gatewright-authorizer";

/// What a scheme has that needs no template.
const EXTENSIONS: [&str; 2] = ["x-amazon-apigateway-authorizer", "x-amazon-apigateway-authtype"];

/// Returns the document's root with the authorizers that its security schemes, or rules for them, choose.
pub(crate) fn complete(
    document: &Document,
    cx: &IntegrationContext,
    templates: &Templates,
    diagnostics: &mut Vec<Diagnostic>,
) -> Node {
    let root = document.root();
    let Some(schemes) = root.get("components").and_then(|c| c.get("securitySchemes")) else { return root.clone() };
    let mut changed: Vec<(Key, Node)> = Vec::new();
    for entry in schemes.entries() {
        let scheme = document.resolved(&entry.value);
        if EXTENSIONS.iter().any(|key| scheme.get(key).is_some()) {
            continue;
        }
        let kind = scheme.str_of("type").unwrap_or_default();
        let choice = scheme.get(CHOICE);
        let name = choice.and_then(|c| c.str_of("template").or_else(|| c.as_str()));
        let with = choice.and_then(|choice| choice.get("with")).map(Node::to_json);
        let rule = cx.options.authorizers.iter().find(|rule| rule.holds(&entry.key.text, kind));
        let (template, with) = match (name, rule) {
            (Some(name), _) => (name.to_owned(), with.unwrap_or_else(|| json!({}))),
            (None, Some(rule)) => (rule.template.clone(), Json::Object(rule.with.clone())),
            (None, None) => continue,
        };
        let name = format!("authorizers/{template}");
        let scheme_name = &entry.key.text;
        if !templates.has(&name) {
            let known = templates.names("authorizers/").join("`, `");
            let message = format!("there is no template `{name}`, so `{scheme_name}` gets no authorizer");
            let diagnostic = Diagnostic::error("authorizer-template", entry.key.span, message);
            diagnostics.push(diagnostic.with_help(format!("choose one of `{known}`")));
            continue;
        }
        let function = with.get("function").and_then(Json::as_str).unwrap_or_default();
        let context = json!({
            "region": cx.region,
            "accountId": cx.account_id,
            "partition": cx.partition,
            "scheme": scheme.to_json(),
            "name": scheme_name.as_str(),
            "invocationUri": invocation_uri(cx, function),
            "with": with,
        });
        match rendered(templates, &name, &context) {
            Ok(Json::Object(members)) => {
                let mut mapping = scheme.as_map().cloned().unwrap_or_default();
                for (key, value) in &members {
                    let key = Key { text: key.as_str().into(), span: entry.key.span };
                    mapping.set(key, Node::from_json(value, entry.key.span));
                }
                changed.push((entry.key.clone(), Node::mapping(mapping, scheme.span)));
            }
            Ok(_) => {
                let message = format!("the template `{name}` makes JSON that is no object");
                diagnostics.push(Diagnostic::error("authorizer-template", entry.key.span, message));
            }
            Err(message) => {
                let message = format!("`{scheme_name}` gets no authorizer: {message}");
                diagnostics.push(Diagnostic::error("authorizer-template", entry.key.span, message));
            }
        }
    }
    if changed.is_empty() {
        return root.clone();
    }
    let mut new = schemes.as_map().cloned().unwrap_or_default();
    for (key, scheme) in changed {
        new.set(key, scheme);
    }
    let new = Node::mapping(new, schemes.span);
    with_member(root, "components", |components| with_member(components, "securitySchemes", |_| new.clone()))
}

fn with_member(node: &Node, key: &str, change: impl Fn(&Node) -> Node) -> Node {
    let mut mapping: Mapping = node.as_map().cloned().unwrap_or_default();
    if let Some(entry) = mapping.entries_mut().iter_mut().find(|entry| entry.key.text == key) {
        entry.value = change(&entry.value);
    }
    Node::mapping(mapping, node.span)
}
