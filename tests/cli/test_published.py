"""`backtest` and `overview`: the model beside what is published. They take some seconds, so each is run but twice."""

import math
import re
from pathlib import Path

import pytest

from simulator.evidence import evidence, number, search
from tests.cli.commands import everything_in, figure, squeezed, strict_json

KEYS = {"figure", "published", "source", "status", "mean", "low", "high", "held_out", "verdict", "place"}
MUST_SHOW = {
    "chat-answered-2024": 8770,
    "chat-answered-2023": 19150,
    "phone-answered-2024": 14242,
    "chat-answered-2023-hours-closed-2024": 10140,
    "chat-answered-2023-00-04": 5043,
    "chat-answered-march-2024": 974,
    "phone-answered-june-2024": 1473,
    "chat-peak-day-2024": 49,
    "calls-per-day-oslo-2024": 3.5,
    "calls-per-day-asker-og-baerum-2024": 1.8,
    "calls-per-day-romerike-2024": 1.5,
    "calls-per-day-trondheim-2024": 1.3,
}
YEAR_TOTALS = ("chat-answered-2024", "chat-answered-2023", "phone-answered-2024", "phone-answered-2023")


def test_the_back_test_stands_beside_every_published_figure(typed, desk):
    said = typed("backtest", "--worlds", "30", "--replications", "2", "--json", "-", lang="nb")
    assert said.err == ""
    document = said.document()
    assert list(document) == ["figures"]
    rows = {row["figure"]: row for row in document["figures"]}
    assert len(rows) == len(document["figures"])
    assert {name: rows[name]["published"] for name in MUST_SHOW} == MUST_SHOW
    known = {entry.id for entry in search("")}
    for name, row in rows.items():
        assert set(row) >= KEYS and name in known
        assert (row["published"], row["source"], row["status"]) == (
            pytest.approx(number(name), rel=1e-5),
            evidence(name).source,
            evidence(name).status,
        )
        assert row["low"] <= row["mean"] <= row["high"] and row["mean"] > 0
        assert row["verdict"] in {"agrees", "differs"} and isinstance(row["held_out"], bool)
    assert 0 < sum(row["held_out"] for row in rows.values()) < len(rows)
    for name in YEAR_TOTALS:  # two years' mean; the whole tolerance is the study's test
        assert math.isclose(rows[name]["mean"], rows[name]["published"], rel_tol=0.1), name
    assert said.status == int(any(row["verdict"] == "differs" for row in rows.values() if not row["held_out"]))
    assert list(desk.iterdir()) == []


def test_the_overview_tells_what_the_hours_cost(typed_whole, desk):
    said = typed_whole(*("--lang", "nb", "overview", "--worlds", "5", "--replications", "2", "--json", "oversikt.json"))
    assert (said.status, said.err) == (0, "")
    shown = squeezed(said.out)
    assert "10 140" in shown and "5 043" in shown and "19 150" in shown
    assert "Forutsatt" in shown or "Antatt" in shown
    assert "channels.chat.patience.mean_min" in shown or "channels.phone.patience.mean_min" in shown
    document = strict_json((desk / "oversikt.json").read_text("utf-8"))
    assert list(document) == ["blocks", "before", "scenario", "manifest", "measures"]
    blocks = {row["block"]: row for row in document["blocks"]}
    assert {name: row["published"] for name, row in blocks.items()} == {
        "all": 19150,
        "window": 9010,
        "closed": 10140,
        "night": 5043,
    }
    assert blocks["closed"]["mean"] + blocks["window"]["mean"] == pytest.approx(blocks["all"]["mean"], rel=1e-4)
    assert blocks["night"]["mean"] < blocks["closed"]["mean"]
    before = {"measures": document["before"]}
    assert figure(before, "persons", "chat")["mean"] == figure(document, "persons", "chat")["mean"]
    assert figure(before, "met_closed", "chat")["mean"] == 0 < figure(document, "met_closed", "chat")["mean"]
    (folder,) = (desk / "results").iterdir()
    assert str(Path("results") / folder.name) in said.out.replace("\n", "")
    assert {"manifest.json", "measures.csv", "measures.parquet", "report.html"} <= set(everything_in(folder))
    assert re.search(r"2023-demand-2024-hours-[0-9a-f]{12}$", folder.name)


@pytest.mark.parametrize("command", ["backtest", "overview"])
def test_one_year_has_no_noise_and_is_still_json(typed, desk, without_documents, command):
    said = typed(command, "--worlds", "one", "--replications", "1", "--workers", "1", "--json", "-")
    assert said.status in {0, 1}
    rows = said.document()["figures" if command == "backtest" else "blocks"]
    assert all(row["noise"] is None and row["mean"] > 0 for row in rows)
