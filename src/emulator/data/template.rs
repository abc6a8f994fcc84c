//! Mapping templates, compiled with the stage.

use indexmap::IndexMap;

use super::exchange::Exchange;

/// Stub until the engine is there.
#[derive(Debug, Default, Clone)]
pub(crate) struct Assigned;
#[derive(Debug, Default)]
pub(crate) struct RequestOverride {
    pub(crate) header: IndexMap<String, Vec<String>>,
    pub(crate) path: IndexMap<String, Vec<String>>,
    pub(crate) querystring: IndexMap<String, Vec<String>>,
}
#[derive(Debug, Default)]
pub(crate) struct ResponseOverride {
    pub(crate) status: Option<u16>,
    pub(crate) header: IndexMap<String, Vec<String>>,
}
impl Assigned {
    pub(crate) fn request_override(&self) -> RequestOverride {
        RequestOverride::default()
    }
    pub(crate) fn response_override(&self) -> ResponseOverride {
        ResponseOverride::default()
    }
}

/// A template ready to render, or why it cannot be.
#[derive(Debug)]
pub(crate) struct MappingTemplate {
    text: Result<String, String>,
}

impl MappingTemplate {
    /// Compiles a template. A broken one fails when it is used, as on AWS.
    pub(crate) fn compile(text: &str) -> Self {
        let plain = !text.contains(['$', '#']);
        Self { text: if plain { Ok(text.to_owned()) } else { Err("only plain templates are rendered yet".to_owned()) } }
    }

    /// Renders the template over a body; what it assigns to `$context` is kept with the exchange.
    pub(crate) fn render(&self, exchange: &mut Exchange<'_>, body: &str) -> Result<String, String> {
        let _ = (body, exchange);
        self.text.clone()
    }
}
