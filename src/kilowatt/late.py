"""What most servers never need, loaded when it is first asked for, or when the store holds work for it."""

import asyncio
import logging
from typing import TYPE_CHECKING

from kilowatt.auth.authenticator import Authenticator
from kilowatt.operations.context import Services
from kilowatt.server.messages import Request, Response
from kilowatt.server.rest import Answering, Loopback
from kilowatt.settings import Settings
from kilowatt.store import layout
from kilowatt.store.prefixes import any_under

if TYPE_CHECKING:
    from kilowatt.background.auto_scaling import AutoScaling
    from kilowatt.server.scaling import ScalingApi
    from kilowatt.triggers.api import LambdaApi
    from kilowatt.triggers.configuration import ConfiguredFunctions
    from kilowatt.triggers.host import Triggers

_LOG = logging.getLogger("kilowatt")

# Where processes on this machine find a server that listens at all its addresses, or at one of IPv6.
_FOUND_AT = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "::1": "[::1]"}  # noqa: S104  nothing listens by it


class BadFunctions(Exception):
    """The file of functions cannot be read, or says something else."""


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
        if self._services.engine.shared:
            return
        try:
            if await any_under(self._services.engine, layout.MAPPINGS):
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
                if not self._services.engine.shared:
                    await triggers.start()
                self._loaded = triggers, api
        return self._loaded[1]

    async def follow(self) -> None:
        """Runs the mappings that are stored, where servers share an engine."""
        if self._loaded is None:
            if not await any_under(self._services.engine, layout.MAPPINGS):
                return
            await self.api()
        assert self._loaded is not None
        await self._loaded[0].follow()

    async def pause(self, seconds: float) -> None:
        """Stops what `follow` has begun; batches under way have so long to end."""
        async with self._loading:
            if self._loaded is not None:
                await self._loaded[0].pause(seconds)

    async def close(self, seconds: float) -> None:
        async with self._loading:
            if self._loaded is not None:
                await self._loaded[0].close(seconds)

    async def _listen(self, answering: Answering) -> Loopback:
        return await Loopback.listening(answering, self._services.clock)

    def _variables(self, _: str) -> dict[str, str]:
        """Where a function finds this server; and credentials, if any will do."""
        settings = self._settings
        url = f"http://{_FOUND_AT.get(settings.host, settings.host)}:{self.port}"
        services = ("DYNAMODB", "DYNAMODB_STREAMS", "LAMBDA", "APPLICATION_AUTO_SCALING")
        variables = {f"AWS_ENDPOINT_URL_{service}": url for service in services}
        if not settings.secured:
            variables |= {"AWS_ACCESS_KEY_ID": "function", "AWS_SECRET_ACCESS_KEY": "function"}
        return variables


class LazyScaling:
    """Auto scaling, loaded when a scalable target is stored or its API is called: most servers have none."""

    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._authenticator = authenticator
        self._api: ScalingApi | None = None
        self._job: AutoScaling | None = None

    async def answer(self, request: Request) -> Response:
        if self._api is None:
            from kilowatt.server.scaling import ScalingApi  # noqa: PLC0415  most servers need it never

            self._api = ScalingApi(self._services, self._authenticator)
        return await self._api.answer(request)

    async def run(self) -> None:
        """The job, if there is anything to do for it."""
        if not await any_under(self._services.engine, layout.SCALABLE_TARGETS):
            return
        if self._job is None:
            from kilowatt.background.auto_scaling import AutoScaling  # noqa: PLC0415  as above

            self._job = AutoScaling(self._services, self._services.meter)
        await self._job.run()


def _configured_functions(settings: Settings) -> "ConfiguredFunctions | None":
    """The functions of the file; raises `BadFunctions`."""
    if settings.functions is None:
        return None
    from kilowatt.triggers.configuration import ConfiguredFunctions  # noqa: PLC0415  as above

    try:
        return ConfiguredFunctions.load(settings.functions)
    except (OSError, ValueError) as error:
        raise BadFunctions(str(error)) from error
