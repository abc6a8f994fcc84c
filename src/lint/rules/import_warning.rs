use super::prelude::*;

declare_rule! {
    /// Finds what the model of API Gateway's import warns of and no rule of its own tells of.
    ///
    /// ## What API Gateway does
    /// Accepts the document with a warning, and refuses it under `failonwarnings`.
    IMPORT_WARNING = "import-warning", Warning, Warned, Both, Elsewhere
}
