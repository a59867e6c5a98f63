"""A roster in words, on a page and in Excel: the same numbers in all of them, and sentences for what cannot be done."""

import re
from io import BytesIO
from itertools import pairwise
from operator import mul, sub, truediv

import pytest
from openpyxl import load_workbook

import simulator
from simulator.report.figures.rostered import figures
from simulator.report.page import page
from simulator.report.rostered import conflict_sentences, lead, roster_paper, roster_tables, rule_sentence, sure
from simulator.report.rostered_sheets import cover_rows, letters, roster_csv, roster_sheets
from simulator.report.workbook import workbook
from simulator.scenario import change, load
from simulator.study.rostering.rules import kinds, rule_of, usual_rules
from simulator.study.staffing.requirement import Requirement
from simulator.words import LANGUAGES

DAY = 1440


def need_of(*windows):
    spans = [((day * DAY + start * 60, day * DAY + end * 60), people) for day, start, end, people in windows]
    return Requirement.of_windows("chat", spans)


@pytest.fixture(scope="module")
def actual():
    return load("2024-actual")


@pytest.fixture(scope="module")
def found(actual):
    return simulator.roster(actual, need_of((5, 16, 22, 1), (6, 16, 22, 1), (1, 21, 29, 1)), replications=2)


@pytest.fixture(scope="module")
def impossible(actual):
    return simulator.roster(actual, need_of((6, 10, 15, 2)), people=3)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_rule_on_every_basis_is_a_whole_sentence(lang):
    for kind in kinds().values():
        for by in kind.terms:
            said = rule_sentence(rule_of(kind, by), lang)
            assert "{" not in said and said[0].isupper()
            assert all(
                re.search(rf"\b{value:g}\b".replace(".", "[.,]"), said) for value in kind.terms[by].numbers.values()
            )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_tells_people_hours_cost_and_what_is_proven(found, lang):
    said = " ".join(lead(found, lang))
    assert said.startswith("2 ")
    assert {
        "nb": "Med 1 person går det ikke; det er bevist",
        "en": "With 1 person it cannot be done; that is proven",
    }[lang] in said
    assert re.search(r"20\b", said)  # 6 + 6 + 8 hours a week
    assert {"nb": "deltid", "en": "part-time"}[lang] in said
    assert {"nb": "antatt", "en": "assumed"}[lang] in " ".join(sure(found, lang))


def test_why_there_is_no_roster_is_said_in_plain_norwegian(impossible):
    said = conflict_sentences(impossible, "nb")
    assert said[0] == "3 personer kan ikke dekke behovet når alt dette skal holde samtidig:"
    assert said[1].startswith("Høyst 1 av 2 søndager på jobb")
    assert said[2] == "Det trengs inntil 2 personer på en gang (søn)."
    assert said[-1] == "Det går med 4 personer og de samme reglene."
    assert any("søndagsregelen: uten regelen" in each for each in said)


def test_the_tables_hold_what_the_document_holds(found):
    tables = {table.caption: table for table in roster_tables(found, "en")}
    shifts = tables["Shifts of an ordinary week"]
    document = found.as_json()
    people = sum(int(cell) for row in shifts.rows for cell in row[4:] if cell)
    assert people == sum(each["people"] for each in document["shifts"])
    codes = {row[0]: row for row in shifts.rows}
    assert codes["N1"][1] == "21:00–05:00" and codes["N1"][3] == "30 min"
    lines = [table for caption, table in tables.items() if caption.startswith("Line of team")]
    worked = sum(bool(cell) for table in lines for row in table.rows for cell in row[1:8])
    assert worked == people
    ladder = tables["How many people, and what it costs"]
    assert ladder.rows[0] == ("1", "cannot be done (proven)")
    binds = [row for row in tables["Rules"].rows if row[3]]
    assert [row[0].startswith("At most 1 of 2 Sundays") for row in binds].count(True) == 1


def test_the_cover_is_counted_minute_by_minute(found):
    rows = cover_rows(found)
    assert rows[0][0] == 0 and rows[-1][1] == 7 * DAY
    assert all(end == start for (_, end, *_), (start, *_) in pairwise(rows))
    assert all(on_duty >= needed for _, _, needed, on_duty in rows)
    hours = sum((end - start) * on_duty for start, end, _, on_duty in rows) / 60
    assert hours == found.as_json()["hours_a_week"]


def test_the_workbook_holds_codes_live_sums_and_the_same_numbers(found):
    content = workbook(roster_sheets(found, "nb"), "Turnus")
    assert content == workbook(roster_sheets(found, "nb"), "Turnus")
    shown, computed = (load_workbook(BytesIO(content), data_only=values) for values in (False, True))
    assert shown.sheetnames == ["Turnus", "Vakter", "Dekning", "Regler", "Timer per person"]
    lines = list(computed["Turnus"].iter_rows(values_only=True))
    assert len([row for row in lines if str(row[0]).startswith("Person ")]) == found.people
    last = next(row for row in shown["Vakter"].iter_rows(values_only=True) if row[0] == "Sum")
    assert last[7].startswith("=SUM(H2:")
    sums = next(row for row in computed["Vakter"].iter_rows(values_only=True) if row[0] == "Sum")
    assert sums[7] == pytest.approx(found.as_json()["hours_a_week"])
    assert sums[8] == pytest.approx(found.cost_a_week, abs=0.1)
    persons = next(row for row in computed["Timer per person"].iter_rows(values_only=True) if row[0] == "Sum")
    assert persons[4] == pytest.approx(found.as_json()["hours_a_week"])
    assert all(
        cell is None or not str(cell).startswith("#") for sheet in computed for row in sheet.values for cell in row
    )


def test_formulas_come_to_what_is_written_beside_them(found):
    """Each product and difference is computed again from the cells that it names."""
    content = workbook(roster_sheets(found, "en"), "x")
    shown, computed = (load_workbook(BytesIO(content), data_only=values) for values in (False, True))
    seen = 0
    for sheet in shown:
        for row in sheet.iter_rows():
            for cell in row:
                parts = re.fullmatch(r"=([A-Z]+\d+)([-*/])([A-Z]+\d+|[\d.]+)", str(cell.value))
                if parts:
                    values = computed[sheet.title]
                    left, right = (
                        float(values[part].value) if part[0].isalpha() else float(part) for part in (parts[1], parts[3])
                    )
                    wanted = {"-": sub, "*": mul, "/": truediv}[parts[2]](left, right)
                    assert values[cell.coordinate].value == pytest.approx(wanted)
                    seen += 1
    assert seen > 10


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_and_the_figure(found, impossible, lang):
    drawn = figures(found, lang)
    assert set(drawn) == {"need-and-cover.svg", "need-and-cover.png"}
    assert drawn == figures(found, lang)
    whole = page(roster_paper(found, lang), drawn, lang).decode()
    assert whole.count("<svg") == 1 and "{" not in re.sub(
        r"<style>.*?</style>|<svg.*?</svg>", "", whole, flags=re.DOTALL
    )
    assert figures(impossible, lang) == {}
    assert page(roster_paper(impossible, lang), {}, lang)


def test_the_tables_for_programs(found, impossible):
    tables = roster_csv(found)
    assert set(tables) == {"duties", "cover", "rules"}
    heads, duties = tables["duties"]
    assert all(len(row) == len(heads) for row in duties)
    # each line is worked by as many people as it has weeks
    worked = sum(bool(shift) * len(line) for line in found.lines for week in line for shift in week)
    assert len(duties) == worked
    assert set(roster_csv(impossible)) == {"rules"}


def test_without_pay_hours_are_the_cost(actual):
    free = simulator.roster(change(actual, {"pay": None}), need_of((0, 8, 14, 1)), reasons=False)
    assert "no pay" in " ".join(lead(free, "en"))
    assert workbook(roster_sheets(free, "en"), "x")
    assert roster_tables(free, "en")


def test_letters_of_columns():
    assert [letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_own_rules_are_said_with_their_numbers():
    assert rule_sentence(usual_rules().get("hours_a_week"), "nb") == "Høyst 35,5 timer i uka i gjennomsnitt"
