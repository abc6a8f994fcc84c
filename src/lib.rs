//! gatewright turns OpenAPI documents into running serverless APIs on AWS API Gateway and Lambda,
//! and keeps the two in step.
//!
//! Data flows downwards through the modules, and each names only those before it:
//!
//! - [`source`]: text to nodes with spans, JSON pointers, diagnostics and their renderers
//! - [`openapi`]: nodes to one self-contained OpenAPI 3.0 document
//! - [`vtl`]: mapping templates: the Velocity language as API Gateway has it
//! - [`gateway`]: what API Gateway keeps of it: entities, `import`, `export`
//! - [`lint`]: what API Gateway refuses, drops, or trips over
//! - [`diff`]: what changed, and whom it breaks
//! - [`scaffold`]: Rust Lambda handlers from templates
//! - [`deploy`]: the AWS side, through the AWS SDK
//! - [`emulator`]: the embedded API Gateway
//! - [`cli`]: the commands; alone prints, reads the environment, and exits

#![forbid(unsafe_code)]

pub mod cli;
pub mod deploy;
pub mod diff;
pub mod emulator;
pub mod gateway;
pub mod lint;
pub mod openapi;
mod parallel;
pub mod scaffold;
pub mod source;
pub mod vtl;
