use super::prelude::*;

declare_rule! {
    /// Finds documents, or expansions of YAML aliases, with more values than any API has.
    ///
    /// ## What API Gateway does
    /// Refuses them: a definition has 6 MB at most.
    TOO_LARGE = "too-large", Error, Refused, Both, Elsewhere
}
