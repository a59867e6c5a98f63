"""Rules of the chat by hand: places, pace by level, who takes the next one, and who also answers the phone."""

from typing import Any

import pytest

from simulator.service.ledger import Ledger
from tests.service.tracing import answered, check, rules, service, shift, time_of, trace, went

ALL_DAY = (0, 1440)
HALF_PACE = [1.0, 0.5]


def chat(at: float, work: float, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "chat", **fields}


def call(at: float, work: float, **fields: Any) -> dict[str, Any]:
    return {"at": at, "work": work, "channel": "phone", **fields}


# --- places and pace ------------------------------------------------------------------------------------


def test_pace_changes_whenever_the_number_in_hand_changes() -> None:
    scenario = service({"chat": rules(speed_by_level=HALF_PACE)}, shift(*ALL_DAY, "chat", chats=2))
    ledger = trace(scenario, [chat(0, 20), chat(10, 20)])
    # 0-10 alone: 10 of 20 done; from 10 both at half pace: the first needs 20 more; at 30 the second has 10 left.
    check(ledger, answered(by=0, start=0, end=30, wait=0), answered(by=0, start=10, end=40, wait=0))
    assert time_of(ledger, "busy") == [40]
    assert time_of(ledger, "slot") == [30 + 30]


def test_one_pace_for_all_levels_slows_nobody() -> None:
    scenario = service({"chat": rules()}, shift(*ALL_DAY, "chat", chats=2))
    check(
        trace(scenario, [chat(0, 20), chat(10, 20)]), answered(by=0, start=0, end=20), answered(by=0, start=10, end=30)
    )


def test_three_levels() -> None:
    scenario = service({"chat": rules(speed_by_level=[1.0, 0.5, 0.25])}, shift(*ALL_DAY, "chat", chats=3))
    # 0-10: a does 10 (20 left). 10-20 at .5: a 15 left, b 25 left. 20-: at .25: c needs 5 -> 20 minutes, ends 40.
    # At 40: a 10 left, b 20 left, at .5: a ends 60; b then 10 left alone: 70.
    check(
        trace(scenario, [chat(0, 30), chat(10, 30), chat(20, 5)]),
        answered(by=0, start=0, end=60),
        answered(by=0, start=10, end=70),
        answered(by=0, start=20, end=40),
    )


def test_the_last_pace_holds_for_more() -> None:
    scenario = service({"chat": rules(speed_by_level=HALF_PACE)}, shift(*ALL_DAY, "chat", chats=3))
    check(
        trace(scenario, [chat(0, 10), chat(0, 10), chat(0, 10)]),
        *(answered(by=0, start=0, end=20) for _ in range(3)),
    )


def test_pace_of_a_counsellor_who_holds_fewer_than_the_levels_given() -> None:
    scenario = service({"chat": rules(speed_by_level=[1.0, 0.5, 0.25])}, shift(*ALL_DAY, "chat", chats=1))
    check(
        trace(scenario, [chat(0, 10), chat(0, 10)]), answered(by=0, start=0, end=10), answered(by=0, start=10, end=20)
    )


def ends_ms(ledger: Ledger) -> list[int]:
    return [int(end) for end in ledger.end_ms]


def test_remaining_work_is_kept_in_whole_thousandths_and_ends_are_rounded_up() -> None:
    scenario = service({"chat": rules(speed_by_level=[1.0, 0.7])}, shift(*ALL_DAY, "chat", chats=2))
    ledger = trace(scenario, [chat(0, 10), chat(0, 20)])
    # 600 000 000 thousandths at 700 a ms: 857 142.86 -> 857 143 ms, in which 600 000 100 are done of the other.
    # 1 200 000 000 - 600 000 100 = 599 999 900 left at 1000 a ms: 599 999.9 -> 600 000 ms.
    assert ends_ms(ledger) == [857_143, 857_143 + 600_000]


def test_two_chats_of_equal_work_end_together() -> None:
    scenario = service({"chat": rules(speed_by_level=[1.0, 0.7])}, shift(*ALL_DAY, "chat", chats=2))
    assert ends_ms(trace(scenario, [chat(0, 10), chat(0, 10)])) == [857_143, 857_143]


def test_many_changes_of_pace_cost_at_most_a_millisecond_each() -> None:
    scenario = service({"chat": rules(speed_by_level=[1.0, 0.7])}, shift(*ALL_DAY, "chat", chats=2))
    short = [chat(1 + 3 * number, 1) for number in range(20)]
    ledger = trace(scenario, [chat(0, 100), *short])
    # Each short one lasts 1/0.7 min, in which the long one does 1 min instead of 1/0.7.
    exact_ms = (100 + 20 * (1 / 0.7 - 1)) * 60_000
    assert exact_ms - 40 <= ends_ms(ledger)[0] <= exact_ms + 40
    assert ends_ms(ledger)[1] == 60_000 + 85_715  # 60 000 000 / 700 = 85 714.3


def test_pace_slower_than_a_thousandth_still_ends() -> None:
    scenario = service({"chat": rules(speed_by_level=[0.0004])}, shift(*ALL_DAY, "chat"))
    assert ends_ms(trace(scenario, [chat(0, 0.001)])) == [60 * 1000]


def test_first_come_first_served_at_the_first_free_place() -> None:
    scenario = service({"chat": rules()}, shift(*ALL_DAY, "chat", chats=2))
    rows = [chat(0, 10), chat(1, 20), chat(2, 5), chat(3, 5, patience=3), chat(4, 5), chat(5, 1)]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=10),
        answered(by=0, start=1, end=21),
        answered(by=0, start=10, end=15, wait=8),
        went("abandoned", wait=3),
        answered(by=0, start=15, end=20, wait=11),
        answered(by=0, start=20, end=21, wait=15),
    )


# --- wrap-up --------------------------------------------------------------------------------------------


def test_wrap_up_counts_in_the_level_and_is_not_slowed() -> None:
    scenario = service({"chat": rules(speed_by_level=HALF_PACE)}, shift(*ALL_DAY, "chat", chats=2))
    ledger = trace(scenario, [chat(0, 10, wrap_up=10), chat(10, 10)])
    # Wrap-up 10-20; beside it the other does 5 of its 10; alone from 20: ends 25.
    check(ledger, answered(by=0, start=0, end=10), answered(by=0, start=10, end=25))
    assert time_of(ledger, "slot") == [20 + 15]
    assert time_of(ledger, "busy") == [25]


def test_wrap_up_holds_its_place_until_it_is_done() -> None:
    scenario = service({"chat": rules(speed_by_level=HALF_PACE)}, shift(*ALL_DAY, "chat", chats=2))
    # b: 10-20 beside the wrap-up 5 of 10; c takes the place at 20: b 5 left, c 4, both at half pace: c ends 28,
    # b then 1 left: 29.
    check(
        trace(scenario, [chat(0, 10, wrap_up=10), chat(10, 10), chat(15, 4)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=10, end=29),
        answered(by=0, start=20, end=28, wait=5),
    )


def test_wrap_up_of_one_place_does_not_move_when_another_chat_begins_or_ends() -> None:
    scenario = service({"chat": rules(speed_by_level=[1.0, 0.5, 0.5])}, shift(*ALL_DAY, "chat", chats=3))
    # a: conversation 0-10, wrap-up 10-40. b: 20-22 at half pace is 1 of work: ends 22. c: arrives 30, work 5: half pace
    # until 40, done exactly at 40.
    ledger = trace(scenario, [chat(0, 10, wrap_up=30), chat(20, 1), chat(30, 5)])
    check(ledger, answered(by=0, start=0, end=10), answered(by=0, start=20, end=22), answered(by=0, start=30, end=40))
    assert time_of(ledger, "slot") == [40 + 2 + 10]


# --- who takes the next one -----------------------------------------------------------------------------


def test_least_loaded_takes_the_next_chat_and_ties_go_to_the_lowest() -> None:
    scenario = service({"chat": rules()}, shift(*ALL_DAY, "chat", chats=2, people=2))
    rows = [chat(at, 100) for at in range(5)]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=100),
        answered(by=1, start=1, end=101),
        answered(by=0, start=2, end=102),
        answered(by=1, start=3, end=103),
        answered(by=0, start=100, end=200, wait=96),
    )


def test_load_is_what_she_holds_now() -> None:
    scenario = service({"chat": rules()}, shift(*ALL_DAY, "chat", chats=2, people=2))
    # At 6 the first holds two and the second none; at 7 two and one; at 9 the second is still less loaded: one of two.
    rows = [chat(0, 50), chat(1, 4), chat(2, 50), chat(6, 50), chat(7, 50)]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=50),
        answered(by=1, start=1, end=5),
        answered(by=0, start=2, end=52),
        answered(by=1, start=6, end=56),
        answered(by=1, start=7, end=57),
    )


def test_wrap_up_counts_in_the_load() -> None:
    scenario = service({"chat": rules()}, shift(*ALL_DAY, "chat", chats=2, people=2))
    rows = [chat(0, 2, wrap_up=50), chat(1, 2), chat(5, 10)]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=2),
        answered(by=1, start=1, end=3),
        answered(by=1, start=5, end=15),
    )


def test_most_loaded_fills_one_counsellor_before_the_next() -> None:
    scenario = service({"chat": rules(routing="most_loaded")}, shift(*ALL_DAY, "chat", chats=2, people=2))
    rows = [chat(0, 100), chat(1, 10), chat(2, 100), chat(20, 5), chat(30, 5), chat(31, 5)]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=100),
        answered(by=0, start=1, end=11),
        answered(by=1, start=2, end=102),
        answered(by=0, start=20, end=25),  # one each: the lower index
        answered(by=0, start=30, end=35),
        answered(by=1, start=31, end=36),
    )


def test_most_loaded_looks_at_what_is_in_hand_not_at_the_index() -> None:
    scenario = service({"chat": rules(routing="most_loaded")}, shift(*ALL_DAY, "chat", chats=3, people=2))
    rows = [chat(0, 5), chat(0, 5), chat(0, 5), chat(1, 50), chat(10, 50)]
    check(
        trace(scenario, rows),
        *(answered(by=0, start=0, end=5) for _ in range(3)),
        answered(by=1, start=1, end=51),
        answered(by=1, start=10, end=60),
    )


def test_counsellors_with_different_numbers_of_places() -> None:
    scenario = service({"chat": rules()}, shift(*ALL_DAY, "chat", chats=1), shift(*ALL_DAY, "chat", chats=3))
    rows = [chat(at, 100, patience=10) for at in range(5)]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=100),
        *(answered(by=1, start=at, end=at + 100) for at in (1, 2, 3)),
        went("abandoned", wait=10),
    )


def test_the_queue_is_given_to_the_least_loaded_when_a_shift_starts() -> None:
    scenario = service({"chat": rules()}, shift(*ALL_DAY, "chat", chats=2), shift(10, 1440, "chat", chats=2, people=2))
    rows = [chat(0, 100), chat(0, 100), *(chat(5, 50) for _ in range(4))]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=100),
        answered(by=0, start=0, end=100),
        *(answered(by=by, start=10, end=60, wait=5) for by in (1, 2, 1, 2)),
    )


# --- counsellors who answer phone and chat --------------------------------------------------------------

BOTH = {"phone": rules(), "chat": rules()}


def blended(*answers: str, chats: int = 2) -> Any:
    return service(BOTH, shift(*ALL_DAY, *answers, chats=chats))


@pytest.mark.parametrize("answers", [("phone", "chat"), ("chat", "phone")])
def test_a_call_takes_the_whole_counsellor(answers: tuple[str, ...]) -> None:
    check(
        trace(blended(*answers), [call(0, 20), chat(5, 10), chat(6, 10)]),
        answered(by=0, start=0, end=20),
        answered(by=0, start=20, end=30, wait=15),
        answered(by=0, start=20, end=30, wait=14),
    )


@pytest.mark.parametrize("answers", [("phone", "chat"), ("chat", "phone")])
def test_wrap_up_of_a_call_takes_the_whole_counsellor(answers: tuple[str, ...]) -> None:
    rows = [call(0, 10, wrap_up=10), chat(5, 10), chat(12, 10)]
    check(
        trace(blended(*answers), rows),
        answered(by=0, start=0, end=10),
        answered(by=0, start=20, end=30),
        answered(by=0, start=20, end=30),
    )


@pytest.mark.parametrize("answers", [("phone", "chat"), ("chat", "phone")])
def test_a_call_needs_a_counsellor_with_empty_hands(answers: tuple[str, ...]) -> None:
    check(
        trace(blended(*answers), [chat(0, 10, wrap_up=5), call(5, 20)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=15, end=35, wait=10),
    )


def test_while_a_call_waits_no_new_chat_is_started_where_the_phone_comes_first() -> None:
    check(
        trace(blended("phone", "chat"), [chat(0, 10), call(5, 20), chat(6, 10)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=10, end=30, wait=5),
        answered(by=0, start=30, end=40, wait=24),
    )


def test_new_chats_go_on_while_a_call_waits_where_the_chat_comes_first() -> None:
    check(
        trace(blended("chat", "phone"), [chat(0, 10), call(5, 20), chat(6, 10)]),
        answered(by=0, start=0, end=10),
        answered(by=0, start=16, end=36, wait=11),
        answered(by=0, start=6, end=16, wait=0),
    )


@pytest.mark.parametrize(
    ("answers", "call_start", "chat_start"), [(("phone", "chat"), 10, 20), (("chat", "phone"), 15, 10)]
)
def test_the_order_of_answers_decides_who_is_next(answers: tuple[str, ...], call_start: int, chat_start: int) -> None:
    rows = [call(0, 10), chat(2, 5), call(3, 10)]
    check(
        trace(blended(*answers, chats=1), rows),
        answered(by=0, start=0, end=10),
        answered(by=0, start=chat_start, end=chat_start + 5),
        answered(by=0, start=call_start, end=call_start + 10),
    )


def test_only_those_who_may_take_the_call_hold_back() -> None:
    scenario = service(BOTH, shift(*ALL_DAY, "phone", "chat", chats=2), shift(*ALL_DAY, "chat", chats=2))
    # The call waits for the first; the chat at 6 goes to the second, although the first has the lower index.
    rows = [chat(0, 30), chat(1, 30), call(5, 10), chat(6, 5), chat(7, 5)]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=30),
        answered(by=1, start=1, end=31),
        answered(by=0, start=30, end=40, wait=25),
        answered(by=1, start=6, end=11, wait=0),
        answered(by=1, start=11, end=16, wait=4),
    )


def test_a_call_finds_the_counsellor_with_empty_hands() -> None:
    scenario = service(BOTH, shift(*ALL_DAY, "phone", "chat", chats=2, people=2))
    check(trace(scenario, [chat(0, 30), call(5, 10)]), answered(by=0, start=0, end=30), answered(by=1, start=5, end=15))


def test_a_waiting_chat_starts_when_the_call_that_held_it_back_gives_up() -> None:
    rows = [chat(0, 60), call(5, 10, patience=10), chat(6, 10)]
    check(
        trace(blended("phone", "chat"), rows),
        answered(by=0, start=0, end=60),
        went("abandoned", wait=10),
        answered(by=0, start=15, end=25, wait=9),  # a place was free all the time, and nobody is ahead any more
    )


def test_a_waiting_chat_starts_when_the_phone_closes_on_the_call_that_held_it_back() -> None:
    scenario = service({"phone": rules(open="00:00-00:20"), "chat": rules()}, shift(*ALL_DAY, "phone", "chat", chats=2))
    check(
        trace(scenario, [chat(0, 60), call(5, 10), chat(6, 10)]),
        answered(by=0, start=0, end=60),
        went("turned_away_at_closing", wait=15),
        answered(by=0, start=20, end=30, wait=14),
    )


def test_phone_counsellors_take_no_chats_and_chat_counsellors_no_calls() -> None:
    scenario = service(BOTH, shift(*ALL_DAY, "phone"), shift(*ALL_DAY, "chat", chats=2))
    rows = [call(0, 50), call(1, 5, patience=2), chat(2, 50), chat(3, 50), chat(4, 5, patience=2)]
    check(
        trace(scenario, rows),
        answered(by=0, start=0, end=50),
        went("abandoned", wait=2),
        answered(by=1, start=2, end=52),
        answered(by=1, start=3, end=53),
        went("abandoned", wait=2),
    )
