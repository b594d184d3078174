"""Refusals of Lambda's API, as far as triggers need it: event source mappings and functions."""

from kilowatt.errors.base import (
    LAMBDA_ACCESS_DENIED,
    LAMBDA_CONFLICT,
    LAMBDA_INVALID_CONTENT,
    LAMBDA_INVALID_PARAMETER,
    LAMBDA_NOT_FOUND,
    LAMBDA_SERVICE,
    LAMBDA_TOO_LARGE,
    LAMBDA_VALIDATION,
    ErrorSpec,
)

_RECORDED = "recorded on AWS, 2025-11"
_REPORTED = "widely reported"
_OURS = "ours: AWS's text is not known"
_NOT_YET = "ours: Kilowatt does not do this"

# -- any request

NO_SUCH_RESOURCE = ErrorSpec(LAMBDA_NOT_FOUND, "Kilowatt does not support {method} {path}.", _NOT_YET)
UNREADABLE = ErrorSpec(LAMBDA_INVALID_CONTENT, "Could not parse request body into json: {reason}", _REPORTED)
WRONG_TYPE = ErrorSpec(LAMBDA_INVALID_PARAMETER, "{name} must be {expected}.", _OURS)
CONSTRAINT = ErrorSpec(
    LAMBDA_VALIDATION,
    "1 validation error detected: Value {value} at '{name}' failed to satisfy constraint: {constraint}",
    _REPORTED,
)
UNSUPPORTED = ErrorSpec(LAMBDA_INVALID_PARAMETER, "Kilowatt does not support {name} of {resource}.", _NOT_YET)
UNSUPPORTED_VALUE = ErrorSpec(
    LAMBDA_INVALID_PARAMETER, "Kilowatt does not support {name} {value}: {reason}", _NOT_YET
)
CROSS_ORIGIN = ErrorSpec(
    LAMBDA_ACCESS_DENIED, "Requests from web pages are not served here.", "ours: a page could run code"
)
FAILED = ErrorSpec(LAMBDA_SERVICE, "An error occurred and the request cannot be processed.", _OURS)

# -- event source mappings

MAPPING_NOT_FOUND = ErrorSpec(LAMBDA_NOT_FOUND, "The resource you requested does not exist.", _REPORTED)
MAPPING_EXISTS = ErrorSpec(
    LAMBDA_CONFLICT,
    'The event source arn (" {source} ") and function (" {function} ") provided mapping already exists. '
    "Please update or delete the existing mapping with UUID {uuid}",
    _RECORDED,
)
STREAM_NOT_FOUND = ErrorSpec(LAMBDA_INVALID_PARAMETER, "Stream not found: {arn}", _RECORDED)
NO_EVENT_SOURCE = ErrorSpec(LAMBDA_INVALID_PARAMETER, "Unrecognized event source.", "reported of AWS")
NO_FUNCTION = ErrorSpec(LAMBDA_INVALID_PARAMETER, "Function does not exist", _REPORTED)
INVALID_PATTERN = ErrorSpec(LAMBDA_INVALID_PARAMETER, "Invalid filter pattern definition.", _RECORDED)
TOO_MANY_FILTERS = ErrorSpec(
    LAMBDA_INVALID_PARAMETER, "An event source mapping has at most {limit} filters.", _OURS
)
RECORD_AGE = ErrorSpec(
    LAMBDA_INVALID_PARAMETER,
    "MaximumRecordAgeInSeconds must be -1, or {minimum} or more.",
    _OURS,
)
WINDOW_IN_PARALLEL = ErrorSpec(
    LAMBDA_INVALID_PARAMETER,
    "ParallelizationFactor must be 1 with a TumblingWindowInSeconds.",
    _OURS,
)

# -- functions

FUNCTION_NOT_FOUND = ErrorSpec(LAMBDA_NOT_FOUND, "Function not found: {arn}", _REPORTED)
FUNCTION_EXISTS = ErrorSpec(LAMBDA_CONFLICT, "Function already exist: {name}", _REPORTED)
FUNCTION_IS_CONFIGURED = ErrorSpec(
    LAMBDA_CONFLICT, "The function {name} is one of the server's configuration; change it there.", "ours"
)
FUNCTIONS_OFF = ErrorSpec(
    LAMBDA_ACCESS_DENIED,
    "Functions run code as the server's user, so this server does not take any; see --allow-create-function.",
    "ours",
)
BAD_ZIP = ErrorSpec(
    LAMBDA_INVALID_PARAMETER,
    "Could not unzip uploaded file. Please check your file, then try to upload again.",
    _REPORTED,
)
UNZIPPED_TOO_LARGE = ErrorSpec(
    LAMBDA_INVALID_PARAMETER, "Unzipped size must be smaller than {limit} bytes", _REPORTED
)
RESERVED_VARIABLES = ErrorSpec(
    LAMBDA_INVALID_PARAMETER,
    "Lambda was unable to configure your environment variables because the environment variables you have "
    "provided contains reserved keys that are currently not supported for modification. "
    "Reserved keys used in this request: {keys}",
    _REPORTED,
)
REQUEST_TOO_LARGE = ErrorSpec(
    LAMBDA_TOO_LARGE,
    "Request must be smaller than {limit} bytes for the InvokeFunction operation",
    _REPORTED,
)
