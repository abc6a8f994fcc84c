//! What rules look at, worked out once.

use std::collections::{BTreeMap, HashMap};

use crate::gateway::IntegrationType;
use crate::openapi::{Document, Method, Operation, Parameter, Version};
use crate::source::{Entry, Node, Span};

use super::{ApiKind, Options};

/// A document and what all rules want to know of it.
pub(super) struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) kind: ApiKind,
    pub(super) operations: Vec<OperationCx<'a>>,
    pub(super) schemes: Vec<SchemeCx<'a>>,
    /// The keys of `components.schemas`.
    pub(super) models: HashMap<&'a str, &'a Entry>,
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
        let operations = document.operations().map(|operation| OperationCx::new(document, operation)).collect();
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
        }
    }

    pub(super) fn root(&self) -> &'a Node {
        self.document.root()
    }

    pub(super) fn scheme(&self, name: &str) -> Option<&SchemeCx<'a>> {
        self.schemes.iter().find(|s| s.name == name)
    }

    /// Returns the security requirements that hold for an operation, and whether they are its own.
    pub(super) fn security(&self, operation: &OperationCx<'a>) -> Option<(&'a Node, bool)> {
        match operation.node().get("security") {
            Some(own) => Some((own, true)),
            None => self.root().get("security").map(|shared| (shared, false)),
        }
    }

    /// Returns whether any operation has an integration.
    pub(super) fn has_integrations(&self) -> bool {
        self.operations.iter().any(|o| o.integration.is_some())
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
        self.parameters.iter().find(|p| p.location == location && p.name == name)
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

    /// Returns the text of a member, when it is a string that nothing has still to be put into.
    pub(super) fn text(&self, member: &str) -> Option<&'a str> {
        self.node.str_of(member).filter(|text| !is_unfinished(text))
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
    node.as_map().is_some_and(|map| {
        map.len() == 1
            && map.iter().any(|e| e.key.text.starts_with("Fn::") || e.key.text == "Ref" || e.key.text == "Condition")
    })
}
