"""What a result rests on: seed, versions, overrides, and every number's status and source.

Nothing here depends on the clock or on the machine's name: the same inputs give the same manifest.
"""

import platform
import subprocess
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import simulator
from simulator.demand.rates import own_profile
from simulator.demand.shipped import shipped_origins
from simulator.scenario import changes_of, fingerprint, unsourced
from simulator.scenario.model import CHANNELS, Scenario
from simulator.study.worlds.world import Worlds

LIBRARIES = ("simpy", "numpy", "scipy", "pydantic", "holidays", "tzdata")
"""Those that can move a number."""
STATUSES = ("assumed", "literature", "derived", "published")
"""Weakest first: the order in which a reader should doubt."""
PROSE = ("title", "why", "expect")
"""What a scenario says of itself and what moves no number."""


@cache
def code_commit() -> str:
    """Commit of the code that runs, with ``+`` where files differ from it; empty outside a repository."""
    root = Path(simulator.__file__).parents[1]
    if not (root / ".git").exists():
        return ""
    try:
        head = _git(root, "rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return ""


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=True, timeout=10)
    return done.stdout.strip()


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path of nested mappings, None where there is none; a key may itself hold dots."""
    here: Any = document
    parts = path.split(".")
    while parts:
        for length in range(len(parts), 0, -1):
            key = ".".join(parts[:length])
            if isinstance(here, Mapping) and key in here:
                here, parts = here[key], parts[length:]
                break
        else:
            return None
    return here


def assumptions(scenario: Scenario) -> list[dict[str, Any]]:
    """Every number that carries a status, the weakest first."""
    document = scenario.model_dump(mode="json")
    rows = [
        {"path": path, "value": value_at(document, path), **source.model_dump()}
        for path, source in scenario.sources.items()
    ]
    return sorted(rows, key=lambda row: (STATUSES.index(row["status"]), row["path"]))


def profile_data(scenario: Scenario) -> bytes:
    """The numbers that a scenario names but does not hold: its profiles and the solved shares of its sites."""
    demands = [(channel, scenario.demand_of(channel)) for channel in CHANNELS]
    parts = [
        profile.to_csv()
        for channel, demand in demands
        if demand is not None and (profile := own_profile(scenario, channel, demand)) is not None
    ]
    if any(site.share is None for site in scenario.sites.values()):
        parts.append(repr(sorted(shipped_origins(scenario.demand.reference).items())))
    return "\n".join(parts).encode()


def manifest(
    scenario: Scenario, seed: int, replications: int, engine: str, data: bytes = b"", worlds: Worlds | None = None
) -> dict[str, Any]:
    """All that is needed to make a result again, and to judge it.

    Parameters
    ----------
    scenario, seed, replications, engine
        What was run.
    data
        Content of the files a scenario reads its demand from; it counts in the fingerprint.
    worlds
        The plausible worlds it was run in, if any; ``replications`` is then of each.
    """
    scenario_print = fingerprint(scenario, data)
    where = "" if worlds is None else f"/{worlds.fingerprint}"
    run_print = sha256(f"{scenario_print}/{seed}/{replications}/{engine}/{simulator.__version__}{where}".encode())
    return {
        "fingerprint": run_print.hexdigest()[:12],
        "scenario_fingerprint": scenario_print,
        "seed": seed,
        "replications": replications,
        "engine": engine,
        "worlds": 1 if worlds is None else len(worlds),
        "worlds_fingerprint": None if worlds is None else worlds.fingerprint,
        "version": simulator.__version__,
        "commit": code_commit(),
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "period": {"first_day": str(scenario.period.first_day), "last_day": str(scenario.period.last_day)},
        "timezone": scenario.timezone,
        "overrides": [
            {"path": each.path, "old": _plain(each.old), "new": _plain(each.new)}
            for each in changes_of(scenario)
            if each.path.partition(".")[0] not in PROSE
        ],
        "assumptions": assumptions(scenario),
        "unsourced": list(unsourced(scenario)),
    }


def _plain(value: Any) -> Any:
    """A value of a document as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, bool | int | float) or value is None else str(value)
