"""How the texts of `kilowatt.errors.items` are provoked: keys, index keys, batches, parameters."""

from typing import Any

from tests.errors.provocation import Provocation, Server, invalid
from tests.operations.calls import LEAD, NOT_VALID, PARAMETERS, Request
from tests.operations.standing import HASH, INDEXED, MISSING, RANGE, index
from tests.operations.table_requests import table

KEY = {"pk": {"S": "items"}}
KEYS = {"pk": {"S": "items"}, "sk": {"S": "items"}}
NUMBER = {"N": "1"}
MANY_KEYS = [{"pk": {"S": str(number)}} for number in range(51)]
SMALL_TABLE = table(
    "pk", "sk", further=("a",), TableName="errors-small", LocalSecondaryIndexes=[index("local", "pk", "a")]
)


def _get(key: dict[str, Any], text: str, table_name: str = HASH, **parameters: Any) -> Provocation:
    return Provocation("GetItem", {"TableName": table_name, "Key": key, **parameters}, invalid(text))


def _put(item: dict[str, Any], text: str, table_name: str = RANGE) -> Provocation:
    return Provocation("PutItem", {"TableName": table_name, "Item": item}, invalid(text))


def _update(expression: str, text: str, **parameters: Any) -> Provocation:
    request: Request = {"TableName": INDEXED, "Key": KEYS, "UpdateExpression": expression, **parameters}
    return Provocation("UpdateItem", request, invalid(text))


def _batch(operation: str, requests: dict[str, Any], text: str) -> Provocation:
    return Provocation(operation, {"RequestItems": requests}, invalid(text))


def _arn(name: str) -> str:
    return f"arn:aws:dynamodb:us-east-1:000000000000:table/{name}"


PUT = {"PutRequest": {"Item": KEY}}
DELETE = {"DeleteRequest": {"Key": KEY}}

PROVOCATIONS = {
    "TABLE_NOT_FOUND": Provocation(
        "GetItem",
        {"TableName": MISSING, "Key": KEY},
        "ResourceNotFoundException: Requested resource not found",
    ),
    # Keys against the schema.
    "KEY_SCHEMA_MISMATCH": _get(KEYS, "The provided key element does not match the schema"),
    "ITEM_KEY_MISSING": _put(KEY, PARAMETERS + "Missing the key sk in the item"),
    "ITEM_KEY_TYPE": _put(
        {**KEY, "sk": {"NULL": True}}, PARAMETERS + "Type mismatch for key sk expected: S actual: NULL"
    ),
    "KEY_EMPTY": _get(
        {"pk": {"S": ""}},
        NOT_VALID + "The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ),
    "HASH_KEY_TOO_LONG": _get(
        {"pk": {"S": "x" * 2049}},
        PARAMETERS + "Size of hashkey has exceeded the maximum size limit of2048 bytes",
    ),
    "RANGE_KEY_TOO_LONG": _get(
        {**KEY, "sk": {"S": "x" * 1025}},
        PARAMETERS + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
        RANGE,
    ),
    "KEY_PATH_NOT_SCALAR": _update(
        "SET x = a.b",
        "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
        "IndexKey: a",
    ),
    # Index keys.
    "INDEX_KEY_TYPE": _put(
        {**KEYS, "a": NUMBER},
        PARAMETERS + "Type mismatch for Index Key a Expected: S Actual: N IndexName: local-a",
        INDEXED,
    ),
    "INDEX_KEY_EMPTY": _put(
        {**KEYS, "a": {"S": ""}},
        NOT_VALID + "A value specified for a secondary index key is not supported. The AttributeValue for a "
        "key attribute cannot contain an empty string value. IndexName: local-a, IndexKey: a",
        INDEXED,
    ),
    "INDEX_KEY_EMPTY_BY_UPDATE": _update(
        "SET a = :a",
        NOT_VALID + "The update expression attempted to update a secondary index key to a value that is not "
        "supported. The AttributeValue for a key attribute cannot contain an empty string value.",
        ExpressionAttributeValues={":a": {"S": ""}},
    ),
    # Conditions and return values.
    "CONDITION_FAILED": Provocation(
        "DeleteItem",
        {
            "TableName": HASH,
            "Key": {"pk": {"S": "there"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        },
        "ConditionalCheckFailedException: The conditional request failed",
    ),
    "RETURN_VALUES_OLD_ONLY": Provocation(
        "PutItem",
        {"TableName": HASH, "Item": KEY, "ReturnValues": "ALL_NEW"},
        invalid(LEAD + "ReturnValues can only be ALL_OLD or NONE"),
    ),
    "COLLECTION_TOO_LARGE": Provocation(
        "PutItem",
        {"TableName": "errors-small", "Item": {**KEYS, "x": {"S": "x" * 1000}}},
        "ItemCollectionSizeLimitExceededException: Collection size exceeded.",
        before=[("CreateTable", SMALL_TABLE)],
        server=Server.SMALL,
    ),
    "UPDATE_OF_KEY": _update(
        "REMOVE sk", PARAMETERS + "Cannot update attribute sk. This attribute is part of the key"
    ),
    # Batches.
    "BATCH_GET_DUPLICATES": _batch(
        "BatchGetItem", {HASH: {"Keys": [KEY, KEY]}}, "Provided list of item keys contains duplicates"
    ),
    "BATCH_WRITE_DUPLICATES": _batch(
        "BatchWriteItem", {HASH: [PUT, DELETE]}, "Provided list of item keys contains duplicates"
    ),
    "BATCH_TABLE_TWICE": _batch(
        "BatchGetItem",
        {HASH: {"Keys": [KEY]}, _arn(HASH): {"Keys": [KEY]}},
        PARAMETERS + f"Table {HASH} is named more than once in RequestItems",
    ),
    "BATCH_GET_TOO_MANY": _batch(
        "BatchGetItem",
        {HASH: {"Keys": MANY_KEYS}, RANGE: {"Keys": MANY_KEYS}},
        "Too many items requested for the BatchGetItem call",
    ),
    "BATCH_WRITE_TOO_MANY": _batch(
        "BatchWriteItem",
        {
            HASH: [{"DeleteRequest": {"Key": key}} for key in MANY_KEYS[:13]],
            RANGE: [{"DeleteRequest": {"Key": key}} for key in MANY_KEYS[:13]],
        },
        "Too many items requested for the BatchWriteItem call",
    ),
    # Which parameters go together.
    "MIXED_PARAMETERS": _get(
        KEY,
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}",
        AttributesToGet=["x"],
        ProjectionExpression="x",
    ),
    "NAMES_WITHOUT_EXPRESSION": _get(
        KEY,
        "ExpressionAttributeNames can only be specified when using expressions",
        ExpressionAttributeNames={"#x": "x"},
    ),
    "VALUES_WITHOUT_EXPRESSION": Provocation(
        "Query",
        {"TableName": HASH, "ExpressionAttributeValues": {":x": NUMBER}},
        invalid(
            "ExpressionAttributeValues can only be specified when using expressions: "
            "FilterExpression and KeyConditionExpression are null"
        ),
    ),
    "INVALID_EXPRESSION_VALUE": Provocation(
        "Scan",
        {
            "TableName": HASH,
            "FilterExpression": "x = :x",
            "ExpressionAttributeValues": {":x": {"N": "one"}},
        },
        invalid(
            "ExpressionAttributeValues contains invalid value: "
            "The parameter cannot be converted to a numeric value: one for key :x"
        ),
    ),
}
