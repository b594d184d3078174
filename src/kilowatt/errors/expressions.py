"""Refusals of expressions and of their placeholders.

`kind` is the parameter's name, such as `UpdateExpression`. What is found in an expression itself is found before
the table is consulted; what is found while an update is applied to an item is of stage EXECUTION.
"""

from kilowatt.errors.base import VALIDATION, ErrorSpec, Stage

_RECORDED = "recorded on AWS, up to 2020"
_GUIDE = "AWS guide, quotas on expression parameters; text ours"

# ExpressionAttributeNames and ExpressionAttributeValues

NAMES_EMPTY = ErrorSpec(VALIDATION, "ExpressionAttributeNames must not be empty", _RECORDED)
NAMES_KEY = ErrorSpec(
    VALIDATION, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "{key}"', _RECORDED
)
NAMES_KEY_TOO_LONG = ErrorSpec(
    VALIDATION,
    "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long",
    _GUIDE,
)
NAMES_VALUE_EMPTY = ErrorSpec(
    VALIDATION,
    "ExpressionAttributeNames contains invalid value: Attribute name must not be empty; key: {key}",
    "AWS guide, attribute names have at least one character; text ours",
)
NAMES_VALUE_TOO_LONG = ErrorSpec(
    VALIDATION, "Attribute name is too large, must be less than 65536 bytes", "recorded on AWS, 2026-09"
)
NAMES_UNUSED = ErrorSpec(
    VALIDATION,
    "Value provided in ExpressionAttributeNames unused in expressions: keys: {{{keys}}}",
    _RECORDED,
)
VALUES_EMPTY = ErrorSpec(VALIDATION, "ExpressionAttributeValues must not be empty", _RECORDED)
VALUES_KEY = ErrorSpec(
    VALIDATION, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "{key}"', _RECORDED
)
VALUES_KEY_TOO_LONG = ErrorSpec(
    VALIDATION,
    "ExpressionAttributeValues contains invalid key: The expression attribute map contains a key that is too long",
    _GUIDE,
)
SUBSTITUTIONS_TOO_LARGE = ErrorSpec(
    VALIDATION,
    "Names and values of ExpressionAttributeNames and ExpressionAttributeValues have exceeded the maximum size "
    "of {limit} bytes",
    "ours: AWS's text is not known",
)
VALUES_UNUSED = ErrorSpec(
    VALIDATION,
    "Value provided in ExpressionAttributeValues unused in expressions: keys: {{{keys}}}",
    _RECORDED,
)

# Any expression: text, syntax, limits

EMPTY = ErrorSpec(VALIDATION, "Invalid {kind}: The expression can not be empty;", _RECORDED)
TOO_LONG = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Expression size has exceeded the maximum allowed size;",
    "recorded on AWS, 2023 and 2024",
)
SYNTAX = ErrorSpec(VALIDATION, 'Invalid {kind}: Syntax error; token: "{token}", near: "{near}"', _RECORDED)
TOO_MANY_OPERATORS = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: The expression contains too many operators; operator count: {count}",
    "recorded on AWS, 2021 and 2023",
)
TOO_MANY_IN_OPERANDS = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: The IN operator is provided with too many operands; number of operands: {count}",
    "recorded on AWS, 2022",
)
PATH_TOO_DEEP = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: The document path has too many nesting elements; nesting levels: {levels}",
    _GUIDE,
)
NESTED_TOO_DEEPLY = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: The expression nests parentheses and functions too deeply; maximum: {maximum}",
    "ours: bounds the recursion that a request can cause",
)

# Any expression: meaning

REDUNDANT_PARENTHESES = ErrorSpec(
    VALIDATION, "Invalid {kind}: The expression has redundant parentheses;", _RECORDED
)
INVALID_FUNCTION = ErrorSpec(
    VALIDATION, "Invalid {kind}: Invalid function name; function: {function}", _RECORDED
)
MISUSED_FUNCTION = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: The function is not allowed to be used this way in an expression; function: {function}",
    _RECORDED,
)
RESERVED_WORD = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Attribute name is a reserved keyword; reserved keyword: {word}",
    _RECORDED,
)
UNDEFINED_NAME = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: An expression attribute name used in the document path is not defined;"
    " attribute name: {name}",
    _RECORDED,
)
UNDEFINED_VALUE = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: An expression attribute value used in expression is not defined; attribute value: {value}",
    _RECORDED,
)
OPERAND_COUNT = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Incorrect number of operands for operator or function;"
    " operator or function: {function}, number of operands: {count}",
    _RECORDED,
)
PATH_REQUIRED = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Operator or function requires a document path; operator or function: {function}",
    _RECORDED,
)
OPERANDS_NOT_DISTINCT = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: The first operand must be distinct from the remaining operands for this operator or"
    " function; operator: {operator}, first operand: {path}",
    _RECORDED,
)
OPERAND_TYPE = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Incorrect operand type for operator or function;"
    " operator or function: {operator}, operand type: {type}",
    _RECORDED,
)
ATTRIBUTE_TYPE_NAME = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Invalid attribute type name found; type: {type},"
    " valid types: {{B,NULL,SS,BOOL,L,BS,N,NS,S,M}}",
    _RECORDED,
)
BETWEEN_TYPES = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: The BETWEEN operator requires same data type for lower and upper bounds;"
    " lower bound operand: AttributeValue: {lower}, upper bound operand: AttributeValue: {upper}",
    _RECORDED,
)
BETWEEN_BOUNDS = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: The BETWEEN operator requires upper bound to be greater than or equal to lower bound;"
    " lower bound operand: AttributeValue: {lower}, upper bound operand: AttributeValue: {upper}",
    _RECORDED,
)
PATHS_OVERLAP = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Two document paths overlap with each other; must remove or rewrite one of these paths;"
    " path one: {one}, path two: {two}",
    _RECORDED,
)
PATHS_CONFLICT = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Two document paths conflict with each other; must remove or rewrite one of these paths;"
    " path one: {one}, path two: {two}",
    _RECORDED,
)

# UpdateExpression

SECTION_REPEATED = ErrorSpec(
    VALIDATION,
    'Invalid {kind}: The "{section}" section can only be used once in an update expression;',
    _RECORDED,
)
ACTION_OPERAND_TYPE = ErrorSpec(
    VALIDATION,
    "Invalid {kind}: Incorrect operand type for operator or function; operator: {operator}, operand type: {type}",
    _RECORDED,
)
ATTRIBUTE_MISSING = ErrorSpec(
    VALIDATION,
    "The provided expression refers to an attribute that does not exist in the item",
    _RECORDED,
    Stage.EXECUTION,
)
UPDATE_PATH = ErrorSpec(
    VALIDATION,
    "The document path provided in the update expression is invalid for update",
    _RECORDED,
    Stage.EXECUTION,
)
ATTRIBUTE_TYPE = ErrorSpec(
    VALIDATION,
    "An operand in the update expression has an incorrect data type",
    _RECORDED,
    Stage.EXECUTION,
)

# KeyConditionExpression. The prefix was not there before 2026.

_KEY_CONDITION = "Invalid KeyConditionExpression: "
KEY_OPERATOR = ErrorSpec(
    VALIDATION,
    _KEY_CONDITION + "Invalid operator used in KeyConditionExpression: {operator}",
    _RECORDED,
)
KEY_NESTED_OPERATION = ErrorSpec(
    VALIDATION, _KEY_CONDITION + "KeyConditionExpressions cannot contain nested operations", _RECORDED
)
KEY_FIRST_OPERAND = ErrorSpec(
    VALIDATION,
    _KEY_CONDITION + "Invalid condition in KeyConditionExpression:"
    " {operator} operator must have the key attribute as its first operand",
    _RECORDED,
)
KEY_SEVERAL_NAMES = ErrorSpec(
    VALIDATION,
    _KEY_CONDITION + "Invalid condition in KeyConditionExpression:"
    " Multiple attribute names used in one condition",
    "recorded on AWS, 2026-08",
)
KEY_NESTED_PATH = ErrorSpec(
    VALIDATION,
    _KEY_CONDITION + "KeyConditionExpressions cannot have conditions on nested attributes",
    _RECORDED,
)
KEY_NO_NAME = ErrorSpec(
    VALIDATION,
    _KEY_CONDITION + "Invalid condition in KeyConditionExpression: No key attribute specified",
    _RECORDED,
)
KEY_REPEATED = ErrorSpec(
    VALIDATION,
    _KEY_CONDITION + "KeyConditionExpressions must only contain one condition per key",
    _RECORDED,
)
