"""The family of days: pure, what it says it is made of, and wide enough for lines that it has not seen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import qmc

from simulator.demand import REFERENCES, reference_shape, tilt
from simulator.demand.family import (
    FAMILY,
    ORDERS,
    SHAPE_DIMENSIONS,
    known_shape,
    log_mixture,
    published_stretches,
    random_shape,
    wave_spreads,
)
from simulator.demand.shapes import day_and_night_coefficients
from simulator.evidence import all_evidence, evidence, number

POINTS = np.clip(qmc.Sobol(SHAPE_DIMENSIONS, rng=np.random.default_rng(4)).random_base2(11), 1e-9, 1 - 1e-9)
MIDDLE = np.full(SHAPE_DIMENSIONS, 0.5)

unit = st.floats(1e-9, 1 - 1e-9)


@settings(max_examples=100, deadline=None)
@given(st.lists(unit, min_size=SHAPE_DIMENSIONS, max_size=SHAPE_DIMENSIONS))
def test_a_member_is_the_shares_of_a_day_and_depends_on_nothing_else(u):
    shape = random_shape(np.array(u))
    assert shape.shape == (24,) and shape.min() > 0 and shape.sum() == pytest.approx(1)
    assert np.array_equal(shape, random_shape(np.array(u)))


@pytest.mark.parametrize("name", FAMILY)
def test_without_waves_a_mixture_of_one_is_that_shape(name):
    assert random_shape(MIDDLE, [name]) == pytest.approx(known_shape(name), rel=1e-12)


def test_every_number_moves_the_shape():
    for dimension in range(SHAPE_DIMENSIONS):
        moved = MIDDLE.copy()
        moved[dimension] = 0.8
        assert np.abs(random_shape(moved) - random_shape(MIDDLE)).max() > 1e-5, dimension


def test_a_shape_that_is_left_out_moves_nothing():
    """Open Up's hours jump; without it nothing of them is left in the mixtures."""
    away = [name for name in FAMILY if name != "open-up"]
    basis = np.log([known_shape(name) for name in away])
    for u in POINTS[:50]:
        weights, *_ = np.linalg.lstsq(basis.T, log_mixture(u, away), rcond=None)
        assert weights.sum() == pytest.approx(1) and weights.min() >= 0
        assert weights @ basis == pytest.approx(log_mixture(u, away), abs=1e-9)


def test_weights_of_mixtures_reach_from_one_shape_alone_to_all_alike():
    basis = np.log([known_shape(name) for name in FAMILY])
    weights = np.array([np.linalg.lstsq(basis.T, log_mixture(u), rcond=None)[0] for u in POINTS])
    assert weights.sum(axis=1) == pytest.approx(1)
    assert np.all(weights.max(axis=0) > 0.9) and weights.max(axis=1).min() < 0.4
    middle = evidence("prior-shape-references").value
    assert np.argsort(weights.mean(axis=0)).tolist()[-1] == max(range(len(FAMILY)), key=lambda i: middle[FAMILY[i]])


def test_waves_have_the_spread_that_the_evidence_says():
    logs = np.log([random_shape(u, ["smoothness"]) for u in POINTS])
    waves = np.abs(np.fft.rfft(logs - logs.mean(axis=1, keepdims=True), axis=1)) / 12
    spreads = np.sqrt((waves**2).mean(axis=0) / 2)
    assert spreads[1 : ORDERS + 1] == pytest.approx(wave_spreads()[::2], rel=0.06)  # scores are cut at 3: 1 % less
    wave, hour = number("prior-shape-wave"), number("prior-shape-hour")
    assert spreads[2] == pytest.approx(wave, rel=0.06)
    assert spreads[4] == pytest.approx(np.hypot(wave / 4, hour / np.sqrt(ORDERS)), rel=0.06)


def test_the_published_hours_of_telefonseelsorge_are_met_by_its_shape_smoothly():
    hours, told = published_stretches()
    shape = known_shape("telefonseelsorge")
    assert hours @ shape == pytest.approx(told, rel=1e-9)
    assert told[3] == pytest.approx((0.015 + 0.016) / 2)
    assert np.abs(np.diff(np.log(shape), n=2))[12:20].max() < 0.1, "no jumps where nothing is published"


def test_no_shape_but_its_own_has_seen_open_up():
    sources = set(evidence("day-and-night-anchors").value)
    assert sources == {"telefonseelsorge", "krisenchat", "childline", "crisis-text-line", "own-chat"}
    assert not any("openup" in origin for origin in evidence("day-and-night-anchors").derived_from)
    assert len(day_and_night_coefficients()) == 4
    assert len({tuple(known_shape(name)) for name in FAMILY}) == len(FAMILY)


def test_the_family_holds_the_reference_shapes_of_the_shipped_profiles():
    assert FAMILY[: len(REFERENCES)] == REFERENCES
    assert all(np.array_equal(known_shape(name), reference_shape(name)) for name in REFERENCES)
    with pytest.raises(KeyError):
        random_shape(MIDDLE, ["nobody"])


def test_a_prior_of_the_family_says_where_it_is_from():
    mine = [entry for entry in all_evidence() if entry.id.startswith("prior-shape")]
    assert {entry.id for entry in mine} == {"prior-shape-hour", "prior-shape-references", "prior-shape-wave"}
    assert all(entry.status == "assumed" and entry.note for entry in mine)
    assert set(evidence("prior-shape-references").value) == set(FAMILY)


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, len(POINTS) - 1), st.lists(st.floats(0.05, 1), min_size=3, max_size=3), st.sampled_from([(4, 16)])
)
def test_every_member_can_be_brought_to_any_reasonable_blocks(member, parts, edges):
    coverage = np.zeros((3, 24))
    for block, (start, end) in enumerate([(0, edges[0]), (edges[0], edges[1]), (edges[1], 24)]):
        coverage[block, start:end] = 1.0
    totals = np.array(parts) / sum(parts) * 10_000
    assert coverage @ tilt(random_shape(POINTS[member]), coverage, totals) == pytest.approx(totals, rel=1e-9)
