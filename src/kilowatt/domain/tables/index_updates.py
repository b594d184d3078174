"""Global indexes that UpdateTable adds to a table or takes from it.

Source: AWS guide, "Managing global secondary indexes"; the refusals as measured on AWS, 2026-10, their order
as far as recorded.
"""

from dataclasses import replace
from typing import Any

from kilowatt import limits
from kilowatt.domain.keys.schema import KeyAttribute
from kilowatt.domain.tables.definition import attribute_types, described_global_index
from kilowatt.domain.tables.table import Index, Table
from kilowatt.errors import table_updates
from kilowatt.errors import tables as errors

Document = dict[str, Any]


def change_indexes(table: Table, request: Document, billing_mode: str) -> Table:
    """The table after the `Create` and `Delete` of GlobalSecondaryIndexUpdates.

    A created index is still to be filled (`backfilling`). `billing_mode` is the one that the request leads
    to. Raises the refusals of `errors.table_updates` and `errors.tables`.
    """
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    creates = [update["Create"] for update in updates if "Create" in update]
    deletes = [update["Delete"]["IndexName"] for update in updates if "Delete" in update]
    if len(creates) + len(deletes) > 1:
        raise errors.ONE_INDEX_AT_A_TIME()
    if (creates or deletes) and "ProvisionedThroughput" in request:
        raise table_updates.INDEXES_NOT_WITH_UNITS()
    for name in deletes:
        table = _without(table, name)
    for create in creates:
        table = _with(table, create, request["AttributeDefinitions"], billing_mode)
    return table


def named_global_index(table: Table, name: str, action: str) -> Index:
    """The global index that an update names for an action; raises `INDEX_NOT_FOUND`, `INDEX_NOT_GLOBAL`."""
    index = table.index(name)
    if index is None:
        raise table_updates.INDEX_NOT_FOUND(index=name, table=table.name)
    if index.local:
        raise table_updates.INDEX_NOT_GLOBAL(action=action, index=name)
    return index


_UNITS = (table_updates.NEW_INDEX_UNITS_ON_DEMAND, table_updates.NEW_INDEX_UNITS_MISSING)


def _with(table: Table, create: Document, definitions: list[Document], billing_mode: str) -> Table:
    name = create["IndexName"]
    if table.index(name) is not None:
        raise table_updates.INDEX_EXISTS()
    if table.backfilling is not None:
        raise errors.ONE_INDEX_AT_A_TIME()
    if sum(not index.local for index in table.indexes) >= limits.GLOBAL_INDEXES:
        raise errors.TOO_MANY_GLOBAL_INDEXES_BY_UPDATE(limit=limits.GLOBAL_INDEXES)
    known = {attribute.name: attribute.type for attribute in table.definitions}
    for attribute, type_ in attribute_types(definitions).items():
        if known.setdefault(attribute, type_) != type_:
            raise errors.DEFINITION_CHANGED(attribute=attribute)
    index = described_global_index(create, known, billing_mode, table.next_index_number, _UNITS)
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
    index = named_global_index(table, name, "delete")
    if table.backfilling is not None and not index.backfilling:
        raise errors.ONE_INDEX_AT_A_TIME()
    left = table.with_indexes(tuple(other for other in table.indexes if other is not index))
    known = {attribute.name: attribute.type for attribute in table.definitions}
    return replace(left, definitions=_used(known, (*left.key.names, *left.index_keys())))


def _used(types: dict[str, str], names: tuple[str, ...]) -> tuple[KeyAttribute, ...]:
    """The definitions of the attributes that are keys of something, sorted by name."""
    return tuple(KeyAttribute(name, types[name]) for name in sorted(set(names)))
