"""What metering costs a request, and enforcing: the same requests in each capacity mode, in one process.

    python -m benchmarks.metering [--rounds N]

The modes take turns within each round, over an engine in memory, so that all of them meet the same machine;
what counts is the median over the rounds of the difference to `off`. The table has so much capacity that
nothing is refused.
"""

import argparse
import sys
from statistics import median
from time import thread_time

import uvloop
from benchmarks import workload
from benchmarks.micro import parsed
from benchmarks.report import text
from benchmarks.signing import REGION, signed
from benchmarks.workload import CASES, Case

from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.clock import SystemClock
from kilowatt.engine.memory import MemoryEngine
from kilowatt.errors.wording import Wording
from kilowatt.ids import Ids
from kilowatt.operations.context import Services
from kilowatt.server.messages import Handler
from kilowatt.server.pipeline import Pipeline
from kilowatt.settings import Settings

_MODES = ("off", "observe", "enforce")
_MOST_MICROSECONDS = {"observe": 3.0, "enforce": 5.0}
_UNITS = 40_000  # of one table, without asking for a higher quota
_REQUESTS = 400
_CASES = [case for case in CASES if case.name in {"GetItem", "PutItem", "UpdateItem with a condition"}]


def main() -> int:
    parser = argparse.ArgumentParser("python -m benchmarks.metering", description=__doc__)
    parser.add_argument("--rounds", type=int, default=60)
    found = uvloop.run(_measured(parser.parse_args().rounds))
    rows = [["microseconds a request", *_MODES, *(f"{mode} costs" for mode in _MOST_MICROSECONDS)]]
    most = dict.fromkeys(_MOST_MICROSECONDS, 0.0)
    for name, rounds in found.items():
        costs = {mode: median(one[mode] - one["off"] for one in rounds) for mode in _MOST_MICROSECONDS}
        most = {mode: max(most[mode], cost) for mode, cost in costs.items()}
        figures = [*(median(one[mode] for one in rounds) for mode in _MODES), *costs.values()]
        rows.append([name, *(f"{figure:.1f}" for figure in figures)])
    print(text(rows))
    return 0 if all(most[mode] < limit for mode, limit in _MOST_MICROSECONDS.items()) else 1


async def _measured(rounds: int) -> dict[str, list[dict[str, float]]]:
    """By case, for each round: the microseconds that a request takes in each mode."""
    engine = MemoryEngine()
    handlers = {mode: _handler(engine, mode) for mode in _MODES}
    await _load(handlers["off"])
    return {case.name: await _rounds(case, handlers, rounds) for case in _CASES}


def _handler(engine: MemoryEngine, mode: str) -> Handler:
    """A server over the engine that all share."""
    services = Services.over(engine, SystemClock(), Ids(1), Settings(capacity_mode=mode))
    return Pipeline(services, DevAuthenticator(REGION), Wording(2026), REGION).answer


async def _load(answer: Handler) -> None:
    """Makes and fills the benchmark's table."""
    throughput = {"ReadCapacityUnits": _UNITS, "WriteCapacityUnits": _UNITS}
    create = workload.CREATE_TABLE | {"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput}
    requests = [signed("CreateTable", create)]
    requests += [signed("BatchWriteItem", document) for document in workload.loading()]
    for request in await parsed(requests):
        response = await answer(request)
        if response.status != 200:
            raise AssertionError(response.body)


async def _rounds(case: Case, handlers: dict[str, Handler], rounds: int) -> list[dict[str, float]]:
    requests = await parsed([signed(case.operation, document) for document in case.sample(_REQUESTS)])
    found = []
    for number in range(rounds):
        times = {}
        order = _MODES[number % len(_MODES) :] + _MODES[: number % len(_MODES)]  # none is always the first
        for mode in order:
            answer = handlers[mode]
            begin = thread_time()
            for request in requests:
                response = await answer(request)
                if response.status != 200:
                    raise AssertionError(response.body)
            times[mode] = (thread_time() - begin) / len(requests) * 1e6
        found.append(times)
    return found


if __name__ == "__main__":
    sys.exit(main())
