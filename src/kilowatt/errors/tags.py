"""Refusals of the tag operations: the ARN of what is tagged, and the tags."""

from kilowatt.errors.base import ACCESS_DENIED, RESOURCE_NOT_FOUND, VALIDATION, ErrorSpec, Stage

_RECORDED = "seen on AWS"
_INVALID = "One or more parameter values were invalid: "

NOT_AN_ARN = ErrorSpec(
    ACCESS_DENIED,
    "User: arn:aws:iam::{account}:root is not authorized to perform: dynamodb:{operation} on resource: {arn}",
    _RECORDED + "; there the caller's own name stands for root",
)
INVALID_ARN = ErrorSpec(
    VALIDATION, "Invalid TableArn: Invalid ResourceArn provided as input {arn}", _RECORDED
)
NO_TAGS = ErrorSpec(VALIDATION, "Atleast one Tag needs to be provided as Input.", _RECORDED)
NO_TAG_KEYS = ErrorSpec(VALIDATION, "Atleast one Tag Key needs to be provided as Input.", _RECORDED)
RESOURCE_UNKNOWN = ErrorSpec(
    RESOURCE_NOT_FOUND,
    "Requested resource not found: ResourcArn: {arn} not found",
    _RECORDED,
    Stage.EXECUTION,
)
DUPLICATE_TAG_KEY = ErrorSpec(
    VALIDATION, _INVALID + "Duplicate tag key: {key}", "ours: AWS's text is not known"
)
RESERVED_TAG_KEY = ErrorSpec(
    VALIDATION,
    _INVALID + "Tag keys that begin with aws: are reserved: {key}",
    "ours: AWS's text is not known",
)
TOO_MANY_TAGS = ErrorSpec(
    VALIDATION,
    _INVALID + "Number of tags exceeds the per-resource limit of {limit}",
    "ours: AWS's text is not known",
    Stage.EXECUTION,
)
TAGS_TOO_LARGE = ErrorSpec(
    VALIDATION,
    _INVALID + "Size of all tags exceeds the per-resource limit of {limit} bytes",
    "ours: AWS's text is not known",
    Stage.EXECUTION,
)
