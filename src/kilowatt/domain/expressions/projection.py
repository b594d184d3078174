"""Projections: the parts of an item that a list of paths names, in their containers.

Map entries come back inside their maps; list elements come back in lists without the elements between them,
in the order of their indexes. A path that leads nowhere leaves nothing, not even its containers.

Source: AWS guide, "Using projection expressions in DynamoDB".
"""

from collections.abc import Callable, Sequence
from typing import Any

from kilowatt.domain.expressions.cache import ExpressionCache
from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.expressions.parser import parse_projection
from kilowatt.domain.expressions.paths import Names, Path, check_disjoint
from kilowatt.domain.expressions.placeholders import Usage
from kilowatt.domain.values.types import AttributeValue, Item

Apply = Callable[[Item], Item]
# The part of a value to keep; None if there is none.
_Keep = Callable[[AttributeValue], AttributeValue | None]
# Children by map key or list index; an empty tree keeps the whole value.
_Tree = dict[str | int, "_Tree"]


class Projection:
    """Paths ready to be applied.

    `apply(item)` is a new item of the parts that the paths name: containers on the way to a part are new, the
    parts themselves are the item's own values. `paths` are in the order written, `top_level` their
    attributes.
    """

    __slots__ = ("apply", "names_used", "paths", "top_level")

    def __init__(self, paths: tuple[Path, ...], names_used: frozenset[str] = frozenset()) -> None:
        self.paths = paths
        self.names_used = names_used
        self.top_level = frozenset([str(path[0]) for path in paths])
        self.apply: Apply = restriction(paths)


def compile_projection(text: str, names: Names | None) -> Projection:
    """The projection that `text` spells, from the cache if it can.

    Raises: what `parser.parse_projection` raises; UNDEFINED_NAME, PATHS_OVERLAP, PATHS_CONFLICT.
    """
    key = (Kind.PROJECTION, text, tuple(names.items()) if names else None)
    return _cache.recent.get(key) or _cache.compile(key)


def _compile(kind: Kind, text: str, names: Names) -> Projection:
    usage = Usage(names)
    paths = tuple([usage.path(kind, node) for node in parse_projection(text).paths])
    check_disjoint(kind, paths)
    return Projection(paths, frozenset(usage.names))


_cache = ExpressionCache(_compile)


def restriction(paths: Sequence[Path]) -> Apply:
    """What restricts an item to paths of which none is a part of another."""
    if all(len(path) == 1 for path in paths):
        return _attributes(tuple([str(path[0]) for path in paths]))
    tree: _Tree = {}
    for path in paths:
        place = tree
        for element in path:
            place = place.setdefault(element, {})
    keeps = [(str(name), _keep(children)) for name, children in tree.items()]

    def apply(item: Item) -> Item:
        return _entries(item, keeps)

    return apply


def _attributes(names: tuple[str, ...]) -> Apply:
    def apply(item: Item) -> Item:
        return {name: item[name] for name in names if name in item}

    return apply


def _keep(tree: _Tree) -> _Keep:
    if not tree:
        return lambda value: value
    if isinstance(next(iter(tree)), str):
        entries = [(str(key), _keep(children)) for key, children in tree.items()]
        return lambda value: _container("M", _entries(value["M"], entries)) if "M" in value else None
    elements = [(int(index), _keep(tree[index])) for index in sorted(tree, key=int)]
    return lambda value: _container("L", _elements(value["L"], elements)) if "L" in value else None


def _container(tag: str, content: Any) -> AttributeValue | None:
    return {tag: content} if content else None


def _entries(entries: Item, keeps: list[tuple[str, _Keep]]) -> Item:
    kept: Item = {}
    for key, keep in keeps:
        value = entries.get(key)
        if value is not None:
            part = keep(value)
            if part is not None:
                kept[key] = part
    return kept


def _elements(elements: list[AttributeValue], keeps: list[tuple[int, _Keep]]) -> list[AttributeValue]:
    kept = []
    for index, keep in keeps:
        if index < len(elements):
            part = keep(elements[index])
            if part is not None:
                kept.append(part)
    return kept
