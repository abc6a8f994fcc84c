use super::prelude::*;

declare_rule! {
    /// Finds references to files that cannot be read.
    ///
    /// ## What API Gateway does
    /// Does not follow references to files at all.
    REFERENCE_UNREADABLE = "reference-unreadable", Error, Refused, Both, Elsewhere
}
