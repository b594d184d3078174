"""The commit of a TransactWriteItems: its actions as one decision, and why it is cancelled."""

from collections.abc import Sequence
from dataclasses import dataclass

from kilowatt.domain.writes.decision import Decision, Write
from kilowatt.engine.base import NONE, Outcome, Pair
from kilowatt.errors import ServiceError
from kilowatt.errors import transactions as errors
from kilowatt.limits import TRANSACTION_BYTES
from kilowatt.store.index_lag import History
from kilowatt.store.metering import Admission
from kilowatt.store.plan import Plan, Values
from kilowatt.store.tokens import Token


@dataclass(frozen=True, slots=True)
class Replay:
    """A transaction that was sent again: `sizes` of the larger image of each item, in bytes."""

    sizes: tuple[int, ...]


class TransactionPlan(Plan):
    """A plan that collects the refusals of its actions.

    `conflicts` tells which items other transactions hold, `old_tokens` which tokens are to be forgotten. Of a
    transaction that is cancelled, `attempted` are the half-units that each action had consumed by then.
    """

    __slots__ = ("_token", "_token_keys", "attempted", "conflicts", "old_tokens")
    # A transaction is prepared and committed: each action costs its table units twice.
    phases = 2

    def __init__(
        self,
        writes: Sequence[Write],
        collection_limit_bytes: int,
        history: History | None,
        now: int,
        token: Token | None,
        admission: Admission | None,
    ) -> None:
        super().__init__(writes, collection_limit_bytes, history, now, admission)
        self.conflicts = [False] * len(writes)
        self.attempted: list[int] = []
        self.old_tokens: Sequence[Pair] = NONE
        self._token = token
        self._token_keys = [] if token is None else token.keys(now)
        self.keys += self._token_keys

    def decide_all(self, values: Values) -> "Outcome[list[Decision] | Replay]":
        count = len(values) - len(self._token_keys)
        replay = self._replay(values[count:])
        if replay is not None:
            return Outcome(replay)
        run = self.begin(values[:count])
        decisions: list[Decision] = []
        refusals: list[ServiceError | None] = []
        self.attempted = []
        for step, conflict in zip(self.steps(values), self.conflicts, strict=True):
            refusal: ServiceError | None = None
            try:
                if conflict:
                    raise errors.TRANSACTION_CONFLICT()
                decisions.append(run.decide(*step))
                self.attempted.append(decisions[-1].half_units)
            except ServiceError as error:
                refusal = error
                self.attempted.append(error.half_units)
            refusals.append(refusal)
        if any(refusals):
            raise errors.canceled(refusals)
        sizes = [_larger(decision) for decision in decisions]
        if sum(sizes) > TRANSACTION_BYTES:
            raise errors.TRANSACTION_TOO_LARGE()
        outcome = run.outcome(decisions)
        puts = list(outcome.puts)
        if self._token is not None:
            puts.append((self._token_keys[0], self._token.record(self.now, sizes)))
        return Outcome(decisions, puts, outcome.deletes, self.old_tokens, outcome.appends, outcome.adds)

    def _replay(self, records: Values) -> Replay | None:
        if self._token is None:
            return None
        for record in records:
            sizes = self._token.sizes(record, self.now)
            if sizes is not None:
                return Replay(sizes)
        return None


def _larger(decision: Decision) -> int:
    """The size of the larger image of an item."""
    return max(image.size if image else 0 for image in (decision.old, decision.new))
