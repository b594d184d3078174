"""What projections refuse and what they leave of an item."""

import copy

import pytest

from kilowatt.domain.expressions.projection import compile_projection
from kilowatt.domain.values.types import Item
from kilowatt.errors import ServiceError

ITEM: Item = {
    "pk": {"S": "key"},
    "n": {"N": "1"},
    "l": {
        "L": [
            {"N": "0"},
            {"M": {"x": {"N": "1"}, "y": {"N": "2"}}},
            {"N": "2"},
            {"L": [{"N": "3"}, {"N": "4"}]},
        ]
    },
    "m": {"M": {"a": {"S": "a"}, "b": {"M": {"c": {"S": "c"}, "d": {"S": "d"}}}}},
    "a.b": {"S": "dotted"},
}
RESERVED = "Invalid ProjectionExpression: Attribute name is a reserved keyword; reserved keyword: "
UNDEFINED = (
    "Invalid ProjectionExpression: An expression attribute name used in the document path is not defined;"
    " attribute name: "
)
OVERLAP = (
    "Invalid ProjectionExpression: Two document paths overlap with each other;"
    " must remove or rewrite one of these paths; path one: [{}], path two: [{}]"
).format
CONFLICT = (
    "Invalid ProjectionExpression: Two document paths conflict with each other;"
    " must remove or rewrite one of these paths; path one: [{}], path two: [{}]"
).format


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pk", {"pk": {"S": "key"}}),
        ("pk, gone, n", {"pk": {"S": "key"}, "n": {"N": "1"}}),
        ("gone", {}),
        ("m.a", {"m": {"M": {"a": {"S": "a"}}}}),
        ("m.b.d, m.a", {"m": {"M": {"b": {"M": {"d": {"S": "d"}}}, "a": {"S": "a"}}}}),
        ("m.b", {"m": {"M": {"b": {"M": {"c": {"S": "c"}, "d": {"S": "d"}}}}}}),
        ("m.gone, n", {"n": {"N": "1"}}),
        ("m.a.deeper, m.b[0], m.b[1]", {}),
        ("l[0]", {"l": {"L": [{"N": "0"}]}}),
        ("l[2], l[0]", {"l": {"L": [{"N": "0"}, {"N": "2"}]}}),
        ("l[1].y, l[1].x", {"l": {"L": [{"M": {"y": {"N": "2"}, "x": {"N": "1"}}}]}}),
        ("l[3][1], l[9]", {"l": {"L": [{"L": [{"N": "4"}]}]}}),
        ("l[9], l[1].gone, pk.x, n[0]", {}),
        ("#dot", {"a.b": {"S": "dotted"}}),
    ],
)
def test_projection_keeps_the_named_parts(text: str, expected: Item) -> None:
    names = {"#dot": "a.b"} if "#" in text else None
    before = copy.deepcopy(ITEM)
    kept = compile_projection(text, names).apply(ITEM)
    assert kept == expected
    assert before == ITEM


def test_containers_on_the_way_are_not_shared() -> None:
    kept = compile_projection("m.b.c, l[1].x, pk", None).apply(ITEM)
    before = copy.deepcopy(ITEM)
    kept["m"]["M"]["b"]["M"].clear()
    kept["l"]["L"][0]["M"].clear()
    kept["l"]["L"].clear()
    kept.clear()
    assert before == ITEM


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "pk, name",
            RESERVED + "name",
        ),
        (
            "pk, #c",
            UNDEFINED + "#c",
        ),
        ("a, b, a", OVERLAP("a", "a")),
        ("a, a.b", OVERLAP("a", "a, b")),
        ("a.b, #a", OVERLAP("a, b", "a")),
        ("a[0], a[1], a[0].b", OVERLAP("a, [0]", "a, [0], b")),
        ("a.b, a[1]", CONFLICT("a, b", "a, [1]")),
        ("c, a[0].b.c, a[0][1]", CONFLICT("a, [0], b, c", "a, [0], [1]")),
        # neighbouring classes, the later to the left
        (
            "#c, name",
            RESERVED + "name",
        ),
        (
            "a, a, #c",
            UNDEFINED + "#c",
        ),
        ("a.b, a[1], c, c", OVERLAP("c", "c")),
    ],
)
def test_wrong_projection_is_refused(text: str, expected: str) -> None:
    with pytest.raises(ServiceError) as caught:
        compile_projection(text, {"#a": "a"})
    assert caught.value.text == expected


def test_siblings_and_dotted_names_do_not_overlap() -> None:
    projection = compile_projection("a.b, #dot, a.c[0], a.c[1]", {"#dot": "a.b", "#unused": "x"})
    assert projection.paths == (("a", "b"), ("a.b",), ("a", "c", 0), ("a", "c", 1))
    assert projection.top_level == {"a", "a.b"}
    assert projection.names_used == {"#dot"}
