"""TransactWriteItems. Source: AWS API reference, TransactWriteItems; the order of checks as recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import orjson

from kilowatt.domain.capacity.consumed import TRANSACTIONAL_READS, TRANSACTIONAL_WRITES, Consumption
from kilowatt.domain.capacity.units import read_half_units
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.writes.decision import Check, Decision, Delete, Write
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.errors import ServiceError
from kilowatt.errors import transactions as errors
from kilowatt.errors import values as value_errors
from kilowatt.limits import ITEM_BYTES
from kilowatt.operations.answer import consumed_of_tables, document, members
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import (
    TRANSACT_UPDATE,
    TRANSACT_WRITE,
    ExpressionParameters,
    check_mixing,
    read_expressions,
)
from kilowatt.operations.put_item import put_of
from kilowatt.operations.update_item import update_of
from kilowatt.operations.write_answer import collection_metrics, write_by_key
from kilowatt.store.tokens import Token
from kilowatt.store.transaction import Replay

Request = dict[str, Any]

# A transaction is prepared and committed: each action costs its table units twice, and a read likewise.
_PHASES = 2


@dataclass(frozen=True, slots=True)
class _Action:
    """One action, checked as far as that goes without its table; `planned` makes its write."""

    table_name: str
    planned: Callable[[Table], Write]


async def transact_write_items(context: Context, request: Request) -> bytes:
    """Puts, updates, deletes and checks up to 100 items of any tables: all or nothing."""
    actions = [_action(item) for item in request["TransactItems"]]
    token = token_of(context, request, request["TransactItems"])
    tables = [await context.table(action.table_name) for action in actions]
    writes = _planned(actions, tables)
    check_distinct(writes)
    done = await context.services.writer.transact(writes, token)
    names = [action.table_name for action in actions]
    return members(
        (b"ConsumedCapacity", consumed_by_writes(request, names, done)),
        (b"ItemCollectionMetrics", _metrics(request, names, writes, done)),
    )


def _planned(actions: list[_Action], tables: list[Table]) -> list[Write]:
    writes: list[Write] = []
    for number, (action, table) in enumerate(zip(actions, tables, strict=True)):
        try:
            writes.append(action.planned(table))
        except ServiceError as refusal:
            raise errors.canceled_by(refusal, number, len(actions)) from None
    return writes


def token_of(context: Context, request: Request, content: Any) -> Token | None:
    """The request's token, with the digest of what it must not come with again otherwise.

    To be called when the values are canonical: the operation may be run again with them. The order of
    attributes does not count.
    """
    text = request.get("ClientRequestToken")
    if text is None:
        return None
    digest = sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
    return Token(context.account, context.region, text, digest)


def check_distinct(writes: Sequence[Write]) -> None:
    if len({(write.table.number, write.suffix) for write in writes}) < len(writes):
        raise errors.DUPLICATE_ITEMS()


def consumed_by_writes(request: Request, names: list[str], done: list[Decision] | Replay) -> bytes | None:
    """ConsumedCapacity of a transaction of writes; one that was sent again has read its items instead."""
    consumptions: dict[str, Consumption] = {name: Consumption() for name in names}
    if isinstance(done, Replay):
        for name, size in zip(names, done.sizes, strict=True):
            consumptions[name].table += _PHASES * read_half_units(size, consistent=True)
        return consumed_of_tables(request, consumptions, TRANSACTIONAL_READS)
    for name, decision in zip(names, done, strict=True):
        consumption = decision.consumption()
        consumption.table *= _PHASES
        consumptions[name].add(consumption)
    return consumed_of_tables(request, consumptions, TRANSACTIONAL_WRITES)


def _metrics(
    request: Request, names: list[str], writes: list[Write], done: list[Decision] | Replay
) -> bytes | None:
    """ItemCollectionMetrics, by table, of the actions that write."""
    metrics: dict[str, list[Any]] = {}
    if not isinstance(done, Replay):
        for name, write, decision in zip(names, writes, done, strict=True):
            if isinstance(write.change, Check):
                continue
            collection = collection_metrics(request, write, decision)
            if collection is not None:
                metrics.setdefault(name, []).append(collection)
    return document(metrics) if metrics else None


def _action(item: Request) -> _Action:
    kinds = [kind for kind in _KINDS if kind in item]
    if len(kinds) != 1:
        raise errors.NOT_ONE_ACTION()
    parameters = item[kinds[0]]
    return _Action(parameters["TableName"], _KINDS[kinds[0]](parameters))


def _check(parameters: Request) -> Callable[[Table], Write]:
    return _by_key(parameters, Check())


def _delete(parameters: Request) -> Callable[[Table], Write]:
    return _by_key(parameters, Delete())


def _by_key(parameters: Request, change: Check | Delete) -> Callable[[Table], Write]:
    _accept_key(parameters, TRANSACT_WRITE)
    expressions = read_expressions(parameters, TRANSACT_WRITE)
    return lambda table: write_by_key(table, parameters, change, expressions)


def _update(parameters: Request) -> Callable[[Table], Write]:
    _accept_key(parameters, TRANSACT_UPDATE)
    expressions = read_expressions(parameters, TRANSACT_UPDATE)
    return lambda table: update_of(table, parameters, expressions)


def _accept_key(parameters: Request, takes: ExpressionParameters) -> None:
    check_mixing(parameters, takes)
    accept_item(parameters["Key"])


def _put(parameters: Request) -> Callable[[Table], Write]:
    check_mixing(parameters, TRANSACT_WRITE)
    size = accept_item(parameters["Item"])
    if size > ITEM_BYTES:
        raise value_errors.ITEM_TOO_LARGE()
    expressions = read_expressions(parameters, TRANSACT_WRITE)
    stored = StoredItem.of(parameters["Item"], size)
    return lambda table: put_of(table, parameters, stored, expressions)


_KINDS: dict[str, Callable[[Request], Callable[[Table], Write]]] = {
    "ConditionCheck": _check,
    "Put": _put,
    "Delete": _delete,
    "Update": _update,
}
