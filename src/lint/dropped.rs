//! The drop report: what the document says and `export(import(document))` does not, where no rule has told of it.

use std::collections::HashSet;

use crate::gateway::{Drop, DropKind};
use crate::source::{Diagnostic, Severity, Span};

use super::context::{Context, is_intrinsic_name, is_unfinished};
use super::rule::Rule;
use super::rules;

/// Returns a finding for each thing of the document that the import does not keep.
///
/// What a rule or the import says of the same place is not said again.
pub(super) fn findings(cx: &Context<'_>, drops: Vec<Drop>, found: &[Diagnostic]) -> Vec<Diagnostic> {
    let told = Told::of(found);
    let mut out = Vec::new();
    for dropped in drops {
        if told.of_drop(&dropped) || is_filled_in_later(cx, &dropped) {
            continue;
        }
        let (rule, help) = rule_of(dropped.kind);
        let message = format!("API Gateway does not keep {}", dropped.what);
        out.push(rule.at(dropped.span, message).with_help(help));
    }
    out
}

/// Returns the rule for a kind, and what to write instead.
fn rule_of(kind: DropKind) -> (&'static Rule, &'static str) {
    const READERS: &str = "nothing to do: readers of the document still see it";
    match kind {
        DropKind::Document => (&rules::DROPPED_DOCUMENT, READERS),
        DropKind::Server => (&rules::DROPPED_SERVER, "set up a custom domain for it"),
        DropKind::Method => (&rules::DROPPED_OPERATION_MEMBER, "take the operation out"),
        DropKind::Operation => (&rules::DROPPED_OPERATION_MEMBER, READERS),
        DropKind::Parameter => (&rules::DROPPED_PARAMETER_ATTRIBUTE, "read it in the handler"),
        DropKind::ParameterAttribute => (&rules::DROPPED_PARAMETER_ATTRIBUTE, "check the value in the handler"),
        DropKind::Response => (&rules::DROPPED_RESPONSE_MEMBER, READERS),
        DropKind::Body => (&rules::DROPPED_BODY_MEMBER, READERS),
        DropKind::Schema => (&rules::DROPPED_SCHEMA_KEYWORD, "check it in the handler"),
        DropKind::Security => (&rules::DROPPED_REQUIREMENT, "add `x-amazon-apigateway-authorizer` to the scheme"),
        DropKind::SecurityScheme => {
            (&rules::DROPPED_SECURITY_SCHEME, "add `x-amazon-apigateway-authorizer`, or ask for a key in `x-api-key`")
        }
        DropKind::Integration => (&rules::DROPPED_INTEGRATION_MEMBER, "take it out"),
        DropKind::Extension => (&rules::DROPPED_EXTENSION, "take it out, or correct its name"),
    }
}

/// The places that findings are about.
struct Told {
    exact: HashSet<Span>,
    /// All places, and those of warnings and errors, in order.
    all: Vec<Span>,
    grave: Vec<Span>,
}

impl Told {
    fn of(found: &[Diagnostic]) -> Self {
        let sorted = |least: Severity| {
            let mut spans: Vec<Span> = found.iter().filter(|d| d.severity >= least).filter_map(|d| d.span).collect();
            spans.sort_unstable();
            spans
        };
        let all = sorted(Severity::Info);
        Self { exact: all.iter().copied().collect(), all, grave: sorted(Severity::Warning) }
    }

    fn of_drop(&self, dropped: &Drop) -> bool {
        if self.exact.contains(&dropped.span) || self.exact.contains(&dropped.value) {
            return true;
        }
        let within = match dropped.kind {
            // A rule marks the part of these that it is about.
            DropKind::Server | DropKind::Parameter | DropKind::ParameterAttribute | DropKind::Security => &self.all,
            // What is wrong within is why they are not kept.
            DropKind::Body | DropKind::Schema | DropKind::SecurityScheme => &self.grave,
            DropKind::Integration | DropKind::Extension => &self.grave,
            DropKind::Document | DropKind::Method | DropKind::Operation | DropKind::Response => return false,
        };
        let after = within.partition_point(|s| (s.file, s.start) < (dropped.value.file, dropped.value.start));
        within[after..].iter().take_while(|s| s.start < dropped.value.end).any(|s| dropped.value.contains(*s))
    }
}

/// Returns whether CloudFormation or another tool has still to make the member.
fn is_filled_in_later(cx: &Context<'_>, dropped: &Drop) -> bool {
    let name = cx.document.sources().text(dropped.span);
    is_intrinsic_name(name.trim_matches(['"', '\''])) || is_unfinished(name)
}
