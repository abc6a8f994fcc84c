//! Mapping templates as rules see them.

use crate::source::Span;

/// A mapping template of an operation's integration.
pub(super) struct TemplateCx<'a> {
    /// Where the template's text is written.
    pub(super) span: Span,
    /// The media type it is for.
    pub(super) media_type: &'a str,
    /// The template.
    pub(super) text: &'a str,
}
