//! What an environment declares beside the document: stage and method settings, tags.
//!
//! Only what is declared is changed; what is not stays as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::call::{Repeat, call};
use super::rest_api::ApiSummary;
use super::stage::{Patch, StageNow, method_path};
use super::usage::{ApiKeySettings, UsagePlanSettings};
use super::{Connection, DeployError, http_api};

/// Everything that import cannot carry and an environment of the configuration declares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The stage's own settings.
    pub stage: StageSettings,
    /// Method settings, by method: `*/*`, `GET /pets`.
    pub methods: BTreeMap<String, MethodSettings>,
    /// Tags of the API and of the stage.
    pub tags: BTreeMap<String, String>,
    /// Usage plans that the stage belongs to, by name.
    pub usage_plans: BTreeMap<String, UsagePlanSettings>,
    /// API keys, by name.
    pub api_keys: BTreeMap<String, ApiKeySettings>,
}

/// Settings of a stage (UpdateStage); see the `Stage` shape for the meaning of each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct StageSettings {
    /// Prose.
    pub description: Option<String>,
    /// Whether responses may be cached.
    pub cache_cluster_enabled: Option<bool>,
    /// Gigabytes: `0.5`, `1.6`, …
    pub cache_cluster_size: Option<String>,
    /// Whether X-Ray traces.
    pub tracing_enabled: Option<bool>,
    /// The certificate that integrations are called with.
    pub client_certificate_id: Option<String>,
    /// The documentation version of the stage.
    pub documentation_version: Option<String>,
    /// A log group's or delivery stream's ARN.
    pub access_log_destination_arn: Option<String>,
    /// A line with `$context.…` in it.
    pub access_log_format: Option<String>,
}

/// Settings of a method, or of all with `*/*` (UpdateStage); see the `MethodSetting` shape.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct MethodSettings {
    /// Whether CloudWatch metrics are written.
    pub metrics_enabled: Option<bool>,
    /// `OFF`, `ERROR` or `INFO`
    pub logging_level: Option<String>,
    /// Whether whole requests and responses are logged.
    pub data_trace_enabled: Option<bool>,
    /// Requests at once.
    pub throttling_burst_limit: Option<i32>,
    /// Requests per second.
    pub throttling_rate_limit: Option<f64>,
    /// Whether responses are cached.
    pub caching_enabled: Option<bool>,
    /// Seconds, 0 to 3600.
    pub cache_ttl_in_seconds: Option<i32>,
    /// Whether the cache is encrypted.
    pub cache_data_encrypted: Option<bool>,
    /// Whether `Cache-Control: max-age=0` needs permission.
    pub require_authorization_for_cache_control: Option<bool>,
    /// `FAIL_WITH_403`, `SUCCEED_WITH_RESPONSE_HEADER` or `SUCCEED_WITHOUT_RESPONSE_HEADER`
    pub unauthorized_cache_control_header_strategy: Option<String>,
}

impl Settings {
    /// Returns every declared setting of the stage and its methods: the patch path and the value.
    fn wanted(&self) -> Vec<(String, String)> {
        fn put<T: ToString>(wanted: &mut Vec<(String, String)>, path: &str, value: Option<&T>) {
            if let Some(value) = value {
                wanted.push((path.to_owned(), value.to_string()));
            }
        }
        let mut wanted = Vec::new();
        let all = &mut wanted;
        let stage = &self.stage;
        put(all, "/description", stage.description.as_ref());
        // The size comes first: switching the cache on takes the size that is set.
        put(all, "/cacheClusterSize", stage.cache_cluster_size.as_ref());
        put(all, "/cacheClusterEnabled", stage.cache_cluster_enabled.as_ref());
        put(all, "/tracingEnabled", stage.tracing_enabled.as_ref());
        put(all, "/clientCertificateId", stage.client_certificate_id.as_ref());
        put(all, "/documentationVersion", stage.documentation_version.as_ref());
        put(all, "/accessLogSettings/destinationArn", stage.access_log_destination_arn.as_ref());
        put(all, "/accessLogSettings/format", stage.access_log_format.as_ref());
        // `*/*` sorts before the methods, which inherit from it when they are first set.
        for (key, method) in &self.methods {
            let base = method_path(key);
            let mut put_method = |member: &str, value: Option<String>| {
                put(all, &format!("{base}/{member}"), value.as_ref());
            };
            let text = |value: Option<bool>| value.map(|v| v.to_string());
            put_method("metrics/enabled", text(method.metrics_enabled));
            put_method("logging/loglevel", method.logging_level.clone());
            put_method("logging/dataTrace", text(method.data_trace_enabled));
            put_method("throttling/burstLimit", method.throttling_burst_limit.map(|v| v.to_string()));
            put_method("throttling/rateLimit", method.throttling_rate_limit.map(|v| v.to_string()));
            put_method("caching/enabled", text(method.caching_enabled));
            put_method("caching/ttlInSeconds", method.cache_ttl_in_seconds.map(|v| v.to_string()));
            put_method("caching/dataEncrypted", text(method.cache_data_encrypted));
            put_method(
                "caching/requireAuthorizationForCacheControl",
                text(method.require_authorization_for_cache_control),
            );
            put_method(
                "caching/unauthorizedCacheControlHeaderStrategy",
                method.unauthorized_cache_control_header_strategy.clone(),
            );
        }
        wanted
    }
}

/// One thing outside the definition that an import sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingChange {
    /// What it is: `stage tracingEnabled`, `GET /pets throttling/rateLimit`, `tag team of the stage`.
    pub subject: String,
    /// The value before, when there was one.
    pub before: Option<String>,
    /// The value after.
    pub after: String,
    /// How it is set.
    pub(super) place: SettingPlace,
}

/// Where a setting is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum SettingPlace {
    /// A member of the stage, by its patch path.
    Stage(String),
    /// A tag of the API, by its name.
    ApiTag(String),
    /// A tag of the stage, by its name.
    StageTag(String),
}

impl Settings {
    /// Returns what is declared without what an HTTP API does not have, and the names of that.
    pub(super) fn for_http_api(&self) -> (Self, Vec<String>) {
        let mut left = Self { usage_plans: BTreeMap::new(), api_keys: BTreeMap::new(), ..self.clone() };
        left.stage = StageSettings {
            description: self.stage.description.clone(),
            access_log_destination_arn: self.stage.access_log_destination_arn.clone(),
            access_log_format: self.stage.access_log_format.clone(),
            ..StageSettings::default()
        };
        for (name, method) in &self.methods {
            let method = MethodSettings {
                metrics_enabled: method.metrics_enabled,
                throttling_burst_limit: method.throttling_burst_limit,
                throttling_rate_limit: method.throttling_rate_limit,
                ..MethodSettings::default()
            };
            left.methods.insert(name.clone(), method);
        }
        let mut dropped: Vec<String> =
            self.wanted().into_iter().map(|(path, _)| path).filter(|path| !http_api::has_setting(path)).collect();
        dropped.iter_mut().for_each(|path| *path = subject(path));
        dropped.extend(self.usage_plans.keys().map(|name| format!("usage plan {name}")));
        dropped.extend(self.api_keys.keys().map(|name| format!("API key {name}")));
        (left, dropped)
    }
}

/// Returns the settings of a stage that are not as declared. `stage` is absent for one that is to be made.
pub(super) fn changes(settings: &Settings, api: Option<&ApiSummary>, stage: Option<&StageNow>) -> Vec<SettingChange> {
    let mut changes = Vec::new();
    for (path, after) in settings.wanted() {
        let before = stage.and_then(|s| s.settings.get(&path)).cloned();
        if before.as_ref() != Some(&after) && !(before.is_none() && after.is_empty()) {
            changes.push(SettingChange { subject: subject(&path), before, after, place: SettingPlace::Stage(path) });
        }
    }
    for (name, after) in &settings.tags {
        let tagged = [
            ("the API", api.and_then(|a| a.tags.iter().find(|(n, _)| n == name)).map(|(_, value)| value.clone())),
            ("the stage", stage.and_then(|s| s.tags.get(name)).cloned()),
        ];
        for (of, before) in tagged {
            if before.as_ref() != Some(after) {
                let place = if of == "the API" { SettingPlace::ApiTag } else { SettingPlace::StageTag };
                let subject = format!("tag {name} of {of}");
                changes.push(SettingChange { subject, before, after: after.clone(), place: place(name.clone()) });
            }
        }
    }
    changes
}

fn subject(path: &str) -> String {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match segments.as_slice() {
        [resource, verb, group, member] => {
            let resource = resource.replace("~1", "/").replace("~0", "~");
            let method =
                if resource == "*" && *verb == "*" { "all methods".to_owned() } else { format!("{verb} {resource}") };
            format!("{method}: {group}/{member}")
        }
        _ => format!("stage {}", segments.join(".")),
    }
}

/// Returns the patches that make these changes, and those that take them back.
pub(super) fn patches(changes: &[SettingChange]) -> (Vec<Patch>, Vec<Patch>) {
    let (mut forth, mut back) = (Vec::new(), Vec::new());
    for change in changes {
        let SettingPlace::Stage(path) = &change.place else { continue };
        forth.push(Patch::Set(path.clone(), change.after.clone()));
        let inverse = match &change.before {
            Some(before) => Patch::Set(path.clone(), before.clone()),
            // A method's settings come and go together; a member of the stage is emptied.
            None => match path.rsplitn(3, '/').collect::<Vec<_>>().as_slice() {
                [_, _, method] if method.matches('/').count() == 2 => Patch::Unset((*method).to_owned()),
                [_, "accessLogSettings", _] => Patch::Unset("/accessLogSettings".into()),
                _ => Patch::Set(path.clone(), String::new()),
            },
        };
        if !back.contains(&inverse) {
            back.push(inverse);
        }
    }
    (forth, back)
}

/// Sets tags of the thing at `path` (`/restapis/{id}`), by its ARN (TagResource).
pub(super) async fn tag(connection: &Connection, path: &str, tags: &[(String, String)]) -> Result<(), DeployError> {
    if connection.is_http() {
        return http_api::tag(connection, &arn(connection, path), path, tags).await;
    }
    let mut request = connection.client.tag_resource().resource_arn(arn(connection, path));
    for (name, value) in tags {
        request = request.tags(name, value);
    }
    let subject = format!("`{path}`");
    call(connection, "TagResource", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// Removes tags of the thing at `path` (UntagResource).
pub(super) async fn untag(connection: &Connection, path: &str, names: &[String]) -> Result<(), DeployError> {
    if connection.is_http() {
        return http_api::untag(connection, &arn(connection, path), path, names).await;
    }
    let request =
        connection.client.untag_resource().resource_arn(arn(connection, path)).set_tag_keys(Some(names.to_vec()));
    let subject = format!("`{path}`");
    call(connection, "UntagResource", &subject, Repeat::Freely, || request.clone().send()).await.map(drop)
}

/// Gives tags the values they had; those without one go.
pub(super) async fn put_back_tags(
    connection: &Connection,
    path: &str,
    before: &[(String, Option<String>)],
) -> Result<(), DeployError> {
    let (mut set, mut gone) = (Vec::new(), Vec::new());
    for (name, value) in before {
        match value {
            Some(value) => set.push((name.clone(), value.clone())),
            None => gone.push(name.clone()),
        }
    }
    if !set.is_empty() {
        tag(connection, path, &set).await?;
    }
    if !gone.is_empty() {
        untag(connection, path, &gone).await?;
    }
    Ok(())
}

/// The changes of tags, by where they are.
pub(super) struct TagChanges<'a> {
    /// Those of the API.
    pub(super) of_api: Vec<(String, &'a SettingChange)>,
    /// Those of the stage.
    pub(super) of_stage: Vec<(String, &'a SettingChange)>,
}

impl<'a> TagChanges<'a> {
    /// Picks the changes of tags out of all.
    pub(super) fn of(changes: &'a [SettingChange]) -> Self {
        let (mut of_api, mut of_stage) = (Vec::new(), Vec::new());
        for change in changes {
            match &change.place {
                SettingPlace::ApiTag(name) => of_api.push((name.clone(), change)),
                SettingPlace::StageTag(name) => of_stage.push((name.clone(), change)),
                SettingPlace::Stage(_) => {}
            }
        }
        Self { of_api, of_stage }
    }

    /// Returns the paths of the API and the stage, each with the changes of its tags.
    pub(super) fn by_path(
        self,
        is_http: bool,
        api_id: &str,
        stage: &str,
    ) -> [(String, Vec<(String, &'a SettingChange)>); 2] {
        let api = if is_http { format!("/apis/{api_id}") } else { format!("/restapis/{api_id}") };
        let stage = format!("{api}/stages/{stage}");
        [(api, self.of_api), (stage, self.of_stage)]
    }
}

fn arn(connection: &Connection, path: &str) -> String {
    format!("arn:{}:apigateway:{}::{path}", connection.partition(), connection.region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_changes_and_can_be_taken_back() {
        let settings: Settings = toml::from_str(
            "[stage]\ntracing-enabled = true\n[methods.\"*/*\"]\nthrottling-rate-limit = 10.0\n[methods.\"GET /pets\"]\ncaching-enabled = true\n[tags]\nteam = \"pets\"\n",
        )
        .expect("it is read");
        let mut now = StageNow::default();
        now.settings.insert("/*/*/throttling/rateLimit".into(), "10".into());
        now.settings.insert("/tracingEnabled".into(), "false".into());
        now.tags.insert("team".into(), "pets".into());
        let changes = changes(&settings, None, Some(&now));
        let subjects: Vec<_> = changes.iter().map(|c| c.subject.as_str()).collect();
        assert_eq!(subjects, ["stage tracingEnabled", "GET /pets: caching/enabled", "tag team of the API"]);
        let (forth, back) = patches(&changes);
        assert_eq!(forth.len(), 2);
        assert_eq!(back, [Patch::Set("/tracingEnabled".into(), "false".into()), Patch::Unset("/~1pets/GET".into())]);
    }
}
