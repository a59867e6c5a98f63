"""What one factor does: exact where figures are straight lines, the paired difference where one thing is moved."""

import numpy as np
import pytest

from simulator.service.keys import Key
from simulator.study.sweep.effects import Summing, by_figure, contrasts, explained, linear_years
from simulator.study.sweep.sweeping import sweep
from tests.study.samples import SMALL
from tests.study.sweep.conftest import COUNSELLORS, PATIENCE, study

SAMPLED = {
    "trend": {"key": "demand.trend", "low": 0.5, "high": 1.5},
    "patience": {"key": PATIENCE, "low": 2, "high": 20, "scale": "log"},
    "what": {"one_of": {"a": {}, "b": "late-chat", "c": "one-more"}},
}


def of_linear(plan, slopes, levels, worlds=1, each=2):
    """Sums over points whose figure is a straight line of their coordinates, the same in all years."""
    summing, means = Summing(plan), []
    for point, row in enumerate(plan.points):
        value = 100.0 + slopes[0] * row[0] + slopes[1] * np.log(row[1]) + levels[int(row[2])]
        means.append([value])
        summing.see(point, np.full((1, worlds * each), value), np.ones((1, worlds * each)), each)
    return summing.effects(), explained(plan, np.array(means))


def test_the_fit_of_straight_lines_is_exact_on_straight_lines():
    plan = study(vary=SAMPLED, design="latin-hypercube", points=30, measures=["persons_reached"])
    effects, share = of_linear(plan, (10.0, -3.0), (0.0, 6.0, 0.0))
    at = {(each.factor, each.label): each.mean for each in effects}
    assert at["trend", "1.5"] - at["trend", "0.5"] == pytest.approx(10.0)
    assert at["patience", "20"] - at["patience", "2"] == pytest.approx(-3.0 * np.log(10.0))
    assert at["what", "b"] - at["what", "a"] == pytest.approx(6.0)
    assert at["what", "a"] == pytest.approx(at["what", "c"])
    assert share == (pytest.approx(1.0),)
    (order,) = [list(by_figure(effects, Key("persons_reached")))]
    assert order == ["trend", "patience", "what"]


def test_lines_that_explain_nothing_say_so():
    plan = study(vary={"trend": SAMPLED["trend"]}, design="sobol", points=64, measures=["persons_reached"])
    middle = plan.points[:, 0] - 1.0
    assert explained(plan, (middle**2)[:, np.newaxis])[0] < 0.1
    assert explained(plan, middle[:, np.newaxis])[0] == pytest.approx(1.0)


def test_too_few_points_draw_no_lines():
    plan = study(vary=SAMPLED, design="latin-hypercube", points=7)
    assert contrasts(plan) == () and explained(plan, np.zeros((7, 3))) == ()


def test_one_thing_moved_is_its_paired_difference_to_the_base():
    vary = {COUNSELLORS: {"values": [2, 3]}, PATIENCE: {"low": 2, "high": 20}}
    found = sweep(study(vary=vary, design="one-at-a-time", against=str(SMALL), replications=6), workers=1)
    count = len(found.plan.measures)
    for number, effect in enumerate(found.effects):
        less = found.difference(1 + number // count, number % count)  # the base of the points is what they are against
        told = (effect.mean, effect.low, effect.high, effect.noise)
        assert told == pytest.approx((less.mean, less.low, less.high, less.noise), nan_ok=True)
    assert [each.label for each in found.effects[::count]] == ["2", "3", "2", "20"]


def test_a_grid_tells_no_effects():
    assert contrasts(study()) == ()


def test_the_years_of_a_ratio_have_its_mean_and_its_spread():
    top, bottom = np.array([[[8.0, 2.0, 5.0]]]), np.array([[[10.0, 4.0, 6.0]]])
    years = linear_years(top, bottom)
    assert years.mean() == pytest.approx(15 / 20)
    assert years[0, 0] - 0.75 == pytest.approx([(8 - 7.5) / (20 / 3), (2 - 3.0) / (20 / 3), (5 - 4.5) / (20 / 3)])


def test_a_figure_without_a_value_at_some_point_has_no_effect():
    plan = study(vary={"trend": SAMPLED["trend"]}, design="sobol", points=8, measures=["persons_reached"])
    summing = Summing(plan)
    for point in range(8):
        summing.see(point, np.full((1, 2), np.nan if point == 3 else 1.0), np.ones((1, 2)), 2)
    assert all(np.isnan(each.mean) for each in summing.effects())
    assert by_figure(summing.effects(), Key("persons_reached")).keys() == {"trend"}
