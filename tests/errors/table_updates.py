"""How the texts of `kilowatt.errors.table_updates` are provoked."""

from typing import Any

from tests.errors.provocation import Provocation, invalid
from tests.operations.calls import PARAMETERS
from tests.operations.standing import HASH, INDEXED, index
from tests.operations.table_requests import TOO_MANY_UNITS, UNITS, definitions, provisioned

PROVISIONED = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS}
LIMITS = {"OnDemandThroughput": {"MaxReadRequestUnits": 5}}
WARM = {"WarmThroughput": {"ReadUnitsPerSecond": 13_000}}
STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}
HIGHER = " Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."

Step = tuple[str, dict[str, Any]]


def _update(refusal: str, name: str, *before: Step, **parameters: Any) -> Provocation:
    return Provocation("UpdateTable", {"TableName": name, **parameters}, refusal, before=before)


def _created(name: str) -> Step:
    """Makes a provisioned table with an index `idx`."""
    indexes = [{**index("idx", "a"), "ProvisionedThroughput": UNITS}]
    return "CreateTable", provisioned(
        "pk", further=("a",), TableName=name, ProvisionedThroughput=UNITS, GlobalSecondaryIndexes=indexes
    )


def _index(*updates: dict[str, Any]) -> dict[str, Any]:
    return {"GlobalSecondaryIndexUpdates": list(updates)}


def _index_update(name: str, **content: Any) -> dict[str, Any]:
    return _index({"Update": {"IndexName": name, **content}})


CREATION = {
    "AttributeDefinitions": definitions("a"),
    **_index({"Create": index("another", "a")}),
}

TOGETHER = {
    "NOTHING_TO_UPDATE": _update(
        invalid(
            "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
            "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
            "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, "
            "WarmThroughput or TableClass is required"
        ),
        HASH,
    ),
    "ENCRYPTION_ALONE": _update(
        invalid(PARAMETERS + "Server-Side Encryption modification must be the only operation in the request"),
        HASH,
        SSESpecification={"Enabled": True},
        TableClass="STANDARD",
    ),
    "CLASS_ALONE": _update(
        invalid(PARAMETERS + "TableClass modification must be the only operation in the request"),
        HASH,
        TableClass="STANDARD",
        DeletionProtectionEnabled=True,
    ),
    "PROTECTION_ALONE": _update(
        invalid(PARAMETERS + "DeletionProtection modification must be the only operation in the request"),
        HASH,
        DeletionProtectionEnabled=True,
        **LIMITS,
    ),
    "ON_DEMAND_LIMITS_WITH_MODE_ONLY": _update(
        invalid(
            PARAMETERS + "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"
        ),
        HASH,
        **LIMITS,
        **WARM,
    ),
    "WARM_ALONE": _update(
        invalid(PARAMETERS + "WarmThroughput must be the only operation in the request"),
        HASH,
        **WARM,
        **STREAM,
    ),
    "NO_CREATION_WITH_WARM": _update(
        invalid(
            PARAMETERS + "Create global secondary index cannot be specified when updating WarmThroughput"
        ),
        HASH,
        **WARM,
        **CREATION,
    ),
    "INDEXES_NOT_WITH_UNITS": _update(
        invalid(PARAMETERS + "You cannot create or delete index while updating table IOPS"),
        "errors-creation-with-units",
        _created("errors-creation-with-units"),
        ProvisionedThroughput={**UNITS, "ReadCapacityUnits": 9},
        **CREATION,
    ),
}

INDEXES = {
    "INDEX_UPDATES_EMPTY": _update(
        invalid(PARAMETERS + "List of GlobalSecondaryIndexUpdates is empty"),
        HASH,
        DeletionProtectionEnabled=False,
        **_index(),
    ),
    "EMPTY_INDEX_UPDATE": _update(
        invalid(
            PARAMETERS + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
            "GlobalSecondaryIndexUpdate.Delete must not be null"
        ),
        HASH,
        **_index({}),
    ),
    "SEVERAL_INDEX_ACTIONS": _update(
        invalid(
            PARAMETERS
            + "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object"
        ),
        INDEXED,
        **_index({"Update": {"IndexName": "global-b", **LIMITS}, "Delete": {"IndexName": "global-c"}}),
    ),
    "DUPLICATE_INDEX_UPDATE": _update(
        invalid(
            PARAMETERS + "Only one global secondary index update per index is allowed simultaneously. Index: "
            "idx"
        ),
        HASH,
        AttributeDefinitions=definitions("a"),
        **_index({"Delete": {"IndexName": "idx"}}, {"Create": index("idx", "a")}),
    ),
    "INDEX_WARM_EMPTY": _update(
        invalid(
            PARAMETERS + "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond "
            "specified for index: ghost"
        ),
        INDEXED,
        TableClass="STANDARD",
        **_index_update("ghost", WarmThroughput={}),
    ),
    "INDEX_DEFINITIONS_MISSING": _update(
        invalid(PARAMETERS + "AttributeDefinitions is not specified for index: another"),
        HASH,
        **_index({"Create": index("another", "a")}),
    ),
    "INDEX_NOT_FOUND": _update(
        f"ResourceNotFoundException: Requested resource not found: Index ghost for table {INDEXED}",
        INDEXED,
        **_index(
            {"Update": {"IndexName": "global-b", **LIMITS}}, {"Update": {"IndexName": "ghost", **LIMITS}}
        ),
    ),
    "INDEX_NOT_GLOBAL": _update(
        invalid("Cannot delete an index that is not a GlobalSecondaryIndex: local-a"),
        INDEXED,
        **_index({"Delete": {"IndexName": "local-a"}}),
    ),
    "INDEX_EXISTS": _update(
        invalid("Attempting to create an index which already exists"),
        INDEXED,
        AttributeDefinitions=definitions("c"),
        **_index({"Create": index("local-a", "c")}),
    ),
}

THROUGHPUT = {
    "UNITS_MISSING": _update(
        invalid(PARAMETERS + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"),
        HASH,
        BillingMode="PROVISIONED",
    ),
    "UNITS_WITH_SWITCH": _update(
        invalid(PARAMETERS + "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST"),
        "errors-switch",
        _created("errors-switch"),
        BillingMode="PAY_PER_REQUEST",
        ProvisionedThroughput=UNITS,
    ),
    "UNITS_UNCHANGED": _update(
        invalid(
            "The provisioned throughput for the table will not change. The requested value equals the "
            "current value. Current ReadCapacityUnits provisioned for the table: 5. Requested "
            "ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for the table: 6. Requested "
            "WriteCapacityUnits: 6." + HIGHER
        ),
        "errors-unchanged",
        _created("errors-unchanged"),
        ProvisionedThroughput=UNITS,
    ),
    "INDEX_UNITS_UNCHANGED": _update(
        invalid(
            "The provisioned throughput for the index idx will not change. The requested value equals the "
            "current value. Current ReadCapacityUnits provisioned for index idx: 5. Requested "
            "ReadCapacityUnits: 5. Current WriteCapacityUnits provisioned for index idx: 6. Requested "
            "WriteCapacityUnits: 6." + HIGHER
        ),
        "errors-index-unchanged",
        _created("errors-index-unchanged"),
        **_index_update("idx", ProvisionedThroughput=UNITS),
    ),
    "INDEX_UNITS_MISSING": _update(
        invalid(PARAMETERS + "ProvisionedThroughput must be specified for index: global-b,global-c"),
        INDEXED,
        **PROVISIONED,
    ),
    "NEW_INDEX_UNITS_MISSING": _update(
        invalid(
            PARAMETERS + "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: another"
        ),
        "errors-new-index",
        _created("errors-new-index"),
        **CREATION,
    ),
    "NEW_INDEX_UNITS_ON_DEMAND": _update(
        invalid(
            PARAMETERS
            + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: another "
            "when BillingMode is PAY_PER_REQUEST"
        ),
        HASH,
        AttributeDefinitions=definitions("a"),
        **_index({"Create": {**index("another", "a"), "ProvisionedThroughput": UNITS}}),
    ),
    "INDEX_UPDATES_ON_DEMAND": _update(
        invalid(
            PARAMETERS
            + "The only Updates for index: global-b when TableThroughputMode is PAY_PER_REQUEST can "
            "be to OnDemandThroughput, WarmThroughput"
        ),
        INDEXED,
        **_index_update("global-b", ProvisionedThroughput=UNITS),
    ),
    "INDEX_THROUGHPUT_OUT_OF_BOUNDS": _update(
        invalid(
            "This operation cannot be performed with given input values. Please contact DynamoDB service "
            "team for more info: Action Blocked: IndexUpdate"
        ),
        "errors-bounds",
        _created("errors-bounds"),
        **_index_update("idx", ProvisionedThroughput={**UNITS, "WriteCapacityUnits": TOO_MANY_UNITS}),
    ),
    "ON_DEMAND_LIMITS_PROVISIONED": _update(
        invalid(
            PARAMETERS
            + "MaxReadRequestUnits for OnDemandThroughput for index : idx cannot be specified when "
            "the table BillingMode is PROVISIONED"
        ),
        "errors-limits",
        _created("errors-limits"),
        **_index_update("idx", **LIMITS),
    ),
    "WARM_THROUGHPUT_LOWERED": _update(
        invalid(
            PARAMETERS + "Requested ReadUnitsPerSecond for WarmThroughput for index global-b is lower than "
            "current WarmThroughput, decreasing WarmThroughput is not supported"
        ),
        INDEXED,
        **_index_update("global-b", WarmThroughput={"ReadUnitsPerSecond": 11_999}),
    ),
}

PROVOCATIONS = {**TOGETHER, **INDEXES, **THROUGHPUT}
