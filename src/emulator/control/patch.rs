//! Patch operations: API Gateway's variant of JSON Patch.

use serde::Deserialize;

use super::call::Call;
use super::constraint::Constraints;
use super::refusal::Refusal;

/// What a patch operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Add,
    Remove,
    Replace,
    Move,
    Copy,
    Test,
}

/// The values in the order of the service model.
const OPS: [(&str, Op); 6] = [
    ("add", Op::Add),
    ("remove", Op::Remove),
    ("replace", Op::Replace),
    ("move", Op::Move),
    ("copy", Op::Copy),
    ("test", Op::Test),
];

impl Op {
    pub(crate) fn as_str(self) -> &'static str {
        OPS.iter().find(|(_, op)| *op == self).map_or("", |(name, _)| name)
    }
}

/// One patch operation.
#[derive(Clone, Debug)]
pub(crate) struct PatchOperation {
    /// What is done.
    pub(crate) op: Op,
    /// Where, as sent.
    pub(crate) path: String,
    /// With what.
    pub(crate) value: Option<String>,
    /// From where, for copies.
    pub(crate) from: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Input {
    patch_operations: Vec<InputOperation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct InputOperation {
    op: Option<String>,
    path: Option<String>,
    value: Option<String>,
    from: Option<String>,
}

/// Returns the patch operations of a call.
pub(crate) fn operations(call: &Call<'_>) -> Result<Vec<PatchOperation>, Refusal> {
    let input: Input = call.input()?;
    let names: Vec<&str> = OPS.iter().map(|(name, _)| *name).collect();
    let mut constraints = Constraints::new(call.input_name());
    for (index, operation) in input.patch_operations.iter().enumerate() {
        constraints.one_of(&format!("patchOperations.{}.member.op", index + 1), operation.op.as_deref(), &names);
    }
    constraints.finish()?;
    let operations = input.patch_operations.into_iter().map(|operation| {
        let op = operation.op.as_deref().and_then(|name| OPS.iter().find(|(n, _)| *n == name)).map(|(_, op)| *op);
        Ok(PatchOperation {
            op: op.ok_or_else(|| Refusal::bad_request("Invalid patch operation specified"))?,
            path: operation.path.ok_or_else(|| Refusal::bad_request("Invalid patch path null"))?,
            value: operation.value,
            from: operation.from,
        })
    });
    operations.collect()
}

impl PatchOperation {
    /// Returns whether the operation changes what it names: it adds, replaces or removes.
    pub(crate) fn edits(&self) -> bool {
        matches!(self.op, Op::Add | Op::Replace | Op::Remove)
    }

    /// Returns the segments of the path, unescaped.
    pub(crate) fn segments(&self) -> Vec<String> {
        segments(&self.path)
    }

    /// Returns the value; a missing one acts as an empty one.
    pub(crate) fn text(&self) -> String {
        self.value.clone().unwrap_or_default()
    }

    /// Returns the value unless it is missing or empty.
    pub(crate) fn non_empty(&self) -> Option<String> {
        self.value.clone().filter(|value| !value.is_empty())
    }

    /// Returns whether the value says `true`; anything else is false (recorded).
    pub(crate) fn flag(&self) -> bool {
        self.value.as_deref().is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// Returns the value of a member when it is one of those there are.
    pub(crate) fn one_of(&self, member: &str, values: &[&str]) -> Result<String, Refusal> {
        let value = self.text();
        if values.contains(&value.as_str()) {
            return Ok(value);
        }
        Err(Refusal::bad_request(format!("Invalid {member} specified. Valid options are {}", values.join(","))))
    }

    /// Returns the value as a whole number of 32 bits, as those of the service models are.
    pub(crate) fn integer(&self) -> Result<i64, Refusal> {
        self.text().trim().parse::<i32>().map(i64::from).map_err(|_| self.bad_value())
    }

    /// Returns the value as a number.
    pub(crate) fn number(&self) -> Result<f64, Refusal> {
        self.text().trim().parse().ok().filter(|n: &f64| n.is_finite()).ok_or_else(|| self.bad_value())
    }

    fn bad_value(&self) -> Refusal {
        Refusal::bad_request(format!("Invalid value specified for {}: {}", self.path, self.text()))
    }

    /// Returns the refusal of a path, or of an operation that the resource takes on no path at all.
    pub(crate) fn unsupported(&self, replaceable: &[&str]) -> Refusal {
        let (path, op) = (&self.path, self.op.as_str());
        if self.op == Op::Replace && !replaceable.is_empty() {
            let paths = replaceable.join(", ");
            Refusal::bad_request(format!(
                "Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{paths}]"
            ))
        } else {
            Refusal::bad_request(format!(
                "Invalid patch path  '{path}' specified for op '{op}'. Please choose supported operations"
            ))
        }
    }

    /// Returns the refusal of a path that is not one of `legal` for the operation.
    pub(crate) fn unsupported_of(&self, legal: &str) -> Refusal {
        let (path, op) = (&self.path, self.op.as_str());
        Refusal::bad_request(format!("Invalid patch path  '{path}' specified for op '{op}'. Must be one of: [{legal}]"))
    }

    /// Returns the refusal of a path by its name alone.
    pub(crate) fn invalid_path(&self) -> Refusal {
        Refusal::bad_request(format!("Invalid patch path {}", self.path))
    }
}

/// Returns the segments of a path, unescaped: `~1` is `/` and `~0` is `~`.
pub(crate) fn segments(path: &str) -> Vec<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').map(|segment| segment.replace("~1", "/").replace("~0", "~")).collect()
}
