"""Outside clients against gatewright, and gatewright against another implementation of the service.

Starts the embedded gateway and runs every `check_*.py` beside this file against it, then the integration templates and
`dev`; then starts moto's server and runs `gatewright import` and `diff` against that. Prints `N passed, N failed` and exits with 1 when one failed.
"""

import argparse
import os
import pathlib
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

import boto3

import integrations

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
ENVIRONMENT = {
    **os.environ,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "NO_COLOR": "1",
}

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}


class Embedded:
    """`gatewright serve` on a free port, on a state folder of its own."""

    def __init__(self, gatewright, state):
        self.process = subprocess.Popen(
            [gatewright, "serve", "--port", "0", "--state", str(state)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=ENVIRONMENT,
            cwd=state,
        )
        for line in self.process.stdout:
            found = re.search(r"http://127\.0\.0\.1:\d+", line)
            if found:
                self.url = found.group(0)
                break
        else:
            raise SystemExit("gatewright serve did not say where it listens")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=20)


class Moto:
    """moto's server on a free port."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [str(pathlib.Path(sys.executable).parent / "moto_server"), "-H", "127.0.0.1", "-p", str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(self.url + "/moto-api/", timeout=2).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise SystemExit("moto's server does not answer")
                time.sleep(0.2)

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=20)


def run(gatewright, arguments, folder):
    return subprocess.run(
        [gatewright, *arguments], capture_output=True, text=True, env=ENVIRONMENT, cwd=folder, timeout=120
    )


def against_moto(gatewright, url, folder):
    """`import` creates an API in moto, and imports into it again."""
    # moto cannot import a MOCK integration, which has neither URI nor method, so this document has none.
    spec = str(ROOT / "specs" / "http-proxy.yaml")
    first = run(gatewright, ["import", spec, "--endpoint-url", url, "--yes", "--allow-warnings"], folder)
    # What moto exports is not all that was imported, so the verification may find a difference: 1, never 2.
    if first.returncode not in (0, 1) or "error:" in first.stderr:
        return f"import into moto ended with {first.returncode}:\n{first.stderr}"
    if "/_aws/execute-api/" not in first.stdout:
        return f"import into moto printed no URL:\n{first.stdout}"
    names = [api["name"] for api in boto3.client("apigateway", endpoint_url=url, **KEYS).get_rest_apis()["items"]]
    if len(names) != 1:
        return f"moto has these APIs afterwards: {names}"
    second = run(gatewright, ["import", spec, "--endpoint-url", url, "--yes", "--allow-warnings"], folder)
    if second.returncode not in (0, 1) or "will be created" in second.stderr:
        return f"the second import into moto ended with {second.returncode}:\n{second.stderr}"
    return None


def fetch(url, method="GET", body=None, headers=None):
    request = urllib.request.Request(url, method=method, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Dev:
    """`dev` on the pet store, its handlers in `folder`; Ctrl-C must end it."""

    def __init__(self, gatewright, folder):
        environment = {**ENVIRONMENT, "CARGO_TARGET_DIR": str(ROOT / "target" / "handlers")}
        self.process = subprocess.Popen(
            [gatewright, "dev", str(ROOT / "specs" / "petstore.yaml"), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            cwd=folder,
        )
        self.talk = []
        self.listener = threading.Thread(target=lambda: self.talk.extend(self.process.stderr), daemon=True)
        self.listener.start()

    def curl(self):
        """Returns the words of the call that it prints when it serves, or nothing when it ends before."""
        line = next((line for line in self.process.stdout if line.startswith("curl ")), None)
        if line is None:
            self.process.wait(timeout=20)
            self.listener.join(timeout=5)
            return None
        return shlex.split(line)

    def end(self):
        """Returns what is wrong with its end."""
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return "dev did not end"
        return None if code == 0 else f"dev ended with {code}"


def road(gatewright, folder):
    """Handlers are written, compiled, run as processes, and answer; then the same with one that does not build at first."""
    dev = Dev(gatewright, folder)
    try:
        reason = served(dev)
    finally:
        end = dev.end()
    if reason or end:
        return reason or end
    handlers = sorted(pathlib.Path(folder).glob("*-handlers/src/handlers/*.rs"))
    handler = next(path for path in handlers if path.name != "mod.rs")
    good = handler.read_text()
    handler.write_text(good + "\nfn broken( {\n")
    dev = Dev(gatewright, folder)
    try:
        reason = mended(dev, handler, good)
    finally:
        end = dev.end()
    return reason or end


def served(dev):
    words = dev.curl()
    if words is None:
        return "dev printed no curl line:\n" + "".join(dev.talk[-40:])
    answer = subprocess.run([*words, "-s"], capture_output=True, text=True, timeout=60).stdout
    if "Whiskers" not in answer:
        return f"{shlex.join(words)} answered {answer!r}"
    pets = words[-1]
    json_type = {"Content-Type": "application/json"}
    checks = [
        ("a body of the wrong form", fetch(pets, "POST", b'{"kind": 1}', json_type), 400),
        ("a pet", fetch(pets, "POST", b'{"name": "Rex", "kind": "dog"}', json_type), 201),
        ("an unknown path", fetch(pets + "/no/such/path"), 403),
        ("a preflight", fetch(pets, "OPTIONS"), 200),
    ]
    for what, (status, body), wanted in checks:
        if status != wanted:
            return f"{what} got {status} instead of {wanted}: {body}"
    return None


def mended(dev, handler, good):
    words = dev.curl()
    if words is None:
        return "dev ended with the handlers that do not build:\n" + "".join(dev.talk[-40:])
    status, body = fetch(words[-1])
    if status != 502 or not any("do not build" in line for line in dev.talk):
        return f"before the first build the answer was {status} {body}\n" + "".join(dev.talk[-40:])
    handler.write_text(good)
    for _ in range(300):
        status, body = fetch(words[-1])
        if status == 200:
            return None
        time.sleep(0.2)
    return f"after mending the answer was {status} {body}\n" + "".join(dev.talk[-40:])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gatewright", required=True)
    gatewright = str(pathlib.Path(parser.parse_args().gatewright).resolve())
    passed = failed = 0
    with tempfile.TemporaryDirectory() as folder:
        state = pathlib.Path(folder) / "state"
        state.mkdir()
        embedded = Embedded(gatewright, state)
        try:
            for check in sorted(HERE.glob("check_*.py")):
                done = subprocess.run([sys.executable, str(check), embedded.url], env=ENVIRONMENT, cwd=folder, timeout=900)
                print(f"{check.name}: {'ok' if done.returncode == 0 else 'FAILED'}", flush=True)
                passed, failed = (passed + 1, failed) if done.returncode == 0 else (passed, failed + 1)
        finally:
            embedded.stop()
        reason = integrations.check(gatewright, folder)
        print(f"integration templates: {'ok' if reason is None else 'FAILED: ' + reason}", flush=True)
        passed, failed = (passed + 1, failed) if reason is None else (passed, failed + 1)
        reason = road(gatewright, folder)
        print(f"dev: {'ok' if reason is None else 'FAILED: ' + reason}", flush=True)
        passed, failed = (passed + 1, failed) if reason is None else (passed, failed + 1)
        moto = Moto()
        try:
            reason = against_moto(gatewright, moto.url, folder)
        finally:
            moto.stop()
        print(f"import into moto: {'ok' if reason is None else 'FAILED: ' + reason}", flush=True)
        passed, failed = (passed + 1, failed) if reason is None else (passed, failed + 1)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
