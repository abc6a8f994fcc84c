//! Nodes to one self-contained OpenAPI 3.0 document: version detection, Swagger 2.0 up, 3.1 down,
//! references over files, bundling.
//!
//! Nothing here knows what API Gateway does with a document. The nodes are the truth: typed
//! `openapiv3` values are made from them piece by piece, so a bad corner costs one diagnostic and
//! never the document.

mod adapt;
mod document;
mod grammar;
mod inline;
mod load;
mod members;
mod overlay;
mod parameters;
#[cfg(test)]
mod properties;
mod refs;
pub(crate) mod spelling;
mod swagger2;
mod v31;
mod v32;
mod validate;
mod version;

pub use document::{Document, Method, Operation, Parameter, PathItem, Resolved, Version};
pub use load::{LoadOptions, load, load_text};
