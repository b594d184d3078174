"""With a lag, a global index is seen as it was that long ago, after any history of writes."""

import math

from hypothesis import given
from hypothesis import strategies as st
from tests.properties.bounds import bounded
from tests.properties.service import Document, InProcess, items_of, pages, pipeline_over
from tests.properties.shapes import TABLE, IndexShape, Item, TableShape, table_shapes
from tests.properties.test_indexes import Mirror, Operation, operations

from kilowatt.engine.memory import MemoryEngine

LAG_SECONDS = 3


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1_800_000_000.0

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


@st.composite
def histories(draw: st.DrawFn) -> tuple[TableShape, list[tuple[Operation, int, int | None]]]:
    """A table, and writes of it, each with the seconds until the next and a page size to look with."""
    shape = draw(table_shapes(most_indexes=3))
    step = st.tuples(operations(shape), st.integers(0, 2), st.none() | st.integers(1, 3))
    return shape, draw(st.lists(step, max_size=20))


@given(histories())
@bounded(100)
def test_an_index_is_seen_as_it_was(
    history: tuple[TableShape, list[tuple[Operation, int, int | None]]],
) -> None:
    shape, steps = history
    clock, engine = HandClock(), MemoryEngine()
    lagging = InProcess(pipeline_over(engine, clock, LAG_SECONDS))
    current = InProcess(pipeline_over(engine, clock))
    mirror = Mirror(shape, lagging)
    seen = {-math.inf: _contents(current, shape, None)}
    for operation, seconds, limit in steps:
        mirror.apply(operation)
        seen[clock.seconds] = _contents(current, shape, None)
        clock.seconds += seconds
        then = max(time for time in seen if time <= clock.seconds - LAG_SECONDS)
        now = seen[max(seen)]
        found = _contents(lagging, shape, limit)
        for index in shape.indexes:
            expected = now if index.local else seen[then]
            assert found[index.name] == expected[index.name]
            for item in (expected[index.name] + now[index.name])[:4]:
                queried = _backwards(lagging, index, item, limit)
                assert queried == [
                    entry for entry in reversed(expected[index.name]) if _same_partition(index, entry, item)
                ]
        assert found[TABLE] == now[TABLE]
    clock.seconds += LAG_SECONDS
    mirror.check()


def _contents(service: InProcess, shape: TableShape, limit: int | None) -> dict[str, list[Document]]:
    """The items of the table and of each index, in order."""
    bounds: Document = {} if limit is None else {"Limit": limit}
    contents = {TABLE: items_of(pages(service, "Scan", TableName=TABLE, **bounds))}
    for index in shape.indexes:
        scanned = pages(service, "Scan", TableName=TABLE, IndexName=index.name, **bounds)
        contents[index.name] = items_of(scanned)
    return contents


def _same_partition(index: IndexShape, one: Item, other: Item) -> bool:
    return all(one[name] == other[name] for name in index.hash)


def _backwards(service: InProcess, index: IndexShape, item: Item, limit: int | None) -> list[Document]:
    """The entries with the partition key of `item`, last first."""
    request: Document = {} if limit is None else {"Limit": limit}
    return items_of(
        pages(
            service,
            "Query",
            TableName=TABLE,
            IndexName=index.name,
            KeyConditionExpression=" AND ".join(f"{name} = :{name}" for name in index.hash),
            ExpressionAttributeValues={f":{name}": item[name] for name in index.hash},
            ScanIndexForward=False,
            **request,
        )
    )
