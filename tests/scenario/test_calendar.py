"""Civil time at the edges: days of 23 and 25 hours, midnight and New Year, holidays, open hours (CAL-1)."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.scenario.calendar import HOUR_MS, MINUTE_MS, Calendar, is_holiday, merged, open_hours
from simulator.scenario.model import Scenario
from simulator.scenario.schedule import ScheduleRule
from tests.support import scenario_of

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
OSLO = "Europe/Oslo"
SPRING, AUTUMN = date(2024, 3, 31), date(2024, 10, 27)
CAL_1 = next(
    case
    for case in json.loads((Path(__file__).parents[1] / "cases" / "public.json").read_text())
    if case["id"] == "CAL-1"
)


def calendar(first: date, last: date | None = None, zone: str = OSLO) -> Calendar:
    return Calendar(first, last or first, zone)


def rule(**windows: Any) -> ScheduleRule:
    return ScheduleRule.model_validate(windows)


def hours_of(spans: np.ndarray[Any, Any]) -> list[tuple[float, float]]:
    return [(start / HOUR_MS, end / HOUR_MS) for start, end in spans.tolist()]


# --- CAL-1 ----------------------------------------------------------------------------------------------

PLAN = {"daily": "-".join(CAL_1["params"]["plan"]["default"]), "sat": "-".join(CAL_1["params"]["plan"]["sat"])}


def a_year(year: int) -> Scenario:
    return Scenario.model_validate(
        {
            "title": "CAL-1",
            "period": {"first_day": f"{year}-01-01", "last_day": f"{year}-12-31"},
            "channels": {"chat": {"work": {"mean_min": 42}, "open": PLAN}},
        }
    )


@pytest.mark.case("CAL-1")
@pytest.mark.parametrize("year", [2023, 2024])
def test_open_hours_of_a_year(year: int) -> None:
    assert open_hours(a_year(year), "chat") == CAL_1["expected"][f"open_hours_{year}"]


@pytest.mark.case("CAL-1")
def test_open_hours_of_a_week() -> None:
    days = [date(2024, 1, 15) + timedelta(days=offset) for offset in range(7)]
    minutes = sum(end - start for day in days for start, end in rule(**PLAN).windows_on(day, False))
    assert minutes / 60 == CAL_1["expected"]["open_hours_per_week"]


@pytest.mark.case("CAL-1")
def test_share_of_demand_in_open_hours() -> None:
    """Each hour's demand counts for the part of it that is open."""
    profile = CAL_1["params"]["hour_profile"]
    share = 0.0
    for weekday, weight in enumerate(CAL_1["params"]["weekday_weights_mon_first"]):
        day = date(2024, 1, 15) + timedelta(days=weekday)
        for start, end in rule(**PLAN).windows_on(day, False):
            open_part = [max(0, min(end, 60 * hour + 60) - max(start, 60 * hour)) / 60 for hour in range(24)]
            share += weight * float(np.dot(open_part, profile))
    assert share == pytest.approx(CAL_1["expected"]["share_of_demand_open"], abs=5e-7)
    assert 1 - share == pytest.approx(CAL_1["expected"]["share_of_demand_closed"], abs=5e-7)


@pytest.mark.parametrize(("schedule", "hours"), [("always", 366 * 24), ("closed", 0), ("22:00-02:00", 366 * 4)])
def test_open_hours_count_what_lies_in_the_period(schedule: str, hours: float) -> None:
    document = a_year(2024).model_dump(mode="json", exclude_none=True)
    document["channels"]["chat"]["open"] = schedule
    assert open_hours(Scenario.model_validate(document), "chat") == hours


def test_open_hours_of_a_channel_that_does_not_exist() -> None:
    with pytest.raises(KeyError):
        open_hours(a_year(2024), "phone")


# --- days of 23 and 25 hours ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2024, 3, 30), 24), (SPRING, 23), (AUTUMN, 25), (date(2024, 10, 28), 24)]
)
def test_length_of_days(day: date, hours: int) -> None:
    assert calendar(day).end_ms == hours * HOUR_MS
    assert len(calendar(day).hours.hour) == hours


def test_clock_hours_of_the_short_day() -> None:
    assert calendar(SPRING).hours.hour.tolist() == [0, 1, *range(3, 24)]


def test_clock_hours_of_the_long_day() -> None:
    assert calendar(AUTUMN).hours.hour.tolist() == [0, 1, 2, 2, *range(3, 24)]


def test_a_year_has_as_many_hours_as_ever() -> None:
    hours = calendar(date(2024, 1, 1), date(2024, 12, 31)).hours
    assert len(hours.hour) == 366 * 24
    assert np.bincount(hours.hour).tolist() == [366, 366, 366, *[366] * 21]  # one 02 less in spring, one more in autumn
    assert np.all(np.diff(hours.utc_hour) == 1)


def test_civil_time_agrees_with_the_time_zone_database_hour_by_hour() -> None:
    year = calendar(date(2024, 1, 1), date(2024, 12, 31))
    hours, zone = year.hours, ZoneInfo(OSLO)
    start = int(datetime(2024, 1, 1, tzinfo=zone).timestamp())
    for index in range(0, len(hours.hour), 7):
        local = datetime.fromtimestamp(start + 3600 * index, zone)
        found = (hours.hour[index], hours.weekday[index], hours.month[index], hours.day[index])
        assert found == (local.hour, local.weekday(), local.month, local.toordinal())


@pytest.mark.parametrize(
    ("minute", "hours"),
    [(60, 1), (119, 119 / 60), (120, 2), (121, 2), (150, 2), (179, 2), (180, 2), (181, 2 + 1 / 60), (1440, 23)],
)
def test_an_edge_in_the_hour_that_spring_skips_moves_to_three(minute: int, hours: float) -> None:
    assert calendar(SPRING).instant_ms(SPRING, minute) == round(hours * HOUR_MS)


@pytest.mark.parametrize(
    ("minute", "hours"),
    [(60, 1), (120, 2), (150, 2.5), (179, 2 + 59 / 60), (180, 4), (181, 4 + 1 / 60), (1440, 25)],
)
def test_an_edge_in_the_hour_that_autumn_repeats_is_the_first(minute: int, hours: float) -> None:
    assert calendar(AUTUMN).instant_ms(AUTUMN, minute) == round(hours * HOUR_MS)


def test_the_same_edges_written_the_evening_before() -> None:
    for day, minute, hours in ((SPRING, 1440 + 150, 24 + 2), (AUTUMN, 1440 + 150, 24 + 2.5), (AUTUMN, 1440 + 180, 28)):
        eve = day - timedelta(days=1)
        assert calendar(eve).instant_ms(eve, minute) == round(hours * HOUR_MS)


@pytest.mark.parametrize(
    ("window", "spring", "autumn"),
    [
        ("00:00-24:00", 23, 25),
        ("00:00-02:00", 2, 2),
        ("01:00-02:30", 1, 1.5),
        ("01:00-03:00", 1, 3),
        ("02:00-03:00", 0, 2),
        ("02:10-02:40", 0, 0.5),
        ("02:30-03:30", 0.5, 2),
        ("03:00-04:00", 1, 1),
    ],
)
def test_length_of_windows_on_the_nights_the_clock_moves(window: str, spring: float, autumn: float) -> None:
    for day, hours in ((SPRING, spring), (AUTUMN, autumn)):
        spans = calendar(day).windows_ms(rule(dates={day.isoformat(): window}))
        assert (spans[:, 1] - spans[:, 0]).sum() / HOUR_MS == hours
        assert np.all(spans[:, 0] < spans[:, 1]), "no window without length"


def test_a_window_that_falls_into_the_skipped_hour_closes_nothing_that_it_touches() -> None:
    spans = calendar(SPRING).windows_ms(rule(dates={"2024-03-31": ["01:00-02:00", "02:00-02:30", "03:00-04:00"]}))
    assert hours_of(spans) == [(1, 3)]


def test_windows_that_touch_only_because_the_clock_moves_are_one() -> None:
    spans = calendar(SPRING).windows_ms(rule(daily=["00:00-02:00", "03:00-05:00"]))
    assert hours_of(spans)[0] == (0, 4)


def test_an_always_open_service_does_not_close_when_the_clock_moves() -> None:
    spans = calendar(SPRING - timedelta(days=2), SPRING + timedelta(days=2)).windows_ms(rule(daily="always"))
    assert len(spans) == 1


def test_the_weekday_of_the_repeated_hour() -> None:
    sunday = calendar(AUTUMN).hours
    assert set(sunday.weekday.tolist()) == {6}
    assert set(sunday.month.tolist()) == {10}


def test_civil_time_of_instants_inside_and_after_the_period() -> None:
    short = calendar(SPRING)
    hour, weekday, month = short.civil(np.array([0, 2 * HOUR_MS - 1, 2 * HOUR_MS, 23 * HOUR_MS, 24 * HOUR_MS]))
    assert hour.tolist() == [0, 1, 3, 0, 1]
    assert weekday.tolist() == [6, 6, 6, 0, 0]
    assert month.tolist() == [3, 3, 3, 4, 4]
    assert short.day_of(np.array([0, 23 * HOUR_MS - 1, 23 * HOUR_MS])).tolist() == [0, 0, 1]


def test_written_instants_of_a_log() -> None:
    spring, autumn = calendar(SPRING), calendar(AUTUMN)
    assert spring.wall_ms(datetime(2024, 3, 31, 1, 59, 59, 500_000)) == 2 * HOUR_MS - 500
    assert spring.wall_ms(datetime(2024, 3, 31, 2, 30)) is None
    assert spring.wall_ms(datetime(2024, 3, 31, 3, 0)) == 2 * HOUR_MS
    assert autumn.wall_ms(datetime(2024, 10, 27, 2, 30)) == 2.5 * HOUR_MS
    assert autumn.wall_ms(datetime(2024, 10, 27, 3, 0)) == 4 * HOUR_MS
    assert spring.civil_time(2 * HOUR_MS).isoformat() == "2024-03-31T03:00:00+02:00"


def test_a_time_zone_of_half_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="whole hours"):
        _ = calendar(date(2024, 1, 1), zone="Asia/Kolkata").hours


def test_a_time_zone_with_the_seasons_the_other_way_round() -> None:
    santiago = calendar(date(2024, 4, 6), date(2024, 4, 7), "America/Santiago")  # 24:00 of the 6th is 23:00 again
    assert santiago.end_ms == 49 * HOUR_MS
    assert calendar(date(2024, 9, 8), zone="America/Santiago").end_ms == 23 * HOUR_MS  # midnight itself is skipped


# --- midnight and New Year ------------------------------------------------------------------------------


def test_a_window_belongs_to_the_day_it_starts() -> None:
    week = calendar(date(2024, 1, 15), date(2024, 1, 16), "UTC")
    assert hours_of(week.windows_ms(rule(mon="22:00-02:00"))) == [(22, 26)]
    assert hours_of(week.windows_ms(rule(tue="22:00-02:00"))) == [(46, 50)]  # runs past the period
    assert hours_of(week.windows_ms(rule(sun="22:00-02:00"))) == [(0, 2)]  # began before it


def test_new_years_eve_runs_into_january_at_both_ends() -> None:
    year = calendar(date(2024, 1, 1), date(2024, 12, 31))
    spans = year.windows_ms(rule(dates={"2023-12-31": "22:00-03:00", "2024-12-31": "20:00-04:00"}))
    assert hours_of(spans) == [(0, 3), (8784 - 4, 8784 + 4)]
    assert year.last_end_ms(rule(daily="22:00-03:00")) == (8784 + 3) * HOUR_MS
    assert year.last_end_ms(rule(dates={"2024-12-30": "22:00-03:00"})) == 0


def test_the_end_of_the_period_closes_nothing_that_goes_on() -> None:
    day = calendar(date(2024, 1, 15), zone="UTC")
    assert hours_of(day.windows_ms(rule(daily="always"))) == [(0, 48)]
    assert hours_of(day.windows_ms(rule(daily=["00:00-02:00", "20:00-24:00"]))) == [(0, 2), (20, 26)]
    assert hours_of(day.windows_ms(rule(mon="20:00-24:00"))) == [(20, 24)]


def test_windows_of_two_days_may_overlap_and_are_merged() -> None:
    days = calendar(date(2024, 1, 15), date(2024, 1, 16), "UTC")
    assert hours_of(days.windows_ms(rule(mon="20:00-10:00", tue="08:00-12:00"))) == [(20, 36)]


def test_merging() -> None:
    assert merged([(5, 6), (0, 2), (2, 3), (7, 9), (8, 8)]).tolist() == [[0, 3], [5, 6], [7, 9]]
    assert merged([]).shape == (0, 2)


# --- holidays -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        ("2024-01-01", True),
        ("2024-03-24", False),  # Palm Sunday is a Sunday like others
        ("2024-03-28", True),  # Maundy Thursday
        ("2024-03-29", True),
        ("2024-03-30", False),
        ("2024-03-31", True),  # Easter Sunday, and the night the clock moves
        ("2024-04-01", True),
        ("2024-05-01", True),
        ("2024-05-09", True),  # Ascension Day
        ("2024-05-17", True),
        ("2024-05-18", False),
        ("2024-05-19", True),
        ("2024-05-20", True),
        ("2024-12-24", False),
        ("2024-12-25", True),
        ("2024-12-26", True),
        ("2024-12-31", False),
        ("2023-04-06", True),
        ("2023-04-10", True),
        ("2025-04-20", True),
        ("2024-01-14", False),
    ],
)
def test_norwegian_public_holidays(day: str, holiday: bool) -> None:
    assert is_holiday(date.fromisoformat(day)) is holiday


def test_holiday_hours_begin_and_end_with_their_own_day() -> None:
    days = calendar(date(2024, 5, 16), date(2024, 5, 18), "UTC")  # Thursday, 17 May, Saturday
    spans = days.windows_ms(rule(weekdays="15:30-08:00", weekends="08:00-08:00", holidays="08:00-08:00"))
    assert hours_of(spans) == [(0, 8), (15.5, 80 + 24)]  # on with Whit Sunday's, after the period


def test_dates_beat_holidays() -> None:
    easter = calendar(date(2024, 3, 28), date(2024, 4, 1), "UTC")
    written = rule(daily="10:00-12:00", holidays="12:00-14:00", dates={"2024-03-29/2024-03-31": "14:00-15:00"})
    assert [start % 24 for start, _ in hours_of(easter.windows_ms(written))] == [12, 14, 14, 14, 12]


# --- properties -----------------------------------------------------------------------------------------


@st.composite
def any_rules(draw: st.DrawFn) -> ScheduleRule:
    def one() -> tuple[tuple[int, int], ...]:
        start = draw(st.integers(0, 95)) * 15
        return ((start, start + draw(st.integers(1, 96)) * 15),)

    keys = draw(st.lists(st.sampled_from(["daily", "weekdays", "weekends", "mon", "sun", "holidays"]), unique=True))
    return ScheduleRule(**{key: one() for key in keys})


@QUICK
@given(any_rules(), st.sampled_from([date(2024, 3, 28), date(2024, 10, 24), date(2023, 12, 30)]), st.integers(0, 6))
def test_windows_cover_exactly_the_minutes_the_rules_name(schedule: ScheduleRule, first: date, extra: int) -> None:
    """Every quarter of an hour of the period, asked one by one."""
    days = calendar(first, first + timedelta(days=extra))
    spans = days.windows_ms(schedule)
    assert np.all(spans[1:, 0] > spans[:-1, 1]), "windows neither touch nor overlap"
    for at_ms in range(0, days.end_ms, 15 * MINUTE_MS):
        wanted = any(
            days.instant_ms(day, start) <= at_ms < days.instant_ms(day, end)
            for offset in range(-1, extra + 1)
            for day in [first + timedelta(days=offset)]
            for start, end in schedule.windows_on(day, is_holiday(day))
        )
        assert bool(np.any((spans[:, 0] <= at_ms) & (at_ms < spans[:, 1]))) is wanted


def test_a_scenarios_calendar_is_its_period() -> None:
    scenario = scenario_of(days=3, first_day="2024-02-28", channels={})
    found = Calendar.of(scenario)
    assert [day.isoformat() for day in found.days()] == ["2024-02-28", "2024-02-29", "2024-03-01"]
    assert found.epoch_ms == 1_709_078_400_000
    assert found.end_ms == 72 * HOUR_MS
