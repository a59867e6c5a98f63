"""The stopping rule on sequences worked by hand, against its definition, and in what it promises: coverage."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.service.keys import Key
from simulator.study.intervals import ratio_of_totals
from simulator.study.precision import FEWEST_YEARS, LOOK_AHEAD, LookAhead, RunningRatio, Stopping, look_ahead
from simulator.study.watched import HEADLINES, Precision, PrecisionError, name_of, watched
from simulator.words import LANGUAGES

WIDE, GOOD = 2.0, 0.5


def stopped(widths, wanted=1.0, limit=LOOK_AHEAD):
    """What the rule found in a sequence of widths after 1, 2, 3 ... years: years, width, and years looked at."""
    rule = LookAhead(wanted, limit)
    for years, width in enumerate(widths, 1):
        rule.see(width)
        if rule.found is not None:
            return rule.found, rule.width, years
    return None, rule.width, len(widths)


@pytest.mark.parametrize(
    ("years", "more"), [(3, 5), (50, 5), (100, 5), (101, 6), (120, 6), (121, 7), (200, 10), (1000, 50)]
)
def test_the_look_ahead_is_the_papers(years, more):
    assert look_ahead(years) == more


@pytest.mark.parametrize(
    ("widths", "expected"),
    [
        pytest.param([GOOD] * 8, (3, GOOD, 8), id="never before three years"),
        pytest.param([GOOD] * 7, (None, GOOD, 7), id="the look-ahead is five years, not four"),
        pytest.param([WIDE] * 5 + [1.0] + [GOOD] * 5, (6, 1.0, 11), id="as precise as asked is enough"),
        pytest.param(
            [WIDE] * 4 + [GOOD] * 5 + [WIDE] + [0.9, *[GOOD] * 5], (11, 0.9, 16), id="one relapse begins anew"
        ),
        pytest.param([math.inf, math.inf, *[math.nan] * 20], (None, math.nan, 22), id="no width is not precise"),
        pytest.param([WIDE] * 30, (None, WIDE, 30), id="never"),
    ],
)
def test_a_sequence_worked_by_hand(widths, expected):
    assert repr(stopped(widths)) == repr(expected)


def test_without_a_look_ahead_the_first_year_that_is_precise_ends_it():
    assert stopped([WIDE] * 4 + [GOOD] * 2, limit=0) == (5, GOOD, 5)


def test_from_a_hundred_years_on_it_looks_further():
    assert stopped([WIDE] * 199 + [GOOD] * 99) == (200, GOOD, 210)


def test_what_comes_after_the_find_is_of_no_account():
    rule = LookAhead(1.0)
    for width in [GOOD] * 8 + [WIDE] * 9:
        rule.see(width)
    assert (rule.found, rule.width) == (3, GOOD)


@given(st.lists(st.sampled_from([GOOD, GOOD, GOOD, WIDE]), max_size=60), st.integers(0, 7))
def test_it_is_the_least_number_that_stays_precise(widths, limit):
    def stays(years):
        end = years + look_ahead(years, limit)
        return end <= len(widths) and all(width <= 1.0 for width in widths[years - 1 : end])

    least = next((years for years in range(FEWEST_YEARS, len(widths) + 1) if stays(years)), None)
    assert stopped(widths, limit=limit)[0] == least


# --- widths ------------------------------------------------------------------------------------------------------


def relative(top, bottom):
    mean, noise = ratio_of_totals(np.array([top]), np.array([bottom]))
    return float(noise[0] / abs(mean[0]))


@pytest.mark.parametrize("offset", [0.0, 1e9])
def test_running_widths_are_those_of_the_estimates(offset):
    rng = np.random.default_rng(4)
    top, bottom = offset + rng.normal(50, 5, 40), rng.normal(20, 2, 40)
    running = RunningRatio()
    for years in range(1, 41):
        running.add(top[years - 1], bottom[years - 1])
        if years > 1:
            assert running.relative_half_width() == pytest.approx(relative(top[:years], bottom[:years]), rel=1e-6)


@pytest.mark.parametrize(
    ("years", "width"),
    [
        ([(5.0, 1.0)], math.inf),
        ([(5.0, 1.0)] * 3, 0.0),
        ([(0.0, 1.0)] * 3, 0.0),
        ([(0.0, 0.0)] * 3, math.inf),
        ([(1.0, 1.0), (-1.0, 1.0)], math.inf),
        ([(math.nan, 1.0), (1.0, 1.0)], math.inf),
        ([(3.0, 6.0), (1.0, 2.0)], 0.0),
    ],
)
def test_widths_that_are_no_ordinary_number(years, width):
    running = RunningRatio()
    for top, bottom in years:
        running.add(top, bottom)
    assert running.relative_half_width() == width


def test_all_figures_must_be_precise_at_once():
    rng = np.random.default_rng(8)
    top, bottom = rng.normal(100, [[5], [12]], (2, 400)), np.ones((2, 400))
    alone = [found(top[[each]], bottom[[each]], 0.02) for each in (0, 1)]
    together = found(top, bottom, 0.02)
    widths = [[relative(top[each, :years], bottom[each, :years]) for each in (0, 1)] for years in range(2, 401)]
    assert stopped([math.inf, *map(max, widths)], wanted=0.02)[0] == together
    assert together >= max(alone) > min(alone)


def found(top, bottom, wanted, limit=LOOK_AHEAD):
    stopping = Stopping(wanted, len(top), limit)
    stopping.see(top, bottom)
    return stopping.rule.found


def test_the_interval_covers_as_often_as_it_says():
    """Of 2 000 studies whose years are normal (5 % wanted, 10 % spread), at least 92.5 % must cover the truth.

    200 000 such studies, computed apart, covered in 95.2 %. If that is the truth, fewer than 92.5 % of 2 000 cover in
    one seed of ten million. Without the look-ahead 90.3 % covered, which is seen here in 999 seeds of a thousand.
    """
    covered = {}
    for limit in (0, LOOK_AHEAD):
        rng, hits = np.random.default_rng(2010), 0
        for _ in range(2000):
            years = rng.normal(100, 10, (1, 150))
            enough = found(years, np.ones_like(years), 0.05, limit)
            mean, noise = ratio_of_totals(years[:, :enough], np.ones((1, enough)))
            assert noise[0] <= 0.05 * mean[0] * (1 + 1e-9)
            hits += abs(mean[0] - 100) <= noise[0]
        covered[limit] = hits / 2000
    assert covered[LOOK_AHEAD] >= 0.925 > covered[0]


# --- which figures -----------------------------------------------------------------------------------------------

KEYS = (
    *HEADLINES,
    Key("answered"),
    Key("answered", "chat", hour="22"),
    Key("answered", "phone", "oslo"),
    Key("cost_nok"),
)


def test_the_headlines_are_watched_as_far_as_there_are_any():
    assert watched(Precision(0.01), KEYS) == HEADLINES
    assert watched(Precision(0.01), KEYS[:2]) == HEADLINES[:2]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("answered", Key("answered")),
        ("answered/all", Key("answered")),
        ("answered/all/all", Key("answered")),
        ("answered/chat", Key("answered", "chat")),
        ("answered/phone/oslo", Key("answered", "phone", "oslo")),
    ],
)
def test_a_figure_is_found_by_its_name(typed, key):
    assert watched(Precision(0.01, (typed, typed)), KEYS) == (key,)
    assert watched(Precision(0.01, (name_of(key),)), KEYS) == (key,)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("typed", "near"),
    [("answred/chat", "answered/chat"), ("cost", "cost_nok"), ("answered/sms", "answered"), ("xyz", None)],
)
def test_an_unknown_figure_is_told_with_its_nearest_spelling(typed, near, lang):
    with pytest.raises(PrecisionError) as told:
        watched(Precision(0.01, ("answered", typed)), KEYS)
    (line,) = told.value.text(lang).splitlines()
    assert typed in line
    assert ("Mente du" in line or "Did you mean" in line) == (near is not None)
    assert near is None or near in line


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, math.nan])
def test_a_precision_is_a_share(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        Precision(share)
