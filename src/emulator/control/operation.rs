//! The table of operations.

use hyper::Method;
use percent_encoding::percent_decode_str;

use super::call::{Answer, Call};
use super::refusal::Refusal;
use super::{
    access_association, account, api_key, authorizer, base_path_mapping, client_certificate, deployment, document,
    documentation, domain_name, domain_patch, function, function_invoke, function_policy, function_setting,
    function_url, function_version, gateway_response, integration, method, model, request_validator, resource,
    rest_api, rest_api_update, sdk, stage, sts, tag, test_authorizer, test_invoke, usage, usage_plan, usage_plan_key,
    v2, vpc_link,
};

/// Where an operation is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// At once: it reads memory.
    Read,
    /// On a thread of its own: it waits for the disk.
    Write,
    /// The same, a few at a time: it takes much computing.
    Heavy,
}

/// An operation of the service models.
pub(super) struct Operation {
    /// Its name there.
    pub(super) name: &'static str,
    method: &'static str,
    /// The path, with `{name}` for a segment and `{name+}` for the rest.
    template: &'static str,
    /// A query item that tells it from another operation of the same path.
    query: Option<(&'static str, &'static str)>,
    /// The status of success.
    pub(super) status: u16,
    pub(super) work: Work,
    pub(super) run: fn(&Call<'_>) -> Result<Answer, Refusal>,
}

macro_rules! operations {
    ($($name:ident $method:ident $template:literal $(? $key:literal = $value:literal)? $status:literal $work:ident $run:path;)*) => {
        &[$(Operation {
            name: stringify!($name),
            method: stringify!($method),
            template: $template,
            query: operations!(@query $($key, $value)?),
            status: $status,
            work: Work::$work,
            run: $run,
        },)*]
    };
    (@query) => { None };
    (@query $key:literal, $value:literal) => { Some(($key, $value)) };
}

/// All operations; where two fit, the first is taken.
const OPERATIONS: &[Operation] = operations! {
    ImportRestApi POST "/restapis" ? "mode" = "import" 201 Heavy document::import_rest_api;
    CreateRestApi POST "/restapis" 201 Write rest_api::create;
    GetRestApis GET "/restapis" 200 Read rest_api::list;
    GetRestApi GET "/restapis/{restapi_id}" 200 Read rest_api::get;
    PutRestApi PUT "/restapis/{restapi_id}" 200 Heavy document::put_rest_api;
    UpdateRestApi PATCH "/restapis/{restapi_id}" 200 Write rest_api_update::update;
    DeleteRestApi DELETE "/restapis/{restapi_id}" 202 Write rest_api::delete;

    GetResources GET "/restapis/{restapi_id}/resources" 200 Read resource::list;
    GetResource GET "/restapis/{restapi_id}/resources/{resource_id}" 200 Read resource::get;
    CreateResource POST "/restapis/{restapi_id}/resources/{parent_id}" 201 Write resource::create;
    UpdateResource PATCH "/restapis/{restapi_id}/resources/{resource_id}" 200 Write resource::update;
    DeleteResource DELETE "/restapis/{restapi_id}/resources/{resource_id}" 202 Write resource::delete;

    GetMethod GET "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 200 Read method::get;
    PutMethod PUT "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 201 Write method::put;
    UpdateMethod PATCH "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 200 Write method::update;
    DeleteMethod DELETE "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 204 Write method::delete;
    GetMethodResponse GET "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}" 200 Read method::get_response;
    PutMethodResponse PUT "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}" 201 Write method::put_response;
    UpdateMethodResponse PATCH "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}" 201 Write method::update_response;
    DeleteMethodResponse DELETE "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/responses/{status_code}" 204 Write method::delete_response;

    TestInvokeMethod POST "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}" 200 Write test_invoke::method;

    GetIntegration GET "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration" 200 Read integration::get;
    PutIntegration PUT "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration" 201 Write integration::put;
    UpdateIntegration PATCH "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration" 200 Write integration::update;
    DeleteIntegration DELETE "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration" 204 Write integration::delete;
    GetIntegrationResponse GET "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}" 200 Read integration::get_response;
    PutIntegrationResponse PUT "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}" 201 Write integration::put_response;
    UpdateIntegrationResponse PATCH "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}" 200 Write integration::update_response;
    DeleteIntegrationResponse DELETE "/restapis/{restapi_id}/resources/{resource_id}/methods/{http_method}/integration/responses/{status_code}" 204 Write integration::delete_response;

    GetModels GET "/restapis/{restapi_id}/models" 200 Read model::list;
    CreateModel POST "/restapis/{restapi_id}/models" 201 Write model::create;
    GetModel GET "/restapis/{restapi_id}/models/{model_name}" 200 Read model::get;
    UpdateModel PATCH "/restapis/{restapi_id}/models/{model_name}" 200 Write model::update;
    DeleteModel DELETE "/restapis/{restapi_id}/models/{model_name}" 202 Write model::delete;
    GetModelTemplate GET "/restapis/{restapi_id}/models/{model_name}/default_template" 200 Read model::template;

    GetRequestValidators GET "/restapis/{restapi_id}/requestvalidators" 200 Read request_validator::list;
    CreateRequestValidator POST "/restapis/{restapi_id}/requestvalidators" 201 Write request_validator::create;
    GetRequestValidator GET "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}" 200 Read request_validator::get;
    UpdateRequestValidator PATCH "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}" 200 Write request_validator::update;
    DeleteRequestValidator DELETE "/restapis/{restapi_id}/requestvalidators/{requestvalidator_id}" 202 Write request_validator::delete;

    GetAuthorizers GET "/restapis/{restapi_id}/authorizers" 200 Read authorizer::list;
    CreateAuthorizer POST "/restapis/{restapi_id}/authorizers" 201 Write authorizer::create;
    GetAuthorizer GET "/restapis/{restapi_id}/authorizers/{authorizer_id}" 200 Read authorizer::get;
    UpdateAuthorizer PATCH "/restapis/{restapi_id}/authorizers/{authorizer_id}" 200 Write authorizer::update;
    TestInvokeAuthorizer POST "/restapis/{restapi_id}/authorizers/{authorizer_id}" 200 Write test_authorizer::run;
    DeleteAuthorizer DELETE "/restapis/{restapi_id}/authorizers/{authorizer_id}" 202 Write authorizer::delete;

    GetGatewayResponses GET "/restapis/{restapi_id}/gatewayresponses" 200 Read gateway_response::list;
    GetGatewayResponse GET "/restapis/{restapi_id}/gatewayresponses/{response_type}" 200 Read gateway_response::get;
    PutGatewayResponse PUT "/restapis/{restapi_id}/gatewayresponses/{response_type}" 201 Write gateway_response::put;
    UpdateGatewayResponse PATCH "/restapis/{restapi_id}/gatewayresponses/{response_type}" 200 Write gateway_response::update;
    DeleteGatewayResponse DELETE "/restapis/{restapi_id}/gatewayresponses/{response_type}" 202 Write gateway_response::delete;

    GetDeployments GET "/restapis/{restapi_id}/deployments" 200 Read deployment::list;
    CreateDeployment POST "/restapis/{restapi_id}/deployments" 201 Write deployment::create;
    GetDeployment GET "/restapis/{restapi_id}/deployments/{deployment_id}" 200 Read deployment::get;
    UpdateDeployment PATCH "/restapis/{restapi_id}/deployments/{deployment_id}" 200 Write deployment::update;
    DeleteDeployment DELETE "/restapis/{restapi_id}/deployments/{deployment_id}" 202 Write deployment::delete;

    GetStages GET "/restapis/{restapi_id}/stages" 200 Read stage::list;
    CreateStage POST "/restapis/{restapi_id}/stages" 201 Write stage::create;
    GetStage GET "/restapis/{restapi_id}/stages/{stage_name}" 200 Read stage::get;
    UpdateStage PATCH "/restapis/{restapi_id}/stages/{stage_name}" 200 Write stage::update;
    DeleteStage DELETE "/restapis/{restapi_id}/stages/{stage_name}" 202 Write stage::delete;
    FlushStageCache DELETE "/restapis/{restapi_id}/stages/{stage_name}/cache/data" 202 Read stage::flush;
    FlushStageAuthorizersCache DELETE "/restapis/{restapi_id}/stages/{stage_name}/cache/authorizers" 202 Read stage::flush;
    GetExport GET "/restapis/{restapi_id}/stages/{stage_name}/exports/{export_type}" 200 Heavy document::get_export;

    GetDocumentationParts GET "/restapis/{restapi_id}/documentation/parts" 200 Read documentation::list_parts;
    CreateDocumentationPart POST "/restapis/{restapi_id}/documentation/parts" 201 Write documentation::create_part;
    ImportDocumentationParts PUT "/restapis/{restapi_id}/documentation/parts" 200 Heavy documentation::import_parts;
    GetDocumentationPart GET "/restapis/{restapi_id}/documentation/parts/{part_id}" 200 Read documentation::get_part;
    UpdateDocumentationPart PATCH "/restapis/{restapi_id}/documentation/parts/{part_id}" 200 Write documentation::update_part;
    DeleteDocumentationPart DELETE "/restapis/{restapi_id}/documentation/parts/{part_id}" 202 Write documentation::delete_part;
    GetDocumentationVersions GET "/restapis/{restapi_id}/documentation/versions" 200 Read documentation::list_versions;
    CreateDocumentationVersion POST "/restapis/{restapi_id}/documentation/versions" 201 Write documentation::create_version;
    GetDocumentationVersion GET "/restapis/{restapi_id}/documentation/versions/{doc_version}" 200 Read documentation::get_version;
    UpdateDocumentationVersion PATCH "/restapis/{restapi_id}/documentation/versions/{doc_version}" 200 Write documentation::update_version;
    DeleteDocumentationVersion DELETE "/restapis/{restapi_id}/documentation/versions/{doc_version}" 202 Write documentation::delete_version;

    GetAccount GET "/account" 200 Read account::get;
    UpdateAccount PATCH "/account" 200 Write account::update;

    GetClientCertificates GET "/clientcertificates" 200 Read client_certificate::list;
    GenerateClientCertificate POST "/clientcertificates" 201 Write client_certificate::create;
    GetClientCertificate GET "/clientcertificates/{clientcertificate_id}" 200 Read client_certificate::get;
    UpdateClientCertificate PATCH "/clientcertificates/{clientcertificate_id}" 200 Write client_certificate::update;
    DeleteClientCertificate DELETE "/clientcertificates/{clientcertificate_id}" 202 Write client_certificate::delete;

    ImportApiKeys POST "/apikeys" ? "mode" = "import" 201 Write api_key::import;
    CreateApiKey POST "/apikeys" 201 Write api_key::create;
    GetApiKeys GET "/apikeys" 200 Read api_key::list;
    GetApiKey GET "/apikeys/{api_key}" 200 Read api_key::get;
    UpdateApiKey PATCH "/apikeys/{api_key}" 200 Write api_key::update;
    DeleteApiKey DELETE "/apikeys/{api_key}" 202 Write api_key::delete;

    GetUsagePlans GET "/usageplans" 200 Read usage_plan::list;
    CreateUsagePlan POST "/usageplans" 201 Write usage_plan::create;
    GetUsagePlan GET "/usageplans/{usageplan_id}" 200 Read usage_plan::get;
    UpdateUsagePlan PATCH "/usageplans/{usageplan_id}" 200 Write usage_plan::update;
    DeleteUsagePlan DELETE "/usageplans/{usageplan_id}" 202 Write usage_plan::delete;
    GetUsagePlanKeys GET "/usageplans/{usageplan_id}/keys" 200 Read usage_plan_key::list;
    CreateUsagePlanKey POST "/usageplans/{usageplan_id}/keys" 201 Write usage_plan_key::create;
    GetUsagePlanKey GET "/usageplans/{usageplan_id}/keys/{key_id}" 200 Read usage_plan_key::get;
    DeleteUsagePlanKey DELETE "/usageplans/{usageplan_id}/keys/{key_id}" 202 Write usage_plan_key::delete;
    GetUsage GET "/usageplans/{usageplan_id}/usage" 200 Read usage::get;
    UpdateUsage PATCH "/usageplans/{usageplan_id}/keys/{key_id}/usage" 200 Write usage::update;

    GetVpcLinks GET "/vpclinks" 200 Read vpc_link::list;
    CreateVpcLink POST "/vpclinks" 202 Write vpc_link::create;
    GetVpcLink GET "/vpclinks/{vpclink_id}" 200 Read vpc_link::get;
    UpdateVpcLink PATCH "/vpclinks/{vpclink_id}" 200 Write vpc_link::update;
    DeleteVpcLink DELETE "/vpclinks/{vpclink_id}" 202 Write vpc_link::delete;

    GetDomainNames GET "/domainnames" 200 Read domain_name::list;
    CreateDomainName POST "/domainnames" 201 Write domain_name::create;
    GetDomainName GET "/domainnames/{domain_name}" 200 Read domain_name::get;
    UpdateDomainName PATCH "/domainnames/{domain_name}" 200 Write domain_patch::update;
    DeleteDomainName DELETE "/domainnames/{domain_name}" 202 Write domain_name::delete;
    GetBasePathMappings GET "/domainnames/{domain_name}/basepathmappings" 200 Read base_path_mapping::list;
    CreateBasePathMapping POST "/domainnames/{domain_name}/basepathmappings" 201 Write base_path_mapping::create;
    GetBasePathMapping GET "/domainnames/{domain_name}/basepathmappings/{base_path}" 200 Read base_path_mapping::get;
    UpdateBasePathMapping PATCH "/domainnames/{domain_name}/basepathmappings/{base_path}" 200 Write base_path_mapping::update;
    DeleteBasePathMapping DELETE "/domainnames/{domain_name}/basepathmappings/{base_path}" 202 Write base_path_mapping::delete;

    CreateDomainNameAccessAssociation POST "/domainnameaccessassociations" 201 Write access_association::create;
    GetDomainNameAccessAssociations GET "/domainnameaccessassociations" 200 Read access_association::list;
    DeleteDomainNameAccessAssociation DELETE "/domainnameaccessassociations/{association_arn+}" 202 Write access_association::delete;
    RejectDomainNameAccessAssociation POST "/rejectdomainnameaccessassociations" 202 Write access_association::reject;

    GetTags GET "/tags/{resource_arn+}" 200 Read tag::get;
    TagResource PUT "/tags/{resource_arn+}" 204 Write tag::add;
    UntagResource DELETE "/tags/{resource_arn+}" 204 Write tag::remove;

    GetSdk GET "/restapis/{restapi_id}/stages/{stage_name}/sdks/{sdk_type}" 200 Heavy sdk::generate;
    GetSdkTypes GET "/sdktypes" 200 Read sdk::list;
    GetSdkType GET "/sdktypes/{sdktype_id}" 200 Read sdk::get;

    ImportApi PUT "/v2/apis" 201 Heavy v2::document::import_api;
    CreateApi POST "/v2/apis" 201 Write v2::api::create;
    GetApis GET "/v2/apis" 200 Read v2::api::list;
    GetApi GET "/v2/apis/{apiId}" 200 Read v2::api::get;
    ReimportApi PUT "/v2/apis/{apiId}" 201 Heavy v2::document::reimport_api;
    UpdateApi PATCH "/v2/apis/{apiId}" 201 Write v2::api::update;
    DeleteApi DELETE "/v2/apis/{apiId}" 204 Write v2::api::delete;
    DeleteCorsConfiguration DELETE "/v2/apis/{apiId}/cors" 204 Write v2::api::delete_cors;
    ExportApi GET "/v2/apis/{apiId}/exports/{specification}" 200 Heavy v2::document::export_api;

    GetRoutes GET "/v2/apis/{apiId}/routes" 200 Read v2::route::list;
    CreateRoute POST "/v2/apis/{apiId}/routes" 201 Write v2::route::create;
    GetRoute GET "/v2/apis/{apiId}/routes/{routeId}" 200 Read v2::route::get;
    UpdateRoute PATCH "/v2/apis/{apiId}/routes/{routeId}" 200 Write v2::route::update;
    DeleteRoute DELETE "/v2/apis/{apiId}/routes/{routeId}" 204 Write v2::route::delete;
    DeleteRouteRequestParameter DELETE "/v2/apis/{apiId}/routes/{routeId}/requestparameters/{requestParameterKey}" 204 Read v2::route::delete_request_parameter;
    GetRouteResponses GET "/v2/apis/{apiId}/routes/{routeId}/routeresponses" 200 Read v2::websocket::list;
    CreateRouteResponse POST "/v2/apis/{apiId}/routes/{routeId}/routeresponses" 201 Read v2::websocket::create;
    GetRouteResponse GET "/v2/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}" 200 Read v2::websocket::get;
    UpdateRouteResponse PATCH "/v2/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}" 200 Read v2::websocket::get;
    DeleteRouteResponse DELETE "/v2/apis/{apiId}/routes/{routeId}/routeresponses/{routeResponseId}" 204 Read v2::websocket::get;

    GetIntegrations GET "/v2/apis/{apiId}/integrations" 200 Read v2::integration::list;
    CreateIntegration POST "/v2/apis/{apiId}/integrations" 201 Write v2::integration::create;
    GetIntegration GET "/v2/apis/{apiId}/integrations/{integrationId}" 200 Read v2::integration::get;
    UpdateIntegration PATCH "/v2/apis/{apiId}/integrations/{integrationId}" 200 Write v2::integration::update;
    DeleteIntegration DELETE "/v2/apis/{apiId}/integrations/{integrationId}" 204 Write v2::integration::delete;
    GetIntegrationResponses GET "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses" 200 Read v2::websocket::list;
    CreateIntegrationResponse POST "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses" 201 Read v2::websocket::create;
    GetIntegrationResponse GET "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}" 200 Read v2::websocket::get;
    UpdateIntegrationResponse PATCH "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}" 200 Read v2::websocket::get;
    DeleteIntegrationResponse DELETE "/v2/apis/{apiId}/integrations/{integrationId}/integrationresponses/{integrationResponseId}" 204 Read v2::websocket::get;

    GetModels GET "/v2/apis/{apiId}/models" 200 Read v2::websocket::list;
    CreateModel POST "/v2/apis/{apiId}/models" 201 Read v2::websocket::create;
    GetModel GET "/v2/apis/{apiId}/models/{modelId}" 200 Read v2::websocket::get;
    UpdateModel PATCH "/v2/apis/{apiId}/models/{modelId}" 200 Read v2::websocket::get;
    DeleteModel DELETE "/v2/apis/{apiId}/models/{modelId}" 204 Read v2::websocket::get;
    GetModelTemplate GET "/v2/apis/{apiId}/models/{modelId}/template" 200 Read v2::websocket::get;

    GetAuthorizers GET "/v2/apis/{apiId}/authorizers" 200 Read v2::authorizer::list;
    CreateAuthorizer POST "/v2/apis/{apiId}/authorizers" 201 Write v2::authorizer::create;
    GetAuthorizer GET "/v2/apis/{apiId}/authorizers/{authorizerId}" 200 Read v2::authorizer::get;
    UpdateAuthorizer PATCH "/v2/apis/{apiId}/authorizers/{authorizerId}" 200 Write v2::authorizer::update;
    DeleteAuthorizer DELETE "/v2/apis/{apiId}/authorizers/{authorizerId}" 204 Write v2::authorizer::delete;

    GetDeployments GET "/v2/apis/{apiId}/deployments" 200 Read v2::deployment::list;
    CreateDeployment POST "/v2/apis/{apiId}/deployments" 201 Write v2::deployment::create;
    GetDeployment GET "/v2/apis/{apiId}/deployments/{deploymentId}" 200 Read v2::deployment::get;
    UpdateDeployment PATCH "/v2/apis/{apiId}/deployments/{deploymentId}" 200 Write v2::deployment::update;
    DeleteDeployment DELETE "/v2/apis/{apiId}/deployments/{deploymentId}" 204 Write v2::deployment::delete;

    GetStages GET "/v2/apis/{apiId}/stages" 200 Read v2::stage::list;
    CreateStage POST "/v2/apis/{apiId}/stages" 201 Write v2::stage::create;
    GetStage GET "/v2/apis/{apiId}/stages/{stageName}" 200 Read v2::stage::get;
    UpdateStage PATCH "/v2/apis/{apiId}/stages/{stageName}" 200 Write v2::stage::update;
    DeleteStage DELETE "/v2/apis/{apiId}/stages/{stageName}" 204 Write v2::stage::delete;
    DeleteAccessLogSettings DELETE "/v2/apis/{apiId}/stages/{stageName}/accesslogsettings" 204 Write v2::stage::delete_access_log;
    DeleteRouteSettings DELETE "/v2/apis/{apiId}/stages/{stageName}/routesettings/{routeKey}" 204 Write v2::stage::delete_route_settings;
    ResetAuthorizersCache DELETE "/v2/apis/{apiId}/stages/{stageName}/cache/authorizers" 204 Read v2::authorizer::reset_cache;

    GetDomainNames GET "/v2/domainnames" 200 Read v2::domain_name::list;
    CreateDomainName POST "/v2/domainnames" 201 Write v2::domain_name::create;
    GetDomainName GET "/v2/domainnames/{domainName}" 200 Read v2::domain_name::get;
    UpdateDomainName PATCH "/v2/domainnames/{domainName}" 200 Write v2::domain_name::update;
    DeleteDomainName DELETE "/v2/domainnames/{domainName}" 204 Write v2::domain_name::delete;
    GetApiMappings GET "/v2/domainnames/{domainName}/apimappings" 200 Read v2::api_mapping::list;
    CreateApiMapping POST "/v2/domainnames/{domainName}/apimappings" 201 Write v2::api_mapping::create;
    GetApiMapping GET "/v2/domainnames/{domainName}/apimappings/{apiMappingId}" 200 Read v2::api_mapping::get;
    UpdateApiMapping PATCH "/v2/domainnames/{domainName}/apimappings/{apiMappingId}" 200 Write v2::api_mapping::update;
    DeleteApiMapping DELETE "/v2/domainnames/{domainName}/apimappings/{apiMappingId}" 204 Write v2::api_mapping::delete;

    ListRoutingRules GET "/v2/domainnames/{domainName}/routingrules" 200 Read v2::routing_rule::list;
    CreateRoutingRule POST "/v2/domainnames/{domainName}/routingrules" 201 Write v2::routing_rule::create;
    GetRoutingRule GET "/v2/domainnames/{domainName}/routingrules/{routingRuleId}" 200 Read v2::routing_rule::get;
    PutRoutingRule PUT "/v2/domainnames/{domainName}/routingrules/{routingRuleId}" 200 Write v2::routing_rule::put;
    DeleteRoutingRule DELETE "/v2/domainnames/{domainName}/routingrules/{routingRuleId}" 204 Write v2::routing_rule::delete;

    GetVpcLinks GET "/v2/vpclinks" 200 Read v2::vpc_link::list;
    CreateVpcLink POST "/v2/vpclinks" 201 Write v2::vpc_link::create;
    GetVpcLink GET "/v2/vpclinks/{vpcLinkId}" 200 Read v2::vpc_link::get;
    UpdateVpcLink PATCH "/v2/vpclinks/{vpcLinkId}" 200 Write v2::vpc_link::update;
    DeleteVpcLink DELETE "/v2/vpclinks/{vpcLinkId}" 202 Write v2::vpc_link::delete;

    GetTags GET "/v2/tags/{resource_arn+}" 200 Read tag::get;
    TagResource POST "/v2/tags/{resource_arn+}" 201 Write v2::tag::add;
    UntagResource DELETE "/v2/tags/{resource_arn+}" 204 Write tag::remove;

    CreateFunction POST "/2015-03-31/functions" 201 Heavy function::create;
    ListFunctions GET "/2015-03-31/functions" 200 Read function::list;
    GetFunction GET "/2015-03-31/functions/{function_name}" 200 Read function::get;
    DeleteFunction DELETE "/2015-03-31/functions/{function_name}" 204 Write function::delete;
    GetFunctionConfiguration GET "/2015-03-31/functions/{function_name}/configuration" 200 Read function::get_configuration;
    GetFunctionCodeSigningConfig GET "/2020-06-30/functions/{function_name}/code-signing-config" 200 Read function::get_code_signing;
    UpdateFunctionConfiguration PUT "/2015-03-31/functions/{function_name}/configuration" 200 Write function::update_configuration;
    UpdateFunctionCode PUT "/2015-03-31/functions/{function_name}/code" 200 Heavy function::update_code;
    ListTags GET "/2017-03-31/tags/{resource_arn+}" 200 Read function_setting::list_tags;
    TagResource POST "/2017-03-31/tags/{resource_arn+}" 204 Write function_setting::tag;
    UntagResource DELETE "/2017-03-31/tags/{resource_arn+}" 204 Write function_setting::untag;
    PutFunctionConcurrency PUT "/2017-10-31/functions/{function_name}/concurrency" 200 Write function_setting::put_concurrency;
    DeleteFunctionConcurrency DELETE "/2017-10-31/functions/{function_name}/concurrency" 204 Write function_setting::delete_concurrency;
    GetFunctionConcurrency GET "/2019-09-30/functions/{function_name}/concurrency" 200 Read function_setting::get_concurrency;
    GetAccountSettings GET "/2016-08-19/account-settings" 200 Read function_setting::account_settings;
    Invoke POST "/2015-03-31/functions/{function_name}/invocations" 200 Write function_invoke::invoke;
    PublishVersion POST "/2015-03-31/functions/{function_name}/versions" 201 Write function_version::publish;
    ListVersionsByFunction GET "/2015-03-31/functions/{function_name}/versions" 200 Read function_version::list;
    CreateAlias POST "/2015-03-31/functions/{function_name}/aliases" 201 Write function_version::create_alias;
    ListAliases GET "/2015-03-31/functions/{function_name}/aliases" 200 Read function_version::list_aliases;
    GetAlias GET "/2015-03-31/functions/{function_name}/aliases/{alias}" 200 Read function_version::get_alias;
    UpdateAlias PUT "/2015-03-31/functions/{function_name}/aliases/{alias}" 200 Write function_version::update_alias;
    DeleteAlias DELETE "/2015-03-31/functions/{function_name}/aliases/{alias}" 204 Write function_version::delete_alias;
    CreateFunctionUrlConfig POST "/2021-10-31/functions/{function_name}/url" 201 Write function_url::create;
    GetFunctionUrlConfig GET "/2021-10-31/functions/{function_name}/url" 200 Read function_url::get;
    UpdateFunctionUrlConfig PUT "/2021-10-31/functions/{function_name}/url" 200 Write function_url::update;
    DeleteFunctionUrlConfig DELETE "/2021-10-31/functions/{function_name}/url" 204 Write function_url::delete;
    ListFunctionUrlConfigs GET "/2021-10-31/functions/{function_name}/urls" 200 Read function_url::list;
    GetPolicy GET "/2015-03-31/functions/{function_name}/policy" 200 Read function_policy::get;
    AddPermission POST "/2015-03-31/functions/{function_name}/policy" 201 Write function_policy::add;
    RemovePermission DELETE "/2015-03-31/functions/{function_name}/policy/{statement_id}" 204 Write function_policy::remove;

    GetCallerIdentity POST "/" 200 Read sts::caller_identity;
};

/// Returns the operation that a request asks for, with its path parameters.
pub(super) fn find(
    method: &Method,
    path: &str,
    query: &[(String, String)],
) -> Option<(&'static Operation, Vec<(&'static str, String)>)> {
    OPERATIONS.iter().filter(|operation| operation.method == method.as_str()).find_map(|operation| {
        if let Some((name, value)) = operation.query
            && !query.iter().any(|(n, v)| n == name && v == value)
        {
            return None;
        }
        Some((operation, parameters(operation.template, path)?))
    })
}

/// Returns the parameters of a path that fits a template.
fn parameters(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let mut parameters = Vec::new();
    if template == "/" {
        return matches!(path, "" | "/").then_some(parameters);
    }
    let mut path = path.trim_end_matches('/');
    for segment in template.split('/').skip(1) {
        let rest = path.strip_prefix('/')?;
        if let Some(name) = segment.strip_prefix('{').and_then(|s| s.strip_suffix("+}")) {
            parameters.push((name, decode(rest)));
            return Some(parameters);
        }
        let (first, after) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        match segment.strip_prefix('{').and_then(|s| s.strip_suffix('}')) {
            Some(name) if !first.is_empty() => parameters.push((name, decode(first))),
            None if first == segment => {}
            _ => return None,
        }
        path = after;
    }
    path.is_empty().then_some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(method: Method, path: &str, query: &[(&str, &str)], expected: &str) {
        let query: Vec<_> = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let found = find(&method, path, &query).map(|(operation, parameters)| {
            let values: Vec<_> = parameters.into_iter().map(|(_, value)| value).collect();
            format!("{} {}", operation.name, values.join(" ")).trim_end().to_owned()
        });
        assert_eq!(found.unwrap_or_default(), expected);
    }

    #[test]
    fn operations_are_found_by_method_path_and_query() {
        check(Method::POST, "/restapis", &[], "CreateRestApi");
        check(Method::POST, "/restapis", &[("mode", "import")], "ImportRestApi");
        check(Method::GET, "/restapis/a1/resources/r%2F1", &[], "GetResource a1 r/1");
        check(Method::GET, "/restapis/a1/", &[], "GetRestApi a1");
        check(Method::GET, "/restapis//resources", &[], "");
        check(
            Method::GET,
            "/tags/arn:aws:apigateway:us-east-1::/restapis/a",
            &[],
            "GetTags arn:aws:apigateway:us-east-1::/restapis/a",
        );
        check(Method::GET, "/nothing", &[], "");
    }

    #[test]
    fn no_operation_hides_another() {
        for (index, operation) in OPERATIONS.iter().enumerate() {
            let twin = OPERATIONS.iter().take(index).find(|o| {
                o.method == operation.method && o.template == operation.template && o.query == operation.query
            });
            assert!(twin.is_none(), "{} is never reached", operation.name);
        }
    }
}
