//! The Method and MethodResponse entities.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use super::{Integration, SmallMap};

/// A method of a resource (shape `Method`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Method {
    /// The verb in upper case, or `ANY`.
    pub http_method: String,
    /// `NONE`, `AWS_IAM`, `CUSTOM` or `COGNITO_USER_POOLS`
    pub authorization_type: String,
    /// The authorizer's id, for `CUSTOM` and `COGNITO_USER_POOLS`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorizer_id: Option<String>,
    /// Whether callers must send an API key.
    pub api_key_required: bool,
    /// The id of the request validator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_validator_id: Option<String>,
    /// `operationId`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// `method.request.{path,querystring,header}.NAME` to whether it is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_parameters: Option<SmallMap<bool>>,
    /// Media type to model name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_models: Option<SmallMap<String>>,
    /// The declared responses, by status code.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub method_responses: LiteMap<String, MethodResponse>,
    /// What answers the method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method_integration: Option<Integration>,
    /// OAuth scopes, of which a token must hold one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_scopes: Option<Vec<String>>,
}

/// A declared response of a method (shape `MethodResponse`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MethodResponse {
    /// Three digits.
    pub status_code: String,
    /// `method.response.header.NAME` to whether it is required.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<SmallMap<bool>>,
    /// Media type to model name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_models: Option<SmallMap<String>>,
}

impl Method {
    /// Returns an open method that declares nothing.
    #[must_use]
    pub fn new(http_method: impl Into<String>) -> Self {
        Self {
            http_method: http_method.into(),
            authorization_type: "NONE".into(),
            authorizer_id: None,
            api_key_required: false,
            request_validator_id: None,
            operation_name: None,
            request_parameters: None,
            request_models: None,
            method_responses: LiteMap::new(),
            method_integration: None,
            authorization_scopes: None,
        }
    }
}
