//! API keys, usage plans and throttling.

use std::time::Instant;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

use super::exchange::Exchange;
use super::gateway_response::{Refusal, ResponseType};
use crate::emulator::data::DeployedStage;
use crate::gateway::{MethodSetting, QuotaSettings, ThrottleSettings, UsagePlan};

/// Lets a request pass its API key's usage plan, or says why not.
pub(crate) fn check_api_key(exchange: &mut Exchange<'_>, stage: &DeployedStage, now: Timestamp) -> Result<(), Refusal> {
    if !exchange.method.method.api_key_required {
        return Ok(());
    }
    let from_authorizer = exchange.api.definition.api.api_key_source == "AUTHORIZER";
    let value = match from_authorizer {
        true => exchange.usage_key.clone(),
        false => exchange.request.headers.any_case("x-api-key").map(str::to_owned),
    };
    let forbidden = |log: &str| Refusal::new(ResponseType::InvalidApiKey).log(log);
    let value =
        value.ok_or_else(|| forbidden("API Key not authorized because method requires API Key and none was sent"))?;
    let lookup = &exchange.gateway.lookup;
    let key = lookup.api_key(&value).filter(|k| k.enabled);
    let key = key.ok_or_else(|| forbidden("API Key is unknown or disabled"))?;
    let stage_name = &stage.stage.stage_name;
    let plan = lookup.usage_plan(&stage.api_id, stage_name, &key.id);
    let plan = plan.ok_or_else(|| forbidden("API Key not authorized because it is in no Usage Plan of this stage"))?;
    exchange.context.set_below("identity", "apiKey", value);
    exchange.context.set_below("identity", "apiKeyId", key.id.as_str());

    if let Some(quota) = &plan.quota {
        check_quota(exchange, &plan, quota, &key.id, now)?;
    }
    let method_key = format!("{}/{}", exchange.resource_path, exchange.method.method.http_method);
    let stages = plan.api_stages.iter();
    let mut mine =
        stages.filter(|s| s.api_id.as_deref() == Some(&stage.api_id) && s.stage.as_deref() == Some(stage_name));
    let of_method = mine.find_map(|s| s.throttle.as_ref()?.get(&method_key));
    if let Some(limits) = of_method.or(plan.throttle.as_ref()) {
        let scope = if of_method.is_some() { method_key.as_str() } else { "" };
        take(exchange, &format!("plan {} {} {scope}", plan.id, key.id), limits)?;
    }
    lookup.count(&plan.id, &key.id, &day_of(now).to_string());
    Ok(())
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
