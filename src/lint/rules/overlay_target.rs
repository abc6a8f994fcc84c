use super::prelude::*;

declare_rule! {
    /// Finds overlay actions whose target is no JSONPath that can be followed.
    ///
    /// ## What API Gateway does
    /// Never sees them: overlays are applied before the import.
    OVERLAY_TARGET = "overlay-target", Error, Refused, Both, Elsewhere
}
