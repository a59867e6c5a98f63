"""Two whole evenings of fixed contacts against published traces: TRACE-1 (phone) and TRACE-3 (chat)."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario.model import Scenario
from simulator.service import Yardstick, Year, make_plan, serve
from simulator.service.keys import Key
from simulator.service.ledger import Ledger
from tests.service.tracing import contacts_of, rules, service, shift, shown, table, time_of

CASES = {case["id"]: case for case in json.loads((Path(__file__).parents[1] / "cases" / "public.json").read_text())}
FATE = {"served": "answered", "abandoned": "abandoned", "met_closed": "met_closed"}
MS = 1 / 60_000


def rows_of(case: dict[str, Any], work: str, channel: str) -> list[dict[str, Any]]:
    return [
        {"id": name, "at": at, "work": length, "patience": patience, "channel": channel}
        for name, at, length, patience in case["params"][f"contacts_id_arrival_{work}_patience"]
    ]


def served(scenario: Scenario, rows: list[dict[str, Any]]) -> tuple[Ledger, dict[str, dict[str, Any]]]:
    ledger = serve(contacts_of(scenario, rows), make_plan(scenario))
    return ledger, {row["id"]: shown(ledger, number) for number, row in enumerate(rows)}


def trace_1() -> tuple[Scenario, list[dict[str, Any]]]:
    case = CASES["TRACE-1"]
    shifts = [shift(start, end, "phone") for start, end in case["params"]["shifts"]]
    scenario = service({"phone": rules(open="00:00-01:00")}, *shifts)
    return scenario, rows_of(case, "service", "phone")


@pytest.mark.case("TRACE-1")
def test_phone_evening_to_the_millisecond() -> None:
    scenario, rows = trace_1()
    ledger, found = served(scenario, rows)
    assert len(ledger) == len(rows)
    for name, expected in CASES["TRACE-1"]["expected"]["contacts"].items():
        assert found[name]["fate"] == FATE[expected["outcome"]], f"{name}\n{table(ledger)}"
        assert found[name]["wait"] == expected["wait"], f"{name}\n{table(ledger)}"
        if expected["outcome"] == "served":
            assert (found[name]["by"], found[name]["end"]) == (expected["server"], expected["end"]), name


@pytest.mark.case("TRACE-1")
def test_figures_of_the_phone_evening() -> None:
    scenario, rows = trace_1()
    kpi = CASES["TRACE-1"]["expected"]["kpi"]
    plan = make_plan(scenario)
    contacts = contacts_of(scenario, rows)
    ledger = serve(contacts, plan)
    yardstick = Yardstick(scenario, plan)
    tops, bottoms = yardstick.observe(Year(contacts, plan, ledger))
    figure = {
        key.measure: top / bottom
        for key, top, bottom in zip(yardstick.keys, tops, bottoms, strict=True)
        if key == Key(key.measure, "phone") or key == Key(key.measure)
        if bottom
    }
    assert figure["answered"] == kpi["answered"]
    assert figure["abandoned"] == kpi["abandoned"]
    assert figure["turned_away_at_closing"] == kpi["refused_at_close"]
    assert figure["met_closed"] == kpi["met_closed"]
    assert figure["wait_mean_min"] == pytest.approx(kpi["asa_served"], rel=1e-12)
    assert figure["answered_within_target_share"] == kpi["answered_within_2"] / 12  # 12 met open, target 2 minutes
    assert sum(time_of(ledger, "overtime")) == kpi["overtime_minutes"]
    assert figure["overtime_hours"] == pytest.approx(kpi["overtime_minutes"] / 60, rel=1e-12)
    assert ledger.end_ms.max() * MS == kpi["last_end"]
    assert ledger.wait_ms.max() * MS == kpi["longest_wait"]


@pytest.mark.case("TRACE-3")
def test_chat_evening_within_a_millisecond_per_change_of_pace() -> None:
    case = CASES["TRACE-3"]
    params = case["params"]
    chat = rules(open="00:00-01:00", speed_by_level=params["speed_by_level"])
    scenario = service({"chat": chat}, shift(0, 60, "chat", people=params["counsellors"], chats=params["slots"]))
    rows = rows_of(case, "work", "chat")
    ledger, found = served(scenario, rows)
    assert len(ledger) == len(rows)
    for name, expected in case["expected"]["contacts"].items():
        assert found[name]["fate"] == FATE[expected["outcome"]], f"{name}\n{table(ledger)}"
        changes = 2 * sum(each["by"] == found[name]["by"] for each in found.values())
        tolerance = changes * MS + 1e-8  # the case itself is rounded to eight decimals
        assert found[name]["wait"] == pytest.approx(expected["wait"], abs=tolerance), name
        if expected["outcome"] == "served":
            assert found[name]["by"] == expected["counsellor"], f"{name}\n{table(ledger)}"
            assert found[name]["start"] == pytest.approx(expected["start"], abs=tolerance), name
            assert found[name]["end"] == pytest.approx(expected["end"], abs=tolerance), name
            assert found[name]["end"] >= expected["end"] - 1e-8, "an end is rounded up, never down"
