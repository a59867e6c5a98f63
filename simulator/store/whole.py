"""Folders and files that appear whole or not at all: written under another name beside their place, then renamed.

An older folder of ours is replaced and the planner's own files in it stay. Knows no tables and no figures.
"""

import glob
import re
import secrets
import shutil
import time
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.words import say

MANIFEST = "manifest.json"
_OURS = frozenset({MANIFEST, "measures.parquet", "measures.csv", "report.html", "figures"})
"""What a results folder holds of ours; all else in it is the planner's and stays."""
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\.|$)", re.IGNORECASE)
LONGEST_NAME = 40
"""Characters of a planner's name that we keep: file systems take 255 bytes a name, Windows 260 characters a path."""
_STALE_S = 3600


class StoreError(Exception):
    """A result or a file could not be written or read; `text` tells a planner why and what to do.

    Attributes
    ----------
    kept
        Where the new result is instead, or None where nothing was written.
    """

    def __init__(self, key: str, kept: Path | None = None, **values: object) -> None:
        values = {**values, "kept": kept}
        super().__init__(say(f"store.{key}", "en", **values))
        self.kept = kept
        self._key = key
        self._values = values

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"store.{self._key}", lang, **self._values)


def safe_name(name: str) -> str:
    """A file name that Windows, macOS and Linux all take.

    Characters that Windows forbids become ``-``, device names such as ``con`` get ``_`` in front, and dots and spaces
    at the ends go.
    """
    allowed = re.sub(r'[<>:"/\\|?*\x00-\x1f\x7f]', "-", unicodedata.normalize("NFC", name))
    trimmed = allowed.strip(" ").rstrip(". ") or "result"
    return f"_{trimmed}" if _RESERVED.match(trimmed) else trimmed


def save_files(folder: Path, files: Mapping[str, bytes], mark: str) -> Path:
    """Write a folder of files whole or not at all; an older one that holds the file ``mark`` is replaced.

    Raises
    ------
    StoreError
        If it cannot be written, or a folder of that name is not ours.
    """
    with telling(folder):
        if folder.exists() and not (folder / mark).is_file():
            raise StoreError("foreign_folder", folder=folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        tidy(folder)
        part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        try:
            write(part, files)
            _replace(folder, part)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return folder


def write_text_whole(path: Path, text: str) -> None:
    """Write a text file as `write_whole` does."""
    write_whole(path, text.encode())


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old one or the whole new one; a pipe or device is just written to.

    Raises
    ------
    StoreError
        If the file cannot be written, or another program has it open.
    """
    with telling(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        target = path.resolve()
        part = target.with_name(f".{target.name[:LONGEST_NAME]}.{secrets.token_hex(4)}.part")
        try:
            part.write_bytes(content)
            part.replace(target)
        except PermissionError as error:
            if not path.exists():
                raise
            raise StoreError("file_in_use", file=path) from error
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Turn what the operating system refuses into a `StoreError` about `path`."""
    try:
        yield
    except OSError as error:
        raise StoreError("not_written", path=path, reason=error.strerror or str(error)) from error


def write(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write files into a folder that nobody reads yet; ``/`` in a name parts folder and file."""
    for name, content in contents.items():
        path = folder.joinpath(*map(safe_name, name.split("/")))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _old(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")


def tidy(folder: Path) -> None:
    """Clear what killed runs left: an older folder half put away, and parts that nobody writes any more."""
    _settle(folder)
    for part in folder.parent.glob(f".{glob.escape(folder.name)}.*.part"):
        with suppress(FileNotFoundError):
            if time.time() - part.stat().st_mtime > _STALE_S:
                shutil.rmtree(part, ignore_errors=True)


def _settle(folder: Path) -> None:
    """Put an older folder back where no new one came; else move the planner's own files over and remove it."""
    old = _old(folder)
    if not old.exists():
        return
    if not folder.exists():
        old.rename(folder)
        return
    for entry in old.iterdir():
        if entry.name not in _OURS and not (folder / entry.name).exists():
            entry.rename(folder / entry.name)
    shutil.rmtree(old, ignore_errors=True)


def _replace(folder: Path, part: Path) -> None:
    """Put `part` in the place of `folder`, keeping the planner's own files; where it is in use, beside it."""
    try:
        if folder.exists():
            folder.rename(_old(folder))
        part.rename(folder)
    except OSError:  # Windows refuses while a program has one of the files open
        kept = _free(folder)
        part.rename(kept)
        raise StoreError("in_use", kept, file=_in_use(folder), folder=folder) from None
    finally:
        _settle(folder)


def _free(folder: Path) -> Path:
    """A name beside the folder's that nobody has: ``<name> (2)``, ``<name> (3)``."""
    number = 2
    while (other := folder.with_name(f"{folder.name} ({number})")).exists():
        number += 1
    return other


def _in_use(folder: Path) -> Path:
    """The file in the folder that another program has open, or the folder itself where none can be told."""
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_file():
                path.open("r+b").close()
        except PermissionError:
            return path
    return folder
