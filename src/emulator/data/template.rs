//! Mapping templates, compiled with the stage.

use std::borrow::Cow;

use serde_json::Value;

use super::context::RequestContext;
use super::exchange::Exchange;
use super::request::percent_decoded;
use crate::emulator::vtl::{ContextVariables, RenderContext, RequestParameters, Template};

pub(crate) use crate::emulator::vtl::Assigned;

/// A template ready to render, or why it cannot be.
#[derive(Debug)]
pub(crate) struct MappingTemplate(Result<Kind, String>);

#[derive(Debug)]
enum Kind {
    /// Text without references or directives.
    Plain(String),
    Template(Box<Template>),
}

impl MappingTemplate {
    /// Compiles a template. A broken one fails when it is used, as on AWS.
    pub(crate) fn compile(text: &str) -> Self {
        if !text.contains(['$', '#', '\\']) {
            return Self(Ok(Kind::Plain(text.trim().to_owned())));
        }
        // White space around a template does not count (observed by users).
        Self(Template::compile(text.trim()).map(|t| Kind::Template(Box::new(t))).map_err(|e| e.to_string()))
    }

    /// Renders the template over a body; what it assigns to `$context` is kept with the exchange.
    pub(crate) fn render(&self, exchange: &mut Exchange<'_>, body: &str) -> Result<String, String> {
        let template = match &self.0 {
            Ok(Kind::Plain(text)) => return Ok(text.clone()),
            Ok(Kind::Template(template)) => template,
            Err(reason) => return Err(reason.clone()),
        };
        let request = &exchange.request;
        let parameters = RequestParameters {
            path: request.path_parameters.iter().map(|(n, v)| (n.clone(), percent_decoded(v))).collect(),
            querystring: request.query.iter().flat_map(|(n, v)| v.iter().map(|v| (n.clone(), v.clone()))).collect(),
            header: request.headers.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
        };
        let mut context = RenderContext::new(body, &parameters, &exchange.context, &*exchange.stage_variables);
        context.assigned = std::mem::take(&mut exchange.assigned);
        let rendered = template.render(&mut context);
        exchange.assigned = context.assigned;
        rendered.map(|r| r.text).map_err(|e| e.to_string())
    }
}

impl ContextVariables for RequestContext {
    fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
        RequestContext::variable(self, name)
    }

    fn names(&self) -> Vec<Cow<'_, str>> {
        RequestContext::names(self).into_iter().map(Cow::Borrowed).collect()
    }
}
