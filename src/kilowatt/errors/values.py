"""Errors in the content of attribute values: empty or double tags, numbers, sets, nesting, item size.

The order in which one value is checked stands in `domain/values/accept.py`. Number errors exist twice: found in
the request, and met while an update computes a result; only the stage differs.
"""

from dataclasses import replace

from kilowatt.errors.base import SERIALIZATION, VALIDATION, ErrorSpec, Stage

_INVALID = "One or more parameter values were invalid: "

IRREGULAR = ErrorSpec(
    SERIALIZATION,
    "An attribute value has a wrong JSON type",
    "ours, and never sent: the exact check of the request finds AWS's text",
)
EMPTY_VALUE = ErrorSpec(
    VALIDATION,
    "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes",
    "recorded on AWS, up to 2020",
)
SEVERAL_DATATYPES = ErrorSpec(
    VALIDATION,
    "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    "recorded on AWS, up to 2020",
)

EMPTY_NUMBER = ErrorSpec(
    VALIDATION, "The parameter cannot be converted to a numeric value", "recorded on AWS, up to 2020"
)
NOT_A_NUMBER = ErrorSpec(
    VALIDATION, "The parameter cannot be converted to a numeric value: {text}", "recorded on AWS, up to 2020"
)
NUMBER_OVERFLOW = ErrorSpec(
    VALIDATION,
    "Number overflow. Attempting to store a number with magnitude larger than supported range",
    "recorded on AWS, up to 2020",
)
NUMBER_UNDERFLOW = ErrorSpec(
    VALIDATION,
    "Number underflow. Attempting to store a number with magnitude smaller than supported range",
    "recorded on AWS, up to 2020",
)
TOO_MANY_DIGITS = ErrorSpec(
    VALIDATION,
    "Attempting to store more than 38 significant digits in a Number",
    "recorded on AWS, up to 2020",
)
RESULT_OVERFLOW = replace(NUMBER_OVERFLOW, stage=Stage.EXECUTION)
RESULT_UNDERFLOW = replace(
    NUMBER_UNDERFLOW, source="ours, by analogy with the overflow of a result", stage=Stage.EXECUTION
)
RESULT_TOO_MANY_DIGITS = replace(
    TOO_MANY_DIGITS,
    source="ours: AWS may round a result of more than 38 digits; its text for a stored number",
    stage=Stage.EXECUTION,
)

NULL_NOT_TRUE = ErrorSpec(
    VALIDATION,
    _INVALID + "Null attribute value types must have the value of true",
    "recorded on AWS, up to 2020",
)
EMPTY_STRING_SET = ErrorSpec(
    VALIDATION, _INVALID + "An string set  may not be empty", "recorded on AWS, 2026-08"
)
EMPTY_NUMBER_SET = ErrorSpec(
    VALIDATION, _INVALID + "An number set  may not be empty", "recorded on AWS, 2026-08"
)
EMPTY_BINARY_SET = ErrorSpec(
    VALIDATION, _INVALID + "Binary sets should not be empty", "recorded on AWS, up to 2020"
)
STRING_SET_DUPLICATES = ErrorSpec(
    VALIDATION,
    _INVALID + "Input collection [{elements}] contains duplicates.",
    "recorded on AWS, up to 2020; elements are separated by a comma and a blank",
)
NUMBER_SET_DUPLICATES = ErrorSpec(
    VALIDATION, "Input collection contains duplicates", "recorded on AWS, up to 2020"
)
BINARY_SET_DUPLICATES = ErrorSpec(
    VALIDATION,
    _INVALID + "Input collection [{elements}]of type BS contains duplicates.",
    "recorded on AWS, up to 2020; elements are base64, separated by a comma and a blank",
)

NESTING_TOO_DEEP = ErrorSpec(
    VALIDATION,
    "Nesting Levels have exceeded supported limits",
    "service model, cancellation reasons of TransactWriteItems; AWS may add words after it",
)
RESULT_NESTING_TOO_DEEP = replace(NESTING_TOO_DEEP, stage=Stage.EXECUTION)

ITEM_TOO_LARGE = ErrorSpec(
    VALIDATION, "Item size has exceeded the maximum allowed size", "recorded on AWS, up to 2020"
)
ITEM_AND_ENTRIES_TOO_LARGE = replace(
    ITEM_TOO_LARGE,
    source="ours: AWS's text for an item that is too large with its entries in local indexes is not known",
    stage=Stage.EXECUTION,
)
ITEM_TO_UPDATE_TOO_LARGE = ErrorSpec(
    VALIDATION,
    "Item size to update has exceeded the maximum allowed size",
    "recorded on AWS, up to 2020",
    Stage.EXECUTION,
)
