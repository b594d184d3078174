"""Runs the `kilowatt` command as a user does, for what ends by itself."""

import os
import subprocess
import sys
from pathlib import Path

_PATIENCE_SECONDS = 20


def settings_free_environment() -> dict[str, str]:
    """The environment without any setting of Kilowatt's."""
    return {name: value for name, value in os.environ.items() if not name.startswith("KILOWATT_")}


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`kilowatt` with arguments, to its end."""
    return subprocess.run(
        [sys.executable, "-m", "kilowatt", *arguments],
        env={**settings_free_environment(), **environment},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_SECONDS,
        check=False,
    )


def refused(*arguments: str, **environment: str) -> tuple[int, str]:
    """`kilowatt serve` that must not start: its exit code and what it says, which is short."""
    done = run("serve", "--port", "0", *arguments, **environment)
    assert done.returncode != 0
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "ready:" not in done.stderr
    assert len(done.stderr.splitlines()) <= 4, done.stderr
    return done.returncode, done.stderr


def started_and_ended(directory: Path, *arguments: str, **environment: str) -> tuple[int, str]:
    """`kilowatt serve` in a directory, ended once it says something: its exit code and all that it said."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kilowatt", "serve", "--port", "0", *arguments],
        env={**settings_free_environment(), **environment},
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.terminate()
        rest = process.stdout.read()
    return process.returncode, first + rest
