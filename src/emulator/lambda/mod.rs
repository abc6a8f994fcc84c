//! Lambda functions as processes: native executables that speak the Lambda Runtime API, and handlers in Python and
//! Node.js behind a bootstrap that does.
//!
//! [`FunctionPool`] is all that the rest of the emulator sees. Behind it, one task per function owns
//! that function's processes and queue, and one task per process owns the child, its Runtime API
//! listener and its output. They talk through events only, so every way a process can end (answer,
//! error, crash, time-out, kill) arrives in one order at one place.
//!
//! Nothing here knows API Gateway.

mod config;
mod function;
mod log;
mod managed;
mod memory;
mod name;
mod pool;
mod process;
mod remote;
mod runtime_api;

pub use config::{DEFAULT_PROCESSES, FunctionConfig};
pub use log::{LogLine, LogSink, LogStream};
pub use managed::{Interpreters, RUNTIMES, is_native};
pub use name::{FunctionName, function_arn_of_invocation_uri};
pub use pool::{FunctionPool, Invocation, InvokeError, InvokeOptions, PoolSettings};
