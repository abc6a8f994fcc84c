"""The embedded gateway beside another local gateway, under one load tool: `benches/peers.py --gatewright BINARY --peer FOLDER`.

FOLDER is where `npm install serverless@3 serverless-offline@13` was run. That peer has no MOCK integrations, so it answers
with a function of one line, and gatewright with a MOCK method that has a template of ten. `wrk` (Debian has it) sends the
requests. SAM and LocalStack want Docker, and moto's server has no data plane: none of them is here.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time
import urllib.request

BODY = {"id": "7", "path": "/pets/{petId}", "tags": ["a", "b", "c"], "name": "Rex", "stage": "s"}
TEMPLATE = """#set($id = $input.params('petId'))
{
  "id": "$id",
  "path": "$context.resourcePath",
  "tags": [#foreach($tag in ['a', 'b', 'c'])"$tag"#if($foreach.hasNext),#end#end],
#if($id == '7')
  "name": "Rex",
#end
  "stage": "$context.stage"
}"""
DOCUMENT = {
    "openapi": "3.0.1",
    "info": {"title": "peers", "version": "1"},
    "paths": {"/pets/{petId}": {"get": {
        "parameters": [{"name": "petId", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {"200": {"description": "ok"}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": TEMPLATE}}},
        },
    }}},
}


def wait(url):
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.loads(answer.read())
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{url} does not answer")


def load(url, seconds, connections):
    """Requests per second, and the median."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said:
        raise SystemExit(said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said)[1]), re.search(r"50%\s+(\S+)", said)[1]


def post(url, body):
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    return json.loads(urllib.request.urlopen(request, timeout=30).read())


def peer(folder, port):
    work = pathlib.Path(tempfile.mkdtemp())
    (work / "node_modules").symlink_to(pathlib.Path(folder).resolve() / "node_modules")
    (work / "serverless.yml").write_text(
        "service: peers\nprovider: {name: aws, runtime: nodejs20.x}\nplugins: [serverless-offline]\n"
        "functions:\n  pet:\n    handler: handler.pet\n    events: [{http: {path: 'pets/{petId}', method: get}}]\n"
    )
    (work / "handler.js").write_text(
        f"module.exports.pet = async () => ({{statusCode: 200, body: {json.dumps(json.dumps(BODY))}}});\n"
    )
    command = ["node_modules/.bin/serverless", "offline", "--httpPort", str(port), "--lambdaPort", str(port + 1), "--noTimeout"]
    environment = {**os.environ, "SLS_TELEMETRY_DISABLED": "1", "SLS_NOTIFICATIONS_MODE": "off"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=work, env=environment, **quiet), f"http://127.0.0.1:{port}/dev/pets/7"


def own(gatewright):
    process = subprocess.Popen(
        [gatewright, "serve", "--in-memory", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    base = process.stdout.readline().strip()
    api = post(f"{base}/restapis?mode=import", DOCUMENT)["id"]
    post(f"{base}/restapis/{api}/deployments", {"stageName": "s"})
    return process, f"{base}/_aws/execute-api/{api}/s/pets/7"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gatewright", required=True)
    parser.add_argument("--peer", required=True)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    args = parser.parse_args()
    rates = {}
    for name, (process, url) in {"serverless-offline": peer(args.peer, 38217), "gatewright": own(args.gatewright)}.items():
        try:
            answer = wait(url)
            assert answer["name"] == "Rex", answer
            load(url, 1, args.connections)
            rates[name], median = load(url, args.seconds, args.connections)
            print(f"{name}: {rates[name]:.0f} requests/s, p50 {median}")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
    print(f"gatewright answers {rates['gatewright'] / rates['serverless-offline']:.0f} times as many")


if __name__ == "__main__":
    main()
