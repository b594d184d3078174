"""Refusals of table operations: key schemas, indexes, throughput, existence, quotas.

Those of UpdateTable alone are in `errors/table_updates.py`, those for a table's state in
`errors/table_states.py`.
"""

from kilowatt.errors.base import (
    ACCESS_DENIED,
    LIMIT_EXCEEDED,
    RESOURCE_IN_USE,
    RESOURCE_NOT_FOUND,
    VALIDATION,
    ErrorSpec,
    Stage,
    measured,
)

_RECORDED = "seen on AWS"
_INVALID = "One or more parameter values were invalid: "

# -- existence and state

TABLE_NOT_FOUND = ErrorSpec(
    RESOURCE_NOT_FOUND, "Requested resource not found: Table: {table} not found", _RECORDED, Stage.EXECUTION
)
TABLE_EXISTS = ErrorSpec(RESOURCE_IN_USE, "Table already exists: {table}", _RECORDED, Stage.EXECUTION)
ANOTHER_REGION = ErrorSpec(
    VALIDATION, "1 validation error detected: Invalid AWS region in '{arn}'", measured("DDB-TABLE-442")
)
ANOTHER_ACCOUNT = ErrorSpec(ACCESS_DENIED, "Access is denied", measured("DDB-TABLE-011"))
TOO_MANY_CHANGES = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Only {limit} tables can be created, updated, or deleted simultaneously",
    _RECORDED + ", when the limit was 10",
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
    _INVALID + "ProvisionedThroughput is not specified for index: {index}",
    measured("DDB-TABLE-128"),
)
ON_DEMAND_LIMITS_PROVISIONED = ErrorSpec(
    VALIDATION,
    _INVALID
    + "{unit} for OnDemandThroughput{place} cannot be specified when table BillingMode is PROVISIONED.",
    measured("DDB-TABLE-128", "; for an index the end is as for a table"),
)
ON_DEMAND_LIMITS_OUT_OF_RANGE = ErrorSpec(
    VALIDATION,
    _INVALID + "Requested {unit} for OnDemandThroughput for {place} is outside of valid range",
    measured("DDB-TABLE-039 and DDB-TABLE-128"),
)
WARM_THROUGHPUT_TOO_LOW = ErrorSpec(
    VALIDATION,
    _INVALID
    + "Requested {unit} for WarmThroughput for {place} is lower than initial throughput for OnDemand. See: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/on-demand-capacity-mode.html"
    "#on-demand-capacity-mode-initial",
    _RECORDED + ", 2026",
)
WARM_THROUGHPUT_BELOW_UNITS = ErrorSpec(
    VALIDATION,
    _INVALID + "Requested {unit} for WarmThroughput for {place} is lower than {provisioned} of "
    "ProvisionedThroughput",
    measured("DDB-TABLE-039", " for the reads of a table"),
)
TOO_MANY_DECREASES = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the "
    "first {first} decreases, each subsequent decrease in the same UTC day can be performed at most once every "
    "{seconds} seconds. Number of decreases today: {today}. Last decrease at {last}. Next decrease can be made "
    "at {next}",
    measured("DDB-TABLE-184 and DDB-TABLE-326"),
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
ONE_INDEX_AT_A_TIME = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    _RECORDED,
    Stage.EXECUTION,
)
TOO_MANY_GLOBAL_INDEXES_BY_UPDATE = ErrorSpec(
    LIMIT_EXCEEDED,
    "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of {limit}",
    measured("DDB-TABLE-169"),
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
    "Per table maximum: {limit}." + _HIGHER_LIMITS,
    measured("DDB-TABLE-170"),
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
    measured("DDB-TABLE-443", "; that what is requested is what comes in addition is ours"),
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
INDEX_SAME_NAME_TWICE = ErrorSpec(
    VALIDATION, "The KeySchema contains multiple key attributes with the same name", measured("DDB-TABLE-123")
)
HASH_AFTER_RANGE = ErrorSpec(
    VALIDATION,
    _INVALID + "All HASH key attributes must precede RANGE key attributes in the KeySchema",
    measured("DDB-TABLE-123"),
)
TOO_MANY_KEY_ATTRIBUTES = ErrorSpec(
    VALIDATION,
    _INVALID + "The KeySchema exceeds the maximum allowed number of {type} key attributes",
    measured("DDB-TABLE-123"),
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
    measured("DDB-TABLE-126"),
)
DUPLICATE_PROJECTED = ErrorSpec(
    VALIDATION,
    _INVALID + "Duplicate element in NonKeyAttributes: {attribute}",
    measured("DDB-TABLE-126 and DDB-TABLE-442"),
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
UNKNOWN_CLASS = ErrorSpec(
    VALIDATION,
    "Invalid table-class parameter provided. Please try again with a valid table-class value: [{values}].",
    measured("DDB-TABLE-442", "; its place in the order of checks is ours"),
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
