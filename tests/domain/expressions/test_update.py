"""What updates are refused, what they make of an item, and what they say of themselves."""

import copy

import pytest

from kilowatt.domain.expressions.update import compile_update
from kilowatt.domain.values.types import Item, Values
from kilowatt.errors import ServiceError, Stage

PREFIX = "Invalid UpdateExpression: "
NAMES = {"#a": "a", "#dot": "a.b"}
VALUES: Values = {
    ":s": {"S": "x"},
    ":n": {"N": "1"},
    ":half": {"N": "0.5"},
    ":b": {"B": "YQ=="},
    ":o": {"BOOL": True},
    ":u": {"NULL": True},
    ":l": {"L": [{"S": "end"}]},
    ":empty": {"L": []},
    ":m": {"M": {"k": {"S": "v"}}},
    ":ss": {"SS": ["b", "c"]},
    ":ns": {"NS": ["1"]},
    ":bs": {"BS": ["YQ=="]},
    ":huge": {"N": "9" * 38 + "0" * 88},
}
OVERLAP = (
    "Two document paths overlap with each other; must remove or rewrite one of these paths;"
    " path one: [{}], path two: [{}]"
).format
CONFLICT = (
    "Two document paths conflict with each other; must remove or rewrite one of these paths;"
    " path one: [{}], path two: [{}]"
).format
TYPE = "Incorrect operand type for operator or function; operator or function: {}, operand type: {}".format
ACTION_TYPE = "Incorrect operand type for operator or function; operator: {}, operand type: {}".format
RESERVED = "Attribute name is a reserved keyword; reserved keyword: "
UNKNOWN = "Invalid function name; function: "
REPEATED = 'The "{}" section can only be used once in an update expression;'.format
UNDEFINED_NAME = "An expression attribute name used in the document path is not defined; attribute name: "
UNDEFINED_VALUE = "An expression attribute value used in expression is not defined; attribute value: "
COUNT = (
    "Incorrect number of operands for operator or function; operator or function: {}, number of operands: {}"
).format
PATH = "Operator or function requires a document path; operator or function: "
INVALID_PATH = "The document path provided in the update expression is invalid for update"
NO_ATTRIBUTE = "The provided expression refers to an attribute that does not exist in the item"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
DATA_TYPE = "An operand in the update expression has an incorrect data type"


def refusal(text: str) -> str:
    with pytest.raises(ServiceError) as caught:
        compile_update(text, NAMES).check(VALUES)
    assert caught.value.spec.stage is Stage.REQUEST
    assert caught.value.text.startswith(PREFIX)
    return caught.value.text.removeprefix(PREFIX)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET abort = :s", RESERVED + "abort"),
        ("SET a = Name", RESERVED + "Name"),
        ("REMOVE a.b[1].Size", RESERVED + "Size"),
        ("SET a = attribute_exists(b)", UNKNOWN + "attribute_exists"),
        ("SET a = size(b)", UNKNOWN + "size"),
        ("SET a = If_Not_Exists(b, :s)", UNKNOWN + "If_Not_Exists"),
        ("SET a = :s SET b = :s", REPEATED("SET")),
        ("REMOVE a ADD b :n remove c", REPEATED("REMOVE")),
        ("ADD a :n add b :n", REPEATED("ADD")),
        ("DELETE a :ss SET b = :s DELETE c :ss", REPEATED("DELETE")),
        ("SET #c = :s", UNDEFINED_NAME + "#c"),
        ("SET a = if_not_exists(b, c.#d)", UNDEFINED_NAME + "#d"),
        ("SET a = :missing", UNDEFINED_VALUE + ":missing"),
        ("ADD a :missing", UNDEFINED_VALUE + ":missing"),
        ("SET a = :s, #a = :n", OVERLAP("a", "a")),
        ("SET a.b[1].c = :s REMOVE a.b", OVERLAP("a, b, [1], c", "a, b")),
        ("REMOVE a, b, c.d, b.e", OVERLAP("b", "b, e")),
        ("SET b[0] = :s, a = :s, b[0].c = :n", OVERLAP("b, [0]", "b, [0], c")),
        ("SET a.b = :s, a[1] = :s", CONFLICT("a, b", "a, [1]")),
        ("SET b.c[0].d = :s, a = :s REMOVE b.c.d", CONFLICT("b, c, [0], d", "b, c, d")),
        ("ADD a :s", ACTION_TYPE("ADD", "STRING")),
        ("ADD a :b", ACTION_TYPE("ADD", "BINARY")),
        ("ADD a :o", ACTION_TYPE("ADD", "BOOLEAN")),
        ("ADD a :u", ACTION_TYPE("ADD", "NULL")),
        ("ADD a :l", ACTION_TYPE("ADD", "LIST")),
        ("ADD a :m", ACTION_TYPE("ADD", "MAP")),
        ("DELETE a :n", ACTION_TYPE("DELETE", "NUMBER")),
        ("DELETE a :s", ACTION_TYPE("DELETE", "STRING")),
        ("SET a = if_not_exists(b)", COUNT("if_not_exists", 1)),
        ("SET a = list_append(b, c, d)", COUNT("list_append", 3)),
        ("SET a = if_not_exists(:s, :n)", PATH + "if_not_exists"),
        ("SET a = if_not_exists(if_not_exists(a, :s), :n)", PATH + "if_not_exists"),
        ("SET a = list_append(b, :s)", TYPE("list_append", "S")),
        ("SET a = list_append(:ss, b)", TYPE("list_append", "SS")),
        ("SET a = b + :s", TYPE("+", "S")),
        ("SET a = :m - b", TYPE("-", "M")),
        ("SET a = :n + list_append(b, c)", TYPE("+", "L")),
        ("SET a = list_append(b, (c + d))", TYPE("list_append", "N")),
        ("SET a = if_not_exists(b, list_append(c, :n))", TYPE("list_append", "N")),
    ],
)
def test_wrong_update_is_refused_whatever_the_item(text: str, expected: str) -> None:
    assert refusal(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # each line holds errors of two neighbouring classes, the later class to the left
        ("SET a = foo(b), name = :s", RESERVED + "name"),
        ("REMOVE a REMOVE b SET c = foo(b)", UNKNOWN + "foo"),
        ("SET #c = :s REMOVE b REMOVE c", REPEATED("REMOVE")),
        ("SET a = :missing, #c = :s", UNDEFINED_NAME + "#c"),
        ("SET a = :s, a = :s, b = :missing", UNDEFINED_VALUE + ":missing"),
        ("SET a.b = :s, a[1] = :s, c = :s, c = :s", OVERLAP("c", "c")),
        ("ADD c :s SET a.b = :s, a[1] = :s", CONFLICT("a, b", "a, [1]")),
        ("SET a = list_append(:s, b) ADD c :s", ACTION_TYPE("ADD", "STRING")),
        ("SET a = b + :s, c = if_not_exists(d)", TYPE("+", "S")),
        ("SET a = if_not_exists(d) + :s", COUNT("if_not_exists", 1)),
    ],
)
def test_the_first_class_of_errors_wins(text: str, expected: str) -> None:
    assert refusal(text) == expected


def test_name_with_a_dot_does_not_overlap_the_dotted_path() -> None:
    compile_update("SET #dot = :s, a.b = :s", NAMES).check(VALUES)


ITEM: Item = {
    "pk": {"S": "key"},
    "n": {"N": "5"},
    "s": {"S": "text"},
    "null": {"NULL": True},
    "ss": {"SS": ["a", "b"]},
    "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]},
    "m": {
        "M": {"x": {"N": "1"}, "deep": {"M": {"y": {"S": "y"}}}, "entries": {"L": [{"M": {"z": {"N": "1"}}}]}}
    },
}


def applied(text: str, item: Item = ITEM, names: dict[str, str] | None = None) -> Item:
    update = compile_update(text, names)
    update.check(VALUES)
    before = copy.deepcopy(item)
    new = update.apply(item, VALUES)
    assert item == before
    return new


def numbers(*elements: int) -> dict[str, object]:
    return {"L": [{"N": str(element)} for element in elements]}


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        ("SET a = :s", "a", {"S": "x"}),
        ("SET n = :s", "n", {"S": "x"}),
        ("SET a = n", "a", {"N": "5"}),
        ("SET a = m.deep.y", "a", {"S": "y"}),
        ("SET a = l[1]", "a", {"N": "1"}),
        ("SET n = n + :n", "n", {"N": "6"}),
        ("SET n = :n - n", "n", {"N": "-4"}),
        ("SET n = (n - :half)", "n", {"N": "4.5"}),
        ("SET n = if_not_exists(n, :s) + :n", "n", {"N": "6"}),
        ("SET a = if_not_exists(a, :n) + n", "a", {"N": "6"}),
        ("SET a = if_not_exists(n, :s)", "a", {"N": "5"}),
        ("SET a = if_not_exists(a, :s)", "a", {"S": "x"}),
        ("SET a = if_not_exists(#null, :s)", "a", {"NULL": True}),
        ("SET a = if_not_exists(a, if_not_exists(b, s))", "a", {"S": "text"}),
        ("SET a = list_append(l, :l)", "a", {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}, {"S": "end"}]}),
        ("SET a = list_append(:l, if_not_exists(a, :empty))", "a", {"L": [{"S": "end"}]}),
        ("SET l = list_append(l, l)", "l", numbers(0, 1, 2, 0, 1, 2)),
        ("SET l[1] = :n", "l", numbers(0, 1, 2)),
        ("SET l[3] = :n", "l", numbers(0, 1, 2, 1)),
        ("SET l[99] = n, l[7] = :n", "l", numbers(0, 1, 2, 1, 5)),
        ("SET l[0] = l[2], l[2] = l[0]", "l", numbers(2, 1, 0)),
        ("REMOVE l[0]", "l", numbers(1, 2)),
        ("REMOVE l[0], l[2]", "l", numbers(1)),
        ("REMOVE l[0], l[1], l[2]", "l", {"L": []}),
        ("REMOVE l[9]", "l", numbers(0, 1, 2)),
        ("REMOVE l[0] SET l[1] = n, l[9] = n", "l", numbers(5, 2, 5)),
        ("REMOVE n", "n", None),
        ("REMOVE a", "a", None),
        ("REMOVE n SET a = n, b = n", "a", {"N": "5"}),
        ("REMOVE m.x, m.gone", "m", {"M": {k: v for k, v in ITEM["m"]["M"].items() if k != "x"}}),
        ("SET m.x = :s REMOVE m.deep, m.entries", "m", {"M": {"x": {"S": "x"}}}),
        (
            "SET m.deep.w = m.x",
            "m",
            {"M": {**ITEM["m"]["M"], "deep": {"M": {"y": {"S": "y"}, "w": {"N": "1"}}}}},
        ),
        (
            "SET m.entries[0].z = :s",
            "m",
            {"M": {**ITEM["m"]["M"], "entries": {"L": [{"M": {"z": {"S": "x"}}}]}}},
        ),
        ("ADD n :half", "n", {"N": "5.5"}),
        ("ADD a :n", "a", {"N": "1"}),
        ("ADD a :ss", "a", {"SS": ["b", "c"]}),
        ("ADD ss :ss", "ss", {"SS": ["a", "b", "c"]}),
        ("ADD m.x :n, m.w :n", "m", {"M": {**ITEM["m"]["M"], "x": {"N": "2"}, "w": {"N": "1"}}}),
        ("ADD l[0] :n, l[5] :n", "l", numbers(1, 1, 2, 1)),
        ("DELETE ss :ss", "ss", {"SS": ["a"]}),
        ("DELETE a :ss", "a", None),
        ("DELETE m.w :ss", "m", ITEM["m"]),
    ],
)
def test_update_changes_the_attribute(text: str, name: str, expected: dict[str, object] | None) -> None:
    names = {"#null": "null"} if "#null" in text else None
    new = applied(text, names=names)
    assert new.get(name) == expected
    touched = {name, "n", "a", "b"}
    assert {key: value for key, value in new.items() if key not in touched} == {
        key: value for key, value in ITEM.items() if key not in touched
    }


def test_set_that_loses_its_last_element_is_removed() -> None:
    item: Item = {"ss": {"SS": ["b", "c"]}, "m": {"M": {"ss": {"SS": ["b"]}}}}
    assert applied("DELETE ss :ss, m.ss :ss", item) == {"m": {"M": {}}}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SET a = b", NO_ATTRIBUTE),
        ("SET a = n + b", NO_ATTRIBUTE),
        ("SET a = list_append(b, :l)", NO_ATTRIBUTE),
        ("SET a = l[3]", NO_ATTRIBUTE),
        ("SET a = m.x.y", NO_ATTRIBUTE),
        ("SET a.b = :s", INVALID_PATH),
        ("SET n.b = :s", INVALID_PATH),
        ("SET n[0] = :s", INVALID_PATH),
        ("SET l.b = :s", INVALID_PATH),
        ("SET m[0] = :s", INVALID_PATH),
        ("SET m.gone.b = :s", INVALID_PATH),
        ("SET l[3].b = :s", INVALID_PATH),
        ("REMOVE a.b", INVALID_PATH),
        ("REMOVE a[0]", INVALID_PATH),
        ("REMOVE n.b", INVALID_PATH),
        ("ADD a.b :n", INVALID_PATH),
        ("DELETE a.b :ss", INVALID_PATH),
        ("SET a = n + s", DATA_TYPE),
        ("SET a = s - :n", DATA_TYPE),
        ("SET a = list_append(n, :l)", DATA_TYPE),
        ("SET a = list_append(:l, ss)", DATA_TYPE),
        ("ADD s :n", DATA_TYPE),
        ("ADD n :ss", DATA_TYPE),
        ("ADD ss :ns", DATA_TYPE),
        ("DELETE ss :bs", DATA_TYPE),
        ("DELETE n :ss", DATA_TYPE),
        ("SET a.b = c", NO_ATTRIBUTE),
        (
            "SET n = :huge + :huge",
            OVERFLOW,
        ),
    ],
)
def test_update_that_does_not_fit_the_item_is_refused(text: str, expected: str) -> None:
    with pytest.raises(ServiceError) as caught:
        applied(text)
    assert caught.value.text == expected
    assert caught.value.spec.stage is Stage.EXECUTION


def test_update_of_a_missing_item_starts_from_nothing() -> None:
    assert applied("SET a = :s ADD b :n, c :ss", {}) == {
        "a": {"S": "x"},
        "b": {"N": "1"},
        "c": {"SS": ["b", "c"]},
    }
    assert applied("REMOVE a DELETE c :ss", {}) == {}


def test_every_use_is_reported() -> None:
    update = compile_update(
        "SET #a.c = if_not_exists(#dot, :s) + n REMOVE l[1] ADD d :n DELETE e :ss", {**NAMES, "#unused": "z"}
    )
    assert update.names_used == {"#a", "#dot"}
    assert update.values_used == {":s", ":n", ":ss"}
    assert update.paths == (("a", "c"), ("a.b",), ("n",), ("l", 1), ("d",), ("e",))
    assert update.target_paths == (("a", "c"), ("l", 1), ("d",), ("e",))


def test_types_that_need_no_item_are_known() -> None:
    update = compile_update(
        "SET a = :s, b = c + d, e = list_append(f, g), h = i, j.k = :s, o = if_not_exists(o, :s)"
        " ADD p :ss REMOVE q",
        None,
    )
    assert update.static_types(VALUES) == [("a", "S"), ("b", "N"), ("e", "L"), ("p", "SS")]


def test_updated_restricts_to_the_touched_paths() -> None:
    update = compile_update("SET n = :n, m.deep.y = :s, l[2] = :s, gone = :s REMOVE l[0], m.x", None)
    assert update.updated(ITEM) == {
        "n": {"N": "5"},
        "m": {"M": {"deep": {"M": {"y": {"S": "y"}}}, "x": {"N": "1"}}},
        "l": numbers(0, 2),
    }
    assert update.updated({"pk": {"S": "key"}}) == {}
