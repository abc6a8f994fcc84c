use super::prelude::*;

declare_rule! {
    /// Finds keywords of schemas that API Gateway does not keep and no other finding tells of.
    ///
    /// ## What API Gateway does
    /// Leaves them out of the model, which is JSON Schema draft 4.
    DROPPED_SCHEMA_KEYWORD = "dropped-schema-keyword", Info, Dropped, Rest, Elsewhere
}
