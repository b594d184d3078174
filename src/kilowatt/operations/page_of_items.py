"""What Query and Scan have in common: select, filter, projection, paging and the shape of the answer."""

from dataclasses import dataclass
from typing import Any

import orjson

from kilowatt.domain.capacity.consumed import Consumption
from kilowatt.domain.capacity.units import read_half_units
from kilowatt.domain.reads.key_range import KeyRange
from kilowatt.domain.tables.keys import key_ends, suffix_of_key
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.values.accept import accept_value
from kilowatt.domain.values.types import Item
from kilowatt.errors import ServiceError
from kilowatt.errors import reads as errors
from kilowatt.errors import values as value_errors
from kilowatt.limits import PAGE_BYTES
from kilowatt.operations.answer import array, consumed, document, members
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import Expressions
from kilowatt.store import layout
from kilowatt.store.reads import MOST_FETCHED, Page

Request = dict[str, Any]

_FORBIDS_PROJECTION = {
    "ALL_ATTRIBUTES": "ALL_ATTRIBUTES",
    "ALL_PROJECTED_ATTRIBUTES": "ALL_PROJECTED_ATTRIBUTES",
    "COUNT": "only the Count",
}
# Of a starting key's bad values AWS words these as everywhere else.
_UNWRAPPED_START_KEY_ERRORS = {
    value_errors.EMPTY_NUMBER,
    value_errors.NOT_A_NUMBER,
    value_errors.NUMBER_OVERFLOW,
    value_errors.NUMBER_UNDERFLOW,
    value_errors.TOO_MANY_DIGITS,
    value_errors.EMPTY_NUMBER_SET,
    value_errors.STRING_SET_DUPLICATES,
    value_errors.NUMBER_SET_DUPLICATES,
    value_errors.BINARY_SET_DUPLICATES,
}


def check_select(request: Request) -> None:
    """Refuses a Select that contradicts the projection or the absence of an index."""
    select = request.get("Select")
    if select is None:
        return
    projection = "ProjectionExpression" in request or "AttributesToGet" in request
    if select == "ALL_PROJECTED_ATTRIBUTES" and "IndexName" not in request:
        raise errors.SELECT_NEEDS_INDEX()
    if select == "SPECIFIC_ATTRIBUTES" and not projection:
        raise errors.SELECT_NEEDS_PROJECTION()
    if select in _FORBIDS_PROJECTION and projection:
        parameter = "AttributesToGet" if "AttributesToGet" in request else "ProjectionExpression"
        raise errors.SELECT_FORBIDS_PROJECTION(parameter=parameter, what=_FORBIDS_PROJECTION[select])


def accept_start_key(request: Request) -> Item | None:
    """ExclusiveStartKey with canonical values; None if the request has none."""
    start_key: Item | None = request.get("ExclusiveStartKey")
    for value in (start_key or {}).values():
        try:
            accept_value(value)
        except ServiceError as error:
            if error.spec in _UNWRAPPED_START_KEY_ERRORS:
                raise
            raise errors.START_KEY_VALUE(text=error.text) from error
    return start_key


def find_index(table: Table, request: Request) -> Index | None:
    """The index that the request reads; None if it reads the table."""
    name = request.get("IndexName")
    if name is None:
        return None
    index = table.index(name)
    if index is None:
        raise errors.INDEX_NOT_FOUND(index=name)
    if not index.local and request.get("ConsistentRead"):
        raise errors.CONSISTENT_READ_ON_GLOBAL_INDEX()
    if index.backfilling:
        raise errors.INDEX_BACKFILLING(index=name)
    return index


def check_projected(index: Index | None, table: Table, request: Request, expressions: Expressions) -> None:
    """Refuses to get from a global index what it does not project."""
    if index is None or index.local or index.projects_all:
        return
    if request.get("Select") == "ALL_ATTRIBUTES":
        raise errors.SELECT_ALL_ON_GLOBAL_INDEX(index=index.name)
    if expressions.projection is not None:
        missing = sorted(expressions.projection.top_level - _projected(table, index))
        if missing:
            raise errors.NOT_PROJECTED(index=index.name, attributes=", ".join(missing))


def _projected(table: Table, index: Index) -> frozenset[str]:
    return frozenset((*table.key.names, *index.key.names, *index.non_key_attributes))


def _bodies(records: list[bytes]) -> list[bytes]:
    """The items of records, as JSON."""
    return [record[layout.HEADER_BYTES :] for record in records]


@dataclass(slots=True)
class Selected:
    """What a page selected.

    `items` are JSON; `evaluated` is how many were looked at; `last` is where the next page goes on, None if
    there is none; `fetched` are the half-units that going to the table for more attributes cost.
    """

    items: list[bytes]
    evaluated: int
    last: Item | None
    page: Page
    fetched: int


@dataclass(slots=True)
class ItemPage:
    """One page of a Query or Scan: where it reads and what it makes of the items.

    It ends with the item that fills `byte_limit`.
    """

    table: Table
    index: Index | None
    range: KeyRange
    forward: bool
    expressions: Expressions
    byte_limit: int = PAGE_BYTES

    async def answer(self, context: Context, request: Request) -> bytes:
        """Reads the page and shapes the answer; raises `errors.capacity`."""
        self.admit(context)
        selected = await self.read(context, request)
        capacity = None
        if "ReturnConsumedCapacity" in request:
            capacity = consumed(request, self.consumption(request, selected))
        return members(
            (b"ConsumedCapacity", capacity),
            (b"Count", b"%d" % len(selected.items)),
            (b"Items", None if request.get("Select") == "COUNT" else array(selected.items)),
            (b"LastEvaluatedKey", None if selected.last is None else document(selected.last)),
            (b"ScannedCount", b"%d" % selected.evaluated),
        )

    def admit(self, context: Context) -> None:
        """Asks for the capacity to read; raises `errors.capacity`."""
        context.services.meter.admit_read(self.table, self.index, self._position, self._key)

    async def read(self, context: Context, request: Request) -> "Selected":
        """Reads the page, which is to be admitted, and tells what that consumed."""
        page, bodies, fetched = await self._read(context, request)
        half_units = read_half_units(page.size, request.get("ConsistentRead", False)) + fetched
        context.services.meter.charge_read(self.table, self.index, self._position, half_units, self._key)
        self._tell_use(context, half_units)
        last = None if page.ended or not page.records else self.key_of(page.records[-1])
        return Selected(self._select(bodies), len(bodies), last, page, fetched)

    def _tell_use(self, context: Context, half_units: int) -> None:
        """Tells how the table is used, for advice."""
        meter = context.services.meter
        if self.range.is_in_one_collection:
            meter.queried(self.table, self.index)
        else:
            meter.scanned(self.table, self.index, half_units, self._filtered_key())

    def _filtered_key(self) -> str | None:
        """The partition key, of the table or an index, that the filter names; None if it names none."""
        if self.expressions.filter is None:
            return None
        keys = {schema.hash[0].name for schema in self.table.key_schemas()}
        return next((str(path[0]) for path in self.expressions.filter.paths if path[0] in keys), None)

    def consumption(self, request: Request, selected: "Selected") -> Consumption:
        """What reading the page consumed."""
        half_units = read_half_units(selected.page.size, request.get("ConsistentRead", False))
        consumption = Consumption(selected.fetched if self.index else half_units)
        if self.index is not None:
            consumption.add_index(self.index.name, self.index.local, half_units)
        return consumption

    @property
    def _position(self) -> bytes:
        """Where the page begins, for the partition there: all of it counts as its."""
        return self.range.start if self.forward else self.range.end

    @property
    def _key(self) -> bytes:
        """Where the partition key is that contributor insights count the page for; a Scan's is nowhere."""
        counted = self.index if self.index is not None and not self.index.local else self.table
        if counted.insights is None or not self.range.is_in_one_collection:
            return b""
        return self.range.start[: key_ends(counted.key, self.range.start)[0]]

    async def _read(self, context: Context, request: Request) -> tuple[Page, list[bytes], int]:
        """The page, its items, and the half-units that fetching them from the table costs."""
        prefix = layout.entry_prefix(self.table, self.index) if self.index else layout.item_prefix(self.table)
        pages, limit = context.services.pages, request.get("Limit")
        if not self._fetches(request):
            page = await pages.page(prefix, self.range, limit, self.forward, self.byte_limit)
            return page, _bodies(page.records), 0
        limit = min(limit or MOST_FETCHED, MOST_FETCHED)
        page = await pages.page(prefix, self.range, limit, self.forward, self.byte_limit)
        return await self._fetch(context, page, request)

    def key_of(self, record: bytes) -> Item:
        item: Item = orjson.loads(record[layout.HEADER_BYTES :])
        names = (*(self.index.key.names if self.index else ()), *self.table.key.names)
        return {name: item[name] for name in dict.fromkeys(names)}

    def _select(self, bodies: list[bytes]) -> list[bytes]:
        """The items that pass the filter, as the projection leaves them."""
        condition, projection = self.expressions.filter, self.expressions.projection
        if condition is None and projection is None:
            return bodies
        values = self.expressions.values
        kept = []
        for body in bodies:
            item = orjson.loads(body)
            if condition is None or condition.holds(item, values):
                kept.append(body if projection is None else orjson.dumps(projection.apply(item)))
        return kept

    def _fetches(self, request: Request) -> bool:
        """Whether a local index must go to the table for attributes that it does not project."""
        index = self.index
        if index is None or not index.local or index.projects_all:
            return False
        if request.get("Select") == "ALL_ATTRIBUTES":
            return True
        projection = self.expressions.projection
        return projection is not None and not projection.top_level <= _projected(self.table, index)

    async def _fetch(self, context: Context, page: Page, request: Request) -> tuple[Page, list[bytes], int]:
        """The page as far as its whole items go, those, and the half-units that reading them costs."""
        places = [self._table_key(orjson.loads(body)) for body in _bodies(page.records)]
        fetched = await context.services.pages.fetch(page, places)
        consistent = request.get("ConsistentRead", False)
        cost = sum(read_half_units(layout.record_size(record), consistent) for record in fetched.records)
        return fetched.entries, _bodies(fetched.records), cost

    def _table_key(self, entry: Item) -> bytes:
        key = {name: entry[name] for name in self.table.key.names}
        return layout.item_prefix(self.table) + suffix_of_key(self.table.key, key)
