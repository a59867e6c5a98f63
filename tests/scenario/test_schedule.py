"""What a planner writes about hours: windows, their short forms, which rule holds on a date, and what is refused."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from simulator.scenario.schedule import (
    ALWAYS,
    CLOSED,
    Schedule,
    ScheduleRule,
    parse_dates,
    parse_window,
    parse_windows,
    write_windows,
)

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
SCHEDULE: TypeAdapter[ScheduleRule] = TypeAdapter(Schedule)
MONDAY = date(2024, 1, 15)
NIGHT = ((1320, 1560),)


def schedule(value: Any) -> ScheduleRule:
    return SCHEDULE.validate_python(value)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("16:15-22:45", (975, 1365)),
        ("00:00-24:00", (0, 1440)),
        ("22:00-02:00", (1320, 1560)),
        ("08:00-08:00", (480, 1920)),  # 24 hours
        ("00:00-00:00", (0, 1440)),
        ("22:00-24:00", (1320, 1440)),
        ("22:00-00:00", (1320, 1440)),
        ("23:59-00:01", (1439, 1441)),
        ("8.30-16.00", (510, 960)),
        (" 08:30 – 16:00 ", (510, 960)),
    ],
)
def test_windows_of_the_clock(text: str, window: tuple[int, int]) -> None:
    assert parse_window(text) == window


@pytest.mark.parametrize(
    "text",
    ["24:00-08:00", "08:00-24:01", "08:00-25:00", "08:60-09:00", "08:00-09:60", "8-16", "08:00", "", "open",
     "-1:00-02:00",
     "08:00-16:00-20:00", "08:00 16:00", "08:00-24:30", "08:00-16:00x"],
)  # fmt: skip
def test_what_is_no_window(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        parse_window(text)


def test_short_forms_mean_every_day() -> None:
    assert schedule("always") == ALWAYS == schedule({"daily": "00:00-24:00"})
    assert schedule("closed") == CLOSED == schedule({"daily": []})
    assert schedule("16:15-22:45") == schedule({"daily": ["16:15-22:45"]})
    assert schedule(["08:00-12:00", "13:00-16:00"]) == schedule({"daily": ["08:00-12:00", "13:00-16:00"]})


def test_the_order_in_which_windows_are_written_does_not_matter() -> None:
    assert parse_windows(["13:00-16:00", "08:00-12:00"]) == ((480, 720), (780, 960))


@pytest.mark.parametrize(
    "windows",
    [["08:00-12:00", "11:59-13:00"], ["08:00-16:00", "10:00-11:00"], ["08:00-12:00", "08:00-12:00"],
     ["20:00-02:00", "22:00-23:00"], ["00:00-24:00", "12:00-13:00"]],
)  # fmt: skip
def test_overlapping_windows_are_refused(windows: list[str]) -> None:
    with pytest.raises(PydanticCustomError, match="overlap"):
        parse_windows(windows)


def test_touching_windows_are_allowed() -> None:
    assert parse_windows(["08:00-12:00", "12:00-16:00"]) == ((480, 720), (720, 960))


@pytest.mark.parametrize("value", [5, 5.0, True, {"from": "08:00"}, ["08:00-12:00", 7], [["08:00-12:00"]], [None]])
def test_other_things_are_refused(value: Any) -> None:
    with pytest.raises(PydanticCustomError):
        parse_windows(value)


def test_unknown_keys_are_refused() -> None:
    with pytest.raises(ValidationError):
        schedule({"dayly": "08:00-16:00"})


# --- which rule holds -----------------------------------------------------------------------------------

WRITTEN = {
    "daily": "01:00-02:00",
    "weekdays": "02:00-03:00",
    "weekends": "03:00-04:00",
    "fri": "04:00-05:00",
    "holidays": "05:00-06:00",
    "dates": {"2024-01-16/2024-01-20": "06:00-07:00", "2024-01-17": "closed"},
}


def starts(rule: ScheduleRule, day: date, holiday: bool = False) -> list[int]:
    return [start // 60 for start, _ in rule.windows_on(day, holiday)]


@pytest.mark.parametrize(
    ("day", "holiday", "hours"),
    [
        (date(2024, 1, 15), False, [2]),  # a Monday: week part before daily
        (date(2024, 1, 15), True, [5]),  # holidays before week part
        (date(2024, 1, 12), False, [4]),  # weekday before week part
        (date(2024, 1, 12), True, [5]),  # holidays before weekday
        (date(2024, 1, 13), False, [3]),
        (date(2024, 1, 16), False, [6]),  # dates before all
        (date(2024, 1, 16), True, [6]),
        (date(2024, 1, 17), False, []),  # of two dates the later written, even if it closes
        (date(2024, 1, 20), False, [6]),  # the last day is included
        (date(2024, 1, 21), False, [3]),
    ],
)
def test_the_most_particular_rule_wins(day: date, holiday: bool, hours: list[int]) -> None:
    assert starts(schedule(WRITTEN), day, holiday) == hours


def test_of_two_ranges_the_later_written_wins_whichever_is_longer() -> None:
    dates = {"2024-01-17": "closed", "2024-01-16/2024-01-20": "06:00-07:00"}
    assert starts(schedule({**WRITTEN, "dates": dates}), date(2024, 1, 17)) == [6]


def test_a_closed_rule_is_a_rule() -> None:
    assert starts(schedule({"daily": "always", "sun": "closed"}), date(2024, 1, 21)) == []
    assert starts(schedule({"daily": "always", "holidays": "closed"}), date(2024, 1, 15), holiday=True) == []


def test_days_without_any_rule_are_closed() -> None:
    assert starts(schedule({"weekends": "always"}), MONDAY) == []
    assert starts(schedule({}), MONDAY) == []


@pytest.mark.parametrize("name", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"])
def test_each_weekday_has_its_name(name: str) -> None:
    days = [MONDAY + timedelta(days=offset) for offset in range(7)]
    rule = schedule({name: "08:00-09:00"})
    assert [day.strftime("%a").lower() for day in days if rule.windows_on(day, False)] == [name]


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2024-13-01", "24-01-01", "2024-01-10/2024-01-09", "tomorrow", "2024-01-01/", "2024-1-1", ""]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(PydanticCustomError):
        parse_dates(text)
    with pytest.raises(ValidationError):
        schedule({"dates": {text: "closed"}})


def test_dates_and_ranges() -> None:
    assert parse_dates("2024-02-29") == (date(2024, 2, 29), date(2024, 2, 29))
    assert parse_dates(" 2024-12-24 / 2025-01-01 ") == (date(2024, 12, 24), date(2025, 1, 1))


# --- what is written can be read again ------------------------------------------------------------------


@st.composite
def some_windows(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    edges = draw(st.lists(st.integers(0, 1439), max_size=6, unique=True).map(sorted))
    pairs = [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    if pairs and draw(st.booleans()):
        pairs[-1] = (pairs[-1][0], 1440 + draw(st.integers(0, pairs[-1][0])))
    return tuple(pairs)


@QUICK
@given(some_windows())
def test_written_windows_are_read_back(windows: tuple[tuple[int, int], ...]) -> None:
    assert parse_windows(write_windows(windows)) == windows
    rule = ScheduleRule(daily=windows)
    assert SCHEDULE.validate_json(SCHEDULE.dump_json(rule)) == rule
    assert SCHEDULE.validate_python(SCHEDULE.dump_python(rule)) == rule
