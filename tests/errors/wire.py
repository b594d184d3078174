"""How the texts of `kilowatt.errors.wire` are provoked: bodies, targets, signatures."""

from urllib.parse import urlencode

from tests.errors.provocation import (
    ACCESS_KEY,
    TEMPORARY_KEY,
    TEMPORARY_SECRET,
    Provocation,
    Server,
)

INCOMPLETE = "IncompleteSignatureException: "
INVALID = "InvalidSignatureException: "
UNRECOGNIZED = "UnrecognizedClientException: "
SCOPE = "<day>/us-east-1/dynamodb/aws4_request"
CREDENTIAL = f"Credential={ACCESS_KEY}/{SCOPE}"
REST = "SignedHeaders=host;x-amz-date;x-amz-target, Signature=00"
GOOD = f"AWS4-HMAC-SHA256 {CREDENTIAL}, {REST}"
QUERY = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": f"{ACCESS_KEY}/{SCOPE}",
    "X-Amz-Signature": "00",
    "X-Amz-SignedHeaders": "host;x-amz-target",
    "X-Amz-Date": "<now>",
}


def _signed(refusal: str, authorization: str | None, date: str | None = "<now>") -> Provocation:
    """A request whose signature is this, to a server that looks at all of it."""
    headers = {"Authorization": authorization, "X-Amz-Date": date}
    return Provocation("ListTables", {}, refusal, server=Server.SECURED, headers=headers)


def _presigned(refusal: str, **parameters: str) -> Provocation:
    """A request that is signed in its query string; `parameters` name those of X-Amz that are other."""
    query = QUERY | {f"X-Amz-{name}": value for name, value in parameters.items()}
    path = "/?" + urlencode(query, safe="<>/;")
    headers = {"Authorization": None, "X-Amz-Date": None}
    return Provocation("ListTables", {}, refusal, server=Server.SECURED, headers=headers, path=path)


PROVOCATIONS = {
    "UNREADABLE_BODY": Provocation("ListTables", b"{", "SerializationException"),
    "UNSUPPORTED_CONTENT_ENCODING": Provocation(
        "ListTables",
        {},
        "SerializationException: Unsupported Content-Encoding: br",
        headers={"Content-Encoding": "br"},
    ),
    "UNKNOWN_OPERATION_TARGET": Provocation("ListNothing", {}, "UnknownOperationException"),
    # Where the signature stands, and its parts.
    "TWO_AUTHENTICATIONS": Provocation(
        "ListTables",
        {},
        INVALID + "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.",
        path="/?X-Amz-Algorithm=AWS4-HMAC-SHA256",
    ),
    "NO_AUTHENTICATION": _signed(
        "MissingAuthenticationTokenException: Request is missing Authentication Token", None
    ),
    "PART_WITHOUT_EQUAL_SIGN": _signed(
        INCOMPLETE + "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: "
        f"'AWS4-HMAC-SHA256 Credential, {REST}'.",
        f"AWS4-HMAC-SHA256 Credential, {REST}",
    ),
    "HEADER_PARTS_MISSING": _signed(
        INCOMPLETE + "Authorization header requires 'Credential' parameter. "
        "Authorization header requires 'Signature' parameter. "
        "Authorization header requires 'SignedHeaders' parameter. "
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        "Authorization=AWS4-",
        "AWS4-",
        None,
    ),
    "HEADER_PART": _signed(
        INCOMPLETE + "Authorization header requires 'Signature' parameter. "
        f"Authorization=AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=host",
        f"AWS4-HMAC-SHA256 {CREDENTIAL}, SignedHeaders=host",
    ),
    "HEADER_DATE": _signed(
        INCOMPLETE + "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        f"Authorization={GOOD}",
        GOOD,
        None,
    ),
    "QUERY_PARTS_MISSING": _presigned(
        INCOMPLETE + "AWS query-string parameters must include 'X-Amz-Credential'. "
        "AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
        Credential="",
        Date="",
    ),
    "QUERY_PART": _presigned(
        INCOMPLETE + "AWS query-string parameters must include 'X-Amz-Signature'. "
        "Re-examine the query-string parameters.",
        Signature="",
    ),
    # What the parts say.
    "BAD_DATE": _signed(
        INCOMPLETE + "Date must be in ISO-8601 'basic format'. Got 'yesterday'. "
        "See http://en.wikipedia.org/wiki/ISO_8601",
        GOOD,
        "yesterday",
    ),
    "BAD_EXPIRES": _presigned(
        INCOMPLETE + "X-Amz-Expires must be a number of seconds between 1 and 604800. Got '604801'.",
        Expires="604801",
    ),
    "EXPIRED": _signed(
        INVALID + "Signature expired: 20200101T000000Z is now earlier than <time> (<time> - 15 min.)",
        GOOD,
        "20200101T000000Z",
    ),
    "NOT_YET_CURRENT": _signed(
        INVALID + "Signature not yet current: 29990101T000000Z is still later than <time> (<time> + 15 min.)",
        GOOD,
        "29990101T000000Z",
    ),
    "HEADER_NOT_SIGNED": _signed(
        INVALID + "'Host' must be a 'SignedHeader' in the AWS Authorization.", GOOD.replace("host;", "")
    ),
    "BAD_ALGORITHM": _signed(
        INCOMPLETE + "Unsupported AWS 'algorithm': 'AWS4-HMAC-MD5' (only AWS4-HMAC-SHA256 for now). ",
        GOOD.replace("SHA256", "MD5"),
    ),
    "BAD_CREDENTIAL": _signed(
        INCOMPLETE + "Credential must have exactly 5 slash-delimited elements, e.g. "
        f"keyid/date/region/service/term, got '{ACCESS_KEY}'",
        GOOD.replace("/" + SCOPE, ""),
    ),
    "BAD_SCOPE": _signed(
        INVALID + "Credential should be scoped to a valid region, not 'US'. "
        "Credential should be scoped to correct service: 'dynamodb'. "
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'x'. "
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'20200101' != '<day>', from '<now>'.",
        GOOD.replace(SCOPE, "20200101/US/s3/x"),
    ),
    "SCOPE_REGION": _signed(
        INVALID + "Credential should be scoped to a valid region, not 'US'. ", GOOD.replace("us-east-1", "US")
    ),
    "SCOPE_SERVICE": _signed(
        INVALID + "Credential should be scoped to correct service: 'dynamodb'. ",
        GOOD.replace("dynamodb", "s3"),
    ),
    "SCOPE_TERMINATOR": _signed(
        INVALID + "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'. ",
        GOOD.replace("aws4_request", "aws5"),
    ),
    "SCOPE_DATE": _signed(
        INVALID + "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        "'20200101' != '<day>', from '<now>'.",
        GOOD.replace("<day>", "20200101"),
    ),
    # Who signs, and whether the signature is right.
    "UNKNOWN_ACCESS_KEY": _signed(
        UNRECOGNIZED + "The security token included in the request is invalid.",
        GOOD.replace(ACCESS_KEY, "AKIDNOBODY"),
    ),
    "WRONG_SIGNATURE": _signed(
        INVALID + "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details.",
        GOOD,
    ),
    "WRONG_SESSION_TOKEN": Provocation(
        "ListTables",
        {},
        UNRECOGNIZED + "The security token included in the request is invalid",
        server=Server.SECURED,
        signed_by=(TEMPORARY_KEY, TEMPORARY_SECRET, "another-token"),
    ),
}
