use super::prelude::*;

declare_rule! {
    /// Finds members about the document as a whole that API Gateway does not keep: `contact`, `license`, `tags`,
    /// `externalDocs`.
    ///
    /// ## What API Gateway does
    /// Keeps of `info` the title, the description and the version, and leaves the rest out without a word.
    ///
    /// ## Fails
    /// ```yaml
    /// openapi: 3.0.1
    /// info: {title: Pets, version: '1', contact: {name: Us}}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// openapi: 3.0.1
    /// info: {title: Pets, version: '1', description: All about pets.}
    /// ```
    DROPPED_DOCUMENT = "dropped-document", Info, Dropped, Rest, Elsewhere
}
