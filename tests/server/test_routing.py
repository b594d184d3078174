"""The operation table holds every operation of the service model, and no other."""

import re

import botocore.session
import pytest

from kilowatt.server.routing import DYNAMODB, STREAMS, Operation, route


@pytest.mark.parametrize(
    ("service", "table"), [("dynamodb", DYNAMODB), ("dynamodbstreams", STREAMS)], ids=["items", "streams"]
)
def test_every_operation_of_the_service_has_its_place(
    service: str, table: dict[str, Operation | None]
) -> None:
    model = botocore.session.Session().get_service_model(service)
    assert sorted(table) == sorted(model.operation_names)


@pytest.mark.parametrize("name", [name for name, operation in (DYNAMODB | STREAMS).items() if operation])
def test_an_operation_is_where_its_name_says(name: str) -> None:
    operation = (DYNAMODB | STREAMS)[name]
    snake_case = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    assert operation is not None
    assert operation.__module__ == f"kilowatt.operations.{snake_case}"


def test_a_target_names_service_and_operation() -> None:
    assert route(b"DynamoDB_20120810.ListTables") == ("ListTables", DYNAMODB["ListTables"])
    assert route(b"DynamoDB_20120810.GetRecords") is None
    assert route(b"ListTables") is None
    assert route(None) is None
