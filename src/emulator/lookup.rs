//! What the data plane asks of the control plane, answered from memory: caches over the store that
//! are built again after a change.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use serde::{Deserialize, Serialize};

use crate::gateway::{ApiKey, Stage, UsagePlan};

use crate::gateway::{HttpApi, http_api};

use super::control::{DomainName, function_policy, function_url, routing_rules};
use super::data::{Compiled, DeployedHttpStage, DeployedStage, DomainRoutes, FunctionUrl, Lookup, MappedPath};
use super::lambda::FunctionName;
use super::store::{Store, StoreError, api_key};

/// Deployed stages that are kept; all are forgotten when there are more.
const MAX_STAGES: usize = 4096;

/// A base path mapping as it is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BasePathMapping {
    /// `(none)` or a first path segment.
    pub(crate) base_path: String,
    /// The API's id.
    pub(crate) rest_api_id: String,
    /// The stage; absent when the path names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) stage: Option<String>,
}

/// The caches of one server.
pub(crate) struct Deployed {
    store: Arc<Store>,
    account_id: String,
    region: String,
    stages: RwLock<Cached<StagesByApi<DeployedStage>>>,
    http_stages: RwLock<Cached<StagesByApi<DeployedHttpStage>>>,
    keys: RwLock<Cached<KeyIndex>>,
    domains: RwLock<Cached<HashMap<String, Arc<DomainRoutes>>>>,
    function_urls: RwLock<Cached<HashMap<String, Arc<FunctionUrl>>>>,
    usage: Mutex<Usage>,
    /// Counters that changed since they were last written.
    unsaved: Mutex<BTreeSet<UsageKey>>,
}

/// Deployed stages by API and name.
type StagesByApi<T> = HashMap<String, HashMap<String, Arc<T>>>;

/// A plan, an API key and a day.
type UsageKey = (String, String, String);

/// Requests by plan, key and day.
type Usage = BTreeMap<UsageKey, i64>;

/// A cache and the version of the store that it was built from.
#[derive(Default)]
struct Cached<T> {
    version: Option<u64>,
    value: T,
}

#[derive(Default)]
struct KeyIndex {
    by_value: HashMap<String, Arc<ApiKey>>,
    plans_by_key: HashMap<String, Vec<Arc<UsagePlan>>>,
}

impl Deployed {
    pub(crate) fn new(store: Arc<Store>, account_id: String, region: String) -> Self {
        let usage = saved_usage(&store);
        Self {
            store,
            account_id,
            region,
            stages: RwLock::default(),
            http_stages: RwLock::default(),
            keys: RwLock::default(),
            domains: RwLock::default(),
            function_urls: RwLock::default(),
            usage: Mutex::new(usage),
            unsaved: Mutex::default(),
        }
    }

    /// Writes the counters that changed. What was counted since the last time is lost when the process dies, as counts
    /// are best effort in API Gateway too.
    pub(crate) fn save_usage(&self) {
        let unsaved = std::mem::take(&mut *self.unsaved.lock().unwrap_or_else(PoisonError::into_inner));
        if unsaved.is_empty() {
            return;
        }
        let counts: Vec<(UsageKey, i64)> = {
            let usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
            unsaved.into_iter().filter_map(|key| Some((key.clone(), *usage.get(&key)?))).collect()
        };
        let written: Result<(), StoreError> = self.store.write(|tx| {
            for ((plan, key, day), requests) in &counts {
                tx.put(&usage_key(plan, key, day), requests)?;
            }
            Ok(())
        });
        if written.is_err() {
            self.unsaved.lock().unwrap_or_else(PoisonError::into_inner).extend(counts.into_iter().map(|(key, _)| key));
        }
    }

    /// Returns whether counters changed since they were last written.
    pub(crate) fn has_unsaved_usage(&self) -> bool {
        !self.unsaved.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn changed_usage(&self, key: UsageKey) {
        self.unsaved.lock().unwrap_or_else(PoisonError::into_inner).insert(key);
    }

    /// Returns the requests of each key under a plan, by key and day.
    pub(crate) fn usage_of_plan(&self, plan_id: &str) -> BTreeMap<String, BTreeMap<String, i64>> {
        let usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let mut keys: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
        for ((plan, key, day), requests) in usage.iter() {
            if plan == plan_id {
                keys.entry(key.clone()).or_default().insert(day.clone(), *requests);
            }
        }
        keys
    }

    /// Makes the requests that a key may still make today a number.
    pub(crate) fn set_used(&self, plan_id: &str, key_id: &str, day: &str, used: i64) {
        let mut usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (plan_id.to_owned(), key_id.to_owned(), day.to_owned());
        usage.insert(key.clone(), used);
        drop(usage);
        self.changed_usage(key);
    }

    fn load_stage(&self, api_id: &str, stage_name: &str) -> Option<DeployedStage> {
        let stage: Stage = self.store.get(&format!("stage/{api_id}/{stage_name}")).ok()??;
        let snapshot = self.store.snapshot(api_id, &stage.deployment_id).ok()??;
        let canary_id = stage.canary_settings.as_ref().and_then(|canary| canary.deployment_id.clone());
        let canary = canary_id.and_then(|id| self.store.snapshot(api_id, &id).ok().flatten());
        Some(DeployedStage {
            api_id: api_id.to_owned(),
            account_id: self.account_id.clone(),
            region: self.region.clone(),
            deployment_id: stage.deployment_id.clone(),
            stage,
            definition: Arc::clone(&snapshot.definition),
            canary: canary.map(|snapshot| Arc::clone(&snapshot.definition)),
            compiled: Compiled::default(),
        })
    }

    fn load_http_stage(&self, api_id: &str, stage_name: &str) -> Option<DeployedHttpStage> {
        let stage: http_api::Stage = self.store.get(&format!("httpstage/{api_id}/{stage_name}")).ok()??;
        let deployment_id = stage.deployment_id.clone()?;
        let definition: HttpApi = self.store.get(&format!("httpsnapshot/{api_id}/{deployment_id}")).ok()??;
        let owner = (api_id.to_owned(), self.account_id.clone(), self.region.clone());
        Some(DeployedHttpStage::new(owner, stage, deployment_id, definition))
    }

    fn load_domain(&self, key: &str, record: &str) -> DomainRoutes {
        let domain: Option<DomainName> = self.store.get(key).ok().flatten();
        let mode = domain.map(|domain| domain.routing_mode).unwrap_or_default();
        let mut routes = DomainRoutes::default();
        if mode != "BASE_PATH_MAPPING_ONLY" {
            routes.rules = routing_rules(&self.store, record);
        }
        if mode != "ROUTING_RULE_ONLY" {
            let mappings: Vec<BasePathMapping> = self.store.list(&format!("mapping/{record}/")).unwrap_or_default();
            let paths = mappings.into_iter().map(|mapping| MappedPath {
                base_path: mapping.base_path,
                api_id: mapping.rest_api_id,
                stage: mapping.stage,
            });
            routes.mappings = paths.collect();
        }
        routes
    }

    fn with_keys<T>(&self, read: impl Fn(&KeyIndex) -> T) -> T {
        cached(&self.keys, self.store.versions().keys(), || self.load_keys(), read)
    }

    fn load_domains(&self) -> HashMap<String, Arc<DomainRoutes>> {
        let mut domains = HashMap::new();
        for key in self.store.keys("domain/") {
            let record = key.split('/').nth(1).unwrap_or_default();
            // Private domain names of one name differ by an id, which callers do not send; the first of them is meant.
            let name = record.split('+').next().unwrap_or_default().to_owned();
            domains.entry(name).or_insert_with(|| Arc::new(self.load_domain(&key, record)));
        }
        domains
    }

    fn load_keys(&self) -> KeyIndex {
        let mut index = KeyIndex::default();
        for key in self.store.list::<ApiKey>("apikey/").unwrap_or_default() {
            if let Some(value) = key.value.clone() {
                index.by_value.insert(value, Arc::new(key));
            }
        }
        for plan in self.store.list::<UsagePlan>("usageplan/").unwrap_or_default() {
            let plan = Arc::new(plan);
            for key in self.store.keys(&format!("usageplankey/{}/", plan.id)) {
                let key_id = key.rsplit('/').next().unwrap_or_default().to_owned();
                index.plans_by_key.entry(key_id).or_default().push(Arc::clone(&plan));
            }
        }
        index
    }
}

fn usage_key(plan: &str, key: &str, day: &str) -> String {
    format!("usage/{plan}/{key}/{day}")
}

/// Returns the counters as they were last written.
fn saved_usage(store: &Store) -> Usage {
    let mut usage = Usage::new();
    for record in store.keys("usage/") {
        let parts: Vec<&str> = record.split('/').collect();
        if let ([_, plan, key, day], Ok(Some(requests))) = (parts.as_slice(), store.get(&record)) {
            usage.insert(((*plan).to_owned(), (*key).to_owned(), (*day).to_owned()), requests);
        }
    }
    usage
}

impl Lookup for Deployed {
    fn stage(&self, api_id: &str, stage_name: &str) -> Option<Arc<DeployedStage>> {
        cached_stage(&self.stages, self.store.versions().stages(), (api_id, stage_name), || {
            self.load_stage(api_id, stage_name)
        })
    }

    fn http_stage(&self, api_id: &str, stage_name: &str) -> Option<Arc<DeployedHttpStage>> {
        cached_stage(&self.http_stages, self.store.versions().stages(), (api_id, stage_name), || {
            self.load_http_stage(api_id, stage_name)
        })
    }

    fn is_http_api(&self, api_id: &str) -> bool {
        self.store.contains(&format!("httpapi/{api_id}"))
    }

    fn has_api(&self, api_id: &str) -> bool {
        self.store.contains(&api_key(api_id))
    }

    fn api_key(&self, value: &str) -> Option<Arc<ApiKey>> {
        self.with_keys(|index| index.by_value.get(value).cloned())
    }

    fn usage_plan(&self, api_id: &str, stage_name: &str, key_id: &str) -> Option<Arc<UsagePlan>> {
        self.with_keys(|index| {
            let covers = |plan: &&Arc<UsagePlan>| {
                plan.api_stages
                    .iter()
                    .any(|stage| stage.api_id.as_deref() == Some(api_id) && stage.stage.as_deref() == Some(stage_name))
            };
            index.plans_by_key.get(key_id)?.iter().find(covers).cloned()
        })
    }

    fn used(&self, plan_id: &str, key_id: &str, from: &str, to: &str) -> i64 {
        let usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let key = |day: &str| (plan_id.to_owned(), key_id.to_owned(), day.to_owned());
        if from > to {
            return 0;
        }
        usage.range(key(from)..=key(to)).map(|(_, requests)| requests).sum()
    }

    fn count(&self, plan_id: &str, key_id: &str, day: &str) {
        let mut usage = self.usage.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (plan_id.to_owned(), key_id.to_owned(), day.to_owned());
        *usage.entry(key.clone()).or_default() += 1;
        drop(usage);
        self.changed_usage(key);
    }

    fn may_invoke(&self, function: &FunctionName, source_arn: &str) -> bool {
        function_policy::allows(&self.store, function, source_arn, &self.account_id)
    }

    fn function_url(&self, id: &str) -> Option<Arc<FunctionUrl>> {
        let load = || function_url::all(&self.store, &self.account_id, &self.region);
        cached(&self.function_urls, self.store.versions().function_urls(), load, |urls| urls.get(id).cloned())
    }

    fn domain_routes(&self, domain_name: &str) -> Option<Arc<DomainRoutes>> {
        let version = self.store.versions().domains();
        cached(&self.domains, version, || self.load_domains(), |domains| of_domain(domains, domain_name))
    }
}

/// Reads from a cache, which is loaded when it is of another version.
fn cached<T, R>(cache: &RwLock<Cached<T>>, version: u64, load: impl FnOnce() -> T, read: impl Fn(&T) -> R) -> R {
    {
        let cached = cache.read().unwrap_or_else(PoisonError::into_inner);
        if cached.version == Some(version) {
            return read(&cached.value);
        }
    }
    let value = load();
    let found = read(&value);
    *cache.write().unwrap_or_else(PoisonError::into_inner) = Cached { version: Some(version), value };
    found
}

/// Returns where the requests to a name go: its own, or those of the wildcard (`*.example.com`) that it is one label
/// below (developer guide, `how-to-custom-domains`).
fn of_domain(domains: &HashMap<String, Arc<DomainRoutes>>, name: &str) -> Option<Arc<DomainRoutes>> {
    let wildcard = || domains.get(&format!("*.{}", name.split_once('.')?.1));
    domains.get(name).or_else(wildcard).cloned()
}

/// Returns a stage from a cache, or loads it; a cache of another version is begun anew.
fn cached_stage<T>(
    cache: &RwLock<Cached<StagesByApi<T>>>,
    version: u64,
    (api_id, stage_name): (&str, &str),
    load: impl FnOnce() -> Option<T>,
) -> Option<Arc<T>> {
    {
        let cached = cache.read().unwrap_or_else(PoisonError::into_inner);
        if cached.version == Some(version)
            && let Some(stage) = cached.value.get(api_id).and_then(|stages| stages.get(stage_name))
        {
            return Some(Arc::clone(stage));
        }
    }
    let stage = Arc::new(load()?);
    let mut cached = cache.write().unwrap_or_else(PoisonError::into_inner);
    if cached.version != Some(version) || cached.value.len() >= MAX_STAGES {
        *cached = Cached { version: Some(version), value: HashMap::new() };
    }
    cached.value.entry(api_id.to_owned()).or_default().insert(stage_name.to_owned(), Arc::clone(&stage));
    Some(stage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keys_have_used_outlives_the_server() {
        let store = Store::open(None).expect("opens");
        let open = || Deployed::new(Arc::clone(&store), "000000000000".into(), "us-east-1".into());
        let first = open();
        first.count("plan", "key", "2026-01-31");
        first.count("plan", "key", "2026-01-31");
        first.set_used("plan", "other", "2026-01-31", 7);
        assert!(first.has_unsaved_usage());
        first.save_usage();
        assert!(!first.has_unsaved_usage());
        let second = open();
        assert_eq!(second.used("plan", "key", "2026-01-01", "2026-01-31"), 2);
        assert_eq!(second.used("plan", "other", "2026-01-31", "2026-01-31"), 7);
    }
}
