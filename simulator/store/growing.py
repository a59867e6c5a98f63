"""A folder that grows file by file, for what takes long and may be killed at any moment."""

import secrets
import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from simulator.store.whole import StoreError, safe_name, telling, tidy


class GrowingFolder:
    """A folder that grows file by file, each whole or not at all, whoever else writes in it at the same time.

    A file is written beside the folder and renamed into it. What was killed while it wrote, and left something there,
    is cleared after an hour.

    Parameters
    ----------
    path
        Of the folder; it is made when the first file comes.
    marks
        Names of which it holds one if it is ours.

    Raises
    ------
    StoreError
        If there is a folder of that name that is not ours.
    """

    def __init__(self, path: Path, marks: Sequence[str]) -> None:
        self.path = path
        self._part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
        with telling(path):
            entries = list(path.iterdir()) if path.exists() else []
            if entries and not any(entry.name in marks for entry in entries):
                raise StoreError("foreign_folder", folder=path)
            tidy(path)

    def get(self, name: str) -> bytes | None:
        """The content of a file, None where there is none or it cannot be read."""
        try:
            return self.path.joinpath(*name.split("/")).read_bytes()
        except OSError:
            return None

    def put(self, name: str, content: bytes) -> None:
        """Write a file; an older one of that name is replaced.

        Raises
        ------
        StoreError
            If it cannot be written, or another program has it open.
        """
        target = self.path.joinpath(*map(safe_name, name.split("/")))
        with telling(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            written = self._part / target.name
            try:
                self._part.mkdir(exist_ok=True)
                written.write_bytes(content)
                written.replace(target)
            except PermissionError as error:  # Windows: somebody reads it
                if self.get(name) != content:
                    raise StoreError("file_in_use", file=target) from error
            finally:  # a kill between two files leaves nothing
                shutil.rmtree(self._part, ignore_errors=True)

    def prune(self, folder: str, kept: Collection[str]) -> None:
        """Remove the files of a folder inside that are not among those kept."""
        place = self.path / folder
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if path.is_file() and path.name not in kept:
                path.unlink(missing_ok=True)
