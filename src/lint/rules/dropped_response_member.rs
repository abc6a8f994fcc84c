use super::prelude::*;

declare_rule! {
    /// Finds members of responses that API Gateway does not keep.
    ///
    /// ## What API Gateway does
    /// Keeps the status, the names of the headers and the models of a response.
    DROPPED_RESPONSE_MEMBER = "dropped-response-member", Info, Dropped, Rest, Elsewhere
}
