"""Document paths with their names resolved: reading them, printing them, and keeping them apart.

A `Path` is the attribute's name, then map keys (str) and list indexes (int). A placeholder stands for one
element, whatever dots its name contains.

Source: AWS guide, "Referring to item attributes when using expressions".
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from kilowatt.domain.expressions.nodes import PathNode
from kilowatt.domain.values.types import AttributeValue, Item, Values
from kilowatt.errors import expressions as errors

Path = tuple[str | int, ...]
# The request's ExpressionAttributeNames: placeholder with its `#` to attribute name.
Names = dict[str, str]
Read = Callable[[Item, Values], AttributeValue | None]


def name_placeholders(node: PathNode) -> list[str]:
    """The placeholders of a path, in order."""
    return [element for element in node.elements if isinstance(element, str) and element[0] == "#"]


def resolve(node: PathNode, names: Names) -> Path:
    """The path meant; every placeholder must be defined."""
    elements = node.elements
    if len(elements) == 1:
        name = elements[0]
        return (names[name],) if isinstance(name, str) and name[0] == "#" else elements
    return tuple(
        [
            names[element] if isinstance(element, str) and element[0] == "#" else element
            for element in elements
        ]
    )


def path_text(path: Path) -> str:
    """A path as error texts print it: `[a, b, [1], c]`."""
    return f"[{', '.join([f'[{element}]' if isinstance(element, int) else element for element in path])}]"


def reader(path: Path) -> Read:
    """What finds the value at a path of an item: None if nothing is there. The values do not matter to it."""
    first = str(path[0])
    if len(path) == 1:
        return lambda item, _values: item.get(first)
    rest = path[1:]

    def read(item: Item, _values: Values) -> AttributeValue | None:
        value = item.get(first)
        for element in rest:
            if value is None:
                return None
            value = _child(value, element)
        return value

    return read


def _child(value: AttributeValue, element: str | int) -> AttributeValue | None:
    if isinstance(element, str):
        entries = value.get("M")
        return None if entries is None else entries.get(element)
    elements = value.get("L")
    return elements[element] if elements is not None and element < len(elements) else None


@dataclass(slots=True)
class _Place:
    """A prefix of some paths. `first` and the others are the numbers of the first path that goes here, ends
    here, goes on by a name, goes on by an index; -1 for none."""

    first: int
    ends: bool = False
    by_name: int = -1
    by_index: int = -1
    children: "dict[str | int, _Place]" = field(default_factory=dict)


def check_disjoint(kind: str, paths: Sequence[Path]) -> None:
    """Refuse paths of which one is equal to or a part of another, then paths that need one place to be a map
    and a list. Path one of the text is the earlier.

    Raises: PATHS_OVERLAP, PATHS_CONFLICT.
    """
    if len({path[0] for path in paths}) == len(paths):
        return
    conflict: tuple[int, int] | None = None
    root = _Place(0)
    for number, path in enumerate(paths):
        place = root
        for element in path:
            if place.ends:
                break
            conflict = conflict or _conflict(place, element, number)
            place = place.children.setdefault(element, _Place(number))
        if place.first != number:
            raise errors.PATHS_OVERLAP(kind=kind, one=path_text(paths[place.first]), two=path_text(path))
        place.ends = True
    if conflict:
        one, two = conflict
        raise errors.PATHS_CONFLICT(kind=kind, one=path_text(paths[one]), two=path_text(paths[two]))


def _conflict(place: _Place, element: str | int, number: int) -> tuple[int, int] | None:
    if isinstance(element, str):
        if place.by_name < 0:
            place.by_name = number
        other = place.by_index
    else:
        if place.by_index < 0:
            place.by_index = number
        other = place.by_name
    return (other, number) if other >= 0 else None
