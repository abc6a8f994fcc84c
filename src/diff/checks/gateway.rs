//! What API Gateway does differently: the `x-amazon-apigateway-…` extensions.

use super::Effect::Always;
use super::checks;
use crate::diff::Level::{Error, Info, Warning};

checks! {
    /// An operation gets an integration: API Gateway knows what answers it.
    INTEGRATION_ADDED = "gateway-integration-added", Always(Info);
    /// An operation has no integration any more: API Gateway refuses to deploy it.
    INTEGRATION_REMOVED = "gateway-integration-removed", Always(Error);
    /// The kind of integration changes: what the backend gets and what clients get back is made differently.
    INTEGRATION_TYPE_CHANGED = "gateway-integration-type-changed", Always(Warning);
    /// The integration calls another backend.
    INTEGRATION_TARGET_CHANGED = "gateway-integration-target-changed", Always(Warning);
    /// The integration calls the backend with another method.
    INTEGRATION_METHOD_CHANGED = "gateway-integration-method-changed", Always(Warning);
    /// The integration calls the backend with other credentials.
    INTEGRATION_CREDENTIALS_CHANGED = "gateway-integration-credentials-changed", Always(Warning);
    /// The integration reaches the backend another way, such as through a VPC link.
    INTEGRATION_CONNECTION_CHANGED = "gateway-integration-connection-changed", Always(Warning);
    /// API Gateway waits less long for the backend: slow calls end with 504.
    TIMEOUT_LOWERED = "gateway-timeout-lowered", Always(Warning);
    /// API Gateway waits longer for the backend.
    TIMEOUT_RAISED = "gateway-timeout-raised", Always(Info);
    /// Request bodies without a mapping template are refused (415) that passed before.
    PASSTHROUGH_STRICTER = "gateway-passthrough-stricter", Always(Error);
    /// Request bodies without a mapping template pass that were refused (415) before.
    PASSTHROUGH_RELAXED = "gateway-passthrough-relaxed", Always(Info);
    /// Bodies are converted between text and binary differently.
    CONTENT_HANDLING_CHANGED = "gateway-content-handling-changed", Always(Warning);
    /// What a cached response depends on changes.
    CACHE_KEY_CHANGED = "gateway-cache-key-changed", Always(Warning);
    /// What the backend gets from the request's parameters changes.
    REQUEST_MAPPING_CHANGED = "gateway-request-mapping-changed", Always(Warning);
    /// The mapping template that makes the backend's request changes.
    REQUEST_TEMPLATE_CHANGED = "gateway-request-template-changed", Always(Warning);
    /// The response headers are made differently.
    RESPONSE_MAPPING_CHANGED = "gateway-response-mapping-changed", Always(Warning);
    /// The mapping template that makes the response changes.
    RESPONSE_TEMPLATE_CHANGED = "gateway-response-template-changed", Always(Warning);
    /// Only blanks and line breaks of a mapping template change.
    TEMPLATE_WHITESPACE_CHANGED = "gateway-template-whitespace-changed", Always(Info);
    /// An integration response is added.
    INTEGRATION_RESPONSE_ADDED = "gateway-integration-response-added", Always(Info);
    /// An integration response is gone: what it answered is answered by the default one, or with 500.
    INTEGRATION_RESPONSE_REMOVED = "gateway-integration-response-removed", Always(Warning);
    /// An integration response is sent with another status.
    INTEGRATION_STATUS_CHANGED = "gateway-integration-status-changed", Always(Error);
    /// TLS towards the backend is checked differently.
    TLS_CONFIG_CHANGED = "gateway-tls-config-changed", Always(Warning);
    /// A Lambda function gets its event, or answers, in another format.
    PAYLOAD_FORMAT_CHANGED = "gateway-payload-format-changed", Always(Warning);
    /// Another setting of the integration changes.
    INTEGRATION_SETTING_CHANGED = "gateway-integration-setting-changed", Always(Warning);
    /// API Gateway checks more of a request before it passes: bodies or parameters that passed are refused (400).
    VALIDATOR_STRICTER = "gateway-validator-stricter", Always(Error);
    /// API Gateway checks less of a request before it passes.
    VALIDATOR_RELAXED = "gateway-validator-relaxed", Always(Info);
    /// IAM authorization is demanded: unsigned requests are refused.
    IAM_DEMANDED = "gateway-iam-demanded", Always(Error);
    /// IAM authorization is no longer demanded.
    IAM_DROPPED = "gateway-iam-dropped", Always(Warning);
    /// A security scheme gets an authorizer: API Gateway enforces it, where it only described it.
    AUTHORIZER_ADDED = "gateway-authorizer-added", Always(Error);
    /// A security scheme has no authorizer any more: API Gateway no longer enforces it.
    AUTHORIZER_REMOVED = "gateway-authorizer-removed", Always(Warning);
    /// The authorizer is of another kind: it accepts other credentials.
    AUTHORIZER_TYPE_CHANGED = "gateway-authorizer-type-changed", Always(Error);
    /// Another function decides.
    AUTHORIZER_TARGET_CHANGED = "gateway-authorizer-target-changed", Always(Warning);
    /// Requests must have other things for the authorizer to look at; those without are refused (401).
    AUTHORIZER_IDENTITY_CHANGED = "gateway-authorizer-identity-changed", Always(Error);
    /// Tokens must match another expression before the function is asked.
    AUTHORIZER_EXPRESSION_CHANGED = "gateway-authorizer-expression-changed", Always(Warning);
    /// Tokens of a user pool or an issuer are no longer accepted.
    AUTHORIZER_PROVIDER_REMOVED = "gateway-authorizer-provider-removed", Always(Error);
    /// Tokens of another user pool or issuer are accepted.
    AUTHORIZER_PROVIDER_ADDED = "gateway-authorizer-provider-added", Always(Info);
    /// Answers of the authorizer are kept for another time.
    AUTHORIZER_TTL_CHANGED = "gateway-authorizer-ttl-changed", Always(Info);
    /// Another setting of the authorizer changes.
    AUTHORIZER_SETTING_CHANGED = "gateway-authorizer-setting-changed", Always(Warning);
    /// API keys are looked for in another place.
    API_KEY_SOURCE_CHANGED = "gateway-api-key-source-changed", Always(Error);
    /// Browsers of an origin, or with a header or a method, are refused that passed.
    CORS_NARROWED = "gateway-cors-narrowed", Always(Error);
    /// Browsers of more origins, or with more headers or methods, pass.
    CORS_WIDENED = "gateway-cors-widened", Always(Info);
    /// Browsers keep the answer to a preflight request for another time.
    CORS_MAX_AGE_CHANGED = "gateway-cors-max-age-changed", Always(Info);
    /// A gateway response is customised: what API Gateway answers by itself changes.
    GATEWAY_RESPONSE_ADDED = "gateway-response-added", Always(Warning);
    /// A gateway response is no longer customised.
    GATEWAY_RESPONSE_REMOVED = "gateway-response-removed", Always(Warning);
    /// What API Gateway answers by itself changes.
    GATEWAY_RESPONSE_CHANGED = "gateway-response-changed", Always(Warning);
    /// The media types whose bodies are taken for binary change: payloads arrive as Base64, or no longer do.
    BINARY_MEDIA_TYPES_CHANGED = "gateway-binary-media-types-changed", Always(Warning);
    /// The size from which responses are compressed changes.
    COMPRESSION_CHANGED = "gateway-compression-changed", Always(Info);
    /// The default host name of the API refuses calls.
    DEFAULT_ENDPOINT_DISABLED = "gateway-default-endpoint-disabled", Always(Error);
    /// The default host name of the API takes calls.
    DEFAULT_ENDPOINT_ENABLED = "gateway-default-endpoint-enabled", Always(Info);
    /// The type of endpoint, or its VPC endpoints, change: who can reach the API, and how.
    ENDPOINT_CHANGED = "gateway-endpoint-changed", Always(Warning);
    /// The resource policy changes: who may call.
    POLICY_CHANGED = "gateway-policy-changed", Always(Warning);
    /// The least version of TLS, or its ciphers, change.
    SECURITY_POLICY_CHANGED = "gateway-security-policy-changed", Always(Warning);
    /// Another setting of the API changes.
    SETTING_CHANGED = "gateway-setting-changed", Always(Info);
    /// A model's schema, as API Gateway keeps it, differs.
    MODEL_CHANGED = "gateway-model-changed", Always(Info);
    /// What API Gateway keeps of a method differs.
    METHOD_CHANGED = "gateway-method-changed", Always(Warning);
}
