//! Accepted changes: those a team has agreed to, by fingerprint, with reason and expiry.

use serde::{Deserialize, Serialize};

use super::Report;

/// The file of accepted changes (TOML).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedFile {
    /// The changes, in the order they were accepted.
    #[serde(default, rename = "accepted")]
    pub entries: Vec<Accepted>,
}

/// One accepted change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// The change's fingerprint.
    pub fingerprint: String,
    /// The check's id, for readers.
    #[serde(default)]
    pub id: String,
    /// The change's message, for readers.
    #[serde(default)]
    pub change: String,
    /// Why it is accepted.
    pub reason: String,
    /// The day after which it no longer is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

impl AcceptedFile {
    /// Marks the accepted changes of a report, and notes the entries that are unused or have expired.
    pub fn apply(&self, report: &mut Report, today: Option<jiff::civil::Date>) {
        for entry in &self.entries {
            let expired = entry.expires.as_deref().is_some_and(|day| match (day.parse::<jiff::civil::Date>(), today) {
                (Ok(day), Some(today)) => day < today,
                (Ok(_), None) => false,
                (Err(_), _) => true,
            });
            let mut used = false;
            for change in report.changes.iter_mut().filter(|c| c.fingerprint == entry.fingerprint) {
                used = true;
                if !expired {
                    change.accepted = Some(entry.reason.clone());
                }
            }
            let what = if entry.change.is_empty() { &entry.id } else { &entry.change };
            if !used {
                report
                    .notes
                    .push(format!("the accepted change {} ({what}) does not occur any more", entry.fingerprint));
            } else if expired {
                report.notes.push(format!("the acceptance of {} ({what}) has expired", entry.fingerprint));
            }
        }
    }
}
