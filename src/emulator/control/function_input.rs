//! What CreateFunction and UpdateFunctionConfiguration take, and what Lambda demands of it.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::emulator::lambda::{FunctionName, RUNTIMES};

use super::call::{Answer, Call};
use super::constraint::Constraints;
use super::function::{Environment, invalid};
use super::page::{cut, key_of};
use super::refusal::{Exception, Refusal};

/// The pattern of shape `NamespacedFunctionName`, with which functions are named in calls.
const NAME: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
/// The pattern of shape `FunctionName`, with which functions are made.
const NEW_NAME: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";
/// The pattern of shape `RoleArn`.
const ROLE: &str = r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+";
/// Characters of a function's name.
const MAX_NAME: usize = 64;
/// Characters of a handler.
const MAX_HANDLER: usize = 128;
/// Characters of a description.
const MAX_DESCRIPTION: usize = 256;
/// Bytes of a function's environment.
const MAX_ENVIRONMENT: usize = 4096;
/// What processors a function may be for.
const ARCHITECTURES: [&str; 2] = ["x86_64", "arm64"];
/// Items on a page of a list.
const MAX_ITEMS: usize = 50;

/// The pattern of a variable's name, as Lambda quotes it.
const VARIABLE_NAME: &str = "[a-zA-Z]([a-zA-Z0-9_])+";

/// Variables that Lambda sets itself (Lambda developer guide, environment variables).
const RESERVED: [&str; 15] = [
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_TASK_ROOT",
];

/// Returns whether a variable may have this name; those that are refused for being Lambda's own are.
fn is_variable_name(name: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let legal = name.len() > 1 && name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(word);
    legal || RESERVED.contains(&name)
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Input {
    function_name: Option<String>,
    pub(super) runtime: Option<String>,
    pub(super) role: Option<String>,
    pub(super) handler: Option<String>,
    pub(super) code: Option<Code>,
    pub(super) description: Option<String>,
    pub(super) timeout: Option<i64>,
    pub(super) memory_size: Option<i64>,
    environment: Option<GivenEnvironment>,
    pub(super) architectures: Option<Vec<String>>,
    pub(super) publish: Option<bool>,
    pub(super) dry_run: Option<bool>,
    pub(super) package_type: Option<String>,
    pub(super) tags: Option<IndexMap<String, String>>,
    pub(super) revision_id: Option<String>,
    pub(super) snap_start: Option<Value>,
    pub(super) logging_config: Option<Map<String, Value>>,
    tracing_config: Option<Value>,
    ephemeral_storage: Option<Value>,
    vpc_config: Option<Value>,
    dead_letter_config: Option<Value>,
    #[serde(rename = "KMSKeyArn")]
    kms_key_arn: Option<String>,
    layers: Option<Vec<String>>,
    file_system_configs: Option<Vec<Value>>,
    #[serde(flatten)]
    pub(super) code_update: Code,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Code {
    pub(super) zip_file: Option<String>,
}

/// An environment as it is sent. One without variables changes nothing (tried on the service); one with none of them
/// takes all away.
#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct GivenEnvironment {
    variables: Option<BTreeMap<String, String>>,
}

impl Input {
    /// Returns the environment that the function gets, if one is sent.
    pub(super) fn environment(&self) -> Option<Environment> {
        let variables = self.environment.as_ref()?.variables.clone()?;
        Some(Environment { variables })
    }

    fn variables(&self) -> impl Iterator<Item = (&String, &String)> {
        self.environment.iter().filter_map(|environment| environment.variables.as_ref()).flatten()
    }

    pub(super) fn tracing_mode(&self) -> Option<&str> {
        self.tracing_config.as_ref()?.get("Mode")?.as_str()
    }

    /// Returns the size of the function's own disk, in megabytes.
    pub(super) fn storage_size(&self) -> Option<i64> {
        self.ephemeral_storage.as_ref()?.get("Size")?.as_i64()
    }

    /// Demands what Lambda demands of a new function, and returns its name.
    pub(super) fn check_creation(&self) -> Result<FunctionName, Refusal> {
        let mut constraints = Constraints::new("");
        constraints.required("functionName", self.function_name.as_ref());
        let text = self.function_name.as_deref().unwrap_or_default();
        let name = FunctionName::parse(text).filter(|name| !name.name.contains(['.', '$']));
        if self.function_name.is_some() {
            constraints.pattern("functionName", text, name.is_some(), NEW_NAME);
            let length = name.as_ref().map_or(text.chars().count(), |name| name.name.chars().count());
            constraints.at_most("functionName", text, length, MAX_NAME);
        }
        constraints.required("role", self.role.as_ref());
        constraints.required("code", self.code.as_ref());
        constraints.one_of("packageType", self.package_type.as_deref(), &["Zip", "Image"]);
        self.check(&mut constraints);
        constraints.finish()?;
        let image = self.package_type.as_deref() == Some("Image");
        if !image && (self.runtime.is_none() || self.handler.is_none()) {
            return Err(invalid(
                "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
            ));
        }
        self.check_runtime()?;
        self.check_environment()?;
        name.ok_or_else(|| illegal_name(text))
    }

    /// Demands what Lambda demands of changes to a function.
    pub(super) fn check_update(&self) -> Result<(), Refusal> {
        let mut constraints = Constraints::new("");
        self.check(&mut constraints);
        constraints.finish()?;
        self.check_runtime()?;
        self.check_environment()
    }

    fn check(&self, constraints: &mut Constraints) {
        if let Some(role) = &self.role {
            constraints.pattern("role", role, is_role(role), ROLE);
        }
        if let Some(description) = &self.description {
            constraints.at_most("description", description, description.chars().count(), MAX_DESCRIPTION);
        }
        let names = self.variables().map(|(name, _)| name.as_str());
        constraints.keys("environment.variables", names, is_variable_name, VARIABLE_NAME);
        if let Some(handler) = &self.handler {
            let legal = !handler.is_empty() && !handler.contains(char::is_whitespace);
            constraints.pattern("handler", handler, legal, r"[^\s]+");
            constraints.at_most("handler", handler, handler.chars().count(), MAX_HANDLER);
        }
        constraints.within("timeout", self.timeout, 1..=900);
        constraints.within("memorySize", self.memory_size, 128..=10_240);
        constraints.within("ephemeralStorage.size", self.storage_size(), 512..=10_240);
        if let Some(architectures) = &self.architectures {
            constraints.each_one_of("architectures", architectures, &ARCHITECTURES);
        }
        constraints.one_of("tracingConfig.mode", self.tracing_mode(), &["Active", "PassThrough"]);
    }

    fn check_runtime(&self) -> Result<(), Refusal> {
        let Some(runtime) = self.runtime.as_deref().filter(|runtime| !RUNTIMES.contains(runtime)) else {
            return Ok(());
        };
        Err(invalid(&format!(
            "Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{}] or be a \
             valid ARN",
            RUNTIMES.join(", ")
        )))
    }

    fn check_environment(&self) -> Result<(), Refusal> {
        const UNABLE: &str = "Lambda was unable to configure your environment variables because the environment \
                              variables you have provided";
        let names = self.variables().map(|(name, _)| name.as_str());
        let reserved: Vec<&str> = names.filter(|name| RESERVED.contains(name)).collect();
        if !reserved.is_empty() {
            return Err(invalid(&format!(
                "{UNABLE} contains reserved keys that are currently not supported for modification. Reserved keys used \
                 in this request: {}",
                reserved.join(", ")
            )));
        }
        let measured = json!(self.variables().collect::<BTreeMap<_, _>>()).to_string();
        if measured.len() > MAX_ENVIRONMENT {
            return Err(invalid(&format!("{UNABLE} exceeded the 4KB limit. String measured: {measured}")));
        }
        Ok(())
    }

    /// Returns what is kept as data alone, under its name on the wire and as it is answered; nothing for what a call takes
    /// away.
    pub(super) fn data_alone(&self) -> Vec<(&'static str, Option<Value>)> {
        let mut shown = Vec::new();
        if let Some(config) = &self.vpc_config {
            let list = |member: &str| config.get(member).and_then(Value::as_array).cloned().unwrap_or_default();
            let (subnets, groups) = (list("SubnetIds"), list("SecurityGroupIds"));
            let dual_stack = config.get("Ipv6AllowedForDualStack").and_then(Value::as_bool).unwrap_or_default();
            let vpc = if subnets.is_empty() { "" } else { "vpc-00000000000000000" };
            shown.push((
                "VpcConfig",
                Some(json!({
                    "SubnetIds": subnets, "SecurityGroupIds": groups, "VpcId": vpc,
                    "Ipv6AllowedForDualStack": dual_stack,
                })),
            ));
        }
        if let Some(config) = &self.dead_letter_config {
            let target = config.get("TargetArn").and_then(Value::as_str).filter(|target| !target.is_empty());
            shown.push(("DeadLetterConfig", target.map(|target| json!({ "TargetArn": target }))));
        }
        if let Some(key) = &self.kms_key_arn {
            shown.push(("KMSKeyArn", (!key.is_empty()).then(|| json!(key))));
        }
        if let Some(layers) = &self.layers {
            let each: Vec<Value> = layers.iter().map(|arn| json!({ "Arn": arn, "CodeSize": 0 })).collect();
            shown.push(("Layers", (!each.is_empty()).then(|| json!(each))));
        }
        if let Some(configs) = &self.file_system_configs {
            shown.push(("FileSystemConfigs", (!configs.is_empty()).then(|| json!(configs))));
        }
        shown
    }
}

/// Returns whether text is a role's ARN, by the pattern of shape `RoleArn`.
fn is_role(text: &str) -> bool {
    let Some((partition, rest)) = text.strip_prefix("arn:").and_then(|rest| rest.split_once(":iam::")) else {
        return false;
    };
    let Some((account, path)) = rest.split_once(":role") else { return false };
    let path = path.strip_prefix('/').unwrap_or(path);
    (partition.is_empty()
        || (partition.starts_with("aws") && partition.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-')))
        && account.len() == 12
        && account.bytes().all(|b| b.is_ascii_digit())
        && !path.is_empty()
        && path.bytes().all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-/".contains(&b))
}

/// Returns the refusal of a name that is no function's.
pub(super) fn illegal_name(text: &str) -> Refusal {
    Refusal::new(
        Exception::Validation,
        format!(
            "1 validation error detected: Value '{text}' at 'functionName' failed to satisfy constraint: Member must \
             satisfy regular expression pattern: {NAME}"
        ),
    )
}

/// Returns the refusal of a change to another revision than the latest, which `source` tells.
pub(super) fn stale(source: &str) -> Refusal {
    let message = format!(
        "The Revision Id provided does not match the latest Revision Id. Call {source} to retrieve the latest Revision Id"
    );
    Refusal::new(Exception::PreconditionFailed, message).with("Type", "User")
}

/// Returns the page of a list that `Marker` and `MaxItems` ask for.
pub(super) fn page(call: &Call<'_>, member: &str, items: Vec<Value>) -> Result<Answer, Refusal> {
    let number = |name: &str| call.query(name).filter(|text| !text.is_empty()).map(|text| text.parse::<usize>());
    let limit = match number("MaxItems") {
        None => MAX_ITEMS,
        Some(Ok(limit)) if limit > 0 => limit.min(MAX_ITEMS),
        Some(_) => return Err(invalid("MaxItems must be a number of at least 1")),
    };
    let page = cut(items, limit, call.query("Marker"), key_of);
    let (shown, next) = page.ok_or_else(|| invalid("Invalid pagination token"))?;
    let mut body = json!({ member: shown });
    if let Some(next) = next {
        body["NextMarker"] = Value::String(next);
    }
    Ok(Answer::json(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_arns() {
        for good in ["arn:aws:iam::000000000000:role/r", "arn:aws-us-gov:iam::123456789012:role/service-role/a+=,.@-b"]
        {
            assert!(is_role(good), "{good}");
        }
        for bad in ["r", "arn:aws:iam::1:role/r", "arn:aws:iam::000000000000:user/r", "arn:aws:iam::000000000000:role/"]
        {
            assert!(!is_role(bad), "{bad}");
        }
    }

    #[test]
    fn all_that_is_wrong_with_a_function_is_told_at_once() {
        let input = Input {
            function_name: Some("a b".to_owned()),
            timeout: Some(901),
            memory_size: Some(64),
            code: Some(Code::default()),
            ..Input::default()
        };
        let message = input.check_creation().expect_err("is refused").message;
        assert_eq!(
            message,
            format!(
                "4 validation errors detected: Value 'a b' at 'functionName' failed to satisfy constraint: Member must \
                 satisfy regular expression pattern: {NEW_NAME}; Value null at 'role' failed to satisfy constraint: \
                 Member must not be null; Value '901' at 'timeout' failed to satisfy constraint: Member must have value \
                 less than or equal to 900; Value '64' at 'memorySize' failed to satisfy constraint: Member must have \
                 value greater than or equal to 128"
            )
        );
    }
}
