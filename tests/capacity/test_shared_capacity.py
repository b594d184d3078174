"""Servers that share an engine share a table's capacity: together they let in what one alone would."""

import pytest
from tests.background.site import TABLE, MovedClock, Refused
from tests.capacity.metered import KEY, MeteredSite, index, provisioned

from kilowatt.background.usage_exchange import UsageExchange
from kilowatt.engine.memory import MemoryEngine

TICK = 0.05
TICKS_A_REPORT = 10


class Together:
    """Some servers over one engine, under one clock."""

    def __init__(self, count: int, mode: str = "enforce") -> None:
        engine = MemoryEngine()
        self.clock = MovedClock()
        self.sites = [MeteredSite(mode, engine) for _ in range(count)]
        self.exchanges = []
        for number, site in enumerate(self.sites):
            self.replace_clock(site)
            meter = site.services.meter
            self.exchanges.append(UsageExchange(engine, meter, self.clock, f"server {number}"))

    def replace_clock(self, site: MeteredSite) -> None:
        site.clock.time = self.clock.time

    def move(self, seconds: float) -> None:
        self.clock.move(seconds)
        for site in self.sites:
            self.replace_clock(site)

    async def exchange(self) -> None:
        for exchange in self.exchanges:
            await exchange.run()

    async def load(self, seconds: float, offered: list[int]) -> list[int]:
        """Has each server be offered so many writes of one unit a second; how many each let in."""
        done = [0] * len(self.sites)
        for tick in range(round(seconds / TICK)):
            for number, site in enumerate(self.sites):
                due = [int((tick + more) * offered[number] * TICK) for more in (0, 1)]
                keys = [f"{number}-{count}" for count in range(*due)]
                done[number] += await site.put_all(keys)
            self.move(TICK)
            if tick % TICKS_A_REPORT == TICKS_A_REPORT - 1:
                await self.exchange()
        return done


@pytest.mark.parametrize(
    "offered",
    [[200], [200, 200], [400, 400], [200, 40], [200, 200, 200], [60, 60]],
    ids=lambda offered: " and ".join(map(str, offered)),
)
async def test_a_table_s_limit_is_that_of_all_servers_together(offered: list[int]) -> None:
    together = Together(len(offered))
    await together.sites[0].create_table(**provisioned(100, 100))
    await together.exchange()
    await together.load(5, offered)  # what the first second has in store is used up
    done = await together.load(20, offered)
    assert sum(done) == pytest.approx(20 * min(100, sum(offered)), rel=0.1)


async def test_one_of_two_servers_may_use_what_the_other_does_not() -> None:
    together = Together(2)
    await together.sites[0].create_table(**provisioned(100, 100))
    await together.exchange()
    await together.load(5, [200, 10])
    done = await together.load(20, [200, 10])
    assert done[1] == pytest.approx(200, rel=0.6)
    assert sum(done) == pytest.approx(2000, rel=0.1)


async def test_what_was_saved_is_spent_once() -> None:
    together = Together(2)
    await together.sites[0].create_table(**provisioned(10, 10))
    for site in together.sites:
        await site.put_item("first")
    for _ in range(200):
        together.move(0.5)
        await together.exchange()
    done = await together.load(5, [200, 200])
    assert sum(done) == pytest.approx(100 * 10, rel=0.15)


async def test_every_server_knows_what_all_consumed() -> None:
    together = Together(2, "observe")
    one, other = together.sites
    await one.create_table()
    await other.put_item("b")
    await together.exchange()
    for key in "abc":
        await one.put_item(key, kilobytes=2)
        await one.get_item(key)
    await together.exchange()
    assert await one.consumed() == await other.consumed() == (3, 7)
    await together.exchange()
    assert await one.consumed() == await other.consumed() == (3, 7)


async def test_what_is_used_through_an_index_alone_is_told_too() -> None:
    together = Together(2, "observe")
    one, other = together.sites
    await one.create_table(**{**provisioned(10, 10), **KEY, **index()})
    for site in together.sites:
        await site.get_item("a")
    await together.exchange()
    together.move(60)
    request = {"ExpressionAttributeNames": {"#g": "group"}, "ExpressionAttributeValues": {":g": {"S": "g"}}}
    await one.call("Query", TableName=TABLE, IndexName="index", KeyConditionExpression="#g = :g", **request)
    await together.exchange()
    assert await other.consumed("index") == await one.consumed("index") == (0.5, 0)


async def test_a_partition_that_two_servers_make_hot_is_divided() -> None:
    together = Together(2, "observe")
    one, other = together.sites
    await one.create_table(**provisioned(3000, 1000))
    for _ in range(50):
        for site in together.sites:
            await site.put_all([f"key {number}" for number in range(5)], kilobytes=100)
        together.move(1)
        await together.exchange()
    assert len(await one.partitions()) > 1
    assert len(await other.partitions()) > 1


async def test_throttling_is_told_to_all() -> None:
    together = Together(2)
    one, other = together.sites
    await one.create_table(**provisioned(1, 1))
    await other.get_item("a")
    await together.exchange()
    await one.put_item("a", kilobytes=10)
    with pytest.raises(Refused):
        await one.put_item("a")
    await together.exchange()
    with pytest.raises(Refused):
        await other.put_item("a")
    assert sum(minute.writes_throttled for minute in await other.minutes()) == 2


async def test_a_server_that_begins_pays_nobody_s_old_debt_and_one_that_is_gone_is_forgotten() -> None:
    together = Together(1)
    (one,) = together.sites
    await one.create_table(**provisioned(1, 1))
    await one.put_item("a", kilobytes=100)
    await together.exchange()
    late = MeteredSite("enforce", one.engine)
    together.sites.append(late)
    together.exchanges.append(UsageExchange(one.engine, late.services.meter, together.clock, "late"))
    together.move(0)
    await together.exchange()
    await late.put_item("b")
    del together.exchanges[0]
    for _ in range(70):
        together.move(1)
        await together.exchange()
    pairs = await one.engine.scan(b"U", b"V", 10, 10_000)
    assert [key for key, _ in pairs] == [b"Ulate"]
