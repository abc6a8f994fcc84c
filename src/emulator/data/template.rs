//! Mapping templates, compiled with the stage.

use std::borrow::Cow;
use std::sync::OnceLock;

use indexmap::IndexMap;
use serde_json::Value;

use super::context::RequestContext;
use super::exchange::Exchange;
use super::request::{ClientRequest, percent_decoded};
use crate::gateway::SmallMap;
use crate::vtl::{ContextVariables, Parameters, RenderContext, Template};

pub(crate) use crate::vtl::Assigned;

/// A template ready to render, or why it cannot be.
#[derive(Debug)]
pub(crate) struct MappingTemplate {
    compiled: Result<Template, String>,
    /// The status that a template of a mock names, once somebody asked, when it always names the same.
    status: OnceLock<Option<i64>>,
}

/// The templates of one direction, by media type in lower case.
#[derive(Debug, Default)]
pub(crate) struct MappingTemplates(IndexMap<String, MappingTemplate>);

impl MappingTemplates {
    /// Compiles templates.
    pub(crate) fn compile(templates: Option<&SmallMap<String>>) -> Self {
        let templates = templates.into_iter().flatten();
        Self(
            templates
                .map(|(media_type, text)| (media_type.to_ascii_lowercase(), MappingTemplate::compile(text)))
                .collect(),
        )
    }

    /// Returns whether there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the template of a request's media type, else that of `$default`.
    pub(crate) fn of_request(&self, media_type: &str) -> Option<&MappingTemplate> {
        self.0.get(media_type).or_else(|| self.0.get("$default"))
    }

    /// Returns the media type and the template of what a client accepts, else those of `application/json`, else the first
    /// there are.
    pub(crate) fn of_response(&self, accepted: Option<&str>) -> Option<(&str, &MappingTemplate)> {
        let found = accepted.and_then(|accepted| self.0.get_key_value(accepted));
        let found = found.or_else(|| self.0.get_key_value("application/json")).or_else(|| self.0.first());
        found.map(|(content_type, template)| (content_type.as_str(), template))
    }
}

impl MappingTemplate {
    /// Compiles a template. A broken one fails when it is used, as on AWS.
    pub(crate) fn compile(text: &str) -> Self {
        Self { compiled: Template::compile(text).map_err(|error| error.to_string()), status: OnceLock::new() }
    }

    /// Returns whether there is nothing in the template: the payload then passes as it is
    /// (`request-response-data-mappings` of the developer guide).
    pub(crate) fn is_empty(&self) -> bool {
        self.compiled.as_ref().is_ok_and(|template| template.source().is_empty())
    }

    /// Returns the status that a template without references names; `read` finds it in the text.
    pub(crate) fn constant_status(&self, read: impl FnOnce(&[u8]) -> Option<i64>) -> Option<i64> {
        let text = self.compiled.as_ref().ok()?.constant()?;
        *self.status.get_or_init(|| read(text.as_bytes()))
    }

    /// Renders the template over a body; what it assigns to `$context` is kept with the exchange.
    pub(crate) fn render(&self, exchange: &mut Exchange<'_>, body: &str) -> Result<String, String> {
        let template = self.compiled.as_ref().map_err(Clone::clone)?;
        if let Some(text) = template.constant() {
            return Ok(text.trim().to_owned());
        }
        let assigned = std::mem::take(&mut exchange.assigned);
        let parameters = RequestParameters(&exchange.request);
        let mut context = RenderContext::new(body, &parameters, &exchange.context, &*exchange.stage_variables);
        context.assigned = assigned;
        let result = template.render(&mut context);
        let assigned = std::mem::take(&mut context.assigned);
        exchange.assigned = assigned;
        let rendered = result.map_err(|error| error.to_string())?;
        for warning in rendered.warnings {
            exchange.say(&format!("mapping template: {warning}"));
        }
        // White space around the text does not reach the other side.
        Ok(match rendered.text.trim() {
            trimmed if trimmed.len() == rendered.text.len() => rendered.text,
            trimmed => trimmed.to_owned(),
        })
    }
}

/// `$input.params()`
struct RequestParameters<'a>(&'a ClientRequest);

impl Parameters for RequestParameters<'_> {
    fn find(&self, name: &str) -> Option<Cow<'_, str>> {
        let path = self.0.path_parameters.iter().find(|(known, _)| known == name);
        if let Some((_, value)) = path {
            return Some(Cow::Owned(percent_decoded(value)));
        }
        let query = self.0.query.get(name).and_then(|values| values.last());
        let header = || self.0.headers.values(name).next_back().map(|value| Cow::Owned(value.to_owned()));
        query.map(|value| Cow::Borrowed(value.as_str())).or_else(header)
    }

    fn path(&self) -> Vec<(&str, Cow<'_, str>)> {
        self.0.path_parameters.iter().map(|(name, value)| (name.as_str(), Cow::Owned(percent_decoded(value)))).collect()
    }

    fn querystring(&self) -> Vec<(&str, Cow<'_, str>)> {
        let last = |values: &'_ Vec<String>| values.last().map(|value| Cow::Owned(value.clone()));
        self.0.query.iter().filter_map(|(name, values)| Some((name.as_str(), last(values)?))).collect()
    }

    fn header(&self) -> Vec<(&str, Cow<'_, str>)> {
        self.0.headers.iter().map(|(name, value)| (name, Cow::Borrowed(value))).collect()
    }
}

impl ContextVariables for RequestContext {
    fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
        self.variable(name)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.text(name)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        self.names().into_iter().map(Cow::Borrowed).collect()
    }
}
