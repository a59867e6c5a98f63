"""The order of simultaneous events, pair by pair, by hand.

Service ends; shifts start, then end; assignment to the head of the queue; abandonments; ring-outs; closing; opening;
arrivals and returns. Ties inside a kind go by index. Times in minutes; what is tied happens at 10 or at 60.
"""

from typing import Any

from tests.service.tracing import answered, check, clock, rules, service, shift, time_of, trace, went, with_sites

ALL_DAY = (0, 1440)
PHONE = {"phone": rules()}


def chat(at: float, work: float, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "chat", **fields}


def call(at: float, work: float = 10, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "phone", **fields}


def test_a_service_that_ends_saves_who_would_give_up_at_that_instant() -> None:
    check(
        trace(service(PHONE, shift(*ALL_DAY, "phone")), [call(0), call(2, patience=8)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=10, end=20, wait=8),
    )


def test_a_service_that_ends_with_the_shift_is_no_overtime_and_no_handover() -> None:
    scenario = service(PHONE, shift(0, 10, "phone"), shift(0, 60, "phone"), shift_end="hand_back")
    ledger = trace(scenario, [call(0)])
    check(ledger, answered(by=0, start=0, end=10))
    assert time_of(ledger, "slot") == [10, 0]
    assert time_of(ledger, "overtime") == [0, 0]


def test_a_shift_that_ends_takes_nothing_at_its_end() -> None:
    check(
        trace(service(PHONE, shift(0, 10, "phone")), [call(0), call(2, patience=20)]),
        answered(by=0, start=0, end=10),
        went("abandoned", wait=20),
    )


def test_a_shift_that_starts_saves_who_would_give_up_at_that_instant() -> None:
    check(
        trace(service(PHONE, shift(10, 60, "phone")), [call(2, patience=8)]), answered(by=0, start=10, end=20, wait=8)
    )


def test_a_shift_that_starts_takes_over_from_one_that_ends() -> None:
    scenario = service(PHONE, shift(0, 10, "phone"), shift(10, 60, "phone"), shift_end="hand_back")
    assert time_of(trace(scenario, [call(5, 10)]), "slot") == [5, 5]


def test_who_arrives_at_the_start_of_a_shift_finds_somebody() -> None:
    check(
        trace(service(PHONE, shift(10, 60, "phone")), [call(10, patience=0)]), answered(by=0, start=10, end=20, wait=0)
    )


def test_who_arrives_at_the_end_of_a_shift_finds_nobody() -> None:
    check(trace(service(PHONE, shift(0, 10, "phone")), [call(10, patience=0)]), went("abandoned", wait=0))


def test_who_waits_goes_before_who_arrives() -> None:
    check(
        trace(service(PHONE, shift(*ALL_DAY, "phone")), [call(0), call(9), call(10)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=10, end=20),
        answered(by=0, start=20, end=30),
    )


def test_who_arrives_when_a_service_ends_is_served_at_once() -> None:
    scenario = service({"phone": rules(max_waiting=0)}, shift(*ALL_DAY, "phone"))
    check(
        trace(scenario, [call(0), call(10)]), answered(by=0, start=0, end=10), answered(by=0, start=10, end=20, wait=0)
    )


def test_who_gives_up_leaves_the_place_to_who_arrives() -> None:
    scenario = service({"phone": rules(max_waiting=1)}, shift(*ALL_DAY, "phone"))
    check(
        trace(scenario, [call(0, 20), call(1, patience=9), call(10)]),
        answered(by=0, start=0, end=20),
        went("abandoned", wait=9),
        answered(by=0, start=20, end=30),
    )


def test_giving_up_comes_before_closing() -> None:
    scenario = service({"phone": rules(open=clock(0, 10))}, shift(*ALL_DAY, "phone"))
    check(
        trace(scenario, [call(0, 20), call(2, patience=8), call(3, patience=8)]),
        answered(by=0, start=0, end=20),
        went("abandoned", wait=8),
        went("turned_away_at_closing", wait=7),
    )


def test_assignment_comes_before_closing() -> None:
    scenario = service({"phone": rules(open=clock(0, 10))}, shift(*ALL_DAY, "phone"))
    check(
        trace(scenario, [call(0), call(2), call(3)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=10, end=20, wait=8),
        went("turned_away_at_closing", wait=7),
    )


def test_a_service_that_ends_at_a_hard_stop_keeps_its_wrap_up() -> None:
    scenario = service(
        {"phone": rules(open=clock(0, 10), closing={"conversations": "hard_stop"})}, shift(*ALL_DAY, "phone", people=2)
    )
    ledger = trace(scenario, [call(0, 10, wrap_up=5), call(0, 11, wrap_up=5)])
    check(ledger, answered(by=0, start=0, end=10), answered(by=1, start=0, end=10))
    assert time_of(ledger, "slot") == [15, 10]


RINGS = {"busy": "centre_after_ring", "ring_s": 300}


def test_giving_up_comes_before_the_ring_is_out() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"), sites=with_sites(north=RINGS))
    rows = [call(0, 30, origin="north"), call(5, patience=5, origin="north")]
    check(trace(scenario, rows), answered(by=1, start=0, end=30), went("abandoned", wait=5, site=1))


def test_a_line_that_comes_free_when_the_ring_is_out_takes_the_call() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"), sites=with_sites(north=RINGS))
    rows = [call(0, 10, origin="north"), call(5, origin="north")]
    check(trace(scenario, rows), answered(by=1, start=0, end=10), answered(by=1, site=1, start=10, end=20, wait=5))


def test_the_ring_is_out_before_closing() -> None:
    scenario = service({"phone": rules(open=clock(0, 10))}, shift(*ALL_DAY, "phone"), sites=with_sites(north=RINGS))
    rows = [call(0, 30, origin="north"), call(5, origin="north")]
    check(trace(scenario, rows), answered(by=1, start=0, end=30), answered(by=0, site=0, start=10, end=20, wait=5))


def test_the_ring_is_out_before_who_arrives() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"), sites=with_sites(north=RINGS))
    rows = [call(0, 30, origin="north"), call(5, origin="north"), call(10)]
    check(
        trace(scenario, rows),
        answered(by=1, start=0, end=30),
        answered(by=0, start=10, end=20),
        answered(by=0, start=20, end=30),
    )


def test_the_phone_closes_before_a_site_that_closes_with_it() -> None:
    sites = with_sites(north={"busy": "wait", "open": clock(0, 10)})
    scenario = service({"phone": rules(open=clock(0, 10))}, shift(*ALL_DAY, "phone"), sites=sites)
    rows = [call(0, 30, origin="north"), call(5, origin="north")]
    check(trace(scenario, rows), answered(by=1, start=0, end=30), went("turned_away_at_closing", wait=5, site=1))


def test_one_channel_opens_when_another_closes_before_anybody_arrives() -> None:
    channels = {"phone": rules(open=clock(10, 60)), "chat": rules(open=clock(0, 10), when_closed={"phone_instead": 1})}
    scenario = service(channels, shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "chat"))
    rows = [chat(0, 30), chat(5, 10, closed_u=0, phone_work=5), call(10, 5)]
    check(
        trace(scenario, rows, attempts=2),
        answered(by=1, start=0, end=30),
        went("turned_away_at_closing", then="phone", wait=5),
        answered(by=0, start=10, end=15, person=1, wait=0),
        answered(by=0, start=15, end=20, person=2, wait=5),
    )


def test_who_arrives_at_the_opening_is_let_in_and_at_the_closing_is_not() -> None:
    scenario = service({"phone": rules(open=clock(10, 60))}, shift(*ALL_DAY, "phone"))
    check(
        trace(scenario, [call(9.99), call(10), call(60)]),
        went("met_closed"),
        answered(by=0, start=10, end=20),
        went("met_closed"),
    )


def test_who_comes_back_at_the_instant_of_opening_is_let_in() -> None:
    channel = rules(open=clock(10, 60), when_closed={"come_back": 1})
    scenario = service({"phone": channel}, shift(*ALL_DAY, "phone"))
    check(
        trace(scenario, [call(5, closed_u=0, return_delay=0)], attempts=2),
        went("met_closed", then="return"),
        answered(by=0, start=10, end=20, at=10),
    )


def test_a_site_that_opens_answers_who_calls_at_that_instant_and_one_that_closes_does_not() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone"), sites=with_sites(north={"open": clock(10, 60)}))
    rows = [call(10, 5, origin="north"), call(60, 5, origin="north")]
    check(trace(scenario, rows), answered(by=1, start=10, end=15), answered(by=0, start=60, end=65))


def test_a_spell_is_over_at_its_end_for_who_waits_and_who_calls() -> None:
    sites = with_sites(north={"busy": "wait", "lines": 2})
    scenario = service(PHONE, shift(*ALL_DAY, "phone"), sites=sites)
    rows = [call(0, 30, origin="north"), call(5, origin="north", patience=5), call(10, origin="north", patience=60)]
    check(
        trace(scenario, rows, spells={"north": [(0, 10)]}),
        answered(by=1, start=0, end=30),
        answered(by=2, start=10, end=20, wait=5),
        answered(by=2, start=20, end=30, wait=10),
    )


# --- ties inside a kind ---------------------------------------------------------------------------------


def test_counsellors_by_index() -> None:
    scenario = service(PHONE, shift(*ALL_DAY, "phone", people=3))
    check(
        trace(scenario, [call(0, 30), call(0, 10), call(0, 10), call(5), call(6), call(10, 1)]),
        answered(by=0, start=0, end=30),
        answered(by=1, start=0, end=10),
        answered(by=2, start=0, end=10),
        answered(by=1, start=10, end=20, wait=5),
        answered(by=2, start=10, end=20, wait=4),
        answered(by=1, start=20, end=21),
    )


def test_who_arrive_together_stand_in_the_order_of_persons() -> None:
    check(
        trace(service(PHONE, shift(*ALL_DAY, "phone")), [call(0, 5), call(0, 4), call(0, 3)]),
        answered(by=0, start=0, end=5, person=0),
        answered(by=0, start=5, end=9, person=1),
        answered(by=0, start=9, end=12, person=2),
    )


def test_returns_and_first_attempts_stand_in_the_order_of_persons() -> None:
    phone = {"phone": rules(redial={"probability": 1, "mean_min": 1})}
    scenario = service(phone, shift(20, 60, "phone"))
    rows = [
        call(0, 3, patience=5, redial_u=[0, 1], redial_delay=15),  # again at 20, decided at 5
        call(1, 4, patience=[1, 60], redial_u=[0, 1], redial_delay=18),  # again at 20, decided at 2
        call(20, 5, patience=60),
    ]
    check(
        trace(scenario, rows, attempts=2),
        went("abandoned", person=0),
        went("abandoned", person=1),
        answered(by=0, start=20, end=23, person=0, attempt=1),
        answered(by=0, start=23, end=27, person=1, attempt=1),
        answered(by=0, start=27, end=32, person=2, attempt=0),
    )


def test_all_services_that_end_together_end_before_anyone_is_taken() -> None:
    channels = {"phone": rules(), "chat": rules()}
    scenario = service(channels, shift(*ALL_DAY, "phone", "chat", chats=2))
    # Both chats end at 10: with one place free she could take no call, with both she can, and the call comes first.
    check(
        trace(scenario, [chat(0, 10), chat(0, 10), chat(1, 5), call(2, 5)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=0, end=10),
        answered(by=0, start=15, end=20),
        answered(by=0, start=10, end=15),
    )


def test_all_shifts_change_before_anyone_is_taken() -> None:
    scenario = service({"chat": rules()}, shift(10, 60, "chat"), shift(0, 10, "chat"), shift(10, 60, "chat"))
    check(
        trace(scenario, [chat(0, 9), chat(1, 5), chat(9.5, 5), chat(9.6, 5)]),
        answered(by=1, start=0, end=9),
        answered(by=1, start=9, end=14),
        answered(by=0, start=10, end=15),
        answered(by=2, start=10, end=15),
    )
