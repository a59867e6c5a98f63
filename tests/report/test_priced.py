"""What prices say: sums that are shown, what is withheld, signs, and words in both languages."""

import re

import pytest

from simulator import load
from simulator.report.page import page
from simulator.report.priced import (
    extra_table,
    kinds_table,
    named_sentences,
    named_tables,
    parts_table,
    price_csv,
    price_paper,
    price_sheets,
    price_tables,
    sheet_table,
)
from simulator.report.workbook import Formula
from simulator.service.cost import KINDS, PARTS
from simulator.study.price import Price, price
from simulator.study.worlds.world import shipped_worlds
from simulator.words import LANGUAGES


@pytest.fixture(scope="module")
def found() -> Price:
    plans = [load(name) for name in ("round-the-clock", "2024-actual")]
    return price(plans, load("2024-actual"), 1, worlds=shipped_worlds().first(3), workers=1)


def whole_number(cell: str) -> int:
    return int(re.sub(r"[^\d]", "", cell.replace("−", "-").split("(")[0]))


def test_the_roster_adds_up_as_it_is_shown(found: Price) -> None:
    table = sheet_table(found.plan("2024-actual"), "nb")
    lines, whole = table.rows[:3], table.rows[-1]
    assert sum(whole_number(row[3]) for row in lines) == pytest.approx(whole_number(whole[3]), abs=2)
    assert sum(whole_number(row[5]) for row in lines) == pytest.approx(whole_number(whole[5]), abs=2)
    groups = [row for row in table.rows if row[0].startswith("Sum: ")]
    assert [row[0] for row in groups] == ["Sum: bare telefon", "Sum: bare chat"]
    assert whole_number(groups[1][5]) == pytest.approx(sum(whole_number(row[5]) for row in lines[:2]), abs=2)


def test_the_parts_are_shares_of_the_whole(found: Price) -> None:
    rows = parts_table(found.plan("round-the-clock"), "nb").rows
    names = [row[0] for row in rows]
    assert names[0] == "Grunnlønn" and names[-2] == "Sum" and names[-1].startswith("herav betalte pauser")
    assert sum(whole_number(row[1]) for row in rows[:-2]) == pytest.approx(whole_number(rows[-2][1]), abs=4)
    assert rows[-2][2].startswith("100")


def test_every_kind_of_hour_has_its_rate(found: Price) -> None:
    table = kinds_table(found.plan("round-the-clock"), "en")
    assert len(table.rows) == len(KINDS)
    rate = {row[0]: float(row[2].replace(",", "")) for row in table.rows}
    assert rate["weekday, day"] == pytest.approx(556600 / 1445 * 1.34, abs=0.05)
    assert rate["holiday, night"] > rate["weekend, night"] > rate["weekday, night"] > rate["weekday, day"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_a_plan_costs_more_stands_with_its_interval(found: Price, lang: str) -> None:
    rows = {row[0]: row for row in extra_table(found, found.extras[0], lang).rows}
    ratio = rows["Kroner per ekstra hjelpesøk" if lang == "nb" else "NOK per extra person"][3]
    assert re.search(r"\(.*–.*\)", ratio)


def test_the_named_sum_is_told_with_sign_and_what_is_not_known(found: Price) -> None:
    named = found.plan("round-the-clock").named
    assert named is not None
    said = " ".join(named_sentences(named, "nb"))
    assert "mer enn de 21,3" in said.replace("\u00a0", " ") and "Selv på de billigste vilkårene mangler" in said
    assert said.endswith("mindre igjen til plasser enn her.")
    way, alone = named_tables("x", named, "nb")
    amounts = [whole_number(row[1]) * (-1 if row[1].startswith("−") else 1) for row in way.rows]
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=4) and amounts[-1] == 21_300_000
    assert all(row[2] in ("publisert", "utledet", "litteratur", "antatt") for row in (*way.rows[1:-2], *alone.rows))


def test_the_terminal_says_each_note_once(found: Price) -> None:
    notes = [table.note for table in price_tables(found, "nb") if table.note]
    assert len(notes) == len(set(notes))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_leads_with_the_answer(found: Price, lang: str) -> None:
    paper = price_paper(found, lang)
    assert len(paper.lead) == 3 and "{" not in " ".join(paper.lead)
    assert "round-the-clock" in " ".join(value for _, value in paper.facts)
    written = page(paper, {}, lang).decode()
    assert "<h1" in written and paper.lead[0].split("«")[0].split("“")[0] in written


def test_excel_computes_the_sums_again(found: Price) -> None:
    for plan, sheet in zip(found.plans, price_sheets(found, "nb"), strict=True):
        total = sheet.rows[-1]
        place = [column.head for column in sheet.columns].index("Sum")
        assert isinstance(total[place], Formula) and total[place].value == plan.sheet.whole.nok
        for column in range(2, len(sheet.columns)):
            cells = [row[column].value if isinstance(row[column], Formula) else row[column] for row in sheet.rows]
            assert sum(cells[:-1]) == pytest.approx(cells[-1], rel=1e-12)
        row = sheet.rows[0]
        assert row[place].text == f"=SUM({'N'}2:{'T'}2)" and row[place - len(PARTS) : place] == tuple(
            plan.sheet.lines[0].amounts.part_nok(part) for part in PARTS
        )


def test_the_tables_for_programs_hold_what_is_told(found: Price) -> None:
    columns, rows = price_csv(found)["figures"]
    told = {(row[0], row[1], row[2]) for row in rows}
    assert ("round-the-clock", "2024-actual", "nok_per_extra_person") in told
    assert all(len(row) == len(columns) for row in rows)
