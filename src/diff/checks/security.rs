//! Who may call: security requirements and schemes.

use super::Effect::{Always, Annotates};
use super::checks;
use crate::diff::Level::{Error, Info, Warning};

checks! {
    /// A credential that was enough, or none at all, is refused now: every client without the new one fails.
    SECURITY_STRICTER = "security-stricter", Always(Error);
    /// A scope is demanded that was not: tokens without it are refused.
    SECURITY_SCOPE_ADDED = "security-scope-added", Always(Error);
    /// A scope is no longer demanded.
    SECURITY_SCOPE_REMOVED = "security-scope-removed", Always(Info);
    /// Less is demanded than was: another way to authenticate, or one credential fewer.
    SECURITY_RELAXED = "security-relaxed", Always(Info);
    /// Nothing is demanded any more: the operation is open to everyone.
    SECURITY_REMOVED = "security-removed", Always(Warning);
    /// A security scheme is defined.
    SECURITY_SCHEME_ADDED = "security-scheme-added", Always(Info);
    /// The definition of a security scheme is gone.
    SECURITY_SCHEME_REMOVED = "security-scheme-removed", Always(Info);
    /// A scheme is of another kind: credentials of the old kind are refused.
    SECURITY_SCHEME_TYPE_CHANGED = "security-scheme-type-changed", Always(Error);
    /// The credential is looked for in another place or under another name.
    SECURITY_SCHEME_MOVED = "security-scheme-moved", Always(Error);
    /// Tokens or consent are asked for at another URL.
    SECURITY_SCHEME_URL_CHANGED = "security-scheme-url-changed", Always(Warning);
    /// An OAuth flow is no longer offered.
    SECURITY_FLOW_REMOVED = "security-flow-removed", Always(Warning);
    /// An OAuth flow is offered.
    SECURITY_FLOW_ADDED = "security-flow-added", Always(Info);
    /// A scope is defined by a flow.
    SECURITY_SCOPE_DEFINED = "security-scope-defined", Annotates;
    /// A scope is no longer defined by a flow.
    SECURITY_SCOPE_UNDEFINED = "security-scope-undefined", Annotates;
}
