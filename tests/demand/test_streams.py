"""Random numbers that are looked up: uniform, unrelated to their neighbours, and right in every family.

Seeds are fixed. Each statistical bound is passed by a right program with all but the stated probability, over seeds.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from simulator.demand.streams import (
    LONGEST_MS,
    Streams,
    draw_duration_ms,
    stream_key,
    uniforms,
    unit_gammas,
    weibull_inverse_shape,
)
from simulator.scenario.model import Duration

KEY = stream_key(1, 0, 0, "test")
MANY = 1_000_000
COUNTERS = np.arange(MANY, dtype=np.uint64)


def chi_square_fits(u, cells):
    """Whether numbers spread evenly over equal cells; false alarm 1e-6."""
    counts = np.bincount((u * cells).astype(int), minlength=cells)
    statistic = ((counts - len(u) / cells) ** 2 / (len(u) / cells)).sum()
    return statistic < special.chdtri(cells - 1, 1e-6)


@pytest.mark.parametrize("stride", [1, 1 << 20, 1 << 33, 3])
def test_numbers_are_uniform_however_counters_are_spaced(stride):
    with np.errstate(over="ignore"):
        u = uniforms(KEY, COUNTERS * np.uint64(stride))
    assert u.min() > 0 and u.max() < 1
    assert chi_square_fits(u, 1000)
    assert chi_square_fits(u * 4096 % 1, 256)  # the lower bits too


@pytest.mark.parametrize(
    ("key", "counter_bits"),
    [
        (KEY, 1 << 40),
        (KEY, 1 << 56),
        (KEY, 7 << 56),
        (stream_key(1, 0, 0, "test2"), 0),
        (stream_key(2, 0, 0, "test"), 0),
        (stream_key(1, 1, 0, "test"), 0),
        (stream_key(1, 0, 1, "test"), 0),
        (KEY, None),
    ],
    ids=["other bits", "next attempt", "seventh attempt", "stream", "seed", "world", "replication", "next counter"],
)
def test_numbers_are_unrelated_to_their_neighbours(key, counter_bits):
    """Correlations of the numbers and of their squares; false alarm 6e-7 each (5 standard errors)."""
    counters = COUNTERS + np.uint64(1) if counter_bits is None else COUNTERS | np.uint64(counter_bits)
    other = uniforms(key, counters)
    u = uniforms(KEY, COUNTERS)
    for power in (1, 2):
        assert abs(np.corrcoef(u**power, other**power)[0, 1]) < 5 / MANY**0.5
    pairs = (np.floor(u * 16) * 16 + np.floor(other * 16)) / 256
    assert chi_square_fits(pairs + 1e-9, 256)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50))
def test_a_number_depends_on_its_counter_alone(counters):
    array = np.array(counters, np.uint64)
    together = uniforms(KEY, array)
    alone = [uniforms(KEY, array[i : i + 1])[0] for i in range(len(array))]
    assert together.tolist() == alone
    assert np.all((together > 0) & (together < 1))


def test_numbers_of_a_stream_are_those_of_ever():
    """Pinned: whatever moves these moves every committed figure."""
    found = uniforms(stream_key(1, 2, 3, "patience/chat"), np.array([0, 1, 2**56 + 5], np.uint64))
    assert found.tolist() == [0.8286743136632156, 0.4904743240812407, 0.6049149231961918]


def test_no_seed_or_replication_is_special():
    keys = {stream_key(seed, world, run, "x") for seed in range(5) for world in range(5) for run in range(5)}
    assert len(keys) == 125


def test_blocks_do_not_show():
    long = uniforms(KEY, COUNTERS[:100_000])
    assert np.array_equal(long[16_000:17_000], uniforms(KEY, COUNTERS[16_000:17_000]))
    assert np.array_equal(uniforms(KEY, COUNTERS[:600].reshape(20, 30)).ravel(), long[:600])


FAMILIES = [
    Duration(mean_min=7),
    Duration(mean_min=42, cv=0.75, distribution="lognormal"),
    Duration(mean_min=42, cv=0.75, distribution="gamma"),
    Duration(mean_min=42, cv=0.75, distribution="weibull"),
    Duration(mean_min=12, cv=1.4, distribution="weibull"),
    Duration(mean_min=12, cv=0.1, distribution="lognormal"),
    Duration(mean_min=5, distribution="fixed"),
]


@pytest.mark.parametrize("duration", FAMILIES, ids=lambda each: f"{each.distribution}-{each.cv}")
def test_times_have_the_mean_and_spread_asked_for(duration):
    """Mean and variance within 5 standard errors, taken from the sample itself; false alarm below 1e-5 each."""
    times = draw_duration_ms(duration, KEY, COUNTERS) / 60_000
    cv = {"exponential": 1.0, "fixed": 0.0}.get(duration.distribution, duration.cv)
    spread = times.std()
    assert times.mean() == pytest.approx(duration.mean_min, abs=5 * spread / MANY**0.5 + 1e-12)
    squares = (times - times.mean()) ** 2
    assert squares.mean() == pytest.approx((cv * duration.mean_min) ** 2, abs=5 * squares.std() / MANY**0.5 + 1e-12)


@pytest.mark.parametrize(
    ("duration", "distribution"),
    [
        (FAMILIES[0], lambda x: -special.expm1(-x / 7)),
        (FAMILIES[1], lambda x: special.ndtr(np.log(x / 42 * 1.25) / np.log(1.5625) ** 0.5)),
        (FAMILIES[2], lambda x: special.gammainc(16 / 9, x / 42 * 16 / 9)),
        (
            Duration(mean_min=10, cv=5**0.5, distribution="weibull"),
            lambda x: -special.expm1(-((x / 5) ** 0.5)),
        ),
    ],
    ids=["exponential", "lognormal", "gamma", "weibull of shape 1/2"],
)
def test_times_follow_their_family(duration, distribution):
    """The distribution function of each time is uniform; false alarm 1e-6."""
    times = draw_duration_ms(duration, KEY, COUNTERS[:100_000]) / 60_000
    assert chi_square_fits(np.minimum(distribution(np.maximum(times, 1e-9)), 1 - 1e-12), 100)


def test_gamma_factors_have_mean_one():
    factors = unit_gammas(20.0, uniforms(KEY, COUNTERS[:200_000]))
    assert factors.mean() == pytest.approx(1, abs=5 * (1 / 20 / 200_000) ** 0.5)
    assert factors.var() == pytest.approx(1 / 20, rel=0.02)


@given(st.floats(1e-6, 1e3))
def test_weibull_shape_gives_the_coefficient_of_variation_back(cv):
    a = weibull_inverse_shape(cv)
    log_moment = special.gammaln(1 + 2 * a) - 2 * special.gammaln(1 + a)
    assert log_moment == pytest.approx(np.log1p(cv * cv), rel=1e-6, abs=1e-15)


@given(
    st.sampled_from(["exponential", "lognormal", "gamma", "weibull", "fixed"]),
    st.floats(1e-300, 1e300),
    st.floats(0, 1e3),
    st.integers(0, 1),
)
def test_absurd_times_stay_on_the_clock(distribution, mean_min, cv, least_ms):
    duration = Duration(mean_min=mean_min, cv=cv, distribution=distribution)
    times = draw_duration_ms(duration, KEY, COUNTERS[:200], least_ms)
    assert times.dtype == np.int64
    assert least_ms <= times.min() and times.max() <= LONGEST_MS


def test_times_that_take_some_time_take_a_tick():
    tiny = Duration(mean_min=1e-9)
    assert draw_duration_ms(tiny, KEY, COUNTERS[:10], 1).tolist() == [1] * 10
    assert draw_duration_ms(tiny, KEY, COUNTERS[:10]).tolist() == [0] * 10


@pytest.mark.parametrize("cv", [None, 1e9])
@pytest.mark.parametrize("distribution", ["lognormal", "gamma", "weibull"])
def test_families_with_spread_need_a_usable_one(distribution, cv):
    with pytest.raises(ValueError, match="cv"):
        draw_duration_ms(Duration(mean_min=1, cv=cv, distribution=distribution), KEY, COUNTERS[:3])


def test_streams_name_their_keys():
    assert Streams(4, 2, 9).key("work/chat") == stream_key(4, 2, 9, "work/chat")
