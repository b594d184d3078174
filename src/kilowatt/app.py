"""The composition root: puts the parts of a server together. The only file that names a concrete engine."""

import asyncio
import gc
import logging
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from kilowatt import __version__
from kilowatt.auth.authenticator import Authenticator, DevAuthenticator, VerifyingAuthenticator
from kilowatt.auth.credentials import CredentialStore
from kilowatt.auth.sigv4 import DYNAMODB
from kilowatt.background.capacity_upkeep import CapacityUpkeep
from kilowatt.background.index_backfill import IndexBackfill
from kilowatt.background.scheduler import Scheduler
from kilowatt.background.stream_upkeep import StreamUpkeep
from kilowatt.background.time_to_live import TimeToLive
from kilowatt.clock import Clock, SystemClock
from kilowatt.domain.keys.encoding import successor
from kilowatt.engine.base import Engine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.rocksdb import RocksEngine
from kilowatt.errors.wording import Wording
from kilowatt.ids import Ids
from kilowatt.operations.context import Services
from kilowatt.server.http import HttpServer
from kilowatt.server.pipeline import Pipeline
from kilowatt.server.rest import Answering, Loopback, Rest
from kilowatt.server.routing import load_in_turn
from kilowatt.settings import Settings
from kilowatt.store import layout

if TYPE_CHECKING:
    from kilowatt.triggers.api import LambdaApi
    from kilowatt.triggers.configuration import ConfiguredFunctions
    from kilowatt.triggers.host import Triggers

_LOG = logging.getLogger("kilowatt")

# The thread that syncs the log wants the interpreter back as soon as its sync is over.
_SWITCH_INTERVAL_SECONDS = 0.0005
# A request makes some hundred objects and hardly ever a cycle. Looking for cycles as often as the
# interpreter does by itself takes a seventh of the time of a write.
_COLLECT_AFTER = (50_000, 20, 50)

# What is not needed for the first answer is loaded in small steps, so far apart.
_LOADING_PAUSE_SECONDS = 0.02
_STREAM_UPKEEP_SECONDS = 5.0
_CAPACITY_UPKEEP_SECONDS = 10.0
_TIME_TO_LIVE_SECONDS = 1.0


class InsecureBind(Exception):
    """The server would be open to other machines without checking who calls."""


class BadCredentials(Exception):
    """The file of access keys cannot be read, or holds something else."""


class BadFunctions(Exception):
    """The file of functions cannot be read, or says something else."""


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
    engine = _open(settings.data_dir)
    try:
        await _serve(settings, clock, authenticator, engine)
    finally:
        await engine.close()


async def _serve(settings: Settings, clock: Clock, authenticator: Authenticator, engine: Engine) -> None:
    services = Services.over(engine, clock, Ids(), settings)
    capacity_upkeep = CapacityUpkeep(engine, services.meter)
    await capacity_upkeep.restore()
    triggers = LazyTriggers(services, settings)
    rest = Rest(_authenticator(settings, clock, "lambda"), triggers.api, services.ids)
    pipeline = Pipeline(services, authenticator, Wording(settings.error_wording), settings.region, rest)
    server = HttpServer(pipeline.answer, pipeline.fault, clock, _LOG)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        port = await server.start(settings.host, settings.port)
    except OSError as error:
        raise PortInUse(str(error)) from error
    scheduler = Scheduler(
        [IndexBackfill(engine, services.catalog).run],
        services.backlog,
        [
            (_stream_upkeep(services, settings).run, min(_STREAM_UPKEEP_SECONDS, settings.shard_seconds)),
            (TimeToLive(engine, services.catalog, services.writer, clock).run, _TIME_TO_LIVE_SECONDS),
            (capacity_upkeep.run, _CAPACITY_UPKEEP_SECONDS),
        ],
    )
    scheduler.start()
    triggers.port = port
    print(ready_line(settings, port), file=sys.stderr, flush=True)  # noqa: T201  what people wait for
    loading = loop.create_task(_load_operations())
    starting = loop.create_task(triggers.start_if_needed())
    await stop.wait()
    loading.cancel()
    starting.cancel()
    await server.drain(settings.drain_seconds)
    await triggers.close(settings.drain_seconds)
    await scheduler.stop()


def _stream_upkeep(services: Services, settings: Settings) -> StreamUpkeep:
    return StreamUpkeep(
        services.engine,
        services.catalog,
        services.clock,
        settings.shard_seconds,
        settings.shard_writes_per_second,
        services.meter,
    )


class LazyTriggers:
    """Triggers, loaded when a mapping is stored or Lambda's API is called: most servers have none."""

    def __init__(self, services: Services, settings: Settings) -> None:
        self._services = services
        self._settings = settings
        self._configured = _configured_functions(settings)
        self._loading = asyncio.Lock()
        self._loaded: tuple[Triggers, LambdaApi] | None = None
        self.port = settings.port

    async def start_if_needed(self) -> None:
        prefix = layout.MAPPINGS
        try:
            if await self._services.engine.scan(prefix, successor(prefix), 1, 1):
                await self.api()
        except Exception:
            _LOG.exception("Triggers could not be started; the first call of Lambda's API tries again.")

    async def api(self) -> "LambdaApi":
        """The API; mappings that are enabled run from then on."""
        async with self._loading:
            if self._loaded is None:
                from kilowatt.triggers.setup import triggers_of  # noqa: PLC0415  most servers need it never

                triggers, api = triggers_of(
                    self._services, self._settings, self._configured, self._listen, self._variables
                )
                await triggers.start()
                self._loaded = triggers, api
        return self._loaded[1]

    async def close(self, seconds: float) -> None:
        async with self._loading:
            if self._loaded is not None:
                await self._loaded[0].close(seconds)

    async def _listen(self, answering: Answering) -> Loopback:
        return await Loopback.listening(answering, self._services.clock)

    def _variables(self, _: str) -> dict[str, str]:
        """Where a function finds this server; and credentials, if any will do."""
        settings = self._settings
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
        url = f"http://{host}:{self.port}"
        services = ("DYNAMODB", "DYNAMODB_STREAMS", "LAMBDA")
        variables = {f"AWS_ENDPOINT_URL_{service}": url for service in services}
        if not settings.secured:
            variables |= {"AWS_ACCESS_KEY_ID": "function", "AWS_SECRET_ACCESS_KEY": "function"}
        return variables


def _configured_functions(settings: Settings) -> "ConfiguredFunctions | None":
    """The functions of the file; raises `BadFunctions`."""
    if settings.functions is None:
        return None
    from kilowatt.triggers.configuration import ConfiguredFunctions  # noqa: PLC0415  as above

    try:
        return ConfiguredFunctions.load(settings.functions)
    except (OSError, ValueError) as error:
        raise BadFunctions(str(error)) from error


async def _load_operations() -> None:
    """Loads the operations before they are called, between the first requests."""
    for _ in load_in_turn():
        await asyncio.sleep(_LOADING_PAUSE_SECONDS)


def ready_line(settings: Settings, port: int) -> str:
    """The one line that tells that the server answers: where, with which data, in which mode."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    data = "data in memory" if settings.data_dir is None else f"data in {settings.data_dir.resolve()}"
    mode = "signatures verified" if settings.secured else "any credentials accepted"
    return f"kilowatt {__version__} ready: http://{host}:{port}, {data}, {mode}"


def _authenticator(settings: Settings, clock: Clock, service: str) -> Authenticator:
    if settings.credentials is not None:
        try:
            credentials = CredentialStore.load(settings.credentials)
            return VerifyingAuthenticator(credentials, clock, service=service)
        except (OSError, ValueError) as error:
            raise BadCredentials(str(error)) from error
    if settings.access_key_id is not None:
        pair = CredentialStore.of_pair(settings.access_key_id, settings.secret_access_key or "")
        return VerifyingAuthenticator(pair, clock, service=service)
    return DevAuthenticator(settings.region)


def _open(data_dir: Path | None) -> Engine:
    if data_dir is None:
        return MemoryEngine()
    return RocksEngine.open(data_dir, kept_prefixes=(layout.DESCRIPTORS,))
