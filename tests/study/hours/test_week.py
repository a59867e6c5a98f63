"""A week goes round; what is written of it means the same when it is read."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.schedule import ScheduleRule
from simulator.study.hours.week import (
    DAYS,
    NEVER,
    WHOLE_WEEK,
    alike,
    closing_and_opening,
    covered,
    hours_covered,
    on_clock,
    ordinary,
    schedule,
    united,
    windows_of,
    written,
)

WINDOWS = st.builds(
    lambda start, length: (15 * start, 15 * start + 15 * length), st.integers(0, 95), st.integers(1, 96)
)
WEEKS = st.lists(st.lists(WINDOWS, max_size=1).map(tuple), min_size=DAYS, max_size=DAYS).map(tuple)


@settings(max_examples=60)
@given(WEEKS)
def test_windows_made_of_minutes_cover_those_minutes(week):
    made = windows_of(covered(week))
    assert np.array_equal(covered(made), covered(week))
    assert all(0 <= start < 1440 and start < end <= start + 1440 for day in made for start, end in day)
    assert sum(end - start for day in made for start, end in day) == covered(week).sum()  # none overlap


@settings(max_examples=60)
@given(WEEKS)
def test_what_is_written_is_read_as_the_same_week(week):
    rule = ScheduleRule(**written(united([week])))
    assert ordinary(rule) == united([week])


@settings(max_examples=30)
@given(WEEKS, WEEKS)
def test_united_weeks_cover_what_either_does(one, other):
    assert np.array_equal(covered(united([one, other])), covered(one) | covered(other))


def test_windows_that_touch_over_midnight_are_one():
    evening, night = (((960, 1440),),) * DAYS, (((0, 120),),) * DAYS
    assert united([evening, night]) == (((960, 1560),),) * DAYS


def test_all_the_week_is_always_and_nothing_is_nothing():
    assert united([(((960, 2400),),) * DAYS]) == WHOLE_WEEK
    assert united([NEVER]) == NEVER


def test_the_ordinary_week_of_a_rule_takes_the_most_particular():
    rule = ScheduleRule(daily="16:00-22:00", weekends="12:00-22:00", sat="closed", holidays="closed")
    assert ordinary(rule) == (((960, 1320),),) * 5 + ((), ((720, 1320),))


def test_a_stretch_that_begins_after_midnight_belongs_to_the_next_weekday():
    assert on_clock(6, 1500, 1680) == (0, (60, 240))
    assert on_clock(4, 1365, 1560) == (4, (1365, 1560))


def test_hours_covered_count_parts_of_hours_and_go_round():
    hours = hours_covered(6, 1365, 1560)
    assert hours[6 * 24 + 22] == 0.25 and hours[6 * 24 + 23] == 1.0
    assert hours[0] == hours[1] == 1.0 and hours.sum() == 3.25


def test_special_days_stay_as_they_are_and_nobody_is_added_on_them():
    rule = ScheduleRule(daily="16:00-22:00", holidays="12:00-18:00", dates={"2024-07-01/2024-07-31": "closed"})
    week = (((960, 1560),),) * DAYS
    opening, shift = schedule(week, rule), schedule(week, rule, closed_on_special_days=True)
    assert opening["holidays"] == ["12:00-18:00"] and shift["holidays"] == "closed"
    assert shift["dates"] == {"2024-07-01/2024-07-31": "closed"}
    assert ScheduleRule(**opening).daily == ScheduleRule(**shift).daily == ((960, 1560),)
    assert set(schedule(week)) == {"daily"}


def test_days_with_the_same_windows_stand_together():
    week = (((960, 1320),),) * 5 + (((960, 1380),), ())
    assert alike(week) == [((0, 1, 2, 3, 4), ((960, 1320),)), ((5,), ((960, 1380),))]


def test_the_usual_closing_and_opening():
    week = (((960, 1320),),) * 5 + (((960, 1380),), ((900, 1320),))
    assert closing_and_opening(week, range(DAYS)) == (1320, 960)
    assert closing_and_opening((*week[:6], ()), range(DAYS)) is None
