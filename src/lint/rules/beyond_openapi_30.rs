use super::prelude::*;

declare_rule! {
    /// Finds what OpenAPI 3.0 cannot say, in documents of another version.
    ///
    /// ## What API Gateway does
    /// Takes OpenAPI 3.0: what cannot be said in it is left out or widened.
    BEYOND_OPENAPI_30 = "beyond-openapi-30", Warning, Dropped, Both, Elsewhere
}
