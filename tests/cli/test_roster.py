"""The command `simulator roster` as a planner types it."""

import json

import pytest

from simulator.cli import rostering
from simulator.scenario import load
from simulator.study.rostering import answer, searching
from simulator.words import LANGUAGES
from tests.cli.commands import everything_in, squeezed, strict_json

NEED = "ukedag;fra;til;antall\nlør;16:00;22:00;1\nsøn;16:00;22:00;1\ntir;10:00;15:00;1\n"


@pytest.fixture
def undrawn(monkeypatch):
    """Leave the figure out: drawing takes a second, and not every test looks at it."""
    monkeypatch.setattr("simulator.report.figures.rostered.figures", lambda found, lang: {})


@pytest.fixture
def need(desk):
    (desk / "behov.csv").write_text(NEED, encoding="utf-8")
    return "behov.csv"


def test_numbers_that_would_take_a_moment_to_load_are_equal():
    assert rostering.MOST_PEOPLE == searching.MOST_PEOPLE
    assert (rostering.USUAL_WEEKS, rostering.MOST_WEEKS) == (answer.USUAL_WEEKS, answer.MOST_WEEKS)


def test_a_roster_is_shown_and_kept(typed, desk, need):
    said = typed("roster", "2024-actual", "--requirement", need, "--replications", 2, lang="nb")
    assert said.status == 0
    shown = squeezed(said.out)
    assert "2 personer dekker behovet" in shown
    assert "Med 1 person går det ikke; det er bevist" in shown
    assert "Turnusen kjørt i simulatoren" in shown
    (folder,) = (desk / "results").iterdir()
    assert folder.name.startswith("roster-2024-actual-")
    wanted = {"report.html", "roster.xlsx", "roster.json", "with-roster.yaml", "duties.csv", "cover.csv", "rules.csv"}
    assert wanted | {"figures/need-and-cover.png", "figures/need-and-cover.svg"} == set(everything_in(folder))
    assert "with-roster.yaml" in said.out and "roster.xlsx" in said.out


def test_the_written_scenario_checks_and_runs(typed, desk, need, undrawn):
    typed("roster", "2024-actual", "--requirement", need, "--replications", 0)
    (folder,) = (desk / "results").iterdir()
    path = (folder / "with-roster.yaml").relative_to(desk)
    assert typed("check", path).status == 0
    ran = typed("run", path, "--replications", 2, "--worlds", "one", "--json", "-").document()
    staffed = {
        row["channel"]: row["mean"]
        for row in ran["measures"]
        if row["measure"] == "staffed_hours" and row["hour"] == "all"
    }
    document = strict_json((folder / "roster.json").read_text(encoding="utf-8"))
    assert staffed["chat"] == pytest.approx(document["year"]["hours"])


def test_a_planners_own_scenario_is_extended_where_it_lies(typed, desk, need, undrawn):
    (desk / "mine").mkdir()
    (desk / "mine" / "own.yaml").write_text("extends: 2024-actual.yaml\ntitle: min\n", encoding="utf-8")
    typed("roster", "mine/own.yaml", "--requirement", need, "--replications", 0, "--out", "ut")
    (folder,) = (desk / "ut").iterdir()
    assert load(folder / "with-roster.yaml").title == "min, med turnus for chat"


def test_the_same_question_gives_the_same_folder(typed, desk, need):
    contents = []
    for _ in range(2):
        typed("roster", "2024-actual", "--requirement", need, "--replications", 0)
        contents.append(everything_in(desk / "results"))
    assert contents[0] == contents[1]


def test_the_document_is_the_only_thing_on_standard_output(started, desk, need):
    said = started("roster", "2024-actual", "--requirement", need, "--replications", 0, "--json", "-")
    document = said.document()
    assert (said.status, document["feasible"], document["people"]) == (0, True, 2)
    (folder,) = (desk / "results").iterdir()
    assert strict_json((folder / "roster.json").read_text(encoding="utf-8")) == document


def test_a_requirement_may_be_the_document_of_staff(typed, desk, need, undrawn):
    first = typed("roster", "2024-actual", "--requirement", need, "--replications", 0, "--json", "-").document()
    for name, document in (("a.json", first), ("b.json", first["requirement"])):
        (desk / name).write_text(json.dumps(document), encoding="utf-8")
        again = typed("roster", "2024-actual", "--requirement", name, "--replications", 0, "--json", "-").document()
        assert again == first


def test_too_few_people_are_told_why_and_what_would_do(typed, desk, need, undrawn):
    said = typed("roster", "2024-actual", "--requirement", need, "--people", 1, lang="nb")
    shown = squeezed(said.out)
    assert said.status == 1
    assert "1 person kan ikke dekke behovet når alt dette skal holde samtidig" in shown
    assert "Det går med 2 personer og de samme reglene." in shown
    (folder,) = (desk / "results").iterdir()
    assert "with-roster.yaml" not in everything_in(folder)


def test_own_rules_and_lengths(typed, desk, need, undrawn):
    (desk / "regler.yaml").write_text("sundays: off\n", encoding="utf-8")
    asked = ("--requirement", need, "--rules", "regler.yaml", "--shift-lengths", "6-6,5", "--replications", 0)
    document = typed("roster", "2024-actual", *asked, "--json", "-").document()
    assert document["people"] == 1
    assert {each["length_min"] for each in document["shifts"]} <= {360, 390}
    assert "sundays" not in {rule["rule"] for rule in document["rules"]}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--people", "ti"], "ti"),
        (["--people", "0"], "0"),
        (["--people", "61"], "60"),
        (["--shift-lengths", "9-4"], "9-4"),
        (["--shift-lengths", "lang"], "4-9"),
        (["--weeks", "0"], "0"),
        (["--requirement", "none.csv"], "none.csv"),
        (["--requirement", "none.json"], "none.json"),
        (["--requirement", "bad.json"], "bad.json"),
        (["--requirement", "nobody.csv"], "--requirement"),
        (["--rules", "none.yaml"], "none.yaml"),
        (["--rules", "bad.yaml"], "bad.yaml:2"),
        (["--channel", "sms"], "sms"),
        (["--worlds", "0"], "0"),
    ],
)
def test_a_mistake_is_told_in_words_and_nothing_is_written(typed, desk, words, told, lang):
    (desk / "bad.json").write_text('{"requirement": {"levels": "many"}}', encoding="utf-8")
    (desk / "nobody.csv").write_text("ukedag;fra;til;antall\nman;10:00;12:00;0\n", encoding="utf-8")
    (desk / "bad.yaml").write_text("daily_rest: law\nsunday: law\n", encoding="utf-8")
    said = typed("roster", "2024-actual", *words, lang=lang)
    assert (said.status, said.out) == (2, "")
    assert told in said.err and "Traceback" not in said.err
    assert not (desk / "results").exists()


def test_a_scenario_without_anybody_on_the_channel(typed, desk):
    said = typed("roster", "phone-only", lang="nb")
    assert (said.status, said.out) == (2, "")
    assert "Ingen trengs på kanalen chat" in said.err
