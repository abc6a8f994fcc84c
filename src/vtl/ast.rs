//! A parsed template.

use std::sync::Arc;

use ecow::EcoString;

/// The index of a variable's name in [`Names`](super::names::Names).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(pub(super) u32);

/// What stands between two directives, in order.
pub(super) type Block = Vec<Node>;

/// A piece of a template.
#[derive(Debug)]
pub(super) enum Node {
    /// Text that is written as it is.
    Text(Box<str>),
    /// `$x`, `$!{x.y}`, `\$x`
    Reference(Reference),
    /// `#set($x.y = 1)`
    Set { target: Reference, value: Expr },
    /// `#if … #elseif … #else … #end`
    If { branches: Vec<(Expr, Block)>, otherwise: Option<Block> },
    /// `#foreach($x in $y) … #end`
    Foreach { at: u32, variable: Slot, items: Expr, body: Block },
    /// `#define($x) … #end`
    Define { variable: Slot, body: Arc<Block> },
    /// `#macro(name $a $b) … #end`
    Macro(Arc<Macro>),
    /// `#name($x)` or `#@name($x) … #end`
    Call(Call),
    /// `#evaluate("…")`
    Evaluate { at: u32, text: Expr },
    /// `#break`
    Break,
    /// `#stop`
    Stop,
}

/// A macro's definition.
#[derive(Debug)]
pub(super) struct Macro {
    pub(super) name: EcoString,
    pub(super) parameters: Vec<Slot>,
    pub(super) body: Block,
}

/// A macro's call. Arguments are passed by name: evaluated each time the parameter is.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) at: u32,
    pub(super) name: EcoString,
    pub(super) arguments: Arc<[Expr]>,
    /// What stands between `#@name()` and `#end`: the macro's `$bodyContent`.
    pub(super) body: Option<Arc<Block>>,
    /// The text of the call, written when there is no such macro.
    pub(super) literal: Box<str>,
}

/// A reference to a variable, and the way from it.
#[derive(Debug)]
pub(super) struct Reference {
    /// The byte of the `$`.
    pub(super) at: u32,
    /// The text as written, from the `$`.
    pub(super) literal: Box<str>,
    /// The backslashes before it.
    pub(super) escapes: usize,
    /// Whether it is written `$!`.
    pub(super) quiet: bool,
    pub(super) root: Slot,
    pub(super) path: Vec<Access>,
}

/// A step from a value to another.
#[derive(Debug)]
pub(super) enum Access {
    /// `.name`
    Property(EcoString),
    /// `.name(…)`
    Method { at: u32, name: EcoString, arguments: Vec<Expr> },
    /// `[…]`
    Index { at: u32, index: Box<Expr> },
}

/// What gives a value.
#[derive(Debug)]
pub(super) enum Expr {
    Bool(bool),
    Integer(i64),
    /// An integer beyond 64 bits.
    Big(Box<i128>),
    Double(f64),
    /// A string without references or directives.
    Text(EcoString),
    /// `"… $x …"`
    Interpolated(Arc<Block>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    /// `[1..3]`
    Range {
        at: u32,
        from: Box<Expr>,
        to: Box<Expr>,
    },
    Reference(Reference),
    Not(Box<Expr>),
    Binary {
        at: u32,
        operator: Operator,
        left: Box<Expr>,
        right: Box<Expr>,
    },
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}
