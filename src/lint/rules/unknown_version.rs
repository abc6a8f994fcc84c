use super::prelude::*;

declare_rule! {
    /// Finds documents of a version of OpenAPI that is not read.
    ///
    /// ## What API Gateway does
    /// Takes 2.0 and 3.0 for a REST API, and 3.0 for an HTTP API.
    ///
    /// ## Fails
    /// ```yaml
    /// openapi: 4.0.0
    /// info: {title: Pets, version: '1'}
    /// paths: {}
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// openapi: 3.0.1
    /// info: {title: Pets, version: '1'}
    /// paths: {}
    /// ```
    UNKNOWN_VERSION = "unknown-version", Error, Refused, Both, Elsewhere
}
