//! Parameters: presence, requirement, and how they are written.

use super::Effect::Always;
use super::checks;
use crate::diff::Level::{Error, Info, Warning};

checks! {
    /// A query, header or cookie parameter is added that every request must have.
    REQUIRED_PARAMETER_ADDED = "required-parameter-added", Always(Error);
    /// A parameter is added that requests may have.
    OPTIONAL_PARAMETER_ADDED = "optional-parameter-added", Always(Info);
    /// A path parameter is declared that was not, and not every text is valid for it.
    PATH_PARAMETER_ADDED = "path-parameter-added", Always(Error);
    /// A parameter is gone: servers mostly ignore what they do not know, but what it did is no longer done.
    PARAMETER_REMOVED = "parameter-removed", Always(Warning);
    /// A parameter is gone after it was deprecated and its sunset date, if any, has passed.
    PARAMETER_REMOVED_AFTER_DEPRECATION = "parameter-removed-after-deprecation", Always(Info);
    /// A parameter is gone before its announced sunset date.
    PARAMETER_REMOVED_BEFORE_SUNSET = "parameter-removed-before-sunset", Always(Error);
    /// A parameter moves, for example from the query to a header.
    PARAMETER_MOVED = "parameter-moved", Always(Error);
    /// An optional parameter becomes required.
    PARAMETER_BECAME_REQUIRED = "parameter-became-required", Always(Error);
    /// A required parameter becomes optional.
    PARAMETER_BECAME_OPTIONAL = "parameter-became-optional", Always(Info);
    /// `style` or `explode` changes: the same value is written differently, and what clients write is not understood.
    PARAMETER_STYLE_CHANGED = "parameter-style-changed", Always(Error);
    /// `allowReserved` changes: some characters are written differently.
    PARAMETER_RESERVED_CHANGED = "parameter-reserved-changed", Always(Warning);
    /// Empty values are no longer allowed (`allowEmptyValue`).
    PARAMETER_EMPTY_REFUSED = "parameter-empty-refused", Always(Error);
    /// Empty values are allowed (`allowEmptyValue`).
    PARAMETER_EMPTY_ALLOWED = "parameter-empty-allowed", Always(Info);
    /// The parameter is written in another media type (`content`), or changes between `schema` and `content`.
    PARAMETER_CONTENT_CHANGED = "parameter-content-changed", Always(Error);
}
