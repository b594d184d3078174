"""Refusals of PartiQL statements. Refusals of what they are planned as are those of the other operations."""

from kilowatt.errors.base import DUPLICATE_ITEM as _DUPLICATE_ITEM
from kilowatt.errors.base import VALIDATION, ErrorSpec, Stage

_MEASURED = "measured on AWS, 2026"
_REPORTED = "seen on AWS, in public reports"
_OURS = "ours: AWS's text is not known"

# -- the statement's text

_MALFORMED = "Statement wasn't well formed, can't be processed: "
EXPECTED_DATA_MANIPULATION = ErrorSpec(VALIDATION, _MALFORMED + "Expected data manipulation", _REPORTED)
UNEXPECTED_KEYWORD = ErrorSpec(VALIDATION, _MALFORMED + "Unexpected keyword", _REPORTED)
INVALID_PATH_DOT = ErrorSpec(VALIDATION, _MALFORMED + "Invalid path dot component", _REPORTED)
UNEXPECTED_TERM = ErrorSpec(
    VALIDATION, _MALFORMED + "Unexpected term", "ours, in the words of PartiQL's own parser"
)
UNEXPECTED_END = ErrorSpec(
    VALIDATION, _MALFORMED + "Unexpected token after expression", "ours, in the words of PartiQL's own parser"
)
UNTERMINATED = ErrorSpec(VALIDATION, _MALFORMED + "Unterminated {what}", _OURS)
NESTED_TOO_DEEPLY = ErrorSpec(
    VALIDATION,
    _MALFORMED + "Nested too deeply; maximum: {maximum}",
    "ours: bounds the recursion that a statement can cause",
)
PATH_COMPONENT = ErrorSpec(VALIDATION, "Unexpected path component at {line}:{column}:{length}", _MEASURED)
INDEX_TOO_LARGE = ErrorSpec(VALIDATION, _MALFORMED + "List index out of range: {index}", _OURS)
UNSUPPORTED_FUNCTION = ErrorSpec(VALIDATION, "Unsupported function: {function}", _OURS)
FUNCTION_OPERANDS = ErrorSpec(
    VALIDATION, "Incorrect number of operands for function {function}: {count}", _OURS
)
TOO_MANY_IN_OPERANDS = ErrorSpec(
    VALIDATION,
    "The IN operator is provided with too many operands; number of operands: {count}, maximum: {maximum}",
    "the limits are the guide's; the text is ours",
)
DUPLICATE_NAME = ErrorSpec(VALIDATION, "Duplicate attribute name in a tuple: {name}", _OURS)
SET_ELEMENTS = ErrorSpec(
    VALIDATION, "The elements of a set must be all strings, all numbers or all binaries", _OURS
)
EMPTY_SET = ErrorSpec(VALIDATION, "One or more parameter values were invalid: A set may not be empty", _OURS)
SET_OPERAND = ErrorSpec(
    VALIDATION, "The function {function} takes the path that it is assigned to, and a set", _OURS
)
NO_ITEM = ErrorSpec(VALIDATION, "The value of an INSERT statement must be a tuple", _OURS)
RETURNING_OF_DELETE = ErrorSpec(
    VALIDATION,
    "Invalid returning clause: RETURNING {what} *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
    _MEASURED,
)
EXISTS_OUTSIDE_TRANSACTION = ErrorSpec(
    VALIDATION, "EXISTS can only be used in ExecuteTransaction", "the guide; the text is ours"
)

# -- parameters and tokens

PARAMETER_COUNT = ErrorSpec(
    VALIDATION, "Number of parameters in request and statement don't match.", _REPORTED
)
INVALID_NEXT_TOKEN = ErrorSpec(VALIDATION, "Invalid NextToken", _MEASURED, Stage.EXECUTION)
NEXT_TOKEN_OF_ANOTHER = ErrorSpec(
    VALIDATION, "NextToken does not match request", _MEASURED + ", and in public reports", Stage.EXECUTION
)
NEXT_TOKEN_ON_WRITE = ErrorSpec(VALIDATION, "NextToken is only valid for SELECT statements", _OURS)

# -- the statement and its table

INDEX_NOT_FOUND = ErrorSpec(
    VALIDATION, "The table does not have the specified index", "seen on AWS, 2026", Stage.EXECUTION
)
CONSISTENT_READ_ON_GLOBAL_INDEX = ErrorSpec(
    VALIDATION,
    "Strongly consistent read is not supported on Global Secondary Indexes",
    _MEASURED,
    Stage.EXECUTION,
)
WRITE_TO_INDEX = ErrorSpec(
    VALIDATION, "This operation is not supported on an index", _MEASURED, Stage.EXECUTION
)
KEY_NOT_GIVEN = ErrorSpec(
    VALIDATION,
    "Where clause does not contain a mandatory equality on all key attributes",
    "widely reported",
    Stage.EXECUTION,
)
ORDER_WITHOUT_WHERE = ErrorSpec(
    VALIDATION,
    "Must have WHERE clause in the statement when using ORDER BY clause.",
    "widely reported",
    Stage.EXECUTION,
)
ORDER_WITHOUT_KEY = ErrorSpec(
    VALIDATION,
    "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
    "widely reported",
    Stage.EXECUTION,
)
ORDER_BY_OTHER = ErrorSpec(
    VALIDATION,
    "Variable reference {name} in ORDER BY clause must be part of the primary key",
    "widely reported",
    Stage.EXECUTION,
)
ORDER_OF_PARTITIONS = ErrorSpec(
    VALIDATION,
    "The ORDER BY clause must begin with the hash key when the WHERE clause names several of its values",
    "the rule is reported of AWS; the text is ours",
    Stage.EXECUTION,
)
ORDER_MIXED = ErrorSpec(
    VALIDATION, "The sort keys of an ORDER BY clause must have one direction", _OURS, Stage.EXECUTION
)
DUPLICATE_ITEM = ErrorSpec(
    _DUPLICATE_ITEM, "Duplicate primary key exists in table", "widely reported", Stage.EXECUTION
)

# -- several statements

BATCH_MIXED = ErrorSpec(
    VALIDATION,
    "BatchExecuteStatement API does not support both read and write operations in the same request.",
    "ours, in the form of ExecuteTransaction's",
)
BATCH_SELECT_KEY = ErrorSpec(
    VALIDATION,
    "Select statements within BatchExecuteStatement must specify the primary key in the where clause.",
    _REPORTED,
    Stage.EXECUTION,
)
TRANSACTION_MIXED = ErrorSpec(
    VALIDATION,
    "ExecuteTransaction API does not support both read and write operations in the same request.",
    _MEASURED,
)
TRANSACTION_RETURNING = ErrorSpec(
    VALIDATION,
    "Validation failed in TransactStatements[{number}]: RETURNING clause is not supported in"
    " ExecuteTransaction.",
    _MEASURED,
)
TRANSACTION_INDEX = ErrorSpec(
    VALIDATION,
    "Validation failed in TransactStatements[{number}]: Reads on indices are not supported within transactions.",
    _MEASURED + "; its beginning is ours",
    Stage.EXECUTION,
)
TRANSACTION_SELECT_KEY = ErrorSpec(
    VALIDATION,
    "Validation failed in TransactStatements[{number}]: Select statements within ExecuteTransaction must specify"
    " the primary key in the where clause.",
    "ours, in the form of BatchExecuteStatement's",
    Stage.EXECUTION,
)
EXISTS_CONDITION = ErrorSpec(
    VALIDATION,
    "Validation failed in TransactStatements[{number}]: EXISTS needs the primary key and one more condition.",
    "the guide; the text is ours",
    Stage.EXECUTION,
)
