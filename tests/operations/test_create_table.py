"""CreateTable: what it answers, and settings that it does not take."""

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from tests.operations.calls import LEAD, PARAMETERS, call, invalid, refusal
from tests.operations.standing import index, key_schema
from tests.operations.table_requests import UNITS, definitions, provisioned, table, with_index


@pytest.fixture
def name(client: Any) -> Iterator[str]:
    """The name of a table that the test may create."""
    name = f"test-{uuid.uuid4().hex[:12]}"
    yield name
    if name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)


def test_a_table_on_demand_is_answered_as_creating_and_is_active_at_once(client: Any, name: str) -> None:
    created = call(client, "CreateTable", **table("pk", "sk", TableName=name))["TableDescription"]
    assert created["TableStatus"] == "CREATING"
    assert created["KeySchema"] == key_schema("pk", "sk")
    assert created["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    assert created["ProvisionedThroughput"] == {
        "NumberOfDecreasesToday": 0,
        "ReadCapacityUnits": 0,
        "WriteCapacityUnits": 0,
    }
    assert created["TableArn"] == f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", created["TableId"]
    )
    assert "WarmThroughput" not in created
    assert client.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE"


def test_definitions_come_back_sorted_by_name(client: Any, name: str) -> None:
    request = table("z", "m", further=("a",), TableName=name, GlobalSecondaryIndexes=[index("idx", "a")])
    created = client.create_table(**request)["TableDescription"]
    assert created["AttributeDefinitions"] == definitions("a", "m", "z")


def test_a_table_without_billing_mode_is_provisioned(client: Any, name: str) -> None:
    created = client.create_table(**provisioned("pk", TableName=name, ProvisionedThroughput=UNITS))
    assert created["TableDescription"]["ProvisionedThroughput"] == {**UNITS, "NumberOfDecreasesToday": 0}
    assert "BillingModeSummary" not in created["TableDescription"]


def test_settings_that_are_given_are_described(client: Any, name: str) -> None:
    request = table(
        "pk",
        TableName=name,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        DeletionProtectionEnabled=True,
        OnDemandThroughput={"MaxReadRequestUnits": 7, "MaxWriteRequestUnits": 8},
    )
    created = client.create_table(**request)["TableDescription"]
    assert created["TableClassSummary"] == {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
    assert created["DeletionProtectionEnabled"] is True
    assert created["OnDemandThroughput"] == {"MaxReadRequestUnits": 7, "MaxWriteRequestUnits": 8}
    client.update_table(TableName=name, DeletionProtectionEnabled=False)


def test_indexes_are_described_with_their_own_members(client: Any, name: str) -> None:
    request = provisioned(
        "pk",
        "sk",
        further=("a",),
        TableName=name,
        ProvisionedThroughput=UNITS,
        LocalSecondaryIndexes=[index("local", "pk", "a", projection="KEYS_ONLY")],
        GlobalSecondaryIndexes=[
            with_index(
                "a",
                Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]},
                ProvisionedThroughput=UNITS,
            )
        ],
    )
    created = client.create_table(**request)["TableDescription"]
    arn = created["TableArn"]
    assert created["LocalSecondaryIndexes"] == [
        {
            "IndexName": "local",
            "KeySchema": key_schema("pk", "a"),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
            "IndexSizeBytes": 0,
            "ItemCount": 0,
            "IndexArn": f"{arn}/index/local",
        }
    ]
    assert created["GlobalSecondaryIndexes"] == [
        {
            "IndexName": "idx",
            "KeySchema": key_schema("a"),
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["x", "y"]},
            "IndexStatus": "CREATING",
            "ProvisionedThroughput": {**UNITS, "NumberOfDecreasesToday": 0},
            "IndexSizeBytes": 0,
            "ItemCount": 0,
            "IndexArn": f"{arn}/index/idx",
        }
    ]


@pytest.mark.parametrize(("length", "accepted"), [(2, False), (3, True), (255, True), (256, False)], ids=str)
def test_a_table_name_has_3_to_255_characters(client: Any, length: int, accepted: bool) -> None:
    request = table("pk", TableName="n" * length)
    if accepted:
        client.create_table(**request)
        client.delete_table(TableName="n" * length)
    else:
        bound = "greater than or equal to 3" if length < 3 else "less than or equal to 255"
        assert refusal(client, "CreateTable", **request) == invalid(
            LEAD
            + f"Value '{'n' * length}' at 'tableName' failed to satisfy constraint: Member must have length "
            f"{bound}"
        )


@pytest.mark.parametrize(
    ("on_index", "asked", "kind"),
    [
        pytest.param(on_index, asked, kind, id=f"{'index' if on_index else 'table'}_{kind}")
        for on_index in (False, True)
        for asked, kind in (
            ({"ReadUnitsPerSecond": 11_999}, "ReadUnitsPerSecond"),
            ({"WriteUnitsPerSecond": 3_999}, "WriteUnitsPerSecond"),
        )
    ],
)
def test_warm_throughput_below_that_of_on_demand_is_refused(
    client: Any, name: str, on_index: bool, asked: dict[str, int], kind: str
) -> None:
    request = table("pk", TableName=name, WarmThroughput=asked)
    if on_index:
        index_ = with_index("pk", WarmThroughput=asked)
        request = table("pk", TableName=name, GlobalSecondaryIndexes=[index_])
    where = "index idx" if on_index else "table"
    assert refusal(client, "CreateTable", **request) == invalid(
        PARAMETERS + f"Requested {kind} for WarmThroughput for {where} is lower than initial throughput for "
        "OnDemand. See: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
        "on-demand-capacity-mode.html#on-demand-capacity-mode-initial"
    )


@pytest.mark.parametrize("type_", ["S", "N"])
def test_an_attribute_that_is_defined_twice_is_refused(client: Any, name: str, type_: str) -> None:
    request = table("pk", TableName=name)
    request["AttributeDefinitions"] = [*definitions("pk"), {"AttributeName": "pk", "AttributeType": type_}]
    assert refusal(client, "CreateTable", **request) == invalid("Attribute Name is duplicated: pk")


INCLUDE = {"ProjectionType": "INCLUDE"}


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param(
            {"GlobalSecondaryIndexes": [with_index("pk", Projection=INCLUDE)]}, id="INCLUDE_of_nothing"
        ),
        pytest.param(
            {
                "GlobalSecondaryIndexes": [
                    {
                        **index(f"idx-{number}", "pk"),
                        "Projection": {**INCLUDE, "NonKeyAttributes": [f"x{n}" for n in range(17)]},
                    }
                    for number in range(6)
                ]
            },
            id="102_projected_attributes",
        ),
        pytest.param(
            {
                "AttributeDefinitions": [
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "pk", "AttributeType": "N"},
                ]
            },
            id="two_types_of_one_attribute",
        ),
        pytest.param(
            {
                "ProvisionedThroughput": UNITS,
                "BillingMode": "PROVISIONED",
                "GlobalSecondaryIndexes": [index("idx", "pk")],
            },
            id="global_index_without_units",
        ),
        pytest.param(
            {
                "GlobalSecondaryIndexes": [
                    with_index("pk", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}] * 5)
                ]
            },
            id="five_partition_attributes",
        ),
    ],
)
def test_what_aws_refuses_in_words_unknown_is_refused(
    client: Any, name: str, parameters: dict[str, Any]
) -> None:
    refused = refusal(client, "CreateTable", **table("pk", TableName=name, **parameters))
    assert refused.startswith("ValidationException: ")


def test_warm_throughput_at_that_of_on_demand_is_taken(client: Any, name: str) -> None:
    asked = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 4_001}
    client.create_table(**table("pk", TableName=name, WarmThroughput=asked))
    described = client.describe_table(TableName=name)["Table"]
    assert described["WarmThroughput"] == {**asked, "Status": "ACTIVE"}


@pytest.mark.parametrize(
    "parameter",
    [
        pytest.param({"ResourcePolicy": "{}"}, id="policy"),
        pytest.param({"SSESpecification": {"Enabled": True}}, id="encryption"),
    ],
)
def test_what_kilowatt_does_not_do_yet_is_refused_and_creates_nothing(
    client: Any, name: str, parameter: dict[str, Any]
) -> None:
    text = f"Kilowatt does not support {next(iter(parameter))} in CreateTable yet."
    assert refusal(client, "CreateTable", **table("pk", TableName=name, **parameter)) == invalid(text)
    assert name not in client.list_tables()["TableNames"]
