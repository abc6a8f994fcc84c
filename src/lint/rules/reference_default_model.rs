use super::prelude::*;

declare_rule! {
    /// Finds references to the models `Empty` and `Error` that the document does not define.
    ///
    /// ## What API Gateway does
    /// Has both in an API made by hand; after an import only the document's own models exist.
    REFERENCE_DEFAULT_MODEL = "reference-default-model", Info, Quality, Both, Elsewhere
}
