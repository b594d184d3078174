"""Refusals for the state of a table: it is being created, changed or deleted, or it is protected.

While a table is UPDATING each change is refused, or admitted, for itself: the texts name what is under way and
what has to wait for it.
"""

from kilowatt.errors.base import RESOURCE_IN_USE, VALIDATION, ErrorSpec, Stage, measured

_IN_USE = "Attempt to change a resource which is still in use: "


def _in_use(text: str, source: str) -> ErrorSpec:
    return ErrorSpec(RESOURCE_IN_USE, _IN_USE + text, source, Stage.EXECUTION)


TABLE_IN_CHANGE = _in_use("Table is being {being}: {table}", measured("DDB-TABLE-001 and DDB-TABLE-006"))
DELETION_PROTECTED = ErrorSpec(
    VALIDATION,
    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
    "first.",
    measured("DDB-TABLE-016"),
    Stage.EXECUTION,
)

# -- DeleteTable of a table that is changing

NOT_DELETED_IN_UPDATE = _in_use(
    "Table: {table} is in the process of being updated.", measured("DDB-TABLE-063")
)
NOT_DELETED_WITH_STREAM = _in_use(
    "Cannot delete table while stream is being enabled/disabled.", measured("DDB-TABLE-002")
)
NOT_DELETED_WITH_INDEXES = _in_use(
    "Cannot delete table while indexes are being created, updated, or deleted.", measured("DDB-TABLE-150")
)

# -- UpdateTable of a table that is changing

UNITS_IN_UPDATE = _in_use("Table IOPS are currently being updated. Table: {table}", measured("DDB-TABLE-370"))
NOT_WITH_UNITS = _in_use(
    "Can't {change} while table IOPS are being updated. Table: {table}",
    measured("DDB-TABLE-175 and DDB-TABLE-369", "; for the table class by analogy"),
)
STREAM_IN_CHANGE = _in_use(
    "A stream status change is currently in progress. Table: {table} Stream: {stream} Operation: {operation}",
    measured("DDB-TABLE-444"),
)
NOT_WITH_STREAM = _in_use(
    "Can't {change} when stream status is being updated. Table: {table} Stream: {stream} Operation: {operation}",
    measured("DDB-TABLE-444"),
)
NOT_WITH_CLASS = _in_use(
    "Can't {change} when a table class update is in progress. Table: {table} TableClassUpdateInProgress: "
    "{table_class}",
    measured("DDB-TABLE-286", "; for indexes in part, for throughput by analogy"),
)
NOT_WITH_NEW_INDEX = _in_use(
    "Can't {change} when an index is being created. Table: {table} Indexes: [{index}]",
    measured("DDB-TABLE-163", "; for the stream in part"),
)
NOT_WITH_OLD_INDEX = _in_use(
    "Can't {change} when an index is being deleted. Table: {table} Indexes: [{index}]",
    measured("DDB-TABLE-376", "; for the stream by analogy"),
)
ON_DEMAND_LIMITS_WAIT = _in_use(
    "OnDemandThroughput cannot be updated while {change} is in progress{detail}",
    measured("DDB-TABLE-286, DDB-TABLE-369, DDB-TABLE-375 and DDB-TABLE-458", "; for the stream in part"),
)

# -- the index that a change is about (the two blanks are AWS's)

INDEX_IN_UPDATE = _in_use("Index is being updated.  Table: {table} Index: {index}", "seen on AWS")
INDEX_IN_DELETION = _in_use(
    "Index is being deleted.  Table: {table} Index: {index}",
    measured("DDB-TABLE-375", "; the two blanks as for an index that is being updated"),
)
INDEX_NOT_YET_FILLED = _in_use(
    "Index is being created but is not backfilling yet.  Table: {table} Index: {index}",
    measured("DDB-TABLE-444"),
)
INDEX_IN_ALLOCATION = _in_use(
    "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index "
    "is active. Table: {table} Index: {index}",
    measured("DDB-TABLE-149"),
)
