//! Mapping templates as rules see them.

use crate::source::Span;

use super::context::OperationCx;

/// A mapping template of an operation's integration.
pub(super) struct TemplateCx<'a> {
    pub(super) operation: &'a OperationCx<'a>,
    /// Where the template's text is written.
    pub(super) span: Span,
    /// The media type it is for.
    pub(super) media_type: &'a str,
    /// The template.
    pub(super) text: &'a str,
    /// Whether it makes the request to the backend rather than the response to the client.
    pub(super) request: bool,
}
