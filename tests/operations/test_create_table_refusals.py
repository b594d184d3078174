"""CreateTable: its refusals, in the order in which AWS finds them."""

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
    UNUSED,
    definitions,
    not_defined,
    provisioned,
    table,
    with_index,
)

# Situation, request, refusal; in AWS's order, so that of neighbours the first is found first.
REFUSED: list[tuple[str, Request, str]] = [
    (
        "no_table_name",
        {name: value for name, value in table("pk").items() if name != "TableName"},
        invalid(
            LEAD + "Value null at 'tableName' failed to satisfy constraint: Member must not be null",
        ),
    ),
    (
        "table_name_of_other_characters",
        table("pk", TableName="a;b"),
        invalid(
            LEAD + "Value 'a;b' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
            "expression pattern: [a-zA-Z0-9_.-]+"
        ),
    ),
    (
        "unknown_key_type",
        table("pk", KeySchema=[{"AttributeName": "pk", "KeyType": "SORT"}]),
        invalid(
            LEAD + "Value 'SORT' at 'keySchema.1.member.keyType' failed to satisfy constraint: Member must "
            "satisfy enum value set: [HASH, RANGE]"
        ),
    ),
    (
        "unknown_attribute_type",
        table("pk", AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "BOOL"}]),
        invalid(
            LEAD
            + "Value 'BOOL' at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint: "
            "Member must satisfy enum value set: [B, N, S]"
        ),
    ),
    (
        "unknown_billing_mode",
        table("pk", BillingMode="FREE"),
        invalid(
            LEAD
            + "Value 'FREE' at 'billingMode' failed to satisfy constraint: Member must satisfy enum value "
            "set: [PROVISIONED, PAY_PER_REQUEST]"
        ),
    ),
    (
        "two_faults_of_the_model",
        table("pk", BillingMode="FREE", StreamSpecification={"StreamEnabled": True, "StreamViewType": "ALL"}),
        invalid(
            "2 validation errors detected: Value 'FREE' at 'billingMode' failed to satisfy constraint: "
            "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]; Value 'ALL' at "
            "'streamSpecification.streamViewType' failed to satisfy constraint: Member must satisfy enum "
            "value set: [OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE]"
        ),
    ),
    (
        "no_key_schema",
        {name: value for name, value in table("pk").items() if name != "KeySchema"},
        invalid(LEAD + "Value null at 'keySchema' failed to satisfy constraint: Member must not be null"),
    ),
    (
        "no_definitions",
        {name: value for name, value in table("pk").items() if name != "AttributeDefinitions"},
        invalid(
            LEAD
            + "Value null at 'attributeDefinitions' failed to satisfy constraint: Member must not be null"
        ),
    ),
    (
        "empty_definitions",
        table("pk", AttributeDefinitions=[]),
        invalid("Invalid KeySchema: Some index key attribute have no definition"),
    ),
    (
        "zero_units",
        provisioned("pk", ProvisionedThroughput={"ReadCapacityUnits": 0, "WriteCapacityUnits": 1}),
        invalid(
            LEAD + "Value '0' at 'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        ),
    ),
    (
        "zero_units_twice",
        provisioned("pk", ProvisionedThroughput={"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}),
        invalid(
            "2 validation errors detected: Value '0' at 'provisionedThroughput.writeCapacityUnits' failed to "
            "satisfy constraint: Member must have value greater than or equal to 1; Value '0' at "
            "'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have value "
            "greater than or equal to 1"
        ),
    ),
    ("units_on_demand", table("pk", ProvisionedThroughput=UNITS), ON_DEMAND_WITH_UNITS),
    ("no_units_and_no_billing_mode", provisioned("pk"), UNITS_MISSING),
    ("no_units_when_provisioned", table("pk", BillingMode="PROVISIONED"), UNITS_MISSING),
    (
        "too_many_read_and_write_units",
        provisioned(
            "pk",
            ProvisionedThroughput={
                "ReadCapacityUnits": TOO_MANY_UNITS,
                "WriteCapacityUnits": TOO_MANY_UNITS,
            },
        ),
        invalid("Given value 1000000000001 for ReadCapacityUnits is out of bounds"),
    ),
    (
        "too_many_write_units",
        provisioned(
            "pk", ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": TOO_MANY_UNITS}
        ),
        invalid("Given value 1000000000001 for WriteCapacityUnits is out of bounds"),
    ),
    (
        "more_keys_than_definitions",
        table("pk", "sk", AttributeDefinitions=definitions("pk")),
        invalid("Invalid KeySchema: Some index key attribute have no definition"),
    ),
    (
        "key_without_definition",
        table("pk", AttributeDefinitions=definitions("other")),
        not_defined("pk", "other"),
    ),
    (
        "same_name_twice",
        table("pk", KeySchema=key_schema("pk", "pk"), AttributeDefinitions=definitions("pk", "sk")),
        SAME_NAME,
    ),
    (
        "first_key_is_range",
        table("pk", "sk", KeySchema=[RANGE_KEY, HASH_KEY]),
        FIRST_NOT_HASH,
    ),
    (
        "second_key_is_hash",
        table("pk", "sk", KeySchema=[HASH_KEY, {**RANGE_KEY, "KeyType": "HASH"}]),
        SECOND_NOT_RANGE,
    ),
    ("definition_of_no_key", table("pk", further=("other",)), UNUSED),
    (
        "empty_local_indexes",
        table("pk", "sk", LocalSecondaryIndexes=[]),
        invalid(PARAMETERS + "List of LocalSecondaryIndexes is empty"),
    ),
    (
        "local_index_on_hash_only_table",
        table("pk", LocalSecondaryIndexes=[index("idx", "pk", "sk")]),
        invalid(
            PARAMETERS + "Table KeySchema does not have a range key, which is required when specifying a "
            "LocalSecondaryIndex"
        ),
    ),
    (
        "local_index_key_without_definition",
        table("pk", "sk", LocalSecondaryIndexes=[index("idx", "pk", "a")]),
        not_defined("pk, a", "pk, sk"),
    ),
    (
        "local_index_same_name_twice",
        table("pk", "sk", LocalSecondaryIndexes=[index("idx", "pk", "pk")]),
        SAME_NAME,
    ),
    (
        "local_index_first_key_is_range",
        table("pk", "sk", LocalSecondaryIndexes=[with_index("pk", KeySchema=[RANGE_KEY, HASH_KEY])]),
        FIRST_NOT_HASH,
    ),
    (
        "local_index_without_range_key",
        table("pk", "sk", LocalSecondaryIndexes=[index("idx", "pk")]),
        invalid(PARAMETERS + "Index KeySchema does not have a range key for index: idx"),
    ),
    (
        "local_index_with_other_hash_key",
        table("pk", "sk", LocalSecondaryIndexes=[index("idx", "sk", "pk")]),
        invalid(
            PARAMETERS + "Index KeySchema does not have the same leading hash key as table KeySchema for "
            "index: idx. index hash key: sk, table hash key: pk"
        ),
    ),
    (
        "local_index_without_projection_type",
        table("pk", "sk", LocalSecondaryIndexes=[with_index("pk", "sk", Projection={})]),
        invalid(PARAMETERS + "Unknown ProjectionType: null"),
    ),
    *(
        (
            f"attributes_with_projection_{projection}",
            table(
                "pk",
                "sk",
                LocalSecondaryIndexes=[
                    with_index(
                        "pk", "sk", Projection={"ProjectionType": projection, "NonKeyAttributes": ["x"]}
                    )
                ],
            ),
            invalid(PARAMETERS + f"ProjectionType is {projection}, but NonKeyAttributes is specified"),
        )
        for projection in ("ALL", "KEYS_ONLY")
    ),
    (
        "local_index_name_twice",
        table("pk", "sk", LocalSecondaryIndexes=[index("idx", "pk", "sk"), index("idx", "pk", "sk")]),
        invalid(PARAMETERS + "Duplicate index name: idx"),
    ),
    (
        "six_local_indexes",
        table("pk", "sk", LocalSecondaryIndexes=[index(f"idx-{n}", "pk", "sk") for n in range(6)]),
        invalid(PARAMETERS + "Number of LocalSecondaryIndexes exceeds per-table limit of 5"),
    ),
    (
        "empty_global_indexes",
        table("pk", GlobalSecondaryIndexes=[]),
        invalid(PARAMETERS + "List of GlobalSecondaryIndexes is empty"),
    ),
    (
        "global_index_key_without_definition",
        table("pk", GlobalSecondaryIndexes=[index("idx", "a")]),
        not_defined("a", "pk"),
    ),
    (
        "global_index_first_key_is_range",
        table("pk", "sk", GlobalSecondaryIndexes=[with_index("pk", KeySchema=[RANGE_KEY, HASH_KEY])]),
        FIRST_NOT_HASH,
    ),
    (
        "global_index_without_projection_type",
        table("pk", GlobalSecondaryIndexes=[with_index("pk", Projection={})]),
        invalid(PARAMETERS + "Unknown ProjectionType: null"),
    ),
    (
        "global_index_units_on_demand",
        table("pk", GlobalSecondaryIndexes=[with_index("pk", ProvisionedThroughput=UNITS)]),
        invalid(
            PARAMETERS + "ProvisionedThroughput should not be specified for index: idx when BillingMode is "
            "PAY_PER_REQUEST"
        ),
    ),
    (
        "global_index_with_a_local_index's_name",
        table(
            "pk",
            "sk",
            LocalSecondaryIndexes=[index("idx", "pk", "sk")],
            GlobalSecondaryIndexes=[index("idx", "sk")],
        ),
        invalid(PARAMETERS + "Duplicate index name: idx"),
    ),
    (
        "twenty-one_global_indexes",
        table("pk", GlobalSecondaryIndexes=[index(f"idx-{n}", "pk") for n in range(21)]),
        invalid(PARAMETERS + "GlobalSecondaryIndex count exceeds the per-table limit of 20"),
    ),
    (
        "definition_of_no_key_beside_an_index",
        table("pk", "sk", further=("other",), LocalSecondaryIndexes=[index("idx", "pk", "sk")]),
        invalid(
            PARAMETERS + "Some AttributeDefinitions are not used. AttributeDefinitions: [pk, sk, other], "
            "keys used: [pk, sk]"
        ),
    ),
    (
        "name_taken",
        table("pk", TableName=RANGE),
        f"ResourceInUseException: Table already exists: {RANGE}",
    ),
]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(("request_", "expected"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_bad_definition_is_refused(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "CreateTable", **request_) == expected
