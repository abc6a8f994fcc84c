//! Which operations get a handler, what they are called, and which function each belongs to.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::openapi::{Document, Method, Operation};
use crate::source::{Entry, Node};

use super::manifest::{Manifest, ManifestOperation, digest};
use super::names::{self, Names};
use super::{Per, ScaffoldOptions};

/// A Lambda function: a binary of the project, and the operations it answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Function {
    /// The name in Lambda: the one the document's integrations give, else the binary's.
    pub name: String,
    /// The name of the binary.
    pub bin: String,
    /// The operations, as `GET /pets`.
    pub operations: Vec<String>,
    /// What it is invoked with.
    pub payload: Payload,
}

/// What a function is invoked with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Payload {
    /// The event of a REST API, or of an HTTP API with payload 1.0.
    #[default]
    Rest,
    /// The event of an HTTP API with payload 2.0.
    Http,
    /// What the mapping template of a non-proxy integration makes.
    Mapped,
}

/// An operation with a handler.
#[derive(Clone, Debug)]
pub(crate) struct Handled<'a> {
    pub(crate) operation: Operation<'a>,
    /// The module's name, in `src/gen/ops/` and in `src/handlers/`.
    pub(crate) module: String,
    /// The position of its function.
    pub(crate) function: usize,
    pub(crate) payload: Payload,
    /// The mapping template that makes the payload, where the operation's integration is yet to be filled in.
    pub(crate) request: Option<String>,
}

/// What is said of an operation that an integration template answers.
pub(crate) const CHOSEN: &str = "answered by the integration it has chosen";

/// What answers an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    /// A function, by its name when the document gives it.
    Lambda(Option<Named>, Payload),
    /// Something else, in words.
    Other(&'static str),
}

/// How a document names a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// As Lambda knows it.
    Name(String),
    /// As a template does that is yet to be filled in: `${Shared.Arn}`.
    Reference(String),
}

/// The plan of a document's operations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan<'a> {
    pub(crate) handled: Vec<Handled<'a>>,
    pub(crate) functions: Vec<Function>,
    /// Operations that get no handler, and what answers them.
    pub(crate) skipped: Vec<(Operation<'a>, &'static str)>,
    /// Operations, as `GET /pets`, that have been given an `operationId` and another path, and the modules they had.
    pub(crate) named: BTreeMap<String, String>,
}

/// Returns the functions a project of this document has; names that the manifest has given before stay.
#[must_use]
pub fn functions(document: &Document, options: &ScaffoldOptions, manifest: &Manifest) -> Vec<Function> {
    plan(document, options, manifest).functions
}

/// Returns what an operation is like, apart from its path and method.
pub(crate) fn fingerprint(operation: &Operation<'_>) -> String {
    let mut json = operation.node.to_json();
    if let Some(members) = json.as_object_mut() {
        members.shift_remove("operationId");
    }
    digest(&json.to_string())
}

/// Returns what a client has to show for an operation: `key`, `oauth2 (read) or key and other`, `nothing`.
pub(crate) fn security(document: &Document, operation: &Operation<'_>) -> String {
    let asked = operation.node.get("security").or_else(|| document.root().get("security"));
    let scheme = |entry: &Entry| {
        let scopes: Vec<&str> = entry.value.items().filter_map(Node::as_str).collect();
        if scopes.is_empty() {
            entry.key.text.to_string()
        } else {
            format!("{} ({})", entry.key.text, scopes.join(", "))
        }
    };
    let ways: Vec<String> = asked
        .map(Node::items)
        .unwrap_or_default()
        .map(|way| match way.entries().map(scheme).collect::<Vec<_>>() {
            schemes if schemes.is_empty() => "nothing".to_owned(),
            schemes => schemes.join(" and "),
        })
        .collect();
    if ways.is_empty() { "nothing".to_owned() } else { ways.join(" or ") }
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
        .filter(|o| o.derived && names::is_module(&o.module))
        .map(|o| (o.key.as_str(), o.module.as_str()))
        .collect();
    for module in frozen.values() {
        modules.reserve(module);
    }
    let by_id = names_of_ids(document, manifest, frozen.values().copied().collect());
    for module in by_id.values() {
        modules.reserve(module);
    }
    let Moved { kept: mut moved, named } = moved(document, manifest, &frozen);
    plan.named = named;
    let mut by_key: BTreeMap<String, usize> = BTreeMap::new();
    let api = package_name(document, options, manifest);
    // What only one operation refers to is called as the operation is.
    let mut references: BTreeMap<String, usize> = BTreeMap::new();
    for operation in document.operations() {
        if let Backend::Lambda(Some(Named::Reference(name)), _) = backend(document, &operation, options) {
            *references.entry(name).or_default() += 1;
        }
    }
    for operation in document.operations() {
        if operation.method == Method::Trace {
            plan.skipped.push((operation, "API Gateway has no TRACE"));
            continue;
        }
        let mut reference = None;
        let (explicit, payload) = match backend(document, &operation, options) {
            Backend::Lambda(Some(Named::Name(name)), payload) => (Some(name), payload),
            Backend::Lambda(Some(Named::Reference(name)), payload) => {
                reference = Some(name).filter(|name| references.get(name).is_some_and(|count| *count > 1));
                (None, payload)
            }
            Backend::Lambda(None, payload) => (None, payload),
            Backend::Other(what) => {
                plan.skipped.push((operation, what));
                continue;
            }
        };
        let label = operation.label();
        // A mapped payload does not say which operation it is for, so its function has one handler.
        let shared = explicit.as_ref().and_then(|name| plan.functions.iter().find(|f| f.name == *name));
        if let Some(shared) = shared
            && (payload != shared.payload || payload == Payload::Mapped)
        {
            plan.skipped.push((operation, "its function has a handler already, for another payload"));
            continue;
        }
        let configured = options.functions.iter().find(|rule| rule.when.holds(&operation));
        let module = match (operation.id(), frozen.get(label.as_str())) {
            (None, Some(module)) => (*module).to_owned(),
            (None, None) if moved.contains_key(&label) => moved.remove(&label).unwrap_or_default(),
            (Some(_), _) if by_id.contains_key(label.as_str()) => by_id[label.as_str()].to_owned(),
            (Some(id), _) => modules.unique(names::module_name(id), "_"),
            (None, None) => modules.unique(names::module_name(&derived_id(&operation)), "_"),
        };
        let unit = match (&explicit, configured, options.per) {
            (None, _, _) if payload == Payload::Mapped => format!("operation {label}"),
            (Some(name), _, _) => format!("function {name}"),
            (None, _, _) if reference.is_some() => format!("reference {payload:?} {reference:?}"),
            (None, Some(rule), _) => format!("rule {payload:?} {}", rule.name),
            (None, None, Per::Api) => format!("api {payload:?}"),
            (None, None, Per::Tag) => format!("tag {payload:?} {}", tag(&operation)),
            (None, None, Per::Operation) => format!("operation {label}"),
        };
        let function = match by_key.get(&unit) {
            Some(at) => *at,
            None => {
                let wanted = match (&explicit, configured, options.per) {
                    (None, _, _) if payload == Payload::Mapped => names::function_name(&module),
                    (Some(name), _, _) => names::function_name(name),
                    (None, _, _) if reference.is_some() => {
                        names::function_name(logical_name(reference.as_deref().unwrap_or_default()))
                    }
                    (None, Some(rule), _) => names::function_name(&rule.name),
                    (None, None, Per::Api) => api.clone(),
                    (None, None, Per::Tag) => names::function_name(&tag(&operation)),
                    (None, None, Per::Operation) => names::function_name(&module),
                };
                let bin = bins.unique(wanted, "-");
                let name = explicit.clone().unwrap_or_else(|| bin.clone());
                plan.functions.push(Function { name, bin, operations: Vec::new(), payload });
                by_key.insert(unit, plan.functions.len() - 1);
                plan.functions.len() - 1
            }
        };
        plan.functions[function].operations.push(label);
        let has_integration = operation.node.get("x-amazon-apigateway-integration").is_some();
        let request = (payload == Payload::Mapped && !has_integration)
            .then(|| super::integration::chosen(&operation, &options.integrations).1)
            .and_then(|with| with["request"].as_str().map(str::to_owned));
        plan.handled.push(Handled { operation, module, function, payload, request });
    }
    plan
}

/// Returns the names that operations with an `operationId` keep, by their labels: where several ids are one name in Rust,
/// each keeps what it has, whichever comes first or goes. `taken` are the names that are others' already.
fn names_of_ids<'m>(
    document: &Document,
    manifest: &'m Manifest,
    mut taken: HashSet<&'m str>,
) -> BTreeMap<String, &'m str> {
    let known = || manifest.operations.iter().filter(|known| !known.derived && names::is_module(&known.module));
    let mut kept: BTreeMap<String, &str> = BTreeMap::new();
    let mut others = Vec::new();
    let by_id: HashMap<&str, &ManifestOperation> =
        known().rev().filter_map(|known| Some((known.id.as_deref()?, known))).collect();
    for operation in document.operations() {
        let Some(id) = operation.id() else { continue };
        match by_id.get(id).filter(|known| taken.insert(&known.module)) {
            Some(known) => drop(kept.insert(operation.label(), &known.module)),
            None => others.push((operation.label(), names::module_name(id))),
        }
    }
    // An id that is written in another way, or was not on record.
    let by_label: HashMap<&str, &ManifestOperation> = known().map(|known| (known.key.as_str(), known)).collect();
    for (label, wanted) in others {
        let Some(known) = by_label.get(label.as_str()) else { continue };
        let number = known.module.strip_prefix(wanted.trim_end_matches('_')).and_then(|rest| rest.strip_prefix('_'));
        let is_same = known.module == wanted || number.is_some_and(|number| number.parse::<usize>().is_ok());
        if is_same && taken.insert(&known.module) {
            kept.insert(label, &known.module);
        }
    }
    kept
}

/// Operations that had no `operationId` and have another path now, each with the name it had.
#[derive(Default)]
struct Moved {
    /// Those that have none still, and keep the name.
    kept: BTreeMap<String, String>,
    /// Those that have one now.
    named: BTreeMap<String, String>,
}

/// Finds the operations that had no `operationId` and have another path now: those of the same method whose path differs
/// in its parameters' names only, or which are alike in all else.
fn moved(document: &Document, manifest: &Manifest, frozen: &BTreeMap<&str, &str>) -> Moved {
    let present: Vec<Operation<'_>> = document.operations().collect();
    let gone = |known: &&ManifestOperation| {
        frozen.contains_key(known.key.as_str()) && !present.iter().any(|operation| operation.label() == known.key)
    };
    let mut gone: Vec<&ManifestOperation> = manifest.operations.iter().filter(gone).collect();
    let mut moved = Moved::default();
    if gone.is_empty() {
        return moved;
    }
    let known = |operation: &Operation<'_>| {
        let label = operation.label();
        frozen.contains_key(label.as_str()) || manifest.operations.iter().any(|known| known.key == label)
    };
    let new = present.iter().filter(|operation| !known(operation));
    let (with_id, without): (Vec<&Operation<'_>>, Vec<_>) = new.partition(|operation| operation.id().is_some());
    for operation in without.into_iter().chain(with_id) {
        let label = operation.label();
        let fingerprint = fingerprint(operation);
        let method = |key: &str| key.split_once(' ').map(|(method, _)| method.to_owned());
        let at = gone.iter().position(|known| anonymous(&known.key) == anonymous(&label)).or_else(|| {
            gone.iter().position(|known| {
                method(&known.key) == method(&label) && known.fingerprint.as_deref() == Some(fingerprint.as_str())
            })
        });
        if let Some(at) = at {
            let module = gone.remove(at).module.clone();
            let list = if operation.id().is_none() { &mut moved.kept } else { &mut moved.named };
            list.insert(label, module);
        }
    }
    moved
}

/// Returns a label without the names of its path's parameters.
pub(crate) fn anonymous(label: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in label.chars() {
        match c {
            '{' => inside = true,
            '}' => inside = false,
            _ if inside => continue,
            _ => {}
        }
        out.push(c);
    }
    out
}

/// Returns the package's name: as asked for, else as before, else from the document's title.
pub(crate) fn package_name(document: &Document, options: &ScaffoldOptions, manifest: &Manifest) -> String {
    let title = document.root().get("info").and_then(|info| info.str_of("title")).unwrap_or("api");
    names::package_name(options.name.as_deref().or(manifest.package.as_deref()).unwrap_or(title))
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
pub(crate) fn backend(document: &Document, operation: &Operation<'_>, options: &ScaffoldOptions) -> Backend {
    let proxy = if options.http { Payload::Http } else { Payload::Rest };
    let Some(integration) = operation.node.get("x-amazon-apigateway-integration") else {
        return match super::integration::chosen(operation, &options.integrations).0.as_str() {
            super::integration::DEFAULT_TEMPLATE => Backend::Lambda(None, proxy),
            super::integration::MAPPED_TEMPLATE => Backend::Lambda(None, Payload::Mapped),
            _ => Backend::Other(CHOSEN),
        };
    };
    let integration = document.resolved(integration);
    let proxy = match integration.get("payloadFormatVersion").and_then(Node::scalar_text) {
        Some(version) if version.starts_with('2') => Payload::Http,
        Some(_) => Payload::Rest,
        None => proxy,
    };
    let uri = integration.get("uri").map(uri_text).unwrap_or_default();
    let is_lambda = uri.contains(":lambda:path/") || uri.contains(":lambda:") || uri.contains("/functions/");
    match integration.str_of("type").unwrap_or_default().to_ascii_lowercase().as_str() {
        "mock" => Backend::Other("answered by API Gateway itself (mock)"),
        "http" | "http_proxy" => Backend::Other("passed on over HTTP"),
        "aws" if is_lambda => Backend::Lambda(function_of(&uri), Payload::Mapped),
        "aws" => Backend::Other("answered by an AWS service"),
        "aws_proxy" if integration.get("integrationSubtype").is_some() => Backend::Other("answered by an AWS service"),
        "aws_proxy" => Backend::Lambda(function_of(&uri), proxy),
        // The type is an intrinsic function, or left out.
        _ if is_lambda || uri.is_empty() => Backend::Lambda(function_of(&uri), proxy),
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
                Some(parts) => parts.iter().map(joined_text).collect::<Vec<_>>(),
                None => vec![part.as_str().unwrap_or_default().to_owned()],
            });
            parts.collect()
        }
        None => String::new(),
    }
}

/// Returns the text of a part of an `Fn::Join`, as `Fn::Sub` has it: `${Shared.Arn}`.
fn joined_text(part: &Node) -> String {
    if let Some(text) = part.as_str() {
        return text.to_owned();
    }
    if let Some(name) = part.str_of("Ref") {
        return format!("${{{name}}}");
    }
    let path = match part.get("Fn::GetAtt") {
        Some(path) if path.as_str().is_some() => path.as_str().unwrap_or_default().to_owned(),
        Some(path) => path.items().filter_map(Node::as_str).collect::<Vec<_>>().join("."),
        None => part
            .str_of("Fn::Sub")
            .map(|text| text.trim_start_matches("${").trim_end_matches('}'))
            .unwrap_or_default()
            .to_owned(),
    };
    format!("${{{path}}}")
}

/// Returns what an invocation URI calls the function.
fn function_of(uri: &str) -> Option<Named> {
    let literal = || {
        let (_, rest) = uri.split_once(":function:")?;
        let name = rest.split(['/', ':']).next()?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        (!name.is_empty() && name.len() <= 140 && name.chars().all(plain)).then(|| Named::Name(name.to_owned()))
    };
    let reference = || {
        let (_, rest) = uri.split_once("/functions/")?;
        let name = rest.strip_suffix("/invocations")?;
        let name = name.split_once(":function:").map_or(name, |(_, name)| name);
        // A stage variable may name another function in each stage.
        let is_one = !logical_name(name).is_empty() && !name.contains("stageVariables");
        is_one.then(|| Named::Reference(name.to_owned()))
    };
    literal().or_else(reference)
}

/// Returns the name that a reference begins with: `Shared` of `${Shared.Arn}`.
fn logical_name(reference: &str) -> &str {
    let inner = reference.split_once("${").map_or("", |(_, rest)| rest);
    inner.split(['}', '.', ':']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Named, function_of};

    #[test]
    fn a_function_is_named_by_its_uri() {
        let uri = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/\
                   arn:aws:lambda:eu-west-1:123456789012:function:pets-list:live/invocations";
        assert_eq!(function_of(uri), Some(Named::Name("pets-list".into())));
        assert_eq!(function_of("arn:aws:lambda:path/functions/x:1:function:${stageVariables.f}/invocations"), None);
        assert_eq!(function_of("${F.Arn}/invocations"), None);
        let reference = |text: &str| Some(Named::Reference(text.to_owned()));
        assert_eq!(function_of("x/functions/${F.Arn}/invocations"), reference("${F.Arn}"));
        assert_eq!(function_of("x/functions/arn:aws:lambda:${R}:1:function:${F}/invocations"), reference("${F}"));
    }
}
