"""The composition root: puts the parts of a server together. The only file that names a concrete engine."""

import asyncio
import gc
import logging
import re
import signal
import sys

from kilowatt import __version__
from kilowatt.auth.authenticator import Authenticator, DevAuthenticator
from kilowatt.auth.credentials import CredentialStore
from kilowatt.auth.sigv4 import DYNAMODB, SignatureVerifier
from kilowatt.background.capacity_upkeep import CapacityUpkeep
from kilowatt.background.index_backfill import IndexBackfill
from kilowatt.background.kinesis_client import KinesisClient
from kilowatt.background.kinesis_sender import KinesisSender
from kilowatt.background.lease_keeper import LeaseKeeper
from kilowatt.background.refresh import Refresh
from kilowatt.background.scheduler import Job, Scheduler
from kilowatt.background.stream_upkeep import StreamUpkeep
from kilowatt.background.this_process import identity
from kilowatt.background.time_to_live import TimeToLive
from kilowatt.background.usage_exchange import UsageExchange
from kilowatt.clock import Clock, SystemClock
from kilowatt.engine.base import Engine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.rocksdb import RocksEngine
from kilowatt.errors.wording import Wording
from kilowatt.ids import Ids
from kilowatt.late import LazyScaling, LazyTriggers
from kilowatt.operations.context import Services
from kilowatt.server.http import HttpServer
from kilowatt.server.pipeline import Pipeline
from kilowatt.server.rest import Rest
from kilowatt.server.routing import load_in_turn
from kilowatt.settings import Settings
from kilowatt.store import layout
from kilowatt.store.leases import FencedEngine, Lease

_LOG = logging.getLogger("kilowatt")

# The thread that syncs the log wants the interpreter back as soon as its sync is over.
_SWITCH_INTERVAL_SECONDS = 0.0005
# A request makes some hundred objects and hardly ever a cycle. Looking for cycles as often as the
# interpreter does by itself takes a seventh of the time of a write.
_COLLECT_AFTER = (50_000, 20, 50)

# The parts of a DSN that nobody else is to see.
_USER_AND_OPTIONS = re.compile(r"(?<=//)[^@/]*@|\?.*")

# What is not needed for the first answer is loaded in small steps, so far apart.
_LOADING_PAUSE_SECONDS = 0.02
_STREAM_UPKEEP_SECONDS = 5.0
_CAPACITY_UPKEEP_SECONDS = 10.0
_TIME_TO_LIVE_SECONDS = 1.0
# How soon the sender to Kinesis, which never ends by itself, begins anew if it failed.
_KINESIS_SECONDS = 0.1
_AUTO_SCALING_SECONDS = 60.0
# How soon servers that share an engine see what others of them changed.
_REFRESH_SECONDS = 0.5
_TRIGGERS_SECONDS = 1.0


class InsecureBind(Exception):
    """The server would be open to other machines without checking who calls."""


class BadCredentials(Exception):
    """The file of access keys cannot be read, or holds something else."""


class PortInUse(Exception):
    """The address cannot be listened on."""


async def serve(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT, then drains.

    Raises `InsecureBind`, `PortInUse`, `BadCredentials`, `BadFunctions`, `OSError`, and the `engine.errors`
    of opening a data directory.
    """
    if not settings.loopback and not settings.secured and not settings.insecure:
        raise InsecureBind(settings.host)
    sys.setswitchinterval(_SWITCH_INTERVAL_SECONDS)
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    clock = SystemClock()
    authenticator = _authenticator(settings, clock, DYNAMODB)
    engine = await _open(settings)
    try:
        await _serve(settings, clock, authenticator, engine)
    finally:
        await engine.close()


async def _serve(settings: Settings, clock: Clock, authenticator: Authenticator, engine: Engine) -> None:
    services = Services.over(engine, clock, Ids(), settings)
    capacity_upkeep = CapacityUpkeep(engine, services.catalog, services.meter, clock)
    await capacity_upkeep.restore()
    triggers = LazyTriggers(services, settings)
    rest = Rest(_authenticator(settings, clock, "lambda"), triggers.api, services.ids)
    scaling = LazyScaling(services, _authenticator(settings, clock, "application-autoscaling"))
    pipeline = Pipeline(
        services, authenticator, Wording(settings.error_wording), settings.region, rest, scaling.answer
    )
    server = HttpServer(pipeline.answer, pipeline.fault, clock, _LOG)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        port = await server.start(settings.host, settings.port)
    except OSError as error:
        raise PortInUse(str(error)) from error
    triggers.port = port
    own_jobs = Scheduler([], asyncio.Event(), _own_jobs(services, capacity_upkeep))
    own_jobs.start()
    jobs = _jobs(services, settings, triggers, scaling)
    jobs.start()
    print(ready_line(settings, port), file=sys.stderr, flush=True)  # noqa: T201  what people wait for
    loading = loop.create_task(_load_operations())
    starting = loop.create_task(triggers.start_if_needed())
    await stop.wait()
    loading.cancel()
    starting.cancel()
    await server.drain(settings.drain_seconds)
    await jobs.stop()
    await triggers.close(settings.drain_seconds)
    await own_jobs.stop()


def _own_jobs(services: Services, capacity_upkeep: CapacityUpkeep) -> list[tuple[Job, float]]:
    """What every server does for itself."""
    jobs: list[tuple[Job, float]] = [(capacity_upkeep.run, _CAPACITY_UPKEEP_SECONDS)]
    if services.engine.shared:
        jobs.append((Refresh(services.catalog, services.backlog).run, _REFRESH_SECONDS))
        exchange = UsageExchange(services.engine, services.meter, services.clock, services.ids.uuid())
        jobs.append((exchange.run, _REFRESH_SECONDS))
    return jobs


def _jobs(
    services: Services, settings: Settings, triggers: LazyTriggers, scaling: LazyScaling
) -> Scheduler | LeaseKeeper:
    """What one server does for all that share the engine."""
    engine, catalog, clock = services.engine, services.catalog, services.clock
    periodic: list[tuple[Job, float]] = [
        (_stream_upkeep(services, settings).run, min(_STREAM_UPKEEP_SECONDS, settings.shard_seconds)),
        (TimeToLive(engine, catalog, services.writer, clock).run, _TIME_TO_LIVE_SECONDS),
        (_kinesis_sender(services, settings).run, _KINESIS_SECONDS),
        (scaling.run, _AUTO_SCALING_SECONDS),
    ]
    if engine.shared:
        periodic.append((triggers.follow, _TRIGGERS_SECONDS))
    scheduler = Scheduler([IndexBackfill(engine, catalog).run, scaling.run], services.backlog, periodic)
    if not engine.shared:
        return scheduler

    async def end(in_order: bool) -> None:
        await scheduler.stop()
        await triggers.pause(settings.drain_seconds if in_order else 0)

    server = identity() or services.ids.uuid()
    return LeaseKeeper(Lease(engine, server), clock, scheduler.start, end)


def _stream_upkeep(services: Services, settings: Settings) -> StreamUpkeep:
    return StreamUpkeep(
        services.engine,
        services.catalog,
        services.clock,
        settings.shard_seconds,
        settings.shard_writes_per_second,
        services.meter,
    )


def _kinesis_sender(services: Services, settings: Settings) -> KinesisSender:
    client = KinesisClient(settings.kinesis_endpoint)
    return KinesisSender(services.engine, services.catalog, services.streams, services.clock, client)


async def _load_operations() -> None:
    """Loads the operations before they are called, between the first requests."""
    for _ in load_in_turn():
        await asyncio.sleep(_LOADING_PAUSE_SECONDS)


def ready_line(settings: Settings, port: int) -> str:
    """The one line that tells that the server answers: where, with which data, in which mode."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    mode = "signatures verified" if settings.secured else "any credentials accepted"
    return f"kilowatt {__version__} ready: http://{host}:{port}, data in {_place(settings)}, {mode}"


def _place(settings: Settings) -> str:
    """Where the data is, without what else a DSN may hold."""
    if settings.dsn is not None:
        return _USER_AND_OPTIONS.sub("", settings.dsn)
    return "memory" if settings.data_dir is None else str(settings.data_dir.resolve())


def _authenticator(settings: Settings, clock: Clock, service: str) -> Authenticator:
    if settings.credentials is not None:
        try:
            credentials = CredentialStore.load(settings.credentials)
            return SignatureVerifier(credentials, clock, service=service)
        except (OSError, ValueError) as error:
            raise BadCredentials(str(error)) from error
    if settings.access_key_id is not None:
        pair = CredentialStore.of_pair(settings.access_key_id, settings.secret_access_key or "")
        return SignatureVerifier(pair, clock, service=service)
    return DevAuthenticator(settings.region)


async def _open(settings: Settings) -> Engine:
    if settings.dsn is not None:
        from kilowatt.engine.postgres import PostgresEngine  # noqa: PLC0415  a client of its own, and large

        return FencedEngine(await PostgresEngine.open(settings.dsn, (layout.DESCRIPTORS, layout.LEASE)))
    if settings.data_dir is None:
        return MemoryEngine()
    return RocksEngine.open(settings.data_dir, kept_prefixes=(layout.DESCRIPTORS,))
