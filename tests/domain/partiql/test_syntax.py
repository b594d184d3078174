"""Statements: what parses to what, what is refused, and that no text does worse."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kilowatt.domain.expressions.nodes import UpdateNode as Actions
from kilowatt.domain.partiql.lexer import shape_of
from kilowatt.domain.partiql.nodes import (
    DeleteNode,
    ExistsNode,
    InsertNode,
    Node,
    OrderKey,
    SelectNode,
    Source,
    UpdateNode,
)
from kilowatt.domain.partiql.parser import parse
from kilowatt.domain.partiql.statement import prepare
from kilowatt.domain.partiql.tokens import NESTING
from kilowatt.errors import ServiceError

MALFORMED = "Statement wasn't well formed, can't be processed: "
KEYWORD, TERM, DOT = (
    MALFORMED + "Unexpected keyword",
    MALFORMED + "Unexpected term",
    MALFORMED + "Invalid path dot component",
)


def node_of(text: str) -> Node:
    return parse(shape_of(text)[0]).node


def where(condition: str) -> str:
    """The condition as an expression prints it."""
    node = node_of(f"SELECT * FROM t WHERE {condition}")
    assert isinstance(node, SelectNode)
    return str(node.where)


def outcome(text: str) -> str:
    """The text of the refusal; empty if the statement is fine."""
    try:
        prepare(text, [])
    except ServiceError as error:
        return error.text
    return ""


@pytest.mark.parametrize(
    ("text", "shape", "literals"),
    [
        ("SELECT * FROM t", "SELECT * FROM t", []),
        ("a = 'x' AND b = 1.50", "a = '' AND b = '0'", [{"S": "x"}, {"N": "1.5"}]),
        ("'it''s' ''", "'' ''", [{"S": "it's"}, {"S": ""}]),
        ("\"a'b\"='c'", "\"a'b\"=''", [{"S": "c"}]),
        ("a1 = 1e3", "a1 = '0'", [{"N": "1000"}]),
        ("a[0].b = .5", "a[0].b = '0'", [{"N": "0.5"}]),
        ("a IN [1, 2]", "a IN ['0', '0']", [{"N": "1"}, {"N": "2"}]),
        ("a--b 'c'\n= /* 1 */ 2", "a \n=   '0'", [{"N": "2"}]),
        ("5'a'6", "'0''''0'", [{"N": "5"}, {"S": "a"}, {"N": "6"}]),
    ],
)
def test_a_shape_is_the_text_without_its_literals(text: str, shape: str, literals: list[object]) -> None:
    assert shape_of(text) == (shape, literals)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("a = 1", "a = :l0"),
        ("a = ? AND b = 'x' AND c = ?", "a = :p0 AND b = :l0 AND c = :p1"),
        ("a != 1", "a <> :l0"),
        ("1 < a", ":l0 < a"),
        ('a.b[0]."c d" >= 1', "a.b[0].c d >= :l0"),
        ("a = 1 OR b = 2 AND NOT c = 3", "a = :l0 OR b = :l1 AND NOT c = :l2"),
        ("(a = 1 OR b = 2) AND c = 3", "(a = :l0 OR b = :l1) AND c = :l2"),
        ("((a)) = (1)", "a = :l0"),
        ("NOT NOT a = 1", "a = :l0"),
        ("NOT (a = 1 AND b = 2)", "NOT (a = :l0 AND b = :l1)"),
        ("a BETWEEN 1 AND 2 AND b = 3", "a BETWEEN :l0 AND :l1 AND b = :l2"),
        ("a NOT BETWEEN 1 AND 2", "NOT a BETWEEN :l0 AND :l1"),
        ("a IN [1, ?, b]", "a IN (:l0, :p0, b)"),
        ("a NOT IN ('x')", "NOT a IN (:l0)"),
        ("a IS MISSING AND b IS NOT MISSING", "attribute_not_exists(a) AND attribute_exists(b)"),
        ("a = MISSING OR a <> missing", "attribute_not_exists(a) OR attribute_exists(a)"),
        ("a IS NULL", "attribute_type(a, :b0)"),
        ("a is not null", "NOT attribute_type(a, :b0)"),
        ("a IS STRING", "attribute_type(a, :b0)"),
        ("BEGINS_WITH(\"a\", 'x') and Contains(b, 1)", "begins_with(a, :l0) AND contains(b, :l1)"),
        ("attribute_type(a, 'S')", "attribute_type(a, :l0)"),
        ("size(a) > size(b)", "size(a) > size(b)"),
        ("a = NULL OR a = true OR a = [1] OR a = {'x': ?} OR a = <<1>> OR a = -1", None),
        ("a = b", "a = b"),
    ],
)
def test_a_condition_is_that_of_an_expression(text: str, spelled: str | None) -> None:
    expected = " OR ".join(f"a = :b{number}" for number in range(6)) if spelled is None else spelled
    assert where(text) == expected


def test_a_select_has_its_parts() -> None:
    text = 'SELECT a, "b".c[1] FROM "t"."i" WHERE a = 1 ORDER BY a DESC, "b" ASC, c;'
    node = node_of(text)
    assert isinstance(node, SelectNode)
    assert node.source == Source("t", "i")
    assert [str(column) for column in node.columns or ()] == ["a", "b.c[1]"]
    assert node.order == (OrderKey("a", False), OrderKey("b", True), OrderKey("c", True))
    assert node_of("select * from t") == SelectNode(Source("t"), None, None)


def test_an_update_has_its_actions_in_order() -> None:
    text = (
        "UPDATE t SET a = 1, b = b + 2 - c SET l = list_append(l, [1]) REMOVE d, e[1] SET s = "
        "set_add(s, <<1>>), "
        "n = SET_DELETE(n, ?) WHERE k = 1 RETURNING MODIFIED NEW *"
    )
    node = node_of(text)
    assert isinstance(node, UpdateNode)
    assert str(Actions(node.actions)) == (
        "SET a = :l0, b = (b + :l1) - c, l = list_append(l, :b0) REMOVE d, e[1] ADD s :b1 DELETE n :p0"
    )
    assert (node.returning, str(node.where)) == ("MODIFIED NEW", "k = :l3")
    assert node.sets == ((":b1", "set_add"), (":p0", "set_delete"))


def test_the_other_statements_have_their_parts() -> None:
    delete = node_of("DELETE FROM t WHERE a = 1 RETURNING ALL OLD *")
    assert isinstance(delete, DeleteNode)
    assert delete.returning == "ALL OLD"
    assert isinstance(node_of("INSERT INTO t VALUE {'a': 1}"), InsertNode)
    exists = node_of("EXISTS(SELECT * FROM t WHERE a = 1)")
    assert isinstance(exists, ExistsNode)
    assert exists.source == Source("t")


def test_an_inserted_item_is_made_of_literals_and_parameters() -> None:
    text = "INSERT INTO t VALUE {'s': 'it''s', 'n': -1.50, 'l': [1, 'a', ?, [], {}], 'm': {'x': {'y': NULL}},"
    text += " 'ns': <<1, 2>>, 'ss': <<'a', ?>>, 'bs': <<?>>, 'y': TRUE, 'z': false, '': 0}"
    template, values = prepare(text, [{"B": "YQ=="}, {"S": "b"}, {"B": "Yg=="}])
    assert isinstance(template.node, InsertNode)
    assert template.node.item(values)["M"] == {
        "s": {"S": "it's"},
        "n": {"N": "-1.5"},
        "l": {"L": [{"N": "1"}, {"S": "a"}, {"B": "YQ=="}, {"L": []}, {"M": {}}]},
        "m": {"M": {"x": {"M": {"y": {"NULL": True}}}}},
        "ns": {"NS": ["1", "2"]},
        "ss": {"SS": ["a", "b"]},
        "bs": {"BS": ["Yg=="]},
        "y": {"BOOL": True},
        "z": {"BOOL": False},
        "": {"N": "0"},
    }


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("", MALFORMED + "Expected data manipulation"),
        ("CREATE TABLE t", MALFORMED + "Expected data manipulation"),
        ("'SELECT'", MALFORMED + "Expected data manipulation"),
        ("UPDATE Payment-x SET active=1 WHERE a=1", MALFORMED + "Expected data manipulation"),
        ("UPDATE t WHERE a = 1", MALFORMED + "Expected data manipulation"),
        ("INSERT INTO urls (key, a) VALUES (1, 2)", KEYWORD),
        ("INSERT INTO t {'a': 1}", KEYWORD),
        ("INSERT INTO t VALUE a", TERM),
        ("INSERT INTO t VALUE {a: 1}", TERM),
        ("INSERT INTO t VALUE {'a' 1}", TERM),
        ("INSERT INTO t VALUE {'a': 1", TERM),
        ("INSERT INTO t VALUE <<1", TERM),
        ("INSERT INTO t VALUE {'a': - ?}", TERM),
        ("SELECT * FROM t WHERE a = {'a': 1, 'a': 2}", "Duplicate attribute name in a tuple: a"),
        ("SELECT", TERM),
        ("SELECT FROM t", KEYWORD),
        ("SELECT * t", TERM),
        ("SELECT size FROM t", KEYWORD),
        ("SELECT a.size FROM t", DOT),
        ("SELECT a. FROM t", DOT),
        ("SELECT a[x] FROM t", TERM),
        ("SELECT a[1.5] FROM t", TERM),
        ("SELECT a[?] FROM t", TERM),
        ("SELECT a[9999999999] FROM t", MALFORMED + "List index out of range: 9999999999"),
        ("SELECT count(*) FROM t", KEYWORD),
        ("SELECT * FROM a.b.c", "Unexpected path component at 1:18:1"),
        ('SELECT *\nFROM "a"."b"."c"', "Unexpected path component at 2:13:1"),
        ("SELECT * FROM t WHERE", TERM),
        ("SELECT * FROM t WHERE a", TERM),
        ("SELECT * FROM t WHERE ?", TERM),
        ("SELECT * FROM t WHERE size(a)", TERM),
        ("SELECT * FROM t WHERE a = 1 AND", TERM),
        ("SELECT * FROM t WHERE a =", TERM),
        ("SELECT * FROM t WHERE (a = 1", TERM),
        ("SELECT * FROM t WHERE a = 1)", MALFORMED + "Unexpected token after expression"),
        ("SELECT * FROM t WHERE (a = 1) = 2", TERM),
        ("SELECT * FROM t WHERE a = 1 = 2", MALFORMED + "Unexpected token after expression"),
        ("SELECT * FROM t WHERE a = 1 + 2", MALFORMED + "Unexpected token after expression"),
        ("SELECT * FROM t WHERE a IN ?", TERM),
        ("SELECT * FROM t WHERE a IN []", TERM),
        ("SELECT * FROM t WHERE a IN (1]", TERM),
        ("SELECT * FROM t WHERE a NOT 1", TERM),
        ("SELECT * FROM t WHERE a IS 1", TERM),
        ("SELECT * FROM t WHERE 1 IS MISSING", TERM),
        ("SELECT * FROM t WHERE a < MISSING", KEYWORD),
        ("SELECT * FROM t WHERE a LIKE 'x'", KEYWORD),
        ("SELECT * FROM t LIMIT 5", KEYWORD),
        ("SELECT * FROM t GROUP BY a", KEYWORD),
        ("SELECT * FROM t WHERE exist(a)", "Unsupported function: exist"),
        ("SELECT * FROM t WHERE attribute_exists(a)", "Unsupported function: attribute_exists"),
        ("SELECT * FROM t WHERE begins_with(a)", "Incorrect number of operands for function begins_with: 1"),
        ("SELECT * FROM t WHERE size() = 1", "Incorrect number of operands for function size: 0"),
        ("SELECT * FROM t WHERE contains(a, contains(b, 1))", TERM),
        ("SELECT * FROM t ORDER a", TERM),
        ("SELECT * FROM t ORDER BY 1", TERM),
        ("SELECT * FROM t; SELECT", KEYWORD),
        ("SELECT * FROM t x y", MALFORMED + "Unexpected token after expression"),
        ("SELECT 'x", MALFORMED + "Unterminated string"),
        ("SELECT 'it''s", MALFORMED + "Unterminated string"),
        ('SELECT "x', MALFORMED + "Unterminated identifier"),
        ('SELECT "x""', MALFORMED + "Unterminated identifier"),
        ("SELECT /* x", MALFORMED + "Unterminated comment"),
        ("SELECT /*/", MALFORMED + "Unterminated comment"),
        ("UPDATE t SET a WHERE b = 1", KEYWORD),
        ("UPDATE t SET a = size(b) WHERE b = 1", "Unsupported function: size"),
        (
            "UPDATE t SET a = set_add(b, <<1>>)",
            "The function set_add takes the path that it is assigned to, and a set",
        ),
        (
            "UPDATE t SET a = set_add(a, b)",
            "The function set_add takes the path that it is assigned to, and a set",
        ),
        (
            "UPDATE t SET a = 1 + set_delete(a, <<1>>)",
            "The function set_delete takes the path that it is assigned to, and a set",
        ),
        (
            "UPDATE t SET a = list_append(set_add(a, <<1>>), [1])",
            "The function set_add takes the path that it is assigned to, and a set",
        ),
        ("UPDATE t REMOVE 1", TERM),
        ("UPDATE t SET a = 1 WHERE a = 1 RETURNING a", TERM),
        ("UPDATE t SET a = 1 WHERE a = 1 RETURNING ALL OLD", TERM),
        ("UPDATE t SET a = 1 WHERE a = 1 RETURNING", TERM),
        (
            "DELETE FROM t WHERE a = 1 RETURNING MODIFIED NEW *",
            "Invalid returning clause: RETURNING MODIFIED NEW *. Only RETURNING ALL OLD * is allowed "
            "in DELETE "
            "statements.",
        ),
        ("EXISTS SELECT", KEYWORD),
        ("EXISTS (UPDATE t", KEYWORD),
        ("SELECT * FROM t WHERE a = ?", "Number of parameters in request and statement don't match."),
        (
            "SELECT * FROM t WHERE a = <<>>",
            "One or more parameter values were invalid: A set may not be empty",
        ),
        (
            "SELECT * FROM t WHERE a = <<1, 'x'>>",
            "The elements of a set must be all strings, all numbers or all binaries",
        ),
        (
            "SELECT * FROM t WHERE a = <<TRUE>>",
            "The elements of a set must be all strings, all numbers or all binaries",
        ),
        ("SELECT * FROM t WHERE a = <<1, 1.0>>", "Input collection contains duplicates"),
        (
            "SELECT * FROM t WHERE a = 1e126",
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
    ],
)
def test_a_wrong_statement_is_refused(text: str, refused: str) -> None:
    assert outcome(text) == refused


def test_in_takes_a_hundred_values() -> None:
    values = ", ".join("1" * 100)
    prepare(f"SELECT * FROM t WHERE a IN ({values})", [])
    assert outcome(f"SELECT * FROM t WHERE a IN ({values}, 1)") == (
        "The IN operator is provided with too many operands; number of operands: 101, maximum: 100"
    )


@pytest.mark.parametrize(
    ("before", "opening", "inner", "closing"),
    [
        ("SELECT * FROM t WHERE ", "(", "a = 1", ")"),
        ("SELECT * FROM t WHERE ", "NOT (", "a = 1", ")"),
        ("SELECT * FROM t WHERE ", "(a = 1 OR a = 2 AND ", "a = 1", ")"),
        ("SELECT * FROM t WHERE a = ", "(", "1", ")"),
        ("INSERT INTO t VALUE ", "[", "1", "]"),
        ("INSERT INTO t VALUE ", "<<", "1", ">>"),
        ("INSERT INTO t VALUE ", "{'a': ", "1", "}"),
        ("UPDATE t SET a = ", "list_append(b, ", "c", ")"),
        ("UPDATE t SET a = ", "b + (", "c", ")"),
        ("UPDATE t SET a = ", "b + ", "c", ""),
    ],
)
def test_nesting_is_bounded(before: str, opening: str, inner: str, closing: str) -> None:
    levels = NESTING // 2 if opening == "b + (" else NESTING
    assert "Nested too deeply" not in outcome(before + opening * levels + inner + closing * levels)
    deeper = before + opening * (levels + 1) + inner + closing * (levels + 1)
    assert outcome(deeper) == MALFORMED + "Nested too deeply; maximum: 64"


@pytest.mark.parametrize(
    "part", ["(", "[", "<<", "{'a':", "NOT ", "a[0]", "a.", "-", "+", "'", '"', "/*", "--", "IN (", "size("]
)
def test_no_repetition_exhausts_the_stack(part: str) -> None:
    repeated = part * (8192 // len(part))
    for text in (
        repeated,
        "SELECT * FROM t WHERE " + repeated,
        "UPDATE t SET a = " + repeated,
        "INSERT INTO t VALUE " + repeated,
    ):
        outcome(text)


def test_a_name_in_quotes_can_be_anything() -> None:
    template, _ = prepare('SELECT "select", "#a", "", "x""y", "ü" FROM t', [])
    assert isinstance(template.node, SelectNode)
    assert [str(column) for column in template.node.columns or ()] == ["select", "#0", "#1", 'x"y', "ü"]


_TOKENS = """
    SELECT * FROM WHERE AND OR NOT IN BETWEEN IS NULL MISSING TRUE INSERT INTO VALUE UPDATE SET REMOVE DELETE
    RETURNING ALL OLD ORDER BY EXISTS ( ) [ ] { } << >> , . : ? = <> < <= + - ; a t "b" 'x' '' 1 1.5 [0] size(
    set_add( -- /* */
"""
_WORDS = st.sampled_from(_TOKENS.split())


@given(
    st.lists(_WORDS | st.text(max_size=3), max_size=30),
    st.sampled_from(["", "SELECT * FROM t WHERE ", "UPDATE t SET "]),
)
@example(["a", ".", "9" * 5000], "SELECT * FROM t WHERE ")
def test_no_text_raises_anything_but_a_outcome(words: list[str], start: str) -> None:
    for blank in (" ", ""):
        outcome(start + blank.join(words))
