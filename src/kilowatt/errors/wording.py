"""The two vintages of AWS's error texts, and what tells them apart.

Up to 2025 a request that breaks several constraints of the service model is told all of them, and errors found
before the table is consulted stand alone. In 2026 AWS began to report only the first broken constraint, to put
`1 validation error detected: ` before many other errors of a request too, and to word some entries anew:

| broken constraint | 2025 | 2026 |
|---|---|---|
| enum | `Value 'x' at 'returnValues' failed to satisfy constraint: Member must …` | `Failed to satisfy constraint: Member must …` |
| empty table name | `Value '' at 'tableName' failed …` | `Value at 'TableName' failed …` |
| any other, null included | `Value … at '{path}' failed …` | the same |

The form without a value and with the member's own name is recorded for the empty table name alone, and is used
for nothing else.

Source: recorded on AWS, 2013 to 2026-10.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from kilowatt.errors import items, reads
from kilowatt.errors import shapes as texts
from kilowatt.errors.base import VALIDATION, ErrorSpec, ServiceError, Stage

# AWS reports no more broken constraints than this, and counts no further either.
REPORTED_ENTRIES = 10

_LEAD = "1 validation error detected: "
_HAS_LEAD = re.compile(r"\d+ validation errors? detected")

# The operations whose every refusal before the table is consulted carries the lead.
_PREFIXED_OPERATIONS = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
# On the other operations only these do (Scan refuses with the same texts, without the lead).
_PREFIXED_SPECS: dict[str, frozenset[ErrorSpec]] = {
    "Query": frozenset(
        {reads.SELECT_NEEDS_INDEX, reads.SELECT_NEEDS_PROJECTION, reads.SELECT_FORBIDS_PROJECTION}
    )
}

# The order in which AWS prints the values of an enum, by shape; the model's order where nothing is recorded.
_ENUM_VALUES: dict[str, tuple[str, ...]] = {
    "ApproximateCreationDateTimePrecision": ("MILLISECOND", "MICROSECOND"),
    "BillingMode": ("PROVISIONED", "PAY_PER_REQUEST"),
    "ComparisonOperator": (
        *("IN", "NULL", "BETWEEN", "LT", "NOT_CONTAINS", "EQ", "GT", "NOT_NULL", "NE", "LE", "BEGINS_WITH"),
        *("GE", "CONTAINS"),
    ),
    "ConditionalOperator": ("OR", "AND"),
    "KeyType": ("HASH", "RANGE"),
    "ProjectionType": ("ALL", "INCLUDE", "KEYS_ONLY"),
    "ReturnConsumedCapacity": ("INDEXES", "TOTAL", "NONE"),
    "ReturnItemCollectionMetrics": ("SIZE", "NONE"),
    "ReturnValue": ("ALL_NEW", "UPDATED_OLD", "ALL_OLD", "NONE", "UPDATED_NEW"),
    "ScalarAttributeType": ("B", "N", "S"),
    "StreamViewType": ("OLD_IMAGE", "KEYS_ONLY", "NEW_AND_OLD_IMAGES", "NEW_IMAGE"),
    "Select": ("SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
}
# The operations on items write broken constraints in a form of their own since 2026: one, and enums without
# their path. Those on tables kept the older form (measured on AWS, 2026-10: AWS Controllers for Kubernetes,
# api-quirks of DynamoDB, DDB-TABLE-038 and DDB-TABLE-457); of those on streams it is not known.
_FORM_OF_2026 = frozenset(
    {
        *("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan"),
        *("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems"),
        *("ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"),
        *("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"),
    }
)
# UPDATE_NEW is what AWS prints; the value it accepts is UPDATED_NEW.
_ENUM_VALUES_2026 = {
    **_ENUM_VALUES,
    "ReturnValue": ("ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATE_NEW", "NONE"),
}


class Wording(Enum):
    """Which year's texts a server speaks."""

    W2025 = 2025
    W2026 = 2026


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken constraint.

    `value` is the value as AWS prints it (quoted, or `null`); `path` the members' names with a small first
    letter; `member` the one member's own name where the 2026 form names it instead.
    """

    path: str
    value: str
    constraint: str
    is_enum: bool = False
    member: str | None = None


def worded(error: ServiceError, operation: str, wording: Wording) -> str:
    """The text of an error as the client of `operation` shall read it."""
    if wording is Wording.W2025 or not _takes_lead(error.spec, operation) or _HAS_LEAD.match(error.text):
        return error.text
    if error.spec is items.INVALID_EXPRESSION_VALUE:
        # On these operations the value's fault is told without the placeholder since 2026.
        return _LEAD + str(error.__cause__)
    return _LEAD + error.text


def _takes_lead(spec: ErrorSpec, operation: str) -> bool:
    if spec.type is not VALIDATION or spec.stage is not Stage.REQUEST:
        return False
    return operation in _PREFIXED_OPERATIONS or spec in _PREFIXED_SPECS.get(operation, ())


def form_of_entries(operation: str, wording: Wording) -> Wording:
    """The year whose form the entries of broken constraints have."""
    return wording if operation in _FORM_OF_2026 else Wording.W2025


def reported_entries(wording: Wording) -> int:
    """How many broken constraints a refusal tells of; nobody needs to look for more."""
    return 1 if wording is Wording.W2026 else REPORTED_ENTRIES


def refusal(violations: Sequence[Violation], wording: Wording) -> ServiceError:
    """The one error that reports broken constraints (at least one), in the order given."""
    if wording is Wording.W2026:
        return texts.CONSTRAINTS(count=1, plural="", entries=_entry_2026(violations[0]))
    reported = violations[: reported_entries(wording)]
    return texts.CONSTRAINTS(
        count=len(reported),
        plural="s" if len(reported) > 1 else "",
        entries="; ".join(map(_entry, reported)),
    )


def enum_values(shape: str, model_order: tuple[str, ...], wording: Wording) -> str:
    """The values of an enum shape as AWS lists them in a refusal."""
    recorded = _ENUM_VALUES if wording is Wording.W2025 else _ENUM_VALUES_2026
    return ", ".join(recorded.get(shape, model_order))


def _entry(violation: Violation) -> str:
    return texts.ENTRY.format(value=violation.value, path=violation.path, constraint=violation.constraint)


def _entry_2026(violation: Violation) -> str:
    if violation.is_enum:
        return texts.ENTRY_WITHOUT_PATH.format(constraint=violation.constraint)
    if violation.member is not None:
        return texts.ENTRY_WITHOUT_VALUE.format(path=violation.member, constraint=violation.constraint)
    return _entry(violation)
