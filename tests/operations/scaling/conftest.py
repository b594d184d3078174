"""A client of Application Auto Scaling, and tables to scale."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import MakeTable, Server
from tests.operations.scaling.requests import reads_of, scaling_client_of

MakeScaled = Callable[..., dict[str, str]]


@pytest.fixture(scope="session")
def scaling(server: Server) -> Any:
    """A client of Application Auto Scaling."""
    return scaling_client_of(server.endpoint)


@pytest.fixture
def make_provisioned(make_table: MakeTable) -> Callable[..., str]:
    """Makes tables of 10 read and 10 write units with a global index `by-other` of as many."""

    def make() -> str:
        units = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
        return make_table(
            attributes=["other:S"],
            BillingMode="PROVISIONED",
            ProvisionedThroughput=units,
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-other",
                    "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                    "ProvisionedThroughput": units,
                }
            ],
        )

    return make


@pytest.fixture
def table(make_provisioned: Callable[..., str]) -> str:
    return make_provisioned()


@pytest.fixture
def reads(table: str, scaling: Any) -> dict[str, str]:
    """The members that name a registered target: the table's read units, from 5 to 100."""
    target = reads_of(table)
    scaling.register_scalable_target(**target, MinCapacity=5, MaxCapacity=100)
    return target
