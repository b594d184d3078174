"""Tags of a table: pairs of key and value, no key twice.

Source: AWS guide, "Tagging restrictions in DynamoDB"; the limit of all together: "Attribute-based access
control".
"""

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


def requested_tags(elements: Sequence[dict[str, Any]]) -> Tags:
    """The tags of a request; raises `DUPLICATE_TAG_KEY`, `RESERVED_TAG_KEY`, `UNKNOWN_MODE`."""
    tags: dict[str, str] = {}
    for element in elements:
        key = element["Key"]
        if key in tags:
            raise errors.DUPLICATE_TAG_KEY(key=key)
        if key.lower().startswith(_RESERVED):
            raise errors.RESERVED_TAG_KEY(key=key)
        if key == CAPACITY_MODE and element["Value"] not in _CAPACITY_MODES:
            raise capacity_errors.UNKNOWN_MODE(key=key, value=element["Value"])
        tags[key] = element["Value"]
    return tuple(tags.items())


def with_tags(present: Tags, added: Tags) -> Tags:
    """All tags, an added one in place of a present one of its key.

    Raises `TOO_MANY_TAGS`, `TAGS_TOO_LARGE`.
    """
    tags = dict(present) | dict(added)
    if len(tags) > limits.TAGS:
        raise errors.TOO_MANY_TAGS(limit=limits.TAGS)
    if sum(text_size(key) + text_size(value) for key, value in tags.items()) > limits.TAG_BYTES:
        raise errors.TAGS_TOO_LARGE(limit=limits.TAG_BYTES)
    return tuple(tags.items())


def without_tags(present: Tags, keys: Collection[str]) -> Tags:
    """The tags whose keys are not among `keys`."""
    return tuple((key, value) for key, value in present if key not in keys)
