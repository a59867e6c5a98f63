"""The first event that differs, by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.service.ledger import ABANDONED, ANSWERED, NEXT_LOST, NEXT_NONE, NEXT_REDIAL
from simulator.study.baseline.contents import TRACE_COLUMNS, Trace
from simulator.study.baseline.first_difference import Time, first_difference

MIN = 60_000
MOST = np.array([1 << 40, 1 << 40, 4, 1 << 40, 6, 4, 0, 1, 1 << 40, 1 << 40, 1 << 40])
"""Codes above these have no name."""
FIELDS = {name: place for place, name in enumerate(TRACE_COLUMNS)}
EPOCH = 1_704_063_600_000
"""Midnight in Oslo on 1 January 2024."""


def answered(person: int, at: int, by: int, wait: int = 0, length: int = 10, attempt: int = 0) -> list[int]:
    start = (at + wait) * MIN
    return [
        person, attempt, 0, at * MIN, ANSWERED, NEXT_NONE, 0, by, wait * MIN, start, start + length * MIN
    ]  # fmt: skip


def left(person: int, at: int, wait: int, then: int = NEXT_LOST, attempt: int = 0) -> list[int]:
    return [person, attempt, 0, at * MIN, ABANDONED, then, 0, -1, wait * MIN, -1, -1]


def trace(*rows: list[int]) -> Trace:
    times = np.zeros((2, 4), np.int64)
    return Trace(np.array(rows, np.int64), times, ("centre",), ("early 1", "late 1"), EPOCH, "Europe/Oslo")


EVENING = trace(answered(0, 0, 0, length=30), answered(1, 5, 1), left(2, 6, 20), answered(3, 20, 1))


def test_equal_traces_have_no_first_difference():
    assert first_difference(EVENING, EVENING) is None
    assert first_difference(EVENING, replace(EVENING, counsellors=("a", "b"))) is None, "a name moves nothing"


def test_the_earliest_event_counts_and_not_the_first_row():
    """Row 0 ends later than it did, at minute 30; row 2 gives up at minute 15 instead of 26: that came first."""
    now = trace(answered(0, 0, 0, length=40), answered(1, 5, 1), left(2, 6, 9), answered(3, 20, 1))
    found = first_difference(EVENING, now)
    assert found is not None and found.before is not None
    assert (found.before.person, found.before.event, found.before.time) == (2, "ends", "2024-01-01 00:15:00.000")
    assert found.was == ()
    (event,) = found.now
    assert (event.person, event.event, event.fate, event.wait_ms) == (3, "ends", "abandoned", 9 * MIN)
    assert found.attempts_was[0]["wait_ms"] == 20 * MIN and found.attempts_now[0]["wait_ms"] == 9 * MIN


def test_another_counsellor_is_told_by_name_on_both_sides():
    found = first_difference(EVENING, trace(answered(0, 0, 1, length=30), *EVENING.rows[1:].tolist()))
    assert found is not None and found.before is not None
    assert (found.before.event, found.before.person) == ("tries", 1)
    assert [each.counsellor for each in found.was] == ["early 1"]
    assert [each.counsellor for each in found.now] == ["late 1"]
    assert found.attempts_was[0] == {
        "person": 1,
        "attempt": 1,
        "channel": "phone",
        "time": "2024-01-01 00:00:00.000",
        "fate": "answered",
        "next": "none",
        "site": "centre",
        "counsellor": "early 1",
        "wait_ms": 0,
        "start": "2024-01-01 00:00:00.000",
        "end": "2024-01-01 00:30:00.000",
    }


def test_somebody_more_is_told_as_nothing_before():
    found = first_difference(EVENING, trace(*EVENING.rows.tolist(), answered(4, 60, 0)))
    assert found is not None
    assert found.was == () and [(each.person, each.event) for each in found.now] == [(5, "tries"), (5, "taken")]
    assert found.attempts_was == ()


def test_the_first_of_all_has_no_event_before():
    found = first_difference(trace(answered(0, 0, 0)), trace(answered(0, 1, 0)))
    assert found is not None and found.before is None


def test_what_a_person_does_next_is_an_event():
    then = trace(answered(0, 0, 0, length=30), answered(1, 5, 1), left(2, 6, 20, NEXT_REDIAL), answered(3, 20, 1))
    found = first_difference(EVENING, then)
    assert found is not None
    assert [(each.next, each.time) for each in (*found.was, *found.now)] == [
        ("lost", "2024-01-01 00:26:00.000"),
        ("redial", "2024-01-01 00:26:00.000"),
    ]


def test_the_same_attempts_in_another_order_differ():
    one, other = answered(0, 5, 0), answered(1, 5, 1)
    found = first_difference(trace(one, other), trace(other, one))
    assert found is not None
    assert ([each.person for each in found.was], [each.person for each in found.now]) == ([1], [2])


@pytest.mark.parametrize(("column", "what"), [(0, "busy_ms"), (1, "overtime_ms"), (2, "staffed_ms"), (3, "slot_ms")])
def test_a_counsellors_time_differs_where_all_attempts_are_equal(column, what):
    times = EVENING.times_ms.copy()
    times[1, column] = 5 * MIN
    found = first_difference(EVENING, replace(EVENING, times_ms=times))
    assert found is not None and found.time == Time("late 1", what, 0, 5 * MIN)


def test_civil_time_follows_the_clock_of_the_scenario():
    summer = replace(trace(answered(0, 0, 0)), epoch_ms=1_711_843_200_000)  # 31 March 2024, 01:00 in Oslo
    later = replace(trace(answered(0, 70, 0)), epoch_ms=1_711_843_200_000)
    found = first_difference(summer, later)
    assert found is not None
    assert [each["time"] for each in (*found.attempts_was, *found.attempts_now)] == [
        "2024-03-31 01:00:00.000",
        "2024-03-31 03:10:00.000",
    ]


@given(row=st.integers(0, 3), column=st.sampled_from(TRACE_COLUMNS), by=st.sampled_from([1, -1]))
def test_any_column_of_any_row_that_changes_is_found(row, column, by):
    changed = EVENING.rows.copy()
    changed[row, FIELDS[column]] += by
    changed = np.minimum(changed, MOST)
    found = first_difference(EVENING, replace(EVENING, rows=changed))
    if np.array_equal(changed, EVENING.rows):
        assert found is None
        return
    assert found is not None and (found.was or found.now or found.time)
