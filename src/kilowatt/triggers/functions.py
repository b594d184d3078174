"""All functions of a server: found by name, run by what suits them."""

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

from kilowatt.clock import Clock
from kilowatt.domain.triggers.function import Function
from kilowatt.store.triggers import TriggerStore
from kilowatt.triggers.code import CodeFolders
from kilowatt.triggers.configuration import ConfiguredFunctions
from kilowatt.triggers.endpoint import EndpointRunner
from kilowatt.triggers.invocation import CannotInvoke, Invocation, Invoked, Runner
from kilowatt.triggers.pool import ProcessPool
from kilowatt.triggers.process import Launch
from kilowatt.triggers.rest import Listen

_CLIENT = "awslambdaric"
_RETIRED_KEPT = 100


def has_python_client() -> bool:
    """Whether the runtime client that runs Python functions is installed."""
    return find_spec(_CLIENT) is not None


class Functions:
    """Invokes functions. `variables` are environment variables that every function gets, by region."""

    def __init__(
        self,
        store: TriggerStore,
        configured: ConfiguredFunctions,
        data_dir: Path | None,
        listen: Listen,
        clock: Clock,
        variables: Callable[[str], dict[str, str]],
    ) -> None:
        self._store = store
        self.configured = configured
        self._data_dir = data_dir
        self._listen = listen
        self._clock = clock
        self._variables = variables
        self._runners: dict[tuple[str, str, str], tuple[str, Runner]] = {}
        self._folders: CodeFolders | None = None
        # Apart from the loop's own threads, which requests need.
        self._threads = ThreadPoolExecutor(1, "kilowatt-code")
        self._retired: list[Runner] = []

    async def find(self, account: str, region: str, name: str) -> Function | None:
        configured = self.configured.get(account, region, name)
        return configured or await self._store.function(account, region, name)

    async def all(self, account: str, region: str) -> list[Function]:
        """In the order of their names; one of the configuration hides a stored one."""
        functions = {function.name: function for function in await self._store.functions(account, region)}
        for name in self.configured.names():
            configured = self.configured.get(account, region, name)
            assert configured is not None
            functions[name] = configured
        return [functions[name] for name in sorted(functions)]

    async def invoke(self, account: str, region: str, name: str, invocation: Invocation) -> Invoked:
        """Raises `CannotInvoke`."""
        function = await self.find(account, region, name)
        if function is None:
            raise CannotInvoke(f"Function not found: arn:aws:lambda:{region}:{account}:function:{name}")
        return await self._runner(function).invoke(invocation)

    async def close(self) -> None:
        runners = [runner for _, runner in self._runners.values()] + self._retired
        self._runners.clear()
        await asyncio.gather(*(runner.close() for runner in runners))
        self._threads.shutdown(wait=False)
        if self._folders is not None:
            self._folders.remove()

    def forget(self, function: Function) -> None:
        """Ends what runs a function that was changed or deleted, once it has ended its invocations."""
        known = self._runners.pop((function.account, function.region, function.name), None)
        if known is not None:
            known[1].retire()
            # The last few: older ones have long ended, as no invocation takes more than 15 minutes.
            self._retired = [*self._retired[-_RETIRED_KEPT:], known[1]]

    def _runner(self, function: Function) -> Runner:
        key = (function.account, function.region, function.name)
        known = self._runners.get(key)
        if known is not None and known[0] == function.revision:
            return known[1]
        self.forget(function)
        runner: Runner
        if function.endpoint is not None:
            runner = EndpointRunner(function, function.endpoint)
        else:
            runner = ProcessPool(lambda: self._launch(function), self._listen, self._clock)
        self._runners[key] = function.revision, runner
        return runner

    async def _launch(self, function: Function) -> Launch:
        folder = await self._folder(function)
        if function.command:
            command = list(function.command)
        elif function.configured or function.is_python:
            if not has_python_client():
                raise CannotInvoke(f"{function.name}: the package {_CLIENT} is not installed")
            command = [sys.executable, "-m", _CLIENT, function.handler.replace(":", ".")]
        else:
            command = [str(folder / "bootstrap")]
        return Launch(function, sys.executable, command, folder, self._environment(function, folder))

    async def _folder(self, function: Function) -> Path:
        if function.folder is not None:
            return Path(function.folder)
        code = await self._store.code(function)
        if code is None or function.code is None:
            raise CannotInvoke(f"{function.name}: its code is gone")
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._unpacked, function.code, code
        )

    def _unpacked(self, name: str, code: bytes) -> Path:
        if self._folders is None:
            self._folders = CodeFolders(self._data_dir)
        return self._folders.unpacked(name, code)

    def _environment(self, function: Function, folder: Path) -> dict[str, str]:
        """What the process finds in its environment; nothing of the server's own, which may hold secrets."""
        group = f"/aws/lambda/{function.name}"
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "AWS_REGION": function.region,
            "AWS_DEFAULT_REGION": function.region,
            **self._variables(function.region),
            **function.environment,
            "_HANDLER": function.handler,
            "LAMBDA_TASK_ROOT": str(folder),
            "LAMBDA_RUNTIME_DIR": str(folder),
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": group,
            "AWS_LAMBDA_LOG_STREAM_NAME": f"{function.revision}",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
