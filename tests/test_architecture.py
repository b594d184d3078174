"""The rules of the source that a program can check: imports, clock, randomness, names, sizes, errors."""

import ast
import importlib
import pkgutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import kilowatt.errors
from kilowatt.errors.base import ErrorSpec

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "kilowatt"
FILES = sorted(SOURCE.rglob("*.py"))
LINES_AT_MOST = 500
# The two modules that hold a server's only sources of time and of chance.
CLOCK = SOURCE / "clock.py"
IDS = SOURCE / "ids.py"
RANDOM_MODULES = {"random", "secrets", "uuid"}
# Calls that read the wall clock from modules that are otherwise free to use.
CLOCK_CALLS = {"now", "utcnow", "today"}
CLOCK_OWNERS = {"datetime", "date"}
DRAWERS = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}


def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The modules that a file imports, at any depth, with their lines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node.lineno


def _clock_calls(tree: ast.Module) -> Iterator[int]:
    """Lines with `datetime.now`, `date.today` and the like, called or not."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr not in CLOCK_CALLS:
            continue
        owner = node.value
        name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
        if name in CLOCK_OWNERS:
            yield node.lineno


def _importers_of(modules: set[str], but: Path) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in FILES
        if path != but
        for module, line in _imports(_parse(path))
        if module.partition(".")[0] in modules
    ]


def _is_generated(text: str) -> bool:
    """A generated file's head names its script and says not to edit it."""
    head = "".join(text.splitlines()[:5])
    return "by tools/" in head and "do not edit" in head


def test_imports_point_in_the_design_s_direction() -> None:
    """`pyproject.toml` holds the contracts. In a process of its own: it switches loggers off."""
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def test_only_the_clock_module_reads_the_time() -> None:
    calls = [
        f"{path.relative_to(ROOT)}:{line} reads the time"
        for path in FILES
        if path != CLOCK
        for line in _clock_calls(_parse(path))
    ]
    assert _importers_of({"time"}, but=CLOCK) + calls == []


def test_only_the_ids_module_draws_randomness() -> None:
    assert _importers_of(RANDOM_MODULES, but=IDS) == []


def test_no_module_is_a_drawer() -> None:
    names = [path for path in SOURCE.rglob("*") if path.stem in DRAWERS]
    assert [str(path.relative_to(ROOT)) for path in names] == []


def test_every_file_stays_short() -> None:
    """But for generated ones, which nobody reads from top to bottom."""
    texts = {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in FILES}
    lengths = {path: len(text.splitlines()) for path, text in texts.items() if not _is_generated(text)}
    assert {path: length for path, length in lengths.items() if length > LINES_AT_MOST} == {}


def _error_specs() -> list[tuple[str, ErrorSpec]]:
    """Every constant of the catalogue, once, by the module that defines it."""
    found: dict[int, tuple[str, ErrorSpec]] = {}
    for info in pkgutil.walk_packages(kilowatt.errors.__path__, "kilowatt.errors."):
        for name, value in vars(importlib.import_module(info.name)).items():
            if isinstance(value, ErrorSpec):
                found.setdefault(id(value), (f"{info.name}.{name}", value))
    return list(found.values())


def test_every_error_text_names_its_source() -> None:
    assert [name for name, spec in _error_specs() if not spec.source.strip()] == []


def test_every_error_text_stands_once_in_the_catalogue() -> None:
    """The same text at another stage is another error: the stage decides whether it is prefixed."""
    names = defaultdict(list)
    for name, spec in _error_specs():
        names[spec.type.name, spec.template, spec.stage].append(name)
    assert [same for same in names.values() if len(same) > 1] == []
