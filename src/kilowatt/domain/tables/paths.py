"""Document paths against a table: keys are scalars, and an update may not change or spoil them."""

from collections.abc import Iterable

from kilowatt.domain.expressions.paths import Path
from kilowatt.domain.expressions.update import Update
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.types import Values
from kilowatt.errors import items as errors


def check_key_paths(table: Table, paths: Iterable[Path]) -> None:
    """Refuses paths into key attributes of the table or its indexes, which are scalars.

    Raises: KEY_PATH_NOT_SCALAR.
    """
    nested = [path[0] for path in paths if len(path) > 1]
    for name in nested:
        if name in table.key.names:
            raise errors.KEY_PATH_NOT_SCALAR(kind="Key", key=name)
        if table.indexes and name in table.index_keys():
            raise errors.KEY_PATH_NOT_SCALAR(kind="IndexKey", key=name)


def check_update(table: Table, update: Update, values: Values) -> None:
    """Refuses updates of key attributes, index keys of a type that they can't have, and paths into keys.

    Raises: UPDATE_OF_KEY, INDEX_KEY_TYPE, KEY_PATH_NOT_SCALAR.
    """
    for path in update.target_paths:
        if path[0] in table.key.names:
            raise errors.UPDATE_OF_KEY(key=path[0])
    if table.indexes:
        _check_static_types(table, update.static_types(values))
    check_key_paths(table, update.paths)


def _check_static_types(table: Table, types: list[tuple[str, str]]) -> None:
    for name, tag in types:
        for index in table.indexes:
            for attribute in index.key.attributes:
                if attribute.name == name and attribute.type != tag:
                    raise errors.INDEX_KEY_TYPE(
                        key=name, expected=attribute.type, actual=tag, index=index.name
                    )
