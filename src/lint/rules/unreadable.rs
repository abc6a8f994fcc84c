use super::prelude::*;

declare_rule! {
    /// Finds documents that cannot be read at all: no such file, no permission, not UTF-8.
    ///
    /// ## What API Gateway does
    /// Refuses an empty or unreadable body: `Invalid OpenAPI input.`
    UNREADABLE = "unreadable", Error, Refused, Both, Elsewhere
}
