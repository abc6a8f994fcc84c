//! What rules look at, worked out once.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use crate::gateway::IntegrationType;
use crate::openapi::{Document, Method, Operation, Parameter, Version};
use crate::source::{Entry, Node, Span};

use super::extensions::Place;
use super::{ApiKind, Options};

/// A document and what all rules want to know of it.
pub(super) struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) kind: ApiKind,
    pub(super) operations: Vec<OperationCx<'a>>,
    pub(super) schemes: Vec<SchemeCx<'a>>,
    /// The keys of `components.schemas`.
    pub(super) models: HashMap<&'a str, &'a Entry>,
    references: OnceCell<Vec<(&'a str, Span)>>,
    first_secured: OnceCell<Option<usize>>,
    has_integrations: bool,
    has_only_mocks: bool,
}

/// An operation with its parameters, integration and responses.
pub(super) struct OperationCx<'a> {
    pub(super) operation: Operation<'a>,
    pub(super) parameters: Vec<Parameter<'a>>,
    pub(super) integration: Option<IntegrationCx<'a>>,
}

/// An integration.
#[derive(Clone, Copy)]
pub(super) struct IntegrationCx<'a> {
    /// Where `x-amazon-apigateway-integration` is written.
    pub(super) key: Span,
    /// The integration, its reference followed.
    pub(super) node: &'a Node,
    /// Its type, when it is one of the five.
    pub(super) kind: Option<IntegrationType>,
}

/// A parameter of an operation.
pub(super) struct ParameterCx<'c, 'a> {
    pub(super) operation: &'c OperationCx<'a>,
    pub(super) parameter: &'c Parameter<'a>,
}

impl<'a> ParameterCx<'_, 'a> {
    pub(super) fn node(&self) -> &'a Node {
        self.parameter.node
    }

    pub(super) fn name(&self) -> &'a str {
        self.parameter.name
    }

    pub(super) fn location(&self) -> &'a str {
        self.parameter.location
    }

    /// Returns the span of a member's value, else of the parameter.
    pub(super) fn span_of(&self, member: &str) -> Span {
        self.node().get(member).map_or(self.node().span, |node| node.span)
    }
}

/// A member whose name begins with `x-`.
pub(super) struct MemberCx<'a> {
    pub(super) entry: &'a Entry,
    pub(super) place: Place,
}

/// A schema, or a schema within one.
#[derive(Clone, Copy)]
pub(super) struct SchemaCx<'a> {
    pub(super) node: &'a Node,
    /// Where it is named: the key it stands under, else itself.
    pub(super) key: Span,
    /// The key in `components.schemas` that it is, or is within.
    pub(super) model: Option<&'a str>,
    /// Whether it is a whole schema rather than a part of one.
    pub(super) top: bool,
    /// Where it is used.
    pub(super) used: SchemaUse,
}

impl<'a> SchemaCx<'a> {
    /// Returns a keyword, unless the schema is a reference, beside which keywords do not count.
    pub(super) fn keyword(&self, name: &str) -> Option<&'a Entry> {
        self.node.entry(name).filter(|_| self.node.reference().is_none())
    }
}

/// Where a schema is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SchemaUse {
    /// In `components.schemas`.
    Component,
    /// In a request body.
    Request,
    /// In a response.
    Response,
}

/// A security scheme.
#[derive(Clone, Copy)]
pub(super) struct SchemeCx<'a> {
    pub(super) name: &'a str,
    pub(super) key: Span,
    pub(super) node: &'a Node,
    /// `x-amazon-apigateway-authorizer`
    pub(super) authorizer: Option<&'a Entry>,
}

/// The member that holds an operation's integration.
pub(super) const INTEGRATION: &str = "x-amazon-apigateway-integration";

impl<'a> Context<'a> {
    pub(super) fn new(document: &'a Document, options: &Options) -> Self {
        // API Gateway leaves the others out; a rule of its own tells of them.
        let operations = document.operations().filter(|operation| operation.method != Method::Trace);
        let operations: Vec<_> = operations.map(|operation| OperationCx::new(document, operation)).collect();
        let mut integrations = operations.iter().filter_map(|o| o.integration.as_ref()).peekable();
        let has_integrations = integrations.peek().is_some();
        let has_only_mocks = integrations.all(|i| i.is(IntegrationType::Mock));
        let components = document.root().get("components");
        let schemes = components.and_then(|c| c.get("securitySchemes")).map(Node::entries).unwrap_or_default();
        let schemes = schemes.map(|e| SchemeCx::new(document, e)).collect();
        let models = components.and_then(|c| c.get("schemas")).map(Node::entries).unwrap_or_default();
        Self {
            document,
            kind: options.kind.unwrap_or_else(|| ApiKind::of(document)),
            operations,
            schemes,
            models: models.map(|e| (e.key.text.as_str(), e)).collect(),
            references: OnceCell::new(),
            first_secured: OnceCell::new(),
            has_integrations,
            has_only_mocks,
        }
    }

    /// Returns every `$ref` as it was written, with the place of its text.
    pub(super) fn references(&self) -> &[(&'a str, Span)] {
        self.references.get_or_init(|| {
            let mut out = Vec::new();
            for root in self.document.sources().files().filter_map(|(_, file)| file.root()) {
                collect_references(root, 0, &mut out);
            }
            out
        })
    }

    pub(super) fn root(&self) -> &'a Node {
        self.document.root()
    }

    pub(super) fn scheme(&self, name: &str) -> Option<&SchemeCx<'a>> {
        self.schemes.iter().find(|s| s.name == name)
    }

    /// Returns the security requirements that hold for an operation, and whether they are its own.
    pub(super) fn security<'s>(&'s self, operation: &'s OperationCx<'_>) -> Option<(&'s Node, bool)> {
        match operation.node().get("security") {
            Some(own) => Some((own, true)),
            None => self.root().get("security").map(|shared| (shared, false)),
        }
    }

    /// Returns the first operation that asks for security itself. A requirement of a scheme that is not there secures
    /// nothing, and is told of itself.
    pub(super) fn first_secured(&self) -> Option<&OperationCx<'a>> {
        let is_known = |requirement: &Node| requirement.entries().all(|e| self.scheme(&e.key.text).is_some());
        let is_secured = |security: &Node| security.items().next().is_some() && security.items().all(is_known);
        let asks = |o: &OperationCx<'_>| o.node().get("security").is_some_and(is_secured);
        let first = self.first_secured.get_or_init(|| self.operations.iter().position(asks));
        first.and_then(|at| self.operations.get(at))
    }

    /// Returns whether any operation has an integration.
    pub(super) fn has_integrations(&self) -> bool {
        self.has_integrations
    }

    /// Returns whether there is no integration but of the type `mock`.
    pub(super) fn has_only_mocks(&self) -> bool {
        self.has_only_mocks
    }

    /// Returns whether the document was written as Swagger 2.0.
    pub(super) fn is_swagger(&self) -> bool {
        self.document.version() == Version::V2
    }

    /// Returns the members of `components.NAME`.
    pub(super) fn components(&self, name: &str) -> std::slice::Iter<'a, Entry> {
        self.root().get("components").and_then(|c| c.get(name)).map(Node::entries).unwrap_or_default()
    }

    /// Returns the operations by path.
    pub(super) fn operations_by_path(&self) -> BTreeMap<&'a str, Vec<&OperationCx<'a>>> {
        let mut out: BTreeMap<&'a str, Vec<&OperationCx<'a>>> = BTreeMap::new();
        for operation in &self.operations {
            out.entry(operation.operation.path.path).or_default().push(operation);
        }
        out
    }
}

impl<'a> OperationCx<'a> {
    fn new(document: &'a Document, operation: Operation<'a>) -> Self {
        let integration = operation.node.entry(INTEGRATION).map(|entry| IntegrationCx::new(document, entry));
        Self { parameters: document.parameters(&operation), operation, integration }
    }

    pub(super) fn node(&self) -> &'a Node {
        self.operation.node
    }

    /// Where the method is written.
    pub(super) fn span(&self) -> Span {
        self.operation.span
    }

    pub(super) fn label(&self) -> String {
        self.operation.label()
    }

    pub(super) fn method(&self) -> Method {
        self.operation.method
    }

    /// Returns the members of `responses` that are responses.
    pub(super) fn responses(&self) -> impl Iterator<Item = &'a Entry> + use<'a> {
        let responses = self.operation.node.get("responses").map(Node::entries).unwrap_or_default();
        responses.filter(|e| !e.key.text.starts_with("x-"))
    }

    /// Returns the parameter at this location (`path`, `query`, `header`) of this name.
    pub(super) fn parameter(&self, location: &str, name: &str) -> Option<&Parameter<'a>> {
        // A parameter at a place that does not exist is told of as such, and not also as missing.
        let here = |p: &&Parameter<'_>| {
            p.location == location || !matches!(p.location, "path" | "query" | "header" | "cookie")
        };
        self.parameters.iter().filter(here).find(|p| p.name == name)
    }

    /// Returns the names of the path's variables, without `+`.
    pub(super) fn path_variables(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        path_variables(self.operation.path.path)
    }
}

impl<'a> IntegrationCx<'a> {
    pub(super) fn new(document: &'a Document, entry: &'a Entry) -> Self {
        let node = document.resolved(&entry.value);
        let kind = node.str_of("type").and_then(IntegrationType::parse);
        Self { key: entry.key.span, node, kind }
    }

    pub(super) fn is(&self, kind: IntegrationType) -> bool {
        self.kind == Some(kind)
    }

    /// Returns the span of a member's value, else where the integration is written.
    pub(super) fn span_of(&self, member: &str) -> Span {
        self.node.get(member).map_or(self.key, |node| node.span)
    }

    /// Returns the span of a member's name, else where the integration is written.
    pub(super) fn span_of_key(&self, member: &str) -> Span {
        self.node.entry(member).map_or(self.key, |entry| entry.key.span)
    }

    /// Returns the text of the `uri`, as far as it is written here.
    pub(super) fn uri(&self) -> Option<&'a Node> {
        self.node.get("uri").and_then(written_text)
    }

    /// Returns whether the backend is a Lambda function, as far as its URI tells.
    pub(super) fn is_lambda(&self) -> bool {
        self.node.get("uri").is_some_and(|uri| {
            let text = uri.as_str().map(str::to_owned).unwrap_or_else(|| uri.to_json().to_string());
            text.contains(":lambda:") || text.contains("/functions/")
        })
    }
}

impl<'a> SchemeCx<'a> {
    fn new(document: &'a Document, entry: &'a Entry) -> Self {
        let node = document.resolved(&entry.value);
        Self {
            name: &entry.key.text,
            key: entry.key.span,
            node,
            authorizer: node.entry("x-amazon-apigateway-authorizer"),
        }
    }

    /// Returns whether the scheme is written so that nobody knows what it asks for; a finding of its own tells of it.
    pub(super) fn is_faulty(&self) -> bool {
        let kind = self.node.str_of("type").unwrap_or_default();
        let place = self.node.str_of("in").unwrap_or_default();
        !matches!(kind, "apiKey" | "http" | "oauth2" | "openIdConnect" | "mutualTLS" | "basic")
            || (kind == "apiKey"
                && (!matches!(place, "header" | "query" | "cookie") || self.node.get("name").is_none()))
            || self.has_reserved_authtype()
    }

    /// Returns whether `x-amazon-apigateway-authtype` begins with `aws`, which is reserved, and is not `awsSigv4`.
    pub(super) fn has_reserved_authtype(&self) -> bool {
        let kind = self.node.str_of("x-amazon-apigateway-authtype").unwrap_or_default().to_ascii_lowercase();
        kind.starts_with("aws") && kind != "awssigv4"
    }

    /// Returns whether listing the scheme asks for an API key.
    pub(super) fn is_api_key(&self) -> bool {
        self.authorizer.is_none()
            && self.node.str_of("type") == Some("apiKey")
            && self.node.str_of("name").is_some_and(|name| name.eq_ignore_ascii_case("x-api-key"))
    }

    /// Returns whether listing the scheme asks for IAM credentials.
    pub(super) fn is_iam(&self) -> bool {
        self.node.str_of("x-amazon-apigateway-authtype").is_some_and(|t| t.eq_ignore_ascii_case("awsSigv4"))
    }

    /// Returns whether API Gateway enforces anything for the scheme.
    pub(super) fn is_enforced(&self) -> bool {
        self.authorizer.is_some() || self.is_api_key() || self.is_iam()
    }

    /// Returns the authorizer's type in lower case.
    pub(super) fn authorizer_type(&self) -> Option<String> {
        self.authorizer?.value.str_of("type").map(str::to_ascii_lowercase)
    }
}

/// Returns the names of a path's variables, without `+`.
pub(super) fn path_variables(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.strip_suffix('+').unwrap_or(name))
}

/// Returns whether something has still to be put into a text: a `${…}` that is not a stage
/// variable, or a `{{…}}`.
pub(super) fn is_unfinished(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find("${") {
        rest = &rest[at + 2..];
        if !rest.starts_with("stageVariables.") {
            return true;
        }
    }
    text.contains("{{")
}

/// Returns whether a value is computed by CloudFormation (`Fn::Sub`, `Ref`, …).
pub(super) fn is_intrinsic(node: &Node) -> bool {
    node.as_map().is_some_and(|map| map.len() == 1 && map.iter().any(|e| is_intrinsic_name(&e.key.text)))
}

/// Returns the node of the text that a value is, or that CloudFormation fills its parameters into (`Fn::Sub`).
pub(super) fn written_text(node: &Node) -> Option<&Node> {
    if node.as_str().is_some() {
        return Some(node);
    }
    let template = node.get("Fn::Sub").filter(|_| is_intrinsic(node))?;
    Some(template).filter(|t| t.as_str().is_some()).or_else(|| template.items().next().filter(|t| t.as_str().is_some()))
}

/// Returns whether a member's name is that of a CloudFormation function.
pub(super) fn is_intrinsic_name(key: &str) -> bool {
    key.starts_with("Fn::") || matches!(key, "Ref" | "Condition")
}

/// Returns whether a key of `responses` is a status, a range of them, or `default`.
pub(super) fn is_response_key(key: &str) -> bool {
    let range = key.len() == 3 && key.get(1..).is_some_and(|rest| rest.eq_ignore_ascii_case("xx"));
    let first = key.bytes().next().is_some_and(|b| (b'1'..=b'5').contains(&b));
    key == "default" || (first && key.len() == 3 && (range || key.bytes().all(|b| b.is_ascii_digit())))
}

/// Returns the span of a parameter's name, else of the parameter.
pub(super) fn name_span(parameter: &Node) -> Span {
    parameter.get("name").map_or(parameter.span, |name| name.span)
}

/// Returns the base path of a server as API Gateway takes it: the default of the variable
/// `basePath`, else the path of the URL. `None` when the server has no URL.
pub(super) fn server_base_path(server: &Node) -> Option<String> {
    let variable = server.get("variables").and_then(|v| v.get("basePath")).and_then(|v| v.str_of("default"));
    let path = match variable {
        Some(default) => default.trim_matches('/'),
        None => {
            let url = server.str_of("url")?;
            let rest = url.split_once("://").map_or(url, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
            rest.trim_matches('/')
        }
    };
    Some(format!("/{path}"))
}

/// Returns whether a server is API Gateway's own address, as exports have it.
pub(super) fn is_execute_api(server: &Node) -> bool {
    server.str_of("url").is_some_and(|url| url.contains(".execute-api."))
}

/// Returns whether an operation asks for an API key.
pub(super) fn requires_api_key(cx: &Context<'_>, operation: &OperationCx<'_>) -> bool {
    cx.security(operation).is_some_and(|(security, _)| {
        security.items().flat_map(Node::entries).any(|e| cx.scheme(&e.key.text).is_some_and(SchemeCx::is_api_key))
    })
}

fn collect_references<'a>(node: &'a Node, depth: usize, out: &mut Vec<(&'a str, Span)>) {
    if depth > 256 {
        return;
    }
    out.extend(node.get("$ref").and_then(|target| Some((target.as_str()?, target.span))));
    node.items().for_each(|item| collect_references(item, depth + 1, out));
    node.entries().for_each(|entry| collect_references(&entry.value, depth + 1, out));
}
