"""How many examples: a few seconds' worth, or with HYPOTHESIS_PROFILE=long many times more."""

import os

from hypothesis import HealthCheck, Phase, settings

_FACTOR = {"long": 50}.get(os.environ.get("HYPOTHESIS_PROFILE", ""), 1)


def bounded(examples: int) -> settings:
    """Settings for about `examples` examples. No deadlines: two slow processors are enough to miss them."""
    return settings(
        max_examples=examples * _FACTOR,
        deadline=None,
        stateful_step_count=40,
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
