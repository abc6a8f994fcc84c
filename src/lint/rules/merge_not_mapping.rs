use super::prelude::*;

declare_rule! {
    /// Finds YAML merges (`<<`) of something else than objects.
    ///
    /// ## What API Gateway does
    /// Refuses them.
    MERGE_NOT_MAPPING = "merge-not-mapping", Error, Refused, Both, Elsewhere
}
