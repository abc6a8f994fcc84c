//! `$context`: what API Gateway knows about a request.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::DeployedStage;
use super::request::ClientRequest;

/// The `$context` of one request.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    /// The variables; nested as their dotted names say.
    pub(crate) values: Map<String, Value>,
    /// `X-Amzn-Trace-Id`, made or passed on.
    pub(crate) trace_id: String,
}

impl RequestContext {
    /// Returns the context of a request that has not been routed yet.
    pub(crate) fn new(stage: &DeployedStage, request: &ClientRequest, now: Timestamp) -> Self {
        let domain = request.host.rsplit_once(':').map_or(request.host.as_str(), |(name, port)| {
            if port.bytes().all(|b| b.is_ascii_digit()) { name } else { request.host.as_str() }
        });
        let user_agent = request.headers.any_case("user-agent");
        let random = Uuid::new_v4();
        let sent_trace = request.headers.any_case("x-amzn-trace-id").filter(|t| t.contains("Root="));
        let trace_id = sent_trace.map_or_else(|| trace_id(now, &random), str::to_owned);
        let Value::Object(values) = json!({
            "accountId": stage.account_id,
            "apiId": stage.api_id,
            "deploymentId": stage.deployment_id,
            "domainName": domain,
            "domainPrefix": domain.split('.').next().unwrap_or(domain),
            "extendedRequestId": extended_request_id(&random),
            "httpMethod": request.method,
            "identity": {
                "accessKey": null,
                "accountId": null,
                "caller": null,
                "cognitoAuthenticationProvider": null,
                "cognitoAuthenticationType": null,
                "cognitoIdentityId": null,
                "cognitoIdentityPoolId": null,
                "principalOrgId": null,
                "sourceIp": request.source_ip.to_string(),
                "user": null,
                "userAgent": user_agent,
                "userArn": null,
            },
            "path": request.full_path,
            "protocol": request.protocol,
            "requestId": Uuid::new_v4().to_string(),
            "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
            "requestTimeEpoch": now.as_millisecond(),
            "resourceId": null,
            "resourcePath": null,
            "stage": stage.stage.stage_name,
        }) else {
            unreachable!("a JSON object was written above")
        };
        Self { values, trace_id }
    }

    /// Returns a variable by its dotted name (`identity.sourceIp`), as text; nothing when it is null or unknown.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let mut parts = name.split('.');
        let mut value = self.values.get(parts.next()?)?;
        for part in parts {
            value = value.get(part)?;
        }
        match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// Sets a variable.
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.values.insert(name.to_owned(), value.into());
    }

    /// Sets a variable below another: `identity`, `apiKey`.
    pub(crate) fn set_below(&mut self, parent: &str, name: &str, value: impl Into<Value>) {
        let entry = self.values.entry(parent).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(map) = entry {
            map.insert(name.to_owned(), value.into());
        }
    }

    /// Returns the request's id.
    pub(crate) fn request_id(&self) -> &str {
        self.values.get("requestId").and_then(Value::as_str).unwrap_or_default()
    }

    /// Returns the extended request id: the header `x-amz-apigw-id`.
    pub(crate) fn extended_request_id(&self) -> &str {
        self.values.get("extendedRequestId").and_then(Value::as_str).unwrap_or_default()
    }
}

/// Sixteen characters of base64, the last a `=`, as recorded.
fn extended_request_id(random: &Uuid) -> String {
    use base64::Engine as _;
    let bytes = random.as_bytes();
    base64::engine::general_purpose::STANDARD.encode(&bytes[..11])
}

fn trace_id(now: Timestamp, random: &Uuid) -> String {
    let hex = random.simple().to_string();
    format!("Root=1-{:08x}-{}", now.as_second(), hex.get(..24).unwrap_or_default())
}
