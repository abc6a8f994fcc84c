//! The integration tests: one binary, because each links the AWS SDK.

mod architecture;
mod function;
mod lambda;
