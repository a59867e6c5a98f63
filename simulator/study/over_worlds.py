"""A scenario in every plausible world: the same plan, other unknowns, and an answer that holds over all of them.

Years of one world share nothing with those of another but the plan. A precision is reached by more years of each world,
never by leaving worlds out. Knows nothing of how worlds were found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, inf
from typing import Any

import numpy as np

from simulator.scenario.model import Scenario
from simulator.study.estimates import Estimates
from simulator.study.layers import estimate_over_worlds
from simulator.study.precision import Reached
from simulator.study.replicate import Ending, replicate
from simulator.study.watched import Precision, name_of, watched
from simulator.study.worlds.world import Worlds

FIRST_LOOK = 2
"""Years of each world after which a precision is first looked at: fewer tell nothing of their own spread."""
_ROOM = 1.1
"""A little more than the square-root law asks for, so that a second look is seldom needed."""


@dataclass(frozen=True)
class OverWorlds:
    """What was found.

    Attributes
    ----------
    estimates
        The long table.
    worlds, each
        Worlds that were seen whole, and years of each.
    ending
        How it ended.
    """

    estimates: Estimates
    worlds: int
    each: int
    ending: Ending

    def as_manifest(self) -> dict[str, Any]:
        """What a manifest says of its end."""
        return self.ending.as_manifest()


def run_over_worlds(
    scenario: Scenario,
    worlds: Worlds,
    replications: int,
    seed: int,
    precision: Precision | None,
    crew: Mapping[str, Any],
) -> OverWorlds:
    """Simulate a scenario in every world.

    Parameters
    ----------
    replications
        Years of each world; with a precision the most of them.
    precision
        Simulate as many years of each world as these figures need. The answer is then that of as many ``replications``.
    crew
        Further arguments of `simulator.study.replicate.replicate`.
    """
    if precision is None:
        return _run(scenario, worlds, replications, seed, crew)
    each = min(FIRST_LOOK, replications)
    while True:
        found = _run(scenario, worlds, each, seed, crew)
        keys = watched(precision, tuple(found.estimates))
        widths = [_relative(found.estimates[key].noise, found.estimates[key].mean) for key in keys]
        width = float(max(widths, default=0.0))
        met = width <= precision.share
        if met or each >= replications or found.ending.interrupted:
            reached = Reached(precision.share, width, met, tuple(map(name_of, keys)))
            return OverWorlds(
                found.estimates, found.worlds, found.each, Ending(replications, found.ending.interrupted, reached)
            )
        needed = ceil(each * (width / precision.share) ** 2 * _ROOM) if np.isfinite(width) else 2 * each
        each = min(max(needed, each + 1), replications)


def _relative(noise: float, mean: float) -> float:
    if noise == 0:
        return 0.0
    return abs(noise / mean) if mean and np.isfinite(noise) else inf


def _run(scenario: Scenario, worlds: Worlds, each: int, seed: int, crew: Mapping[str, Any]) -> OverWorlds:
    with replicate(scenario, each, seed, worlds=worlds.worlds, **crew) as study:
        seen = study.seen.years // each
        ending = Ending(each, seen < len(worlds))
        return OverWorlds(estimate_over_worlds(study.seen, each), seen, each, ending)
