"""Who may use a data directory."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from kilowatt.engine.directory import DataDirectory
from kilowatt.engine.errors import DirectoryLocked, FormatTooNew, NotADataDirectory

HOLD = (
    "import sys; from pathlib import Path; from kilowatt.engine.directory import DataDirectory\n"
    "held = DataDirectory.take(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()\n"
)


def test_a_missing_directory_is_made_private(tmp_path: Path) -> None:
    DataDirectory.take(tmp_path / "deep" / "data").release()
    assert stat.S_IMODE((tmp_path / "deep" / "data").stat().st_mode) == 0o700
    assert (tmp_path / "deep" / "data" / "FORMAT").read_text() == "kilowatt 1\n"


def test_a_directory_can_be_taken_again_after_its_release(tmp_path: Path) -> None:
    for _ in range(2):
        directory = DataDirectory.take(tmp_path)
        directory.release()
        directory.release()


def test_a_second_process_is_told_who_holds_the_directory(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(DirectoryLocked, match=rf"\b{holder.pid}\b"):
            DataDirectory.take(tmp_path)
        holder.kill()
    DataDirectory.take(tmp_path).release()  # a killed holder leaves nothing behind


def test_this_process_cannot_take_a_directory_twice(tmp_path: Path) -> None:
    held = DataDirectory.take(tmp_path)
    with pytest.raises(DirectoryLocked, match=rf"\b{os.getpid()}\b"):
        DataDirectory.take(tmp_path)
    held.release()


def test_a_directory_with_other_files_is_left_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(NotADataDirectory, match=str(tmp_path)):
        DataDirectory.take(tmp_path)
    assert os.listdir(tmp_path) == ["thesis.txt"]


def test_a_file_is_not_a_data_directory(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(NotADataDirectory):
        DataDirectory.take(tmp_path / "file")


@pytest.mark.parametrize("leftover", ["LOCK", "FORMAT.new", "lost+found"])
def test_a_start_cut_short_or_a_fresh_mount_is_as_good_as_empty(tmp_path: Path, leftover: str) -> None:
    (tmp_path / leftover).touch()
    DataDirectory.take(tmp_path).release()
    assert (tmp_path / "FORMAT").exists()


def test_a_newer_format_is_refused(tmp_path: Path) -> None:
    (tmp_path / "FORMAT").write_text("kilowatt 2\n")
    with pytest.raises(FormatTooNew, match="format 2"):
        DataDirectory.take(tmp_path)


@pytest.mark.parametrize("text", ["", "postgres 1\n", "kilowatt\n", "kilowatt one\n", "kilowatt -1\n"])
def test_another_format_file_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "FORMAT").write_text(text)
    with pytest.raises(NotADataDirectory):
        DataDirectory.take(tmp_path)
