//! A Cargo project of Rust Lambda handlers from a document, from templates, safe to run again.
