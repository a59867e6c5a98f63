"""Rules of opening and closing by hand. Times in minutes; channels close at 60 unless said otherwise."""

from typing import Any

import pytest

from simulator.scenario.model import Scenario
from simulator.service import make_plan
from tests.service.tracing import (
    NOBODY,
    answered,
    check,
    clock,
    rules,
    service,
    shift,
    time_of,
    trace,
    went,
    with_sites,
)

HOUR = clock(0, 60)
ALL_DAY = (0, 1440)
HALF_PACE = [1.0, 0.5]


def chat(at: float, work: float, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "chat", **fields}


def call(at: float, work: float, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "phone", **fields}


def closing_phone(*shifts: dict[str, Any], open_: Any = HOUR, **closing: Any) -> Scenario:
    return service({"phone": rules(open=open_, closing=closing)}, *(shifts or (shift(*ALL_DAY, "phone"),)))


# --- closing --------------------------------------------------------------------------------------------


def test_outside_opening_everybody_meets_a_closed_channel() -> None:
    scenario = closing_phone(open_=["00:30-01:00", "01:30-02:00"])
    closed = went("met_closed", wait=0, then="lost", by=NOBODY, start=None, end=None)
    check(
        trace(scenario, [call(0, 5), call(30, 5), call(60, 5), call(89, 5), call(90, 5), call(120, 5)]),
        closed,
        answered(by=0, start=30, end=35),
        closed,
        closed,
        answered(by=0, start=90, end=95),
        closed,
    )


def test_at_closing_the_waiting_are_turned_away_and_conversations_are_finished() -> None:
    check(
        trace(closing_phone(), [call(50, 20), call(55, 5), call(59, 5)]),
        answered(by=0, start=50, end=70),
        went("turned_away_at_closing", wait=5, then="lost", by=NOBODY, start=None, end=None),
        went("turned_away_at_closing", wait=1, then="lost"),
    )


def test_each_closing_turns_away_anew() -> None:
    scenario = closing_phone(open_=["00:00-00:20", "00:40-01:00"])
    check(
        trace(scenario, [call(0, 50), call(10, 5), call(45, 5), call(49, 5, patience=1), call(55, 20), call(56, 5)]),
        answered(by=0, start=0, end=50),
        went("turned_away_at_closing", wait=10),
        answered(by=0, start=50, end=55),
        went("abandoned", wait=1),
        answered(by=0, start=55, end=75),
        went("turned_away_at_closing", wait=4),
    )


def test_one_channel_closing_leaves_the_other_alone() -> None:
    scenario = service({"phone": rules(), "chat": rules(open=HOUR)}, shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "chat"))
    check(
        trace(scenario, [call(50, 20), chat(50, 20), call(55, 5), chat(55, 5)]),
        answered(by=0, start=50, end=70),
        answered(by=1, start=50, end=70),
        answered(by=0, start=70, end=75, wait=15),
        went("turned_away_at_closing", wait=5),
    )


def test_overtime_is_what_is_worked_after_the_own_shift() -> None:
    on_shift = trace(closing_phone(), [call(50, 20, wrap_up=5)])
    assert time_of(on_shift, "busy") == [25]
    assert time_of(on_shift, "overtime") == [0]
    after_shift = trace(closing_phone(shift(0, 60, "phone")), [call(50, 20, wrap_up=5)])
    assert time_of(after_shift, "busy") == [10]
    assert time_of(after_shift, "overtime") == [15]
    assert time_of(after_shift, "staffed") == [60]
    assert time_of(after_shift, "slot") == [25]


def test_overtime_of_chats_is_time_not_chats() -> None:
    scenario = service({"chat": rules(open=HOUR, speed_by_level=HALF_PACE)}, shift(0, 60, "chat", chats=2))
    ledger = trace(scenario, [chat(50, 20), chat(50, 10)])
    # At half pace 5 each by 60; the second ends 70, the first then has 10 left: 80.
    check(ledger, answered(by=0, start=50, end=80), answered(by=0, start=50, end=70))
    assert time_of(ledger, "overtime") == [20]
    assert time_of(ledger, "slot") == [30 + 20]


def test_a_shift_that_begins_again_turns_overtime_into_duty() -> None:
    shifts = {"hours": ["00:00-01:00", "01:30-02:00"], "counsellors": 1, "answers": ["phone"]}
    ledger = trace(closing_phone(shifts, open_="always"), [call(50, 60), call(55, 5, patience=100)])
    check(ledger, answered(by=0, start=50, end=110), answered(by=0, start=110, end=115))
    assert time_of(ledger, "busy") == [10 + 20 + 5]
    assert time_of(ledger, "overtime") == [30]
    assert time_of(ledger, "staffed") == [90]


# --- hard stop ------------------------------------------------------------------------------------------


def test_hard_stop_ends_conversations_at_closing_without_wrap_up() -> None:
    scenario = closing_phone(shift(0, 60, "phone", people=2), conversations="hard_stop")
    ledger = trace(scenario, [call(50, 20, wrap_up=10), call(40, 15, wrap_up=10), call(58, 1)])
    check(
        ledger,
        answered(by=0, start=40, end=55),  # its wrap-up was running and goes on to 65
        answered(by=1, start=50, end=60),
        went("turned_away_at_closing", wait=2),
    )
    assert time_of(ledger, "overtime") == [5, 0]
    assert time_of(ledger, "slot") == [25, 10]


def test_hard_stop_of_one_channel_frees_the_counsellor_for_another() -> None:
    chat_rules = rules(open=HOUR, closing={"conversations": "hard_stop"}, speed_by_level=HALF_PACE)
    scenario = service({"phone": rules(), "chat": chat_rules}, shift(*ALL_DAY, "phone", "chat", chats=2))
    ledger = trace(scenario, [chat(50, 20), chat(50, 30), call(55, 10)])
    check(
        ledger,
        answered(by=0, start=50, end=60),
        answered(by=0, start=50, end=60),
        answered(by=0, start=60, end=70, wait=5),
    )
    assert time_of(ledger, "slot") == [10 + 10 + 10]


def test_hard_stop_leaves_other_channels_conversations_alone() -> None:
    phone = rules(open=HOUR, closing={"conversations": "hard_stop"})
    scenario = service({"phone": phone, "chat": rules()}, shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "chat", chats=2))
    check(
        trace(scenario, [call(50, 20), chat(50, 20), chat(51, 20)]),
        answered(by=0, start=50, end=60),
        answered(by=1, start=50, end=70),
        answered(by=1, start=51, end=71),
    )


def test_hard_stop_reaches_the_sites() -> None:
    phone = rules(open=HOUR, closing={"conversations": "hard_stop"})
    scenario = service({"phone": phone}, shift(*ALL_DAY, "phone"), sites=with_sites(north={}))
    check(trace(scenario, [call(50, 20, origin="north")]), answered(by=1, site=1, start=50, end=60))


def test_hard_stop_beside_a_wrap_up_keeps_the_place_taken() -> None:
    chat_rules = rules(open=["00:00-01:00", "01:02-02:00"], closing={"conversations": "hard_stop"})
    scenario = service({"chat": chat_rules}, shift(*ALL_DAY, "chat", chats=2))
    check(
        trace(scenario, [chat(50, 5, wrap_up=15), chat(50, 30), chat(62, 30), chat(62, 30)]),
        answered(by=0, start=50, end=55),
        answered(by=0, start=50, end=60),
        answered(by=0, start=62, end=92),
        answered(by=0, start=70, end=100, wait=8),
    )


# --- last admission -------------------------------------------------------------------------------------


def test_nobody_new_in_the_last_minutes_but_those_who_wait_stay() -> None:
    rows = [call(40, 12), call(49.99, 3), call(50, 1), call(53, 1, patience=0), call(60, 1)]
    check(
        trace(closing_phone(last_admission_min=10), rows),
        answered(by=0, start=40, end=52),
        answered(by=0, start=52, end=55),
        went("turned_away_at_closing", wait=0, then="lost", by=NOBODY),
        went("turned_away_at_closing", wait=0),
        went("met_closed", wait=0),
    )


def test_no_admission_at_all_where_the_window_is_shorter() -> None:
    check(trace(closing_phone(last_admission_min=90), [call(0, 1)]), went("turned_away_at_closing", wait=0))


def test_last_admission_counts_back_from_each_closing() -> None:
    scenario = closing_phone(open_=["00:00-00:20", "00:40-01:00"], last_admission_min=5)
    check(
        trace(scenario, [call(14, 1), call(15, 1), call(40, 1), call(54, 1), call(55, 1)]),
        answered(by=0, start=14, end=15),
        went("turned_away_at_closing"),
        answered(by=0, start=40, end=41),
        answered(by=0, start=54, end=55),
        went("turned_away_at_closing"),
    )


# --- windows --------------------------------------------------------------------------------------------


def test_touching_windows_are_one_opening() -> None:
    scenario = closing_phone(open_=["00:00-00:30", "00:30-01:00"])
    check(
        trace(scenario, [call(20, 20), call(25, 5)]),
        answered(by=0, start=20, end=40),
        answered(by=0, start=40, end=45, wait=15),
    )


def test_touching_windows_of_two_days_are_one_opening() -> None:
    parts = {"mon": "20:00-24:00", "tue": "00:00-02:00"}
    scenario = service({"phone": rules(open=parts)}, shift(*ALL_DAY, "phone"), days=2)
    check(
        trace(scenario, [call(1430, 20), call(1435, 5), call(1559, 5), call(1560, 5)]),
        answered(by=0, start=1430, end=1450),
        answered(by=0, start=1450, end=1455, wait=15),
        answered(by=0, start=1559, end=1564),
        went("met_closed"),
    )


def test_a_shift_across_midnight_is_one_shift() -> None:
    by_day = {"mon": "20:00-24:00", "tue": "00:00-02:00"}
    hand = {"hours": by_day, "counsellors": 1, "answers": ["phone"]}
    scenario = service({"phone": rules()}, hand, shift(1200, 1680, "phone"), days=2, shift_end="hand_back")
    assert make_plan(scenario).counsellors[0].shifts_ms.tolist() == [[1200 * 60_000, 1560 * 60_000]]
    ledger = trace(scenario, [call(1430, 20)])
    assert time_of(ledger, "busy") == [20, 0]


def test_windows_across_midnight_belong_to_the_day_they_start() -> None:
    scenario = service(
        {"phone": rules(open={"mon": "22:00-02:00"})}, shift(*ALL_DAY, "phone"), days=2, first_day="2024-01-15"
    )
    check(
        trace(scenario, [call(60, 5), call(1320, 5), call(1500, 5), call(1560, 5), call(2760, 5)]),
        went("met_closed"),  # Monday 01:00: Sunday's night is closed
        answered(by=0, start=1320, end=1325),
        answered(by=0, start=1500, end=1505),  # Tuesday 01:00: still Monday's window
        went("met_closed"),
        went("met_closed"),  # Tuesday evening
    )


def test_the_night_before_the_first_day_runs_into_it() -> None:
    scenario = service({"phone": rules(open="22:00-02:00")}, shift(1320, 1560, "phone"))
    check(
        trace(scenario, [call(100, 30), call(110, 30), call(120, 30)]),
        answered(by=0, start=100, end=130),
        went("turned_away_at_closing", wait=10),
        went("met_closed"),
    )


# --- end of the period ----------------------------------------------------------------------------------


def test_nothing_new_happens_after_the_period_and_conversations_are_finished() -> None:
    scenario = service({"phone": rules(redial={"probability": 1, "mean_min": 1})}, shift(*ALL_DAY, "phone"))
    rows = [
        call(1430, 30, wrap_up=10),
        call(1432, 10),  # still waits at 1440
        call(1433, 10, patience=5, redial_delay=10, redial_u=0),  # would try again at 1448
    ]
    ledger = trace(scenario, rows, attempts=2)
    check(
        ledger,
        answered(by=0, start=1430, end=1460),
        went("unfinished", wait=8, then="none", start=None, end=None, by=NOBODY),
        went("abandoned", wait=5, then="redial"),
    )
    assert time_of(ledger, "busy") == [10]
    assert time_of(ledger, "staffed") == [1440]
    assert time_of(ledger, "overtime") == [0]


def test_the_period_ends_with_the_last_window_that_starts_in_it() -> None:
    scenario = service({"phone": rules(open="22:00-02:00")}, shift(1320, 1560, "phone"))
    plan = make_plan(scenario)
    assert plan.end_ms == 1560 * 60_000
    ledger = trace(scenario, [call(1430, 20), call(1435, 5), call(1439, 300), call(1439, 5)])
    check(
        ledger,
        answered(by=0, start=1430, end=1450),
        answered(by=0, start=1450, end=1455),
        answered(by=0, start=1455, end=1755),
        went("turned_away_at_closing", wait=121),
    )
    assert time_of(ledger, "staffed") == [120 + 240]
    assert time_of(ledger, "busy") == [20 + 5 + 105]
    assert time_of(ledger, "overtime") == [195]


def test_overtime_after_the_period_counts_from_the_end_of_the_shift() -> None:
    late = {"hours": {"daily": "22:00-01:00"}, "counsellors": 1, "answers": ["phone"]}
    scenario = service({"phone": rules(open="16:00-24:00")}, late)
    ledger = trace(scenario, [call(1430, 120)])  # 23:50 to 01:50; her shift ends at 01:00
    check(ledger, answered(by=0, start=1430, end=1550))
    assert time_of(ledger, "overtime") == [50]


@pytest.mark.parametrize("people", [0, 1])
def test_an_empty_roster_answers_nobody(people: int) -> None:
    scenario = closing_phone(shift(0, 60, "phone", people=people))
    ledger = trace(scenario, [call(10, 5)])
    assert len(ledger) == 1
    assert (ledger.fate[0] == 0) == (people == 1)
    assert time_of(ledger, "staffed") == [60.0] * people
