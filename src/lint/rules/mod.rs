//! All rules: one line each.

use super::Rule;

mod prelude;

macro_rules! rules {
    ($($module:ident $name:ident)*) => {
        $(mod $module;)*

        /// All rules, in the order of the documentation.
        pub static ALL: &[&Rule] = &[$(&$module::$name),*];
    };
}

rules! {
    path_segment_charset PATH_SEGMENT_CHARSET
    path_param_whole_segment PATH_PARAM_WHOLE_SEGMENT
    greedy_param_not_last GREEDY_PARAM_NOT_LAST
    sibling_path_params SIBLING_PATH_PARAMS
    duplicate_path DUPLICATE_PATH
    path_slash_missing PATH_SLASH_MISSING
    path_segment_empty PATH_SEGMENT_EMPTY
    reserved_ping_path RESERVED_PING_PATH
    unsupported_method UNSUPPORTED_METHOD
    path_item_member_unknown PATH_ITEM_MEMBER_UNKNOWN
    resource_quota RESOURCE_QUOTA
    route_quota ROUTE_QUOTA
    integration_quota INTEGRATION_QUOTA
    document_too_large DOCUMENT_TOO_LARGE
    base_path_ambiguous BASE_PATH_AMBIGUOUS
    base_path_ignored BASE_PATH_IGNORED
    server_ignored SERVER_IGNORED
    unsupported_section UNSUPPORTED_SECTION
    deprecated_dropped DEPRECATED_DROPPED
    path_item_parameters PATH_ITEM_PARAMETERS
    arn_too_long ARN_TOO_LONG
    greedy_shadows GREEDY_SHADOWS
    any_beside_methods ANY_BESIDE_METHODS
    info_title_missing INFO_TITLE_MISSING
    description_empty DESCRIPTION_EMPTY
    yaml_boolean YAML_BOOLEAN
    paths_empty PATHS_EMPTY
    cloudformation_intrinsic CLOUDFORMATION_INTRINSIC
    external_ref EXTERNAL_REF
    param_attributes_ignored PARAM_ATTRIBUTES_IGNORED
    param_in_cookie PARAM_IN_COOKIE
    param_in_form_data PARAM_IN_FORM_DATA
    param_name_charset PARAM_NAME_CHARSET
    param_name_not_unique PARAM_NAME_NOT_UNIQUE
    header_param_case HEADER_PARAM_CASE
    parameter_incomplete PARAMETER_INCOMPLETE
    parameter_duplicate PARAMETER_DUPLICATE
    path_parameter_undeclared PATH_PARAMETER_UNDECLARED
    path_parameter_unused PATH_PARAMETER_UNUSED
    path_parameter_optional PATH_PARAMETER_OPTIONAL
    query_pipe_semicolon QUERY_PIPE_SEMICOLON
    x_http_method_override X_HTTP_METHOD_OVERRIDE
    validator_unknown VALIDATOR_UNKNOWN
    validation_not_enabled VALIDATION_NOT_ENABLED
    validation_media_type VALIDATION_MEDIA_TYPE
    body_model_non_json BODY_MODEL_NON_JSON
    body_on_get BODY_ON_GET
    response_schema_primitive RESPONSE_SCHEMA_PRIMITIVE
    response_ref RESPONSE_REF
    response_default_or_range RESPONSE_DEFAULT_OR_RANGE
    response_status_invalid RESPONSE_STATUS_INVALID
    responses_missing RESPONSES_MISSING
    inline_schema_unnamed INLINE_SCHEMA_UNNAMED
    operation_id_missing OPERATION_ID_MISSING
    operation_id_duplicate OPERATION_ID_DUPLICATE
    operation_id_rust_name OPERATION_ID_RUST_NAME
    binary_response_undeclared BINARY_RESPONSE_UNDECLARED
    model_name_alphanumeric MODEL_NAME_ALPHANUMERIC
    model_schema_invalid MODEL_SCHEMA_INVALID
    model_schema_empty MODEL_SCHEMA_EMPTY
    schema_not_draft4 SCHEMA_NOT_DRAFT4
    schema_discriminator SCHEMA_DISCRIMINATOR
    schema_example SCHEMA_EXAMPLE
    schema_exclusive_minimum SCHEMA_EXCLUSIVE_MINIMUM
    schema_min_max_items SCHEMA_MIN_MAX_ITEMS
    schema_oneof SCHEMA_ONEOF
    schema_read_only SCHEMA_READ_ONLY
    schema_nullable SCHEMA_NULLABLE
    schema_int_format SCHEMA_INT_FORMAT
    schema_decimal_format SCHEMA_DECIMAL_FORMAT
    schema_default SCHEMA_DEFAULT
    schema_annotation SCHEMA_ANNOTATION
    schema_sibling_of_ref SCHEMA_SIBLING_OF_REF
    model_cross_api_ref MODEL_CROSS_API_REF
    required_property_undefined REQUIRED_PROPERTY_UNDEFINED
    array_items_missing ARRAY_ITEMS_MISSING
    default_not_in_enum DEFAULT_NOT_IN_ENUM
    integration_missing INTEGRATION_MISSING
    integration_malformed INTEGRATION_MALFORMED
    integration_member_type INTEGRATION_MEMBER_TYPE
    integration_type INTEGRATION_TYPE
    integration_method_missing INTEGRATION_METHOD_MISSING
    integration_enum INTEGRATION_ENUM
    integration_member_unknown INTEGRATION_MEMBER_UNKNOWN
    integration_uri_http INTEGRATION_URI_HTTP
    integration_uri_arn INTEGRATION_URI_ARN
    lambda_arn LAMBDA_ARN
    integration_port INTEGRATION_PORT
    aws_proxy_target AWS_PROXY_TARGET
    lambda_method_not_post LAMBDA_METHOD_NOT_POST
    aws_credentials_missing AWS_CREDENTIALS_MISSING
    integration_credentials INTEGRATION_CREDENTIALS
    cross_account_role CROSS_ACCOUNT_ROLE
    timeout_range TIMEOUT_RANGE
    vpc_link_id_missing VPC_LINK_ID_MISSING
    private_integration_stage_prefix PRIVATE_INTEGRATION_STAGE_PREFIX
    request_mapping_undeclared REQUEST_MAPPING_UNDECLARED
    response_mapping_undeclared RESPONSE_MAPPING_UNDECLARED
    mapping_target MAPPING_TARGET
    mapping_static_unquoted MAPPING_STATIC_UNQUOTED
    mapping_value_type MAPPING_VALUE_TYPE
    mapping_illegal_header MAPPING_ILLEGAL_HEADER
    mapping_reserved_header MAPPING_RESERVED_HEADER
    path_variable_unmapped PATH_VARIABLE_UNMAPPED
    integration_response_undeclared INTEGRATION_RESPONSE_UNDECLARED
    integration_response_duplicate INTEGRATION_RESPONSE_DUPLICATE
    integration_response_default_missing INTEGRATION_RESPONSE_DEFAULT_MISSING
    integration_response_pattern_invalid INTEGRATION_RESPONSE_PATTERN_INVALID
    integration_response_pattern_unreachable INTEGRATION_RESPONSE_PATTERN_UNREACHABLE
    proxy_ignores_templates PROXY_IGNORES_TEMPLATES
    mock_status_code MOCK_STATUS_CODE
    template_syntax TEMPLATE_SYNTAX
    template_too_large TEMPLATE_TOO_LARGE
    template_loop_limit TEMPLATE_LOOP_LIMIT
    template_override_twice TEMPLATE_OVERRIDE_TWICE
    payload_format_version PAYLOAD_FORMAT_VERSION
    integration_subtype INTEGRATION_SUBTYPE
    stage_variable_cross_account STAGE_VARIABLE_CROSS_ACCOUNT
    cache_key_invalid CACHE_KEY_INVALID
    media_type_passthrough MEDIA_TYPE_PASSTHROUGH
    security_scheme_type SECURITY_SCHEME_TYPE
    operation_unsecured OPERATION_UNSECURED
    operation_without_security OPERATION_WITHOUT_SECURITY
    root_security ROOT_SECURITY
    security_alternatives SECURITY_ALTERNATIVES
    security_scheme_undefined SECURITY_SCHEME_UNDEFINED
    security_scheme_incomplete SECURITY_SCHEME_INCOMPLETE
    authorizer_incomplete AUTHORIZER_INCOMPLETE
    authorizer_type AUTHORIZER_TYPE
    authorizer_member_unknown AUTHORIZER_MEMBER_UNKNOWN
    authorizer_uri AUTHORIZER_URI
    authorizer_provider_arn AUTHORIZER_PROVIDER_ARN
    authorizer_identity_source AUTHORIZER_IDENTITY_SOURCE
    authorizer_ttl AUTHORIZER_TTL
    authorizer_expression AUTHORIZER_EXPRESSION
    authorizer_quota AUTHORIZER_QUOTA
    authorizer_path_source AUTHORIZER_PATH_SOURCE
    authorizer_cached_policy AUTHORIZER_CACHED_POLICY
    scopes_ignored SCOPES_IGNORED
    jwt_issuer JWT_ISSUER
    authorizer_payload_version AUTHORIZER_PAYLOAD_VERSION
    auth_extension AUTH_EXTENSION
    api_key_not_required API_KEY_NOT_REQUIRED
    api_key_without_usage_plan API_KEY_WITHOUT_USAGE_PLAN
    options_authorized OPTIONS_AUTHORIZED
    cors_incomplete CORS_INCOMPLETE
    cors_preflight_missing CORS_PREFLIGHT_MISSING
    cors_origin_with_credentials CORS_ORIGIN_WITH_CREDENTIALS
    cors_extension_on_rest CORS_EXTENSION_ON_REST
    cors_credentials_wildcard CORS_CREDENTIALS_WILDCARD
    cors_setting CORS_SETTING
    rest_extension_on_http REST_EXTENSION_ON_HTTP
    private_api_policy PRIVATE_API_POLICY
    gateway_response_type GATEWAY_RESPONSE_TYPE
    gateway_response_413 GATEWAY_RESPONSE_413
    gateway_response_vtl GATEWAY_RESPONSE_VTL
    gateway_response_parameter GATEWAY_RESPONSE_PARAMETER
    gateway_response_status GATEWAY_RESPONSE_STATUS
    gateway_response_member GATEWAY_RESPONSE_MEMBER
    compression_size COMPRESSION_SIZE
    binary_wildcard BINARY_WILDCARD
    binary_media_type BINARY_MEDIA_TYPE
    accept_first_only ACCEPT_FIRST_ONLY
    policy_too_long POLICY_TOO_LONG
    policy_invalid POLICY_INVALID
    policy_action POLICY_ACTION
    import_export_version IMPORT_EXPORT_VERSION
    endpoint_configuration ENDPOINT_CONFIGURATION
    security_policy SECURITY_POLICY
    api_key_source API_KEY_SOURCE
    request_validator_invalid REQUEST_VALIDATOR_INVALID
    documentation_location DOCUMENTATION_LOCATION
    documentation_quota DOCUMENTATION_QUOTA
    authtype_reserved AUTHTYPE_RESERVED
    media_type_malformed MEDIA_TYPE_MALFORMED
    unknown_extension UNKNOWN_EXTENSION
    unknown_amazon_extension UNKNOWN_AMAZON_EXTENSION
    dropped_document DROPPED_DOCUMENT
    dropped_server DROPPED_SERVER
    dropped_operation_member DROPPED_OPERATION_MEMBER
    dropped_parameter_attribute DROPPED_PARAMETER_ATTRIBUTE
    dropped_response_member DROPPED_RESPONSE_MEMBER
    dropped_body_member DROPPED_BODY_MEMBER
    dropped_schema_keyword DROPPED_SCHEMA_KEYWORD
    dropped_requirement DROPPED_REQUIREMENT
    dropped_security_scheme DROPPED_SECURITY_SCHEME
    dropped_integration_member DROPPED_INTEGRATION_MEMBER
    dropped_extension DROPPED_EXTENSION
    unused_by_http_api UNUSED_BY_HTTP_API
    unused_exception UNUSED_EXCEPTION
    unknown_exception UNKNOWN_EXCEPTION
    unreadable UNREADABLE
    import_refused IMPORT_REFUSED
    import_warning IMPORT_WARNING
    model_ref_missing MODEL_REF_MISSING
    syntax SYNTAX
    empty EMPTY
    not_text NOT_TEXT
    not_openapi NOT_OPENAPI
    unknown_version UNKNOWN_VERSION
    openapi_version OPENAPI_VERSION
    no_paths NO_PATHS
    duplicate_key DUPLICATE_KEY
    key_not_text KEY_NOT_TEXT
    merge_not_mapping MERGE_NOT_MAPPING
    nesting_too_deep NESTING_TOO_DEEP
    too_large TOO_LARGE
    several_documents SEVERAL_DOCUMENTS
    tag_mismatch TAG_MISMATCH
    unknown_tag UNKNOWN_TAG
    reference_dangling REFERENCE_DANGLING
    reference_circle REFERENCE_CIRCLE
    reference_unreadable REFERENCE_UNREADABLE
    reference_default_model REFERENCE_DEFAULT_MODEL
    beyond_openapi_30 BEYOND_OPENAPI_30
    overlay_unreadable OVERLAY_UNREADABLE
    not_an_overlay NOT_AN_OVERLAY
    overlay_target OVERLAY_TARGET
    overlay_matches_nothing OVERLAY_MATCHES_NOTHING
    parameter_unset PARAMETER_UNSET
    unknown_member UNKNOWN_MEMBER
    unknown_value UNKNOWN_VALUE
    missing_member MISSING_MEMBER
    wrong_type WRONG_TYPE
}

pub(super) use dropped_body_member::DROPPED_BODY_MEMBER;
pub(super) use dropped_document::DROPPED_DOCUMENT;
pub(super) use dropped_extension::DROPPED_EXTENSION;
pub(super) use dropped_integration_member::DROPPED_INTEGRATION_MEMBER;
pub(super) use dropped_operation_member::DROPPED_OPERATION_MEMBER;
pub(super) use dropped_parameter_attribute::DROPPED_PARAMETER_ATTRIBUTE;
pub(super) use dropped_requirement::DROPPED_REQUIREMENT;
pub(super) use dropped_response_member::DROPPED_RESPONSE_MEMBER;
pub(super) use dropped_schema_keyword::DROPPED_SCHEMA_KEYWORD;
pub(super) use dropped_security_scheme::DROPPED_SECURITY_SCHEME;
pub(super) use dropped_server::DROPPED_SERVER;
pub(super) use import_refused::IMPORT_REFUSED;
pub(super) use import_warning::IMPORT_WARNING;
pub(super) use unknown_exception::UNKNOWN_EXCEPTION;
pub(super) use unused_by_http_api::UNUSED_BY_HTTP_API;
pub(super) use unused_exception::UNUSED_EXCEPTION;

/// Returns the rule of this code.
#[must_use]
pub fn find(code: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.code == code)
}

/// Returns all codes.
pub fn codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|rule| rule.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::{Options, lint, page};
    use crate::openapi::{LoadOptions, load_text};
    use crate::source::{Loader, Origin};

    fn codes_of(example: &page::Example) -> Vec<String> {
        let origin = Origin::Memory("example.yaml".into());
        let (document, _, loaded) =
            load_text(&Loader::default(), &origin, example.text.clone(), &LoadOptions::default());
        let options = Options { kind: Some(example.kind), ..Options::default() };
        let found = match document {
            Some(document) => lint(&document, &loaded, &options),
            None => loaded,
        };
        found.into_iter().map(|d| d.code.into_owned()).collect()
    }

    #[test]
    fn every_example_fails_or_passes_as_its_page_says() {
        let mut wrong = Vec::new();
        for rule in ALL {
            for example in page::examples(rule) {
                let codes = codes_of(&example);
                if codes.iter().any(|code| code == rule.code) != example.fails {
                    let verb = if example.fails { "must fail" } else { "must pass" };
                    wrong.push(format!("{}: {verb}, found {codes:?}\n{}", rule.code, example.text));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    }

    #[test]
    fn codes_are_unique_and_kebab_case() {
        let mut sorted: Vec<_> = codes().collect();
        sorted.sort_unstable();
        let count = sorted.len();
        sorted.dedup();
        assert_eq!(count, sorted.len());
        for code in sorted {
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{code}");
        }
    }

    #[test]
    fn every_page_says_what_api_gateway_does() {
        for rule in ALL {
            assert!(rule.doc.contains("## What API Gateway does"), "{}", rule.code);
        }
    }

    #[test]
    fn the_pages_in_docs_are_current() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
        let written = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
        assert!(written == page::all(), "run `gatewright explain --markdown > docs/rules.md`");
    }

    #[test]
    fn no_code_changes_unseen() {
        let list: Vec<String> = ALL.iter().map(|r| format!("{} {}", r.code, r.severity.as_str())).collect();
        insta::assert_snapshot!(list.join("\n"));
    }
}
