use super::prelude::*;

declare_rule! {
    /// Finds servers that another finding does not tell of.
    ///
    /// ## What API Gateway does
    /// Uses nothing of a server but its base path, and that only when the import is told to.
    ///
    /// ## Fails
    /// ```yaml
    /// servers: [{url: /}, {url: 'https://pets.example.com'}]
    /// ```
    ///
    /// ## Passes
    /// ```yaml
    /// servers: [{url: /}]
    /// ```
    DROPPED_SERVER = "dropped-server", Info, Dropped, Rest, Elsewhere
}
