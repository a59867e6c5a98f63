"""A staffing requirement in words: the answer with its doubts, tables, page, workbook, and a table that reads back."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator.report import numbers
from simulator.report.staffed import (
    MISSED,
    cautions,
    days_name,
    hints,
    lead,
    need_tables,
    places,
    staffing_tables,
    summary_table,
    sure,
    target_text,
)
from simulator.report.staffed_page import answer_tables, files, requirement_rows
from simulator.scenario import load
from simulator.store import csv
from simulator.study.staffing import read_requirement
from simulator.study.staffing.answer import ITERATED, TODAY, OverWorlds, Staffing
from simulator.study.staffing.misleading import Sight
from simulator.study.staffing.misleading import hints as find_hints
from simulator.study.staffing.staff import staff
from simulator.words import LANGUAGES
from tests.study.staffing.service import EVENING


@pytest.fixture(scope="module")
def found() -> Staffing:
    """The requirement of a small service, in half-hours."""
    return staff(load(EVENING), years=12, days="weekday-weekend", workers=1)


@pytest.fixture(scope="module")
def over_worlds(found: Staffing) -> Staffing:
    """The same as if it had been held against worlds."""
    groups = len(found.slots)
    met = np.linspace(0.4, 0.8, groups)
    return replace(found, over_worlds=OverWorlds(300, 2, np.full(groups, 0.7), np.full(groups, 0.99), met, 0.64))


def test_days_are_named_as_runs():
    assert days_name((0, 1, 2, 3, 4), "nb") == "man–fre"
    assert days_name((0, 2, 5, 6), "en") == "Mon, Wed, Sat–Sun"
    assert days_name(tuple(range(7)), "nb") == "alle dager"


def test_the_answer_comes_first_and_its_doubt_second(over_worlds):
    first, second, *_ = lead(over_worlds, "nb")
    hours = numbers.as_written(over_worlds.answer.hours_per_week, "nb")
    assert first.startswith(f"{hours} rådgivertimer i uka")
    assert "minst 90\N{NO-BREAK SPACE}% av henvendelsene som møter åpen chat" in first
    assert "64\N{NO-BREAK SPACE}% av verdenene" in second and "40\N{NO-BREAK SPACE}%" in second


@pytest.mark.parametrize("lang", LANGUAGES)
def test_everything_is_said_in_both_languages(over_worlds, lang):
    said = [*lead(over_worlds, lang), *sure(over_worlds, lang), *hints(over_worlds, lang)]
    assert all(said) and not any("{" in sentence for sentence in said)
    assert len(hints(over_worlds, lang)) + len(cautions(over_worlds, lang)) == len(over_worlds.hints) >= 4
    assert set(cautions(over_worlds, lang)) <= set(sure(over_worlds, lang))


def test_what_is_not_published_of_todays_roster_is_said(found):
    assert any("antatt" in sentence for sentence in lead(found, "nb"))
    sure_of_it = replace(found, scenario={**found.scenario, "roster_status": ""})
    assert not any("antatt" in sentence for sentence in lead(sure_of_it, "nb"))


def test_a_target_that_was_not_met_is_not_called_met(found):
    missed = np.zeros(len(found.slots), bool)
    missed[0] = True
    short = replace(found, alternatives={**found.alternatives, ITERATED: replace(found.answer, missed=missed)})
    assert f"1 av {len(found.slots)}" in lead(short, "nb")[0]
    assert need_tables(short, "nb")[0].rows[0][3].endswith(MISSED)


def test_without_worlds_the_doubt_is_said_to_be_unknown(found):
    assert "ikke prøvd i mulige verdener" in lead(found, "nb")[1]
    assert len(need_tables(found, "nb")[0].columns) == 4


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_row_of_every_table_has_every_column(over_worlds, lang):
    for table in staffing_tables(over_worlds, lang):
        assert table.rows and all(len(row) == len(table.columns) for row in table.rows)
    assert len(staffing_tables(over_worlds, lang)) == 1 + 3 + 3


def test_a_table_of_half_hours_says_who_is_needed_when(found):
    weekdays = need_tables(found, "nb")[0]
    assert weekdays.caption.startswith("Man–fre")
    assert weekdays.rows[0][0] == "18:15–18:45"
    assert [int(row[2]) for row in weekdays.rows] == found.answer.people[:8].astype(int).tolist()
    today = summary_table(found, "nb").rows[-1]
    assert today[1] == "105" and today[4] == f"{int(found.alternatives[TODAY].missed.sum())} / {len(found.slots)}"


def test_a_half_hour_that_hardly_anybody_tries_is_withheld(found):
    few = replace(found, offered=np.full(len(found.slots), 0.01))
    assert need_tables(few, "nb")[0].rows[0][1] == numbers.suppressed("nb")


def test_only_some_half_hours_are_named_in_a_sentence(found):
    assert places(found, [0], "nb") == "man–fre 18:15"
    assert places(found, range(8), "nb").endswith("…")


def test_other_targets_are_said_with_their_wait(found):
    within = replace(found.target, measure="answered_within_target_share", wait_s=120.0)
    assert "innen 120 sekunder" in target_text(replace(found, target=within), "nb")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_of_the_folder_reads_back_as_the_requirement(found, lang, tmp_path: Path):
    path = tmp_path / "requirement.csv"
    path.write_bytes(csv(*answer_tables(found, lang)["requirement"]))
    again = read_requirement(path, found.channel)
    assert again.hours_per_week == found.requirement.hours_per_week
    assert again.people_windows() == found.requirement.people_windows()
    heads, rows = requirement_rows(found.requirement, lang)
    assert len(heads) == 4 and len(rows) == int((found.requirement.levels > 0).sum())


def test_the_page_holds_answer_figures_and_where_formulas_mislead(over_worlds):
    made = files(over_worlds, "nb")
    page = made["report.html"].decode()
    assert set(made) == {
        *("report.html", "requirement.xlsx", "figures/staffing.svg", "figures/staffing.png"),
        *("figures/shares.svg", "figures/shares.png"),
    }
    assert page.count("<svg") == 2
    for sentence in (*lead(over_worlds, "nb"), *hints(over_worlds, "nb")):
        assert re.sub(r"\s+", " ", sentence) in re.sub(r"\s+", " ", page)
    assert made == files(over_worlds, "nb"), "the same answer must be the same bytes"


@pytest.mark.parametrize(("step", "word"), [(15, "hvert kvarter"), (60, "hver klokketime")])
def test_slots_are_called_by_their_length(found, step, word):
    other = replace(found, slots=replace(found.slots, step_min=step))
    assert word in lead(other, "nb")[0]


def test_more_than_one_kind_of_fault_is_told_apart(found):
    """Rules on made-up numbers: a formula that is short in one half-hour and generous in the next."""
    groups = len(found.slots)
    missed = np.arange(groups) == 3
    people = found.answer.people.copy()
    people[4] += 2
    formula = replace(found.answer, people=people, missed=missed, share=np.where(missed, 0.5, 0.95))
    scenario = load(EVENING)
    sight = Sight(
        *(scenario, scenario.channels.chat, found.slots, found.target, _server(scenario)),
        *(found.answer, {"erlang_a": formula, "modified_offered_load": found.answer}, 4.0),
    )
    told = {hint.word: hint for hint in find_hints(sight)}
    assert told["erlang_a.few"].groups == (3,) and told["erlang_a.few"].values == {"share": 0.5}
    assert told["erlang_a.many"].groups == (4,)
    assert told["erlang_a.many"].values["hours"] == 2 * 5 * 0.5
    assert "modified_offered_load.few" not in told and "busyness" not in told
    assert "pace" in told and "redials" in told


def _server(scenario):
    from simulator.study.staffing.columns import Server

    return Server.of(scenario.channels.chat, 2, is_chat=True)
