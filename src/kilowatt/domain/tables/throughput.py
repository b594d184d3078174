"""Provisioned capacity, and how often it may be lowered.

Source: AWS guide, "Quotas in Amazon DynamoDB"; the budget of decreases as measured on AWS, 2026-10.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kilowatt.errors import ServiceError
from kilowatt.errors import tables as errors

# Decreases that a day (UTC) begins with; then it is one at most in so many seconds.
DAILY_DECREASES = 4
_PAUSE_SECONDS = 3_600
_DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Throughput:
    """Provisioned capacity in units per second; 0 and 0 on demand. Times are seconds since the epoch.

    `decreases_today` are those of the day of the last decrease.
    """

    read: int = 0
    write: int = 0
    increased: float | None = None
    decreased: float | None = None
    decreases_today: int = 0

    def changed(self, read: int, write: int, at: float, limited: bool = True) -> "Throughput":
        """The throughput after an UpdateTable that asks for these units.

        If `limited`, raises `TOO_MANY_DECREASES` when it is too early for another decrease.
        """
        rises = read > self.read or write > self.write
        falls = read < self.read or write < self.write
        if falls and limited and at < self._next_decrease(at):
            raise _too_many_decreases(self, self._next_decrease(at))
        return Throughput(
            read,
            write,
            at if rises else self.increased,
            at if falls else self.decreased,
            self.on_day_of(at).decreases_today + falls,
        )

    def on_day_of(self, now: float) -> "Throughput":
        """The same with the decreases of the day that `now` is in."""
        return self if self._decreased_on_day_of(now) else replace(self, decreases_today=0)

    def _decreased_on_day_of(self, now: float) -> bool:
        return self.decreased is not None and self.decreased // _DAY_SECONDS == now // _DAY_SECONDS

    def _next_decrease(self, now: float) -> float:
        """When the units can be lowered; a time that is past if that is now."""
        if self.decreased is None or self.on_day_of(now).decreases_today < DAILY_DECREASES:
            return now
        midnight = (now // _DAY_SECONDS + 1) * _DAY_SECONDS
        return min(self.decreased + _PAUSE_SECONDS, midnight)


NO_THROUGHPUT = Throughput()


def _too_many_decreases(throughput: Throughput, following: float) -> ServiceError:
    return errors.TOO_MANY_DECREASES(
        first=DAILY_DECREASES,
        seconds=_PAUSE_SECONDS,
        today=throughput.decreases_today,
        last=_written_out(throughput.decreased or 0.0),
        next=_written_out(following),
    )


def _written_out(time: float) -> str:
    """A time as in AWS's texts: Monday, October 10, 2022 at 1:00:19 PM Coordinated Universal Time."""
    moment = datetime.fromtimestamp(time, UTC)
    return (
        f"{moment:%A, %B} {moment.day}, {moment.year} at {moment.hour % 12 or 12}:{moment:%M:%S %p} "
        "Coordinated Universal Time"
    )
