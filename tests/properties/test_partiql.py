"""A random WHERE finds what the same condition finds as a Scan's FilterExpression, however it reads."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from tests.properties.bounds import bounded
from tests.properties.conditions import Condition, comparison, conditions, joined
from tests.properties.model import texts
from tests.properties.pool import POOL, contents, of_types, parameters
from tests.properties.service import Document, InProcess, ask
from tests.properties.shapes import Item, TableShape, Value

_SHAPE = TableShape({"pk": "S", "sk": "N"}, ("sk",), ())
_PARTITIONS: list[Value] = [{"S": "a"}, {"S": "ab"}, {"S": "b"}]
_PLACES = of_types("N")
_TABLE = _SHAPE.request()["TableName"]


@pytest.fixture(scope="module")
def service() -> InProcess:
    service = InProcess()
    ask(service, "CreateTable", **_SHAPE.request())
    return service


@st.composite
def _of_keys(draw: DrawFn) -> Condition:
    name = draw(st.sampled_from(["pk", "pk", "sk"]))
    values = _PARTITIONS if name == "pk" else _PLACES
    kind = draw(st.sampled_from(["=", "=", "=", "<>", "<", ">=", "IN"]))
    if kind == "IN":
        chosen = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))
        tests = [comparison((name,), "=", value) for value in chosen]
        listed = ", ".join(next(iter(test.values)) for test in tests)
        given_values = {key: value for test in tests for key, value in test.values.items()}

        def holds(item: Item) -> bool:
            return any(test.holds(item) for test in tests)

        return Condition(f"#{name} IN ({listed})", holds, {f"#{name}": name}, given_values)
    return comparison((name,), kind, draw(st.sampled_from(values)))


def _wheres() -> SearchStrategy[Condition]:
    part = _of_keys() | conditions()
    both = st.tuples(_of_keys(), part).map(lambda pair: joined("AND", all, *pair))
    either = st.tuples(both | part, both | part).map(lambda pair: joined("OR", any, *pair))
    return st.one_of(
        _of_keys(), part, both, either, st.tuples(either, part).map(lambda pair: joined("AND", all, *pair))
    )


def _literal(value: Value) -> str | None:
    """The value as a statement spells it; None for binaries, which have no literal."""
    ((tag, content),) = value.items()
    match tag:
        case "S":
            text = str(content).replace("'", "''")
            return f"'{text}'"
        case "N":
            return str(content)
        case "NULL":
            return "NULL"
        case "BOOL":
            return "true" if content else "FALSE"
        case "L":
            parts = [_literal(element) for element in content]
            return None if None in parts else f"[{', '.join(map(str, parts))}]"
        case "M":
            entries = {name: _literal(element) for name, element in content.items()}
            spelled = ", ".join(f"'{name}': {literal}" for name, literal in entries.items())
            return None if None in entries.values() else f"{{{spelled}}}"
        case "SS":
            return "<<" + ", ".join(f"'{element}'" for element in content) + ">>"
        case "NS":
            return f"<<{', '.join(content)}>>"
    return None


def statement_of(condition: Condition, literals: bool) -> tuple[str, list[Value]]:
    """The condition as the WHERE of a statement, and its parameters."""
    given_values: list[Value] = []

    def value(match: re.Match[str]) -> str:
        found = condition.values[match.group()]
        literal = _literal(found) if literals else None
        if literal is not None:
            return literal
        given_values.append(found)
        return "?"

    text = re.sub(r"attribute_not_exists\(([^()]*)\)", r"\1 IS MISSING", condition.text)
    text = re.sub(r"attribute_exists\(([^()]*)\)", r"\1 IS NOT MISSING", text)
    text = re.sub(r"#(\w+)", r'"\1"', text)
    return re.sub(r":v\d+", value, text), given_values


def _selected(service: InProcess, condition: Condition, literals: bool, limit: int) -> list[Item]:
    """The items of all pages."""
    text, given_values = statement_of(condition, literals)
    request: Document = {"Statement": f'SELECT * FROM "{_TABLE}" WHERE {text}', "Limit": limit}
    if given_values:
        request["Parameters"] = given_values
    found: list[Item] = []
    while True:
        answer: dict[str, Any] = ask(service, "ExecuteStatement", **request)
        found += answer["Items"]
        if "NextToken" not in answer:
            return found
        request["NextToken"] = answer["NextToken"]


def test_every_literal_is_the_value(service: InProcess) -> None:
    for value in POOL:
        literal = _literal(value)
        if literal is not None:
            ask(
                service,
                "ExecuteStatement",
                Statement=f"INSERT INTO \"{_TABLE}\" VALUE {{'pk': 'a', 'sk': 1, 'd': {literal}}}",
            )
            (item,) = ask(
                service,
                "ExecuteStatement",
                Statement=f"DELETE FROM \"{_TABLE}\" WHERE pk = 'a' AND sk = 1 RETURNING ALL OLD *",
            )["Items"]
            assert texts([item["d"]]) == texts([value])


@given(
    items=st.dictionaries(
        st.tuples(st.integers(0, 2), st.integers(0, len(_PLACES) - 1)), contents(), min_size=3, max_size=12
    ),
    wheres=st.lists(st.tuples(_wheres(), st.booleans(), st.integers(1, 12)), min_size=1, max_size=6),
)
@bounded(150)
def test_a_where_finds_what_a_filter_finds(
    service: InProcess, items: dict[tuple[int, int], Item], wheres: list[tuple[Condition, bool, int]]
) -> None:
    for old in ask(service, "Scan", TableName=_TABLE)["Items"]:
        ask(service, "DeleteItem", TableName=_TABLE, Key={"pk": old["pk"], "sk": old["sk"]})
    for (partition, place), content in items.items():
        item = {**content, "pk": _PARTITIONS[partition], "sk": _PLACES[place]}
        ask(service, "PutItem", TableName=_TABLE, Item=item)
    for condition, literals, limit in wheres:
        request: Document = {"FilterExpression": condition.text, **parameters(condition)}
        expected = ask(service, "Scan", TableName=_TABLE, **request)["Items"]
        found = _selected(service, condition, literals, limit)
        assert sorted(texts(found)) == sorted(texts(expected)), (condition.text, condition.values)
