"""Payloads of every kind against a compiled handler, behind the embedded gateway.

    target/python/bin/python tests/wire/payloads.py --gatewright target/debug/gatewright [--count N] [--seed N]

Runs tests/data/scaffold/types.yaml with `dev`, its handlers answering with what they have read. Random bodies, good ones
and bad ones, are sent and judged beside Python's jsonschema: what is of its schema is a 200 that gives it back, all else
a 400 whose first place is that of the mistake. Broken texts, parameters, headers and forms get what the document says.
Nothing is ever a 500. Needs what tests/wire/requirements.txt lists.
"""

import argparse
import base64
import copy
import http.client
import json
import os
import pathlib
import random
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import jsonschema
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DOCUMENT = ROOT / "tests" / "data" / "scaffold" / "types.yaml"

HANDLERS = {
    "put_thing": """use crate::api::ops::put_thing::{Input, Output};
use crate::api::rt::{Ctx, Error};

pub async fn handle(input: Input, _: Ctx) -> Result<Output, Error> {
    Ok(Output::Ok(input.body))
}
""",
    "post_form": """use crate::api::ops::post_form::{Body, Input, Output};
use crate::api::rt::{Ctx, Error};

pub async fn handle(input: Input, _: Ctx) -> Result<Output, Error> {
    Ok(Output::Ok(match input.body {
        Body::Form(form) | Body::Multipart(form) => serde_json::to_value(form)?,
        Body::Text(text) => text.into(),
        Body::OctetStream(bytes) => bytes.len().into(),
    }))
}
""",
    "anything": """use crate::api::ops::anything::{Input, Output};
use crate::api::rt::{Ctx, Error, Response};

pub async fn handle(input: Input, ctx: Ctx) -> Result<Output, Error> {
    let said = serde_json::json!({ "method": ctx.request.method, "proxy": input.proxy, "length": ctx.request.body.len() });
    Ok(Output::Raw(Response::json(200, "application/json", &said)?))
}
""",
}

GOOD = {
    "name": "rex", "size": 3, "big": 9007199254740993, "price": 1.25, "single": 0.5, "flag": True,
    "when": "2026-01-02T03:04:05Z", "day": "2026-01-02", "uid": "4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1a",
    "bytes": "Z2F0ZQ==", "mail": "a@b.example", "address": "192.0.2.1", "link": "https://example.com/x",
    "level": "low", "code": 2, "tags": ["a", "b"], "grid": [[1, 2], []], "shape": {"kind": "circle", "radius": 1.5},
    "any": [True, False], "counts": {"a": 1}, "closed": {"a": "x", "b": 1}, "open": {"a": "x", "n": 5}, "note": None,
    "whole": {"first": "a", "age": 3}, "child": {"name": "kit", "size": 1}, "pair": {"left": None}, "part": 2, "free": {"x": [1, None]}, "type": "plain",
    "a/b~c": 7, "split": {"a": "longer", "b": 1}, "small": 255, "ratio": 2.25, "sure": True, "pair_of": [1, 2], "odd": 3,
    "word": "high", "few": {"a": 1}, "either": {"n": 1}, "outside": 11, "days": ["2026-01-02"],
    "moment": "2026-01-02T03:04:05.5+01:00", "told": {"kind": "oval", "n": 2},
}

JUNK = [
    None, True, False, 0, 1, -1, 2, 3.0, 3.5, 256, 0.1, 1e300, -1e300, 2**31, 2**53 + 1, 2**63, 2**64, 10**30, "", "a", "REX",
    "x" * 300, "\u0000", "\U0001f600", "null", "1", "{", "2026-13-45", "low", "circle", [], [None], [[]], ["a", "a"],
    [1, 2, 3, 4], {}, {"a": None}, {"kind": "square", "side": 3}, {"kind": "square", "side": 11}, {"kind": "oval"},
    {"kind": 7}, {"first": 1}, {"first": "longer than that"}, {"age": -1}, {"a": 1}, {"": ""}, {"a": {"a": {"a": {}}}},
    1.0, 0.5, 10, 12, [3], [1.0, 2], {"extra": 1, "n": 1}, {"a": 1, "n": 2, "extra": 3}, {"kind": "circle", "a": "x"},
    "2026-01-02 03:04:05Z", "2026-01-02t03:04:05z", "2026-01-02T03:04Z", "2026-01-02T03:04:05", "2026-1-2", "20260102",
    "2026-02-30", "4F9D3C1E-5C5E-4D6F-8A51-0F6F5F9C2B1A", "4f9d3c1e5c5e4d6f8a510f6f5f9c2b1a",
    "urn:uuid:4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1a", "{4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1a}",
]


def oracle():
    document = yaml.safe_load(DOCUMENT.read_text())

    def converted(node):
        if isinstance(node, list):
            return [converted(item) for item in node]
        if not isinstance(node, dict):
            return node
        node = {key: converted(value) for key, value in node.items() if key not in ("discriminator", "default")}
        if node.pop("nullable", False):
            node = {"anyOf": [node, {"type": "null"}]}
        bounds = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1), "uint8": (0, 255)}
        if node.get("type") == "integer":
            least, most = bounds[node.get("format", "int64")]
            node = {"allOf": [node, {"minimum": least, "maximum": most}]}
        return node

    schemas = converted(document["components"]["schemas"])
    # The discriminator decides: what has the name of one is that one.
    for name, tag in (("Circle", "circle"), ("Square", "square")):
        schemas[name]["properties"]["kind"] = {"enum": [tag]}
    checker = jsonschema.FormatChecker(formats=())

    def form(name, pattern):
        checker.checks(name)(lambda value: not isinstance(value, str) or re.fullmatch(pattern, value) is not None)

    day = r"\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])|(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))"
    form("date-time", day + r"[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)")
    form("date", day)
    form("uuid", r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
    form("email", r"[^\s]+@[^\s]+")
    form("ipv4", r"(\d{1,3}\.){3}\d{1,3}")
    form("uri", r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"\\^`{|}\x00]*")

    def is_base64(value):
        if not isinstance(value, str):
            return True
        try:
            return base64.b64encode(base64.b64decode(value, validate=True)).decode() == value
        except ValueError:
            return False

    checker.checks("byte")(is_base64)
    root = {"components": {"schemas": schemas}}
    # Whole numbers with a fraction of nothing are integers to JSON Schema since draft 6, and texts of numbers to nobody.
    draft4 = jsonschema.Draft4Validator
    number = lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)
    types = draft4.TYPE_CHECKER.redefine("integer", lambda _, value: number(value) and float(value).is_integer())
    validator = jsonschema.validators.extend(draft4, type_checker=types)
    return lambda name: validator({"$ref": f"#/components/schemas/{name}", **root}, format_checker=checker)


def places(value, at=()):
    yield at
    if isinstance(value, dict):
        for key in value:
            yield from places(value[key], (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*at, index))


def mutated(value, rng):
    value = copy.deepcopy(value)
    for _ in range(rng.choice([0, 1, 1, 1, 2, 3])):
        at = rng.choice(list(places(value)))
        if not at:
            continue
        parent = value
        for step in at[:-1]:
            parent = parent[step]
        what = rng.random()
        if what < 0.6:
            parent[at[-1]] = copy.deepcopy(rng.choice(JUNK))
        elif what < 0.8:
            del parent[at[-1]]
        elif isinstance(parent, dict):
            parent[rng.choice(["extra", "name", "a", "kind", "n"])] = copy.deepcopy(rng.choice(JUNK))
        else:
            parent.append(copy.deepcopy(rng.choice(JUNK)))
    return value


def pointer(path):
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def kept(before, after, optional=True):
    """Whether what came back is what was sent, but for members that are not the schema's, and nulls."""
    if isinstance(before, dict) and isinstance(after, dict):
        return all(kept(before[key], value) for key, value in after.items() if key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(kept, before, after))
    if isinstance(before, (int, float)) and isinstance(after, (int, float)):
        return abs(before - after) <= 1e-6 * max(1.0, abs(before))
    if isinstance(before, str) and isinstance(after, str) and before.lower() == after:
        return True
    return before == after or (isinstance(before, str) and isinstance(after, str) and before[:10] == after[:10])


class Client:
    def __init__(self, url):
        parsed = urllib.parse.urlsplit(url)
        self.host, self.port, self.base = parsed.hostname, parsed.port, parsed.path.rstrip("/")
        self.connection = None
        self.sent = 0
        self.failures = []

    def send(self, method, target, body=b"", headers=()):
        self.sent += 1
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
            try:
                self.connection.putrequest(method, self.base + target, skip_accept_encoding=True)
                for name, value in headers:
                    self.connection.putheader(name, value)
                self.connection.putheader("Content-Length", str(len(body)))
                self.connection.endheaders(body)
                answer = self.connection.getresponse()
                return answer.status, answer.getheader("content-type", ""), answer.read()
            except (http.client.HTTPException, ConnectionError):
                self.connection = None
                if attempt == 2:
                    raise

    def fail(self, what, answer):
        self.failures.append(f"{what}: {answer[0]} {answer[2][:400]!r}")

    def expect(self, what, answer, statuses):
        if answer[0] not in statuses:
            self.fail(f"{what} (wanted {statuses})", answer)
            return False
        if answer[0] == 400:
            problem = json.loads(answer[2]) if answer[1].startswith("application/problem+json") else {}
            if not problem.get("errors") and "detail" not in problem:
                self.fail(f"{what}: no problem", answer)
        return True


JSON = ("Content-Type", "application/json")


def bodies(client, rng, count):
    validator = oracle()("Thing")
    outcomes = {200: 0, 400: 0}
    for _ in range(count):
        value = mutated(GOOD, rng)
        errors = sorted(validator.iter_errors(value), key=lambda error: len(error.absolute_path))
        text = json.dumps(value)
        answer = client.send("PUT", "/things/1", text.encode(), [JSON])
        wanted = 400 if errors else 200
        if answer[0] not in (200, 400):
            client.fail(f"body {text}", answer)
            continue
        outcomes[answer[0]] += 1
        if answer[0] != wanted:
            # Where two are right: a number like 3.0 is an integer to JSON Schema, and not to serde.
            client.fail(f"body {text}, by jsonschema {[e.message[:100] for e in errors[:2]] or 'right'}", answer)
        elif answer[0] == 200 and not kept(value, json.loads(answer[2])):
            client.fail(f"body {text} came back otherwise", answer)
        elif answer[0] == 400:
            said = [error["pointer"] for error in json.loads(answer[2]).get("errors", [])]
            known = ["/body" + pointer(error.absolute_path) for error in errors]
            if not any(a.startswith(b) or b.startswith(a) for a in said for b in known):
                client.fail(f"body {text}: places {said}, by jsonschema {known}", answer)
    return outcomes


def broken(client):
    good = json.dumps(GOOD).encode()
    texts = {
        "nothing": b"", "space": b"  ", "half": good[: len(good) // 2], "more": good + b"}", "NUL": b"\x00" + good,
        "deep lists": b"[" * 100_000, "deep objects": b'{"a":' * 50_000, "a mark": b"\xef\xbb\xbf" + good,
        "not UTF-8": good.replace(b"rex", b"\xff\xfe"), "huge number": b'{"name":"a","size":1e999}',
        "negative zero": None, "long": b'{"name":"a","size":1,"free":"' + b"x" * 3_000_000 + b'"}',
        "twice": b'{"name":"a","name":"b","size":1}', "NaN": b'{"name":"a","size":NaN}',
        "half a surrogate": b'{"name":"\\ud800","size":1}', "deep child": None,
    }
    deep = b'{"name":"a","size":1'
    texts["deep child"] = b'{"name":"a","size":1,"child":' * 60 + deep + b"}" * 61
    texts["negative zero"] = b'{"name":"a","size":-0}'
    # Where JSON itself leaves it open, either will do.
    right, either = {"long", "deep child"}, {"negative zero", "twice"}
    for what, text in texts.items():
        answer = client.send("PUT", "/things/1", text, [JSON])
        statuses = {200, 413} if what in right else {200, 400} if what in either else {400}
        client.expect(f"text: {what}", answer, statuses)
    for media in ["text/html", "application/xml", "", "application/json; charset=utf-8", "APPLICATION/JSON", "\u00ff/\u00ff", "*/*"]:
        answer = client.send("PUT", "/things/1", good, [("Content-Type", media.encode("latin-1"))])
        client.expect(f"media type {media!r}", answer, {200, 415})


def parameters(client, rng, count):
    good = json.dumps({"name": "a", "size": 1}).encode()
    query = {
        "limit": (["1", "100", "020"], ["0", "101", "", "x", "1.5", "99999999999", "1e2", " 1", "-1", "\u0661"]),
        "ratio": (["0.5", "2", "-1.5", "1e2"], ["0.3", "NaN", "inf", "", "x", "0x10"]),
        "flag": (["true", "false"], ["True", "1", "", "yes"]),
        "when": (["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.5+01:00"], ["2026-01-02", "x", "", "2026-01-02T25:00:00Z"]),
        "day": (["2026-01-02"], ["2026-02-30", "x", "", "2026-1-2T"]),
        "uid": (["4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1a"], ["x", "", "4f9d3c1e-5c5e-4d6f-8a51-0f6f5f9c2b1"]),
        "kind": (["one", "two"], ["One", "", "three"]),
        "code": (["1", "2"], ["3", "one", ""]),
        "ids": (["1", "1,2,3"], ["1,x", "1,,2", "1|2", "1.5"]),
        "pipes": (["1", "1|2|3"], ["1,2", "x", "1|"]),
        "tags": (["a", "abcde", ""], ["abcdef"]),
        "filter[name]": (["a", "\u00e9"], [""]),
        "json": (['{"name":"a"}', '{"name":"a","age":3}'], ["", "{", '{"age":1}', "[]", '{"name":"a","age":-1}', "null"]),
        "unknown": (["x", ""], []),
    }
    for name, (right, wrong) in query.items():
        for values, statuses in ((right, {200}), (wrong, {400})):
            for value in values:
                target = f"/things/1?{urllib.parse.quote(name)}={urllib.parse.quote(value)}"
                answer = client.send("PUT", target, good, [JSON])
                if client.expect(f"query {name}={value!r}", answer, statuses) and statuses == {400}:
                    place = "/query/" + name.split("[")[0]
                    said = [error["pointer"] for error in json.loads(answer[2])["errors"]]
                    if not all(pointer.startswith(place) for pointer in said):
                        client.fail(f"query {name}={value!r}: the places are {said}", answer)
    more = {
        "tags=a&tags=b&tags=c": {200}, "tags=a&tags=b&tags=c&tags=d": {400}, "tags=a&tags=a": {400},
        "filter[age]=3": {400}, "filter[name]=a&filter[age]=-1": {400}, "filter[name]=a&filter[age]=x": {400},
        "filter[name]=a&filter[any]=x&filter[any]=y": {200}, "filter=x": {400}, "filter[name][x]=1": {400},
        "limit=1&limit=2": {200, 400}, "%": {200, 400}, "limit=%zz": {400}, "a=%00": {200, 400}, "=": {200, 400}, "&&&": {200},
        "filter[[[[=1": {200, 400}, "filter[" + "a[" * 100 + "=1": {200, 400}, "limit": {400}, "x" * 4000: {200, 414},
    }
    for text, statuses in more.items():
        client.expect(f"query {text[:60]}", client.send("PUT", f"/things/1?{text}", good, [JSON]), statuses)
    for id_, statuses in {
        "1": {200}, "9223372036854775807": {200}, "0": {400}, "-1": {400}, "9223372036854775808": {400}, "x": {400},
        "%31": {200, 400}, "1%2F2": {400, 403}, "%00": {400}, "%F0%9F%98%80": {400}, "1.0": {400}, "%20": {400}, "..": {400, 403},
    }.items():
        client.expect(f"path {id_}", client.send("PUT", f"/things/{id_}", good, [JSON]), statuses)
    for headers, statuses in [
        ([("X-Count", "3")], {200}), ([("X-Count", "-1")], {400}), ([("X-Count", "x")], {400}), ([("X-Count", "")], {400}),
        ([("X-List", "1,2, 3")], {200}), ([("X-List", "1"), ("X-List", "2")], {200}), ([("X-List", "1,x")], {400}),
        ([("Cookie", "session=abc")], {200}), ([("Cookie", "session=a")], {400}), ([("Cookie", "; ;=;session")], {200, 400}),
        ([("X-Count", b"\xff")], {200, 400}), ([("X-" + "a" * 200, "x" * 4000)], {200, 431}),
    ]:
        client.expect(f"headers {headers}", client.send("PUT", "/things/1", good, [JSON, *headers]), statuses)
    alphabet = list("abc=&%[]{}|,;+/?#\"'<>\\ 0123456789") + ["\u00e9", "%00", "%ff", "limit", "filter", "tags"]
    for _ in range(count):
        text = "".join(rng.choice(alphabet) for _ in range(rng.randrange(40)))
        text = urllib.parse.quote(text, safe="=&%[]|,;+/?'")
        answer = client.send("PUT", f"/things/1?{text}", good, [JSON])
        client.expect(f"random query {text}", answer, {200, 400})


def forms(client, rng, count):
    form = ("Content-Type", "application/x-www-form-urlencoded")
    for text, statuses in {
        "name=a&count=1": {200}, "name=a&count=1&flag=true&list=1&list=2": {200}, "name=a": {400}, "": {400}, "count=1": {400},
        "name=&count=1": {400}, "name=a&count=x": {400}, "name=a&count=-1": {400}, "name=a&count=1&list=1&list=2&list=3&list=4": {400},
        "name=a&count=1&filter[name]=x": {200}, 'name=a&count=1&filter={"name":"x"}': {200}, "name=a&count=1&filter[age]=1": {400},
        "name=a%20b+c&count=1": {200}, "name=%ff&count=1": {400}, "&&=&name=a&count=1": {200}, "name=a&name=b&count=1": {200, 400},
        "name=a&count=1&file=x%00y": {200},
    }.items():
        client.expect(f"form {text}", client.send("POST", "/forms", text.encode(), [form]), statuses)
    answer = client.send("POST", "/forms", b"name=a%20b&count=1&list=3", [form])
    if answer[0] != 200 or json.loads(answer[2]) != {"name": "a b", "count": 1, "list": [3]}:
        client.fail("a form came back otherwise", answer)

    def multipart(parts, boundary="xyz", end=True):
        text = b"".join(b'--%s\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (boundary.encode(), n, v) for n, v in parts)
        return text + (b"--%s--\r\n" % boundary.encode() if end else b"")

    media = ("Content-Type", "multipart/form-data; boundary=xyz")
    good = multipart([(b"name", b"a"), (b"count", b"1"), (b"file", bytes(range(256)))])
    for what, body, headers, statuses in [
        ("good", multipart([(b"name", b"a"), (b"count", b"1")]), [media], {200}),
        ("bytes", good, [media], {200, 400}), ("no boundary", good, [("Content-Type", "multipart/form-data")], {400}),
        ("no end", multipart([(b"name", b"a"), (b"count", b"1")], end=False), [media], {200, 400}),
        ("nothing", b"", [media], {400}), ("other boundary", good.replace(b"xyz", b"abc"), [media], {400}),
        ("missing", multipart([(b"name", b"a")]), [media], {400}), ("no name", b"--xyz\r\n\r\nx\r\n--xyz--", [media], {400}),
        ("text", "gr\u00fc\u00df".encode(), [("Content-Type", "text/plain")], {200}), ("empty text", b"", [("Content-Type", "text/plain")], {400}),
        ("octets", b"\x00\x01", [("Content-Type", "application/octet-stream")], {200}), ("json", b"{}", [JSON], {415}),
        ("no type", b"name=a&count=1", [], {200}), ("odd type", b"x", [("Content-Type", ";;;")], {200, 400, 415}),
    ]:
        client.expect(f"form, {what}", client.send("POST", "/forms", body, headers), statuses)
    for _ in range(count):
        body = bytes(rng.randrange(256) for _ in range(rng.randrange(200)))
        kind = rng.choice([form, media, ("Content-Type", "text/plain"), ("Content-Type", "application/octet-stream")])
        client.expect(f"random {kind[1]}: {body!r}", client.send("POST", "/forms", body, [kind]), {200, 400})


def anything(client):
    for method in ["GET", "POST", "DELETE", "PATCH", "HEAD"]:
        answer = client.send(method, "/anything/a/b%20c", b"xy" if method == "POST" else b"")
        if answer[0] != 200 or (method != "HEAD" and json.loads(answer[2])["method"] != method):
            client.fail(f"{method} of a proxy", answer)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gatewright", type=pathlib.Path, required=True)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    gatewright, rng = str(arguments.gatewright.resolve()), random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder) / "handlers"
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        scaffold = [gatewright, "scaffold", str(DOCUMENT), "-o", str(project), "--per", "api"]
        subprocess.run(scaffold, check=True, cwd=folder, **quiet)
        (pathlib.Path(folder) / "gatewright.toml").write_text('[scaffold]\nper = "api"\n')
        for name, text in HANDLERS.items():
            (project / "src" / "handlers" / f"{name}.rs").write_text(text)
        environment = {**os.environ, "NO_COLOR": "1", "CARGO_TARGET_DIR": str(ROOT / "target" / "handlers")}
        process = subprocess.Popen(
            [gatewright, "dev", str(DOCUMENT), "--port", "0", "--handlers", str(project)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=folder,
        )
        talk = []
        threading.Thread(target=lambda: talk.extend(process.stderr), daemon=True).start()
        try:
            line = next((line for line in process.stdout if line.startswith("curl ")), None)
            if line is None:
                raise SystemExit("dev did not start:\n" + "".join(talk[-40:]))
            stage = re.search(r"(http://[\d.:]+)/_aws/execute-api/[^/]+/[^/]+", line) or re.search(r"http://[^/]+/[^/]+", line)
            client = Client(stage.group(0))
            outcomes = bodies(client, rng, arguments.count)
            broken(client)
            parameters(client, rng, arguments.count // 4)
            forms(client, rng, arguments.count // 4)
            anything(client)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)
        panics = [line for line in talk if "panicked" in line]
        for failure in (client.failures + panics)[:40]:
            print(failure)
        print(f"{client.sent} requests, {len(client.failures)} failed, {len(panics)} panics; bodies: {outcomes}")
        return 1 if client.failures or panics else 0


if __name__ == "__main__":
    sys.exit(main())
