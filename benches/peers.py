"""The embedded gateway beside other local gateways, under one load tool:

    benches/peers.py --gatewright BINARY [--serverless FOLDER] [--localstack FOLDER]

- `--serverless`: where `npm install serverless@3 serverless-offline@13` was run. It has no MOCK integrations, so it answers
  with a function of one line, and the others with a MOCK method that has a template of ten.
- `--localstack`: a Python environment with `pip install "localstack-core[runtime]==4.4.0" "plux<1.13" "cbor2<5.7"
  "pyOpenSSL<25" "service_identity<25" "cryptography<45"`: of the last versions that ask for no account, run without Docker.

`wrk` (Debian has it) sends the requests. SAM wants Docker, and moto's server has no data plane.
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
    # The name of the service in the scope is what others tell services by; nobody checks the signature.
    scope = "Credential=test/20260101/us-east-1/apigateway/aws4_request, SignedHeaders=host, Signature=0"
    headers = {"Content-Type": "application/json", "Authorization": f"AWS4-HMAC-SHA256 {scope}"}
    request = urllib.request.Request(url, data=json.dumps(body).encode(), headers=headers)
    return json.loads(urllib.request.urlopen(request, timeout=30).read())


def serverless(folder, port):
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


def deployed(base):
    """The URL of a MOCK method, imported and deployed."""
    api = post(f"{base}/restapis?mode=import", DOCUMENT)["id"]
    post(f"{base}/restapis/{api}/deployments", {"stageName": "s"})
    return f"{base}/_aws/execute-api/{api}/s/pets/7"


def localstack(folder, port):
    environment = {
        **os.environ,
        "GATEWAY_LISTEN": f"127.0.0.1:{port}",
        "LS_LOG": "error",
        # Nothing is looked up elsewhere.
        "DISABLE_EVENTS": "1",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "EAGER_SERVICE_LOADING": "0",
    }
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    command = [str(pathlib.Path(folder).resolve() / "bin" / "python"), "-m", "localstack.runtime.main"]
    process = subprocess.Popen(command, cwd=tempfile.mkdtemp(), env=environment, **quiet)
    wait(f"http://127.0.0.1:{port}/_localstack/health")
    return process, deployed(f"http://127.0.0.1:{port}")


def own(gatewright):
    process = subprocess.Popen(
        [gatewright, "serve", "--in-memory", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return process, deployed(process.stdout.readline().strip())


def measured(name, process, url, args):
    try:
        answer = wait(url)
        assert answer["name"] == "Rex", answer
        load(url, 1, args.connections)
        rate, median = load(url, args.seconds, args.connections)
        print(f"{name}: {rate:.0f} requests/s, p50 {median}")
        return rate
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gatewright", required=True)
    parser.add_argument("--serverless")
    parser.add_argument("--localstack")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=64)
    args = parser.parse_args()
    rates = {}
    if args.serverless:
        rates["serverless-offline"] = measured("serverless-offline", *serverless(args.serverless, 38217), args)
    if args.localstack:
        rates["LocalStack"] = measured("LocalStack", *localstack(args.localstack, 38219), args)
    rate = measured("gatewright", *own(args.gatewright), args)
    for name, peer in rates.items():
        print(f"gatewright answers {rate / peer:.0f} times as many as {name}")


if __name__ == "__main__":
    main()
