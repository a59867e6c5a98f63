"""A short name for all that can move a figure of a sweep, code included: units of another name are not believed."""

import json
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import simulator
from simulator.scenario import Scenario, fingerprint
from simulator.scenario.points import applied
from simulator.study.provenance import LIBRARIES, profile_data
from simulator.study.sweep.factors import Factor
from simulator.study.sweep.plan import Plan
from simulator.study.worlds.world import Worlds

_LENGTH = 12
_CODE = ("evidence", "scenario", "demand", "service", "study/worlds", "study/sweep", "study/years.py")
"""Folders and files of the program that decide what a simulated year is and what a unit holds."""
_READ = {".py", ".csv", ".yaml"}


@cache
def code_digest() -> str:
    """The same for the same code: of every file that can move a year, whatever the version says."""
    digest, root = sha256(), Path(simulator.__file__).parent
    for part in _CODE:
        place = root / part
        files = [place] if place.is_file() else sorted(each for each in place.rglob("*") if each.suffix in _READ)
        for file in files:
            digest.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()[:_LENGTH]


def fingerprint_of(plan: Plan, worlds: Worlds | None, each: int, engine: str) -> str:
    """Twelve hexadecimal digits of all that a sweep rests on.

    Parameters
    ----------
    worlds
        None for the scenario as it stands.
    each
        Years of each point and world.
    """
    content = {
        "code": code_digest(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "scenario": _print(plan.scenario),
        "against": None if plan.against is None else _print(plan.against),
        "factors": [_factor(plan.scenario, each) for each in plan.factors],
        "points": sha256(plan.points.astype("<f8").tobytes()).hexdigest(),
        "design": plan.design,
        "measures": [list(vars(key).values()) for key in plan.measures],
        "worlds": None if worlds is None else worlds.fingerprint,
        "years": each,
        "seed": plan.seed,
        "engine": engine,
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=str)
    return sha256(text.encode()).hexdigest()[:_LENGTH]


def _print(scenario: Scenario) -> str:
    return fingerprint(scenario, profile_data(scenario))


def _factor(scenario: Scenario, factor: Factor) -> dict[str, Any]:
    """What is varied, with the contents of the files that alternatives name."""
    span = None if factor.span is None else list(vars(factor.span).values())
    alternatives = [
        [each.label, [dict(override.changes) for override in each.overrides], _files(scenario, factor, place)]
        for place, each in enumerate(factor.alternatives)
    ]
    return {"name": factor.name, "paths": factor.paths, "span": span, "base": factor.base, "values": alternatives}


def _files(scenario: Scenario, factor: Factor, place: int) -> str:
    overrides = factor.overrides(float(place))
    if not any("demand" in each.changes or "sites" in each.changes for each in overrides):
        return ""
    found, _ = applied(scenario, overrides)
    return "" if found is None else _print(found)
