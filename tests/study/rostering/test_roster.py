"""Rosters held against the independent checker, rule by rule, on shipped and on random requirements."""

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations_with_replacement, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import simulator
from simulator.scenario import Scenario, change, load
from simulator.study.rostering import cover, searching
from simulator.study.rostering.answer import Roster, RosterError
from simulator.study.rostering.rules import OFF, OWN, Rules, kinds, rule_of, usual_rules, with_lengths
from simulator.study.rostering.searching import Task
from simulator.study.rostering.shifts import Prices, Shift
from simulator.study.staffing.requirement import Requirement
from tests.study.rostering.checker import AGREED, HOUR, WEEK, Law, faults, level_by_minute

DAY = 24 * HOUR
AGREEMENTS = ("daily_rest", "weekly_rest", "sundays", "hours_in_a_day")


@pytest.fixture(scope="module")
def actual() -> Scenario:
    return load("2024-actual")


def need_of(*windows: tuple[int, float, float, int]) -> Requirement:
    """People needed: day, from hour, to hour, how many."""
    spans = [
        ((round(day * DAY + start * HOUR), round(day * DAY + end * HOUR)), people)
        for day, start, end, people in windows
    ]
    return Requirement.of_windows("chat", spans)


def every_day(start: float, end: float, people: int) -> Requirement:
    return need_of(*((day, start, end, people) for day in range(7)))


def agreed_rules() -> Rules:
    rules = usual_rules()
    for key in AGREEMENTS:
        rules = rules.with_basis(key, "agreement")
    return rules.without("night_shift")


def found_for(scenario: Scenario, need: Requirement, **asked) -> Roster:
    return simulator.roster(scenario, need, **{"reasons": False, **asked})


def test_the_shipped_evenings_are_rostered_lawfully(actual):
    found = simulator.roster(actual, reasons=False)
    document = found.as_json()
    assert document["feasible"] and document["people"] == 8  # four on Sundays, and each every second Sunday
    assert faults(document, Law()) == []
    assert document["gap_share"] < 1e-3
    assert document["least_cost_a_week"] <= document["cost_a_week"]
    by_hand = sum(each["people"] * each["length_min"] for each in document["shifts"]) / 60
    assert (
        document["hours_a_week"]
        == by_hand
        == sum(shift.length_min for line in found.lines for week in line for shift in week if shift) / 60
    )


needs = st.builds(
    lambda start, length, people, late, weekend, extra: need_of(
        *((day, start, start + length, people) for day in range(7) if weekend or day < 5),
        *(((day, late, late + 3, 1)) for day in range(7) if extra >> day & 1),
    ),
    start=st.integers(6, 20),
    length=st.integers(4, 11),
    people=st.integers(1, 2),
    late=st.integers(12, 22),
    weekend=st.booleans(),
    extra=st.integers(0, 127),
)


@given(need=needs, weeks=st.integers(2, 4), agreed=st.booleans())
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_roster_of_any_need_keeps_every_rule(actual, need, weeks, agreed):
    found = found_for(actual, need, weeks=weeks, rules=agreed_rules() if agreed else None)
    document = found.as_json()
    if not found.lines:
        assert _some_need_fits_no_shift(need, found.rules)
        return
    assert max(map(len, document["teams"])) <= weeks
    assert sum(map(len, document["teams"])) == found.people
    assert faults(document, AGREED if agreed else Law()) == []
    assert found.bound <= found.cost_a_week + 1e-6
    assert found.floor <= found.cost_a_week + 1e-6


def _some_need_fits_no_shift(need: Requirement, rules: Rules) -> bool:
    """Whether every shift of four hours that holds some slot in need has hours of night when nobody is needed."""
    levels = level_by_minute(need.as_json())

    def lawful(start: int) -> bool:
        span = [(start + minute) % WEEK for minute in range(4 * HOUR)]
        return all(levels[each] or 6 * HOUR <= each % DAY < 21 * HOUR for each in span)

    held = np.zeros(WEEK, bool)
    for start in range(0, WEEK, 15):
        if lawful(start):
            held[[(start + minute) % WEEK for minute in range(4 * HOUR)]] = True
    return bool((~held & (np.array(levels) > 0)).any())


BREAKERS: dict[str, Callable[[], Requirement]] = {
    "daily_rest": lambda: need_of((0, 15, 23, 1), (1, 8, 16, 1)),
    "weekly_rest": lambda: every_day(10, 14, 1),
    "sundays": lambda: need_of((6, 10, 15, 1)),
    "hours_in_a_day": lambda: need_of(*((day, 8 if day % 2 else 16, 16 if day % 2 else 24, 1) for day in range(4))),
    "hours_a_week": lambda: need_of(*((day, 8, 16, 1) for day in range(5))),
    "hours_in_any_week": lambda: need_of(*((day, 8, 17, 1) for day in range(5)), (5, 8, 13, 1)),
    "night_shift": lambda: need_of((0, 21, 30, 1)),
    "night_only_where_needed": lambda: need_of((0, 22, 24, 1)),
    "nights_in_a_row": lambda: need_of(*((day, 22, 30, 1) for day in range(4))),
    "days_in_a_row": lambda: every_day(10, 14, 1),
    "shift_length": lambda: need_of((0, 10, 12, 1)),
}
"""For each rule a need that one person could meet, had it not been for the rule."""
ALSO_OFF = {
    "weekly_rest": ("sundays", "days_in_a_row"),
    "days_in_a_row": ("sundays", "weekly_rest"),
    "hours_in_any_week": ("hours_a_week", "sundays"),
    "daily_rest": ("hours_in_a_day",),
    "hours_in_a_day": ("daily_rest",),
    "hours_a_week": ("hours_in_any_week",),
}
NO_LAW = {
    "daily_rest": {"daily_rest_h": None},
    "weekly_rest": {"weekly_rest_h": None},
    "sundays": {"sundays": None},
    "hours_in_a_day": {"day_h": None},
    "hours_a_week": {"mean_week_h": None},
    "hours_in_any_week": {"any_week_h": None, "eight_weeks_h": None},
    "night_shift": {"night_shift_h": None},
    "night_only_where_needed": {"idle_nights": True},
    "nights_in_a_row": {"nights_in_a_row": None},
    "days_in_a_row": {"days_in_a_row": None},
    "shift_length": {"lengths_h": None},
}


@pytest.mark.parametrize("key", BREAKERS)
def test_each_rule_is_what_keeps_a_roster_from_breaking_it(actual, key):
    """Without the rule the optimiser makes a roster that the checker refuses for just that rule; with it, never."""
    off = usual_rules().without(*ALSO_OFF.get(key, ()))
    law = Law(**{name: value for other in ALSO_OFF.get(key, ()) for name, value in NO_LAW[other].items()})
    need = BREAKERS[key]()
    without = found_for(actual, need, people=1, rules=off.without(key))
    assert without.lines, "the need can be met by one person where the rule does not hold"
    assert faults(without.as_json(), law) == [key]
    kept = found_for(actual, need, people=1, rules=off)
    assert faults(kept.as_json(), law) == [] if kept.lines else True
    more = found_for(actual, need, rules=off)
    if more.lines:
        assert faults(more.as_json(), law) == []


def test_the_fewest_people_are_those_that_counting_gives(actual):
    # so many on Sunday, each every second one: twice as many people
    for people in (1, 2, 3):
        assert found_for(actual, need_of((6, 10, 15, people))).people == 2 * people
    # five days of eight hours are 40 hours: more than one week's 35.5
    assert found_for(actual, need_of(*((day, 8, 16, 1) for day in range(5)))).people == 2
    assert found_for(actual, need_of(*((day, 8, 15, 1) for day in range(5)))).people == 1
    # a day with two shifts needs two people, for each works one
    assert found_for(actual, need_of((2, 8, 24, 1))).people == 2


@pytest.mark.parametrize(
    "days", [(0, 1), (0, 1, 2), (0, 2, 4, 6), (0, 1, 2, 3), (5, 6), (0, 1, 2, 3, 4), (0, 2, 3, 5, 6)]
)
@pytest.mark.parametrize("in_a_row", [1, 2])
def test_two_people_can_where_brute_force_finds_a_way(actual, days, in_a_row):
    """Nights for one, given out between two people in every way there is."""
    rules = usual_rules()
    few = rule_of(kinds()["nights_in_a_row"], OWN, {"most": in_a_row})
    rules = Rules({**rules.by_key, "nights_in_a_row": few})
    need = need_of(*((day, 22, 30, 1) for day in days))
    law = Law(nights_in_a_row=in_a_row, weeks=12)
    night = {"code": "N", "start_min": 22 * HOUR, "length_min": 8 * HOUR}
    by_hand = {"shifts": [{**night, "day": day} for day in days], "requirement": need.as_json()}
    ways = (
        [[["N" if day in days and who[days.index(day)] == week else None for day in range(7)] for week in range(2)]]
        for who in product(range(2), repeat=len(days))
    )
    lawful = any(not faults({**by_hand, "teams": teams}, law) for teams in ways)
    found = found_for(actual, need, people=2, rules=rules)
    assert bool(found.lines) == lawful
    assert not found.lines or faults(found.as_json(), law) == []


def test_a_cheaper_roster_is_never_missed_on_a_tiny_need(actual):
    """The cost is the cheapest by brute force over all shifts that begin and end on the hour."""
    need = need_of((0, 8, 13, 1), (0, 10, 18, 1), (2, 18, 23, 2))
    prices = Prices.of(actual)
    levels = level_by_minute(need.as_json())

    def best_of(day: int, first: int, last: int) -> float:
        spans = [(a, b) for a in range(first - 4, last) for b in range(a + 4, min(a + 9, last + 4) + 1) if b > a]
        costs = {span: prices.of_shift(Shift(day * DAY + span[0] * HOUR, (span[1] - span[0]) * HOUR)) for span in spans}
        found = float("inf")
        for count in (1, 2, 3):
            for chosen in combinations_with_replacement(spans, count):
                cost = sum(costs[each] for each in chosen)
                hours = range(first, last)
                if cost < found and all(
                    sum(a <= hour < b for a, b in chosen) >= levels[day * DAY + hour * HOUR] for hour in hours
                ):
                    found = cost
        return found

    assert found_for(actual, need).cost_a_week == pytest.approx(best_of(0, 8, 18) + best_of(2, 18, 23), abs=0.05)


def test_the_same_question_gives_the_same_roster(actual):
    need = need_of(*((day, 16, 23, 2) for day in range(7)))
    first, second = (found_for(actual, need) for _ in range(2))
    cover._usual_kinds.cache_clear()
    third = found_for(actual, need)
    assert first.as_json() == second.as_json() == third.as_json()


def test_a_scenario_without_pay_is_rostered_by_hours(actual):
    free = change(actual, {"pay": None})
    found = found_for(free, need_of((0, 8, 14, 1), (1, 8, 14, 1)))
    assert not found.in_nok and found.cost_a_week == pytest.approx(12.0)
    assert found.year is not None and found.year.cost_nok is None


def test_own_lengths_of_shifts_hold(actual):
    found = found_for(actual, every_day(8, 20, 1), rules=with_lengths(usual_rules(), 6, 6))
    assert {shift.length_min for shift in found.worked} == {6 * HOUR}
    assert faults(found.as_json(), Law(lengths_h=(6, 6))) == []


def test_a_binding_rule_is_told_with_what_it_costs(actual):
    found = simulator.roster(actual, need_of((6, 10, 12, 1)))
    told = {each.rule: each for each in found.binding}
    assert set(told) == {"sundays", "shift_length"}
    assert (told["sundays"].eased, told["sundays"].people_fewer) == (OFF, 1)
    # an hour less of a shift on Sunday by day
    hour = Prices.of(actual).of_shift(Shift(6 * DAY + 10 * HOUR, HOUR))
    assert told["shift_length"].nok_a_week == pytest.approx(hour, abs=0.05)
    assert told["shift_length"].eased == "eased"


def test_nothing_binds_where_nothing_is_scarce(actual):
    assert simulator.roster(actual, need_of((1, 10, 14, 1))).binding == ()


@pytest.mark.parametrize(
    ("need", "people", "rules", "days", "enough"),
    [
        (lambda: need_of((6, 10, 15, 2)), 3, ("sundays",), (6,), 4),
        (lambda: need_of((2, 10, 15, 3)), 2, (), (2,), 3),
        (lambda: need_of(*((day, 8, 16, 1) for day in range(5))), 1, ("hours_a_week",), (0, 1, 2, 3, 4), 2),
    ],
)
def test_why_there_is_no_roster(actual, need, people, rules, days, enough):
    found = simulator.roster(actual, need(), people=people)
    assert not found.lines and found.conflict is not None
    assert found.conflict.rules == rules
    assert found.conflict.days == days
    assert found.conflict.proven
    assert [way.people for way in found.conflict.ways_out if not way.rule] == [enough]
    for way in found.conflict.ways_out:
        asked = {"rules": usual_rules().with_basis(way.rule, way.eased)} if way.rule else {}
        assert found_for(actual, need(), people=way.people, **asked).lines


def test_a_need_that_no_number_of_people_can_meet(actual):
    found = simulator.roster(actual, need_of((0, 22, 24, 1)))
    assert found.conflict is not None and found.conflict.people == 0
    assert set(found.conflict.rules) == {"night_only_where_needed", "shift_length"}
    assert {way.rule for way in found.conflict.ways_out} == set(found.conflict.rules)


def test_lines_of_one_week_have_no_sundays_whoever_many_there_are(actual):
    found = simulator.roster(actual, need_of((6, 10, 15, 1)), weeks=1)
    assert found.conflict is not None and found.conflict.proven
    assert (found.people, found.conflict.rules, found.conflict.days) == (0, ("sundays",), (6,))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"need": every_day(8, 22, 25)}, "more than 60 people"),
        ({"need": need_of()}, "Nobody is needed"),
        ({"need": need_of((0, 8, 12, 61))}, "61 people are too many"),
        ({"need": need_of((0, 8, 12, 1)), "people": 61}, "61 people are too many"),
        ({"need": need_of((0, 8, 12, 1)), "weeks": 0}, "0 weeks"),
    ],
)
def test_a_question_without_an_answer_is_refused_in_words(actual, asked, said):
    with pytest.raises(RosterError, match=said):
        found_for(actual, **asked)


def test_teams_are_as_alike_as_can_be_and_no_longer_than_asked():
    for people in range(1, 40):
        for weeks in range(1, 9):
            sizes = searching.teams_of(people, weeks)
            assert sum(sizes) == people
            assert min(sizes) >= 1 and max(sizes) <= weeks
            assert len(sizes) == -(-people // weeks)
            assert max(sizes) - min(sizes) <= 3


def test_the_bound_never_rules_out_what_is_found(actual):
    need = every_day(16, 23, 2)
    task = Task(need, Prices.of(actual), 6)
    fewest = task.fewest(usual_rules())
    assert fewest is not None
    assert all(task.attempt(usual_rules(), fewest.people + more).verdict == "found" for more in range(3))
    for key in kinds():
        eased = task.fewest(usual_rules().without(key))
        assert eased is not None and eased.people <= fewest.people
        assert eased.cost <= fewest.cost + 0.1 or eased.people < fewest.people


def test_a_longer_need_is_never_cheaper(actual):
    costs = [found_for(actual, every_day(16, 20 + more, 1)).cost_a_week for more in range(4)]
    assert costs == sorted(costs)
    assert replace(found_for(actual, every_day(16, 20, 1)), cost_a_week=0.0).gap_share == 0.0
