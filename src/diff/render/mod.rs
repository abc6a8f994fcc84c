//! Reports as text: one file per format, none knowing any check.

pub mod changelog;
pub mod github;
pub mod html;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod sarif;
pub mod stat;
pub mod terminal;
pub mod three_way;
