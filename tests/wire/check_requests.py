"""Requests to what boto3 deployed: the routing rules of custom domain names, and functions that ask for a permission.

Takes the endpoint's URL as its argument.
"""

import http.client
import io
import json
import sys
import urllib.parse
import zipfile

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
PLACE = urllib.parse.urlsplit(ENDPOINT).netloc
ACCOUNT = "000000000000"
CONFIG = Config(retries={"max_attempts": 0})
rest, http_apis, functions = (
    boto3.client(name, endpoint_url=ENDPOINT, region_name="us-east-1", config=CONFIG)
    for name in ("apigateway", "apigatewayv2", "lambda")
)
passed = failed = 0

# Lets everybody in: as an authorizer's answer of either format, and as that of a proxy integration's function.
FUNCTION = f"""#!{sys.executable}
import json, os, urllib.request
root = "http://" + os.environ["AWS_LAMBDA_RUNTIME_API"] + "/2018-06-01/runtime/invocation/"
while True:
    with urllib.request.urlopen(root + "next") as event:
        id, event = event.headers["Lambda-Runtime-Aws-Request-Id"], json.load(event)
    answer = {{"statusCode": 200, "body": "served"}}
    if event.get("type") == "REQUEST":
        statement = {{"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "*"}}
        answer = {{"principalId": "me", "policyDocument": {{"Version": "2012-10-17", "Statement": [statement]}}}}
    urllib.request.urlopen(root + id + "/response", json.dumps(answer).encode()).close()
"""


def expect(what, found, wanted):
    global passed, failed
    passed, failed = (passed + 1, failed) if found == wanted else (passed, failed + 1)
    if found != wanted:
        print(f"FAILED {what}: {found!r} instead of {wanted!r}")


def ask(host, path, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection(PLACE, timeout=30)
    connection.request(method, path, body, {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}})
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


def mock(text):
    """An API whose only stage, `s`, answers every path with what it is and the path that was routed."""
    template = json.dumps({"statusCode": 200})
    answered = text + " $input.params('proxy')"
    integration = {
        "type": "mock", "requestTemplates": {"application/json": template},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": answered}}},
    }
    operation = {"responses": {"200": {"description": "ok"}}, "x-amazon-apigateway-integration": integration}
    paths = {path: {"get": operation} for path in ("/", "/{proxy+}")}
    document = {"openapi": "3.0.1", "info": {"title": text, "version": "1"}, "paths": paths}
    id = rest.import_rest_api(body=json.dumps(document))["id"]
    rest.create_deployment(restApiId=id, stageName="s")
    return id


def routing_rules():
    """The developer guide's examples of rules, with and without their base path, before mappings or instead of them."""
    name = {"DomainName": "rules.example.com"}
    plain, beta, mapped = mock("plain"), mock("beta"), mock("mapped")
    mode = {"RoutingMode": "ROUTING_RULE_THEN_API_MAPPING"}
    http_apis.create_domain_name(**name, DomainNameConfigurations=[{}], **mode)
    http_apis.create_api_mapping(**name, ApiId=mapped, Stage="s")

    def rule(priority, api, conditions, strip):
        action = {"InvokeApi": {"ApiId": api, "Stage": "s", "StripBasePath": strip}}
        return http_apis.create_routing_rule(**name, Priority=priority, Actions=[action], Conditions=conditions)

    dogs = {"MatchBasePaths": {"AnyOf": ["PetStoreShopper/dogs"]}}
    rule(50, plain, [dogs], True)
    rule(10, beta, [dogs, {"MatchHeaders": {"AnyOf": [{"Header": "x-version", "ValueGlob": "b*"}]}}], False)
    host = name["DomainName"]
    expect("stripped", ask(host, "/PetStoreShopper/dogs/rex"), (200, "plain rex"))
    expect("base path alone", ask(host, "/PetStoreShopper/dogs"), (200, "plain"))
    expect("kept", ask(host, "/PetStoreShopper/dogs/rex", X_Version="beta"), (200, "beta PetStoreShopper/dogs/rex"))
    expect("another value", ask(host, "/PetStoreShopper/dogs/rex", X_Version="Beta"), (200, "plain rex"))
    expect("the case of the path", ask(host, "/petstoreshopper/dogs"), (200, "mapped petstoreshopper/dogs"))
    expect("no whole segment", ask(host, "/PetStoreShopper/dogsled"), (200, "mapped PetStoreShopper/dogsled"))
    http_apis.update_domain_name(**name, RoutingMode="ROUTING_RULE_ONLY")
    expect("no rule", ask(host, "/cats"), (403, '{"message":"Forbidden"}'))
    http_apis.update_domain_name(**name, RoutingMode="API_MAPPING_ONLY")
    expect("no rules", ask(host, "/PetStoreShopper/dogs"), (200, "mapped PetStoreShopper/dogs"))
    http_apis.delete_domain_name(**name)
    wildcard = {"DomainName": "*.example.com"}
    http_apis.create_domain_name(**wildcard, DomainNameConfigurations=[{}])
    http_apis.create_api_mapping(**wildcard, ApiId=plain, Stage="s", ApiMappingKey="v1")
    expect("a wildcard", ask("any.example.com", "/v1/x"), (200, "plain x"))
    expect("a label more", ask("one.any.example.com", "/v1/x")[0], 403)
    http_apis.delete_domain_name(**wildcard)


def made_function(name):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        bootstrap = zipfile.ZipInfo("bootstrap")
        bootstrap.external_attr = 0o755 << 16
        archive.writestr(bootstrap, FUNCTION)
    arguments = {"Runtime": "provided.al2023", "Handler": "bootstrap", "Role": f"arn:aws:iam::{ACCOUNT}:role/r"}
    return functions.create_function(FunctionName=name, Code={"ZipFile": file.getvalue()}, **arguments)["FunctionArn"]


def permit(function, source):
    source = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{source}"
    permission = {"Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com", "SourceArn": source}
    functions.add_permission(FunctionName=function, StatementId=f"s{abs(hash(source))}", **permission)


def function_policies():
    served, guards = made_function("served"), made_function("guards")
    uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{}/invocations".format
    denied = (500, '{"message":"Internal Server Error"}')
    id = http_apis.create_api(Name="n", ProtocolType="HTTP")["ApiId"]
    api = {"ApiId": id}
    proxy = {"IntegrationType": "AWS_PROXY", "IntegrationUri": served, "PayloadFormatVersion": "2.0"}
    target = f"integrations/{http_apis.create_integration(**api, **proxy)['IntegrationId']}"
    request = {"AuthorizerType": "REQUEST", "AuthorizerPayloadFormatVersion": "2.0", "IdentitySource": ["$request.header.Authorization"]}
    authorizer = http_apis.create_authorizer(**api, **request, Name="a", AuthorizerUri=uri(guards))["AuthorizerId"]
    for key in ("GET /pets/{id}", "$default"):
        http_apis.create_route(**api, RouteKey=key, Target=target)
    http_apis.create_route(**api, RouteKey="GET /guarded", Target=target, AuthorizationType="CUSTOM", AuthorizerId=authorizer)
    http_apis.create_stage(**api, StageName="$default", AutoDeploy=True)
    host = f"{id}.execute-api.localhost"
    expect("a route without permission", ask(host, "/pets/1"), denied)
    permit("served", f"{id}/*/GET/pets/*")
    expect("a route", ask(host, "/pets/1"), (200, "served"))
    expect("the catch-all without permission", ask(host, "/x"), denied)
    permit("served", f"{id}/*/$default")
    expect("the catch-all", ask(host, "/x"), (200, "served"))
    permit("served", f"{id}/*/*/guarded")
    expect("an authorizer without permission", ask(host, "/guarded", Authorization="x"), denied)
    permit("guards", f"{id}/authorizers/{authorizer}")
    expect("an authorizer", ask(host, "/guarded", Authorization="x"), (200, "served"))

    scheme = {
        "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "request", "authorizerUri": uri(guards), "identitySource": "method.request.header.Authorization", "authorizerResultTtlInSeconds": 0,
        },
    }
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri(served)}
    operation = {"security": [{"a": []}], "responses": {}, "x-amazon-apigateway-integration": integration}
    document = {
        "openapi": "3.0.1", "info": {"title": "n", "version": "1"}, "paths": {"/": {"get": operation}},
        "components": {"securitySchemes": {"a": scheme}},
    }
    id = rest.import_rest_api(body=json.dumps(document))["id"]
    rest.create_deployment(restApiId=id, stageName="s")
    host = f"{id}.execute-api.localhost"
    permit("served", f"{id}/*/GET/")
    expect("a REST authorizer without permission", ask(host, "/s", Authorization="x"), (500, '{"message":null}'))
    guard = {"restApiId": id, "authorizerId": rest.get_authorizers(restApiId=id)["items"][0]["id"], "headers": {"Authorization": "x"}}
    tested = rest.test_invoke_authorizer(**guard)
    expect("a test without permission", (tested["clientStatus"], "Invalid permissions on Lambda function" in tested["log"]), (500, True))
    permit("guards", f"{id}/authorizers/*")
    tested = rest.test_invoke_authorizer(**guard)
    expect("a test", tested["clientStatus"], 200)
    lines = [line.partition(" : ")[2].partition(":")[0] for line in tested["log"].splitlines()[1:]]
    steps = [
        "Starting authorizer", "Incoming identity", "Endpoint request URI", "Endpoint request headers",
        "Endpoint request body after transformations", "Sending request to https", "Authorizer result body before parsing",
        "Using valid authorizer policy for principal", "Successfully completed authorizer execution",
    ]
    expect("its log", lines, steps)
    expect("a REST authorizer", ask(host, "/s", Authorization="x"), (200, "served"))
    functions.publish_version(FunctionName="served")
    invoked = functions.invoke(FunctionName="served", Qualifier="1", Payload=b"{}")
    expect("the version", (invoked["ExecutedVersion"], json.load(invoked["Payload"])["body"]), ("1", "served"))
    for what, code, arguments in (
        ("no JSON", "InvalidRequestContentException", {"Payload": b"text"}),
        ("no version", "ResourceNotFoundException", {"Payload": b"{}", "Qualifier": "9"}),
    ):
        try:
            expect(what, functions.invoke(FunctionName="served", **arguments), code)
        except functions.exceptions.ClientError as error:
            expect(what, error.response["Error"]["Code"], code)
    functions.put_function_concurrency(FunctionName="served", ReservedConcurrentExecutions=0)
    try:
        expect("no concurrency", functions.invoke(FunctionName="served", Payload=b"{}"), "is refused")
    except functions.exceptions.TooManyRequestsException as error:
        reason = error.response["Reason"]
        expect("no concurrency", reason, "ReservedFunctionConcurrentInvocationLimitExceeded")
    expect("throttled", ask(host, "/s", Authorization="x")[0], 429)
    functions.delete_function_concurrency(FunctionName="served")
    expect("concurrency", ask(host, "/s", Authorization="x"), (200, "served"))
    for name in ("served", "guards"):
        functions.delete_function(FunctionName=name)


def content_codings():
    """What a request's body is coded in is undone, or refused (developer guide, compressed payloads)."""
    host = f"{mock('coded')}.execute-api.localhost"
    expect("no body", ask(host, "/s", Content_Encoding="br"), (200, "coded"))
    expect("identity", ask(host, "/s", body=b"x", Content_Encoding="identity"), (200, "coded"))
    for coding in ("br", "gzip"):
        expect(coding, ask(host, "/s", body=b"x", Content_Encoding=coding), (415, '{"message": "Unsupported Media Type"}'))


for check in (routing_rules, function_policies, content_codings):
    check()
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
