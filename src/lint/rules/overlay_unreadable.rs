use super::prelude::*;

declare_rule! {
    /// Finds overlays that cannot be read.
    ///
    /// ## What API Gateway does
    /// Never sees them: overlays are applied before the import.
    OVERLAY_UNREADABLE = "overlay-unreadable", Error, Refused, Both, Elsewhere
}
