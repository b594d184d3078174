"""Who waits is taken along by the next worker, and never stands in the way of what is under way."""

import asyncio

from kilowatt.engine.rounds import Rounds

Item = tuple[str, bytes]


class Runs:
    """What was run together, and what at the same time."""

    def __init__(self, workers: int, most: int = 10) -> None:
        self.done: list[list[str]] = []
        self.most_at_once = 0
        self._under_way: list[bytes] = []
        self._at_once = 0
        self.may_end = asyncio.Event()
        self.rounds: Rounds[Item] = Rounds(self._run, workers, most, lambda item: [item[1]])

    async def _run(self, items: list[Item]) -> None:
        keys = {key for _, key in items}
        assert keys.isdisjoint(self._under_way)
        self._under_way += keys
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        self.done.append([name for name, _ in items])
        await self.may_end.wait()
        self._at_once -= 1
        self._under_way = [key for key in self._under_way if key not in keys]


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_comes_while_all_work_is_done_together() -> None:
    runs = Runs(workers=1)
    for name in "abc":
        runs.rounds.add((name, name.encode()))
    await _settled()
    for name in "def":
        runs.rounds.add((name, name.encode()))
        await _settled()
    assert runs.done == [["a", "b", "c"]]
    runs.may_end.set()
    await runs.rounds.finish()
    assert runs.done == [["a", "b", "c"], ["d", "e", "f"]]


async def test_no_more_than_so_many_at_once() -> None:
    runs = Runs(workers=2, most=3)
    for number in range(10):
        runs.rounds.add((str(number), str(number).encode()))
    await _settled()
    assert runs.done == [["0", "1", "2"], ["3", "4", "5"]]
    runs.may_end.set()
    await runs.rounds.finish()
    assert [len(some) for some in runs.done] == [3, 3, 3, 1]
    assert runs.most_at_once == 2


async def test_what_wants_the_same_key_waits_for_it_and_the_others_go_on() -> None:
    runs = Runs(workers=2)
    runs.rounds.add(("first", b"hot"))
    await _settled()
    runs.rounds.add(("second", b"hot"))
    runs.rounds.add(("other", b"cold"))
    await _settled()
    assert runs.done == [["first"], ["other"]]
    runs.rounds.add(("third", b"hot"))
    await _settled()
    assert len(runs.done) == 2
    runs.may_end.set()
    await runs.rounds.finish()
    assert runs.done[2:] == [["second", "third"]]
