"""What an explanation says: names of causes, parts with their signs, interplay in words, and the waterfall."""

from fractions import Fraction

import pytest

from simulator import load
from simulator.report.explained import (
    cause_name,
    explanation_csv,
    explanation_paper,
    explanation_sheets,
    explanation_tables,
    figure_table,
    measure_name,
    together_sentences,
)
from simulator.report.figures.explained import explanation_figures
from simulator.report.page import page
from simulator.report.workbook import Formula
from simulator.service.keys import Key
from simulator.study.estimates import Estimate
from simulator.study.explain import Explained, Explanation, Part, explain
from simulator.study.explaining.causes import CAUSES
from simulator.study.worlds.world import shipped_worlds
from simulator.words import LANGUAGES

NAN = float("nan")


@pytest.fixture(scope="module")
def found() -> Explanation:
    worlds = shipped_worlds().first(3)
    return explain(load("2024-actual"), load("round-the-clock"), worlds=worlds, workers=1)


def estimate(mean: float, half: float) -> Estimate:
    return Estimate(mean, mean - half, mean + half, NAN, NAN, 0.0, NAN, NAN, NAN, NAN, "persons/year")


def figure(**parts: tuple[float, float, float]) -> Explained:
    """A figure whose parts are (part, alone, last)."""
    made = [
        Part(name, Fraction(part), estimate(part, 100), alone, last, min(alone, last), max(alone, last))
        for name, (part, alone, last) in parts.items()
    ]
    total = sum(part for part, _, _ in parts.values())
    key = Key("persons_reached")
    return Explained(key, 10000.0, 10000.0 + total, Fraction(total), estimate(total, 100), tuple(made))


def test_every_cause_has_a_name_and_joined_ones_stand_together() -> None:
    for lang in LANGUAGES:
        assert len({cause_name(each, lang) for each in CAUSES}) == len(CAUSES)
    assert cause_name("hours+staff", "nb") == "Åpningstid og bemanning"
    assert cause_name("late-chat", "nb") == "late-chat", "an override keeps the planner's name"
    assert measure_name(Key("answered", "chat"), "nb") == "Besvart (chat)"


def test_interplay_is_told_only_where_there_is_some() -> None:
    first, second = together_sentences(figure(staff=(2000, 0, 4000), hours=(2000, 3900, 50)), "nb")
    assert first.startswith("Bemanning alene gir 0;") and "først sammen" in first
    assert second.startswith("Åpningstid alene gir +3 900".replace(" ", "\u00a0")) or "De andre gjør" in second
    assert together_sentences(figure(staff=(2000, 1900, 2100), hours=(10, 0, 20)), "nb") == ()


def test_a_row_has_its_sign_and_no_more_digits_than_its_interval() -> None:
    rows = figure_table(
        _of(figure(staff=(2000, 0, 4000), demand=(-500, -400, -600))),
        figure(staff=(2000, 0, 4000), demand=(-500, -400, -600)),
        "en",
    ).rows
    assert rows[0] == ("Staffing", "+2,000 (1,900–2,100)", "0", "+4,000")
    assert rows[1][0] == "Demand" and rows[1][1].startswith("−500")
    assert rows[-1][0] == "The whole difference" and rows[-1][1].startswith("+1,500")


def _of(one: Explained) -> Explanation:
    return Explanation(("a", "A"), ("b", "B"), (), (), (one,), 3, 2, {})


def test_the_note_stands_once(found: Explanation) -> None:
    tables = explanation_tables(found, "nb")
    assert len(tables) == 6 and [bool(table.note) for table in tables] == [False, True, False, False, False, False]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_and_waterfall(found: Explanation, lang: str) -> None:
    drawn = explanation_figures(found, lang)
    assert set(drawn) == {
        f"parts-{name}.{kind}"
        for name in ("persons-reached", "unanswered", "answered-chat", "answered-phone", "cost-nok")
        for kind in ("svg", "png")
    }
    assert drawn == explanation_figures(found, lang), "the same bytes"
    written = page(explanation_paper(found, lang), drawn, lang).decode()
    assert written.count("<svg") == 5 and "{" not in " ".join(explanation_paper(found, lang).lead)


def test_excel_adds_the_parts_up_again(found: Explanation) -> None:
    for sheet, told in zip(explanation_sheets(found, "nb"), found.figures, strict=True):
        total = sheet.rows[-1][1]
        assert isinstance(total, Formula) and total.value == told.total.mean == sum(row[1] for row in sheet.rows[:-1])


def test_the_table_for_programs(found: Explanation) -> None:
    columns, rows = explanation_csv(found)["parts"]
    assert len(rows) == 10 and all(len(row) == len(columns) for row in rows)
