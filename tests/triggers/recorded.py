"""What was recorded on AWS, and whether an answer is like it."""

import json
import re
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parents[1] / "golden" / "lambda" / "triggers.json"
RECORDED: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
_MASK = re.compile(r"<[^>]*>")


def answers(situation: str) -> dict[str, Any]:
    found: dict[str, Any] = RECORDED[situation]["answers"]
    return found


def differences(recorded: Any, given: Any, path: str = "") -> list[str]:
    """Where `given` is not as recorded; masked parts may be anything."""
    if isinstance(recorded, dict) and isinstance(given, dict):
        named = recorded.keys() ^ given.keys()
        found = [f"{path}.{name}: only on one side" for name in sorted(named)]
        for name in recorded.keys() & given.keys():
            found += differences(recorded[name], given[name], f"{path}.{name}")
        return found
    if isinstance(recorded, list) and isinstance(given, list):
        if len(recorded) != len(given):
            return [f"{path}: {len(given)} instead of {len(recorded)}"]
        pairs = enumerate(zip(recorded, given, strict=True))
        return [it for place, (one, other) in pairs for it in differences(one, other, f"{path}[{place}]")]
    if isinstance(recorded, str) and _MASK.search(recorded):
        pattern = ".+".join(map(re.escape, _MASK.split(recorded.replace("111111111111", "<account>"))))
        return [] if re.fullmatch(pattern, str(given)) else [f"{path}: {given!r} instead of {recorded!r}"]
    return [] if recorded == given else [f"{path}: {given!r} instead of {recorded!r}"]
