#!/usr/bin/env python3
"""What `gatewright import` itself costs: everything but the network and the service.

A document of 300 resources is imported into the embedded gateway through a recording proxy; then the same import is run
again with the recorded answers given from memory, which is as near to an instant endpoint as there is. Three imports are
measured: one that creates the API, one that changes it, and one with nothing to do. For each, the best and the median of
several runs:

- wall:    from start to end of the process
- served:  the time in which a request was with the endpoint, overlapping calls counted once
- client:  wall without served: the client's own overhead
- cpu:     user and system time of the process (wait4)

Usage: benches/import_overhead.py --gatewright target/release/gatewright [--resources 300] [--runs 9]
"""

import argparse
import http.client
import http.server
import json
import os
import pathlib
import socketserver
import statistics
import subprocess
import tempfile
import threading
import time


def document(resources, word):
    paths = {}
    for n in range(resources - 1):
        paths[f"/things{n}"] = {
            "get": {
                "operationId": f"getThing{n}",
                "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer"}}],
                "responses": {
                    "200": {
                        "description": "it",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}},
                    }
                },
                "x-amazon-apigateway-integration": {
                    "type": "mock",
                    "requestTemplates": {"application/json": '{"statusCode": 200}'},
                    "responses": {
                        "default": {
                            "statusCode": "200",
                            "responseTemplates": {"application/json": json.dumps({"from": word, "number": n})},
                        }
                    },
                },
            }
        }
    schema = {"type": "object", "properties": {"id": {"type": "string"}, "size": {"type": "integer"}}}
    return {
        "openapi": "3.0.1",
        "info": {"title": "overhead", "version": "1"},
        "paths": paths,
        "components": {"schemas": {"Thing": schema}},
    }


class Proxy:
    """Passes calls on and keeps the answers, or gives the kept answers."""

    def __init__(self, upstream):
        self.upstream = upstream
        self.kept = {}
        self.replaying = False
        self.spans = []
        self.lock = threading.Lock()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                super().handle_one_request()

            def answer(self):
                started = time.perf_counter()
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                status, headers, text = proxy.answer(self.command, self.path, dict(self.headers), body)
                lines = [f"HTTP/1.1 {status} X"] + [f"{k}: {v}" for k, v in headers]
                lines += [f"content-length: {len(text)}", "", ""]
                self.wfile.write("\r\n".join(lines).encode() + text)
                self.wfile.flush()
                with proxy.lock:
                    proxy.spans.append((started, time.perf_counter()))

            do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = answer

            def log_message(self, *arguments):
                pass

        class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
            daemon_threads = True
            request_queue_size = 64

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, method, path, headers, body):
        key = (method, path)
        if self.replaying:
            with self.lock:
                at = self.turns.get(key, 0)
                self.turns[key] = at + 1
            kept = self.kept.get(key)
            if kept is None:
                raise RuntimeError(f"{method} {path} was not recorded")
            return kept[min(at, len(kept) - 1)]
        connection = http.client.HTTPConnection(self.upstream)
        passed = {k: v for k, v in headers.items() if k.lower() not in ("connection", "host")}
        connection.request(method, path, body, {**passed, "host": self.upstream})
        got = connection.getresponse()
        text = got.read()
        dropped = ("content-length", "transfer-encoding", "connection")
        answer = (got.status, [(k, v) for k, v in got.getheaders() if k.lower() not in dropped], text)
        connection.close()
        with self.lock:
            self.kept.setdefault(key, []).append(answer)
        return answer

    def record(self):
        self.replaying, self.kept, self.spans = False, {}, []

    def replay(self):
        self.replaying, self.turns, self.spans = True, {}, []

    def served(self):
        total, end = 0.0, 0.0
        for a, b in sorted(self.spans):
            total += max(0.0, b - max(a, end))
            end = max(end, b)
        return total


def run(gatewright, folder, url):
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    arguments = [gatewright, "import", "api.json", "--endpoint-url", url, "--yes"]
    started = time.perf_counter()
    with open(os.path.join(folder, "talk"), "wb") as talk:
        process = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=talk)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"import ended with {process.returncode}:\n{pathlib.Path(folder, 'talk').read_text()}")
    return wall, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gatewright", required=True)
    parser.add_argument("--resources", type=int, default=300)
    parser.add_argument("--runs", type=int, default=9)
    arguments = parser.parse_args()
    gatewright = os.path.abspath(arguments.gatewright)
    with tempfile.TemporaryDirectory() as root:
        state = os.path.join(root, "state")
        serve = [gatewright, "serve", "--port", "0", "--state", state]
        server = subprocess.Popen(serve, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            upstream = None
            for line in server.stdout:
                if "127.0.0.1:" in line:
                    upstream = "127.0.0.1:" + "".join(c for c in line.split("127.0.0.1:")[1].split("/")[0] if c.isdigit())
                    break
            threading.Thread(target=server.stdout.read, daemon=True).start()
            proxy = Proxy(upstream)
            folder = os.path.join(root, "work")
            os.mkdir(folder)
            print(f"{arguments.resources} resources, {arguments.runs} runs; milliseconds, best (median)")
            print(f"{'import':<10} {'calls':>5} {'wall':>15} {'served':>15} {'client':>15} {'cpu':>15}")
            for name, word in (("creates", "before"), ("changes", "after"), ("nothing", "after")):
                path = os.path.join(folder, "api.json")
                pathlib.Path(path).write_text(json.dumps(document(arguments.resources, word), indent=1))
                proxy.record()
                run(gatewright, folder, proxy.url)
                calls = len(proxy.spans)
                rows = []
                for _ in range(arguments.runs):
                    proxy.replay()
                    wall, cpu = run(gatewright, folder, proxy.url)
                    served = proxy.served()
                    rows.append((wall, served, wall - served, cpu))
                columns = [f"{min(c) * 1e3:.1f} ({statistics.median(c) * 1e3:.1f})" for c in zip(*rows)]
                print(f"{name:<10} {calls:>5} " + " ".join(f"{c:>15}" for c in columns))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
