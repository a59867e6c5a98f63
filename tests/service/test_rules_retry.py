"""Rules of trying again by hand: redial, phone instead, come back after the opening, lost. Times in minutes."""

from typing import Any

import pytest

from simulator.scenario.model import Scenario
from tests.service.tracing import NOBODY, answered, check, clock, rules, service, shift, trace, went, with_sites

ALL_DAY = (0, 1440)


def chat(at: float, work: float = 10, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "chat", **fields}


def call(at: float, work: float = 10, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "phone", **fields}


# --- redial ---------------------------------------------------------------------------------------------


def redialling(**phone: Any) -> Scenario:
    redial = {"probability": 0.5, "mean_min": 1}
    return service({"phone": rules(redial=redial, **phone)}, shift(*ALL_DAY, "phone"))


def test_who_gave_up_tries_again_on_the_same_channel_in_a_row_of_her_own() -> None:
    rows = [call(0, 30), call(1, 5, patience=4, redial_u=0.49, redial_delay=30)]
    check(
        trace(redialling(), rows, attempts=3),
        answered(by=0, start=0, end=30, person=0, attempt=0),
        went("abandoned", wait=4, then="redial", person=1, attempt=0, at=1, by=NOBODY, start=None),
        answered(by=0, start=35, end=40, person=1, attempt=1, at=35, wait=0),
    )


def test_the_share_who_try_again_is_a_threshold_on_their_own_number() -> None:
    rows = [call(0, 30), call(1, 5, patience=4, redial_u=0.5, redial_delay=30)]
    check(
        trace(redialling(), rows, attempts=3), answered(by=0, start=0, end=30), went("abandoned", wait=4, then="lost")
    )


def test_who_turned_in_the_door_may_try_again() -> None:
    rows = [call(0, 30), call(1, 5, balk_u=[0.1, 0.9], redial_u=0, redial_delay=10)]
    check(
        trace(redialling(balking=0.2), rows, attempts=2),
        answered(by=0, start=0, end=30),
        went("balked", wait=0, then="redial"),
        answered(by=0, start=30, end=35, at=11, wait=19, attempt=1),
    )


def test_who_found_no_place_may_try_again() -> None:
    rows = [call(0, 30), call(1, 5, redial_u=0, redial_delay=29)]
    check(
        trace(redialling(max_waiting=0), rows, attempts=2),
        answered(by=0, start=0, end=30),
        went("blocked", wait=0, then="redial"),
        answered(by=0, start=30, end=35, at=30, attempt=1),
    )


def test_attempts_are_limited_and_the_last_failure_is_lost() -> None:
    rows = [call(0, 300), call(1, 5, patience=2, redial_u=0, redial_delay=[10, 20, 30])]
    check(
        trace(redialling(), rows, attempts=3),
        answered(by=0, start=0, end=300),
        went("abandoned", at=1, then="redial", attempt=0),
        went("abandoned", at=13, then="redial", attempt=1),
        went("abandoned", at=35, then="lost", attempt=2),
    )


def test_each_attempt_has_its_own_patience_and_its_own_mind() -> None:
    rows = [call(0, 60), call(1, 5, patience=[2, 50], redial_u=[0, 1], redial_delay=10), call(2, 5, patience=60)]
    check(
        trace(redialling(), rows, attempts=3),
        answered(by=0, start=0, end=60),
        went("abandoned", at=1, wait=2, then="redial"),
        answered(by=0, start=60, end=65, person=2),
        went("abandoned", at=13, wait=50, then="lost", person=1),
    )


def test_who_tries_again_goes_to_the_end_of_the_queue() -> None:
    rows = [call(0, 30), call(1, 5, patience=[4, 60], redial_u=0, redial_delay=10), call(10, 5)]
    check(
        trace(redialling(), rows, attempts=2),
        answered(by=0, start=0, end=30),
        went("abandoned", person=1),
        answered(by=0, start=30, end=35, person=2),
        answered(by=0, start=35, end=40, person=1, at=15, wait=20),
    )


def test_who_was_answered_does_not_try_again() -> None:
    check(trace(redialling(), [call(0, 5, redial_u=0, redial_delay=1)], attempts=5), answered(by=0, start=0, end=5))


def test_a_redial_goes_through_the_callers_own_site_again() -> None:
    redial = {"probability": 1, "mean_min": 1}
    scenario = service(
        {"phone": rules(redial=redial, max_waiting=0)},
        shift(*ALL_DAY, "phone"),
        sites=with_sites(north={"busy": "wait"}),
    )
    rows = [call(0, 30, origin="north"), call(1, 5, origin="north", redial_u=0, redial_delay=[10, 40])]
    check(
        trace(scenario, rows, attempts=4),
        answered(by=1, site=1, start=0, end=30),
        went("blocked", site=1, at=1, then="redial"),
        went("blocked", site=1, at=11, then="redial"),
        answered(by=1, site=1, start=51, end=56),
    )


def test_a_redial_may_meet_a_closed_channel_and_then_decides_by_the_closed_rule() -> None:
    channel = rules(
        open=["00:00-01:00", "02:00-03:00"],
        redial={"probability": 1, "mean_min": 1},
        when_closed={"come_back": 0.5},
    )
    scenario = service({"phone": channel}, shift(*ALL_DAY, "phone"))
    rows = [call(0, 59), call(40, 5, patience=5, redial_u=0, redial_delay=20, closed_u=0.4, return_delay=7)]
    check(
        trace(scenario, rows, attempts=4),
        answered(by=0, start=0, end=59),
        went("abandoned", at=40, then="redial"),
        went("met_closed", at=65, then="return", wait=0, attempt=1),
        answered(by=0, start=127, end=132, at=127, attempt=2),
    )


# --- closed ---------------------------------------------------------------------------------------------


SECOND_HOUR = clock(60, 120)


def two_channels(chat_open: Any = SECOND_HOUR, closed: Any = None, phone: Any = None, **parts: Any) -> Scenario:
    channels = {
        "phone": rules(**(phone or {})),
        "chat": rules(open=chat_open, when_closed=closed or {"phone_instead": 0.2, "come_back": 0.3}),
    }
    return service(channels, shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "chat"), **parts)


@pytest.mark.parametrize(
    ("u", "then"),
    [(0.0, "phone"), (0.1999, "phone"), (0.2, "return"), (0.4999, "return"), (0.5, "lost"), (1.0, "lost")],
)
def test_one_number_decides_what_a_closed_chat_leads_to(u: float, then: str) -> None:
    ledger = trace(two_channels(), [chat(0, closed_u=u, return_delay=1)], attempts=3)
    check(ledger, *([went("met_closed", then=then, wait=0)] + [went("answered")] * (then != "lost")))


def test_some_phone_at_once_and_the_call_takes_as_long_as_a_call() -> None:
    check(
        trace(two_channels(), [chat(10, 40, phone_work=7, closed_u=0.1)], attempts=2),
        went("met_closed", then="phone", channel="chat", attempt=0, at=10),
        answered(by=0, start=10, end=17, channel="phone", attempt=1, at=10),
    )


def test_a_call_instead_of_a_chat_comes_to_the_callers_own_site() -> None:
    scenario = two_channels(sites=with_sites(north={}))
    check(
        trace(scenario, [chat(10, 40, phone_work=7, closed_u=0.1, origin="north")], attempts=2),
        went("met_closed", then="phone"),
        answered(by=2, site=1, start=10, end=17),
    )


def test_a_call_instead_of_a_chat_is_redialled_as_a_call() -> None:
    phone = {"redial": {"probability": 1, "mean_min": 1}}
    rows = [call(0, 30), chat(10, closed_u=0.1, phone_work=5, patience=5, redial_u=0, redial_delay=25)]
    check(
        trace(two_channels(phone=phone), rows, attempts=3),
        answered(by=0, start=0, end=30),
        went("met_closed", then="phone"),
        went("abandoned", then="redial", channel="phone", wait=5, attempt=1),
        answered(by=0, start=40, end=45, channel="phone", attempt=2),
    )


def test_phoning_instead_needs_an_attempt_that_is_left() -> None:
    check(trace(two_channels(), [chat(10, closed_u=0.1)], attempts=1), went("met_closed", then="lost"))


def test_a_phone_that_is_closed_too_has_a_rule_of_its_own() -> None:
    phone = {"open": clock(30, 60), "when_closed": {"come_back": 0.5}}
    rows = [
        chat(0, closed_u=[0.1, 0.4], phone_work=5, return_delay=3),
        chat(1, closed_u=[0.1, 0.5], phone_work=5, return_delay=3),
    ]
    check(
        trace(two_channels(phone=phone), rows, attempts=3),
        went("met_closed", then="phone", person=0, channel="chat"),
        went("met_closed", then="return", person=0, channel="phone", at=0, attempt=1),
        went("met_closed", then="phone", person=1, channel="chat"),
        went("met_closed", then="lost", person=1, channel="phone", at=1, attempt=1),
        answered(by=0, start=33, end=38, person=0, channel="phone", attempt=2),
    )


def test_whoever_phones_cannot_phone_instead() -> None:
    phone = {"open": "closed", "when_closed": {"phone_instead": 1.0}}
    check(trace(two_channels(phone=phone), [call(0, closed_u=0)], attempts=3), went("met_closed", then="lost"))


def test_without_a_phone_who_phones_instead_is_lost() -> None:
    channels = {"chat": rules(open=clock(60, 120), when_closed={"phone_instead": 1.0})}
    check(
        trace(service(channels, shift(*ALL_DAY, "chat")), [chat(0, closed_u=0)], attempts=3),
        went("met_closed", then="phone", channel="chat"),
        went("met_closed", then="lost", channel="phone", at=0),
    )


def test_who_comes_back_does_so_after_the_next_opening() -> None:
    check(
        trace(two_channels(), [chat(0, 10, closed_u=0.3, return_delay=15)], attempts=2),
        went("met_closed", then="return", at=0),
        answered(by=1, start=75, end=85, at=75, attempt=1, channel="chat"),
    )


def test_a_return_that_meets_a_closed_channel_decides_anew() -> None:
    windows = ["01:00-02:00", "05:00-06:00"]
    rows = [chat(0, closed_u=[0.3, 0.1], return_delay=90, phone_work=5)]
    check(
        trace(two_channels(windows), rows, attempts=5),
        went("met_closed", then="return", at=0),
        went("met_closed", then="phone", at=150, attempt=1),
        answered(by=0, start=150, end=155, channel="phone", attempt=2),
    )


def test_a_return_may_miss_the_opening_again() -> None:
    windows = ["01:00-02:00", "05:00-06:00"]
    rows = [chat(0, 5, closed_u=0.3, return_delay=[90, 30])]
    check(
        trace(two_channels(windows), rows, attempts=5),
        went("met_closed", then="return", at=0),
        went("met_closed", then="return", at=150, attempt=1),
        answered(by=1, start=330, end=335, at=330, attempt=2),
    )


def test_returns_too_are_limited() -> None:
    windows = ["01:00-02:00", "05:00-06:00"]
    check(
        trace(two_channels(windows), [chat(0, closed_u=0.3, return_delay=90)], attempts=2),
        went("met_closed", then="return", at=0),
        went("met_closed", then="lost", at=150, attempt=1),
    )


def test_who_is_turned_away_at_closing_follows_the_closed_rule() -> None:
    windows = ["01:00-02:00", "05:00-06:00"]
    rows = [
        chat(100, 60),
        chat(110, closed_u=0.1, phone_work=5),
        chat(111, 5, closed_u=0.3, return_delay=4),
        chat(112, closed_u=0.9),
    ]
    check(
        trace(two_channels(windows), rows, attempts=3),
        answered(by=1, start=100, end=160),
        went("turned_away_at_closing", wait=10, then="phone", person=1),
        went("turned_away_at_closing", wait=9, then="return", person=2),
        went("turned_away_at_closing", wait=8, then="lost", person=3),
        answered(by=0, start=120, end=125, person=1, channel="phone", at=120),
        answered(by=1, start=304, end=309, person=2, channel="chat", at=304),
    )


def test_who_comes_after_the_last_admission_follows_the_closed_rule() -> None:
    closing = {"last_admission_min": 10}
    closed = {"phone_instead": 0.2, "come_back": 0.3}
    windows = ["01:00-02:00", "05:00-06:00"]
    channels = {"phone": rules(), "chat": rules(open=windows, when_closed=closed, closing=closing)}
    scenario = service(channels, shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "chat"))
    rows = [chat(112, closed_u=0.1, phone_work=5), chat(115, 5, closed_u=0.3, return_delay=4)]
    check(
        trace(scenario, rows, attempts=3),
        went("turned_away_at_closing", wait=0, then="phone"),
        answered(by=0, start=112, end=117, channel="phone"),
        went("turned_away_at_closing", wait=0, then="return"),
        answered(by=1, start=304, end=309, at=304),
    )


def test_who_would_come_back_to_a_channel_that_never_opens_again_is_lost() -> None:
    scenario = two_channels({"dates": {"2024-01-15": clock(60, 120)}})
    check(trace(scenario, [chat(130, closed_u=0.3, return_delay=1)], attempts=3), went("met_closed", then="lost"))


def test_who_comes_back_after_the_period_is_still_out_not_lost() -> None:
    scenario = two_channels()  # open 01-02 every day; the period is one day
    check(
        trace(scenario, [chat(130, closed_u=0.3, return_delay=1)], attempts=3),
        went("met_closed", then="return"),  # tomorrow 01:01, when the run is over
    )


def test_no_closed_rule_loses_everyone() -> None:
    channels = {"phone": rules(), "chat": rules(open=clock(60, 120))}
    scenario = service(channels, shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "chat"))
    check(trace(scenario, [chat(0, closed_u=0.0, return_delay=1)], attempts=3), went("met_closed", then="lost"))
