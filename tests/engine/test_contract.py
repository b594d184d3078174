"""The rules of `kilowatt.engine.base`, one after the other, on every engine."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import pytest

from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.engine.contract import ContractViolation
from kilowatt.engine.errors import Closed

EVERYTHING = (b"", b"\xff" * 64)
NO_LIMIT = 1 << 40


async def put(engine: Engine, *pairs: Pair) -> None:
    await engine.transact((), lambda _: Outcome(None, puts=pairs))


async def scan_all(engine: Engine, reverse: bool = False) -> list[Pair]:
    return await engine.scan(*EVERYTHING, NO_LIMIT, NO_LIMIT, reverse)


async def append(engine: Engine, log: bytes, *records: bytes) -> None:
    await engine.transact((), lambda _: Outcome(None, appends=[(log, record) for record in records]))


async def add(engine: Engine, counter: bytes, *deltas: int) -> None:
    await engine.transact((), lambda _: Outcome(None, adds=[(counter, deltas)]))


def increment(key: bytes) -> Callable[[list[bytes | None]], Outcome[int]]:
    def decide(values: list[bytes | None]) -> Outcome[int]:
        count = int(values[0] or b"0") + 1
        return Outcome(count, puts=[(key, b"%d" % count)])

    return decide


# Reading


async def test_get_returns_values_in_the_order_of_the_keys(engine: Engine) -> None:
    await put(engine, (b"a", b"1"), (b"b", b"2"))
    assert await engine.get([b"b", b"missing", b"a", b"b"]) == [b"2", None, b"1", b"2"]
    assert await engine.get([b"a"]) == [b"1"]
    assert await engine.get([]) == []


async def test_an_empty_value_is_not_a_missing_one(engine: Engine) -> None:
    await put(engine, (b"empty", b""))
    assert await engine.get([b"empty"]) == [b""]
    assert await scan_all(engine) == [(b"empty", b"")]


async def test_keys_order_as_unsigned_bytes(engine: Engine) -> None:
    keys = [b"\x00", b"\x00\x00", b"\x00\xff", b"\x01", b"a", b"a\x00", b"a\x7f", b"a\x80", b"a\xff", b"b"]
    keys += [b"\x7f", b"\x80", b"\xfe", b"\xff", b"\xff\x00", b"\xff\xff"]
    shuffled = random.Random(7).sample(keys, len(keys))
    await put(engine, *[(key, key) for key in shuffled])
    ascending = sorted(keys)
    assert [key for key, _ in await scan_all(engine)] == ascending
    assert [key for key, _ in await scan_all(engine, reverse=True)] == ascending[::-1]


async def test_the_empty_key_is_a_key(engine: Engine) -> None:
    await put(engine, (b"", b"first"))
    assert await engine.get([b""]) == [b"first"]
    assert await engine.scan(b"", b"\x00", 10, 100) == [(b"", b"first")]


@pytest.mark.parametrize("reverse", [False, True])
async def test_scan_includes_the_start_and_excludes_the_end(engine: Engine, reverse: bool) -> None:
    await put(engine, *[(bytes([letter]), b"v") for letter in b"abcde"])
    keys = [key for key, _ in await engine.scan(b"b", b"d", 10, 100, reverse)]
    assert sorted(keys) == [b"b", b"c"]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize(("start", "end"), [(b"d", b"b"), (b"b", b"b"), (b"x", b"z"), (b"", b"")])
async def test_scan_of_an_empty_range_is_empty(
    engine: Engine, start: bytes, end: bytes, reverse: bool
) -> None:
    await put(engine, (b"b", b"1"), (b"c", b"2"))
    assert await engine.scan(start, end, 10, 100, reverse) == []


async def test_scan_stops_after_limit_records(engine: Engine) -> None:
    await put(engine, *[(bytes([letter]), b"v") for letter in b"abcde"])
    assert [key for key, _ in await engine.scan(b"a", b"z", 2, 100)] == [b"a", b"b"]
    assert [key for key, _ in await engine.scan(b"a", b"z", 2, 100, reverse=True)] == [b"e", b"d"]


@pytest.mark.parametrize(
    ("byte_limit", "records"), [(1, 1), (10, 1), (11, 2), (20, 2), (21, 3), (30, 3), (31, 4), (99, 4)]
)
async def test_scan_stops_with_the_record_that_reaches_byte_limit(
    engine: Engine, byte_limit: int, records: int
) -> None:
    await put(engine, *[(bytes([letter]), b"v" * 10) for letter in b"abcd"])
    assert len(await engine.scan(b"a", b"z", 100, byte_limit)) == records
    assert len(await engine.scan(b"a", b"z", 100, byte_limit, reverse=True)) == records


async def test_pages_of_a_scan_add_up_to_one_big_scan(engine: Engine) -> None:
    random_bytes = random.Random(3).randbytes
    pairs = sorted({random_bytes(3): random_bytes(20) for _ in range(500)}.items())
    await put(engine, *pairs)
    start, paged = b"", []
    while page := await engine.scan(start, EVERYTHING[1], 7, 90):
        paged += page
        start = page[-1][0] + b"\x00"
    assert paged == pairs


async def test_ten_thousand_keys_scan_in_order(engine: Engine) -> None:
    pairs = [(b"key %06d" % number, b"value %d" % number) for number in range(10_000)]
    await put(engine, *random.Random(1).sample(pairs, len(pairs)))
    assert await engine.scan(b"key", b"kez", 20_000, NO_LIMIT) == pairs
    assert await engine.scan(b"key", b"kez", 20_000, NO_LIMIT, reverse=True) == pairs[::-1]


async def test_a_big_value_comes_back_whole(engine: Engine) -> None:
    value = random.Random(5).randbytes(1 << 20)
    await put(engine, (b"big", value))
    assert await engine.get([b"big"]) == [value]
    assert await engine.scan(b"a", b"c", 5, 5) == [(b"big", value)]


@pytest.mark.parametrize("length", [2399, 2400, 2401])
async def test_keys_of_thousands_of_bytes_are_in_order_and_apart(engine: Engine, length: int) -> None:
    """The longest keys of records: of 2,048 and 1,024 bytes, all of which may be escaped."""
    stem = b"k" * length
    keys = sorted([stem + rest for rest in (b"", b"\x00", b"a", b"a" * 3700, b"b" * 3700, b"b\x00", b"\xff")])
    keys = [b"j", stem[:-1], *keys, b"l"]
    await put(
        engine, *[(key, b"%d" % place) for place, key in enumerate(random.Random(1).sample(keys, len(keys)))]
    )
    await put(engine, *[(key, b"%d" % place) for place, key in enumerate(keys)])
    assert await engine.get(keys) == [b"%d" % place for place in range(len(keys))]
    assert await engine.get([stem + b"c" * 3700]) == [None]
    assert [key for key, _ in await scan_all(engine)] == keys
    assert [key for key, _ in await scan_all(engine, reverse=True)] == keys[::-1]
    for start in keys:
        for end in keys:
            expected = [key for key in keys if start <= key < end]
            assert [key for key, _ in await engine.scan(start, end, 99, NO_LIMIT)] == expected
            assert [key for key, _ in await engine.scan(start, end, 2, NO_LIMIT, True)] == expected[::-1][:2]
    await engine.transact(
        [keys[4]], lambda _: Outcome(None, deletes=[keys[3]], range_deletes=[(keys[5], keys[7])])
    )
    assert [key for key, _ in await scan_all(engine)] == keys[:3] + keys[4:5] + keys[7:]


# Transactions


async def test_a_decision_gets_the_values_of_its_keys_and_gives_the_answer(engine: Engine) -> None:
    await put(engine, (b"a", b"1"))
    answer = await engine.transact([b"a", b"b"], lambda values: Outcome((list(values), "answer")))
    assert answer == ([b"1", None], "answer")


async def test_a_decision_that_raises_changes_nothing(engine: Engine) -> None:
    def decide(_: list[bytes | None]) -> Outcome[None]:
        raise LookupError("the condition does not hold")

    await put(engine, (b"a", b"1"))
    with pytest.raises(LookupError, match="does not hold"):
        await engine.transact([b"a"], decide)
    assert await scan_all(engine) == [(b"a", b"1")]


async def test_an_outcome_that_overflows_a_counter_changes_nothing(engine: Engine) -> None:
    await add(engine, b"c", 2**63 - 1)
    with pytest.raises(OverflowError):
        await engine.transact(
            (), lambda _: Outcome(None, puts=[(b"a", b"1")], appends=[(b"l", b"x")], adds=[(b"c", (1,))])
        )
    assert await scan_all(engine) == []
    assert await engine.log(b"l", 0, 10) == []
    assert await engine.counters([b"c"]) == [(2**63 - 1,)]


async def test_range_deletes_come_first_then_deletes_then_puts(engine: Engine) -> None:
    await put(engine, *[(bytes([letter]), b"old") for letter in b"abcde"])
    await engine.transact(
        (),
        lambda _: Outcome(
            None, puts=[(b"c", b"new")], deletes=[b"a", b"nothing"], range_deletes=[(b"b", b"e")]
        ),
    )
    assert await scan_all(engine) == [(b"c", b"new"), (b"e", b"old")]


async def test_an_empty_range_delete_deletes_nothing(engine: Engine) -> None:
    await put(engine, (b"a", b"1"))
    await engine.transact((), lambda _: Outcome(None, range_deletes=[(b"a", b"a")]))
    assert await engine.get([b"a"]) == [b"1"]


async def test_a_later_transaction_sees_what_an_earlier_one_wrote(engine: Engine) -> None:
    counts = [await engine.transact([b"n"], increment(b"n")) for _ in range(5)]
    assert counts == [1, 2, 3, 4, 5]


async def test_concurrent_increments_all_count(engine: Engine) -> None:
    async def worker() -> list[int]:
        return [await engine.transact([b"n"], increment(b"n")) for _ in range(20)]

    counts = await asyncio.gather(*[worker() for _ in range(25)])
    assert await engine.get([b"n"]) == [b"500"]
    assert sorted(count for some in counts for count in some) == list(range(1, 501))


async def test_readers_never_see_half_of_an_outcome(engine: Engine) -> None:
    async def writer() -> None:
        for number in range(100):
            value = b"%d" % number
            await put(engine, (b"x", value), (b"y", value))

    async def reader() -> None:
        for _ in range(100):
            x, y = await engine.get([b"x", b"y"])
            assert x == y
            assert len({value for _, value in await engine.scan(b"x", b"z", 9, 99)}) <= 1
            await asyncio.sleep(0)

    await asyncio.gather(writer(), reader(), reader())


async def test_a_cancelled_transaction_happens_wholly_or_not_at_all(engine: Engine) -> None:
    for number in range(20):
        keys = [b"%d left" % number, b"%d right" % number]
        task = asyncio.create_task(put(engine, *[(key, b"v") for key in keys]))
        for _ in range(number % 4):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert await engine.get(keys) in ([b"v", b"v"], [None, None])
    await put(engine, (b"after", b"v"))
    assert await engine.get([b"after"]) == [b"v"]


async def test_cancelling_one_writer_leaves_the_others_alone(engine: Engine) -> None:
    tasks = [asyncio.create_task(put(engine, (b"%d" % number, b"v"))) for number in range(10)]
    await asyncio.sleep(0)
    tasks[4].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [result for number, result in enumerate(results) if number != 4] == [None] * 9


# Counters


async def test_a_counter_never_added_to_is_empty(engine: Engine) -> None:
    assert await engine.counters([b"c"]) == [()]


async def test_concurrent_adds_commute(engine: Engine) -> None:
    await asyncio.gather(*[add(engine, b"c", number, -number, 1) for number in range(100)])
    assert await engine.counters([b"c", b"other"]) == [(4950, -4950, 100), ()]


async def test_several_adds_to_one_counter_in_one_outcome_sum_up(engine: Engine) -> None:
    await engine.transact((), lambda _: Outcome(None, adds=[(b"c", (1, 2)), (b"c", (10,)), (b"d", (5,))]))
    assert await engine.counters([b"c", b"d"]) == [(11, 2), (5,)]


async def test_vectors_of_different_length_count_as_padded_with_zeros(engine: Engine) -> None:
    await add(engine, b"c", 1)
    await add(engine, b"c", 1, 1, 1)
    await add(engine, b"c", 1, 1)
    assert await engine.counters([b"c"]) == [(3, 2, 1)]


async def test_counters_reach_the_limits_of_64_bits(engine: Engine) -> None:
    await add(engine, b"c", 2**63 - 1, -(2**63))
    assert await engine.counters([b"c"]) == [(2**63 - 1, -(2**63))]


# Logs


async def test_log_numbers_rise_from_one_in_commit_order(engine: Engine) -> None:
    for record in (b"a", b"b"):
        await append(engine, b"log", record)
    await append(engine, b"log", b"c", b"d")
    assert await engine.log(b"log", 0, 10) == [(1, b"a"), (2, b"b"), (3, b"c"), (4, b"d")]
    assert await engine.log(b"log", 2, 1) == [(3, b"c")]
    assert await engine.log(b"log", 4, 10) == []


async def test_logs_are_apart_even_when_one_name_starts_with_the_other(engine: Engine) -> None:
    names = [b"l", b"l\x00", b"l" * 9, b"", b"\xff", b"l\x00\x00\x00\x00\x00\x00\x00\x01"]
    for name in names:
        await append(engine, name, b"first of " + name, b"second")
    for name in names:
        assert await engine.log(name, 0, 10) == [(1, b"first of " + name), (2, b"second")]


async def test_concurrent_appends_are_in_the_order_of_the_commits(engine: Engine) -> None:
    def decide(values: list[bytes | None]) -> Outcome[int]:
        count = int(values[0] or b"0") + 1
        text = b"%d" % count
        return Outcome(count, puts=[(b"n", text)], appends=[(b"log", text)])

    await asyncio.gather(*[engine.transact([b"n"], decide) for _ in range(50)])
    assert await engine.log(b"log", 0, 100) == [(number, b"%d" % number) for number in range(1, 51)]


@pytest.mark.parametrize("through", [3, 99])
async def test_a_number_is_never_used_again_after_a_trim(engine: Engine, through: int) -> None:
    await append(engine, b"log", b"a", b"b", b"c")
    await engine.trim(b"log", 1)
    assert await engine.log(b"log", 0, 10) == [(2, b"b"), (3, b"c")]
    await engine.trim(b"log", through)
    assert await engine.log(b"log", 0, 10) == []
    await append(engine, b"log", b"d")
    assert await engine.log(b"log", 0, 10) == [(4, b"d")]


async def test_trimming_a_log_that_never_was_is_harmless(engine: Engine) -> None:
    await engine.trim(b"log", 5)
    await append(engine, b"log", b"a")
    assert [record for _, record in await engine.log(b"log", 0, 10)] == [b"a"]


async def test_a_log_page_ends_with_the_record_that_reaches_the_byte_limit(engine: Engine) -> None:
    await append(engine, b"log", b"four", b"more", b"last")
    numbers = {
        limit: [number for number, _ in await engine.log(b"log", 0, 9, limit)] for limit in (1, 4, 5, 8, 12)
    }
    assert numbers == {1: [1], 4: [1], 5: [1, 2], 8: [1, 2], 12: [1, 2, 3]}
    assert await engine.log(b"log", 1, 9, 1) == [(2, b"more")]
    assert await engine.log(b"log", 3, 9, 1) == []


async def test_the_last_number_of_a_log_is_known_at_any_time(engine: Engine) -> None:
    assert await engine.last(b"log") == 0
    await append(engine, b"log", b"a", b"b")
    assert await engine.last(b"log") == 2
    await engine.trim(b"log", 2)
    assert await engine.last(b"log") == 2
    await append(engine, b"log", b"c")
    await append(engine, b"logs", b"of another")
    assert await engine.last(b"log") == 3


async def test_scans_never_meet_counters_or_logs(engine: Engine) -> None:
    await append(engine, b"log", b"a")
    await add(engine, b"counter", 1)
    await engine.trim(b"log", 1)
    assert await scan_all(engine) == []
    await engine.transact((), lambda _: Outcome(None, range_deletes=[EVERYTHING]))
    assert await engine.counters([b"counter"]) == [(1,)]


# Snapshots


async def test_a_snapshot_does_not_see_later_writes(engine: Engine) -> None:
    await put(engine, (b"a", b"1"), (b"b", b"2"), (b"c", b"3"))
    await add(engine, b"n", 1)
    snapshot = await engine.snapshot()
    await put(engine, (b"a", b"changed"), (b"d", b"new"))
    await engine.transact((), lambda _: Outcome(None, deletes=[b"b"], range_deletes=[(b"c", b"d")]))
    await add(engine, b"n", 1)
    assert await snapshot.get([b"a", b"b", b"d"]) == [b"1", b"2", None]
    assert await snapshot.scan(b"a", b"z", 9, 99) == [(b"a", b"1"), (b"b", b"2"), (b"c", b"3")]
    assert await snapshot.scan(b"a", b"c", 9, 99, reverse=True) == [(b"b", b"2"), (b"a", b"1")]
    assert await snapshot.counters([b"n", b"m"]) == [(1,), ()]
    assert await scan_all(engine) == [(b"a", b"changed"), (b"d", b"new")]
    snapshot.close()
    with pytest.raises(Closed):
        await snapshot.get([b"a"])


async def test_snapshots_are_independent_of_each_other(engine: Engine) -> None:
    snapshots = []
    for number in range(3):
        await put(engine, (b"n", b"%d" % number))
        snapshots.append(await engine.snapshot())
    snapshots[1].close()
    assert [await snapshots[number].get([b"n"]) for number in (0, 2)] == [[b"0"], [b"2"]]


# Closing


async def test_everything_raises_closed_after_close(engine: Engine) -> None:
    await put(engine, (b"a", b"1"))
    snapshot = await engine.snapshot()
    await engine.close()
    await engine.close()
    uses: list[Callable[[], Awaitable[object]]] = [
        lambda: engine.get([b"a"]),
        lambda: engine.scan(b"a", b"b", 1, 1),
        lambda: engine.counters([b"a"]),
        lambda: put(engine, (b"a", b"2")),
        engine.snapshot,
        lambda: engine.log(b"a", 0, 1),
        lambda: engine.last(b"a"),
        lambda: engine.trim(b"a", 1),
    ]
    for use in uses:
        with pytest.raises(Closed):
            await use()
    snapshot.close()


async def test_transactions_under_way_end_properly_at_close(engine: Engine) -> None:
    tasks = [asyncio.create_task(put(engine, (b"%d" % number, b"v"))) for number in range(20)]
    await asyncio.sleep(0)
    await engine.close()
    assert await asyncio.gather(*tasks) == [None] * 20


async def test_concurrent_closes_are_one(engine: Engine) -> None:
    await put(engine, (b"a", b"1"))
    await asyncio.gather(engine.close(), engine.close())


# Opening again


async def test_what_was_written_is_there_after_opening_again(
    open_engine: Callable[[], Awaitable[Engine]],
) -> None:
    engine = await open_engine()
    await put(engine, (b"a", b"1"), (b"b", b"2"))
    await add(engine, b"n", 5, -5)
    await append(engine, b"log", b"x", b"y")
    await engine.close()
    engine = await open_engine()
    assert await scan_all(engine) == [(b"a", b"1"), (b"b", b"2")]
    await add(engine, b"n", 1, 1)
    assert await engine.counters([b"n"]) == [(6, -4)]
    await append(engine, b"log", b"z")
    assert await engine.log(b"log", 0, 9) == [(1, b"x"), (2, b"y"), (3, b"z")]
    await engine.close()


async def test_a_number_is_never_used_again_after_a_trim_and_opening_again(
    open_engine: Callable[[], Awaitable[Engine]],
) -> None:
    engine = await open_engine()
    await append(engine, b"log", b"a", b"b")
    await engine.trim(b"log", 2)
    await engine.close()
    engine = await open_engine()
    assert await engine.log(b"log", 0, 9) == []
    assert await engine.last(b"log") == 2
    await append(engine, b"log", b"c")
    assert await engine.log(b"log", 0, 9) == [(3, b"c")]
    await engine.close()


# The wrapper that asserts the contract


def _bad_outcomes() -> Sequence[tuple[str, Outcome[None]]]:
    return [
        ("twice", Outcome(None, puts=[(b"a", b"1"), (b"a", b"2")])),
        ("both puts and deletes", Outcome(None, puts=[(b"a", b"1")], deletes=[b"a"])),
        ("starts after its end", Outcome(None, range_deletes=[(b"b", b"a")])),
        ("deltas", Outcome(None, adds=[(b"a", (2**63,))])),
    ]


@pytest.mark.parametrize(("complaint", "outcome"), _bad_outcomes())
async def test_a_bad_outcome_is_a_violation(engine: Engine, complaint: str, outcome: Outcome[None]) -> None:
    with pytest.raises(ContractViolation, match=complaint):
        await engine.transact((), lambda _: outcome)


async def test_a_decision_with_state_is_a_violation(engine: Engine) -> None:
    calls: list[int] = []

    def decide(_: list[bytes | None]) -> Outcome[int]:
        calls.append(1)
        return Outcome(len(calls))

    with pytest.raises(ContractViolation, match="not pure"):
        await engine.transact((), decide)


@pytest.mark.parametrize(("limit", "byte_limit"), [(0, 1), (1, 0), (-1, 1)])
async def test_a_limit_that_is_not_positive_is_a_violation(
    engine: Engine, limit: int, byte_limit: int
) -> None:
    with pytest.raises(ContractViolation, match="positive"):
        await engine.scan(b"a", b"b", limit, byte_limit)
