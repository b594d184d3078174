"""The findings as tables, for a terminal and as Markdown, with the targets they are held to."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from benchmarks.measure import Result, Subject
from benchmarks.workload import (
    GET_ITEM,
    PUT_ITEM,
    QUERY_FILTER,
    QUERY_ORDERS,
    TRANSACT_HUNDRED,
    TRANSACT_TEN,
    UPDATE_ITEM,
    Case,
)

HEADLINE_CONNECTIONS = 64

# What Kilowatt on disk has to reach of the floor.
_RATIOS = {GET_ITEM: 0.22, PUT_ITEM: 0.13, QUERY_ORDERS: 0.04, QUERY_FILTER: 0.015}

Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Target:
    """Something to reach, and what was."""

    text: str
    value: str
    reached: bool


def targets(subjects: list[Subject]) -> list[Target]:
    """The targets that these findings allow to judge."""
    by_name = {subject.name: subject for subject in subjects}
    kilowatt = by_name.get("kilowatt")
    if kilowatt is None:
        return []
    found = [_at_least(kilowatt, case, ratio) for case, ratio in _RATIOS.items()]
    if "dynalite" in by_name:
        found.append(_faster(kilowatt, by_name["dynalite"], PUT_ITEM))
    found += [_p99_below(kilowatt, case, 10) for case in (GET_ITEM, PUT_ITEM, UPDATE_ITEM)]
    found += [_items_as_fast(kilowatt, TRANSACT_TEN, 10, 0.25), _p50_alone(kilowatt, TRANSACT_HUNDRED, 15)]
    start, idle = kilowatt.start_seconds, kilowatt.idle_rss / 1e6
    found.append(Target("start-up to the first answer under 0.35 s", f"{start:.3f} s", start < 0.35))
    found.append(Target("idle memory under 80 MB", f"{idle:.0f} MB", idle < 80))
    return [target for target in found if target is not None]


def _at_least(subject: Subject, case: Case, ratio: float) -> Target | None:
    result = subject.result(case, HEADLINE_CONNECTIONS)
    if result is None:
        return None
    text = f"{case.name} on disk at least {ratio} of the floor"
    return Target(text, f"{result.ratio:.3f}", result.ratio >= ratio)


def _faster(subject: Subject, other: Subject, case: Case) -> Target | None:
    """Compared by the ratios to the floor, which was measured beside each of both."""
    ours = subject.result(case, HEADLINE_CONNECTIONS)
    theirs = other.result(case, HEADLINE_CONNECTIONS)
    if ours is None or theirs is None:
        return None
    factor = ours.ratio / theirs.ratio
    return Target(f"{case.name} on disk faster than {other.title}", f"{factor:.1f} times", factor > 1)


def _p99_below(subject: Subject, case: Case, limit_ms: float) -> Target | None:
    result = subject.result(case, HEADLINE_CONNECTIONS)
    if result is None:
        return None
    text = f"p99 of {case.name} under {limit_ms:g} ms"
    return Target(text, f"{result.p99:.1f} ms", result.p99 < limit_ms)


def _items_as_fast(subject: Subject, case: Case, items: int, ratio: float) -> Target | None:
    """How fast a transaction writes items, beside single puts."""
    result, single = (subject.result(asked, HEADLINE_CONNECTIONS) for asked in (case, PUT_ITEM))
    if result is None or single is None:
        return None
    text = f"items of {case.name} at least {ratio} of PutItem's"
    measured = items * result.ratio / single.ratio
    return Target(text, f"{measured:.2f}", measured >= ratio)


def _p50_alone(subject: Subject, case: Case, limit_ms: float) -> Target | None:
    result = subject.result(case, 1)
    if result is None:
        return None
    text = f"p50 of {case.name} under {limit_ms:g} ms, at one connection"
    return Target(text, f"{result.p50:.1f} ms", result.p50 < limit_ms)


def rates(subjects: Iterable[Subject]) -> Rows:
    heading = ["server", "operation", "connections", "requests/s", "of the floor"]
    heading += ["p50 ms", "p99 ms", "p99.9 ms", "CPU", "CPU µs/request", "of the floor by CPU"]
    return [heading] + [
        [subject.title, result.operation, str(result.connections), *_figures(result)]
        for subject in subjects
        for result in subject.results
    ]


def _figures(result: Result) -> list[str]:
    if not result.rate:
        return ["0", *("-" * 7)]
    return [
        f"{result.rate:,.0f}",
        _ratio(result.ratio),
        f"{result.p50:.2f}",
        f"{result.p99:.2f}",
        f"{result.p999:.2f}",
        f"{result.cpu:.0%}",
        f"{result.cpu_us:,.0f}",
        _ratio(result.cpu_ratio),
    ]


def _ratio(ratio: float) -> str:
    return f"{ratio:.4f}" if ratio < 0.01 else f"{ratio:.3f}"


def footprints(subjects: Iterable[Subject]) -> Rows:
    heading = ["server", "first answer after", "memory idle", "memory after the load"]
    return [heading] + [
        [
            subject.title,
            f"{subject.start_seconds:.3f} s",
            f"{subject.idle_rss / 1e6:.0f} MB",
            f"{subject.loaded_rss / 1e6:.0f} MB",
        ]
        for subject in subjects
    ]


def judged(found: Iterable[Target]) -> Rows:
    heading = [f"target, at {HEADLINE_CONNECTIONS} connections", "measured", ""]
    return [heading] + [[target.text, target.value, _verdict(target)] for target in found]


def _verdict(target: Target) -> str:
    return "pass" if target.reached else "FAIL"


def text(rows: Rows) -> str:
    """Columns in line: words to the left, figures to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    figures = _figure_columns(rows)
    return "\n".join(
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, figures, strict=True)
        ).rstrip()
        for row in rows
    )


def markdown(rows: Rows) -> str:
    figures = _figure_columns(rows)
    ruler = ["---:" if right else "---" for right in figures]
    return "\n".join(f"| {' | '.join(row)} |" for row in [rows[0], ruler, *rows[1:]])


def _figure_columns(rows: Rows) -> list[bool]:
    return [any(cell[:1].isdigit() for cell in column[1:]) for column in zip(*rows, strict=True)]


def page(machine: dict[str, Any], date: str, subjects: list[Subject]) -> str:
    """The Markdown page of one run."""
    lines = [
        f"# Benchmark, {date}",
        "",
        "Made by `make bench`; how, and how to read it: [docs/benchmarks.md](../../docs/benchmarks.md).",
        "",
        *(f"- {name.replace('_', ' ')}: {_shown(value)}" for name, value in machine.items()),
        "",
        *(
            markdown(rows) + "\n"
            for rows in (judged(targets(subjects)), rates(subjects), footprints(subjects))
        ),
    ]
    problems = [f"- {subject.title}: {problem}" for subject in subjects for problem in subject.problems]
    if problems:
        lines += ["What was not answered as DynamoDB does:", "", *problems, ""]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {content}" for name, content in value.items())
    return str(value)
