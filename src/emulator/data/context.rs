//! `$context`: what API Gateway knows about a request.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::request::ClientRequest;
use super::{DeployedHttpStage, DeployedStage};

/// The `$context` of one request. Variables are made when somebody asks for them: most requests ask for few.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    /// `X-Amzn-Trace-Id` as the client sent it.
    sent_trace_id: Option<String>,
    /// `X-Amzn-Trace-Id` as Lambda answered it.
    lambda_trace_id: Option<String>,
    /// What ids are made of.
    random: Uuid,
    owner: Arc<Owner>,
    host: Arc<str>,
    method: Cow<'static, str>,
    path: Arc<str>,
    protocol: &'static str,
    source_ip: IpAddr,
    user_agent: Option<String>,
    request_id: String,
    extended_request_id: String,
    now: Timestamp,
    /// `resourceId` and `resourcePath`, once the request is routed.
    resource: Option<(Arc<str>, Arc<str>)>,
    /// What was set since.
    set: Map<String, Value>,
    /// What only access logs show, by its dotted name; nothing when nobody reads it.
    logged: Option<BTreeMap<&'static str, String>>,
}

/// Whose stage a request is to: what `$context` says of it.
#[derive(Debug)]
pub(crate) struct Owner {
    account_id: String,
    api_id: String,
    deployment_id: String,
    stage: String,
}

impl Owner {
    /// Returns the owner of an account, an API, a deployment and a stage, in this order.
    pub(crate) fn new(names: [&String; 4]) -> Self {
        let [account_id, api_id, deployment_id, stage] = names.map(String::clone);
        Self { account_id, api_id, deployment_id, stage }
    }
}

/// The variables that every request has, in the order in which events have them (logs of users).
const NAMES: [&str; 17] = [
    "resourceId",
    "resourcePath",
    "httpMethod",
    "extendedRequestId",
    "requestTime",
    "path",
    "accountId",
    "protocol",
    "stage",
    "domainPrefix",
    "requestTimeEpoch",
    "requestId",
    "identity",
    "domainName",
    "deploymentId",
    "apiId",
    "awsEndpointRequestId",
];

impl RequestContext {
    /// Returns the context of a request that has not been routed yet.
    pub(crate) fn new(stage: &DeployedStage, request: &ClientRequest, now: Timestamp) -> Self {
        let owner =
            || Arc::new(Owner::new([&stage.account_id, &stage.api_id, &stage.deployment_id, &stage.stage.stage_name]));
        let mut context = Self::of(Arc::clone(stage.compiled.owner.get_or_init(owner)), request, now);
        // Clients can give their requests an id (`api-gateway-mapping-template-reference` of the developer guide).
        let named = request.headers.any_case("x-amzn-requestid");
        if let Some(id) = named.filter(|id| (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic())) {
            id.clone_into(&mut context.request_id);
        }
        context
    }

    /// Returns the context of a request to an HTTP API: its request id is what REST APIs have as the extended one.
    pub(crate) fn of_http_api(stage: &DeployedHttpStage, request: &ClientRequest, now: Timestamp) -> Self {
        let mut context = Self::of(stage.owner(), request, now);
        context.request_id.clone_from(&context.extended_request_id);
        context
    }

    fn of(owner: Arc<Owner>, request: &ClientRequest, now: Timestamp) -> Self {
        let random = random_uuid();
        let sent_trace = request.headers.any_case("x-amzn-trace-id").filter(|t| t.contains("Root="));
        Self {
            sent_trace_id: sent_trace.map(str::to_owned),
            lambda_trace_id: None,
            random,
            owner,
            host: Arc::clone(&request.host),
            method: request.method.clone(),
            path: Arc::clone(&request.full_path),
            protocol: request.protocol,
            source_ip: request.source_ip,
            user_agent: request.headers.any_case("user-agent").map(str::to_owned),
            request_id: random_uuid().hyphenated().encode_lower(&mut Uuid::encode_buffer()).to_owned(),
            extended_request_id: extended_request_id(&random),
            now,
            resource: None,
            set: Map::new(),
            logged: None,
        }
    }

    /// Returns a variable at the top: `requestId`, `identity`, …
    pub(crate) fn variable(&self, name: &str) -> Option<Cow<'_, Value>> {
        if let Some(value) = self.set.get(name) {
            return Some(Cow::Borrowed(value));
        }
        if let Some(text) = self.own_text(name) {
            return Some(Cow::Owned(Value::from(text)));
        }
        Some(Cow::Owned(match name {
            "identity" => self.identity(),
            "requestTime" => Value::from(self.now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()),
            "requestTimeEpoch" => Value::from(self.now.as_millisecond()),
            "resourceId" | "resourcePath" => Value::Null,
            _ => return None,
        }))
    }

    /// Returns a variable at the top that is a text and was not set.
    fn own_text(&self, name: &str) -> Option<&str> {
        Some(match name {
            "accountId" => &self.owner.account_id,
            "apiId" => &self.owner.api_id,
            "deploymentId" => &self.owner.deployment_id,
            "domainName" => self.domain(),
            "domainPrefix" => self.domain().split('.').next().unwrap_or_default(),
            "extendedRequestId" => &self.extended_request_id,
            "httpMethod" => &self.method,
            "path" => &self.path,
            "protocol" => self.protocol,
            "requestId" => &self.request_id,
            "resourceId" => &self.resource.as_ref()?.0,
            "resourcePath" => &self.resource.as_ref()?.1,
            "stage" => &self.owner.stage,
            _ => return None,
        })
    }

    /// Returns a variable at the top that is a text, without making a document of it.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.set.get(name) {
            Some(set) => set.as_str(),
            None => self.own_text(name),
        }
    }

    /// Returns the host without its port.
    fn domain(&self) -> &str {
        match self.host.rsplit_once(':') {
            Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
            _ => &self.host,
        }
    }

    /// Returns the names of all variables.
    pub(crate) fn names(&self) -> Vec<&str> {
        let is_there = |name: &&str| match *name {
            "awsEndpointRequestId" => self.set.contains_key(*name),
            // A test has none.
            "deploymentId" => !self.owner.deployment_id.is_empty(),
            _ => true,
        };
        let common = NAMES.iter().copied().filter(is_there);
        let others = self.set.keys().map(String::as_str).filter(|n| !NAMES.contains(n));
        common.chain(others).collect()
    }

    /// Returns the context as an event has it, without what only logs show.
    pub(crate) fn for_event(&self) -> Map<String, Value> {
        let shown = self.names().into_iter().filter(|name| *name != "error");
        shown.filter_map(|n| Some((n.to_owned(), self.variable(n)?.into_owned()))).collect()
    }

    fn identity(&self) -> Value {
        json!({
            "cognitoIdentityPoolId": null,
            "accountId": null,
            "cognitoIdentityId": null,
            "caller": null,
            "sourceIp": self.source_ip.to_string(),
            "principalOrgId": null,
            "accessKey": null,
            "cognitoAuthenticationType": null,
            "cognitoAuthenticationProvider": null,
            "userArn": null,
            "userAgent": self.user_agent,
            "user": null,
        })
    }

    /// Returns a variable by its dotted name (`identity.sourceIp`), as text; nothing when it is null or unknown.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        if let Some(text) = self.text(name) {
            return Some(text.to_owned());
        }
        let mut parts = name.split('.');
        let top = self.variable(parts.next()?)?;
        let mut value = &*top;
        for part in parts {
            value = value.get(part)?;
        }
        match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// Sets what the request was routed to.
    pub(crate) fn set_resource(&mut self, id: &Arc<str>, path: &Arc<str>) {
        self.resource = Some((Arc::clone(id), Arc::clone(path)));
    }

    /// Returns `X-Amzn-Trace-Id`, made or passed on.
    pub(crate) fn trace_id(&self) -> String {
        self.sent_trace_id.clone().unwrap_or_else(|| trace_id(self.now, &self.random))
    }

    /// Notes that Lambda was invoked: it continues the trace, and its answer says so (logs of users).
    pub(crate) fn continue_trace(&mut self) {
        let id = self.trace_id();
        let part = |name: &str| id.split(';').find(|part| part.trim_start().starts_with(name)).map(str::trim);
        let own = trace_id(self.now, &self.random);
        let root = part("Root=").unwrap_or(&own);
        let sampled = part("Sampled=").unwrap_or("Sampled=0");
        let (parent, lineage) = (fastrand::u64(..), fastrand::u32(..));
        self.lambda_trace_id = Some(format!("{root};Parent={parent:016x};{sampled};Lineage=1:{lineage:08x}:0"));
    }

    /// Returns `X-Amzn-Trace-Id` as the client gets it.
    pub(crate) fn answer_trace_id(&self) -> String {
        self.lambda_trace_id.clone().unwrap_or_else(|| self.trace_id())
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.set.insert(name.to_owned(), value.into());
    }

    /// Sets a variable below another: `identity`, `apiKey`.
    pub(crate) fn set_below(&mut self, parent: &str, name: &str, value: impl Into<Value>) {
        if !self.set.contains_key(parent) {
            let known = self.variable(parent).map(Cow::into_owned).filter(Value::is_object);
            self.set.insert(parent.to_owned(), known.unwrap_or_else(|| Value::Object(Map::new())));
        }
        if let Some(Value::Object(map)) = self.set.get_mut(parent) {
            map.insert(name.to_owned(), value.into());
        }
    }

    /// Keeps what only access logs show, from now on.
    pub(crate) fn keep_logged(&mut self) {
        self.logged = Some(BTreeMap::new());
    }

    /// Notes what only access logs show (`integration.latency`), if it is kept.
    pub(crate) fn note(&mut self, name: &'static str, value: impl ToString) {
        if let Some(logged) = &mut self.logged {
            logged.insert(name, value.to_string());
        }
    }

    /// Returns a variable as access logs show it, by its dotted name.
    pub(crate) fn logged(&self, name: &str) -> Option<String> {
        self.logged.as_ref().and_then(|logged| logged.get(name).cloned()).or_else(|| self.get(name))
    }

    /// Returns the request's id.
    pub(crate) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// Returns the extended request id: the header `x-amz-apigw-id`.
    pub(crate) fn extended_request_id(&self) -> &str {
        &self.extended_request_id
    }
}

/// Returns a UUID of version 4. Ids of requests name things and keep nothing secret, so no system call is spent on them.
pub(crate) fn random_uuid() -> Uuid {
    uuid::Builder::from_random_bytes(fastrand::u128(..).to_le_bytes()).into_uuid()
}

/// Sixteen characters of base64, the last a `=`, as recorded.
pub(crate) fn extended_request_id(random: &Uuid) -> String {
    use base64::Engine as _;
    let bytes = random.as_bytes();
    base64::engine::general_purpose::STANDARD.encode(&bytes[..11])
}

fn trace_id(now: Timestamp, random: &Uuid) -> String {
    let hex = random.simple().to_string();
    format!("Root=1-{:08x}-{}", now.as_second(), hex.get(..24).unwrap_or_default())
}
