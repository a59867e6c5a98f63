"""Random numbers that are looked up: uniform, unrelated to their neighbours, and right in every family.

Seeds are fixed. Each statistical bound is passed by a right program with all but the stated probability, over seeds.
"""

from collections.abc import Callable
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special

from simulator.demand.quantiles import WORD_BITS, weibull_inverse_shape
from simulator.demand.streams import (
    LONGEST_MS,
    Key,
    Recipe,
    Streams,
    gamma_factors,
    normal_scores,
    stream_key,
    stream_keys,
    uniforms,
    unit_exponentials,
    words,
)
from simulator.scenario.model import Duration

Floats = NDArray[np.float64]

KEY = stream_key(1, 0, 0, "test")
MANY = 1_000_000
COUNTERS = np.arange(MANY, dtype=np.uint64)


def chi_square_fits(u: Floats, cells: int) -> bool:
    """Whether numbers spread evenly over equal cells; false alarm 1e-6."""
    counts = np.bincount((u * cells).astype(int), minlength=cells)
    statistic = ((counts - len(u) / cells) ** 2 / (len(u) / cells)).sum()
    return bool(statistic < special.chdtri(cells - 1, 1e-6))


@pytest.mark.parametrize("stride", [1, 1 << 20, 1 << 33, 3])
def test_numbers_are_uniform_however_counters_are_spaced(stride: int) -> None:
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
def test_numbers_are_unrelated_to_their_neighbours(key: Key, counter_bits: int | None) -> None:
    """Correlations of the numbers and of their squares; false alarm 6e-7 each (5 standard errors)."""
    counters = COUNTERS + np.uint64(1) if counter_bits is None else COUNTERS | np.uint64(counter_bits)
    other = uniforms(key, counters)
    u = uniforms(KEY, COUNTERS)
    for power in (1, 2):
        assert abs(np.corrcoef(u**power, other**power)[0, 1]) < 5 / MANY**0.5
    pairs = (np.floor(u * 16) * 16 + np.floor(other * 16)) / 256
    assert chi_square_fits(pairs + 1e-9, 256)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=50))
def test_a_number_depends_on_its_counter_alone(counters: list[int]) -> None:
    array = np.array(counters, np.uint64)
    together = uniforms(KEY, array)
    alone = [uniforms(KEY, array[i : i + 1])[0] for i in range(len(array))]
    assert together.tolist() == alone
    assert np.all((together > 0) & (together < 1))


PINNED_KEY = stream_key(1, 2, 3, "patience/chat")
PINNED_COUNTERS = np.array([0, 1, 2**56 + 5], np.uint64)


def test_numbers_of_a_stream_are_those_of_ever() -> None:
    """Pinned: whatever moves these moves every committed figure."""
    assert [int(half) for half in PINNED_KEY] == [7081961753513597030, 15649448195446159634]
    assert words(PINNED_KEY, PINNED_COUNTERS).tolist() == [2627644465349443, 3365202370419306, 3701973034129391]
    found = uniforms(PINNED_KEY, PINNED_COUNTERS)
    assert found.tolist() == [0.5834542771919623, 0.7472250308325338, 0.8220031398063802]


def test_scores_and_times_of_a_stream_are_those_of_ever() -> None:
    """Pinned like the uniform numbers; they lean on scipy's tables, so scores are held to what no tick can show."""
    scores = normal_scores(PINNED_KEY, PINNED_COUNTERS)
    assert scores == pytest.approx([0.21073835251776363, 0.6657828030898282, 0.9230258764696941], abs=1e-10)
    exponentials = unit_exponentials(PINNED_KEY, PINNED_COUNTERS)
    assert exponentials == pytest.approx([0.8757590447494801, 1.3752556359686938, 1.725989368206913], abs=1e-10)
    pinned = {
        "exponential": [2206913, 3465644, 4349493],
        "lognormal": [2320769, 3145238, 3734972],
        "gamma": [2440882, 3398070, 4033895],
        "weibull": [2489659, 3480071, 4119063],
    }
    for distribution, times_ms in pinned.items():
        duration = Duration.model_validate({"mean_min": 42, "cv": 0.75, "distribution": distribution})
        assert Recipe.of(duration).times_ms(PINNED_KEY, PINNED_COUNTERS).tolist() == times_ms, distribution


# --- keys ---------------------------------------------------------------------------------------------------------


def test_keys_of_a_year_are_those_of_its_streams() -> None:
    names = ("work/chat", "work/phone", "origin")
    keys = stream_keys(4, 2, 9, names)
    assert keys.shape == (3, 2) and keys.dtype == np.uint64
    assert [tuple(key) for key in keys] == [stream_key(4, 2, 9, name) for name in names]
    assert np.array_equal(Streams(4, 2, 9).keys(names), keys)
    assert np.array_equal(stream_keys(4, 2, 9, names[::-1]), keys[::-1]), "a stream does not know the others"
    assert stream_keys(4, 2, 9, ()).shape == (0, 2)


@given(st.integers(0, 2**62), st.integers(0, 2**62), st.integers(0, 2**62), st.text(max_size=8))
@settings(max_examples=100)
def test_keys_depend_on_what_they_are_for_alone(seed: int, world: int, replication: int, name: str) -> None:
    keys = stream_keys(seed, world, replication, ("before", name, "after"))
    assert tuple(keys[1]) == stream_key(seed, world, replication, name)
    others = [
        stream_key(seed + 1, world, replication, name),
        stream_key(seed, world + 1, replication, name),
        stream_key(seed, world, replication + 1, name),
        stream_key(seed, world, replication, name + "x"),
    ]
    assert len({tuple(keys[1]), *others}) == 5


def test_no_seed_world_or_replication_is_special() -> None:
    """All halves of the keys of 8 000 years of two streams differ; chance makes two alike once in 10 ** 10 tries."""
    halves = np.concatenate(
        [stream_keys(*year, ("x", "work/chat")).ravel() for year in product(range(20), range(20), range(20))]
    )
    assert len(np.unique(halves)) == len(halves) == 32_000


def test_numbers_of_neighbouring_years_are_unrelated() -> None:
    """The same person's number in 20 000 years, and in pairs of neighbouring years; false alarm 2e-6 in all."""
    counter = np.array([7], np.uint64)
    u = np.array([uniforms(stream_key(1, 0, replication, "work/chat"), counter)[0] for replication in range(20_000)])
    assert chi_square_fits(u, 100)
    pairs = (np.floor(u[::2] * 10) * 10 + np.floor(u[1::2] * 10)) / 100
    assert chi_square_fits(pairs + 1e-9, 100)


def test_no_year_is_another_one_with_its_persons_moved() -> None:
    """No word of 100 000 in a year occurs in the next year; chance lets one do so once in 10 ** 5 tries."""
    years = [words(stream_key(1, 0, replication, "x"), COUNTERS[:100_000]) for replication in range(4)]
    for one, other in pairwise(years):
        assert len(np.intersect1d(one, other)) == 0


# --- numbers and times --------------------------------------------------------------------------------------------


def test_blocks_do_not_show() -> None:
    long = uniforms(KEY, COUNTERS[:100_000])
    assert np.array_equal(long[16_000:17_000], uniforms(KEY, COUNTERS[16_000:17_000]))
    assert np.array_equal(uniforms(KEY, COUNTERS[:600].reshape(20, 30)).ravel(), long[:600])
    assert uniforms(KEY, COUNTERS[:0]).shape == (0,) and uniforms(KEY, COUNTERS[:0, None]).shape == (0, 1)


def test_words_are_whole_numbers_below_their_bits() -> None:
    found = words(KEY, COUNTERS)
    assert found.dtype == np.uint64 and found.max() < 1 << WORD_BITS
    assert np.array_equal(uniforms(KEY, COUNTERS), (found + 0.5) / 2.0**WORD_BITS)


@pytest.mark.parametrize(
    ("make", "distribution"),
    [(unit_exponentials, lambda x: -special.expm1(-x)), (normal_scores, special.ndtr)],
    ids=["exponential", "normal"],
)
def test_numbers_without_parameters_follow_their_family(
    make: Callable[[Key, NDArray[np.uint64]], Floats], distribution: Callable[[Floats], Floats]
) -> None:
    """Uniform by their distribution function, in all and among the rarest 0.1 % of each side; false alarm 3e-6."""
    u = distribution(make(KEY, COUNTERS))
    assert chi_square_fits(u, 1000)
    for tail in (u, 1 - u):
        rare = tail[tail < 1e-3] * 1e3
        assert chi_square_fits(rare, 20)


@pytest.mark.parametrize("make", [unit_exponentials, normal_scores], ids=["exponential", "normal"])
def test_numbers_rise_with_their_word(make: Callable[[Key, NDArray[np.uint64]], Floats]) -> None:
    order = np.argsort(words(KEY, COUNTERS))
    assert np.all(np.diff(make(KEY, COUNTERS)[order]) >= 0)
    assert np.array_equal(make(KEY, COUNTERS[:600].reshape(20, 30)).ravel(), make(KEY, COUNTERS[:600]))


def test_exponentials_have_mean_and_variance_one() -> None:
    """Within 5 standard errors: the variance of a squared deviation is 8; false alarm 1.2e-6."""
    found = unit_exponentials(KEY, COUNTERS)
    assert found.mean() == pytest.approx(1, abs=5 / MANY**0.5)
    assert found.var() == pytest.approx(1, abs=5 * (8 / MANY) ** 0.5)


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
def test_times_have_the_mean_and_spread_asked_for(duration: Duration) -> None:
    """Mean and variance within 5 standard errors, taken from the sample itself; false alarm below 1e-5 each."""
    times = Recipe.of(duration).times_ms(KEY, COUNTERS) / 60_000
    cv = {"exponential": 1.0, "fixed": 0.0}.get(duration.distribution, duration.cv or 0.0)
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
def test_times_follow_their_family(duration: Duration, distribution: Callable[[Floats], Floats]) -> None:
    """The distribution function of each time is uniform; false alarm 1e-6."""
    times = Recipe.of(duration).times_ms(KEY, COUNTERS[:100_000]) / 60_000
    assert chi_square_fits(np.minimum(distribution(np.maximum(times, 1e-9)), 1 - 1e-12), 100)


def test_gamma_factors_have_mean_one() -> None:
    factors = gamma_factors(20.0, normal_scores(KEY, COUNTERS[:200_000]))
    assert factors.mean() == pytest.approx(1, abs=5 * (1 / 20 / 200_000) ** 0.5)
    assert factors.var() == pytest.approx(1 / 20, rel=0.02)


@given(st.floats(1e-6, 1e3))
def test_weibull_shape_gives_the_coefficient_of_variation_back(cv: float) -> None:
    a = weibull_inverse_shape(cv)
    log_moment = special.gammaln(1 + 2 * a) - 2 * special.gammaln(1 + a)
    assert log_moment == pytest.approx(np.log1p(cv * cv), rel=1e-6, abs=1e-15)


@given(
    st.sampled_from(["exponential", "lognormal", "gamma", "weibull", "fixed"]),
    st.floats(1e-300, 1e300),
    st.floats(0, 1e3),
    st.integers(0, 1),
)
def test_absurd_times_stay_on_the_clock(distribution: str, mean_min: float, cv: float, least_ms: int) -> None:
    duration = Duration.model_validate({"mean_min": mean_min, "cv": cv, "distribution": distribution})
    times = Recipe.of(duration, least_ms).times_ms(KEY, COUNTERS[:200])
    assert times.dtype == np.int64
    assert least_ms <= times.min() and times.max() <= LONGEST_MS


def test_times_that_take_some_time_take_a_tick() -> None:
    tiny = Duration(mean_min=1e-9)
    assert Recipe.of(tiny, 1).times_ms(KEY, COUNTERS[:10]).tolist() == [1] * 10
    assert Recipe.of(tiny).times_ms(KEY, COUNTERS[:10]).tolist() == [0] * 10


@pytest.mark.parametrize("cv", [None, 1e9])
@pytest.mark.parametrize("distribution", ["lognormal", "gamma", "weibull"])
def test_families_with_spread_need_a_usable_one(distribution: str, cv: float | None) -> None:
    duration = Duration.model_validate({"mean_min": 1, "cv": cv, "distribution": distribution})
    with pytest.raises(ValueError, match="cv"):
        Recipe.of(duration).times_ms(KEY, COUNTERS[:3])


def test_streams_name_their_keys() -> None:
    assert Streams(4, 2, 9).key("work/chat") == stream_key(4, 2, 9, "work/chat")
