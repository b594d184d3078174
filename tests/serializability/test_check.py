"""The check that judges histories accepts good ones, and refuses every kind of broken one."""

import random

import pytest
from tests.serializability.check import complaints_about
from tests.serializability.history import DELETED, FOREVER, Operation, Outcome, Seen
from tests.serializability.simulated import FAULTS, simulated

_FINAL = 100.0


def done(start: float, end: float, reads: dict[str, Seen] | None = None, **writes: str) -> Operation:
    return Operation("done", start, end, reads or {}, writes)


def unknown(start: float, **writes: str) -> Operation:
    return Operation("unknown", start, FOREVER, {}, writes, Outcome.UNKNOWN)


def failed(start: float, end: float, **writes: str) -> Operation:
    return Operation("failed", start, end, {}, writes, Outcome.FAILED)


def final(**reads: Seen) -> Operation:
    """Everything, read when all is over."""
    return Operation("final", _FINAL, _FINAL + 1, dict(reads))


GOOD: dict[str, list[Operation]] = {
    "nothing": [],
    "one after the other": [done(0, 1, x="1"), done(2, 3, {"x": ("1",)}, x="2"), final(x=("1", "2"))],
    "the later one first": [done(0, 5, x="1"), done(1, 4, x="2"), final(x=("2", "1"))],
    "seen before it was answered": [done(0, 9, x="1"), done(1, 2, {"x": ("1",)}), final(x=("1",))],
    "not seen before it was answered": [done(0, 9, x="1"), done(1, 2, {"x": ()}), final(x=("1",))],
    "of two items": [
        done(0, 9, x="1", y="1"),
        done(1, 2, {"x": (), "y": ()}),
        done(3, 4, {"x": ("1",), "y": ("1",)}),
    ],
    "lost without an answer": [unknown(0, x="1"), done(1, 2, {"x": ()}), final(x=())],
    "done without an answer, at last": [unknown(0, x="1"), done(1, 2, {"x": ()}), final(x=("1",))],
    "one of two without an answer": [unknown(0, x="1"), unknown(0, x="2"), final(x=("2",))],
    "failed": [failed(0, 1, x="1"), final(x=())],
    "deleted": [
        done(0, 1, x="1"),
        done(2, 5, {"x": ("1",)}, x=DELETED),
        done(3, 4, {"x": ("1",)}),
        done(3, 4, {"x": DELETED}),
        final(x=DELETED),
    ],
    "deleted after what nobody saw": [done(0, 1, x="1"), done(2, 3, x=DELETED), final(x=DELETED)],
}


@pytest.mark.parametrize("history", GOOD.values(), ids=GOOD.keys())
def test_a_serializable_history_is_fine(history: list[Operation]) -> None:
    assert complaints_about(history) == []


BROKEN: dict[str, tuple[list[Operation], str]] = {
    "lost update": (
        [done(0, 9, {"x": ()}, x="1"), done(0, 9, {"x": ()}, x="2"), final(x=("1", "2"))],
        "(rw x)",
    ),
    "update that is gone": ([done(0, 1, x="1"), final(x=())], "(rt)"),
    "update that is gone, among others": (
        [done(0, 1, x="1"), done(2, 3, x="2"), done(4, 5, {"x": ("2",)}), final(x=("2",))],
        "(rt)",
    ),
    "stale read": (
        [done(0, 1, x="1"), done(2, 3, {"x": ()}), final(x=("1",))],
        "(rt)",
    ),
    "read that goes back": (
        [done(0, 9, x="1"), done(1, 2, {"x": ("1",)}), done(3, 4, {"x": ()})],
        "(rt)",
    ),
    "fractured read": (
        [done(0, 9, x="1", y="1"), done(0, 9, {"x": ("1",), "y": ()}), final(x=("1",), y=("1",))],
        "(rw y)",
    ),
    "half a transaction": ([done(0, 1, x="1", y="1"), final(x=("1",), y=())], "(rw y)"),
    "half a transaction without an answer": (
        [unknown(0, x="1", y="1"), final(x=("1",), y=()), done(200, 201, {"y": ("1",)})],
        "(rw y)",
    ),
    "write skew": (
        [
            done(0, 9, {"x": ()}, y="1"),
            done(0, 9, {"y": ()}, x="1"),
            final(x=("1",), y=("1",)),
        ],
        "(rw x)",
    ),
    "long fork": (
        [
            done(0, 9, x="1"),
            done(0, 9, y="1"),
            done(0, 9, {"x": ("1",), "y": ()}),
            done(0, 9, {"x": (), "y": ("1",)}),
        ],
        "(rw",
    ),
    "two transactions in opposite orders": (
        [done(0, 9, x="1", y="1"), done(0, 9, x="2", y="2"), final(x=("1", "2"), y=("2", "1"))],
        "(ww y)",
    ),
    "aborted read": ([failed(0, 1, x="1"), done(2, 3, {"x": ("1",)})], "was read, but not written"),
    "made up": ([done(2, 3, {"x": ("1",)})], "nobody wrote 1"),
    "done twice": ([done(0, 1, x="1"), final(x=("1", "1"))], "a value twice"),
    "two orders": (
        [
            done(0, 9, x="1"),
            done(0, 9, x="2"),
            done(0, 9, {"x": ("1", "2")}),
            done(0, 9, {"x": ("2", "1")}),
        ],
        "two orders",
    ),
    "back from the dead": (
        [done(0, 1, x="1"), done(2, 3, x=DELETED), final(x=("1",))],
        "(rt)",
    ),
    "written after its deletion": (
        [done(0, 1, x=DELETED), done(2, 3, x="1"), final(x=("1",))],
        "(rt)",
    ),
    "deleted by nobody": ([final(x=DELETED)], "nobody wrote deleted"),
}


@pytest.mark.parametrize(("history", "complaint"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_history_is_complained_about(history: list[Operation], complaint: str) -> None:
    complaints = complaints_about(history)
    assert any(complaint in text for text in complaints), complaints


@pytest.mark.parametrize("history", [history for history, _ in BROKEN.values()], ids=BROKEN.keys())
def test_the_order_of_the_record_does_not_matter(history: list[Operation]) -> None:
    for seed in range(5):
        shuffled = random.Random(seed).sample(history, len(history))
        assert complaints_about(shuffled)


@pytest.mark.parametrize("seed", range(10))
def test_what_a_right_store_does_is_fine(seed: int) -> None:
    assert complaints_about(simulated(seed)) == []


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("seed", range(5))
def test_what_a_faulty_store_does_is_complained_about(seed: int, fault: str) -> None:
    assert complaints_about(simulated(seed, fault))


def test_long_histories_are_checked_quickly() -> None:
    history = simulated(1, operations=20_000)
    assert complaints_about(history) == []
