"""Rules of serving out a queue after closing, by hand. Times in minutes; the phone closes at 60."""

from typing import Any

from simulator.scenario.model import Scenario
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


# --- serving out the queue ------------------------------------------------------------------------------


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


def test_a_shift_that_ends_before_closing_is_over_whoever_waits() -> None:
    scenario = serving_out(shift(0, 50, "phone"), shift(0, 60, "phone"))
    ledger = trace(scenario, [call(30, 31), call(31, 59), call(40, 10)])
    check(
        ledger,
        answered(by=0, start=30, end=61),  # she went home while somebody waited: the channel was still open
        answered(by=1, start=31, end=90),
        answered(by=1, start=90, end=100, wait=50),
    )
    assert time_of(ledger, "overtime") == [11, 40]


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


def test_who_stayed_for_a_sites_queue_goes_home_when_it_moves_to_the_centre() -> None:
    windows = ["00:00-01:00", "02:00-03:00"]
    roster = {"north": {"1 early": shift(0, 60, "phone"), "2 late": shift(130, 180, "phone")}}
    scenario = service(
        {"phone": rules(open=windows, closing={"serve_out_queue": True})},
        shift(*ALL_DAY, "phone"),
        sites=with_sites(north={"busy": "wait", "open": ["00:00-01:05", "02:00-03:00"]}),
        roster=roster,
    )
    rows = [call(50, 20, origin="north"), call(55, 10, origin="north"), call(125, 10, origin="north")]
    check(
        trace(scenario, rows),
        answered(by=1, site=1, start=50, end=70),
        answered(by=0, site=0, start=65, end=75, wait=10),  # the site closes at 65; the early shift has nobody left
        answered(by=2, site=1, start=130, end=140, wait=5),
    )
