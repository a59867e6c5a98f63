"""The best hours in words: days, clock times and money as a planner says them, and what is left out."""

import math
from functools import cache

import pytest

from simulator.report.best_hours import (
    clock,
    days_text,
    finalists_table,
    hours_tables,
    lead,
    opening_text,
    per_person,
    plan_text,
    sure,
    turning,
)
from simulator.report.best_hours_page import answer_tables, files
from simulator.study.hours import BestHours, Question, best_hours, read_aim
from simulator.study.hours.answer import Judged, Range
from simulator.study.hours.week import WHOLE_WEEK
from simulator.words import LANGUAGES
from tests.study.hours.service import scenario


@cache
def answer(aim: str = "persons_reached") -> BestHours:
    question = Question(days="alike", grid_min=240, most=2, shifts_each=1, aim=read_aim(aim))
    return best_hours(scenario(7), "+25000", question, workers=1)


@pytest.mark.parametrize(
    ("days", "nb"),
    [
        (range(7), "alle dager"),
        ((0, 1, 2, 3, 4), "man–fre"),
        ((0, 1, 2, 3, 6), "søn–tor"),
        ((4, 5), "fre, lør"),
        ((0, 2, 4), "man, ons, fre"),
        ((0, 1, 2, 3, 4, 6), "søn–fre"),
        ((6,), "søn"),
    ],
)
def test_weekdays_in_short(days, nb):
    assert days_text(tuple(days), "nb") == nb


def test_clock_times_and_plans():
    assert [clock(minute) for minute in (0, 1365, 1440, 1560)] == ["00:00", "22:45", "24:00", "02:00"]
    plan = ((tuple(range(7)), 1365, 1560, 2), ((4, 5), 1560, 1680, 1))
    assert plan_text(plan, "nb") == "alle dager kl. 22:45–02:00: 2 rådgivere; fre, lør kl. 02:00–04:00: 1 rådgiver"
    assert plan_text(plan, "en").startswith("every day 22:45-02:00: 2 counsellors")
    assert plan_text((), "en") == "nobody added"
    assert opening_text(WHOLE_WEEK, "nb") == "hele døgnet"


def judged(cost: float, mean: float, low: float, high: float) -> Judged:
    reached = Range(mean, low, high, 1.0)
    return Judged("A", "chosen", (), cost, reached, reached, reached, 1.0, 0.0, 20)


def test_money_for_each_person_has_an_interval_only_where_some_are_surely_reached():
    assert per_person(judged(1e6, 2000, 1600, 2500), "en") == "NOK\xa0500 (400–620)"
    assert "–" not in per_person(judged(1e6, 600, 6, 1500), "nb")
    assert per_person(judged(1e6, -3, -9, 2), "nb") == "–"
    assert per_person(judged(-1e6, 100, 50, 150), "nb") == "–"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_is_said_in_both_languages_without_a_hole(lang):
    found = answer()
    said = [*lead(found, lang), *sure(found, lang), *turning(found, lang)]
    cells = [cell for table in hours_tables(found, lang) for row in table.rows for cell in row]
    assert all(text and "nan" not in text and "{" not in text for text in [*said, *cells])
    assert len(lead(found, lang)) == 5
    assert any("roster" in text for text in sure(found, lang))


def test_what_one_world_cannot_tell_is_not_shown():
    heads = [column.head for column in finalists_table(answer(), "en").columns]
    assert heads == ["Plan", "Extra cost", "More reached", "Per person"]
    assert math.isnan(answer().chosen.best_share)


def test_an_aim_of_ones_own_is_told_beside_persons():
    aim = "title: Nights\npersons_reached: {chat: 1}\nhours: {'00:00-06:00': 5}\n"
    found = answer(aim)
    assert any("points" in text for text in lead(found, "en"))
    assert "More points" in [column.head for column in finalists_table(found, "en").columns]


def test_files_are_the_same_on_every_run_and_hold_what_is_promised():
    found = answer()
    made = files(found, "base.yaml")
    assert set(made) == {"report.html", "proposal.yaml", "figures/frontier.svg", "figures/frontier.png"}
    assert made == files(found, "base.yaml")
    assert made["proposal.yaml"].startswith(b"extends: base.yaml\n")
    tables = answer_tables(found)
    assert {name: len(rows) for name, (_, rows) in tables.items()} == {
        "finalists": len(found.finalists),
        "frontier": len(found.frontier),
        "candidates": len(found.candidates),
    }
    assert all(len(row) == len(heads) for heads, rows in tables.values() for row in rows)
