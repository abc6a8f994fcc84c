//! What the requests of one server leave behind for later ones.

/// Connections to backends and the state of throttles.
#[derive(Debug, Default)]
pub struct Shared {}
