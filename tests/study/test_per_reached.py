"""Kroner for each person more: never beside its own interval, and none where a world reaches nobody more."""

import numpy as np
import pytest

from simulator.study.comparing.per_reached import COST, PER_MORE, REACHED, UNKNOWN, per_reached

KEYS = (COST, REACHED)


class Seen:
    """Counts of one plan, shape (worlds, years) for each key."""

    keys = KEYS

    def __init__(self, cost, reached):
        self._counts = {COST: np.array(cost, dtype=float), REACHED: np.array(reached, dtype=float)}

    def of(self, keys):
        tops = np.stack([self._counts[key] for key in keys])
        return tops, np.ones_like(tops)


def asked(cost, reached):
    """A plan that costs and reaches so much more than a base of a million kroner and a thousand persons."""
    cost, reached = np.array(cost, dtype=float), np.array(reached, dtype=float)
    base = Seen(np.full(cost.shape, 1e6), np.full(cost.shape, 1000.0))
    return per_reached("plan", Seen(1e6 + cost, 1000.0 + reached), base)


def test_where_all_worlds_gain_it_is_the_ratio_of_totals_inside_its_interval():
    found = asked([[100_000, 100_000]] * 10, [[100 + world, 100 + world] for world in range(10)])
    assert found.kind == PER_MORE
    assert found.mean == pytest.approx(2_000_000 / (2 * sum(range(100, 110))))
    assert found.low < found.mean < found.high


def test_a_world_that_gains_next_to_nobody_makes_the_interval_wide_and_not_wrong():
    """One ratio far beyond the others: pulled towards a mean that it ruins, the interval lay beside the figure."""
    gains = [
        [400, 380],
        [300, 320],
        [500, 490],
        [450, 430],
        [350, 360],
        [250, 240],
        [420, 400],
        [380, 370],
        [9, -8],
        [11, -9],
    ]
    found = asked([[700_000, 700_000]] * 10, gains)
    assert found.low <= found.mean <= found.high
    assert found.high > 100 * found.mean


@pytest.mark.parametrize("none", [[0, 0], [-30, -20]])
def test_a_world_that_reaches_none_more_leaves_no_upper_end(none):
    found = asked([[700_000, 700_000]] * 5, [[400, 380], [300, 320], [500, 490], [450, 430], none])
    assert found.kind == UNKNOWN and np.isnan(found.high)


@pytest.mark.parametrize("seed", range(20))
def test_a_figure_is_never_left_outside_its_interval(seed):
    dice = np.random.default_rng(seed)
    worlds = dice.integers(2, 40)
    gains = dice.lognormal(3, 2, worlds)[:, None] + dice.normal(0, 5, (worlds, 3))
    found = asked(np.full((worlds, 3), 500_000.0), gains)
    assert found.kind == UNKNOWN or found.low <= found.mean <= found.high
