"""Global indexes that UpdateTable adds to a table or takes from it.

Source: AWS guide, "Managing global secondary indexes"; the order of checks as far as recorded.
"""

from dataclasses import replace
from typing import Any

from kilowatt import limits
from kilowatt.domain.keys.schema import KeyAttribute
from kilowatt.domain.tables.definition import attribute_types, global_index
from kilowatt.domain.tables.table import Table
from kilowatt.errors import tables as errors

Document = dict[str, Any]


def change_indexes(table: Table, request: Document) -> Table:
    """The table after the `Create` and `Delete` of GlobalSecondaryIndexUpdates.

    A created index is still to be filled (`backfilling`). Raises the refusals of `errors.tables`.
    """
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    creates = [update["Create"] for update in updates if "Create" in update]
    deletes = [update["Delete"]["IndexName"] for update in updates if "Delete" in update]
    if len(creates) + len(deletes) > 1:
        raise errors.ONE_INDEX_AT_A_TIME()
    for name in deletes:
        table = _without(table, name)
    for create in creates:
        table = _with(table, create, request.get("AttributeDefinitions", ()))
    return table


def _with(table: Table, create: Document, definitions: list[Document]) -> Table:
    name = create["IndexName"]
    if table.index(name) is not None:
        raise errors.INDEX_EXISTS()
    if table.backfilling is not None:
        raise errors.ONE_INDEX_AT_A_TIME()
    if sum(not index.local for index in table.indexes) >= limits.GLOBAL_INDEXES:
        raise errors.TOO_MANY_GLOBAL_INDEXES_BY_UPDATE(limit=limits.GLOBAL_INDEXES)
    known = {attribute.name: attribute.type for attribute in table.definitions}
    for attribute, type_ in attribute_types(definitions).items():
        if known.setdefault(attribute, type_) != type_:
            raise errors.DEFINITION_CHANGED(attribute=attribute)
    index = global_index(create, known, table.billing_mode, table.next_index_number)
    index = replace(index, backfilling=True)
    projected = sum(len(other.non_key_attributes) for other in (*table.indexes, index))
    if projected > limits.PROJECTED_ATTRIBUTES:
        raise errors.TOO_MANY_PROJECTED()
    return replace(
        table,
        indexes=(*table.indexes, index),
        next_index_number=index.number + 1,
        definitions=_used(known, (*table.key.names, *table.index_keys(), *index.key.names)),
    )


def _without(table: Table, name: str) -> Table:
    index = table.index(name)
    if index is None or index.local:
        raise errors.INDEX_OF_TABLE_NOT_FOUND(index=name, table=table.name)
    left = table.with_indexes(tuple(other for other in table.indexes if other is not index))
    known = {attribute.name: attribute.type for attribute in table.definitions}
    return replace(left, definitions=_used(known, (*left.key.names, *left.index_keys())))


def _used(types: dict[str, str], names: tuple[str, ...]) -> tuple[KeyAttribute, ...]:
    """The definitions of the attributes that are keys of something, sorted by name."""
    return tuple(KeyAttribute(name, types[name]) for name in sorted(set(names)))
