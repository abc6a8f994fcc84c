//! The members that the parser knows of each kind of object, and of which type they are.

use crate::source::Node;

/// What the parser asks of a member's value. Of a boolean it asks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Object,
    Array,
    Integer,
    Decimal,
    Any,
}

impl Kind {
    /// Returns the parser's name for the type that a value should have and has not.
    pub(super) fn wanted(self, value: &Node) -> Option<&'static str> {
        let is_plain = value.as_map().is_none() && value.as_seq().is_none();
        match self {
            Self::Text if !is_plain => Some("string"),
            Self::Object if value.as_map().is_none() => Some("object"),
            Self::Array if value.as_seq().is_none() => Some("array"),
            Self::Integer if !is_plain => Some("integer"),
            Self::Decimal if !is_plain => Some("double"),
            _ => None,
        }
    }
}

/// What kind a member of an object is; none where the parser does not know it.
pub(super) type Shape = fn(&str) -> Option<Kind>;

macro_rules! shapes {
    ($($(#[$about:meta])* $shape:ident { $($kind:ident: $($name:literal)|+),+ $(,)? })+) => {
        $(
            $(#[$about])*
            pub(super) fn $shape(name: &str) -> Option<Kind> {
                match name {
                    $($($name)|+ => Some(Kind::$kind),)+
                    _ => None,
                }
            }
        )+
    };
}

shapes! {
    root {
        Text: "openapi",
        Object: "info" | "paths" | "components" | "externalDocs",
        Array: "servers" | "security" | "tags",
    }
    info {
        Text: "title" | "description" | "termsOfService" | "version",
        Object: "contact" | "license",
    }
    contact { Text: "name" | "url" | "email" }
    license { Text: "name" | "url" }
    components {
        Object: "schemas" | "responses" | "parameters" | "examples" | "requestBodies" | "headers" | "securitySchemes"
            | "links" | "callbacks",
    }
    tag { Text: "name" | "description", Object: "externalDocs" }
    external_docs { Text: "description" | "url" }
    server { Text: "url" | "description", Object: "variables" }
    server_variable { Array: "enum", Text: "default" | "description" }
    path_item {
        Any: "$ref",
        Text: "summary" | "description",
        Array: "parameters" | "servers",
        Object: "get" | "put" | "post" | "delete" | "head" | "patch" | "options" | "trace",
    }
    operation {
        Array: "tags" | "parameters" | "security" | "servers",
        Text: "summary" | "description" | "operationId",
        Object: "externalDocs" | "requestBody" | "responses" | "callbacks",
        Any: "deprecated",
    }
    parameter {
        Any: "$ref" | "required" | "deprecated" | "allowEmptyValue" | "explode" | "allowReserved" | "example",
        Text: "name" | "in" | "description" | "style",
        Object: "schema" | "examples" | "content",
    }
    /// The parser takes the members of parameters for those of headers too, and reads fewer of them.
    header {
        Any: "$ref" | "name" | "in" | "required" | "deprecated" | "allowEmptyValue" | "style" | "explode"
            | "allowReserved" | "example",
        Text: "description",
        Object: "schema" | "examples" | "content",
    }
    request_body { Any: "$ref" | "required", Text: "description", Object: "content" }
    response { Any: "$ref", Text: "description", Object: "headers" | "links" | "content" }
    media_type { Object: "schema" | "encoding" | "examples", Any: "example" }
    encoding { Text: "contentType" | "style", Any: "explode" | "allowReserved", Object: "headers" }
    link {
        Any: "$ref",
        Text: "operationRef" | "operationId" | "requestBody" | "description",
        Object: "parameters" | "server",
    }
    example { Any: "$ref" | "value", Text: "summary" | "description" | "externalValue" }
    security_scheme {
        Any: "$ref",
        Text: "type" | "name" | "in" | "description" | "scheme" | "bearerFormat" | "openIdConnectUrl",
        Object: "flows",
    }
    oauth_flows { Object: "implicit" | "password" | "clientCredentials" | "authorizationCode" }
    oauth_flow { Text: "authorizationUrl" | "tokenUrl" | "refreshUrl", Object: "scopes" }
    xml { Text: "name" | "namespace" | "prefix", Any: "attribute" | "wrapped" }
    /// What a schema's `default` and `additionalProperties` should be depends on the schema.
    schema {
        Any: "$ref" | "additionalProperties" | "default" | "example" | "exclusiveMaximum" | "exclusiveMinimum"
            | "uniqueItems" | "nullable" | "readOnly" | "writeOnly" | "deprecated",
        Text: "title" | "pattern" | "type" | "description" | "format",
        Decimal: "multipleOf" | "maximum" | "minimum",
        Integer: "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties",
        Array: "required" | "enum" | "allOf" | "oneOf" | "anyOf",
        Object: "not" | "items" | "properties" | "discriminator" | "xml" | "externalDocs",
    }
}
