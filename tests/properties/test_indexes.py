"""An index equals the projection of its table, after any history of writes; so do the sizes that are kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.bounds import bounded
from tests.properties.model import projection, text, texts
from tests.properties.service import Document, InProcess, Refused, Service, ask, items_of, pages
from tests.properties.shapes import (
    TABLE,
    Item,
    TableShape,
    Value,
    indexable,
    items,
    keys,
    table_shapes,
    values,
)

from kilowatt.domain.values.sizes import item_size

_ATTRIBUTES = ("a", "b", "c", "d", "e")
Operation = tuple[str, Any]


@st.composite
def updates(draw: st.DrawFn, shape: TableShape) -> Operation:
    """Some attributes set, some removed."""
    names = draw(st.lists(st.sampled_from(_ATTRIBUTES), min_size=1, max_size=3, unique=True))
    changes = {name: draw(st.none() | indexable(shape, name)) for name in names}
    return "update", (draw(keys(shape)), changes)


@st.composite
def bad_puts(draw: st.DrawFn, shape: TableShape) -> Operation:
    """An item with any value at all where an index key may be."""
    item = draw(items(shape))
    return "put", {**item, draw(st.sampled_from(_ATTRIBUTES)): draw(values())}


def operations(shape: TableShape) -> st.SearchStrategy[Operation]:
    batch = st.lists(
        st.tuples(items(shape), st.booleans()),
        min_size=1,
        max_size=5,
        unique_by=lambda change: text(shape.key_of(change[0])),
    )
    return st.one_of(
        items(shape).map(lambda item: ("put", item)),
        keys(shape).map(lambda key: ("delete", key)),
        updates(shape),
        batch.map(lambda changes: ("batch", changes)),
        bad_puts(shape),
    )


class Mirror:
    """The table as plain items, and the service that ought to hold the same."""

    def __init__(self, shape: TableShape, service: Service) -> None:
        self.shape = shape
        self.service = service
        self.items: dict[str, Item] = {}
        ask(service, "CreateTable", **shape.request())

    def apply(self, operation: Operation) -> None:
        kind, argument = operation
        getattr(self, f"_{kind}")(argument)

    def _put(self, item: Item) -> None:
        if self._fits(item):
            ask(self.service, "PutItem", TableName=TABLE, Item=item)
            self._keep(item)
        else:
            with pytest.raises(Refused, match="ValidationException"):
                ask(self.service, "PutItem", TableName=TABLE, Item=item)

    def _delete(self, key: Item) -> None:
        ask(self.service, "DeleteItem", TableName=TABLE, Key=key)
        self.items.pop(text(key), None)

    def _update(self, argument: tuple[Item, dict[str, Value | None]]) -> None:
        key, changes = argument
        ask(self.service, "UpdateItem", TableName=TABLE, Key=key, **_update_expression(changes))
        old = self.items.get(text(key))
        removes_only = all(value is None for value in changes.values())
        if old is None and removes_only:
            return
        new = {name: value for name, value in (old or key).items() if name not in changes}
        self._keep(new | {name: value for name, value in changes.items() if value is not None})

    def _batch(self, changes: list[tuple[Item, bool]]) -> None:
        requests: list[Document] = [
            {"PutRequest": {"Item": item}} if put else {"DeleteRequest": {"Key": self.shape.key_of(item)}}
            for item, put in changes
        ]
        answer = ask(self.service, "BatchWriteItem", RequestItems={TABLE: requests})
        assert answer["UnprocessedItems"] == {}
        for item, put in changes:
            if put:
                self._keep(item)
            else:
                self.items.pop(text(self.shape.key_of(item)), None)

    def _keep(self, item: Item) -> None:
        self.items[text(self.shape.key_of(item))] = item

    def _fits(self, item: Item) -> bool:
        """Whether the attributes that are index keys have their types and are not empty."""
        return all(
            type_ in item[name] and item[name][type_] != ""
            for name, type_ in self.shape.types.items()
            if name in item
        )

    def check(self) -> None:
        """Compares the table, every index, and what DescribeTable says of them."""
        description = ask(self.service, "DescribeTable", TableName=TABLE)["Table"]
        whole = list(self.items.values())
        self._check_one(whole, {}, description, "TableSizeBytes")
        described = {
            index["IndexName"]: index
            for member in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
            for index in description.get(member, [])
        }
        for index in self.shape.indexes:
            entries = projection(self.shape, index, whole)
            self._check_one(entries, {"IndexName": index.name}, described[index.name], "IndexSizeBytes")

    def _check_one(self, expected: list[Item], target: Document, described: Document, size: str) -> None:
        found = items_of(pages(self.service, "Scan", TableName=TABLE, **target))
        assert texts(found) == texts(expected)
        assert (described["ItemCount"], described[size]) == (len(expected), sum(map(item_size, expected)))


def _update_expression(changes: dict[str, Value | None]) -> Document:
    removed = [name for name, value in changes.items() if value is None]
    kept = {name: value for name, value in changes.items() if value is not None}
    clauses = []
    if kept:
        clauses.append("SET " + ", ".join(f"#{name} = :{name}" for name in kept))
    if removed:
        clauses.append("REMOVE " + ", ".join(f"#{name}" for name in removed))
    request: Document = {
        "UpdateExpression": " ".join(clauses),
        "ExpressionAttributeNames": {f"#{name}": name for name in changes},
    }
    if kept:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in kept.items()}
    return request


@st.composite
def histories(draw: st.DrawFn) -> tuple[TableShape, list[Operation]]:
    shape = draw(table_shapes(most_indexes=4))
    return shape, draw(st.lists(operations(shape), max_size=25))


@given(histories())
@bounded(150)
def test_an_index_equals_the_projection_of_its_table_after_any_history(
    history: tuple[TableShape, list[Operation]],
) -> None:
    shape, steps = history
    mirror = Mirror(shape, InProcess())
    for number, step in enumerate(steps):
        mirror.apply(step)
        if number % 5 == 0:
            mirror.check()
    mirror.check()
