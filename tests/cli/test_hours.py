"""`simulator hours` as a planner types it."""

from pathlib import Path

import pytest

from simulator.cli import choosing
from simulator.scenario import load
from simulator.study.hours import question, space
from simulator.words import LANGUAGES
from tests.cli.commands import everything_in, squeezed, strict_json

QUICK = ["--days", "alike", "--grid", "240", "--most", "2", "--shifts", "1", "--workers", "1"]


@pytest.fixture
def hours(typed, small, monkeypatch):
    """Ask for a budget on the small week, in a quick way."""
    monkeypatch.setattr("simulator.study.hours.search.CANDIDATES", 4)
    monkeypatch.setattr("simulator.study.hours.search.YEARS_ALONE", 12)
    monkeypatch.setattr("simulator.study.hours.frontier.TRIED", 1)
    return lambda budget, *words, lang="en": typed("hours", small, "--budget", budget, *QUICK, *words, lang=lang)


def test_the_options_are_those_of_the_study():
    assert tuple(map(int, choosing.GRIDS)) == space.GRIDS
    assert tuple(space.GROUPS) == choosing.GROUPS
    assert (choosing.MOST_PEOPLE, choosing.YEARS_ENUMERATED) == (question.MOST_PEOPLE, question.YEARS_ENUMERATED)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_answer_says_plan_cost_gain_runner_up_and_how_sure(hours, lang):
    said = hours("+30000", lang=lang)
    assert said.status == 0
    words = {
        "nb": (
            "Anbefalt for",
            "Nummer to er",
            "sannsynlighet er dette den beste av",
            "for hvert hjelpesøk",
            "simulator roster",
        ),
        "en": (
            "Recommended for",
            "Runner-up is",
            "probability this is the best of",
            "each further person",
            "simulator roster",
        ),
    }
    text = squeezed(said.out)
    assert all(each in text for each in words[lang]), text


def test_what_is_written_can_be_checked_run_and_read(hours, typed, desk):
    said = hours("+30000", "--json", "answer.json")
    assert said.status == 0
    (folder,) = (desk / "results").iterdir()
    document = strict_json((desk / "answer.json").read_text("utf-8"))
    assert document == strict_json((folder / "hours.json").read_text("utf-8"))
    names = set(everything_in(folder))
    assert {"report.html", "proposal.yaml", "finalists.csv", "frontier.csv", "candidates.csv"} <= names
    assert {"figures/frontier.svg", "figures/frontier.png"} <= names
    proposal = folder / "proposal.yaml"
    assert typed("check", proposal).status == 0
    read, base = load(proposal), load("small.yaml")
    assert read.roster["kristiansand"].keys() > base.roster["kristiansand"].keys()
    assert document["finalists"][0]["name"] == document["recommended"] == "A"
    assert document["finalists"][0]["extra_nok"] <= 30000
    page = (folder / "report.html").read_text("utf-8")
    assert "Hva ville endret svaret?" in page and "<svg" in page  # documents are bokmål unless asked
    before = everything_in(folder)
    hours("+30000")
    assert everything_in(folder) == before


def test_json_on_standard_output_is_one_document_and_nothing_else(hours):
    said = hours("+30000", "--json", "-")
    document = said.document()
    assert said.err == ""
    assert document["budget"] == {"extra_nok": 30000, "asked": "+30000", "own_nok": document["budget"]["own_nok"]}
    assert document["selection"]["confidence"] == 0.95
    assert document["years"]["total"] == sum(
        document["years"][name] for name in ("probes", "selection", "finalists", "frontier", "other")
    )


@pytest.mark.parametrize(
    ("budget", "words", "said"),
    [
        ("+10", [], "buys no shift"),
        ("lots", [], "+2000000"),
        ("100", [], "--free"),
        ("+30000", ["--channel", "phone", "--shared", "yes"], "--shared yes"),
        ("+30000", ["--indifference", "none"], "none"),
        ("+30000", ["--confidence", "2"], "2"),
        ("+30000", ["--aim", "nothing.yaml"], "persons_reached"),
        ("+30000", ["--grid", "45"], "45"),
        ("+900000", ["--exhaustive", "--grid", "30", "--shifts", "2"], "--shifts 1"),
    ],
)
def test_what_cannot_be_answered_is_said_in_words_and_nothing_is_written(hours, desk, budget, words, said):
    for lang in LANGUAGES:
        found = hours(budget, *words, lang=lang)
        assert found.status == 2 and found.out == ""
        assert said in squeezed(found.err) or lang == "nb"
        assert "Traceback" not in found.err
    assert not (desk / "results").exists()


def test_an_aim_in_a_file_is_named_in_the_answer(hours, desk):
    Path("aim.yaml").write_text(
        'title: Late\npersons_reached: {chat: 1}\nhours: {"22:00-02:00": 3}\n', encoding="utf-8"
    )
    said = hours("+30000", "--aim", "aim.yaml", "--json", "-")
    assert said.document()["aim"]["title"] == "Late"
    Path("aim.yaml").write_text("persons_reached: {chat: 1}\nhour: {}\n", encoding="utf-8")
    wrong = hours("+30000", "--aim", "aim.yaml")
    assert wrong.status == 2 and wrong.err.startswith("aim.yaml:2:1: hour")
