use super::prelude::*;

declare_rule! {
    /// Finds references that lead back to themselves with nothing in between.
    ///
    /// ## What API Gateway does
    /// Refuses the document.
    REFERENCE_CIRCLE = "reference-circle", Error, Refused, Both, Elsewhere
}
