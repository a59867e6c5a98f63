"""The design: even, the same however many are asked for, and open to what own data say of the day."""

import numpy as np
import pytest

from simulator.study.worlds.design import DIMENSIONS, Shape, point
from simulator.study.worlds.parameters import NAMES
from simulator.study.worlds.priors import shipped_priors
from simulator.study.worlds.published import SOLVED

PRIORS = shipped_priors()


def test_a_point_says_everything_of_a_candidate():
    drawn = point(1, 5, PRIORS)
    assert set(drawn.values) == set(NAMES) and set(drawn.scores) == set(SOLVED)
    for habits in drawn.habits.values():
        assert habits.hours.shape == (24,) and habits.hours.sum() == pytest.approx(1)
        assert habits.weekdays.shape == (7,) and habits.months.shape == (12,)
        assert min(habits.hours.min(), habits.weekdays.min(), habits.months.min()) > 0
    assert len(NAMES) + len(SOLVED) < DIMENSIONS


def test_points_fill_the_priors_evenly():
    """The first 256 points of a Sobol' sequence: no tenth of a prior is empty or holds twice its share."""
    values = np.array([[point(n, 5, PRIORS).values[name] for name in ("chat-work", "balking")] for n in range(1, 257)])
    for column, name in zip(values.T, ("chat-work", "balking"), strict=True):
        edges = [PRIORS[f"prior-{name}"].quantile(share) for share in np.linspace(0.1, 0.9, 9)]
        counts = np.bincount(np.searchsorted(edges, column), minlength=10)
        assert counts.min() > 20 and counts.max() < 32


def test_points_beyond_one_block_go_on_with_the_sequence():
    drawn = [point(n, 5, PRIORS).habits["chat"].months[0] for n in (256, 257, 1, 257)]
    assert drawn[1] == drawn[3] and len(set(drawn[:3])) == 3


def test_a_known_shape_takes_the_place_of_the_family_where_it_is_known():
    known = np.zeros(24)
    known[16:23] = np.arange(1.0, 8.0)
    shape = Shape(known, np.full(24, 0.01))
    drawn = [point(n, 5, PRIORS, {"chat": shape}).habits["chat"].hours for n in range(1, 20)]
    for hours in drawn:
        assert hours[17] / hours[16] == pytest.approx(2, rel=0.06)
        assert hours.sum() == pytest.approx(1) and hours[:16].min() > 0
    assert np.std([hours[3] for hours in drawn]) > 0.1 * np.mean([hours[3] for hours in drawn]), "closed is unknown"
    assert point(3, 5, PRIORS, {"chat": shape}).habits["phone"].hours == pytest.approx(
        point(3, 5, PRIORS).habits["phone"].hours
    )
