//! Swagger 2.0, <https://spec.openapis.org/oas/v2.0>.

use super::v30::{CONTACT, EXTERNAL_DOCS, SECURITY_REQUIREMENT_TYPE, TAG_TYPE, XML};
use super::*;

pub(super) static DOCUMENT: Object = object(
    "a Swagger document",
    &[
        required("swagger", TEXT),
        required("info", Type::Object(&INFO)),
        member("host", TEXT),
        member("basePath", TEXT),
        member("schemes", TEXTS),
        member("consumes", TEXTS),
        member("produces", TEXTS),
        required("paths", Type::Object(&PATHS)),
        member("definitions", Type::Map(&SCHEMA_TYPE)),
        member("parameters", Type::Map(&PARAMETER_TYPE)),
        member("responses", Type::Map(&RESPONSE_TYPE)),
        member("securityDefinitions", Type::Map(&SECURITY_SCHEME_TYPE)),
        member("security", Type::List(&SECURITY_REQUIREMENT_TYPE)),
        member("tags", Type::List(&TAG_TYPE)),
        member("externalDocs", Type::Object(&EXTERNAL_DOCS)),
    ],
);

static INFO: Object = object(
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

static LICENSE: Object = object("a license", &[required("name", TEXT), member("url", TEXT)]);

static PATHS: Object = Object { pattern: Some(Pattern::Path(Type::Object(&PATH_ITEM))), ..object("the paths", &[]) };

static PATH_ITEM: Object = Object {
    referable: true,
    ..object(
        "a path item",
        &[
            member("$ref", TEXT),
            member("get", Type::Object(&OPERATION)),
            member("put", Type::Object(&OPERATION)),
            member("post", Type::Object(&OPERATION)),
            member("delete", Type::Object(&OPERATION)),
            member("options", Type::Object(&OPERATION)),
            member("head", Type::Object(&OPERATION)),
            member("patch", Type::Object(&OPERATION)),
            member("x-amazon-apigateway-any-method", Type::Object(&OPERATION)),
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
        member("consumes", TEXTS),
        member("produces", TEXTS),
        member("parameters", Type::List(&PARAMETER_TYPE)),
        required("responses", Type::Object(&RESPONSES)),
        member("schemes", TEXTS),
        member("deprecated", BOOLEAN),
        member("security", Type::List(&SECURITY_REQUIREMENT_TYPE)),
    ],
);

static PARAMETER_TYPE: Type = Type::Object(&PARAMETER);
static PARAMETER: Object = reusable(
    "a parameter",
    &["parameters"],
    &[
        required("name", TEXT),
        required("in", TEXT),
        member("description", TEXT),
        member("required", BOOLEAN),
        member("schema", Type::Object(&SCHEMA)),
        member("type", TEXT),
        member("format", TEXT),
        member("allowEmptyValue", BOOLEAN),
        member("items", Type::Object(&ITEMS)),
        member("collectionFormat", TEXT),
        member("default", ANY),
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
        member("enum", ANYS),
        member("multipleOf", NUMBER),
    ],
);

static ITEMS: Object = object(
    "the items",
    &[
        required("type", TEXT),
        member("format", TEXT),
        member("items", Type::Object(&ITEMS)),
        member("collectionFormat", TEXT),
        member("default", ANY),
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
        member("enum", ANYS),
        member("multipleOf", NUMBER),
    ],
);

static HEADER_TYPE: Type = Type::Object(&HEADER);
static HEADER: Object = object(
    "a header",
    &[
        member("description", TEXT),
        required("type", TEXT),
        member("format", TEXT),
        member("items", Type::Object(&ITEMS)),
        member("collectionFormat", TEXT),
        member("default", ANY),
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
        member("enum", ANYS),
        member("multipleOf", NUMBER),
    ],
);

static RESPONSES: Object =
    Object { pattern: Some(Pattern::Status(Type::Object(&RESPONSE))), ..object("the responses", &[]) };

static RESPONSE_TYPE: Type = Type::Object(&RESPONSE);
static RESPONSE: Object = reusable(
    "a response",
    &["responses"],
    &[
        required("description", TEXT),
        member("schema", Type::Object(&SCHEMA)),
        member("headers", Type::Map(&HEADER_TYPE)),
        member("examples", ANY_MAP),
    ],
);

static SCHEMA_TYPE: Type = Type::Object(&SCHEMA);
pub(super) static SCHEMA: Object = reusable(
    "a schema",
    &["definitions"],
    &[
        member("format", TEXT),
        member("title", TEXT),
        member("description", TEXT),
        member("default", ANY),
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
        member("type", Type::OneOf(&[TEXT, TEXTS])),
        member("items", Type::OneOf(&[Type::Object(&SCHEMA), Type::List(&SCHEMA_TYPE)])),
        member("allOf", Type::List(&SCHEMA_TYPE)),
        member("properties", Type::Map(&SCHEMA_TYPE)),
        member("additionalProperties", Type::OneOf(&[Type::Object(&SCHEMA), BOOLEAN])),
        member("discriminator", TEXT),
        member("readOnly", BOOLEAN),
        member("xml", Type::Object(&XML)),
        member("externalDocs", Type::Object(&EXTERNAL_DOCS)),
        member("example", ANY),
        member("oneOf", Type::List(&SCHEMA_TYPE)),
        member("anyOf", Type::List(&SCHEMA_TYPE)),
        member("not", Type::Object(&SCHEMA)),
        // What converters to 2.0 call what only 3.0 has.
        member("x-oneOf", Type::List(&SCHEMA_TYPE)),
        member("x-anyOf", Type::List(&SCHEMA_TYPE)),
        member("x-not", Type::Object(&SCHEMA)),
    ],
);

static SECURITY_SCHEME_TYPE: Type = Type::Object(&SECURITY_SCHEME);
static SECURITY_SCHEME: Object = Object {
    referable: true,
    home: Some(&["securityDefinitions"]),
    ..object(
        "a security definition",
        &[
            required("type", TEXT),
            member("description", TEXT),
            member("name", TEXT),
            member("in", TEXT),
            member("flow", TEXT),
            member("authorizationUrl", TEXT),
            member("tokenUrl", TEXT),
            member("scopes", TEXT_MAP),
        ],
    )
};
