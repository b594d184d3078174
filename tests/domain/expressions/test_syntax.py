"""Syntax errors carry the service's own token and near-text, before anything else is looked at."""

import pytest

from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.expressions.parser import parse_condition, parse_projection, parse_update
from kilowatt.errors import ServiceError


def refusal(kind: Kind, text: str) -> str:
    with pytest.raises(ServiceError) as caught:
        parse(kind, text)
    return caught.value.text


def parse(kind: Kind, text: str) -> object:
    if kind is Kind.UPDATE:
        return parse_update(text)
    if kind is Kind.PROJECTION:
        return parse_projection(text)
    return parse_condition(kind, text)


@pytest.mark.parametrize(
    ("text", "token", "near"),
    [
        ("ADD hits : incr", ":", "hits : incr"),
        ("SET #a = :a, updated = :b, updated :c", ":c", "updated :c"),
        ("SET #a = :a, #, b = :b", "#", ", #,"),
        ("SET MyStr = myNum + 1", "1", "+ 1"),
        ("SET MyStr = myNum Mystr2 myNum2", "Mystr2", "myNum Mystr2 myNum2"),
        ("SET attrName = 3", "3", "= 3"),
        ("SET MyStr[ 3", "<EOF>", "3"),
        ("SET MyStr[ 3 ", "<EOF>", "3 "),
        ("SET MyStr[3 )", ")", "3 )"),
        ("SET 2", "2", "SET 2"),
        ("2", "2", "2"),
        ("SET ) 3", ")", "SET ) 3"),
        ("SET MyStr = (:_val", "<EOF>", ":_val"),
        ("SET MyStr = (:_val ", "<EOF>", ":_val "),
        ("SET MyStr = [:_val", "[", "= [:_val"),
        ("RESET NonExistent value", "RESET", "RESET NonExistent"),
        ("  RESET NonExistent value", "RESET", "  RESET NonExistent"),
        ("SET a [  [2] ]. b = 5", "[", "[  [2"),
        ("SET a [2 1]. b = 5", "1", "2 1]"),
        ("SET #a a = 5", "a", "#a a ="),
        ("SET MyStr = NoExist + + :_val ", "+", "+ + :_val"),
        ("SET attrName = _idid", "_", "= _idid"),
        ("SET a|", "|", "a|"),
        ("|", "|", "|"),
        ("REMOVE if_not_exists(a,b)", "(", "if_not_exists(a"),
        ("SET #attr1 = :val1, #attr2 = :val2,", "<EOF>", ","),
        ("DELETE str_set bad_value", "bad_value", "str_set bad_value"),
        ("ADD str_set bad_value", "bad_value", "str_set bad_value"),
        ("SET  REMOVE #Options", "REMOVE", "SET  REMOVE #Options"),
    ],
)
def test_update_syntax_error_names_token_and_near_text(text: str, token: str, near: str) -> None:
    expected = f'Invalid UpdateExpression: Syntax error; token: "{token}", near: "{near}"'
    assert refusal(Kind.UPDATE, text) == expected


@pytest.mark.parametrize(
    ("text", "token", "near"),
    [
        ("attribute_exists(car_id) AND NOT #air", "<EOF>", "#air"),
        ("a = (b = c)", "=", "b = c"),
        ("(a = b) = c", "=", ") = c"),
        ("NOT a = b = c", "=", "b = c"),
        ("a AND b", "AND", "a AND b"),
        ("(a AND b)", "AND", "a AND b"),
        ("a OR b = c", "OR", "a OR b"),
        ("(a) b", "b", ") b"),
        ("(a = b", "<EOF>", "b"),
        ("(NOT a)", ")", "a)"),
        ("(a", "<EOF>", "a"),
        ("a = b)", ")", "b)"),
        ("a", "<EOF>", "a"),
        (":v", "<EOF>", ":v"),
        ("   ", "<EOF>", "   "),
        ("(" * 4096, "<EOF>", "("),
        ("a BETWEEN :b OR :c", "OR", ":b OR :c"),
        ("size()", ")", "()"),
    ],
)
def test_condition_syntax_error_names_token_and_near_text(text: str, token: str, near: str) -> None:
    expected = f'Invalid ConditionExpression: Syntax error; token: "{token}", near: "{near}"'
    assert refusal(Kind.CONDITION, text) == expected


def test_key_condition_syntax_error_names_its_kind() -> None:
    text = refusal(Kind.KEY_CONDITION, "pk=:pk AND begins_with sk, :sk ")
    assert text == 'Invalid KeyConditionExpression: Syntax error; token: "sk", near: "begins_with sk,"'


@pytest.mark.parametrize(
    "text",
    [
        *["a > 4", 'a = "eight"', "a = 'eight'", "a > -:b", "a = b / c", "a = b * c", "a..b = c", "a,,b"],
        *[
            "a[b] = c",
            "a[:x] = c",
            "a[#x] = c",
            "a[4.5] = c",
            ":x.y = c",
            "size(a).b > :c",
            "(size(a)).b > :c",
        ],
        *["size(a)[0] = :b", "in b", "a in b", "a in b, c", "a in (b,c,)", "a > between", "a = Pi#ctures"],
        *[
            "#$ = a",
            "ü = a",
            "b.(c.d) = a",
            "a = b AND",
            "a in ()",
            "a = b c = d",
            "a + b = c",
            "_a = b",
            "a = : b",
        ],
        *["1a = b", "a.1 = b", "a = #", "and = b", "a. = b", "a[1 = b", "a\u00a0= b"],
    ],
)
@pytest.mark.parametrize("kind", [Kind.CONDITION, Kind.FILTER, Kind.KEY_CONDITION])
def test_text_outside_the_condition_grammar_is_a_syntax_error(kind: Kind, text: str) -> None:
    assert refusal(kind, text).startswith(f'Invalid {kind}: Syntax error; token: "')


@pytest.mark.parametrize(
    "text",
    [
        *["set a", "add a", "delete a", "add a b", "set a=set", "remove a = b", "remove a b", "set a b"],
        *["set :a = b", "set a = b + c + d", "set (a = (b + c))", "set size(a) = b", "set (b.c).d = a"],
        *[
            "set a[1] = 1",
            "set a = 'b'",
            "remove",
            "remove a,,b",
            "remove a,",
            "delete a :b,",
            "set a = b AND c = d",
        ],
        *[
            "set a..b = c",
            "set a[:x] = b",
            "set a = :x.y",
            "set a = b *c",
            "set a = if_not_exists()",
            "a = b",
        ],
        *["set a = -b", "set a = list_append(a, b + :c)", "set a = b + c - d"],
    ],
)
def test_text_outside_the_update_grammar_is_a_syntax_error(text: str) -> None:
    assert refusal(Kind.UPDATE, text).startswith('Invalid UpdateExpression: Syntax error; token: "')


@pytest.mark.parametrize(
    "text",
    [
        "(a)",
        "(a, b)",
        "a, (b)",
        "a,,b",
        "a,",
        ",",
        "a b",
        "a..b",
        "a[b]",
        "a[0",
        ":a",
        "size(a)",
        "Pi#ctures",
    ],
)
def test_text_outside_the_projection_grammar_is_a_syntax_error(text: str) -> None:
    assert refusal(Kind.PROJECTION, text).startswith('Invalid ProjectionExpression: Syntax error; token: "')


@pytest.mark.parametrize("kind", list(Kind))
def test_empty_expression_is_refused(kind: Kind) -> None:
    assert refusal(kind, "") == f"Invalid {kind}: The expression can not be empty;"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a=:b", "a = :b"),
        ("a . b [ 1 ] [ 2 ].#c<>:d", "a.b[1][2].#c <> :d"),
        ("NOT a = b AND c = d OR e = f", "NOT a = b AND c = d OR e = f"),
        ("NOT (a = b AND c = d)", "NOT (a = b AND c = d)"),
        ("a = b or c = d and not not e = f", "a = b OR c = d AND NOT NOT e = f"),
        ("(a = b or c = d) and e = f", "(a = b OR c = d) AND e = f"),
        ("a between b and c and d between e and f", "a BETWEEN b AND c AND d BETWEEN e AND f"),
        ("(a = b) AND (c = d)", "a = b AND c = d"),
        ("(a = b AND c = d) AND e = f", "(a = b AND c = d) AND e = f"),
        ("(a) > (:b)", "a > :b"),
        ("(a) in ((b), :c)", "a IN (b, :c)"),
        ("(size(a)) > :b", "size(a) > :b"),
        ("(((a = b) AND (c = d)) AND (e = f))", "(a = b AND c = d) AND e = f"),
        ("((a=b) OR (c=d))", "a = b OR c = d"),
        ("contains (a, :b)", "contains(a, :b)"),
    ],
)
def test_condition_groups_as_its_operators_bind(text: str, printed: str) -> None:
    assert str(parse(Kind.CONDITION, text)) == printed


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("set a=:b,c = d remove e , f[0]", "SET a = :b, c = d REMOVE e, f[0]"),
        ("ADD a :b DELETE c :d SET e = (f + :g)", "ADD a :b DELETE c :d SET e = f + :g"),
        ("SET a = (b + c) - (d)", "SET a = (b + c) - d"),
        ("SET a = list_append((b), if_not_exists(c, :d))", "SET a = list_append(b, if_not_exists(c, :d))"),
    ],
)
def test_update_keeps_its_actions_in_order(text: str, printed: str) -> None:
    assert str(parse(Kind.UPDATE, text)) == printed


def test_limit_on_length_counts_bytes() -> None:
    padding = "a" * 4090
    assert str(parse(Kind.CONDITION, f"{padding} = :b")).endswith("= :b")
    too_long = "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size;"
    assert refusal(Kind.CONDITION, f"{padding}a  = :b") == too_long
    assert refusal(Kind.CONDITION, "é" * 2049) == too_long


def test_limit_on_operators_counts_tests_functions_and_logic() -> None:
    def tests(count: int) -> str:
        return " AND ".join(["a=:b"] * count)

    too_many = "Invalid FilterExpression: The expression contains too many operators; operator count: 301"
    assert parse(Kind.FILTER, "NOT " + tests(150))
    assert refusal(Kind.FILTER, tests(151)) == too_many
    assert refusal(Kind.FILTER, "NOT " * 300 + "a=b") == too_many


def test_limit_on_operands_of_in() -> None:
    def choices(count: int) -> str:
        return f"a IN ({', '.join([f':v{number}' for number in range(count)])})"

    assert parse(Kind.FILTER, choices(100))
    assert refusal(Kind.FILTER, choices(163)) == (
        "Invalid FilterExpression: The IN operator is provided with too many operands;"
        " number of operands: 163"
    )


def test_limit_on_path_depth_counts_dereferences() -> None:
    assert parse(Kind.PROJECTION, "a" + ".b" * 31 + "[0]")
    text = refusal(Kind.PROJECTION, "a" + ".b" * 32 + "[0]")
    assert text.startswith("Invalid ProjectionExpression: The document path has too many nesting elements")


def test_operands_nested_without_end_are_refused() -> None:
    nested = "size(" * 600
    assert refusal(Kind.CONDITION, nested).startswith("Invalid ConditionExpression: The expression nests")
    assert refusal(Kind.CONDITION, "a = " + "(" * 4000).startswith(
        "Invalid ConditionExpression: The expression nests"
    )
    assert refusal(Kind.UPDATE, "SET a = " + "(" * 4000).startswith(
        "Invalid UpdateExpression: The expression nests"
    )
