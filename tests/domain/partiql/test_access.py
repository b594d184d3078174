"""How a WHERE reaches its items: key, partitions, or a scan, and what is left to filter."""

import pytest

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.partiql.access import access_of
from kilowatt.domain.partiql.lexer import shape_of
from kilowatt.domain.partiql.nodes import SelectNode
from kilowatt.domain.partiql.parser import parse
from kilowatt.errors import ServiceError

PK, SK, SN = KeyAttribute("pk", "S"), KeyAttribute("sk", "S"), KeyAttribute("sk", "N")
SIMPLE, SORTED, NUMBERS = KeySchema((PK,)), KeySchema((PK,), (SK,)), KeySchema((PK,), (SN,))
MULTIPLE = KeySchema((PK, KeyAttribute("p2", "S")), (SK, KeyAttribute("s2", "S")))


def access(condition: str, schema: KeySchema) -> tuple[list[str], str]:
    """Each partition with its tests, and the filter."""
    syntax = parse(shape_of(f"SELECT * FROM t WHERE {condition}")[0])
    assert isinstance(syntax.node, SelectNode)
    found = access_of(syntax.node.where, schema, syntax.names)
    reaches = [
        " ".join(
            [
                *reach.partition,
                *[f"{test.attribute}{test.operator}{','.join(test.operands)}" for test in reach.tests],
            ]
        )
        for reach in found.reaches
    ]
    return reaches, " AND ".join(map(str, found.rest))


@pytest.mark.parametrize(
    ("schema", "condition", "reaches", "rest"),
    [
        (SIMPLE, "pk = 'a'", [":l0"], ""),
        (SIMPLE, "'a' = pk", [":l0"], ""),
        (SIMPLE, "pk = 'a' AND b = 1", [":l0"], "b = :l1"),
        (SIMPLE, "b = 1 AND (pk = 'a')", [":l1"], "b = :l0"),
        (SIMPLE, "pk = 'a' AND pk = 'b'", [":l0"], "pk = :l1"),
        (SIMPLE, "pk IN ['a', ?]", [":l0", ":p0"], ""),
        (SIMPLE, "pk IN ['a', 'b'] AND pk = 'a'", [":l2"], "pk IN (:l0, :l1)"),
        (SIMPLE, "pk IN ['a', b]", [], "pk IN (:l0, b)"),
        (SIMPLE, "pk = 'a' OR pk = 'b'", [":l0", ":l1"], "pk = :l0 OR pk = :l1"),
        (
            SIMPLE,
            "pk = 'a' OR (pk IN ['b'] AND c = 1)",
            [":l0", ":l1"],
            "pk = :l0 OR pk IN (:l1) AND c = :l2",
        ),
        (SIMPLE, "(pk = 'a' OR pk = 'b') AND c = 1", [":l0", ":l1"], "pk = :l0 OR pk = :l1 AND c = :l2"),
        (SIMPLE, "pk = 'a' OR c = 1", [], "pk = :l0 OR c = :l1"),
        (SIMPLE, "NOT pk = 'a'", [], "NOT pk = :l0"),
        (SIMPLE, "pk <> 'a'", [], "pk <> :l0"),
        (SIMPLE, "pk > 'a'", [], "pk > :l0"),
        (SIMPLE, "pk = b", [], "pk = b"),
        (SIMPLE, "pk.x = 'a'", [], "pk.x = :l0"),
        (SORTED, "pk = 'a' AND sk = 'b' AND c = 1", [":l0 sk=:l1"], "c = :l2"),
        (SORTED, "pk = 'a' AND 'b' < sk", [":l0 sk>:l1"], ""),
        (SORTED, "pk = 'a' AND sk >= 'b' AND sk < 'c'", [":l0 sk>=:l1 sk<:l2"], ""),
        (SORTED, "pk = 'a' AND sk > 'b' AND sk = 'c'", [":l0 sk=:l2"], "sk > :l1"),
        (SORTED, "pk = 'a' AND sk BETWEEN 'b' AND 'c'", [":l0 skBETWEEN:l1,:l2"], ""),
        (SORTED, "pk = 'a' AND begins_with(sk, 'b')", [":l0 skbegins_with:l1"], ""),
        (SORTED, "pk = 'a' AND contains(sk, 'b')", [":l0"], "contains(sk, :l1)"),
        (SORTED, "pk = 'a' AND sk <> 'b'", [":l0"], "sk <> :l1"),
        (SORTED, "pk = 'a' AND sk IN ['b', 'c']", [":l0"], "sk IN (:l1, :l2)"),
        (SORTED, "pk IN ['a', 'b'] AND sk > 'c'", [":l0 sk>:l2", ":l1 sk>:l2"], ""),
        (SORTED, "sk = 'a'", [], "sk = :l0"),
        (NUMBERS, "pk = 'a' AND begins_with(sk, 'b')", [":l0"], "begins_with(sk, :l1)"),
        (MULTIPLE, "pk = 'a' AND p2 = 'b' AND sk = 'c' AND s2 > 'd'", [":l0 :l1 sk=:l2 s2>:l3"], ""),
        (MULTIPLE, "pk = 'a' AND p2 = 'b' AND s2 > 'd'", [":l0 :l1"], "s2 > :l2"),
        (MULTIPLE, "pk = 'a' AND p2 = 'b' AND sk > 'c' AND s2 > 'd'", [":l0 :l1 sk>:l2"], "s2 > :l3"),
        (MULTIPLE, "pk IN ['a', 'b'] AND p2 IN ['c', 'd']", [":l0 :l2", ":l0 :l3", ":l1 :l2", ":l1 :l3"], ""),
        (MULTIPLE, "pk = 'a'", [], "pk = :l0"),
    ],
)
def test_keys_are_read_and_the_rest_is_filtered(
    schema: KeySchema, condition: str, reaches: list[str], rest: str
) -> None:
    assert access(condition, schema) == (reaches, rest)


def test_in_names_at_most_fifty_partitions() -> None:
    values = ", ".join(["'a'"] * 50)
    assert len(access(f"pk IN ({values})", SIMPLE)[0]) == 50
    with pytest.raises(ServiceError) as refused:
        access(f"pk IN ({values}, 'b')", SIMPLE)
    assert refused.value.text == (
        "The IN operator is provided with too many operands; number of operands: 51, maximum: 50"
    )
