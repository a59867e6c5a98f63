"""The formulas' columns: the published case, loads that are known exactly, and the ladder of their own targets."""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from simulator import servers_for_service_level
from simulator.scenario import load
from simulator.service.theory import laws
from simulator.service.theory.infinite import stepped_load
from simulator.study.staffing.columns import MOL, SIPP, Column, Server, both_columns, hourly_people, offered_load
from simulator.study.staffing.slots import Slots
from simulator.study.staffing.targets import WITHIN_SHARE, Target, parse_target

CASES = Path(__file__).parents[2] / "cases" / "public.json"
STAFF_1 = next(case for case in json.loads(CASES.read_text("utf-8")) if case["id"] == "STAFF-1")
ANSWERED = parse_target("answered_share_of_open>=90%", 120)


def plain(params: dict) -> Server:
    """One place each, exponential times, nobody who balks."""
    return Server(1, laws.exponential(1 / params["mu"]), 1 / params["theta"], 0.0, None)


def test_staff_1_by_the_public_name():
    params, expected = STAFF_1["params"], STAFF_1["expected"]
    found = [
        servers_for_service_level(
            rate, params["mu"], params["theta"], params["target_share_of_all_within"], params["sl_time"]
        )
        for rate in params["lambda_per_hour"]
    ]
    assert [servers for servers, _ in found] == expected["servers"]
    assert [attained for _, attained in found] == pytest.approx(expected["sl_attained"], rel=1e-6)


def test_staff_1_by_the_column_of_the_command():
    params, expected = STAFF_1["params"], STAFF_1["expected"]
    target = Target(WITHIN_SHARE, params["target_share_of_all_within"], 3600 * params["sl_time"])
    people, attained = hourly_people(params["lambda_per_hour"], plain(params), target)
    assert people.tolist() == expected["servers"]
    assert attained == pytest.approx(expected["sl_attained"], rel=1e-6)


def test_every_kind_of_target_is_read_off_the_formula():
    server = plain(STAFF_1["params"])
    answered, abandoned = (
        server.attained(4.0, 3, parse_target(text, 0)) for text in ("answered>=90%", "abandoned<=5%")
    )
    assert answered + abandoned == pytest.approx(1.0)
    assert server.attained(4.0, 3, Target(WITHIN_SHARE, 0.8, 1e6)) == pytest.approx(answered, rel=1e-6)


def test_a_queue_that_would_grow_for_ever_meets_nothing():
    endless = Server(1, laws.exponential(1.0), None, 0.0, None)
    assert np.isnan(endless.attained(3.0, 2, ANSWERED))
    assert Column(SIPP, (3.0,), endless, Target(WITHIN_SHARE, 0.8, 60.0), 20).people()[0] > 3


def test_a_steady_rate_round_the_clock_has_the_load_of_little():
    slots = Slots.of(load("2023-actual"), "chat", 60, "every-day")
    server = Server(2, laws.lognormal(0.875, 0.75), 0.1, 0.15, None)
    assert offered_load(slots, np.full(24, 3.0), server) == pytest.approx(np.full(24, 3.0 * 0.875), rel=1e-6)
    sipp, mol = both_columns(slots, np.full(24, 3.0), server, ANSWERED, 20)
    assert (sipp.people() == mol.people()).all()


def test_the_load_after_opening_begins_at_nothing_and_lags():
    slots = Slots.of(load("2024-actual"), "chat", 30, "weekday-weekend")
    server = Server(2, laws.exponential(0.875), 0.1, 0.0, None)
    found = offered_load(slots, np.full(len(slots), 3.0), server)
    opening = np.arange(13) * 0.5
    looks = (np.arange(6) + 0.5) / 12
    exact = [stepped_load([0.0, 6.5], [3.0], server.service, start + looks).mean() for start in opening]
    assert found[:13] == pytest.approx(exact, rel=1e-3)  # the night between leaves less than a thousandth
    assert found[0] < 0.3 * found[12]
    sipp, mol = both_columns(slots, np.full(len(slots), 3.0), server, ANSWERED, 20)
    assert (sipp.method, mol.method) == (SIPP, MOL)
    assert mol.people()[0] < sipp.people()[0]


def test_stricter_targets_of_its_own_never_take_anybody_away():
    column = Column(SIPP, (2.2, 3.4, 4.6), plain(STAFF_1["params"]), ANSWERED, 30)
    ladder = list(column.staffings())
    assert all(a[0] < b[0] and (a[1] <= b[1]).all() for a, b in pairwise(ladder))
    assert any((people == column.people()).all() for _, people in ladder)


def test_places_and_pace_of_chat_are_those_of_the_scenario():
    rules = load("2024-actual").channels.chat
    server = Server.of(rules, 2, is_chat=True)
    assert (server.places, server.balking) == (2, 0.15)
    assert server.service.mean == pytest.approx(42 / 0.8 / 60)
    assert Server.of(rules, 1, is_chat=True).service.mean == pytest.approx(42 / 60)
