"""Refusals of the wire: bodies that can't be read, unknown operations, signatures.

Checked in the order in which they stand here.
"""

from kilowatt.errors.base import (
    INCOMPLETE_SIGNATURE,
    INVALID_SIGNATURE,
    MISSING_AUTHENTICATION_TOKEN,
    SERIALIZATION,
    UNKNOWN_OPERATION,
    UNRECOGNIZED_CLIENT,
    ErrorSpec,
)

UNREADABLE_BODY = ErrorSpec(SERIALIZATION, "", "seen on AWS: no text")
UNSUPPORTED_CONTENT_ENCODING = ErrorSpec(
    SERIALIZATION, "Unsupported Content-Encoding: {encoding}", "ours; AWS's text is not known"
)
UNKNOWN_OPERATION_TARGET = ErrorSpec(UNKNOWN_OPERATION, "", "seen on AWS: no text")

# Where the signature stands, and its parts.

TWO_AUTHENTICATIONS = ErrorSpec(
    INVALID_SIGNATURE,
    "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
    "seen on AWS",
)
NO_AUTHENTICATION = ErrorSpec(
    MISSING_AUTHENTICATION_TOKEN, "Request is missing Authentication Token", "seen on AWS"
)
PART_WITHOUT_EQUAL_SIGN = ErrorSpec(
    INCOMPLETE_SIGNATURE,
    "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header: '{header}'.",
    "reported of AWS",
)
HEADER_PARTS_MISSING = ErrorSpec(
    INCOMPLETE_SIGNATURE, "{missing}Authorization={header}", "seen on AWS; `missing` is made of the next two"
)
HEADER_PART = "Authorization header requires '{name}' parameter. "
HEADER_DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
QUERY_PARTS_MISSING = ErrorSpec(
    INCOMPLETE_SIGNATURE,
    "{missing}Re-examine the query-string parameters.",
    "seen on AWS; `missing` is made of the next",
)
QUERY_PART = "AWS query-string parameters must include '{name}'. "

# What the parts say.

BAD_DATE = ErrorSpec(
    INCOMPLETE_SIGNATURE,
    "Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601",
    "reported of AWS",
)
BAD_EXPIRES = ErrorSpec(
    INCOMPLETE_SIGNATURE,
    "X-Amz-Expires must be a number of seconds between 1 and 604800. Got '{expires}'.",
    "ours; AWS's text is not known",
)
EXPIRED = ErrorSpec(
    INVALID_SIGNATURE,
    "Signature expired: {date} is now earlier than {limit} ({now} - {minutes} min.)",
    "reported of AWS",
)
NOT_YET_CURRENT = ErrorSpec(
    INVALID_SIGNATURE,
    "Signature not yet current: {date} is still later than {limit} ({now} + {minutes} min.)",
    "reported of AWS, not of this service",
)
HEADER_NOT_SIGNED = ErrorSpec(
    INVALID_SIGNATURE,
    "'{name}' must be a 'SignedHeader' in the AWS Authorization.",
    "reported of AWS for Host; for the X-Amz- headers the text is ours",
)
BAD_ALGORITHM = ErrorSpec(
    INCOMPLETE_SIGNATURE,
    "Unsupported AWS 'algorithm': '{algorithm}' (only AWS4-HMAC-SHA256 for now). ",
    "reported of AWS",
)
BAD_CREDENTIAL = ErrorSpec(
    INCOMPLETE_SIGNATURE,
    "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
    "got '{credential}'",
    "reported of AWS",
)
BAD_SCOPE = ErrorSpec(INVALID_SIGNATURE, "{faults}", "reported of AWS; `faults` is made of the next four")
SCOPE_REGION = "Credential should be scoped to a valid region, not '{region}'. "
SCOPE_SERVICE = "Credential should be scoped to correct service: '{service}'. "
SCOPE_TERMINATOR = "Credential should be scoped with a valid terminator: 'aws4_request', not '{terminator}'. "
SCOPE_DATE = (
    "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
    "'{scope_date}' != '{day}', from '{date}'."
)

# Who signs, and whether the signature is right.

UNKNOWN_ACCESS_KEY = ErrorSpec(
    UNRECOGNIZED_CLIENT, "The security token included in the request is invalid.", "reported of AWS"
)
WRONG_SIGNATURE = ErrorSpec(
    INVALID_SIGNATURE,
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
    "Access Key and signing method. Consult the service documentation for details.",
    "reported of AWS, without the canonical forms that older answers go on with",
)
WRONG_SESSION_TOKEN = ErrorSpec(
    UNRECOGNIZED_CLIENT, "The security token included in the request is invalid", "reported of AWS"
)
