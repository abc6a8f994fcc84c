//! What patch operations do to a stage.

use indexmap::IndexMap;

use crate::gateway::integration_rules::NOT_AN_ARN;
use crate::gateway::{AccessLogSettings, CanarySettings, MethodSetting, Stage};

use super::patch::{Op, PatchOperation};
use super::refusal::Refusal;
use super::stage::{CACHE_CLUSTER_SIZES, check_variable, check_variable_count, set_cache_cluster};

/// AWS's list of legal paths, as it writes it.
const LEGAL_PATHS: &str = "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, \
    /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, /accessLogSettings/format, \
    /{resourcePath}/{httpMethod}/metrics/enabled, /{resourcePath}/{httpMethod}/logging/dataTrace, \
    /{resourcePath}/{httpMethod}/logging/loglevel, /{resourcePath}/{httpMethod}/throttling/burstLimit\
    /{resourcePath}/{httpMethod}/throttling/rateLimit/{resourcePath}/{httpMethod}/caching/ttlInSeconds, \
    /{resourcePath}/{httpMethod}/caching/enabled, /{resourcePath}/{httpMethod}/caching/dataEncrypted, \
    /{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, \
    /{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, \
    /*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit \
    /*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, \
    /*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, \
    /variables/{variable_name}, /tracingEnabled";

/// What may come after the resource path and the verb of a method's setting, as AWS lists it (reports of users).
const LEGAL_SETTINGS: &str = ".../metrics/enabled, .../logging/dataTrace, .../logging/loglevel,\
    .../throttling/burstLimit, .../throttling/rateLimit, .../caching/ttlInSeconds, .../caching/enabled, \
    .../caching/dataEncrypted, .../caching/requireAuthorizationForCacheControl, \
    .../caching/unauthorizedCacheControlHeaderStrategy";

const HEADER_STRATEGIES: [&str; 3] =
    ["FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"];
/// What stands for the verb in the path of a method's setting: a path with anything else there is none (reports of
/// users).
const VERBS: [&str; 9] = ["*", "ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
/// Seconds; the quota of the time that an answer stays in the cache.
const MAX_CACHE_TTL: i64 = 3600;

/// Does what a patch operation says to a stage.
pub(super) fn apply(stage: &mut Stage, operation: &PatchOperation) -> Result<(), Refusal> {
    if operation.op == Op::Copy {
        return promote(stage, operation);
    }
    let segments = operation.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["canarySettings", ..] => canary(stage, operation, &segments),
        ["accessLogSettings", ..] => access_log(stage, operation, &segments),
        ["variables", name] => match operation.op {
            Op::Remove => {
                if let Some(variables) = &mut stage.variables {
                    variables.shift_remove(*name);
                }
                if stage.variables.as_ref().is_some_and(IndexMap::is_empty) {
                    stage.variables = None;
                }
                Ok(())
            }
            Op::Add | Op::Replace => {
                check_variable(name, operation.value.as_deref())?;
                let variables = stage.variables.get_or_insert_default();
                variables.insert((*name).to_owned(), operation.text());
                check_variable_count(variables.len())
            }
            _ => Err(invalid_operation(operation)),
        },
        _ if operation.op == Op::Remove => remove_method_setting(stage, operation),
        _ if operation.op != Op::Replace => Err(invalid_operation(operation)),
        ["deploymentId"] => {
            stage.deployment_id = operation.text();
            Ok(())
        }
        ["description"] => {
            stage.description = operation.non_empty();
            Ok(())
        }
        ["documentationVersion"] => {
            stage.documentation_version = operation.non_empty();
            Ok(())
        }
        ["clientCertificateId"] => {
            stage.client_certificate_id = operation.non_empty();
            Ok(())
        }
        ["tracingEnabled"] => {
            stage.tracing_enabled = operation.flag();
            Ok(())
        }
        ["cacheClusterEnabled"] => {
            set_cache_cluster(stage, operation.flag(), None);
            Ok(())
        }
        ["cacheClusterSize"] => {
            let size = operation.non_empty();
            if size.as_deref().is_some_and(|size| !CACHE_CLUSTER_SIZES.contains(&size)) {
                return Err(Refusal::bad_request(format!(
                    "Invalid cache cluster size specified. Valid options are {}",
                    CACHE_CLUSTER_SIZES.join(",")
                )));
            }
            stage.cache_cluster_size = size;
            Ok(())
        }
        [path @ .., verb, group, name]
            if !path.is_empty() && VERBS.contains(verb) && operation.path.starts_with('/') =>
        {
            method_setting(stage, operation, group, name)
        }
        _ => Err(invalid_path(operation)),
    }
}

fn invalid_operation(operation: &PatchOperation) -> Refusal {
    Refusal::bad_request(format!("Invalid {} operation with path: {}", operation.op.as_str(), operation.path))
}

fn invalid_path(operation: &PatchOperation) -> Refusal {
    Refusal::bad_request(format!("Invalid method setting path: {}. Must be one of: [{LEGAL_PATHS}]", operation.path))
}

fn cannot_remove(operation: &PatchOperation) -> Refusal {
    let path = operation.path.strip_prefix('/').unwrap_or(&operation.path);
    Refusal::bad_request(format!(
        "Cannot remove method setting {path} because there is no method setting for this method "
    ))
}

/// Copies what the canary has to the stage.
fn promote(stage: &mut Stage, operation: &PatchOperation) -> Result<(), Refusal> {
    let from = operation.from.as_deref().unwrap_or("null");
    match (operation.path.as_str(), from) {
        ("/deploymentId", "/canarySettings/deploymentId")
        | ("/variables", "/canarySettings/stageVariableOverrides") => {}
        (path, from) => {
            return Err(Refusal::bad_request(format!(
                "Invalid copy operation with path: {path} and from {from}. Valid copy:path are [/deploymentId, \
                 /variables] and valid copy:from are [/canarySettings/deploymentId, \
                 /canarySettings/stageVariableOverrides]"
            )));
        }
    }
    let Some(canary) = &stage.canary_settings else {
        return Err(Refusal::bad_request("Promotion not available. Canary does not exist."));
    };
    if operation.path == "/deploymentId" {
        if let Some(id) = &canary.deployment_id {
            stage.deployment_id.clone_from(id);
        }
    } else {
        let overrides = canary.stage_variable_overrides.clone().unwrap_or_default();
        if !overrides.is_empty() {
            stage.variables.get_or_insert_default().extend(overrides);
        }
    }
    Ok(())
}

fn canary(stage: &mut Stage, operation: &PatchOperation, segments: &[&str]) -> Result<(), Refusal> {
    if operation.op == Op::Remove {
        match segments {
            ["canarySettings"] => stage.canary_settings = None,
            ["canarySettings", "stageVariableOverrides", name] => {
                let overrides = stage.canary_settings.as_mut().and_then(|c| c.stage_variable_overrides.as_mut());
                let removed = overrides.and_then(|overrides| overrides.shift_remove(*name));
                removed.ok_or_else(|| cannot_remove(operation))?;
            }
            _ => return Err(cannot_remove(operation)),
        }
        return Ok(());
    }
    if operation.op != Op::Replace {
        return Err(invalid_operation(operation));
    }
    // A canary that a patch makes begins with no traffic and the stage's own deployment (recorded).
    let mut canary = stage.canary_settings.clone().unwrap_or_else(|| CanarySettings {
        deployment_id: Some(stage.deployment_id.clone()),
        ..CanarySettings::default()
    });
    match segments {
        ["canarySettings", "deploymentId"] => canary.deployment_id = Some(operation.text()),
        ["canarySettings", "percentTraffic"] => {
            canary.percent_traffic = operation.number()?;
            check_percent(canary.percent_traffic)?;
        }
        ["canarySettings", "useStageCache"] => canary.use_stage_cache = operation.flag(),
        ["canarySettings", "stageVariableOverrides", name] => {
            let overrides = canary.stage_variable_overrides.get_or_insert_default();
            overrides.insert((*name).to_owned(), operation.text());
        }
        _ => return Err(invalid_path(operation)),
    }
    stage.canary_settings = Some(canary);
    Ok(())
}

/// Demands that a canary takes a part of the traffic.
pub(super) fn check_percent(percent: f64) -> Result<(), Refusal> {
    if (0.0..=100.0).contains(&percent) {
        return Ok(());
    }
    Err(Refusal::bad_request("Invalid canary percent traffic specified. Must be between 0.0 and 100.0"))
}

fn access_log(stage: &mut Stage, operation: &PatchOperation, segments: &[&str]) -> Result<(), Refusal> {
    if operation.op == Op::Remove {
        return match segments {
            ["accessLogSettings"] => {
                stage.access_log_settings = None;
                Ok(())
            }
            _ => Err(cannot_remove(operation)),
        };
    }
    if !operation.edits() {
        return Err(invalid_operation(operation));
    }
    let value = || operation.non_empty().ok_or_else(|| Refusal::bad_request("Access Log value must not be empty"));
    let mut settings = stage.access_log_settings.clone().unwrap_or_default();
    match segments {
        ["accessLogSettings", "destinationArn"] => {
            let arn = value()?;
            if let Some(fault) = log_destination_fault(&arn) {
                return Err(Refusal::bad_request(fault));
            }
            settings.destination_arn = Some(arn);
        }
        ["accessLogSettings", "format"] => {
            let format = value()?;
            if let Some(fault) = log_format_fault(&format) {
                return Err(Refusal::bad_request(fault));
            }
            settings.format = Some(format);
        }
        _ => {
            return Err(Refusal::bad_request(
                "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, \
                 /accessLogSettings/format]",
            ));
        }
    }
    stage.access_log_settings = (settings != AccessLogSettings::default()).then_some(settings);
    Ok(())
}

/// Returns what is wrong with the destination of an access log, in the words that users report.
fn log_destination_fault(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let (service, group) = match parts.as_slice() {
        ["arn", _, service, _, _, resource] => (*service, *resource),
        _ => return None,
    };
    if service == "firehose" {
        let is_good = group.strip_prefix("deliverystream/").is_some_and(|name| name.starts_with("amazon-apigateway-"));
        return (!is_good).then(|| {
            format!(
                "Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-': '{group}'"
            )
        });
    }
    if service != "logs" {
        return Some(format!(
            "{NOT_AN_ARN}. The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose delivery stream \
             ARN."
        ));
    }
    log_group_fault(arn)
}

/// Returns what is wrong with the log group of an access log: anything but its name.
pub(super) fn log_group_fault(arn: &str) -> Option<String> {
    let group = arn.splitn(6, ':').nth(5).filter(|_| arn.starts_with("arn:"))?;
    let is_name = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-/.".contains(&byte));
    (!group.strip_prefix("log-group:").is_some_and(is_name)).then(|| {
        format!("Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': '{group}'")
    })
}

/// Returns what is wrong with the format of an access log (developer guide, `set-up-logging`), in the words that are
/// known of the service: it is one line, and says which request it is about.
pub(super) fn log_format_fault(format: &str) -> Option<String> {
    if format.trim_end_matches(['\n', '\r']).contains(['\n', '\r']) {
        return Some(format!(
            "Access Log format must be single line, new line character is allowed only at end of the format: '{format}'"
        ));
    }
    let named = ["$context.requestId", "$context.extendedRequestId"].iter().any(|name| format.contains(name));
    (!named).then(|| {
        format!("Access Log format must include either $context.requestId or $context.extendedRequestId : '{format}'")
    })
}

/// Removes a method's settings; nothing else of a stage is removed this way (API reference, patch operations).
fn remove_method_setting(stage: &mut Stage, operation: &PatchOperation) -> Result<(), Refusal> {
    let key = operation.path.strip_prefix('/').unwrap_or(&operation.path);
    stage.method_settings.shift_remove(key).map(drop).ok_or_else(|| cannot_remove(operation))
}

/// Returns the key of a method's settings: what the path of a patch has before the setting's group and name, as it is
/// written there: `~1pets/GET` of `/~1pets/GET/caching/enabled` (AWS CLI, examples of `update-stage` and `get-stage`),
/// `pets/GET` of `/pets/GET/caching/enabled` (recorded), `/pets/GET` of `//pets/GET/caching/enabled`, which is no method's
/// then (reports of users).
fn setting_key(path: &str) -> &str {
    let mut key = path.strip_prefix('/').unwrap_or(path);
    for _ in 0..2 {
        key = key.rsplit_once('/').map_or("", |(before, _)| before);
    }
    key
}

fn method_setting(stage: &mut Stage, operation: &PatchOperation, group: &str, name: &str) -> Result<(), Refusal> {
    let key = setting_key(&operation.path).to_owned();
    let inherited = stage.method_settings.get("*/*").cloned().unwrap_or_default();
    let mut setting: MethodSetting = stage.method_settings.get(&key).cloned().unwrap_or(inherited);
    match (group, name) {
        ("metrics", "enabled") => setting.metrics_enabled = operation.flag(),
        ("logging", "dataTrace") => setting.data_trace_enabled = operation.flag(),
        ("logging", "loglevel") => {
            let level = operation.text();
            if !matches!(level.as_str(), "OFF" | "ERROR" | "INFO") {
                return Err(Refusal::bad_request(
                    "Invalid logging level specified. Must be one of: [OFF, ERROR, INFO]",
                ));
            }
            setting.logging_level = Some(level);
        }
        ("throttling", "burstLimit") => setting.throttling_burst_limit = operation.integer()?,
        ("throttling", "rateLimit") => setting.throttling_rate_limit = operation.number()?,
        ("caching", "enabled") => setting.caching_enabled = operation.flag(),
        ("caching", "ttlInSeconds") => {
            let seconds = operation.integer()?;
            if !(0..=MAX_CACHE_TTL).contains(&seconds) {
                return Err(Refusal::bad_request(format!(
                    "Invalid time-to-live setting, must be an integer no greater than {MAX_CACHE_TTL}"
                )));
            }
            setting.cache_ttl_in_seconds = seconds;
        }
        ("caching", "dataEncrypted") => setting.cache_data_encrypted = operation.flag(),
        ("caching", "requireAuthorizationForCacheControl") => {
            setting.require_authorization_for_cache_control = operation.flag();
        }
        ("caching", "unauthorizedCacheControlHeaderStrategy") => {
            let strategy = operation.text();
            if !HEADER_STRATEGIES.contains(&strategy.as_str()) {
                return Err(Refusal::bad_request(format!(
                    "Invalid unauthorized cache control header strategy specified. Must be one of: [{}]",
                    HEADER_STRATEGIES.join(", ")
                )));
            }
            setting.unauthorized_cache_control_header_strategy = strategy;
        }
        _ => {
            return Err(Refusal::bad_request(format!(
                "Invalid method setting path: {group}/{name}. Must be one of: [{LEGAL_SETTINGS}]"
            )));
        }
    }
    stage.method_settings.insert(key, setting);
    Ok(())
}
