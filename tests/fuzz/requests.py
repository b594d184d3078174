"""Good requests of every operation that is built: what the fuzz tests spoil."""

import time
from typing import Any

from kilowatt.domain.streams.iterator import ShardIterator

Request = dict[str, Any]

TABLE = "fuzz"
# A stream that is not there: the ARN of one that is has the time in it.
STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/fuzz/stream/2026-01-01T00:00:00.000"
SHARD = "shardId-00000001767225600000-c4ca4238"
ITERATOR = ShardIterator(STREAM, 1, 0, issued=time.time()).text()

CREATE: Request = {
    "TableName": TABLE,
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
        {"AttributeName": "rank", "AttributeType": "B"},
        {"AttributeName": "team", "AttributeType": "S"},
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "local",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "rank", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["text"]},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "global",
            "KeySchema": [
                {"AttributeName": "team", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
_PROVISIONED: Request = {
    **CREATE,
    "TableName": "fuzz-provisioned",
    "BillingMode": "PROVISIONED",
    "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
    "GlobalSecondaryIndexes": [
        {
            **CREATE["GlobalSecondaryIndexes"][0],
            "ProvisionedThroughput": {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5},
        }
    ],
    "StreamSpecification": {"StreamEnabled": False},
    "SSESpecification": {"Enabled": False},
    "Tags": [{"Key": "k", "Value": "v"}],
    "TableClass": "STANDARD",
    "DeletionProtectionEnabled": False,
    "WarmThroughput": {"ReadUnitsPerSecond": 12000, "WriteUnitsPerSecond": 4000},
}
KEY: Request = {"pk": {"S": "p"}, "sk": {"N": "1"}}
ITEM: Request = {
    **KEY,
    "rank": {"B": "AQID"},
    "team": {"S": "amber"},
    "text": {"S": "a text, einschließlich Ümlauten 🦊"},
    "number": {"N": "-1.5e10"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "strings": {"SS": ["a", "b"]},
    "numbers": {"NS": ["1", "2.5"]},
    "binaries": {"BS": ["AQ==", "Ag=="]},
    "list": {"L": [{"S": "a"}, {"N": "1"}, {"M": {"x": {"L": []}}}]},
    "map": {"M": {"x": {"S": "a"}, "y": {"M": {"z": {"NULL": True}}}}},
}
_WRITE: Request = {
    "TableName": TABLE,
    "ConditionExpression": "attribute_not_exists(#n) OR size(#t) >= :low AND NOT contains(list, :a)",
    "ExpressionAttributeNames": {"#n": "number", "#t": "text"},
    "ExpressionAttributeValues": {":low": {"N": "0"}, ":a": {"S": "z"}},
    "ReturnValues": "ALL_OLD",
    "ReturnConsumedCapacity": "INDEXES",
    "ReturnItemCollectionMetrics": "SIZE",
    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
}

_EXPECTED: Request = {
    "number": {"AttributeValueList": [{"N": "1"}], "ComparisonOperator": "LT"},
    "text": {"AttributeValueList": [{"S": "a"}, {"S": "b"}], "ComparisonOperator": "IN"},
    "nothing": {"ComparisonOperator": "NOT_NULL"},
}

_KEY_GIVEN = "WHERE pk = 'p' AND sk = ?"

REQUESTS: list[tuple[str, Request]] = [
    (
        "ExecuteStatement",
        {
            "Statement": f'SELECT "text", map.x FROM "{TABLE}" {_KEY_GIVEN} AND NOT size("text") IN [1, 2]',
            "Parameters": [{"N": "1"}],
            "ConsistentRead": True,
            "ReturnConsumedCapacity": "INDEXES",
        },
    ),
    (
        "ExecuteStatement",
        {"Statement": f"SELECT * FROM {TABLE} WHERE team IN ['a', 'b'] OR rank IS NOT MISSING", "Limit": 3},
    ),
    (
        "ExecuteStatement",
        {
            "Statement": f"UPDATE {TABLE} SET n = n + 1 REMOVE list[0] {_KEY_GIVEN} AND n < 5 RETURNING "
            "ALL NEW *",
            "Parameters": [{"N": "1"}],
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        },
    ),
    (
        "BatchExecuteStatement",
        {
            "Statements": [
                {
                    "Statement": f"INSERT INTO {TABLE} VALUE {{'pk': 'i', 'sk': ?, 's': <<'a'>>}}",
                    "Parameters": [{"N": "7"}],
                },
                {"Statement": f"DELETE FROM {TABLE} WHERE pk = 'i' AND sk = 8"},
            ],
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    ("CreateTable", _PROVISIONED),
    ("CreateTable", {**CREATE, "TableName": "fuzz-second"}),
    ("DescribeTable", {"TableName": TABLE}),
    ("ListTables", {"Limit": 10, "ExclusiveStartTableName": "a"}),
    ("DeleteTable", {"TableName": "fuzz-second"}),
    (
        "UpdateTable",
        {
            "TableName": "fuzz-provisioned",
            "ProvisionedThroughput": {"ReadCapacityUnits": 6, "WriteCapacityUnits": 7},
            "DeletionProtectionEnabled": False,
        },
    ),
    ("UpdateTable", {"TableName": TABLE, "BillingMode": "PAY_PER_REQUEST"}),
    ("PutItem", {**_WRITE, "Item": ITEM}),
    ("GetItem", {"TableName": TABLE, "Key": KEY, "ConsistentRead": True, "ReturnConsumedCapacity": "TOTAL"}),
    (
        "GetItem",
        {
            "TableName": TABLE,
            "Key": KEY,
            "ProjectionExpression": "#t, list[2].#x, map.y.z",
            "ExpressionAttributeNames": {"#t": "text", "#x": "x"},
        },
    ),
    (
        "UpdateItem",
        {
            **_WRITE,
            "Key": KEY,
            "UpdateExpression": "SET #n = if_not_exists(#n, :low) + :low, map.#t = :a, list[1] = :a "
            "REMOVE nothing, list[0] ADD numbers :ns DELETE strings :ss",
            "ExpressionAttributeValues": {
                ":low": {"N": "1"},
                ":a": {"S": "z"},
                ":ns": {"NS": ["7"]},
                ":ss": {"SS": ["a"]},
            },
            "ReturnValues": "UPDATED_NEW",
        },
    ),
    ("DeleteItem", {**_WRITE, "Key": KEY}),
    (
        "Query",
        {
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high",
            "FilterExpression": "begins_with(#t, :a) OR #n IN (:low, :high) OR attribute_type(list, :type)",
            "ProjectionExpression": "pk, sk, #t",
            "ExpressionAttributeNames": {"#n": "number", "#t": "text"},
            "ExpressionAttributeValues": {
                ":pk": {"S": "p"},
                ":low": {"N": "-1"},
                ":high": {"N": "5"},
                ":a": {"S": "a"},
                ":type": {"S": "L"},
            },
            "ScanIndexForward": False,
            "Limit": 3,
            "ExclusiveStartKey": KEY,
            "ConsistentRead": True,
            "Select": "SPECIFIC_ATTRIBUTES",
        },
    ),
    (
        "Query",
        {
            "TableName": TABLE,
            "IndexName": "global",
            "KeyConditionExpression": "team = :team AND sk > :low",
            "ExpressionAttributeValues": {":team": {"S": "amber"}, ":low": {"N": "-1"}},
            "Select": "COUNT",
        },
    ),
    (
        "Query",
        {
            "TableName": TABLE,
            "IndexName": "local",
            "KeyConditionExpression": "pk = :pk AND begins_with(#r, :b)",
            "ExpressionAttributeNames": {"#r": "rank"},
            "ExpressionAttributeValues": {":pk": {"S": "p"}, ":b": {"B": "AQ=="}},
            "Select": "ALL_ATTRIBUTES",
            "ExclusiveStartKey": {**KEY, "rank": {"B": "AQI="}},
        },
    ),
    (
        "Scan",
        {
            "TableName": TABLE,
            "FilterExpression": "map.y.z = :null OR size(strings) > :one",
            "ExpressionAttributeValues": {":null": {"NULL": True}, ":one": {"N": "1"}},
            "Segment": 0,
            "TotalSegments": 3,
            "Limit": 5,
        },
    ),
    (
        "Scan",
        {
            "TableName": TABLE,
            "IndexName": "global",
            "ExclusiveStartKey": {**KEY, "team": {"S": "amber"}},
            "ReturnConsumedCapacity": "INDEXES",
        },
    ),
    (
        "BatchGetItem",
        {
            "RequestItems": {
                TABLE: {
                    "Keys": [KEY, {"pk": {"S": "q"}, "sk": {"N": "2"}}],
                    "ProjectionExpression": "#t",
                    "ExpressionAttributeNames": {"#t": "text"},
                    "ConsistentRead": True,
                }
            },
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    (
        "BatchWriteItem",
        {
            "RequestItems": {
                TABLE: [
                    {"PutRequest": {"Item": ITEM}},
                    {"DeleteRequest": {"Key": {"pk": {"S": "q"}, "sk": {"N": "2"}}}},
                ]
            },
            "ReturnConsumedCapacity": "INDEXES",
            "ReturnItemCollectionMetrics": "SIZE",
        },
    ),
    (
        "UpdateTable",
        {
            "TableName": TABLE,
            "AttributeDefinitions": [{"AttributeName": "text", "AttributeType": "S"}],
            "GlobalSecondaryIndexUpdates": [
                {
                    "Create": {
                        "IndexName": "by-text",
                        "KeySchema": [{"AttributeName": "text", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "KEYS_ONLY"},
                    }
                }
            ],
        },
    ),
    (
        "UpdateTable",
        {"TableName": TABLE, "GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": "by-text"}}]},
    ),
    ("PutItem", {"TableName": TABLE, "Item": ITEM, "Expected": _EXPECTED, "ConditionalOperator": "OR"}),
    ("DeleteItem", {"TableName": TABLE, "Key": KEY, "Expected": {"text": {"Value": {"S": "a"}}}}),
    (
        "UpdateItem",
        {
            "TableName": TABLE,
            "Key": KEY,
            "AttributeUpdates": {
                "a": {"Value": {"S": "b"}, "Action": "PUT"},
                "number": {"Value": {"N": "1"}, "Action": "ADD"},
                "strings": {"Value": {"SS": ["a"]}, "Action": "DELETE"},
                "list": {"Action": "DELETE"},
            },
            "Expected": {"a": {"Exists": False}},
        },
    ),
    ("GetItem", {"TableName": TABLE, "Key": KEY, "AttributesToGet": ["text", "number"]}),
    (
        "Query",
        {
            "TableName": TABLE,
            "KeyConditions": {
                "pk": {"AttributeValueList": [{"S": "p"}], "ComparisonOperator": "EQ"},
                "sk": {"AttributeValueList": [{"N": "0"}, {"N": "5"}], "ComparisonOperator": "BETWEEN"},
            },
            "QueryFilter": _EXPECTED,
            "AttributesToGet": ["text"],
        },
    ),
    ("Scan", {"TableName": TABLE, "ScanFilter": _EXPECTED, "ConditionalOperator": "AND"}),
    (
        "BatchGetItem",
        {"RequestItems": {TABLE: {"Keys": [KEY], "AttributesToGet": ["text"], "ConsistentRead": False}}},
    ),
    ("ListStreams", {"TableName": TABLE, "Limit": 10, "ExclusiveStartStreamArn": STREAM}),
    (
        "DescribeStream",
        {
            "StreamArn": STREAM,
            "Limit": 10,
            "ExclusiveStartShardId": SHARD,
            "ShardFilter": {"Type": "CHILD_SHARDS", "ShardId": SHARD},
        },
    ),
    (
        "GetShardIterator",
        {
            "StreamArn": STREAM,
            "ShardId": SHARD,
            "ShardIteratorType": "AT_SEQUENCE_NUMBER",
            "SequenceNumber": "100000000000000000001",
        },
    ),
    (
        "GetShardIterator",
        {"StreamArn": STREAM, "ShardId": SHARD, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 1.5},
    ),
    ("GetRecords", {"ShardIterator": ITERATOR, "Limit": 10}),
    ("UpdateTable", {"TableName": TABLE, "StreamSpecification": {"StreamEnabled": False}}),
    (
        "UpdateTable",
        {
            "TableName": TABLE,
            "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        },
    ),
    (
        "UpdateTimeToLive",
        {"TableName": TABLE, "TimeToLiveSpecification": {"Enabled": True, "AttributeName": "number"}},
    ),
    ("DescribeTimeToLive", {"TableName": TABLE}),
    (
        "TransactWriteItems",
        {
            "TransactItems": [
                {
                    "ConditionCheck": {
                        "TableName": TABLE,
                        "Key": {**KEY, "sk": {"N": "2"}},
                        "ConditionExpression": "attribute_not_exists(pk) OR #n < :n",
                        "ExpressionAttributeNames": {"#n": "number"},
                        "ExpressionAttributeValues": {":n": {"N": "1e9"}},
                    }
                },
                {"Put": {"TableName": TABLE, "Item": ITEM, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}},
                {"Delete": {"TableName": TABLE, "Key": {**KEY, "sk": {"N": "3"}}}},
                {
                    "Update": {
                        "TableName": TABLE,
                        "Key": {**KEY, "sk": {"N": "4"}},
                        "UpdateExpression": "SET a = if_not_exists(a, :zero) + :n ADD strings :strings",
                        "ExpressionAttributeValues": {
                            ":zero": {"N": "0"},
                            ":n": {"N": "1"},
                            ":strings": {"SS": ["a"]},
                        },
                    }
                },
            ],
            "ReturnConsumedCapacity": "INDEXES",
            "ReturnItemCollectionMetrics": "SIZE",
        },
    ),
    (
        "TransactGetItems",
        {
            "TransactItems": [
                {"Get": {"TableName": TABLE, "Key": KEY, "ProjectionExpression": "pk, map.a, list[0]"}},
                {"Get": {"TableName": TABLE, "Key": {**KEY, "sk": {"N": "2"}}}},
            ],
            "ReturnConsumedCapacity": "TOTAL",
        },
    ),
    (
        "ExecuteTransaction",
        {
            "TransactStatements": [
                {
                    "Statement": f'UPDATE "{TABLE}" SET a = ? WHERE pk = ? AND sk = ?',
                    "Parameters": [{"S": "b"}, KEY["pk"], KEY["sk"]],
                    "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                },
                {"Statement": f"DELETE FROM \"{TABLE}\" WHERE pk = 'p' AND sk = 9"},
            ],
            "ReturnConsumedCapacity": "INDEXES",
        },
    ),
]
