"""Generated expressions, items and values for the property tests."""

from base64 import b64encode
from typing import Any

from hypothesis import strategies as st

from kilowatt.domain.expressions.lexer import tokenize
from kilowatt.domain.expressions.nodes import (
    Action,
    AddAction,
    AndNode,
    ArithmeticNode,
    BetweenNode,
    ComparisonNode,
    ConditionNode,
    DeleteAction,
    FunctionNode,
    InNode,
    NotNode,
    Operand,
    OrNode,
    PathNode,
    RemoveAction,
    SetAction,
    UpdateNode,
    ValueNode,
)
from kilowatt.domain.values.types import AttributeValue, Item, Values

NAMES = {"#a": "a", "#b": "b", "#c": "c"}
ATTRIBUTES = ("a", "b", "c")
PLACEHOLDERS = (":u", ":v", ":w", ":x")

# -- values

_numbers = st.sampled_from(["0", "1", "2", "3", "-1", "0.5", "12", "100"])
_strings = st.text("abé", max_size=3)
_binaries = st.binary(max_size=2).map(lambda data: b64encode(data).decode())


def _set_of(tag: str, elements: st.SearchStrategy[str]) -> st.SearchStrategy[AttributeValue]:
    return st.lists(elements, min_size=1, max_size=3, unique=True).map(lambda chosen: {tag: chosen})


scalars: st.SearchStrategy[AttributeValue] = st.one_of(
    _numbers.map(lambda text: {"N": text}),
    _strings.map(lambda text: {"S": text}),
    _binaries.map(lambda text: {"B": text}),
)
_leaves: st.SearchStrategy[AttributeValue] = st.one_of(
    scalars,
    st.booleans().map(lambda flag: {"BOOL": flag}),
    st.just({"NULL": True}),
    _set_of("SS", _strings),
    _set_of("NS", _numbers),
    _set_of("BS", _binaries),
)


def _containers(children: st.SearchStrategy[AttributeValue]) -> st.SearchStrategy[AttributeValue]:
    entries = st.dictionaries(st.sampled_from(ATTRIBUTES), children, max_size=3)
    elements = st.lists(children, max_size=3)
    return st.one_of(entries.map(lambda chosen: {"M": chosen}), elements.map(lambda chosen: {"L": chosen}))


attribute_values: st.SearchStrategy[AttributeValue] = st.recursive(_leaves, _containers, max_leaves=6)
items: st.SearchStrategy[Item] = st.dictionaries(st.sampled_from(ATTRIBUTES), attribute_values, max_size=3)
_type_names = st.sampled_from(["S", "N", "L", "M"]).map(lambda name: {"S": name})
values: st.SearchStrategy[Values] = st.fixed_dictionaries(
    {":u": scalars, ":v": attribute_values, ":w": st.one_of(scalars, _type_names), ":x": scalars}
)

# -- expressions

_name_elements = st.sampled_from([*ATTRIBUTES, *NAMES])
_path_elements: st.SearchStrategy[Any] = st.one_of(_name_elements, st.integers(0, 3))
paths: st.SearchStrategy[PathNode] = st.builds(
    lambda first, rest: PathNode((first, *rest)), _name_elements, st.lists(_path_elements, max_size=2)
)
value_nodes = st.sampled_from(PLACEHOLDERS).map(ValueNode)
_simple: st.SearchStrategy[Operand] = st.one_of(paths, value_nodes)


def _function(name: str, *operands: st.SearchStrategy[Operand]) -> st.SearchStrategy[FunctionNode]:
    return st.tuples(*operands).map(lambda chosen: FunctionNode(name, chosen))


_operands: st.SearchStrategy[Operand] = st.one_of(_simple, _function("size", _simple))
_tests: st.SearchStrategy[ConditionNode] = st.one_of(
    st.builds(ComparisonNode, st.sampled_from(["=", "<>", "<", "<=", ">", ">="]), _operands, _operands),
    st.builds(BetweenNode, _operands, _operands, _operands),
    st.builds(InNode, _operands, st.lists(_operands, min_size=1, max_size=3).map(tuple)),
    _function("attribute_exists", paths),
    _function("attribute_not_exists", paths),
    _function("attribute_type", _simple, value_nodes),
    _function("begins_with", _operands, _simple),
    _function("contains", _operands, _operands),
)


def _logic(children: st.SearchStrategy[ConditionNode]) -> st.SearchStrategy[ConditionNode]:
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(AndNode, several), st.builds(OrNode, several), st.builds(NotNode, children))


conditions: st.SearchStrategy[ConditionNode] = st.recursive(_tests, _logic, max_leaves=8)


def _calculations(children: st.SearchStrategy[Operand]) -> st.SearchStrategy[Operand]:
    return st.one_of(
        st.builds(ArithmeticNode, st.sampled_from("+-"), children, children),
        _function("if_not_exists", paths, children),
        _function("list_append", children, children),
    )


_sums: st.SearchStrategy[Operand] = st.recursive(_simple, _calculations, max_leaves=4)


def _section(actions: st.SearchStrategy[Action]) -> st.SearchStrategy[list[Action]]:
    return st.lists(actions, max_size=2)


updates: st.SearchStrategy[UpdateNode] = (
    st.tuples(
        _section(st.builds(SetAction, paths, _sums)),
        _section(st.builds(RemoveAction, paths)),
        _section(st.builds(AddAction, paths, value_nodes)),
        _section(st.builds(DeleteAction, paths, value_nodes)),
    )
    .flatmap(st.permutations)
    .map(lambda sections: UpdateNode(tuple([action for section in sections for action in section])))
    .filter(lambda update: bool(update.actions))
)

# -- updates that fit FITTING_ITEM: disjoint targets, operands of the right types

FITTING_ITEM: Item = {
    "pk": {"S": "key"},
    "n": {"N": "5"},
    "s": {"SS": ["a", "b"]},
    "l": {"L": [{"N": "0"}, {"N": "1"}, {"N": "2"}]},
    "m": {"M": {"n": {"N": "7"}, "s": {"SS": ["b"]}, "l": {"L": [{"M": {"n": {"N": "1"}}}, {"N": "9"}]}}},
}
FITTING_VALUES: Values = {
    ":n": {"N": "0.5"},
    ":s": {"SS": ["b", "c"]},
    ":l": {"L": [{"S": "x"}]},
    ":v": {"M": {"a": {"S": "v"}}},
}
_numeric = [
    ("n",),
    ("new",),
    ("m", "n"),
    ("m", "new"),
    ("m", "l", 0, "n"),
    ("m", "l", 0, "new"),
    ("l", 0),
    ("l", 4),
]
_setlike = [("s",), ("fresh",), ("m", "s"), ("m", "fresh")]
_other = [("l", 1), ("l", 2), ("l", 3), ("l", 9), ("m", "l", 1), ("m", "l", 7), ("extra",)]
_present_numbers = st.sampled_from([("n",), ("m", "n"), ("l", 0), ("l", 2), ("m", "l", 0, "n")]).map(PathNode)
_certain_numbers: st.SearchStrategy[Operand] = st.one_of(
    _present_numbers,
    st.just(ValueNode(":n")),
    st.builds(
        lambda path, number: FunctionNode("if_not_exists", (path, number)),
        st.sampled_from([PathNode(("n",)), PathNode(("absent",)), PathNode(("m", "absent"))]),
        _present_numbers,
    ),
)
_certain_lists: st.SearchStrategy[Operand] = st.sampled_from(
    [PathNode(("l",)), PathNode(("m", "l")), ValueNode(":l")]
)
_results: st.SearchStrategy[Operand] = st.one_of(
    _certain_numbers,
    st.just(ValueNode(":v")),
    st.builds(ArithmeticNode, st.sampled_from("+-"), _certain_numbers, _certain_numbers),
    st.builds(lambda left, right: FunctionNode("list_append", (left, right)), _certain_lists, _certain_lists),
)


def _fitting_action(path: tuple[str | int, ...]) -> st.SearchStrategy[Action]:
    node = PathNode(path)
    choices: list[st.SearchStrategy[Action]] = [
        st.builds(SetAction, st.just(node), _results),
        st.just(RemoveAction(node)),
    ]
    if path in _numeric:
        choices.append(st.just(AddAction(node, ValueNode(":n"))))
    if path in _setlike:
        choices += [st.just(AddAction(node, ValueNode(":s"))), st.just(DeleteAction(node, ValueNode(":s")))]
    return st.one_of(choices)


fitting_updates: st.SearchStrategy[UpdateNode] = (
    st.lists(st.sampled_from([*_numeric, *_setlike, *_other]), min_size=1, max_size=6, unique=True)
    .flatmap(lambda targets: st.tuples(*[_fitting_action(path) for path in targets]))
    .map(UpdateNode)
)

# -- text that is nearly or not at all an expression

_words = [
    *[
        "a",
        "b",
        "#a",
        ":v",
        "size",
        "contains",
        "attribute_exists",
        "if_not_exists",
        "list_append",
        "begins_with",
    ],
    *[
        "AND",
        "OR",
        "NOT",
        "BETWEEN",
        "IN",
        "SET",
        "REMOVE",
        "ADD",
        "DELETE",
        "name",
        "unknown",
        "attribute_type",
    ],
    *[
        "(",
        ")",
        "[",
        "]",
        ",",
        ".",
        "=",
        "<>",
        "<",
        "<=",
        ">",
        ">=",
        "+",
        "-",
        "0",
        "7",
        "#",
        ":",
        "'",
        "ü",
        "_",
    ],
]
texts: st.SearchStrategy[str] = st.one_of(
    st.lists(st.sampled_from(_words), max_size=25).map(" ".join),
    st.lists(st.sampled_from(_words), max_size=25).map("".join),
    st.text(max_size=40),
    st.builds(
        lambda prefix, unit, count, suffix: prefix + unit * count + suffix,
        st.sampled_from(["", "SET a = ", "REMOVE a", "a = "]),
        st.sampled_from(["(", "NOT ", "NOT (", "a.", "[0]", "size(", "a=b AND ", "a=b OR NOT (", "- ", "a,"]),
        st.integers(0, 500),
        st.sampled_from(["", "a", "a = b", ")"]),
    ),
)


def _edited(words: list[str], edits: list[tuple[int, str | None]]) -> str:
    for position, word in edits:
        if words:
            place = position % len(words)
            words[place : place + 1] = [] if word is None else [word]
    return " ".join(words)


_edits = st.lists(st.tuples(st.integers(0, 50), st.one_of(st.none(), st.sampled_from(_words))), max_size=2)


def nearly(nodes: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    """Texts of expressions with some tokens dropped or replaced, and texts of any kind."""
    edited = st.builds(lambda node, edits: _edited(tokenize(str(node)), edits), nodes, _edits)
    return st.one_of(edited, edited, texts)
