"""What SELECT's list of paths makes of an item.

A column bears the last name of its path, with the list indexes that follow it: `a.b[0]` is the attribute
`b[0]` of the result, not a part of an attribute `a`. A path that leads nowhere leaves nothing.

Source: the names of columns as clients of AWS read them.
"""

from collections.abc import Sequence

from kilowatt.domain.expressions.nodes import PathNode
from kilowatt.domain.expressions.paths import Names, Path, reader, resolve
from kilowatt.domain.expressions.projection import Apply, Projection
from kilowatt.domain.values.types import Item, Values

_NO_VALUES: Values = {}


def compile_columns(columns: Sequence[PathNode], names: Names) -> Projection:
    """The projection of SELECT's list."""
    paths = tuple(dict.fromkeys([resolve(column, names) for column in columns]))
    projection = Projection(tuple(dict.fromkeys([path[:1] for path in paths])))
    if any(len(path) > 1 for path in paths):
        projection.paths = paths
        projection.apply = _application(paths)
    return projection


def _application(paths: Sequence[Path]) -> Apply:
    columns = [(_name_of(path), reader(path)) for path in paths]

    def apply(item: Item) -> Item:
        found = [(name, read(item, _NO_VALUES)) for name, read in columns]
        return {name: value for name, value in found if value is not None}

    return apply


def _name_of(path: Path) -> str:
    name = ""
    for element in path:
        name = f"{name}[{element}]" if isinstance(element, int) else element
    return name
