//! What a rule is.

use crate::openapi::PathItem;
use crate::source::{Diagnostic, Severity, Span};

use super::ApiKind;
use super::context::{Context, IntegrationCx, MemberCx, OperationCx, ParameterCx, SchemaCx, SchemeCx};
use super::sink::Sink;
use super::template_text::TemplateCx;

/// A rule: its code, its severity, its page, and the function that looks.
#[derive(Debug)]
pub struct Rule {
    /// The stable kebab-case code.
    pub code: &'static str,
    /// The severity unless the user sets another.
    pub severity: Severity,
    /// What becomes of what it finds.
    pub effect: Effect,
    /// The kinds of API it is about.
    pub apis: Apis,
    /// The page, as Markdown.
    pub doc: &'static str,
    pub(super) check: Check,
}

/// What API Gateway does with what a rule finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The import, or the deployment after it, is refused.
    Refused,
    /// It is accepted with a warning, and refused under `failonwarnings`.
    Warned,
    /// It is accepted, and something is lost without a word.
    Dropped,
    /// It is accepted, and fails or surprises when called.
    Runtime,
    /// It is accepted; the document serves its readers or the generated code badly.
    Quality,
}

/// The kinds of API a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Apis {
    /// REST APIs only.
    Rest,
    /// HTTP APIs only.
    Http,
    /// Both.
    Both,
}

/// The part of a document that a rule looks at. The walk visits each part once.
#[derive(Clone, Copy, Debug)]
pub(super) enum Check {
    /// The document as a whole.
    Document(fn(&Context<'_>, &mut Sink)),
    /// Each path.
    Path(fn(&Context<'_>, &PathItem<'_>, &mut Sink)),
    /// Each operation.
    Operation(fn(&Context<'_>, &OperationCx<'_>, &mut Sink)),
    /// Each integration that is an object.
    Integration(fn(&Context<'_>, &OperationCx<'_>, &IntegrationCx<'_>, &mut Sink)),
    /// Each parameter of each operation.
    Parameter(fn(&Context<'_>, &ParameterCx<'_, '_>, &mut Sink)),
    /// Each schema that becomes a model or a part of one.
    Schema(fn(&Context<'_>, &SchemaCx<'_>, &mut Sink)),
    /// Each security scheme.
    Scheme(fn(&Context<'_>, &SchemeCx<'_>, &mut Sink)),
    /// Each member whose name begins with `x-`.
    Member(fn(&Context<'_>, &MemberCx<'_>, &mut Sink)),
    /// Each mapping template.
    Template(fn(&Context<'_>, &TemplateCx<'_>, &mut Sink)),
    /// Found by reading the document, by importing it, or by the linter itself.
    Elsewhere,
}

impl Rule {
    /// Returns a finding of this rule.
    pub(super) fn at(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.severity, self.code, span, message)
    }

    /// Returns whether the rule is about APIs of this kind.
    #[must_use]
    pub fn is_for(&self, kind: ApiKind) -> bool {
        matches!((self.apis, kind), (Apis::Both, _) | (Apis::Rest, ApiKind::Rest) | (Apis::Http, ApiKind::Http))
    }
}

impl Effect {
    /// Returns the effect in a few words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Warned => "accepted with a warning",
            Self::Dropped => "dropped without a word",
            Self::Runtime => "accepted, surprises at run time",
            Self::Quality => "accepted",
        }
    }
}

impl Apis {
    /// Returns the kinds in words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "REST APIs",
            Self::Http => "HTTP APIs",
            Self::Both => "REST and HTTP APIs",
        }
    }
}

/// Declares a rule; its doc comment is its page.
///
/// The page's first paragraph says what the rule finds. `## What API Gateway does` says what
/// becomes of it. The fenced blocks under `## Fails` and `## Passes` are run as the rule's test: the
/// first must be found, the second not. A block marked `yaml http` is for an HTTP API. `openapi`,
/// `info` and `paths` may be left out.
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])+
        $name:ident = $code:literal, $severity:ident, $effect:ident, $apis:ident, $check:expr
    ) => {
        $(#[doc = $doc])+
        pub(crate) static $name: $crate::lint::Rule = $crate::lint::Rule {
            code: $code,
            severity: $crate::source::Severity::$severity,
            effect: $crate::lint::Effect::$effect,
            apis: $crate::lint::Apis::$apis,
            doc: concat!($($doc, "\n"),+),
            check: {
                #[allow(unused_imports, reason = "each rule names the one it needs")]
                use $crate::lint::rule::Check::*;
                $check
            },
        };
    };
}

pub(crate) use declare_rule;
