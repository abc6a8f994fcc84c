//! What API Gateway refuses, drops, or trips over: one file per rule, one table of them all.
//!
//! Pure: a [`Document`] and [`Options`] in, [`Diagnostic`]s out.
//!
//! - `rule`: what a rule is, and `declare_rule!`
//! - [`rules`]: the table
//! - `context`: what rules look at, worked out once
//! - `walk`: visits the document once and hands each part to the rules for it
//! - [`levels`]: severities as the user sets them

mod aftermath;
pub mod baseline;
mod consequences;
mod context;
mod dropped;
mod exceptions;
mod extensions;
pub mod fix;
mod imported;
pub mod levels;
mod mapping;
pub mod page;
mod rule;
pub mod rules;
mod sink;
mod template_text;
mod uri;
mod walk;

use crate::openapi::Document;
use crate::source::{Diagnostic, Severity, Span, render};

pub use crate::gateway::ApiKind;
pub use levels::{Level, Levels};
pub use rule::{Apis, Effect, Rule};

use context::Context;
use imported::Import;
use sink::Sink;

/// What may vary in linting.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The kind of API the document is for; told from the document when absent.
    pub kind: Option<ApiKind>,
    /// Severities that differ from the rules' own.
    pub levels: Levels,
}

/// Returns the findings about a document, in the order of their places.
///
/// `load_diagnostics` is what reading the document found; it is among the answer, under the same
/// levels.
#[must_use]
pub fn lint(document: &Document, load_diagnostics: &[Diagnostic], options: &Options) -> Vec<Diagnostic> {
    let context = Context::new(document, options);
    let walked = || {
        let mut sink = Sink::default();
        walk::run(&context, &mut sink);
        sink.into_diagnostics()
    };
    let kind = context.kind;
    // Neither needs the other, and a large document takes both some time.
    let (mut found, import) = if is_large(document) {
        crate::parallel::beside(|| Import::of(document, kind), walked)
    } else {
        (walked(), Import::of(document, kind))
    };
    found.extend(not_told_of(document, load_diagnostics, &found));
    let refused = imported::findings(&context, &import, &found);
    found.extend(refused);
    let dropped = dropped::findings(&context, import.drops, &found);
    found.extend(dropped);
    let found = consequences::removed(document, found);
    let mut found = aftermath::removed(&context, found);
    exceptions::apply(document, &mut found);
    finished(options.levels.applied(found))
}

/// Returns whether a document is so large that a second thread is worth starting.
fn is_large(document: &Document) -> bool {
    document.sources().files().map(|(_, file)| file.text().len()).sum::<usize>() > 512 * 1024
}

/// Returns the findings about a text that no document could be made of.
#[must_use]
pub fn lint_unreadable(load_diagnostics: &[Diagnostic], options: &Options) -> Vec<Diagnostic> {
    finished(options.levels.applied(load_diagnostics.to_vec()))
}

/// Returns the members of API Gateway's extensions that can be written under keys, the nearest of which comes first.
#[must_use]
pub fn members(parents: &[&str]) -> Vec<&'static str> {
    extensions::members(parents)
}

/// Returns the findings of reading without those about OpenAPI's grammar that a rule makes more of on the same line.
fn not_told_of(document: &Document, load_diagnostics: &[Diagnostic], found: &[Diagnostic]) -> Vec<Diagnostic> {
    let grammar = |d: &Diagnostic| {
        matches!(d.code.as_ref(), "unknown-member" | "unknown-value" | "missing-member" | "wrong-type")
    };
    if !load_diagnostics.iter().any(grammar) {
        return load_diagnostics.to_vec();
    }
    let mut told: Vec<Span> = found.iter().filter(|d| d.severity >= Severity::Warning).filter_map(|d| d.span).collect();
    told.sort_unstable();
    let is_told = |span: Span| {
        let least = span.start.saturating_sub(2 * MEMBER_LENGTH);
        let first = told.partition_point(|t| (t.file, t.start) < (span.file, least));
        let mut near = told[first..].iter().take_while(|t| t.file == span.file && t.start <= span.end + MEMBER_LENGTH);
        near.any(|t| touch(document, *t, span))
    };
    // Where the grammar knows what was meant, what a rule says only follows from it: that is worked out later.
    let is_cause =
        |d: &Diagnostic| d.code == "unknown-member" && d.help.as_deref().is_some_and(|h| h.starts_with("did you mean"));
    let is_new = |d: &&Diagnostic| !grammar(d) || is_cause(d) || !d.span.is_some_and(is_told);
    load_diagnostics.iter().filter(is_new).cloned().collect()
}

/// How many bytes of text a member's value has at most, to be one place rather than an object of many.
const MEMBER_LENGTH: u32 = 200;

/// Returns whether two places are of one member: one is within the other, or they are its name and its value.
fn touch(document: &Document, a: Span, b: Span) -> bool {
    let is_short = |s: Span| s.end - s.start <= MEMBER_LENGTH && !document.sources().text(s).contains('\n');
    if a.contains(b) || b.contains(a) {
        return is_short(a) && is_short(b);
    }
    let (first, second) = if a.start <= b.start { (a, b) } else { (b, a) };
    let between = Span { start: first.end.min(second.start), end: second.start, ..first };
    let is_colon = |c: char| c.is_whitespace() || matches!(c, ':' | '"' | '\'');
    between.end - between.start <= 64 && document.sources().text(between).chars().all(is_colon)
}

/// Sorts, and takes out what was found twice because two references lead to one place.
fn finished(mut found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    render::sort(&mut found);
    found.dedup_by(|b, a| a.code == b.code && a.span == b.span && (a.span.is_some() || a.message == b.message));
    found
}
