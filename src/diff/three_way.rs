//! A branch, its base, and what is deployed.

use std::collections::BTreeSet;

use super::{Change, Report};

/// Where a change stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The branch makes it, and it is not deployed: importing the branch brings it.
    Pending,
    /// The branch makes it, and it is deployed already.
    Live,
    /// The branch does not make it: what is deployed differs from the base, and an import undoes that.
    Drift,
}

impl Standing {
    /// Returns `pending`, `live` or `drift`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Live => "live",
            Self::Drift => "drift",
        }
    }
}

/// A change and where it stands.
#[derive(Clone, Debug)]
pub struct ThreeWay {
    /// The change, as the branch or an import makes it.
    pub change: Change,
    /// Where it stands.
    pub standing: Standing,
}

impl ThreeWay {
    /// Returns whether it is deployed already.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.standing == Standing::Live
    }

    /// Returns whether it is about what someone deployed otherwise.
    #[must_use]
    pub fn is_drift(&self) -> bool {
        self.standing == Standing::Drift
    }
}

/// Joins what a branch changes (base to head) with what importing it would (deployed to head).
#[must_use]
pub fn three_way(branch: &Report, import: &Report) -> Vec<ThreeWay> {
    let prints = |report: &Report| report.changes.iter().map(|c| c.fingerprint.clone()).collect::<BTreeSet<_>>();
    let (by_branch, by_import) = (prints(branch), prints(import));
    let made = branch.changes.iter().map(|change| ThreeWay {
        change: change.clone(),
        standing: if by_import.contains(&change.fingerprint) { Standing::Pending } else { Standing::Live },
    });
    let undone = import.changes.iter().filter(|change| !by_branch.contains(&change.fingerprint));
    made.chain(undone.map(|change| ThreeWay { change: change.clone(), standing: Standing::Drift })).collect()
}
