"""Key schemas: which attributes, of which types, identify an item or order an index."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class KeyAttribute:
    """One key attribute; `type` is S, N or B."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class KeySchema:
    """The key of a table or index: partition key attributes, then sort key attributes.

    A table and a local index have one `hash` attribute and at most one `range` attribute; a global index has
    one to four of the first and up to four of the second.
    `attributes` and `names` list both kinds in key order.

    Source: service model, KeySchema; AWS guide, "Global secondary indexes: multi-attribute keys".
    """

    hash: tuple[KeyAttribute, ...]
    range: tuple[KeyAttribute, ...] = ()
    attributes: tuple[KeyAttribute, ...] = field(init=False, repr=False, compare=False)
    names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        attributes = self.hash + self.range
        object.__setattr__(self, "attributes", attributes)
        object.__setattr__(self, "names", tuple([attribute.name for attribute in attributes]))
