"""Refusals of Application Auto Scaling's API."""

from kilowatt.errors.base import (
    SCALING_CONCURRENT_UPDATE,
    SCALING_INTERNAL_SERVICE,
    SCALING_INVALID_NEXT_TOKEN,
    SCALING_LIMIT_EXCEEDED,
    SCALING_OBJECT_NOT_FOUND,
    SCALING_RESOURCE_NOT_FOUND,
    SCALING_TOO_MANY_TAGS,
    SCALING_UNKNOWN_OPERATION,
    SCALING_VALIDATION,
    ErrorSpec,
)

_REPORTED = "widely reported"
_OURS = "ours: AWS's text is not known"
_NOT_YET = "ours: Kilowatt does not do this"
_PLACE = "service namespace: {namespace}, resource ID: {resource}, scalable dimension: {dimension}"

# -- any request

UNKNOWN_OPERATION = ErrorSpec(SCALING_UNKNOWN_OPERATION, "", "as of all services of this protocol")
FAILED = ErrorSpec(SCALING_INTERNAL_SERVICE, "The service encountered an internal error.", _OURS)
CONTENTION = ErrorSpec(
    SCALING_CONCURRENT_UPDATE,
    "Another request changes the same scalable target; nothing was changed.",
    _OURS,
)
UNSUPPORTED_DIMENSION = ErrorSpec(
    SCALING_VALIDATION, "Unsupported service namespace, resource type or scalable dimension", _REPORTED
)
MAX_RESULTS = ErrorSpec(SCALING_VALIDATION, "MaxResults must be between 1 and {limit}.", _OURS)
INVALID_TOKEN = ErrorSpec(SCALING_INVALID_NEXT_TOKEN, "The next token is not valid.", _OURS)
DIMENSION_WITHOUT_RESOURCE = ErrorSpec(
    SCALING_VALIDATION,
    "A resource ID must be specified with a scalable dimension.",
    "API reference, for the rule; the text is ours",
)

# -- scalable targets

TARGET_NOT_FOUND = ErrorSpec(
    SCALING_OBJECT_NOT_FOUND, f"No scalable target found for {_PLACE}", "reported of AWS"
)
TARGET_NOT_REGISTERED = ErrorSpec(
    SCALING_OBJECT_NOT_FOUND, f"No scalable target registered for {_PLACE}", _REPORTED
)
TABLE_NOT_FOUND = ErrorSpec(
    SCALING_VALIDATION, "DynamoDB table does not exist: {resource}", "reported of AWS"
)
INDEX_NOT_FOUND = ErrorSpec(
    SCALING_VALIDATION, "DynamoDB index does not exist: {resource}", "ours, as for tables"
)
BOUNDS_REQUIRED = ErrorSpec(
    SCALING_VALIDATION,
    "Both min and max capacity must be specified when a scalable target is registered.",
    _OURS,
)
MINIMUM_TOO_SMALL = ErrorSpec(SCALING_VALIDATION, "Min capacity must be {least} or more: {minimum}", _OURS)
BOUNDS_CROSSED = ErrorSpec(
    SCALING_VALIDATION, "Max capacity must not be less than min capacity: {maximum} and {minimum}", _OURS
)
TOO_MANY_TARGETS = ErrorSpec(
    SCALING_LIMIT_EXCEEDED, "An account has at most {limit} scalable targets of DynamoDB in a Region.", _OURS
)

# -- policies

POLICY_NOT_FOUND = ErrorSpec(
    SCALING_OBJECT_NOT_FOUND, f"No scaling policy found for {_PLACE}, policy name: {{name}}", _OURS
)
POLICY_TYPE = ErrorSpec(
    SCALING_VALIDATION,
    "DynamoDB supports policies of the type TargetTrackingScaling only: {type}",
    "API reference, for the rule; the text is ours",
)
CONFIGURATION_REQUIRED = ErrorSpec(
    SCALING_VALIDATION, "TargetTrackingScalingPolicyConfiguration must be specified.", _OURS
)
OTHER_CONFIGURATION = ErrorSpec(
    SCALING_VALIDATION, "{name} does not go with a policy of the type TargetTrackingScaling.", _OURS
)
CUSTOMIZED_METRIC = ErrorSpec(
    SCALING_VALIDATION, "Kilowatt does not support CustomizedMetricSpecification.", _NOT_YET
)
METRIC_REQUIRED = ErrorSpec(SCALING_VALIDATION, "PredefinedMetricSpecification must be specified.", _OURS)
WRONG_METRIC = ErrorSpec(
    SCALING_VALIDATION, "The predefined metric of {dimension} is {metric}: {asked}", _OURS
)
RESOURCE_LABEL = ErrorSpec(
    SCALING_VALIDATION, "ResourceLabel does not go with the metrics of DynamoDB.", _OURS
)
TARGET_VALUE = ErrorSpec(
    SCALING_VALIDATION,
    "TargetValue must be between {least} and {most}: {value}",
    "DynamoDB guide, for the bounds; the text is ours",
)
COOLDOWN = ErrorSpec(SCALING_VALIDATION, "{name} must be 0 or more: {value}", _OURS)
SECOND_POLICY = ErrorSpec(
    SCALING_VALIDATION,
    "Only one TargetTrackingScaling policy for a given metric specification is allowed.",
    _REPORTED,
)

# -- scheduled actions

ACTION_NOT_FOUND = ErrorSpec(
    SCALING_OBJECT_NOT_FOUND,
    f"No scheduled action found for {_PLACE}, scheduled action name: {{name}}",
    _OURS,
)
SCHEDULE_REQUIRED = ErrorSpec(
    SCALING_VALIDATION, "Schedule must be specified for a new scheduled action.", _OURS
)
INVALID_SCHEDULE = ErrorSpec(SCALING_VALIDATION, "The schedule expression is not valid: {schedule}", _OURS)
INVALID_TIME_ZONE = ErrorSpec(SCALING_VALIDATION, "The time zone is not supported: {zone}", _OURS)
ACTION_REQUIRED = ErrorSpec(
    SCALING_VALIDATION,
    "ScalableTargetAction must specify MinCapacity, MaxCapacity or both.",
    _OURS,
)
TIMES_CROSSED = ErrorSpec(SCALING_VALIDATION, "EndTime must be after StartTime.", _OURS)
TOO_MANY_ACTIONS = ErrorSpec(
    SCALING_LIMIT_EXCEEDED, "A scalable target has at most {limit} scheduled actions.", _OURS
)

# -- tags

RESOURCE_NOT_FOUND = ErrorSpec(SCALING_RESOURCE_NOT_FOUND, "The resource does not exist: {arn}", _OURS)
TOO_MANY_TAGS = ErrorSpec(SCALING_TOO_MANY_TAGS, "A resource has at most {limit} tags.", _OURS)
RESERVED_TAG_KEY = ErrorSpec(SCALING_VALIDATION, "Tag keys must not begin with aws: {key}", _OURS)
