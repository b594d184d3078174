"""The code of functions: zips, and the folders they are unpacked into."""

import hashlib
import io
import os
import shutil
import tempfile
import zipfile
from base64 import b64decode
from binascii import Error as BadBase64
from pathlib import Path
from typing import Any

from kilowatt.domain.triggers.function import UNZIPPED_BYTES
from kilowatt.errors import triggers as errors

# In the data directory. Its content can be unpacked again at any time.
_FOLDER = "unpacked-functions"


def zip_of(given: Any) -> bytes:
    """The zip that a request carries in base64. Raises `BAD_ZIP`, `UNZIPPED_TOO_LARGE`."""
    if not isinstance(given, str):
        raise errors.WRONG_TYPE(name="ZipFile", expected="a zip file in base64")
    try:
        code = b64decode(given, validate=True)
        with zipfile.ZipFile(io.BytesIO(code)) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (BadBase64, ValueError, zipfile.BadZipFile) as error:
        raise errors.BAD_ZIP() from error
    if size > UNZIPPED_BYTES:
        raise errors.UNZIPPED_TOO_LARGE(limit=UNZIPPED_BYTES)
    return code


def digest(code: bytes) -> str:
    return hashlib.sha256(code).hexdigest()


class CodeFolders:
    """Where zips are unpacked: below `parent`, or in a temporary directory. Emptied at the start."""

    def __init__(self, parent: Path | None) -> None:
        self._temporary = parent is None
        if parent is None:
            self._path = Path(tempfile.mkdtemp(prefix="kilowatt-functions-"))
        else:
            self._path = parent / _FOLDER
            shutil.rmtree(self._path, ignore_errors=True)
            self._path.mkdir(mode=0o700)

    def unpacked(self, name: str, code: bytes) -> Path:
        """The folder with the content of a zip. The same zip is unpacked once."""
        folder = self._path / name
        if not folder.exists():
            new = Path(tempfile.mkdtemp(dir=self._path))
            with zipfile.ZipFile(io.BytesIO(code)) as archive:
                for member in archive.infolist():
                    # `extract` keeps within the folder, whatever the names; it forgets the permissions.
                    path = archive.extract(member, new)
                    mode = (member.external_attr >> 16) & 0o777
                    if mode and not member.is_dir():
                        os.chmod(path, mode | 0o600)
            new.rename(folder)
        return folder

    def remove(self) -> None:
        if self._temporary:
            shutil.rmtree(self._path, ignore_errors=True)
