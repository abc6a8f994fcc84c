//! Reports as text: one file per format, none knowing any check.

pub mod json;
pub mod terminal;
