//! Where in a document a message is about.

use std::fmt;

/// A place in a document, put into words only where something is found.
#[derive(Clone, Copy)]
pub(super) enum Place<'p> {
    Root,
    /// A member of the root; the parser's name for servers begins with a dot.
    Top(&'p str),
    /// `parent.name`
    Member(&'p Place<'p>, &'p str),
    /// `parent.'name'`
    Quoted(&'p Place<'p>, &'p str),
    /// `parent.[name]`
    Listed(&'p Place<'p>, &'p str),
    /// `parent(verb)`
    Operation(&'p Place<'p>, &'p str),
}

impl Place<'_> {
    /// Whether it lies in the paths of the document.
    pub(super) fn is_in_paths(&self) -> bool {
        match self {
            Self::Root => false,
            Self::Top(name) => *name == "paths",
            Self::Member(parent, _)
            | Self::Quoted(parent, _)
            | Self::Listed(parent, _)
            | Self::Operation(parent, _) => parent.is_in_paths(),
        }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Top(name) => f.write_str(name),
            Self::Member(Self::Root, name) => f.write_str(name),
            Self::Member(parent, name) => write!(f, "{parent}.{name}"),
            Self::Quoted(parent, name) => write!(f, "{parent}.'{name}'"),
            Self::Listed(parent, name) => write!(f, "{parent}.[{name}]"),
            Self::Operation(parent, verb) => write!(f, "{parent}({verb})"),
        }
    }
}
