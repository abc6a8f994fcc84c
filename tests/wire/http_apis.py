"""Every operation of `apigatewayv2` that HTTP APIs have, for `check_shapes.py` to compare with the service model."""

import json

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:pets"
ROLE = "arn:aws:iam::000000000000:role/r"
GONE = "#/components/schemas/Gone"

DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "imported", "version": "7"},
    "tags": [{"name": "team", "x-amazon-apigateway-tag-value": "zoo"}],
    "paths": {
        "/pets/{petId}": {
            "get": {
                "security": [{"jwt": ["read"]}],
                "parameters": [{"name": "petId", "in": "path", "required": True}],
                "requestBody": {"content": {}},
                "responses": {},
                "x-amazon-apigateway-integration": {
                    "type": "aws_proxy",
                    "httpMethod": "POST",
                    "uri": FUNCTION,
                    "payloadFormatVersion": "2.0",
                },
            }
        }
    },
    "components": {
        "securitySchemes": {
            "jwt": {
                "type": "oauth2",
                "x-amazon-apigateway-authorizer": {
                    "type": "jwt",
                    "identitySource": "$request.header.Authorization",
                    "jwtConfiguration": {"issuer": "https://issuer.example.com", "audience": ["app"]},
                },
            }
        }
    },
    "x-amazon-apigateway-cors": {"allowOrigins": ["*"], "maxAge": 5},
}


def entities(gateway, expect, refused):
    api = gateway.create_api(
        Name="shapes",
        ProtocolType="HTTP",
        Description="d",
        Version="1",
        Tags={"a": "b"},
        CorsConfiguration={"AllowOrigins": ["https://a.test"], "AllowMethods": ["GET"], "MaxAge": 1},
    )
    ids = {"ApiId": api["ApiId"]}
    expect("createdDate is a time", api["CreatedDate"].year > 2000)
    expect("the API's own address", api["ApiEndpoint"].startswith(f"https://{api['ApiId']}.execute-api."))
    gateway.get_api(**ids)
    changed = gateway.update_api(**ids, Description="e", DisableExecuteApiEndpoint=False)
    expect("an update answers 201", changed["ResponseMetadata"]["HTTPStatusCode"] == 201)
    idle = gateway.create_stage(**ids, StageName="idle", AutoDeploy=True)["LastDeploymentStatusMessage"]
    words = "Deployment attempt failed: Unable to deploy API because no valid routes exist in this API"
    expect(f"nothing to deploy: {idle}", idle == words)
    gateway.delete_stage(**ids, StageName="idle")
    cors = gateway.update_api(**ids, CorsConfiguration={"AllowOrigins": ["https://b.test"], "AllowMethods": []})["CorsConfiguration"]
    merged = {"AllowCredentials": False, "AllowOrigins": ["https://b.test"], "MaxAge": 1}
    expect(f"CORS settings are merged: {cors}", cors == merged)
    gateway.delete_cors_configuration(**ids)
    expect("no CORS", "CorsConfiguration" not in gateway.get_api(**ids))
    refused(
        gateway.update_api,
        "BadRequestException",
        "allow-credentials is not supported if 'allow-origin' is *",
        **ids,
        CorsConfiguration={"AllowOrigins": ["*"], "AllowCredentials": True},
    )
    for origin in ("capacitor://localhost", "chrome-extension://abc", "a.test"):
        cors = {"AllowOrigins": ["https://a.test", origin]}
        refused(gateway.update_api, "BadRequestException", f"Invalid format for origin {origin}", **ids, CorsConfiguration=cors)
    expect("pages", gateway.get_apis(MaxResults="1")["Items"])

    proxy = gateway.create_integration(
        **ids,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="ANY",
        IntegrationUri="https://example.com/{petId}",
        PayloadFormatVersion="1.0",
        RequestParameters={"append:header.x-a": "$context.requestId", "overwrite:path": "/x"},
        ResponseParameters={"404": {"overwrite:statuscode": "200"}, "500": {"remove:header.x": ""}},
        TimeoutInMillis=1000,
        TlsConfig={"ServerNameToVerify": "example.com"},
    )
    expect("the connection's kind", proxy["ConnectionType"] == "INTERNET")
    changed = gateway.update_integration(
        **ids,
        IntegrationId=proxy["IntegrationId"],
        RequestParameters={"append:header.x-a": ""},
        ResponseParameters={"404": {}},
    )
    expect("mappings are removed", changed["RequestParameters"] == {"overwrite:path": "/x"})
    expect("mappings of a status are removed", list(changed["ResponseParameters"]) == ["500"])
    function = gateway.create_integration(
        **ids, IntegrationType="AWS_PROXY", IntegrationUri=FUNCTION, PayloadFormatVersion="2.0"
    )
    expect("functions are called with POST", function["IntegrationMethod"] == "POST")
    gateway.create_integration(
        **ids,
        IntegrationType="AWS_PROXY",
        IntegrationSubtype="SQS-SendMessage",
        CredentialsArn=ROLE,
        PayloadFormatVersion="1.0",
        RequestParameters={"QueueUrl": "q", "MessageBody": "$request.body"},
    )
    refused(
        gateway.create_integration,
        "BadRequestException",
        "PayloadFormatVersion is a required parameter for integration",
        **ids,
        IntegrationType="AWS_PROXY",
        IntegrationUri=FUNCTION,
    )
    refused(
        gateway.create_integration,
        "BadRequestException",
        "Operations on header x-amz-y are restricted",
        **ids,
        IntegrationType="HTTP_PROXY",
        IntegrationMethod="GET",
        IntegrationUri="https://example.com",
        PayloadFormatVersion="1.0",
        RequestParameters={"append:header.x-amz-y": "z"},
    )
    gateway.get_integration(**ids, IntegrationId=proxy["IntegrationId"])
    expect("three integrations", len(gateway.get_integrations(**ids)["Items"]) == 3)

    jwt = gateway.create_authorizer(
        **ids,
        Name="jwt",
        AuthorizerType="JWT",
        IdentitySource=["$request.header.Authorization"],
        JwtConfiguration={"Issuer": "https://issuer.example.com", "Audience": ["app"]},
    )
    request = gateway.create_authorizer(
        **ids,
        Name="request",
        AuthorizerType="REQUEST",
        AuthorizerUri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations",
        AuthorizerPayloadFormatVersion="2.0",
        EnableSimpleResponses=True,
        IdentitySource=["$request.header.x", "$context.routeKey"],
        AuthorizerResultTtlInSeconds=60,
    )
    gateway.update_authorizer(**ids, AuthorizerId=request["AuthorizerId"], AuthorizerResultTtlInSeconds=0)
    gateway.get_authorizer(**ids, AuthorizerId=jwt["AuthorizerId"])
    expect("two authorizers", len(gateway.get_authorizers(**ids)["Items"]) == 2)

    route = gateway.create_route(
        **ids,
        RouteKey="GET /pets/{petId}",
        Target=f"integrations/{proxy['IntegrationId']}",
        AuthorizationType="JWT",
        AuthorizerId=jwt["AuthorizerId"],
        AuthorizationScopes=["read"],
        OperationName="getPet",
    )
    refused(
        gateway.create_route,
        "ConflictException",
        "Route with key GET /pets/{petId} already exists for this API",
        **ids,
        RouteKey="GET /pets/{petId}",
    )
    gateway.update_route(**ids, RouteId=route["RouteId"], RouteKey="ANY /pets/{petId}")
    open_route = gateway.update_route(**ids, RouteId=route["RouteId"], AuthorizationType="NONE")
    expect("an open route has no authorizer", "AuthorizerId" not in open_route)
    gateway.create_route(**ids, RouteKey="$default", Target=f"integrations/{function['IntegrationId']}")
    gateway.get_route(**ids, RouteId=route["RouteId"])
    first = gateway.get_routes(**ids, MaxResults="1")
    rest = gateway.get_routes(**ids, MaxResults="1", NextToken=first["NextToken"])
    expect("two pages", [r["RouteKey"] for r in first["Items"] + rest["Items"]] == ["ANY /pets/{petId}", "$default"])
    refused(
        gateway.delete_integration,
        "ConflictException",
        f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{route['RouteId']}]",
        **ids,
        IntegrationId=proxy["IntegrationId"],
    )

    refused(
        gateway.create_route,
        "BadRequestException",
        "One or more path parts appear to be invalid. Parts are validated against this regular expression: "
        "^(\\{[\\w.:-]+\\+?\\}|[a-zA-Z0-9.:_-]+)$",
        **ids,
        RouteKey="GET /pets/a{petId}",
    )

    def no_log(words, **settings):
        refused(gateway.create_stage, "BadRequestException", words, **ids, StageName="logs", AccessLogSettings=settings)

    log = "arn:aws:logs:us-east-1:0:log-group:x"
    no_log("Access Log value missing. Expected destinationArn and format.", DestinationArn=log)
    no_log(
        "The following errors are found in Access Log Format: Access Log format must include either $context.requestId or "
        "$context.extendedRequestId : 'x'",
        DestinationArn=log,
        Format="x",
    )
    stage = gateway.create_stage(
        **ids, StageName="dev", AutoDeploy=True, StageVariables={"a": "b", "c": "d"}, Tags={"x": "y"}
    )
    expect("deployed at once", stage["LastDeploymentStatusMessage"].startswith("Successfully deployed stage"))
    changed = gateway.update_stage(
        **ids,
        StageName="dev",
        StageVariables={"a": ""},
        DefaultRouteSettings={"ThrottlingRateLimit": 5.5, "ThrottlingBurstLimit": 3},
        RouteSettings={"$default": {"ThrottlingRateLimit": 1.0}},
        AccessLogSettings={"DestinationArn": "arn:aws:logs:us-east-1:0:log-group:x", "Format": "$context.requestId"},
    )
    expect("a variable is removed", changed["StageVariables"] == {"c": "d"})
    gateway.delete_route_settings(**ids, StageName="dev", RouteKey="$default")
    formatted = gateway.update_stage(**ids, StageName="dev", AccessLogSettings={"Format": "$context.requestId $context.status"})
    kept = {"DestinationArn": log, "Format": "$context.requestId $context.status"}
    expect("the destination stays", formatted["AccessLogSettings"] == kept)
    gateway.delete_access_log_settings(**ids, StageName="dev")
    gateway.get_stage(**ids, StageName="dev")
    gateway.get_stages(**ids)
    gateway.reset_authorizers_cache(**ids, StageName="dev")
    gateway.create_stage(**ids, StageName="manual")
    deployment = gateway.create_deployment(**ids, StageName="manual", Description="d")
    gateway.update_deployment(**ids, DeploymentId=deployment["DeploymentId"], Description="e")
    gateway.get_deployment(**ids, DeploymentId=deployment["DeploymentId"])
    gateway.get_deployments(**ids)
    refused(
        gateway.delete_deployment,
        "BadRequestException",
        "Active stages pointing to this deployment must be moved or deleted",
        **ids,
        DeploymentId=deployment["DeploymentId"],
    )
    for what in ("models", "route_responses", "integration_responses"):
        arguments = {
            "models": {},
            "route_responses": {"RouteId": route["RouteId"]},
            "integration_responses": {"IntegrationId": proxy["IntegrationId"]},
        }[what]
        expect(f"no {what}", getattr(gateway, f"get_{what}")(**ids, **arguments)["Items"] == [])
    refused(
        gateway.create_model,
        "BadRequestException",
        "Currently, Models are not permitted for APIs with a protocol type of HTTP",
        **ids,
        Name="m",
        ContentType="application/json",
        Schema="{}",
    )
    for name in (f"/apis/{api['ApiId']}", f"/apis/{api['ApiId']}/stages/dev"):
        arn = f"arn:aws:apigateway:us-east-1::{name}"
        gateway.tag_resource(ResourceArn=arn, Tags={"c": "d"})
        gateway.untag_resource(ResourceArn=arn, TagKeys=["a", "x"])
        expect(f"tags of {name}", gateway.get_tags(ResourceArn=arn)["Tags"] == {"c": "d"})
    return ids, route, deployment


def domains(gateway, expect, refused, ids):
    domain = gateway.create_domain_name(
        DomainName="api.example.com",
        DomainNameConfigurations=[
            {"CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/a", "EndpointType": "REGIONAL"}
        ],
        Tags={"a": "b"},
    )
    name = {"DomainName": domain["DomainName"]}
    gateway.get_domain_name(**name)
    gateway.get_domain_names()
    gateway.update_domain_name(**name, DomainNameConfigurations=[{"SecurityPolicy": "TLS_1_2"}])
    words = "Invalid input. Expected one domain name configuration"
    refused(gateway.update_domain_name, "BadRequestException", words, **name, DomainNameConfigurations=[])
    truststore = {"TruststoreUri": "s3://bucket/key"}
    for sent, kept in (
        (truststore, truststore),
        ({"TruststoreVersion": "1"}, {**truststore, "TruststoreVersion": "1"}),
        ({"TruststoreUri": ""}, None),
    ):
        domain = gateway.update_domain_name(**name, MutualTlsAuthentication=sent)
        expect(f"mutual TLS after {sent}", domain.get("MutualTlsAuthentication") == kept)
    mapping = gateway.create_api_mapping(**name, **ids, Stage="dev", ApiMappingKey="v1/pets")
    refused(
        gateway.delete_api,
        "BadRequestException",
        f"Deleting API {ids['ApiId']} failed. Please remove all API mappings for the API from your custom domain names.",
        **ids,
    )
    one = {**name, "ApiMappingId": mapping["ApiMappingId"]}
    gateway.update_api_mapping(**one, **ids, ApiMappingKey="")
    expect("a mapping", gateway.get_api_mapping(**one)["ApiMappingKey"] == "")
    expect("one mapping", [m["ApiMappingId"] for m in gateway.get_api_mappings(**name)["Items"]] == [one["ApiMappingId"]])
    gateway.delete_api_mapping(**one)
    gateway.delete_domain_name(**name)
    link = gateway.create_vpc_link(Name="link", SubnetIds=["subnet-1"], SecurityGroupIds=["sg-1"], Tags={"a": "b"})
    one = {"VpcLinkId": link["VpcLinkId"]}
    expect("a link is ready", gateway.get_vpc_link(**one)["VpcLinkStatus"] == "AVAILABLE")
    gateway.get_vpc_links()
    gateway.update_vpc_link(**one, Name="other")
    gateway.delete_vpc_link(**one)


def documents(gateway, expect, refused):
    quick = gateway.create_api(Name="quick", ProtocolType="HTTP", Target="https://example.com")
    stages = gateway.get_stages(ApiId=quick["ApiId"])["Items"]
    expect("quick create", [(s["StageName"], s["ApiGatewayManaged"]) for s in stages] == [("$default", True)])
    gateway.update_api(ApiId=quick["ApiId"], Target=FUNCTION)
    gateway.delete_api(ApiId=quick["ApiId"])
    api = gateway.import_api(Body=json.dumps(DOCUMENT))
    ids = {"ApiId": api["ApiId"]}
    expect("what the import did not use", len(api["ImportInfo"]) == 1 and "ImportInfo" not in gateway.get_api(**ids))
    expect("tags of the document", api["Tags"] == {"team": "zoo"})
    again = gateway.reimport_api(**ids, Body=json.dumps(DOCUMENT), Basepath="ignore", FailOnWarnings=True)
    expect("the same API", again["ApiId"] == api["ApiId"])
    refused(
        gateway.import_api,
        "BadRequestException",
        "Errors found during import:\n\tUnsupported specification version: HTTP APIs support only OpenAPI 3.0",
        Body='{"swagger": "2.0", "info": {"title": "t", "version": "1"}, "paths": {}}',
    )
    for line, members in {
        "attribute .servers.url is missing": {"servers": [{"x-amazon-apigateway-endpoint-configuration": {"disableExecuteApiEndpoint": True}}]},
        "attribute paths. Resource $default should start with /": {"paths": {"$default": {"x-amazon-apigateway-any-method": {}}}},
        f"attribute paths.'/a'(get).responses.200.content.schema.{GONE} is missing": {
            "paths": {"/a": {"get": {"responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"$ref": GONE}}}}}}}}
        },
    }.items():
        refused(
            gateway.import_api,
            "BadRequestException",
            f"Warnings found during import:\n\tParse issue: {line}",
            FailOnWarnings=True,
            Body=json.dumps({"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {}, **members}),
        )
    gateway.create_stage(**ids, StageName="$default", AutoDeploy=True)
    for arguments in ({}, {"StageName": "$default"}):
        body = gateway.export_api(**ids, Specification="OAS30", OutputType="JSON", **arguments)["body"].read()
        exported = json.loads(body)
        expect("an export", exported["paths"]["/pets/{petId}"]["get"]["security"] == [{"jwt": ["read"]}])
        expect("its version", exported["x-amazon-apigateway-importexport-version"] == "1.0")
    body = gateway.export_api(**ids, Specification="OAS30", OutputType="YAML", IncludeExtensions=False)["body"].read()
    expect("an export without extensions", b"x-amazon" not in body)
    seldom(gateway, expect, ids)
    gateway.delete_api(**ids)


def seldom(gateway, expect, ids):
    """What exports that users published have beside routes: integrations of none, time-outs that were given, and sources
    of authorizers that have none."""
    integration = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET", "PayloadFormatVersion": "1.0"}
    unused = gateway.create_integration(**ids, **integration, IntegrationUri="https://example.com", TimeoutInMillis=30000)
    expect("no word of the time-out's origin", "isTimeoutGiven" not in json.dumps(unused))
    function = "arn:aws:lambda:us-east-1:000000000000:function:f"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    request = {"AuthorizerType": "REQUEST", "AuthorizerPayloadFormatVersion": "2.0", "AuthorizerUri": uri}
    gateway.create_authorizer(**ids, **request, Name="all", AuthorizerResultTtlInSeconds=0, EnableSimpleResponses=True)
    text = gateway.export_api(**ids, Specification="OAS30", OutputType="JSON")["body"].read().decode()
    exported = json.loads(text)["components"]
    name = f"unusedIntegration_{unused['IntegrationId']}"
    written = {
        "payloadFormatVersion": "1.0",
        "type": "http_proxy",
        "httpMethod": "GET",
        "uri": "https://example.com",
        "connectionType": "INTERNET",
        "timeoutInMillis": 30000,
    }
    expect("an integration of no route", exported["x-amazon-apigateway-integrations"] == {name: written})
    authorizer = exported["securitySchemes"]["all"]["x-amazon-apigateway-authorizer"]
    expect("an authorizer that looks at nothing", authorizer["identitySource"] == "")
    again = gateway.import_api(Body=text)
    text = gateway.export_api(ApiId=again["ApiId"], Specification="OAS30", OutputType="JSON")["body"].read().decode()
    expect("the same", json.loads(text)["components"] == exported)
    gateway.delete_api(ApiId=again["ApiId"])


def check(gateway, expect, refused):
    ids, route, deployment = entities(gateway, expect, refused)
    domains(gateway, expect, refused, ids)
    documents(gateway, expect, refused)
    gateway.delete_stage(**ids, StageName="manual")
    gateway.delete_deployment(**ids, DeploymentId=deployment["DeploymentId"])
    gateway.delete_route(**ids, RouteId=route["RouteId"])
    gateway.delete_api(**ids)
    refused(
        gateway.get_api,
        "NotFoundException",
        f"Invalid API identifier specified 000000000000:{ids['ApiId']}",
        **ids,
    )
    refused(
        gateway.create_api,
        "BadRequestException",
        "WebSocket APIs are not supported by the embedded gateway; protocolType must be HTTP",
        Name="w",
        ProtocolType="WEBSOCKET",
    )
