"""What plans bring over worlds: gains on the same persons, how often each is best, and what choosing it may cost.

Every figure of a plan is set against the scenario as it is, world by world and year by year. Knows no hours: plans are
rows of a bank.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import CHANNELS, LIVE
from simulator.service.tally import COLUMNS, KINDS, Tally
from simulator.study.hours.answer import Range
from simulator.study.hours.bank import Bank, Read
from simulator.study.layers import expected_years, paired_layers

Floats = NDArray[np.float64]

FIGURES = ("aim", "persons_reached", "answered", "met_closed", "overtime_hours")
"""What is kept of a year; answered and met closed are attempts on the channel asked about."""
_WEEK = COLUMNS - 12
_MS_PER_HOUR = 3_600_000.0


def reading(weights: Floats, channel: str) -> Read:
    """What reads the figures of a year; ``weights`` as of `simulator.study.hours.aims.Aim.weights`."""
    return partial(_read, weights, CHANNELS.index(channel))


def _read(weights: Floats, channel: int, tally: Tally) -> Floats:
    week = tally.table[:, :, :_WEEK]
    reached = week[KINDS.index("persons_reached"), : len(LIVE)].sum()
    of_channel = [week[KINDS.index(kind), channel].sum() for kind in ("answered", "met_closed")]
    return np.array([float((weights * week).sum()), reached, *of_channel, tally.overtime_ms / _MS_PER_HOUR])


@dataclass(frozen=True)
class Gains:
    """What some plans bring more than the scenario as it is.

    Attributes
    ----------
    ranges
        By plan, then by figure in the order of `FIGURES`.
    by_world
        Aim's points of expected years, shape (plans, worlds).
    noise_variance
        Of the simulation noise in one world's difference between the first plan and each, shape (plans,).
    base
        Means of the scenario as it is, by figure.
    """

    ranges: tuple[tuple[Range, ...], ...]
    by_world: Floats
    noise_variance: Floats
    base: Floats

    def range_of(self, plan: int, figure: str) -> Range:
        """One plan's gain in one figure."""
        return self.ranges[plan][FIGURES.index(figure)]

    @property
    def best_share(self) -> Floats:
        """Share of worlds in which each plan brings most, ties shared; nan with one world."""
        if self.by_world.shape[1] == 1:
            return np.full(len(self.by_world), np.nan)
        best = self.by_world == self.by_world.max(axis=0)
        return np.asarray((best / best.sum(axis=0)).mean(axis=1))

    @property
    def largest_regret(self) -> Floats:
        """Over worlds, the most that another of the plans brings more than each."""
        return np.asarray((self.by_world.max(axis=0) - self.by_world).max(axis=1))


def gains(bank: Bank, plans: Sequence[Hashable], base: Hashable, years: int) -> Gains:
    """What plans bring more than the base, over so many years: a multiple of the worlds, or one of the first worlds."""
    worlds = min(years, bank.worlds)
    seen = bank.years([*plans, base], years).reshape(len(plans) + 1, -1, worlds, len(FIGURES))
    rows = seen.transpose(0, 3, 2, 1)
    ones = np.ones(rows.shape[1:])
    known = [paired_layers(row, ones, rows[-1], ones) for row in rows[:-1]]
    columns = [np.column_stack([each.mean, each.low, each.high, each.noise]) for each in known]
    ranges = tuple(tuple(Range(*map(float, row)) for row in each) for each in columns)
    apart = [paired_layers(rows[0], ones, row, ones).world_noise[0] for row in rows[:-1]]
    by_world = np.array([expected_years(row[:1], ones[:1])[0] for row in rows[:-1]])
    base_means = rows[-1].mean(axis=(1, 2))
    return Gains(ranges, by_world, np.nan_to_num(np.array(apart)), base_means)
