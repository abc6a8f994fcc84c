use super::prelude::*;

declare_rule! {
    /// Finds overlay files that are none.
    ///
    /// ## What API Gateway does
    /// Never sees them: overlays are applied before the import.
    NOT_AN_OVERLAY = "not-an-overlay", Error, Refused, Both, Elsewhere
}
