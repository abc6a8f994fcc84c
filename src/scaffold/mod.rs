//! A Cargo project of Rust Lambda handlers from a document, from templates, safe to run again.
//!
//! Also the integrations that make API Gateway invoke those handlers ([`integration::complete`]).
//! Nothing here prints; only [`apply`] writes files.

/// Makes an object of JSON as `json!` does, but moves what it is given instead of copying it.
macro_rules! object {
    ({ $($key:literal: $value:expr),* $(,)? }) => {{
        let mut members = serde_json::Map::with_capacity([$($key),*].len());
        $(members.insert($key.to_owned(), serde_json::Value::from($value));)*
        serde_json::Value::Object(members)
    }};
}

pub mod adopt;
pub mod apply;
mod authorizer;
mod context;
mod declared;
/// The evaluation of schemas that generated code has, as it is written there.
#[path = "../../templates/project/rt/schema.rs.hbs"]
#[rustfmt::skip]
#[allow(unreachable_pub)]
mod evaluate;
mod example;
mod files;
mod flow;
mod helpers;
pub mod integration;
mod json_schema;
mod layout;
mod manifest;
mod mapped;
mod names;
mod operation;
mod operations;
mod parts;
mod pattern;
mod polymorphic;
mod project;
mod quick;
mod rules;
mod rust;
mod sample;
mod schema;
mod shape;
mod share;
mod shared;
mod tags;
pub mod template;
pub mod verify;

pub use manifest::{Choices, MANIFEST_PATH, Manifest, ManifestFile, ManifestOperation, Owner};
pub use operations::{Function, Payload, functions};
pub use project::{Detail, Project, ProjectFile, generate};
pub use rules::{AuthorizerRule, FunctionRule, IntegrationRule, PathRules, When};

/// Where the generated texts of once-written files are kept, from the project's folder.
pub(crate) const BASE_PATH: &str = ".gatewright/base.json";

/// How operations are spread over Lambda functions, hence binaries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
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
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScaffoldOptions {
    /// How operations are spread over functions.
    pub per: Per,
    /// The package's name, instead of one from the document's title.
    pub name: Option<String>,
    /// Whether schemas that no operation uses are left out.
    pub only_used: bool,
    /// Whether functions take the payload 2.0 of HTTP APIs where the document does not say.
    pub http: bool,
    /// Functions of several operations, whatever [`per`](Self::per) says.
    pub functions: Vec<FunctionRule>,
    /// Which template makes the integration of an operation that does not choose one.
    pub integrations: Vec<IntegrationRule>,
    /// Which template makes the authorizer of a security scheme that does not choose one.
    pub authorizers: Vec<AuthorizerRule>,
    /// Whose files are, where that is not as usual.
    pub paths: PathRules,
}
