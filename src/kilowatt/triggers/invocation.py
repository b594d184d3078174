"""What it takes to invoke a function, whatever runs it."""

from dataclasses import dataclass
from typing import Protocol

from kilowatt.domain.triggers.batches import Answer


@dataclass(frozen=True, slots=True)
class Invocation:
    """One invocation. `client_context` is what the caller of Invoke passes on."""

    request_id: str
    event: bytes
    client_context: str = ""


@dataclass(frozen=True, slots=True)
class Invoked:
    """What came of it, and the last that the function logged."""

    answer: Answer
    log: bytes = b""


class CannotInvoke(Exception):
    """The function did not get the event: it cannot be started or reached, or it is gone."""


class Runner(Protocol):
    """What runs one function."""

    async def invoke(self, invocation: Invocation) -> Invoked:
        """Raises `CannotInvoke`."""
        ...

    def retire(self) -> None:
        """Ends what is idle now, and the rest when its invocation has ended. No others follow."""
        ...

    async def close(self) -> None:
        """Ends whatever runs."""
        ...
