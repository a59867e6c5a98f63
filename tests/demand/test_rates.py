"""Expected first attempts: exact at sharp edges, on days of 23 and 25 hours, and whatever the planner multiplies by."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.demand import DemandError, Profile, ProfileError, hourly_rates, write_profile
from simulator.scenario import load
from simulator.scenario.calendar import HOUR_MS, Calendar
from tests.support import scenario_of

CHAT = {"chat": {"work": {"mean_min": 10}}}
SPRING, AUTUMN = "2024-03-31", "2024-10-27"


def cells_of(demand, days=1, first_day="2024-01-15", profile=None, timezone="UTC", **general):
    scenario = scenario_of(days, first_day, timezone=timezone, channels=CHAT, demand={"chat": demand, **general})
    return hourly_rates(scenario, "chat", Calendar.of(scenario), profile)


def per_minute(cells, end_ms):
    """First attempts per minute, minute by minute."""
    rates = np.zeros(end_ms // 60_000)
    for start, length, mean in zip(cells.start_ms, cells.length_ms, cells.mean, strict=True):
        assert start % 60_000 == 0 and length % 60_000 == 0
        rates[start // 60_000 : (start + length) // 60_000] += mean / (length / 60_000)
    return rates


def profile_of(function):
    month, weekday, hour = np.meshgrid(np.arange(1, 13), np.arange(7), np.arange(24), indexing="ij")
    return Profile(function(month, weekday, hour).astype(float))


def test_a_constant_rate():
    cells = cells_of({"per_hour": 3.5}, days=2)
    assert len(cells.mean) == 48
    assert cells.mean == pytest.approx(3.5)
    assert cells.length_ms.tolist() == [HOUR_MS] * 48
    assert len(set(cells.identity.tolist())) == 48


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([1, 2, 3, 8, 12, 24, 48, 96, 144, 288, 1440]).flatmap(
        lambda steps: st.lists(st.sampled_from([0.0, 0.5, 4.0, 120.0]), min_size=steps, max_size=steps)
    ),
    st.sampled_from(["2024-01-15", "2024-03-30", "2024-10-26"]),
    st.sampled_from(["00:00", "06:00", "06:20", "23:59"]),
)
def test_steps_hold_to_the_minute(rates, first_day, day_starts):
    """Sharp edges, zero rates and both changes of clocks, minute by minute."""
    demand = {"per_hour": rates}
    cells = cells_of(demand, 3, first_day, timezone="Europe/Oslo", busyness={"day_starts": day_starts})
    calendar = Calendar(
        date.fromisoformat(first_day), date.fromordinal(date.fromisoformat(first_day).toordinal() + 2), "Europe/Oslo"
    )
    found = per_minute(cells, calendar.end_ms)
    minutes = np.arange(len(found))
    of_day = calendar.hours.hour[minutes // 60] * 60 + minutes % 60
    expected = np.array(rates)[of_day * len(rates) // 1440] / 60
    assert found == pytest.approx(expected, abs=1e-12)


def test_steps_that_do_not_fit_the_hour_are_exact():
    """Seven steps of 205.7 minutes: the day's total is kept to the millisecond."""
    cells = cells_of({"per_hour": [1, 0, 2, 0, 3, 0, 4]}, busyness={"day_starts": "00:00"})
    assert cells.mean.sum() == pytest.approx(10 * 24 / 7, abs=1e-5)
    assert cells.length_ms.max() <= HOUR_MS


@pytest.mark.parametrize(("day", "hours", "at_two"), [(SPRING, 23, 0), (AUTUMN, 25, 2), ("2024-01-01", 24, 1)])
def test_the_hour_that_is_skipped_or_repeated(day, hours, at_two):
    cells = cells_of({"per_hour": [0, 0, 7, *[0] * 21]}, 1, day, timezone="Europe/Oslo")
    assert cells.mean.tolist() == [7.0] * at_two
    assert len(cells_of({"per_hour": 1}, 1, day, timezone="Europe/Oslo").mean) == hours


def test_profiles_speak_of_civil_month_weekday_and_hour():
    profile = profile_of(lambda month, weekday, hour: month * 10_000 + weekday * 100 + hour)
    cells = cells_of({"per_hour": 1}, 60, "2024-02-10", profile, "Europe/Oslo")
    calendar = Calendar(date(2024, 2, 10), date(2024, 4, 9), "Europe/Oslo")
    hours = calendar.hours
    kept = hours.month * 10_000 + hours.weekday * 100 + hours.hour
    assert cells.mean == pytest.approx(kept)


def test_weekday_and_month_factors():
    demand = {"per_hour": 2, "weekday_factors": [1, 1, 1, 1, 1, 3, 0], "month_factors": [2, *[1] * 11]}
    cells = cells_of(demand, 7, "2024-01-29")
    by_day = np.bincount(cells.start_ms // (24 * HOUR_MS), cells.mean, 7) / 24
    assert by_day == pytest.approx([4, 4, 4, 2, 2, 6, 0])


@pytest.mark.parametrize(
    "demand", [{"per_hour": 1}, {"per_hour": [0, 1, 2, 5, 0, 0], "weekday_factors": [1, 2, 1, 1, 1, 0, 1]}]
)
@pytest.mark.parametrize("year", [2023, 2024])
def test_a_years_total_is_that_of_the_whole_calendar_year(demand, year):
    whole = cells_of({**demand, "per_year": 19_150}, 365 + (year == 2024), f"{year}-01-01", timezone="Europe/Oslo")
    assert whole.mean.sum() == pytest.approx(19_150, rel=1e-12)
    part = cells_of({**demand, "per_year": 19_150}, 31, f"{year}-03-01", timezone="Europe/Oslo")
    march = (whole.start_ms >= part_start(year)) & (whole.start_ms < part_start(year) + part.start_ms[-1] + HOUR_MS)
    assert part.mean.sum() == pytest.approx(whole.mean[march].sum())
    doubled = cells_of(
        {**demand, "per_year": 19_150, "factor": 2}, 31, f"{year}-03-01", trend=0.5, timezone="Europe/Oslo"
    )
    assert doubled.mean == pytest.approx(part.mean)


def part_start(year):
    return (date(year, 3, 1) - date(year, 1, 1)).days * 24 * HOUR_MS


def test_surges_hold_for_their_civil_days_and_multiply():
    surges = {
        "campaign": {"first_day": "2024-01-16", "last_day": "2024-01-18", "factor": 2, "channels": ["chat"]},
        "again": {"first_day": "2024-01-18", "last_day": "2024-01-18", "factor": 1.5},
        "phone only": {"first_day": "2024-01-15", "last_day": "2024-01-31", "factor": 9, "channels": ["phone"]},
        "silence": {"first_day": "2024-01-19", "last_day": "2024-01-19", "factor": 0},
    }
    cells = cells_of({"per_hour": 1}, 5, surges=surges)
    by_day = np.bincount(cells.start_ms // (24 * HOUR_MS), cells.mean, 5) / 24
    assert by_day == pytest.approx([1, 2, 2, 3, 0])


def test_an_evening_and_the_night_after_it_are_one_service_day():
    cells = cells_of({"per_hour": 1}, 2, "2024-01-15", busyness={"day_starts": "06:30"})
    first = date(2024, 1, 15).toordinal()
    minute = cells.start_ms // 60_000
    expected = np.where(minute < 390, first - 1, np.where(minute < 1440 + 390, first, first + 1))
    assert cells.service_day.tolist() == expected.tolist()


def test_cells_keep_their_identity_when_the_period_grows():
    short = cells_of({"per_hour": 1}, 2, "2024-03-30", timezone="Europe/Oslo")
    long = cells_of({"per_hour": 2}, 5, "2024-03-29", timezone="Europe/Oslo")
    assert set(short.identity.tolist()) <= set(long.identity.tolist())
    assert long.identity.tolist()[24 : 24 + len(short.identity)] == short.identity.tolist()
    assert int(long.identity.max()) < 2**33


def test_no_demand_has_no_cells():
    scenario = scenario_of(channels=CHAT)
    assert len(hourly_rates(scenario, "chat", Calendar.of(scenario)).mean) == 0


@pytest.mark.parametrize(
    ("demand", "words"),
    [
        ({}, "profile or per_hour"),
        ({"per_year": 5}, "profile or per_hour"),
        ({"per_hour": 1, "profile": "chat-2023"}, "Both profile and per_hour"),
        ({"per_hour": 0, "per_year": 5}, "All rates are 0"),
        ({"profile": "chat-1999"}, "no profile called"),
    ],
)
def test_demand_without_rates_is_refused(demand, words):
    with pytest.raises(DemandError, match=words):
        cells_of(demand)


def test_nobody_in_a_year_is_nobody():
    assert len(cells_of({"per_hour": 0, "per_year": 0}).mean) == 0
    assert len(cells_of({"per_hour": 5, "per_year": 0}).mean) == 0


def test_a_profile_of_ones_own_lies_beside_the_scenario(tmp_path):
    profile = profile_of(lambda month, weekday, hour: hour + 0 * month)
    write_profile(profile, tmp_path / "own" / "my.csv")
    (tmp_path / "own" / "mine.yaml").write_text(
        "title: mine\nperiod: {first_day: 2024-01-15, last_day: 2024-01-15}\ntimezone: UTC\n"
        "channels: {chat: {work: {mean_min: 10}}}\ndemand: {chat: {profile: my.csv}}\n",
        encoding="utf-8",
    )
    scenario = load(tmp_path / "own" / "mine.yaml")
    cells = hourly_rates(scenario, "chat", Calendar.of(scenario))
    assert cells.mean.tolist() == list(range(1, 24))
    (tmp_path / "own" / "my.csv").unlink()
    with pytest.raises(ProfileError, match=r"mine\.yaml:5:26: demand\.chat\.profile: There is no file “my\.csv”"):
        hourly_rates(scenario, "chat", Calendar.of(scenario))


def test_a_misspelt_profile_is_pointed_out_where_it_is_written():
    text = (
        "title: mine\nperiod: {first_day: 2024-01-15, last_day: 2024-01-15}\n"
        "channels: {chat: {work: {mean_min: 10}}}\ndemand:\n  chat:\n    profile: chat-2032\n"
    )
    scenario = load(text)
    with pytest.raises(ProfileError, match=r":6:14: demand\.chat\.profile: There is no profile called “chat-2032”"):
        hourly_rates(scenario, "chat", Calendar.of(scenario))
