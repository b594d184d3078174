"""DescribeLimits, DescribeEndpoints and DescribeTimeToLive."""

from typing import Any
from urllib.parse import urlsplit

from tests.conftest import MakeTable, Server, client_of
from tests.operations.calls import LEAD, NOT_FOUND, call, invalid, refusal
from tests.operations.standing import MISSING


def test_limits_are_the_default_quotas(client: Any) -> None:
    assert call(client, "DescribeLimits") == {
        "AccountMaxReadCapacityUnits": 80_000,
        "AccountMaxWriteCapacityUnits": 80_000,
        "TableMaxReadCapacityUnits": 40_000,
        "TableMaxWriteCapacityUnits": 40_000,
    }


def test_the_endpoint_is_the_one_that_the_client_addressed(server: Server) -> None:
    for host in ("127.0.0.1", "localhost", "127.0.0.1"):
        address = f"{host}:{urlsplit(server.endpoint).port}"
        assert call(client_of(f"http://{address}"), "DescribeEndpoints") == {
            "Endpoints": [{"Address": address, "CachePeriodInMinutes": 1440}]
        }


def test_time_to_live_is_off(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    assert call(client, "DescribeTimeToLive", TableName=table) == {
        "TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}
    }


def test_time_to_live_of_no_table_is_refused(client: Any) -> None:
    missing = f"{NOT_FOUND}: Table: {MISSING} not found"
    assert refusal(client, "DescribeTimeToLive", TableName=MISSING) == missing
    null = LEAD + "Value null at 'tableName' failed to satisfy constraint: Member must not be null"
    assert refusal(client, "DescribeTimeToLive") == invalid(null)
