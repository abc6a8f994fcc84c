//! The Integration and IntegrationResponse entities.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use super::SmallMap;

/// What answers a method (shape `Integration`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// The kind.
    #[serde(rename = "type")]
    pub integration_type: IntegrationType,
    /// The method used towards the backend; absent for `MOCK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_method: Option<String>,
    /// The backend; absent for `MOCK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// Kept for `HTTP` and `HTTP_PROXY` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_type: Option<ConnectionType>,
    /// The VPC link's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// A role's ARN, or `arn:aws:iam::*:user/*` for the caller's own identity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<String>,
    /// `integration.request.…` to a mapping expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_parameters: Option<SmallMap<String>>,
    /// Media type to mapping template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_templates: Option<SmallMap<String>>,
    /// What happens to a body whose media type has no template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passthrough_behavior: Option<PassthroughBehavior>,
    /// How the request body is converted; absent passes it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_handling: Option<ContentHandling>,
    /// Milliseconds, 50 to 29000 (more for Regional APIs with a raised quota); absent unless set, which shows in exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_in_millis: Option<i64>,
    /// The resource's id unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_namespace: Option<String>,
    /// `method.request.…` expressions that make up the cache key.
    #[serde(default)]
    pub cache_key_parameters: Vec<String>,
    /// The responses, by status code.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub integration_responses: LiteMap<String, IntegrationResponse>,
    /// TLS settings towards an HTTP backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<TlsConfig>,
    /// `BUFFERED` or `STREAM`; absent unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_transfer_mode: Option<String>,
    /// The ARN of a load balancer behind a VPC link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub integration_target: Option<String>,
}

/// A response of an integration (shape `IntegrationResponse`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationResponse {
    /// The status sent to the client; one of the method's responses.
    pub status_code: String,
    /// The regular expression that selects this response; absent for the default one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selection_pattern: Option<String>,
    /// `method.response.header.NAME` to a mapping expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<SmallMap<String>>,
    /// Media type to mapping template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_templates: Option<SmallMap<String>>,
    /// How the response body is converted; absent passes it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_handling: Option<ContentHandling>,
}

/// The kind of an integration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntegrationType {
    /// An HTTP backend, with mapping.
    Http,
    /// An AWS service, with mapping.
    Aws,
    /// No backend.
    Mock,
    /// An HTTP backend, passed through.
    HttpProxy,
    /// A Lambda function that gets the whole request as its event.
    AwsProxy,
}

impl IntegrationType {
    /// All of them, in the order AWS lists them in its validation message.
    pub const ALL: [Self; 5] = [Self::HttpProxy, Self::Http, Self::Mock, Self::AwsProxy, Self::Aws];

    /// Returns the name on the wire.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Aws => "AWS",
            Self::Mock => "MOCK",
            Self::HttpProxy => "HTTP_PROXY",
            Self::AwsProxy => "AWS_PROXY",
        }
    }

    /// Returns the kind of this name, in either case.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.as_str().eq_ignore_ascii_case(name))
    }

    /// Returns whether requests and responses pass without mapping templates.
    #[must_use]
    pub fn is_proxy(self) -> bool {
        matches!(self, Self::HttpProxy | Self::AwsProxy)
    }
}

/// How API Gateway reaches a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConnectionType {
    /// The public internet.
    Internet,
    /// A VPC link.
    VpcLink,
}

/// What happens to a request body whose media type has no template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PassthroughBehavior {
    /// It passes.
    WhenNoMatch,
    /// It passes only when there are no templates at all.
    WhenNoTemplates,
    /// It is refused with 415.
    Never,
}

/// How a body is converted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContentHandling {
    /// From base64 text to bytes.
    ConvertToBinary,
    /// From bytes to base64 text.
    ConvertToText,
}

/// TLS settings towards an HTTP backend (shape `TlsConfig`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TlsConfig {
    /// Whether the issuer of the backend's certificate is not checked.
    #[serde(default)]
    pub insecure_skip_verification: bool,
}

/// The time-out of an integration that sets none, in milliseconds.
pub const DEFAULT_TIMEOUT_MILLIS: i64 = 29_000;

impl Integration {
    /// Returns an integration with the defaults that PutIntegration leaves.
    #[must_use]
    pub fn new(integration_type: IntegrationType) -> Self {
        Self {
            integration_type,
            http_method: None,
            uri: None,
            connection_type: None,
            connection_id: None,
            credentials: None,
            request_parameters: None,
            request_templates: None,
            passthrough_behavior: Some(PassthroughBehavior::WhenNoMatch),
            content_handling: None,
            timeout_in_millis: None,
            cache_namespace: None,
            cache_key_parameters: Vec::new(),
            integration_responses: LiteMap::new(),
            tls_config: None,
            response_transfer_mode: None,
            integration_target: None,
        }
    }

    /// Returns the time-out that holds, in milliseconds.
    #[must_use]
    pub fn timeout(&self) -> i64 {
        self.timeout_in_millis.unwrap_or(DEFAULT_TIMEOUT_MILLIS)
    }
}
