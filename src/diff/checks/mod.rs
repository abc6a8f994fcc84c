//! The verdicts: every kind of change, what it does to the set of valid values, and what follows.
//!
//! The differ says what changed; the level follows from one law. A client *sends* requests and
//! *reads* responses, so making the set of valid values smaller breaks requests, and making it
//! larger breaks responses. A [`Bend`] is a named exception with its reason.

pub(crate) mod bodies;
pub(crate) mod gateway;
pub(crate) mod lifecycle;
pub(crate) mod parameters;
pub(crate) mod paths;
pub(crate) mod schemas;
pub(crate) mod security;

use super::{Level, Side};

/// A kind of change.
#[derive(Debug)]
pub(crate) struct Check {
    /// The stable kebab-case id.
    pub(crate) id: &'static str,
    /// The doc comment: what changed, and why it matters.
    pub(crate) docs: &'static str,
    /// What the change does.
    pub(crate) effect: Effect,
    /// Exceptions from the law, the first that fits counts.
    pub(crate) bends: &'static [Bend],
}

/// What a change does to the set of valid values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Fewer values are valid.
    Narrows,
    /// More values are valid.
    Widens,
    /// Neither set holds the other.
    Alters,
    /// The sets cannot be compared.
    Undecidable,
    /// Nothing on the wire changes.
    Annotates,
    /// Not about a set of values: the level is the same wherever it is met.
    Always(Level),
}

/// Where a schema is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// The whole body.
    Body,
    /// A part of a body.
    Property,
    /// A parameter.
    Parameter,
    /// A part of a parameter.
    ParameterProperty,
    /// A response header or a part of one.
    Header,
}

/// An exception from the law.
#[derive(Debug)]
pub(crate) struct Bend {
    /// The side it holds on.
    pub(crate) side: Side,
    /// The places it holds at; empty is everywhere.
    pub(crate) places: &'static [Place],
    /// The level there.
    pub(crate) level: Level,
    /// The reason.
    pub(crate) why: &'static str,
}

impl Check {
    /// Returns the level of the change where it is met.
    pub(crate) fn level(&self, side: Side, place: Place) -> Level {
        let bend = self.bends.iter().find(|b| b.side == side && (b.places.is_empty() || b.places.contains(&place)));
        bend.map_or_else(|| self.effect.level(side), |b| b.level)
    }
}

impl Check {
    /// Returns the page that `gatewright explain` shows.
    pub(crate) fn page(&self) -> String {
        let docs: Vec<&str> = self.docs.lines().map(str::trim).collect();
        let mut page = format!("# {}\n\n## What it finds\n{}\n\n## Levels\n", self.id, docs.join("\n").trim());
        match self.effect {
            Effect::Always(level) => page.push_str(&format!("{} wherever it is met.\n", level.as_str())),
            effect => {
                let why = match effect {
                    Effect::Narrows => "fewer values are valid: what clients send may be refused",
                    Effect::Widens => "more values are valid: clients may read what they do not know",
                    Effect::Alters => "other values are valid: both what clients send and what they read changes",
                    Effect::Undecidable => "the two sets of values cannot be compared",
                    Effect::Annotates | Effect::Always(_) => "nothing on the wire changes",
                };
                let (request, response) = (effect.level(Side::Request), effect.level(Side::Response));
                page.push_str(&format!(
                    "{} in a request, {} in a response: {why}.\n",
                    request.as_str(),
                    response.as_str()
                ));
            }
        }
        for bend in self.bends {
            let places: Vec<String> = bend.places.iter().map(|p| format!("{p:?}").to_lowercase()).collect();
            let places = if places.is_empty() { String::new() } else { format!(" ({})", places.join(", ")) };
            page.push_str(&format!("{} in a {}{places}: {}.\n", bend.level.as_str(), bend.side.as_str(), bend.why));
        }
        page.push_str(&format!(
            "\n## What to do\nIn `gatewright.toml`, `[diff.levels]` sets another level (`{} = \"info\"`, or \"off\").\n\
             A single change is accepted with `gatewright diff … --accept FINGERPRINT --reason TEXT`.\n",
            self.id
        ));
        page
    }
}

impl Effect {
    /// Returns the level by the law.
    pub(crate) fn level(self, side: Side) -> Level {
        match (self, side) {
            (Self::Always(level), _) => level,
            (Self::Alters, _) | (Self::Narrows, Side::Request) | (Self::Widens, Side::Response) => Level::Error,
            (Self::Undecidable, Side::Request) => Level::Warning,
            (Self::Undecidable | Self::Narrows, Side::Response) | (Self::Widens, Side::Request) => Level::Info,
            (Self::Annotates, _) => Level::Info,
        }
    }
}

/// Declares checks: the doc comment is kept as data for `gatewright explain`.
macro_rules! checks {
    ($($(#[doc = $doc:literal])+ $name:ident = $id:literal, $effect:expr $(, [$($bend:expr),+ $(,)?])?;)+) => {
        $(
            $(#[doc = $doc])+
            pub(crate) static $name: crate::diff::checks::Check = crate::diff::checks::Check {
                id: $id,
                docs: concat!($($doc, "\n"),+),
                effect: $effect,
                bends: &[$($($bend),+)?],
            };
        )+
        /// The checks of this family.
        pub(crate) static ALL: &[&crate::diff::checks::Check] = &[$(&$name),+];
    };
}
pub(crate) use checks;

/// Returns a bend that holds in requests.
pub(crate) const fn in_request(level: Level, why: &'static str) -> Bend {
    Bend { side: Side::Request, places: &[], level, why }
}

/// Returns a bend that holds in responses.
pub(crate) const fn in_response(level: Level, why: &'static str) -> Bend {
    Bend { side: Side::Response, places: &[], level, why }
}

/// Returns all checks, family by family.
pub(crate) fn all() -> impl Iterator<Item = &'static Check> {
    [paths::ALL, lifecycle::ALL, parameters::ALL, bodies::ALL, schemas::ALL, security::ALL, gateway::ALL]
        .into_iter()
        .flatten()
        .copied()
}

/// Returns the check of this id.
pub(crate) fn find(id: &str) -> Option<&'static Check> {
    all().find(|check| check.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_kebab_case() {
        let mut ids: Vec<_> = all().map(|c| c.id).collect();
        assert!(ids.iter().all(|id| id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')));
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn the_law() {
        use Level::{Error, Info, Warning};
        let levels = |effect: Effect| (effect.level(Side::Request), effect.level(Side::Response));
        assert_eq!(levels(Effect::Narrows), (Error, Info));
        assert_eq!(levels(Effect::Widens), (Info, Error));
        assert_eq!(levels(Effect::Alters), (Error, Error));
        assert_eq!(levels(Effect::Undecidable), (Warning, Info));
        assert_eq!(levels(Effect::Annotates), (Info, Info));
    }
}
