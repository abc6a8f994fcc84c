//! What reading and diffing cost, as ratios to `serde_json` in the same run.

fn main() {}
