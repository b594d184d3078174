"""Who calls."""

from dataclasses import dataclass

DEFAULT_ACCOUNT = "000000000000"


@dataclass(frozen=True, slots=True)
class Caller:
    """The identity behind a request: `account` has 12 digits, `region` is the one the client signed for."""

    access_key: str
    account: str
    region: str
