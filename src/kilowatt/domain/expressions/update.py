"""Update expressions compiled to closures that build the new item and leave the old one alone.

All operands are read from the old item, then all changes are made: a removed list element does not move the
elements that another action names, and elements set past the end of a list are appended in the order of their
indexes. None stands for "not there" throughout: what REMOVE leaves, and DELETE of the last elements of a set.

Source: AWS guide, "Using update expressions in DynamoDB".
"""

from collections.abc import Callable, Sequence

from kilowatt.domain.expressions.cache import ExpressionCache
from kilowatt.domain.expressions.checks import NO_VALUES, Checked
from kilowatt.domain.expressions.nodes import (
    Action,
    AddAction,
    ArithmeticNode,
    DeleteAction,
    Kind,
    Operand,
    PathNode,
    RemoveAction,
    SetAction,
    UpdateNode,
    ValueNode,
)
from kilowatt.domain.expressions.parser import parse_update
from kilowatt.domain.expressions.paths import Names, Path, Read, reader, resolve
from kilowatt.domain.expressions.projection import Apply, restriction
from kilowatt.domain.expressions.update_checks import UpdateChecks, result_type
from kilowatt.domain.expressions.update_overhead import overhead_bytes
from kilowatt.domain.values import number
from kilowatt.domain.values.sizes import nesting_levels
from kilowatt.domain.values.types import SET_TYPES, AttributeValue, Item, Values, type_of
from kilowatt.errors import expressions as errors
from kilowatt.errors.values import RESULT_NESTING_TOO_DEEP
from kilowatt.limits import NESTING_LEVELS

ApplyUpdate = Callable[[Item, Values], Item]
_Evaluate = Callable[[Item, Values], AttributeValue]
# The new value at a place, from its old value and the results of all actions; None where nothing is.
_Change = Callable[[AttributeValue | None, Sequence[AttributeValue | None]], AttributeValue | None]
# Children by map key or list index; a leaf is the number of the action.
_Tree = dict[str | int, "_Tree | int"]


class Update(Checked):
    """An update ready to be checked and applied.

    `apply(item, values)`, only after `check` has passed for the same values, is the new item; parts that do
    not change are shared with the old one. It raises ATTRIBUTE_MISSING, UPDATE_PATH, ATTRIBUTE_TYPE,
    RESULT_NESTING_TOO_DEEP and the number errors RESULT_*. `updated(item)` restricts an item, old or new, to
    the target paths (ReturnValues UPDATED_*), which `target_paths` has in the order written; `target_names`
    are the attributes that they begin with. `only_removes`: every action takes something away, so there is
    nothing to do to an item that does not exist. `overhead_bytes` count against the item limit.

    `check` raises: UNDEFINED_VALUE, PATHS_OVERLAP, PATHS_CONFLICT, ACTION_OPERAND_TYPE, OPERAND_COUNT,
    OPERAND_TYPE, PATH_REQUIRED.
    """

    __slots__ = (
        "_static",
        "apply",
        "only_removes",
        "overhead_bytes",
        "target_names",
        "target_paths",
        "updated",
    )

    def __init__(self, node: UpdateNode, names: Names) -> None:
        checks = UpdateChecks(node.actions, names)
        super().__init__(checks)
        self._static = _static_types(node.actions, checks.targets)
        self.target_paths = checks.targets
        self.target_names = frozenset(str(path[0]) for path in checks.targets)
        self.only_removes = all(isinstance(action, RemoveAction | DeleteAction) for action in node.actions)
        self.overhead_bytes = overhead_bytes(node.actions)
        self.apply: ApplyUpdate = _never
        self.updated: Apply = dict
        if self.sound:
            self.apply = _application(node.actions, checks.targets, names)
            self.updated = restriction(checks.targets)

    def static_types(self, values: Values | None) -> list[tuple[str, str]]:
        """Attribute and type tag of each top-level attribute whose new type is certain before the item is
        read: SET to a value, a sum or `list_append`, and ADD."""
        given = NO_VALUES if values is None else values
        return [
            (name, source if source[0] != ":" else type_of(given[source])) for name, source in self._static
        ]


def compile_update(text: str, names: Names | None) -> Update:
    """The update that `text` spells, from the cache if it can.

    Raises: what `parser.parse_update` raises; UNDEFINED_NAME.
    """
    key = (Kind.UPDATE, text, tuple(names.items()) if names else None)
    return _cache.recent.get(key) or _cache.compile(key)


def _compile(_kind: Kind, text: str, names: Names) -> Update:
    return Update(parse_update(text), names)


_cache = ExpressionCache(_compile)


def _never(_item: Item, _values: Values) -> Item:
    raise AssertionError("an update that check() refuses was applied")


def _static_types(actions: Sequence[Action], targets: Sequence[Path]) -> list[tuple[str, str]]:
    """Top-level attribute with the type tag, or the placeholder of the value that has the type."""
    found = []
    for action, path in zip(actions, targets, strict=True):
        if len(path) > 1 or not isinstance(action, SetAction | AddAction):
            continue
        value = action.value
        source = value.placeholder if isinstance(value, ValueNode) else result_type(value)
        if source is not None:
            found.append((str(path[0]), source))
    return found


# -- changes to the item


def _application(actions: Sequence[Action], targets: Sequence[Path], names: Names) -> ApplyUpdate:
    reads = [_result(action, names) for action in actions]
    if all(len(path) == 1 for path in targets):
        return _attributes([(str(path[0]), read) for path, read in zip(targets, reads, strict=True)])
    tree: _Tree = {}
    for number_of_action, path in enumerate(targets):
        _plant(tree, path, number_of_action)
    changes = [(str(name), _change(child)) for name, child in tree.items()]
    levels_left = [NESTING_LEVELS + 1 - len(path) for path in targets]

    def apply(item: Item, values: Values) -> Item:
        results = [read(item, values) for read in reads]
        for result, levels in zip(results, levels_left, strict=True):
            if result is not None and nesting_levels(result) > levels:
                raise RESULT_NESTING_TOO_DEEP()
        return _change_entries(item, changes, results)

    return apply


def _attributes(reads: list[tuple[str, Read]]) -> ApplyUpdate:
    def apply(item: Item, values: Values) -> Item:
        new = item.copy()
        for name, read in reads:
            value = read(item, values)
            if value is None:
                new.pop(name, None)
            else:
                new[name] = value
        return new

    return apply


def _plant(tree: _Tree, path: Path, leaf: int) -> None:
    for element in path[:-1]:
        child = tree.setdefault(element, {})
        assert isinstance(child, dict)
        tree = child
    tree[path[-1]] = leaf


def _change(tree: "_Tree | int") -> _Change:
    if isinstance(tree, int):
        leaf = tree
        return lambda _old, results: results[leaf]
    if isinstance(next(iter(tree)), str):
        return _map_change([(str(key), _change(child)) for key, child in tree.items()])
    return _list_change([(int(index), _change(tree[index])) for index in sorted(tree, key=int)])


def _map_change(changes: list[tuple[str, _Change]]) -> _Change:
    def change(old: AttributeValue | None, results: Sequence[AttributeValue | None]) -> AttributeValue:
        if old is None or "M" not in old:
            raise errors.UPDATE_PATH()
        return {"M": _change_entries(old["M"], changes, results)}

    return change


def _change_entries(
    old: Item, changes: list[tuple[str, _Change]], results: Sequence[AttributeValue | None]
) -> Item:
    new = old.copy()
    for key, change in changes:
        value = change(old.get(key), results)
        if value is None:
            new.pop(key, None)
        else:
            new[key] = value
    return new


def _list_change(changes: list[tuple[int, _Change]]) -> _Change:
    def change(old: AttributeValue | None, results: Sequence[AttributeValue | None]) -> AttributeValue:
        if old is None or "L" not in old:
            raise errors.UPDATE_PATH()
        elements: list[AttributeValue | None] = old["L"].copy()
        length = len(elements)
        for index, change_element in changes:
            if index < length:
                elements[index] = change_element(elements[index], results)
            else:
                elements.append(change_element(None, results))
        return {"L": [element for element in elements if element is not None]}

    return change


# -- results of the actions


def _result(action: Action, names: Names) -> Read:
    if isinstance(action, SetAction):
        return _value(action.value, names)
    if isinstance(action, AddAction):
        return _addition(reader(resolve(action.path, names)), action.value.placeholder)
    if isinstance(action, DeleteAction):
        return _deletion(reader(resolve(action.path, names)), action.value.placeholder)
    return lambda _item, _values: None


def _addition(current: Read, placeholder: str) -> Read:
    def evaluate(item: Item, values: Values) -> AttributeValue:
        old = current(item, values)
        operand = values[placeholder]
        if old is None:
            return operand
        tag = type_of(operand)
        if tag not in old:
            raise errors.ATTRIBUTE_TYPE()
        if tag == "N":
            return {"N": number.add(old["N"], operand["N"])}
        present = set(old[tag])
        return {tag: old[tag] + [element for element in operand[tag] if element not in present]}

    return evaluate


def _deletion(current: Read, placeholder: str) -> Read:
    def evaluate(item: Item, values: Values) -> AttributeValue | None:
        old = current(item, values)
        if old is None:
            return None
        operand = values[placeholder]
        tag = type_of(operand)
        if tag not in old or tag not in SET_TYPES:
            raise errors.ATTRIBUTE_TYPE()
        gone = set(operand[tag])
        left = [element for element in old[tag] if element not in gone]
        return {tag: left} if left else None

    return evaluate


def _value(node: Operand, names: Names) -> _Evaluate:
    if isinstance(node, ValueNode):
        placeholder = node.placeholder
        return lambda _item, values: values[placeholder]
    if isinstance(node, PathNode):
        return _present(reader(resolve(node, names)))
    if isinstance(node, ArithmeticNode):
        operation = number.add if node.operator == "+" else number.subtract
        return _sum(operation, _value(node.left, names), _value(node.right, names))
    first, second = node.operands
    if node.name == "list_append":
        return _list_append(_value(first, names), _value(second, names))
    assert isinstance(first, PathNode)
    return _if_not_exists(reader(resolve(first, names)), _value(second, names))


def _present(read: Read) -> _Evaluate:
    def evaluate(item: Item, values: Values) -> AttributeValue:
        value = read(item, values)
        if value is None:
            raise errors.ATTRIBUTE_MISSING()
        return value

    return evaluate


def _sum(operation: Callable[[str, str], str], left: _Evaluate, right: _Evaluate) -> _Evaluate:
    def evaluate(item: Item, values: Values) -> AttributeValue:
        a = left(item, values)
        b = right(item, values)
        if "N" not in a or "N" not in b:
            raise errors.ATTRIBUTE_TYPE()
        return {"N": operation(a["N"], b["N"])}

    return evaluate


def _list_append(left: _Evaluate, right: _Evaluate) -> _Evaluate:
    def evaluate(item: Item, values: Values) -> AttributeValue:
        a = left(item, values)
        b = right(item, values)
        if "L" not in a or "L" not in b:
            raise errors.ATTRIBUTE_TYPE()
        return {"L": a["L"] + b["L"]}

    return evaluate


def _if_not_exists(read: Read, otherwise: _Evaluate) -> _Evaluate:
    def evaluate(item: Item, values: Values) -> AttributeValue:
        value = read(item, values)
        return otherwise(item, values) if value is None else value

    return evaluate
