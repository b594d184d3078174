"""What INSERT, UPDATE and DELETE write: the same `Write`s as PutItem, UpdateItem and DeleteItem.

INSERT puts an item if there is none with its key. UPDATE changes an item that is there; what WHERE asks
besides the key is its condition. DELETE is content with a missing item, but not with one that does not
satisfy the rest of WHERE.

Source: AWS guide, "PartiQL insert statements for DynamoDB" and its neighbours.
"""

from collections.abc import Sequence

from kilowatt.domain.expressions.condition import Condition
from kilowatt.domain.expressions.nodes import AndNode, ConditionNode, FunctionNode, Kind, OrNode, PathNode
from kilowatt.domain.expressions.nodes import UpdateNode as UpdateExpressionNode
from kilowatt.domain.expressions.paths import Names
from kilowatt.domain.expressions.update import Update
from kilowatt.domain.partiql.access import equalities
from kilowatt.domain.partiql.nodes import DeleteNode, InsertNode, UpdateNode
from kilowatt.domain.tables.keys import check_index_keys, suffix_of_item, suffix_of_key
from kilowatt.domain.tables.paths import check_key_paths, check_update
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.values.types import SET_TYPES, Item, Values, type_of
from kilowatt.domain.writes.decision import Change, Decision, Delete, Put, UpdateInPlace, Write
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.errors import expressions as expression_errors
from kilowatt.errors import partiql as errors
from kilowatt.errors import values as value_errors
from kilowatt.limits import ITEM_BYTES


class InsertPlan:
    """An INSERT into its table."""

    __slots__ = ("_build", "_condition", "table")
    returning = ""

    def __init__(self, node: InsertNode, table: Table) -> None:
        _refuse_index(node)
        self.table = table
        self._build = node.item
        names: Names = {}
        self._condition = _all([_absent(_marker(table, names))], names)

    def write(self, values: Values, return_old: bool) -> Write:
        """The write with these values. Raises what PutItem refuses of an item, and NO_ITEM."""
        item = self._build(values).get("M")
        if item is None:
            raise errors.NO_ITEM()
        size = accept_item(item)
        if size > ITEM_BYTES:
            raise value_errors.ITEM_TOO_LARGE()
        suffix = suffix_of_item(self.table.key, item)
        if self.table.indexes:
            check_index_keys(self.table, item)
        return Write(
            self.table,
            item,
            suffix,
            Put(StoredItem.of(item, size)),
            self._condition,
            values,
            condition_failed=errors.DUPLICATE_ITEM,
        )

    def returned(self, decision: Decision) -> bytes | Item | None:
        return None


class KeyedWritePlan:
    """An UPDATE or DELETE of one item of its table."""

    __slots__ = ("_condition", "_key", "_sets", "_update", "returning", "table")

    def __init__(self, node: UpdateNode | DeleteNode, table: Table, names: Names) -> None:
        _refuse_index(node)
        self.table = table
        self.returning = node.returning
        names = dict(names)
        self._key, rest = _key_and_rest(node.where, table, names)
        self._sets: tuple[tuple[str, str], ...] = ()
        self._update: Update | None = None
        if isinstance(node, UpdateNode):
            self._sets = node.sets
            self._update = Update(UpdateExpressionNode(node.actions), names)
            self._condition: Condition | None = _all([_present(_marker(table, names)), *rest], names)
        elif rest:
            missing = _absent(_marker(table, names))
            self._condition = _all([OrNode((missing, _conjunction(rest)))], names)
        else:
            self._condition = None

    def write(self, values: Values, return_old: bool) -> Write:
        """The write with these values. Raises what UpdateItem or DeleteItem refuses of key and update."""
        key = {name: values[placeholder] for name, placeholder in self._key.items()}
        for placeholder, function in self._sets:
            tag = type_of(values[placeholder])
            if tag not in SET_TYPES:
                raise expression_errors.OPERAND_TYPE(kind=Kind.UPDATE, operator=function, type=tag)
        if self._update is not None:
            self._update.check(values)
        if self._condition is not None:
            self._condition.check(values)
        suffix = suffix_of_key(self.table.key, key)
        if self._update is not None:
            check_update(self.table, self._update, values)
        if self._condition is not None:
            check_key_paths(self.table, self._condition.paths)
        return Write(self.table, key, suffix, self._change(key, values), self._condition, values, return_old)

    def _change(self, key: Item, values: Values) -> Change:
        return Delete() if self._update is None else UpdateInPlace(key, self._update, values)

    def returned(self, decision: Decision) -> bytes | Item | None:
        """What RETURNING shows: a whole item as its JSON, or parts of one; None for nothing."""
        if not self.returning:
            return None
        stored = decision.old if self.returning.endswith("OLD") else decision.new
        if stored is None:
            return None
        if self.returning.startswith("ALL") or self._update is None:
            return stored.body
        return self._update.updated(stored.item) or None


WritePlan = InsertPlan | KeyedWritePlan


def _refuse_index(node: InsertNode | UpdateNode | DeleteNode) -> None:
    if node.source.index is not None:
        raise errors.WRITE_TO_INDEX()


def _key_and_rest(
    where: ConditionNode | None, table: Table, names: Names
) -> tuple[dict[str, str], tuple[ConditionNode, ...]]:
    """The placeholders of the key, and the conditions besides. Raises: KEY_NOT_GIVEN."""
    conjuncts: Sequence[ConditionNode] = ()
    if where is not None:
        conjuncts = where.conditions if isinstance(where, AndNode) else (where,)
    found = equalities(conjuncts, table.key, names)
    if found is None:
        raise errors.KEY_NOT_GIVEN()
    return found


def _marker(table: Table, names: Names) -> PathNode:
    """The path of the partition key, which every item has."""
    names["#key"] = table.key.hash[0].name
    return PathNode(("#key",))


def _present(path: PathNode) -> ConditionNode:
    return FunctionNode("attribute_exists", (path,))


def _absent(path: PathNode) -> ConditionNode:
    return FunctionNode("attribute_not_exists", (path,))


def _conjunction(conditions: Sequence[ConditionNode]) -> ConditionNode:
    return conditions[0] if len(conditions) == 1 else AndNode(tuple(conditions))


def _all(conditions: Sequence[ConditionNode], names: Names) -> Condition:
    return Condition(Kind.CONDITION, _conjunction(conditions), names)
