"""Is a history strictly serializable?

It is, if all operations that took place can be put into one order in which each sees just what those before
it left, and in which no operation comes before one that was answered before it began. So this looks for who
must come before whom:

    ww   who appended a value before who appended the next one
    wr   who appended a value before who saw it as the last one
    rw   who did not see a value yet before who appended it
    rt   who was answered before who began later

and the history is not serializable if somebody must come before himself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tests.serializability.history import DELETED, FOREVER, Operation, Outcome, Seen

Edge = tuple[int, str]


def complaints_about(history: Sequence[Operation]) -> list[str]:
    """What is wrong with a history; nothing if it is strictly serializable."""
    versions = _Versions.of(history)
    if versions.complaints:
        return versions.complaints
    graph = _Graph(len(history))
    took_place = [number for number in range(len(history)) if versions.took_place(number)]
    versions.connect(graph, took_place)
    _connect_in_time(history, graph, took_place)
    cycle = graph.cycle()
    return [_told(history, cycle)] if cycle else []


class _Graph:
    """Operations by number; moments in time have further numbers."""

    def __init__(self, operations: int) -> None:
        self.operations = operations
        self.edges: dict[int, list[Edge]] = defaultdict(list)
        self._next = operations

    def moment(self) -> int:
        self._next += 1
        return self._next - 1

    def add(self, before: int, after: int, kind: str) -> None:
        if before != after:
            self.edges[before].append((after, kind))

    def cycle(self) -> list[Edge]:
        """The shortest cycle that can be found quickly, as (number, kind of the edge that leaves it)."""
        for component in self._components():
            if len(component) > 1:
                return self._cycle_in(component)
        return []

    def _components(self) -> Iterable[list[int]]:
        """Strongly connected components: Tarjan's algorithm, without recursion."""
        index: dict[int, int] = {}
        low: dict[int, int] = {}
        stack: list[int] = []
        on_stack: set[int] = set()
        for root in list(self.edges):
            if root in index:
                continue
            work = [(root, iter(self.edges[root]))]
            index[root] = low[root] = len(index)
            stack.append(root)
            on_stack.add(root)
            while work:
                node, rest = work[-1]
                for after, _ in rest:
                    if after not in index:
                        index[after] = low[after] = len(index)
                        stack.append(after)
                        on_stack.add(after)
                        work.append((after, iter(self.edges.get(after, ()))))
                        break
                    if after in on_stack:
                        low[node] = min(low[node], index[after])
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[node])
                    if low[node] == index[node]:
                        component = []
                        while True:
                            member = stack.pop()
                            on_stack.discard(member)
                            component.append(member)
                            if member == node:
                                break
                        yield component

    def _cycle_in(self, component: list[int]) -> list[Edge]:
        """A shortest way from one member back to itself."""
        members = set(component)
        start = min(members)
        came: dict[int, tuple[int, str]] = {}
        queue = [start]
        for node in queue:
            for after, kind in self.edges.get(node, ()):
                if after not in members or after in came:
                    continue
                came[after] = (node, kind)
                if after == start:
                    return _walked_back(came, start)
                queue.append(after)
        raise AssertionError("a component without a cycle")


def _walked_back(came: dict[int, tuple[int, str]], start: int) -> list[Edge]:
    steps = []
    node = start
    while True:
        node, kind = came[node]
        steps.append((node, kind))
        if node == start:
            return steps[::-1]


@dataclass
class _Versions:
    """The order of each item's values, and who wrote and who saw them. A deletion comes after all values."""

    history: Sequence[Operation]
    orders: dict[str, list[str]] = field(default_factory=dict)
    writers: dict[tuple[str, str], int] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, history: Sequence[Operation]) -> "_Versions":
        versions = cls(history)
        for number, operation in enumerate(history):
            for item, value in operation.writes.items():
                versions.writers[item, value] = number
        for operation in history:
            if operation.outcome is Outcome.DONE:
                for item, seen in operation.reads.items():
                    versions._note(operation, item, seen)
        for item, order in versions.orders.items():
            if len(set(order)) < len(order):
                versions.complaints.append(f"{item}: a value twice in {order}")
            versions.seen |= {(item, value) for value in order}
        for item, value in sorted(versions.seen):
            versions._check_written(item, value)
        return versions

    def took_place(self, number: int) -> bool:
        """Whether it is known to have taken place: it was acknowledged, or somebody saw what it wrote."""
        operation = self.history[number]
        if operation.outcome is not Outcome.UNKNOWN:
            return operation.outcome is Outcome.DONE
        return any(written in self.seen for written in operation.writes.items())

    def connect(self, graph: _Graph, numbers: list[int]) -> None:
        """Adds the edges between operations that took place."""
        unseen: dict[str, list[int]] = defaultdict(list)
        deletions: dict[str, int] = {}
        for number in numbers:
            for item, value in self.history[number].writes.items():
                self.orders.setdefault(item, [])
                if value == DELETED:
                    deletions[item] = number
                elif (item, value) not in self.seen:
                    unseen[item].append(number)
        for item, order in self.orders.items():
            chain = [self.writers[item, value] for value in order]
            last = [deletions[item]] if item in deletions else []
            for before, after in pairwise([*chain, *last]):
                graph.add(before, after, f"ww {item}")
            for number in unseen[item]:
                for before, after in pairwise([*chain[-1:], number, *last]):
                    graph.add(before, after, f"ww {item}")
            unseen[item] += last
        for number in numbers:
            for item, seen in self.history[number].reads.items():
                self._connect_read(graph, number, item, seen, unseen[item])

    def _connect_read(self, graph: _Graph, number: int, item: str, seen: Seen, at_the_end: list[int]) -> None:
        if seen == DELETED:
            graph.add(self.writers[item, DELETED], number, f"wr {item}")
            return
        order = self.orders[item]
        if seen:
            graph.add(self.writers[item, seen[-1]], number, f"wr {item}")
        following = [self.writers[item, order[len(seen)]]] if len(seen) < len(order) else at_the_end
        for writer in following:
            graph.add(number, writer, f"rw {item}")

    def _note(self, operation: Operation, item: str, seen: Seen) -> None:
        """Takes what was seen as the item's order, as far as it tells more than is known."""
        order = self.orders.setdefault(item, [])
        if isinstance(seen, str):
            self.seen.add((item, seen))
            return
        common = min(len(order), len(seen))
        if order[:common] != list(seen[:common]):
            self.complaints.append(f"{item}: two orders of its values: {operation} and {order[:common]}")
        elif len(seen) > len(order):
            self.orders[item] = list(seen)

    def _check_written(self, item: str, value: str) -> None:
        number = self.writers.get((item, value))
        if number is None:
            self.complaints.append(f"{item}: nobody wrote {value}")
        elif self.history[number].outcome is Outcome.FAILED:
            self.complaints.append(f"{item}: {value} was read, but not written: {self.history[number]}")


def _connect_in_time(history: Sequence[Operation], graph: _Graph, numbers: list[int]) -> None:
    """Who was answered is before who began later: by way of the moments of answers, one after the other."""
    answers = sorted((history[number].end, number) for number in numbers if history[number].end < FOREVER)
    begins = sorted((history[number].start, number) for number in numbers)
    moment: int | None = None
    following = 0
    for start, number in begins:
        while following < len(answers) and answers[following][0] < start:
            new = graph.moment()
            graph.add(answers[following][1], new, "rt")
            if moment is not None:
                graph.add(moment, new, "rt")
            moment = new
            following += 1
        if moment is not None:
            graph.add(moment, number, "rt")


def _told(history: Sequence[Operation], cycle: list[Edge]) -> str:
    lines = ["nobody can come before himself, but:"]
    for number, kind in cycle:
        if number < len(history):
            lines.append(f"  {history[number]}\n    before ({kind})")
    return "\n".join(lines)
