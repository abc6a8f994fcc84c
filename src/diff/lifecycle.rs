//! Deprecation, sunset dates and stability levels, of operations, parameters and properties alike.

use jiff::civil::Date;

use super::checks::lifecycle as check;
use super::edit::{Edit, quoted};
use super::{Options, Policy};
use crate::source::{Node, Span};

/// What has a life: the thing and a way to its members.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a, 'f> {
    pub(super) node: &'a Node,
    pub(super) member: &'f dyn Fn(&str) -> Option<&'a Node>,
}

/// How far a thing may be relied upon, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stability {
    Draft,
    Alpha,
    Beta,
    Stable,
}

impl Stability {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "draft" => Some(Self::Draft),
            "alpha" => Some(Self::Alpha),
            "beta" => Some(Self::Beta),
            "stable" => Some(Self::Stable),
            _ => None,
        }
    }

    /// Returns the level of an operation; stable when it says nothing that is known.
    pub(super) fn of(node: &Node) -> Self {
        node.str_of("x-stability-level").and_then(Self::parse).unwrap_or(Self::Stable)
    }
}

/// What removing a thing means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Removal {
    /// It was never deprecated.
    Abrupt,
    /// Its sunset date lies ahead, or cannot be read.
    Early,
    /// It was deprecated, and its sunset date, if any, has passed.
    Announced,
}

/// Returns what removing a thing means.
pub(super) fn removal(policy: &Policy, node: &Node) -> Removal {
    if node.get("deprecated").and_then(Node::as_bool) != Some(true) {
        return Removal::Abrupt;
    }
    match node.get("x-sunset") {
        None if policy.require_sunset => Removal::Early,
        None => Removal::Announced,
        Some(sunset) => match (date(sunset), policy.today) {
            (Some(sunset), Some(today)) if sunset <= today => Removal::Announced,
            _ => Removal::Early,
        },
    }
}

fn date(node: &Node) -> Option<Date> {
    let text = node.scalar_text()?;
    text.parse::<Date>().ok().or_else(|| text.get(..10)?.parse().ok())
}

/// Compares the lives of two things.
pub(super) fn compare(options: &Options, old: Subject<'_, '_>, new: Subject<'_, '_>, edits: &mut Vec<Edit>) {
    let (before, after) = (is_deprecated(&old), is_deprecated(&new));
    let span = |subject: &Subject<'_, '_>, key: &str| (subject.member)(key).map(|n| n.span);
    let flag = (span(&old, "deprecated").unwrap_or(old.node.span), span(&new, "deprecated").unwrap_or(new.node.span));
    match (before, after) {
        (false, true) => {
            let sunset = (new.member)("x-sunset").and_then(Node::scalar_text);
            let until = sunset.map(|text| format!(", to go on {}", quoted(&text))).unwrap_or_default();
            edits.push(Edit::new(&check::DEPRECATED, flag.0, flag.1, format!("is deprecated{until}")));
        }
        (true, false) => edits.push(Edit::new(&check::REACTIVATED, flag.0, flag.1, "is no longer deprecated")),
        _ => {}
    }
    if after {
        sunset(&options.policy, &old, &new, before, flag.1, edits);
    }
    stability(&old, &new, edits);
}

fn is_deprecated(subject: &Subject<'_, '_>) -> bool {
    (subject.member)("deprecated").and_then(Node::as_bool) == Some(true)
}

fn sunset(
    policy: &Policy,
    old: &Subject<'_, '_>,
    new: &Subject<'_, '_>,
    was_deprecated: bool,
    flag: Span,
    edits: &mut Vec<Edit>,
) {
    let (before, after) = ((old.member)("x-sunset"), (new.member)("x-sunset"));
    let Some(after) = after else {
        match before {
            Some(before) if was_deprecated => {
                let edit = Edit::new(&check::SUNSET_REMOVED, before.span, None, "the sunset date was removed");
                edits.push(edit.near(flag));
            }
            _ if !was_deprecated && policy.require_sunset => {
                edits.push(Edit::new(&check::SUNSET_MISSING, None, flag, "is deprecated without a sunset date"));
            }
            _ => {}
        }
        return;
    };
    if before == Some(after) && was_deprecated {
        return;
    }
    let from = before.map(|n| n.span);
    let text = after.scalar_text().unwrap_or_default();
    let Some(day) = date(after) else {
        let message = format!("the sunset date {} cannot be read", quoted(&text));
        edits.push(Edit::new(&check::SUNSET_UNREADABLE, from, after.span, message));
        return;
    };
    let days = match Stability::of(new.node) {
        Stability::Stable => policy.stable_days,
        Stability::Beta => policy.beta_days,
        Stability::Alpha | Stability::Draft => 0,
    };
    let left = policy.today.and_then(|today| today.until(day).ok()).map(|span| i64::from(span.get_days()));
    if let Some(left) = left.filter(|left| *left < days) {
        let message = format!("the sunset date {} is {left} days away; the policy asks for {days}", quoted(&text));
        edits.push(Edit::new(&check::SUNSET_TOO_SOON, from, after.span, message));
    } else if was_deprecated && before.is_some() {
        let message = format!("the sunset date moved to {}", quoted(&text));
        edits.push(Edit::new(&check::SUNSET_CHANGED, from, after.span, message));
    }
}

fn stability(old: &Subject<'_, '_>, new: &Subject<'_, '_>, edits: &mut Vec<Edit>) {
    let (before, after) = ((old.member)("x-stability-level"), (new.member)("x-stability-level"));
    if before == after {
        return;
    }
    let spans = (before.map_or(old.node.span, |n| n.span), after.map_or(new.node.span, |n| n.span));
    let level = |node: Option<&Node>| match node {
        None => Some(Stability::Stable),
        Some(node) => node.as_str().and_then(Stability::parse),
    };
    let words = |node: Option<&Node>| quoted(&node.and_then(Node::scalar_text).unwrap_or_else(|| "stable".into()));
    let Some(now) = level(after) else {
        let message = format!("the stability level {} is not known", words(after));
        edits.push(Edit::new(&check::STABILITY_UNKNOWN, spans.0, spans.1, message));
        return;
    };
    let Some(then) = level(before) else { return };
    let (check, verb) = match now.cmp(&then) {
        std::cmp::Ordering::Less => (&check::STABILITY_DECREASED, "lowered"),
        std::cmp::Ordering::Greater => (&check::STABILITY_INCREASED, "raised"),
        std::cmp::Ordering::Equal => return,
    };
    let message = format!("the stability level was {verb} from {} to {}", words(before), words(after));
    edits.push(Edit::new(check, spans.0, spans.1, message));
}
