"""Token buckets: how much may be consumed at once, and how fast that comes back.

A balance is counted in millionths of half-units and a time in microseconds, so that nothing is ever rounded:
a rate of one half-unit a second is one millionth a microsecond.

Nobody knows what an access costs before it is done. So it is let in while anything is left, what it really
cost is taken then, and a balance below zero is a debt that is paid back before the next one is let in.
"""

_MILLION = 1_000_000


class TokenBucket:
    """Fills with `rate` half-units a second, up to those of `burst_seconds`; begins with those of one."""

    __slots__ = ("_at", "_balance", "_capacity", "rate")

    def __init__(self, rate: int, burst_seconds: int, now: int) -> None:
        self.rate = rate
        self._capacity = rate * burst_seconds * _MILLION
        self._balance = min(rate * _MILLION, self._capacity)
        self._at = now

    def has(self, now: int) -> bool:
        """Whether anything is left at `now`, in microseconds."""
        return self._balance > 0 or self._filled(now) > 0

    def covers(self, now: int, half_units: int) -> bool:
        """Whether anything is left when `half_units` more will have been taken."""
        return self._filled(now) > half_units * _MILLION

    def take(self, now: int, half_units: int) -> None:
        """Takes what was consumed, be it more than there is."""
        self._balance = self._filled(now) - half_units * _MILLION

    def balance(self, now: int) -> float:
        """The half-units left at `now`; a debt is below zero."""
        return self._filled(now) / _MILLION

    def change(self, rate: int, burst_seconds: int, now: int) -> None:
        """Goes on with another rate. What was saved stays, as far as there is room; a debt stays."""
        balance = self._filled(now)
        self.rate = rate
        self._capacity = rate * burst_seconds * _MILLION
        self._balance = min(balance, self._capacity)

    def _filled(self, now: int) -> int:
        """The balance at `now`. A clock that was set back brings nothing, and takes nothing."""
        elapsed = now - self._at
        if elapsed:
            self._at = now
            if elapsed > 0:
                balance = self._balance + elapsed * self.rate
                self._balance = balance if balance < self._capacity else self._capacity
        return self._balance


def take_both(one: TokenBucket, other: TokenBucket, now: int, half_units: int, debt: bool) -> bool:
    """Takes from both what was consumed. Without `debt` only if both have anything left; False if not.

    It is `has` and `take` of both in one, with the arithmetic of `_filled` written out: every request comes
    here, and the calls would cost more than the arithmetic.
    """
    if not debt and (
        (one._balance <= 0 and one._filled(now) <= 0) or (other._balance <= 0 and other._filled(now) <= 0)
    ):
        return False
    taken = half_units * _MILLION
    for bucket in (one, other):
        balance, elapsed = bucket._balance, now - bucket._at
        if elapsed > 0:
            balance += elapsed * bucket.rate
            balance = balance if balance < bucket._capacity else bucket._capacity
        bucket._at = now
        bucket._balance = balance - taken
    return True
