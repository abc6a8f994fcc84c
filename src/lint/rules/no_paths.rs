use super::prelude::*;

declare_rule! {
    /// Finds documents without `paths`.
    ///
    /// ## What API Gateway does
    /// Refuses them: the member must be there, empty or not.
    NO_PATHS = "no-paths", Error, Refused, Both, Elsewhere
}
