"""What a plan gives in each of some worlds: figures of expected and of single years, world by world."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import Scenario
from simulator.service.keys import Key
from simulator.study.layers import by_world, expected_years
from simulator.study.replicate import Progress, replicate
from simulator.study.worlds.world import World

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """A few figures of a plan in some worlds.

    Attributes
    ----------
    top, bottom
        Shape (keys, worlds, replications): a figure of a year is top / bottom.
    """

    top: Floats
    bottom: Floats

    @property
    def means(self) -> Floats:
        """Expected years, the ratio of totals over a world's years: shape (keys, worlds)."""
        return expected_years(self.top, self.bottom)

    @property
    def years(self) -> Floats:
        """Single years, shape (keys, worlds, replications); nan where the denominator is nobody."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.top / self.bottom)


def answers(
    scenario: Scenario,
    worlds: Sequence[World],
    keys: Sequence[Key],
    replications: int = 2,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answers:
    """Simulate a plan in some worlds and read a few figures.

    Raises
    ------
    KeyError
        If a figure is not read.
    """
    with replicate(scenario, replications, seed, workers=workers, progress=progress, worlds=tuple(worlds)) as study:
        return Answers(*(by_world(each, replications) for each in study.seen.of(keys)))
