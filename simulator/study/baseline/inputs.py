"""What all scenarios rest on besides their files: evidence by id, worlds, solved profiles, libraries."""

from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from simulator.evidence.lookup import all_evidence
from simulator.study.baseline.contents import Inputs
from simulator.study.baseline.digests import digest
from simulator.study.provenance import LIBRARIES
from simulator.study.worlds import shipped_worlds

NUMBERS_BY = (*LIBRARIES, "numba")
"""Libraries that can move a number; the compiler of the quick engine is one."""


def inputs() -> Inputs:
    """The inputs of the running program."""
    return Inputs(_evidence(), _worlds(), _profiles(), {name: _version(name) for name in NUMBERS_BY})


def _version(library: str) -> str:
    """The installed version; empty where there is none: the engine then runs as plain Python."""
    try:
        return version(library)
    except PackageNotFoundError:
        return ""


def _evidence() -> dict[str, dict[str, Any]]:
    """Prose (labels, notes, sources) is left out: it moves nothing."""
    entries = [(entry.id, entry.model_dump(mode="json")) for entry in all_evidence()]
    return {id: {name: made[name] for name in ("value", "unit", "status")} for id, made in entries}


def _worlds() -> dict[str, Any]:
    worlds = shipped_worlds()
    return {
        "fingerprint": worlds.fingerprint,
        "number": len(worlds),
        **{name: worlds.made.get(name) for name in ("seed", "priors", "published")},
    }


def _profiles() -> dict[str, str]:
    folder = files("simulator.demand") / "profiles"
    return {name: digest([each.read_text("utf-8").encode()]) for name, each in _tables("", folder)}


def _tables(before: str, folder: Traversable) -> list[tuple[str, Traversable]]:
    """Every CSV file below a folder by its path with ``/``, in the order of paths; whichever line ends it has."""
    found: list[tuple[str, Traversable]] = []
    for each in folder.iterdir():
        if each.is_dir():
            found += _tables(f"{before}{each.name}/", each)
        elif each.name.endswith(".csv"):
            found.append((before + each.name.removesuffix(".csv"), each))
    return sorted(found, key=lambda pair: pair[0])
