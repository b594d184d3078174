"""The errors of the wire: what a client sees when a request is refused.

Every text lives in this package, in the module of its subject, as a named `ErrorSpec`. Raising one is
`raise ITEM_TOO_LARGE()` or `raise KEY_MISSING(key="pk")`. Engines have errors of their own
(`engine/errors.py`); `server/pipeline.py` is the one place that translates.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any

SERVICE = "com.amazonaws.dynamodb.v20120810#"
CORAL = "com.amazon.coral.service#"


@dataclass(frozen=True, slots=True)
class ErrorType:
    """An exception type of the service.

    `name` is the wire's `__type`; `status` the HTTP status; `text_key` the member that carries the text.
    """

    name: str
    status: int = 400
    text_key: str = "message"

    @property
    def code(self) -> str:
        """The part after `#`, if there is one: what SDKs show as the error code."""
        return self.name.rpartition("#")[2]


class Stage(Enum):
    """When a check runs: the 2026 wording prefixes only what is found before the table is consulted."""

    REQUEST = 1
    EXECUTION = 2


@dataclass(frozen=True, slots=True)
class ErrorSpec:
    """One error text of the catalogue.

    `template` is a `str.format` template (literal braces are doubled); `source` says where the text was seen:
    a section of the AWS guide, a recorded exchange, or `ours` where AWS's text is not known.
    """

    type: ErrorType
    template: str
    source: str
    stage: Stage = Stage.REQUEST

    def __call__(self, **fields: object) -> "ServiceError":
        return ServiceError(self, self.template.format(**fields))


def measured(findings: str, but: str = "") -> str:
    """The `source` of what a project of AWS's own published as measured in October 2026.

    `findings` are its numbers; `but` says what of the text or rule was not measured.
    """
    return (
        f"AWS Controllers for Kubernetes, api-quirks of DynamoDB, {findings}: measured on AWS, 2026-10" + but
    )


class ServiceError(Exception):
    """A refusal on its way to the client.

    `members` are further members of the error body, such as `Item` or `CancellationReasons`. `half_units` of
    write capacity were consumed all the same.
    """

    def __init__(
        self, spec: ErrorSpec, text: str, members: dict[str, Any] | None = None, half_units: int = 0
    ) -> None:
        super().__init__(text)
        self.spec = spec
        self.text = text
        self.members = members
        self.half_units = half_units

    @property
    def type(self) -> ErrorType:
        return self.spec.type

    def with_members(self, **members: Any) -> "ServiceError":
        """The same refusal with further members in its body."""
        return ServiceError(self.spec, self.text, {**(self.members or {}), **members}, self.half_units)


VALIDATION = ErrorType("com.amazon.coral.validate#ValidationException")
SERIALIZATION = ErrorType(CORAL + "SerializationException", text_key="Message")
UNKNOWN_OPERATION = ErrorType(CORAL + "UnknownOperationException")
MISSING_AUTHENTICATION_TOKEN = ErrorType(CORAL + "MissingAuthenticationTokenException")
INCOMPLETE_SIGNATURE = ErrorType(CORAL + "IncompleteSignatureException")
INVALID_SIGNATURE = ErrorType(CORAL + "InvalidSignatureException")
UNRECOGNIZED_CLIENT = ErrorType(CORAL + "UnrecognizedClientException")
ACCESS_DENIED = ErrorType(CORAL + "AccessDeniedException", text_key="Message")
THROTTLING = ErrorType("com.amazon.coral.availability#ThrottlingException")
ON_DEMAND_THROTTLING = ErrorType(SERVICE + "ThrottlingException")
RESOURCE_NOT_FOUND = ErrorType(SERVICE + "ResourceNotFoundException")
RESOURCE_IN_USE = ErrorType(SERVICE + "ResourceInUseException")
LIMIT_EXCEEDED = ErrorType(SERVICE + "LimitExceededException")
CONDITIONAL_CHECK_FAILED = ErrorType(SERVICE + "ConditionalCheckFailedException")
DUPLICATE_ITEM = ErrorType(SERVICE + "DuplicateItemException")
ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED = ErrorType(SERVICE + "ItemCollectionSizeLimitExceededException")
PROVISIONED_THROUGHPUT_EXCEEDED = ErrorType(SERVICE + "ProvisionedThroughputExceededException")
TRANSACTION_CANCELED = ErrorType(SERVICE + "TransactionCanceledException", text_key="Message")
TRANSACTION_IN_PROGRESS = ErrorType(SERVICE + "TransactionInProgressException", text_key="Message")
IDEMPOTENT_PARAMETER_MISMATCH = ErrorType(
    SERVICE + "IdempotentParameterMismatchException", text_key="Message"
)
TRANSACTION_CONFLICT = ErrorType(SERVICE + "TransactionConflictException")
TRIMMED_DATA_ACCESS = ErrorType(SERVICE + "TrimmedDataAccessException")
EXPIRED_ITERATOR = ErrorType(SERVICE + "ExpiredIteratorException")
REQUEST_LIMIT_EXCEEDED = ErrorType(SERVICE + "RequestLimitExceeded")
INTERNAL_SERVER_ERROR = ErrorType(SERVICE + "InternalServerError", status=500)

# Lambda's, for triggers. Its answers carry the code in a header, and `Type` beside the text.
LAMBDA = "com.amazonaws.lambda#"
LAMBDA_VALIDATION = ErrorType(LAMBDA + "ValidationException")
LAMBDA_INVALID_PARAMETER = ErrorType(LAMBDA + "InvalidParameterValueException")
LAMBDA_INVALID_CONTENT = ErrorType(LAMBDA + "InvalidRequestContentException")
LAMBDA_NOT_FOUND = ErrorType(LAMBDA + "ResourceNotFoundException", 404, "Message")
LAMBDA_CONFLICT = ErrorType(LAMBDA + "ResourceConflictException", 409)
LAMBDA_ACCESS_DENIED = ErrorType(LAMBDA + "AccessDeniedException", 403, "Message")
LAMBDA_TOO_LARGE = ErrorType(LAMBDA + "RequestTooLargeException", 413)
LAMBDA_SERVICE = ErrorType(LAMBDA + "ServiceException", 500, "Message")

# Application Auto Scaling's. Its answers name all errors, those of the request too, without a namespace.
SCALING_VALIDATION = ErrorType("ValidationException", text_key="Message")
SCALING_OBJECT_NOT_FOUND = ErrorType("ObjectNotFoundException", text_key="Message")
SCALING_LIMIT_EXCEEDED = ErrorType("LimitExceededException", text_key="Message")
SCALING_CONCURRENT_UPDATE = ErrorType("ConcurrentUpdateException", 500, "Message")
SCALING_INVALID_NEXT_TOKEN = ErrorType("InvalidNextTokenException", text_key="Message")
SCALING_RESOURCE_NOT_FOUND = ErrorType("ResourceNotFoundException", text_key="Message")
SCALING_TOO_MANY_TAGS = ErrorType("TooManyTagsException", text_key="Message")
SCALING_INTERNAL_SERVICE = ErrorType("InternalServiceException", 500, "Message")
SCALING_UNKNOWN_OPERATION = ErrorType("UnknownOperationException", text_key="Message")
