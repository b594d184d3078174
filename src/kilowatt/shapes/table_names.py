"""The checks of table names, which AWS does apart from the service model's.

A table parameter takes a name (3 to 255 characters of a-z A-Z 0-9 _ . -) or, since 2024, the table's ARN. The
model's own bounds for it (1 to 1024) allow for both and say little; the texts are those of the name.

| operations | absent | empty | 1, 2 or more than 255 characters | other characters |
|---|---|---|---|---|
| on tables, 2025 | TABLE_NAME_REQUIRED | TABLE_NAME_LENGTH | TABLE_NAME_LENGTH | entry |
| on tables, 2026 | entry | entries (pattern, length) | entries | entries |
| all others, 2025 | entry | entries (pattern, length) | entries | entries |
| all others, 2026 | entry | entry of the empty name | entry | entry |

On tables: CreateTable, UpdateTable, DeleteTable, DescribeTable, DescribeTimeToLive; there the check of 2025
comes before everything else and is reported alone. All operations that are not on items have in 2026 the
entries of 2025 (`errors/wording.py`). The entry of the empty name is for names that are members of the
request itself; further inside, an empty name breaks the constraints of any other.

Source: recorded on AWS up to 2020 and in 2026, measured in 2026-10; the length of names beside ARNs, ours.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from kilowatt.errors import shapes as texts
from kilowatt.errors.wording import Violation, Wording

MINIMUM_CHARACTERS = 3
MAXIMUM_CHARACTERS = 255
PATTERN = "[a-zA-Z0-9_.-]+"

# What AWS prints for a key of RequestItems that is not a table name.
KEY_CONSTRAINTS = (
    texts.MAXIMUM_LENGTH.format(bound=MAXIMUM_CHARACTERS),
    texts.MINIMUM_LENGTH.format(bound=MINIMUM_CHARACTERS),
    texts.PATTERN.format(pattern=PATTERN),
)

_ON_TABLES = frozenset({"CreateTable", "UpdateTable", "DeleteTable", "DescribeTable", "DescribeTimeToLive"})
_REFERENCE = re.compile(r"(arn:aws[a-z-]*:dynamodb:[a-z0-9-]*:[0-9]*:table/)?[a-zA-Z0-9_.-]{3,255}", re.ASCII)
_NAME = re.compile(PATTERN, re.ASCII)


@lru_cache(maxsize=1024)
def is_table_reference(text: str) -> bool:
    """Whether the text can name a table: a name or an ARN."""
    return _REFERENCE.fullmatch(text) is not None


def check_first(operation: str, request: dict[str, Any], wording: Wording) -> None:
    """The check of the operations on tables that came before all others until 2025.

    Raises: TABLE_NAME_REQUIRED, TABLE_NAME_LENGTH.
    """
    if operation not in _ON_TABLES or wording is Wording.W2026:
        return
    name = request.get("TableName")
    if name is None:
        raise texts.TABLE_NAME_REQUIRED()
    if not is_table_reference(name) and not MINIMUM_CHARACTERS <= len(name) <= MAXIMUM_CHARACTERS:
        raise texts.TABLE_NAME_LENGTH()


def violations(name: str, path: str, wording: Wording) -> Iterator[Violation]:
    """What is wrong with a table name at this path, in order; nothing for a good one."""
    if is_table_reference(name):
        return
    value = f"'{name}'"
    if not name and path == "tableName" and wording is Wording.W2026:
        yield Violation(path, value, texts.MINIMUM_LENGTH.format(bound=1), member="TableName")
        return
    if _NAME.fullmatch(name) is None:
        yield Violation(path, value, texts.PATTERN.format(pattern=PATTERN))
    if len(name) < MINIMUM_CHARACTERS:
        yield Violation(path, value, texts.MINIMUM_LENGTH.format(bound=MINIMUM_CHARACTERS))
    if len(name) > MAXIMUM_CHARACTERS:
        yield Violation(path, value, texts.MAXIMUM_LENGTH.format(bound=MAXIMUM_CHARACTERS))
