"""What is printed when two ledgers differ, shown on ledgers damaged on purpose."""

from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest

from simulator.service.ledger import ABANDONED, ANSWERED, Ledger
from tests.service.differing import COLUMNS, difference
from tests.service.tracing import rules, service, shift, trace

OF_COUNSELLORS = [field.name for field in fields(Ledger) if field.name not in COLUMNS]


def evening() -> Ledger:
    """Two who are answered, one who gives up, one who comes when it is closed."""
    scenario = service({"phone": rules(open="00:00-01:00")}, shift(0, 60, "phone"))
    rows: list[dict[str, Any]] = [
        {"at": 1, "work": 10},
        {"at": 2, "work": 5, "patience": 20},
        {"at": 4, "work": 5, "patience": 3},
        {"at": 90, "work": 5},
    ]
    return trace(scenario, rows)


def damaged(ledger: Ledger, column: str, row: int, value: int) -> Ledger:
    """The same ledger with one number changed."""
    changed = getattr(ledger, column).copy()
    changed[row] = value
    return replace(ledger, **{column: changed})


def test_equal_ledgers_do_not_differ() -> None:
    assert difference(evening(), evening()) is None


def test_the_first_event_that_differs_is_told_with_both_rows_and_what_came_before() -> None:
    ledger = evening()
    assert ledger.fate.tolist()[1:3] == [ANSWERED, ABANDONED], "person 1 is taken at 11, person 2 gives up at 7"
    late = damaged(damaged(ledger, "start_ms", 1, 12 * 60_000), "wait_ms", 1, 10 * 60_000)
    told = difference(ledger, late)
    assert told is not None
    lines = told.splitlines()
    assert lines[0].startswith("the first difference is at 11 min (660000 ms)")
    before = [line for line in lines if line.startswith("  just before: ")]
    assert before[-1].startswith("  just before: at 7 min person 2, attempt 0, ends as abandoned at site 0")
    assert "  expected: at 11 min person 1, attempt 0, counsellor 0 of site 0 takes it after 540000 ms" in lines
    assert "  found: nothing" in lines
    for side, start in (("expected", "'start': 11.0"), ("found", "'start': 12.0")):
        row = next(line for line in lines if line.startswith(f"  {side}, row 1: {{'person': 1, 'attempt': 0"))
        assert start in row


def test_an_event_too_many_is_told_though_rows_move() -> None:
    """A column index would blame every later row; the event is where it happened."""
    ledger = evening()
    shorter = replace(ledger, **{name: np.delete(getattr(ledger, name), 2) for name in COLUMNS})
    told = difference(ledger, shorter)
    assert told is not None
    assert told.splitlines()[0].startswith("the first difference is at 4 min")
    assert "  expected: at 4 min person 2, attempt 0, tries phone" in told
    assert "  found: nothing" in told
    assert "  just before: at 2 min person 1, attempt 0, tries phone" in told


@pytest.mark.parametrize("column", COLUMNS)
def test_damage_in_any_column_is_found_where_it_is(column: str) -> None:
    ledger = evening()
    value = int(getattr(ledger, column)[1]) + 1
    told = difference(ledger, damaged(ledger, column, 1, value))
    assert told is not None
    assert f"{column}[1]: {value - 1} against {value}" in told
    assert told.startswith("the first difference is at ")
    assert "person 1, attempt 0" in told or column == "person"


@pytest.mark.parametrize("column", OF_COUNSELLORS)
def test_damage_in_counsellors_time_is_told_apart(column: str) -> None:
    ledger = evening()
    told = difference(ledger, damaged(ledger, column, 0, 7))
    assert told == f"all attempts are equal; what differs is {column}[0]: {int(getattr(ledger, column)[0])} against 7"
