//! A deployed stage, made ready for requests once: routes, rules, templates, patterns.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fancy_regex::Regex;
use indexmap::IndexMap;

use super::binary::BinaryTypes;
use super::context::Owner;
use super::parameter::{Source, Target};
use super::routing::Router;
use super::template::MappingTemplates;
use super::validation::RequestRules;
use crate::gateway::{
    ApiDefinition, ContentHandling, Integration, IntegrationResponse, IntegrationType, Method, PassthroughBehavior,
};

/// What the data plane makes of a stage's definitions, at the first request.
#[derive(Debug, Default)]
pub struct Compiled {
    pub(super) stage: OnceLock<Arc<CompiledApi>>,
    pub(super) canary: OnceLock<Arc<CompiledApi>>,
    pub(super) variables: OnceLock<Arc<IndexMap<String, String>>>,
    pub(super) canary_variables: OnceLock<Arc<IndexMap<String, String>>>,
    pub(super) owner: OnceLock<Arc<Owner>>,
    /// The API's host when a request names it in the path.
    pub(super) local_domain: OnceLock<Arc<str>>,
}

/// An API ready for requests.
#[derive(Debug)]
pub(crate) struct CompiledApi {
    pub(crate) definition: Arc<ApiDefinition>,
    pub(crate) router: Router<CompiledResource>,
    pub(crate) binary: BinaryTypes,
}

/// A resource with methods.
#[derive(Debug)]
pub(crate) struct CompiledResource {
    pub(crate) id: Arc<str>,
    pub(crate) path: Arc<str>,
    pub(crate) methods: BTreeMap<String, CompiledMethod>,
}

impl CompiledResource {
    /// Returns the method that answers a verb: its own, else `ANY`.
    pub(crate) fn method_for(&self, verb: &str) -> Option<&CompiledMethod> {
        let any = || matches!(verb, "DELETE" | "GET" | "HEAD" | "OPTIONS" | "PATCH" | "POST" | "PUT");
        self.methods.get(verb).or_else(|| self.methods.get("ANY").filter(|_| any()))
    }
}

/// A method with its rules and its integration.
#[derive(Debug)]
pub(crate) struct CompiledMethod {
    pub(crate) method: Method,
    pub(crate) rules: RequestRules,
    pub(crate) integration: Option<CompiledIntegration>,
}

/// An integration with its mappings.
#[derive(Debug)]
pub(crate) struct CompiledIntegration {
    pub(crate) kind: IntegrationType,
    pub(crate) integration: Integration,
    pub(crate) timeout: Duration,
    pub(crate) parameters: Vec<(Target, Source)>,
    pub(crate) templates: MappingTemplates,
    pub(crate) passthrough: PassthroughBehavior,
    /// By status, those with a pattern before the default one is looked at.
    pub(crate) responses: Vec<CompiledResponse>,
}

/// An integration response with its mappings.
#[derive(Debug)]
pub(crate) struct CompiledResponse {
    pub(crate) status_code: String,
    /// Absent for the default response.
    pub(crate) pattern: Option<Pattern>,
    /// Header name and source.
    pub(crate) headers: Vec<(String, Source)>,
    pub(crate) templates: MappingTemplates,
    pub(crate) content_handling: Option<ContentHandling>,
}

/// A selection pattern: a regular expression, or text that is none and matches itself alone.
#[derive(Debug)]
pub(crate) enum Pattern {
    Regex(Box<Regex>),
    Text(String),
}

impl Pattern {
    fn new(pattern: &str) -> Self {
        // Java's `matches` is about the whole text.
        match Regex::new(&format!(r"\A(?:{pattern})\z")) {
            Ok(regex) => Self::Regex(Box::new(regex)),
            Err(_) => Self::Text(pattern.to_owned()),
        }
    }

    /// Returns whether the whole value matches; a search that backtracks too far does not.
    pub(crate) fn matches(&self, value: &str) -> bool {
        match self {
            Self::Regex(regex) => regex.is_match(value).unwrap_or(false),
            Self::Text(text) => text == value,
        }
    }
}

impl CompiledApi {
    /// Makes an API ready. What is broken in it fails when it is used.
    pub(crate) fn new(definition: &Arc<ApiDefinition>) -> Self {
        let mut router = Router::new();
        let mut models = BTreeMap::new();
        for resource in definition.resources.values().filter(|r| !r.resource_methods.is_empty()) {
            let methods = resource.resource_methods.iter().map(|(verb, method)| {
                let rules = RequestRules::compile(definition, method, &mut models);
                let integration = method.method_integration.as_ref().map(CompiledIntegration::new);
                (verb.clone(), CompiledMethod { method: method.clone(), rules, integration })
            });
            let compiled = CompiledResource {
                id: resource.id.as_str().into(),
                path: resource.path.as_str().into(),
                methods: methods.collect(),
            };
            router.add(&resource.path, compiled);
        }
        let binary = BinaryTypes::new(&definition.api.binary_media_types);
        Self { definition: Arc::clone(definition), router, binary }
    }
}

impl CompiledIntegration {
    fn new(integration: &Integration) -> Self {
        let parameters = integration.request_parameters.iter().flatten();
        let millis = u64::try_from(integration.timeout()).unwrap_or(29_000).max(1);
        Self {
            kind: integration.integration_type,
            timeout: Duration::from_millis(millis),
            parameters: parameters.filter_map(|(t, s)| Some((Target::parse(t)?, Source::parse(s)?))).collect(),
            templates: MappingTemplates::compile(integration.request_templates.as_ref()),
            passthrough: integration.passthrough_behavior.unwrap_or(PassthroughBehavior::WhenNoMatch),
            responses: integration.integration_responses.values().map(CompiledResponse::new).collect(),
            integration: integration.clone(),
        }
    }

    /// Returns the response for a selection value: of those whose pattern matches the one for this very status, else
    /// the first; when none matches, the one without a pattern.
    pub(crate) fn response_for(&self, selection: &str) -> Option<&CompiledResponse> {
        let matching = || self.responses.iter().filter(|r| r.pattern.as_ref().is_some_and(|p| p.matches(selection)));
        let found = matching().find(|r| r.status_code == selection).or_else(|| matching().next());
        found.or_else(|| self.responses.iter().find(|r| r.pattern.is_none()))
    }
}

impl CompiledResponse {
    fn new(response: &IntegrationResponse) -> Self {
        let headers = response.response_parameters.iter().flatten().filter_map(|(target, source)| {
            let name = target.strip_prefix("method.response.header.")?;
            Some((name.to_owned(), Source::parse(source)?))
        });
        Self {
            status_code: response.status_code.clone(),
            pattern: response.selection_pattern.as_deref().filter(|p| !p.is_empty()).map(Pattern::new),
            headers: headers.collect(),
            templates: MappingTemplates::compile(response.response_templates.as_ref()),
            content_handling: response.content_handling,
        }
    }
}
