"""Rules of the phone by hand: queue, patience, wrap-up, places and balking. Times in minutes."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.service import make_plan, serve
from tests.service.tracing import (
    NOBODY,
    answered,
    check,
    contacts_of,
    rules,
    service,
    shift,
    time_of,
    trace,
    went,
)

PHONE = {"phone": rules()}
ALL_DAY = (0, 1440)


# --- one queue ------------------------------------------------------------------------------------------


def test_first_come_first_served() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"))
    rows = [{"at": 0, "work": 10}, {"at": 1, "work": 5}, {"at": 2, "work": 1}, {"at": 3, "work": 2}]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=10, wait=0),
        answered(by=0, start=10, end=15, wait=9),
        answered(by=0, start=15, end=16, wait=13),
        answered(by=0, start=16, end=18, wait=13),
    )


def test_who_runs_out_of_patience_leaves_and_the_next_moves_up() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"))
    rows = [{"at": 0, "work": 10}, {"at": 1, "work": 5, "patience": 4}, {"at": 2, "work": 3, "patience": 9}]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=10),
        went("abandoned", wait=4, by=NOBODY, then="lost", start=None, end=None),
        answered(by=0, start=10, end=13, wait=8),
    )


def test_no_patience_is_needed_where_somebody_is_free() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"))
    rows = [{"at": 0, "work": 10, "patience": 0}, {"at": 1, "work": 5, "patience": 0}]
    check(trace(scenario, rows), answered(by=0, start=0, end=10), went("abandoned", wait=0))


def test_wrap_up_holds_the_counsellor_but_not_the_caller() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"))
    rows = [{"at": 0, "work": 5, "wrap_up": 5}, {"at": 6, "work": 2}]
    ledger = trace(scenario, rows)
    check(ledger, answered(by=0, start=0, end=5), answered(by=0, start=10, end=12, wait=4))
    assert time_of(ledger, "busy") == [12]
    assert time_of(ledger, "slot") == [12]


def test_no_place_to_wait() -> None:
    scenario = service({"phone": rules(max_waiting=0)}, shift(*ALL_DAY, "phone"))
    rows = [{"at": 0, "work": 10}, {"at": 9, "work": 5}, {"at": 11, "work": 5}]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=10),
        went("blocked", wait=0, then="lost", by=NOBODY),
        answered(by=0, start=11, end=16, wait=0),
    )


def test_places_in_the_queue_are_counted_and_come_free() -> None:
    scenario = service({"phone": rules(max_waiting=2)}, shift(*ALL_DAY, "phone"))
    rows = [
        {"at": 0, "work": 10},
        {"at": 1, "work": 1, "patience": 3},  # leaves at 4
        {"at": 2, "work": 1},
        {"at": 3, "work": 1},  # both places taken
        {"at": 5, "work": 1},  # one is free again
        {"at": 6, "work": 1},
    ]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=10),
        went("abandoned", wait=3),
        answered(by=0, start=10, end=11),
        went("blocked", wait=0),
        answered(by=0, start=11, end=12),
        went("blocked", wait=0),
    )


def test_some_turn_in_the_door_but_only_where_they_must_wait() -> None:
    scenario = service({"phone": rules(balking=0.25)}, shift(*ALL_DAY, "phone"))
    rows = [
        {"at": 0, "work": 10, "balk_u": 0.0},
        {"at": 1, "work": 1, "balk_u": 0.2499},
        {"at": 2, "work": 1, "balk_u": 0.25},
    ]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=10),
        went("balked", wait=0, then="lost", by=NOBODY),
        answered(by=0, start=10, end=11, wait=8),
    )


def test_a_call_takes_a_whole_counsellor_whatever_she_could_chat() -> None:
    scenario = service({"phone": rules(), "chat": rules()}, shift(*ALL_DAY, "phone", "chat", chats=3))
    rows = [{"at": 0, "work": 10}, {"at": 1, "work": 5}]
    check(trace(scenario, rows), answered(by=0, start=0, end=10), answered(by=0, start=10, end=15))


@pytest.mark.parametrize("channels", [{"phone": rules(open="closed")}, {"chat": rules()}])
def test_a_phone_that_never_opens_answers_nobody(channels: dict[str, Any]) -> None:
    scenario = service(channels, shift(*ALL_DAY, "phone", "chat"))
    fate = went("met_closed", wait=0, then="lost", by=NOBODY, channel="phone")
    check(trace(scenario, [{"at": 0, "work": 5}, {"at": 700, "work": 5}]), fate, fate)


def test_contacts_and_plan_must_start_together() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"))
    contacts = contacts_of(scenario, [{"at": 0, "work": 1}])
    with pytest.raises(ValueError, match="different instants"):
        serve(replace(contacts, epoch_ms=contacts.epoch_ms + 1), make_plan(scenario))
