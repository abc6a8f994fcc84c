//! The integration tests: one binary, because each links the AWS SDK.

mod architecture;
mod data;
mod function;
mod lambda;
