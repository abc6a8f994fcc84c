use super::prelude::*;

declare_rule! {
    /// Finds YAML tags that do not fit what they stand at.
    ///
    /// ## What API Gateway does
    /// Refuses them, or reads them as text.
    TAG_MISMATCH = "tag-mismatch", Error, Refused, Both, Elsewhere
}
