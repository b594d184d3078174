"""Event source mappings: a stream, a function, and how the one feeds the other.

Source: AWS Lambda guide, "Lambda parameters for Amazon DynamoDB event source mappings"; API reference,
CreateEventSourceMapping; the description as recorded.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from kilowatt.domain.triggers import filters, parameters
from kilowatt.domain.triggers.batches import Policy
from kilowatt.domain.triggers.parameters import Whole
from kilowatt.errors import triggers as errors

TRIM_HORIZON, LATEST = "TRIM_HORIZON", "LATEST"
REPORT_FAILURES = "ReportBatchItemFailures"
NOTHING_YET, OK, CALL_FAILED = "No records processed", "OK", "PROBLEM: Function call failed"
FILTERS = 5
LEAST_RECORD_AGE_SECONDS = 60

_WHOLES = (
    Whole("BatchSize", "batch_size", 1, 10_000, 100),
    Whole("MaximumBatchingWindowInSeconds", "batching_seconds", 0, 300, 0),
    Whole("ParallelizationFactor", "lanes", 1, 10, 1),
    Whole("MaximumRecordAgeInSeconds", "most_age_seconds", -1, 604_800, -1),
    Whole("MaximumRetryAttempts", "most_retries", -1, 10_000, -1),
    Whole("TumblingWindowInSeconds", "tumbling_seconds", 0, 900, 0),
)
_CHANGEABLE = frozenset(
    {
        "FunctionName",
        "Enabled",
        "BisectBatchOnFunctionError",
        "DestinationConfig",
        "FilterCriteria",
        "FunctionResponseTypes",
        *(whole.name for whole in _WHOLES),
    }
)
_CREATABLE = _CHANGEABLE | {"EventSourceArn", "StartingPosition"}
_RESOURCE = "event source mappings"


@dataclass(frozen=True, slots=True)
class Mapping:
    """An event source mapping. `destination` is where records of what is given up go; `result` is the last
    that is known of its invocations; `modified` in seconds since the epoch.
    """

    uuid: str
    account: str
    region: str
    source_arn: str
    function_name: str
    starting_position: str
    modified: float
    enabled: bool = True
    batch_size: int = 100
    batching_seconds: int = 0
    lanes: int = 1
    most_age_seconds: int = -1
    most_retries: int = -1
    bisect: bool = False
    tumbling_seconds: int = 0
    partial: bool = False
    patterns: Sequence[str] | None = None
    destination: str | None = None
    result: str = NOTHING_YET

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:event-source-mapping:{self.uuid}"

    @property
    def function_arn(self) -> str:
        return f"arn:aws:lambda:{self.region}:{self.account}:function:{self.function_name}"

    @property
    def policy(self) -> Policy:
        return Policy(self.most_retries, self.most_age_seconds, self.bisect, self.partial)

    @property
    def state(self) -> str:
        return "Enabled" if self.enabled else "Disabled"

    def record(self) -> bytes:
        return orjson.dumps(asdict(self))

    @classmethod
    def from_record(cls, record: bytes) -> "Mapping":
        return cls(**orjson.loads(record))


def starting_position(request: dict[str, Any]) -> str:
    """Where a new mapping begins to read."""
    position = parameters.required(request, "StartingPosition")
    parameters.one_of(position, (TRIM_HORIZON, LATEST, "AT_TIMESTAMP"), "StartingPosition")
    if position == "AT_TIMESTAMP":
        raise errors.UNSUPPORTED_VALUE(
            name="StartingPosition", value=position, reason="it is not for DynamoDB streams"
        )
    return position


def checked_creation(request: dict[str, Any]) -> None:
    """Refuses parameters that a new mapping cannot have."""
    parameters.only(request, _CREATABLE, _RESOURCE)


def checked_update(request: dict[str, Any]) -> None:
    """Refuses parameters that cannot be changed."""
    parameters.only(request, _CHANGEABLE, _RESOURCE)


def changed(mapping: Mapping, request: dict[str, Any]) -> Mapping:
    """The mapping with the settings that the request names. Raises what is wrong with them."""
    values: dict[str, Any] = {
        whole.attribute: whole.of(request, getattr(mapping, whole.attribute)) for whole in _WHOLES
    }
    age = values["most_age_seconds"]
    if age != -1 and age < LEAST_RECORD_AGE_SECONDS:
        raise errors.RECORD_AGE(minimum=LEAST_RECORD_AGE_SECONDS)
    if values["tumbling_seconds"] and values["lanes"] > 1:
        raise errors.WINDOW_IN_PARALLEL()
    values["enabled"] = parameters.truth(request, "Enabled", mapping.enabled)
    values["bisect"] = parameters.truth(request, "BisectBatchOnFunctionError", mapping.bisect)
    if request.get("FunctionResponseTypes") is not None:
        values["partial"] = _reports_failures(request)
    if request.get("FilterCriteria") is not None:
        values["patterns"] = _patterns(request)
    if request.get("DestinationConfig") is not None:
        values["destination"] = _destination(request)
    return replace(mapping, **values)


def _reports_failures(request: dict[str, Any]) -> bool:
    types = parameters.array(request, "FunctionResponseTypes")
    for type_ in types:
        parameters.one_of(str(type_), (REPORT_FAILURES,), "FunctionResponseTypes")
    return bool(types)


def _patterns(request: dict[str, Any]) -> Sequence[str] | None:
    """The patterns; None if there are none, as with an empty FilterCriteria, which removes them."""
    listed = parameters.array(parameters.structure(request, "FilterCriteria"), "Filters")
    if len(listed) > FILTERS:
        raise errors.TOO_MANY_FILTERS(limit=FILTERS)
    patterns = [_pattern(entry) for entry in listed]
    filters.any_of(patterns)
    return patterns or None


def _pattern(entry: Any) -> str:
    pattern = entry.get("Pattern") if isinstance(entry, dict) else None
    if not isinstance(pattern, str):
        raise errors.INVALID_PATTERN()
    return pattern


def _destination(request: dict[str, Any]) -> str | None:
    config = parameters.structure(request, "DestinationConfig")
    if config.get("OnSuccess"):
        raise errors.UNSUPPORTED(name="OnSuccess", resource="DestinationConfig")
    return parameters.text(parameters.structure(config, "OnFailure"), "Destination") or None


def description(mapping: Mapping, state: str | None = None) -> dict[str, Any]:
    """The mapping as the API shows it; `state` is that of a change that has just begun."""
    shown: dict[str, Any] = {
        "UUID": mapping.uuid,
        "StartingPosition": mapping.starting_position,
        **{whole.name: getattr(mapping, whole.attribute) for whole in _WHOLES},
        "EventSourceArn": mapping.source_arn,
        "EventSourceMappingArn": mapping.arn,
        "FunctionArn": mapping.function_arn,
        "LastModified": mapping.modified,
        "LastProcessingResult": mapping.result,
        "State": state or mapping.state,
        "StateTransitionReason": "User action",
        "DestinationConfig": {
            "OnFailure": {} if mapping.destination is None else {"Destination": mapping.destination}
        },
        "BisectBatchOnFunctionError": mapping.bisect,
        "FunctionResponseTypes": [REPORT_FAILURES] if mapping.partial else [],
    }
    if mapping.patterns is not None:
        shown["FilterCriteria"] = {"Filters": [{"Pattern": pattern} for pattern in mapping.patterns]}
    return shown
