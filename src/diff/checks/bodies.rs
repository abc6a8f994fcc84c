//! Request bodies, responses, media types, response headers, links.

use super::Effect::{Alters, Always, Narrows, Widens};
use super::{checks, in_response};
use crate::diff::Level::{Error, Info, Warning};

checks! {
    /// The operation demands a body where it had none.
    REQUEST_BODY_ADDED_REQUIRED = "request-body-added-required", Always(Error);
    /// The operation takes a body where it had none.
    REQUEST_BODY_ADDED_OPTIONAL = "request-body-added-optional", Always(Info);
    /// The operation no longer takes a body.
    REQUEST_BODY_REMOVED = "request-body-removed", Always(Error);
    /// The body becomes required.
    REQUEST_BODY_BECAME_REQUIRED = "request-body-became-required", Always(Error);
    /// The body becomes optional.
    REQUEST_BODY_BECAME_OPTIONAL = "request-body-became-optional", Always(Info);
    /// Another media type is possible.
    MEDIA_TYPE_ADDED = "media-type-added", Widens,
        [in_response(Info, "a client gets the media types it asks for")];
    /// A media type is no longer possible.
    MEDIA_TYPE_REMOVED = "media-type-removed", Narrows,
        [in_response(Error, "a client that asks for this media type no longer gets it")];
    /// The name of a media type covers more than it did.
    MEDIA_TYPE_GENERALIZED = "media-type-generalized", Widens;
    /// The name of a media type covers less than it did.
    MEDIA_TYPE_SPECIALIZED = "media-type-specialized", Narrows;
    /// The parameters of a media type, such as its `charset`, changed.
    MEDIA_TYPE_REWORDED = "media-type-reworded", Always(Info);
    /// A body that could be anything now has a schema.
    MEDIA_TYPE_SCHEMA_ADDED = "media-type-schema-added", Narrows;
    /// A body that had a schema can now be anything.
    MEDIA_TYPE_SCHEMA_REMOVED = "media-type-schema-removed", Widens,
        [in_response(Warning, "what comes back is no longer described, which need not mean that it changes")];
    /// The parts of a form are written differently (`encoding`).
    ENCODING_CHANGED = "encoding-changed", Alters;
    /// A success status (2xx) is added.
    SUCCESS_STATUS_ADDED = "success-status-added", Always(Info);
    /// A success status (2xx) is gone.
    SUCCESS_STATUS_REMOVED = "success-status-removed", Always(Error);
    /// A status other than success is added.
    STATUS_ADDED = "status-added", Always(Info);
    /// A status other than success is gone.
    STATUS_REMOVED = "status-removed", Always(Info);
    /// The `default` response is added: it describes every status that has no response of its own.
    DEFAULT_RESPONSE_ADDED = "default-response-added", Always(Info);
    /// The `default` response is gone: what errors look like is no longer said.
    DEFAULT_RESPONSE_REMOVED = "default-response-removed", Always(Warning);
    /// A response header is added.
    RESPONSE_HEADER_ADDED = "response-header-added", Always(Info);
    /// A response header that was always there is gone.
    REQUIRED_RESPONSE_HEADER_REMOVED = "required-response-header-removed", Always(Error);
    /// A response header that was sometimes there is gone.
    OPTIONAL_RESPONSE_HEADER_REMOVED = "optional-response-header-removed", Always(Warning);
    /// A response header that was always there may be left out.
    RESPONSE_HEADER_BECAME_OPTIONAL = "response-header-became-optional", Always(Error);
    /// A response header is always there.
    RESPONSE_HEADER_BECAME_REQUIRED = "response-header-became-required", Always(Info);
    /// A link is added to a response.
    LINK_ADDED = "link-added", Always(Info);
    /// A link of a response leads elsewhere.
    LINK_CHANGED = "link-changed", Always(Warning);
    /// A link is gone from a response.
    LINK_REMOVED = "link-removed", Always(Warning);
}
