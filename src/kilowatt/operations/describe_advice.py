"""DescribeAdvice, which AWS does not have: what could be better about a table, by how it is used."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from kilowatt.domain.capacity.advice import (
    JUDGED_AFTER_SECONDS,
    Advice,
    Facts,
    Watched,
    advise,
    costs,
)
from kilowatt.domain.capacity.contributors import KEPT_MINUTES
from kilowatt.domain.capacity.costs import Prices
from kilowatt.domain.capacity.resource import Resource
from kilowatt.domain.tables.table import Table
from kilowatt.errors import advice as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context

_EXAMPLES = Path(__file__).parents[1] / "domain" / "capacity" / "prices.toml"
_HIGHEST_PRICE = 1_000_000
_AMOUNTS = ("MillionReadUnits", "MillionWriteUnits", "ReadUnitHour", "WriteUnitHour")


async def describe_advice(context: Context, request: dict[str, Any]) -> bytes:
    """Advice on a table and its indexes, from the last hours of the meter, and what they cost."""
    prices = _prices(request)
    table = await context.described(request["TableName"])
    facts = await _facts(context, table, prices)
    answer: dict[str, Any] = {
        "TableName": table.name,
        "CapacityMode": context.services.meter.of(table).mode,
        "WatchedSeconds": round(facts.seconds),
        "JudgedAfterSeconds": JUDGED_AFTER_SECONDS,
        "Advice": [_described(one) for one in advise(facts)],
    }
    if facts.judged:
        both = costs(facts)
        answer["Costs"] = {
            "BillingMode": table.billing_mode,
            "OnDemandPerMonth": round(both.on_demand, 2),
            "ProvisionedPerMonth": round(both.provisioned, 2),
            "ReadCapacityUnits": both.units[0],
            "WriteCapacityUnits": both.units[1],
            "Currency": prices.currency,
            "Source": prices.source,
        }
    return document(answer)


async def _facts(context: Context, table: Table, prices: Prices) -> Facts:
    now = context.services.clock.now()
    meter = context.services.meter.of(table)
    since, reads = meter.usage.since(now)
    parts = {0: meter.base, **meter.indexes}
    return Facts(
        table,
        await context.services.catalog.totals(table),
        now - since,
        reads,
        {number: _watched(resource, since, now) for number, resource in parts.items()},
        prices,
    )


def _watched(resource: Resource, since: float, now: float) -> Watched:
    # A minute is known by when it began.
    minutes = resource.consumed(since // 60 * 60, now + 1)
    counted, insights = resource.contributors, resource.part.insights
    if counted is None or insights is None:
        return Watched(minutes)
    start = max(now // 60 - KEPT_MINUTES + 1, insights.accessed_since // 60) * 60
    return Watched(minutes, start, *(counted.heaviest(rule, start, now) for rule in ("PKC", "PKT")))


def _described(advice: Advice) -> dict[str, Any]:
    return {
        "Topic": advice.topic,
        "Subject": advice.subject,
        "Text": advice.text,
        "Details": dict(advice.details),
    }


def _prices(request: dict[str, Any]) -> Prices:
    """The request's prices, or else the examples. Raises `PRICE_OUT_OF_BOUNDS`."""
    given = request.get("Prices")
    if given is None:
        return _examples()
    for name in _AMOUNTS:
        if not 0 <= given[name] <= _HIGHEST_PRICE:
            raise errors.PRICE_OUT_OF_BOUNDS(price=name, bound=_HIGHEST_PRICE)
    return Prices(given["Currency"], given.get("Source", ""), *(given[name] for name in _AMOUNTS))


@cache
def _examples() -> Prices:
    return Prices(**tomllib.loads(_EXAMPLES.read_text(encoding="utf-8")))
