"""Filter patterns: which records of a stream a function gets.

A pattern is JSON in the shape of the record. A leaf is a list of rules, of which one must hold; all members
of an object must match; `$or` takes a list of objects, of which one must match.

    {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"Age": {"N": [{"anything-but": ["0"]}]}}}}

Values are compared as they are in the record: its numbers are strings, so `numeric` is of no use for them.

Source: AWS Lambda guide, "Control which events Lambda sends to your function" and "Using event filtering with
a DynamoDB event source"; what `exists` says of an object as recorded.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import orjson

from kilowatt.errors import triggers as errors

Filter = Callable[[dict[str, Any]], bool]
"""Whether a record matches a pattern."""
_Rule = Callable[[Any], bool]

PATTERN_BYTES = 4096
_OR = "$or"
_MISSING = object()
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": lambda value, bound: value == bound,
    ">": lambda value, bound: value > bound,
    ">=": lambda value, bound: value >= bound,
    "<": lambda value, bound: value < bound,
    "<=": lambda value, bound: value <= bound,
}


def any_of(patterns: Iterable[str]) -> Filter | None:
    """The filter of several patterns; None if there are none. Raises `INVALID_PATTERN`."""
    filters = [parsed(pattern) for pattern in patterns]
    if not filters:
        return None
    return lambda record: any(matches(record) for matches in filters)


def parsed(pattern: str) -> Filter:
    """The filter that a pattern spells. Raises `INVALID_PATTERN`."""
    try:
        document = orjson.loads(pattern)
    except orjson.JSONDecodeError as error:
        raise errors.INVALID_PATTERN() from error
    if len(pattern.encode()) > PATTERN_BYTES or not isinstance(document, dict):
        raise errors.INVALID_PATTERN()
    return _object(document)


def _object(pattern: dict[str, Any]) -> Filter:
    if not pattern:
        raise errors.INVALID_PATTERN()
    members = [
        _alternatives(part) if name == _OR else partial(_member, name, _part(part))
        for name, part in pattern.items()
    ]
    return lambda value: all(matches(value) for matches in members)


def _alternatives(patterns: Any) -> Filter:
    if not isinstance(patterns, list) or not patterns or not all(isinstance(it, dict) for it in patterns):
        raise errors.INVALID_PATTERN()
    filters = [_object(pattern) for pattern in patterns]
    return lambda value: any(matches(value) for matches in filters)


def _member(name: str, matches: _Rule, value: dict[str, Any]) -> bool:
    return matches(value.get(name, _MISSING))


def _part(part: Any) -> _Rule:
    """What a member's value must meet; `_MISSING` stands for a member that is not there."""
    if isinstance(part, dict):
        return partial(_nested, _object(part))
    if not isinstance(part, list) or not part:
        raise errors.INVALID_PATTERN()
    rules = [_rule(rule) for rule in part]
    return lambda value: any(holds(value) for holds in rules)


def _nested(matches: Filter, value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(element, dict) and matches(element) for element in value)
    # What is missing has no members, which is what `exists` may ask for.
    return matches(value if isinstance(value, dict) else {})


def _rule(rule: Any) -> _Rule:
    if not isinstance(rule, dict):
        return _of_leaves(partial(_equals, rule))
    if len(rule) != 1:
        raise errors.INVALID_PATTERN()
    ((name, operand),) = rule.items()
    if name == "exists":
        return _exists(operand)
    build = _RULES.get(name)
    if build is None:
        raise errors.INVALID_PATTERN()
    return _of_leaves(build(operand))


def _of_leaves(holds: _Rule) -> _Rule:
    """The rule for a member's value: of a list, one element must meet it."""

    def check(value: Any) -> bool:
        if isinstance(value, list):
            return any(holds(element) for element in value if not isinstance(element, dict | list))
        return value is not _MISSING and not isinstance(value, dict) and holds(value)

    return check


def _equals(wanted: Any, value: Any) -> bool:
    """Equal, and of the same type: 300 is not 300.0, nor is true 1."""
    return type(value) is type(wanted) and bool(value == wanted)


def _exists(wanted: Any) -> _Rule:
    """An object has members, but is no value itself, so it does not exist."""
    if not isinstance(wanted, bool):
        raise errors.INVALID_PATTERN()
    return lambda value: (value is not _MISSING and not isinstance(value, dict)) is wanted


def _text(operand: Any) -> str:
    if not isinstance(operand, str):
        raise errors.INVALID_PATTERN()
    return operand


def _prefix(operand: Any) -> _Rule:
    prefix = _text(operand)
    return lambda value: isinstance(value, str) and value.startswith(prefix)


def _suffix(operand: Any) -> _Rule:
    suffix = _text(operand)
    return lambda value: isinstance(value, str) and value.endswith(suffix)


def _equals_ignore_case(operand: Any) -> _Rule:
    text = _text(operand).casefold()
    return lambda value: isinstance(value, str) and value.casefold() == text


def _anything_but(operand: Any) -> _Rule:
    unwanted = operand if isinstance(operand, list) else [operand]
    if not unwanted or not all(isinstance(it, str) or _is_number(it) for it in unwanted):
        raise errors.INVALID_PATTERN()
    return lambda value: not any(_equals(it, value) for it in unwanted)


def _numeric(operand: Any) -> _Rule:
    """One comparison, or two that bound a range."""
    if not isinstance(operand, list) or len(operand) not in {2, 4}:
        raise errors.INVALID_PATTERN()
    pairs = list(zip(operand[::2], operand[1::2], strict=True))
    if not all(isinstance(name, str) and name in _COMPARISONS and _is_number(it) for name, it in pairs):
        raise errors.INVALID_PATTERN()
    return lambda value: _is_number(value) and all(_COMPARISONS[name](value, bound) for name, bound in pairs)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


_RULES: dict[str, Callable[[Any], _Rule]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": _equals_ignore_case,
    "anything-but": _anything_but,
    "numeric": _numeric,
}
