"""Runs the handler of a function in Python behind Lambda's Runtime API (Lambda developer guide, `runtimes-api`)."""

import sys

# The function's own files must not stand for what is imported here: `-c` puts its folder first.
sys.path[:] = [folder for folder in sys.path if folder]

import decimal
import http.client
import importlib
import json
import logging
import os
import time
import traceback

API = os.environ["AWS_LAMBDA_RUNTIME_API"]
ROOT = os.environ["LAMBDA_TASK_ROOT"]
HANDLER = os.environ["_HANDLER"]
# From 3.12 on answers keep their characters, before they are escaped (Lambda developer guide, `lambda-python`).
KEEPS_CHARACTERS = sys.version_info >= (3, 12)


class Failure(Exception):
    """An error of the runtime's own, with its type and the places it is from."""

    def __init__(self, kind, message, trace=()):
        super().__init__(message)
        self.answer = {"errorMessage": message, "errorType": kind, "requestId": "", "stackTrace": list(trace)}


class Identity:
    cognito_identity_id = None
    cognito_identity_pool_id = None


class Client:
    def __init__(self, said):
        self.__dict__.update(said)


class ClientContext:
    def __init__(self, said):
        self.custom = said.get("custom")
        self.env = said.get("env")
        self.client = Client(said.get("client") or {})


class Context:
    """What a handler learns of its invocation (Lambda developer guide, `python-context`)."""

    function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
    function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
    memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
    log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
    log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
    tenant_id = None

    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.identity = Identity()
        said = headers["Lambda-Runtime-Client-Context"]
        # Headers are read as Latin-1, and hold UTF-8.
        said = json.loads(said.encode("latin-1").decode()) if said else None
        self.client_context = ClientContext(said) if isinstance(said, dict) else None
        self._deadline = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(self._deadline - int(time.time() * 1000), 0)


class Lines(logging.Handler):
    """Writes what is logged as Lambda does: level, time, request and text, parted by tabs."""

    request_id = ""

    def emit(self, record):
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        text = self.format(record)
        print(f"[{record.levelname}]\t{moment}.{int(record.msecs):03d}Z\t{self.request_id}\t{text}\n", end="")


def loaded():
    """Returns the handler that the function names."""
    sys.path.insert(0, ROOT)
    module, dot, name = HANDLER.rpartition(".")
    if not dot:
        words = f"Bad handler '{HANDLER}': not enough values to unpack (expected 2, got 1)"
        raise Failure("Runtime.MalformedHandlerName", words)
    try:
        found = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        raise Failure("Runtime.ImportModuleError", f"Unable to import module '{module}': {error}") from None
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        words = f"Syntax error in module '{module}': {error}"
        raise Failure("Runtime.UserCodeSyntaxError", words, trace) from None
    if not hasattr(found, name):
        raise Failure("Runtime.HandlerNotFound", f"Handler '{name}' missing on module '{module}'")
    return getattr(found, name)


def is_own(frame):
    """Returns whether a frame is of this file or of what imports modules, and not of the function."""
    return frame.filename == "<string>" or frame.filename == importlib.__file__ or "frozen importlib" in frame.filename


def words_of(error):
    try:
        return str(error)
    except Exception:
        return f"<unprintable {type(error).__name__} object>"


def placed(text):
    """Returns a text with the function's folder as Lambda names it."""
    return text.replace(ROOT, "/var/task")


def failed(error, request_id=""):
    """Returns what an error is answered with, and writes it to the log."""
    if isinstance(error, Failure):
        answer = {**error.answer, "requestId": request_id}
    else:
        frames = traceback.extract_tb(error.__traceback__)
        trace = traceback.format_list([frame for frame in frames if not is_own(frame)])
        answer = {"errorMessage": words_of(error), "errorType": type(error).__name__, "requestId": request_id, "stackTrace": trace}
    answer["errorMessage"] = placed(answer["errorMessage"])
    answer["stackTrace"] = [placed(line) for line in answer["stackTrace"]]
    lines = [f"[ERROR] {answer['errorType']}: {answer['errorMessage']}"]
    if answer["stackTrace"]:
        lines += ["Traceback (most recent call last):", "".join(answer["stackTrace"]).rstrip()]
    print("\n".join(lines))
    return answer


def plain(value):
    if isinstance(value, decimal.Decimal):
        return float(value)
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")


def answered(value):
    try:
        return json.dumps(value, default=plain, ensure_ascii=not KEEPS_CHARACTERS).encode()
    except (TypeError, ValueError) as error:
        raise Failure("Runtime.MarshalError", f"Unable to marshal response: {error}") from None


class Runtime:
    """The connection to the Runtime API."""

    def __init__(self):
        self.connection = http.client.HTTPConnection(API)

    def call(self, method, path, body=None, headers=()):
        self.connection.request(method, f"/2018-06-01/runtime/{path}", body, dict(headers))
        answer = self.connection.getresponse()
        return answer.headers, answer.read()

    def fail(self, path, answer):
        kind = answer["errorType"].encode("ascii", "backslashreplace").decode()
        self.call("POST", path, json.dumps(answer).encode(), {"Lambda-Runtime-Function-Error-Type": kind})


def main():
    # Whatever the machine's own encoding is, text is written.
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    runtime = Runtime()
    lines = Lines()
    logging.getLogger().addHandler(lines)
    try:
        handler = loaded()
    except Exception as error:
        runtime.fail("init/error", failed(error))
        sys.exit(1)
    while True:
        headers, event = runtime.call("GET", "invocation/next")
        lines.request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        if headers["Lambda-Runtime-Trace-Id"]:
            os.environ["_X_AMZN_TRACE_ID"] = headers["Lambda-Runtime-Trace-Id"]
        path = f"invocation/{lines.request_id}"
        try:
            body = answered(handler(json.loads(event), Context(headers)))
        except Exception as error:
            runtime.fail(f"{path}/error", failed(error, lines.request_id))
            continue
        runtime.call("POST", f"{path}/response", body)


main()
