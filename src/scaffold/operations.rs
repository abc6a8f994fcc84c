//! Which operations get a handler, what they are called, and which function each belongs to.

use std::collections::BTreeMap;

use crate::openapi::{Document, Method, Operation};
use crate::source::Node;

use super::manifest::Manifest;
use super::names::{self, Names};
use super::{Per, ScaffoldOptions};

/// A Lambda function: a binary of the project, and the operations it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The name in Lambda: the one the document's integrations give, else the binary's.
    pub name: String,
    /// The name of the binary.
    pub bin: String,
    /// The operations, as `GET /pets`.
    pub operations: Vec<String>,
}

/// An operation with a handler.
#[derive(Clone, Debug)]
pub(crate) struct Handled<'a> {
    pub(crate) operation: Operation<'a>,
    /// The module's name, in `src/gen/ops/` and in `src/handlers/`.
    pub(crate) module: String,
    /// The position of its function.
    pub(crate) function: usize,
}

/// What answers an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// A function with a proxy event; its name when the document gives it.
    Proxy(Option<String>),
    /// A function with a payload made by a mapping template.
    Mapped,
    /// Something else, in words.
    Other(&'static str),
}

/// The plan of a document's operations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan<'a> {
    pub(crate) handled: Vec<Handled<'a>>,
    pub(crate) functions: Vec<Function>,
    /// Operations that get no handler, and what answers them.
    pub(crate) skipped: Vec<(Operation<'a>, &'static str)>,
}

/// Returns the functions a project of this document has.
#[must_use]
pub fn functions(document: &Document, options: &ScaffoldOptions) -> Vec<Function> {
    plan(document, options, &Manifest::default()).functions
}

/// Decides names and functions; names that the manifest has given before stay.
pub(crate) fn plan<'a>(document: &'a Document, options: &ScaffoldOptions, manifest: &Manifest) -> Plan<'a> {
    let mut plan = Plan::default();
    let mut modules = Names::default();
    let mut bins = Names::default();
    // The manifest is a file that anybody may have written; what is not a name goes into no code and no path.
    let frozen: BTreeMap<&str, &str> = manifest
        .operations
        .iter()
        .filter(|o| o.derived && names::is_plain(&o.module))
        .map(|o| (o.key.as_str(), o.module.as_str()))
        .collect();
    for module in frozen.values() {
        modules.reserve(module);
    }
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    let api = package_name(document, options);
    for operation in document.operations() {
        if operation.method == Method::Trace {
            plan.skipped.push((operation, "API Gateway has no TRACE"));
            continue;
        }
        let explicit = match backend(document, operation.node) {
            Backend::Proxy(name) => name,
            Backend::Mapped => {
                plan.skipped.push((operation, "a function with a mapped payload, which is yours to write"));
                continue;
            }
            Backend::Other(what) => {
                plan.skipped.push((operation, what));
                continue;
            }
        };
        let label = operation.label();
        let module = match (operation.id(), frozen.get(label.as_str())) {
            (None, Some(module)) => (*module).to_owned(),
            (Some(id), _) => modules.unique(names::module_name(id), "_"),
            (None, None) => modules.unique(names::module_name(&derived_id(&operation)), "_"),
        };
        let unit = match (&explicit, options.per) {
            (Some(name), _) => format!("function {name}"),
            (None, Per::Api) => "api".to_owned(),
            (None, Per::Tag) => format!("tag {}", tag(&operation)),
            (None, Per::Operation) => format!("operation {label}"),
        };
        let function = match by_key.get(&unit) {
            Some(at) => *at,
            None => {
                let wanted = match (&explicit, options.per) {
                    (Some(name), _) => names::function_name(name),
                    (None, Per::Api) => api.clone(),
                    (None, Per::Tag) => names::function_name(&tag(&operation)),
                    (None, Per::Operation) => names::function_name(&module),
                };
                let bin = bins.unique(wanted, "-");
                let name = explicit.clone().unwrap_or_else(|| bin.clone());
                plan.functions.push(Function { name, bin, operations: Vec::new() });
                by_key.insert(unit, plan.functions.len() - 1);
                plan.functions.len() - 1
            }
        };
        plan.functions[function].operations.push(label);
        plan.handled.push(Handled { operation, module, function });
    }
    plan
}

/// Returns the package's name: as asked for, else from the document's title.
pub(crate) fn package_name(document: &Document, options: &ScaffoldOptions) -> String {
    let title = document.root().get("info").and_then(|info| info.str_of("title")).unwrap_or("api");
    names::package_name(options.name.as_deref().unwrap_or(title))
}

/// Returns the name of an operation that has none: `get_pets_by_pet_id`.
pub(crate) fn derived_id(operation: &Operation<'_>) -> String {
    let mut words = vec![operation.method.verb().to_lowercase()];
    for segment in operation.path.path.split('/').filter(|s| !s.is_empty()) {
        let parameter = segment.strip_prefix('{').and_then(|s| s.strip_suffix('}'));
        match parameter {
            Some(name) => words.extend(["by".to_owned(), name.trim_end_matches('+').to_owned()]),
            None => words.push(segment.to_owned()),
        }
    }
    if words.len() == 1 {
        words.push("root".into());
    }
    words.join("_")
}

/// Returns the first tag of an operation, or the first segment of its path.
fn tag(operation: &Operation<'_>) -> String {
    let tagged = operation.node.get("tags").and_then(|tags| tags.items().next()).and_then(Node::as_str);
    let segment = || operation.path.path.split('/').find(|s| !s.is_empty() && !s.starts_with('{')).unwrap_or("root");
    tagged.map_or_else(|| segment().to_owned(), str::to_owned)
}

/// Returns what answers an operation, from its `x-amazon-apigateway-integration`.
pub(crate) fn backend(document: &Document, operation: &Node) -> Backend {
    let Some(integration) = operation.get("x-amazon-apigateway-integration") else {
        return match super::integration::chosen(operation).as_str() {
            super::integration::DEFAULT_TEMPLATE => Backend::Proxy(None),
            _ => Backend::Other("answered by the integration it has chosen"),
        };
    };
    let integration = document.resolved(integration);
    let uri = integration.get("uri").map(uri_text).unwrap_or_default();
    let is_lambda = uri.contains(":lambda:path/") || uri.contains(":lambda:") || uri.contains("/functions/");
    match integration.str_of("type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "mock" => Backend::Other("answered by API Gateway itself (mock)"),
        "http" | "http_proxy" => Backend::Other("passed on over HTTP"),
        "aws" if is_lambda => Backend::Mapped,
        "aws" => Backend::Other("answered by an AWS service"),
        "aws_proxy" if integration.get("integrationSubtype").is_some() => Backend::Other("answered by an AWS service"),
        "aws_proxy" => Backend::Proxy(function_of(&uri)),
        // The type is an intrinsic function, or left out.
        _ if is_lambda || uri.is_empty() => Backend::Proxy(function_of(&uri)),
        _ => Backend::Other("answered by something else"),
    }
}

/// Returns the text of a `uri`, also of one within `Fn::Sub` or `Fn::Join`.
fn uri_text(node: &Node) -> String {
    if let Some(text) = node.as_str() {
        return text.to_owned();
    }
    let inner = node.get("Fn::Sub").or_else(|| node.get("Fn::Join"));
    match inner {
        Some(inner) if inner.as_str().is_some() => inner.as_str().unwrap_or_default().to_owned(),
        Some(inner) => {
            let parts = inner.items().flat_map(|part| match part.as_seq() {
                Some(parts) => parts.iter().map(|p| p.as_str().unwrap_or("${}").to_owned()).collect::<Vec<_>>(),
                None => vec![part.as_str().unwrap_or_default().to_owned()],
            });
            parts.collect()
        }
        None => String::new(),
    }
}

/// Returns the function's name in an invocation URI, when it is there in so many words.
fn function_of(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once(":function:")?;
    let name = rest.split(['/', ':']).next()?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (!name.is_empty() && name.len() <= 140 && name.chars().all(plain)).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::function_of;

    #[test]
    fn a_function_is_named_by_its_uri() {
        let uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/\
                   arn:aws:lambda:eu-west-1:123456789012:function:pets-list:live/invocations";
        assert_eq!(function_of(uri).as_deref(), Some("pets-list"));
        assert_eq!(function_of("arn:aws:lambda:x:1:function:${stageVariables.f}/invocations"), None);
        assert_eq!(function_of("${F.Arn}/invocations"), None);
    }
}
