"""What the tests of many years share: a quick world, and an engine that takes no time."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from simulator.scenario import Scenario, load
from simulator.service.keys import Key
from simulator.study import years
from tests.study.samples import SMALL


@pytest.fixture(scope="session")
def small() -> Scenario:
    """A week with few contacts."""
    return load(SMALL)


class Dice:
    """A simulation whose years are a few random numbers; it notices if two threads use it at once."""

    runs_in_threads = True
    plan = SimpleNamespace()

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._at_work = False

    def twin(self) -> "Dice":
        """Another one for another thread."""
        return Dice(self._seed)

    def year(self, replication: int) -> Any:
        """Random numbers that depend on the seed and the replication alone."""
        assert not self._at_work, "two threads use one simulation"
        self._at_work = True
        numbers = np.random.default_rng([self._seed, replication]).normal(100.0, 10.0, 8)
        self._at_work = False
        return numbers


class Readout:
    """Figures of such a year: ``width`` tops, of which every tenth has a bottom of its own."""

    def __init__(self, width: int) -> None:
        self.keys = tuple(Key(f"figure_{number}") for number in range(width))
        self.units = ("1",) * width
        self._top, self._bottom = np.empty(width), np.ones(width)

    def observe(self, year: Any) -> tuple[Any, Any]:
        """Tops and bottoms in buffers that the next call uses again."""
        self._top[:] = np.resize(year, len(self.keys))
        self._bottom[::10] = year[0]
        return self._top, self._bottom


@pytest.fixture
def dice(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Replace the engines by dice; gives what makes a readout of some width."""

    def simulation(scenario: Any, engine: str, seed: int, **_: Any) -> Dice:
        return Dice(seed)

    monkeypatch.setattr(years, "simulation", simulation)
    return lambda width=20: lambda scenario, plan: Readout(width)
