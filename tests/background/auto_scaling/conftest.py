"""Gives tests a table to scale, over each engine in turn."""

import pytest
from tests.background.auto_scaling.scaled import Scaled
from tests.background.site import Site


@pytest.fixture
def scaled(site: Site) -> Scaled:
    return Scaled(site)
