"""Comparisons as tables, a page and figures: totals that add up, nothing small, never a point alone."""

from dataclasses import replace

import pytest

from simulator.report import compared, numbers
from simulator.report.compared_page import files, lead, spread, sure
from simulator.report.figures.compared import figure_names
from simulator.report.terminal import table
from simulator.scenario import change, load
from simulator.service.keys import HOURS, Key
from simulator.study.compare import compare
from simulator.study.comparing.consequences import EVENTS
from simulator.study.comparing.pairs import AT_SITE
from simulator.study.comparing.per_reached import BETTER, UNKNOWN, PerReached
from simulator.study.precision import Reached
from simulator.words import LANGUAGES
from tests.study.samples import SMALL


@pytest.fixture(scope="module")
def found():
    """A week with an hour more, one person more, other demand, and another week."""
    base = load(SMALL)
    plans = [
        load(SMALL, ["late-chat"]),
        load(SMALL, ["one-more"]),
        change(base, {"demand": {"chat": {"per_hour": 0.6}}}),
        change(base, {"period": {"first_day": "2024-04-01", "last_day": "2024-04-07"}}),
        base,
    ]
    return compare(base, plans, 10, workers=1)


LATE, MORE, SURGE, OTHER, SAME = (f"small ({number})" for number in range(2, 7))


def contacts(found, plan):
    return next(each for each in found.contacts if each.plan == plan)


def cells(shown):
    """The rows of a table by head."""
    return {row[0]: row[1:] for row in shown.rows}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_table_and_sentence_is_told_in_both_languages(found, lang):
    for plan in found.plans:
        mine = contacts(found, plan)
        tables = [
            compared.plan_table(found, plan, lang),
            compared.contacts_table(found, mine, lang),
            compared.hours_table(found, mine, lang),
            compared.sites_table(found, mine, lang),
            compared.consequences_table(found, plan, lang),
        ]
        for shown in tables:
            assert all(len(row) == len(shown.columns) for row in shown.rows)
            assert shown.caption and table(shown)
            assert not any(
                "{" in text or "nan" in text.split() for text in (shown.caption, shown.note, *sum(shown.rows, ()))
            )
    assert len(lead(found, lang)) == len(found.plans) and len(sure(found, lang)) >= len(found.plans)


def test_totals_stand_beside_means(found):
    mine = contacts(found, LATE)
    rows = cells(compared.contacts_table(found, mine, "en"))
    year, total = rows["Gained: reached under the plan alone"]
    assert total == numbers.number(mine.total("gained"), "en")
    assert "(" in year  # a mean never without its interval
    assert not any("plan alone, " in head for head in rows), "nobody comes under one plan alone"
    assert any(
        "come under the plan alone" in head.lower()
        for head in cells(compared.contacts_table(found, contacts(found, SURGE), "en"))
    )


def test_small_counts_by_hour_and_site_are_not_written(found):
    mine = contacts(found, LATE)
    hours = compared.hours_table(found, mine, "en")
    assert len(hours.rows) == 24 and numbers.suppressed("en") in sum(hours.rows, ())
    for shown in (hours, compared.sites_table(found, mine, "en")):
        for text in (text for row in shown.rows for text in row[1:]):
            assert text == numbers.suppressed("en") or not numbers.is_small(float(text.replace(",", "")))
        assert numbers.suppressed("en") in shown.note
    zero = compared.hours_table(found, contacts(found, SAME), "en")
    assert all(row[2] == "0" for row in zero.rows), "nobody at all is not small"


def test_what_may_lie_behind_is_never_a_point_alone(found):
    shown = compared.consequences_table(found, LATE, "nb")
    assert len(shown.rows) == len(EVENTS)
    for row in shown.rows:
        assert ("(" in row[2] and "–" in row[2]) or row[2] == "under 0,01", row
        assert "8 770" in row[1].replace("\xa0", " ")
    assert "BørneTelefonen" in shown.note and "7,2" in shown.note and "10,5" in shown.note and "Utledet" in shown.note
    nothing = compared.consequences_table(found, SAME, "nb")
    assert all(row[2:] == (numbers.MISSING, numbers.MISSING) for row in nothing.rows)


def test_it_is_said_whether_persons_can_be_paired(found):
    said = "\n".join(compared.pairing_sentences(found, "en"))
    assert "share no contacts" in said and "cannot be paired" in said
    assert "changes the demand" in said and "exactly that of the base" in said and "saves simulation" in said
    one = replace(found, contacts=found.contacts[:1], savings=found.savings[:1])
    assert len(compared.pairing_sentences(one, "en")) == 1
    reached = replace(one, precision=Reached(0.02, 0.018, True, ("persons_reached",)))
    assert "1.8%" in compared.pairing_sentences(reached, "en")[-1]
    short = replace(one, precision=Reached(0.02, float("inf"), False, ("persons_reached",)))
    assert "not reached" in compared.pairing_sentences(short, "en")[-1]


def test_the_answer_says_more_fewer_or_that_it_cannot_be_told(found):
    by_plan = dict(zip(found.plans, lead(found, "en"), strict=True))
    assert "more persons are reached" in by_plan[LATE] and "per extra person reached" in by_plan[LATE]
    assert "different years" in by_plan[OTHER] and "exactly as many" in by_plan[SAME]
    back = compare(load(SMALL, ["late-chat"]), [load(SMALL)], 10, workers=1)
    (fewer,) = lead(back, "en")
    assert "fewer persons are reached" in fewer and "−" not in fewer and "saves" in fewer
    once = compare(load(SMALL), [load(SMALL, ["one-more"])], 1, workers=1)
    assert "cannot be told" in lead(once, "en")[0]
    assert "with one simulated year" in compared.pairing_sentences(once, "en")[0]


def test_kroner_for_one_more_stand_in_the_table_only_where_they_can_be_told(found):
    def last(cost):
        costs = tuple(replace(each, **vars(cost)) if each.plan == cost.plan else each for each in found.per_reached)
        return compared.plan_table(replace(found, per_reached=costs), LATE, "nb").rows[-1]

    nothing = [float("nan")] * 3
    assert last(PerReached(LATE, "per_more", 580.0, 470.0, 850.0))[3].replace("\xa0", " ") == "580 kr (470–850)"
    assert last(PerReached(LATE, UNKNOWN, *nothing))[0] == "Kostnad"
    assert last(PerReached(LATE, BETTER, *nothing))[0] == "Koster ikke mer og når flere"
    assert last(PerReached(LATE, BETTER, *nothing))[3] == numbers.MISSING


def test_the_page_needs_nothing_else(found):
    one = replace(
        found,
        titles={"small": "Grunnlag <b>", LATE: "Sen chat"},
        contacts=found.contacts[:1],
        savings=found.savings[:1],
        per_reached=found.per_reached[:1],
        manifests={name: found.manifests[name] for name in ("small", LATE)},
    )
    made = files(one, "nb")
    names = figure_names(one, LATE).values()
    assert set(made) == {"report.html", *(f"figures/{name}.{kind}" for name in names for kind in ("svg", "png"))}
    page = made["report.html"].decode()
    assert page.count("<svg") == 2 and "<script" not in page and "src=" not in page
    assert "Grunnlag &lt;b&gt;" in page and "Grunnlag <b>" not in page
    assert "Hjelpesøk for hjelpesøk" in page and "Etter svarstedet" in page and "BørneTelefonen" in page


def test_the_spreadsheet_has_every_number(found):
    tables = spread(found)
    for columns, rows in tables.values():
        assert all(len(row) == len(columns) for row in rows)
    columns, rows = tables["contacts_by_hour"]
    assert len(rows) == len(found.plans) * len(HOURS)
    gained = columns.index("gained")
    assert sum(row[gained] for row in rows if row[0] == LATE) == contacts(found, LATE).total("gained")
    assert set(AT_SITE) <= set(tables["contacts_by_site"][0])
    assert len(tables["differences"][1]) == len(found.differences)
    assert found.get(LATE, Key("persons_reached")) is not None
