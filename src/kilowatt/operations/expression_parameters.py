"""The parameters that carry expressions: which operation takes which, and the order of their checks.

Source of the order: the AWS service, as recorded.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from kilowatt.domain.expressions.cache import NAMES_LENGTH, Generations
from kilowatt.domain.expressions.condition import Condition, compile_condition
from kilowatt.domain.expressions.key_condition import KeyCondition, compile_key_condition
from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.expressions.paths import Path
from kilowatt.domain.expressions.placeholders import (
    check_placeholder_keys,
    check_unused_placeholders,
)
from kilowatt.domain.expressions.projection import Projection, compile_projection
from kilowatt.domain.expressions.update import Update, compile_update
from kilowatt.domain.tables.paths import check_key_paths
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_value
from kilowatt.domain.values.sizes import text_size
from kilowatt.domain.values.types import Values
from kilowatt.errors import ServiceError
from kilowatt.errors import expressions as expression_errors
from kilowatt.errors import items as errors
from kilowatt.limits import SUBSTITUTION_BYTES

Request = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExpressionParameters:
    """What one operation takes.

    `legacy` and `expressions` are in the order in which AWS prints them; `with_values` are those expressions
    that can use ExpressionAttributeValues.
    """

    legacy: tuple[str, ...]
    expressions: tuple[str, ...]
    with_values: tuple[str, ...] = ()


GET = ExpressionParameters(("AttributesToGet",), ("ProjectionExpression",))
WRITE = ExpressionParameters(
    ("Expected", "ConditionalOperator"), ("ConditionExpression",), ("ConditionExpression",)
)
UPDATE = ExpressionParameters(
    ("AttributeUpdates", "Expected", "ConditionalOperator"),
    ("UpdateExpression", "ConditionExpression"),
    ("UpdateExpression", "ConditionExpression"),
)
QUERY = ExpressionParameters(
    ("AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"),
    ("ProjectionExpression", "FilterExpression", "KeyConditionExpression"),
    ("FilterExpression", "KeyConditionExpression"),
)
SCAN = ExpressionParameters(
    ("AttributesToGet", "ScanFilter", "ConditionalOperator"),
    ("ProjectionExpression", "FilterExpression"),
    ("FilterExpression",),
)
# Transactions came when the legacy parameters were already that, and do not have them.
TRANSACT_GET = replace(GET, legacy=())
TRANSACT_WRITE = replace(WRITE, legacy=())
TRANSACT_UPDATE = replace(UPDATE, legacy=())


@dataclass(slots=True)
class Expressions:
    """The compiled expressions of a request; None where it has none."""

    values: Values
    update: Update | None = None
    condition: Condition | None = None
    key_condition: KeyCondition | None = None
    filter: Condition | None = None
    projection: Projection | None = None

    def check_key_paths(self, table: Table, paths: Iterable[Path]) -> None:
        """Refuses paths into key attributes of the table or its indexes, which are scalars."""
        check_key_paths(table, paths)


_NO_VALUES: Values = {}


def check_mixing(request: Request, takes: ExpressionParameters) -> bool:
    """Refuses legacy parameters together with expressions, and placeholders without an expression that could
    use them. True if the request has legacy parameters, of which KeyConditions alone does not count: it goes
    with expressions too.
    """
    given = request.keys()
    legacy = not given.isdisjoint(takes.legacy) and _has_legacy(request, takes)
    if "ExpressionAttributeNames" in given and given.isdisjoint(takes.expressions):
        raise errors.NAMES_WITHOUT_EXPRESSION()
    if "ExpressionAttributeValues" in given and given.isdisjoint(takes.with_values):
        raise _values_without_expression(takes)
    return legacy


def _has_legacy(request: Request, takes: ExpressionParameters) -> bool:
    legacy = [name for name in takes.legacy if name in request]
    expressions = [name for name in takes.expressions if name in request]
    if "KeyConditions" in legacy and "KeyConditionExpression" not in expressions:
        legacy.remove("KeyConditions")
    if legacy and expressions:
        raise errors.MIXED_PARAMETERS(legacy=", ".join(legacy), expressions=", ".join(expressions))
    return bool(legacy)


def _values_without_expression(takes: ExpressionParameters) -> ServiceError:
    if not takes.with_values:
        return errors.VALUES_WITHOUT_EXPRESSION(missing=" and ".join(takes.expressions), verb="is")
    verb = "are" if len(takes.with_values) > 1 else "is"
    return errors.VALUES_WITHOUT_EXPRESSION(missing=" and ".join(takes.with_values), verb=verb)


# AWS parses them in this order.
_ORDER = (
    "UpdateExpression",
    "ConditionExpression",
    "KeyConditionExpression",
    "FilterExpression",
    "ProjectionExpression",
)
_Compiled = Update | Condition | KeyCondition | Projection
# The texts in that order, the names, and the placeholders of the values.
_FormKey = tuple[str | tuple[tuple[str, str], ...] | tuple[str, ...] | None, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """Expressions and placeholders that were found good, apart from the contents of the values.

    `expressions` are without values; `with_values` those that such contents may yet spoil, in AWS's order.
    """

    expressions: Expressions
    with_values: tuple[Update | Condition | KeyCondition, ...]
    names_bytes: int


_forms: Generations[_FormKey, _Form] = Generations()


def read_expressions(request: Request, takes: ExpressionParameters) -> Expressions:
    """Checks and compiles a request's expressions and placeholders, in AWS's order.

    Without expressions there are no placeholders either (`check_mixing`).
    """
    if request.keys().isdisjoint(takes.expressions):
        return Expressions(_NO_VALUES)
    names = request.get("ExpressionAttributeNames")
    values = request.get("ExpressionAttributeValues")
    key: _FormKey = (
        *map(request.get, _ORDER),
        None if names is None else tuple(names.items()),
        None if values is None else tuple(values),
    )
    form = _forms.recent.get(key) or _forms.older(key)
    if form is None:
        return _read_new_form(request, names, values, key)
    # Values come before what is said of them in expressions, and the rest is known to be good.
    _check_substitutions(values, form.names_bytes)
    for part in form.with_values:
        part.check(values)
    known = form.expressions
    return Expressions(
        values or _NO_VALUES,
        known.update,
        known.condition,
        known.key_condition,
        known.filter,
        known.projection,
    )


def _read_new_form(
    request: Request, names: dict[str, str] | None, values: Values | None, key: _FormKey
) -> Expressions:
    """`read_expressions` for expressions that were not met lately. Kept are those without any fault."""
    check_placeholder_keys(names, values)
    names_bytes = text_size("".join(names.values())) if names else 0
    _check_substitutions(values, names_bytes)
    expressions = Expressions(values or _NO_VALUES)
    used = [_read(request, parameter, names, expressions) for parameter in _ORDER if parameter in request]
    with_values = tuple(part for part in used if not isinstance(part, Projection))
    check_unused_placeholders(
        names,
        values,
        frozenset().union(*(part.names_used for part in used)),
        frozenset().union(*(part.values_used for part in with_values)),
    )
    if names_bytes + sum(map(len, expressions.values)) <= NAMES_LENGTH:
        checked = tuple(part for part in with_values if part.checks_values)
        _forms.keep(key, _Form(replace(expressions, values=_NO_VALUES), checked, names_bytes))
    return expressions


def _read(
    request: Request, parameter: str, names: dict[str, str] | None, expressions: Expressions
) -> _Compiled:
    text = request[parameter]
    compiled: _Compiled
    match parameter:
        case "UpdateExpression":
            compiled = expressions.update = compile_update(text, names)
        case "ConditionExpression":
            compiled = expressions.condition = compile_condition(Kind.CONDITION, text, names)
        case "KeyConditionExpression":
            compiled = expressions.key_condition = compile_key_condition(text, names)
        case "FilterExpression":
            compiled = expressions.filter = compile_condition(Kind.FILTER, text, names)
        case _:
            compiled = expressions.projection = compile_projection(text, names)
    if not isinstance(compiled, Projection):
        compiled.check(expressions.values)
    return compiled


def _check_substitutions(values: Values | None, names_bytes: int) -> None:
    """Checks the placeholders' values, and their size with that of the names; makes the values canonical."""
    size = names_bytes
    for placeholder, value in (values or _NO_VALUES).items():
        try:
            size += accept_value(value)
        except ServiceError as error:
            raise errors.INVALID_EXPRESSION_VALUE(text=error.text, key=placeholder) from error
    if size > SUBSTITUTION_BYTES:
        raise expression_errors.SUBSTITUTIONS_TOO_LARGE(limit=SUBSTITUTION_BYTES)
