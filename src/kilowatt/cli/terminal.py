"""How answers look in a terminal: aligned tables, keys, times."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

_LONGEST_TEXT = 60


def show_document(document: Any) -> None:
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))


def table(headings: Sequence[str], rows: Sequence[Sequence[str]], numbers: Sequence[str] = ()) -> str:
    """Lines of columns; those whose headings are among `numbers` are aligned to the right."""
    lines = [headings, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    right = [heading in numbers for heading in headings]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if aligned else cell.ljust(width)
            for cell, width, aligned in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def key(attributes: dict[str, dict[str, str]]) -> str:
    """A key as `name=value`; what a terminal might obey is escaped, and long values are cut."""
    return ", ".join(f"{printable(name)}={_value(value)}" for name, value in attributes.items())


def time(seconds: float) -> str:
    """A time in UTC."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


def _value(value: dict[str, str]) -> str:
    text = printable(next(iter(value.values())))
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def printable(text: str) -> str:
    """The text, with what a terminal might obey escaped."""
    return text if text.isprintable() else json.dumps(text)
