//! What differs between two definitions, in the words of a plan.

use serde_json::Value;

use super::plan::Meant;

/// What happens to one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It is there afterwards and was not before.
    Add,
    /// It is there before and after, and not the same.
    Change,
    /// It was there before and is not afterwards.
    Remove,
}

/// One line of a plan, with the members that change below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedChange {
    /// What happens.
    pub action: Action,
    /// To what: `GET /pets`, `model Pet`, `the API`.
    pub subject: String,
    /// Each changed member: its path, and its value before and after.
    pub details: Vec<Detail>,
}

/// A changed member of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// The member's path: `methodIntegration.timeoutInMillis`.
    pub member: String,
    /// The value before, when there was one: text as it is, anything else as JSON.
    pub before: Option<String>,
    /// The value after, when there is one.
    pub after: Option<String>,
}

/// What the settings of an API itself are called.
pub(super) const API_SETTINGS: &str = "the API's settings";

/// Returns what has to happen to `before` for it to become `after`, both seen without ids; empty
/// when nothing has. `before` is absent for an API that is not there yet.
#[must_use]
pub fn planned_changes(before: Option<&Meant>, after: &Meant) -> Vec<PlannedChange> {
    let before = before.map_or_else(Canonical::nothing, Canonical::of);
    before.changes_to(&Canonical::of(after))
}

/// A definition as it is compared: without ids, in one order.
#[derive(Clone, Debug)]
pub struct Canonical(Value);

impl Canonical {
    /// Returns what an API that is not there yet is compared as.
    pub(super) fn nothing() -> Self {
        Self(Value::Null)
    }

    /// Returns a definition as it is compared.
    #[must_use]
    pub fn of(definition: &Meant) -> Self {
        Self(canonical(definition))
    }

    /// Returns what has to happen to this for it to become `after`.
    #[must_use]
    pub fn changes_to(&self, after: &Self) -> Vec<PlannedChange> {
        between(&self.0, &after.0)
    }
}

fn canonical(definition: &Meant) -> Value {
    match definition {
        Meant::Rest(definition) => crate::gateway::canonical(definition),
        Meant::Http(definition) => {
            let mut all = crate::gateway::http_api::canonical(definition);
            let mut api = serde_json::Map::new();
            for member in ["name", "description", "version", "disableExecuteApiEndpoint", "corsConfiguration"] {
                api.insert(member.to_owned(), all[member].take());
            }
            // An export shows the time at which an API was made when it has no version.
            let is_time = |v: &str| v.ends_with("UTC") || v.ends_with('Z') && v.parse::<jiff::Timestamp>().is_ok();
            if api["version"].as_str().is_some_and(is_time) {
                api.insert("version".into(), Value::Null);
            }
            serde_json::json!({ "api": api, "routes": all["routes"], "authorizers": all["authorizers"] })
        }
    }
}

fn between(before: &Value, after: &Value) -> Vec<PlannedChange> {
    let mut changes = Vec::new();
    for section in union(before, after) {
        let (old, new) = (&before[&section], &after[&section]);
        if old == new {
            continue;
        }
        let whole = section == "api" || !(is_object_or_absent(old) && is_object_or_absent(new));
        if whole {
            changes.push(one(subject(&section, None), old, new));
            continue;
        }
        for name in union(old, new) {
            if old[&name] != new[&name] {
                changes.push(one(subject(&section, Some(&name)), &old[&name], &new[&name]));
            }
        }
    }
    changes.sort_by(|a, b| (a.action, &a.subject).cmp(&(b.action, &b.subject)));
    changes
}

fn one(subject: String, old: &Value, new: &Value) -> PlannedChange {
    let action = match (old.is_null(), new.is_null()) {
        (true, _) => Action::Add,
        (_, true) => Action::Remove,
        _ => Action::Change,
    };
    let mut details = Vec::new();
    if action == Action::Change {
        collect(String::new(), old, new, &mut details);
    }
    PlannedChange { action, subject, details }
}

fn collect(path: String, old: &Value, new: &Value, details: &mut Vec<Detail>) {
    if old == new {
        return;
    }
    if old.is_object() && new.is_object() {
        for name in union(old, new) {
            let member = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            collect(member, &old[&name], &new[&name], details);
        }
        return;
    }
    let shown = |value: &Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    details.push(Detail { member: path, before: shown(old), after: shown(new) });
}

/// Returns the member names of both, those of `before` first, each in its order.
fn union(before: &Value, after: &Value) -> Vec<String> {
    let mut names: Vec<String> = before.as_object().into_iter().flat_map(|o| o.keys().cloned()).collect();
    for name in after.as_object().into_iter().flat_map(|o| o.keys()) {
        if before.get(name).is_none() {
            names.push(name.clone());
        }
    }
    names
}

fn is_object_or_absent(value: &Value) -> bool {
    value.is_null() || value.is_object()
}

fn subject(section: &str, name: Option<&str>) -> String {
    let kind = match section {
        "api" => return API_SETTINGS.into(),
        "methods" | "resources" | "routes" => "",
        "models" => "model ",
        "authorizers" => "authorizer ",
        "requestValidators" => "request validator ",
        "gatewayResponses" => "gateway response ",
        "documentationParts" => "documentation of ",
        other => return name.map_or_else(|| other.to_owned(), |name| format!("{other} {name}")),
    };
    format!("{kind}{}", name.unwrap_or(section))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_told_apart() {
        let before = json!({"api": {"name": "a"}, "methods": {"GET /a": {"x": 1, "y": {"z": "1"}}, "GET /b": {}}});
        let after = json!({"api": {"name": "a"}, "methods": {"GET /a": {"x": 1, "y": {"z": "2"}}, "GET /c": {}}});
        let changes = between(&before, &after);
        let subjects: Vec<_> = changes.iter().map(|c| (c.action, c.subject.as_str())).collect();
        assert_eq!(subjects, [(Action::Add, "GET /c"), (Action::Change, "GET /a"), (Action::Remove, "GET /b")]);
        assert_eq!(
            changes[1].details,
            [Detail { member: "y.z".into(), before: Some("1".into()), after: Some("2".into()) }]
        );
        assert!(between(&after, &after).is_empty());
    }
}
