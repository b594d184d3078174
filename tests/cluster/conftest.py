"""A cluster for all tests that kill its nodes: they leave it whole."""

from collections.abc import Iterator

import pytest
from tests.cluster.patroni import Cluster, running_cluster
from tests.postgres_server import Databases, postgres_of_the_tests


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def postgres_server() -> Databases:
    return postgres_of_the_tests()
