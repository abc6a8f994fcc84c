"""The integration templates, from a document's choice to the request that the AWS service gets.

`check(gatewright, folder)` imports a document whose operations choose every service template, stands in for the services
with a server that keeps what it is sent, and calls each operation with bodies and parameters that try to leave their
place. `run.py` calls it; by itself: `python tests/wire/integrations.py PATH-OF-GATEWRIGHT`.
"""

import base64
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.parse
import urllib.request

ROLE = "arn:aws:iam::123456789012:role/gateway"
TOPIC = "arn:aws:sns:us-east-1:123456789012:a&b=c"
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
SERVICES = ["sqs", "sns", "dynamodb", "s3", "kinesis", "events", "states"]

BODIES = [
    {"plain": 1},
    {"quote": "a\"b'c", "dollar": "$input.body ${x} $util.base64Encode('x')", "hash": "#set($x = 1)#if(true)"},
    {"newline": "a\nb\r\nc\td", "slash": "\\ \\\" / \\u0041", "other": "gr\u00fc\u00df \U0001f600 \u2028", "form": "a&b=c%20+;"},
    {"apostrophes": "''' \\' \\\\'", "closing": "\"}]}", "empty": ""},
]

# Texts of the document itself, which the templates put into JSON inside of Velocity.
TABLE = "t-$x\"'#if"


def choice(template, **given):
    return {"x-gatewright-integration": {"template": template, "with": {"role": ROLE, **given}}}


def document():
    paths = {
        "/sqs": {"post": choice("sqs-send-message", queue="orders")},
        "/sns": {"post": choice("sns-publish", topic=TOPIC)},
        "/put": {"post": choice("dynamodb-put-item", table=TABLE, key="id")},
        "/get/{id}": {"get": choice("dynamodb-get-item", table="t", key="id")},
        "/query/{id}": {"get": choice("dynamodb-query", table="t", key="k\"$")},
        "/s3/{key}": {"get": choice("s3-get-object", bucket="b"), "put": choice("s3-put-object", bucket="b")},
        "/kinesis": {"post": choice("kinesis-put-record", stream="s")},
        "/events": {"post": choice("eventbridge-put-events", source="shop", detailType="it's $ordered", bus="b")},
        "/start": {"post": choice("step-functions-start-execution", stateMachine=MACHINE)},
        "/sync": {"post": choice("step-functions-start-sync-execution", stateMachine=MACHINE)},
        "/mock": {"get": choice("mock", status=201, body='{"it": "is $fixed #if \'"}')},
        "/cors": {"options": choice("cors-preflight", origin="https://example.com", methods="GET", headers="X-A")},
    }
    for path, item in paths.items():
        for operation in item.values():
            operation["responses"] = {"200": {"description": "ok"}, "201": {"description": "ok"}, "500": {"description": "no"}}
            if "{" in path:
                name = path.split("{")[1].rstrip("}")
                operation["parameters"] = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}}]
    return {"openapi": "3.0.1", "info": {"title": "integrations", "version": "1"}, "paths": paths}


class Services:
    """Every AWS service at once: keeps the last request and answers with what it is told to."""

    def __init__(self):
        services = self
        self.last, self.status, self.body = None, 200, b"{}"

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                length = int(self.headers.get("content-length") or 0)
                services.last = (self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length))
                self.send_response(services.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(services.body)))
                self.end_headers()
                self.wfile.write(services.body)

            do_GET = do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


def call(url, method="GET", body=None):
    headers = {"Content-Type": "application/json"} if body is not None else {}
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def check(gatewright, folder):
    """Returns what is wrong, or nothing."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "NO_COLOR": "1"}
    environment |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}
    folder = pathlib.Path(folder) / "integrations"
    folder.mkdir()
    spec = folder / "spec.json"
    spec.write_text(json.dumps(document()))
    services = Services()
    given = [part for service in SERVICES for part in ("--service-endpoint", f"{service}={services.url}")]
    server = subprocess.Popen(
        [gatewright, "serve", "--port", "0", "--in-memory", *given],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=folder,
    )
    log = []
    try:
        found = next((m for line in server.stdout if (m := re.search(r"http://127\.0\.0\.1:\d+", line))), None)
        if found is None:
            return "serve did not say where it listens"
        threading.Thread(target=lambda: log.extend(server.stdout), daemon=True).start()
        imported = subprocess.run(
            [gatewright, "import", str(spec), "--endpoint-url", found.group(0), "--yes", "--allow-warnings"],
            capture_output=True, text=True, env=environment, cwd=folder, timeout=120,
        )
        at = re.search(r"http://127\.0\.0\.1:\d+/_aws/execute-api/\w+/\w+", imported.stdout)
        if at is None:
            return f"import printed no URL:\n{imported.stdout}{imported.stderr}"
        problems = checked(at.group(0), services)
        return "\n".join([*problems, *log[-10:]]) if problems else None
    finally:
        server.terminate()
        server.wait(timeout=20)
        services.server.shutdown()


def checked(url, services):
    problems = []

    def same(what, got, wanted):
        if got != wanted:
            problems.append(f"{what}: {got!r} instead of {wanted!r}")

    def sent(what, path, body):
        services.last = None
        status, _, answer = call(url + path, "POST", body)
        if services.last is None:
            problems.append(f"{what}: nothing was sent; {status} {answer[:300]!r}")
            return None
        same(f"{what}: status", status, 200)
        return services.last

    def parsed(what, request):
        try:
            return json.loads(request[3])
        except ValueError:
            problems.append(f"{what}: the service gets no JSON: {request[3]!r}")
            return None

    services.body = b"{}"
    for number, value in enumerate(BODIES):
        for ascii_only in (True, False):
            text = json.dumps(value, ensure_ascii=ascii_only)
            raw, what = text.encode(), f"body {number}"
            if request := sent(f"sqs, {what}", "/sqs", raw):
                same("sqs: request", request[:2], ("POST", "/123456789012/orders") if "123456789012" in request[1] else ("POST", "/000000000000/orders"))
                same("sqs: type", request[2].get("content-type"), "application/x-www-form-urlencoded")
                fields = dict(urllib.parse.parse_qsl(request[3].decode(), keep_blank_values=True))
                same(f"sqs, {what}", fields, {"Action": "SendMessage", "MessageBody": text})
            if request := sent(f"sns, {what}", "/sns", raw):
                fields = dict(urllib.parse.parse_qsl(request[3].decode(), keep_blank_values=True))
                same(f"sns, {what}", fields, {"Action": "Publish", "TopicArn": TOPIC, "Message": text})
            if (request := sent(f"put, {what}", "/put", raw)) and (item := parsed("put", request)):
                same("put: target", request[2].get("x-amz-target"), "DynamoDB_20120810.PutItem")
                same("put: type", request[2].get("content-type"), "application/x-amz-json-1.0")
                same("put: table", item["TableName"], TABLE)
                same(f"put, {what}", item["Item"]["body"], {"S": text})
                same("put: key", len(item["Item"]["id"]["S"]) > 20, True)
            if (request := sent(f"kinesis, {what}", "/kinesis", raw)) and (record := parsed("kinesis", request)):
                same("kinesis: target", request[2].get("x-amz-target"), "Kinesis_20131202.PutRecord")
                same(f"kinesis, {what}", base64.b64decode(record["Data"]).decode(), text)
                same("kinesis: stream", record["StreamName"], "s")
            if (request := sent(f"events, {what}", "/events", raw)) and (event := parsed("events", request)):
                same("events: target", request[2].get("x-amz-target"), "AWSEvents.PutEvents")
                entry = event["Entries"][0]
                same(f"events, {what}", entry["Detail"], text)
                same("events: entry", (entry["Source"], entry["DetailType"], entry["EventBusName"]), ("shop", "it's $ordered", "b"))
            for path, target in (("/start", "StartExecution"), ("/sync", "StartSyncExecution")):
                if (request := sent(f"{target}, {what}", path, raw)) and (start := parsed(target, request)):
                    same(f"{target}: target", request[2].get("x-amz-target"), f"AWSStepFunctions.{target}")
                    same(f"{target}, {what}", start, {"stateMachineArn": MACHINE, "input": text})
    for value in ["plain", "a\"b'c", "$x #if", "a b+c&d=e", "gr\u00fc\u00df", "back\\slash", "100%"]:
        quoted = urllib.parse.quote(value, safe="")
        services.body = b'{"Item": {"id": {"S": "x"}}}'
        status, _, answer = call(f"{url}/get/{quoted}")
        same(f"get {value}: answer", (status, json.loads(answer or b"null")), (200, json.loads(services.body)))
        if item := parsed(f"get {value}", services.last):
            same(f"get {value}", item, {"TableName": "t", "Key": {"id": {"S": value}}})
        call(f"{url}/query/{quoted}")
        if query := parsed(f"query {value}", services.last):
            same(f"query {value}: key", query["ExpressionAttributeNames"], {"#k": "k\"$"})
            same(f"query {value}", (query["KeyConditionExpression"], query["ExpressionAttributeValues"]), ("#k = :v", {":v": {"S": value}}))
        services.body = b"object"
        for method, body in (("GET", None), ("PUT", b'{"it": "is"}')):
            status, _, answer = call(f"{url}/s3/{quoted}", method, body)
            same(f"s3 {method} {value}", (status, services.last[0], urllib.parse.unquote(services.last[1])), (200, method, f"/b/{value}"))
            same(f"s3 {method} {value}: body", services.last[3], body or b"")
    services.status = 404
    same("s3: what is not there", call(f"{url}/s3/x")[0], 404)
    services.status = 400
    status, _, answer = call(f"{url}/put", "POST", b"{}")
    same("a refusal", (status, json.loads(answer)), (500, {"message": "the request was not taken"}))
    services.status = 200
    status, _, answer = call(f"{url}/mock")
    same("mock", (status, json.loads(answer)), (201, {"it": "is $fixed #if '"}))
    status, headers, _ = call(f"{url}/cors", "OPTIONS")
    said = {name.lower(): value for name, value in headers.items()}
    same("cors", (status, said.get("access-control-allow-origin")), (200, "https://example.com"))
    return problems


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        reason = check(str(pathlib.Path(sys.argv[1]).resolve()), temporary)
    print(reason or "ok")
    sys.exit(1 if reason else 0)
