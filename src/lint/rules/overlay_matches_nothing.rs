use super::prelude::*;

declare_rule! {
    /// Finds overlay actions that match nothing in the document, or say nothing to do.
    ///
    /// ## What API Gateway does
    /// Never sees them: overlays are applied before the import.
    OVERLAY_MATCHES_NOTHING = "overlay-matches-nothing", Warning, Quality, Both, Elsewhere
}
