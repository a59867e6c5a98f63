"""The committed baseline as a folder: written whole, read by name."""

import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from simulator.store.whole import StoreError, telling, write


def save_baseline(files: Mapping[str, bytes], folder: Path, mark: str) -> None:
    """Put a baseline in the place of an older one, whole or not at all; nothing of the older one stays.

    Parameters
    ----------
    mark
        The file that a baseline always holds.

    Raises
    ------
    StoreError
        If it cannot be written, or the folder holds something that is no baseline.
    """
    with telling(folder):
        if folder.exists() and any(folder.iterdir()) and not (folder / mark).is_file():
            raise StoreError("foreign_folder", folder=folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.part")
        old = part.with_suffix(".old")
        try:
            write(part, files)
            if folder.exists():
                folder.rename(old)
            try:
                part.rename(folder)
            except OSError:
                old.rename(folder)
                raise
        finally:
            shutil.rmtree(part, ignore_errors=True)
            shutil.rmtree(old, ignore_errors=True)


def read_baseline(folder: Path) -> dict[str, bytes]:
    """The files of a baseline by name; none where there is no such folder.

    Raises
    ------
    StoreError
        If a file cannot be read.
    """
    with telling(folder):
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
        return {path.name: path.read_bytes() for path in paths if path.is_file()}
