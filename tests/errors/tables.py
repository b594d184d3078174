"""How the texts of `kilowatt.errors.tables` are provoked: schemas, indexes, throughput, existence, limits."""

from collections.abc import Sequence
from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, Server, invalid
from tests.operations.calls import PARAMETERS
from tests.operations.standing import HASH, INDEXED, MISSING, index, key_schema
from tests.operations.table_requests import (
    TOO_MANY_UNITS,
    UNITS,
    definitions,
    provisioned,
    table,
    with_index,
)

LIMIT = "LimitExceededException: Subscriber limit exceeded: "
IN_USE = "ResourceInUseException: Attempt to change a resource which is still in use: "
HIGHER = " Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
ON_DEMAND = {"BillingMode": "PAY_PER_REQUEST"}
PROVISIONED = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS}
PROVISIONED_INDEX = with_index("a", ProvisionedThroughput=UNITS)

Step = tuple[str, dict[str, Any]]


def _create(
    refusal: str, request: dict[str, Any], *before: Step, server: Server = Server.PLAIN
) -> Provocation:
    return Provocation("CreateTable", request, refusal, before=before, server=server)


def _update(refusal: str, name: str, *before: Step, **parameters: Any) -> Provocation:
    return Provocation("UpdateTable", {"TableName": name, **parameters}, refusal, before=before)


def _created(name: str, *keys: str, **parameters: Any) -> Step:
    """Makes a table on demand."""
    return "CreateTable", table(*(keys or ("pk",)), TableName=name, **parameters)


def _created_provisioned(name: str, **parameters: Any) -> Step:
    return "CreateTable", provisioned("pk", TableName=name, ProvisionedThroughput=UNITS, **parameters)


def _updated(name: str, **parameters: Any) -> Step:
    return "UpdateTable", {"TableName": name, **parameters}


def _read_units(units: int) -> dict[str, Any]:
    return {"ProvisionedThroughput": {**UNITS, "ReadCapacityUnits": units}}


def _index_updates(**actions: Any) -> dict[str, Any]:
    return {"GlobalSecondaryIndexUpdates": [{action: content} for action, content in actions.items()]}


def _locals(
    *indexes: dict[str, Any], keys: Sequence[str] = ("pk", "sk"), further: Sequence[str] = ("a",)
) -> Any:
    return table(*keys, further=tuple(further), LocalSecondaryIndexes=list(indexes))


def _globals(*indexes: dict[str, Any], **parameters: Any) -> Any:
    return table("pk", further=("a",), GlobalSecondaryIndexes=list(indexes), **parameters)


EXISTENCE = {
    "TABLE_NOT_FOUND": Provocation(
        "DescribeTable",
        {"TableName": MISSING},
        f"ResourceNotFoundException: Requested resource not found: Table: {MISSING} not found",
    ),
    "TABLE_EXISTS": _create(
        f"ResourceInUseException: Table already exists: {HASH}", table("pk", TableName=HASH)
    ),
    "TABLE_IN_CHANGE": Provocation(
        "DeleteTable",
        {"TableName": "errors-creating"},
        IN_USE + "Table is being created: errors-creating",
        before=[_created("errors-creating")],
        server=Server.SLOW,
    ),
    "DELETION_PROTECTED": Provocation(
        "DeleteTable",
        {"TableName": "errors-protected"},
        invalid(
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
            "protection first."
        ),
        before=[_created("errors-protected", DeletionProtectionEnabled=True)],
    ),
    "NOT_YET": _create(
        invalid("Kilowatt does not support GlobalTableSourceArn in CreateTable yet."),
        table("pk", GlobalTableSourceArn="arn:aws:dynamodb:us-east-1:000000000000:table/source"),
    ),
}

THROUGHPUT = {
    "THROUGHPUT_ON_DEMAND": _create(
        invalid(
            PARAMETERS + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode "
            "is PAY_PER_REQUEST"
        ),
        table("pk", ProvisionedThroughput=UNITS),
    ),
    "THROUGHPUT_REQUIRED": _create(
        invalid(
            PARAMETERS
            + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is "
            "PROVISIONED"
        ),
        provisioned("pk"),
    ),
    "THROUGHPUT_OUT_OF_BOUNDS": _create(
        invalid("Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
        provisioned("pk", ProvisionedThroughput={**UNITS, "ReadCapacityUnits": TOO_MANY_UNITS}),
    ),
    "INDEX_THROUGHPUT_ON_DEMAND": _create(
        invalid(
            PARAMETERS + "ProvisionedThroughput should not be specified for index: idx when BillingMode is "
            "PAY_PER_REQUEST"
        ),
        _globals(PROVISIONED_INDEX),
    ),
    "INDEX_THROUGHPUT_REQUIRED": _update(
        invalid(PARAMETERS + "ProvisionedThroughput must be specified for index: global-b,global-c"),
        INDEXED,
        **PROVISIONED,
    ),
    "INDEX_THROUGHPUT_OUT_OF_BOUNDS": _update(
        invalid(
            "This operation cannot be performed with given input values. Please contact DynamoDB service "
            "team for more info: Action Blocked: IndexUpdate"
        ),
        INDEXED,
        **PROVISIONED,
        **_index_updates(
            Update={
                "IndexName": "global-b",
                "ProvisionedThroughput": {**UNITS, "WriteCapacityUnits": TOO_MANY_UNITS},
            }
        ),
    ),
    "WARM_THROUGHPUT_TOO_LOW": _create(
        invalid(
            PARAMETERS + "Requested WriteUnitsPerSecond for WarmThroughput for table is lower than initial "
            "throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
            "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
        ),
        table("pk", WarmThroughput={"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 3_999}),
    ),
    "WARM_THROUGHPUT_LOWERED": _update(
        invalid(
            PARAMETERS + "Requested ReadUnitsPerSecond for WarmThroughput for index global-b is lower than "
            "current WarmThroughput, decreasing WarmThroughput is not supported"
        ),
        INDEXED,
        **_index_updates(Update={"IndexName": "global-b", "WarmThroughput": {"ReadUnitsPerSecond": 11_999}}),
    ),
    "UPDATE_THROUGHPUT_REQUIRED": _update(
        invalid(PARAMETERS + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"),
        HASH,
        BillingMode="PROVISIONED",
    ),
    "THROUGHPUT_UNCHANGED": _update(
        invalid(
            "The provisioned throughput for the table will not change. The requested value equals the "
            "current value. Current ReadCapacityUnits provisioned for the table: 5. Requested "
            "ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 6. Requested "
            "WriteCapacityUnits: 6. Refer to the Amazon DynamoDB Developer Guide for current limits and how "
            "to request higher limits."
        ),
        "errors-unchanged",
        _created_provisioned("errors-unchanged"),
        ProvisionedThroughput=UNITS,
    ),
}

LIMITS = {
    "TOO_MANY_DECREASES": _update(
        LIMIT + "Provisioned throughput decreases are limited within a given UTC day. After the first 4 "
        "decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 "
        "seconds. Number of decreases today: 4. Last decrease at <time>. Next decrease can be made at <time>",
        "errors-decreases",
        _created_provisioned("errors-decreases"),
        *(_updated("errors-decreases", **_read_units(units)) for units in (9, 8, 7, 6, 5)),
        **_read_units(4),
    ),
    "TOO_MANY_SWITCHES": _update(
        LIMIT + "Update to PayPerRequest mode are limited to 4 times in 1 day(s).",
        "errors-switches",
        _created_provisioned("errors-switches"),
        *(_updated("errors-switches", **mode) for _ in range(4) for mode in (ON_DEMAND, PROVISIONED)),
        **ON_DEMAND,
    ),
    "TOO_MANY_CLASS_CHANGES": _update(
        LIMIT + "Updates to TableClass are limited to 2 times in 30 day(s).",
        "errors-classes",
        _created("errors-classes"),
        _updated("errors-classes", TableClass="STANDARD_INFREQUENT_ACCESS"),
        _updated("errors-classes", TableClass="STANDARD"),
        TableClass="STANDARD_INFREQUENT_ACCESS",
    ),
}

UPDATES = {
    "NOTHING_TO_UPDATE": _update(
        invalid(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
            "GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required"
        ),
        HASH,
    ),
    "EMPTY_INDEX_UPDATE": _update(
        invalid(
            PARAMETERS + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
            "GlobalSecondaryIndexUpdate.Delete must not be null"
        ),
        HASH,
        GlobalSecondaryIndexUpdates=[{}],
    ),
    "DUPLICATE_INDEX_UPDATE": _update(
        invalid(
            PARAMETERS + "Only one global secondary index update per index is allowed simultaneously. Index: "
            "idx"
        ),
        HASH,
        **_index_updates(Delete={"IndexName": "idx"}, Create=with_index("pk")),
    ),
    "INDEX_EXISTS": _update(
        invalid("Attempting to create an index which already exists"),
        INDEXED,
        **_index_updates(Create=index("global-b", "pk")),
    ),
    "ONE_INDEX_AT_A_TIME": _update(
        LIMIT + "Only 1 online index can be created or deleted simultaneously per table",
        INDEXED,
        GlobalSecondaryIndexUpdates=[
            {"Delete": {"IndexName": "global-b"}},
            {"Delete": {"IndexName": "global-c"}},
        ],
    ),
    "TOO_MANY_GLOBAL_INDEXES_BY_UPDATE": _update(
        LIMIT + "Number of global secondary indexes exceeds per-table limit of 20",
        "errors-indexes",
        _created(
            "errors-indexes",
            GlobalSecondaryIndexes=[index(f"index-{number}", "pk") for number in range(20)],
        ),
        **_index_updates(Create=index("index-20", "pk")),
    ),
    "INDEX_OF_TABLE_NOT_FOUND": _update(
        f"ResourceNotFoundException: Requested resource not found: Index: none not found for table: {HASH}",
        HASH,
        **_index_updates(Delete={"IndexName": "none"}),
    ),
}

SCHEMAS = {
    "MORE_KEYS_THAN_DEFINITIONS": _create(
        invalid("Invalid KeySchema: Some index key attribute have no definition"),
        table("pk", "sk", AttributeDefinitions=definitions("pk")),
    ),
    "KEYS_NOT_DEFINED": _create(
        invalid(
            PARAMETERS + "Some index key attributes are not defined in AttributeDefinitions. Keys: [pk], "
            "AttributeDefinitions: [a]"
        ),
        table("pk", AttributeDefinitions=definitions("a")),
    ),
    "SAME_NAME_TWICE": _create(
        invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name"),
        table("pk", "pk", further=("a",), AttributeDefinitions=definitions("pk", "a")),
    ),
    "FIRST_NOT_HASH": _create(
        invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type"),
        table("pk", KeySchema=[{"AttributeName": "pk", "KeyType": "RANGE"}]),
    ),
    "SECOND_NOT_RANGE": _create(
        invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type"),
        table("pk", "sk", KeySchema=key_schema("pk") + key_schema("sk")),
    ),
    "UNUSED_DEFINITIONS": _create(
        invalid(
            PARAMETERS + "Number of attributes in KeySchema does not exactly match number of attributes "
            "defined in AttributeDefinitions"
        ),
        table("pk", further=("a",)),
    ),
    "UNUSED_DEFINITIONS_WITH_INDEXES": _create(
        invalid(
            PARAMETERS
            + "Some AttributeDefinitions are not used. AttributeDefinitions: [pk, a, b], keys used: "
            "[a, pk]"
        ),
        table("pk", further=("a", "b"), GlobalSecondaryIndexes=[with_index("a")]),
    ),
    "DEFINITION_CHANGED": _update(
        invalid(PARAMETERS + "AttributeDefinitions give another type to a key attribute of the table: pk"),
        HASH,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "N"}, *definitions("a")],
        **_index_updates(Create=index("idx", "a")),
    ),
    "DUPLICATE_DEFINITION": _create(
        invalid("Attribute Name is duplicated: pk"),
        table(
            "pk",
            AttributeDefinitions=[*definitions("pk"), {"AttributeName": "pk", "AttributeType": "N"}],
        ),
    ),
}

QUOTAS = {
    "TABLE_UNITS_OVER_QUOTA": _create(
        "LimitExceededException: The requested ReadCapacityUnits, 40001, is above the per table maximum for "
        "the account in us-east-1. Per table maximum: 40000." + HIGHER,
        provisioned("pk", ProvisionedThroughput={**UNITS, "ReadCapacityUnits": 40_001}),
    ),
    "INDEX_UNITS_OVER_QUOTA": _update(
        "LimitExceededException: The requested WriteCapacityUnits for index idx, 40001, is above the per "
        "index maximum for the account in us-east-1. Per index maximum: 40000." + HIGHER,
        "errors-quota",
        _created_provisioned(
            "errors-quota",
            AttributeDefinitions=definitions("pk", "a"),
            GlobalSecondaryIndexes=[index("idx", "a") | {"ProvisionedThroughput": UNITS}],
        ),
        **_index_updates(
            Update={"IndexName": "idx", "ProvisionedThroughput": {**UNITS, "WriteCapacityUnits": 40_001}}
        ),
    ),
    "SETTING_OVER_QUOTA": _create(
        LIMIT + "Requested MaxReadRequestUnits for OnDemandThroughput for table exceeds "
        "TableMaxReadCapacityUnits of the account in region us-east-1",
        table("pk", OnDemandThroughput={"MaxReadRequestUnits": 40_001}),
    ),
    "ACCOUNT_UNITS_OVER_QUOTA": _create(
        "LimitExceededException: This request would have caused the ReadCapacityUnits limit to be exceeded "
        "for the account in us-east-1. Current ReadCapacityUnits reserved by the account: 0. Limit: 10. "
        "Requested: 11." + HIGHER,
        provisioned("pk", ProvisionedThroughput={**UNITS, "ReadCapacityUnits": 11}),
        server=Server.POOR,
    ),
}

INDEXES = {
    "LOCAL_INDEXES_EMPTY": _create(
        invalid(PARAMETERS + "List of LocalSecondaryIndexes is empty"), _locals(further=())
    ),
    "LOCAL_INDEX_NEEDS_RANGE_TABLE": _create(
        invalid(
            PARAMETERS + "Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex"
        ),
        _locals(with_index("pk", "a"), keys=("pk",)),
    ),
    "LOCAL_INDEX_NEEDS_RANGE": _create(
        invalid(PARAMETERS + "Index KeySchema does not have a range key for index: idx"),
        _locals(with_index("pk"), further=()),
    ),
    "LOCAL_INDEX_OTHER_HASH": _create(
        invalid(
            PARAMETERS + "Index KeySchema does not have the same leading hash key as table KeySchema for "
            "index: idx. index hash key: a, table hash key: pk"
        ),
        _locals(with_index("a", "sk")),
    ),
    "PROJECTION_UNKNOWN": _create(
        invalid(PARAMETERS + "Unknown ProjectionType: null"), _globals(with_index("a", Projection={}))
    ),
    "PROJECTION_WITH_ATTRIBUTES": _create(
        invalid(PARAMETERS + "ProjectionType is KEYS_ONLY, but NonKeyAttributes is specified"),
        _globals(with_index("a", Projection={"ProjectionType": "KEYS_ONLY", "NonKeyAttributes": ["x"]})),
    ),
    "PROJECTION_WITHOUT_ATTRIBUTES": _create(
        invalid(PARAMETERS + "ProjectionType is INCLUDE, but NonKeyAttributes is not specified"),
        _globals(with_index("a", Projection={"ProjectionType": "INCLUDE"})),
    ),
    "DUPLICATE_INDEX": _create(
        invalid(PARAMETERS + "Duplicate index name: idx"), _globals(with_index("a"), with_index("a"))
    ),
    "TOO_MANY_LOCAL_INDEXES": _create(
        invalid(PARAMETERS + "Number of LocalSecondaryIndexes exceeds per-table limit of 5"),
        _locals(*(index(f"index-{number}", "pk", "a") for number in range(6))),
    ),
    "GLOBAL_INDEXES_EMPTY": _create(
        invalid(PARAMETERS + "List of GlobalSecondaryIndexes is empty"),
        table("pk", GlobalSecondaryIndexes=[]),
    ),
    "TOO_MANY_GLOBAL_INDEXES": _create(
        invalid(PARAMETERS + "GlobalSecondaryIndex count exceeds the per-table limit of 20"),
        _globals(*(index(f"index-{number}", "a") for number in range(21))),
    ),
    "TOO_MANY_PROJECTED": _create(
        invalid(PARAMETERS + "Number of NonKeyAttributes of all indexes exceeds the per-table limit of 100"),
        _globals(
            *(
                index(f"index-{number}", "a")
                | {
                    "Projection": {
                        "ProjectionType": "INCLUDE",
                        "NonKeyAttributes": [f"{number}-{attribute}" for attribute in range(17)],
                    }
                }
                for number in range(6)
            )
        ),
    ),
}

PROVOCATIONS = {**EXISTENCE, **THROUGHPUT, **LIMITS, **UPDATES, **SCHEMAS, **INDEXES, **QUOTAS}

ELSEWHERE = {
    "INDEX_IN_UPDATE": Elsewhere(
        "takes a table that was created a while ago and is being changed now",
        "tests/operations/test_table_lifecycle.py::test_an_index_being_updated_is_not_updated_again",
    ),
    "INDEX_IN_CREATION": Elsewhere(
        "takes an index that is being filled at the time of the request",
        "tests/operations/test_index_updates.py::"
        "test_an_index_being_filled_is_not_read_and_its_table_not_deleted",
    ),
    "TOO_MANY_CHANGES": Elsewhere(
        "takes 500 tables that are changing",
        "tests/operations/test_table_lifecycle.py::test_more_than_five_hundred_changing_tables_are_too_many",
    ),
    "TOO_MANY_TABLES": Elsewhere(
        "takes 2,500 tables",
        "tests/operations/test_table_limits.py::test_an_account_has_no_more_than_2500_tables_in_a_region",
    ),
}
