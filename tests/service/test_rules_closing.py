"""Rules of closing hours and ends of shift by hand. Times in minutes; the channels close at 60 unless said otherwise."""

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


# --- closing -----------------------------------------------------------------------------------------------------


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
    scenario = service(
        {"phone": rules(), "chat": rules(open=HOUR)}, shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "chat")
    )
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
    scenario = service(
        {"chat": rules(open=HOUR, speed_by_level=HALF_PACE)}, shift(0, 60, "chat", chats=2)
    )
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


# --- hard stop ---------------------------------------------------------------------------------------------------


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


# --- last admission ----------------------------------------------------------------------------------------------


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


# --- serving out the queue ------------------------------------------------------------------------------------------


def serving_out(*shifts: dict[str, Any], **parts: Any) -> Scenario:
    return service({"phone": rules(open=HOUR, closing={"serve_out_queue": True})}, *shifts, **parts)


def test_those_waiting_at_closing_are_still_answered_by_those_on_duty() -> None:
    rows = [call(50, 20), call(55, 10), call(56, 10, patience=20), call(57, 10), call(61, 5)]
    check(
        trace(serving_out(shift(*ALL_DAY, "phone")), rows),
        answered(by=0, start=50, end=70),
        answered(by=0, start=70, end=80, wait=15),
        went("abandoned", wait=20),
        answered(by=0, start=80, end=90, wait=23),
        went("met_closed", wait=0),
    )


def test_counsellors_whose_shift_ends_at_closing_stay_until_the_queue_is_empty() -> None:
    rows = [call(50, 20), call(52, 14), call(55, 10), call(56, 10), call(57, 1)]
    ledger = trace(serving_out(shift(0, 60, "phone", people=2)), rows)
    check(
        ledger,
        answered(by=0, start=50, end=70),
        answered(by=1, start=52, end=66),
        answered(by=1, start=66, end=76, wait=11),
        answered(by=0, start=70, end=80, wait=14),
        answered(by=1, start=76, end=77, wait=19),
    )
    assert time_of(ledger, "busy") == [10, 8]
    assert time_of(ledger, "overtime") == [20, 17]


def test_whoever_went_home_before_closing_does_not_come_back_for_the_queue() -> None:
    scenario = serving_out(shift(0, 60, "phone"), shift(0, 50, "phone"))
    rows = [call(40, 50), call(45, 16), call(55, 5)]
    ledger = trace(scenario, rows)
    check(
        ledger,
        answered(by=0, start=40, end=90),
        answered(by=1, start=45, end=61),
        answered(by=0, start=90, end=95, wait=35),
    )
    assert time_of(ledger, "overtime") == [35, 11]


def test_who_stays_goes_home_when_the_last_who_waited_gives_up() -> None:
    scenario = service(
        {"phone": rules(open=["00:00-01:00", "01:15-02:00"], closing={"serve_out_queue": True})},
        shift(0, 60, "phone"),
    )
    rows = [call(50, 30), call(55, 5, patience=10), call(78, 5, patience=10)]
    check(
        trace(scenario, rows),
        answered(by=0, start=50, end=80),
        went("abandoned", wait=10),
        went("abandoned", wait=10),  # of the next opening: nobody is on duty
    )


def test_who_stays_for_the_phone_queue_takes_no_chats() -> None:
    channels = {"phone": rules(open=HOUR, closing={"serve_out_queue": True}), "chat": rules()}
    scenario = service(channels, shift(0, 60, "phone", "chat"))
    check(
        trace(scenario, [call(50, 20), call(55, 10), chat(56, 10, patience=60)]),
        answered(by=0, start=50, end=70),
        answered(by=0, start=70, end=80, wait=15),
        went("abandoned", wait=60),
    )


def test_who_stays_for_the_phone_queue_takes_it_even_if_chats_would_come_first() -> None:
    channels = {"phone": rules(open=HOUR, closing={"serve_out_queue": True}), "chat": rules()}
    scenario = service(channels, shift(0, 60, "chat", "phone"))
    check(
        trace(scenario, [call(50, 20), call(55, 10), chat(56, 10, patience=60)]),
        answered(by=0, start=50, end=70),
        answered(by=0, start=70, end=80, wait=15),  # she may take no chat any more, so none is ahead
        went("abandoned", wait=60),
    )


def test_who_stays_for_the_phone_queue_answers_no_written_questions() -> None:
    channels = {"phone": rules(open=HOUR, closing={"serve_out_queue": True}), "sms": rules()}
    scenario = service(channels, shift(0, 60, "phone", "sms"))
    sms = {"at": 40, "work": 5, "channel": "sms"}
    check(
        trace(scenario, [call(30, 40), sms, call(55, 10)]),
        answered(by=0, start=30, end=70),
        went("unfinished", by=NOBODY),
        answered(by=0, start=70, end=80),
    )


def test_a_chat_queue_is_served_out_at_the_pace_of_what_is_in_hand() -> None:
    chat_rules = rules(open=HOUR, closing={"serve_out_queue": True}, speed_by_level=HALF_PACE)
    scenario = service({"chat": chat_rules}, shift(0, 60, "chat", chats=2))
    # Both at half pace from 50: the first ends 70, the second has 10 left; the third joins: both half pace, 80 and
    # 90: third 5 of work at half pace -> 80; second then 5 left alone -> 85.
    check(
        trace(scenario, [chat(50, 10), chat(50, 20), chat(55, 5), chat(60, 5)]),
        answered(by=0, start=50, end=70),
        answered(by=0, start=50, end=85),
        answered(by=0, start=70, end=80, wait=15),
        went("met_closed"),
    )


def test_a_queue_at_a_site_is_served_out_by_the_sites_people() -> None:
    sites = with_sites(north={"busy": "wait"})
    scenario = serving_out(shift(*ALL_DAY, "phone"), sites=sites)
    rows = [call(50, 20, origin="north"), call(55, 10, origin="north")]
    check(
        trace(scenario, rows),
        answered(by=1, site=1, start=50, end=70),
        answered(by=1, site=1, start=70, end=80, wait=15),
    )


def test_people_of_a_site_whose_shift_ends_at_closing_stay_for_its_queue() -> None:
    sites = with_sites(north={"busy": "wait"})
    roster = {"north": {"evening": shift(0, 60, "phone")}}
    scenario = serving_out(shift(*ALL_DAY, "phone"), sites=sites, roster=roster)
    rows = [call(50, 20, origin="north"), call(55, 10, origin="north")]
    check(
        trace(scenario, rows),
        answered(by=1, site=1, start=50, end=70),
        answered(by=1, site=1, start=70, end=80, wait=15),
    )


# --- end of shift --------------------------------------------------------------------------------------------------


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
    scenario = service(
        {"phone": rules()}, shift(0, 60, "phone"), sites=with_sites(north={}), shift_end="hand_back"
    )
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
    scenario = handing_back(
        shift(0, 60, "phone"), shift(0, 120, "phone", "sms"), phone=rules(), sms=rules()
    )
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


# --- the first who is free leaves --------------------------------------------------------------------------------


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


# --- windows -------------------------------------------------------------------------------------------------------


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


# --- end of the period ------------------------------------------------------------------------------------------------


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
