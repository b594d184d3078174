"""What operations on capacity and contributor insights are about: a table, or one of its global indexes."""

from typing import Any

from kilowatt.domain.tables.table import Index, Table
from kilowatt.errors import table_updates as errors


def named_index(table: Table, request: dict[str, Any]) -> Index | None:
    """The global index that the request names; None if it is about the table itself.

    Raises `errors.table_updates.INDEX_NOT_FOUND`, also for local indexes: they are their table's.
    """
    name = request.get("IndexName")
    if name is None:
        return None
    index = table.index(name)
    if index is None or index.local:
        raise errors.INDEX_NOT_FOUND(index=name, table=table.name)
    return index


def names(table: Table, index: Index | None) -> dict[str, Any]:
    """TableName and IndexName, as answers have them."""
    return {"TableName": table.name} if index is None else {"TableName": table.name, "IndexName": index.name}
