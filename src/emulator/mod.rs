//! The embedded API Gateway: the control plane's wire protocol, its store, and the execution of
//! requests.
//!
//! [`Server`] is its face. The control plane writes entities to the store; the data plane reads
//! them through caches that are built again after a change, and never writes.

pub mod control;
pub mod data;
pub mod jwt;
pub mod lambda;
mod lookup;
mod origin;
mod server;
pub mod store;

pub use server::{DEFAULT_PORT, Log, Server, ServerError, ServerOptions};
