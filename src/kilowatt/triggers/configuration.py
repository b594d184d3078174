"""The file of functions that a server is started with.

[counter]                        # the function's name
folder = "functions/counter"     # relative to this file
handler = "app.handler"          # Python's runtime client runs it
timeout_seconds = 10
memory_mb = 256
environment = { TABLE = "Totals" }

[audit]
folder = "functions/audit"
command = ["node", "runtime.js"] # any client of the Runtime API

[remote]
endpoint = "http://127.0.0.1:9000"
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kilowatt.domain.triggers.function import Function

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TYPES: dict[str, type] = {
    "folder": str,
    "handler": str,
    "command": list,
    "endpoint": str,
    "timeout_seconds": int,
    "memory_mb": int,
    "environment": dict,
    "description": str,
}


@dataclass(frozen=True, slots=True)
class ConfiguredFunctions:
    """The functions of the file; they belong to every account and region."""

    tables: Mapping[str, dict[str, Any]]
    modified: float = 0.0

    @classmethod
    def load(cls, path: Path) -> "ConfiguredFunctions":
        """Raises `OSError` or `ValueError` if the file cannot be read, or says something else."""
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        base = path.resolve().parent
        tables = {name: _checked(name, table, base) for name, table in content.items()}
        return cls(tables, path.stat().st_mtime)

    def names(self) -> list[str]:
        return sorted(self.tables)

    def get(self, account: str, region: str, name: str) -> Function | None:
        table = self.tables.get(name)
        if table is None:
            return None
        return Function(name, account, region, "configured", self.modified, **table)


def _checked(name: str, table: Any, base: Path) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ValueError(f"{name} is no table")
    if not _NAME.fullmatch(name):
        raise ValueError(f"[{name}] a name has up to 64 letters, digits, hyphens and underscores")
    for key, value in table.items():
        _check(name, key, value)
    if "endpoint" in table:
        if table.keys() & {"folder", "handler", "command", "environment", "memory_mb"}:
            raise ValueError(f"[{name}] an endpoint goes with a timeout and nothing else")
        return table
    if "folder" not in table:
        raise ValueError(f"[{name}] folder or endpoint is missing")
    if ("handler" in table) == ("command" in table):
        raise ValueError(f"[{name}] one of handler and command is needed")
    folder = base / table["folder"]
    if not folder.is_dir():
        raise ValueError(f"[{name}] {folder} is no folder")
    return {**table, "folder": str(folder)}


def _check(name: str, key: str, value: Any) -> None:
    if key not in _TYPES:
        raise ValueError(f"[{name}] {key} is not known")
    if not isinstance(value, _TYPES[key]):
        raise ValueError(f"[{name}] {key} must be of the type {_TYPES[key].__name__}")
    parts = value if isinstance(value, list) else value.values() if isinstance(value, dict) else ()
    if not all(isinstance(part, str) for part in parts):
        raise ValueError(f"[{name}] {key} must have texts in it")
    if isinstance(value, int) and value < 1:
        raise ValueError(f"[{name}] {key} must be 1 or more")
