"""Numbers as people read them: digits that the interval supports, units, signs, and small counts withheld."""

import math
import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.report import numbers

NBSP = "\u00a0"
NAN = math.nan


@pytest.mark.parametrize(
    ("value", "decimals", "nb", "en"),
    [
        (8769.6, 0, f"8{NBSP}770", "8,770"),
        (8769.6, -2, f"8{NBSP}800", "8,800"),
        (0.25, 2, "0,25", "0.25"),
        (-1234.5, 1, f"−1{NBSP}234,5", "−1,234.5"),
        (-0.2, 0, "0", "0"),
        (1234567.0, 0, f"1{NBSP}234{NBSP}567", "1,234,567"),
        (NAN, 0, "–", "–"),
        (math.inf, 0, "–", "–"),
    ],
)
def test_number(value, decimals, nb, en):
    assert numbers.number(value, "nb", decimals) == nb
    assert numbers.number(value, "en", decimals) == en


@pytest.mark.parametrize(
    ("mean", "low", "high", "unit", "nb", "en"),
    [
        (8770.3, 8600.2, 8950.1, "contacts/year", f"8{NBSP}770 (8{NBSP}600–8{NBSP}950)", "8,770 (8,600–8,950)"),
        (8770.3, 7800, 9700, "contacts/year", f"8{NBSP}800 (7{NBSP}800–9{NBSP}700)", "8,800 (7,800–9,700)"),
        (0.6312, 0.618, 0.644, "share", f"63,1{NBSP}% (61,8–64,4)", "63.1% (61.8–64.4)"),
        (0.6312, 0.55, 0.71, "share", f"63{NBSP}% (55–71)", "63% (55–71)"),
        (0.6312, 0.63119, 0.63121, "share", f"63,1{NBSP}%", "63.1%"),
        (2.84, 2.6, 3.1, "min", f"2,8{NBSP}min (2,6–3,1)", "2.8 min (2.6–3.1)"),
        (42.7, 40.1, 45.2, "h", f"42,7{NBSP}t (40,1–45,2)", "42.7 h (40.1–45.2)"),
        (1.84, 1.7, 2.0, "days", f"1,8{NBSP}døgn (1,7–2,0)", "1.8 days (1.7–2.0)"),
        (
            21.35e6,
            21.1e6,
            21.6e6,
            "NOK/year",
            f"21,35{NBSP}mill.{NBSP}kr (21,10–21,60)",
            "NOK 21.35 million (21.10–21.60)",
        ),
        (812.4, 700.0, 900.0, "NOK/contact", f"810{NBSP}kr (700–900)", "NOK 810 (700–900)"),
        (3.512, 3.41, 3.62, "calls/day", "3,51 (3,41–3,62)", "3.51 (3.41–3.62)"),
        (30.9, 28.4, 33.5, "persons/period", "31 (28–34)", "31 (28–34)"),
        (0.0, 0.0, 0.0, "contacts/period", "0", "0"),
        (-40.0, -120.0, 40.0, "contacts/year", "−40 (−120 til 40)", "−40 (−120 to 40)"),
        (35136.0, 35136.0, 35136.0, "hours/year", f"35{NBSP}136{NBSP}t", "35,136 h"),
        (8770.3, NAN, NAN, "contacts/year", f"ca.{NBSP}8{NBSP}800", "about 8,800"),
        (0.0, NAN, NAN, "contacts/year", f"ca.{NBSP}0", "about 0"),
        (NAN, NAN, NAN, "share", "–", "–"),
    ],
)
def test_interval(mean, low, high, unit, nb, en):
    assert numbers.interval(mean, low, high, "nb", unit) == nb
    assert numbers.interval(mean, low, high, "en", unit).replace(NBSP, " ") == en


@settings(deadline=None)
@given(mean=st.floats(-1e7, 1e7), half=st.floats(1e-2, 1e6))
def test_the_last_digit_is_between_a_third_and_a_thirtieth_of_the_half_width(mean, half):
    low, high = mean - half, mean + half
    last_digit = 10.0 ** -numbers.decimals_supported(low, high)
    assert 3.5 < (high - low) / 2 / last_digit < 35.6


@settings(deadline=None)
@given(
    mean=st.floats(-1e7, 1e7), half=st.floats(0, 1e6), unit=st.sampled_from(["share", "min", "NOK/year", "calls/day"])
)
def test_no_interval_is_written_with_a_minus_before_a_zero(mean, half, unit):
    text = numbers.interval(mean, mean - half, mean + half, "en", unit)
    assert "nan" not in text
    assert not re.search(r"−0(\.0+)?(?![\d.,])", text)


@pytest.mark.parametrize(
    ("half", "decimals"),
    [(175, -1), (354, -1), (356, -2), (949, -2), (960, -2), (1.2, 1), (3.6, 0), (0.012, 3), (100, -1), (99.9, -1)],
)
def test_decimals_follow_the_rule_of_two_or_one_digit(half, decimals):
    assert numbers.decimals_supported(5000 - half, 5000 + half) == decimals


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (NAN, 1.0), (0.0, math.inf)])
def test_an_interval_without_width_supports_no_digits(low, high):
    with pytest.raises(ValueError, match="no width"):
        numbers.decimals_supported(low, high)


def test_one_year_and_given_numbers():
    assert numbers.year_span(8480.0, 9060.0, "en", "contacts/year") == "8,480–9,060"
    assert numbers.year_span(0.4, 0.424, "nb", "share") == f"40,0–42,4{NBSP}%"
    assert numbers.year_span(NAN, 1.0, "nb") == "–"
    assert numbers.as_written(0.63, "nb", "share") == f"63{NBSP}%"
    assert numbers.as_written(3.5, "nb", "calls/day") == "3,5"
    assert numbers.as_written(19150, "en") == "19,150"
    assert numbers.as_written(NAN, "en") == "–"


def test_shares_kroner_dates_and_clock():
    assert numbers.percent(0.1234, "nb", 1) == f"12,3{NBSP}%"
    assert numbers.percent(0.1234, "en") == "12%"
    assert numbers.kroner(1_234_567, "nb") == f"1,2{NBSP}mill.{NBSP}kr"
    assert numbers.kroner(56, "en") == f"NOK{NBSP}56"
    assert numbers.day(date(2024, 5, 17), "nb") == "17. mai 2024"
    assert numbers.day(date(2024, 5, 17), "en") == "17 May 2024"
    assert [numbers.weekday(day, "nb") for day in numbers.WEEKDAYS] == ["man", "tir", "ons", "tor", "fre", "lør", "søn"]
    assert numbers.weekday("sun", "en") == "Sun"
    assert numbers.clock_hour(23) == "23–24"


@pytest.mark.parametrize(("value", "small"), [(0, False), (0.2, True), (4.99, True), (5, False), (800, False)])
def test_small_counts(value, small):
    assert numbers.is_small(value) is small


def test_what_stands_for_a_small_count():
    assert (numbers.suppressed("nb"), numbers.suppressed("en")) == ("<5", "<5")
