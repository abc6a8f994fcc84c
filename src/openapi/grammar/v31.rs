//! OpenAPI 3.1.1, <https://spec.openapis.org/oas/v3.1.1>. What is as in 3.0 is taken from there.

use super::v30::{
    CONTACT, DISCRIMINATOR, EXAMPLE_TYPE, EXTERNAL_DOCS, LINK_TYPE, SECURITY_REQUIREMENT_TYPE, SECURITY_SCHEME_TYPE,
    SERVER_TYPE, TAG_TYPE, XML,
};
use super::*;

pub(super) static DOCUMENT: Object = object(
    "an OpenAPI document",
    &[
        required("openapi", TEXT),
        required("info", Type::Object(&INFO)),
        member("servers", Type::List(&SERVER_TYPE)),
        member("jsonSchemaDialect", TEXT),
        member("paths", Type::Object(&PATHS)),
        member("webhooks", Type::Map(&PATH_ITEM_TYPE)),
        member("components", Type::Object(&COMPONENTS)),
        member("security", Type::List(&SECURITY_REQUIREMENT_TYPE)),
        member("tags", Type::List(&TAG_TYPE)),
        member("externalDocs", Type::Object(&EXTERNAL_DOCS)),
    ],
);

pub(super) static INFO: Object = object(
    "the info",
    &[
        required("title", TEXT),
        member("summary", TEXT),
        member("description", TEXT),
        member("termsOfService", TEXT),
        member("contact", Type::Object(&CONTACT)),
        member("license", Type::Object(&LICENSE)),
        required("version", TEXT),
    ],
);

static LICENSE: Object =
    object("a license", &[required("name", TEXT), member("identifier", TEXT), member("url", TEXT)]);

static PATHS: Object = Object { pattern: Some(Pattern::Path(Type::Object(&PATH_ITEM))), ..object("the paths", &[]) };

static PATH_ITEM_TYPE: Type = Type::Object(&PATH_ITEM);
static PATH_ITEM: Object = Object {
    ..reusable(
        "a path item",
        &["components", "pathItems"],
        &[
            member("$ref", TEXT),
            member("summary", TEXT),
            member("description", TEXT),
            member("get", Type::Object(&OPERATION)),
            member("put", Type::Object(&OPERATION)),
            member("post", Type::Object(&OPERATION)),
            member("delete", Type::Object(&OPERATION)),
            member("options", Type::Object(&OPERATION)),
            member("head", Type::Object(&OPERATION)),
            member("patch", Type::Object(&OPERATION)),
            member("trace", Type::Object(&OPERATION)),
            member("x-amazon-apigateway-any-method", Type::Object(&OPERATION)),
            member("servers", Type::List(&SERVER_TYPE)),
            member("parameters", Type::List(&PARAMETER_TYPE)),
        ],
    )
};

static OPERATION: Object = object(
    "an operation",
    &[
        member("tags", TEXTS),
        member("summary", TEXT),
        member("description", TEXT),
        member("externalDocs", Type::Object(&EXTERNAL_DOCS)),
        member("operationId", TEXT),
        member("parameters", Type::List(&PARAMETER_TYPE)),
        member("requestBody", Type::Object(&REQUEST_BODY)),
        member("responses", Type::Object(&RESPONSES)),
        member("callbacks", Type::Map(&CALLBACK_TYPE)),
        member("deprecated", BOOLEAN),
        member("security", Type::List(&SECURITY_REQUIREMENT_TYPE)),
        member("servers", Type::List(&SERVER_TYPE)),
        // API Gateway's, of the operation that makes an HTTP API's `$default` route.
        member("isDefaultRoute", BOOLEAN),
    ],
);

static PARAMETER_TYPE: Type = Type::Object(&PARAMETER);
static PARAMETER: Object = reusable(
    "a parameter",
    &["components", "parameters"],
    &[
        required("name", TEXT),
        required("in", TEXT),
        member("description", TEXT),
        member("required", BOOLEAN),
        member("deprecated", BOOLEAN),
        member("allowEmptyValue", BOOLEAN),
        member("style", TEXT),
        member("explode", BOOLEAN),
        member("allowReserved", BOOLEAN),
        member("schema", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
        member("example", ANY),
        member("examples", Type::Map(&EXAMPLE_TYPE)),
        member("content", Type::Map(&MEDIA_TYPE_TYPE)),
    ],
);

static HEADER_TYPE: Type = Type::Object(&HEADER);
static HEADER: Object = reusable(
    "a header",
    &["components", "headers"],
    &[
        member("description", TEXT),
        member("required", BOOLEAN),
        member("deprecated", BOOLEAN),
        member("allowEmptyValue", BOOLEAN),
        member("style", TEXT),
        member("explode", BOOLEAN),
        member("allowReserved", BOOLEAN),
        member("schema", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
        member("example", ANY),
        member("examples", Type::Map(&EXAMPLE_TYPE)),
        member("content", Type::Map(&MEDIA_TYPE_TYPE)),
    ],
);

static REQUEST_BODY_TYPE: Type = Type::Object(&REQUEST_BODY);
static REQUEST_BODY: Object = reusable(
    "a request body",
    &["components", "requestBodies"],
    &[member("description", TEXT), required("content", Type::Map(&MEDIA_TYPE_TYPE)), member("required", BOOLEAN)],
);

static MEDIA_TYPE_TYPE: Type = Type::Object(&MEDIA_TYPE);
/// 3.2 has these among the components.
static MEDIA_TYPE: Object = reusable(
    "a media type",
    &["components", "mediaTypes"],
    &[
        member("schema", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
        member("itemSchema", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
        member("example", ANY),
        member("examples", Type::Map(&EXAMPLE_TYPE)),
        member("encoding", Type::Map(&ENCODING_TYPE)),
    ],
);

static ENCODING_TYPE: Type = Type::Object(&ENCODING);
static ENCODING: Object = object(
    "an encoding",
    &[
        member("contentType", TEXT),
        member("headers", Type::Map(&HEADER_TYPE)),
        member("style", TEXT),
        member("explode", BOOLEAN),
        member("allowReserved", BOOLEAN),
    ],
);

static RESPONSES: Object =
    Object { pattern: Some(Pattern::Status(Type::Object(&RESPONSE))), ..object("the responses", &[]) };

static RESPONSE_TYPE: Type = Type::Object(&RESPONSE);
static RESPONSE: Object = reusable(
    "a response",
    &["components", "responses"],
    &[
        required("description", TEXT),
        member("headers", Type::Map(&HEADER_TYPE)),
        member("content", Type::Map(&MEDIA_TYPE_TYPE)),
        member("links", Type::Map(&LINK_TYPE)),
    ],
);

static CALLBACK_TYPE: Type = Type::Object(&CALLBACK);
static CALLBACK: Object = Object {
    pattern: Some(Pattern::Name(Type::Object(&PATH_ITEM))),
    ..reusable("a callback", &["components", "callbacks"], &[])
};

/// A schema, or `true` or `false`.
pub(super) static SCHEMA_ITEM: Type = Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN]);

/// A schema of JSON Schema 2020-12, which allows keywords of one's own.
pub(super) static SCHEMA: Object = Object {
    open: true,
    ..reusable(
        "a schema",
        &["components", "schemas"],
        &[
            member("$id", TEXT),
            member("$schema", TEXT),
            member("$anchor", TEXT),
            member("$dynamicRef", TEXT),
            member("$dynamicAnchor", TEXT),
            member("$vocabulary", ANY),
            member("$comment", TEXT),
            member("$defs", Type::Map(&SCHEMA_ITEM)),
            member("definitions", Type::Map(&SCHEMA_ITEM)),
            member("allOf", Type::List(&SCHEMA_ITEM)),
            member("anyOf", Type::List(&SCHEMA_ITEM)),
            member("oneOf", Type::List(&SCHEMA_ITEM)),
            member("not", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("if", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("then", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("else", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("dependentSchemas", Type::Map(&SCHEMA_ITEM)),
            member("prefixItems", Type::List(&SCHEMA_ITEM)),
            member("items", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("contains", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("properties", Type::Map(&SCHEMA_ITEM)),
            member("patternProperties", Type::Map(&SCHEMA_ITEM)),
            member("additionalProperties", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("propertyNames", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("unevaluatedItems", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("unevaluatedProperties", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("type", Type::OneOf(&[TEXT, TEXTS])),
            member("enum", ANYS),
            member("const", ANY),
            member("multipleOf", NUMBER),
            member("maximum", NUMBER),
            member("exclusiveMaximum", NUMBER),
            member("minimum", NUMBER),
            member("exclusiveMinimum", NUMBER),
            member("maxLength", INTEGER),
            member("minLength", INTEGER),
            member("pattern", TEXT),
            member("maxItems", INTEGER),
            member("minItems", INTEGER),
            member("uniqueItems", BOOLEAN),
            member("maxContains", INTEGER),
            member("minContains", INTEGER),
            member("maxProperties", INTEGER),
            member("minProperties", INTEGER),
            member("required", TEXTS),
            member("dependentRequired", ANY_MAP),
            member("format", TEXT),
            member("contentEncoding", TEXT),
            member("contentMediaType", TEXT),
            member("contentSchema", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
            member("title", TEXT),
            member("description", TEXT),
            member("default", ANY),
            member("deprecated", BOOLEAN),
            member("readOnly", BOOLEAN),
            member("writeOnly", BOOLEAN),
            member("examples", ANYS),
            member("discriminator", Type::Object(&DISCRIMINATOR)),
            member("xml", Type::Object(&XML)),
            member("externalDocs", Type::Object(&EXTERNAL_DOCS)),
            member("example", ANY),
        ],
    )
};

static COMPONENTS: Object = object(
    "the components",
    &[
        member("schemas", Type::Map(&SCHEMA_ITEM)),
        member("responses", Type::Map(&RESPONSE_TYPE)),
        member("parameters", Type::Map(&PARAMETER_TYPE)),
        member("examples", Type::Map(&EXAMPLE_TYPE)),
        member("requestBodies", Type::Map(&REQUEST_BODY_TYPE)),
        member("headers", Type::Map(&HEADER_TYPE)),
        member("securitySchemes", Type::Map(&SECURITY_SCHEME_TYPE)),
        member("links", Type::Map(&LINK_TYPE)),
        member("callbacks", Type::Map(&CALLBACK_TYPE)),
        member("pathItems", Type::Map(&PATH_ITEM_TYPE)),
        member("mediaTypes", Type::Map(&MEDIA_TYPE_TYPE)),
        member("x-amazon-apigateway-integrations", Type::Map(&BINDING_ITEM)),
    ],
);
