"""What a plan gives in each of some worlds: figures of expected and of single years, world by world."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import Scenario
from simulator.service.keys import Key
from simulator.study.replicate import Progress, replicate
from simulator.study.worlds.world import World

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """Expected figures of a plan by world.

    Attributes
    ----------
    keys
        Which figures.
    means
        Shape (keys, worlds): ratio of totals over a world's years.
    years
        Shape (keys, worlds, replications): single years; nan where the denominator is nobody.
    """

    keys: tuple[Key, ...]
    means: Floats
    years: Floats


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
        top, bottom = (each.reshape(len(keys), len(worlds), replications) for each in study.seen.of(list(keys)))
    with np.errstate(invalid="ignore", divide="ignore"):
        return Answers(tuple(keys), top.sum(axis=2) / bottom.sum(axis=2), top / bottom)
