"""What a SELECT reads: one item by its key, ranges of partitions, or everything.

Source: AWS guide, "PartiQL select statements for DynamoDB"; checks of indexes measured on AWS.
"""

from collections.abc import Sequence
from functools import cmp_to_key

import orjson

from kilowatt.domain.expressions.condition import Condition
from kilowatt.domain.expressions.key_condition import KeyTest
from kilowatt.domain.expressions.nodes import AndNode, ConditionNode, Kind
from kilowatt.domain.expressions.paths import Names
from kilowatt.domain.keys.schema import KeySchema
from kilowatt.domain.partiql.access import Access, Reach, access_of, equalities
from kilowatt.domain.partiql.columns import compile_columns
from kilowatt.domain.partiql.nodes import OrderKey, SelectNode
from kilowatt.domain.reads.key_range import KeyRange, position_of, query_range, scan_range
from kilowatt.domain.tables.keys import suffix_of_key
from kilowatt.domain.tables.paths import check_key_paths
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.values.comparison import order
from kilowatt.domain.values.types import AttributeValue, Item, Values
from kilowatt.errors import ServiceError
from kilowatt.errors import items as item_errors
from kilowatt.errors import partiql as errors
from kilowatt.errors import reads as read_errors

# The guide: what IN finds comes in pages of up to so many items.
IN_PAGE = 10


def _compare(a: AttributeValue, b: AttributeValue) -> int:
    return order(a, b) or 0


_BY_VALUE = cmp_to_key(_compare)


class SelectPlan:
    """A SELECT over its table.

    `key` has the placeholder of each key attribute if the statement names one item of the table. `keyed` is
    False for a scan. `filter` is what is left of WHERE once the keys are read, `projection` is None for `*`.
    `forward` is the direction within a partition; `page_limit` bounds a page besides the request's Limit.
    """

    __slots__ = (
        "_access",
        "_backward_partitions",
        "filter",
        "forward",
        "index",
        "key",
        "page_limit",
        "projection",
        "table",
    )

    def __init__(self, node: SelectNode, table: Table, names: Names) -> None:
        self.table = table
        self.index = _index_of(table, node.source.index)
        schema = self.index.key if self.index else table.key
        self._access = access_of(node.where, schema, names)
        self.key = None if self.index else self._whole_key(node.where, table.key, names)
        self.filter = _filter(self._access.rest, names)
        self.projection = compile_columns(node.columns, names) if node.columns is not None else None
        self.forward, self._backward_partitions = _directions(node, schema, self._access)
        self.page_limit = IN_PAGE if self._access.by_in and self.key is None else None
        self._check_paths()

    @property
    def keyed(self) -> bool:
        return bool(self._access.reaches)

    def _whole_key(
        self, where: ConditionNode | None, schema: KeySchema, names: Names
    ) -> dict[str, str] | None:
        """The placeholders of the table's key if the statement gives all of it."""
        if where is None or len(self._access.reaches) != 1:
            return None
        found = equalities(where.conditions if isinstance(where, AndNode) else (where,), schema, names)
        return None if found is None else found[0]

    def _check_paths(self) -> None:
        """Refuses paths into keys, and attributes that a global index does not have.

        Raises: KEY_PATH_NOT_SCALAR, NOT_PROJECTED.
        """
        wanted = set() if self.projection is None else set(self.projection.top_level)
        if self.projection is not None:
            check_key_paths(self.table, self.projection.paths)
        if self.filter is not None:
            check_key_paths(self.table, self.filter.paths)
            if self.keyed:
                wanted |= {str(path[0]) for path in self.filter.paths}
        index = self.index
        if index is not None and not index.local and not index.projects_all:
            missing = sorted(
                wanted.difference(self.table.key.names, index.key.names, index.non_key_attributes)
            )
            if missing:
                raise read_errors.NOT_PROJECTED(index=index.name, attributes=", ".join(missing))

    def suffix(self, values: Values) -> bytes:
        """The place of the one item that is asked for.

        Raises: KEY_CONDITION_TYPE, KEY_EMPTY, HASH_KEY_TOO_LONG, RANGE_KEY_TOO_LONG.
        """
        assert self.key is not None
        key = {name: values[placeholder] for name, placeholder in self.key.items()}
        try:
            return suffix_of_key(self.table.key, key)
        except ServiceError as error:
            if error.spec is item_errors.KEY_SCHEMA_MISMATCH:
                raise read_errors.KEY_CONDITION_TYPE() from error
            raise

    def ranges(self, values: Values, start_key: Item | None) -> list[KeyRange]:
        """What is left to read after `start_key`, in order.

        Raises: INVALID_NEXT_TOKEN, and the refusals of `query_range` for the conditions.
        """
        ranges = self._ranges(values) if self.keyed else [scan_range(self.table, self.index, 0, 1, None)]
        if start_key is None:
            return ranges
        position = self._position(start_key)
        for number, range_ in enumerate(ranges):
            if range_.holds(position):
                return [range_.after(position, self.forward), *ranges[number + 1 :]]
        raise errors.INVALID_NEXT_TOKEN()

    def _position(self, start_key: Item) -> bytes:
        schemas = [self.table.key, *([self.index.key] if self.index else [])]
        if start_key.keys() != {name for schema in schemas for name in schema.names}:
            raise errors.INVALID_NEXT_TOKEN()
        try:
            return position_of(self.table, self.index, start_key)
        except ServiceError as error:
            raise errors.INVALID_NEXT_TOKEN() from error

    def _ranges(self, values: Values) -> list[KeyRange]:
        """The ranges of all partitions, each partition's together and without overlaps."""
        reaches = self._access.reaches
        if len(reaches) == 1:
            return [self._range(reaches[0], values)]
        partitions: dict[bytes, tuple[Reach, list[KeyRange]]] = {}
        for reach in reaches:
            identity = orjson.dumps([values[placeholder] for placeholder in reach.partition])
            partitions.setdefault(identity, (reach, []))[1].append(self._range(reach, values))
        found = list(partitions.values())
        if self._backward_partitions is not None:
            found.sort(
                key=lambda partition: _BY_VALUE(values[partition[0].partition[0]]),
                reverse=self._backward_partitions,
            )
        return [range_ for _, ranges in found for range_ in _disjoint(ranges, self.forward)]

    def _range(self, reach: Reach, values: Values) -> KeyRange:
        """The range of one partition; of several tests of one attribute, what all of them leave."""
        schema = self.index.key if self.index else self.table.key
        partition = [
            KeyTest(attribute.name, "=", (placeholder,))
            for attribute, placeholder in zip(schema.hash, reach.partition, strict=True)
        ]
        equal = [test for test in reach.tests if test.operator == "="]
        others = [[test] for test in reach.tests if test.operator != "="] or [[]]
        whole: KeyRange | None = None
        for other in others:
            tests = [*partition, *equal, *other]
            range_ = query_range(self.table, self.index, tests, values, None, True)
            if whole is None:
                whole = range_
            else:
                whole = KeyRange(max(whole.start, range_.start), min(whole.end, range_.end))
        assert whole is not None
        return whole


def _index_of(table: Table, name: str | None) -> Index | None:
    if name is None:
        return None
    index = table.index(name)
    if index is None:
        raise errors.INDEX_NOT_FOUND()
    if index.backfilling:
        raise read_errors.INDEX_BACKFILLING(index=name)
    return index


def _filter(conjuncts: Sequence[ConditionNode], names: Names) -> Condition | None:
    if not conjuncts:
        return None
    node = conjuncts[0] if len(conjuncts) == 1 else AndNode(tuple(conjuncts))
    return Condition(Kind.FILTER, node, names)


def _directions(node: SelectNode, schema: KeySchema, access: Access) -> tuple[bool, bool | None]:
    """Whether partitions are read forward, and whether they come in descending order of their keys.

    The second is None if the statement does not order them.

    Raises: ORDER_WITHOUT_WHERE, ORDER_WITHOUT_KEY, ORDER_BY_OTHER, ORDER_OF_PARTITIONS, ORDER_MIXED.
    """
    if not node.order:
        return True, None
    if node.where is None:
        raise errors.ORDER_WITHOUT_WHERE()
    if not access.reaches:
        raise errors.ORDER_WITHOUT_KEY()
    for key in node.order:
        if key.name not in schema.names:
            raise errors.ORDER_BY_OTHER(name=key.name)
    hashes = {attribute.name for attribute in schema.hash}
    if len(access.reaches) > 1 and node.order[0].name not in hashes:
        raise errors.ORDER_OF_PARTITIONS()
    by_hash = [key for key in node.order if key.name in hashes]
    by_range = [key for key in node.order if key.name not in hashes]
    return _forward(by_range or by_hash), (not by_hash[0].forward if by_hash else None)


def _forward(keys: Sequence[OrderKey]) -> bool:
    directions = {key.forward for key in keys}
    if len(directions) > 1:
        raise errors.ORDER_MIXED()
    return directions.pop()


def _disjoint(ranges: list[KeyRange], forward: bool) -> list[KeyRange]:
    """The same suffixes in ranges that do not overlap, in reading order."""
    joined: list[KeyRange] = []
    for range_ in sorted(ranges, key=lambda range_: range_.start):
        if joined and range_.start <= joined[-1].end:
            joined[-1] = KeyRange(joined[-1].start, max(joined[-1].end, range_.end))
        elif range_.start < range_.end:
            joined.append(range_)
    return joined if forward else joined[::-1]
