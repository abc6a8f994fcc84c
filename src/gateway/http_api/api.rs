//! The Api entity and its CORS settings.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

/// What HTTP APIs select routes by; it cannot be changed.
pub const ROUTE_SELECTION: &str = "$request.method $request.path";
/// Where API keys would be; HTTP APIs have none.
const API_KEY_SELECTION: &str = "$request.header.x-api-key";

/// The settings of an HTTP API (shape `Api`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Api {
    /// `https://{id}.execute-api.{region}.amazonaws.com`
    pub api_endpoint: String,
    /// Whether quick create made it and manages it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_gateway_managed: Option<bool>,
    /// Ten lower-case letters and digits.
    pub api_id: String,
    /// `$request.header.x-api-key`
    pub api_key_selection_expression: String,
    /// Who may call from a web page of another origin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cors_configuration: Option<Cors>,
    /// ISO 8601
    pub created_date: String,
    /// `info.description`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the default `execute-api` host is switched off.
    pub disable_execute_api_endpoint: bool,
    /// What the last import did not use; in the answer to an import only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub import_info: Vec<String>,
    /// `ipv4` or `dualstack`
    pub ip_address_type: String,
    /// `info.title`
    pub name: String,
    /// `HTTP`
    pub protocol_type: String,
    /// `$request.method $request.path`
    pub route_selection_expression: String,
    /// AWS tags.
    #[serde(default)]
    pub tags: IndexMap<String, String>,
    /// `info.version`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What the last import warned of; in the answer to an import only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl Api {
    /// Returns an API with the settings that CreateApi leaves when only a name is given. `now` is in seconds since 1970.
    #[must_use]
    pub fn new(id: impl Into<String>, name: impl Into<String>, region: &str, now: i64) -> Self {
        let api_id = id.into();
        Self {
            api_endpoint: format!("https://{api_id}.execute-api.{region}.amazonaws.com"),
            api_gateway_managed: None,
            api_id,
            api_key_selection_expression: API_KEY_SELECTION.to_owned(),
            cors_configuration: None,
            created_date: iso8601(now),
            description: None,
            disable_execute_api_endpoint: false,
            import_info: Vec::new(),
            ip_address_type: "ipv4".to_owned(),
            name: name.into(),
            protocol_type: "HTTP".to_owned(),
            route_selection_expression: ROUTE_SELECTION.to_owned(),
            tags: IndexMap::new(),
            version: None,
            warnings: Vec::new(),
        }
    }
}

/// Who may call an API from a web page of another origin (shape `Cors`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cors {
    /// Whether credentials may be sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_credentials: Option<bool>,
    /// Header names in small letters, or `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_headers: Option<Vec<String>>,
    /// Verbs, or `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_methods: Option<Vec<String>>,
    /// Origins, or `*`, `http://*`, `https://*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allow_origins: Option<Vec<String>>,
    /// Header names in small letters, or `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expose_headers: Option<Vec<String>>,
    /// Seconds, -1 to 86400.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i64>,
}

impl Cors {
    /// Returns the names of headers as the services keep them: in small letters. Verbs and origins stay as they are
    /// (settings of deployed APIs and functions, read back; exports).
    #[must_use]
    pub fn header_names(names: &[String]) -> Vec<String> {
        names.iter().map(|name| name.to_ascii_lowercase()).collect()
    }

    /// Returns why API Gateway would refuse these settings.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        let origins = self.allow_origins.as_deref().unwrap_or_default();
        if let Some(origin) = origins.iter().find(|o| !is_origin(o)) {
            return Some(format!("Invalid format for origin {origin}"));
        }
        if self.allow_credentials == Some(true) && origins.iter().any(|o| o == "*") {
            return Some("allow-credentials is not supported if 'allow-origin' is *".to_owned());
        }
        if let Some(age) = self.max_age.filter(|age| !(-1..=86_400).contains(age)) {
            return Some(format!("Invalid maxAge {age}. It must be between -1 and 86400"));
        }
        const VERBS: [&str; 9] = ["*", "GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"];
        let methods = self.allow_methods.iter().flatten();
        methods
            .into_iter()
            .find(|m| !VERBS.iter().any(|v| v.eq_ignore_ascii_case(m)))
            .map(|method| format!("Invalid method {method} in allowMethods"))
    }
}

/// Returns whether API Gateway takes an origin: those of apps and of a browser's extensions, with a scheme of their
/// own, are refused (reports of users).
fn is_origin(origin: &str) -> bool {
    origin == "*"
        || origin.split_once("://").is_some_and(|(scheme, rest)| {
            ["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
                && !rest.is_empty()
                && !rest.contains(char::is_whitespace)
        })
}

/// Returns seconds since 1970 as `2024-01-31T12:00:00Z`.
#[must_use]
pub fn iso8601(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map(|t| t.to_string()).unwrap_or_default()
}
