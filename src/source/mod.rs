//! Text to nodes with spans (YAML and JSON), JSON pointers, and diagnostics with their renderers.
//!
//! Nothing here knows what OpenAPI is. [`load`] alone reads, and is handed to whoever follows a
//! reference; [`write`] writes.

mod address;
pub mod diagnostic;
pub mod emit;
pub mod git;
pub mod json;
pub mod load;
pub mod node;
pub mod pointer;
pub mod read;
mod remote;
pub mod render;
pub mod sources;
pub mod span;
pub mod text;
pub mod write;
pub mod yaml;

pub(crate) use address::joined as joined_address;
pub use diagnostic::{Diagnostic, Edit, Fix, Label, Severity};
pub use emit::emit;
pub(crate) use json::shortened;
pub use load::{LoadError, Loader, Origin};
pub use node::{Entry, Key, Kind, Mapping, Node, Number, Value};
pub use pointer::Pointer;
pub use read::{read_text, read_text_in_halves};
pub use sources::{Format, Location, SourceFile, Sources};
pub use span::{FileId, Span};
pub use write::{Access, write_whole};
