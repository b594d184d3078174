"""How many examples: a few seconds' worth, or with HYPOTHESIS_PROFILE=long many times more."""

import os

from hypothesis import HealthCheck, Phase, settings

_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate)


def bounded(examples: int, quick_failure: bool = False) -> settings:
    """Settings for about `examples` examples. No deadlines: two slow processors are enough to miss them.

    `quick_failure` leaves the search for a smaller failing example, which can take minutes, to `long`.
    """
    return settings(
        max_examples=examples * (50 if _LONG else 1),
        deadline=None,
        stateful_step_count=40,
        phases=_PHASES if quick_failure and not _LONG else (*_PHASES, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
