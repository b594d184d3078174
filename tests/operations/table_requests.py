"""CreateTable requests, and refusals that several tests expect of them."""

from typing import Any

from tests.operations.calls import PARAMETERS, Request, invalid
from tests.operations.standing import index, key_schema

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
TOO_MANY_UNITS = 1_000_000_000_001

SAME_NAME = invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
FIRST_NOT_HASH = invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
SECOND_NOT_RANGE = invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
UNUSED = invalid(
    PARAMETERS + "Number of attributes in KeySchema does not exactly match number of attributes defined in "
    "AttributeDefinitions"
)
ON_DEMAND_WITH_UNITS = invalid(
    PARAMETERS + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
    "PAY_PER_REQUEST"
)
UNITS_MISSING = invalid(
    PARAMETERS
    + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED"
)


def not_defined(keys: str, defined: str) -> str:
    return invalid(
        PARAMETERS + "Some index key attributes are not defined in AttributeDefinitions. "
        f"Keys: [{keys}], AttributeDefinitions: [{defined}]"
    )


HASH_KEY = {"AttributeName": "pk", "KeyType": "HASH"}
RANGE_KEY = {"AttributeName": "sk", "KeyType": "RANGE"}


def table(*keys: str, further: tuple[str, ...] = (), **parameters: Any) -> Request:
    """A CreateTable request that is good, but for what `parameters` break."""
    return {
        "TableName": "operations-refused",
        "KeySchema": key_schema(*keys),
        "AttributeDefinitions": definitions(*keys, *further),
        "BillingMode": "PAY_PER_REQUEST",
        **parameters,
    }


def definitions(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def provisioned(*keys: str, **parameters: Any) -> Request:
    request = table(*keys, **parameters)
    del request["BillingMode"]
    return request


def with_index(*keys: str, **parameters: Any) -> dict[str, Any]:
    """An index `idx` over `keys`, changed by `parameters`."""
    return {**index("idx", *keys), **parameters}
