"""Plans on a grid: counted by hand, each minute with the people it should have."""

from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.study.hours.screening import Shelf, Yields, every, predicted, priced
from simulator.study.hours.space import GROUPS, SHORTEST_MIN, Frame, Options, Shift, candidate, cell_hours, options_of
from simulator.study.hours.week import DAYS, NEVER, covered

OWN = tuple((((975, 1365),), ((975, 1425),))[day == 5] for day in range(DAYS))
"""16:15-22:45, on Saturday to 23:45."""
ALIKE, WEEKEND = GROUPS["alike"], GROUPS["weekend"]


def zero(frame: Frame) -> Shelf:
    return Shelf(frame, Yields(np.zeros((frame.most + 1, 168)), np.ones(168)), 1e9)


def test_the_day_goes_round_from_opening_and_the_grid_gives_way_to_opening_and_closing():
    edges = Frame(OWN, ALIKE, 60).edges(0)
    assert edges[0] == 975 and edges[-1] == 975 + 1440 and 1365 in edges
    assert 1380 not in edges and 960 + 1440 not in edges and {1440, 1500} <= set(edges)


def test_without_opening_of_its_own_the_day_goes_round_at_the_service_days_start():
    assert Frame(NEVER, ALIKE, 120).edges(0) == tuple(range(360, 360 + 1441, 120))


def test_each_weekday_has_its_own_closing():
    frame = Frame(OWN, WEEKEND, 60)
    week = frame.week_of(Shift(WEEKEND[1], 1365, 1560, 1))
    assert week[4] == ((1365, 1560),) and week[5] == ((1425, 1560),)
    assert sum(map(len, week)) == 2


def test_a_shift_after_midnight_is_the_next_days():
    week = Frame(OWN, WEEKEND, 60).week_of(Shift(WEEKEND[1], 1500, 1620, 1))
    assert week[5] == week[6] == ((60, 180),) and not week[4]


def test_all_windows_of_a_two_hour_grid_times_three():
    frame = Frame(NEVER, ALIKE, 120, 1, 3, 1)
    assert zero(frame).count == (12 * 11 + 1) * 3


@pytest.mark.parametrize("groups", [ALIKE, GROUPS["weekend"]])
def test_two_shifts_of_a_day_are_counted_as_by_hand(groups):
    """Every pair of shifts is tried; those that overlap, or that touch with the same people, are none."""
    frame = Frame(NEVER, groups, 240, 1, 2, 2)
    cells, round_about = 6, len(groups) == 1
    ends = [(a, b) for a in range(cells) for b in range(a + 1, (a if round_about else 0) + cells + 1)]
    singles = {
        (frozenset((a + step) % cells for step in range(b - a)), people) for (a, b), people in product(ends, (1, 2))
    }
    pairs = set()
    for one, two in product(singles, singles):
        apart = not one[0] & two[0]
        starts = [min((s for s in part[0] if (s - 1) % cells not in part[0]), default=0) for part in (one, two)]
        follows = (starts[0] + len(one[0])) % cells == starts[1]
        before = (starts[1] + len(two[0])) % cells == starts[0]
        if not round_about:
            follows, before = follows and starts[1] > 0, before and starts[0] > 0
        if apart and not (one[1] == two[1] and (follows or before)):
            pairs.add(frozenset((one, two)))
    nothing = np.zeros((3, cells)), np.zeros(cells)
    assert len(options_of(frame, 0, *nothing).cost) == 1 + len(singles) + len(pairs)


@cache
def all_options(days: str) -> tuple[Frame, tuple[Options, ...]]:
    frame = Frame(OWN, GROUPS[days], 120, 1, 3, 2)
    tables = [np.zeros((4, len(frame.edges(group)) - 1)) for group in range(len(frame.groups))]
    return frame, tuple(options_of(frame, group, table, table[0]) for group, table in enumerate(tables))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["alike", "weekend"]))
def test_every_minute_has_the_people_of_its_shifts_and_is_open(seed, days):
    frame, options = all_options(days)
    random = np.random.default_rng(seed)
    plan = candidate(frame, [each.shifts[random.integers(len(each.shifts))] for each in options])
    by_shift, by_layer = np.zeros(DAYS * 1440, int), np.zeros(DAYS * 1440, int)
    for shift in plan:
        by_shift += shift.people * covered(frame.week_of(shift))
    for week, people in frame.layers(plan):
        by_layer += people * covered(week)
    assert np.array_equal(by_shift, by_layer)
    assert by_layer.max() <= 3
    assert np.array_equal(covered(frame.opening(plan)), covered(OWN) | (by_layer > 0))


def test_no_shift_is_short_unless_it_lengthens_the_opening():
    frame = Frame(OWN, ALIKE, 60, 1, 1, 1)
    prices = priced(frame, Yields(np.zeros((2, 168)), np.ones(168)))
    for (shift,) in every(frame, prices, 1e9):
        lengthens = shift.start == 1365 or (shift.end - 975) % 1440 == 0
        assert shift.end - shift.start >= SHORTEST_MIN or lengthens


def test_cells_of_a_group_add_up_to_its_days():
    for frame in (Frame(OWN, WEEKEND, 60), Frame(NEVER, WEEKEND, 120)):
        assert [cell_hours(frame, group).sum() for group in (0, 1)] == [5 * 24, 2 * 24]


@pytest.mark.parametrize("days", ["alike", "weekend"])
def test_the_knapsack_finds_what_trying_everything_finds(days):
    frame = Frame(NEVER, GROUPS[days], 240, 1, 2, 1 if days == "weekend" else 2)
    random = np.random.default_rng(4)
    value = np.concatenate([np.zeros((1, 168)), np.cumsum(random.random((2, 168)), axis=0)])
    yields = Yields(value, random.random(168) + 0.2)
    shelf = Shelf(frame, yields, 1e9)
    for budget in (60.0, 110.0):
        plans = every(frame, priced(frame, yields), budget)
        assert shelf.affordable(budget) == len(plans) == len(set(plans)) > 20
        brute = np.sort(predicted(frame, yields, plans))[::-1]
        best = shelf.best(budget, 5)
        assert best.cost.max() <= budget
        assert np.allclose(best.value, predicted(frame, yields, best.plans))
        assert best.value[0] == pytest.approx(brute[0])
        assert best.value == pytest.approx(brute[:5], rel=0.02)  # thinned by steps of cost
