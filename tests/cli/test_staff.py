"""The command `staff` as a planner types it: what it shows and keeps, and what it says to a question that is none."""

import json
from pathlib import Path

import pytest

from simulator.cli import staffing
from simulator.study.staffing import read_requirement
from simulator.study.staffing.slots import DAYS
from simulator.study.staffing.targets import DEFAULT
from simulator.words import LANGUAGES
from tests.cli.commands import everything_in, squeezed, strict_json
from tests.study.staffing.service import EVENING

QUICK = ("--step", "60", "--days", "every-day", "--replications", "8")


@pytest.fixture
def evening(desk: Path) -> str:
    """The evening service on the desk."""
    (desk / "evening.yaml").write_text(EVENING, "utf-8")
    return "evening.yaml"


def test_what_the_options_say_is_what_the_study_does():
    assert staffing.TARGET == DEFAULT
    assert tuple(DAYS) == staffing.DAYS
    assert (staffing.YEARS_ALONE, staffing.YEARS_OF_EACH) == (staff_module().YEARS_ALONE, staff_module().YEARS_OF_EACH)


def staff_module():
    from importlib import import_module

    return import_module("simulator.study.staffing.staff")


def test_a_planner_gets_a_folder_with_a_table_that_reads_back(typed, evening, desk):
    said = typed("staff", evening, *QUICK, "--out", "out", "--json", "answer.json", lang="nb")
    assert said.status == 0, said.err
    (folder,) = (desk / "out").iterdir()
    assert folder.name.startswith("staff-evening-")
    kept = everything_in(folder)
    assert {"staff.json", "requirement.csv", "half_hours.csv", "report.html", "requirement.xlsx"} <= set(kept)
    document = strict_json((desk / "answer.json").read_text("utf-8"))
    assert document == json.loads(kept["staff.json"])
    requirement = read_requirement(folder / "requirement.csv")
    assert requirement.hours_per_week == document["hours_per_week"]["iterated"]
    text = squeezed(said.out)
    assert "rådgivertimer i uka" in text and str(folder.name) in text.replace(" ", "")


def test_standard_output_is_one_document_and_the_same_every_time(typed, evening):
    first = typed("staff", evening, *QUICK, "--json", "-")
    again = typed("staff", evening, *QUICK, "--json", "-", "--workers", "1")
    document = first.document()
    assert document == again.document()
    assert document["target"]["text"] == "answered_share_of_open >= 90%"
    assert [each["start_min"] for each in document["half_hours"]] == [hour * 60 + 15 for hour in range(18, 23)]
    assert {"iterated", "erlang_a", "modified_offered_load", "today"} <= set(document["half_hours"][0])
    assert document["over_worlds"] is None


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--target", "answered>=120%"), "120%"),
        (("--target", "answerd>=90%"), "answerd"),
        (("--channel", "phone"), "phone"),
        (("--robust", "90%"), "--worlds"),
        (("--robust", "many", "--worlds", "3"), "many"),
    ],
)
def test_a_question_that_is_none_is_told_in_words_and_nothing_is_written(typed, evening, desk, words, told, lang):
    said = typed("staff", evening, *QUICK, *words, "--out", "out", lang=lang)
    assert said.status == 2 and told in squeezed(said.err) and "Traceback" not in said.err
    assert not (desk / "out").exists()
