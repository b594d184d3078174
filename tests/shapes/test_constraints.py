"""Constraints of the service model: every text, every path, in the wording of both years."""

from typing import Any

import pytest
from tests.shapes.refusals import entries, refused, text

from kilowatt.errors.wording import Wording
from kilowatt.shapes import validate

LEAD = "1 validation error detected: "
NAME_PATTERN = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"


def entry(value: str, path: str, constraint: str) -> str:
    return f"Value {value} at '{path}' failed to satisfy constraint: {constraint}"


def null(path: str) -> str:
    return entry("null", path, "Member must not be null")


def at_least(length: int) -> str:
    return f"Member must have length greater than or equal to {length}"


def at_most(length: int) -> str:
    return f"Member must have length less than or equal to {length}"


def test_refusal_is_a_validation_exception() -> None:
    error = refused("GetItem", {"TableName": "abc"})
    assert (error.type.name, error.type.text_key) == (
        "com.amazon.coral.validate#ValidationException",
        "message",
    )


ONE_ENTRY = [
    ("GetItem", {"TableName": "abc"}, null("key")),
    ("PutItem", {"TableName": "abc"}, null("item")),
    (
        "Scan",
        {"TableName": "abc", "Limit": 0},
        entry("'0'", "limit", "Member must have value greater than or equal to 1"),
    ),
    (
        "Scan",
        {"TableName": "abc", "Segment": -1, "TotalSegments": 1},
        entry("'-1'", "segment", "Member must have value greater than or equal to 0"),
    ),
    (
        "Scan",
        {"TableName": "abc", "TotalSegments": 1000001},
        entry("'1000001'", "totalSegments", "Member must have value less than or equal to 1000000"),
    ),
    (
        "ListTables",
        {"Limit": 101},
        entry("'101'", "limit", "Member must have value less than or equal to 100"),
    ),
    (
        "GetItem",
        {"TableName": "abc", "Key": {}, "AttributesToGet": []},
        entry("'[]'", "attributesToGet", at_least(1)),
    ),
    ("Query", {"TableName": "abc", "IndexName": "ab"}, entry("'ab'", "indexName", at_least(3))),
    (
        "Query",
        {"TableName": "abc", "IndexName": "a" * 256},
        entry(f"'{'a' * 256}'", "indexName", at_most(255)),
    ),
    ("Query", {"TableName": "abc", "IndexName": "abc;"}, entry("'abc;'", "indexName", NAME_PATTERN)),
    ("BatchGetItem", {}, null("requestItems")),
    ("BatchGetItem", {"RequestItems": {}}, entry("'{}'", "requestItems", at_least(1))),
    ("BatchWriteItem", {"RequestItems": {}}, entry("'{}'", "requestItems", at_least(1))),
    ("BatchGetItem", {"RequestItems": {"abc": {}}}, null("requestItems.abc.member.keys")),
    (
        "BatchGetItem",
        {"RequestItems": {"abc": {"Keys": []}}},
        entry("'[]'", "requestItems.abc.member.keys", at_least(1)),
    ),
    (
        "BatchWriteItem",
        {"RequestItems": {"abc": [{"DeleteRequest": {}}]}},
        null("requestItems.abc.member.1.member.deleteRequest.key"),
    ),
    (
        "BatchWriteItem",
        {"RequestItems": {"abc": [{}, {"PutRequest": {}}]}},
        null("requestItems.abc.member.2.member.putRequest.item"),
    ),
    (
        "BatchWriteItem",
        {"RequestItems": {"abc": []}},
        entry(
            "'{abc=[]}'", "requestItems", f"Map value must satisfy constraint: [{at_most(25)}, {at_least(1)}]"
        ),
    ),
    (
        "Query",
        {"TableName": "abc", "QueryFilter": {"a": {}}},
        null("queryFilter.a.member.comparisonOperator"),
    ),
    ("TransactWriteItems", {"TransactItems": []}, entry("'[]'", "transactItems", at_least(1))),
    ("TransactWriteItems", {}, null("transactItems")),
    (
        "TransactWriteItems",
        {"TransactItems": [{"Put": {"TableName": "abc"}}]},
        null("transactItems.1.member.put.item"),
    ),
    (
        "TransactGetItems",
        {"TransactItems": [{"Get": {"TableName": "a", "Key": {}}}]},
        entry("'a'", "transactItems.1.member.get.tableName", at_least(3)),
    ),
    (
        "ExecuteStatement",
        {"Statement": "x", "Parameters": []},
        entry("'[]'", "parameters", at_least(1)),
    ),
    (
        "UpdateTable",
        {"TableName": "abc", "GlobalSecondaryIndexUpdates": [{"Delete": {}}]},
        null("globalSecondaryIndexUpdates.1.member.delete.indexName"),
    ),
    (
        "UpdateTimeToLive",
        {"TableName": "abc", "TimeToLiveSpecification": {"Enabled": True, "AttributeName": ""}},
        entry("''", "timeToLiveSpecification.attributeName", at_least(1)),
    ),
    (
        "GetItem",
        {"TableName": "abc", "Key": {"a" * 65536: {"S": "x"}}},
        entry(
            f"'{{{'a' * 65536}=com.amazonaws.dynamodb.v20120810.AttributeValue@5ae19457}}'",
            "key",
            f"Map keys must satisfy constraint: [{at_most(65535)}]",
        ),
    ),
    (
        "CreateTable",
        {
            "TableName": "abc",
            "LocalSecondaryIndexes": [
                {
                    "IndexName": "abc",
                    "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                    "Projection": {"NonKeyAttributes": ["a", ""]},
                }
            ],
        },
        entry(
            "'[a, ]'",
            "localSecondaryIndexes.1.member.projection.nonKeyAttributes",
            f"Member must satisfy constraint: [{at_most(255)}, {at_least(1)}]",
        ),
    ),
    (
        "GetItem",
        {"TableName": "abc", "Key": {}, "AttributesToGet": ["a", None]},
        null("attributesToGet.2.member"),
    ),
    (
        "PutItem",
        {"TableName": "abc", "Item": {"a": {"M": {"b": {"L": [None]}}}}},
        null("item.a.member.m.b.member.l.1.member"),
    ),
    ("PutItem", {"TableName": "abc", "Item": {"a": {"SS": ["x", None]}}}, null("item.a.member.sS.2.member")),
    ("GetShardIterator", {"StreamArn": "a" * 37, "ShardId": "s" * 28}, null("shardIteratorType")),
]


@pytest.mark.parametrize(("operation", "request_json", "expected"), ONE_ENTRY)
def test_one_broken_constraint(operation: str, request_json: dict[str, Any], expected: str) -> None:
    assert text(operation, request_json, Wording.W2025) == LEAD + expected
    assert text(operation, request_json, Wording.W2026) == LEAD + expected


ENUMS = [
    ("ReturnConsumedCapacity", "GetItem", {"ReturnConsumedCapacity": "x"}, "INDEXES, TOTAL, NONE"),
    ("ReturnItemCollectionMetrics", "PutItem", {"ReturnItemCollectionMetrics": "x"}, "SIZE, NONE"),
    ("ReturnValues", "PutItem", {"ReturnValues": "x"}, "ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW"),
    (
        "Select",
        "Query",
        {"Select": "count"},
        "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES",
    ),
    ("ConditionalOperator", "Query", {"ConditionalOperator": "x"}, "OR, AND"),
]
GOOD = {"TableName": "abc", "Key": {}, "Item": {}}


@pytest.mark.parametrize(("member", "operation", "request_json", "values"), ENUMS)
def test_value_outside_an_enum(
    member: str, operation: str, request_json: dict[str, Any], values: str
) -> None:
    request = {**GOOD, **request_json}
    (found,) = entries(operation, request)
    path = member[0].lower() + member[1:]
    set_text = f"Member must satisfy enum value set: [{values}]"
    assert found == entry(f"'{request_json[member]}'", path, set_text)
    printed = values if member != "ReturnValues" else "ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE"
    assert text(operation, request) == (
        f"{LEAD}Failed to satisfy constraint: Member must satisfy enum value set: [{printed}]"
    )


NESTED_ENUMS = [
    (
        "CreateTable",
        {"AttributeDefinitions": [{"AttributeName": "a", "AttributeType": "X"}]},
        "attributeDefinitions.1.member.attributeType",
        "B, N, S",
    ),
    (
        "CreateTable",
        {"KeySchema": [{"AttributeName": "a", "KeyType": "X"}]},
        "keySchema.1.member.keyType",
        "HASH, RANGE",
    ),
    (
        "CreateTable",
        {
            "GlobalSecondaryIndexes": [
                {
                    "IndexName": "abc",
                    "KeySchema": [
                        {"AttributeName": "a", "KeyType": "HASH"},
                        {"AttributeName": "b", "KeyType": "X"},
                    ],
                    "Projection": {},
                }
            ]
        },
        "globalSecondaryIndexes.1.member.keySchema.2.member.keyType",
        "HASH, RANGE",
    ),
    (
        "UpdateTable",
        {
            "GlobalSecondaryIndexUpdates": [
                {
                    "Create": {
                        "IndexName": "abc",
                        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "X"},
                    }
                }
            ]
        },
        "globalSecondaryIndexUpdates.1.member.create.projection.projectionType",
        "ALL, INCLUDE, KEYS_ONLY",
    ),
    (
        "Query",
        {"QueryFilter": {"a": {"ComparisonOperator": "X"}}},
        "queryFilter.a.member.comparisonOperator",
        "IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS",
    ),
    (
        "UpdateKinesisStreamingDestination",
        {
            "StreamArn": "a" * 40,
            "UpdateKinesisStreamingConfiguration": {"ApproximateCreationDateTimePrecision": "X"},
        },
        "updateKinesisStreamingConfiguration.approximateCreationDateTimePrecision",
        "MILLISECOND, MICROSECOND",
    ),
]


@pytest.mark.parametrize(("operation", "request_json", "path", "values"), NESTED_ENUMS)
def test_value_outside_a_nested_enum(
    operation: str, request_json: dict[str, Any], path: str, values: str
) -> None:
    set_text = f"Member must satisfy enum value set: [{values}]"
    assert entries(operation, {"TableName": "abc", **request_json}) == {entry("'X'", path, set_text)}


def test_all_broken_constraints_are_listed_in_2025_and_one_in_2026() -> None:
    request = {"TableName": "abc", "ReturnValues": "x", "ReturnConsumedCapacity": "y"}
    assert entries("PutItem", request) == {
        null("item"),
        entry(
            "'x'",
            "returnValues",
            "Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
        ),
        entry("'y'", "returnConsumedCapacity", "Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"),
    }
    assert text("PutItem", request) == LEAD + null("item")


def test_at_most_ten_entries_are_reported() -> None:
    request = {"TableName": "abc", "LocalSecondaryIndexes": [{}] * 6}
    assert text("CreateTable", request, Wording.W2025).startswith("10 validation errors detected: ")
    assert len(entries("CreateTable", request)) == 10


def test_members_of_an_absent_parent_are_not_reported() -> None:
    request = {"TableName": "abc", "ProvisionedThroughput": None}
    assert validate("CreateTable", request, Wording.W2026) == {"TableName": "abc"}
    throughput = {"TableName": "abc", "ProvisionedThroughput": {}}
    assert entries("CreateTable", throughput) == {
        null("provisionedThroughput.readCapacityUnits"),
        null("provisionedThroughput.writeCapacityUnits"),
    }


def test_map_keys_that_are_no_table_names_are_one_entry() -> None:
    request: dict[str, Any] = {"RequestItems": {"aa;": {"Keys": [{}]}, "b": {"Keys": [{}]}}}
    printed = "{aa;=KeysAndAttributes(keys=[{}], attributesToGet=null, consistentRead=null, "
    printed += "projectionExpression=null, expressionAttributeNames=null), b=KeysAndAttributes(keys=[{}], "
    printed += "attributesToGet=null, consistentRead=null, projectionExpression=null, "
    printed += "expressionAttributeNames=null)}"
    constraint = f"Map keys must satisfy constraint: [{at_most(255)}, {at_least(3)}, {NAME_PATTERN}]"
    assert entries("BatchGetItem", request) == {entry(f"'{printed}'", "requestItems", constraint)}


def test_arn_is_a_good_key_of_request_items() -> None:
    request: dict[str, Any] = {
        "RequestItems": {"arn:aws:dynamodb:us-east-1:123456789012:table/abc": {"Keys": [{}]}}
    }
    assert validate("BatchGetItem", request, Wording.W2026) is request


def test_too_many_writes_print_every_request() -> None:
    writes = [{"DeleteRequest": {"Key": {"a": {"S": str(number)}}}} for number in range(26)]
    found = text("BatchWriteItem", {"RequestItems": {"abc": writes}})
    value = "com.amazonaws.dynamodb.v20120810.AttributeValue@"
    assert found.startswith(
        f"{LEAD}Value '{{abc=[WriteRequest(putRequest=null, deleteRequest=DeleteRequest(key={{a={value}"
    )
    assert found.endswith(
        f"}}))]}}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
        f"[{at_most(25)}, {at_least(1)}]"
    )


@pytest.mark.parametrize("arn", ["x", "arn:aws:dynamodb:us-east-1:1:table/abc/stream/now", "a;b"])
def test_members_that_take_only_an_arn_keep_the_bounds_of_the_model(arn: str) -> None:
    request = {"TableArn": arn, "S3Bucket": "bucket"}
    assert validate("ExportTableToPointInTime", request, Wording.W2026) is request
    too_long = "a" * 1025
    expected = {entry(f"'{too_long}'", "tableArn", at_most(1024))}
    assert entries("ExportTableToPointInTime", {**request, "TableArn": too_long}) == expected


@pytest.mark.parametrize("wording", Wording)
def test_operations_on_tables_have_entries_in_both_wordings(wording: Wording) -> None:
    request = {"TableName": "abc", "BillingMode": "x", "ProvisionedThroughput": {"ReadCapacityUnits": 0}}
    found = text("CreateTable", request, wording)
    assert found.startswith("3 validation errors detected: ")
    for expected in (
        entry("'x'", "billingMode", "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]"),
        entry(
            "'0'",
            "provisionedThroughput.readCapacityUnits",
            "Member must have value greater than or equal to 1",
        ),
        null("provisionedThroughput.writeCapacityUnits"),
    ):
        assert expected in found


@pytest.mark.parametrize("wording", Wording)
@pytest.mark.parametrize("operation", ["TagResource", "UntagResource", "ListTagsOfResource"])
def test_resource_arn_comes_first_in_operations_on_tags(operation: str, wording: Wording) -> None:
    assert text(operation, {}, wording) == "Invalid TableArn"


def test_tags_and_arns_are_checked_by_their_operations() -> None:
    tags = [{"Key": "k" * 129}, {"Value": "v" * 257}]
    request = {"ResourceArn": "", "Tags": tags}
    assert validate("TagResource", request, Wording.W2026) == request
    request = {"ResourceArn": "a" * 1284, "TagKeys": ["", "k" * 129]}
    assert validate("UntagResource", request, Wording.W2026) == request


@pytest.mark.parametrize(("operation", "member"), [("TagResource", "tags"), ("UntagResource", "tagKeys")])
def test_tags_are_required_beside_an_arn(operation: str, member: str) -> None:
    assert text(operation, {"ResourceArn": "a:b:c:d:e:f/g"}) == LEAD + null(member)
