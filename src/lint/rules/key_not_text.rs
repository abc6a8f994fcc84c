use super::prelude::*;

declare_rule! {
    /// Finds keys that are lists or objects.
    ///
    /// ## What API Gateway does
    /// Refuses them: JSON has no such keys.
    KEY_NOT_TEXT = "key-not-text", Error, Refused, Both, Elsewhere
}
