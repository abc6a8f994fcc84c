use super::prelude::*;

declare_rule! {
    /// Finds OpenAPI objects without a member that they must have.
    ///
    /// ## What API Gateway does
    /// Does without it where it can.
    MISSING_MEMBER = "missing-member", Warning, Quality, Both, Elsewhere
}
