"""The example of triggers does what it says."""

import subprocess
import sys

from examples.triggers import orders
from tests.triggers.conftest import Place


def test_the_example_keeps_totals_and_a_trail(place: Place) -> None:
    done = subprocess.run(
        [sys.executable, orders.__file__, place.endpoint],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "amara: 10 orders, 200 in all",
        "ben: 9 orders, 108 in all",
        "20 INSERT, 1 MODIFY, 1 REMOVE",
    ]
