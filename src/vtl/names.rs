//! The names of a template's variables, numbered while compiling so that rendering needs no look-up by text.

use ecow::EcoString;
use indexmap::IndexSet;

use super::ast::Slot;

/// The variables that API Gateway provides; their slots are their places in this list.
const PROVIDED: [&str; 4] = ["input", "util", "context", "stageVariables"];
/// The number of variables that API Gateway provides.
pub(super) const PROVIDED_COUNT: usize = PROVIDED.len() + 3;
/// `$foreach`
pub(super) const FOREACH: Slot = Slot(4);
/// `$velocityCount`
pub(super) const VELOCITY_COUNT: Slot = Slot(5);
/// `$bodyContent`
pub(super) const BODY_CONTENT: Slot = Slot(6);

/// The names of variables, in order of their slots.
#[derive(Clone, Debug)]
pub(super) struct Names {
    names: IndexSet<EcoString>,
}

impl Names {
    pub(super) fn new() -> Self {
        let velocity = ["foreach", "velocityCount", "bodyContent"];
        Self { names: PROVIDED.iter().chain(&velocity).map(|name| EcoString::from(*name)).collect() }
    }

    /// Returns the slot of a name, which gets one when it has none.
    pub(super) fn slot(&mut self, name: &str) -> Slot {
        let index = self.names.get_index_of(name).unwrap_or_else(|| self.names.insert_full(name.into()).0);
        // A template holds at most as many names as bytes, and its bytes are numbered by `u32` too.
        Slot(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}
