"""What conditions answer for an item."""

import sys
from collections.abc import Callable

import pytest

from kilowatt.domain.expressions.condition import Condition, compile_condition
from kilowatt.domain.expressions.nodes import ComparisonNode, Kind, NotNode, PathNode, ValueNode
from kilowatt.domain.values.types import Item, Values

ITEM: Item = {
    "s": {"S": "kilowatt"},
    "accent": {"S": "é"},
    "n": {"N": "12"},
    "same": {"N": "12"},
    "fraction": {"N": "-0.5"},
    "b": {"B": "YWJj"},
    "yes": {"BOOL": True},
    "null": {"NULL": True},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2"]},
    "bs": {"BS": ["YQ==", "Yg=="]},
    "l": {"L": [{"S": "x"}, {"L": [{"N": "7"}]}, {"NS": ["2", "1"]}]},
    "m": {"M": {"deep": {"M": {"n": {"N": "3"}}}, "set": {"SS": ["b", "a"]}}},
    "dotted.name": {"S": "dot"},
}
VALUES: Values = {
    ":s": {"S": "kilowatt"},
    ":k": {"S": "kilo"},
    ":watt": {"S": "watt"},
    ":z": {"S": "zzz"},
    ":n": {"N": "12"},
    ":n9": {"N": "9"},
    ":n100": {"N": "100"},
    ":n8": {"N": "8"},
    ":n0": {"N": "0"},
    ":n1": {"N": "1"},
    ":n2": {"N": "2"},
    ":n3": {"N": "3"},
    ":n7": {"N": "7"},
    ":s12": {"S": "12"},
    ":b": {"B": "YWJj"},
    ":ab": {"B": "YWI="},
    ":bc": {"B": "YmM="},
    ":yes": {"BOOL": True},
    ":no": {"BOOL": False},
    ":null": {"NULL": True},
    ":ss": {"SS": ["b", "a"]},
    ":ss1": {"SS": ["a"]},
    ":ns": {"NS": ["2", "1"]},
    ":a": {"S": "a"},
    ":ya": {"B": "YQ=="},
    ":l": {"L": [{"S": "x"}, {"L": [{"N": "7"}]}, {"NS": ["1", "2"]}]},
    ":inner": {"L": [{"N": "7"}]},
    ":m": {"M": {"set": {"SS": ["a", "b"]}, "deep": {"M": {"n": {"N": "3"}}}}},
    ":tS": {"S": "S"},
    ":tNULL": {"S": "NULL"},
    ":tM": {"S": "M"},
}
NAMES = {"#dotted": "dotted.name", "#null": "null", "#set": "set"}


def holds(text: str, item: Item = ITEM) -> bool:
    names = {name: meant for name, meant in NAMES.items() if name in text}
    condition = compile_condition(Kind.CONDITION, text, names)
    condition.check(VALUES)
    return condition.holds(item, VALUES)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "s = :s",
            "n = :n",
            "b = :b",
            "yes = :yes",
            "#null = :null",
            "ss = :ss",
            "ns = :ns",
            "l = :l",
            "m = :m",
        ],
        *["n = same", ":n = n", ":n = :n", "s <> :z", "n <> :s12", "yes <> :no", "ss <> :ss1", "gone <> :s"],
        *["gone <> absent", ":s <> gone", "n < :n100", "n > :n9", "n >= :n", "n <= same", "fraction < :n0"],
        *[
            "s < :z",
            "s > :k",
            "b > :ab",
            ":n9 < n",
            ":n >= n",
            "n BETWEEN :n9 AND :n100",
            "n BETWEEN :n AND :n",
        ],
        *["s BETWEEN :k AND :z", ":n1 BETWEEN fraction AND n", "s IN (:z, :s)", "n IN (gone, same)"],
        *["ss IN (:ss)", "attribute_exists(s)", "attribute_exists(#null)", "attribute_exists(m.deep.n)"],
        *["attribute_exists(l[1][0])", "attribute_not_exists(gone)", "attribute_not_exists(l[3])"],
        *["attribute_not_exists(m.deep[0])", "attribute_not_exists(l.deep)", "attribute_not_exists(s.x)"],
        *["attribute_type(s, :tS)", "attribute_type(#null, :tNULL)", "attribute_type(m, :tM)"],
        *["begins_with(s, :k)", "begins_with(b, :ab)", "begins_with(:s, :k)", "contains(s, :watt)"],
        *[
            "contains(b, :bc)",
            "contains(ss, :a)",
            "contains(ns, :n2)",
            "contains(bs, :ya)",
            "contains(l, :inner)",
        ],
        *[
            "size(s) = :n8",
            "size(b) = :n3",
            "size(ss) = :n2",
            "size(l) = :n3",
            "size(m) = :n2",
            "size(:ss) = :n2",
        ],
        *[
            "size(accent) = :n1",
            "size(s) > size(l)",
            "n > size(s)",
            "size(s) BETWEEN :n7 AND :n8",
            "size(ss) IN (:n2)",
        ],
        *["#dotted <> s", "m.#set = ss", "l[2] = :ns", "l[1][0] = :n7", "m.deep.n = :n3"],
        *["NOT s = :z", "NOT NOT s = :s", "s = :s AND n = :n", "s = :z OR n = :n", "NOT (s = :z OR n = :n9)"],
        *["s = :s OR s = :z AND s = :z", "NOT s = :z AND n = :n", "NOT gone = :s", "NOT gone < :s"],
    ],
)
def test_condition_holds(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        *["s = :z", "n = :s12", "gone = :s", "gone = absent", "ss = :ss1", "ns = :ss", "n <> :n", "m <> :m"],
        *["n < :n9", "n < :s12", "s < :n", "gone < :n", "n > gone", "gone >= :n", "yes > :n", "ss < :n"],
        *[
            "n BETWEEN :n8 AND :n9",
            "gone BETWEEN :n8 AND :n9",
            "s BETWEEN :n8 AND :n9",
            "n BETWEEN gone AND :n",
        ],
        *["s IN (:z, :k)", "gone IN (:s)", "n IN (gone)", "attribute_exists(gone)", "attribute_exists(l[3])"],
        *["attribute_exists(m.deep.n.x)", "attribute_not_exists(#null)", "attribute_type(s, :tNULL)"],
        *[
            "attribute_type(gone, :tS)",
            "begins_with(s, :watt)",
            "begins_with(n, :s12)",
            "begins_with(gone, :s)",
        ],
        *[
            "begins_with(b, :s)",
            "contains(s, :z)",
            "contains(n, :n1)",
            "contains(ns, :a)",
            "contains(gone, :a)",
        ],
        *["contains(m, :a)", "contains(l, :n7)", "size(n) > :n0", "size(yes) > :n0", "size(gone) > :n0"],
        *["size(n) <> :n0", "size(gone) <> :n0", ":n0 <> size(#null)", "size(s) = :s", "size(s) < :s"],
        *[
            "NOT s = :s",
            "s = :s AND n = :n9",
            "s = :z OR n = :n9",
            "NOT (s = :s OR n = :n9)",
            "NOT gone <> :s",
        ],
    ],
)
def test_condition_does_not_hold(text: str) -> None:
    assert not holds(text)


def test_missing_item_is_the_empty_item() -> None:
    assert holds("attribute_not_exists(s)", {})
    assert holds("s <> :s", {})
    assert not holds("s = :s", {})


def deepest(prefix: str, suffix: str, levels: int) -> str:
    return prefix * levels + "a=:s" + suffix * levels


@pytest.mark.parametrize(
    "text",
    [
        deepest("a<>b AND (", ")", 149),
        deepest("a<>b OR NOT (", ")", 99),
        deepest("(", " OR b=:s)", 149),
        deepest("(NOT ", ")", 299),
        "NOT " * 298 + "a=:s",
        deepest("a=:s OR a=:s AND NOT (", ")", 59),
        deepest("a=:s OR (a=:s AND (", "))", 74),
    ],
)
def test_the_deepest_condition_needs_little_of_the_stack(text: str) -> None:
    condition = compile_condition(Kind.CONDITION, text, None)
    condition.check(VALUES)
    limit = sys.getrecursionlimit()
    in_depth(limit - 600, lambda: compile_anew(text))
    in_depth(limit - 600, lambda: condition.holds({"a": {"S": "no"}}, VALUES))


def compile_anew(text: str) -> None:
    condition = compile_condition(Kind.FILTER, text, {"#unused": str(len(text))})
    condition.check(VALUES)


def in_depth(frames: int, action: Callable[[], object]) -> None:
    if frames:
        in_depth(frames - 1, action)
    else:
        action()


def test_condition_can_be_built_from_nodes() -> None:
    node = NotNode(ComparisonNode("=", PathNode(("#0",)), ValueNode(":0")))
    condition = Condition(Kind.FILTER, node, {"#0": "name"})
    values: Values = {":0": {"S": "x"}}
    assert condition.holds({}, values)
    assert not condition.holds({"name": {"S": "x"}}, values)
