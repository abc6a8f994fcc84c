use super::prelude::*;

declare_rule! {
    /// Finds a second YAML document in a file.
    ///
    /// ## What API Gateway does
    /// Reads the first one only.
    SEVERAL_DOCUMENTS = "several-documents", Warning, Quality, Both, Elsewhere
}
