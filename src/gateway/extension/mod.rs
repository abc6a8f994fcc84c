//! The `x-amazon-apigateway-*` extensions: which there are, where they may stand, what is in them.
//!
//! One file per extension that has members; each gives a typed value and the problems found while
//! reading it. What API Gateway does about a problem is not decided here.

mod http_integration;
mod members;
mod names;
mod x_amazon_apigateway_auth;
mod x_amazon_apigateway_authorizer;
mod x_amazon_apigateway_cors;
mod x_amazon_apigateway_documentation;
mod x_amazon_apigateway_endpoint_configuration;
mod x_amazon_apigateway_gateway_responses;
mod x_amazon_apigateway_integration;
mod x_amazon_apigateway_request_validators;

pub use http_integration::HttpIntegrationExtension;
pub use members::{Problem, ProblemKind};
pub use names::{ALL, Apis, Extension, PREFIX, Position, extension, nearest, nearest_first, nearest_of};
pub use x_amazon_apigateway_auth::AuthExtension;
pub use x_amazon_apigateway_authorizer::AuthorizerExtension;
pub use x_amazon_apigateway_cors::CorsExtension;
pub use x_amazon_apigateway_documentation::{DocumentationExtension, LOCATION_TYPES, LocationType, location_type};
pub use x_amazon_apigateway_endpoint_configuration::EndpointConfigurationExtension;
pub use x_amazon_apigateway_gateway_responses::{
    GatewayResponseExtension, RESPONSE_TYPES, ResponseType, response_type,
};
pub use x_amazon_apigateway_integration::{IntegrationExtension, IntegrationResponseExtension, RequestParameter};
pub use x_amazon_apigateway_request_validators::RequestValidatorExtension;

/// `x-amazon-apigateway-any-method`
pub const ANY_METHOD: &str = "x-amazon-apigateway-any-method";
/// `x-amazon-apigateway-api-key-source`
pub const API_KEY_SOURCE: &str = "x-amazon-apigateway-api-key-source";
/// `x-amazon-apigateway-auth`
pub const AUTH: &str = "x-amazon-apigateway-auth";
/// `x-amazon-apigateway-authorizer`
pub const AUTHORIZER: &str = "x-amazon-apigateway-authorizer";
/// `x-amazon-apigateway-authtype`
pub const AUTHTYPE: &str = "x-amazon-apigateway-authtype";
/// `x-amazon-apigateway-binary-media-types`
pub const BINARY_MEDIA_TYPES: &str = "x-amazon-apigateway-binary-media-types";
/// `x-amazon-apigateway-cors`
pub const CORS: &str = "x-amazon-apigateway-cors";
/// `x-amazon-apigateway-documentation`
pub const DOCUMENTATION: &str = "x-amazon-apigateway-documentation";
/// `x-amazon-apigateway-endpoint-access-mode`
pub const ENDPOINT_ACCESS_MODE: &str = "x-amazon-apigateway-endpoint-access-mode";
/// `x-amazon-apigateway-endpoint-configuration`
pub const ENDPOINT_CONFIGURATION: &str = "x-amazon-apigateway-endpoint-configuration";
/// `x-amazon-apigateway-gateway-responses`
pub const GATEWAY_RESPONSES: &str = "x-amazon-apigateway-gateway-responses";
/// `x-amazon-apigateway-importexport-version`
pub const IMPORTEXPORT_VERSION: &str = "x-amazon-apigateway-importexport-version";
/// `x-amazon-apigateway-integration`
pub const INTEGRATION: &str = "x-amazon-apigateway-integration";
/// `x-amazon-apigateway-integrations`
pub const INTEGRATIONS: &str = "x-amazon-apigateway-integrations";
/// `x-amazon-apigateway-minimum-compression-size`
pub const MINIMUM_COMPRESSION_SIZE: &str = "x-amazon-apigateway-minimum-compression-size";
/// `x-amazon-apigateway-policy`
pub const POLICY: &str = "x-amazon-apigateway-policy";
/// `x-amazon-apigateway-request-validator`
pub const REQUEST_VALIDATOR: &str = "x-amazon-apigateway-request-validator";
/// `x-amazon-apigateway-request-validators`
pub const REQUEST_VALIDATORS: &str = "x-amazon-apigateway-request-validators";
/// `x-amazon-apigateway-security-policy`
pub const SECURITY_POLICY: &str = "x-amazon-apigateway-security-policy";
/// `x-amazon-apigateway-tag-value`
pub const TAG_VALUE: &str = "x-amazon-apigateway-tag-value";
