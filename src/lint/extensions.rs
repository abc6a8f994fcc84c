//! API Gateway's extensions of OpenAPI, and the places they belong to.

/// A place of a document that extensions stand at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Root,
    PathItem,
    Operation,
    SecurityScheme,
    Server,
    Tag,
    Components,
    Other,
}

impl Place {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Root => "the root",
            Self::PathItem => "a path",
            Self::Operation => "an operation",
            Self::SecurityScheme => "a security scheme",
            Self::Server => "a server",
            Self::Tag => "a tag",
            Self::Components => "`components`",
            Self::Other => "this place",
        }
    }
}

/// The extensions and where they belong, as the developer guide's pages say.
pub(super) const EXTENSIONS: [(&str, &[Place]); 20] = [
    ("x-amazon-apigateway-any-method", &[Place::PathItem]),
    ("x-amazon-apigateway-api-key-source", &[Place::Root]),
    ("x-amazon-apigateway-auth", &[Place::Operation]),
    ("x-amazon-apigateway-authorizer", &[Place::SecurityScheme]),
    ("x-amazon-apigateway-authtype", &[Place::SecurityScheme]),
    ("x-amazon-apigateway-binary-media-types", &[Place::Root]),
    ("x-amazon-apigateway-cors", &[Place::Root]),
    ("x-amazon-apigateway-documentation", &[Place::Root]),
    ("x-amazon-apigateway-endpoint-configuration", &[Place::Server, Place::Root]),
    ("x-amazon-apigateway-gateway-responses", &[Place::Root]),
    ("x-amazon-apigateway-importexport-version", &[Place::Root]),
    ("x-amazon-apigateway-integration", &[Place::Operation]),
    ("x-amazon-apigateway-integrations", &[Place::Components]),
    ("x-amazon-apigateway-minimum-compression-size", &[Place::Root]),
    ("x-amazon-apigateway-policy", &[Place::Root]),
    ("x-amazon-apigateway-request-validator", &[Place::Root, Place::Operation]),
    ("x-amazon-apigateway-request-validators", &[Place::Root]),
    ("x-amazon-apigateway-tag-value", &[Place::Tag]),
    ("x-amazon-apigateway-security-policy", &[Place::Root, Place::Server]),
    ("x-amazon-apigateway-endpoint-access-mode", &[Place::Root, Place::Server]),
];

/// The members of an integration.
pub(super) const INTEGRATION_MEMBERS: [&str; 20] = [
    "type",
    "uri",
    "httpMethod",
    "credentials",
    "payloadFormatVersion",
    "integrationSubtype",
    "connectionType",
    "connectionId",
    "integrationTarget",
    "responseTransferMode",
    "passthroughBehavior",
    "contentHandling",
    "timeoutInMillis",
    "cacheNamespace",
    "cacheKeyParameters",
    "requestParameters",
    "requestTemplates",
    "responses",
    "responseParameters",
    "tlsConfig",
];

/// The members of an authorizer.
pub(super) const AUTHORIZER_MEMBERS: [&str; 11] = [
    "type",
    "authorizerUri",
    "authorizerCredentials",
    "authorizerPayloadFormatVersion",
    "enableSimpleResponses",
    "identitySource",
    "identityValidationExpression",
    "authorizerResultTtlInSeconds",
    "providerARNs",
    "jwtConfiguration",
    "name",
];

/// Returns the members of API Gateway that can be written under keys, of which the nearest is the first.
pub(super) fn members(parents: &[&str]) -> Vec<&'static str> {
    let Some(nearest) = parents.first() else { return at(Place::Root) };
    match *nearest {
        "x-amazon-apigateway-integration" => INTEGRATION_MEMBERS.to_vec(),
        "x-amazon-apigateway-authorizer" => AUTHORIZER_MEMBERS.to_vec(),
        "components" => at(Place::Components),
        "servers" => at(Place::Server),
        "tags" => at(Place::Tag),
        "x-amazon-apigateway-any-method" => at(Place::Operation),
        key if crate::openapi::Method::from_key(key).is_some() => at(Place::Operation),
        key if key.starts_with('/') => at(Place::PathItem),
        _ if parents.get(1) == Some(&"securitySchemes") => at(Place::SecurityScheme),
        _ => Vec::new(),
    }
}

fn at(place: Place) -> Vec<&'static str> {
    EXTENSIONS.iter().filter(|(_, places)| places.contains(&place)).map(|(name, _)| *name).collect()
}
