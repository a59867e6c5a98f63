"""The compiled engine gives the reference engine's ledger to the last bit: random worlds, and a year of every scenario.

A third of the worlds lie on whole minutes, where many things happen at the same instant; the others mix half minutes
with single milliseconds beside them and with times on no grid. Every rule is switched on, and must have been used.
`HYPOTHESIS_PROFILE=nightly` tries ten times as many worlds. Nothing here is statistical: any difference is a defect,
and the first event that differs is shown.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import SearchStrategy

from simulator.demand import Contacts, draw
from simulator.scenario import change, load
from simulator.service import compiled, reference
from simulator.service.engines import simulation
from simulator.service.planning import make_plan
from tests.service.differing import difference
from tests.service.observing import observed_serve
from tests.service.seen import RULES, USED, Seen
from tests.strategies import MILLISECONDS, MINUTES, Grid, World, worlds
from tests.support import SHIPPED

EXAMPLES = settings().max_examples
ROOT = Path(__file__).parents[2]
SEEN = {"minutes": Seen(), "milliseconds": Seen()}


def everything(grid: Grid) -> SearchStrategy[World]:
    """Worlds with every rule switched on."""
    return worlds(grid=grid, warm_ups=(0, 0, 60), without_spells=())


def equal(world: World, seen: Seen) -> None:
    """Both engines serve a world alike; what the reference engine did is counted."""
    expected = observed_serve(world.contacts, world.plan, seen)
    told = difference(expected, compiled.serve(world.contacts, world.plan))
    assert told is None, told


@settings(max_examples=EXAMPLES // 3)
@given(world=everything(MINUTES))
def test_ledgers_are_equal_on_random_worlds_of_whole_minutes(world: World) -> None:
    equal(world, SEEN["minutes"])


@settings(max_examples=EXAMPLES - EXAMPLES // 3)
@given(world=everything(MILLISECONDS))
def test_ledgers_are_equal_on_random_worlds_of_milliseconds(world: World) -> None:
    equal(world, SEEN["milliseconds"])


def test_random_worlds_use_every_rule(record_property: Callable[[str, object], None]) -> None:
    """Follows the two above in the same process: files go to one worker whole. The summary shows the table."""
    for name, seen in SEEN.items():
        record_property(f"{USED}{name}", dict(seen))
    assert [rule for rule in RULES if not any(seen[rule] for seen in SEEN.values())] == []


def test_watching_the_reference_engine_changes_nothing() -> None:
    scenario = change(load("2024-actual"), {"period": {"last_day": "2024-01-14"}})
    contacts, plan = draw(scenario, seed=3), make_plan(scenario)
    expected = reference.serve(contacts, plan)
    assert difference(expected, observed_serve(contacts, plan, Seen())) is None
    assert len(expected) > 500


WITHOUT = {"numba turned off": "", "no numba": "sys.modules['numba'] = None; "}


@pytest.mark.parametrize("how", WITHOUT)
def test_the_same_code_gives_the_same_ledger_without_being_compiled(how: str) -> None:
    """The tests above, in a process of their own that runs the kernel as plain Python."""
    options = ["-q", "-k", "equal_on_random_worlds", "-o", "addopts=--import-mode=importlib", "-p", "no:cacheprovider"]
    code = f"import sys; {WITHOUT[how]}import pytest; sys.exit(pytest.main([{str(Path(__file__))!r}, *{options}]))"
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "HYPOTHESIS_PROFILE": "few"}
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "2 passed" in run.stdout


@pytest.mark.parametrize("name", SHIPPED)
def test_engines_give_the_same_year_of_every_shipped_scenario(name: str) -> None:
    """The same persons with the same draws, and the same ledger."""
    scenario = load(name)
    expected, found = (simulation(scenario, engine, seed=11).year(2) for engine in ("simpy", "compiled"))
    for field in fields(Contacts):
        mine, theirs = getattr(expected.contacts, field.name), getattr(found.contacts, field.name)
        assert np.array_equal(mine, theirs) if isinstance(mine, np.ndarray) else str(mine) == str(theirs), field.name
    told = difference(expected.ledger, found.ledger)
    assert told is None, told
    assert len(expected.ledger) > 10_000
