"""A difference explained, as a user asks for it."""

import csv
import io
from fractions import Fraction
from math import fsum
from pathlib import Path

import pytest

from simulator.cli import explaining
from simulator.study import explain as study
from tests.cli.commands import everything_in, squeezed, strict_json

SHIPPED = Path(__file__).parents[2] / "scenarios"
BASE, PLAN = SHIPPED / "2024-actual.yaml", SHIPPED / "round-the-clock.yaml"
QUICK = ("--replications", 2, "--workers", 1)


def assert_adds_up(document):
    for figure in document["figures"]:
        parts = figure["parts"]
        assert fsum(part["mean"] for part in parts) == figure["difference"]["mean"]
        assert figure["base"] + figure["difference"]["mean"] == figure["plan"]
        if figure["difference"]["denominator"]:
            exact = [Fraction(part["numerator"], part["denominator"]) for part in parts]
            whole = figure["difference"]
            assert sum(exact, Fraction(0)) == Fraction(whole["numerator"], whole["denominator"])


def test_the_numbers_that_are_repeated_for_speed_are_the_same():
    assert explaining.YEARS_OF_EACH == study.YEARS_OF_EACH


def test_parts_add_up_over_worlds(typed, desk):
    document = typed("explain", BASE, PLAN, "--worlds", 3, *QUICK, "--json", "-").document()
    assert [each["cause"] for each in document["causes"]] == ["hours", "staff"]
    assert document["worlds"] == 3 and len(document["figures"]) == 5
    assert_adds_up(document)
    reached = document["figures"][0]
    staff = next(part for part in reached["parts"] if part["cause"] == "staff")
    assert staff["alone"] == 0 and staff["mean"] > 1000, "people without an open chat reach nobody"


def test_what_the_terminal_says(typed, desk):
    told = squeezed(typed("explain", BASE, PLAN, "--worlds", 3, *QUICK, lang="nb").out)
    for words in ("Åpningstid", "Bemanning", "Hele forskjellen", "Bemanning alene gir 0", "summerer nøyaktig"):
        assert words in told
    assert "{" not in told


def test_override_by_override(typed, small, desk):
    words = ("explain", small, "--with", "late-chat", "--with", "one-more")
    document = typed(*words, "--by", "override", *QUICK, "--json", "-").document()
    assert [each["cause"] for each in document["causes"]] == ["late-chat", "one-more"]
    assert document["plan"]["name"] == "small+late-chat+one-more"
    assert_adds_up(document)
    by_cause = typed(*words, *QUICK, "--json", "-").document()
    assert [each["cause"] for each in by_cause["causes"]] == ["hours", "staff"]
    for one, other in zip(document["figures"], by_cause["figures"], strict=True):
        assert one["difference"]["mean"] == other["difference"]["mean"]


def test_a_figure_of_ones_own(typed, small, desk):
    words = ("explain", small, "--with", "late-chat", *QUICK)
    document = typed(*words, "--measure", "met_closed/chat", "--measure", "answered_share_of_open/chat", "--json", "-")
    figures = document.document()["figures"]
    assert [each["measure"] for each in figures] == ["met_closed", "answered_share_of_open"]
    assert_adds_up({"figures": figures})


def test_the_folder(typed, small, desk):
    words = ("explain", small, "--with", "late-chat", "--measure", "persons_reached", *QUICK)
    typed(*words, "--out", "out")
    (folder,) = (desk / "out").iterdir()
    files = everything_in(folder)
    figures = {"figures/parts-persons-reached.svg", "figures/parts-persons-reached.png"}
    assert set(files) == {"explain.json", "explain.xlsx", "parts.csv", "report.html", *figures}
    document = strict_json(files["explain.json"].decode())
    rows = list(csv.DictReader(io.StringIO(files["parts.csv"].decode("utf-8-sig")), delimiter=";"))
    assert [row["cause"] for row in rows] == [part["cause"] for part in document["figures"][0]["parts"]]
    page = files["report.html"].decode()
    assert "<svg" in page and "Åpningstid" in page and "<script" not in page
    typed(*words, "--out", "again")
    (other,) = (desk / "again").iterdir()
    assert other.name == folder.name and everything_in(other) == files, "same question, same bytes"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["small.yaml"], "Hva skal forklares?"),
        (["small.yaml", "small.yaml"], "ingen forskjell å forklare"),
        (["small.yaml", "small.yaml", "--by", "override", "--with", "one-more"], "--by override"),
        (["small.yaml", "--by", "override"], "--by override"),
        (["small.yaml", "--with", "late-chat", "--with", "later-chat"], "late-chat"),
        (["small.yaml", "--with", "nothing"], "nothing"),
        (["small.yaml", "--with", "one-more", "--measure", "answered/fax"], "answered/fax"),
        (["missing.yaml", "small.yaml"], "missing"),
        (["small.yaml", "--with", "one-more", "--by", "guess"], "guess"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_written(typed, small, desk, words, told):
    said = typed("explain", *words, *QUICK, lang="nb")
    assert (said.status, said.out) == (2, "") and told in said.err and "Traceback" not in said.err
    assert [each.name for each in desk.iterdir()] == ["small.yaml"]


def test_causes_made_one_are_told(typed, small, desk):
    """A new channel and who answers it cannot be had one without the other."""
    text = "extends: small.yaml\nchannels: {email: {work: {mean_min: 20}}}\ndemand: {trend: 1.2}\n"
    desk_shift = "roster: {kristiansand: {desk: {hours: '10:00-12:00', counsellors: 1, answers: [email]}}}\n"
    (desk / "new.yaml").write_text(text + desk_shift, "utf-8")
    said = typed("explain", small, "new.yaml", *QUICK, lang="nb")
    assert said.status == 0
    assert "Åpningstid og bemanning er slått sammen" in squeezed(said.out)
