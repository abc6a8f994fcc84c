"""Clients that send what they should not, hang up, or come all at once: no 500, no partial state.

Takes the endpoint's URL as its argument.
"""

import concurrent.futures
import http.client
import json
import socket
import sys

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
HOST, PORT = ENDPOINT.removeprefix("http://").split(":")
IMPORTS = 1000
client = boto3.client(
    "apigateway",
    endpoint_url=ENDPOINT,
    region_name="us-east-1",
    config=Config(retries={"max_attempts": 0}, max_pool_connections=32, read_timeout=300),
)

failed = 0


def expect(label, condition):
    global failed
    if not condition:
        failed += 1
        print(f"FAILED {label}")


def send(method, path, body=b"", headers=None):
    connection = http.client.HTTPConnection(HOST, int(PORT), timeout=60)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.getheader("x-amzn-ErrorType"), answer.read()
    except (BrokenPipeError, ConnectionResetError):
        # A body that is too large may be refused while it is sent.
        return 413, "RequestEntityTooLargeException", b""
    finally:
        connection.close()


def ids():
    found = [item["id"] for page in client.get_paginator("get_rest_apis").paginate() for item in page["items"]]
    return set(found)


def document(name):
    operation = {
        "responses": {"200": {"description": "d"}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {"default": {"statusCode": "200"}},
        },
    }
    return {"openapi": "3.0.1", "info": {"title": name, "version": "1"}, "paths": {"/a/b": {"get": operation}}}


def bodies():
    api = client.create_rest_api(name="hostile")
    try:
        paths = [
            ("POST", "/restapis"),
            ("PATCH", f"/restapis/{api['id']}"),
            ("POST", f"/restapis/{api['id']}/models"),
            ("POST", f"/restapis/{api['id']}/authorizers"),
            ("POST", f"/restapis/{api['id']}/stages"),
            ("POST", f"/restapis/{api['id']}/deployments"),
            ("POST", f"/restapis/{api['id']}/documentation/parts"),
            ("PUT", f"/restapis/{api['id']}/gatewayresponses/UNAUTHORIZED"),
            ("PUT", f"/restapis/{api['id']}/resources/{api['rootResourceId']}/methods/GET"),
            ("POST", "/usageplans"),
            ("POST", "/usageplans/x/keys"),
            ("POST", "/domainnames"),
            ("POST", "/vpclinks"),
            ("PUT", "/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Frestapis%2Fx"),
            ("PATCH", "/account"),
        ]
        wrong = [
            b"{",
            b"[]",
            b"null",
            b"\xff\xfe",
            b'"text"',
            b'{"name": {"a": [1]}}',
            b'{"name": true}',
            b'{"patchOperations": [null]}',
            b'{"patchOperations": {}}',
            b'{"patchOperations": [{"op": "replace"}]}',
            b'{"patchOperations": [{"path": "/name"}]}',
            b'{"patchOperations": [{"op": "replace", "path": "", "value": "x"}]}',
            b'{"patchOperations": [{"op": "replace", "path": "name", "value": "x"}]}',
            b'{"patchOperations": [{"op": "replace", "path": "/~/~2//", "value": "x"}]}',
            b'{"a":' * 20_000,
            b"[" * 100_000,
        ]
        for method, path in paths:
            for body in wrong:
                status, kind, text = send(method, path, body)
                accepted = status in (200, 201) and body.startswith((b'{"patchOperations"', b"null", b'{"name"'))
                expect(f"{method} {path} {body[:40]!r}: {status} {kind} {text[:80]!r}", accepted or (400 <= status < 500 and kind))
        for body in wrong:
            for method, path in (("POST", "/restapis?mode=import"), ("PUT", f"/restapis/{api['id']}?mode=overwrite")):
                before = client.get_resources(restApiId=api["id"])["items"]
                status, kind, _ = send(method, path, body)
                expect(f"{method} {path} {body[:40]!r}: {status} {kind}", status == 400 and kind == "BadRequestException")
                expect("a refused document changes nothing", client.get_resources(restApiId=api["id"])["items"] == before)
        for method, path, body in (
            ("POST", "/restapis", b'{"name": "n", "endpointConfiguration": [["EDGE"]]}'),
            ("PATCH", f"/restapis/{api['id']}", b'{"patchOperations": [["replace", "/name", "z"]]}'),
            ("POST", "/usageplans", b'{"name": "n", "quota": [1, 0, "DAY"]}'),
        ):
            status, kind, _ = send(method, path, body)
            expect(f"{method} {path}: an array is no structure: {status} {kind}", (status, kind) == (400, "SerializationException"))
        long = b'{"name": "n", "description": "' + b"d" * (7 << 20) + b'"}'
        status, kind, _ = send("POST", "/restapis", long)
        expect(f"a description of 7 MB: {status} {kind}", (status, kind) == (413, "RequestEntityTooLargeException"))
        for size, method, path, least, name in (
            (70, "POST", "/2015-03-31/functions", 70_167_211, "CreateFunction"),
            (7, "PUT", "/2015-03-31/functions/f/configuration", 6 << 20, "UpdateFunctionConfiguration"),
        ):
            status, kind, text = send(method, path, b'{"Description": "' + b"d" * (size << 20) + b'"}')
            expect(f"{name} with {size} MB: {status} {kind}", (status, kind) == (413, "RequestEntityTooLargeException"))
            words = f"Request must be smaller than {least} bytes for the {name} operation"
            expect(f"{name} with {size} MB: {text}", not text or words in text.decode())
        for size, what in ((7, "a document over the quota"), (11, "a body over the limit")):
            status, kind, _ = send("POST", "/restapis?mode=import", b'{"openapi": "' + b" " * (size << 20) + b'"}')
            expect(f"{what}: {status} {kind}", status in (400, 413) and kind)
        for path in ("/restapis/%00", "/restapis/%ff/resources", "/restapis/..%2F..%2Fapikeys", "/nothing", "/restapis?limit=x"):
            status, kind, _ = send("GET", path)
            expect(f"GET {path}: {status} {kind}", 400 <= status < 500 and kind)
    finally:
        for id in ids():
            client.delete_rest_api(restApiId=id)


def hang_up():
    before = ids()
    body = json.dumps(document("cut off")).encode()
    head = f"POST /restapis?mode=import HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    for sent in (head[:20], head, head + body[: len(body) // 2]):
        for _ in range(20):
            with socket.create_connection((HOST, int(PORT))) as connection:
                connection.sendall(sent)
    expect("half a request does nothing", ids() == before)


def broken_bodies():
    """Bodies that end early, or are no HTTP, from clients that listen on."""
    before = ids()
    for path in ("/restapis", "/restapis?mode=import", "/", "/2015-03-31/functions"):
        for label, rest in (
            ("short", b"Content-Length: 100\r\n\r\n{"),
            ("no chunk", b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"),
            ("a short chunk", b"Transfer-Encoding: chunked\r\n\r\n40\r\n{"),
        ):
            with socket.create_connection((HOST, int(PORT)), timeout=30) as connection:
                connection.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode() + rest)
                connection.shutdown(socket.SHUT_WR)
                answer = connection.recv(4096)
            expect(f"{label} to {path}: {answer!r}", answer.startswith(b"HTTP/1.1 400 ") and b"Bad Request" in answer)
    expect("nothing of it is kept", ids() == before)


def over_quota():
    paths = {f"/p{number}": document("x")["paths"]["/a/b"] for number in range(301)}
    try:
        client.import_rest_api(body=json.dumps({**document("x"), "paths": paths}))
        expect("301 resources are refused", False)
    except client.exceptions.LimitExceededException as error:
        words = "Maximum number of Resources for this API has been reached.  Please contact AWS if you need additional Resources."
        expect(f"the words are {error}", error.response["Error"]["Message"] == words)
    api = client.create_rest_api(name="many")
    try:
        made = 0
        for number in range(12):
            try:
                client.create_authorizer(
                    restApiId=api["id"],
                    name=f"a{number}",
                    type="COGNITO_USER_POOLS",
                    providerARNs=["arn:aws:cognito-idp:us-east-1:000000000000:userpool/p"],
                )
                made += 1
            except client.exceptions.LimitExceededException:
                pass
        expect(f"{made} authorizers", made == 10)
    finally:
        client.delete_rest_api(restApiId=api["id"])


def all_at_once():
    before = ids()
    with concurrent.futures.ThreadPoolExecutor(32) as threads:
        made = list(threads.map(lambda n: client.import_rest_api(body=json.dumps(document(f"api {n}")))["id"], range(IMPORTS)))
    now = ids()
    expect("each import made an API of its own", len(set(made)) == IMPORTS and now - before == set(made))
    for id in made[:10]:
        paths = [resource["path"] for resource in client.get_resources(restApiId=id)["items"]]
        expect("each API is whole", paths == ["/", "/a", "/a/b"])
    with concurrent.futures.ThreadPoolExecutor(32) as threads:
        list(threads.map(lambda id: client.delete_rest_api(restApiId=id), made))
    expect("all are gone again", ids() == before)


bodies()
hang_up()
broken_bodies()
over_quota()
all_at_once()
print("hostile clients: ok" if not failed else f"hostile clients: {failed} failed")
sys.exit(1 if failed else 0)
