"""The answers of the control plane's calls on REST APIs, strictly: members that are there and that are not, their
values, statuses, errors' types and words.

Takes the endpoint's URL as its argument.
"""

import base64
import io
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile

import boto3
from botocore.config import Config

from answers import DATE, Same, Scenario, bad, conflict, invalid, missing, refused

ENDPOINT = sys.argv[1]
# A list with an illegal value, or a member left out, is for the service to refuse, not for the client.
CONFIG = Config(retries={"max_attempts": 0}, parameter_validation=False)
client = boto3.client("apigateway", endpoint_url=ENDPOINT, region_name="us-east-1", config=CONFIG)
ACCOUNT = "000000000000"

OK, CREATED, ACCEPTED, GONE = (lambda body: (200, body)), (lambda body: (201, body)), (202, {}), (204, {})

UNKNOWN_API = "Invalid API identifier specified {}:{}"
UNKNOWN_RESOURCE = missing("Invalid Resource identifier specified")
UNKNOWN_METHOD = missing("Invalid Method identifier specified")
OPS = "Member must satisfy enum value set: [add, remove, move, test, replace, copy]"
STATUS_CODE = r"Member must satisfy regular expression pattern: [1-5]\d\d"
LEGAL_STAGE_PATHS = (
    "/deploymentId, /description, /cacheClusterEnabled, /cacheClusterSize, /clientCertificateId, /accessLogSettings, "
    "/accessLogSettings/destinationArn, /accessLogSettings/format, /{resourcePath}/{httpMethod}/metrics/enabled, "
    "/{resourcePath}/{httpMethod}/logging/dataTrace, /{resourcePath}/{httpMethod}/logging/loglevel, "
    "/{resourcePath}/{httpMethod}/throttling/burstLimit/{resourcePath}/{httpMethod}/throttling/rateLimit"
    "/{resourcePath}/{httpMethod}/caching/ttlInSeconds, /{resourcePath}/{httpMethod}/caching/enabled, "
    "/{resourcePath}/{httpMethod}/caching/dataEncrypted, "
    "/{resourcePath}/{httpMethod}/caching/requireAuthorizationForCacheControl, "
    "/{resourcePath}/{httpMethod}/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, "
    "/*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit "
    "/*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, "
    "/*/*/caching/requireAuthorizationForCacheControl, /*/*/caching/unauthorizedCacheControlHeaderStrategy, "
    "/variables/{variable_name}, /tracingEnabled"
)

AUTHORIZER_URI = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations"
)

SCENARIOS = []


def scenario(function):
    SCENARIOS.append(function)
    return function


def api(name="n", number="1", tags=None, **members):
    """A RestApi as it is answered; `tags=None` leaves them out."""
    body = {
        "apiKeySource": "HEADER",
        "createdDate": DATE,
        "disableExecuteApiEndpoint": False,
        "endpointConfiguration": {"ipAddressType": "ipv4", "types": ["EDGE"]},
        "id": Same(f"api{number}"),
        "name": name,
        "rootResourceId": Same(f"root{number}"),
        **members,
    }
    return body if tags is None else {**body, "tags": tags}


def stage(name, deployment="deployment", **members):
    return {
        "cacheClusterEnabled": False,
        "cacheClusterStatus": "NOT_AVAILABLE",
        "createdDate": DATE,
        "deploymentId": Same(deployment),
        "lastUpdatedDate": DATE,
        "methodSettings": {},
        "stageName": name,
        "tracingEnabled": False,
        **members,
    }


def patch(op, path, value=None, **more):
    operation = {"op": op, "path": path, **more}
    return [operation if value is None else {**operation, "value": value}]


def bad_path(path, op, legal=None):
    end = "Please choose supported operations" if legal is None else f"Must be one of: [{legal}]"
    return bad(f"Invalid patch path  '{path}' specified for op '{op}'. {end}")


def made(**arguments):
    return client.create_rest_api(**{"name": "n", **arguments})


def mocked():
    """An API with one mocked method, which can be deployed."""
    created = made()
    ids = {"restApiId": created["id"], "resourceId": created["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**ids, authorizationType="NONE")
    client.put_method_response(**ids, statusCode="200")
    client.put_integration(**ids, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})
    client.put_integration_response(**ids, statusCode="200")
    return ids


@scenario
def list_and_delete_apis(s):
    for item in client.get_rest_apis()["items"]:
        client.delete_rest_api(restApiId=item["id"])
    one, two = api("one", "1", description="this is my api"), api("two", "2", description="this is my api2")
    first = s.step("create-rest-api-1", client.create_rest_api, CREATED(one), name="one", description="this is my api")
    s.step("create-rest-api-2", client.create_rest_api, CREATED(two), name="two", description="this is my api2")
    s.step("get-rest-api-before-delete", client.get_rest_apis, OK({"items": [one, two]}))
    s.step("delete-rest-api", client.delete_rest_api, ACCEPTED, restApiId=first["id"])
    s.step("get-rest-api-after-delete", client.get_rest_apis, OK({"items": [two]}))
    unknown = missing(UNKNOWN_API.format(ACCOUNT, first["id"]))
    s.step("get-gone", client.get_rest_api, unknown, restApiId=first["id"])
    s.step("delete-gone", client.delete_rest_api, unknown, restApiId=first["id"])
    s.step("update-gone", client.update_rest_api, unknown, restApiId=first["id"], patchOperations=[])
    s.step("resources-gone", client.get_resources, unknown, restApiId=first["id"])
    s.step("deploy-gone", client.create_deployment, unknown, restApiId=first["id"])


@scenario
def create_rest_api_with_tags(s):
    for item in client.get_rest_apis()["items"]:
        client.delete_rest_api(restApiId=item["id"])
    tagged = api(description="this is my api", tags={"MY_TAG1": "MY_VALUE1"})
    created = s.step(
        "create-rest-api-w-tags", client.create_rest_api, CREATED(tagged),
        name="n", description="this is my api", tags={"MY_TAG1": "MY_VALUE1"},
    )
    s.step("get-rest-api-w-tags", client.get_rest_api, OK(tagged), restApiId=created["id"])
    s.step("get-rest-apis-w-tags", client.get_rest_apis, OK({"items": [tagged]}))


@scenario
def update_rest_api_operation_add_remove(s):
    id = {"restApiId": made(description="this is my api")["id"]}
    common = {"description": "this is my api", "tags": {}}
    s.step(
        "update-rest-api-add", client.update_rest_api, OK(api(binaryMediaTypes=["image/png", "image/jpeg"], **common)),
        **id, patchOperations=patch("add", "/binaryMediaTypes/image~1png") + patch("add", "/binaryMediaTypes/image~1jpeg"),
    )
    s.step(
        "update-rest-api-replace", client.update_rest_api,
        OK(api(binaryMediaTypes=["image/jpeg", "image/gif"], **common)),
        **id, patchOperations=patch("replace", "/binaryMediaTypes/image~1png", "image/gif"),
    )
    s.step(
        "update-rest-api-remove", client.update_rest_api, OK(api(binaryMediaTypes=["image/jpeg"], tags={})),
        **id, patchOperations=patch("remove", "/binaryMediaTypes/image~1gif") + patch("remove", "/description"),
    )


@scenario
def update_rest_api_behaviour(s):
    id = {"restApiId": made(description="this is my api")["id"]}
    s.step(
        "update-rest-api-array", client.update_rest_api,
        OK(api(binaryMediaTypes=["-"], description="this is my api", tags={})),
        **id, patchOperations=patch("add", "/binaryMediaTypes/-", "image/png"),
    )
    for op in ("add", "replace", "remove"):
        s.step(
            f"update-rest-api-{op}-base-path", client.update_rest_api, bad("Invalid patch path /binaryMediaTypes"),
            **id, patchOperations=patch(op, "/binaryMediaTypes", "image/png"),
        )


@scenario
def delete_resource(s):
    created = made()
    id = {"restApiId": created["id"]}
    resource = s.step(
        "create-resource", client.create_resource,
        CREATED({"id": Same("r"), "parentId": Same("root"), "path": "/a", "pathPart": "a"}),
        **id, parentId=created["rootResourceId"], pathPart="a",
    )
    below = client.create_resource(**id, parentId=resource["id"], pathPart="b")
    s.step("delete-resource", client.delete_resource, ACCEPTED, **id, resourceId=resource["id"])
    s.step("get-resources", client.get_resources, OK({"items": [{"id": Same("root"), "path": "/"}]}), **id)
    s.step("delete-subresource", client.delete_resource, UNKNOWN_RESOURCE, **id, resourceId=below["id"])


@scenario
def put_method_model(s):
    created = made()
    id = {"restApiId": created["id"]}
    root = {**id, "resourceId": created["rootResourceId"], "httpMethod": "ANY"}

    def model(name):
        return {"contentType": "application/json", "id": Same(name), "name": name, "schema": {"title": name, "type": "object"}}

    def method(name):
        body = {"apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "ANY"}
        return {**body, "requestModels": {"application/json": name}} if name else body

    for step, name in (("create-model", "One"), ("create-model-2", "Two")):
        schema = json.dumps({"title": name, "type": "object"})
        s.step(step, client.create_model, CREATED(model(name)), **id, name=name, contentType="application/json", schema=schema)
    put = dict(authorizationType="NONE")
    s.step("put-method-request-models", client.put_method, CREATED(method("One")), **root, **put, requestModels={"application/json": "One"})

    def used(name, path):
        return conflict(f"Cannot delete model '{name}', is referenced in method request: {path}/ANY")

    s.step("delete-model-used", client.delete_model, used("One", "/"), **id, modelName="One")
    replace = patch("replace", "/requestModels/application~1json", "Two")
    s.step("update-method-model", client.update_method, OK(method("Two")), **root, patchOperations=replace)
    s.step("delete-model-unused", client.delete_model, ACCEPTED, **id, modelName="One")
    s.step("delete-model-used-2", client.delete_model, used("Two", "/"), **id, modelName="Two")
    test = client.create_resource(**id, parentId=created["rootResourceId"], pathPart="test")
    second = {**root, "resourceId": test["id"]}
    s.step("put-method-2-request-models", client.put_method, CREATED(method("Two")), **second, **put, requestModels={"application/json": "Two"})
    s.step("delete-model-used-by-2-method", client.delete_model, used("Two", "/test"), **id, modelName="Two")
    remove = patch("remove", "/requestModels/application~1json", "Two")
    s.step("update-method-model-2", client.update_method, OK(method(None)), **second, patchOperations=remove)
    s.step("delete-model-used-by-method-1", client.delete_model, used("Two", "/"), **id, modelName="Two")
    s.step("delete-method-using-model-2", client.delete_method, GONE, **root)
    s.step("delete-model-unused-2", client.delete_model, ACCEPTED, **id, modelName="Two")


EMPTY_SCHEMA = {"$schema": "http://json-schema.org/draft-04/schema#", "title": "Empty Schema", "type": "object"}
ERROR_SCHEMA = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "title": "Error Schema",
    "type": "object",
    "properties": {"message": {"type": "string"}},
}


def default_models():
    common = {"contentType": "application/json"}
    return [
        {**common, "id": Same("m-empty"), "name": "Empty", "description": "This is a default empty schema model", "schema": EMPTY_SCHEMA},
        {**common, "id": Same("m-error"), "name": "Error", "description": "This is a default error schema model", "schema": ERROR_SCHEMA},
    ]


@scenario
def model_lifecycle(s):
    id = {"restApiId": made()["id"]}
    schema = {"title": "Calc output", "type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}
    model = {"contentType": "application/json", "description": "d", "id": Same("m"), "name": "CalcOutput", "schema": schema}
    call = dict(name="CalcOutput", description="d", contentType="application/json", schema=json.dumps(schema))
    s.step("create-model", client.create_model, CREATED(model), **id, **call)
    s.step("create-again", client.create_model, conflict("Model name already exists for this REST API"), **id, **call)
    s.step("get-models", client.get_models, OK({"items": [model, *default_models()]}), **id)
    s.step("get-model", client.get_model, OK(model), **id, modelName="CalcOutput")
    template = {"value": "#set($inputRoot = $input.path('$'))\n{\n  \"a\" : 3.1415\n}"}
    s.step("template", client.get_model_template, OK(template), **id, modelName="CalcOutput")
    client.create_model(**id, name="Untyped", contentType="application/json", schema='{"properties": {"a": {"type": "string"}}}')
    words = "Cannot generate mapping template because model schema is missing a 'type' or '$ref' property"
    s.step("untyped", client.get_model_template, bad(words), **id, modelName="Untyped")
    client.delete_model(**id, modelName="Untyped")
    s.step("del-model", client.delete_model, ACCEPTED, **id, modelName="CalcOutput")
    unknown = missing("Invalid model name specified: CalcOutput")
    s.step("get-gone", client.get_model, unknown, **id, modelName="CalcOutput")
    s.step("del-gone", client.delete_model, unknown, **id, modelName="CalcOutput")
    no_name = bad("Model name must be non-empty")
    s.step("empty-name", client.create_model, no_name, **id, name="", contentType="application/json", schema="{}")


@scenario
def update_model(s):
    id = {"restApiId": made()["id"], "modelName": "mySchema"}

    def model(title):
        return {"contentType": "application/json", "id": Same("m"), "name": "mySchema", "schema": {"title": title, "type": "object"}}

    replaced = patch("replace", "/schema", '{"title": "Updated schema", "type": "object"}')
    s.step("update-model-wrong-id", client.update_model, missing("Invalid model name specified: mySchema"), **id, patchOperations=replaced)
    s.step(
        "create-model", client.create_model, CREATED(model("mySchema")), restApiId=id["restApiId"], name="mySchema",
        contentType="application/json", schema='{"title": "mySchema", "type": "object"}',
    )
    s.step("update-model", client.update_model, OK(model("Updated schema")), **id, patchOperations=replaced)
    s.step("update-model-invalid-op", client.update_model, bad_path("/wrong-path", "add"), **id, patchOperations=patch("add", "/wrong-path", "x"))
    legal = "/description, /schema"
    s.step("update-model-invalid-path", client.update_model, bad_path("/name", "replace", legal), **id, patchOperations=patch("replace", "/name", "x"))
    empty = bad("Model schema must have at least 1 property or array items defined")
    s.step("update-model-empty-schema", client.update_model, empty, **id, patchOperations=patch("replace", "/schema", ""))


@scenario
def request_validators(s):
    id = {"restApiId": made(description="my api")["id"]}
    no_api, gone = bad("Invalid REST API identifier specified"), missing("Invalid Request Validator identifier specified")
    s.step("wrong-rest-api-id-create-validator", client.create_request_validator, no_api, restApiId="test-fake-rest-id", name="n")
    unknown = missing(UNKNOWN_API.format(ACCOUNT, "test-fake-rest-id"))
    s.step("wrong-rest-api-id-get-validators", client.get_request_validators, unknown, restApiId="test-fake-rest-id")
    for verb in (client.get_request_validator, client.delete_request_validator):
        s.step("invalid-api-id", verb, gone, restApiId="api_id", requestValidatorId="validator_id")
        s.step("invalid-validator-id", verb, gone, **id, requestValidatorId="validator_id")
    shown = {"id": Same("v"), "name": "v", "validateRequestBody": False, "validateRequestParameters": False}
    validator = s.step("create-request-validator", client.create_request_validator, CREATED(shown), **id, name="v")
    each = {**id, "requestValidatorId": validator["id"]}
    again = bad("Request Validator name must be unique. Request Validator v already exists in this RestApi.")
    s.step("create-again", client.create_request_validator, again, **id, name="v")
    s.step("get-request-validators", client.get_request_validators, OK({"items": [shown]}), **id)
    for op in ("add", "remove"):
        s.step(
            f"update-request-validator-invalid-{op}-operation", client.update_request_validator,
            bad_path("/validateRequestBody", op), **each, patchOperations=patch(op, "/validateRequestBody", "true"),
        )
    legal = "/name, /validateRequestParameters, /validateRequestBody"
    s.step(
        "update-request-validator-invalid-path", client.update_request_validator,
        bad_path("/invalidPath", "replace", legal), **each, patchOperations=patch("replace", "/invalidPath", "true"),
    )
    s.step(
        "update-request-validator-empty-name-value", client.update_request_validator,
        bad("Request Validator name cannot be blank"), **each, patchOperations=patch("replace", "/name", ""),
    )
    on = {**shown, "validateRequestBody": True}
    s.step("update", client.update_request_validator, OK(on), **each, patchOperations=patch("replace", "/validateRequestBody", "true"))
    s.step("update-false", client.update_request_validator, OK(shown), **each, patchOperations=patch("replace", "/validateRequestBody", "nonsense"))
    s.step("delete", client.delete_request_validator, ACCEPTED, **each)


GATEWAY_RESPONSES = {
    "ACCESS_DENIED": "403", "API_CONFIGURATION_ERROR": "500", "AUTHORIZER_CONFIGURATION_ERROR": "500",
    "AUTHORIZER_FAILURE": "500", "BAD_REQUEST_BODY": "400", "BAD_REQUEST_PARAMETERS": "400", "DEFAULT_4XX": None,
    "DEFAULT_5XX": None, "EXPIRED_TOKEN": "403", "INTEGRATION_FAILURE": "504", "INTEGRATION_TIMEOUT": "504",
    "INVALID_API_KEY": "403", "INVALID_SIGNATURE": "403", "MISSING_AUTHENTICATION_TOKEN": "403",
    "QUOTA_EXCEEDED": "429", "REQUEST_TOO_LARGE": "413", "RESOURCE_NOT_FOUND": "404", "THROTTLED": "429",
    "UNAUTHORIZED": "401", "UNSUPPORTED_MEDIA_TYPE": "415", "WAF_FILTERED": "403",
}


def gateway_response(kind):
    status = GATEWAY_RESPONSES[kind]
    body = {
        "defaultResponse": True,
        "responseParameters": {},
        "responseTemplates": {"application/json": '{"message":$context.error.messageString}'},
        "responseType": kind,
    }
    return {**body, "statusCode": status} if status else body


@scenario
def gateway_responses(s):
    id = {"restApiId": made()["id"]}
    one = {**id, "responseType": "MISSING_AUTHENTICATION_TOKEN"}
    standard = gateway_response("MISSING_AUTHENTICATION_TOKEN")
    s.step("get-gateway-response-default", client.get_gateway_response, OK(standard), **one)
    own = {
        "responseParameters": {"gatewayresponse.header.Access-Control-Allow-Origin": "'a.b.c'"},
        "responseTemplates": {"application/json": '{\n "message": $context.error.messageString\n}'},
        "statusCode": "404",
    }
    shown = {**own, "defaultResponse": False, "responseType": "MISSING_AUTHENTICATION_TOKEN"}
    shown["responseTemplates"] = own["responseTemplates"]
    s.step("put-gateway-response", client.put_gateway_response, CREATED(shown), **one, **own)
    everything = [shown if kind == one["responseType"] else gateway_response(kind) for kind in GATEWAY_RESPONSES]
    s.step("get-gateway-responses", client.get_gateway_responses, OK({"items": everything}), **id)
    s.step("get-gateway-response", client.get_gateway_response, OK(shown), **one)
    s.step("delete-gateway-response", client.delete_gateway_response, ACCEPTED, **one)
    s.step("get-deleted-gw-response", client.get_gateway_response, OK(standard), **one)
    s.step("delete-again", client.delete_gateway_response, missing("Gateway response type not defined on api"), **one)


@scenario
def documentation_parts(s):
    id = {"restApiId": made()["id"]}
    unknown = missing(UNKNOWN_API.format(ACCOUNT, "test-fake-rest-id"))
    part = dict(location={"type": "API"}, properties='{"description": "d"}')
    s.step("wrong-rest-api-id-create-doc-part", client.create_documentation_part, unknown, restApiId="test-fake-rest-id", **part)
    s.step("wrong-rest-api-id-get-doc-parts", client.get_documentation_parts, unknown, restApiId="test-fake-rest-id")
    shown = {"id": Same("p"), "location": {"type": "API"}, "properties": {"description": "d"}}
    made_part = s.step("create", client.create_documentation_part, CREATED(shown), **id, **part)
    each = {**id, "documentationPartId": made_part["id"]}
    s.step("get", client.get_documentation_part, OK(shown), **each)
    taken = conflict("Documentation part already exists for the specified location: type 'API'.")
    s.step("again", client.create_documentation_part, taken, **id, **part)
    gone = missing("Invalid Documentation part identifier specified")
    replace = patch("replace", "/properties", '{"description": "e"}')
    s.step(
        "update-documentation-part-invalid-api-id", client.update_documentation_part, gone, restApiId="api_id",
        documentationPartId=made_part["id"], patchOperations=replace,
    )
    s.step(
        "update-documentation-part-invalid-add-operation", client.update_documentation_part,
        bad_path("/properties", "add"), **each, patchOperations=patch("add", "/properties", "{}"),
    )
    s.step(
        "update-documentation-part-invalid-path", client.update_documentation_part,
        bad_path("/invalidPath", "replace", "/properties"), **each, patchOperations=patch("replace", "/invalidPath", "{}"),
    )
    s.step("update", client.update_documentation_part, OK({**shown, "properties": {"description": "e"}}), **each, patchOperations=replace)
    s.step("delete", client.delete_documentation_part, ACCEPTED, **each)
    for verb in (client.get_documentation_part, client.delete_documentation_part):
        s.step("gone", verb, gone, **each)


DOCUMENTED = {
    "swagger": "2.0",
    "info": {"version": "v1", "title": "n"},
    "paths": {"/": {"get": {"responses": {"200": {"description": "d"}}, "x-amazon-apigateway-integration": {"type": "mock"}}}},
    "x-amazon-apigateway-documentation": {
        "version": "1.0.3",
        "documentationParts": [
            {"location": {"type": "API"}, "properties": {"description": "API description"}},
            {"location": {"type": "METHOD", "method": "GET"}, "properties": {"description": "Method description."}},
            {"location": {"type": "MODEL", "name": "Empty"}, "properties": {"title": "Empty Schema"}},
            {"location": {"type": "RESPONSE", "method": "GET", "statusCode": "200"}, "properties": {"description": "200 response"}},
        ],
    },
}


def documented_parts(prefix):
    return [
        {"id": Same(f"{prefix}1"), "location": {"type": "API"}, "properties": {"description": "API description"}},
        {"id": Same(f"{prefix}2"), "location": {"method": "GET", "path": "/", "type": "METHOD"}, "properties": {"description": "Method description."}},
        {"id": Same(f"{prefix}3"), "location": {"name": "Empty", "type": "MODEL"}, "properties": {"title": "Empty Schema"}},
        {"id": Same(f"{prefix}4"), "location": {"method": "GET", "path": "/", "statusCode": "200", "type": "RESPONSE"}, "properties": {"description": "200 response"}},
    ]


@scenario
def import_documentation_parts(s):
    document = json.dumps(DOCUMENTED)
    id = {"restApiId": client.import_rest_api(body=document)["id"]}
    s.step("get-documentations-parts-after-api-imports", client.get_documentation_parts, OK({"items": documented_parts("a")}), **id)
    ids = {"ids": [Same("b1"), Same("b2"), Same("b3"), Same("b4")]}
    s.step("import-documentation-parts", client.import_documentation_parts, OK(ids), **id, body=document, mode="overwrite")
    s.step("get-documentations-parts-after-import", client.get_documentation_parts, OK({"items": documented_parts("b")}), **id)
    # A part that an import of the API refuses is refused here.
    part = {"location": {"type": "FOO"}, "properties": {"description": "d"}}
    odd = json.dumps({**DOCUMENTED, "x-amazon-apigateway-documentation": {"version": "1", "documentationParts": [part]}})
    words = bad("Errors found during import:\n\tUnable to create documentation part: Invalid type specified")
    s.step("import-odd-part", client.import_documentation_parts, words, **id, body=odd)
    s.step("import-api-odd-part", client.import_rest_api, words, body=odd)
    bad_file = bad("Unable to build importer with provided input.")
    s.step("import-documentation-parts-bad-yaml-file", client.import_documentation_parts, bad_file, **id, body="{}:::")
    s.step("import-documentation-parts-bad-json-file", client.import_documentation_parts, bad_file, **id, body='{"swagger": ')


@scenario
def integration_and_response_of_nothing(s):
    created = made()
    ids = {"restApiId": created["id"], "resourceId": created["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**ids, authorizationType="NONE")
    client.put_integration(**ids, type="MOCK")
    other = {**ids, "httpMethod": "POST"}
    lost = {**ids, "resourceId": "wrong"}
    away = {**ids, "restApiId": "wrong"}
    for who, answer in ((other, UNKNOWN_METHOD), (lost, UNKNOWN_RESOURCE), (away, UNKNOWN_RESOURCE)):
        s.step("put-integration", client.put_integration, answer, **who, type="MOCK")
        s.step("get-integration", client.get_integration, answer, **who)
        s.step("put-integration-response", client.put_integration_response, answer, **who, statusCode="200")
        s.step("get-integration-response", client.get_integration_response, answer, **who, statusCode="200")
        s.step("put-method-response", client.put_method_response, answer, **who, statusCode="200")
        s.step("get-method", client.get_method, answer, **who)
        s.step("delete-method", client.delete_method, answer, **who)
    pattern = invalid(f"Value 'wrong' at 'statusCode' failed to satisfy constraint: {STATUS_CODE}")
    s.step("put-integration-response-invalid-statusCode", client.put_integration_response, pattern, **ids, statusCode="wrong")
    s.step("get-integration-response-invalid-statusCode", client.get_integration_response, pattern, **ids, statusCode="wrong")


@scenario
def lifecycle_integration_response(s):
    created = made()
    ids = {"restApiId": created["id"], "resourceId": created["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**ids, authorizationType="NONE")
    client.put_integration(**ids, type="MOCK", requestTemplates={"application/json": '{"statusCode": 200}'})

    def response(template, pattern):
        return {"responseTemplates": {"application/json": template}, "selectionPattern": pattern, "statusCode": "200"}

    one = {**ids, "statusCode": "200"}
    s.step(
        "put-integration-response", client.put_integration_response, CREATED(response('"created"', "")), **one,
        selectionPattern="", responseTemplates={"application/json": '"created"'},
    )
    s.step("get-integration-response", client.get_integration_response, OK(response('"created"', "")), **one)
    s.step(
        "update-integration-response", client.update_integration_response, OK(response('"created"', "updated-pattern")),
        **one, patchOperations=patch("replace", "/selectionPattern", "updated-pattern"),
    )
    over = response("overwrite", "overwrite-pattern")
    s.step(
        "overwrite-integration-response", client.put_integration_response, CREATED(over), **one,
        selectionPattern="overwrite-pattern", responseTemplates={"application/json": "overwrite"},
    )
    s.step("get-method", client.get_method, OK({
        "apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "GET",
        "methodIntegration": {
            "cacheKeyParameters": [], "cacheNamespace": created["rootResourceId"], "integrationResponses": {"200": over},
            "passthroughBehavior": "WHEN_NO_MATCH", "requestTemplates": {"application/json": {"statusCode": 200}},
            "timeoutInMillis": 29000, "type": "MOCK",
        },
    }), **ids)
    s.step("delete-integration-response", client.delete_integration_response, GONE, **one)
    s.step("gone", client.get_integration_response, missing("Invalid Response status code specified"), **one)


@scenario
def integration_response_templates(s):
    ids = mocked()
    empty = {"responseTemplates": {"application/json": None}, "selectionPattern": "", "statusCode": "200"}
    one = {**ids, "statusCode": "200"}
    for step, template in (("none", None), ("empty", "")):
        s.step(
            f"put-integration-response-template-{step}", client.put_integration_response, CREATED(empty), **one,
            selectionPattern="", responseTemplates={"application/json": template},
        )
    # A method shows them as its integration does (AWS CLI examples of get-method).
    shown = client.get_method(**ids)["methodIntegration"]["integrationResponses"]["200"]
    embedded = client.get_resources(restApiId=ids["restApiId"], embed=["methods"])["items"][0]["resourceMethods"]["GET"]
    s.note("of-method", list(s.differences(shown, empty, "")))
    s.note("embedded", list(s.differences(embedded["methodIntegration"]["integrationResponses"]["200"], empty, "")))
    s.step("put-integration-no-response-template", client.put_integration_response, CREATED({"selectionPattern": "", "statusCode": "200"}), **one, selectionPattern="")


@scenario
def empty_maps(s):
    """What is sent empty is answered empty, what is not sent is not (AWS CLI examples, answers that users recorded)."""
    created = client.create_rest_api(name="n")
    ids = {"restApiId": created["id"], "resourceId": created["rootResourceId"], "httpMethod": "GET"}
    method = {"apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "GET", "requestParameters": {}, "requestModels": {}}
    s.step("put-method", client.put_method, CREATED(method), **ids, authorizationType="NONE", requestParameters={}, requestModels={})
    integration = {
        "cacheKeyParameters": [], "cacheNamespace": created["rootResourceId"], "passthroughBehavior": "WHEN_NO_MATCH",
        "requestParameters": {}, "requestTemplates": {}, "timeoutInMillis": 29000, "type": "MOCK",
    }
    s.step("put-integration", client.put_integration, CREATED(integration), **ids, type="MOCK", requestParameters={}, requestTemplates={})
    one, response = {**ids, "statusCode": "200"}, {"statusCode": "200", "responseModels": {}}
    s.step("put-method-response", client.put_method_response, CREATED(response), **one, responseModels={})
    answer = {"statusCode": "200", "responseTemplates": {}}
    s.step("put-integration-response", client.put_integration_response, CREATED(answer), **one, responseTemplates={})
    whole = {**method, "methodResponses": {"200": response}, "methodIntegration": {**integration, "integrationResponses": {"200": answer}}}
    s.step("get-method", client.get_method, OK(whole), **ids)
    header = "/requestParameters/method.request.header.h"
    client.update_method(**ids, patchOperations=patch("add", header, "true"))
    del whole["requestParameters"]
    s.step("update-method", client.update_method, OK(whole), **ids, patchOperations=patch("remove", header))
    exported = client.create_deployment(restApiId=created["id"], stageName="dev") and client.get_export(
        restApiId=created["id"], stageName="dev", exportType="oas30", parameters={"extensions": "integrations"},
    )
    operation = json.loads(exported["body"].read())["paths"]["/"]["get"]
    s.note("export", [] if operation["responses"]["200"].get("content") == {} else [f"{operation}"])


@scenario
def method_responses(s):
    ids = mocked()
    one = {**ids, "statusCode": "200"}

    def wrong(*positions):
        where = "Value 'wrong_op' at 'updateMethodResponseInput.patchOperations.{}.member.op' failed to satisfy constraint: "
        return invalid(*(where.format(position) + OPS for position in positions))

    nonsense, legal = patch("wrong_op", "/x", "y"), patch("add", "/responseParameters/method.response.header.h", "true")
    s.step("update-method-response-wrong-operation-1", client.update_method_response, wrong(1), **one, patchOperations=nonsense)
    s.step("update-method-response-wrong-operation-3", client.update_method_response, wrong(1, 2), **one, patchOperations=nonsense * 2)
    s.step("update-method-response-wrong-operation-5", client.update_method_response, wrong(1, 3), **one, patchOperations=nonsense + legal + nonsense)
    no_name, no_type = missing("Invalid parameter name specified"), missing("Content-Type specified was not found")
    for op in ("replace", "remove"):
        header = patch(op, "/responseParameters/method.response.header.wrong", "true")
        s.step(f"wrong-param-name-{op}", client.update_method_response, no_name, **one, patchOperations=header)
        s.step(f"wrong-type-{op}", client.update_method_response, no_type, **one, patchOperations=patch(op, "/responseModels/application~1json", "Empty"))
    added = {"statusCode": "200", "responseParameters": {"method.response.header.h": True}}
    s.step("add", client.update_method_response, (201, added), **one, patchOperations=legal)
    s.step("put-again", client.put_method_response, conflict("Response already exists for this resource"), **one)
    s.step("delete", client.delete_method_response, GONE, **one)
    s.step("gone", client.get_method_response, missing("Invalid Response status code specified"), **one)


@scenario
def endpoint_configurations(s):
    types = "Value '[wrong]' at 'createRestApiInput.endpointConfiguration.types' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [PRIVATE, EDGE, REGIONAL]]"
    address = "Value 'wrong' at 'createRestApiInput.endpointConfiguration.ipAddressType' failed to satisfy constraint: Member must satisfy enum value set: [ipv4, dualstack]"
    create = client.create_rest_api

    def configured(step, expected, configuration, **more):
        return s.step(step, create, expected, name="n", endpointConfiguration=configuration, **more)

    disabled = bad("REGIONAL Configuration and EDGE Configuration cannot be both DISABLED.")
    configured("create-with-empty-types", disabled, {"types": []})
    configured("create-with-invalid-ip-address-type", invalid(address), {"ipAddressType": "wrong"})
    configured("create-with-invalid-types", invalid(types), {"types": ["wrong"]})
    both = {"ipAddressType": "wrong", "types": ["wrong"]}
    configured("create-with-invalid-ip-address-type-and-types", invalid(types, address), both)
    configured("create-with-multiple-errors-1", invalid(types, address), both, description="")
    empty = bad("Description cannot be an empty string")
    configured("create-with-multiple-errors-2", empty, {"types": ["EDGE", "REGIONAL"]}, description="")
    several = bad("Cannot create an api with multiple Endpoint Types.")
    configured("create-with-two-types", several, {"types": ["EDGE", "REGIONAL"]})
    dual = {"ipAddressType": "dualstack", "types": ["EDGE"]}
    configured("create-with-endpoint-config-dualstack", CREATED(api(endpointConfiguration=dual)), dual)
    regional = {"ipAddressType": "ipv4", "types": ["REGIONAL"]}
    configured("create-with-endpoint-config-regional", CREATED(api("n", "2", endpointConfiguration=regional)), {"types": ["REGIONAL"]})


@scenario
def endpoint_configuration_updates(s):
    id = {"restApiId": made(endpointConfiguration={"types": ["REGIONAL"]})["id"]}
    private = OK(api(endpointConfiguration={"ipAddressType": "dualstack", "types": ["PRIVATE"]}, tags={}))
    update, types, address = client.update_rest_api, "/endpointConfiguration/types/REGIONAL", "/endpointConfiguration/ipAddressType"
    s.step("update-rest-api-replace-type", update, private, **id, patchOperations=patch("replace", types, "PRIVATE"))
    only = bad("Only dualstack ipAddressType is supported for Private APIs.")
    s.step("replace-to-ipv4-within-private-type", update, only, **id, patchOperations=patch("replace", address, "ipv4"))
    either = bad("ipAddressType must be either ipv4 or dualstack.")
    s.step("update-rest-api-wrong-ipAddressType", update, either, **id, patchOperations=patch("replace", address, "wrong"))
    options = bad("Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE")
    s.step("update-rest-api-wrong-type", update, options, **id, patchOperations=patch("replace", "/endpointConfiguration/types/PRIVATE", "wrong"))
    one_of = bad("Invalid patch operation specified. Must be one of: [replace]")
    for op in ("add", "remove"):
        s.step(f"{op}-ipAddressType", update, one_of, **id, patchOperations=patch(op, address, "ipv4"))
    three = bad("Invalid patch operation specified. Must be 'add'|'remove'|'replace'")
    for op in ("test", "move", "copy"):
        s.step(f"{op}-type", update, three, **id, patchOperations=patch(op, "/endpointConfiguration/types/PRIVATE", "EDGE"))
    s.step("update-rest-api-replace-ip-address-type", update, private, **id, patchOperations=patch("replace", address, "dualstack"))


@scenario
def vpc_links(s):
    arn = bad("Invalid ARN. ARN is not well formed invalid-arn")
    s.step("create_vpc_link_invalid_target_arn", client.create_vpc_link, arn, name="n", targetArns=["invalid-arn"])
    target = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/my-load-balancer/50dc6c495c0c9188"
    s.step("create_vpc_link_empty_name", client.create_vpc_link, bad("Name cannot be empty"), name="", targetArns=[target])
    unknown = missing("Invalid Vpc Link identifier specified")
    for verb in (client.get_vpc_link, client.delete_vpc_link):
        s.step("invalid_id", verb, unknown, vpcLinkId="invalid")
    s.step("update_invalid_id", client.update_vpc_link, unknown, vpcLinkId="invalid", patchOperations=patch("replace", "/name", "x"))


@scenario
def stages_of_deployments(s):
    ids = {"restApiId": mocked()["restApiId"]}
    deployments = [client.create_deployment(**ids)["id"] for _ in range(2)]
    # Lists are by name and by id, whatever was made first.
    for number, deployment in reversed(list(enumerate(deployments, 1))):
        client.create_stage(**ids, stageName=f"stage{number}", deploymentId=deployment)
    listed = [item["id"] for item in client.get_deployments(**ids)["items"]]
    s.note("deployments", [] if listed == sorted(deployments) else [f"{listed}"])
    first, second = stage("stage1", "d1"), stage("stage2", "d2")
    s.step("all-stages", client.get_stages, OK({"item": [first, second]}), **ids)
    s.step("stages-deploy1", client.get_stages, OK({"item": [first]}), **ids, deploymentId=deployments[0])
    s.step("stages-deploy2", client.get_stages, OK({"item": [second]}), **ids, deploymentId=deployments[1])


@scenario
def access_log_settings(s):
    ids = {"restApiId": mocked()["restApiId"]}
    deployment = s.step("create-deployment", client.create_deployment, CREATED({"createdDate": DATE, "id": Same("deployment")}), **ids)
    shown = stage("dev", description="dev stage")
    s.step("create-stage", client.create_stage, CREATED(shown), **ids, stageName="dev", deploymentId=deployment["id"], description="dev stage")
    one = {**ids, "stageName": "dev"}
    legal = bad("Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, /accessLogSettings/format]")

    def no_setting(path):
        return bad(f"Cannot remove method setting {path} because there is no method setting for this method ")

    def update(step, expected, operations):
        s.step(step, client.update_stage, expected, **one, patchOperations=operations)

    for step, path in (("invalid-path", "randomValue"), ("star", "*")):
        update(f"{step}-add", legal, patch("add", f"/accessLogSettings/{path}", "x"))
        update(f"{step}-remove", no_setting(f"accessLogSettings/{path}"), patch("remove", f"/accessLogSettings/{path}"))
        update(f"{step}-replace", legal, patch("replace", f"/accessLogSettings/{path}", "x"))
    for op in ("add", "replace"):
        update(f"root-and-{op}", legal, patch(op, "/accessLogSettings", "x"))
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:g"
    for end in (":*", "#x"):
        words = f"Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': 'log-group:g{end}'"
        update(f"dest{end}", bad(words), patch("replace", "/accessLogSettings/destinationArn", arn + end))
    update("dest-add", OK({**shown, "accessLogSettings": {"destinationArn": arn}}), patch("add", "/accessLogSettings/destinationArn", arn))
    update("dest-replace", OK({**shown, "accessLogSettings": {"destinationArn": arn + "a"}}), patch("replace", "/accessLogSettings/destinationArn", arn + "a"))
    empty = bad("Access Log value must not be empty")
    update("destinationArn-empty", empty, patch("replace", "/accessLogSettings/destinationArn", ""))
    update("format-empty", empty, patch("replace", "/accessLogSettings/format", ""))
    both = {"destinationArn": arn + "a", "format": "$context.requestId $context.identity.sourceIp"}
    update("format-add", OK({**shown, "accessLogSettings": both}), patch("add", "/accessLogSettings/format", both["format"]))
    update("dest-remove", no_setting("accessLogSettings/destinationArn"), patch("remove", "/accessLogSettings/destinationArn"))
    for step, format in (("anonymous", "$context.stage"), ("lines", "$context.requestId\n$context.stage\n")):
        words = {
            "anonymous": "Access Log format must include either $context.requestId or $context.extendedRequestId : ",
            "lines": "Access Log format must be single line, new line character is allowed only at end of the format: ",
        }[step]
        update(f"format-{step}", bad(f"{words}'{format}'"), patch("replace", "/accessLogSettings/format", format))
    update("remove-all", OK(shown), patch("remove", "/accessLogSettings"))
    settings = (
        ".../metrics/enabled, .../logging/dataTrace, .../logging/loglevel,.../throttling/burstLimit, .../throttling/rateLimit, "
        ".../caching/ttlInSeconds, .../caching/enabled, .../caching/dataEncrypted, "
        ".../caching/requireAuthorizationForCacheControl, .../caching/unauthorizedCacheControlHeaderStrategy"
    )
    unknown = bad(f"Invalid method setting path: accessLogSettings/format. Must be one of: [{settings}]")
    update("of-all-methods", unknown, patch("replace", "/*/*/accessLogSettings/format", "x"))


METHOD_SETTING = {
    "cacheDataEncrypted": False, "cacheTtlInSeconds": 300, "cachingEnabled": True, "dataTraceEnabled": False,
    "metricsEnabled": False, "requireAuthorizationForCacheControl": True, "throttlingBurstLimit": 5000,
    "throttlingRateLimit": 10000.0, "unauthorizedCacheControlHeaderStrategy": "SUCCEED_WITH_RESPONSE_HEADER",
}


@scenario
def create_update_stages(s):
    ids = {"restApiId": mocked()["restApiId"]}
    deployment = client.create_deployment(**ids)["id"]
    client.create_documentation_part(**ids, location={"type": "API"}, properties='{"foo": "bar"}')
    client.create_documentation_version(**ids, documentationVersion="v123")
    shown = stage("s1", description="my stage", documentationVersion="v123")
    call = dict(stageName="s1", deploymentId=deployment, description="my stage", documentationVersion="v123")
    s.step("create-stage", client.create_stage, CREATED(shown), **ids, **call)
    s.step("create-again", client.create_stage, conflict("Stage already exists"), **ids, **call)
    one = {**ids, "stageName": "s1"}

    def illegal(path):
        return bad(f"Invalid method setting path: {path}. Must be one of: [{LEGAL_STAGE_PATHS}]")

    s.step("error-update-doc-version", client.update_stage, illegal("/documentation_version"), **one, patchOperations=patch("replace", "/documentation_version", "v123"))
    acl = "arn:aws:wafv2:us-east-1:000000000000:regional/webacl/a/b"
    s.step("error-update-acl", client.update_stage, illegal("/webAclArn"), **one, patchOperations=patch("replace", "/webAclArn", acl))
    for path in ("/{proxy+}/ANY//throttling/burstLimit", "/pets/get/caching/enabled"):
        s.step(f"no-verb-{path}", client.update_stage, illegal(path), **one, patchOperations=patch("replace", path, "1"))
    s.step("error-update-tags", client.update_stage, illegal("/tags/tag1"), **one, patchOperations=patch("replace", "/tags/tag1", "value1"))
    new = {
        **shown, "description": "stage new", "tracingEnabled": True, "variables": {"var1": "test", "var2": "test2"},
        "methodSettings": {
            "*/*": {**METHOD_SETTING, "throttlingBurstLimit": 123},
            "test/GET": {**METHOD_SETTING, "throttlingBurstLimit": 124},
        },
    }
    s.step("update-stage", client.update_stage, OK(new), **one, patchOperations=(
        patch("replace", "/description", "stage new") + patch("replace", "/variables/var1", "test")
        + patch("replace", "/variables/var2", "test2") + patch("replace", "/*/*/throttling/burstLimit", "123")
        + patch("replace", "/*/*/caching/enabled", "true") + patch("replace", "/tracingEnabled", "true")
        + patch("replace", "/test/GET/throttling/burstLimit", "124")
    ))
    s.step("get-stage", client.get_stage, OK(new), **one)
    for path in ("description", "documentationVersion"):
        error = bad(f"Cannot remove method setting {path} because there is no method setting for this method ")
        s.step(f"remove-{path}", client.update_stage, error, **one, patchOperations=patch("remove", f"/{path}"))
    over = {**new, "methodSettings": {**new["methodSettings"], "*/*": {**METHOD_SETTING, "throttlingBurstLimit": 100}}}
    s.step("update-stage-override", client.update_stage, OK(over), **one, patchOperations=patch("replace", "/*/*/throttling/burstLimit", "100"))


@scenario
def remove_method_settings(s):
    ids = {"restApiId": mocked()["restApiId"]}
    client.create_stage(**ids, stageName="s1", deploymentId=client.create_deployment(**ids)["id"])
    one, shown = {**ids, "stageName": "s1"}, stage("s1")
    error = bad("Cannot remove method setting */* because there is no method setting for this method ")
    s.step("delete-error", client.update_stage, error, **one, patchOperations=patch("remove", "/*/*"))
    on = {**shown, "methodSettings": {"*/*": METHOD_SETTING}}
    s.step("update-stage", client.update_stage, OK(on), **one, patchOperations=patch("replace", "/*/*/caching/enabled", "true"))
    s.step("update-stage-reset", client.update_stage, OK(shown), **one, patchOperations=patch("remove", "/*/*"))
    # A path with a slash too many stays as it was written.
    for path in ("/pets/{id}/GET", "/GET"):
        on = {**shown, "methodSettings": {path: METHOD_SETTING}}
        s.step(f"slash-{path}", client.update_stage, OK(on), **one, patchOperations=patch("replace", f"/{path}/caching/enabled", "true"))
        s.step(f"slash-{path}-removed", client.update_stage, OK(shown), **one, patchOperations=patch("remove", f"/{path}"))
    s.step("get-stage-after-reset", client.get_stage, OK(shown), **one)


@scenario
def deployments(s):
    ids = {"restApiId": mocked()["restApiId"]}
    first = client.create_deployment(**ids, stageName="s1")["id"]
    shown = {"createdDate": DATE, "id": Same("d1")}
    s.step("get-deployment-1", client.get_deployment, OK(shown), **ids, deploymentId=first)
    s.step("get-stages", client.get_stages, OK({"item": [stage("s1", "d1")]}), **ids)
    active = bad("Active stages pointing to this deployment must be moved or deleted")
    s.step("delete-deployment-error", client.delete_deployment, active, **ids, deploymentId=first)
    second = client.create_deployment(**ids, stageName="s1")["id"]
    s.step("get-deployment-1-after-update", client.get_deployment, OK(shown), **ids, deploymentId=first)
    s.step("get-deployment-2", client.get_deployment, OK({"createdDate": DATE, "id": Same("d2")}), **ids, deploymentId=second)
    s.step("get-stages-after-update", client.get_stages, OK({"item": [stage("s1", "d2")]}), **ids)
    s.step("delete-deployment-1", client.delete_deployment, ACCEPTED, **ids, deploymentId=first)
    s.step("delete-deployment-2-error", client.delete_deployment, active, **ids, deploymentId=second)


def canary(deployment, percent, value=None):
    settings = {"deploymentId": Same(deployment), "percentTraffic": percent, "useStageCache": False}
    return settings if value is None else {**settings, "stageVariableOverrides": {"testVar": value}}


@scenario
def canaries_of_stages(s):
    ids = {"restApiId": mocked()["restApiId"]}
    first, second = (client.create_deployment(**ids)["id"] for _ in range(2))
    plain = stage("dev", "d1", description="dev stage", variables={"testVar": "default"})
    with_canary = {**plain, "canarySettings": canary("d2", 50.0, "canary")}
    call = dict(stageName="dev", deploymentId=first, description="dev stage", variables={"testVar": "default"})
    s.step(
        "create-stage", client.create_stage, CREATED(with_canary), **ids, **call,
        canarySettings={"deploymentId": second, "percentTraffic": 50, "stageVariableOverrides": {"testVar": "canary"}},
    )
    one = {**ids, "stageName": "dev"}
    s.step("get-stage", client.get_stage, OK(with_canary), **one)
    updated = {**plain, "canarySettings": canary("d2", 50.0, "updated")}
    override = patch("replace", "/canarySettings/stageVariableOverrides/testVar", "updated")
    s.step("update-stage-canary-settings-overrides", client.update_stage, OK(updated), **one, patchOperations=override)
    s.step("update-stage-remove-canary-settings", client.update_stage, OK(plain), **one, patchOperations=patch("remove", "/canarySettings"))
    s.step("get-stage-after-remove", client.get_stage, OK(plain), **one)
    started = {**plain, "canarySettings": canary("d2", 0.0)}
    s.step("update-stage-with-deployment", client.update_stage, OK(started), **one, patchOperations=patch("replace", "/canarySettings/deploymentId", second))
    s.step("remove-stage-canary", client.update_stage, OK(plain), **one, patchOperations=patch("remove", "/canarySettings"))
    own = {**plain, "canarySettings": canary("d1", 50.0)}
    s.step("update-stage-with-percent", client.update_stage, OK(own), **one, patchOperations=patch("replace", "/canarySettings/percentTraffic", "50"))
    s.step("get-stage", client.get_stage, OK(own), **one)


@scenario
def canaries_of_deployments(s):
    ids = {"restApiId": mocked()["restApiId"]}
    first = s.step("create-deployment", client.create_deployment, CREATED({"createdDate": DATE, "id": Same("d1")}), **ids)["id"]
    plain = dict(description="dev stage", variables={"testVar": "default"})
    overrides = {"percentTraffic": 40, "stageVariableOverrides": {"testVar": "canary1"}}
    shown = stage("dev1", "d1", canarySettings=canary("d1", 40.0, "canary1"), **plain)
    s.step("create-stage", client.create_stage, CREATED(shown), **ids, **plain, stageName="dev1", deploymentId=first, canarySettings={**overrides, "deploymentId": first})
    overrides = {"percentTraffic": 50, "stageVariableOverrides": {"testVar": "canary2"}}
    second = s.step(
        "create-canary-deployment", client.create_deployment, CREATED({"createdDate": DATE, "id": Same("d2")}), **ids,
        stageName="dev1", canarySettings=overrides,
    )["id"]
    s.step("get-stage-1", client.get_stage, OK({**shown, "canarySettings": canary("d2", 50.0, "canary2")}), **ids, stageName="dev1")
    overrides = {"percentTraffic": 60, "stageVariableOverrides": {"testVar": "overridden"}, "deploymentId": second}
    other = stage("dev2", "d1", canarySettings=canary("d2", 60.0, "overridden"), **plain)
    s.step("create-stage-2", client.create_stage, CREATED(other), **ids, **plain, stageName="dev2", deploymentId=first, canarySettings=overrides)
    gone = bad("Deployment id does not exist")
    s.step("bad-canary-deployment-id", client.create_stage, gone, **ids, **plain, stageName="dev3", deploymentId=first, canarySettings={**overrides, "deploymentId": "deploy"})
    content = "Invalid deployment content specified."
    nameless = bad(f"{content}Non null and non empty stageName must be provided for canary deployment. Provided value is null")
    s.step("no-stage-name", client.create_deployment, nameless, **ids, canarySettings={"percentTraffic": 50})
    early = bad(f"{content}Stage dev9 must already be created before making a canary release deployment")
    s.step("no-stage", client.create_deployment, early, **ids, stageName="dev9", canarySettings={"percentTraffic": 50})


@scenario
def canary_paths(s):
    ids = {"restApiId": mocked()["restApiId"]}
    client.create_deployment(**ids, stageName="dev")
    one = {**ids, "stageName": "dev"}
    s.step("get-stage", client.get_stage, OK(stage("dev", "d1")), **one)

    def update(step, expected, operations):
        s.step(step, client.update_stage, expected, **one, patchOperations=operations)

    for name in ("stageVariableOverrides", "badPath"):
        error = bad(f"Cannot remove method setting canarySettings/{name} because there is no method setting for this method ")
        update(f"remove-{name}", error, patch("remove", f"/canarySettings/{name}"))
    for path in ("/canarySettings", "/canarySettings/badPath"):
        update(f"replace-{path}", bad(f"Invalid method setting path: {path}. Must be one of: [{LEGAL_STAGE_PATHS}]"), patch("replace", path, "x"))
    added = bad("Invalid add operation with path: /canarySettings/deploymentId")
    update("update-stage-add-deployment", added, patch("add", "/canarySettings/deploymentId", "x"))
    update("update-stage-no-deployment", bad("Deployment id does not exist"), patch("replace", "/canarySettings/deploymentId", "deploy"))
    update("promote-nothing", bad("Promotion not available. Canary does not exist."), patch("copy", "/deploymentId", **{"from": "/canarySettings/deploymentId"}))


def key(number, with_value=True, tags=None, **members):
    body = {
        "createdDate": DATE, "enabled": False, "id": Same(f"key{number}"), "lastUpdatedDate": DATE,
        "name": f"name{number}", "stageKeys": [], **members,
    }
    if with_value:
        body["value"] = Same(f"value{number}")
    return body if tags is None else {**body, "tags": tags}


@scenario
def keys_of_usage_plans(s):
    for item in client.get_api_keys()["items"]:
        client.delete_api_key(apiKey=item["id"])
    s.step("get-api-keys", client.get_api_keys, OK({"items": []}))
    s.step("get-api-keys-invalid-limit", client.get_api_keys, OK({"items": []}), limit=-1)
    keys = [s.step(f"create-api-key-{n}", client.create_api_key, CREATED(key(n)), name=f"name{n}")["id"] for n in (1, 2)]
    shown = [key(2, False), key(1, False)]
    s.step("get-api-keys-after-create-1", client.get_api_keys, OK({"items": shown}))
    plan = s.step("create-usage-plan", client.create_usage_plan, CREATED({"apiStages": [], "id": Same("plan"), "name": "p"}), name="p")["id"]
    null = "Value null at '{}' failed to satisfy constraint: Member must not be null"
    s.step("no-dates", client.get_usage, invalid(null.format("startDate"), null.format("endDate")), usagePlanId=plan)
    s.step("no-format", client.import_api_keys, invalid(null.format("format")), body="Name,Key\n")
    s.step("get-up-keys-before-create", client.get_usage_plan_keys, OK({"items": []}), usagePlanId=plan)

    def member(number):
        return {"id": Same(f"key{number}"), "name": f"name{number}", "type": "API_KEY", "value": Same(f"value{number}")}

    for number, id in enumerate(keys, 1):
        s.step("create-up-key", client.create_usage_plan_key, CREATED(member(number)), usagePlanId=plan, keyId=id, keyType="API_KEY")
    both = OK({"items": [member(2), member(1)]})
    s.step("get-up-keys", client.get_usage_plan_keys, both, usagePlanId=plan)
    s.step("get-up-keys-name-query", client.get_usage_plan_keys, both, usagePlanId=plan, nameQuery="name")
    s.step("get-up-keys-name-query-cased", client.get_usage_plan_keys, OK({"items": []}), usagePlanId=plan, nameQuery="NAME")
    s.step("get-up-keys-name-query-key-name", client.get_usage_plan_keys, OK({"items": [member(1)]}), usagePlanId=plan, nameQuery="name1")
    s.step("get-up-keys-bad-query", client.get_usage_plan_keys, OK({"items": []}), usagePlanId=plan, nameQuery="nothing")
    s.step("get-up-key", client.get_usage_plan_key, OK(member(1)), usagePlanId=plan, keyId=keys[0])
    for id in keys:
        s.step("delete-up-key", client.delete_usage_plan_key, ACCEPTED, usagePlanId=plan, keyId=id)
    s.step("get-up-keys-after-delete", client.get_usage_plan_keys, OK({"items": []}), usagePlanId=plan)
    s.step("get-up-keys-bad-usage-plan", client.get_usage_plan_keys, OK({"items": []}), usagePlanId="bad")
    s.step("delete-plan", client.delete_usage_plan, ACCEPTED, usagePlanId=plan)


@scenario
def api_keys(s):
    made_key = s.step("create-api-key", client.create_api_key, CREATED(key(1)), name="name1")
    one = {"apiKey": made_key["id"]}

    def update(step, expected, operations):
        s.step(step, client.update_api_key, expected, **one, patchOperations=operations)

    update("update-api-key-name", OK(key(1, False, {}, name="new")), patch("replace", "/name", "new"))
    long = bad("Invalid API Key description specified.")
    s.step("create-api-key-description-too-long", client.create_api_key, long, description="x" * 130_000)
    update("update-api-key-description-too-long", long, patch("replace", "/description", "x" * 130_000))
    update("update-api-key-enabled", OK(key(1, False, {}, name="new", enabled=True)), patch("replace", "/enabled", "true"))
    update("update-api-key-invalid-enabled-type", OK(key(1, False, {}, name="new")), patch("replace", "/enabled", "none"))
    legal = "/description, /enabled, /name, /customerId"
    update("update-api-key-immutable-field", bad_path("/id", "replace", legal), patch("replace", "/id", "x"))
    s.step("get-api-key", client.get_api_key, OK(key(1, False, {}, name="new")), **one)
    s.step("get-api-key-value", client.get_api_key, OK(key(1, True, {}, name="new")), **one, includeValue=True)
    s.step("same-value", client.create_api_key, conflict("API Key already exists"), name="x", value=made_key["value"])
    s.step("short", client.create_api_key, bad("API Key value should be at least 20 characters"), name="x", value="x" * 19)
    s.step("long", client.create_api_key, bad("API Key value exceeds maximum size of 128 characters"), name="x", value="x" * 129)
    s.step("long-name", client.create_api_key, bad("Invalid API Key name, can be at most 1024 characters."), name="x" * 1025)
    s.step("delete-api-key", client.delete_api_key, ACCEPTED, **one)


@scenario
def usage_plans(s):
    for item in client.get_usage_plans()["items"]:
        client.delete_usage_plan(usagePlanId=item["id"])
    id = mocked()["restApiId"]
    client.create_deployment(restApiId=id, stageName="dev")
    stages = [{"apiId": id, "stage": "dev"}]
    full = {
        "apiStages": stages, "description": "d", "id": Same("full"), "name": "n", "quota": {"limit": 10, "offset": 0, "period": "DAY"},
        "tags": {"tag_key": "tag_value"}, "throttle": {"burstLimit": 1, "rateLimit": 2.0},
    }
    made_plan = s.step(
        "create-full", client.create_usage_plan, CREATED(full), name="n", description="d", apiStages=stages,
        quota={"limit": 10, "period": "DAY"}, throttle={"burstLimit": 1, "rateLimit": 2}, tags={"tag_key": "tag_value"},
    )["id"]
    associated = bad(f"Cannot delete Usage Plan {made_plan} because there are API Stages associated with it, including {id}:dev")
    s.step("delete-associated", client.delete_usage_plan, associated, usagePlanId=made_plan)
    remove = patch("remove", "/apiStages", f"{id}:dev")
    s.step("remove-stage", client.update_usage_plan, OK({**full, "apiStages": []}), usagePlanId=made_plan, patchOperations=remove)
    s.step("delete", client.delete_usage_plan, ACCEPTED, usagePlanId=made_plan)

    listed = {"apiStages": stages, "description": "d", "id": Same("plan"), "name": "n"}
    plan = s.step("create-usage-plan", client.create_usage_plan, CREATED(listed), name="n", description="d", apiStages=stages)["id"]
    one = {"usagePlanId": plan}
    s.step("get-usage-plan", client.get_usage_plan, OK({**listed, "tags": {}}), **one)
    s.step("get-usage-plans", client.get_usage_plans, OK({"items": [listed]}))
    limits = {**listed, "quota": {"limit": 5000, "offset": 0, "period": "MONTH"}, "throttle": {"burstLimit": 100, "rateLimit": 200.0}}
    changes = (
        patch("replace", "/throttle/burstLimit", "100") + patch("replace", "/throttle/rateLimit", "200")
        + patch("replace", "/quota/limit", "5000") + patch("replace", "/quota/period", "MONTH")
    )
    s.step("update-usage-plan", client.update_usage_plan, OK({**limits, "tags": {}}), **one, patchOperations=changes)
    gone = missing("Invalid Usage Plan ID specified")
    s.step("update-wrong-id", client.update_usage_plan, gone, usagePlanId="wrong", patchOperations=changes)
    illegal = bad("Invalid API Stage specified")
    s.step("update-wrong-api-stages-no-value", client.update_usage_plan, illegal, **one, patchOperations=patch("add", "/apiStages"))
    s.step("update-wrong-api-stages-wrong-value", client.update_usage_plan, illegal, **one, patchOperations=patch("add", "/apiStages", "fakevalue"))
    for api_id, name in ((id + "b", "dev"), (id, "fakestagename")):
        error = missing(f"Invalid API Stage {{api: {api_id}, stage: {name}}} specified for usageplan {plan}")
        s.step("update-wrong-api-stages", client.update_usage_plan, error, **one, patchOperations=patch("add", "/apiStages", f"{api_id}:{name}"))
    s.step("get-usage-plan-after-update", client.get_usage_plan, OK({**limits, "tags": {}}), **one)
    s.step("get-usage-plans-after-update", client.get_usage_plans, OK({"items": [limits]}))


CIRCULAR = {
    "openapi": "3.0.0",
    "info": {"title": "Circular model reference", "version": "1.0"},
    "paths": {
        "/person": {
            "post": {
                "operationId": "CreatePerson",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Person"}}}, "required": True},
                "responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Empty"}}}}},
                "x-amazon-apigateway-integration": {
                    "type": "mock", "passthroughBehavior": "when_no_templates",
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "{\"echo\": $input.json('$')}"}}},
                },
            }
        }
    },
    "components": {
        "schemas": {
            "Person": {
                "type": "object", "description": "Random person schema.",
                "properties": {
                    "name": {"type": "string", "description": "Random property"}, "b": {"type": "number"},
                    "house": {"$ref": "#/components/schemas/House"},
                },
                "required": ["name", "b"],
            },
            "House": {
                "type": "object", "description": "Where a Person can live",
                "properties": {
                    "randomProperty": {"type": "string", "description": "Random property", "format": "byte"},
                    "contains": {
                        "type": "array", "description": "Who lives there", "minItems": 1,
                        "items": {"$ref": "#/components/schemas/Person"},
                    },
                },
            },
            "Empty": {"title": "Empty Schema", "type": "object"},
        }
    },
}


@scenario
def import_with_circular_models(s):
    shown = api("Circular model reference", version="1.0")
    created = s.step("import-api", client.import_rest_api, CREATED(shown), body=json.dumps(CIRCULAR))
    id, link = {"restApiId": created["id"]}, f"https://apigateway.amazonaws.com/restapis/{created['id']}/models/"
    house = {
        "type": "object",
        "properties": {
            "randomProperty": {"type": "string", "description": "Random property", "format": "byte"},
            "contains": {"minItems": 1, "type": "array", "description": "Who lives there", "items": {"$ref": link + "Person"}},
        },
        "description": "Where a Person can live",
    }
    person = {
        "required": ["b", "name"], "type": "object",
        "properties": {
            "name": {"type": "string", "description": "Random property"}, "b": {"type": "number"},
            "house": {"$ref": link + "House"},
        },
        "description": "Random person schema.",
    }
    common = {"contentType": "application/json"}
    s.step("get-models", client.get_models, OK({"items": [
        {**common, "id": Same("m1"), "name": "Empty", "schema": {"title": "Empty Schema", "type": "object"}},
        {**common, "id": Same("m2"), "name": "House", "description": "Where a Person can live", "schema": house},
        {**common, "id": Same("m3"), "name": "Person", "description": "Random person schema.", "schema": person},
    ]}), **id)
    resources = s.step("resources", client.get_resources, OK({"items": [
        {"id": Same("root1"), "path": "/"},
        {"id": Same("person"), "parentId": Same("root1"), "path": "/person", "pathPart": "person", "resourceMethods": {"POST": {}}},
    ]}), **id)
    response = {"responseTemplates": {"application/json": "{\"echo\": $input.json('$')}"}, "statusCode": "200"}
    integration = {
        "cacheKeyParameters": [], "cacheNamespace": Same("person"), "integrationResponses": {"200": response},
        "passthroughBehavior": "WHEN_NO_TEMPLATES", "requestTemplates": {"application/json": {"statusCode": 200}},
        "timeoutInMillis": 29000, "type": "MOCK",
    }
    answer = {"responseModels": {"application/json": "Empty"}, "statusCode": "200"}
    one = {**id, "resourceId": resources["items"][1]["id"], "httpMethod": "POST"}
    s.step("method-person-post", client.get_method, OK({
        "apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "POST", "methodIntegration": integration,
        "methodResponses": {"200": answer}, "operationName": "CreatePerson", "requestModels": {"application/json": "Person"},
    }), **one)
    s.step("method-response-person-post", client.get_method_response, OK(answer), **one, statusCode="200")
    s.step("integration-person-post", client.get_integration, OK(integration), **one)
    s.step("integration-response-person-post", client.get_integration_response, OK(response), **one, statusCode="200")


@scenario
def documents_that_are_none(s):
    id = {"restApiId": made()["id"]}
    illegal = bad("Invalid OpenAPI input.")
    for form, text in (("yaml", "a: b: c: - ]"), ("json", '{"swagger": "2.0"')):
        s.step(f"import-api-bad-{form}-file", client.import_rest_api, illegal, body=text)
        s.step(f"put-rest-api-bad-{form}-file", client.put_rest_api, illegal, **id, body=text, mode="overwrite")


@scenario
def integrations_of_services(s):
    created = made()
    ids = {"restApiId": created["id"], "resourceId": created["rootResourceId"], "httpMethod": "GET"}
    method = {"apiKeyRequired": False, "authorizationType": "NONE", "httpMethod": "GET", "requestParameters": {"method.request.querystring.param1": False}}
    s.step("put-method", client.put_method, CREATED(method), **ids, authorizationType="NONE", requestParameters=method["requestParameters"])
    s.step("put-method-response", client.put_method_response, CREATED({"statusCode": "200"}), **ids, statusCode="200")
    function = "arn:aws:lambda:us-east-1:000000000000:function:f"
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    role = "arn:aws:iam::000000000000:role/r"
    shown = {
        "cacheKeyParameters": [], "cacheNamespace": created["rootResourceId"], "credentials": role, "httpMethod": "POST",
        "passthroughBehavior": "WHEN_NO_MATCH", "requestTemplates": {"application/json": "{}"}, "timeoutInMillis": 29000,
        "type": "AWS", "uri": uri,
    }
    shown["requestTemplates"] = {"application/json": "$input.params('param1')"}
    s.step(
        "put-integration", client.put_integration, CREATED(shown), **ids, type="AWS", integrationHttpMethod="POST", uri=uri,
        credentials=role, requestTemplates=shown["requestTemplates"],
    )
    s.step("put-integration-response", client.put_integration_response, CREATED({"selectionPattern": "", "statusCode": "200"}), **ids, statusCode="200", selectionPattern="")
    s.step("delete-integration", client.delete_integration, GONE, **ids)
    s.step("get-integration-after-delete", client.get_integration, missing("Invalid Integration identifier specified"), **ids)
    bucket = {
        **shown, "httpMethod": "ANY", "uri": "arn:aws:apigateway:us-east-1:s3:path/b/{object_path}",
        "requestParameters": {"integration.request.querystring.param1": "method.request.querystring.param1"},
    }
    del bucket["requestTemplates"]
    s.step(
        "put-integration-s3", client.put_integration, CREATED(bucket), **ids, type="AWS", integrationHttpMethod="ANY",
        uri=bucket["uri"], credentials=role, requestParameters=bucket["requestParameters"],
    )


@scenario
def headers_of_integration_responses(s):
    """What may be mapped is a header that some response of the method declares (developer guide, sample of request validation)."""
    created = made()
    ids = {"restApiId": created["id"], "resourceId": created["rootResourceId"], "httpMethod": "GET"}
    client.put_method(**ids, authorizationType="NONE")
    client.put_integration(**ids, type="MOCK")
    mapped = {"statusCode": "400", "responseParameters": {"method.response.header.h": "'x'"}}

    def refused_mapping(words):
        return bad(f"Invalid mapping expression specified: Validation Result: warnings : [], errors : [{words}]")

    s.step("no-response", client.put_integration_response, refused_mapping("No method response exists for method."), **ids, **mapped)
    client.put_method_response(**ids, statusCode="200")
    undeclared = refused_mapping("Invalid mapping expression parameter specified: method.response.header.h")
    s.step("undeclared", client.put_integration_response, undeclared, **ids, **mapped)
    client.update_method_response(**ids, statusCode="200", patchOperations=patch("add", "/responseParameters/method.response.header.h", "true"))
    s.step("of-another", client.put_integration_response, CREATED(mapped), **ids, **mapped)


@scenario
def quotas_and_words(s):
    ids = mocked()
    id = {"restApiId": ids["restApiId"]}
    deployment = client.create_deployment(**id)["id"]
    stage_call = dict(**id, deploymentId=deployment)
    for number in range(10):
        client.create_stage(**stage_call, stageName=f"s{number}")
    words = "Maximum number of Stages for this API has been reached.  Please contact AWS if you need additional Stages."
    s.step("stages", client.create_stage, (429, refused("LimitExceededException", words)), **stage_call, stageName="s10")
    one = dict(**id, stageName="s0")
    symbols = "' ', -', '.', '_', ':', '/', '?', '&', '=', and ','."
    illegal = bad(f"Invalid stage variable value of key a.  Please use values with alphanumeric characters and the symbols {symbols}")
    s.step("empty-variable", client.update_stage, illegal, **one, patchOperations=patch("replace", "/variables/a", ""))
    illegal = bad("Invalid stage variable name: a:b.  Please use names with only word characters.")
    s.step("variable-name", client.update_stage, illegal, **one, patchOperations=patch("replace", "/variables/a:b", "x"))
    twice = bad("Parameter names must be unique across querystring, header and path")
    s.step(
        "names", client.put_method, twice, **{**ids, "httpMethod": "PUT"}, authorizationType="NONE",
        requestParameters={"method.request.header.a": True, "method.request.querystring.a": True},
    )
    wrong = (400, {"Error": {"Code": "SerializationException", "Message": "class java.lang.Boolean can not be converted to an String"}})
    s.step("boolean", client.put_integration, wrong, **ids, type="MOCK", requestParameters={"integration.request.header.a": True})
    number = "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an "
    for words, arguments in (
        (number + "String", {"name": 1}),
        (number + "Boolean", {"disableExecuteApiEndpoint": 1}),
        ("'ON' can not be converted to an Boolean", {"disableExecuteApiEndpoint": "on"}),
        ("class java.lang.String can not be converted to an Integer", {"minimumCompressionSize": "1"}),
        ("Start of list found where not expected", {"name": ["n"]}),
        ("Start of structure or map found where not expected.", {"name": {"n": 1}}),
    ):
        wrong = 400, refused("SerializationException", words, modeled=False)
        s.step(f"type {arguments}", client.create_rest_api, wrong, **{"name": "n", **arguments})
    size = bad("Invalid minimum compression size, must be between 0 and 10485760")
    s.step("long", client.create_rest_api, size, name="n", minimumCompressionSize=2**32)
    role = bad("Role ARN must be specified for AWS integrations")
    uri = "arn:aws:apigateway:us-east-1:sqs:path/000000000000/q"
    s.step("role", client.put_integration, role, **ids, type="AWS", integrationHttpMethod="POST", uri=uri)
    undeclared = bad("Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression parameter specified: method.request.header.a]")
    s.step("undeclared", client.put_integration, undeclared, **ids, type="MOCK", requestParameters={"integration.request.header.a": "method.request.header.a"})
    s.step("no-pattern", client.put_integration_response, CREATED({"statusCode": "200"}), **ids, statusCode="200")
    policy = bad("Invalid policy document. Please check the policy syntax and ensure that Principals are valid.")
    s.step("policy", client.create_rest_api, policy, name="n", policy="{no")
    anyone = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*/GET/a"}
    answered = made(policy=json.dumps({"Version": "2012-10-17", "Statement": [anyone]}))
    resource = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:{answered['id']}/*/GET/a"
    kept = json.dumps({"Version": "2012-10-17", "Statement": [{**anyone, "Resource": resource}]}, separators=(",", ":"))
    escaped = kept.replace('"', '\\"').replace("/", "\\/")
    s.note("policy-escaped", [] if answered["policy"] == escaped else [answered["policy"]])
    name = bad_path("/apiStages/x:dev", "remove", (
        "/apiStages, /quota, /throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, "
        "/apiStages/<apidId:stageName>/throttle"
    ))
    plan = client.create_usage_plan(name="words")["id"]
    s.step("plan-path", client.update_usage_plan, name, usagePlanId=plan, patchOperations=patch("remove", "/apiStages/x:dev"))
    client.delete_usage_plan(usagePlanId=plan)


@scenario
def models_that_are_none(s):
    id = {"restApiId": made()["id"], "contentType": "application/json"}

    def refused_model(errors):
        return bad(f"Invalid model specified: Validation Result: warnings : [], errors : [{errors}]")

    schema = "Invalid model schema specified"
    for step, text, errors in (
        ("type", '{"type": "strng"}', schema),
        ("keyword", '{"$id": "x"}', f'{schema}. Unsupported keyword(s): ["$id"]'),
        ("nested", '{"properties": {"a": {"example": 1}}}', f'{schema}. Unsupported keyword(s): ["example"]'),
        ("reference", '{"$ref": "Other"}', f"{schema}, Model reference must be in canonical form"),
    ):
        s.step(step, client.create_model, refused_model(errors), **id, name="None", schema=text)
    link = f"https://apigateway.amazonaws.com/restapis/{id['restApiId']}/models/"
    lost = refused_model(f"Invalid model reference specified: {link}Lost")
    s.step("lost", client.create_model, lost, **id, name="None", schema=json.dumps({"items": {"$ref": f"{link}Lost"}}))
    tree = json.dumps({"type": "object", "properties": {"a": {"$ref": f"{link}Tree"}, "b": {"$ref": f"{link}Error"}}})
    client.create_model(**id, name="Tree", schema=tree)
    s.step(
        "lost-update", client.update_model, lost, restApiId=id["restApiId"], modelName="Tree",
        patchOperations=patch("replace", "/schema", json.dumps({"type": "array", "items": {"$ref": f"{link}Lost"}})),
    )


@scenario
def lists_of_values(s):
    id = {"restApiId": made()["id"]}
    kinds = (
        "REQUEST_TOO_LARGE, RESOURCE_NOT_FOUND, AUTHORIZER_CONFIGURATION_ERROR, MISSING_AUTHENTICATION_TOKEN, "
        "BAD_REQUEST_BODY, INVALID_SIGNATURE, INVALID_API_KEY, BAD_REQUEST_PARAMETERS, AUTHORIZER_FAILURE, UNAUTHORIZED, "
        "INTEGRATION_TIMEOUT, ACCESS_DENIED, DEFAULT_4XX, DEFAULT_5XX, WAF_FILTERED, QUOTA_EXCEEDED, THROTTLED, "
        "API_CONFIGURATION_ERROR, UNSUPPORTED_MEDIA_TYPE, INTEGRATION_FAILURE, EXPIRED_TOKEN"
    )
    wrong = invalid(f"Value 'X' at 'responseType' failed to satisfy constraint: Member must satisfy enum value set: [{kinds}]")
    for verb in (client.get_gateway_response, client.put_gateway_response, client.delete_gateway_response):
        s.step("gateway-response-type", verb, wrong, **id, responseType="X")
    pattern = r"Member must satisfy regular expression pattern: ^([1-5]\d\d|\*|\s*)$"
    part = invalid(f"Value 'x' at 'createDocumentationPartInput.location.statusCode' failed to satisfy constraint: {pattern}")
    s.step("part-status", client.create_documentation_part, part, **id, location={"type": "RESPONSE", "statusCode": "x"}, properties="{}")
    owner = invalid("Value 'X' at 'resourceOwner' failed to satisfy constraint: Member must satisfy enum value set: [SELF, OTHER_ACCOUNTS]")
    s.step("owner", client.get_domain_names, owner, resourceOwner="X")
    s.step("others", client.get_domain_names, OK({"items": []}), resourceOwner="OTHER_ACCOUNTS")


@scenario
def links_in_use(s):
    ids = mocked()
    arn = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/net/l/1"
    several = bad("More than one target arn specified for vpc link.")
    s.step("several", client.create_vpc_link, several, name="l", targetArns=[arn, arn + "2"])
    link = {"vpcLinkId": client.create_vpc_link(name="l", targetArns=[arn])["id"]}
    client.put_integration(
        **ids, type="HTTP_PROXY", integrationHttpMethod="GET", uri="http://example.com", connectionType="VPC_LINK",
        connectionId=link["vpcLinkId"],
    )
    client.create_deployment(restApiId=ids["restApiId"], stageName="dev")
    place = f"{ids['restApiId']}:GET:{ids['resourceId']}:dev"
    used = bad(
        f"Cannot delete vpc link. Vpc link '{link['vpcLinkId']}', is referenced in [{place}] in format of "
        "[RESTApiId:Method:Resource:Stage]."
    )
    s.step("delete-used", client.delete_vpc_link, used, **link)
    client.delete_stage(restApiId=ids["restApiId"], stageName="dev")
    s.step("delete", client.delete_vpc_link, ACCEPTED, **link)


@scenario
def keys_from_files(s):
    plan = client.create_usage_plan(name="file")["id"]
    for column in ("Key", "Name"):
        header = {"Key": "Name,description", "Name": "Key,description"}[column]
        s.step(f"no-{column}", client.import_api_keys, bad(f"Missing required column '{column}' "), format="csv", body=header + "\nx,y")
    rows = f'Name,key,description,Enabled,usageplanIds\nfirst,{"a" * 30},"one, two",TRUE,"{plan}"\nsecond,{"b" * 30},,false,\n'
    ids = s.step("import", client.import_api_keys, CREATED({"ids": [Same("key1"), Same("key2")], "warnings": []}), format="csv", body=rows)["ids"]
    first = key(1, False, {}, name="first", description="one, two", enabled=True)
    s.step("first", client.get_api_key, OK(first), apiKey=ids[0])
    s.step("second", client.get_api_key, OK(key(2, False, {}, name="second")), apiKey=ids[1])
    member = {"id": Same("key1"), "name": "first", "type": "API_KEY", "value": "a" * 30}
    s.step("in-plan", client.get_usage_plan_keys, OK({"items": [member]}), usagePlanId=plan)
    unknown = missing("Invalid Key identifier specified")
    dates = dict(startDate="2024-01-01", endDate="2024-01-02")
    s.step("usage", client.get_usage, unknown, usagePlanId=plan, keyId=ids[1], **dates)
    nothing = {"usagePlanId": plan, **dates, "items": {ids[0]: [[0, 0], [0, 0]]}}
    s.step("usage-of-none", client.get_usage, OK(nothing), usagePlanId=plan, **dates)
    for id in ids:
        client.delete_api_key(apiKey=id)
    client.delete_usage_plan(usagePlanId=plan)


@scenario
def keys_from_poor_files(s):
    """A record that is none is left out, one of a key that is there replaces it, a plan that is not there is passed over."""
    good, other = "c" * 20, "d" * 20
    skipped = "Skipped invalid record: 2. API Key value should be at least 20 characters"
    rows = f"Name,Key,UsagePlanIds\nzz-one,{good},nowhere\ntwo,short,\nzz-three,{other},\n"
    made = CREATED({"ids": [Same("one"), Same("three")], "warnings": [skipped]})
    ids = s.step("import", client.import_api_keys, made, format="csv", body=rows)["ids"]
    one = key("one", False, {}, name="zz-one", enabled=True)
    s.step("enabled", client.get_api_key, OK({**one, "id": Same("one")}), apiKey=ids[0])
    again = f"Name,Key,Enabled,description\nzz-other,{good},false,d\ntwo,short,true,\n"
    words = bad(f"Warnings found during import:\n\t{skipped}")
    s.step("fail-on-warnings", client.import_api_keys, words, format="csv", body=again, failOnWarnings=True)
    replaced = {**key("one", False, {}, name="zz-other", description="d"), "id": Same("one")}
    s.step("replaced", client.get_api_key, OK(replaced), apiKey=ids[0])
    listed = [{key: value for key, value in item.items() if key != "tags"} for item in (replaced, {**one, "id": Same("three"), "name": "zz-three"})]
    s.step("by-name", client.get_api_keys, OK({"items": listed}), nameQuery="zz-")
    empty = bad("Customer Id cannot be an empty string")
    s.step("no-customer", client.update_api_key, empty, apiKey=ids[0], patchOperations=patch("replace", "/customerId", ""))
    for id in ids:
        client.delete_api_key(apiKey=id)


@scenario
def stages_of_keys(s):
    """A key forgets a stage that is deleted."""
    api_id = mocked()["restApiId"]
    client.create_deployment(restApiId=api_id, stageName="dev")
    shown = {**key("k", False, {}, name="k"), "id": Same("k"), "stageKeys": [f"{api_id}/dev"]}
    id = client.create_api_key(name="k", stageKeys=[{"restApiId": api_id, "stageName": "dev"}])["id"]
    s.step("before", client.get_api_key, OK(shown), apiKey=id)
    unknown = bad("Invalid stage identifier specified")
    s.step("unknown", client.create_api_key, unknown, name="k", stageKeys=[{"restApiId": api_id, "stageName": "none"}])
    s.step("unknown-added", client.update_api_key, unknown, apiKey=id, patchOperations=patch("add", "/stages", f"{api_id}/none"))
    client.delete_stage(restApiId=api_id, stageName="dev")
    s.step("after", client.get_api_key, OK({**shown, "stageKeys": []}), apiKey=id)
    client.delete_api_key(apiKey=id)


@scenario
def limits_of_plans(s):
    """Limits that are missing or wrong, and those of methods."""
    limit = bad("Usage Plan quota limit must be a non-negative numeric")
    period = bad("Invalid Usage Plan quota period specified. Must be one of [DAY, WEEK, MONTH]")
    throttle = bad("Usage Plan throttle rate limit and burst limit must be numeric and greater than zero")
    s.step("no-limit", client.create_usage_plan, limit, name="p", quota={"period": "DAY"})
    s.step("negative-limit", client.create_usage_plan, limit, name="p", quota={"limit": -1, "period": "DAY"})
    s.step("no-period", client.create_usage_plan, period, name="p", quota={"limit": 1})
    s.step("negative-rate", client.create_usage_plan, throttle, name="p", throttle={"rateLimit": -1.0})
    api_id = mocked()["restApiId"]
    client.create_deployment(restApiId=api_id, stageName="dev")
    stages = [{"apiId": api_id, "stage": "dev"}]
    shown = {"apiStages": stages, "id": Same("plan"), "name": "p", "throttle": {"burstLimit": 0, "rateLimit": 1.0}}
    plan = s.step("rate-alone", client.create_usage_plan, CREATED(shown), name="p", apiStages=stages, throttle={"rateLimit": 1})["id"]

    def update(step, expected, operations):
        s.step(step, client.update_usage_plan, expected, usagePlanId=plan, patchOperations=operations)

    for path in ("rateLimit", "burstLimit"):
        update(f"bad-{path}", throttle, patch("replace", f"/throttle/{path}", "x"))
    update("bad-limit", limit, patch("replace", "/quota/limit", "x"))
    update("limit-alone", period, patch("replace", "/quota/limit", "1"))
    update("bad-period", period, patch("replace", "/quota/period", "YEAR"))
    for path in ("/name", "/description"):
        legal = "/productCode, /quota/limit, /quota/offset, /quota/period, /throttle/rateLimit, /throttle/burstLimit"
        method = "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>"
        legal = f"/apiStages, {legal}, {method}/rateLimit, {method}/burstLimit, /apiStages/<apidId:stageName>/throttle"
        update(f"add-{path}", bad_path(path, "add", legal), patch("add", path, "x"))
    kept = {**shown, "tags": {}}
    root, pets = {"burstLimit": 0, "rateLimit": 2.0}, {"burstLimit": 3, "rateLimit": 0.0}
    methods = [{**stages[0], "throttle": {"/pets/GET": pets, "//GET": root}}]
    of_stage = f"/apiStages/{api_id}:dev/throttle"
    fine = patch("replace", f"{of_stage}/pets/GET/burstLimit", "3") + patch("replace", f"{of_stage}///GET/rateLimit", "2")
    update("methods", OK({**kept, "apiStages": methods}), fine)
    grained = bad("Can not remove usage plan throttling if fine grain throttling is defined for one or more api-stages.")
    update("remove-throttle", grained, patch("remove", "/throttle"))
    update("remove-method", OK({**kept, "apiStages": [{**stages[0], "throttle": {"//GET": root}}]}), patch("remove", f"{of_stage}/~1pets/GET"))
    del kept["throttle"]
    update("remove-all", OK(kept), patch("remove", of_stage) + patch("remove", "/throttle"))
    update("remove-stage", OK({**kept, "apiStages": []}), patch("remove", "/apiStages", f"{api_id}:dev"))
    kind = bad("Invalid Usage Plan key type specified. Must be one of [API_KEY]")
    s.step("key-type", client.create_usage_plan_key, kind, usagePlanId=plan, keyId="x", keyType="KEY")
    client.delete_usage_plan(usagePlanId=plan)


@scenario
def documents_that_are_refused(s):
    def document(paths=None, **members):
        return json.dumps({"openapi": "3.0.1", "info": {"title": "n", "version": "1"}, "paths": paths or {}, **members})

    def faults(*lines, warnings=()):
        end = "\nAdditionally, these warnings were found:" + "".join(f"\n\t{line}" for line in warnings) if warnings else ""
        return bad("Errors found during import:" + "".join(f"\n\t{line}" for line in lines) + end)

    s.step("3.1", client.import_rest_api, bad("Invalid OpenAPI input."), body=document(openapi="3.1.0"))

    # What a call for the part alone is refused, a document with it is too.
    def integrated(**members):
        integration = {"type": "http", "uri": "http://example.com/", "httpMethod": "GET", **members}
        return document(paths={"/a": {"get": {"responses": {"200": {"description": "d"}}, "x-amazon-apigateway-integration": integration}}})

    verbs = "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"
    media = "Validation Result: warnings : [], errors : [Invalid content type specified: 1]"
    at = "on 'GET' for resource at path '/a': "
    for step, words, members in (
        ("verb", f"Unable to put integration {at}{verbs}", {"httpMethod": "FOO"}),
        ("role", f"Unable to put integration {at}Invalid ARN specified in the request", {"credentials": "foo"}),
        ("media-type", f"Unable to put integration {at}{media}", {"requestTemplates": {"1": "{}"}}),
        ("response-media-type", f"Unable to put integration response {at}{media}", {"responses": {"default": {"statusCode": "200", "responseTemplates": {"1": "{}"}}}}),
        ("response-status", f"Unable to put integration response {at}Invalid status code specified", {"responses": {"default": {"statusCode": "x"}}}),
    ):
        s.step(step, client.import_rest_api, faults(words), body=integrated(**members))
    authorizer = {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "custom"}
    authorizer["x-amazon-apigateway-authorizer"] = {"type": "token", "authorizerUri": "foo"}
    uri = "Invalid Authorizer URI: foo. Authorizer URI should be a valid API Gateway ARN that represents a Lambda function invocation."
    s.step("authorizer", client.import_rest_api, faults(f"Unable to create authorizer 'a': {uri}"), body=document(components={"securitySchemes": {"a": authorizer}}))
    no_policy = "Invalid policy document. Please check the policy syntax and ensure that Principals are valid."
    for policy in ({}, {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}):
        s.step(f"policy-{len(policy)}", client.import_rest_api, faults(no_policy), body=document(**{"x-amazon-apigateway-policy": policy}))
        s.step(f"create-policy-{len(policy)}", client.create_rest_api, bad(no_policy), name="n", policy=json.dumps(policy))
    model = "Unable to create model for 'A': Invalid model specified: Validation Result: warnings : [], errors : "
    s.step(
        "other-document", client.import_rest_api,
        faults(
            f"{model}[Invalid model schema specified, Model reference must be in canonical form]",
            warnings=["Parse issue: Unable to load RELATIVE ref: ./other.yaml path: ."],
        ),
        body=document(components={"schemas": {"A": {"properties": {"a": {"$ref": "./other.yaml"}}}}}),
    )
    answer = faults(f"{model}[Model reference must be in canonical form]", warnings=["Parse issue: Unable to load RELATIVE ref: ./other.yaml path: ."])
    s.step("other-schema", client.import_rest_api, answer, body=document(components={"schemas": {"A": {"$ref": "./other.yaml"}}}))
    twice = {"parameters": [{"name": "a", "in": "query"}, {"name": "a", "in": "header"}], "responses": {}}
    words = "Parameter names must be unique across querystring, header and path"
    s.step(
        "names", client.import_rest_api, faults(f"Unable to put method 'GET' on resource at path '/a': {words}"),
        body=document({"/a": {"get": twice}}),
    )
    for kinds, words in (
        ("X", "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE"),
        ("EDGE,REGIONAL", "Cannot create an api with multiple Endpoint Types."),
    ):
        s.step("endpoint", client.import_rest_api, bad(words), body=document(), parameters={"endpointConfigurationTypes": kinds})
    scheme = {"o": {"type": "apiKey", "in": "header", "name": "A", "x-amazon-apigateway-authtype": "custom"}}
    s.step(
        "authtype", client.import_rest_api,
        bad(
            "Warnings found during import:\n\tUnable to create authorizer from security definition: 'o'. Extension "
            "x-amazon-apigateway-authorizer is required. Any methods with security: 'o' will not be created. If this "
            "security definition is not a custom authorizer, remove the x-amazon-apigateway-authtype extension and it will "
            "be ignored."
        ),
        body=document(components={"securitySchemes": scheme}), failOnWarnings=True,
    )


@scenario
def documents_that_are_warned_of(s):
    """Warnings of imports in the words that users report, and what they leave out of the API."""
    def document(**members):
        return json.dumps({"openapi": "3.0.3", "info": {"title": "n", "version": "1"}, "paths": {}, **members})

    def warned(step, warnings, **members):
        answer = s.step(step, client.import_rest_api, CREATED(api(version="1", number=step, warnings=warnings)), body=document(**members))
        return {"restApiId": answer["id"]}

    composed = {"allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"type": "object"}]}
    body = {"content": {"application/json": {"schema": composed}}}
    text = {"text/plain": {"schema": {"type": "string"}}}
    responses = {"200": {"description": "d", **body}, "201": {"description": "d", "content": text}}
    operations = {"/test": {"get": {"responses": responses}, "put": {"requestBody": body, "responses": {}}}}
    ignored = [
        "Unsupported model type 'ComposedSchema' in 200 response to method 'GET /test'. Ignoring.",
        "Unsupported model type 'StringSchema' in 201 response to method 'GET /test'. Ignoring.",
        "Unsupported model type 'Content' in request schema for 'PUT /test'. Ignoring.",
    ]
    id = warned("kinds", ignored, paths=operations)
    s.step("no-models", client.get_models, OK({"items": []}), **id)
    lines = "".join(f"\n\t{line}" for line in ignored)
    refusal = bad(f"Warnings found during import:{lines}")
    s.step("fail", client.import_rest_api, refusal, body=document(paths=operations), failOnWarnings=True)
    missing_model = "#/components/schemas/Gone"
    gone = {"description": "d", "content": {"application/json": {"schema": {"$ref": missing_model}}}}
    arrays = {"/a": {"get": {"responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Pet"}}}}}, "default": {"description": "d"}}}}}
    arrays["/b"] = arrays["/a"]
    words = [f"API Gateway does not support Swagger's 'default' method response (found on 'GET {path}')" for path in arrays]
    listed = warned("default", words, paths=arrays, components={"schemas": {"Pet": {"type": "object"}}})
    # An array of a model has a name of its own (an export in the developer guide).
    names = {model["name"]: json.loads(model["schema"]) for model in client.get_models(**listed)["items"]}
    link = f"https://apigateway.amazonaws.com/restapis/{listed['restApiId']}/models/Pet"
    s.note("array", list(s.differences(names, {"ArrayOfPet": {"type": "array", "items": {"$ref": link}}, "Pet": {"type": "object"}}, "")))
    resources = client.get_resources(**listed, embed=["methods"])["items"][1:]
    used = [resource["resourceMethods"]["GET"]["methodResponses"]["200"]["responseModels"] for resource in resources]
    s.note("array-used", [] if used == [{"application/json": "ArrayOfPet"}] * 2 else [f"{used}"])
    lost = "Reference to model 'Gone' not found. Ignoring."
    unread = f"Parse issue: attribute paths.'/a'(get).responses.200.content.schema.{missing_model} is missing"
    unused = "Invalid format for model application/json for method GET"
    warned("response", [unread, lost, unused], paths={"/a": {"get": {"responses": {"200": gone}}}})
    part = {"content": {"application/json": {"schema": {"$ref": "#/paths/~1b/get/responses/200/content/application~1json/schema"}}}}
    other = {"get": {"responses": {"200": {"description": "d", "content": {"application/json": {"schema": {"type": "object"}}}}}}}
    words = bad("Errors found during import:\n\tUnable to put method 'POST' on resource at path '/a': Invalid model identifier specified: null")
    s.step("part", client.import_rest_api, words, body=document(paths={"/a": {"post": {"requestBody": part, "responses": {}}}, "/b": other}))
    twice = {"schemas": {"A": {"type": "string", "enum": ["a", "b", "a"]}}}
    model = "Unable to create model for 'A': Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]"
    s.step("enum", client.import_rest_api, bad(f"Errors found during import:\n\t{model}"), body=document(components=twice))
    del gone["description"]
    requests = document(paths={"/a": {"post": {"requestBody": gone, "responses": {}}}})
    unread = f"Parse issue: attribute paths.'/a'(post).requestBody.content.schema.{missing_model} is missing"
    error = "Unable to put method 'POST' on resource at path '/a': Invalid model identifier specified: null"
    words = bad(f"Errors found during import:\n\t{error}\nAdditionally, these warnings were found:\n\t{unread}\n\t{lost}")
    s.step("request", client.import_rest_api, words, body=requests)
    # A put may name the models that the API has.
    client.create_model(**id, name="Gone", contentType="application/json", schema='{"type": "object"}')
    s.step("put", client.put_rest_api, OK(api(version="1", number="kinds", tags={}, warnings=[unread])), **id, body=requests, mode="merge")
    warned("member", ["Parse issue: attribute components.invalid is unexpected"], components={"invalid": "a"})
    parameter = {"name": "zipCode", "in": "path", "required": True, "type": "string"}
    warned(
        "servers",
        [
            "Parse issue: attribute paths.'/area/{zipCode}'(get).parameters.[zipCode].type is unexpected",
            "More than one server provided. Ignoring all but the first for defining endpoint configuration",
        ],
        servers=[{"url": "http://a.example.com"}, {"url": "http://b.example.com"}],
        paths={"/area/{zipCode}": {"get": {"parameters": [parameter], "responses": {}}}},
    )
    # The booleans of YAML 1.1 are booleans: words without quotes.
    yaml = "swagger: '2.0'\ninfo: {title: n, version: '1'}\npaths: {}\ndefinitions: {C: {type: string, enum: [SE, NO, 'ON']}}\n"
    read = {"restApiId": client.import_rest_api(body=yaml)["id"]}
    schema = json.loads(client.get_model(**read, modelName="C")["schema"])
    s.note("yaml", list(s.differences(schema, {"type": "string", "enum": ["SE", False, "ON"]}, "")))
    # The parser's kinds of messages, one after another (reports of users of HTTP APIs, whose documents it reads too).
    place = "Parse issue: attribute paths.'/b/{id}'"
    warned(
        "parser",
        [
            "Parse issue: attribute components.schemas.A.required is not of type `array`",
            f"{place}(get).responses is missing",
            "Parse issue: attribute .servers.url is missing",
            "Parse issue: attribute paths. Resource a should start with /",
            f"{place}. Declared path parameter id needs to be defined as a path parameter in path or operation level",
        ],
        servers=[{}],
        components={"schemas": {"A": {"type": "object", "required": True}}},
        paths={"a": {}, "/b/{id}": {"get": {}}},
    )


@scenario
def domains_and_sdks(s):
    api_id = mocked()["restApiId"]
    client.create_deployment(restApiId=api_id, stageName="dev")
    mapping = {"basePath": "(none)", "restApiId": api_id, "stage": "dev"}
    name = {"domainName": "answers.example.com"}
    client.create_domain_name(**name, certificateArn="arn:aws:acm:us-east-1:000000000000:certificate/a")
    s.step("map", client.create_base_path_mapping, CREATED(mapping), **name, restApiId=api_id, stage="dev")
    s.step("map-again", client.create_base_path_mapping, conflict("Base path already exists for this domain name"), **name, restApiId=api_id)
    mapped = bad(f"Deleting RestApi {api_id} failed. Please remove all base path mappings related to the RestApi in your domains: answers.example.com")
    s.step("delete-mapped", client.delete_rest_api, mapped, restApiId=api_id)
    mapped = bad("Deleting stage dev failed. Please remove all base path mappings related to the stage in your domains: answers.example.com")
    s.step("delete-mapped-stage", client.delete_stage, mapped, restApiId=api_id, stageName="dev")
    s.step("delete-domain", client.delete_domain_name, ACCEPTED, **name)
    sdk = client.get_sdk(restApiId=api_id, stageName="dev", sdkType="javascript")
    names = zipfile.ZipFile(io.BytesIO(sdk["body"].read())).namelist()
    s.note("sdk", [] if "apiGateway-js-sdk/apigClient.js" in names else [f"{names}"])
    # `attachment; filename="javascript_2016-02-22_23-52Z.zip"` in the examples of the AWS CLI.
    named = re.fullmatch(r'attachment; filename="javascript_\d{4}-\d\d-\d\d_\d\d-\d\dZ\.zip"', sdk["contentDisposition"])
    s.note("sdk-headers", [] if named and sdk["contentType"] == "application/octet-stream" else [f"{sdk}"])
    s.step("no-stage", client.get_sdk, missing("Invalid stage identifier specified"), restApiId=api_id, stageName="x", sdkType="javascript")
    java = {"service.name": "Pets", "java.package-name": "com.example", "java.license-text": "mine */ \\u002a/"}
    s.note("java-sdk", java_sdk(client.get_sdk(restApiId=api_id, stageName="dev", sdkType="java", parameters=java)))
    for name, value in (("service.name", "1"), ("java.package-name", "a.class"), ("java.build-system", "ant")):
        wrong = bad(f"Invalid SDK parameter {name} specified: {value}")
        s.step(name, client.get_sdk, wrong, restApiId=api_id, stageName="dev", sdkType="java", parameters={**java, name: value})
    for kind, names in (("android", "groupId, invokerPackage, artifactId, artifactVersion"), ("java", "service.name, java.package-name")):
        unnamed = bad(f"Missing required SDK parameters: {names}")
        s.step(f"{kind}-parameters", client.get_sdk, unnamed, restApiId=api_id, stageName="dev", sdkType=kind)
    swift = {"name": "classPrefix", "friendlyName": "Prefix", "required": True}
    swift = {"id": "swift", "friendlyName": "iOS (Swift)", "configurationProperties": [swift]}
    s.step("sdk-type", client.get_sdk_type, OK(swift), id="swift")
    s.step("no-sdk-type", client.get_sdk_type, missing("Invalid SDK type identifier specified"), id="cobol")


def java_sdk(answer):
    """Returns what is wrong with a Java SDK; it is compiled and asked where there is a Java."""
    if not re.fullmatch(r'attachment; filename="java_\d{4}-\d\d-\d\d_\d\d-\d\dZ\.zip"', answer["contentDisposition"]):
        return [answer["contentDisposition"]]
    archive = zipfile.ZipFile(io.BytesIO(answer["body"].read()))
    source = "src/main/java/com/example/Pets.java"
    if not {"pom.xml", source, "README.md"} <= set(archive.namelist()):
        return [f"{archive.namelist()}"]
    if not shutil.which("javac"):
        return [] if " getRoot(Map<String, ?> parameters" in archive.read(source).decode() else ["no getRoot"]
    main = """import com.example.Pets;
        class Main {
            public static void main(String[] a) throws Exception {
                System.out.print(Pets.builder().build().getRoot(null, null).statusCode());
            }
        }"""
    with tempfile.TemporaryDirectory() as folder:
        archive.extractall(folder)
        pathlib.Path(folder, "Main.java").write_text(main)
        compiled = ["javac", "--release", "11", "-Xlint:all", "-Werror", "-d", "out", "-sourcepath", "src/main/java", "Main.java"]
        for command in (compiled, ["java", "-cp", "out", "Main"]):
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            if done.returncode:
                return [done.stderr]
    return [] if done.stdout == "200" else [done.stdout]


@scenario
def private_domains(s):
    api_id = mocked()["restApiId"]
    client.create_deployment(restApiId=api_id, stageName="dev")
    name = {"domainName": "my.private.domain.tld"}
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/a"
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": ["execute-api:/*"]}]}
    made_one = client.create_domain_name(
        **name, certificateArn=certificate, endpointConfiguration={"types": ["PRIVATE"]}, policy=json.dumps(policy)
    )
    id = made_one["domainNameId"]
    resource = f"arn:aws:execute-api:us-east-1:{ACCOUNT}:/domainnames/my.private.domain.tld+{id}"
    kept = {**policy, "Statement": [{**policy["Statement"][0], "Resource": resource}]}
    domain = {
        **name, "domainNameId": id, "domainNameArn": f"arn:aws:apigateway:us-east-1:{ACCOUNT}:/domainnames/my.private.domain.tld+{id}",
        "certificateArn": certificate, "certificateUploadDate": DATE, "endpointConfiguration": {"types": ["PRIVATE"], "ipAddressType": "dualstack"},
        "domainNameStatus": "AVAILABLE", "securityPolicy": "TLS_1_2", "policy": kept, "routingMode": "BASE_PATH_MAPPING_ONLY",
    }
    one = {**name, "domainNameId": id}
    s.step("without-id", client.get_domain_name, missing("Invalid domain name identifier specified"), **name)
    s.step("get", client.get_domain_name, OK({**domain, "tags": {}}), **one)
    s.step("list", client.get_domain_names, OK({"items": [domain]}), resourceOwner="SELF")
    s.step("others", client.get_domain_names, OK({"items": []}), resourceOwner="OTHER_ACCOUNTS")
    source = {"accessAssociationSourceType": "VPCE", "accessAssociationSource": "vpce-1", "domainNameArn": domain["domainNameArn"]}
    associated = f"arn:aws:apigateway:us-east-1:{ACCOUNT}:/domainnameaccessassociations/domainname/my.private.domain.tld+{id}/vpcesource/vpce-1"
    shown = {**source, "domainNameAccessAssociationArn": associated}
    s.step("associate", client.create_domain_name_access_association, CREATED(shown), **source)
    s.step("associations", client.get_domain_name_access_associations, OK({"items": [shown]}))
    s.step("of-others", client.get_domain_name_access_associations, OK({"items": []}), resourceOwner="OTHER_ACCOUNTS")
    null = "Value null at '{}' failed to satisfy constraint: Member must not be null"
    unsaid = invalid(null.format("domainNameAccessAssociationArn"), null.format("domainNameArn"))
    s.step("reject-nothing", client.reject_domain_name_access_association, unsaid)
    client.tag_resource(resourceArn=associated, tags={"a": "b"})
    s.step("tags", client.get_tags, OK({"tags": {"a": "b"}}), resourceArn=associated)
    client.tag_resource(resourceArn=domain["domainNameArn"], tags={"a": "b"})
    s.step("domain-tags", client.get_domain_name, OK({**domain, "tags": {"a": "b"}}), **one)
    s.step("delete-association", client.delete_domain_name_access_association, ACCEPTED, domainNameAccessAssociationArn=associated)
    mapping = {"basePath": "v1", "restApiId": api_id, "stage": "dev"}
    s.step("map", client.create_base_path_mapping, CREATED(mapping), **one, **mapping)
    s.step("mapping", client.get_base_path_mapping, OK(mapping), **one, basePath="v1")
    s.step("mappings", client.get_base_path_mappings, OK({"items": [mapping]}), **one)
    plain = {"basePath": "(none)", "restApiId": api_id}
    s.step("map-all", client.create_base_path_mapping, CREATED(plain), **one, restApiId=api_id)
    s.step("mappings-by-path", client.get_base_path_mappings, OK({"items": [plain, mapping]}), **one)
    s.step("unmap", client.delete_base_path_mapping, ACCEPTED, **one, basePath="v1")
    public = patch("add", "/endpointConfiguration/types", "REGIONAL")
    words = bad("/endpointConfiguration/types Invalid request input")
    s.step("public", client.update_domain_name, words, **one, patchOperations=public)
    words = bad("/endpointAccessMode Invalid request input")
    s.step("access-mode", client.update_domain_name, words, **one, patchOperations=patch("replace", "/endpointAccessMode", "BASIC"))
    for path in ("/policy", "/managementPolicy"):
        s.step(f"add{path}", client.update_domain_name, bad(f"Invalid patch path {path}"), **one, patchOperations=patch("add", path, "{}"))
    s.step("delete", client.delete_domain_name, ACCEPTED, **one)


@scenario
def domains_that_move(s):
    """The developer guide's migration of a domain name between endpoint types, and mutual TLS."""
    name = {"domainName": "api.example.com"}
    edge, regional = (f"arn:aws:acm:{region}:000000000000:certificate/a" for region in ("us-east-1", "us-west-2"))
    client.create_domain_name(**name, certificateArn=edge, certificateName="edge-cert")
    both = {
        **name, "domainNameArn": "arn:aws:apigateway:us-east-1::/domainnames/api.example.com", "certificateArn": edge,
        "certificateName": "edge-cert", "certificateUploadDate": DATE, "distributionDomainName": Same("distribution"),
        "distributionHostedZoneId": "Z2FDTNDATAQYW2", "regionalCertificateArn": regional, "regionalDomainName": Same("regional"),
        "regionalHostedZoneId": "Z1UJRXOUMOOFQ8", "endpointConfiguration": {"types": ["EDGE", "REGIONAL"], "ipAddressType": "ipv4"},
        "domainNameStatus": "AVAILABLE", "securityPolicy": "TLS_1_2", "routingMode": "BASE_PATH_MAPPING_ONLY", "tags": {},
    }
    add = patch("add", "/endpointConfiguration/types", "REGIONAL") + patch("add", "/regionalCertificateArn", regional)
    s.step("add", client.update_domain_name, OK(both), **name, patchOperations=add)
    remove = patch("remove", "/endpointConfiguration/types", "EDGE") + patch("remove", "certificateName") + patch("remove", "certificateArn")
    gone = ("certificateArn", "certificateName", "distributionDomainName", "distributionHostedZoneId")
    one = {key: value for key, value in both.items() if key not in gone}
    one["endpointConfiguration"] = {"types": ["REGIONAL"], "ipAddressType": "ipv4"}
    s.step("remove", client.update_domain_name, OK(one), **name, patchOperations=remove)
    trust = patch("replace", "/mutualTlsAuthentication/truststoreUri", "s3://bucket/key") + patch("replace", "/mutualTlsAuthentication/truststoreVersion", "1")
    mutual = {"mutualTlsAuthentication": {"truststoreUri": "s3://bucket/key", "truststoreVersion": "1"}}
    s.step("trust", client.update_domain_name, OK({**one, **mutual}), **name, patchOperations=trust)
    off = patch("replace", "/mutualTlsAuthentication/truststoreUri", "")
    s.step("trust-off", client.update_domain_name, OK(one), **name, patchOperations=off)
    message = "Update is in progress. Please wait until the update finishes before making another request."
    updating = {**one, "securityPolicy": "TLS_1_0", "domainNameStatus": "UPDATING", "domainNameStatusMessage": message}
    s.step("policy", client.update_domain_name, OK(updating), **name, patchOperations=patch("replace", "/securityPolicy", "TLS_1_0"))
    s.step("policy-then", client.get_domain_name, OK({**one, "securityPolicy": "TLS_1_0"}), **name)
    s.step("delete", client.delete_domain_name, ACCEPTED, **name)


@scenario
def routing_rules(s):
    ids = mocked()
    client.create_deployment(restApiId=ids["restApiId"], stageName="prod")
    v2 = boto3.client("apigatewayv2", endpoint_url=ENDPOINT, region_name="us-east-1", config=CONFIG)
    name = {"DomainName": "regional.example.com"}
    v2.create_domain_name(**name, DomainNameConfigurations=[{}], RoutingMode="ROUTING_RULE_ONLY")
    rule = {
        "Actions": [{"InvokeApi": {"ApiId": ids["restApiId"], "Stage": "prod"}}],
        "Conditions": [{"MatchBasePaths": {"AnyOf": ["PetStoreShopper"]}}],
        "Priority": 50,
    }
    shown = {
        **rule, "Actions": [{"InvokeApi": {"ApiId": ids["restApiId"], "Stage": "prod", "StripBasePath": False}}],
        "RoutingRuleArn": Same("arn"), "RoutingRuleId": Same("rule"),
    }
    made_one = s.step("create", v2.create_routing_rule, CREATED(shown), **name, **rule)
    arn = f"arn:aws:apigateway:us-east-1:{ACCOUNT}:/domainnames/regional.example.com/routingrules/{made_one['RoutingRuleId']}"
    s.note("arn", [] if made_one["RoutingRuleArn"] == arn else [made_one["RoutingRuleArn"]])
    words = "A routing rule with priority 50 already exists"
    twice = 409, {"Error": {"Code": "ConflictException", "Message": words}, "Message": words}
    s.step("same-priority", v2.create_routing_rule, twice, **name, **rule)
    one = {**name, "RoutingRuleId": made_one["RoutingRuleId"]}
    s.step("put", v2.put_routing_rule, OK({**shown, "Priority": 150}), **one, **{**rule, "Priority": 150})
    s.step("get", v2.get_routing_rule, OK({**shown, "Priority": 150}), **one)
    s.step("list", v2.list_routing_rules, OK({"RoutingRules": [{**shown, "Priority": 150}]}), **name)
    s.step("delete", v2.delete_routing_rule, GONE, **one)
    words = "Invalid routing rule identifier specified"
    gone = 404, {"Error": {"Code": "NotFoundException", "Message": words}, "Message": words}
    s.step("gone", v2.get_routing_rule, gone, **one)
    v2.delete_domain_name(**name)


@scenario
def patches_and_words(s):
    """Operations that change nothing are refused, entities of no API by their own names, and what plans and paths may have."""
    ids = mocked()
    one = {"restApiId": ids["restApiId"]}
    for op in ("move", "copy", "test"):
        for path in ("/description", "/version", "/policy", "/endpointConfiguration/vpcEndpointIds"):
            s.step(f"{op}-{path}", client.update_rest_api, bad(f"Invalid patch path {path}"), **one, patchOperations=patch(op, path, "x"))
        s.step(f"{op}-scopes", client.update_method, bad("Invalid patch path /authorizationScopes"), **ids, patchOperations=patch(op, "/authorizationScopes", "x"))
        path = "/selectionPattern"
        s.step(f"{op}-pattern", client.update_integration_response, bad(f"Invalid patch path {path}"), **ids, statusCode="200", patchOperations=patch(op, path, "x"))
    nowhere = {"restApiId": "nowhere"}
    unknown_model = missing("Invalid model name specified: M")
    s.step("model", client.get_model, unknown_model, **nowhere, modelName="M")
    s.step("delete-model", client.delete_model, unknown_model, **nowhere, modelName="M")
    s.step("stage", client.get_stage, missing("Invalid stage identifier specified"), **nowhere, stageName="s")
    unknown_deployment = missing("Invalid Deployment identifier specified")
    s.step("deployment", client.get_deployment, unknown_deployment, **nowhere, deploymentId="d")
    s.step("delete-deployment", client.delete_deployment, unknown_deployment, **nowhere, deploymentId="d")
    for period, offset, rule in (("DAY", 1, "zero in the DAY period"), ("WEEK", 7, "between 0 and 6 inclusive in the WEEK period")):
        words = bad(f"Usage Plan quota offset must be {rule}")
        s.step(f"offset-{period}", client.create_usage_plan, words, name="p", quota={"limit": 1, "offset": offset, "period": period})
    half = bad("Invalid API Stage {api: %s, stage: %s} specified for usageplan %s")
    s.step("half-a-stage", client.create_usage_plan, half, name="p", apiStages=[{"apiId": one["restApiId"]}])
    gone = missing(f"API Stage not found: {one['restApiId']}:x")
    s.step("no-stage", client.create_usage_plan, gone, name="p", apiStages=[{"apiId": one["restApiId"], "stage": "x"}])
    statement = {"Effect": "Allow", "Sid": "x" * 8192, "Principal": "*", "Action": "*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    words = bad("Resource policy is longer than the maximum of 8192 characters")
    s.step("long-policy", client.update_rest_api, words, **one, patchOperations=patch("replace", "/policy", policy))
    sources = {"type": "REQUEST", "name": "a", "identitySource": "method.request.header.A", "authorizerUri": AUTHORIZER_URI}
    authorizer = client.create_authorizer(**one, **sources)
    for op, left in (("add", "method.request.header.A, context.stage"), ("remove", "method.request.header.A")):
        shown = {**sources, "id": Same("authorizer"), "authType": "custom", "identitySource": left}
        changed = patch(op, "/identitySource", "context.stage")
        s.step(f"{op}-source", client.update_authorizer, OK(shown), **one, authorizerId=authorizer["id"], patchOperations=changed)


@scenario
def words_of_refusals(s):
    """Refusals whose words are known from reports of users."""
    ids = mocked()
    one = {"restApiId": ids["restApiId"]}
    # Tags.
    reserved = bad("Invalid tag key. Tag keys cannot start with 'aws:' (case insensitive)")
    for tags in ({"aws:x": "1"}, {"AWS:x": "1"}):
        s.step(f"tag-{tags}", client.create_rest_api, reserved, name="n", tags=tags)
    arn = f"arn:aws:apigateway:us-east-1::/restapis/{one['restApiId']}"
    s.step("tag-resource", client.tag_resource, reserved, resourceArn=arn, tags={"aws:x": "1"})
    client.tag_resource(resourceArn=arn, tags={f"t{number}": "" for number in range(50)})
    full = 429, refused("LimitExceededException", Same("full"))
    s.step("tag-more", client.tag_resource, full, resourceArn=arn, tags={"more": "1"})
    s.step("tag-many", client.create_api_key, full, name="n", tags={f"t{number}": "" for number in range(51)})
    # Deployments.
    deployment = client.create_deployment(**one, stageName="dev")["id"]
    client.update_stage(**one, stageName="dev", patchOperations=patch("replace", "/canarySettings/percentTraffic", "10"))
    canary_there = bad(
        "Invalid deployment content specified.Non canary deployment not supported on stage dev because Canary is enabled. "
        "Provide CanarySettings in deploymentInput."
    )
    s.step("deploy-over-canary", client.create_deployment, canary_there, **one, stageName="dev")
    s.step("still-there", client.get_deployments, OK({"items": [{"id": deployment, "createdDate": DATE}]}), **one)
    client.update_stage(**one, stageName="dev", patchOperations=patch("remove", "/canarySettings"))
    s.step("deploy-again", client.create_deployment, CREATED({"id": Same("d2"), "createdDate": DATE}), **one, stageName="dev")
    private = patch("replace", "/endpointConfiguration/types/EDGE", "PRIVATE")
    client.update_rest_api(**one, patchOperations=private)
    s.step("no-policy", client.create_deployment, bad("Private REST API doesn't have a resource policy attached to it"), **one)
    vpc = bad("VPCEndpoints can only be specified with PRIVATE apis.")
    endpoints = {"types": ["REGIONAL"], "vpcEndpointIds": ["vpce-1"]}
    s.step("vpc-endpoints", client.create_rest_api, vpc, name="n", endpointConfiguration=endpoints)
    added = patch("add", "/endpointConfiguration/vpcEndpointIds", "vpce-1")
    s.step("add-vpc-endpoint", client.update_rest_api, vpc, restApiId=made()["id"], patchOperations=added)
    # Domain names.
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/a"
    regional = {"endpointConfiguration": {"types": ["REGIONAL"]}}
    enhanced = {**regional, "securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09"}
    for label, words, arguments in (
        ("no-access-mode", "Endpoint access mode is required for the specified security policy", enhanced),
        ("edge-of-regional", "Cannot import certificates for EDGE while REGIONAL is active.", {**regional, "certificateArn": certificate}),
        ("regional-of-edge", "Cannot import certificates for REGIONAL while EDGE is active.", {"regionalCertificateArn": certificate}),
    ):
        s.step(f"domain-{label}", client.create_domain_name, bad(words), domainName="bare.example.com", **arguments)
    # Documentation.
    client.create_documentation_version(**one, documentationVersion="shown", stageName="dev")
    shown = bad("Cannot delete documentation version because there are API Stages associated with it.")
    s.step("shown-version", client.delete_documentation_version, shown, **one, documentationVersion="shown")
    # Gateway responses.
    for name, expression, named in (
        ("gatewayresponse.header.X", "bare", "bare"),
        ("method.response.header.X", "'1'", "method.response.header.X"),
    ):
        words = (
            "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
            f"[Invalid mapping expression specified: {named}]"
        )
        put = dict(**one, responseType="DEFAULT_4XX", responseParameters={name: expression})
        s.step(f"gateway-{named}", client.put_gateway_response, bad(words), **put)
    # Authorizers.
    token = bad(
        "Invalid token source expression: method.request.querystring.key. The source must be a method request header, "
        "matching 'method.request.header.[a-zA-Z0-9._-]+'."
    )
    lambda_ = {"name": "a", "authorizerUri": AUTHORIZER_URI}
    s.step("token-source", client.create_authorizer, token, **one, **lambda_, type="TOKEN", identitySource="method.request.querystring.key")
    s.step("no-source", client.create_authorizer, bad("Invalid request input"), **one, **lambda_, type="REQUEST")
    s.step("no-role", client.create_authorizer, bad("Invalid ARN specified in the request"), **one, **lambda_, type="TOKEN", identitySource="method.request.header.A", authorizerCredentials="x")
    uncached = client.create_authorizer(**one, **lambda_, type="REQUEST", authorizerResultTtlInSeconds=0)
    caching = patch("replace", "/authorizerResultTtlInSeconds", "300")
    s.step("no-source-cached", client.update_authorizer, bad("Invalid request input"), **one, authorizerId=uncached["id"], patchOperations=caching)
    source = "method.request.header.A, method.request.path.id"
    words = bad(
        f"Invalid request identity source expression: {source}. The sources must be separated by comma, and each source must be "
        "either a method request parameter, matching 'method.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, "
        "matching 'stageVariables.[a-zA-Z0-9._-]+', or a context parameter, matching 'context.[a-zA-Z0-9._-]+'"
    )
    s.step("path-source", client.create_authorizer, words, **one, **lambda_, type="REQUEST", identitySource=source)
    empty = bad("IdentitySource cannot be empty")
    s.step("no-token-source", client.create_authorizer, empty, **one, **lambda_, type="TOKEN")
    s.step("no-pool", client.create_authorizer, bad("ProviderARNs cannot be empty"), **one, name="a", type="COGNITO_USER_POOLS", identitySource="method.request.header.A")
    ttl = bad("Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.")
    s.step("ttl", client.create_authorizer, ttl, **one, **lambda_, type="TOKEN", identitySource="method.request.header.A", authorizerResultTtlInSeconds=3601)
    # Patterns.
    for pattern in ("(", "*", "[a", "a)"):
        s.step(f"pattern {pattern}", client.put_integration_response, bad("Invalid regex pattern specified"), **ids, statusCode="200", selectionPattern=pattern)
    for pattern in ("", "4\\d{2}", ".*(Not Found|\\[404\\]).*", "\\Q[x\\E", "(?i)error"):
        shown = {"statusCode": "200", "selectionPattern": pattern}
        s.step(f"pattern {pattern}", client.put_integration_response, CREATED(shown), **ids, statusCode="200", selectionPattern=pattern)


@scenario
def words_of_deployments(s):
    """What is refused in templates that users deploy, with the words that they are shown."""
    ids = mocked()
    one = {"restApiId": ids["restApiId"]}
    put = {**ids, "httpMethod": "PUT"}
    scopes = bad("Invalid Method authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS authorization type")
    s.step("scopes", client.put_method, scopes, **put, authorizationType="NONE", authorizationScopes=["foo"])
    path = bad("AWS ARN for integration must contain path or action")
    function = "arn:aws:lambda:us-east-1:000000000000:function:f"
    s.step("arn-of-function", client.put_integration, path, **ids, type="AWS", integrationHttpMethod="POST", uri=function)
    linked = bad("ConnectionId should be set to the vpcLinkId or stage variable on connection type VPC_LINK")
    s.step("no-link", client.put_integration, linked, **ids, type="HTTP_PROXY", integrationHttpMethod="GET", uri="https://example.com", connectionType="VPC_LINK")
    streaming = AUTHORIZER_URI.replace("2015-03-31", "2021-11-15").replace("/invocations", "/response-streaming-invocations")
    words = "Invalid ResponseTransferMode. Cannot use ResponseTransferMode BUFFERED for Lambda functions invoked by InvokeWithResponseStream for AWS_PROXY integrations."
    s.step("buffered", client.put_integration, bad(words), **ids, type="AWS_PROXY", integrationHttpMethod="POST", uri=streaming)
    media = bad("Validation Result: warnings : [], errors : [Invalid content type specified: notacontenttype]")
    s.step("content-type", client.create_model, media, **one, name="m", contentType="notacontenttype", schema='{"type": "object"}')
    location = bad("[Location type: API cannot have path, method, statusCode or name defined.]")
    s.step("location", client.create_documentation_part, location, **one, location={"type": "API", "method": "GET"}, properties='{"description": "d"}')
    client.create_deployment(**one, stageName="dev")
    stage = {**one, "stageName": "dev"}
    for name, path, value, words in (
        ("cache-ttl", "/*/*/caching/ttlInSeconds", "3601", "Invalid time-to-live setting, must be an integer no greater than 3600"),
        (
            "log-topic", "/accessLogSettings/destinationArn", "arn:aws:sns:us-east-1:000000000000:topic",
            "Invalid ARN specified in the request. The ARN must be a valid CloudWatch Logs log group or Kinesis Data Firehose delivery stream ARN.",
        ),
        (
            "log-stream", "/accessLogSettings/destinationArn", "arn:aws:firehose:us-east-1:000000000000:deliverystream/wrongprefix",
            "Kinesis Firehose delivery stream name must begin with the characters 'amazon-apigateway-': 'deliverystream/wrongprefix'",
        ),
    ):
        s.step(name, client.update_stage, bad(words), **stage, patchOperations=patch("replace", path, value))
    words = wrong(client.update_stage, **stage, patchOperations=patch("replace", "badpath/GET/metrics/enabled", "true"))
    s.note("setting-path", [] if words.startswith("Invalid method setting path: badpath/GET/metrics/enabled. Must be one of: [/deploymentId,") else [words])
    deployment = client.get_stage(**stage)["deploymentId"]
    s.step("stage-name", client.create_stage, bad("Stage name only allows a-zA-Z0-9_"), **one, stageName="bad stage", deploymentId=deployment)
    limit = bad("Usage Plan quota limit must be a non-negative numeric")
    s.step("quota", client.create_usage_plan, limit, name="p", quota={"limit": 0, "period": "DAY"})
    throttled = [{"apiId": one["restApiId"], "stage": "dev", "throttle": {"badkey": {"rateLimit": 1, "burstLimit": 1}}}]
    s.step("throttle", client.create_usage_plan, bad("Invalid method {resourcePath: badkey,method: } specified"), name="p", apiStages=throttled)
    tls = bad("Mutual TLS authentication is only supported with TLS 1.2.")
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/11111111-2222-3333-4444-555555555555"
    s.step(
        "mutual-tls", client.create_domain_name, tls, domainName="x.example.com", endpointConfiguration={"types": ["REGIONAL"]},
        regionalCertificateArn=certificate, securityPolicy="TLS_1_0", mutualTlsAuthentication={"truststoreUri": "s3://b/k"},
    )


@scenario
def plans_of_one_stage(s):
    """A key finds one plan for each stage."""
    api_id = mocked()["restApiId"]
    client.create_deployment(restApiId=api_id, stageName="dev")
    stages = [{"apiId": api_id, "stage": "dev"}]
    first = client.create_usage_plan(name="first", apiStages=stages)["id"]
    second = client.create_usage_plan(name="second", apiStages=stages)["id"]
    third = client.create_usage_plan(name="third")["id"]
    key_id = client.create_api_key(name="k")["id"]
    member = {"keyId": key_id, "keyType": "API_KEY"}
    for plan in (first, third):
        client.create_usage_plan_key(usagePlanId=plan, **member)
    words = "Usage Plan {} cannot be added because API Key " + f"{key_id} cannot reference multiple Usage Plans with the same API Stage: {api_id}:dev"
    s.step("twice", client.create_usage_plan_key, conflict(words.format(first)), usagePlanId=first, **member)
    s.step("second-plan", client.create_usage_plan_key, conflict(words.format(second)), usagePlanId=second, **member)
    added = patch("add", "/apiStages", f"{api_id}:dev")
    s.step("stage-of-third", client.update_usage_plan, conflict(words.format(third)), usagePlanId=third, patchOperations=added)
    client.delete_usage_plan_key(usagePlanId=first, keyId=key_id)
    s.step("stage-then", client.update_usage_plan, OK({"id": third, "name": "third", "apiStages": stages, "tags": {}}), usagePlanId=third, patchOperations=added)


def wrong(call, **arguments):
    """The words with which a call is refused as a bad request; nothing when it is not."""
    try:
        call(**arguments)
    except client.exceptions.BadRequestException as error:
        return error.response["Error"]["Message"]
    return ""


@scenario
def exports_without_json(s):
    """A method with models for other media types alone cannot be exported."""
    ids = mocked()
    one = {"restApiId": ids["restApiId"], "stageName": "dev"}
    client.update_method(**ids, patchOperations=patch("add", "/requestModels/application~1xml", "Empty"))
    client.create_deployment(**one)
    words = bad("Only found non-JSON body models for GET /")
    for kind in ("oas30", "swagger"):
        s.step(kind, client.get_export, words, **one, exportType=kind)
    client.update_method(**ids, patchOperations=patch("add", "/requestModels/application~1json", "Error"))
    client.create_deployment(**one)
    exported = json.loads(client.get_export(**one, exportType="oas30")["body"].read())
    content = exported["paths"]["/"]["get"]["requestBody"]["content"]
    s.note("both", [] if content.keys() == {"application/json", "application/xml"} else [f"{content}"])


@scenario
def exports_with_validators(s):
    ids = mocked()
    one = {"restApiId": ids["restApiId"], "stageName": "dev"}
    validator = client.create_request_validator(restApiId=ids["restApiId"], name="params", validateRequestParameters=True)
    client.update_method(**ids, patchOperations=patch("replace", "/requestValidatorId", validator["id"]))
    client.create_deployment(**one)
    root, operation = "x-amazon-apigateway-request-validators", "x-amazon-apigateway-request-validator"
    for extensions, expected in (("integrations", False), ("validators", True), ("integrations,validators", True), ("apigateway", True)):
        exported = client.get_export(**one, exportType="swagger", parameters={"extensions": extensions})
        exported = json.loads(exported["body"].read())
        found = {root in exported, operation in exported["paths"]["/"]["get"]}
        s.note(extensions, [] if found == {expected} else [f"{exported}"])


@scenario
def exports_of_what_was_set(s):
    """The default time-out and transfer mode are in an export if they were set (exports that users published)."""
    ids = mocked()
    one = {"restApiId": ids["restApiId"], "stageName": "dev"}
    members = ("timeoutInMillis", "responseTransferMode")

    def exported():
        client.create_deployment(**one)
        document = json.loads(client.get_export(**one, exportType="oas30", parameters={"extensions": "integrations"})["body"].read())
        integration = document["paths"]["/"]["get"]["x-amazon-apigateway-integration"]
        return {member: integration[member] for member in members if member in integration}

    s.note("nothing", list(s.differences(exported(), {}, "")))
    client.update_integration(**ids, patchOperations=patch("replace", "/timeoutInMillis", "29000"))
    s.note("time-out", list(s.differences(exported(), {"timeoutInMillis": 29000}, "")))
    integration = {"type": "http", "httpMethod": "GET", "uri": "http://example.com", "timeoutInMillis": 29000, "responseTransferMode": "BUFFERED"}
    paths = {"/": {"get": {"responses": {}, "x-amazon-apigateway-integration": integration}}}
    document = {"openapi": "3.0.1", "info": {"title": "n", "version": "1"}, "paths": paths}
    client.put_rest_api(restApiId=ids["restApiId"], mode="overwrite", body=json.dumps(document))
    s.note("both", list(s.differences(exported(), {member: integration[member] for member in members}, "")))


@scenario
def exports_without_extensions(s):
    """What is in every export, and what is asked for by name (exports that users published)."""
    pool = {"type": "cognito_user_pools", "providerARNs": ["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a"]}
    scheme = {"type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "cognito_user_pools"}
    mock = {"type": "mock", "requestTemplates": {"application/json": "{}"}}
    operation = {"responses": {"200": {"description": "200 response"}}, "x-amazon-apigateway-integration": mock}
    documentation = [
        {"location": {"type": "METHOD", "path": "/a", "method": "GET"}, "properties": {"description": "Of one verb."}},
        {"location": {"type": "METHOD", "path": "/a", "method": "*"}, "properties": {"description": "Of every verb."}},
    ]
    document = {
        "openapi": "3.0.1",
        "info": {"title": "n", "version": "1"},
        "paths": {"/a": {"get": {**operation, "security": [{"all": []}]}}, "/a/b": {"get": operation}},
        "components": {
            "schemas": {"A": {"type": "number", "multipleOf": 0.000001}},
            "securitySchemes": {"all": {**scheme, "x-amazon-apigateway-authorizer": pool}},
        },
        "x-amazon-apigateway-documentation": {"version": "1", "documentationParts": documentation},
        "x-amazon-apigateway-gateway-responses": {"UNAUTHORIZED": {"statusCode": "403"}},
    }
    one = {"restApiId": client.import_rest_api(body=json.dumps(document))["id"], "stageName": "dev"}
    client.create_deployment(**one)
    client.create_documentation_version(**one, documentationVersion="1")

    def exported(extensions, accepts="application/json"):
        parameters = {"parameters": {"extensions": extensions}} if extensions else {}
        return client.get_export(**one, exportType="oas30", accepts=accepts, **parameters)["body"].read().decode()

    bare = json.loads(exported(None))
    s.note("authtype", list(s.differences(bare["components"]["securitySchemes"], {"all": scheme}, "")))
    said = {path: item["get"]["description"] for path, item in bare["paths"].items()}
    s.note("descriptions", list(s.differences(said, {"/a": "Of one verb.", "/a/b": "Of every verb."}, "")))
    for extensions, expected in (
        (None, set()),
        ("postman", set()),
        ("integrations,authorizers", set()),
        ("documentation", {"x-amazon-apigateway-documentation"}),
        ("gatewayresponses", {"x-amazon-apigateway-gateway-responses"}),
        ("apigateway", {"x-amazon-apigateway-documentation", "x-amazon-apigateway-gateway-responses"}),
    ):
        found = {name for name in json.loads(exported(extensions)) if name.startswith("x-")}
        s.note(f"{extensions}", [] if found == expected else [f"{found}"])
    for accepts, line in (("application/json", '"multipleOf" : 0.0000010'), ("application/yaml", "multipleOf: 0.0000010\n")):
        text = exported(None, accepts)
        s.note(accepts, [] if line in text else [text])


@scenario
def addresses_of_exports(s):
    """A stage that a custom domain name serves is exported with that address (exports that users published)."""
    one = {"restApiId": mocked()["restApiId"], "stageName": "dev"}
    client.create_deployment(**one)
    name = {"domainName": "exports.example.com"}
    client.create_domain_name(**name, certificateArn="arn:aws:acm:us-east-1:000000000000:certificate/a")
    server = {"url": "https://exports.example.com/{basePath}", "variables": {"basePath": {"default": "v3"}}}
    for base_path, expected in (("v3", (server, "/v3")), ("(none)", ({"url": "https://exports.example.com"}, None))):
        mapping = {**name, "restApiId": one["restApiId"], "stage": "dev", "basePath": base_path}
        client.create_base_path_mapping(**mapping)
        new, old = (json.loads(client.get_export(**one, exportType=kind)["body"].read()) for kind in ("oas30", "swagger"))
        s.note(base_path, [] if (new["servers"][0], old.get("basePath")) == expected else [f"{new['servers']} {old.get('basePath')}"])
        s.note(f"{base_path}-host", [] if old["host"] == "exports.example.com" else [old["host"]])
        client.delete_base_path_mapping(**name, basePath=base_path)
    # The name of a private one is followed by its id where both are one.
    private = client.create_domain_name(
        domainName="inside.example.com", certificateArn="arn:aws:acm:us-east-1:000000000000:certificate/a",
        endpointConfiguration={"types": ["PRIVATE"]},
    )
    name = {"domainName": "inside.example.com", "domainNameId": private["domainNameId"]}
    client.create_base_path_mapping(**name, restApiId=one["restApiId"], stage="dev")
    new = json.loads(client.get_export(**one, exportType="oas30")["body"].read())
    s.note("private", [] if new["servers"] == [{"url": "https://inside.example.com"}] else [f"{new['servers']}"])
    client.delete_base_path_mapping(**name, basePath="(none)")
    new = json.loads(client.get_export(**one, exportType="oas30")["body"].read())
    s.note("none", [] if "execute-api" in new["servers"][0]["url"] else [f"{new['servers']}"])
    client.delete_domain_name(**name)


@scenario
def tokens_and_streams(s):
    """What methods have of a JWT authorizer, and time-outs of responses that are streamed (developer guide)."""
    ids = mocked()
    one = {"restApiId": ids["restApiId"]}
    issuers = [{"issuer": "https://issuer.example.com", "audiences": ["a"]}]
    source = "method.request.header.Authorization"
    settings = {"issuers": issuers, "defaultAlgorithms": ["RS256"]}
    authorizer = client.create_authorizer(**one, name="tokens", type="JWT", identitySource=source, jwtConfiguration=settings)["id"]
    needs = bad("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.")
    put = {**ids, "httpMethod": "POST", "authorizationType": "JWT"}
    s.step("none", client.put_method, needs, **put)
    method = {"apiKeyRequired": False, "authorizationType": "JWT", "authorizerId": authorizer, "httpMethod": "POST"}
    s.step("method", client.put_method, CREATED({**method, "authorizationScopes": ["a/b"]}), **put, authorizerId=authorizer, authorizationScopes=["a/b"])
    used = None
    try:
        client.delete_authorizer(**one, authorizerId=authorizer)
    except client.exceptions.ConflictException as error:
        used = error.response["Error"]["Message"]
    s.note("used", [] if used else ["the authorizer of a method is deleted"])
    target = {**ids, "type": "HTTP_PROXY", "integrationHttpMethod": "GET", "uri": "http://example.com/"}
    s.step("buffered", client.put_integration, bad("Timeout should be between 50 ms and 29000 ms"), **target, timeoutInMillis=900_000)
    made_integration = client.put_integration(**target, timeoutInMillis=900_000, responseTransferMode="STREAM")
    s.note("streamed", [] if made_integration["timeoutInMillis"] == 900_000 else [f"{made_integration}"])
    s.step(
        "longer", client.put_integration, bad("Timeout should be between 50 ms and 900000 ms"),
        **target, timeoutInMillis=900_001, responseTransferMode="STREAM",
    )


@scenario
def texts_of_documents(s):
    """Exports and the schemas of imported models are written a member a line (exports that users published)."""
    schemas = {"A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "array", "items": {"enum": ["x", "y"]}}}}}
    document = {"openapi": "3.0.1", "info": {"title": "n", "version": "1"}, "components": {"schemas": schemas}, "paths": {}}
    mock = {"type": "mock", "requestTemplates": {"application/json": "{}"}}
    query = {"name": "q", "in": "query", "schema": {"type": "string"}}
    document["paths"]["/a"] = {"get": {"parameters": [query], "responses": {"200": {}}, "x-amazon-apigateway-integration": mock}}
    id = client.import_rest_api(body=json.dumps(document))["id"]
    schema = client.get_model(restApiId=id, modelName="A")["schema"]
    text = (
        '{\n  "required" : [ "a" ],\n  "type" : "object",\n  "properties" : {\n    "a" : {\n      "type" : "array",\n'
        '      "items" : {\n        "enum" : [ "x", "y" ]\n      }\n    }\n  }\n}'
    )
    s.note("schema", [] if schema == text else [schema])
    client.create_deployment(restApiId=id, stageName="dev")
    exported = client.get_export(restApiId=id, stageName="dev", exportType="oas30")["body"].read().decode()
    for lines in (
        '{\n  "openapi" : "3.0.1",\n  "info" : {\n    "title" : "n",\n',
        '"parameters" : [ {\n          "name" : "q",\n',
        '          }\n        } ],\n        "responses" : {\n          "200" : {\n',
        '"content" : { }\n',
    ):
        s.note(lines, [] if lines in exported else [exported])


@scenario
def schemas_of_swagger(s):
    """What the parser of Swagger 2.0 makes of a model (developer guide, exports of the sample of request validation)."""
    price = {"minimum": 25, "maximum": 500, "type": "number"}
    definitions = {"Body": {"properties": {"price": price}, "required": ["price"], "type": "object"}, "Error": {"type": "object", "properties": {}}}
    integration = {"type": "mock", "requestTemplates": {"application/json": "{}"}}
    paths = {"/a": {"get": {"responses": {}, "x-amazon-apigateway-integration": integration}}}
    document = {"swagger": "2.0", "info": {"title": "n", "version": "1"}, "definitions": definitions, "paths": paths}
    one = {"restApiId": client.import_rest_api(body=json.dumps(document))["id"], "stageName": "dev"}
    client.create_deployment(**one)
    property = '"price" : {\n          "type" : "number",\n          "minimum" : 25.0,\n          "maximum" : 500.0\n        }'
    old = f'"Body" : {{\n      "type" : "object",\n      "required" : [ "price" ],\n      "properties" : {{\n        {property}\n'
    other = '"price" : {\n            "maximum" : 500.0,\n            "minimum" : 25.0,\n            "type" : "number"\n          }'
    new = f'"Body" : {{\n        "required" : [ "price" ],\n        "type" : "object",\n        "properties" : {{\n          {other}\n'
    for kind, text in (("swagger", old), ("oas30", new)):
        exported = client.get_export(**one, exportType=kind)["body"].read().decode()
        s.note(kind, [] if text in exported and '"properties" : { }' not in exported else [exported])


@scenario
def documented_or_not(s):
    ids = mocked()
    api = {"restApiId": ids["restApiId"]}
    client.put_method_response(**ids, statusCode="201", responseParameters={"method.response.header.x": False}, responseModels={"application/json": "Empty"})
    for location in ({"type": "API"}, {"type": "METHOD", "path": "/", "method": "GET"}):
        client.create_documentation_part(**api, location=location, properties="{}")
    bare = [
        {"location": {"type": "MODEL", "name": "Empty"}},
        {"location": {"type": "MODEL", "name": "Error"}},
        {"location": {"type": "RESOURCE", "path": "/"}},
        {"location": {"type": "RESPONSE", "path": "/", "method": "GET", "statusCode": "200"}},
        {"location": {"type": "RESPONSE", "path": "/", "method": "GET", "statusCode": "201"}},
        {"location": {"type": "RESPONSE_BODY", "path": "/", "method": "GET", "statusCode": "201"}},
        {"location": {"type": "RESPONSE_HEADER", "path": "/", "method": "GET", "statusCode": "201", "name": "x"}},
    ]
    s.step("undocumented", client.get_documentation_parts, OK({"items": bare}), **api, locationStatus="UNDOCUMENTED")
    s.step("of-a-type", client.get_documentation_parts, OK({"items": bare[2:3]}), **api, locationStatus="UNDOCUMENTED", type="RESOURCE")
    documented = client.get_documentation_parts(**api, locationStatus="DOCUMENTED")["items"]
    s.note("documented", [] if len(documented) == 2 else [f"{documented}"])


@scenario
def clones(s):
    """A clone has the same methods, under ids of its own."""
    ids = mocked()
    validator = client.create_request_validator(restApiId=ids["restApiId"], name="v")["id"]
    client.update_method(**ids, patchOperations=patch("replace", "/requestValidatorId", validator))
    client.create_resource(restApiId=ids["restApiId"], parentId=ids["resourceId"], pathPart="a")
    clone = client.create_rest_api(name="clone", cloneFrom=ids["restApiId"])
    resources = client.get_resources(restApiId=clone["id"], embed=["methods"])["items"]
    root, child = resources
    method = root["resourceMethods"]["GET"]
    others = client.get_request_validators(restApiId=clone["id"])["items"]
    good = (
        root["id"] == clone["rootResourceId"] != ids["resourceId"]
        and child["parentId"] == root["id"]
        and method["methodIntegration"]["cacheNamespace"] == root["id"]
        and [item["id"] for item in others] == [method["requestValidatorId"]] != [validator]
    )
    s.note("ids", [] if good else [f"{resources} {others}"])
    client.delete_rest_api(restApiId=clone["id"])


@scenario
def authorizers_tested(s):
    api = {"restApiId": mocked()["restApiId"]}
    pool = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_a"
    id = client.create_authorizer(**api, name="pool", type="COGNITO_USER_POOLS", providerARNs=[pool], identitySource="method.request.header.X")["id"]
    for label, headers, words in (
        ("no-token", {}, "there is no token in the header X"),
        ("no-jwt", {"x": "Bearer nonsense"}, ""),
        ("other-issuer", {"X": f"{encoded({'alg': 'RS256', 'kid': 'a'})}.{encoded({'iss': 'https://other.example.com'})}.AA"}, "the token is of no issuer of authorizer pool"),
    ):
        answer = client.test_invoke_authorizer(**api, authorizerId=id, headers=headers)
        lines = answer["log"].splitlines()
        good = (
            answer["clientStatus"] == 401 and words in answer["log"] and answer["claims"] == {} and answer["authorization"] == {}
            and re.fullmatch(r"Execution log for request [0-9a-f-]{36}", lines[0])
            and re.fullmatch(rf"\w{{3}} \w{{3}} \d\d [\d:]{{8}} UTC \d{{4}} : Starting authorizer: {id} for request: {lines[0].split()[-1]}", lines[1])
            and lines[-1].endswith(" : Unauthorized")
        )
        s.note(label, [] if good else [f"{answer}"])
    unknown = missing("Invalid Authorizer identifier specified")
    s.step("unknown", client.test_invoke_authorizer, unknown, **api, authorizerId="nope")


def encoded(members):
    return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")


@scenario
def settings_as_written(s):
    """Keys of method settings are what the paths of patches have (examples of the AWS CLI)."""
    ids = mocked()
    api = {"restApiId": ids["restApiId"]}
    client.create_deployment(**api, stageName="dev")
    stage = {**api, "stageName": "dev"}
    changed = client.update_stage(**stage, patchOperations=patch("replace", "/~1resourceName/GET/logging/dataTrace", "false"))
    s.note("escaped", [] if changed["methodSettings"] == {"~1resourceName/GET": {**METHOD_SETTING, "cachingEnabled": False}} else [f"{changed}"])
    changed = client.update_stage(**stage, patchOperations=patch("remove", "/~1resourceName/GET"))
    s.note("removed", [] if changed["methodSettings"] == {} else [f"{changed}"])
    plan = client.create_usage_plan(name="throttled", apiStages=[{"apiId": ids["restApiId"], "stage": "dev"}])["id"]
    throttle = {"/pets/GET": {"rateLimit": 1.0, "burstLimit": 1}, "//GET": {"rateLimit": 1.0, "burstLimit": 1}}
    stages = client.update_usage_plan(
        usagePlanId=plan, patchOperations=patch("replace", f"/apiStages/{ids['restApiId']}:dev/throttle", json.dumps(throttle))
    )["apiStages"]
    s.note("throttle", [] if stages == [{"apiId": ids["restApiId"], "stage": "dev", "throttle": throttle}] else [f"{stages}"])
    client.update_usage_plan(usagePlanId=plan, patchOperations=patch("remove", "/apiStages", f"{ids['restApiId']}:dev"))
    client.delete_usage_plan(usagePlanId=plan)
    for path, value, words in (
        ("/minimumCompressionSize", "x", "Invalid minimum compression size, must be between 0 and 10485760"),
        ("/endpointAccessMode", "x", "Invalid endpointAccessMode specified. Valid options are BASIC,STRICT"),
    ):
        s.step(path, client.update_rest_api, bad(words), **api, patchOperations=patch("replace", path, value))
    only = bad("Invalid patch operation specified. Must be one of: [replace]")
    s.step("remove-size", client.update_rest_api, only, **api, patchOperations=patch("remove", "/minimumCompressionSize"))


@scenario
def what_is_under_way(s):
    """First answers are of a change that has begun, reads of one that is done."""
    ids = mocked()
    api = {"restApiId": ids["restApiId"]}
    deployment = client.create_deployment(**api)["id"]
    cache = {"cacheClusterEnabled": True, "cacheClusterSize": "0.5"}
    begun = stage("s", "d", **{**cache, "cacheClusterStatus": "CREATE_IN_PROGRESS"})
    s.step("cache", client.create_stage, CREATED(begun), **api, stageName="s", deploymentId=deployment, **cache)
    one = {**api, "stageName": "s"}
    s.step("cached", client.get_stage, OK({**begun, "cacheClusterStatus": "AVAILABLE"}), **one)
    s.step("same", client.update_stage, OK({**begun, "cacheClusterStatus": "AVAILABLE", "description": "d"}), **one, patchOperations=patch("replace", "/description", "d"))
    larger = {**begun, "description": "d", "cacheClusterSize": "1.6"}
    s.step("larger", client.update_stage, OK(larger), **one, patchOperations=patch("replace", "/cacheClusterSize", "1.6"))
    off = {**larger, "cacheClusterEnabled": False, "cacheClusterStatus": "DELETE_IN_PROGRESS"}
    s.step("off", client.update_stage, OK(off), **one, patchOperations=patch("replace", "/cacheClusterEnabled", "false"))
    s.step("without", client.get_stage, OK({**off, "cacheClusterStatus": "NOT_AVAILABLE"}), **one)
    unknown = bad("Invalid Client Certificate identifier specified")
    s.step("certificate", client.update_stage, unknown, **one, patchOperations=patch("replace", "/clientCertificateId", "nope"))
    balancer = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/l/1"
    link = {"id": Same("link"), "name": "l", "targetArns": [balancer]}
    made_link = s.step("link", client.create_vpc_link, (202, {**link, "status": "PENDING"}), name="l", targetArns=[balancer])
    failed = {**link, "status": "FAILED", "statusMessage": "NLB ARN is malformed.", "tags": {}}
    s.step("failed-link", client.get_vpc_link, OK(failed), vpcLinkId=made_link["id"])
    fixed = bad("Target arns are not allowed to be changed/added.")
    s.step("link-target", client.update_vpc_link, fixed, vpcLinkId=made_link["id"], patchOperations=patch("replace", "/targetArns", balancer))
    client.delete_vpc_link(vpcLinkId=made_link["id"])


@scenario
def what_goes_with_what(s):
    """Endpoint types, VPC endpoints, mutual TLS, services and links that do not go together."""
    private = {"restApiId": made(endpointConfiguration={"types": ["PRIVATE"], "vpcEndpointIds": ["vpce-1"]})["id"]}
    vpc = bad("VPCEndpoints can only be specified with PRIVATE apis.")
    regional = patch("replace", "/endpointConfiguration/types/PRIVATE", "REGIONAL")
    s.step("endpoints-left", client.update_rest_api, vpc, **private, patchOperations=regional)
    both = patch("remove", "/endpointConfiguration/vpcEndpointIds", "vpce-1") + regional
    edge = bad("Cannot update endpoint from PRIVATE to EDGE")
    s.step("private-to-edge", client.update_rest_api, edge, **private, patchOperations=patch("replace", "/endpointConfiguration/types/PRIVATE", "EDGE"))
    moved = api(endpointConfiguration={"types": ["REGIONAL"], "ipAddressType": "dualstack"}, tags={})
    s.step("private-to-regional", client.update_rest_api, OK(moved), **private, patchOperations=both)
    servers = [{"url": "https://a.example.com", "x-amazon-apigateway-endpoint-configuration": {"vpcEndpointIds": ["vpce-1"]}}]
    document = json.dumps({"openapi": "3.0.1", "info": {"title": "n", "version": "1"}, "servers": servers, "paths": {}})
    s.step("import", client.import_rest_api, vpc, body=document)
    s.step("put", client.put_rest_api, vpc, **private, body=document)
    there = client.import_rest_api(body=document, parameters={"endpointConfigurationTypes": "PRIVATE"})
    s.note("import-private", [] if there["endpointConfiguration"]["vpcEndpointIds"] == ["vpce-1"] else [f"{there}"])
    # What a document says of VPC endpoints is merged into what there is, or put in its place (AWS::ApiGateway::RestApi).
    other = document.replace("vpce-1", "vpce-2")
    silent = json.dumps({"openapi": "3.0.1", "info": {"title": "n", "version": "1"}, "paths": {}})
    for step, body, mode, expected in (
        ("merged", other, "merge", ["vpce-1", "vpce-2"]), ("kept", silent, "merge", ["vpce-1", "vpce-2"]),
        ("replaced", other, "overwrite", ["vpce-2"]), ("gone", silent, "overwrite", None),
    ):
        answer = client.put_rest_api(restApiId=there["id"], body=body, mode=mode)["endpointConfiguration"]
        s.note(f"endpoints-{step}", [] if answer.get("vpcEndpointIds") == expected and answer["types"] == ["PRIVATE"] else [f"{answer}"])
    # Domain names.
    mutual = {"truststoreUri": "s3://bucket/key"}
    only_regional = bad("Mutual TLS authentication is supported for Regional APIs only")
    s.step("mutual-edge", client.create_domain_name, only_regional, domainName="m.example.com", mutualTlsAuthentication=mutual)
    created = client.create_domain_name(domainName="M.Example.com", endpointConfiguration={"types": ["REGIONAL"]}, mutualTlsAuthentication=mutual)
    s.note("lower-case", [] if created["domainName"] == "m.example.com" else [created["domainName"]])
    s.step("upper-case", client.get_domain_name, missing("Invalid domain name identifier specified"), domainName="M.Example.com")
    name = {"domainName": "m.example.com"}
    s.step("edge-api", client.create_base_path_mapping, only_regional, **name, restApiId=made()["id"])
    place = bad("/endpointConfiguration/types/0 Invalid request input")
    s.step("type-by-place", client.update_domain_name, place, **name, patchOperations=patch("replace", "/endpointConfiguration/types/0", "EDGE"))
    mode = bad("/endpointAccessMode Invalid request input")
    s.step("mode-of-mutual", client.update_domain_name, mode, **name, patchOperations=patch("replace", "/endpointAccessMode", "STRICT"))
    client.delete_domain_name(**name)
    s.step("trailing-period", client.create_domain_name, bad("Trailing period should be omitted from domain name"), domainName="m.example.com.")
    elsewhere = "arn:aws:acm:us-west-2:000000000000:certificate/a"
    words = bad(f"Invalid certificate ARN: {elsewhere}. Certificate must be in 'us-east-1'.")
    s.step("edge-certificate", client.create_domain_name, words, domainName="m.example.com", certificateArn=elsewhere)
    basic = bad("Endpoint access mode is not supported for this security policy")
    enhanced = bad("Endpoint access mode is required for the specified security policy")
    s.step("mode", client.create_rest_api, basic, name="n", endpointAccessMode="BASIC")
    s.step("mode-of-domain", client.create_domain_name, basic, domainName="m.example.com", endpointAccessMode="BASIC")
    policy = "SecurityPolicy_TLS13_1_3_2025_09"
    s.step("no-mode", client.create_rest_api, enhanced, name="n", securityPolicy=policy)
    with_mode = {"restApiId": made(securityPolicy=policy, endpointAccessMode="STRICT")["id"]}
    plain = api(tags={}, securityPolicy="TLS_1_2", number="m")
    s.step("mode-gone", client.update_rest_api, OK(plain), **with_mode, patchOperations=patch("replace", "/securityPolicy", "TLS_1_2"))
    # Integrations.
    ids = mocked()
    caller = {"type": "AWS", "integrationHttpMethod": "POST", "uri": AUTHORIZER_URI, "credentials": "arn:aws:iam::*:user/*"}
    client.update_method(**ids, patchOperations=patch("replace", "/authorizationType", "AWS_IAM"))
    client.put_integration(**ids, **caller)
    nobody = bad("AWS_IAM Auth type is required for AWS integrations with identity forwarding specified")
    s.step("nobody", client.update_method, nobody, **ids, patchOperations=patch("replace", "/authorizationType", "NONE"))
    s.step("no-uri", client.update_integration, bad("Invalid integration URI specified"), **ids, patchOperations=patch("replace", "/uri", ""))
    anyone = {"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [anyone]})
    client.update_rest_api(restApiId=ids["restApiId"], patchOperations=patch("replace", "/policy", document))
    words = bad("Caller provided credentials not allowed when resource policy is set")
    s.step("caller-and-policy", client.create_deployment, words, restApiId=ids["restApiId"])
    ids = mocked()
    role = {"credentials": "arn:aws:iam::000000000000:role/r", "type": "AWS", "integrationHttpMethod": "POST"}
    s.step("no-role", client.put_integration, bad("Invalid ARN specified in the request"), **ids, **{**role, "credentials": "r"}, uri="arn:aws:apigateway:us-east-1:sqs:path/q")
    client.put_integration(**ids, **role, uri="arn:aws:apigateway:us-east-1:execute-api:path/x")
    s.step("service", client.create_deployment, bad("AWS Service of type execute-api not supported"), restApiId=ids["restApiId"])
    v2 = boto3.client("apigatewayv2", endpoint_url=ENDPOINT, region_name="us-east-1", config=CONFIG)
    link = v2.create_vpc_link(Name="l", SubnetIds=["subnet-1"])["VpcLinkId"]
    linked = dict(**ids, type="HTTP", integrationHttpMethod="GET", uri="http://example.com", connectionType="VPC_LINK", connectionId=link)
    s.step("no-target", client.put_integration, bad(f"IntegrationTarget is required for VpcLinkV2 {link}"), **linked)
    balancer = "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/l/1"
    s.note("target", [] if client.put_integration(**linked, integrationTarget=balancer)["integrationTarget"] == balancer else ["is not kept"])
    # HTTP APIs.
    http = v2.create_api(Name="n", ProtocolType="HTTP")["ApiId"]
    balanced = dict(IntegrationType="HTTP_PROXY", IntegrationMethod="ANY", PayloadFormatVersion="1.0", ConnectionType="VPC_LINK", ConnectionId=link)
    listener = balancer.replace(":loadbalancer/", ":listener/") + "/2"
    integration = v2.create_integration(ApiId=http, **balanced, IntegrationUri=listener)["IntegrationId"]
    route = v2.create_route(ApiId=http, RouteKey="ANY /x", Target=f"integrations/{integration}")["RouteId"]

    def refused_v2(label, call, status, kind, words, **arguments):
        answer = {"Error": {"Code": kind, "Message": words}, "Message": words}
        s.step(label, call, (status, answer), **arguments)

    invalid_v2 = (400, "BadRequestException")
    words = f"Cannot delete vpc link. Vpc link '{link}', is referenced in [ANY:{route}] in format of [Method:Resource]."
    refused_v2("link-used", v2.delete_vpc_link, *invalid_v2, words, VpcLinkId=link)
    words = f"Cannot delete Integration because it is referenced by the following Routes with Ids: [{route}]"
    refused_v2("integration-used", v2.delete_integration, 409, "ConflictException", words, ApiId=http, IntegrationId=integration)
    words = "For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN."
    refused_v2("no-listener", v2.create_integration, *invalid_v2, words, ApiId=http, **balanced, IntegrationUri=balancer)
    words = "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)"
    refused_v2("no-proxy", v2.create_integration, *invalid_v2, words, ApiId=http, IntegrationType="AWS", IntegrationUri=listener)
    refused_v2("key", v2.create_route, *invalid_v2, "ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route null", ApiId=http, RouteKey="GET /y", ApiKeyRequired=True)
    mapping = "Invalid mapping expression specified: Validation Result: warnings : [], errors : [{}]"
    proxy = {"ApiId": http, "IntegrationType": "HTTP_PROXY", "IntegrationUri": "https://example.com", "IntegrationMethod": "GET", "PayloadFormatVersion": "1.0"}
    service = {"ApiId": http, "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "1.0", "CredentialsArn": "arn:aws:iam::000000000000:role/r"}
    message = {"IntegrationSubtype": "SQS-SendMessage", "RequestParameters": {"QueueUrl": "https://q", "MessageBody": "$request.body"}}
    for label, words, arguments in (
        ("version", "Unsupported PayloadFormatVersion: 3.0", {**service, "IntegrationUri": "arn:aws:lambda:us-east-1:000000000000:function:f", "PayloadFormatVersion": "3.0"}),
        ("version-of-http", "PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY", {**proxy, "PayloadFormatVersion": "2.0"}),
        ("method", "HttpMethod parameter method must be specified for integrationType HTTPPROXY", {**proxy, "IntegrationMethod": None}),
        ("time-out", "Timeout should be between 50 ms and 30000 ms", {**proxy, "TimeoutInMillis": 30001}),
        ("no-link", "ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK", {**proxy, "ConnectionType": "VPC_LINK"}),
        ("request-key", mapping.format("Invalid Request Actioned Parameter destination specified: badaction:header.x"), {**proxy, "RequestParameters": {"badaction:header.x": "1"}}),
        ("response-key", mapping.format("Invalid Response Actioned Parameter destination specified: badaction:header.x"), {**proxy, "ResponseParameters": {"200": {"badaction:header.x": "1"}}}),
        ("response-status", mapping.format("Status Code 199 is not valid."), {**proxy, "ResponseParameters": {"199": {"append:header.x": "1"}}}),
        ("no-role", "Role ARN must be specified for AWS integration configuration with Subtype: SQS-SendMessage", {**service, **message, "CredentialsArn": None}),
        ("no-action", "Operation: EventBridge-PutEvent is not supported.", {**service, "IntegrationSubtype": "EventBridge-PutEvent"}),
        ("version-of-action", "Operation: SQS-SendMessage is not supported.", {**service, **message, "PayloadFormatVersion": "2.0"}),
        (
            "parameters",
            "Operation: EventBridge-PutEvents requires enabling passthrough, or defining all of the following parameters in the parameter mapping: [Detail, DetailType, Source]",
            {**service, "IntegrationSubtype": "EventBridge-PutEvents"},
        ),
    ):
        arguments = {name: value for name, value in arguments.items() if value is not None}
        refused_v2(label, v2.create_integration, *invalid_v2, words, **arguments)
    authorizer = {"ApiId": http, "Name": "z", "AuthorizerType": "REQUEST", "AuthorizerUri": AUTHORIZER_URI, "AuthorizerPayloadFormatVersion": "2.0", "IdentitySource": ["$request.header.A"]}
    jwt = {"ApiId": http, "Name": "z", "AuthorizerType": "JWT", "IdentitySource": ["$request.header.A"]}
    source = "Invalid identity source expression: header.A. The source must be a request header, request querystring, stage variable or context parameter"
    for label, words, arguments in (
        ("source", source, {**authorizer, "IdentitySource": ["header.A"]}),
        ("no-source", "Identity source must be set if authorizer caching is enabled (TTL is greater than 0)", {**authorizer, "AuthorizerResultTtlInSeconds": 1, "IdentitySource": []}),
        ("ttl", "Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.", {**authorizer, "AuthorizerResultTtlInSeconds": 3601}),
        ("no-uri", "AuthorizerUri is a required field in an Authorizer", {**authorizer, "AuthorizerUri": ""}),
        ("simple", 'EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion "2.0".', {**authorizer, "AuthorizerPayloadFormatVersion": "1.0", "EnableSimpleResponses": True}),
        ("no-jwt", "JwtConfiguration must not be null for JWT Authorizer", jwt),
        ("no-audience", "Audience list must have at least 1 item for JWT Authorizer", {**jwt, "JwtConfiguration": {"Issuer": "https://example.com"}}),
        ("issuer", "Invalid issuer: Issuer is not a valid URL for JWT Authorizer", {**jwt, "JwtConfiguration": {"Issuer": "issuer", "Audience": ["a"]}}),
    ):
        refused_v2(f"authorizer-{label}", v2.create_authorizer, *invalid_v2, words, **arguments)
    scopes = "Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types"
    valid = "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer."
    target = "Unexpected or malformed target in route null. Correct format should be integrations/<integration_id>."
    key = 'The provided route key is not formatted properly for HTTP protocol. Format should be "[HTTP METHOD] /[RESOURCE PATH]" or "$default"'
    for label, words, arguments in (
        ("scopes", scopes, {"AuthorizationScopes": ["a"]}),
        ("jwt", valid, {"AuthorizationType": "JWT"}),
        ("target", target, {"Target": "notintegrations/abc"}),
        ("key", key, {"RouteKey": "TRACE /items"}),
    ):
        refused_v2(f"route-{label}", v2.create_route, *invalid_v2, words, **{"ApiId": http, "RouteKey": "GET /z", **arguments})
    events = {"IntegrationSubtype": "EventBridge-PutEvents", "RequestParameters": {"Detail": "a", "DetailType": "b", "Source": "c"}}
    action = v2.create_integration(**{**service, **events})["IntegrationId"]
    again = {"ApiId": http, "IntegrationId": action, "RequestParameters": {"Detail": "d"}}
    refused_v2("action-alone", v2.update_integration, *invalid_v2, "Invalid integration URI specified", **again)
    v2.update_integration(**again, IntegrationSubtype="EventBridge-PutEvents")
    public = v2.create_integration(**proxy, TlsConfig={"ServerNameToVerify": "example.com"})
    s.note("tls-of-public", ["is kept"] if "TlsConfig" in public else [])
    log = {"DestinationArn": "arn:aws:firehose:us-east-1:000000000000:deliverystream/amazon-apigateway-x", "Format": "$context.requestId"}
    words = "Access log destination must only contain characters a-z, A-Z, 0-9, '_', '-', '/', '.': 'deliverystream/amazon-apigateway-x'"
    refused_v2("log", v2.create_stage, *invalid_v2, words, ApiId=http, StageName="logged", AccessLogSettings=log)
    refused_v2("stage-name", v2.create_stage, *invalid_v2, "Stage name only allows a-zA-Z0-9_", ApiId=http, StageName="bad stage")
    refused_v2("api-name", v2.create_api, *invalid_v2, "Invalid API name specified", ProtocolType="HTTP")
    words = 'Route selection expression is currently limited to "${request.method} ${request.path}"'
    refused_v2("selection", v2.create_api, *invalid_v2, words, Name="x", ProtocolType="HTTP", RouteSelectionExpression="$request.body.action")
    refused_v2("subnets", v2.create_vpc_link, *invalid_v2, "SubnetIds for a vpc link cannot be empty", Name="v", SubnetIds=[])
    edge = [{"EndpointType": "EDGE", "CertificateArn": "arn:aws:acm:us-east-1:000000000000:certificate/c"}]
    refused_v2("edge", v2.create_domain_name, *invalid_v2, "EDGE endpoint type is not supported for APIGatewayV2 domainName", DomainName="v2.example.com", DomainNameConfigurations=edge)
    refused_v2("underscore", v2.create_domain_name, *invalid_v2, "Domain names cannot contain an underscore character", DomainName="BAD_Name.example.com")
    words = "Stage x does not exist. StageName specified on a CreateDeployment request must exist so the stage can be updated with the new deployment."
    refused_v2("no-stage", v2.create_deployment, *invalid_v2, words, ApiId=http, StageName="x")
    jwt = dict(Name="a", AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"], JwtConfiguration={"Issuer": "https://a.example.com", "Audience": ["a"]})
    words = "AuthorizerPayloadFormatVersion can only be set for REQUEST authorizer."
    refused_v2("format-of-jwt", v2.create_authorizer, *invalid_v2, words, ApiId=http, **jwt, AuthorizerPayloadFormatVersion="2.0")
    words = bad("Usage plans are not allowed for HTTP Apis")
    s.step("plan", client.create_usage_plan, words, name="p", apiStages=[{"apiId": http, "stage": "$default"}])
    v2.delete_api(ApiId=http)
    v2.delete_vpc_link(VpcLinkId=link)


@scenario
def settings_of_accounts_and_plans(s):
    legal = {op: bad_path("/cloudwatchRoleArn", op) for op in ("add", "remove")}
    for op, answer in legal.items():
        s.step(f"role-{op}", client.update_account, answer, patchOperations=patch(op, "/cloudwatchRoleArn", "arn:aws:iam::000000000000:role/r"))
    ids = mocked()
    client.create_deployment(restApiId=ids["restApiId"], stageName="dev")
    stages = [{"apiId": ids["restApiId"], "stage": "dev", "throttle": {"/pets/GET": {"rateLimit": 1.0, "burstLimit": 1}}}]
    plan = {"usagePlanId": client.create_usage_plan(name="again", apiStages=stages)["id"]}
    same = patch("add", "/apiStages", f"{ids['restApiId']}:dev")
    s.note("stage-again", list(s.differences(client.update_usage_plan(**plan, patchOperations=same)["apiStages"], stages, "")))
    client.update_usage_plan(**plan, patchOperations=patch("remove", "/apiStages", f"{ids['restApiId']}:dev"))
    client.delete_usage_plan(**plan)


@scenario
def what_is_read_back(s):
    """Settings that the service keeps otherwise than they were sent, and patches that take nothing away."""
    ids = mocked()
    response = dict(**ids, statusCode="200")
    client.put_integration_response(**response, selectionPattern="5..", contentHandling="CONVERT_TO_TEXT")
    for member in ("selectionPattern", "contentHandling"):
        path = f"/{member}"
        s.step(f"remove-{member}", client.update_integration_response, bad(f"Invalid patch path {path}"), **response, patchOperations=patch("remove", path))
    cleared = {"statusCode": "200", "selectionPattern": ""}
    both = patch("replace", "/selectionPattern", "") + patch("replace", "/contentHandling", "")
    s.step("cleared", client.update_integration_response, OK(cleared), **response, patchOperations=both)
    pem = client.generate_client_certificate()["pemEncodedCertificate"]
    s.note("certificate", [] if pem.endswith("\r\n-----END CERTIFICATE-----") else [repr(pem[-30:])])
    v2 = boto3.client("apigatewayv2", endpoint_url=ENDPOINT, region_name="us-east-1", config=CONFIG)
    sent = {"AllowHeaders": ["Content-Type", "X-A"], "AllowMethods": ["POST", "get"], "AllowOrigins": ["HTTPS://B.example.com", "https://a.example.com"], "ExposeHeaders": ["Date"]}
    kept = {**sent, "AllowHeaders": ["content-type", "x-a"], "ExposeHeaders": ["date"], "AllowCredentials": False}
    http = v2.create_api(Name="n", ProtocolType="HTTP", CorsConfiguration=sent)
    s.note("cors", list(s.differences(http["CorsConfiguration"], kept, "")))
    http = {"ApiId": http["ApiId"]}
    v2.create_stage(**http, StageName="$default", AutoDeploy=True)
    stage = dict(**http, StageName="$default")

    def refused_v2(label, call, message, /, **arguments):
        s.step(label, call, (400, {**refused("BadRequestException", message, modeled=False), "Message": message}), **arguments)

    logs = "Execution logs are not supported on protocolType HTTP"
    quiet = {"DataTraceEnabled": False, "LoggingLevel": "OFF"}
    refused_v2("level-off", v2.update_stage, logs, **stage, DefaultRouteSettings=quiet)
    words = "Deployment ID cannot be set on this stage because AutoDeploy is enabled"
    refused_v2("deployment", v2.update_stage, words, **stage, DeploymentId="d")
    proxy = {"type": "http_proxy", "httpMethod": "GET", "payloadFormatVersion": "1.0", "uri": "https://example.com"}
    schema = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Gone"}}}, "description": "d"}
    document = {
        "openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "components": {"more": "x"},
        "x-amazon-apigateway-cors": {"allowHeaders": ["X-B"]},
        "paths": {
            "/update": {"get": {"responses": {"200": schema}, "x-amazon-apigateway-integration": proxy}},
            "$default": {"x-amazon-apigateway-any-method": {"x-amazon-apigateway-integration": proxy}},
        },
    }
    warnings = [
        "Parse issue: attribute components.more is unexpected",
        "Parse issue: attribute paths.'/update'(get).responses.200.content.schema.#/components/schemas/Gone is missing",
        "Parse issue: attribute paths. Resource $default should start with /",
    ]
    body = json.dumps(document)
    words = "Warnings found during import:" + "".join(f"\n\t{line}" for line in warnings)
    refused_v2("warned", v2.reimport_api, words, **http, Body=body, FailOnWarnings=True)
    imported = v2.reimport_api(**http, Body=body)
    s.note("warnings", list(s.differences(imported["Warnings"], warnings, "")))
    s.note("imported-cors", list(s.differences(imported["CorsConfiguration"], {"AllowHeaders": ["x-b"]}, "")))
    keys = sorted(route["RouteKey"] for route in v2.get_routes(**http)["Items"])
    s.note("routes", list(s.differences(keys, ["$default", "GET /update"], "")))
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/a"
    name = v2.create_domain_name(DomainName="back.example.com", DomainNameConfigurations=[{"CertificateArn": certificate, "EndpointType": "REGIONAL"}])["DomainName"]
    mapping = v2.create_api_mapping(**http, DomainName=name, Stage="$default")["ApiMappingId"]
    words = f"Deleting stage $default failed. Please remove all base path mappings related to the stage in your domains: {name}"
    refused_v2("mapped-stage", v2.delete_stage, words, **stage)
    v2.delete_api_mapping(DomainName=name, ApiMappingId=mapping)
    v2.delete_domain_name(DomainName=name)
    token = dict(**http, AuthorizerType="JWT", IdentitySource=["$request.header.Authorization"], JwtConfiguration={"Issuer": "https://a.example.com", "Audience": ["a"]})
    for number in range(10):
        v2.create_authorizer(**token, Name=f"a{number}")
    # The status is that of a quota, the name that of a conflict.
    words = "Maximum number of Authorizers for this API has been reached.  Please contact AWS if you need additional Authorizers."
    full = (429, {**refused("ConflictException", words, modeled=False), "Message": words})
    s.step("authorizers", v2.create_authorizer, full, **token, Name="a10")
    v2.delete_api(**http)


if __name__ == "__main__":
    for function in SCENARIOS:
        each = Scenario(function.__name__)
        try:
            function(each)
        except Exception as error:  # A scenario that cannot go on has failed; the others still run.
            each.note("stopped", [f"{type(error).__name__}: {error}"])
    print(f"{Scenario.passed} passed, {Scenario.failed} failed")
    sys.exit(1 if Scenario.failed else 0)
