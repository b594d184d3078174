"""Parameters of table operations that ask for what Kilowatt does not do yet.

They are refused: a table that silently lacks its encryption or its replicas would be a lie.
"""

from collections.abc import Callable
from typing import Any

from kilowatt.errors import tables as errors

Request = dict[str, Any]


def _present(value: object) -> bool:
    return True


def _enabled(value: dict[str, Any]) -> bool:
    return bool(value.get("Enabled"))


def _named(value: list[Any]) -> bool:
    return bool(value)


# Parameter to: does this value of it ask for something?
_UNSUPPORTED: dict[str, Callable[[Any], bool]] = {
    "SSESpecification": _enabled,
    "ResourcePolicy": _present,
    "GlobalTableSourceArn": _present,
    "GlobalTableSettingsReplicationMode": _present,
    "VectorIndexes": _named,
    "VectorIndexUpdates": _named,
    "ReplicaUpdates": _named,
    "GlobalTableWitnessUpdates": _named,
    "MultiRegionConsistency": _present,
    "DisassociationProtectionEnabled": bool,
}


def refuse_unsupported(operation: str, request: Request) -> None:
    """Raises `NOT_YET` for the first parameter that asks for something Kilowatt does not do."""
    for parameter, asks in _UNSUPPORTED.items():
        if parameter in request and asks(request[parameter]):
            raise errors.NOT_YET(parameter=parameter, operation=operation)
