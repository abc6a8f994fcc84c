//! The integration tests: one binary, because each links the AWS SDK.

mod architecture;
mod bad_input;
mod bundle;
mod control;
mod corpus;
mod data;
mod diff;
mod fault_proxy;
mod function;
mod gateway;
mod http_api;
mod import;
mod import_faults;
mod import_http;
mod import_http_faults;
mod import_settings;
mod lambda;
mod lint;
mod references;
mod scaffold;
mod scaffold_again;
mod scaffold_checks;
mod support;
mod swagger2;
