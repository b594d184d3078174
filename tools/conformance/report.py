"""The report of a replay: agreement by operation, then what differs."""

from collections import Counter
from collections.abc import Iterable, Iterator

from tools.conformance.replay import Outcome, Verdict

_COLUMNS = ("operation", "recorded", *Verdict)


def lines(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """The report as text, line by line."""
    outcomes = list(outcomes)
    yield from _table(list(_rows(outcomes)))
    for outcome in outcomes:
        yield from _details(outcome)


def _rows(outcomes: list[Outcome]) -> Iterator[tuple[str, ...]]:
    yield _COLUMNS
    for operation in sorted({outcome.operation for outcome in outcomes}):
        yield _row(operation, [outcome for outcome in outcomes if outcome.operation == operation])
    yield _row("all", outcomes)


def _row(name: str, outcomes: list[Outcome]) -> tuple[str, ...]:
    counts = Counter(outcome.verdict for outcome in outcomes)
    return (name, str(len(outcomes)), *(str(counts[verdict] or "") for verdict in Verdict))


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row[1:], widths[1:], strict=True)
        yield "  ".join([row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in cells)])


def _details(outcome: Outcome) -> Iterator[str]:
    place = f"{outcome.scenario}, {outcome.answer} ({outcome.operation})"
    for row in outcome.known:
        yield f"known difference {row.number}: {place}: {row.path}: {row.reason}"
    for difference in outcome.differences:
        yield f"{outcome.verdict}: {place}: {difference}"
