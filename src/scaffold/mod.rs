//! A Cargo project of Rust Lambda handlers from a document, from templates, safe to run again.
//!
//! Also the integrations that make API Gateway invoke those handlers ([`integration::complete`]).
//! Nothing here prints; only [`apply`] writes files.

pub mod apply;
mod context;
mod example;
mod flow;
pub mod integration;
mod manifest;
mod names;
mod operation;
mod operations;
mod project;
mod rust;
mod sample;
mod schema;
mod shape;
mod shared;
pub mod template;

pub use manifest::{MANIFEST_PATH, Manifest, ManifestFile, ManifestOperation, Owner};
pub use operations::{Function, functions};
pub use project::{Project, ProjectFile, generate};

/// How operations are spread over Lambda functions, hence binaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Per {
    /// One function per operation.
    #[default]
    Operation,
    /// One function per first tag, or per first segment of the path where there is no tag.
    Tag,
    /// One function for all.
    Api,
}

/// What may vary in scaffolding.
#[derive(Clone, Debug, Default)]
pub struct ScaffoldOptions {
    /// How operations are spread over functions.
    pub per: Per,
    /// The package's name, instead of one from the document's title.
    pub name: Option<String>,
    /// Whether schemas that no operation uses are left out.
    pub only_used: bool,
}
