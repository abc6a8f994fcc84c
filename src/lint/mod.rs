//! One file per rule: what API Gateway refuses, drops, or trips over.
