"""The request's placeholders: their keys, those left over, and what one expression uses of them.

AWS checks in this order: keys of names, keys of values (here); content of the values
(`domain/values/accept.py`); the expressions; then names and values that no expression used (here).

Source: AWS guide, "Expression attribute names", "Expression attribute values"; order recorded on AWS.
"""

import re
from collections.abc import Set as AbstractSet

from kilowatt.domain.expressions.nodes import Kind, PathNode
from kilowatt.domain.expressions.paths import Names, Path, name_placeholders, resolve
from kilowatt.domain.values.types import Values
from kilowatt.errors import expressions as errors
from kilowatt.limits import PLACEHOLDER_BYTES

_NAME_KEY = re.compile(r"#[0-9a-zA-Z_]+").fullmatch
_VALUE_KEY = re.compile(r":[0-9a-zA-Z_]+").fullmatch
ATTRIBUTE_NAME_BYTES = 65535
_UTF8_BYTES_PER_CHARACTER = 4


def check_placeholder_keys(names: Names | None, values: Values | None) -> None:
    """Refuse empty maps and malformed or too long keys; of names also the attribute names they stand for.

    None means that the request does not have the parameter.

    Raises: NAMES_EMPTY, NAMES_KEY_TOO_LONG, NAMES_KEY, NAMES_VALUE_EMPTY, NAMES_VALUE_TOO_LONG, VALUES_EMPTY,
    VALUES_KEY_TOO_LONG, VALUES_KEY.
    """
    if names is not None:
        if not names:
            raise errors.NAMES_EMPTY()
        for key, name in names.items():
            _check_name(key, name)
    if values is not None:
        if not values:
            raise errors.VALUES_EMPTY()
        for key in values:
            if len(key) > PLACEHOLDER_BYTES:
                raise errors.VALUES_KEY_TOO_LONG()
            if not _VALUE_KEY(key):
                raise errors.VALUES_KEY(key=key)


def _check_name(key: str, name: str) -> None:
    if len(key) > PLACEHOLDER_BYTES:
        raise errors.NAMES_KEY_TOO_LONG()
    if not _NAME_KEY(key):
        raise errors.NAMES_KEY(key=key)
    if not name:
        raise errors.NAMES_VALUE_EMPTY(key=key)
    if (
        len(name) * _UTF8_BYTES_PER_CHARACTER > ATTRIBUTE_NAME_BYTES
        and len(name.encode()) > ATTRIBUTE_NAME_BYTES
    ):
        raise errors.NAMES_VALUE_TOO_LONG()


def check_unused_placeholders(
    names: Names | None, values: Values | None, used_names: AbstractSet[str], used_values: AbstractSet[str]
) -> None:
    """Refuse names, then values, that no expression of the request used.

    Raises: NAMES_UNUSED, VALUES_UNUSED.
    """
    if names is not None and not names.keys() <= used_names:
        raise errors.NAMES_UNUSED(keys=", ".join([key for key in names if key not in used_names]))
    if values is not None and not values.keys() <= used_values:
        raise errors.VALUES_UNUSED(keys=", ".join([key for key in values if key not in used_values]))


class Usage:
    """What one expression uses: collected while it is compiled, in the order of the text."""

    __slots__ = ("_names", "_paths", "names", "values")

    def __init__(self, names: Names) -> None:
        self._names = names
        self._paths: dict[Path, None] = {}
        self.names: set[str] = set()
        self.values: set[str] = set()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Each document path once."""
        return tuple(self._paths)

    def undefined_name(self, node: PathNode) -> str | None:
        """Note a path; returns its first placeholder that is not defined, if any."""
        for placeholder in name_placeholders(node):
            self.names.add(placeholder)
            if placeholder not in self._names:
                return placeholder
        self._paths[resolve(node, self._names)] = None
        return None

    def path(self, kind: Kind, node: PathNode) -> Path:
        """Note a path; returns it resolved.

        Raises: UNDEFINED_NAME.
        """
        undefined = self.undefined_name(node)
        if undefined:
            raise errors.UNDEFINED_NAME(kind=kind, name=undefined)
        return resolve(node, self._names)
