"""A REST API made, changed and destroyed in the calls, and in the order, of Terraform's provider for AWS.

Every resource is read back after each change, as the provider does before it writes its state; what the provider would
see as a difference from its configuration fails. Takes the endpoint's URL as its argument.
"""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client("apigateway", endpoint_url=sys.argv[1], region_name="us-east-1", config=Config(retries={"max_attempts": 0}))
failed = 0
LAMBDA = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations"


def expect(what, found, wanted):
    """The members of `wanted` are in `found`, with their values; a member that is None must not be there."""
    global failed
    for name, value in wanted.items():
        if found.get(name) != value:
            failed += 1
            print(f"FAILED {what}: {name} is {found.get(name)!r} instead of {value!r}")


def gone(what, call, **arguments):
    global failed
    try:
        call(**arguments)
    except ClientError as error:
        if error.response["Error"]["Code"] == "NotFoundException":
            return
        failed += 1
        print(f"FAILED {what}: {error}")
        return
    failed += 1
    print(f"FAILED {what}: is still there")


def op(op, path, value=None):
    return {"op": op, "path": path} if value is None else {"op": op, "path": path, "value": value}


# aws_api_gateway_rest_api
created = client.create_rest_api(
    name="tf", description="by a configuration", apiKeySource="HEADER", binaryMediaTypes=["image/png"],
    endpointConfiguration={"types": ["REGIONAL"]}, minimumCompressionSize=0, tags={"Name": "tf"},
)
API = {"restApiId": created["id"]}
expect("rest_api", client.get_rest_api(**API), {
    "name": "tf", "binaryMediaTypes": ["image/png"], "minimumCompressionSize": 0, "tags": {"Name": "tf"},
    "endpointConfiguration": {"types": ["REGIONAL"], "ipAddressType": "ipv4"}, "policy": None,
})
roots = [r for page in client.get_paginator("get_resources").paginate(**API) for r in page["items"] if r["path"] == "/"]
expect("root", roots[0], {"id": created["rootResourceId"]})
root = roots[0]["id"]

# aws_api_gateway_resource
pets = client.create_resource(**API, parentId=root, pathPart="pets")
pet = client.create_resource(**API, parentId=pets["id"], pathPart="{id}")
expect("resource", client.get_resource(**API, resourceId=pet["id"]), {"path": "/pets/{id}", "parentId": pets["id"], "pathPart": "{id}"})

# aws_api_gateway_request_validator, _model, _authorizer
validator = client.create_request_validator(**API, name="all", validateRequestBody=True, validateRequestParameters=False)
expect("request_validator", client.get_request_validator(**API, requestValidatorId=validator["id"]), {"validateRequestBody": True})
client.create_model(**API, name="Pet", contentType="application/json", description="a pet", schema='{"type": "object"}')
expect("model", client.get_model(**API, modelName="Pet", flatten=False), {"description": "a pet", "schema": '{"type": "object"}'})
authorizer = client.create_authorizer(
    **API, name="token", type="TOKEN", authorizerUri=LAMBDA, identitySource="method.request.header.Authorization",
    authorizerResultTtlInSeconds=300,
)
AUTHORIZER = {**API, "authorizerId": authorizer["id"]}
expect("authorizer", client.get_authorizer(**AUTHORIZER), {
    "authorizerResultTtlInSeconds": 300, "identitySource": "method.request.header.Authorization", "providerARNs": None,
})
pool = client.create_authorizer(**API, name="pool", type="COGNITO_USER_POOLS", providerARNs=["arn:aws:cognito-idp:us-east-1:000000000000:userpool/a"])
POOL = {**API, "authorizerId": pool["id"]}

# aws_api_gateway_method, _integration, _method_response, _integration_response
METHOD = {**API, "resourceId": pet["id"], "httpMethod": "GET"}
client.put_method(
    **METHOD, authorizationType="CUSTOM", authorizerId=authorizer["id"], apiKeyRequired=True,
    requestParameters={"method.request.path.id": True}, requestModels={"application/json": "Pet"},
    requestValidatorId=validator["id"],
)
expect("method", client.get_method(**METHOD), {
    "authorizationType": "CUSTOM", "authorizerId": authorizer["id"], "apiKeyRequired": True,
    "requestParameters": {"method.request.path.id": True}, "requestModels": {"application/json": "Pet"},
    "requestValidatorId": validator["id"], "authorizationScopes": None, "operationName": None,
})
client.put_integration(
    **METHOD, type="HTTP", integrationHttpMethod="GET", uri="https://example.com/{id}", connectionType="INTERNET",
    passthroughBehavior="WHEN_NO_TEMPLATES", timeoutInMillis=29000, cacheKeyParameters=["method.request.path.id"],
    requestParameters={"integration.request.path.id": "method.request.path.id"},
    requestTemplates={"application/json": "", "application/xml": "<a/>"},
)
expect("integration", client.get_integration(**METHOD), {
    "type": "HTTP", "connectionType": "INTERNET", "timeoutInMillis": 29000, "cacheKeyParameters": ["method.request.path.id"],
    "cacheNamespace": pet["id"], "requestTemplates": {"application/json": None, "application/xml": "<a/>"},
    "passthroughBehavior": "WHEN_NO_TEMPLATES", "credentials": None, "contentHandling": None, "tlsConfig": None,
})
RESPONSE = {**METHOD, "statusCode": "200"}
client.put_method_response(**RESPONSE, responseModels={"application/json": "Error"}, responseParameters={"method.response.header.ETag": True})
expect("method_response", client.get_method_response(**RESPONSE), {
    "responseModels": {"application/json": "Error"}, "responseParameters": {"method.response.header.ETag": True},
})
client.put_integration_response(
    **RESPONSE, selectionPattern=".*", responseTemplates={"application/json": "$input.body"},
    responseParameters={"method.response.header.ETag": "integration.response.header.ETag"},
)
expect("integration_response", client.get_integration_response(**RESPONSE), {
    "selectionPattern": ".*", "responseTemplates": {"application/json": "$input.body"}, "contentHandling": None,
})

# aws_api_gateway_gateway_response, _documentation_part, _documentation_version
GATEWAY = {**API, "responseType": "UNAUTHORIZED"}
client.put_gateway_response(**GATEWAY, statusCode="401", responseTemplates={"application/json": "{}"})
expect("gateway_response", client.get_gateway_response(**GATEWAY), {"statusCode": "401", "responseTemplates": {"application/json": "{}"}})
part = client.create_documentation_part(**API, location={"type": "METHOD", "path": "/pets", "method": "GET"}, properties='{"description": "d"}')
expect("documentation_part", client.get_documentation_part(**API, documentationPartId=part["id"]), {
    "location": {"type": "METHOD", "path": "/pets", "method": "GET"}, "properties": '{"description": "d"}',
})
client.create_documentation_version(**API, documentationVersion="1", description="first")

# aws_api_gateway_deployment, _stage, _method_settings
deployment = client.create_deployment(**API, description="d")
expect("deployment", client.get_deployment(**API, deploymentId=deployment["id"]), {"description": "d"})
STAGE = {**API, "stageName": "prod"}
client.create_stage(
    **STAGE, deploymentId=deployment["id"], variables={"a": "1", "b": "2"}, documentationVersion="1", tracingEnabled=True,
    cacheClusterEnabled=True, cacheClusterSize="0.5", tags={"Name": "tf"},
)
expect("stage", client.get_stage(**STAGE), {
    "cacheClusterStatus": "AVAILABLE", "cacheClusterSize": "0.5", "variables": {"a": "1", "b": "2"}, "tags": {"Name": "tf"},
    "documentationVersion": "1", "tracingEnabled": True, "accessLogSettings": None, "clientCertificateId": None,
})
certificate = client.generate_client_certificate(description="c")
LOG = "arn:aws:logs:us-east-1:000000000000:log-group:g"
client.update_stage(**STAGE, patchOperations=[
    op("replace", "/accessLogSettings/destinationArn", LOG), op("replace", "/accessLogSettings/format", "$context.requestId"),
    op("replace", "/clientCertificateId", certificate["clientCertificateId"]), op("replace", "/description", "s"),
    op("remove", "/variables/b"), op("replace", "/variables/c", "3"),
])
expect("stage changed", client.get_stage(**STAGE), {
    "accessLogSettings": {"destinationArn": LOG, "format": "$context.requestId"}, "variables": {"a": "1", "c": "3"},
    "clientCertificateId": certificate["clientCertificateId"], "description": "s",
})
for path, key in (("*/*", "*/*"), ("pets/{id}/GET", "pets/{id}/GET"), ("~1pets~1{id}/GET", "~1pets~1{id}/GET")):
    client.update_stage(**STAGE, patchOperations=[
        op("replace", f"/{path}/metrics/enabled", "true"), op("replace", f"/{path}/logging/loglevel", "INFO"),
        op("replace", f"/{path}/throttling/burstLimit", "-1"), op("replace", f"/{path}/throttling/rateLimit", "-1"),
        op("replace", f"/{path}/caching/ttlInSeconds", "60"),
    ])
    settings = client.get_stage(**STAGE)["methodSettings"]
    expect("method_settings", settings.get(key, {}), {"metricsEnabled": True, "loggingLevel": "INFO", "cacheTtlInSeconds": 60})
    client.update_stage(**STAGE, patchOperations=[op("remove", f"/{path}")])
expect("method_settings removed", client.get_stage(**STAGE), {"methodSettings": {}})

# aws_api_gateway_usage_plan, _api_key, _usage_plan_key
plan = client.create_usage_plan(
    name="plan", description="d", apiStages=[{"apiId": API["restApiId"], "stage": "prod"}],
    quota={"limit": 20, "offset": 2, "period": "WEEK"}, throttle={"burstLimit": 5, "rateLimit": 10},
)
PLAN = {"usagePlanId": plan["id"]}
stage_of_plan = f"{API['restApiId']}:prod"
client.update_usage_plan(**PLAN, patchOperations=[
    op("add", "/productCode", "code"),
    op("replace", f"/apiStages/{stage_of_plan}/throttle//pets/GET/rateLimit", "1"),
    op("replace", f"/apiStages/{stage_of_plan}/throttle//pets/GET/burstLimit", "2"),
])
expect("usage_plan", client.get_usage_plan(**PLAN), {
    "quota": {"limit": 20, "offset": 2, "period": "WEEK"}, "throttle": {"burstLimit": 5, "rateLimit": 10.0}, "productCode": "code",
    "apiStages": [{"apiId": API["restApiId"], "stage": "prod", "throttle": {"/pets/GET": {"rateLimit": 1.0, "burstLimit": 2}}}],
})
of_stage = f"/apiStages/{stage_of_plan}/throttle"
client.update_usage_plan(**PLAN, patchOperations=[
    op("remove", of_stage), op("remove", "/throttle"), op("remove", "/quota"), op("remove", "/productCode"),
])
expect("usage_plan without limits", client.get_usage_plan(**PLAN), {"quota": None, "throttle": None, "productCode": None})
key = client.create_api_key(name="key", enabled=True, description="d", generateDistinctId=True)
expect("api_key", client.get_api_key(apiKey=key["id"], includeValue=True), {"name": "key", "enabled": True, "value": key["value"]})
client.update_api_key(apiKey=key["id"], patchOperations=[op("replace", "/enabled", "false"), op("replace", "/customerId", "c")])
expect("api_key changed", client.get_api_key(apiKey=key["id"]), {"enabled": False, "customerId": "c"})
client.create_usage_plan_key(**PLAN, keyId=key["id"], keyType="API_KEY")
expect("usage_plan_key", client.get_usage_plan_key(**PLAN, keyId=key["id"]), {"name": "key", "type": "API_KEY", "value": key["value"]})

# aws_api_gateway_domain_name, _base_path_mapping, _account, _vpc_link
NAME = {"domainName": "terraform.example.com"}
client.create_domain_name(**NAME, regionalCertificateArn="arn:aws:acm:us-east-1:000000000000:certificate/a", endpointConfiguration={"types": ["REGIONAL"]}, securityPolicy="TLS_1_2")
domain = client.get_domain_name(**NAME)
expect("domain_name", domain, {"domainNameStatus": "AVAILABLE", "securityPolicy": "TLS_1_2", "certificateArn": None, "distributionDomainName": None})
client.create_base_path_mapping(**NAME, restApiId=API["restApiId"], basePath="v1", stage="prod")
expect("base_path_mapping", client.get_base_path_mapping(**NAME, basePath="v1"), {"restApiId": API["restApiId"], "stage": "prod"})
client.update_base_path_mapping(**NAME, basePath="v1", patchOperations=[op("replace", "/basePath", "v2")])
role = "arn:aws:iam::000000000000:role/logs"
client.update_account(patchOperations=[op("replace", "/cloudwatchRoleArn", role)])
expect("account", client.get_account(), {"cloudwatchRoleArn": role})
client.update_account(patchOperations=[op("replace", "/cloudwatchRoleArn", "")])
expect("account reset", client.get_account(), {"cloudwatchRoleArn": None})
link = client.create_vpc_link(name="link", targetArns=["arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/l/1"])
expect("vpc_link", client.get_vpc_link(vpcLinkId=link["id"]), {"status": "AVAILABLE", "name": "link"})

# changes
client.update_rest_api(**API, patchOperations=[
    op("replace", "/name", "tf2"), op("remove", "/binaryMediaTypes/image~1png"), op("add", "/binaryMediaTypes/application~1pdf"),
    op("replace", "/minimumCompressionSize", ""), op("replace", "/disableExecuteApiEndpoint", "true"),
    op("replace", "/policy", json.dumps({"Version": "2012-10-17", "Statement": []})),
    op("replace", "/endpointConfiguration/types/0", "EDGE"),
])
expect("rest_api changed", client.get_rest_api(**API), {
    "name": "tf2", "binaryMediaTypes": ["application/pdf"], "minimumCompressionSize": None, "disableExecuteApiEndpoint": True,
    "endpointConfiguration": {"types": ["EDGE"], "ipAddressType": "ipv4"},
})
client.update_rest_api(**API, patchOperations=[op("replace", "/policy", "")])
expect("rest_api without policy", client.get_rest_api(**API), {"policy": None})
client.update_authorizer(**POOL, patchOperations=[
    op("remove", "/providerARNs", "arn:aws:cognito-idp:us-east-1:000000000000:userpool/a"),
    op("add", "/providerARNs", "arn:aws:cognito-idp:us-east-1:000000000000:userpool/b"),
])
expect("authorizer changed", client.get_authorizer(**POOL), {"providerARNs": ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/b"]})
client.update_method(**METHOD, patchOperations=[
    op("replace", "/authorizationType", "COGNITO_USER_POOLS"), op("replace", "/authorizerId", pool["id"]),
    op("add", "/authorizationScopes", "a/read"), op("add", "/authorizationScopes", "a/write"),
    op("replace", "/apiKeyRequired", "false"), op("replace", "/operationName", "getPet"), op("replace", "/requestValidatorId", ""),
    op("remove", "/requestModels/application~1json"), op("add", "/requestParameters/method.request.querystring.q", "false"),
])
expect("method changed", client.get_method(**METHOD), {
    "authorizationType": "COGNITO_USER_POOLS", "authorizerId": pool["id"], "authorizationScopes": ["a/read", "a/write"],
    "apiKeyRequired": False, "operationName": "getPet", "requestValidatorId": None, "requestModels": None,
    "requestParameters": {"method.request.path.id": True, "method.request.querystring.q": False},
})
client.update_integration(**METHOD, patchOperations=[
    op("remove", "/cacheKeyParameters/method.request.path.id", ""), op("add", "/cacheKeyParameters/method.request.querystring.q", ""),
    op("replace", "/cacheNamespace", "foobar"), op("replace", "/timeoutInMillis", "2000"), op("replace", "/uri", "https://example.com/a/{id}"),
    op("replace", "/requestTemplates/application~1xml", "<b/>"), op("remove", "/requestTemplates/application~1json"),
    op("add", "/requestParameters/integration.request.header.X", "'x'"),
    op("replace", "/tlsConfig/insecureSkipVerification", "true"), op("replace", "/contentHandling", "CONVERT_TO_TEXT"),
    op("replace", "/connectionType", "VPC_LINK"), op("replace", "/connectionId", link["id"]),
])
expect("integration changed", client.get_integration(**METHOD), {
    "cacheKeyParameters": ["method.request.querystring.q"], "cacheNamespace": "foobar", "timeoutInMillis": 2000,
    "uri": "https://example.com/a/{id}", "requestTemplates": {"application/xml": "<b/>"}, "connectionType": "VPC_LINK",
    "requestParameters": {"integration.request.path.id": "method.request.path.id", "integration.request.header.X": "'x'"},
    "tlsConfig": {"insecureSkipVerification": True}, "contentHandling": "CONVERT_TO_TEXT", "connectionId": link["id"],
})
client.update_integration(**METHOD, patchOperations=[op("replace", "/connectionType", "INTERNET"), op("replace", "/connectionId", "")])
client.update_model(**API, modelName="Pet", patchOperations=[op("replace", "/schema", '{"type": "array"}'), op("replace", "/description", "")])
expect("model changed", client.get_model(**API, modelName="Pet"), {"schema": '{"type": "array"}', "description": None})
client.update_client_certificate(clientCertificateId=certificate["clientCertificateId"], patchOperations=[op("replace", "/description", "e")])
second = client.create_deployment(**API, description="e")
client.update_stage(**STAGE, patchOperations=[op("replace", "/deploymentId", second["id"]), op("replace", "/cacheClusterEnabled", "false")])
expect("stage moved", client.get_stage(**STAGE), {"deploymentId": second["id"], "cacheClusterStatus": "NOT_AVAILABLE"})
client.delete_deployment(**API, deploymentId=deployment["id"])
arn = f"arn:aws:apigateway:us-east-1::/restapis/{API['restApiId']}"
client.tag_resource(resourceArn=arn, tags={"Owner": "o"})
client.untag_resource(resourceArn=arn, tagKeys=["Name"])
expect("tags", client.get_tags(resourceArn=arn), {"tags": {"Owner": "o"}})

# destruction, what depends on others first
client.delete_base_path_mapping(**NAME, basePath="v2")
client.delete_domain_name(**NAME)
gone("domain_name", client.get_domain_name, **NAME)
client.delete_usage_plan_key(**PLAN, keyId=key["id"])
gone("usage_plan_key", client.get_usage_plan_key, **PLAN, keyId=key["id"])
client.update_usage_plan(**PLAN, patchOperations=[op("remove", "/apiStages", stage_of_plan)])
client.delete_usage_plan(**PLAN)
client.delete_api_key(apiKey=key["id"])
gone("api_key", client.get_api_key, apiKey=key["id"])
client.delete_stage(**STAGE)
gone("stage", client.get_stage, **STAGE)
client.delete_deployment(**API, deploymentId=second["id"])
client.delete_client_certificate(clientCertificateId=certificate["clientCertificateId"])
client.delete_integration_response(**RESPONSE)
client.delete_method_response(**RESPONSE)
gone("method_response", client.get_method_response, **RESPONSE)
client.delete_integration(**METHOD)
client.delete_method(**METHOD)
gone("method", client.get_method, **METHOD)
client.delete_vpc_link(vpcLinkId=link["id"])
gone("vpc_link", client.get_vpc_link, vpcLinkId=link["id"])
for one in (AUTHORIZER, POOL):
    client.delete_authorizer(**one)
    gone("authorizer", client.get_authorizer, **one)
client.delete_model(**API, modelName="Pet")
client.delete_request_validator(**API, requestValidatorId=validator["id"])
client.delete_gateway_response(**GATEWAY)
client.delete_documentation_version(**API, documentationVersion="1")
client.delete_documentation_part(**API, documentationPartId=part["id"])
for one in (pet, pets):
    client.delete_resource(**API, resourceId=one["id"])
client.delete_rest_api(**API)
gone("rest_api", client.get_rest_api, **API)
print("terraform's calls: ok" if not failed else f"terraform's calls: {failed} failed")
sys.exit(1 if failed else 0)
