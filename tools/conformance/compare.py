"""Comparing an answer with a recorded one whose volatile values are masked.

In a recorded text `<name:1>` stands for one value wherever it comes again, and two numbers of a name for two
values; `<name>` stands for any text. A text that is only the word `datetime` stands for a time, ACCOUNT for
any account, `b'...'` for bytes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tools.conformance.recording import ACCOUNT

_MASK = re.compile(r"<([a-z-]+)(?::(\d+))?>|" + ACCOUNT)
# What values of some names look like; of others any text.
_LOOKS = {
    "uuid": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "sequence-number": r"\d{21,40}",
    "shard-id": r"shardId-\d{20}-\w+",
    "event-i-d": r"[0-9a-f]{32}",
    "event-id": r"[0-9a-f]{32}",
    "partition": r"aws[a-z-]*",
    "region": r"[a-z0-9-]+",
    "account": r"\d{12}",
}
_WORDS = {"starting-sequence-number": r"\d{21,40}"}
_TIMES = {"datetime", "<datetime>"}
MISSING = "nothing"


@dataclass(frozen=True)
class Difference:
    """Where two answers differ: the path of the value, what is recorded there and what was answered."""

    path: str
    recorded: Any
    answered: Any

    def __str__(self) -> str:
        return f"{self.path or 'the whole'}: recorded {self.recorded!r}, answered {self.answered!r}"


class Comparison:
    """Compares the answers of one run. `known` gives what some masks stand for from the start."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self._meanings = dict(known)

    def differences(
        self, recorded: Any, answered: Any, unordered: tuple[str, ...] = (), path: str = ""
    ) -> Iterator[Difference]:
        """Every place where `answered` is not what `recorded` says."""
        if isinstance(recorded, dict) and isinstance(answered, dict):
            yield from self._members(recorded, answered, unordered, path)
        elif isinstance(recorded, list) and isinstance(answered, list):
            yield from self._elements(recorded, answered, unordered, path)
        elif not self._agrees(recorded, answered):
            yield Difference(path, recorded, answered)

    def _members(
        self, recorded: dict[str, Any], answered: dict[str, Any], unordered: tuple[str, ...], path: str
    ) -> Iterator[Difference]:
        recorded = {self._meanings.get(name, name): value for name, value in recorded.items()}
        for name in sorted(recorded.keys() | answered.keys()):
            below = _below(path, name)
            if name not in answered:
                yield Difference(below, recorded[name], MISSING)
            elif name not in recorded:
                yield Difference(below, MISSING, answered[name])
            else:
                yield from self.differences(recorded[name], answered[name], unordered, below)

    def _elements(
        self, recorded: list[Any], answered: list[Any], unordered: tuple[str, ...], path: str
    ) -> Iterator[Difference]:
        if len(recorded) != len(answered):
            yield Difference(path, recorded, answered)
            return
        if path in unordered:
            recorded, answered = sorted(recorded, key=repr), sorted(answered, key=repr)
        for number, (one, other) in enumerate(zip(recorded, answered, strict=True)):
            yield from self.differences(one, other, unordered, _below(path, number))

    def _agrees(self, recorded: Any, answered: Any) -> bool:
        if isinstance(recorded, str):
            return self._text_agrees(recorded, answered)
        return type(recorded) is type(answered) and bool(recorded == answered)

    def _text_agrees(self, recorded: str, answered: Any) -> bool:
        if recorded in _TIMES:
            return isinstance(answered, datetime)
        if isinstance(answered, bytes):
            return recorded == repr(answered)
        if not isinstance(answered, str):
            return False
        if recorded in _WORDS:
            return re.fullmatch(_WORDS[recorded], answered) is not None
        return self._masks_agree(recorded, answered)

    def _masks_agree(self, recorded: str, answered: str) -> bool:
        match = re.fullmatch(_pattern(recorded), answered, re.DOTALL)
        if match is None:
            return False
        masks = _MASK.finditer(recorded)
        return all(self._means(mask[0], value) for mask, value in zip(masks, match.groups(), strict=True))

    def _means(self, mask: str, value: str) -> bool:
        """Whether a mask can stand for a value, after all that it stood for so far."""
        known = self._meanings.get(mask)
        if known is not None:
            return known == value
        name, number, _ = mask.partition(":")
        if not number:
            return True
        self._meanings[mask] = value
        return not any(
            other.partition(":")[0] == name and meaning == value
            for other, meaning in self._meanings.items()
            if other != mask
        )


def _below(path: str, name: str | int) -> str:
    return f"{path}.{name}" if path else str(name)


def _pattern(recorded: str) -> str:
    """The regular expression that a recorded text stands for, with a group for each mask."""
    parts = []
    end = 0
    for mask in _MASK.finditer(recorded):
        parts.append(re.escape(recorded[end : mask.start()]))
        parts.append(f"({_LOOKS.get(mask[1] or 'account', '.+')})")
        end = mask.end()
    return "".join(parts) + re.escape(recorded[end:])
