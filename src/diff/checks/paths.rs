//! Paths, operations, servers, callbacks, webhooks, and the document itself.

use super::Effect::{Always, Annotates};
use super::checks;
use crate::diff::Level::{Error, Info, Warning};

checks! {
    /// A path that the old document does not have, with its operations.
    PATH_ADDED = "path-added", Always(Info);
    /// A path is gone with all its operations, and they were never deprecated.
    PATH_REMOVED = "path-removed", Always(Error);
    /// A path is gone after all its operations were deprecated and their sunset dates, if any, have passed.
    PATH_REMOVED_AFTER_DEPRECATION = "path-removed-after-deprecation", Always(Info);
    /// A path is gone before the announced sunset date of one of its operations.
    PATH_REMOVED_BEFORE_SUNSET = "path-removed-before-sunset", Always(Error);
    /// A method is added to a path.
    OPERATION_ADDED = "operation-added", Always(Info);
    /// A method is gone from a path, and it was never deprecated.
    OPERATION_REMOVED = "operation-removed", Always(Error);
    /// A method is gone, but the path's catch-all method (`x-amazon-apigateway-any-method`) now answers its requests.
    OPERATION_REMOVED_TO_ANY = "operation-removed-to-any", Always(Warning);
    /// A method is gone after it was deprecated and its sunset date, if any, has passed.
    OPERATION_REMOVED_AFTER_DEPRECATION = "operation-removed-after-deprecation", Always(Info);
    /// A method is gone before its announced sunset date, or the date cannot be read.
    OPERATION_REMOVED_BEFORE_SUNSET = "operation-removed-before-sunset", Always(Error);
    /// The `operationId` is added, changed or removed: generated clients name their functions by it.
    OPERATION_ID_CHANGED = "operation-id-changed", Annotates;
    /// A tag is added to an operation.
    TAG_ADDED = "tag-added", Annotates;
    /// A tag is removed from an operation.
    TAG_REMOVED = "tag-removed", Annotates;
    /// Prose is added, changed or removed: a title, a summary, a description, an example.
    DOCUMENTATION_CHANGED = "documentation-changed", Annotates;
    /// The title or the version of the API is changed.
    INFO_CHANGED = "info-changed", Annotates;
    /// A server is added.
    SERVER_ADDED = "server-added", Always(Info);
    /// A server is gone; another one has the same base path, so only the host differs.
    SERVER_REMOVED = "server-removed", Always(Warning);
    /// No server has the base path of an old one any more: every call goes to another place.
    SERVER_PATH_CHANGED = "server-path-changed", Always(Error);
    /// The API announces calls of its own that it did not make before.
    CALLBACK_ADDED = "callback-added", Always(Info);
    /// The API no longer makes a call that clients may wait for.
    CALLBACK_REMOVED = "callback-removed", Always(Error);
    /// The API announces a webhook that it did not have before.
    WEBHOOK_ADDED = "webhook-added", Always(Info);
    /// The API no longer calls a webhook that clients may wait for.
    WEBHOOK_REMOVED = "webhook-removed", Always(Error);
    /// A component that no operation of the old document uses is removed.
    COMPONENT_REMOVED = "component-removed", Always(Info);
    /// An extension that API Gateway does not know is added, changed or removed.
    EXTENSION_CHANGED = "extension-changed", Annotates;
}
