"""Refusals of what is over a table's or an index's capacity.

Which text goes with which of today's ThrottlingReasons is not known for all of them.
"""

from kilowatt.errors.base import (
    ON_DEMAND_THROTTLING,
    PROVISIONED_THROUGHPUT_EXCEEDED,
    REQUEST_LIMIT_EXCEEDED,
    VALIDATION,
    ErrorSpec,
    ServiceError,
    Stage,
)

TABLE_OVER_PROVISIONED = ErrorSpec(
    PROVISIONED_THROUGHPUT_EXCEEDED,
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
    "seen on AWS, in clients' logs since 2017; service model, TransactionCanceledException",
    Stage.EXECUTION,
)
INDEX_OVER_PROVISIONED = ErrorSpec(
    PROVISIONED_THROUGHPUT_EXCEEDED,
    "The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API",
    "seen on AWS, in clients' logs; service model, TransactionCanceledException",
    Stage.EXECUTION,
)
TABLE_OVER_ON_DEMAND = ErrorSpec(
    ON_DEMAND_THROTTLING,
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
    "seen on AWS, in clients' logs; service model, TransactionCanceledException",
    Stage.EXECUTION,
)
INDEX_OVER_ON_DEMAND = ErrorSpec(
    ON_DEMAND_THROTTLING,
    "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is automatically scaling your index so please try again shortly.",
    "service model, TransactionCanceledException",
    Stage.EXECUTION,
)
OVER_ACCOUNT_QUOTA = ErrorSpec(
    REQUEST_LIMIT_EXCEEDED,
    "Throughput exceeds the current throughput limit for your account. To request a limit increase, contact AWS Support at https://aws.amazon.com/support.",
    "AWS guide, Error handling with DynamoDB; the second sentence is not confirmed",
    Stage.EXECUTION,
)
UNKNOWN_MODE = ErrorSpec(
    VALIDATION,
    "One or more parameter values were invalid: Tag {key} must be off, observe or enforce, not {value}",
    "ours: the tag is Kilowatt's own",
)

# Refusals of what may be tried again in a moment, as it is.
THROTTLES = frozenset(
    {
        TABLE_OVER_PROVISIONED,
        INDEX_OVER_PROVISIONED,
        TABLE_OVER_ON_DEMAND,
        INDEX_OVER_ON_DEMAND,
        OVER_ACCOUNT_QUOTA,
    }
)

# The member that tells the reasons; that of one exception begins with a small letter. Source: service model.
_REASONS = {ON_DEMAND_THROTTLING: "throttlingReasons"}


def throttled(spec: ErrorSpec, reason: str, arn: str) -> ServiceError:
    """The refusal `spec`, with the one reason for it and the ARN of what was over its capacity."""
    member = _REASONS.get(spec.type, "ThrottlingReasons")
    return spec().with_members(**{member: [{"reason": reason, "resource": arn}]})
