"""Every text of errors/partiql.py is said somewhere in the tests, so that none is dead or untested."""

import re
from pathlib import Path

import pytest

from kilowatt.errors import ErrorSpec, partiql

_TESTS = Path(__file__).parents[2]
_SPECS = {name: spec for name, spec in vars(partiql).items() if isinstance(spec, ErrorSpec)}
_PREFIX = "Statement wasn't well formed, can't be processed: "


def _said() -> str:
    """All strings of the tests of PartiQL, with adjacent ones joined."""
    files = [*_TESTS.glob("domain/partiql/test_*.py"), *_TESTS.glob("operations/test_*.py")]
    texts = [path.read_text(encoding="utf-8") for path in files if path != Path(__file__)]
    return re.sub(r'"\s*\n\s*f?"', "", "\n".join(texts))


@pytest.mark.parametrize("name", _SPECS)
def test_every_text_is_provoked_by_a_test(name: str) -> None:
    parts = re.split(r"\{\w+\}", _SPECS[name].template.removeprefix(_PREFIX))
    longest = max(parts, key=len)
    assert longest in _said()
