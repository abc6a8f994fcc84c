"""Functions of Lambda's own runtimes: handlers in Python, and in Node.js where this machine has it; alone, behind an API, and
at addresses of their own.

Takes the endpoint's URL as its argument.
"""

import base64
import http.client
import io
import json
import shutil
import sys
import urllib.parse
import zipfile

import boto3
from botocore.config import Config

ENDPOINT = sys.argv[1]
CONFIG = Config(retries={"max_attempts": 0})
rest, functions = (
    boto3.client(name, endpoint_url=ENDPOINT, region_name="us-east-1", config=CONFIG) for name in ("apigateway", "lambda")
)
passed = failed = 0

PYTHON = """
import decimal
import logging
import sys

def handler(event, context):
    print("printed")
    logging.getLogger().warning("logged %s", event.get("n"))
    if event.get("raise"):
        raise KeyError("k")
    if event.get("object"):
        return object()
    if event.get("exit"):
        sys.exit(3)
    if event.get("class"):
        raise type("Ошибка", (Exception,), {})("\\ud800")
    if event.get("client"):
        return context.client_context and context.client_context.custom
    left = context.get_remaining_time_in_millis()
    return {"n": event.get("n"), "name": context.function_name, "left": 0 < left <= 3000, "d": decimal.Decimal("1.5")}

def echo(event, context):
    if event["rawPath"] == "/fail":
        raise ValueError("v")
    return event

def proxy(event, context):
    return {"statusCode": 201, "headers": {"x-path": event["path"]}, "body": event["body"].upper()}
"""

NODE = """
exports.handler = async (event, context) => {
  console.log("printed", event.n);
  if (event.raise) throw new TypeError("t");
  if (event.circle) { const error = new Error("c"); error.self = error; error.name = "Круг"; throw error; }
  if (event.nothing) throw Object.create(null);
  if (event.client) return context.clientContext;
  const left = context.getRemainingTimeInMillis();
  return { n: event.n, name: context.functionName, left: 0 < left && left <= 3000 };
};
exports.callback = (event, context, callback) => setTimeout(() => callback(event.raise ? "said" : null, event.n), 5);
exports.nothing = () => 5;
"""


def expect(what, found, wanted):
    global passed, failed
    passed, failed = (passed + 1, failed) if found == wanted else (passed, failed + 1)
    if found != wanted:
        print(f"FAILED {what}: {found!r} instead of {wanted!r}")


def made(name, runtime, handler, files):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    arguments = {"Runtime": runtime, "Handler": handler, "Role": "arn:aws:iam::000000000000:role/r"}
    return functions.create_function(FunctionName=name, Code={"ZipFile": file.getvalue()}, **arguments)["FunctionArn"]


def invoked(name, said=None, **event):
    """Returns what kind of error there was, the answer, and the log."""
    context = {} if said is None else {"ClientContext": base64.b64encode(json.dumps(said).encode()).decode()}
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event), LogType="Tail", **context)
    log = base64.b64decode(answer["LogResult"]).decode()
    return answer.get("FunctionError"), json.loads(answer["Payload"].read()), log


def refused(name, **event):
    error, answer, _ = invoked(name, **event)
    return error, answer["errorType"], answer["errorMessage"]


def python():
    made("python", "python3.12", "pkg/app.handler", {"pkg/app.py": PYTHON, "pkg/__init__.py": "", "json.py": "1 / 0"})
    error, answer, log = invoked("python", n="é")
    expect("an answer", (error, answer), (None, {"n": "é", "name": "python", "left": True, "d": 1.5}))
    expect("what is printed", "\nprinted\n" in log, True)
    expect("what is logged", [line.split("\t")[::3] for line in log.splitlines() if "WARNING" in line], [["[WARNING]", "logged é"]])
    error, answer, log = invoked("python", **{"raise": True})
    expect("an error", (error, answer["errorType"], answer["errorMessage"]), ("Unhandled", "KeyError", "'k'"))
    trace = answer["stackTrace"]
    expect("its trace", [('File "/var/task/pkg/app.py", line 10, in handler' in trace[0], 'raise KeyError("k")' in trace[0], len(trace))], [(True, True, 1)])
    expect("its log", "[ERROR] KeyError: 'k'\nTraceback (most recent call last):\n" in log, True)
    expect("a client", invoked("python", said={"custom": {"k": "é"}}, client=True)[:2], (None, {"k": "é"}))
    expect("a client that is none", invoked("python", said=[1], client=True)[:2], (None, None))
    expect("another script", refused("python", **{"class": True})[1], "Ошибка")
    words = "Unable to marshal response: Object of type object is not JSON serializable"
    expect("no JSON", refused("python", object=True), ("Unhandled", "Runtime.MarshalError", words))
    error, answer, _ = invoked("python", exit=True)
    expect("an end", (error, answer["errorType"]), ("Unhandled", "Runtime.ExitError"))
    expect("after it", invoked("python", n=1)[:2], (None, {"n": 1, "name": "python", "left": True, "d": 1.5}))
    functions.delete_function(FunctionName="python")
    for what, handler, text, kind, words in (
        ("no module", "gone.handler", "", "Runtime.ImportModuleError", "Unable to import module 'gone': No module named 'gone'"),
        ("no handler", "app.gone", "", "Runtime.HandlerNotFound", "Handler 'gone' missing on module 'app'"),
        ("an import", "app.handler", "import gone_too", "Runtime.ImportModuleError", "Unable to import module 'app': No module named 'gone_too'"),
        ("no name", "handler", "", "Runtime.MalformedHandlerName", "Bad handler 'handler': not enough values to unpack (expected 2, got 1)"),
        ("a failing module", "app.handler", "1 / 0", "ZeroDivisionError", "division by zero"),
    ):
        made("broken", "python3.9", handler, {"app.py": text})
        expect(what, refused("broken"), ("Unhandled", kind, words))
        functions.delete_function(FunctionName="broken")
    made("broken", "python3.9", "app.handler", {"app.py": "def ("})
    expect("a syntax error", refused("broken")[1], "Runtime.UserCodeSyntaxError")
    functions.delete_function(FunctionName="broken")


def behind_an_api():
    function = made("python", "python3.13", "app.proxy", {"app.py": PYTHON})
    created = rest.create_rest_api(name="runtimes")
    ids = {"restApiId": created["id"], "resourceId": created["rootResourceId"], "httpMethod": "POST"}
    rest.put_method(**ids, authorizationType="NONE")
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations"
    rest.put_integration(**ids, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri)
    rest.create_deployment(restApiId=created["id"], stageName="s")
    functions.add_permission(
        FunctionName="python", StatementId="s", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com"
    )
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(ENDPOINT).netloc, timeout=30)
    connection.request("POST", "/s", "body", {"Host": f"{created['id']}.execute-api.localhost"})
    answer = connection.getresponse()
    expect("behind an API", (answer.status, answer.getheader("x-path"), answer.read()), (201, "/", b"BODY"))
    connection.close()
    functions.update_function_configuration(FunctionName="python", Handler="app.handler")
    expect("another handler", invoked("python", n=2)[1]["n"], 2)
    functions.delete_function(FunctionName="python")
    rest.delete_rest_api(restApiId=created["id"])


def node():
    made("node", "nodejs22.x", "src/index.handler", {"src/index.js": NODE})
    error, answer, log = invoked("node", n=1)
    expect("an answer of Node.js", (error, answer), (None, {"n": 1, "name": "node", "left": True}))
    expect("what is printed in Node.js", "\tINFO\tprinted 1\n" in log, True)
    expect("an error of Node.js", refused("node", **{"raise": True}), ("Unhandled", "TypeError", "t"))
    expect("a client of Node.js", invoked("node", said={"k": "é"}, client=True)[1], {"k": "é"})
    expect("an error in a circle", refused("node", circle=True), ("Unhandled", "Круг", "c"))
    expect("an error that is nothing", refused("node", nothing=True)[1], "object")
    for handler, event, wanted in (
        ("callback", {"n": 3}, (None, 3)),
        ("nothing", {}, (None, None)),
    ):
        functions.update_function_configuration(FunctionName="node", Handler=f"src/index.{handler}")
        expect(handler, invoked("node", **event)[:2], wanted)
    functions.update_function_configuration(FunctionName="node", Handler="src/index.callback")
    expect("an error called back", refused("node", **{"raise": True}), ("Unhandled", "string", "said"))
    functions.update_function_configuration(FunctionName="node", Handler="src/index.gone")
    expect("no export", refused("node"), ("Unhandled", "Runtime.HandlerNotFound", "src/index.gone is undefined or not exported"))
    functions.update_function_configuration(FunctionName="node", Handler="gone.handler")
    expect("no file", refused("node")[1], "Runtime.ImportModuleError")
    functions.delete_function(FunctionName="node")
    made("node", "nodejs20.x", "index.handler", {"index.mjs": "export const handler = async (event) => event"})
    expect("an ES module", invoked("node", n=4)[1], {"n": 4})
    functions.delete_function(FunctionName="node")
    module = "const n = await Promise.resolve(1); export const handler = async () => n"
    made("node", "nodejs22.x", "index.handler", {"index.js": module, "package.json": '{"type": "module"}'})
    expect("an ES module that waits", invoked("node")[1], 1)
    functions.delete_function(FunctionName="node")


def at_a_url():
    arn = made("echo", "python3.12", "app.echo", {"app.py": PYTHON})
    name = {"FunctionName": "echo"}

    def refusal(call, **arguments):
        try:
            call(**arguments)
        except functions.exceptions.ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"], error.response["Error"]["Code"], error.response["Error"]["Message"]
        return "is not refused"

    missing = (404, "ResourceNotFoundException", "The resource you requested does not exist.")
    expect("no address", refusal(functions.get_function_url_config, **name), missing)
    gone = (404, "ResourceNotFoundException", "Function does not exist")
    expect("no function", refusal(functions.create_function_url_config, FunctionName="none", AuthType="NONE"), gone)
    created = functions.create_function_url_config(**name, AuthType="NONE", Cors={"AllowOrigins": ["https://a.test"], "MaxAge": 5})
    url, moment = created["FunctionUrl"], created["CreationTime"]
    members = {"FunctionUrl": url, "FunctionArn": arn, "AuthType": "NONE", "CreationTime": moment, "InvokeMode": "BUFFERED"}
    members["Cors"] = {"AllowOrigins": ["https://a.test"], "MaxAge": 5}
    del created["ResponseMetadata"]
    expect("an address", created, members)
    words = f"Failed to create function url config for [functionArn = {arn}]. Error message:  FunctionUrlConfig exists for this Lambda function"
    expect("two addresses", refusal(functions.create_function_url_config, **name, AuthType="NONE"), (409, "ResourceConflictException", words))
    words = (
        "1 validation error detected: Value '[GET, OPTIONS]' at 'cors.allowMethods' failed to satisfy constraint: Member must satisfy constraint: "
        "[Member must have length less than or equal to 6, Member must have length greater than or equal to 0, "
        "Member must satisfy regular expression pattern: .*, Member must not be null]"
    )
    preflight = {"AllowMethods": ["GET", "OPTIONS"], "AllowOrigins": ["*"]}
    expect("a method of CORS itself", refusal(functions.update_function_url_config, **name, Cors=preflight), (400, "ValidationException", words))
    words = "You can't leave AllowOrigins as empty when Cors is enabled."
    for nobody in ({"AllowMethods": ["GET"]}, {"AllowCredentials": False, "AllowOrigins": []}):
        expect("CORS for nobody", refusal(functions.update_function_url_config, **name, Cors=nobody), (400, "InvalidParameterValueException", words))
    words = "You can't specify additional fields for AllowMethods because you already specified the wildcard character (*)."
    every = {"AllowMethods": ["*", "GET"], "AllowOrigins": ["*"]}
    expect("all methods and one", refusal(functions.update_function_url_config, **name, Cors=every), (400, "InvalidParameterValueException", words))
    common = {"AllowMethods": ["GET"], "AllowOrigins": ["*"]}
    headers = {**common, "AllowHeaders": ["Content-Type", "X-A"], "ExposeHeaders": ["X-Request-Id"]}
    small = {**common, "AllowHeaders": ["content-type", "x-a"], "ExposeHeaders": ["x-request-id"]}
    expect("names of headers", functions.update_function_url_config(**name, Cors=headers)["Cors"], small)
    functions.update_function_url_config(**name, AuthType="NONE")
    expect("CORS that is not named", functions.get_function_url_config(**name).get("Cors"), small)
    functions.update_function_url_config(**name, Cors={})
    expect("CORS taken away", functions.get_function_url_config(**name).get("Cors"), None)
    functions.update_function_url_config(**name, Cors=members["Cors"])
    listed = functions.list_function_url_configs(**name)["FunctionUrlConfigs"]
    expect("addresses", listed, [{**members, "LastModifiedTime": listed[0]["LastModifiedTime"]}])
    host = urllib.parse.urlsplit(url).netloc

    def ask(method, path, body=None, **headers):
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(ENDPOINT).netloc, timeout=30)
        connection.request(method, path, body, {"Host": host, **headers})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text

    answer, text = ask("GET", "/")
    forbidden = "Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
    expect("nobody let in", (answer.status, json.loads(text)), (403, {"Message": forbidden}))
    functions.add_permission(
        **name, StatementId="url", Action="lambda:InvokeFunctionUrl", Principal="*", FunctionUrlAuthType="NONE"
    )
    answer, text = ask("POST", "/a/b?c=d", "x", **{"Content-Type": "text/plain", "Origin": "https://a.test"})
    event = json.loads(text)
    shown = {key: event[key] for key in ("version", "routeKey", "rawPath", "rawQueryString", "body", "isBase64Encoded")}
    expect("an event", shown, {"version": "2.0", "routeKey": "$default", "rawPath": "/a/b", "rawQueryString": "c=d", "body": "x", "isBase64Encoded": False})
    context = {key: event["requestContext"][key] for key in ("accountId", "apiId", "domainName", "stage")}
    id = host.split(".")[0]
    expect("its context", context, {"accountId": "anonymous", "apiId": id, "domainName": host.split(":")[0], "stage": "$default"})
    headers = [answer.getheader(header) for header in ("access-control-allow-origin", "apigw-requestid")]
    expect("headers", (headers, bool(answer.getheader("x-amzn-requestid"))), (["https://a.test", None], True))
    answer, text = ask("GET", "/fail")
    expect("a failure", (answer.status, text), (502, b"Internal Server Error"))
    # The gateway itself finds the address, whatever the machine knows of names below localhost.
    created = rest.create_rest_api(name="to a function URL")
    ids = {"restApiId": created["id"], "resourceId": created["rootResourceId"], "httpMethod": "GET"}
    rest.put_method(**ids, authorizationType="NONE")
    rest.put_integration(**ids, type="HTTP_PROXY", integrationHttpMethod="GET", uri=url)
    rest.create_deployment(restApiId=created["id"], stageName="s")
    host = f"{created['id']}.execute-api.localhost"
    answer, text = ask("GET", "/s")
    expect("behind HTTP_PROXY", (answer.status, json.loads(text)["rawPath"]), (200, "/"))
    rest.delete_rest_api(restApiId=created["id"])
    functions.update_function_url_config(**name, AuthType="AWS_IAM")
    host = urllib.parse.urlsplit(url).netloc
    preflight = {"Origin": "https://a.test", "Access-Control-Request-Method": "GET"}
    expect("a preflight", ask("OPTIONS", "/", **preflight)[0].status, 204)
    expect("unsigned", ask("GET", "/")[0].status, 403)
    functions.delete_function_url_config(**name)
    expect("no address any more", refusal(functions.delete_function_url_config, **name), missing)
    expect("nobody there", (ask("GET", "/")[0].status), 404)
    functions.delete_function(**name)


def others():
    made("java", "java21", "a.Handler", {"a.class": ""})
    words = "functions of the runtime java21 are not run here"
    expect("a runtime that is data alone", refused("java"), ("Unhandled", "Runtime.Unavailable", words))
    functions.delete_function(FunctionName="java")
    try:
        made("none", "perl5", "a.b", {})
        expect("no runtime", "is made", "is refused")
    except functions.exceptions.InvalidParameterValueException as error:
        words = "Value perl5 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ["
        expect("no runtime", error.response["Error"]["Message"].startswith(words), True)


python()
behind_an_api()
at_a_url()
others()
if shutil.which("node"):
    node()
else:
    print("there is no Node.js here: its functions are not looked at")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
