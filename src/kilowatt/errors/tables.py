"""Refusals of table operations: key schemas, indexes, throughput, existence and state."""

from kilowatt.errors.base import (
    LIMIT_EXCEEDED,
    RESOURCE_IN_USE,
    RESOURCE_NOT_FOUND,
    VALIDATION,
    ErrorSpec,
    Stage,
)

_RECORDED = "seen on AWS"
_INVALID = "One or more parameter values were invalid: "

# -- existence and state

TABLE_NOT_FOUND = ErrorSpec(
    RESOURCE_NOT_FOUND, "Requested resource not found: Table: {table} not found", _RECORDED, Stage.EXECUTION
)
TABLE_EXISTS = ErrorSpec(RESOURCE_IN_USE, "Table already exists: {table}", _RECORDED, Stage.EXECUTION)
TABLE_IN_CHANGE = ErrorSpec(
    RESOURCE_IN_USE,
    "Attempt to change a resource which is still in use: Table is being {being}: {table}",
    "seen on AWS for a table being created; for the other states by analogy",
    Stage.EXECUTION,
)
INDEX_IN_UPDATE = ErrorSpec(
    RESOURCE_IN_USE,
    "Attempt to change a resource which is still in use: Index is being updated.  Table: {table} Index: {index}",
    _RECORDED,
    Stage.EXECUTION,
)
TOO_MANY_CHANGES = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Only {limit} tables can be created, updated, or deleted simultaneously",
    _RECORDED + ", when the limit was 10",
    Stage.EXECUTION,
)
DELETION_PROTECTED = ErrorSpec(
    VALIDATION,
    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection "
    "first.",
    _RECORDED + ", 2026",
    Stage.EXECUTION,
)

# -- throughput

THROUGHPUT_ON_DEMAND = ErrorSpec(
    VALIDATION,
    _INVALID + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
    "PAY_PER_REQUEST",
    _RECORDED,
)
THROUGHPUT_REQUIRED = ErrorSpec(
    VALIDATION,
    _INVALID
    + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    _RECORDED,
)
THROUGHPUT_OUT_OF_BOUNDS = ErrorSpec(
    VALIDATION, "Given value {value} for {parameter} is out of bounds", _RECORDED
)
INDEX_THROUGHPUT_ON_DEMAND = ErrorSpec(
    VALIDATION,
    _INVALID + "ProvisionedThroughput should not be specified for index: {index} when BillingMode is "
    "PAY_PER_REQUEST",
    _RECORDED,
)
INDEX_THROUGHPUT_REQUIRED = ErrorSpec(
    VALIDATION,
    _INVALID + "ProvisionedThroughput must be specified for index: {index}",
    "seen on AWS for UpdateTable; for CreateTable by analogy",
)
INDEX_THROUGHPUT_OUT_OF_BOUNDS = ErrorSpec(
    VALIDATION,
    "This operation cannot be performed with given input values. Please contact DynamoDB service team for more "
    "info: Action Blocked: IndexUpdate",
    _RECORDED + ", for UpdateTable",
    Stage.EXECUTION,
)
WARM_THROUGHPUT_TOO_LOW = ErrorSpec(
    VALIDATION,
    _INVALID
    + "Requested {unit} for WarmThroughput for {place} is lower than initial throughput for OnDemand. See: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
    "#on-demand-capacity-mode-initial",
    _RECORDED + ", 2026",
)
WARM_THROUGHPUT_LOWERED = ErrorSpec(
    VALIDATION,
    _INVALID
    + "Requested {unit} for WarmThroughput for {place} is lower than current WarmThroughput, decreasing "
    "WarmThroughput is not supported",
    _RECORDED + ", 2026",
    Stage.EXECUTION,
)
UPDATE_THROUGHPUT_REQUIRED = ErrorSpec(
    VALIDATION,
    _INVALID + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED",
    _RECORDED,
)
THROUGHPUT_UNCHANGED = ErrorSpec(
    VALIDATION,
    "The provisioned throughput for the table will not change. The requested value equals the current value. "
    "Current ReadCapacityUnits provisioned for the table: {read}. Requested ReadCapacityUnits: {read}. Current "
    "WriteCapacityUnits provisioned for the table: {write}. Requested WriteCapacityUnits: {write}. Refer to the "
    "Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
    _RECORDED,
    Stage.EXECUTION,
)
TOO_MANY_DECREASES = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the "
    "first {first} decreases, each subsequent decrease in the same UTC day can be performed at most once every "
    "{seconds} seconds. Number of decreases today: {today}. Last decrease at {last}. Next decrease can be made "
    "at {next}",
    "seen on AWS, 2022",
    Stage.EXECUTION,
)
TOO_MANY_SWITCHES = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Update to PayPerRequest mode are limited to {limit} times in 1 day(s).",
    "seen on AWS in 2019, when the limit was once a day; the number is ours",
    Stage.EXECUTION,
)
TOO_MANY_CLASS_CHANGES = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Updates to TableClass are limited to {limit} times in {days} day(s).",
    _RECORDED + ", 2026",
    Stage.EXECUTION,
)
NOTHING_TO_UPDATE = ErrorSpec(
    VALIDATION,
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or "
    "SSESpecification or ReplicaUpdates is required",
    _RECORDED,
)
EMPTY_INDEX_UPDATE = ErrorSpec(
    VALIDATION,
    _INVALID + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
    "GlobalSecondaryIndexUpdate.Delete must not be null",
    _RECORDED,
)
DUPLICATE_INDEX_UPDATE = ErrorSpec(
    VALIDATION,
    _INVALID + "Only one global secondary index update per index is allowed simultaneously. Index: {index}",
    _RECORDED,
)
INDEX_EXISTS = ErrorSpec(
    VALIDATION,
    "Attempting to create an index which already exists",
    "widely reported",
    Stage.EXECUTION,
)
ONE_INDEX_AT_A_TIME = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    _RECORDED,
    Stage.EXECUTION,
)
TOO_MANY_GLOBAL_INDEXES_BY_UPDATE = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of {limit}",
    _RECORDED,
    Stage.EXECUTION,
)
INDEX_IN_CREATION = ErrorSpec(
    RESOURCE_IN_USE,
    "Attempt to change a resource which is still in use: Index is being created.  Table: {table} Index: {index}",
    "ours, in the form of the text for an index that is being updated",
    Stage.EXECUTION,
)
INDEX_OF_TABLE_NOT_FOUND = ErrorSpec(
    RESOURCE_NOT_FOUND,
    "Requested resource not found: Index: {index} not found for table: {table}",
    "ours: AWS's text is not known",
    Stage.EXECUTION,
)

# -- quotas

_HIGHER_LIMITS = (
    " Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
)

TABLE_UNITS_OVER_QUOTA = ErrorSpec(
    LIMIT_EXCEEDED,
    "The requested {unit}, {value}, is above the per table maximum for the account in {region}. Per table maximum: "
    "{limit}." + _HIGHER_LIMITS,
    _RECORDED + ", 2026",
    Stage.EXECUTION,
)
INDEX_UNITS_OVER_QUOTA = ErrorSpec(
    LIMIT_EXCEEDED,
    "The requested {unit} for index {index}, {value}, is above the per index maximum for the account in {region}. "
    "Per index maximum: {limit}." + _HIGHER_LIMITS,
    _RECORDED + " in part, 2026; the rest as for a table",
    Stage.EXECUTION,
)
SETTING_OVER_QUOTA = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Requested {unit} for {setting} for {place} exceeds {quota} of the account in "
    "region {region}",
    _RECORDED + ", 2026",
    Stage.EXECUTION,
)
ACCOUNT_UNITS_OVER_QUOTA = ErrorSpec(
    LIMIT_EXCEEDED,
    "This request would have caused the {unit} limit to be exceeded for the account in {region}. Current {unit} "
    "reserved by the account: {current}. Limit: {limit}. Requested: {requested}." + _HIGHER_LIMITS,
    _RECORDED
    + ", 2026; the last sentence as for a table; that what is requested is what comes in addition is ours",
    Stage.EXECUTION,
)

# -- key schemas

MORE_KEYS_THAN_DEFINITIONS = ErrorSpec(
    VALIDATION, "Invalid KeySchema: Some index key attribute have no definition", _RECORDED
)
KEYS_NOT_DEFINED = ErrorSpec(
    VALIDATION,
    _INVALID + "Some index key attributes are not defined in AttributeDefinitions. Keys: [{keys}], "
    "AttributeDefinitions: [{definitions}]",
    _RECORDED,
)
SAME_NAME_TWICE = ErrorSpec(
    VALIDATION,
    "Both the Hash Key and the Range Key element in the KeySchema have the same name",
    _RECORDED,
)
FIRST_NOT_HASH = ErrorSpec(
    VALIDATION, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type", _RECORDED
)
SECOND_NOT_RANGE = ErrorSpec(
    VALIDATION, "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type", _RECORDED
)
UNUSED_DEFINITIONS = ErrorSpec(
    VALIDATION,
    _INVALID + "Number of attributes in KeySchema does not exactly match number of attributes defined in "
    "AttributeDefinitions",
    _RECORDED,
)
UNUSED_DEFINITIONS_WITH_INDEXES = ErrorSpec(
    VALIDATION,
    _INVALID + "Some AttributeDefinitions are not used. AttributeDefinitions: [{definitions}], keys used: "
    "[{keys}]",
    _RECORDED,
)
DUPLICATE_DEFINITION = ErrorSpec(
    VALIDATION,
    "Attribute Name is duplicated: {attribute}",
    _RECORDED + ", 2026",
)
DEFINITION_CHANGED = ErrorSpec(
    VALIDATION,
    _INVALID + "AttributeDefinitions give another type to a key attribute of the table: {attribute}",
    "ours: AWS's text is not known",
)

# -- indexes

LOCAL_INDEXES_EMPTY = ErrorSpec(VALIDATION, _INVALID + "List of LocalSecondaryIndexes is empty", _RECORDED)
LOCAL_INDEX_NEEDS_RANGE_TABLE = ErrorSpec(
    VALIDATION,
    _INVALID + "Table KeySchema does not have a range key, which is required when specifying a "
    "LocalSecondaryIndex",
    _RECORDED,
)
LOCAL_INDEX_NEEDS_RANGE = ErrorSpec(
    VALIDATION, _INVALID + "Index KeySchema does not have a range key for index: {index}", _RECORDED
)
LOCAL_INDEX_OTHER_HASH = ErrorSpec(
    VALIDATION,
    _INVALID
    + "Index KeySchema does not have the same leading hash key as table KeySchema for index: {index}. "
    "index hash key: {key}, table hash key: {table_key}",
    _RECORDED,
)
PROJECTION_UNKNOWN = ErrorSpec(VALIDATION, _INVALID + "Unknown ProjectionType: null", _RECORDED)
PROJECTION_WITH_ATTRIBUTES = ErrorSpec(
    VALIDATION,
    _INVALID + "ProjectionType is {type}, but NonKeyAttributes is specified",
    _RECORDED,
)
PROJECTION_WITHOUT_ATTRIBUTES = ErrorSpec(
    VALIDATION,
    _INVALID + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified",
    "ours, in the form of its opposite",
)
DUPLICATE_INDEX = ErrorSpec(VALIDATION, _INVALID + "Duplicate index name: {index}", _RECORDED)
TOO_MANY_LOCAL_INDEXES = ErrorSpec(
    VALIDATION, _INVALID + "Number of LocalSecondaryIndexes exceeds per-table limit of 5", _RECORDED
)
GLOBAL_INDEXES_EMPTY = ErrorSpec(VALIDATION, _INVALID + "List of GlobalSecondaryIndexes is empty", _RECORDED)
TOO_MANY_GLOBAL_INDEXES = ErrorSpec(
    VALIDATION,
    _INVALID + "GlobalSecondaryIndex count exceeds the per-table limit of 20",
    _RECORDED,
)
TOO_MANY_PROJECTED = ErrorSpec(
    VALIDATION,
    _INVALID + "Number of NonKeyAttributes of all indexes exceeds the per-table limit of 100",
    "ours: AWS's text is not known",
)

# -- what this version does not do yet: refused rather than accepted without effect

NOT_YET = ErrorSpec(
    VALIDATION, "Kilowatt does not support {parameter} in {operation} yet.", "ours", Stage.EXECUTION
)
TOO_MANY_TABLES = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: There is a limit of {limit} tables per subscriber",
    "seen on AWS, when the limit was 256",
    Stage.EXECUTION,
)
