//! A deployed stage, made ready for requests once.

/// What the data plane makes of a stage's definitions.
#[derive(Debug, Default)]
pub struct Compiled {}
