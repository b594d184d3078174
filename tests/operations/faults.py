"""Requests with two faults: of which AWS reports the one that it finds first.

A `Fault` is a change of a good request, and the refusal that it causes. `pairs` puts every two faults of an
operation into one request. The faults of an operation stand in AWS's order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest

_TYPE_TAGS = frozenset(("S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL"))


@dataclass(frozen=True)
class Fault:
    """`refusal` is `Code: message`. `not_with` names earlier faults that this change would take back."""

    name: str
    change: dict[str, Any]
    refusal: str
    not_with: frozenset[str] = field(default=frozenset())


def alone(base: dict[str, Any], faults: Sequence[Fault]) -> Iterator[Any]:
    """Parameters (request, refusal) with one fault each."""
    for fault in faults:
        yield pytest.param(merged(base, fault.change), fault.refusal, id=fault.name)


def pairs(base: dict[str, Any], faults: Sequence[Fault]) -> Iterator[Any]:
    """Parameters (request, refusal of the earlier) with two faults each, where two can be in one request."""
    for earlier, later in combinations(faults, 2):
        request = merged(merged(base, earlier.change), later.change)
        swapped = merged(merged(base, later.change), earlier.change)
        if _unordered(request) == _unordered(swapped) and earlier.name not in later.not_with:
            yield pytest.param(request, earlier.refusal, id=f"{earlier.name}_before_{later.name}")


def merged(request: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """The request with the change: members of objects are merged, lists joined, values replaced."""
    result = dict(request)
    for name, value in change.items():
        old = result.get(name)
        if isinstance(value, dict) and isinstance(old, dict) and not _is_value(value):
            result[name] = merged(old, value)
        elif isinstance(value, list) and isinstance(old, list):
            result[name] = [*old, *value]
        else:
            result[name] = value
    return result


def _unordered(part: Any) -> Any:
    """The same for all orders of the lists in it."""
    if isinstance(part, dict):
        return {name: _unordered(value) for name, value in part.items()}
    return sorted(map(repr, part)) if isinstance(part, list) else part


def _is_value(document: dict[str, Any]) -> bool:
    """Whether this is an attribute value, which is replaced as a whole."""
    return bool(document) and document.keys() <= _TYPE_TAGS
