"""Points lie where the design says, in the order of the file, and are the same every time."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.study.sweep.factors import Alternative, Factor, Span
from simulator.study.sweep.points import coordinates, count_of
from tests.study.sweep.conftest import COUNSELLORS, PATIENCE, study


def choice(name, count):
    return Factor(name, (), tuple(Alternative(str(each), None, ()) for each in range(count)))


def spanned(low=2.0, high=20.0, **how):
    return Factor("span", (("a",),), (), Span(low, high, **how))


def test_a_grid_is_every_combination_the_last_factor_fastest():
    plan = study(vary={COUNSELLORS: {"values": [2, 1]}, PATIENCE: {"from": 5, "to": 6, "step": 0.5}})
    assert [plan.labels(point) for point in range(len(plan))] == [
        ("2", "5"), ("2", "5.5"), ("2", "6"), ("1", "5"), ("1", "5.5"), ("1", "6"),
    ]  # fmt: skip
    assert plan.scenario_at(4).channels.chat.patience.mean_min == 5.5
    assert plan.scenario_at(4).roster["kristiansand"]["chat"].counsellors == 1


def test_one_at_a_time_is_the_base_and_then_every_value_of_one_factor_after_another():
    vary = {COUNSELLORS: {"values": [2, 3]}, PATIENCE: {"low": 2, "high": 20, "base": 5}}
    plan = study(vary=vary, design="one-at-a-time")
    assert [plan.labels(point) for point in range(len(plan))] == [
        ("1", "5"), ("2", "5"), ("3", "5"), ("1", "2"), ("1", "20"),
    ]  # fmt: skip
    assert plan.scenario_at(0).channels.chat.patience.mean_min == 5
    assert plan.scenario_at(1).channels.chat.patience.mean_min == 5


@given(st.lists(st.integers(1, 5), min_size=1, max_size=4), st.sampled_from(["grid", "one-at-a-time"]))
@settings(max_examples=60)
def test_as_many_points_are_made_as_are_counted_and_no_grid_point_twice(counts, design):
    factors = [choice(str(place), count) for place, count in enumerate(counts)]
    made = coordinates(design, factors, None, 1)
    assert made.shape == (count_of(design, factors, None), len(factors))
    if design == "grid":
        assert len(np.unique(made, axis=0)) == math.prod(counts) == len(made)


@given(st.integers(2, 64), st.integers(0, 2**31 - 1))
@settings(max_examples=60)
def test_a_latin_hypercube_has_one_point_in_every_part_of_every_range(drawn, seed):
    factors = [spanned(2.0, 20.0), spanned(2.0, 20.0, is_log=True), choice("c", 2)]
    made = coordinates("latin-hypercube", factors, drawn, seed)
    even = (made[:, 0] - 2.0) / 18.0
    by_log = np.log(made[:, 1] / 2.0) / np.log(10.0)
    for shares in (even, by_log):
        parts = shares * drawn  # six digits may move a point over the edge of its part, by that much
        assert np.allclose(np.sort(parts), np.arange(drawn) + 0.5, atol=0.5 + 1e-3)
        assert ((shares >= 0) & (shares <= 1)).all()
    assert np.abs(np.bincount(made[:, 2].astype(int), minlength=2) - drawn / 2).max() <= 0.5
    assert (coordinates("latin-hypercube", factors, drawn, seed) == made).all()
    assert (coordinates("latin-hypercube", factors, drawn, seed + 1) != made).any()


@pytest.mark.parametrize("drawn", [2, 5, 64])
def test_sobol_points_begin_alike_however_many_are_drawn(drawn):
    factors = [spanned(), spanned(0.0, 1.0)]
    made = coordinates("sobol", factors, drawn, 3)
    assert len(made) == drawn and (made == coordinates("sobol", factors, 128, 3)[:drawn]).all()


def test_sixty_four_sobol_points_are_one_in_every_square_of_a_chessboard():
    made = coordinates("sobol", [spanned(0.0, 8.0), spanned(0.0, 8.0)], 64, 5)
    squares = np.floor(made).astype(int)
    assert len({tuple(square) for square in squares}) == 64  # a (0, 2)-sequence, scrambled or not


@given(st.integers(-20, 20), st.integers(1, 20), st.floats(0, 1, exclude_max=True))
def test_whole_numbers_are_whole_within_the_range_and_equally_likely(low, width, share):
    span = Span(low, low + width, is_whole=True)
    (found,) = span.at(np.array([share]))
    assert found == low + math.floor(share * (width + 1)) and low <= found <= low + width


def test_a_range_may_be_drawn_and_every_point_is_a_scenario():
    plan = study(vary={PATIENCE: {"low": 2, "high": 20, "scale": "log"}}, design="sobol", points=5)
    patience = [plan.scenario_at(point).channels.chat.patience.mean_min for point in range(5)]
    assert patience == [plan.numbers(point)[0] for point in range(5)]
    assert len(set(patience)) == 5


def test_points_that_show_every_value_are_few():
    plan = study(vary={COUNSELLORS: {"from": 0, "to": 4}, PATIENCE: {"from": 1, "to": 100}})
    shown = plan.one_of_each()
    assert {plan.labels(point)[0] for point in shown} == {"0", "1", "2", "3", "4"}
    assert {"1", "100"} <= {plan.labels(point)[1] for point in shown} and len(shown) == 6
