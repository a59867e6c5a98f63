"""The three layers: worked by hand, against hierarchical models whose truth is known, and in what always holds.

Statistical checks have fixed seeds; a bound of 4 standard errors would be missed by chance once in 16 000.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import t as student

from simulator.study.intervals import ratio_of_totals
from simulator.study.layers import Layers, expected_years, layers, paired_layers, share_better

Z95 = 1.6448536269514722


def counts(years):
    """Layers of yearly totals of shape (figures, worlds, replications)."""
    return layers(np.asarray(years, dtype=float), np.ones(np.shape(years)))


def variances(found, replications):
    """Variance between worlds and of a year, from the shares and the noise."""
    natural = found.world_noise * replications
    return found.ignorance / found.natural * natural, natural


def close(sample, truth):
    """Whether the mean of independent numbers is within 4 standard errors of the truth."""
    return abs(np.mean(sample) - truth) < 4.0 * np.std(sample, ddof=1) / np.sqrt(len(sample))


def test_two_worlds_of_two_years_worked_by_hand():
    found = counts([[[1, 3], [5, 9]]])
    # means 2 and 7, 12.5 between them; years vary by 2 and 8, on average 5, so noise 2.5 and ignorance 10
    assert found.mean == pytest.approx([4.5])
    assert found.median == pytest.approx([4.5])
    assert found.world_noise == pytest.approx([2.5])
    half = 2.5 * np.sqrt(10 / 12.5)
    assert [found.low, found.high] == [pytest.approx([4.5 - 0.9 * half]), pytest.approx([4.5 + 0.9 * half])]
    assert [found.year_low, found.year_high] == [pytest.approx([1.3]), pytest.approx([8.4])]
    total = 10 + 5 + 1.25
    assert found.ignorance == pytest.approx([10 / total])
    assert found.natural == pytest.approx([5 / total])
    assert found.simulation == pytest.approx([1.25 / total])
    assert found.noise == pytest.approx([student.ppf(0.975, 25 / 17) * np.sqrt(5) / 2])  # Welch: (1 + 4)^2 / (1 + 16)


def test_a_world_is_a_ratio_of_totals_and_worlds_weigh_the_same():
    top, bottom = np.array([[[1.0, 9.0], [100.0, 100.0]]]), np.array([[[1.0, 3.0], [100.0, 100.0]]])
    assert expected_years(top, bottom) == pytest.approx(np.array([[2.5, 1.0]]))
    assert layers(top, bottom).mean == pytest.approx([1.75])


def test_one_world_has_the_interval_of_its_own_years():
    random = np.random.default_rng(1)
    top, bottom = random.poisson(50, (20, 1, 6)).astype(float), random.poisson(80, (20, 1, 6)).astype(float)
    mean, noise = ratio_of_totals(top[:, 0], bottom[:, 0])
    found = layers(top, bottom)
    for column, expected in [("mean", mean), ("median", mean), ("noise", noise)]:
        assert getattr(found, column) == pytest.approx(expected)
    assert found.low == pytest.approx(mean - noise)
    assert found.high == pytest.approx(mean + noise)
    assert np.isnan([found.ignorance, found.natural, found.simulation]).all()


def test_with_one_replication_noise_cannot_be_told_and_is_not_removed():
    years = np.random.default_rng(2).normal(size=(3, 50, 1)) + 0.1
    found = layers(years * 7.0, np.full(years.shape, 7.0))
    assert found.low == pytest.approx(np.percentile(years[..., 0], 5, axis=1))
    untold = [found.noise, found.ignorance, found.natural, found.simulation, found.world_noise]
    assert np.isnan(untold).all()


def test_years_and_worlds_without_a_denominator_are_left_out():
    top = np.array([[[2.0, 0.0, 4.0], [0.0, 0.0, 0.0], [6.0, 3.0, 3.0]], [[0.0] * 3] * 3])
    bottom = np.array([[[1.0, 0.0, 1.0], [0.0, 0.0, 0.0], [2.0, 1.0, 1.0]], [[0.0] * 3] * 3])
    found = layers(top, bottom)
    assert found.mean[0] == pytest.approx(3.0)
    assert found.year_low[0] == pytest.approx(np.percentile([2, 4, 3, 3, 3], 5))
    assert np.isfinite([column[0] for column in vars(found).values()]).all()
    assert np.isnan([column[1] for column in vars(found).values()]).all()


def test_what_never_varies_has_nothing_to_split():
    found = counts(np.full((1, 400, 4), 0.1))
    assert np.isnan(found.ignorance[0])
    assert [found.low[0], found.high[0], found.noise[0]] == pytest.approx([0.1, 0.1, 0.0])


@pytest.mark.parametrize("replications", [2, 4])
def test_the_variances_of_a_hierarchical_model_are_unbiased(replications):
    random = np.random.default_rng(3)
    worlds, figures, between = 40, 2000, 1.5
    spread = np.linspace(0.5, 3.0, worlds)[:, np.newaxis]  # some worlds vary more than others
    centre = 20.0 + between * random.normal(size=(figures, worlds, 1))
    found = counts(centre + spread * random.normal(size=(figures, worlds, replications)))
    ignorance, natural = variances(found, replications)
    assert close(natural, np.mean(spread**2))
    assert close(ignorance, between**2)
    assert close(found.mean, 20.0)
    covered = np.abs(found.mean - centre[..., 0].mean(axis=1)) <= found.noise
    assert abs(covered.mean() - 0.95) < 4.0 * np.sqrt(0.95 * 0.05 / figures)


def test_the_range_of_expected_years_is_free_of_noise():
    random = np.random.default_rng(4)
    centre = 10.0 + random.normal(size=(200, 400, 1))
    years = centre + 2.0 * random.normal(size=(200, 400, 4))  # noise of a world's mean: as wide as ignorance
    found = counts(years)
    assert found.low.mean() == pytest.approx(10.0 - Z95, abs=0.03)
    assert found.high.mean() == pytest.approx(10.0 + Z95, abs=0.03)
    raw = np.percentile(years.mean(axis=2), 95, axis=1)
    assert raw.mean() == pytest.approx(10.0 + Z95 * np.sqrt(2.0), abs=0.03)
    future = 10.0 + np.sqrt(5.0) * random.normal(size=(200, 1000))
    inside = (found.year_low[:, np.newaxis] <= future) & (future <= found.year_high[:, np.newaxis])
    assert inside.mean() == pytest.approx(0.90, abs=0.005)


def test_where_there_is_no_ignorance_most_of_the_spread_is_seen_to_be_noise():
    found = counts(np.random.default_rng(5).normal(50.0, 3.0, (500, 300, 4)))
    assert found.ignorance.mean() < 0.02
    assert np.median(found.high - found.low) < 0.35 * Z95 * 2 * 3.0 / np.sqrt(4)


def test_ratios_with_random_denominators_have_the_variance_of_their_years():
    random = np.random.default_rng(6)
    bottom = random.poisson(400, (300, 100, 4)).astype(float)
    share = np.clip(0.5 + 0.05 * random.normal(size=(300, 100, 1)), 0.0, 1.0)
    ignorance, natural = variances(layers(random.binomial(bottom.astype(int), share).astype(float), bottom), 4)
    assert ignorance.mean() == pytest.approx(0.05**2, rel=0.03)
    assert natural.mean() == pytest.approx(0.25 / 400, rel=0.03)


def test_what_two_plans_share_cancels_before_anything_is_estimated():
    random = np.random.default_rng(7)
    shared = 1000.0 + 100.0 * random.normal(size=(400, 60, 1)) + 30.0 * random.normal(size=(400, 60, 3))
    gain = 5.0 + 2.0 * random.normal(size=(400, 60, 1)) + random.normal(size=(400, 60, 3))
    ones = np.ones(shared.shape)
    found = paired_layers(shared + gain, ones, shared, ones)
    ignorance, natural = variances(found, 3)
    assert close(found.mean, 5.0)
    assert close(ignorance, 4.0)
    assert close(natural, 1.0)
    assert found.year_high.mean() == pytest.approx(5.0 + Z95 * np.sqrt(5.0), abs=0.1)


def test_a_difference_of_ratios_is_missing_where_one_of_them_is():
    ones = np.ones((1, 3, 2))
    gone = ones.copy()
    gone[0, 2] = 0.0
    found = paired_layers(3.0 * ones, ones, ones, gone)
    assert [found.mean[0], found.low[0], found.high[0]] == [2.0, 2.0, 2.0]


def test_the_share_of_worlds_in_which_a_plan_is_better():
    found = share_better(np.array([[1.0, 2.0, -1.0, 0.0], [np.nan, 3.0, -3.0, np.nan], [np.nan] * 4]))
    assert found.share[:2].tolist() == [0.625, 0.5]
    assert found.median[:2].tolist() == [0.5, 0.0]
    assert [found.low[0], found.high[0]] == pytest.approx([-0.85, 1.85])
    assert np.isnan([found.share[2], found.median[2], found.low[2], found.high[2]]).all()


# --- what always holds ---------------------------------------------------------------------------------------------

NUMBERS = st.integers(-50, 50).map(float)
DIFFERENCES = arrays(float, st.tuples(st.integers(1, 3), st.integers(1, 8)), elements=NUMBERS | st.just(np.nan))


@st.composite
def studies(draw):
    shape = draw(st.tuples(st.integers(1, 3), st.integers(1, 6), st.integers(1, 4)))
    top = draw(arrays(float, shape, elements=st.integers(0, 60).map(float)))
    bottom = draw(arrays(float, shape, elements=st.integers(0, 9).map(float)))
    return np.where(bottom > 0, top, 0.0), bottom


def same(one: Layers, other: Layers, factor=1.0):
    plain = {"ignorance", "natural", "simulation"}
    for name, column in vars(one).items():
        by = 1.0 if name in plain else factor**2 if name == "world_noise" else factor
        assert getattr(other, name) == pytest.approx(by * column, rel=1e-6, abs=1e-6, nan_ok=True)


@given(studies())
def test_ranges_are_in_order_and_shares_sum_to_one(study):
    found = layers(*study)
    told = ~np.isnan(found.ignorance)
    assert (found.ignorance + found.natural + found.simulation)[told] == pytest.approx(1.0)
    assert (np.stack([found.ignorance, found.natural, found.simulation])[:, told] >= 0).all()
    for low, high in [(found.low, found.median), (found.median, found.high), (found.year_low, found.year_high)]:
        known = ~np.isnan(low + high)
        assert (low[known] <= high[known] + 1e-9).all()
    assert (np.isnan(found.mean) == (study[1].sum(axis=2) == 0).all(axis=1)).all()


@given(studies(), st.randoms(use_true_random=False))
def test_neither_the_order_of_worlds_nor_of_years_matters(study, random):
    top, bottom = study
    worlds, years = list(range(top.shape[1])), list(range(top.shape[2]))
    random.shuffle(worlds)
    random.shuffle(years)
    same(layers(top, bottom), layers(top[:, worlds][..., years], bottom[:, worlds][..., years]))


@given(studies(), st.sampled_from([0.25, 3.0]))
def test_the_unit_does_not_matter(study, factor):
    same(layers(*study), layers(study[0] * factor, study[1]), factor)


@given(studies())
def test_a_figure_does_not_move_its_neighbours(study):
    top, bottom = study
    same(layers(top[:1], bottom[:1]), Layers(*(column[:1] for column in vars(layers(top, bottom)).values())))


@given(DIFFERENCES)
def test_one_plan_is_better_where_the_other_is_worse(difference):
    one, other = share_better(difference), share_better(-difference)
    assert one.share + other.share == pytest.approx(np.where(np.isnan(one.share), np.nan, 1.0), nan_ok=True)
    assert one.high == pytest.approx(-other.low, nan_ok=True)
    assert (np.isnan(one.share) == np.isnan(difference).all(axis=1)).all()
