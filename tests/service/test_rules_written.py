"""Rules of written questions by hand: work for idle hands, put down for everyone who waits. Times in minutes."""

from typing import Any

import pytest

from tests.service.tracing import NOBODY, answered, check, clock, rules, service, shift, time_of, trace, went

ALL_DAY = (0, 1440)
CHANNELS = {"phone": rules(), "chat": rules(), "sms": rules(), "email": rules(), "ung": rules()}


def sent(at: float, work: float, channel: str = "sms") -> dict[str, Any]:
    return {"at": at, "work": work, "channel": channel}


def call(at: float, work: float, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "phone", **fields}


def chat(at: float, work: float, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "chat", **fields}


def people(*shifts: dict[str, Any], **changed: Any) -> Any:
    return service({**CHANNELS, **changed}, *shifts)


def test_an_idle_counsellor_answers_written_questions_in_order() -> None:
    ledger = trace(people(shift(*ALL_DAY, "sms")), [sent(0, 30), sent(10, 20), sent(100, 5)])
    check(
        ledger,
        answered(by=0, start=0, end=30, wait=0),
        answered(by=0, start=30, end=50, wait=20),
        answered(by=0, start=100, end=105),
    )
    assert time_of(ledger, "busy") == [55]
    assert time_of(ledger, "slot") == [55]


def test_nobody_who_writes_gives_up() -> None:
    check(
        trace(people(shift(1000, 1100, "sms")), [{**sent(0, 30), "patience": 1}]),
        answered(by=0, start=1000, end=1030, wait=1000),
    )


def test_a_call_interrupts_and_the_rest_is_done_after_it() -> None:
    ledger = trace(people(shift(*ALL_DAY, "phone", "sms")), [sent(0, 30), call(10, 5, wrap_up=3)])
    check(ledger, answered(by=0, start=0, end=38, wait=0), answered(by=0, start=10, end=15, wait=0))
    assert time_of(ledger, "busy") == [38]
    assert time_of(ledger, "slot") == [38]


def test_a_chat_interrupts_even_where_there_are_more_places() -> None:
    scenario = people(shift(*ALL_DAY, "chat", "sms", chats=3))
    check(
        trace(scenario, [sent(0, 30), chat(10, 20), chat(25, 10)]),
        answered(by=0, start=0, end=55),
        answered(by=0, start=10, end=30),
        answered(by=0, start=25, end=35),
    )


def test_interrupted_again_and_again() -> None:
    scenario = people(shift(*ALL_DAY, "phone", "sms"))
    check(
        trace(scenario, [sent(0, 30), call(10, 5), call(20, 5), call(22, 5), call(39, 1)]),
        answered(by=0, start=0, end=46),  # 10 + 5 + 9 + 6 of work
        answered(by=0, start=10, end=15),
        answered(by=0, start=20, end=25),
        answered(by=0, start=25, end=30, wait=3),
        answered(by=0, start=39, end=40),
    )


def test_a_written_question_does_not_slow_a_chat() -> None:
    slow = rules(speed_by_level=[1.0, 0.5])
    scenario = people(shift(*ALL_DAY, "chat", "sms", chats=2), chat=slow)
    check(
        trace(scenario, [sent(0, 30), chat(10, 20)]), answered(by=0, start=0, end=50), answered(by=0, start=10, end=30)
    )


@pytest.mark.parametrize("answers", [("phone", "sms"), ("sms", "phone")])
def test_written_questions_come_after_all_who_wait_wherever_they_stand(answers: tuple[str, ...]) -> None:
    scenario = people(shift(*ALL_DAY, *answers))
    check(
        trace(scenario, [call(0, 10), sent(1, 5), call(2, 10), call(12, 10)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=30, end=35, wait=29),
        answered(by=0, start=10, end=20, wait=8),
        answered(by=0, start=20, end=30, wait=8),
    )


def test_who_waits_for_others_does_not_keep_her_from_writing() -> None:
    scenario = people(shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "sms"))
    check(
        trace(scenario, [call(0, 30), call(1, 30), sent(2, 5)]),
        answered(by=0, start=0, end=30),
        answered(by=0, start=30, end=60),
        answered(by=1, start=2, end=7, wait=0),
    )


def test_a_counsellor_in_wrap_up_is_not_idle() -> None:
    scenario = people(shift(*ALL_DAY, "chat", "sms", chats=2))
    check(
        trace(scenario, [chat(0, 10, wrap_up=10), sent(5, 5)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=20, end=25, wait=15),
    )


def test_of_several_with_idle_hands_the_lowest_index_writes() -> None:
    scenario = people(shift(10, 1440, "sms"), shift(*ALL_DAY, "sms"))
    check(
        trace(scenario, [sent(20, 10), sent(21, 10)]),
        answered(by=0, start=20, end=30),
        answered(by=1, start=21, end=31),
    )


def test_one_written_question_at_a_time() -> None:
    scenario = people(shift(*ALL_DAY, "chat", "sms", chats=3))
    check(
        trace(scenario, [sent(0, 30), sent(1, 30)]), answered(by=0, start=0, end=30), answered(by=0, start=30, end=60)
    )


def test_a_question_may_change_hands() -> None:
    scenario = people(shift(*ALL_DAY, "phone", "sms"), shift(15, 1440, "sms"))
    ledger = trace(scenario, [sent(0, 30), call(10, 60)])
    check(
        ledger,
        answered(by=0, start=0, end=35, wait=0),  # who took it first; the other has the last 20 from 15 on
        answered(by=0, start=10, end=70),
    )
    assert time_of(ledger, "slot") == [10 + 60, 20]


def test_a_question_laid_aside_passes_at_once_to_a_colleague_with_idle_hands() -> None:
    scenario = people(shift(*ALL_DAY, "phone", "sms"), shift(*ALL_DAY, "sms"))
    ledger = trace(scenario, [sent(0, 30), call(10, 60)])
    check(ledger, answered(by=0, start=0, end=30), answered(by=0, start=10, end=70))
    assert time_of(ledger, "slot") == [10 + 60, 20]


def test_the_oldest_question_is_taken_up_first() -> None:
    scenario = people(shift(*ALL_DAY, "phone", "sms"))
    check(
        trace(scenario, [sent(0, 30), sent(1, 10), call(5, 5)]),
        answered(by=0, start=0, end=35),
        answered(by=0, start=35, end=45, wait=34),
        answered(by=0, start=5, end=10),
    )


@pytest.mark.parametrize(("answers", "sms", "email"), [(("sms", "email"), 10, 15), (("email", "sms"), 15, 10)])
def test_the_order_of_answers_decides_between_kinds_of_questions(
    answers: tuple[str, ...], sms: int, email: int
) -> None:
    scenario = people(shift(*ALL_DAY, "phone", *answers))
    check(
        trace(scenario, [call(0, 10), sent(1, 5, "sms"), sent(2, 5, "email")]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=sms, end=sms + 5),
        answered(by=0, start=email, end=email + 5),
    )


def test_an_urgent_kind_does_not_interrupt_another() -> None:
    scenario = people(shift(*ALL_DAY, "sms", "ung"))
    check(
        trace(scenario, [sent(0, 30, "ung"), sent(1, 5, "sms")]),
        answered(by=0, start=0, end=30),
        answered(by=0, start=30, end=35),
    )


def test_a_call_goes_to_the_one_who_writes_nothing() -> None:
    scenario = people(shift(*ALL_DAY, "phone", "sms", people=2))
    check(
        trace(scenario, [sent(0, 30), call(10, 5), call(11, 5)]),
        answered(by=0, start=0, end=34),  # laid aside at 11; the second has empty hands at 15: 19 left
        answered(by=1, start=10, end=15),
        answered(by=0, start=11, end=16),
    )


def test_the_end_of_a_shift_puts_the_question_down() -> None:
    scenario = people(shift(0, 20, "sms"), shift(40, 100, "sms"))
    ledger = trace(scenario, [sent(0, 30)])
    check(ledger, answered(by=0, start=0, end=50, wait=0))
    assert time_of(ledger, "slot") == [20, 10]
    assert time_of(ledger, "overtime") == [0, 0]


def test_a_colleague_takes_it_up_at_the_end_of_the_shift() -> None:
    scenario = people(shift(0, 20, "sms"), shift(20, 100, "sms"))
    check(trace(scenario, [sent(0, 30)]), answered(by=0, start=0, end=30))


def test_nobody_answers_what_no_shift_answers() -> None:
    check(
        trace(people(shift(*ALL_DAY, "phone", "sms")), [sent(0, 30, "email")]),
        went("unfinished", wait=1440, then="none", by=NOBODY, start=None, end=None),
    )


def test_a_question_waits_for_its_channel_to_open() -> None:
    scenario = people(shift(*ALL_DAY, "sms"), sms=rules(open=clock(60, 120)))
    check(
        trace(scenario, [sent(0, 10), sent(5, 10), sent(130, 10)]),
        answered(by=0, start=60, end=70, wait=60),
        answered(by=0, start=70, end=80),
        went("unfinished", wait=1310),  # sent after the only window: not turned away, not met closed
    )


def test_a_question_is_put_down_when_its_channel_closes() -> None:
    scenario = people(shift(*ALL_DAY, "sms"), sms=rules(open=["00:00-01:00", "02:00-03:00"]))
    ledger = trace(scenario, [sent(50, 20)])
    check(ledger, answered(by=0, start=50, end=130, wait=0))  # 10 before 60, 10 after 120
    assert time_of(ledger, "slot") == [20]


def test_a_question_put_down_in_the_night_rests_until_the_channel_opens() -> None:
    scenario = people(shift(*ALL_DAY, "phone", "sms"), sms=rules(open=["00:00-01:00", "02:00-03:00"]))
    check(
        trace(scenario, [sent(40, 30), call(55, 10)]),
        answered(by=0, start=40, end=135),  # 15 before the call, 15 from 120 on
        answered(by=0, start=55, end=65),
    )


def test_questions_to_a_channel_that_does_not_exist_are_lost() -> None:
    scenario = service({"phone": rules()}, shift(*ALL_DAY, "phone"))
    check(trace(scenario, [sent(0, 10)]), went("met_closed", wait=0, then="lost", by=NOBODY))


def test_a_question_in_hand_at_the_end_of_the_period_is_finished_one_put_down_is_not() -> None:
    scenario = people(shift(*ALL_DAY, "phone", "sms"), shift(*ALL_DAY, "ung"))
    check(
        trace(scenario, [sent(1420, 30), call(1430, 20), sent(1435, 30, "ung")]),
        went("unfinished", wait=0, start=1420, end=None, by=0),
        answered(by=0, start=1430, end=1450),
        answered(by=1, start=1435, end=1465),
    )
