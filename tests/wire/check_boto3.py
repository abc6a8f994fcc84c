"""boto3 imports a document, deploys it, exports it, and calls the API that it became.

Takes the endpoint's URL as its argument.
"""

import json
import pathlib
import sys
import urllib.error
import urllib.request

import boto3

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def call(url, method="GET", headers=None, body=None):
    request = urllib.request.Request(url, method=method, headers=headers or {}, data=body)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def main(endpoint):
    client = boto3.client("apigateway", endpoint_url=endpoint)
    document = (ROOT / "specs" / "mock-cors.yaml").read_bytes()
    api = client.import_rest_api(body=document, failOnWarnings=True)
    try:
        assert client.get_rest_api(restApiId=api["id"])["name"] == api["name"]
        resources = client.get_resources(restApiId=api["id"], embed=["methods"])["items"]
        assert any(resource.get("resourceMethods") for resource in resources), resources

        deployment = client.create_deployment(restApiId=api["id"], stageName="dev")
        stage = client.get_stage(restApiId=api["id"], stageName="dev")
        assert stage["deploymentId"] == deployment["id"], stage

        export = client.get_export(
            restApiId=api["id"],
            stageName="dev",
            exportType="oas30",
            parameters={"extensions": "integrations,authorizers,apigateway"},
            accepts="application/json",
        )
        exported = json.loads(export["body"].read())
        assert exported["openapi"].startswith("3.0"), exported
        mocked = [
            (path, verb)
            for path, item in exported["paths"].items()
            for verb, operation in item.items()
            if operation.get("x-amazon-apigateway-integration", {}).get("type") == "mock" and "{" not in path
        ]
        assert mocked, exported["paths"].keys()

        base = f"{endpoint}/_aws/execute-api/{api['id']}/dev"
        for path, verb in mocked:
            status, _, text = call(base + path, verb.upper())
            assert status < 500, (verb, path, status, text)
        status, headers, text = call(base + "/no/such/path")
        assert status == 403 and json.loads(text) == {"message": "Missing Authentication Token"}, (status, text)
        assert headers.get("x-amzn-ErrorType") == "MissingAuthenticationTokenException", dict(headers)

        again = client.put_rest_api(restApiId=api["id"], mode="overwrite", body=document)
        assert again["id"] == api["id"]
        names = [item["name"] for page in client.get_paginator("get_rest_apis").paginate() for item in page["items"]]
        assert names.count(api["name"]) == 1, names
    finally:
        client.delete_rest_api(restApiId=api["id"])
    try:
        client.get_rest_api(restApiId=api["id"])
        raise AssertionError("a deleted API is still there")
    except client.exceptions.NotFoundException as error:
        assert "Invalid API identifier specified" in str(error), error


main(sys.argv[1])
