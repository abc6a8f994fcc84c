//! Deprecation, sunset and stability of operations, parameters and properties.

use super::Effect::Always;
use super::checks;
use crate::diff::Level::{Error, Info};

checks! {
    /// Something is marked `deprecated`.
    DEPRECATED = "deprecated", Always(Info);
    /// The `deprecated` mark is taken back.
    REACTIVATED = "reactivated", Always(Info);
    /// Something is deprecated without the date (`x-sunset`) that the policy demands.
    SUNSET_MISSING = "sunset-missing", Always(Error);
    /// The sunset date (`x-sunset`) is not a date such as `2027-03-31`.
    SUNSET_UNREADABLE = "sunset-unreadable", Always(Error);
    /// The sunset date is set to a day closer than the policy allows.
    SUNSET_TOO_SOON = "sunset-too-soon", Always(Error);
    /// The sunset date is moved.
    SUNSET_CHANGED = "sunset-changed", Always(Info);
    /// The sunset date is gone while the thing is still deprecated.
    SUNSET_REMOVED = "sunset-removed", Always(Error);
    /// `x-stability-level` goes down: clients relied on more.
    STABILITY_DECREASED = "stability-decreased", Always(Error);
    /// `x-stability-level` goes up.
    STABILITY_INCREASED = "stability-increased", Always(Info);
    /// `x-stability-level` is none of `draft`, `alpha`, `beta` and `stable`.
    STABILITY_UNKNOWN = "stability-unknown", Always(Error);
}
