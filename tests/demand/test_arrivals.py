"""First attempts: Poisson in every interval, sharp edges included, and the same persons whatever their number.

Seeds are fixed. Each statistical bound is passed by a right program with all but the stated probability, over seeds.
"""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from simulator.demand import arrivals, hourly_rates
from simulator.demand.arrivals import draw_arrivals, poisson_counts
from simulator.demand.busyness import busy_factors
from simulator.demand.streams import Streams, stream_key
from simulator.scenario.calendar import HOUR_MS, Calendar
from tests.support import scenario_of

CHAT = {"chat": {"work": {"mean_min": 10}}}
KEY = stream_key(3, 0, 0, "arrivals")
CASES = {each["id"]: each for each in json.loads(Path("tests/cases/public.json").read_text("utf-8"))}


def counted(per_hour, days, busyness=None, seed=1, replications=1, step_hours=1):
    """Counts by replication, day and step of the day."""
    scenario = scenario_of(days, channels=CHAT, demand={"chat": {"per_hour": per_hour}, "busyness": busyness or {}})
    cells = hourly_rates(scenario, "chat", Calendar.of(scenario))
    steps = days * 24 // step_hours
    counts = np.zeros((replications, steps), np.int64)
    for replication in range(replications):
        streams = Streams(seed, 0, replication)
        expected = cells.mean * busy_factors(scenario.demand.busyness, "chat", cells, streams)
        at_ms, _ = draw_arrivals(cells, expected, 1, streams)
        counts[replication] = np.bincount(at_ms // (step_hours * HOUR_MS), minlength=steps)
    return counts.reshape(replications, days, -1)


def test_every_interval_has_its_mean_at_sharp_edges_and_zero_rates():
    """A quiet night before a busy morning, with silent hours: each of 96 quarters within 4.5 standard errors.

    False alarm 96 x 7e-6 = 0.0007. Thinning against the rate of the current interval alone would miss by 69 %.
    """
    rates = np.repeat([0.5, 4.0, 0.0, 4.0, 0.0, 12.0], 16)
    rates[40:44] = 30.0
    days = 4000
    scenario = scenario_of(days, channels=CHAT, demand={"chat": {"per_hour": rates.tolist()}})
    cells = hourly_rates(scenario, "chat", Calendar.of(scenario))
    at_ms, _ = draw_arrivals(cells, cells.mean, 1, Streams(5, 0, 0))
    found = np.bincount(at_ms // (HOUR_MS // 4) % 96, minlength=96) / days
    error = np.sqrt(rates / 4 / days)
    assert np.all(np.abs(found - rates / 4) <= 4.5 * error)
    assert np.all(found[rates == 0] == 0)


def test_counts_are_poisson():
    """Counts of 40 000 cells against the Poisson probabilities, for small and large means; false alarm 1e-6 each."""
    for mean in (0.02, 1.0, 7.5, 60.0):
        cells = 40_000
        counts = poisson_counts(np.full(cells, mean), np.arange(cells, dtype=np.uint64) << np.uint64(20), KEY)
        levels = np.arange(int(mean + 8 * mean**0.5) + 3)
        probability = np.diff(np.concatenate(([0.0], special.pdtr(levels, mean))))
        usual = cells * probability >= 5
        found = np.append(np.bincount(counts, minlength=len(levels))[: len(levels)][usual], 0)
        found[-1] = cells - found.sum()
        expected = np.append(cells * probability[usual], cells * (1 - probability[usual].sum()))
        statistic = ((found - expected) ** 2 / np.maximum(expected, 1e-9))[expected > 0.5].sum()
        assert statistic < special.chdtri(usual.sum(), 1e-6)


def test_places_within_a_cell_are_uniform():
    scenario = scenario_of(500, channels=CHAT, demand={"chat": {"per_hour": 60}})
    cells = hourly_rates(scenario, "chat", Calendar.of(scenario))
    at_ms, _ = draw_arrivals(cells, cells.mean, 1, Streams(1, 0, 0))
    counts = np.bincount(at_ms % HOUR_MS * 60 // HOUR_MS, minlength=60)
    assert ((counts - len(at_ms) / 60) ** 2 / (len(at_ms) / 60)).sum() < special.chdtri(59, 1e-6)


def test_hours_are_unrelated_without_busyness():
    """Correlation of the counts of neighbouring hours; false alarm 6e-7."""
    counts = counted([6.0] * 24, 4000)[0]
    flat = counts.ravel()
    assert abs(np.corrcoef(flat[:-1], flat[1:])[0, 1]) < 5 / len(flat) ** 0.5
    assert counts.sum(axis=1).var() == pytest.approx(144, rel=5 * (2 / 4000) ** 0.5)


def test_more_demand_keeps_everybody_who_is_there(monkeypatch):
    first = np.arange(2000, dtype=np.uint64) << np.uint64(20)
    means = np.random.default_rng(1).gamma(0.5, 8, 2000)
    counts = poisson_counts(means, first, KEY)
    for factor in (1.0000001, 1.1, 3.0):
        assert np.all(poisson_counts(means * factor, first, KEY) >= counts)
    assert np.all(poisson_counts(means * 0.5, first, KEY) <= counts)
    for block in (1, 7, 64, 5000):
        monkeypatch.setattr(arrivals, "_BLOCK", block)
        assert np.array_equal(poisson_counts(means, first, KEY), counts), "however the work is divided"


def test_a_very_busy_cell():
    counts = poisson_counts(np.array([0.0, 400_000.0]), np.array([0, 1 << 20], np.uint64), KEY)
    assert counts[0] == 0
    assert abs(counts[1] - 400_000) < 5 * 400_000**0.5


def test_od_1():
    """Case OD-1 from 200 000 simulated days: variance within 1 %, covariances within 4.5 standard errors.

    The variance's standard error is 0.36 % of it, so false alarm 0.006; 7e-6 for each of the others.
    """
    case = CASES["OD-1"]
    mean, shape = case["params"]["mean_per_day"], case["params"]["shape"]
    shares = [*case["params"]["hour_shares"], 1 - sum(case["params"]["hour_shares"])]
    rates = [mean * shares[0], mean * shares[1], *[0.0] * 21, mean * shares[2]]
    busyness = {"day_shape": shape, "day_starts": "00:00"}
    counts = counted(rates, 10_000, busyness, seed=2, replications=20).reshape(-1, 24)
    days, expected = counts.sum(axis=1), case["expected"]
    n = len(days)
    assert n == 200_000
    assert days.mean() == pytest.approx(mean, abs=4.5 * (expected["day_variance"] / n) ** 0.5)
    assert days.var() == pytest.approx(expected["day_variance"], rel=0.01)
    assert days.var() / days.mean() == pytest.approx(expected["day_vmr"], rel=0.015)
    first, second = counts[:, 0], counts[:, 1]
    assert first.var() / first.mean() == pytest.approx(expected["hour1_vmr"], rel=4.5 * (2.3 / n) ** 0.5)
    product = (first - first.mean()) * (second - second.mean())
    assert product.mean() == pytest.approx(expected["hour_covariance"], abs=4.5 * product.std() / n**0.5)
    for found, key in [((days >= 80).mean(), "p_day_ge_80"), ((days <= 30).mean(), "p_day_le_30")]:
        assert found == pytest.approx(expected[key], abs=4.5 * (expected[key] / n) ** 0.5)
    years = days[: n // 365 * 365].reshape(-1, 365).max(axis=1)
    error = years.std() / len(years) ** 0.5
    assert years.mean() == pytest.approx(expected["expected_max_of_365_days"], abs=4.5 * error)
    assert abs(np.median(years) - expected["median_max_of_365_days"]) <= 2


def test_crn_1():
    """Case CRN-1 from 100 000 days: the same persons meet both plans, so the difference is the extra hour's count.

    Bounds of 2.5 % on the variances are 4.5 standard errors or more; false alarm 1e-5.
    """
    case = CASES["CRN-1"]
    extra = case["params"]["mean_b"] - case["params"]["mean_a"]
    rates = [0.0] * 17 + [case["params"]["mean_a"] / 6] * 6 + [extra]
    busyness = {"day_shape": case["params"]["busyness_shape"], "day_starts": "00:00"}
    counts = counted(rates, 10_000, busyness, seed=3, replications=10).reshape(-1, 24)
    others = counted(rates, 10_000, busyness, seed=4, replications=10).reshape(-1, 24)
    met_a, met_b, met_b_apart = counts[:, :23].sum(axis=1), counts.sum(axis=1), others.sum(axis=1)
    expected = case["expected"]
    paired, independent = (met_b - met_a).var(), (met_b_apart - met_a).var()
    assert (met_b - met_a).mean() == pytest.approx(expected["mean_difference"], rel=0.01)
    assert paired == pytest.approx(expected["var_difference_crn"], rel=0.025)
    assert independent == pytest.approx(expected["var_difference_independent"], rel=0.025)
    assert independent / paired > 20
