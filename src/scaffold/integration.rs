//! Integrations from templates: what answers an operation that does not say so itself.

use serde_json::json;

use crate::gateway::extension::nearest_first;
use crate::openapi::{Document, Method, Operation};
use crate::source::{Diagnostic, Entry, Key, Mapping, Node, Severity};

use super::declared;
use super::manifest::Manifest;
use super::operations::{self, Function};
use super::template::Templates;
use super::{IntegrationRule, ScaffoldOptions};

/// The member that holds an operation's integration.
const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// The template of an operation that chooses none.
pub(crate) const DEFAULT_TEMPLATE: &str = "aws-proxy";

/// The template of a function that is given what a mapping template makes.
pub(crate) const MAPPED_TEMPLATE: &str = "aws";

/// The member that chooses a template: `{template: sqs-send-message, with: {queue: orders}}`.
const CHOICE: &str = "x-gatewright-integration";

/// Returns the name of the template that an operation chooses, or a rule for it, and what the template is given.
pub(crate) fn chosen(operation: &Operation<'_>, rules: &[IntegrationRule]) -> (String, serde_json::Value) {
    let choice = operation.node.get(CHOICE);
    let name = choice.and_then(|c| c.str_of("template").or_else(|| c.as_str()));
    let with = choice.and_then(|choice| choice.get("with")).map(Node::to_json);
    let rule = rules.iter().find(|rule| rule.when.holds(operation));
    match (name, rule) {
        (Some(name), _) => (name.to_owned(), with.unwrap_or_else(|| json!({}))),
        (None, Some(rule)) => {
            // What the operation says goes before what the rule says.
            let mut given = rule.with.clone();
            if let Some(serde_json::Value::Object(own)) = with {
                given.extend(own);
            }
            (rule.template.clone(), given.into())
        }
        (None, None) => (DEFAULT_TEMPLATE.to_owned(), with.unwrap_or_else(|| json!({}))),
    }
}

/// Where the functions are.
#[derive(Clone, Debug)]
pub struct IntegrationContext {
    /// The AWS region.
    pub region: String,
    /// The AWS account, twelve digits.
    pub account_id: String,
    /// `aws`, `aws-cn`, `aws-us-gov`
    pub partition: String,
    /// How operations are spread over functions, and which templates are chosen by rule.
    pub options: ScaffoldOptions,
    /// What the project's functions have been called before, where there is a project.
    pub manifest: Manifest,
}

/// Gives every operation without an integration one that invokes its function, or the one it has chosen.
///
/// The function's name is that of [`functions`](super::functions) for the same document.
#[must_use]
pub fn complete(document: &Document, cx: &IntegrationContext) -> (Document, Vec<Diagnostic>) {
    match Templates::of_documents(&std::collections::BTreeMap::new()) {
        Ok(templates) => complete_with(document, cx, &templates),
        Err(error) => (document.clone(), vec![Diagnostic::error("integration-template", None, error.to_string())]),
    }
}

/// Like [`complete`], with these templates; also gives security schemes the authorizers that are chosen for them.
#[must_use]
pub fn complete_with(
    document: &Document,
    cx: &IntegrationContext,
    templates: &Templates,
) -> (Document, Vec<Diagnostic>) {
    let plan = operations::plan(document, &cx.options, &cx.manifest);
    let mut diagnostics = Vec::new();
    let mut root = super::authorizer::complete(document, cx, templates, &mut diagnostics);
    let nobody = Function::default();
    for operation in document.operations() {
        if operation.node.get(INTEGRATION).is_some() || operation.method == Method::Trace {
            continue;
        }
        let label = operation.label();
        let function = plan.functions.iter().find(|f| f.operations.contains(&label)).unwrap_or(&nobody);
        if let Some(json) = made(&operation, cx, templates, function, &mut diagnostics) {
            let node = Node::from_json(&json, operation.span);
            let parameters = document.parameters(&operation);
            let in_path: Vec<&str> = parameters.iter().filter(|p| p.location == "path").map(|p| p.name).collect();
            let declared = declared::with_what_is_mapped(document, operation.node, &node, &in_path);
            let changed = with_integration(&declared, node, operation.span);
            root = with_operation(document, &root, operation.path.path, operation.method, changed);
        }
    }
    (document.with_root(root), diagnostics)
}

/// Returns the integration that an operation's template makes; where it makes none, a finding says why.
fn made(
    operation: &Operation<'_>,
    cx: &IntegrationContext,
    templates: &Templates,
    function: &Function,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<serde_json::Value> {
    let (chosen, with) = chosen(operation, &cx.options.integrations);
    let name = format!("integrations/{chosen}");
    let label = operation.label();
    let place = operation.node.get(CHOICE).map_or(operation.span, |choice| choice.span);
    if !templates.has(&name) {
        let message = format!("there is no template `{name}`, so `{label}` gets no integration");
        let known = templates.names("integrations/");
        let known = nearest_first(&name, known.iter().map(|known| &**known)).join("`, `");
        let diagnostic = Diagnostic::error("integration-template", place, message);
        diagnostics.push(diagnostic.with_help(format!("choose one of `{known}`")));
        return None;
    }
    let asked = Asked::by(templates.source(&name).unwrap_or_default());
    let unknown = asked.unknown(&with);
    if !unknown.is_empty() {
        let message = format!("the template `{name}` of `{label}` does not ask for {}", quoted(&unknown));
        let diagnostic = Diagnostic::warning("integration-template", place, message);
        let takes = format!("it takes {}", quoted(&asked.names));
        diagnostics.push(if asked.names.is_empty() { diagnostic } else { diagnostic.with_help(takes) });
    }
    let missing = asked.missing(&with);
    let mut context = context(cx, operation.path.path, operation.method, function);
    context["with"] = with;
    let made = rendered(templates, &name, &context).map_err(|message| match missing.as_slice() {
        [] => message,
        missing => format!("the template `{name}` needs {} in `with`", quoted(missing)),
    });
    made.map_err(|message| {
        let message = format!("`{label}` gets no integration: {message}");
        diagnostics.push(Diagnostic::error("integration-template", place, message));
    })
    .ok()
}

/// Returns what is wrong with the integrations that operations choose, or rules for them, before anything is deployed.
pub(crate) fn doubts(document: &Document, options: &ScaffoldOptions, templates: &Templates) -> Vec<Diagnostic> {
    // Any account: what is made here is only looked at.
    let cx = IntegrationContext {
        region: "us-east-1".to_owned(),
        account_id: "123456789012".to_owned(),
        partition: "aws".to_owned(),
        options: options.clone(),
        manifest: Manifest::default(),
    };
    let mut diagnostics = Vec::new();
    for operation in document.operations() {
        let is_chosen =
            operation.node.get(CHOICE).is_some() || options.integrations.iter().any(|rule| rule.when.holds(&operation));
        if is_chosen && operation.node.get(INTEGRATION).is_none() && operation.method != Method::Trace {
            made(&operation, &cx, templates, &Function::default(), &mut diagnostics);
        }
    }
    // The project is written all the same.
    for diagnostic in &mut diagnostics {
        diagnostic.severity = Severity::Warning;
    }
    diagnostics
}

/// What a template asks for of what it is given as `with`.
#[derive(Debug, Default)]
struct Asked {
    /// The names, sorted.
    names: Vec<String>,
    /// Those that it does without.
    optional: Vec<String>,
    /// Whether it takes `with` as a whole, so that any name may be meant.
    whole: bool,
}

impl Asked {
    fn by(template: &str) -> Self {
        let mut asked = Self::default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        for expression in
            template.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(inside, _)| inside)
        {
            let mut rest = expression;
            while let Some(at) = rest.find("with") {
                let before = rest[..at].chars().next_back();
                let after = &rest[at + 4..];
                let is_word = !before.is_some_and(|c| is_name(c) || matches!(c, '.' | '#' | '/' | '@'));
                if let Some(tail) = after.strip_prefix('.').filter(|_| is_word) {
                    let name: String = tail.chars().take_while(|c| is_name(*c)).collect();
                    let is_tested = ["#if", "else if", "#unless", "#each"];
                    if is_tested.iter().any(|test| expression.trim_start_matches('~').trim_start().starts_with(test)) {
                        asked.optional.push(name.clone());
                    }
                    asked.names.push(name);
                } else if is_word && !after.starts_with(is_name) {
                    asked.whole = true;
                }
                rest = after;
            }
        }
        asked.names.sort();
        asked.names.dedup();
        asked
    }

    fn unknown(&self, with: &serde_json::Value) -> Vec<String> {
        let given = with.as_object().into_iter().flatten().map(|(name, _)| name);
        given.filter(|name| !self.whole && !self.names.contains(name)).cloned().collect()
    }

    fn missing(&self, with: &serde_json::Value) -> Vec<String> {
        let lacks = |name: &&String| with.get(name.as_str()).is_none() && !self.optional.contains(name);
        self.names.iter().filter(lacks).cloned().collect()
    }
}

/// Returns names for a sentence: "`queue`, `role`".
fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Returns the JSON that a template makes.
pub(crate) fn rendered(
    templates: &Templates,
    name: &str,
    context: &serde_json::Value,
) -> Result<serde_json::Value, String> {
    let text = templates.render(name, context).map_err(|error| error.to_string())?;
    serde_json::from_str(&text).map_err(|error| format!("the template `{name}` makes text that is not JSON: {error}"))
}

fn context(cx: &IntegrationContext, path: &str, method: Method, function: &Function) -> serde_json::Value {
    json!({
        "region": cx.region,
        "accountId": cx.account_id,
        "partition": cx.partition,
        "path": path,
        "method": method.verb(),
        "http": cx.options.http,
        "parameters": path_parameters(path),
        "function": { "name": function.name, "invocationUri": invocation_uri(cx, &function.name) },
    })
}

/// Returns the names of a path's parameters.
fn path_parameters(path: &str) -> Vec<&str> {
    let inner = path.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
    inner.map(|(name, _)| name.trim_end_matches('+')).collect()
}

/// Returns the URI that makes API Gateway invoke a function.
pub(crate) fn invocation_uri(cx: &IntegrationContext, function: &str) -> String {
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
        let (document, _, _) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
        let document = document.expect("a document");
        let cx = IntegrationContext {
            region: "eu-west-1".into(),
            account_id: "123456789012".into(),
            partition: "aws".into(),
            options: ScaffoldOptions::default(),
            manifest: Manifest::default(),
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

    #[test]
    fn what_a_template_asks_for_is_told() {
        let asked = Asked::by("{{#if with.a}}{{json with.a}}{{/if}}{{#quote}}{{vtl with.b}}/{{within.c}}{{/quote}}");
        let with = json!({ "a": 1, "d": 2 });
        assert_eq!((asked.missing(&with), asked.unknown(&with)), (vec!["b".to_owned()], vec!["d".to_owned()]));
        assert!(Asked::by("{{#each with}}{{this}}{{/each}}").unknown(&with).is_empty());
    }

    #[test]
    fn every_template_makes_an_integration() {
        let templates = Templates::of_documents(&std::collections::BTreeMap::new()).expect("templates");
        let with = "{queue: q, topic: t, role: 'arn:aws:iam::123456789012:role/r', table: t, key: id, parameter: id, \
                    stream: s, source: a, detailType: b, bus: c, stateMachine: m, bucket: b, uri: 'http://x/'}";
        for name in templates.names("integrations/") {
            let name = name.trim_start_matches("integrations/");
            for with in ["", &format!(", with: {with}")] {
                let text = format!(
                    "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a/{{id}}:\n    get:\n      \
                     x-gatewright-integration: {{template: {name}{with}}}\n"
                );
                let origin = Origin::Memory("t.yaml".into());
                let (document, _, _) = load_text(&Loader::default(), &origin, text, &LoadOptions::default());
                let cx = IntegrationContext {
                    region: "eu-west-1".into(),
                    account_id: "123456789012".into(),
                    partition: "aws".into(),
                    options: ScaffoldOptions::default(),
                    manifest: Manifest::default(),
                };
                let (completed, diagnostics) = complete(&document.expect("a document"), &cx);
                let done = completed.operations().all(|o| o.node.get(INTEGRATION).is_some());
                let optional = matches!(name, "aws" | "aws-proxy" | "mock" | "cors-preflight");
                // What a template needs and is not given is said, by name.
                assert_eq!(done, optional || !with.is_empty(), "{name}{with}: {diagnostics:?}");
                let errors: Vec<_> =
                    diagnostics.iter().filter(|d| d.severity == crate::source::Severity::Error).collect();
                assert_eq!(errors.is_empty(), done);
                assert!(errors.iter().all(|error| error.message.contains("` in `with`")), "{errors:?}");
            }
        }
    }
}
