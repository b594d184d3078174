"""The bounds of a scalable target."""

from kilowatt.errors import scaling as errors

# DynamoDB's throughput is 1 at least.
LEAST = 1


def check_bounds(minimum: int, maximum: int) -> tuple[int, int]:
    """The bounds. Raises `MINIMUM_TOO_SMALL`, `BOUNDS_CROSSED`."""
    if minimum < LEAST:
        raise errors.MINIMUM_TOO_SMALL(least=LEAST, minimum=minimum)
    if maximum < minimum:
        raise errors.BOUNDS_CROSSED(minimum=minimum, maximum=maximum)
    return minimum, maximum
