"""The legacy parameters of a request, compiled to what expressions are compiled to.

They never come with expressions (`check_mixing`), but for KeyConditions, which a filter and a projection
expression may accompany: those are read apart.

Source: the AWS service, as recorded; that ConditionalOperator is looked at first: ours.
"""

from typing import Any

from kilowatt.domain.expressions.key_condition import KeyTest
from kilowatt.domain.expressions.legacy_conditions import (
    WireCondition,
    check_conditions,
    check_expected,
    compile_conditions,
    key_tests,
)
from kilowatt.domain.expressions.legacy_update import check_attribute_updates, compile_actions
from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.expressions.projection import Projection
from kilowatt.errors import legacy as errors
from kilowatt.operations.expression_parameters import ExpressionParameters, Expressions

Request = dict[str, Any]

# AWS checks them in this order: a Query's filter before AttributesToGet, a Scan's after it.
_ORDER = ("AttributeUpdates", "Expected", "QueryFilter", "AttributesToGet", "ScanFilter")
_JOINABLE = ("Expected", "QueryFilter", "ScanFilter")


def read_legacy(request: Request, takes: ExpressionParameters) -> Expressions:
    """Checks and compiles the legacy parameters that an operation takes, in AWS's order; not KeyConditions.

    Raises: what the checks of `legacy_conditions` and `legacy_update` raise; CONDITIONAL_OPERATOR_ALONE,
    CONDITIONAL_OPERATOR_OF_ONE, DUPLICATE_ATTRIBUTE.
    """
    given = {name: request[name] for name in takes.legacy if name in request}
    if "ConditionalOperator" in given:
        _check_conditional_operator(given)
    expressions = Expressions({})
    for parameter in _ORDER:
        if parameter in given:
            _read(given, parameter, expressions)
    return expressions


def _check_conditional_operator(given: Request) -> None:
    conditions = sum(len(given.get(parameter, ())) for parameter in _JOINABLE)
    if conditions == 0:
        raise errors.CONDITIONAL_OPERATOR_ALONE()
    if conditions == 1:
        raise errors.CONDITIONAL_OPERATOR_OF_ONE()


def _read(given: Request, parameter: str, expressions: Expressions) -> None:
    content = given[parameter]
    joined_by = given.get("ConditionalOperator", "AND")
    match parameter:
        case "AttributeUpdates":
            expressions.update, values = compile_actions(check_attribute_updates(content))
        case "Expected":
            conditions = check_expected(content)
            expressions.condition, values = compile_conditions(Kind.CONDITION, conditions, joined_by)
        case "AttributesToGet":
            expressions.projection, values = _projection(content), {}
        case _:
            conditions = check_conditions(content)
            expressions.filter, values = compile_conditions(Kind.FILTER, conditions, joined_by)
    expressions.values.update(values)


def _projection(names: list[str]) -> Projection:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise errors.DUPLICATE_ATTRIBUTE(attribute=name)
        seen.add(name)
    return Projection(tuple([(name,) for name in names]))


def read_key_conditions(
    conditions: dict[str, WireCondition], expressions: Expressions
) -> tuple[KeyTest, ...]:
    """Checks KeyConditions; their values join those of `expressions`.

    Raises: what `check_conditions` raises; KEY_CONDITIONS_COUNT.
    """
    tests, values = key_tests(check_conditions(conditions))
    expressions.values = {**expressions.values, **values}
    return tests
