//! The RestApi entity.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// A REST API: its settings, without what its document defines.
///
/// Members as in the service model `apigateway` 2015-07-09, shape `RestApi`; serialized as on the wire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RestApi {
    /// Ten lower-case letters and digits.
    pub id: String,
    /// `info.title`
    pub name: String,
    /// `info.description`; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Seconds since 1970.
    pub created_date: i64,
    /// `info.version`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What the last import warned of; in the answer to an import only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Media types treated as binary, in the order they were added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub binary_media_types: Vec<String>,
    /// Bytes (0 to 10485760) from which responses are compressed; absent is never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_compression_size: Option<i64>,
    /// `HEADER` or `AUTHORIZER`
    pub api_key_source: String,
    /// Where the API can be reached from.
    pub endpoint_configuration: EndpointConfiguration,
    /// The resource policy, a JSON text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// AWS tags.
    #[serde(default)]
    pub tags: IndexMap<String, String>,
    /// Whether the default `execute-api` host is switched off.
    pub disable_execute_api_endpoint: bool,
    /// The id of the resource `/`.
    pub root_resource_id: String,
    /// The TLS policy of the API's own host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_policy: Option<String>,
    /// `BASIC` or `STRICT`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint_access_mode: Option<String>,
}

/// Where a REST API can be reached from (shape `EndpointConfiguration`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointConfiguration {
    /// One of `EDGE`, `REGIONAL`, `PRIVATE`.
    pub types: Vec<String>,
    /// `ipv4` or `dualstack`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
    /// VPC endpoints of a private API.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vpc_endpoint_ids: Vec<String>,
}

impl Default for EndpointConfiguration {
    fn default() -> Self {
        Self { types: vec!["EDGE".into()], ip_address_type: Some("ipv4".into()), vpc_endpoint_ids: Vec::new() }
    }
}

impl RestApi {
    /// Returns an API with the settings that CreateRestApi leaves when only a name is given.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>, created_date: i64) -> Self {
        Self {
            id: id.into(),
            name: name.into(),
            description: None,
            created_date,
            version: None,
            warnings: Vec::new(),
            binary_media_types: Vec::new(),
            minimum_compression_size: None,
            api_key_source: "HEADER".into(),
            endpoint_configuration: EndpointConfiguration::default(),
            policy: None,
            tags: IndexMap::new(),
            disable_execute_api_endpoint: false,
            root_resource_id: String::new(),
            security_policy: None,
            endpoint_access_mode: None,
        }
    }
}
