//! The two layers that read documents, compiled by themselves: the rest of gatewright takes minutes more to build with a
//! fuzzer's instrumentation, and no target calls it.

#![allow(dead_code, unreachable_pub)]

#[path = "../src/openapi/mod.rs"]
pub mod openapi;
#[path = "../src/source/mod.rs"]
pub mod source;
