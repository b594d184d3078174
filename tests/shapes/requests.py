"""Requests for every operation, made from the service model: good ones, and ones with something broken."""

from functools import cache
from typing import Any

from hypothesis import strategies as st

from kilowatt.shapes.fast import INTEGER_RANGES
from kilowatt.shapes.schema import ATTRIBUTE_VALUE, TABLE_REFERENCE, Shape, compiled, input_shape, shape

# Patterns whose matches are too rare among what a strategy finds by itself, or take too long to find.
EXAMPLES = {
    "\\p{Print}+": ["policy", "~ !"],
    "[\\u0020-\\uD7FF\\uE000-\\uFFFD\\uD800\\uDC00-\\uDBFF\\uDFFF\\r\\n\\t]*": ["role", "ä\n\U0001f600"],
    "([0-9a-f]{16})+": ["0123456789abcdef" * 8],
    "(?!((^[ ]+.*)|(.*([\\u0000-\\u001f]|[\\u007f-\\u009f]|[:/|])+.*)|(.*[ ]+$))).+": ["night", "a b"],
    "^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\\/[a-zA-Z0-9-]+$": [
        "arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/1a"
    ],
    "^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$": ["bucket", "my.bucket-1"],
}
TABLES = ["abc", "Users_1.2-3", "arn:aws:dynamodb:us-east-1:123456789012:table/abc"]

base64_texts = st.sampled_from(["", "AA==", "AAA=", "AAAA", "+/8="])
scalars = st.one_of(
    st.fixed_dictionaries({"S": st.text(max_size=5)}),
    st.fixed_dictionaries({"N": st.sampled_from(["1", "-1.5e3"])}),
    st.fixed_dictionaries({"B": base64_texts}),
    st.fixed_dictionaries({"BOOL": st.booleans()}),
    st.fixed_dictionaries({"NULL": st.just(True)}),
    st.fixed_dictionaries({"SS": st.lists(st.text(max_size=3), max_size=2)}),
    st.fixed_dictionaries({"BS": st.lists(base64_texts, max_size=2)}),
)
attribute_values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda values: st.one_of(
        st.fixed_dictionaries({"L": st.lists(values, max_size=3)}),
        st.fixed_dictionaries({"M": st.dictionaries(st.text(max_size=3), values, max_size=3)}),
    ),
    max_leaves=6,
)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63), 2**64 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=5),
        st.sampled_from(["true", "1", "AA==", "abc", "HASH", "ALL_OLD"]),
    ),
    lambda values: st.one_of(
        st.lists(values, max_size=3),
        st.dictionaries(st.sampled_from(["S", "N", "B", "L", "M", "SS", "BOOL", "x"]), values, max_size=3),
    ),
    max_leaves=8,
)


def good_requests(operation: str) -> st.SearchStrategy[dict[str, Any]]:
    return good_values(input_shape(operation).name)


@cache
def good_values(name: str) -> st.SearchStrategy[Any]:
    """Plainly good values of the shape of this name."""
    wanted = shape(name)
    if wanted.name == ATTRIBUTE_VALUE:
        return attribute_values
    if wanted.name == TABLE_REFERENCE:
        return st.sampled_from(TABLES)
    if wanted.kind == "structure":
        return _structures(wanted)
    low, high = wanted.minimum or 0, min((wanted.minimum or 0) + 2, wanted.maximum or 2)
    if wanted.kind == "list":
        return st.lists(good_values(wanted.element), min_size=low, max_size=high)
    if wanted.kind == "map":
        keys, elements = good_values(wanted.key), good_values(wanted.element)
        return st.dictionaries(keys, elements, min_size=low, max_size=high)
    return _scalars(wanted)


def _structures(wanted: Shape) -> st.SearchStrategy[dict[str, Any]]:
    required = {m.name: good_values(m.shape) for m in wanted.members if m.required}
    optional = {m.name: good_values(m.shape) for m in wanted.members if not m.required}
    return st.fixed_dictionaries(required, optional=optional)


def _scalars(wanted: Shape) -> st.SearchStrategy[Any]:
    if wanted.kind == "string":
        return _strings(wanted)
    if wanted.kind in INTEGER_RANGES:
        low, high = INTEGER_RANGES[wanted.kind]
        low = low if wanted.minimum is None else wanted.minimum
        return st.integers(low, high if wanted.maximum is None else wanted.maximum)
    if wanted.kind == "boolean":
        return st.booleans()
    if wanted.kind == "blob":
        return base64_texts
    return st.one_of(st.integers(0, 2**31), st.floats(0, 1e9))


def _strings(wanted: Shape) -> st.SearchStrategy[str]:
    low = wanted.minimum or 0
    high = min(low + 5, wanted.maximum or low + 5)
    if wanted.enum:
        return st.sampled_from(wanted.enum)
    if wanted.pattern is None:
        return st.text(min_size=low, max_size=high)
    if wanted.pattern in EXAMPLES:
        return st.sampled_from(EXAMPLES[wanted.pattern])
    matches = st.from_regex(compiled(wanted.pattern), fullmatch=True)
    return matches.filter(lambda text: low <= len(text) <= (wanted.maximum or 1000))


@st.composite
def broken_requests(draw: st.DrawFn, operation: str) -> Any:
    """A good request in which any one value, or the whole, gave way to any JSON."""
    return _with_replacement(draw, draw(good_requests(operation)))


def _with_replacement(draw: st.DrawFn, value: Any) -> Any:
    if not isinstance(value, dict | list) or not value or draw(st.integers(0, 4)) == 0:
        return draw(json_values)
    places = list(value) if isinstance(value, dict) else list(range(len(value)))
    place = draw(st.sampled_from(places))
    copy = value.copy()
    copy[place] = _with_replacement(draw, value[place])
    return copy
