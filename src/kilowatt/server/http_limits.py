"""What a connection may ask for, in bytes and in time."""

import math
from dataclasses import dataclass
from enum import Enum

from kilowatt import limits


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """What a connection may ask for. Times are coarse: up to two sweeps are added."""

    header_bytes: int = 64 * 1024
    body_bytes: int = limits.REQUEST_BODY_BYTES
    idle_seconds: float = 180.0
    """How long a connection may stay open between requests."""
    header_seconds: float = 20.0
    """How long the headers of one request may take."""
    body_seconds: float = 30.0
    """How long each 64 KiB of a body may take."""
    write_seconds: float = 60.0
    """How long the peer may take for each 64 KiB of an answer."""
    linger_seconds: float = 3.0
    """How long input is discarded after a refusal, so that a peer still sending can read the answer."""
    sweep_seconds: float = 1.0
    """How often times are looked at."""


class Phase(Enum):
    """What a connection is doing, as far as time limits go."""

    IDLE = 1
    HEADERS = 2
    BODY = 3
    SERVING = 4
    SENDING = 5
    LINGERING = 6


def seconds_allowed(phase: Phase, allowed: HttpLimits) -> float:
    """How long a connection may stand still in `phase`."""
    match phase:
        case Phase.IDLE:
            return allowed.idle_seconds
        case Phase.HEADERS:
            return allowed.header_seconds
        case Phase.BODY:
            return allowed.body_seconds
        case Phase.SENDING:
            return allowed.write_seconds
        case Phase.LINGERING:
            return allowed.linger_seconds
        case Phase.SERVING:
            return math.inf
