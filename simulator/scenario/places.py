"""Where scenario files lie: the planner's folder, and the folder of those that are shipped.

Only names and folders; nothing here opens a file.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import simulator

FOLDER = "scenarios"


def shipped_folder() -> Path:
    """The folder of the shipped scenarios, beside the package."""
    return Path(simulator.__file__).parents[1] / FOLDER


def find(source: str | Path) -> Path | None:
    """The file that a path or a bare name means: as it stands, else in ``./scenarios``, else a shipped one."""
    as_it_stands = _first([Path(source), Path(f"{source}.yaml")])
    if as_it_stands or Path(source).name != source:
        return as_it_stands
    return _first(folder / name for folder in _folders() for name in (source, f"{source}.yaml"))


def find_base(name: str, folder: Path) -> Path | None:
    """The file that ``extends: name`` means, with or without its ending: beside the file that says so, or shipped."""
    return _first(place / each for place in (folder, shipped_folder()) for each in (name, f"{name}.yaml"))


def names_like(source: str | Path, folder: Path | None = None) -> list[str]:
    """Names of scenario files that may have been meant."""
    ending = Path(source).suffix
    folders = [folder, shipped_folder()] if folder else _folders()
    found = {path for each in folders if each.is_dir() for path in each.glob("*.yaml")}
    return sorted(path.name if ending else path.stem for path in found)


def as_typed(path: Path) -> str:
    """A path as people write it: relative to the working folder where it lies below it."""
    try:
        return str(Path(os.path.normpath(path.absolute())).relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _folders() -> list[Path]:
    return [Path(FOLDER), shipped_folder()]


def _first(paths: Iterable[Path]) -> Path | None:
    for path in paths:
        try:
            if path.is_file():
                return path
        except (OSError, ValueError):  # a name the system cannot hold: too long, or with a null character
            continue
    return None
