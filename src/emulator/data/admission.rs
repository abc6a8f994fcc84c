//! API keys, usage plans and throttling.

use std::time::Instant;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::exchange::Exchange;
use super::gateway_response::{Refusal, ResponseType};
use crate::emulator::data::DeployedStage;
use crate::gateway::{MethodSetting, QuotaSettings, ThrottleSettings, UsagePlan};

/// Lets a request pass its API key's usage plan, or says why not. A method that needs no key takes one that is sent all
/// the same: it is shown, and its plan's limits hold, whether it is enabled or not (native recordings).
pub(crate) fn check_api_key(exchange: &mut Exchange<'_>, stage: &DeployedStage, now: Timestamp) -> Result<(), Refusal> {
    let is_required = exchange.method.method.api_key_required;
    let from_authorizer = exchange.api.definition.api.api_key_source == "AUTHORIZER";
    let value = match from_authorizer {
        true => exchange.usage_key.clone(),
        false => exchange.request.headers.any_case("x-api-key").map(str::to_owned),
    };
    let forbidden = |log: &str| match is_required {
        true => Err(Refusal::new(ResponseType::InvalidApiKey).log(log)),
        false => Ok(()),
    };
    let Some(value) = value else {
        return forbidden("API Key not authorized because method requires API Key and none was sent");
    };
    let lookup = &exchange.gateway.lookup;
    let key = lookup.api_key(&value).filter(|key| key.enabled || !is_required);
    let plan = key.as_ref().and_then(|key| lookup.usage_plan(&stage.api_id, &stage.stage.stage_name, &key.id));
    if plan.is_some() || !is_required {
        exchange.context.set_below("identity", "apiKey", value);
        if let Some(key) = &key {
            exchange.context.set_below("identity", "apiKeyId", key.id.as_str());
        }
    }
    match (key, plan) {
        (None, _) => forbidden("API Key is unknown or disabled"),
        (_, None) => forbidden("API Key not authorized because it is in no Usage Plan of this stage"),
        (Some(key), Some(plan)) => check_plan(exchange, stage, &plan, &key.id, now),
    }
}

/// Lets a request pass a usage plan, and counts it; what was not limited is not counted either (native recordings).
fn check_plan(
    exchange: &Exchange<'_>,
    stage: &DeployedStage,
    plan: &UsagePlan,
    key_id: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    if let Some(quota) = &plan.quota {
        check_quota(exchange, plan, quota, key_id, now)?;
    }
    let (api_id, stage_name) = (&stage.api_id, &stage.stage.stage_name);
    let method_key = format!("{}/{}", exchange.resource_path, exchange.method.method.http_method);
    let stages = plan.api_stages.iter();
    let mut mine = stages.filter(|s| s.api_id.as_ref() == Some(api_id) && s.stage.as_ref() == Some(stage_name));
    let of_method = mine.find_map(|s| s.throttle.as_ref()?.get(&method_key));
    // A method's own limits come on top of the plan's (native recordings).
    if let Some(limits) = of_method {
        let key = format!("plan {} {key_id} {api_id} {stage_name} {method_key}", plan.id);
        take(exchange, &key, &stated(limits))?;
    }
    if let Some(limits) = &plan.throttle {
        take(exchange, &format!("plan {} {key_id}", plan.id), &stated(limits))?;
    }
    if plan.quota.is_some() {
        exchange.gateway.lookup.count(&plan.id, key_id, &day_of(now).to_string());
    }
    Ok(())
}

/// Returns a plan's limits as they are meant: of two, the one that is zero was not given, as the control plane shows one
/// that was not. What the service makes of a zero that was given is not known.
fn stated(limits: &ThrottleSettings) -> ThrottleSettings {
    match (limits.burst_limit, limits.rate_limit) {
        (Some(0), Some(rate)) if rate > 0.0 => ThrottleSettings { burst_limit: None, ..limits.clone() },
        (Some(burst), Some(0.0)) if burst > 0 => ThrottleSettings { rate_limit: None, ..limits.clone() },
        _ => limits.clone(),
    }
}

fn check_quota(
    exchange: &Exchange<'_>,
    plan: &UsagePlan,
    quota: &QuotaSettings,
    key_id: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Some(limit) = quota.limit else { return Ok(()) };
    let today = day_of(now);
    let from = match quota.period.as_deref() {
        Some("WEEK") => today.saturating_sub(i64::from(today.weekday().to_monday_zero_offset()).days()),
        Some("MONTH") => today.first_of_month(),
        _ => today,
    };
    let used = exchange.gateway.lookup.used(&plan.id, key_id, &from.to_string(), &today.to_string());
    match used >= limit {
        true => Err(Refusal::new(ResponseType::QuotaExceeded).log("Usage Plan quota exceeded")),
        false => Ok(()),
    }
}

/// Returns what a stage sets for a method, and whether the setting is the method's own rather than that of all.
pub(crate) fn setting<'s>(stage: &'s DeployedStage, path: &str, verb: &str) -> Option<(&'s MethodSetting, bool)> {
    let settings = &stage.stage.method_settings;
    if settings.is_empty() {
        return None;
    }
    // The keys are as clients wrote them: `~1pets~1{id}/GET`, `pets~1{id}/GET`, `pets/{id}/GET`.
    let bare = path.trim_start_matches('/');
    let escaped = bare.replace('~', "~0").replace('/', "~1");
    let keys = [format!("~1{escaped}/{verb}"), format!("{escaped}/{verb}"), format!("{bare}/{verb}")];
    let own = keys.iter().find_map(|key| settings.get(key));
    own.map(|setting| (setting, true)).or_else(|| settings.get("*/*").map(|setting| (setting, false)))
}

/// Lets a request pass the stage's method settings, or says why not.
pub(crate) fn check_throttle(exchange: &Exchange<'_>, stage: &DeployedStage) -> Result<(), Refusal> {
    let path = exchange.resource_path.trim_start_matches('/');
    let verb = &exchange.method.method.http_method;
    let found = setting(stage, exchange.resource_path, verb).map(|(setting, _)| setting);
    let default = MethodSetting::default();
    // The account's own limits, which AWS writes when any setting exists, are not those of this machine.
    let limited = found.filter(|s| {
        s.throttling_rate_limit < default.throttling_rate_limit
            || s.throttling_burst_limit < default.throttling_burst_limit
    });
    let Some(setting) = limited else { return Ok(()) };
    let limits = ThrottleSettings {
        burst_limit: Some(setting.throttling_burst_limit),
        rate_limit: Some(setting.throttling_rate_limit),
    };
    let key = format!("stage {} {} {verb} {path}", stage.api_id, stage.stage.stage_name);
    take(exchange, &key, &limits)
}

fn take(exchange: &Exchange<'_>, key: &str, limits: &ThrottleSettings) -> Result<(), Refusal> {
    let (Some(rate), burst) = (limits.rate_limit, limits.burst_limit) else { return Ok(()) };
    // A bucket is at least one request deep unless it is shut.
    let burst = burst.map_or_else(|| rate.max(1.0), |b| b as f64);
    match exchange.gateway.shared.throttles.take(key, rate, burst, Instant::now()) {
        true => Ok(()),
        false => Err(Refusal::new(ResponseType::Throttled).log("Rate or burst limit exceeded")),
    }
}

fn day_of(now: Timestamp) -> Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}
