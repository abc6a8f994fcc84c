"""Answers compared member by member: what a client is told, its status, and nothing else.

`Scenario` makes calls and compares each answer with what API Gateway answers. In an expectation a `Same("name")`
stands for a value that differs between runs: the first answer gives it, all later ones must repeat it. `DATE` stands
for a date.
"""

import datetime
import json

from botocore.exceptions import ClientError

DATE = object()


class Same:
    """A value that is given by the first answer that has it."""

    def __init__(self, name, form="{}"):
        self.name = name
        self.form = form


def refused(code, message, modeled=True):
    """The body of a refusal. botocore repeats the message for exceptions that the service model has."""
    body = {"Error": {"Code": code, "Message": message}}
    return {**body, "message": message} if modeled else body


def bad(message):
    return 400, refused("BadRequestException", message)


def missing(message):
    return 404, refused("NotFoundException", message)


def conflict(message):
    return 409, refused("ConflictException", message)


def invalid(*errors):
    count = "1 validation error" if len(errors) == 1 else f"{len(errors)} validation errors"
    return 400, refused("ValidationException", f"{count} detected: {'; '.join(errors)}", modeled=False)


class Scenario:
    """Calls of one client, with the values that its answers gave."""

    passed = failed = 0

    def __init__(self, name):
        self.name = name
        self.values = {}
        self.log = {}

    def step(self, label, call, expected, /, **arguments):
        """Makes a call and compares its answer with `(status, body)`; returns the answer."""
        status, body = expected
        try:
            answer = call(**arguments)
        except ClientError as error:
            answer = error.response
        answer = dict(answer)
        metadata = answer.pop("ResponseMetadata")
        self.log[label] = {**answer, "ResponseMetadata": {"HTTPStatusCode": metadata["HTTPStatusCode"]}}
        found = []
        if metadata["HTTPStatusCode"] != status:
            found.append(f"status {metadata['HTTPStatusCode']} instead of {status}")
        found += self.differences(answer, body, "")
        self.note(label, found)
        return answer

    def note(self, name, found):
        Scenario.passed += not found
        Scenario.failed += bool(found)
        for line in found:
            print(f"FAILED {self.name} {name}: {line}")

    def differences(self, found, expected, path):
        if isinstance(expected, Same):
            known = self.values.setdefault(expected.name, found)
            wanted = expected.form.format(known) if expected.form != "{}" else known
            if found in (None, "") or found != wanted:
                yield f"{path}: {found!r} instead of {wanted!r}"
        elif expected is DATE:
            if not isinstance(found, datetime.datetime):
                yield f"{path}: {found!r} is no date"
        elif isinstance(expected, dict):
            if isinstance(found, str):
                # Schemas and properties are compared as JSON, not by their white space.
                try:
                    found = json.loads(found)
                except ValueError:
                    pass
            if not isinstance(found, dict):
                yield f"{path}: {found!r} instead of {expected!r}"
                return
            for name in sorted(expected.keys() | found.keys()):
                if name not in found:
                    yield f"{path}.{name}: missing"
                elif name not in expected:
                    yield f"{path}.{name}: {found[name]!r} should not be there"
                else:
                    yield from self.differences(found[name], expected[name], f"{path}.{name}")
        elif isinstance(expected, list):
            if not isinstance(found, list) or len(found) != len(expected):
                yield f"{path}: {found!r} instead of {len(expected)} items"
                return
            for index, (item, wanted) in enumerate(zip(found, expected)):
                yield from self.differences(item, wanted, f"{path}[{index}]")
        elif found != expected or type(found) is not type(expected):
            yield f"{path}: {found!r} instead of {expected!r}"
