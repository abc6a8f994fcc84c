//! The embedded API Gateway: the control plane's wire protocol, its store, and the execution of
//! requests.

pub mod control;
pub mod data;
pub mod lambda;
pub mod store;
pub mod vtl;
