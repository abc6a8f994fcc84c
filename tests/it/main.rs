//! The integration tests: one binary, because each links the AWS SDK.

mod function;
mod lambda;
