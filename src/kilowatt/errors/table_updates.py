"""Refusals of UpdateTable: what does not go together in one request, and updates of global indexes.

What they have in common with CreateTable is in `errors/tables.py`.
"""

from kilowatt.errors.base import RESOURCE_NOT_FOUND, VALIDATION, ErrorSpec, Stage, measured

_INVALID = "One or more parameter values were invalid: "


# -- what is asked for

NOTHING_TO_UPDATE = ErrorSpec(
    VALIDATION,
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
    "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
    "{multi_region_consistency}DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
    "required",
    measured("DDB-TABLE-015 and DDB-TABLE-449"),
)
ENCRYPTION_ALONE = ErrorSpec(
    VALIDATION,
    _INVALID + "Server-Side Encryption modification must be the only operation in the request",
    measured("DDB-TABLE-433"),
)
CLASS_ALONE = ErrorSpec(
    VALIDATION,
    _INVALID + "TableClass modification must be the only operation in the request",
    measured("DDB-TABLE-433"),
)
PROTECTION_ALONE = ErrorSpec(
    VALIDATION,
    _INVALID + "DeletionProtection modification must be the only operation in the request",
    measured("DDB-TABLE-433"),
)
ON_DEMAND_LIMITS_WITH_MODE_ONLY = ErrorSpec(
    VALIDATION,
    _INVALID + "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request",
    measured("DDB-TABLE-433"),
)
WARM_ALONE = ErrorSpec(
    VALIDATION,
    _INVALID + "WarmThroughput must be the only operation in the request",
    measured("DDB-TABLE-433"),
)
NO_CREATION_WITH_WARM = ErrorSpec(
    VALIDATION,
    _INVALID + "Create global secondary index cannot be specified when updating WarmThroughput",
    measured("DDB-TABLE-174"),
)
INDEXES_NOT_WITH_UNITS = ErrorSpec(
    VALIDATION,
    _INVALID + "You cannot create or delete index while updating table IOPS",
    measured("DDB-TABLE-174 and DDB-TABLE-382"),
    Stage.EXECUTION,
)

# -- updates of global indexes

INDEX_UPDATES_EMPTY = ErrorSpec(
    VALIDATION,
    _INVALID + "List of GlobalSecondaryIndexUpdates is empty",
    measured("DDB-TABLE-359"),
)
EMPTY_INDEX_UPDATE = ErrorSpec(
    VALIDATION,
    _INVALID + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
    "GlobalSecondaryIndexUpdate.Delete must not be null",
    measured("DDB-TABLE-160"),
)
SEVERAL_INDEX_ACTIONS = ErrorSpec(
    VALIDATION,
    _INVALID + "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object",
    measured("DDB-TABLE-160"),
)
DUPLICATE_INDEX_UPDATE = ErrorSpec(
    VALIDATION,
    _INVALID + "Only one global secondary index update per index is allowed simultaneously. Index: {index}",
    measured("DDB-TABLE-160"),
)
INDEX_WARM_EMPTY = ErrorSpec(
    VALIDATION,
    _INVALID + "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified "
    "for index: {index}",
    measured("DDB-TABLE-456"),
)
INDEX_DEFINITIONS_MISSING = ErrorSpec(
    VALIDATION,
    _INVALID + "AttributeDefinitions is not specified for index: {index}",
    measured("DDB-TABLE-162"),
)
INDEX_NOT_FOUND = ErrorSpec(
    RESOURCE_NOT_FOUND,
    "Requested resource not found: Index {index} for table {table}",
    measured("DDB-TABLE-161"),
    Stage.EXECUTION,
)
INDEX_NOT_GLOBAL = ErrorSpec(
    VALIDATION,
    "Cannot {action} an index that is not a GlobalSecondaryIndex: {index}",
    measured("DDB-TABLE-137"),
    Stage.EXECUTION,
)
INDEX_EXISTS = ErrorSpec(
    VALIDATION,
    "Attempting to create an index which already exists",
    measured("DDB-TABLE-137"),
    Stage.EXECUTION,
)

# -- throughput

UNITS_MISSING = ErrorSpec(
    VALIDATION,
    _INVALID + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
    measured("DDB-TABLE-057"),
)
UNITS_WITH_SWITCH = ErrorSpec(
    VALIDATION,
    _INVALID + "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST",
    measured("DDB-TABLE-056"),
    Stage.EXECUTION,
)
UNITS_UNCHANGED = ErrorSpec(
    VALIDATION,
    "The provisioned throughput for the table will not change. The requested value equals the current value. "
    "Current ReadCapacityUnits provisioned for the table: {read}. Requested ReadCapacityUnits: {read}. Current "
    "WriteCapacityUnits provisioned for the table: {write}. Requested WriteCapacityUnits: {write}. Refer to the "
    "Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    measured("DDB-TABLE-442"),
    Stage.EXECUTION,
)
INDEX_UNITS_UNCHANGED = ErrorSpec(
    VALIDATION,
    "The provisioned throughput for the index {index} will not change. The requested value equals the current "
    "value. Current ReadCapacityUnits provisioned for index {index}: {read}. Requested ReadCapacityUnits: {read}. "
    "Current WriteCapacityUnits provisioned for index {index}: {write}. Requested WriteCapacityUnits: {write}. "
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    measured("DDB-TABLE-164", ", up to `Current WriteCapacityUnits`; the rest as for a table"),
    Stage.EXECUTION,
)
INDEX_UNITS_MISSING = ErrorSpec(
    VALIDATION,
    _INVALID + "ProvisionedThroughput must be specified for index: {index}",
    measured("DDB-TABLE-152"),
    Stage.EXECUTION,
)
NEW_INDEX_UNITS_MISSING = ErrorSpec(
    VALIDATION,
    _INVALID + "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: {index}",
    measured("DDB-TABLE-152"),
    Stage.EXECUTION,
)
NEW_INDEX_UNITS_ON_DEMAND = ErrorSpec(
    VALIDATION,
    _INVALID + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: {index} when "
    "BillingMode is PAY_PER_REQUEST",
    measured("DDB-TABLE-442", "; that it is the text for a new index is ours"),
    Stage.EXECUTION,
)
INDEX_UPDATES_ON_DEMAND = ErrorSpec(
    VALIDATION,
    _INVALID + "The only Updates for index: {index} when TableThroughputMode is PAY_PER_REQUEST can be to "
    "OnDemandThroughput, WarmThroughput",
    measured("DDB-TABLE-152 and DDB-TABLE-456"),
    Stage.EXECUTION,
)
INDEX_THROUGHPUT_OUT_OF_BOUNDS = ErrorSpec(
    VALIDATION,
    "This operation cannot be performed with given input values. Please contact DynamoDB service team for more "
    "info: Action Blocked: IndexUpdate",
    "seen on AWS",
    Stage.EXECUTION,
)
ON_DEMAND_LIMITS_PROVISIONED = ErrorSpec(
    VALIDATION,
    _INVALID
    + "{unit} for OnDemandThroughput{place} cannot be specified when the table BillingMode is PROVISIONED",
    measured("DDB-TABLE-059 and DDB-TABLE-153"),
    Stage.EXECUTION,
)
WARM_THROUGHPUT_LOWERED = ErrorSpec(
    VALIDATION,
    _INVALID
    + "Requested {unit} for WarmThroughput for {place} is lower than current WarmThroughput, decreasing "
    "WarmThroughput is not supported",
    measured("DDB-TABLE-155 and DDB-TABLE-179"),
    Stage.EXECUTION,
)
