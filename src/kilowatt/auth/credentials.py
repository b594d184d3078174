"""Access keys: the file in which they are configured, and looking them up.

The file has the form of AWS's shared credentials file, one section for each key:

    [orders service]
    aws_access_key_id = AKIAIOSFODNN7EXAMPLE
    aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
    # optional:
    aws_session_token = AQoDYXdzEJr
    account = 123456789012

`aws_account_id`, as AWS's own tools call it, is the same as `account`; their `region` and `output` mean
nothing here. Any other name is refused, for it may be a misspelt one.
"""

import configparser
import logging
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from kilowatt.auth.caller import DEFAULT_ACCOUNT

_LOG = logging.getLogger("kilowatt")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_KEYS = frozenset(
    {"aws_access_key_id", "aws_secret_access_key", "aws_session_token", "account", "aws_account_id"}
)
_IGNORED_KEYS = frozenset({"region", "output"})


@dataclass(frozen=True, slots=True)
class Credential:
    """One access key. A session token, if there is one, must come with every request."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    account: str = DEFAULT_ACCOUNT


class CredentialStore:
    """The access keys of a server, by id."""

    def __init__(self, credentials: Iterable[Credential]) -> None:
        self._by_id = {credential.access_key_id: credential for credential in credentials}

    @classmethod
    def of_pair(cls, access_key_id: str, secret_access_key: str) -> "CredentialStore":
        """A store of one key."""
        return cls([Credential(access_key_id, secret_access_key)])

    @classmethod
    def load(cls, path: Path) -> "CredentialStore":
        """Reads a file of access keys; warns if other users of the machine can read it too.

        Raises:
            OSError: the file can't be read.
            ValueError: it is not of the form above; the message tells section and reason, never a secret.
        """
        text = path.read_text(encoding="utf-8")
        if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
            _LOG.warning("%s can be read by every user of this machine: chmod 600 it", path)
        try:
            return cls(_parsed(text))
        except ValueError as error:
            raise ValueError(f"{path}: {error}") from None

    def get(self, access_key_id: str) -> Credential | None:
        """The key with that id, or None."""
        return self._by_id.get(access_key_id)


def _parsed(text: str) -> list[Credential]:
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#", ";"))
    try:
        parser.read_string(text)
    except configparser.MissingSectionHeaderError as error:
        raise ValueError(f"line {error.lineno} stands before any [section]") from None
    except configparser.ParsingError as error:
        lines = ", ".join(str(line) for line, _ in error.errors)
        raise ValueError(f"not name = value: line {lines}") from None
    except configparser.Error as error:
        raise ValueError(error.message.partition("While reading")[2] or error.message) from None
    credentials = [_credential(name, dict(parser[name])) for name in parser.sections()]
    if not credentials:
        raise ValueError("no access key in it")
    ids = [credential.access_key_id for credential in credentials]
    for access_key_id in ids:
        if ids.count(access_key_id) > 1:
            raise ValueError(f"the access key {access_key_id} is in it twice")
    return credentials


def _credential(section: str, values: dict[str, str]) -> Credential:
    for unknown in sorted(values.keys() - _KEYS - _IGNORED_KEYS):
        raise ValueError(f"[{section}] {unknown} is not known")
    for needed in ("aws_access_key_id", "aws_secret_access_key"):
        if not values.get(needed):
            raise ValueError(f"[{section}] {needed} is missing")
    account = values.get("account") or values.get("aws_account_id") or DEFAULT_ACCOUNT
    if not _ACCOUNT.fullmatch(account):
        raise ValueError(f"[{section}] account must have 12 digits")
    return Credential(
        values["aws_access_key_id"],
        values["aws_secret_access_key"],
        values.get("aws_session_token") or None,
        account,
    )
