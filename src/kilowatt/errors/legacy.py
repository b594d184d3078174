"""Refusals of the legacy parameters: Expected, AttributeUpdates, QueryFilter and their like.

What they have in common with expressions stands with those: mixing of both in `items.py`, key conditions against
the schema in `reads.py`.
"""

from kilowatt.errors.base import VALIDATION, ErrorSpec, Stage

_RECORDED = "recorded on AWS, up to 2020"
_INVALID = "One or more parameter values were invalid: "

# -- one condition, of whichever parameter

ARGUMENT_COUNT = ErrorSpec(
    VALIDATION,
    _INVALID + "Invalid number of argument(s) for the {operator} ComparisonOperator",
    _RECORDED,
)
MIXED_TYPES = ErrorSpec(
    VALIDATION, _INVALID + "AttributeValues inside AttributeValueList must be of same type", _RECORDED
)
OPERAND_TYPE = ErrorSpec(
    VALIDATION,
    _INVALID + "ComparisonOperator {operator} is not valid for {type} AttributeValue type",
    _RECORDED,
)
BETWEEN_BOUNDS = ErrorSpec(
    VALIDATION,
    "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    _RECORDED,
)

# -- Expected

VALUE_AND_LIST = ErrorSpec(
    VALIDATION,
    _INVALID + "Value and AttributeValueList cannot be used together for Attribute: {attribute}",
    _RECORDED,
)
EXISTS_AND_OPERATOR = ErrorSpec(
    VALIDATION,
    _INVALID + "Exists and ComparisonOperator cannot be used together for Attribute: {attribute}",
    "recorded on AWS, 2026-08",
)
OPERATOR_WITHOUT_VALUE = ErrorSpec(
    VALIDATION,
    _INVALID + "Value or AttributeValueList must be used with ComparisonOperator: {operator} for Attribute: "
    "{attribute}",
    _RECORDED,
)
LIST_WITHOUT_OPERATOR = ErrorSpec(
    VALIDATION,
    _INVALID + "AttributeValueList can only be used with a ComparisonOperator for Attribute: {attribute}",
    _RECORDED,
)
EXISTS_WITHOUT_VALUE = ErrorSpec(
    VALIDATION,
    _INVALID + "Value must be provided when Exists is {exists} for Attribute: {attribute}",
    "recorded on AWS, 2026-08",
)
VALUE_OF_ABSENT = ErrorSpec(
    VALIDATION,
    _INVALID + "Value cannot be used when Exists is false for Attribute: {attribute}",
    "recorded on AWS, 2026-08",
)

# -- ConditionalOperator

CONDITIONAL_OPERATOR_ALONE = ErrorSpec(
    VALIDATION,
    "ConditionalOperator cannot be used without Filter or Expected",
    "recorded on AWS, 2026-07",
)
CONDITIONAL_OPERATOR_OF_ONE = ErrorSpec(
    VALIDATION,
    "ConditionalOperator can only be used when Filter or Expected has two or more elements",
    "recorded on AWS, 2026-07",
)

# -- AttributeUpdates

UPDATE_WITHOUT_VALUE = ErrorSpec(
    VALIDATION,
    _INVALID + "Only DELETE action is allowed when no attribute value is specified",
    _RECORDED,
)
DELETE_TYPE = ErrorSpec(
    VALIDATION, _INVALID + "DELETE action with value is not supported for the type {type}", _RECORDED
)
ADD_TYPE = ErrorSpec(VALIDATION, _INVALID + "ADD action is not supported for the type {type}", _RECORDED)
ATTRIBUTE_TYPE_MISMATCH = ErrorSpec(
    VALIDATION,
    "Type mismatch for attribute to update",
    "service model, cancellation reasons of TransactWriteItems",
    Stage.EXECUTION,
)

# -- AttributesToGet

DUPLICATE_ATTRIBUTE = ErrorSpec(
    VALIDATION, _INVALID + "Duplicate value in attribute name: {attribute}", _RECORDED
)
