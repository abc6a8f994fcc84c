use super::prelude::*;

declare_rule! {
    /// Finds members of OpenAPI objects that are of the wrong JSON type.
    ///
    /// ## What API Gateway does
    /// Refuses the document, or takes them for absent.
    WRONG_TYPE = "wrong-type", Error, Quality, Both, Elsewhere
}
