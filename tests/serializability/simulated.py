"""Histories of a simulated store: one that does things at one moment each, or one with a fault."""

import random
from typing import NamedTuple

from tests.serializability.history import FOREVER, Operation, Outcome, Seen

# What goes wrong now and then in a store with that fault.
FAULTS = [
    "a write is lost",
    "a write takes place after its answer",
    "a read is old",
    "items are read at two moments",
    "a transaction is done by halves",
    "conditions are checked too early",
    "a failed write takes place",
    "a write takes place twice",
]
_CLIENTS = 6
_ITEMS = 4
_FAULTY = 0.1
# So often where hardly any write is concerned.
_OFTEN_FAULTY = 0.5
_UNANSWERED = 0.02
# Lists are given up when they are so long.
_LONG = 40


class _Effect(NamedTuple):
    moment: float
    number: int
    operation: Operation
    part: str  # reads, writes, or one item that is read or written


def simulated(seed: int, fault: str | None = None, operations: int = 600) -> list[Operation]:
    """What clients see of a store, with a last look at everything."""
    chance = random.Random(f"{seed} {fault}")
    history = _sent(chance, operations)
    effects: list[_Effect] = []
    for number, operation in enumerate(history):
        effects += _effects(chance, number, operation, fault)
    lists: dict[str, list[tuple[float, str]]] = {}
    for effect in sorted(effects, key=lambda effect: (effect.moment, effect.number)):
        _take_place(effect, lists, chance, fault)
    end = max(operation.end for operation in history if operation.end < FOREVER)
    reads: dict[str, Seen] = {item: tuple(value for _, value in kept) for item, kept in lists.items()}
    return [*history, Operation("final", end + 50, end + 51, reads)]


def _sent(chance: random.Random, operations: int) -> list[Operation]:
    history = []
    clocks = [chance.random() for _ in range(_CLIENTS)]
    for number in range(operations):
        client = chance.randrange(_CLIENTS)
        start = clocks[client] + chance.random() * 0.1
        end = start + 0.5 + chance.random()
        clocks[client] = end
        generation = number // (_LONG * _ITEMS)
        items = [f"{generation}-{item}" for item in chance.sample(range(_ITEMS), chance.randint(1, 3))]
        operation = Operation(f"client {client}", start, end)
        kind = chance.random()
        if kind < 0.4:
            operation.reads = dict.fromkeys(items, ())
        elif kind < 0.7:
            operation.writes = dict.fromkeys(items, str(number))
        else:
            operation.reads = {items[0]: ()}
            operation.writes = dict.fromkeys(items[1:] or items, str(number))
        if operation.writes and not operation.reads and chance.random() < _UNANSWERED:
            operation.outcome, operation.end = Outcome.UNKNOWN, FOREVER
        elif operation.writes and chance.random() < 0.1:
            operation.outcome, operation.reads = Outcome.FAILED, {}
        history.append(operation)
    return history


def _effects(chance: random.Random, number: int, operation: Operation, fault: str | None) -> list[_Effect]:
    """When its parts take place."""
    end = operation.start + 1 if operation.end == FOREVER else operation.end
    moment = chance.uniform(operation.start, end)
    faulty = chance.random() < _FAULTY
    if operation.outcome is Outcome.FAILED and not (
        fault == "a failed write takes place" and chance.random() < _OFTEN_FAULTY
    ):
        return []
    if operation.outcome is Outcome.UNKNOWN and chance.random() < 0.5:
        return []
    reads = writes = moment
    if faulty:
        match fault:
            case "a write is lost" if operation.writes and operation.outcome is Outcome.DONE:
                return [_Effect(reads, number, operation, "reads")]
            case "a write takes place after its answer" if operation.outcome is Outcome.DONE:
                writes = end + 5
            case "conditions are checked too early":
                reads = operation.start - 5
            case "items are read at two moments" if len(operation.reads) > 1:
                return [
                    _Effect(moment + 3 * place, number, operation, item)
                    for place, item in enumerate(operation.reads)
                ]
            case "a transaction is done by halves" if len(operation.writes) > 1:
                first = next(iter(operation.writes))
                return [
                    _Effect(moment, number, operation, "reads"),
                    _Effect(moment, number, operation, first),
                ]
            case "a write takes place twice":
                return [_Effect(moment, number, operation, part) for part in ("reads", "writes", "writes")]
    return [_Effect(reads, number, operation, "reads"), _Effect(writes, number, operation, "writes")]


def _take_place(
    effect: _Effect, lists: dict[str, list[tuple[float, str]]], chance: random.Random, fault: str | None
) -> None:
    operation, part = effect.operation, effect.part
    old = fault == "a read is old" and chance.random() < _FAULTY
    visible_until = operation.start - 3 if old else FOREVER
    for item in operation.reads:
        if part in {"reads", item} and not (part == item and item in operation.writes):
            kept = lists.get(item, [])
            operation.reads[item] = tuple(value for moment, value in kept if moment < visible_until)
    for item, value in operation.writes.items():
        if part in {"writes", item}:
            lists.setdefault(item, []).append((effect.moment, value))
