"""The checker itself: a roster made by hand breaks one rule, and the checker names that rule and no other."""

from dataclasses import replace

import pytest

from tests.study.rostering.checker import AGREED, Law, faults

HOUR = 60
SHIFTS = {
    "D": (8, 8),
    "E": (15, 8),
    "N": (22, 8),
    "S": (17, 4),
    "L": (8, 9.5),
    "A": (9, 5),
    "T": (8, 3),
    "O": (23, 9),
    "M": (10, 5),
}
"""Begin (hour) and length (hours) of the shifts that are used below."""


def document(*teams, need=0):
    """A roster of weeks written as seven letters, ``.`` for a free day; nobody needed unless ``need`` says so."""
    lines = [[[None if each == "." else each for each in week] for week in team] for team in teams]
    shifts = [
        {"code": code, "day": day, "start_min": start * HOUR, "length_min": round(length * HOUR)}
        for code, (start, length) in SHIFTS.items()
        for day in range(7)
    ]
    requirement = {"step_min": 60, "offset_min": 0, "levels": [need] * 168}
    return {"teams": lines, "shifts": shifts, "requirement": requirement}


LOOSE = Law(idle_nights=True)


def test_a_lawful_roster_is_passed():
    assert faults(document(["DDDDD..", "EEEE...", "DD..DD."]), LOOSE) == []


@pytest.mark.parametrize(
    ("rule", "weeks", "law"),
    [
        ("daily_rest", ["ED.....", "......."], Law(idle_nights=True, day_h=None)),
        ("weekly_rest", ["AAAAAAA", "......."], Law(idle_nights=True, days_in_a_row=None)),
        ("sundays", ["......D", "......D", "......."], LOOSE),
        ("sundays", [".....E.", "......D"], LOOSE),
        ("sundays", ["......D"] * 3 + ["......."], AGREED),
        ("hours_in_a_day", ["EM.....", "......."], LOOSE),
        ("hours_a_week", ["DDDDD.."], LOOSE),
        ("hours_in_any_week", ["DDDDDDD", "......."], Law(weekly_rest_h=None, days_in_a_row=None, sundays=None)),
        ("night_shift", ["O......", "......."], LOOSE),
        ("night_only_where_needed", ["N......", "......."], Law()),
        ("nights_in_a_row", ["NNNN...", "......."], LOOSE),
        ("days_in_a_row", [".SSSSSS", "S......"], LOOSE),
        ("shift_length", ["T......", "......."], LOOSE),
        ("shift_length", ["L......", "......."], Law(day_h=None)),
    ],
)
def test_one_broken_rule_is_named(rule, weeks, law):
    assert faults(document(weeks), law) == [rule]


@pytest.mark.parametrize(
    ("weeks", "law"),
    [
        (["ED.....", "......."], replace(AGREED, day_h=None)),
        (["......D", "......D", ".......", ".......", "......."], AGREED),
        (["......D", "......."], LOOSE),
        ([".....E.", ".....E.", "......."], LOOSE),
        (["NNN....", "......."], LOOSE),
        ([".SSSSSS", "......."], LOOSE),
    ],
)
def test_what_is_just_allowed_is_passed(weeks, law):
    assert faults(document(weeks), replace(law, idle_nights=True)) == []


def test_the_mean_of_night_workers():
    weeks = ["NNNNNNN"] * 4
    law = Law(**dict.fromkeys(("weekly_rest_h", "sundays", "mean_week_h", "any_week_h", "eight_weeks_h"), None))
    loose = Law(**{**vars(law), "nights_in_a_row": None, "days_in_a_row": None, "idle_nights": True})
    assert faults(document(weeks), loose) == []  # 224 hours in 28 days are just eight in each
    long = Law(**{**vars(loose), "night_mean_h": 7.9})
    assert faults(document(weeks), long) == ["night_worker_mean"]


def test_a_need_that_is_not_covered():
    assert faults(document(["DDDDD..", "......."], need=1), LOOSE) == ["cover"]
    assert faults({**document(["DDD...."], need=0)}, LOOSE) == []
