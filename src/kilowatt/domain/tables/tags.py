"""Tags of a table: pairs of key and value, no key twice.

Source: AWS guide, "Tagging restrictions in DynamoDB"; the limit of all together: "Attribute-based access
control"; the refusals, and which characters there may be, as measured on AWS, 2026-10.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any

from kilowatt import limits
from kilowatt.domain.values.sizes import text_size
from kilowatt.errors import capacity as capacity_errors
from kilowatt.errors import tags as errors

Tags = tuple[tuple[str, str], ...]
_RESERVED = "aws:"
# The tag that says what capacity is to a table (`domain.capacity.mode`), and what it can say.
CAPACITY_MODE = "kilowatt:capacity-mode"
_CAPACITY_MODES = frozenset({"off", "observe", "enforce"})
# Letters, digits and spaces of any script but no control characters, and these.
_CHARACTERS = re.compile(r"(?:[^\W_]|(?![\x00-\x1f\x85])\s|[+\-=._:/@])*")


def requested_tags(elements: Sequence[dict[str, Any]]) -> Tags:
    """The tags of a request.

    Raises `INVALID_TAG_KEY`, `INVALID_TAG_VALUE`, `RESERVED_TAG_KEY`, `DUPLICATE_TAG_KEY`, `UNKNOWN_MODE`.
    """
    tags: dict[str, str] = {}
    for element in elements:
        key, value = element.get("Key"), element.get("Value")
        check_key(key)
        if value is None or len(value) > limits.TAG_VALUE_CHARACTERS or not _CHARACTERS.fullmatch(value):
            raise errors.INVALID_TAG_VALUE(value="null" if value is None else value)
        if key in tags:
            raise errors.DUPLICATE_TAG_KEY(key=key)
        if key == CAPACITY_MODE and value not in _CAPACITY_MODES:
            raise capacity_errors.UNKNOWN_MODE(key=key, value=value)
        tags[str(key)] = value
    return tuple(tags.items())


def check_key(key: str | None) -> None:
    """Raises `INVALID_TAG_KEY`, `RESERVED_TAG_KEY`."""
    if not key or len(key) > limits.TAG_KEY_CHARACTERS or not _CHARACTERS.fullmatch(key):
        raise errors.INVALID_TAG_KEY(key="null" if key is None else key)
    if key.lower().startswith(_RESERVED):
        raise errors.RESERVED_TAG_KEY(key=key)


def requested_keys(keys: Sequence[str]) -> frozenset[str]:
    """The keys of tags to remove; as many as there can be. Raises `TOO_MANY_TAGS` and as `check_key`."""
    for key in keys:
        check_key(key)
    if len(keys) > limits.TAGS:
        raise errors.TOO_MANY_TAGS()
    return frozenset(keys)


def with_tags(present: Tags, added: Tags) -> Tags:
    """All tags, an added one in place of a present one of its key.

    Raises `TOO_MANY_TAGS`, `TAGS_TOO_LARGE`.
    """
    tags = dict(present) | dict(added)
    if len(tags) > limits.TAGS:
        raise errors.TOO_MANY_TAGS()
    size = sum(text_size(key) + text_size(value) for key, value in tags.items())
    if size > limits.TAG_BYTES:
        raise errors.TAGS_TOO_LARGE(size=size, limit=limits.TAG_BYTES)
    return tuple(tags.items())


def without_tags(present: Tags, keys: Collection[str]) -> Tags:
    """The tags whose keys are not among `keys`."""
    return tuple((key, value) for key, value in present if key not in keys)
