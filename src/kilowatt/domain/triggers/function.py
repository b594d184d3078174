"""Functions: what is to be run, with which limits.

A function comes from CreateFunction, with its code, or from the server's configuration, which may name a
folder, a command or an endpoint instead. It has one version, `$LATEST`.

Source: AWS Lambda API reference, CreateFunction; quotas of the guide.
"""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import orjson

from kilowatt.domain.triggers import parameters
from kilowatt.domain.triggers.parameters import Whole
from kilowatt.errors import triggers as errors

LATEST = "$LATEST"
UNZIPPED_BYTES = 262_144_000
PAYLOAD_BYTES = 6 * 1024 * 1024

_WHOLES = (
    Whole("Timeout", "timeout_seconds", 1, 900, 3),
    Whole("MemorySize", "memory_mb", 128, 10_240, 128),
)
_CHANGEABLE = frozenset(
    {"Role", "Handler", "Description", "Timeout", "MemorySize", "Environment", "Runtime", "RevisionId"}
)
_CREATABLE = _CHANGEABLE - {"RevisionId"} | {
    "FunctionName",
    "Code",
    "PackageType",
    "Architectures",
    "TracingConfig",
    "EphemeralStorage",
}
_CODE = frozenset({"ZipFile"})
_PYTHON = re.compile(r"python3\.\d{1,2}")
_CUSTOM = re.compile(r"provided(\.al\w+)?")
_NAME = re.compile(
    r"(?:arn:aws[a-z-]*:lambda:)?(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[A-Za-z0-9_-]{1,64})(?::(?P<qualifier>\$LATEST|[A-Za-z0-9_-]+))?"
)
_HANDLER = re.compile(r"[^\s\0]{1,128}")
_VARIABLE = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_NO_NULL = re.compile(r"[^\0]*")
# What the runtime's client reads, and what is told to it by the server alone.
_RESERVED = frozenset(
    {
        "_HANDLER",
        "_X_AMZN_TRACE_ID",
        "AWS_EXECUTION_ENV",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
        "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_VERSION",
        "AWS_LAMBDA_INITIALIZATION_TYPE",
        "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME",
        "AWS_LAMBDA_MAX_CONCURRENCY",
        "AWS_LAMBDA_RUNTIME_API",
        "LAMBDA_RUNTIME_DIR",
        "LAMBDA_TASK_ROOT",
    }
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function. `code` is the SHA-256 of its zip in hexadecimal, if it has one.

    `folder`, `command` and `endpoint` are those of the server's configuration: `endpoint` speaks Invoke
    itself; `command` starts a client of the Runtime API, the one for Python if it is empty.
    """

    name: str
    account: str
    region: str
    revision: str
    modified: float
    runtime: str = "python3.11"
    handler: str = ""
    role: str = ""
    description: str = ""
    timeout_seconds: int = 3
    memory_mb: int = 128
    environment: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    code_bytes: int = 0
    folder: str | None = None
    command: Sequence[str] = ()
    endpoint: str | None = None

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.name}"

    @property
    def configured(self) -> bool:
        """Whether it comes from the server's configuration."""
        return self.code is None

    @property
    def is_python(self) -> bool:
        return not self.command and _PYTHON.fullmatch(self.runtime) is not None

    def record(self) -> bytes:
        return orjson.dumps(asdict(self))

    @classmethod
    def from_record(cls, record: bytes) -> "Function":
        return cls(**orjson.loads(record))


def name_of(given: str, account: str, region: str) -> str | None:
    """The name of a function given by name, ARN or a part of it; None if it is none of the caller's.

    Raises `UNSUPPORTED_VALUE` for a version or an alias.
    """
    parts = _NAME.fullmatch(given)
    if parts is None or (parts["account"] or account, parts["region"] or region) != (account, region):
        return None
    if parts["qualifier"] not in {None, LATEST}:
        raise errors.UNSUPPORTED_VALUE(
            name="Qualifier", value=parts["qualifier"], reason="a function has no other version than $LATEST"
        )
    return parts["name"]


def checked_creation(request: dict[str, Any]) -> None:
    """Refuses what a new function cannot have. `Code` is looked at by whoever unpacks it."""
    parameters.only(request, _CREATABLE, "functions")
    parameters.only(parameters.structure(request, "Code"), _CODE, "functions")
    if (package := request.get("PackageType", "Zip")) != "Zip":
        raise errors.UNSUPPORTED_VALUE(
            name="PackageType", value=package, reason="name a container's endpoint in the file of --functions"
        )
    tracing = parameters.structure(request, "TracingConfig").get("Mode", "PassThrough")
    if tracing != "PassThrough":
        raise errors.UNSUPPORTED_VALUE(name="TracingConfig", value=tracing, reason="there is no X-Ray")
    if parameters.structure(request, "EphemeralStorage").get("Size", 512) != 512:
        raise errors.UNSUPPORTED(name="EphemeralStorage", resource="functions")
    parameters.required(request, "Runtime")
    parameters.required(request, "Handler")


def checked_update(request: dict[str, Any]) -> None:
    parameters.only(request, _CHANGEABLE, "functions")


def changed(function: Function, request: dict[str, Any]) -> Function:
    """The function with the settings that the request names. Raises what is wrong with them."""
    values: dict[str, Any] = {
        whole.attribute: whole.of(request, getattr(function, whole.attribute)) for whole in _WHOLES
    }
    for name in ("Runtime", "Handler", "Role", "Description"):
        value = parameters.text(request, name)
        if value is not None:
            values[name.lower()] = value
    _check_pattern(values.get("handler", "x"), _HANDLER, "handler")
    runtime = values.get("runtime", function.runtime)
    if not (_PYTHON.fullmatch(runtime) or _CUSTOM.fullmatch(runtime)):
        raise errors.UNSUPPORTED_VALUE(
            name="Runtime",
            value=runtime,
            reason="it runs python3.*, and provided.* with the zip's bootstrap; for another language name "
            "its command in the file of --functions",
        )
    if request.get("Environment") is not None:
        values["environment"] = _environment(request)
    return replace(function, **values)


def _check_pattern(value: str, pattern: "re.Pattern[str]", name: str) -> None:
    if not pattern.fullmatch(value):
        constraint = f"Member must satisfy regular expression pattern: {pattern.pattern}"
        raise errors.CONSTRAINT(value=f"'{value}'", name=name, constraint=constraint)


def _environment(request: dict[str, Any]) -> dict[str, str]:
    variables = parameters.structure(parameters.structure(request, "Environment"), "Variables")
    if not all(isinstance(value, str) for value in variables.values()):
        raise errors.WRONG_TYPE(name="Environment", expected="strings by name")
    for name, value in variables.items():
        _check_pattern(name, _VARIABLE, "environment.variables")
        _check_pattern(value, _NO_NULL, "environment.variables")
    reserved = sorted(variables.keys() & _RESERVED)
    if reserved:
        raise errors.RESERVED_VARIABLES(keys=", ".join(reserved))
    return variables


def description(function: Function) -> dict[str, Any]:
    """The function's configuration as the API shows it."""
    shown: dict[str, Any] = {
        "FunctionName": function.name,
        "FunctionArn": function.arn,
        "Runtime": function.runtime,
        "Role": function.role,
        "Handler": function.handler,
        "CodeSize": function.code_bytes,
        "Description": function.description,
        "Timeout": function.timeout_seconds,
        "MemorySize": function.memory_mb,
        "LastModified": _iso(function.modified),
        "CodeSha256": _base64(function.code),
        "Version": LATEST,
        "TracingConfig": {"Mode": "PassThrough"},
        "RevisionId": function.revision,
        "State": "Active",
        "LastUpdateStatus": "Successful",
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "EphemeralStorage": {"Size": 512},
    }
    if function.environment:
        shown["Environment"] = {"Variables": function.environment}
    return shown


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def _base64(digest: str | None) -> str:
    return "" if digest is None else b64encode(bytes.fromhex(digest)).decode()
