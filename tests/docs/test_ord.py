"""The page of words says what the program says: every measure, every number beside it, every kind of contact.

Held against the long table itself, the catalogue of words and the denominators that figures are made with.
"""

import re
from pathlib import Path

import pytest

from simulator.evidence import STATUSES
from simulator.scenario import load
from simulator.service.ledger import FATES
from simulator.service.measures import RATIOS, Yardstick
from simulator.service.planning import make_plan
from simulator.study.estimates import NUMBER_COLUMNS
from simulator.words import say
from tests.support import SHIPPED

PAGE = (Path(__file__).parents[2] / "docs" / "ord.md").read_text("utf-8")
KINDS = (
    *("both", "gained", "lost", "neither", "still_out", "new", "gone"),
    *("waited_longer", "waited_shorter", "answered_elsewhere"),
)
CALLED = {
    "persons": "hjelpesøk",
    "contacts": "henvendelser",
    "share": "andel",
    "min": "minutter",
    "h": "timer",
    "hours": "timer",
    "NOK": "kroner",
}


def rows(mark: str) -> list[list[str]]:
    """The rows of the table after a mark."""
    table = re.search(rf"^<!-- {mark} -->\n((?:\|.*\n)+)", PAGE, re.M)
    assert table, mark
    return [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in table[1].splitlines()[2:]]


def code(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


@pytest.fixture(scope="module")
def units() -> dict[str, str]:
    """Every measure of the long table of every shipped scenario, with its unit."""
    found = {}
    for name in SHIPPED:
        scenario = load(name)
        yardstick = Yardstick(scenario, make_plan(scenario))
        found |= {key.measure: unit for key, unit in zip(yardstick.keys, yardstick.units, strict=True)}
    return found


def test_every_measure_of_the_long_table_is_there_and_no_other(units):
    told = [code(row[2])[0] for row in rows("measures")]
    assert len(told) == len(set(told))
    assert set(told) == set(units)


def test_a_measure_has_its_names_its_unit_and_its_denominator(units):
    labels = {code(row[2])[0]: row[0] for row in rows("measures")}
    for norwegian, english, key, _, unit, denominator in rows("measures"):
        (measure,) = code(key)
        kind, _, span = units[measure].partition("/")
        assert (norwegian, english) == (say(f"measure.{measure}", "nb"), say(f"measure.{measure}", "en"))
        assert unit == CALLED[kind] + (" per dag" if span == "day" else ""), measure
        assert (denominator == "–") == (kind in ("persons", "contacts", "hours", "NOK")), measure
        assert denominator in ("–", *labels.values()), measure
    for measure, (_, bottom, _) in RATIOS.items():
        (told,) = [row[5] for row in rows("measures") if code(row[2]) == [measure]]
        assert told == labels[bottom], measure


def test_the_sums_of_the_page_name_every_fate_of_an_attempt():
    (told,) = re.findall(r"Møtte åpen kanal = ([^.]*)\.", PAGE)
    open_fates = [say(f"measure.{fate}", "nb").lower() for fate in FATES if fate != "met_closed"]
    assert {each.partition(" (")[0] for each in open_fates} == set(" ".join(told.split()).split(" + "))


def test_every_number_beside_a_figure_is_there():
    told = [key for row in rows("columns") for key in code(row[0])]
    assert set(told) == {*NUMBER_COLUMNS, "unit"}
    assert len(told) == len(set(told))


def test_kinds_of_contacts_are_called_as_in_a_comparison():
    told = {code(row[0])[0]: row[1:3] for row in rows("kinds")}
    assert set(told) == set(KINDS)
    for kind, names in told.items():
        assert names == [say(f"compare.contacts.kind.{kind}", lang) for lang in ("nb", "en")], kind


def test_statuses_are_those_of_the_evidence_with_their_words():
    told = {code(row[2])[0]: row for row in rows("statuses")}
    assert tuple(told) == STATUSES
    for status, (norwegian, english, _, means) in told.items():
        assert (norwegian, english) == (say(f"status.{status}", "nb"), say(f"status.{status}", "en"))
        assert means == say(f"status.{status}.means", "nb")


def test_targets_of_the_page_are_those_of_the_scenarios():
    (told,) = re.findall(r"telefon (\d+) s, chat (\d+) s; antatt", PAGE)
    channels = load("2024-actual").channels
    assert tuple(map(float, told)) == (channels.phone.answer_target_s, channels.chat.answer_target_s)
