"""Rules of the end of a shift by hand: finish, hand back, or the first who is free leaves. Times in minutes."""

from typing import Any

from simulator.scenario.model import Scenario
from tests.service.tracing import (
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


# --- end of shift ---------------------------------------------------------------------------------------


def test_at_the_end_of_a_shift_she_finishes_and_takes_nothing_new() -> None:
    scenario = closing_phone(shift(0, 60, "phone"), shift(90, 120, "phone"), open_="always")
    check(
        trace(scenario, [call(50, 20), call(55, 10, patience=100), call(75, 10, patience=1)]),
        answered(by=0, start=50, end=70),
        answered(by=1, start=90, end=100, wait=35),
        went("abandoned", wait=1),
    )


def handing_back(*shifts: dict[str, Any], **channels: Any) -> Scenario:
    return service(channels or {"phone": rules()}, *shifts, shift_end="hand_back")


def test_a_call_is_handed_to_an_idle_colleague() -> None:
    scenario = handing_back(shift(0, 60, "phone"), shift(0, 120, "phone"))
    ledger = trace(scenario, [call(50, 20), call(62, 5)])
    check(
        ledger,
        answered(by=0, start=50, end=70),  # who took it first
        answered(by=1, start=70, end=75, wait=8),
    )
    assert time_of(ledger, "busy") == [10, 15]
    assert time_of(ledger, "slot") == [10, 15]
    assert time_of(ledger, "overtime") == [0, 0]


def test_a_call_is_handed_to_a_colleague_whose_shift_starts_at_that_very_instant() -> None:
    scenario = handing_back(shift(0, 60, "phone"), shift(60, 120, "phone"))
    ledger = trace(scenario, [call(50, 20, wrap_up=5), call(62, 5)])
    check(ledger, answered(by=0, start=50, end=70), answered(by=1, start=75, end=80, wait=13))
    assert time_of(ledger, "busy") == [10, 20]
    assert time_of(ledger, "overtime") == [0, 0]


def test_even_where_the_colleague_who_starts_has_the_lower_index() -> None:
    scenario = handing_back(shift(60, 120, "phone"), shift(0, 60, "phone"))
    ledger = trace(scenario, [call(50, 20)])
    check(ledger, answered(by=1, start=50, end=70))
    assert time_of(ledger, "busy") == [10, 10]
    assert time_of(ledger, "overtime") == [0, 0]


def test_a_call_that_nobody_can_take_over_is_finished() -> None:
    scenario = handing_back(shift(0, 60, "phone"), shift(0, 120, "phone"))
    ledger = trace(scenario, [call(50, 20), call(51, 60)])
    check(ledger, answered(by=0, start=50, end=70), answered(by=1, start=51, end=111))
    assert time_of(ledger, "overtime") == [10, 0]


def test_only_those_who_answer_the_channel_take_over() -> None:
    scenario = handing_back(shift(0, 60, "phone"), shift(0, 120, "chat"), phone=rules(), chat=rules())
    ledger = trace(scenario, [call(50, 20)])
    check(ledger, answered(by=0, start=50, end=70))
    assert time_of(ledger, "slot") == [20, 0]
    assert time_of(ledger, "overtime") == [10, 0]


def test_colleagues_at_other_sites_take_nothing_over() -> None:
    scenario = service({"phone": rules()}, shift(0, 60, "phone"), sites=with_sites(north={}), shift_end="hand_back")
    assert time_of(trace(scenario, [call(50, 20)]), "overtime") == [10, 0]


def test_wrap_up_is_not_handed_over() -> None:
    scenario = handing_back(shift(0, 60, "phone"), shift(0, 120, "phone"))
    ledger = trace(scenario, [call(45, 10, wrap_up=15), call(61, 5)])
    check(ledger, answered(by=0, start=45, end=55), answered(by=1, start=61, end=66))
    assert time_of(ledger, "overtime") == [10, 0]


def test_nothing_is_handed_to_a_colleague_whose_shift_ends_at_that_very_instant() -> None:
    scenario = handing_back(shift(0, 60, "phone", people=2))
    ledger = trace(scenario, [call(50, 20)])
    check(ledger, answered(by=0, start=50, end=70))
    assert time_of(ledger, "overtime") == [10, 0], "she takes nothing new at the end of her shift"


def test_two_who_end_together_hand_over_to_the_one_who_stays() -> None:
    scenario = handing_back(shift(0, 60, "phone", people=2), shift(0, 120, "phone", people=2))
    ledger = trace(scenario, [call(50, 20), call(51, 21)])
    check(ledger, answered(by=0, start=50, end=70), answered(by=1, start=51, end=72))
    assert time_of(ledger, "slot") == [10, 9, 10, 12]
    assert time_of(ledger, "overtime") == [0, 0, 0, 0]


def test_chats_are_handed_over_with_their_remaining_work() -> None:
    chat_rules = rules(speed_by_level=HALF_PACE)
    scenario = handing_back(shift(0, 60, "chat", chats=2), shift(55, 120, "chat", chats=2), chat=chat_rules)
    ledger = trace(scenario, [chat(40, 40), chat(50, 40)])
    # By 60 the first has done 10 + 5, the second 5; at the colleague's both go on at half pace: 25 left -> 110,
    # the second then 10 left alone -> 120.
    check(ledger, answered(by=0, start=40, end=110), answered(by=0, start=50, end=120))
    assert time_of(ledger, "slot") == [20 + 10, 50 + 60]
    assert time_of(ledger, "overtime") == [0, 0]


def test_chats_without_room_elsewhere_are_finished_at_their_own_pace() -> None:
    chat_rules = rules(speed_by_level=HALF_PACE)
    scenario = handing_back(shift(0, 60, "chat", chats=2), shift(54, 120, "chat", chats=2), chat=chat_rules)
    ledger = trace(scenario, [chat(40, 40), chat(50, 40), chat(55, 30)])
    # The first goes to the colleague beside her own (25 left each, half pace: 110); the second stays, alone: 35 left.
    check(
        ledger,
        answered(by=0, start=40, end=110),
        answered(by=0, start=50, end=95),
        answered(by=1, start=55, end=110),
    )
    assert time_of(ledger, "overtime") == [35, 0]
    assert time_of(ledger, "slot") == [20 + 45, 55 + 50]


def test_chats_are_handed_to_the_least_loaded() -> None:
    scenario = handing_back(shift(0, 60, "chat", chats=2), shift(55, 200, "chat", chats=2, people=2), chat=rules())
    ledger = trace(scenario, [chat(40, 100), chat(41, 100)])
    check(ledger, answered(by=0, start=40, end=140), answered(by=0, start=41, end=141))
    assert time_of(ledger, "slot") == [20 + 19, 80, 81]


def test_a_chat_in_wrap_up_stays_and_still_slows_what_stays() -> None:
    chat_rules = rules(speed_by_level=HALF_PACE)
    scenario = handing_back(shift(0, 60, "chat", chats=2), chat=chat_rules)
    ledger = trace(scenario, [chat(40, 10, wrap_up=20), chat(50, 20)])
    # Wrap-up 50-70: the second does 10 at half pace until 70, then 10 alone: 80.
    check(ledger, answered(by=0, start=40, end=50), answered(by=0, start=50, end=80))
    assert time_of(ledger, "overtime") == [20]


def test_a_conversation_handed_over_goes_before_those_who_wait() -> None:
    scenario = handing_back(shift(0, 60, "phone"), shift(60, 120, "phone"))
    check(
        trace(scenario, [call(50, 20), call(55, 5)]),
        answered(by=0, start=50, end=70),
        answered(by=1, start=70, end=75, wait=15),
    )


def test_a_colleague_lays_her_written_question_aside_to_take_over() -> None:
    scenario = handing_back(shift(0, 60, "phone"), shift(0, 120, "phone", "sms"), phone=rules(), sms=rules())
    rows = [call(50, 20), {"at": 55, "work": 30, "channel": "sms"}]
    ledger = trace(scenario, rows)
    check(ledger, answered(by=0, start=50, end=70), answered(by=1, start=55, end=95, wait=0))
    assert time_of(ledger, "slot") == [10, 10 + 30]


def test_handing_over_respects_the_sites_own_duty_work() -> None:
    roster = {"north": {"a": shift(0, 60, "phone"), "b": shift(50, 120, "phone")}}
    scenario = service(
        {"phone": rules()}, shift(*ALL_DAY, "phone"), sites=with_sites(north={}), roster=roster, shift_end="hand_back"
    )
    ledger = trace(scenario, [call(45, 30, origin="north")], spells={"north": [(55, 90)]})
    check(ledger, answered(by=1, site=1, start=45, end=75))
    assert time_of(ledger, "overtime") == [0, 15, 0], "the only colleague is held by own duty work"


# --- the first who is free leaves -----------------------------------------------------------------------


def standing_in(*shifts: dict[str, Any], **channels: Any) -> Scenario:
    return service(channels or {"phone": rules()}, *shifts, shift_end="first_free_leaves")


def test_nobody_idle_starts_while_as_many_are_busy_as_are_on_duty() -> None:
    scenario = standing_in(shift(0, 60, "phone"), shift(0, 120, "phone"))
    check(
        trace(scenario, [call(50, 20), call(51, 14), call(62, 5), call(69, 5, patience=0.5), call(80, 5)]),
        answered(by=0, start=50, end=70),
        answered(by=1, start=51, end=65),  # idle from 65, but the one on duty is the one who finishes until 70
        answered(by=1, start=70, end=75, wait=8),
        went("abandoned", wait=0.5),
        answered(by=1, start=80, end=85, wait=0),
    )


def test_as_many_idle_are_held_as_still_finish() -> None:
    scenario = standing_in(shift(0, 60, "phone"), shift(0, 120, "phone", people=2))
    check(
        trace(scenario, [call(50, 20), call(61, 30), call(62, 5)]),
        answered(by=0, start=50, end=70),
        answered(by=1, start=61, end=91),  # two on duty, one busy
        answered(by=2, start=70, end=75, wait=8),  # two busy until 70
    )


def test_standing_in_ends_with_the_wrap_up() -> None:
    scenario = standing_in(shift(0, 60, "phone"), shift(0, 120, "phone"))
    check(
        trace(scenario, [call(50, 15, wrap_up=5), call(62, 5)]),
        answered(by=0, start=50, end=65),
        answered(by=1, start=70, end=75, wait=8),
    )


def test_a_second_chat_may_start_where_one_is_in_hand() -> None:
    scenario = standing_in(shift(0, 60, "chat", chats=2), shift(0, 120, "chat", chats=2), chat=rules())
    check(
        trace(scenario, [chat(50, 20), chat(51, 14), chat(62, 2), chat(66, 5)]),
        answered(by=0, start=50, end=70),
        answered(by=1, start=51, end=65),
        answered(by=1, start=62, end=64, wait=0),  # not idle: a place beside the chat in hand
        answered(by=1, start=70, end=75, wait=4),
    )


def test_a_shift_that_starts_when_another_ends_makes_up_for_it() -> None:
    scenario = standing_in(shift(0, 60, "phone"), shift(60, 120, "phone"), shift(60, 120, "phone"))
    check(
        trace(scenario, [call(50, 20), call(55, 5), call(56, 5)]),
        answered(by=0, start=50, end=70),
        answered(by=1, start=60, end=65, wait=5),
        answered(by=1, start=65, end=70, wait=9),
    )
