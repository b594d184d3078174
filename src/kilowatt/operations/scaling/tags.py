"""Tags of a scalable target. Source: API reference, TagResource."""

from kilowatt import limits
from kilowatt.errors import scaling as errors

_RESERVED = "aws:"


def with_tags(present: dict[str, str], added: dict[str, str]) -> dict[str, str]:
    """All tags. Raises `RESERVED_TAG_KEY`, `TOO_MANY_TAGS`."""
    for key in added:
        if key.lower().startswith(_RESERVED):
            raise errors.RESERVED_TAG_KEY(key=key)
    tags = present | added
    if len(tags) > limits.TAGS:
        raise errors.TOO_MANY_TAGS(limit=limits.TAGS)
    return tags
