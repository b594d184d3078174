"""CreateTable requests."""

from typing import Any

from tests.operations.calls import Request
from tests.operations.standing import index, key_schema

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
TOO_MANY_UNITS = 1_000_000_000_001


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
