"""What calls of the control plane cost: as ratios to moto's server in the same run, and by themselves.

    target/python/bin/python benches/control_plane.py --gatewright target/release/gatewright

Imports and exports a document of 300 resources, twenty times each, into both servers, and takes the best of each: through
boto3, as users do, and with a bare HTTP client, which leaves the client's own time out; then stores 1,000 APIs in the
embedded gateway, reads single ones, and looks at the memory of the idle server. The smallest call of each server, `GET
/account`, tells what any call costs there. moto exports an eighth of the text. Both servers are on this machine, and are
stopped again. Needs what tests/wire/requirements.txt lists.
"""

import argparse
import http.client
import json
import pathlib
import statistics
import sys
import tempfile
import time

import boto3
from botocore.config import Config

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests" / "wire"))
from run import KEYS, Embedded, Moto  # noqa: E402

RUNS = 20
APIS = 1000
READS = 2000


def document(resources):
    """A document of so many resources, each with two methods, models, validation and an integration."""
    paths = {}
    for number in range(resources // 2):
        operation = {
            "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}}},
            "responses": {
                "200": {
                    "description": "ok",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet"}}},
                }
            },
            "x-amazon-apigateway-integration": {
                "type": "http",
                "httpMethod": "GET",
                "uri": "http://example.com/",
                "requestParameters": {"integration.request.querystring.limit": "method.request.querystring.limit"},
                "responses": {"default": {"statusCode": "200"}},
            },
        }
        paths[f"/things{number}"] = {"get": operation, "post": operation}
        paths[f"/things{number}/items"] = {"get": operation, "post": operation}
    schema = {"type": "object", "properties": {"name": {"type": "string"}, "kind": {"type": "string"}}}
    return {
        "openapi": "3.0.1",
        "info": {"title": "bench", "description": "for timing", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Pet": schema}},
    }


def client(url):
    return boto3.client("apigateway", endpoint_url=url, config=Config(retries={"max_attempts": 0}), **KEYS)


def timed(call):
    start = time.perf_counter()
    value = call()
    return value, time.perf_counter() - start


class Bare:
    """Calls of a server without a client library."""

    # The name of the service in the scope is what moto tells services by; neither server checks the signature.
    SCOPE = "Credential=test/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0"

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(url.removeprefix("http://"))

    def call(self, method, path, body=None):
        headers = {"Accept": "application/json", "Authorization": f"AWS4-HMAC-SHA256 {self.SCOPE}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {text[:200]}")
        return text

    def import_rest_api(self, body):
        return json.loads(self.call("POST", "/restapis?mode=import", body))["id"]

    def deploy(self, id):
        self.call("POST", f"/restapis/{id}/deployments", json.dumps({"stageName": "dev"}))

    def export(self, id):
        return self.call("GET", f"/restapis/{id}/stages/dev/exports/oas30?extensions=apigateway")

    def delete(self, id):
        self.call("DELETE", f"/restapis/{id}")

    def smallest(self):
        """Returns the median time of the smallest call, in seconds."""
        return statistics.median(timed(lambda: self.call("GET", "/account"))[1] for _ in range(50))


class Boto:
    """The same calls through boto3."""

    def __init__(self, url):
        self.client = client(url)

    def import_rest_api(self, body):
        return self.client.import_rest_api(body=body)["id"]

    def deploy(self, id):
        self.client.create_deployment(restApiId=id, stageName="dev")

    def export(self, id):
        export = dict(restApiId=id, stageName="dev", exportType="oas30", parameters={"extensions": "apigateway"})
        return self.client.get_export(**export)["body"].read()

    def delete(self, id):
        self.client.delete_rest_api(restApiId=id)


def import_and_export(gateway, body):
    """Returns the best times of an import and an export, in seconds."""
    imports, exports = [], []
    for _ in range(RUNS):
        id, seconds = timed(lambda: gateway.import_rest_api(body))
        imports.append(seconds)
        gateway.deploy(id)
        text, seconds = timed(lambda: gateway.export(id))
        # moto lists the root too, though it has no method.
        if len(json.loads(text)["paths"]) not in (300, 301):
            raise SystemExit(f"the export has {len(json.loads(text)['paths'])} paths")
        exports.append(seconds)
        gateway.delete(id)
    return min(imports), min(exports)


def measured(name, url, body):
    """Prints and returns the times of a server, by client."""
    times = {}
    for way, gateway in (("boto3", Boto(url)), ("bare", Bare(url))):
        times[way] = import_and_export(gateway, body)
        imported, exported = (seconds * 1000 for seconds in times[way])
        print(f"{name}, {way}: import of 300 resources {imported:.1f} ms, export {exported:.1f} ms")
    print(f"{name}: the smallest call {Bare(url).smallest() * 1000:.2f} ms")
    return times


def read_median(url, ids):
    """Returns the median time of GetRestApi on one connection, in seconds: the server's time and loopback's."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"))
    times = []
    for number in range(READS):
        path = f"/restapis/{ids[number % len(ids)]}"
        start = time.perf_counter()
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        times.append(time.perf_counter() - start)
        if answer.status != 200:
            raise SystemExit(f"GET {path}: {answer.status}")
    return statistics.median(times)


def resident_megabytes(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gatewright", required=True)
    parser.add_argument("--without-moto", action="store_true", help="measure the embedded gateway alone")
    options = parser.parse_args()
    gatewright = str(pathlib.Path(options.gatewright).resolve())
    body = json.dumps(document(300)).encode()
    with tempfile.TemporaryDirectory() as state:
        embedded = Embedded(gatewright, state)
        try:
            gateway = client(embedded.url)
            ours = measured("gatewright", embedded.url, body)
            if not options.without_moto:
                moto = Moto()
                try:
                    theirs = measured("moto's server", moto.url, body)
                finally:
                    moto.stop()
                for way, (imported, exported) in ours.items():
                    ratios = theirs[way][0] / imported, theirs[way][1] / exported
                    print(f"{way}: import {ratios[0]:.1f} times as fast, export {ratios[1]:.1f} times as fast")
            small = json.dumps(document(10)).encode()
            ids = [gateway.import_rest_api(body=small)["id"] for _ in range(APIS)]
            print(f"GetRestApi with {APIS} APIs, at the median: {read_median(embedded.url, ids) * 1000:.3f} ms")
            time.sleep(2)
            print(f"memory of the idle server with {APIS} APIs: {resident_megabytes(embedded.process):.1f} MB")
        finally:
            embedded.stop()


if __name__ == "__main__":
    main()
