"""docs/known-differences.md names for every difference the tests that pin it, and they exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "known-differences.md"
_ROW = re.compile(r"^\| (\d+) \| .* \| ([^|]*) \|$", re.MULTILINE)
_TEST = re.compile(r"`([^`]*)`")
ROWS = _ROW.findall(DOCUMENT.read_text(encoding="utf-8"))


def _functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


def test_differences_are_numbered_and_the_newest_is_the_last() -> None:
    """A difference that is no more leaves a gap."""
    numbers = [int(number) for number, _ in ROWS]
    assert numbers == sorted(set(numbers))
    assert len(numbers) == len(re.findall(r"^\| \d", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize(("number", "tests"), ROWS, ids=[number for number, _ in ROWS])
def test_a_difference_is_pinned_by_tests_that_exist(number: str, tests: str) -> None:
    """Each is named as `path::function`."""
    named = [test.split("::") for test in _TEST.findall(tests)]
    assert named
    for path, function in named:
        assert function.startswith("test_")
        assert function in _functions(ROOT / path)
