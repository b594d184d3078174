"""What is refused in a condition before any item is looked at, with its text and in its order."""

import pytest

from kilowatt.domain.expressions.condition import compile_condition
from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.values.types import Values
from kilowatt.errors import ServiceError

PREFIX = "Invalid ConditionExpression: "
NAMES = {"#a": "a", "#b": "b", "#dot": "a.b"}
VALUES: Values = {
    ":s": {"S": "a"},
    ":t": {"S": "b"},
    ":n": {"N": "1"},
    ":m": {"N": "12"},
    ":o": {"BOOL": True},
    ":u": {"NULL": True},
    ":l": {"L": []},
    ":d": {"M": {}},
    ":ss": {"SS": ["a"]},
    ":y": {"B": "YQ=="},
}
UNDEFINED_NAME = "An expression attribute name used in the document path is not defined; attribute name: "
UNDEFINED_VALUE = "An expression attribute value used in expression is not defined; attribute value: "
COUNT = (
    "Incorrect number of operands for operator or function; operator or function: {}, number of operands: {}"
).format
PATH = "Operator or function requires a document path; operator or function: "
DISTINCT = (
    "The first operand must be distinct from the remaining operands for this operator or function;"
    " operator: {}, first operand: [{}]"
).format
TYPE = "Incorrect operand type for operator or function; operator or function: {}, operand type: {}".format
MISUSED = "The function is not allowed to be used this way in an expression; function: "
RESERVED = "Attribute name is a reserved keyword; reserved keyword: "
UNKNOWN = "Invalid function name; function: "
REDUNDANT = "The expression has redundant parentheses;"


def refusal(text: str, values: Values | None = VALUES) -> str:
    with pytest.raises(ServiceError) as caught:
        compile_condition(Kind.CONDITION, text, NAMES).check(values)
    assert caught.value.text.startswith(PREFIX)
    return caught.value.text.removeprefix(PREFIX)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("((a=b))", REDUNDANT),
        ("((a)) = b", REDUNDANT),
        ("a = ((b))", REDUNDANT),
        ("c = d AND ((a=b))", REDUNDANT),
        ("unknown(a)", UNKNOWN + "unknown"),
        ("Contains(a, :s)", UNKNOWN + "Contains"),
        ("if_not_exists(a, :s)", UNKNOWN + "if_not_exists"),
        ("a = list_append(a, :s)", UNKNOWN + "list_append"),
        ("attribute_exists(a) > b", MISUSED + "attribute_exists"),
        ("a = contains(b, :s)", MISUSED + "contains"),
        ("a BETWEEN :s AND begins_with(b, :s)", MISUSED + "begins_with"),
        ("a IN (:s, attribute_type(a, :s))", MISUSED + "attribute_type"),
        ("size(contains(a,b)) = :n", MISUSED + "contains"),
        ("size(a)", MISUSED + "size"),
        ("NOT size(a)", MISUSED + "size"),
        ("a = b AND (size(a))", MISUSED + "size"),
        ("Status = :s", RESERVED + "Status"),
        ("a.b[0].size = :s", RESERVED + "size"),
        ("a = :s AND aBORT = name", RESERVED + "aBORT"),
        ("#c = :s", UNDEFINED_NAME + "#c"),
        ("a.#c = #d", UNDEFINED_NAME + "#c"),
        ("a = :missing", UNDEFINED_VALUE + ":missing"),
        ("a IN (:s, :missing)", UNDEFINED_VALUE + ":missing"),
        ("size(:missing) = :n", UNDEFINED_VALUE + ":missing"),
        ("attribute_exists(a, b)", COUNT("attribute_exists", 2)),
        ("attribute_not_exists(a, b, c)", COUNT("attribute_not_exists", 3)),
        ("attribute_type(a)", COUNT("attribute_type", 1)),
        ("begins_with(a)", COUNT("begins_with", 1)),
        ("contains(a, b, c)", COUNT("contains", 3)),
        ("size(a, b) = :n", COUNT("size", 2)),
        ("a > size(b, :s)", COUNT("size", 2)),
        ("attribute_exists(:s)", PATH + "attribute_exists"),
        ("attribute_not_exists(:s)", PATH + "attribute_not_exists"),
        ("attribute_exists(size(a))", PATH + "attribute_exists"),
        ("a = a", DISTINCT("=", "a")),
        ("a <> #a", DISTINCT("<>", "a")),
        ("a.b[1].c < #a.#b[1].c", DISTINCT("<", "a, b, [1], c")),
        ("#dot = #dot", DISTINCT("=", "a.b")),
        ("contains(a, #a)", DISTINCT("contains", "a")),
        ("begins_with(a, a)", DISTINCT("begins_with", "a")),
        ("attribute_type(a, a)", DISTINCT("attribute_type", "a")),
        ("a BETWEEN :s AND a", DISTINCT("BETWEEN", "a")),
        ("a IN (b, a)", DISTINCT("IN", "a")),
        ("begins_with(a, :n)", TYPE("begins_with", "N")),
        ("begins_with(:d, a)", TYPE("begins_with", "M")),
        ("begins_with(size(a), :s)", TYPE("begins_with", "N")),
        ("attribute_type(a, :n)", TYPE("attribute_type", "N")),
        ("attribute_type(a, size(b))", TYPE("attribute_type", "N")),
        ("attribute_type(a, b)", TYPE("attribute_type", "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}")),
        (
            "attribute_type(a, :s)",
            "Invalid attribute type name found; type: a, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
        ("size(:n) = a", TYPE("size", "N")),
        ("size(:o) = a", TYPE("size", "BOOL")),
        ("a IN (:n, size(:u))", TYPE("size", "NULL")),
        ("size(size(a)) = :n", TYPE("size", "N")),
        ("a < :d", TYPE("<", "M")),
        (":o >= a", TYPE(">=", "BOOL")),
        ("a BETWEEN :u AND :n", TYPE("BETWEEN", "NULL")),
        ("a BETWEEN :n AND :ss", TYPE("BETWEEN", "SS")),
        ("NOT (b = :s OR a <= :l)", TYPE("<=", "L")),
        (
            "a BETWEEN :n AND :s",
            "The BETWEEN operator requires same data type for lower and upper bounds;"
            " lower bound operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}",
        ),
        (
            "a BETWEEN :t AND :s",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound;"
            " lower bound operand: AttributeValue: {S:b}, upper bound operand: AttributeValue: {S:a}",
        ),
        (
            "a BETWEEN :m AND :n",
            "The BETWEEN operator requires upper bound to be greater than or equal to lower bound;"
            " lower bound operand: AttributeValue: {N:12}, upper bound operand: AttributeValue: {N:1}",
        ),
    ],
)
def test_wrong_condition_is_refused_whatever_the_item(text: str, expected: str) -> None:
    assert refusal(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # each line holds errors of two neighbouring classes, the later class to the left where it can be
        ("unknown(a) AND ((a=b))", REDUNDANT),
        ("size(a) AND unknown(a)", UNKNOWN + "unknown"),
        ("size(unknown(a))", UNKNOWN + "unknown"),
        ("name = :s AND size(a)", MISUSED + "size"),
        ("#c = :s AND name = :s", RESERVED + "name"),
        ("a = :missing AND #c = :s", UNDEFINED_VALUE + ":missing"),
        ("#c = :missing", UNDEFINED_NAME + "#c"),
        (":missing = #c", UNDEFINED_VALUE + ":missing"),
        ("contains(a, :missing, :s)", UNDEFINED_VALUE + ":missing"),
        ("attribute_type(a, a, :s)", COUNT("attribute_type", 3)),
        ("begins_with(a, a, :n)", COUNT("begins_with", 3)),
        ("contains(a, size(b, b))", COUNT("size", 2)),
        ("a BETWEEN a AND :d", DISTINCT("BETWEEN", "a")),
        ("a BETWEEN :d AND :s", TYPE("BETWEEN", "M")),
        # a whole condition comes before the next one
        ("begins_with(a, :n) AND b = :missing", TYPE("begins_with", "N")),
        ("a = :missing AND begins_with(a, :n)", UNDEFINED_VALUE + ":missing"),
        ("a BETWEEN :t AND :s AND contains(a)", "The BETWEEN"),
        ("(b = :s OR a = a) AND a < :d", DISTINCT("=", "a")),
        ("a < :d AND a = a", TYPE("<", "M")),
    ],
)
def test_the_first_class_of_errors_wins(text: str, expected: str) -> None:
    assert refusal(text).startswith(expected)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "a = :s",
            ":s = a",
            ":s = :s",
            ":s = :t",
            "a = b",
            "a = #dot",
            "a[0] = a[1]",
            "a <> :d",
            "a = :ss",
            "a IN (:o, :u)",
        ],
        *[
            "size(a) = size(b)",
            "size(a) = size(a)",
            "size(:s) > :n",
            "size(:ss) > size(:d)",
            "a BETWEEN b AND c",
        ],
        *["a BETWEEN :n AND :n", "a BETWEEN :n AND b", ":n BETWEEN a AND b", "size(a) BETWEEN :n AND :m"],
        *[
            "attribute_type(:s, :s2)",
            "contains(:s, a)",
            "contains(a, :d)",
            "begins_with(a, b)",
            "begins_with(:s, a)",
        ],
        *[
            "begins_with(a, :y)",
            "((a=b) OR (c=d))",
            "(((#a <> :s) AND (#a <> :n)) AND (#b = :s))",
            "size((a)) = :n",
        ],
        "a = :s AND (NOT (b = :s)) AND (NOT attribute_exists(c))",
    ],
)
def test_sound_condition_is_accepted(text: str) -> None:
    compile_condition(Kind.CONDITION, text, NAMES).check({**VALUES, ":s2": {"S": "NULL"}})


def test_missing_values_parameter_is_like_an_empty_one() -> None:
    compile_condition(Kind.CONDITION, "attribute_exists(a)", None).check(None)
    assert refusal("a = :s", None) == UNDEFINED_VALUE + ":s"


def test_every_use_is_reported() -> None:
    condition = compile_condition(
        Kind.FILTER,
        "#a.b[1] = :s AND NOT (size(#b) > :n OR c IN (:s, #dot)) AND #a.b[1] <> d",
        {"#a": "a", "#b": "b", "#dot": "x.y", "#unused": "z"},
    )
    assert condition.names_used == {"#a", "#b", "#dot"}
    assert condition.values_used == {":s", ":n"}
    assert condition.paths == (("a", "b", 1), ("b",), ("c",), ("x.y",), ("d",))


def test_every_use_is_reported_when_something_is_undefined() -> None:
    condition = compile_condition(Kind.FILTER, "#a = :s AND b = :n", None)
    assert condition.names_used == {"#a"}
    assert condition.values_used == {":s", ":n"}
    assert condition.paths == (("b",),)


def test_refusals_name_the_parameter() -> None:
    with pytest.raises(ServiceError, match=r"^Invalid FilterExpression: "):
        compile_condition(Kind.FILTER, "a < :d", None).check(VALUES)


def test_the_same_refusal_can_be_raised_again() -> None:
    condition = compile_condition(Kind.CONDITION, "a = a", None)
    with pytest.raises(ServiceError) as first:
        condition.check(None)
    with pytest.raises(ServiceError) as second:
        condition.check(None)
    assert first.value is not second.value
