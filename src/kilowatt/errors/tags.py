"""Refusals of the tag operations: the ARN of what is tagged, and the tags."""

from kilowatt.errors.base import RESOURCE_NOT_FOUND, VALIDATION, ErrorSpec, Stage, measured

_INVALID = "One or more parameter values were invalid: "

# -- the ARN

NOT_AN_ARN = ErrorSpec(VALIDATION, _INVALID + "ARNs must start with 'arn:': {arn}", measured("DDB-TABLE-071"))
NOT_A_RESOURCE = ErrorSpec(
    VALIDATION,
    _INVALID + "Provided Arn is not a DynamoDB resource arn: {arn}",
    measured("DDB-BACKUP-013", " for the ARN of a backup"),
)
NOT_A_TABLE = ErrorSpec(
    VALIDATION,
    _INVALID
    + "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: {arn}",
    measured("DDB-TABLE-442"),
)
ANOTHER_REGION = ErrorSpec(
    VALIDATION, "Invalid TableArn: Invalid ResourceArn provided as input {arn}", measured("DDB-TABLE-442")
)
RESOURCE_UNKNOWN = ErrorSpec(
    RESOURCE_NOT_FOUND,
    "Requested resource not found: ResourceArn: {arn} not found",
    measured("DDB-TABLE-070"),
    Stage.EXECUTION,
)

# -- the tags

NO_TAGS = ErrorSpec(VALIDATION, "Atleast one Tag needs to be provided as Input.", measured("DDB-TABLE-107"))
NO_TAG_KEYS = ErrorSpec(
    VALIDATION, "Atleast one Tag Key needs to be provided as Input.", measured("DDB-TABLE-107")
)
INVALID_TAG_KEY = ErrorSpec(
    VALIDATION, "The Tag Key provided is invalid, Key: {key}", measured("DDB-TABLE-107 and DDB-TABLE-457")
)
INVALID_TAG_VALUE = ErrorSpec(
    VALIDATION,
    "The Tag Value provided is invalid, Value: {value}",
    measured("DDB-TABLE-107 and DDB-TABLE-457"),
)
RESERVED_TAG_KEY = ErrorSpec(
    VALIDATION, "Tag Key cannot be prefixed with aws:, Key: {key}", measured("DDB-TABLE-105")
)
DUPLICATE_TAG_KEY = ErrorSpec(
    VALIDATION,
    "Duplicate Tag Keys provided as input: Duplicate Tag Key found {key}",
    measured("DDB-TABLE-107"),
)
TOO_MANY_TAGS = ErrorSpec(
    VALIDATION,
    "Number of Tags exceed the current limit for the provided ResourceArn",
    measured("DDB-TABLE-108"),
    Stage.EXECUTION,
)
TAGS_TOO_LARGE = ErrorSpec(
    VALIDATION,
    "Tag set size {size} bytes is above max size limit of {limit} bytes",
    measured("DDB-TABLE-442", "; that it counts all tags of the table is ours"),
    Stage.EXECUTION,
)
