"""Checking the parameters of Lambda's requests, one by one.

Source: the service model of Lambda for names and ranges.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kilowatt.errors import triggers as errors


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds. `attribute` is what our own records call it."""

    name: str
    attribute: str
    least: int
    most: int
    default: int

    def of(self, request: Mapping[str, Any], otherwise: int | None = None) -> int:
        value = request.get(self.name)
        if value is None:
            return self.default if otherwise is None else otherwise
        if not isinstance(value, int) or isinstance(value, bool):
            raise errors.WRONG_TYPE(name=self.name, expected="a whole number")
        if value < self.least:
            bound = f"Member must have value greater than or equal to {self.least}"
            raise errors.CONSTRAINT(value=f"'{value}'", name=member(self.name), constraint=bound)
        if value > self.most:
            bound = f"Member must have value less than or equal to {self.most}"
            raise errors.CONSTRAINT(value=f"'{value}'", name=member(self.name), constraint=bound)
        return value


def text(request: Mapping[str, Any], name: str) -> str | None:
    value = request.get(name)
    if value is not None and not isinstance(value, str):
        raise errors.WRONG_TYPE(name=name, expected="a string")
    return value


def truth(request: Mapping[str, Any], name: str, otherwise: bool) -> bool:
    value = request.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, bool):
        raise errors.WRONG_TYPE(name=name, expected="true or false")
    return value


def structure(request: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The member `name`, an object; an empty one if it is left out."""
    value = request.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise errors.WRONG_TYPE(name=name, expected="an object")
    return value


def array(request: Mapping[str, Any], name: str) -> list[Any]:
    value = request.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise errors.WRONG_TYPE(name=name, expected="a list")
    return value


def only(request: Mapping[str, Any], known: frozenset[str], resource: str) -> None:
    """Refuses parameters that are not known, unless they say nothing."""
    for name in sorted(request.keys() - known):
        if request[name] not in (None, {}, [], "", False):
            raise errors.UNSUPPORTED(name=name, resource=resource)


def required(request: Mapping[str, Any], name: str) -> str:
    value = text(request, name)
    if value is None:
        raise errors.CONSTRAINT(value="null", name=member(name), constraint="Member must not be null")
    return value


def one_of(value: str, values: tuple[str, ...], name: str) -> str:
    if value not in values:
        constraint = f"Member must satisfy enum value set: [{', '.join(values)}]"
        raise errors.CONSTRAINT(value=f"'{value}'", name=member(name), constraint=constraint)
    return value


def member(name: str) -> str:
    """A parameter as the service's texts call it."""
    return name[0].lower() + name[1:]
