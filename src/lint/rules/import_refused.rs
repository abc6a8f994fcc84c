use super::prelude::*;

declare_rule! {
    /// Finds what the model of API Gateway's import refuses and no rule of its own tells of.
    ///
    /// ## What API Gateway does
    /// Refuses the document with the words that the finding cites.
    IMPORT_REFUSED = "import-refused", Error, Refused, Both, Elsewhere
}
