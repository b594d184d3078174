"""The order in which CreateTable checks a definition: of two faults, the earlier one is reported."""

from typing import Any

import pytest
from tests.operations.calls import LEAD, PARAMETERS, Request, invalid, refusal
from tests.operations.standing import RANGE, index, key_schema
from tests.operations.table_requests import (
    FIRST_NOT_HASH,
    HASH_KEY,
    ON_DEMAND_WITH_UNITS,
    RANGE_KEY,
    SAME_NAME,
    SECOND_NOT_RANGE,
    TOO_MANY_UNITS,
    UNITS,
    UNITS_MISSING,
    definitions,
    not_defined,
    provisioned,
    table,
    with_index,
)

ALL_AND_SOME = {"ProjectionType": "ALL", "NonKeyAttributes": ["x"]}
INDEX_UNITS_ON_DEMAND = invalid(
    PARAMETERS + "ProvisionedThroughput should not be specified for index: idx when BillingMode is "
    "PAY_PER_REQUEST"
)
# Two faults, of which AWS reports the first.
TWO_FAULTS: list[tuple[str, Request, str]] = [
    (
        "model_before_class",
        table("pk", TableName="n", TableClass="GLASS"),
        invalid(
            LEAD
            + "Value 'n' at 'tableName' failed to satisfy constraint: Member must have length greater than "
            "or equal to 3"
        ),
    ),
    (
        "class_before_billing_mode",
        table("pk", ProvisionedThroughput=UNITS, TableClass="GLASS"),
        invalid(
            "Invalid table-class parameter provided. Please try again with a valid table-class value: "
            "[STANDARD, STANDARD_INFREQUENT_ACCESS]."
        ),
    ),
    (
        "billing_mode_before_units",
        table(
            "pk",
            ProvisionedThroughput={"ReadCapacityUnits": TOO_MANY_UNITS, "WriteCapacityUnits": 1},
        ),
        ON_DEMAND_WITH_UNITS,
    ),
    (
        "missing_units_before_key_schema",
        provisioned("pk", "sk", AttributeDefinitions=definitions("pk")),
        UNITS_MISSING,
    ),
    (
        "units_before_key_schema",
        provisioned(
            "pk",
            "sk",
            AttributeDefinitions=definitions("pk"),
            ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": TOO_MANY_UNITS},
        ),
        invalid("Given value 1000000000001 for WriteCapacityUnits is out of bounds"),
    ),
    (
        "number_of_definitions_before_their_names",
        table("pk", "sk", AttributeDefinitions=definitions("other")),
        invalid("Invalid KeySchema: Some index key attribute have no definition"),
    ),
    (
        "definitions_before_same_name",
        table("pk", KeySchema=key_schema("pk", "pk"), AttributeDefinitions=definitions("a", "b")),
        not_defined("pk, pk", "a, b"),
    ),
    (
        "same_name_before_first_not_hash",
        table(
            "pk",
            KeySchema=[{**HASH_KEY, "KeyType": "RANGE"}, HASH_KEY],
            AttributeDefinitions=definitions("pk", "sk"),
        ),
        SAME_NAME,
    ),
    (
        "first_not_hash_before_second_not_range",
        table("pk", "sk", KeySchema=[{**HASH_KEY, "KeyType": "RANGE"}, {**RANGE_KEY, "KeyType": "HASH"}]),
        FIRST_NOT_HASH,
    ),
    (
        "second_not_range_before_unused_definition",
        table("pk", "sk", further=("x",), KeySchema=[HASH_KEY, {**RANGE_KEY, "KeyType": "HASH"}]),
        SECOND_NOT_RANGE,
    ),
    (
        "second_not_range_before_empty_local_indexes",
        table("pk", "sk", KeySchema=[HASH_KEY, {**RANGE_KEY, "KeyType": "HASH"}], LocalSecondaryIndexes=[]),
        SECOND_NOT_RANGE,
    ),
    (
        "empty_local_indexes_before_hash-only_table",
        table("pk", LocalSecondaryIndexes=[]),
        invalid(PARAMETERS + "List of LocalSecondaryIndexes is empty"),
    ),
    (
        "hash-only_table_before_local_index",
        table("pk", LocalSecondaryIndexes=[index("idx", "pk", "undefined")]),
        invalid(
            PARAMETERS + "Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex"
        ),
    ),
    (
        "missing_range_key_before_other_hash_key",
        table("pk", "sk", LocalSecondaryIndexes=[index("idx", "sk")]),
        invalid(PARAMETERS + "Index KeySchema does not have a range key for index: idx"),
    ),
    (
        "other_hash_key_before_projection",
        table("pk", "sk", LocalSecondaryIndexes=[with_index("sk", "pk", Projection={})]),
        invalid(
            PARAMETERS + "Index KeySchema does not have the same leading hash key as table KeySchema for "
            "index: idx. index hash key: sk, table hash key: pk"
        ),
    ),
    (
        "projection_before_duplicate_name",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[index("idx", "pk", "sk"), with_index("pk", "sk", Projection={})],
        ),
        invalid(PARAMETERS + "Unknown ProjectionType: null"),
    ),
    (
        "duplicate_name_before_too_many_local_indexes",
        table("pk", "sk", LocalSecondaryIndexes=[index("idx", "pk", "sk") for _ in range(6)]),
        invalid(PARAMETERS + "Duplicate index name: idx"),
    ),
    (
        "too_many_local_indexes_before_empty_global_indexes",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[index(f"idx-{n}", "pk", "sk") for n in range(6)],
            GlobalSecondaryIndexes=[],
        ),
        invalid(PARAMETERS + "Number of LocalSecondaryIndexes exceeds per-table limit of 5"),
    ),
    (
        "projection_before_index_units",
        table("pk", GlobalSecondaryIndexes=[with_index("pk", Projection={}, ProvisionedThroughput=UNITS)]),
        invalid(PARAMETERS + "Unknown ProjectionType: null"),
    ),
    (
        "duplicate_name_before_too_many_global_indexes",
        table("pk", GlobalSecondaryIndexes=[index("idx", "pk") for _ in range(21)]),
        invalid(PARAMETERS + "Duplicate index name: idx"),
    ),
    (
        "local_index_undefined_key_before_same_name",
        table("pk", "sk", LocalSecondaryIndexes=[index("idx", "a", "a")]),
        not_defined("a, a", "pk, sk"),
    ),
    (
        "local_index_same_name_before_first_not_hash",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[with_index("pk", KeySchema=[{**HASH_KEY, "KeyType": "RANGE"}, HASH_KEY])],
        ),
        SAME_NAME,
    ),
    (
        "local_index_first_not_hash_before_second_not_range",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[
                with_index(
                    "pk",
                    KeySchema=[{**HASH_KEY, "KeyType": "RANGE"}, {**RANGE_KEY, "KeyType": "HASH"}],
                )
            ],
        ),
        FIRST_NOT_HASH,
    ),
    (
        "local_index_second_not_range_before_no_range_key",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[with_index("pk", KeySchema=[HASH_KEY, {**RANGE_KEY, "KeyType": "HASH"}])],
        ),
        SECOND_NOT_RANGE,
    ),
    (
        "attributes_with_projection_before_duplicate_name",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[index("idx", "pk", "sk"), with_index("pk", "sk", Projection=ALL_AND_SOME)],
        ),
        invalid(PARAMETERS + "ProjectionType is ALL, but NonKeyAttributes is specified"),
    ),
    (
        "duplicate_name_before_the_next_local_index",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[index("idx", "pk", "sk"), index("idx", "pk", "sk"), index("next", "a")],
        ),
        invalid(PARAMETERS + "Duplicate index name: idx"),
    ),
    (
        "local_index_before_global_index",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[with_index("pk", "sk", Projection={})],
            GlobalSecondaryIndexes=[index("idx", "a")],
        ),
        invalid(PARAMETERS + "Unknown ProjectionType: null"),
    ),
    (
        "global_index_undefined_key_before_same_name",
        table("pk", GlobalSecondaryIndexes=[index("idx", "a", "a")]),
        not_defined("a, a", "pk"),
    ),
    (
        "global_index_same_name_before_first_not_hash",
        table(
            "pk",
            GlobalSecondaryIndexes=[with_index("pk", KeySchema=[{**HASH_KEY, "KeyType": "RANGE"}, HASH_KEY])],
        ),
        invalid("The KeySchema contains multiple key attributes with the same name"),
    ),
    (
        "global_index_first_not_hash_before_projection",
        table(
            "pk",
            "sk",
            GlobalSecondaryIndexes=[with_index("pk", KeySchema=[RANGE_KEY, HASH_KEY], Projection={})],
        ),
        FIRST_NOT_HASH,
    ),
    (
        "attributes_with_projection_before_index_units",
        table(
            "pk",
            GlobalSecondaryIndexes=[with_index("pk", Projection=ALL_AND_SOME, ProvisionedThroughput=UNITS)],
        ),
        invalid(PARAMETERS + "ProjectionType is ALL, but NonKeyAttributes is specified"),
    ),
    (
        "unused_definition_before_projection_of_an_index",
        table("pk", further=("x",), GlobalSecondaryIndexes=[with_index("pk", Projection={})]),
        invalid(
            PARAMETERS
            + "Some AttributeDefinitions are not used. AttributeDefinitions: [pk, x], keys used: [pk]"
        ),
    ),
    (
        "index_units_before_duplicate_name",
        table(
            "pk",
            GlobalSecondaryIndexes=[index("idx", "pk"), with_index("pk", ProvisionedThroughput=UNITS)],
        ),
        INDEX_UNITS_ON_DEMAND,
    ),
    (
        "warm_throughput_before_name_taken",
        table("pk", TableName=RANGE, WarmThroughput={"ReadUnitsPerSecond": 1, "WriteUnitsPerSecond": 1}),
        invalid(
            PARAMETERS + "Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial "
            "throughput for OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
            "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
        ),
    ),
    (
        "too_many_global_indexes_before_name_taken",
        table("pk", TableName=RANGE, GlobalSecondaryIndexes=[index(f"idx-{n}", "pk") for n in range(21)]),
        invalid(PARAMETERS + "GlobalSecondaryIndex count exceeds the per-table limit of 20"),
    ),
]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("request_", "expected"), [pytest.param(*case[1:], id=case[0]) for case in TWO_FAULTS]
)
def test_of_two_faults_the_earlier_is_reported(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "CreateTable", **request_) == expected
