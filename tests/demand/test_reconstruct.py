"""From totals to a profile: every total met, smoothly, and impossible ones refused."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.demand import ReconstructionError, block_hours, build_profile, reference_shape, tilt
from simulator.demand.tilting import harmonics
from simulator.evidence import evidence
from simulator.scenario.calendar import Calendar, is_holiday
from simulator.scenario.schedule import ScheduleRule

YEAR = Calendar(date(2023, 1, 1), date(2023, 12, 31), "Europe/Oslo")
BLOCKS = {
    "night": ScheduleRule(daily="00:00-04:00"),
    "window": ScheduleRule(daily="16:15-22:45", sat="16:15-23:45"),
    "rest": None,
}
TOTALS = {"night": 5043.0, "window": 9010.0, "rest": 5097.0}


def held(profile, calendar=YEAR, blocks=BLOCKS):
    """First attempts by block and month."""
    return np.einsum("bmdh,mdh->bm", block_hours(calendar, blocks), profile.per_hour)


def test_the_blocks_of_2023_have_the_hours_of_the_calendar():
    hours = block_hours(YEAR, BLOCKS).sum(axis=(1, 2, 3))
    assert hours.tolist() == [1460.0, 2424.5, 8760 - 1460 - 2424.5]
    leap = Calendar(date(2024, 1, 1), date(2024, 12, 31), "Europe/Oslo")
    assert block_hours(leap, BLOCKS).sum(axis=(1, 2, 3))[1] == 2431.0


def test_cal_1():
    """Case CAL-1: hours open, and share of a profile in them, over whole weeks without a change of clocks."""
    cases = json.loads(Path("tests/cases/public.json").read_text("utf-8"))
    case = next(each for each in cases if each["id"] == "CAL-1")
    weeks = Calendar(date(2023, 1, 2), date(2023, 12, 31), "UTC")
    blocks = {"open": BLOCKS["window"], "closed": None}
    hours = block_hours(weeks, blocks).sum(axis=1)
    assert hours[0].sum() / 52 == pytest.approx(case["expected"]["open_hours_per_week"])
    weights = case["params"]["weekday_weights_mon_first"]
    demand = np.einsum("bdh,d,h->b", hours, weights, case["params"]["hour_profile"])
    assert demand[0] / demand.sum() == pytest.approx(case["expected"]["share_of_demand_open"], rel=1e-6)
    assert demand[1] / demand.sum() == pytest.approx(case["expected"]["share_of_demand_closed"], rel=1e-6)


def test_block_hours_agree_with_counting_minutes():
    """Spring and autumn, a holiday, windows across midnight and half hours, minute by minute."""
    rule = ScheduleRule(daily="22:40-03:20", sun="01:30-02:10", holidays="10:00-11:07")
    for first, last in [(date(2023, 3, 24), date(2023, 4, 11)), (date(2023, 10, 27), date(2023, 10, 31))]:
        calendar = Calendar(first, last, "Europe/Oslo")
        found = block_hours(calendar, {"a": rule, "b": None})
        expected = np.zeros((2, 12, 7, 24))
        zone, minute = ZoneInfo("Europe/Oslo"), timedelta(minutes=1)
        at = datetime.fromtimestamp(calendar.epoch_ms / 1000, ZoneInfo("UTC"))
        windows = calendar.windows_ms(rule) // 60_000
        for number in range(calendar.end_ms // 60_000):
            local = (at + number * minute).astimezone(zone)
            inside = np.any((windows[:, 0] <= number) & (number < windows[:, 1]))
            expected[0 if inside else 1, local.month - 1, local.weekday(), local.hour] += 1 / 60
        assert found == pytest.approx(expected, abs=1e-9)
    assert is_holiday(date(2023, 4, 6))


@pytest.mark.parametrize("reference", ["day-and-night", "open-up", "smoothness"])
def test_published_blocks_are_met(reference):
    profile = build_profile(reference_shape(reference), YEAR, BLOCKS, TOTALS)
    assert held(profile).sum(axis=1) == pytest.approx(list(TOTALS.values()), rel=1e-9)


@pytest.mark.parametrize("reference", ["day-and-night", "open-up", "smoothness"])
def test_a_tilt_changes_the_shape_smoothly(reference):
    """No jump at 04:00 or 22:45: the change of the log ratio is a slow wave, the same on both sides of every edge."""
    shape = reference_shape(reference)
    per_hour = build_profile(shape, YEAR, BLOCKS, TOTALS).per_hour[0, 0]
    ratio = np.log(per_hour / shape)
    waves = np.abs(np.fft.rfft(ratio))
    assert waves[1] > 0.9 * np.sqrt((waves[1:] ** 2).sum())
    assert waves[4:].max() < 0.01 * waves[1]


@pytest.mark.parametrize("reference", ["day-and-night", "smoothness"])
def test_no_smoother_tilt_meets_the_blocks(reference):
    """Any other tilt that meets the totals bends more: try many, each corrected back onto the totals."""
    shape = reference_shape(reference)
    coverage = block_hours(YEAR, BLOCKS).sum(axis=(1, 2))
    targets = np.array(list(TOTALS.values()))
    found = tilt(shape, coverage, targets)
    terms = harmonics(11)

    def roughness(rates):
        theta = np.linalg.lstsq(terms.T, np.log(rates / shape), rcond=None)[0]
        return ((np.arange(23) + 1) // 2) ** 4 @ theta**2

    rng = np.random.default_rng(1)
    for _ in range(30):
        other = np.log(found) + 0.02 * rng.normal(size=23) / (1 + np.arange(23)) @ terms
        for _ in range(50):  # back onto the totals, along the three slowest terms
            held = coverage * np.exp(other)
            slopes = held @ terms[:3].T / held.sum(axis=1)[:, None]
            other = other - np.linalg.solve(slopes, np.log(held.sum(axis=1) / targets)) @ terms[:3]
        assert coverage @ np.exp(other) == pytest.approx(targets, rel=1e-9)
        assert roughness(np.exp(other)) > roughness(found)


def test_blocks_months_and_weekdays_are_met_together():
    weekdays = [1.0, 1.0, 0.9, 0.95, 1.2, 1.3, 1.1]
    months = {3: 2126.8, 7: 900.0, 10: 1500.0}
    profile = build_profile(reference_shape("day-and-night"), YEAR, BLOCKS, TOTALS, months, weekdays)
    by_month = held(profile)
    assert by_month.sum(axis=1) == pytest.approx(list(TOTALS.values()), rel=1e-9)
    assert [by_month[:, month - 1].sum() for month in months] == pytest.approx(list(months.values()), rel=1e-9)
    assert profile.per_hour[0, 5, 20] / profile.per_hour[0, 0, 20] == pytest.approx(1.3)
    others = profile.per_hour[[0, 1, 3, 4, 5, 7, 8, 10, 11]]
    assert np.ptp(others, axis=0).max() < 1e-12, "months without a total are alike per day"


def test_all_months_may_be_given():
    months = {month: 1000.0 + 100 * month for month in range(1, 13)}
    totals = {"day": float(sum(months.values()))}
    profile = build_profile(reference_shape("open-up"), YEAR, {"day": None}, totals, months)
    assert held(profile, blocks={"day": None})[0] == pytest.approx(list(months.values()), rel=1e-9)


def test_one_month_may_be_left_to_the_rest():
    months = {month: 1100.0 + 80 * month for month in range(1, 12)}
    profile = build_profile(reference_shape("day-and-night"), YEAR, BLOCKS, TOTALS, months)
    by_month = held(profile).sum(axis=0)
    assert by_month == pytest.approx([*months.values(), 19_150 - sum(months.values())], rel=1e-9)


def test_one_total_keeps_the_shape():
    shape = reference_shape("day-and-night")
    per_hour = build_profile(shape, YEAR, {"all": None}, {"all": 14_000.0}).per_hour
    assert per_hour[4, 2] / per_hour[4, 2].sum() == pytest.approx(shape)


def distance_from_open_up(reference):
    """Open Up's day from its three block totals alone: total variation against the day as counted."""
    counts = np.array(evidence("openup-arrivals-by-hour").value, float)
    coverage = block_hours(YEAR, BLOCKS).sum(axis=(1, 2))
    truth = counts / 365
    found = tilt(reference_shape(reference), coverage, coverage @ truth) * coverage.sum(axis=0)
    truth = truth * coverage.sum(axis=0)
    return 0.5 * np.abs(found / found.sum() - truth / truth.sum()).sum()


def test_a_profile_known_whole_is_found_again_from_its_blocks():
    """The hard test: day-and-night, which has seen nothing of Open Up, does better than smoothness alone."""
    assert distance_from_open_up("open-up") < 1e-9
    assert distance_from_open_up("day-and-night") == pytest.approx(0.066, abs=0.002)
    assert distance_from_open_up("smoothness") == pytest.approx(0.094, abs=0.002)


def test_block_scaling_alone_is_worse():
    """Flat within each block, what anyone would do first, leaves more than the smooth tilts do."""
    counts = np.array(evidence("openup-arrivals-by-hour").value, float)
    coverage = block_hours(YEAR, BLOCKS).sum(axis=(1, 2))
    rates = coverage @ (counts / 365) / coverage.sum(axis=1)
    flat, truth = rates @ coverage, counts / 365 * coverage.sum(axis=0)
    distance = 0.5 * np.abs(flat / flat.sum() - truth / truth.sum()).sum()
    assert distance > distance_from_open_up("smoothness")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0.03, 1), min_size=3, max_size=3), st.sampled_from(["day-and-night", "smoothness"]))
def test_any_share_of_three_percent_or_more_is_met(parts, reference):
    shares = np.array(parts) / sum(parts)
    totals = dict(zip(BLOCKS, shares * 10_000, strict=True))
    profile = build_profile(reference_shape(reference), YEAR, BLOCKS, totals)
    assert held(profile).sum(axis=1) == pytest.approx(list(totals.values()), rel=1e-9)
    assert np.all(np.isfinite(profile.per_hour)) and profile.per_hour.min() >= 0


def test_many_blocks_are_met():
    blocks = {f"{hour:02d}": ScheduleRule(daily=f"{hour:02d}:00-{hour + 3:02d}:00") for hour in range(0, 24, 3)}
    totals = dict(zip(blocks, [2500.0, 900, 400, 600, 1100, 2300, 4100, 6000], strict=True))
    profile = build_profile(reference_shape("smoothness"), YEAR, blocks, totals)
    assert held(profile, blocks=blocks).sum(axis=1) == pytest.approx(list(totals.values()), rel=1e-9)


@pytest.mark.parametrize(
    "totals",
    [
        {"night": 0.0, "window": 1.0, "rest": 1.0},
        {"night": -1.0, "window": 1.0, "rest": 1.0},
        {"night": float("nan"), "window": 1.0, "rest": 1.0},
        {"night": 1.0, "window": 1.0, "rest": float("inf")},
    ],
)
def test_totals_that_no_curve_has_are_refused(totals):
    with pytest.raises(ReconstructionError, match="No smooth curve"):
        build_profile(reference_shape("smoothness"), YEAR, BLOCKS, totals)


def test_a_block_without_hours_is_refused():
    blocks = {"never": ScheduleRule(daily=()), "rest": None}
    with pytest.raises(ReconstructionError, match="No smooth curve"):
        build_profile(reference_shape("smoothness"), YEAR, blocks, {"never": 1.0, "rest": 1.0})


@pytest.mark.parametrize(
    "blocks",
    [
        {"a": ScheduleRule(daily="00:00-12:00"), "b": ScheduleRule(daily="11:00-24:00")},
        {"a": ScheduleRule(daily="00:00-12:00"), "b": ScheduleRule(daily="13:00-24:00")},
        {"a": None, "b": None},
    ],
    ids=["overlap", "gap", "two rests"],
)
def test_blocks_that_are_no_partition_are_refused(blocks):
    with pytest.raises(ReconstructionError, match="blocks"):
        block_hours(YEAR, blocks)


@pytest.mark.parametrize(
    "months",
    [{3: 20_000.0}, {3: 0.0}, {3: -5.0}, {month: 1000.0 for month in range(1, 13)}],
    ids=["more than the year", "none", "negative", "all, but another sum"],
)
def test_months_that_do_not_fit_are_refused(months):
    with pytest.raises(ReconstructionError, match="months"):
        build_profile(reference_shape("smoothness"), YEAR, BLOCKS, TOTALS, months)


def test_harmonics_are_orthogonal():
    terms = harmonics(2)
    assert terms @ terms.T == pytest.approx(np.diag([24.0, 12, 12, 12, 12]), abs=1e-12)
