//! OpenAPI 3.0.3, <https://spec.openapis.org/oas/v3.0.3>.

use super::*;

pub(super) static DOCUMENT: Object = object(
    "an OpenAPI document",
    &[
        required("openapi", TEXT),
        required("info", Type::Object(&INFO)),
        member("servers", Type::List(&SERVER_TYPE)),
        required("paths", Type::Object(&PATHS)),
        member("components", Type::Object(&COMPONENTS)),
        member("security", Type::List(&SECURITY_REQUIREMENT_TYPE)),
        member("tags", Type::List(&TAG_TYPE)),
        member("externalDocs", Type::Object(&EXTERNAL_DOCS)),
        // What 3.1 calls `webhooks`, under the name that documents of 3.0 had for it.
        member("x-webhooks", Type::Map(&PATH_ITEM_TYPE)),
    ],
);

static PATH_ITEM_TYPE: Type = Type::Object(&PATH_ITEM);

pub(super) static INFO: Object = object(
    "the info",
    &[
        required("title", TEXT),
        member("description", TEXT),
        member("termsOfService", TEXT),
        member("contact", Type::Object(&CONTACT)),
        member("license", Type::Object(&LICENSE)),
        required("version", TEXT),
    ],
);

pub(super) static CONTACT: Object =
    object("a contact", &[member("name", TEXT), member("url", TEXT), member("email", TEXT)]);

static LICENSE: Object = object("a license", &[required("name", TEXT), member("url", TEXT)]);

pub(super) static SERVER_TYPE: Type = Type::Object(&SERVER);
pub(super) static SERVER: Object = object(
    "a server",
    &[required("url", TEXT), member("description", TEXT), member("variables", Type::Map(&SERVER_VARIABLE_TYPE))],
);

static SERVER_VARIABLE_TYPE: Type = Type::Object(&SERVER_VARIABLE);
static SERVER_VARIABLE: Object =
    object("a server variable", &[member("enum", TEXTS), required("default", TEXT), member("description", TEXT)]);

static PATHS: Object = Object { pattern: Some(Pattern::Path(Type::Object(&PATH_ITEM))), ..object("the paths", &[]) };

static PATH_ITEM: Object = Object {
    referable: true,
    ..object(
        "a path item",
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
        required("responses", Type::Object(&RESPONSES)),
        member("callbacks", Type::Map(&CALLBACK_TYPE)),
        member("deprecated", BOOLEAN),
        member("security", Type::List(&SECURITY_REQUIREMENT_TYPE)),
        member("servers", Type::List(&SERVER_TYPE)),
        // API Gateway's, of the operation that makes an HTTP API's `$default` route.
        member("isDefaultRoute", BOOLEAN),
    ],
);

pub(super) static EXTERNAL_DOCS: Object =
    object("external documentation", &[member("description", TEXT), required("url", TEXT)]);

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
        member("schema", Type::Object(&SCHEMA)),
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
        member("schema", Type::Object(&SCHEMA)),
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
static MEDIA_TYPE: Object = object(
    "a media type",
    &[
        member("schema", Type::Object(&SCHEMA)),
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

pub(super) static EXAMPLE_TYPE: Type = Type::Object(&EXAMPLE);
static EXAMPLE: Object = reusable(
    "an example",
    &["components", "examples"],
    &[member("summary", TEXT), member("description", TEXT), member("value", ANY), member("externalValue", TEXT)],
);

pub(super) static LINK_TYPE: Type = Type::Object(&LINK);
static LINK: Object = reusable(
    "a link",
    &["components", "links"],
    &[
        member("operationRef", TEXT),
        member("operationId", TEXT),
        member("parameters", ANY_MAP),
        member("requestBody", ANY),
        member("description", TEXT),
        member("server", Type::Object(&SERVER)),
    ],
);

pub(super) static TAG_TYPE: Type = Type::Object(&TAG);
static TAG: Object = object(
    "a tag",
    &[required("name", TEXT), member("description", TEXT), member("externalDocs", Type::Object(&EXTERNAL_DOCS))],
);

static SCHEMA_TYPE: Type = Type::Object(&SCHEMA);
pub(super) static SCHEMA: Object = reusable(
    "a schema",
    &["components", "schemas"],
    &[
        member("title", TEXT),
        member("multipleOf", NUMBER),
        member("maximum", NUMBER),
        member("exclusiveMaximum", BOOLEAN),
        member("minimum", NUMBER),
        member("exclusiveMinimum", BOOLEAN),
        member("maxLength", INTEGER),
        member("minLength", INTEGER),
        member("pattern", TEXT),
        member("maxItems", INTEGER),
        member("minItems", INTEGER),
        member("uniqueItems", BOOLEAN),
        member("maxProperties", INTEGER),
        member("minProperties", INTEGER),
        member("required", TEXTS),
        member("enum", ANYS),
        member("type", TEXT),
        member("allOf", Type::List(&SCHEMA_TYPE)),
        member("oneOf", Type::List(&SCHEMA_TYPE)),
        member("anyOf", Type::List(&SCHEMA_TYPE)),
        member("not", Type::Object(&SCHEMA)),
        member("items", Type::Object(&SCHEMA)),
        member("properties", Type::Map(&SCHEMA_TYPE)),
        member("additionalProperties", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
        member("description", TEXT),
        member("format", TEXT),
        member("default", ANY),
        member("nullable", BOOLEAN),
        member("discriminator", Type::Object(&DISCRIMINATOR)),
        member("readOnly", BOOLEAN),
        member("writeOnly", BOOLEAN),
        member("xml", Type::Object(&XML)),
        member("externalDocs", Type::Object(&EXTERNAL_DOCS)),
        member("example", ANY),
        member("deprecated", BOOLEAN),
    ],
);

pub(super) static DISCRIMINATOR: Object =
    object("a discriminator", &[required("propertyName", TEXT), member("mapping", TEXT_MAP)]);

pub(super) static XML: Object = object(
    "an xml object",
    &[
        member("name", TEXT),
        member("namespace", TEXT),
        member("prefix", TEXT),
        member("attribute", BOOLEAN),
        member("wrapped", BOOLEAN),
    ],
);

pub(super) static SECURITY_SCHEME_TYPE: Type = Type::Object(&SECURITY_SCHEME);
static SECURITY_SCHEME: Object = reusable(
    "a security scheme",
    &["components", "securitySchemes"],
    &[
        required("type", TEXT),
        member("description", TEXT),
        member("name", TEXT),
        member("in", TEXT),
        member("scheme", TEXT),
        member("bearerFormat", TEXT),
        member("flows", Type::Object(&OAUTH_FLOWS)),
        member("openIdConnectUrl", TEXT),
    ],
);

static OAUTH_FLOWS: Object = object(
    "the OAuth flows",
    &[
        member("implicit", Type::Object(&OAUTH_FLOW)),
        member("password", Type::Object(&OAUTH_FLOW)),
        member("clientCredentials", Type::Object(&OAUTH_FLOW)),
        member("authorizationCode", Type::Object(&OAUTH_FLOW)),
    ],
);

static OAUTH_FLOW: Object = object(
    "an OAuth flow",
    &[
        member("authorizationUrl", TEXT),
        member("tokenUrl", TEXT),
        member("refreshUrl", TEXT),
        required("scopes", TEXT_MAP),
    ],
);

pub(super) static SECURITY_REQUIREMENT_TYPE: Type = Type::Map(&SCOPES);
static SCOPES: Type = TEXTS;

static COMPONENTS: Object = object(
    "the components",
    &[
        member("schemas", Type::Map(&SCHEMA_TYPE)),
        member("responses", Type::Map(&RESPONSE_TYPE)),
        member("parameters", Type::Map(&PARAMETER_TYPE)),
        member("examples", Type::Map(&EXAMPLE_TYPE)),
        member("requestBodies", Type::Map(&REQUEST_BODY_TYPE)),
        member("headers", Type::Map(&HEADER_TYPE)),
        member("securitySchemes", Type::Map(&SECURITY_SCHEME_TYPE)),
        member("links", Type::Map(&LINK_TYPE)),
        member("callbacks", Type::Map(&CALLBACK_TYPE)),
        member("x-amazon-apigateway-integrations", Type::Map(&BINDING_ITEM)),
    ],
);
