"""The answers of Lambda's calls that go with API Gateway's, strictly: members that are there and that are not, their values,
statuses, errors' types and words.

Takes the endpoint's URL as its argument.
"""

import io
import re
import sys
import zipfile

import boto3
from botocore.config import Config

from answers import Same, Scenario, invalid

CONFIG = Config(retries={"max_attempts": 0}, parameter_validation=False)
client = boto3.client("lambda", endpoint_url=sys.argv[1], region_name="us-east-1", config=CONFIG)
ARN = "arn:aws:lambda:us-east-1:000000000000:function:answers"
ROLE = "arn:aws:iam::000000000000:role/r"
ROLE_PATTERN = r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"
IN_PROGRESS = {"LastUpdateStatus": "InProgress", "LastUpdateStatusReason": "The function is being created.", "LastUpdateStatusReasonCode": "Creating"}
READY = {"State": "Active", "LastUpdateStatus": "Successful"}


class Text(Same):
    """A text of a form, another one each time."""

    def __init__(self, pattern):
        super().__init__(object())
        self.pattern = pattern


def code():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("bootstrap", "#!/bin/sh\n")
    return {"ZipFile": file.getvalue()}


def function(**members):
    return {
        "FunctionName": "answers", "FunctionArn": ARN, "Runtime": "provided.al2023", "Role": ROLE, "Handler": "bootstrap",
        "CodeSize": Same("size"), "Description": "", "Timeout": 3, "MemorySize": 128, "LastModified": Text(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000"),
        "CodeSha256": Same("hash"), "Version": "$LATEST", "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": Text(r"[0-9a-f-]{36}"), "PackageType": "Zip", "Architectures": [Same("architecture")],
        "EphemeralStorage": {"Size": 512}, "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "RuntimeVersionConfig": {"RuntimeVersionArn": Text(r"arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}")},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/answers"}, **members,
    }


class Answers(Scenario):
    def differences(self, found, expected, path):
        if isinstance(expected, Text):
            if not re.fullmatch(expected.pattern, str(found)):
                yield f"{path}: {found!r} is not of the form {expected.pattern}"
        else:
            yield from super().differences(found, expected, path)

    def refusal(self, label, call, status, kind, message, /, **arguments):
        """A refusal, with the members beside the message left out: botocore knows them of some exceptions only."""
        try:
            call(**arguments)
            found = ["is not refused"]
        except client.exceptions.ClientError as error:
            answer = error.response
            have = (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"])
            found = [] if have == (status, kind, message) else [f"{have}"]
        self.note(label, found)


s = Answers("functions")
new = dict(FunctionName="answers", Role=ROLE, Runtime="provided.al2023", Handler="bootstrap", Code=code())
null = "Value null at '{}' failed to satisfy constraint: Member must not be null".format
s.step("nothing", client.create_function, invalid(null("functionName"), null("role"), null("code")))
role = invalid(f"Value 'me' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: {ROLE_PATTERN}")
s.step("no-role", client.create_function, role, **{**new, "Role": "me"})
long = "n" * 65
words = invalid(f"Value '{long}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64")
s.step("long-name", client.create_function, words, **{**new, "FunctionName": long})
words = invalid(
    "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
    "Value '1' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128",
)
s.step("ranges", client.create_function, words, **new, Timeout=901, MemorySize=1)
BAD = (400, "InvalidParameterValueException")
words = "Runtime and Handler are mandatory parameters for functions created with deployment packages."
s.refusal("no-handler", client.create_function, *BAD, words, **{name: value for name, value in new.items() if name != "Handler"})
words = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided contains "
    "reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION"
)
s.refusal("reserved", client.create_function, *BAD, words, **new, Environment={"Variables": {"AWS_REGION": "x"}})
large = {**new, "Code": {"ZipFile": bytes(52_428_801)}}
s.refusal("large", client.create_function, *BAD, "Zipped size must be smaller than 52428800 bytes", **large)
words = (
    "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy constraint: "
    "[Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]"
)
for name in ("A", "1A", "A-B"):
    s.refusal(name, client.create_function, 400, "ValidationException", words, **new, Environment={"Variables": {name: "x"}})
pending = {"State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating"}
s.step("create", client.create_function, (201, function(**pending)), **new)
s.refusal("again", client.create_function, 409, "ResourceConflictException", "Function already exist: answers", **new)
one = {"FunctionName": "answers"}
s.step("get", client.get_function_configuration, (200, function(**READY)), **one)
changed = client.update_function_configuration(**one, Timeout=3)["LastModified"]
s.note("changed-when", [] if changed.endswith(".000+0000") else [changed])
variables = {"Variables": {"NAME": "x"}}
client.update_function_configuration(**one, Environment=variables)
for label, sent, kept in (("no-variables", {}, variables), ("none", {"Variables": {}}, {"Variables": {}})):
    found = client.update_function_configuration(**one, Environment=sent)["Environment"]
    s.note(f"environment-{label}", [] if found == kept else [f"{found}"])
stale = "The Revision Id provided does not match the latest Revision Id. Call {} to retrieve the latest Revision Id".format
latest = stale("the GetFunction/GetAlias API")
s.refusal("stale", client.update_function_configuration, 412, "PreconditionFailedException", latest, **one, Timeout=9, RevisionId="x")
kept = {
    "Timeout": 9, "TracingConfig": {"Mode": "Active"}, "EphemeralStorage": {"Size": 1024},
    "Environment": {"Variables": {"A1": "b"}}, "DeadLetterConfig": {"TargetArn": "arn:aws:sqs:us-east-1:000000000000:q"},
}
layer = "arn:aws:lambda:us-east-1:000000000000:layer:l:1"
shown = function(
    **kept, State="Active", **IN_PROGRESS, Layers=[{"Arn": layer, "CodeSize": 0}],
    LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO", "LogGroup": "/aws/lambda/answers"},
)
changes = dict(**kept, Layers=[layer], LoggingConfig={"LogFormat": "JSON"})
s.step("update", client.update_function_configuration, (200, shown), **one, **changes)
plain = dict(Layers=[], DeadLetterConfig={"TargetArn": ""}, LoggingConfig={"LogFormat": "Text"})
settled = {name: value for name, value in kept.items() if name != "DeadLetterConfig"}
s.step("update-back", client.update_function_configuration, (200, function(**settled, State="Active", **IN_PROGRESS)), **one, **plain)
# Versions: a change of the configuration makes another one, and a number is given once.
version = function(**settled, **READY, Version="1", FunctionArn=f"{ARN}:1", Description="first")
making = function(**settled, **pending, Version="1", FunctionArn=f"{ARN}:1", Description="first")
s.step("publish", client.publish_version, (201, making), **one, Description="first")
s.step("publish-again", client.publish_version, (201, version), **one)
client.update_function_configuration(**one, MemorySize=256)
second = function(**settled, **pending, Version="2", FunctionArn=f"{ARN}:2", MemorySize=256)
s.step("publish-changed", client.publish_version, (201, second), **one)
client.delete_function(**one, Qualifier="2")
client.update_function_configuration(**one, MemorySize=512)
s.note("numbers", [] if client.publish_version(**one)["Version"] == "3" else ["a number is given twice"])
s.refusal("delete-latest", client.delete_function, *BAD, "$LATEST version cannot be deleted without deleting the function.", **one, Qualifier="$LATEST")
words = r"Value '1' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"
s.step("number-alias", client.create_alias, invalid(words), **one, Name="1", FunctionVersion="1")
alias = {"AliasArn": f"{ARN}:live", "Name": "live", "FunctionVersion": "1", "Description": "", "RevisionId": Text(r"[0-9a-f-]{36}")}
s.step("alias", client.create_alias, (201, alias), **one, Name="live", FunctionVersion="1")
s.step("aliased", client.get_function_configuration, (200, {**version, "FunctionArn": f"{ARN}:live"}), **one, Qualifier="live")
words = "Unable to delete version because the following aliases reference it: [live]"
s.refusal("delete-aliased", client.delete_function, 409, "ResourceConflictException", words, **one, Qualifier="1")
s.refusal("delete-alias", client.delete_function, *BAD, "Deletion of aliases is not currently supported.", **one, Qualifier="live")
client.delete_function(**one, Qualifier="99")
GONE = (404, "ResourceNotFoundException")
s.refusal("no-version", client.get_function, *GONE, f"Function not found: {ARN}:9", **one, Qualifier="9")
s.refusal("no-alias", client.get_alias, *GONE, f"Cannot find alias arn: {ARN}:none", **one, Name="none")
listed = function(**{**settled, "MemorySize": 512})
del listed["RuntimeVersionConfig"]
found = [item for item in client.list_functions()["Functions"] if item["FunctionName"] == "answers"]
s.note("list", list(s.differences(found, [listed], "")))
versions = [item["Version"] for item in client.list_functions(FunctionVersion="ALL")["Functions"] if item["FunctionName"] == "answers"]
s.note("list-all", [] if versions == ["$LATEST", "1", "3"] else [f"{versions}"])
dry = client.update_function_code(**one, ZipFile=b"nothing", DryRun=True)
s.note("dry-run", [] if dry["LastUpdateStatus"] == "Successful" else [f"{dry}"])
for label, version_, weights, words in (
    ("same", "1", {"1": 0.5}, "Invalid function version 1. Function version 1 is already included in routing configuration."),
    ("latest", "$LATEST", {"1": 0.5}, "$LATEST is not supported for an alias pointing to more than 1 version"),
):
    routed = dict(Name="routed", FunctionVersion=version_, RoutingConfig={"AdditionalVersionWeights": weights})
    s.refusal(f"alias-of-{label}", client.create_alias, *BAD, words, **one, **routed)
processors = "Value '[mips]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64]]"
s.step("processor", client.create_function, invalid(processors), **{**new, "FunctionName": "mips"}, Architectures=["mips"])
page = client.list_versions_by_function(**one, MaxItems=1)
s.note("no-states", [] if "State" not in page["Versions"][0] else [f"{page}"])
s.note("pages", [] if [len(page["Versions"]), "NextMarker" in page] == [1, True] else [f"{page}"])
# Permissions.
s.step("no-permission", client.add_permission, invalid(null("statementId"), null("action"), null("principal")), **one)
s.refusal("no-such-version", client.add_permission, *GONE, f"Function not found: {ARN}:9", **one, Qualifier="9", StatementId="s", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com")
permission = dict(StatementId="s", Action="lambda:InvokeFunction", Principal="apigateway.amazonaws.com")
words = "The provided principal was invalid. Please check the principal and try again."
s.refusal("no-principal", client.add_permission, *BAD, words, **one, **{**permission, "Principal": "nobody"})
arn = "Value 'x' at 'sourceArn' failed to satisfy constraint: Member must satisfy regular expression pattern: "
arn += r"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1})?:(\d{12})?:(.*)"
s.step("no-source", client.add_permission, invalid(arn), **one, **permission, SourceArn="x")
few = "Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must have value greater than or equal to 0"
s.step("no-concurrency", client.put_function_concurrency, invalid(few), **one, ReservedConcurrentExecutions=-1)
handler = r"Value 'a b' at 'handler' failed to satisfy constraint: Member must satisfy regular expression pattern: [^\s]+"
s.step("no-handler", client.update_function_configuration, invalid(handler), **one, Handler="a b")
kind = "Value 'x' at 'invocationType' failed to satisfy constraint: Member must satisfy enum value set: [DryRun, RequestResponse, Event]"
s.step("no-kind", client.invoke, invalid(kind), **one, InvocationType="x")
client.add_permission(**one, **permission)
s.refusal("stale-policy", client.remove_permission, 412, "PreconditionFailedException", stale("the GetPolicy API"), **one, StatementId="s", RevisionId="x")
s.refusal("no-statement", client.remove_permission, *GONE, "Statement t is not found in resource policy.", **one, StatementId="t")
client.remove_permission(**one, StatementId="s")
s.refusal("no-policy-left", client.remove_permission, *GONE, "No policy is associated with the given resource.", **one, StatementId="s")
s.refusal("no-policy", client.get_policy, *GONE, "The resource you requested does not exist.", **one)
client.delete_function(**one)
pending = function(**pending, Version="1")
s.step("publish-at-once", client.create_function, (201, pending), **new, Publish=True)
client.delete_function(**one)
s.refusal("gone", client.get_function, *GONE, f"Function not found: {ARN}", **one)
print(f"{Scenario.passed} passed, {Scenario.failed} failed")
sys.exit(1 if Scenario.failed else 0)
