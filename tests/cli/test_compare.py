"""``simulator compare`` as a user types it."""

from pathlib import Path

import pytest

from simulator.cli import comparing
from tests.cli.commands import everything_in, strict_json

SHIPPED = Path(__file__).parents[2] / "scenarios"
BASE, PLAN = SHIPPED / "2024-actual.yaml", SHIPPED / "open-to-02.yaml"
KEY = ("plan", "measure", "channel", "site", "hour", "weekday", "month")


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Drawing takes a second or two, and not every test looks at it."""
    monkeypatch.setattr("simulator.report.compared_page.figures", lambda found, lang: {})


@pytest.fixture
def late(small: str, desk: Path) -> str:
    """The small week with an hour more."""
    roster = "{kristiansand: {chat: {hours: '16:00-23:00'}}}"
    text = f"extends: {small}\ntitle: Sen chat\nchannels: {{chat: {{open: '16:00-23:00'}}}}\nroster: {roster}\n"
    (desk / "late.yaml").write_text(text, "utf-8")
    return "late.yaml"


def difference(document, plan, measure, channel="all", hour="all"):
    wanted = (plan, measure, channel, "all", hour, "all", "all")
    return next(each for each in document["differences"] if tuple(each[name] for name in KEY) == wanted)


def test_the_document_and_the_contacts_agree_exactly(typed, desk, without_figures):
    said = typed("compare", BASE, PLAN, "--worlds", 3, "--replications", 2, "--json", "-")
    assert said.status == 0
    document = said.document()
    contacts, reached = document["contacts"], difference(document, "open-to-02", "persons_reached")
    assert contacts["plan"] == "open-to-02" and contacts["totals"]["years"] == 6
    assert contacts["gained"] - contacts["lost"] == pytest.approx(reached["mean"], rel=1e-12)
    assert contacts["both"] + contacts["gained"] == pytest.approx(reached["other"], rel=1e-12)
    for hour in contacts["by_hour"]:
        mean = difference(document, "open-to-02", "persons_reached", hour=hour["hour"])["mean"]
        assert hour["gained"] - hour["lost"] == pytest.approx(mean, rel=1e-12, abs=1e-12)
    chats = difference(document, "open-to-02", "answered", "chat")["mean"]
    assert contacts["chats_gained"] - contacts["chats_lost"] == pytest.approx(chats, rel=1e-12)
    assert reached["variance_ratio"] > 4 and document["pairing"][0]["variance_ratio"] == reached["variance_ratio"]
    assert document["cost_per_reached"][0]["low"] < document["cost_per_reached"][0]["high"]
    assert document["precision"] is None
    assert {each["event"] for each in document["consequences"]} >= {"concern_reports", "emergency_contacts"}


def test_a_plan_with_itself(typed, small, without_figures):
    document = typed("compare", small, small, "--replications", 3, "--json", "-").document()
    assert document["plans"] == ["small (2)"]
    numbers = ("mean", "low", "high", "year_low", "year_high", "noise")
    assert {each[name] for each in document["differences"] for name in numbers} == {0}
    assert document["contacts"]["gained"] == document["contacts"]["lost"] == document["contacts"]["waited_longer"] == 0


def test_what_is_kept_and_where_it_is_said_to_lie(typed, small, late, desk):
    said = typed("compare", small, late, "--replications", 4, "--json", "found.json", "--out", "kept", lang="nb")
    assert said.status == 0 and "kept" in said.out
    (folder,) = (desk / "kept").iterdir()
    assert folder.name.startswith("compare-small-")
    found = everything_in(folder)
    names = {"differences", "contacts", "contacts_by_hour", "contacts_by_site", "consequences"}
    assert {"compare.json", "report.html", *(f"{name}.csv" for name in names)} <= set(found)
    assert sum(name.startswith("figures/") for name in found) == 4
    assert strict_json((desk / "found.json").read_text("utf-8")) == strict_json(found["compare.json"].decode())
    assert "Vinner svar" in found["report.html"].decode() and found["contacts.csv"].startswith(b"\xef\xbb\xbf")
    for words in ("Vinner svar", "Etter klokkeslettet", "Etter svarstedet", "Hva som kan ligge bak", "Paring av"):
        assert words in said.out
    again = typed("compare", small, late, "--replications", 4, "--workers", 1, "--out", "kept", lang="nb")
    assert again.status == 0 and everything_in(folder) == found


def test_of_several_plans_the_rest_is_in_the_report(typed, small, late, without_figures):
    said = typed("compare", small, late, small, "--replications", 2)
    assert said.status == 0 and "are in the report" in said.out and "By the hour" not in said.out


def test_as_precise_as_asked(typed, small, late, without_figures):
    said = typed("compare", small, late, "--precision", "40%", "--precision-of", "answered/chat", "--json", "-")
    document = said.document()
    assert document["precision"]["met"] and document["precision"]["reached"] <= 0.4
    assert document["precision"]["of"] == ["answered/chat"] and document["pairing"][0]["figure"] == "answered/chat"
    assert document["manifests"]["small"]["replications"] == document["contacts"]["totals"]["years"]
    short = typed("compare", small, late, "--precision", "0.1%", "--replications", 5)
    assert short.status == 0 and "The precision is not reached" in " ".join(short.out.split())


@pytest.mark.parametrize(
    ("words", "said_of_it"),
    [
        (["--precision-of", "answered/chat"], "--precision"),
        (["--precision", "2"], "precision"),
        (["--precision", "2%", "--precision-of", "answered/ung"], "answered/ung"),
        (["--workers", "2", "--dask", "tcp://127.0.0.1:1"], "--workers"),
        (["--replications", "0"], "0"),
        (["nothing.yaml"], "nothing.yaml"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(typed, small, desk, words, said_of_it):
    said = typed("compare", small, small, *words)
    assert said.status == 2 and said_of_it in said.err and "Traceback" not in said.err and said.out == ""
    assert [each.name for each in desk.iterdir()] == [small]


def test_years_unless_said():
    assert comparing._usual_years(alone=True, precise=False) == comparing.YEARS_ALONE
    assert comparing._usual_years(alone=False, precise=False) < comparing._usual_years(alone=False, precise=True)
    assert comparing._usual_years(alone=False, precise=True) < comparing._usual_years(alone=True, precise=True)
