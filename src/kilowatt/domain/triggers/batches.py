"""What follows an invocation: which records are done, which are tried again, which are given up.

Source: AWS Lambda guide, "Configuring partial batch response with DynamoDB and Lambda" and "Retain discarded
records for a DynamoDB event source in Lambda"; counts as recorded.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from kilowatt.domain.triggers.event import Entry
from kilowatt.limits import STREAM_RETENTION_SECONDS

RETRIES_EXHAUSTED, RECORD_TOO_OLD = "RetryAttemptsExhausted", "RecordAgeExceeded"


@dataclass(frozen=True, slots=True)
class Batch:
    """Entries that go to the function together; `failures`: how many invocations with these have failed."""

    entries: Sequence[Entry]
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What an invocation came to. `error` is its kind, such as `Unhandled`, if the function failed."""

    request_id: str
    payload: bytes
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """What a mapping says of failures. `most_retries` and `most_age_seconds` are -1 for no limit."""

    most_retries: int = -1
    most_age_seconds: int = -1
    bisect: bool = False
    partial: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a batch: the first `done` entries are, `again` are to be tried, in order, or all of the
    rest is `given_up`.
    """

    done: int
    again: Sequence[Batch] = ()
    given_up: bool = False


def verdict(batch: Batch, answer: Answer, policy: Policy, needs_state: bool = False) -> Verdict:
    """What becomes of a batch after an invocation. `needs_state`: the answer must have a state (windows)."""
    if answer.error is not None:
        if policy.bisect and len(batch.entries) > 1:
            return Verdict(0, _halves(batch))
        return _failed(batch, policy)
    document = _document(answer.payload)
    if needs_state and not (isinstance(document, dict) and isinstance(document.get("state"), dict)):
        return _failed(batch, policy)
    if not policy.partial:
        return Verdict(len(batch.entries))
    done = _first_failure(document, batch.entries)
    if done is None:
        return Verdict(len(batch.entries))
    if done:
        # Some of it worked: what is left begins with all its attempts, as recorded.
        return Verdict(done, (Batch(batch.entries[done:]),))
    return _failed(batch, policy)


def too_old(batch: Batch, policy: Policy, now: float) -> int:
    """How many of the first entries are older than a function may get; `now` in seconds since the epoch.

    Without a limit that is as long as records are kept in the stream: then they expire.
    """
    age = STREAM_RETENTION_SECONDS
    if policy.most_age_seconds >= 0:
        age = min(age, policy.most_age_seconds)
    oldest = (now - age) * 1_000_000
    count = 0
    for entry in batch.entries:
        if entry.time >= oldest:
            break
        count += 1
    return count


def _halves(batch: Batch) -> Sequence[Batch]:
    """Two batches; splitting does not use up a retry."""
    middle = (len(batch.entries) + 1) // 2
    return replace(batch, entries=batch.entries[:middle]), replace(batch, entries=batch.entries[middle:])


def _failed(batch: Batch, policy: Policy) -> Verdict:
    failures = batch.failures + 1
    if 0 <= policy.most_retries < failures:
        return Verdict(0, given_up=True)
    return Verdict(0, (replace(batch, failures=failures),))


def _document(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        return None


def _first_failure(document: Any, entries: Sequence[Entry]) -> int | None:
    """The place of the first entry that failed; None if none did, 0 if an identifier is none of theirs."""
    failures = document.get("batchItemFailures") if isinstance(document, dict) else None
    if not failures:
        return None
    places = {entry.sequence_number: place for place, entry in enumerate(entries)}
    if not isinstance(failures, list):
        return 0
    identifiers = [
        failure.get("itemIdentifier") if isinstance(failure, dict) else None for failure in failures
    ]
    return min(places.get(it, 0) if isinstance(it, str) else 0 for it in identifiers)


def state_in(payload: bytes) -> dict[str, Any]:
    """The state in the answer of a function with windows."""
    document = _document(payload)
    state = document.get("state") if isinstance(document, dict) else None
    return state if isinstance(state, dict) else {}
