"""How many examples: a few seconds' worth, or with HYPOTHESIS_PROFILE=long many times more.

KILOWATT_PROPERTY_MINUTES: for at least so long does the state machine of `test_operations.py` run, with new
examples all the time.
"""

import os
import time
from collections.abc import Iterator

from hypothesis import HealthCheck, Phase, settings

_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
_MINUTES = float(os.environ.get("KILOWATT_PROPERTY_MINUTES", "0"))
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def bounded(examples: int, quick_failure: bool = False) -> settings:
    """Settings for about `examples` examples. No deadlines: two slow processors are enough to miss them.

    `quick_failure` leaves the search for a smaller failing example, which can take minutes, to long runs.
    """
    is_long = _LONG or _MINUTES > 0
    return settings(
        max_examples=examples * (50 if _LONG else 1),
        deadline=None,
        stateful_step_count=40,
        phases=_PHASES if quick_failure and not is_long else (*_PHASES, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def rounds() -> Iterator[int]:
    """The numbers of rounds to run: one, or as many as KILOWATT_PROPERTY_MINUTES allows to begin."""
    ends = time.monotonic() + 60 * _MINUTES
    number = 1
    yield number
    while time.monotonic() < ends:
        number += 1
        yield number
