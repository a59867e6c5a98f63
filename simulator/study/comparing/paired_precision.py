"""How many years it takes to know differences: replications are chosen on the paired difference, not on either plan.

Of one world, the rule of Hoad, Robinson and Davies looks at every year in its order; of many worlds, each gets more
years until the noise is small enough, and none is left out. Either way the answer is that of as many replications.
A difference that is zero in every year is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, inf

import numpy as np

from simulator.service.keys import Key
from simulator.study.comparing.pairing import PairedYears
from simulator.study.layers import paired_layers
from simulator.study.over_worlds import FIRST_LOOK
from simulator.study.precision import FEWEST_YEARS, LookAhead, Reached
from simulator.study.replicate import Progress
from simulator.study.watched import Precision, name_of, watched
from simulator.study.years import Floats

USUAL = ("persons_reached",)
"""Watched where nothing else is asked for."""
_ROOM = 1.1
"""A little more than the square-root law asks for, so that a second look is seldom needed."""


@dataclass(frozen=True)
class _Watched:
    """Tops and bottoms of the figures watched, each of shape (plans x figures, worlds, years): plans, then bases."""

    top: Floats
    bottom: Floats
    base_top: Floats
    base_bottom: Floats

    @property
    def years(self) -> int:
        return int(self.top.shape[2])

    def width(self, years: int | None = None) -> float:
        """Widest half-width of the noise as a share of its difference, after so many years."""
        part = slice(None, years)
        found = paired_layers(*(side[:, :, part] for side in vars(self).values()))
        return max(map(_relative, found.noise.tolist(), found.mean.tolist()), default=0.0)


def _relative(noise: float, mean: float) -> float:
    if noise == 0:
        return 0.0
    return abs(noise / mean) if mean and np.isfinite(noise) else inf


def _read(years: PairedYears, keys: Sequence[Key]) -> _Watched:
    sides = [plan.of(keys) for plan in years.plans]
    base = years.base.of(keys)
    again = [np.concatenate([side] * len(sides)) for side in base]
    return _Watched(np.concatenate([top for top, _ in sides]), np.concatenate([low for _, low in sides]), *again)


def watched_of_all(precision: Precision, known: Sequence[Sequence[Key]]) -> tuple[Key, ...]:
    """The figures to be watched, which every plan must have.

    Raises
    ------
    PrecisionError
        If a plan has no such figure.
    """
    asked = precision if precision.of else Precision(precision.share, USUAL)
    of_each = [watched(asked, keys) for keys in known]
    return of_each[0]


def until_precise(
    years: PairedYears, precision: Precision, keys: Sequence[Key], most: int, progress: Progress | None
) -> Reached:
    """Simulate as many years of each world as the paired differences need, at most ``most``."""
    rule = _of_one_world if years.worlds == 1 else _of_worlds
    width, met = rule(years, precision.share, keys, most, progress)
    return Reached(precision.share, width, met, tuple(map(name_of, keys)))


def _of_worlds(
    years: PairedYears, wanted: float, keys: Sequence[Key], most: int, progress: Progress | None
) -> tuple[float, bool]:
    needed = min(FIRST_LOOK, most)
    while True:
        years.add(needed - years.each, progress)
        width = _read(years, keys).width()
        if width <= wanted or years.each >= most:
            return width, width <= wanted
        law = ceil(years.each * (width / wanted) ** 2 * _ROOM) if np.isfinite(width) else 2 * years.each
        needed = min(max(law, years.each + 1), most)


def _of_one_world(
    years: PairedYears, wanted: float, keys: Sequence[Key], most: int, progress: Progress | None
) -> tuple[float, bool]:
    rule, seen = LookAhead(wanted), 0

    def enough(so_far: PairedYears) -> int | None:
        nonlocal seen
        figures = _read(so_far, keys)
        for count in range(seen + 1, figures.years + 1):
            rule.see(figures.width(count) if count >= FEWEST_YEARS else inf)
        seen = figures.years
        return rule.found

    years.add(most, progress, enough)
    return rule.width, rule.found is not None
