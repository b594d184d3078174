"""The range of record keys that a Query or a Scan reads, from its key conditions, segment and starting key.

A range is relative to what all records of the table or index begin with: it is made of suffixes
(`domain.tables.keys`). The checks stand in AWS's order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kilowatt.domain.keys.encoding import (
    HASH_BYTES,
    escape,
    key_bytes,
    partition_hash,
    segment_bounds,
    successor,
)
from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.keys import check_key_size, entry_suffix, suffix_of_key
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.values.types import AttributeValue, Item, Values
from kilowatt.errors import ServiceError
from kilowatt.errors import items as item_errors
from kilowatt.errors import reads as errors

if TYPE_CHECKING:  # a start does without the expressions
    from kilowatt.domain.expressions.key_condition import KeyTest

# Suffixes begin with an 8-byte hash, so this is greater than all of them.
END = b"\xff" * 9
_TERMINATOR_BYTES = 2

# The operators that a key can be searched by; only the legacy KeyConditions can have others.
_SEARCHABLE = frozenset({"=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"})

# Attribute name to (operator, operands).
Conditions = dict[str, tuple[str, list[AttributeValue]]]


@dataclass(frozen=True, slots=True)
class KeyRange:
    """Suffixes from `start` (included) to `end` (not included)."""

    start: bytes
    end: bytes

    def after(self, suffix: bytes, forward: bool) -> "KeyRange":
        """What is left of the range once the record at `suffix` was read."""
        if forward:
            return KeyRange(max(self.start, suffix + b"\0"), self.end)
        return KeyRange(self.start, min(self.end, suffix))

    @property
    def is_in_one_collection(self) -> bool:
        """Whether all of it has one partition key, as a Query's range has: no Scan's is so narrow."""
        return self.start[:HASH_BYTES] == self.end[:HASH_BYTES]

    def holds(self, suffix: bytes) -> bool:
        return self.start <= suffix < self.end


def query_range(
    table: Table,
    index: Index | None,
    tests: "Sequence[KeyTest]",
    values: Values,
    start_key: Item | None,
    forward: bool,
) -> KeyRange:
    """The range of a Query. Raises the refusals of `errors.reads` for conditions and starting key."""
    schema = index.key if index else table.key
    conditions = {
        name: (operator, [values[operand] for operand in operands]) for name, operator, operands in tests
    }
    if start_key is not None:
        _check_start_key_names(table, index, start_key)
    _check_conditions(schema, conditions, start_key, on_table=index is None)
    whole = _range(schema, conditions)
    if start_key is None:
        return whole
    position = position_of(table, index, start_key)
    if not whole.holds(position):
        raise _outside(schema, conditions, position, whole)
    return whole.after(position, forward)


def check_scan_start_key(table: Table, index: Index | None, start_key: Item | None) -> None:
    """Refuses a Scan's starting key that lacks keys, has others, or has index keys of other types."""
    if start_key is None:
        return
    if len(start_key) != len(_key_names(table, index)):
        raise errors.START_KEY_INVALID() if index else errors.START_KEY_SCHEMA()
    if index is not None:
        for attribute in index.key.attributes:
            _check_start_key_type(attribute, start_key, item_errors.KEY_SCHEMA_MISMATCH())


def scan_range(
    table: Table, index: Index | None, segment: int, total_segments: int, start_key: Item | None
) -> KeyRange:
    """The range of a Scan's segment, whose starting key `check_scan_start_key` has seen.

    Raises `START_KEY_SCHEMA` and `START_KEY_OUTSIDE_SEGMENT` for the rest of it.
    """
    low, high = segment_bounds(segment, total_segments)
    whole = KeyRange(low, END if high is None else high)
    if start_key is None:
        return whole
    position = position_of(table, index, start_key)
    if not whole.holds(position):
        raise errors.START_KEY_OUTSIDE_SEGMENT(total=total_segments, segment=segment)
    return whole.after(position, forward=True)


def _key_names(table: Table, index: Index | None) -> set[str]:
    return {*table.key.names, *(index.key.names if index else ())}


def _check_start_key_names(table: Table, index: Index | None, start_key: Item) -> None:
    if len(start_key) != len(_key_names(table, index)):
        raise errors.START_KEY_INVALID()


def _check_start_key_type(attribute: KeyAttribute, start_key: Item, mismatch: ServiceError) -> None:
    value = start_key.get(attribute.name)
    if value is None:
        raise errors.START_KEY_INVALID()
    if attribute.type not in value:
        raise mismatch


def _check_conditions(
    schema: KeySchema, conditions: Conditions, start_key: Item | None, on_table: bool
) -> None:
    hashes = len(schema.hash)
    for position, attribute in enumerate(schema.attributes):
        is_hash = position < hashes
        if start_key is not None:
            newest = errors.START_KEY_INVALID() if on_table and is_hash else None
            _check_start_key_type(attribute, start_key, newest or item_errors.KEY_SCHEMA_MISMATCH())
        if len(conditions) > len(schema.attributes):
            raise errors.TOO_MANY_KEY_CONDITIONS(conditions=len(conditions), keys=len(schema.attributes))
        if attribute.name in conditions:
            _check_condition(attribute, conditions[attribute.name], is_hash)
        elif is_hash or _later_condition(schema, position, conditions):
            raise errors.KEY_CONDITION_MISSING(key=attribute.name)
    _check_equalities(schema, conditions)


def _later_condition(schema: KeySchema, position: int, conditions: Conditions) -> bool:
    """Whether some condition is not on the attributes before `position`: then this one was skipped."""
    return any(name not in schema.names[:position] for name in conditions)


def _check_condition(
    attribute: KeyAttribute, condition: tuple[str, list[AttributeValue]], is_hash: bool
) -> None:
    operator, operands = condition
    if operator not in _SEARCHABLE:
        raise errors.KEY_CONDITION_NOT_INDEXABLE()
    if any(attribute.type not in operand for operand in operands):
        raise errors.KEY_CONDITION_TYPE()
    if is_hash and operator != "=":
        raise errors.KEY_CONDITION_UNSUPPORTED()
    for operand in operands:
        size = len(key_bytes(attribute.type, operand[attribute.type]))
        if size == 0 and operator != "begins_with":
            kind = "binary" if attribute.type == "B" else "string"
            raise item_errors.KEY_EMPTY(kind=kind, key=attribute.name)
        check_key_size(size, is_hash)


def _check_equalities(schema: KeySchema, conditions: Conditions) -> None:
    """Of several sort key attributes only the last that is named may have another operator than `=`."""
    named = [attribute.name for attribute in schema.range if attribute.name in conditions]
    for name in named[:-1]:
        if conditions[name][0] != "=":
            raise errors.KEY_CONDITION_UNSUPPORTED()


def _range(schema: KeySchema, conditions: Conditions) -> KeyRange:
    hashes = [
        key_bytes(attribute.type, conditions[attribute.name][1][0][attribute.type])
        for attribute in schema.hash
    ]
    prefix = partition_hash(b"".join(hashes)) + b"".join([escape(part) for part in hashes])
    for attribute in schema.range:
        if attribute.name not in conditions:
            break
        operator, operands = conditions[attribute.name]
        encoded = [escape(key_bytes(attribute.type, operand[attribute.type])) for operand in operands]
        if operator != "=":
            return _bounds(prefix, operator, encoded)
        prefix += encoded[0]
    return KeyRange(prefix, successor(prefix))


def _bounds(prefix: bytes, operator: str, encoded: list[bytes]) -> KeyRange:
    """The part of `prefix` that one inequality leaves; `encoded` are its escaped operands."""
    first = prefix + encoded[0]
    match operator:
        case "<":
            return KeyRange(prefix, first)
        case "<=":
            return KeyRange(prefix, successor(first))
        case ">":
            return KeyRange(successor(first), successor(prefix))
        case ">=":
            return KeyRange(first, successor(prefix))
        case "BETWEEN":
            return KeyRange(first, successor(prefix + encoded[1]))
        case _:
            beginning = first[:-_TERMINATOR_BYTES]
            return KeyRange(beginning, successor(beginning))


def position_of(table: Table, index: Index | None, start_key: Item) -> bytes:
    """The suffix of the record that a starting key names; the record need not exist."""
    try:
        table_suffix = suffix_of_key(table.key, {name: start_key[name] for name in table.key.names})
    except (KeyError, ServiceError) as error:
        raise errors.START_KEY_SCHEMA() from error
    if index is None:
        return table_suffix
    return entry_suffix(index, table.key, start_key, table_suffix) or b""


def _outside(schema: KeySchema, conditions: Conditions, position: bytes, whole: KeyRange) -> ServiceError:
    """The refusal of a starting key that lies outside the query's range."""
    if not any(attribute.name in conditions for attribute in schema.range):
        return errors.START_KEY_OUTSIDE_QUERY()
    if position[:8] == whole.start[:8]:
        return errors.START_KEY_OUTSIDE_RANGE()
    return errors.START_KEY_OF_ONE_ROW()
