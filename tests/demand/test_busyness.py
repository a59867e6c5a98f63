"""Busyness: gamma factors of mean 1, by service day and hour, correlated between channels, blind to the level."""

import numpy as np
import pytest
from scipy import special

from simulator.demand import hourly_rates
from simulator.demand.busyness import busy_factors
from simulator.demand.streams import Streams
from simulator.scenario.calendar import Calendar
from tests.support import scenario_of

CHANNELS = {name: {"work": {"mean_min": 10}} for name in ("phone", "chat")}
DAYS = 5000


def factors(busyness, channel="chat", per_hour=1.0, streams=None, days=DAYS):
    scenario = scenario_of(days, channels=CHANNELS, demand={channel: {"per_hour": per_hour}, "busyness": busyness})
    cells = hourly_rates(scenario, channel, Calendar.of(scenario))
    return cells, busy_factors(scenario.demand.busyness, channel, cells, streams or Streams(1, 0, 0))


def test_nothing_said_is_nothing_done():
    assert np.all(factors({})[1] == 1)


@pytest.mark.parametrize("shape", [2.0, 20.0, 200.0])
def test_days_have_gamma_factors(shape):
    """Mean and variance within 5 standard errors; false alarm below 1e-5."""
    cells, found = factors({"day_shape": shape})
    days, index = np.unique(cells.service_day, return_index=True)
    by_day = found[index]
    assert np.array_equal(by_day[np.searchsorted(days, cells.service_day)], found), "one factor for each service day"
    assert by_day.mean() == pytest.approx(1, abs=5 * (1 / shape / len(days)) ** 0.5)
    spread = (2 / shape**2 + 6 / shape**3) ** 0.5  # standard deviation of a squared deviation
    assert by_day.var() == pytest.approx(1 / shape, abs=5 * spread / len(days) ** 0.5)
    uniform = special.gammainc(shape, by_day * shape)
    counts = np.bincount((uniform * 20).astype(int), minlength=20)
    assert ((counts - len(days) / 20) ** 2 / (len(days) / 20)).sum() < special.chdtri(19, 1e-6)


def test_hours_have_factors_of_their_own():
    cells, found = factors({"hour_shape": 18.0}, per_hour=[1.0] * 96, days=1000)
    assert len(found) == 96_000
    assert np.all(found.reshape(-1, 4) == found.reshape(-1, 4)[:, :1]), "quarters share their hour's factor"
    by_hour = found[::4]
    assert by_hour.var() == pytest.approx(1 / 18, rel=0.06)
    assert abs(np.corrcoef(by_hour[:-1], by_hour[1:])[0, 1]) < 5 / len(by_hour) ** 0.5
    assert len(cells.mean) == 96_000


def test_a_count_has_the_variance_of_two_levels():
    """Var N = m + m^2/a_d + (1 + 1/a_d) sum mu_i^2 / a_h, of the day's mean given the factors."""
    cells, found = factors({"day_shape": 20.0, "hour_shape": 15.0, "day_starts": "00:00"}, per_hour=2.0)
    by_day = np.bincount(cells.service_day - cells.service_day[0], 2.0 * found)
    m = 48.0
    expected = m**2 / 20 + (1 + 1 / 20) * 24 * 2.0**2 / 15
    assert by_day.var() == pytest.approx(expected, rel=5 * (2.5 / DAYS) ** 0.5)


@pytest.mark.parametrize("correlation", [0.0, 0.4, 0.8, 1.0])
def test_channels_share_their_days(correlation):
    """Normal scores of the two channels' days correlate as asked; false alarm 6e-7."""
    busyness = {"day_shape": 50.0, "correlation": correlation}
    scores = []
    for channel in ("phone", "chat"):
        cells, found = factors(busyness, channel)
        by_day = found[np.unique(cells.service_day, return_index=True)[1]]
        scores.append(special.ndtri(special.gammainc(50.0, by_day * 50.0)))
    found = np.corrcoef(*scores)[0, 1]
    assert found == pytest.approx(correlation, abs=5 * (1 - correlation**2) / DAYS**0.5 + 1e-9)


def test_factors_do_not_depend_on_the_level_of_demand():
    busyness = {"day_shape": 50.0, "hour_shape": 20.0}
    assert np.array_equal(factors(busyness, days=50)[1], factors(busyness, per_hour=9.0, days=50)[1])


def test_a_day_keeps_its_factor_when_the_period_moves():
    busyness = {"day_shape": 50.0, "hour_shape": 20.0, "correlation": 0.5}
    scenario = scenario_of(5, "2024-01-17", channels=CHANNELS, demand={"chat": {"per_hour": 1}, "busyness": busyness})
    cells = hourly_rates(scenario, "chat", Calendar.of(scenario))
    later = busy_factors(scenario.demand.busyness, "chat", cells, Streams(1, 0, 0))
    assert np.array_equal(factors(busyness, days=7)[1][48:], later)


def test_years_and_worlds_differ():
    busyness = {"day_shape": 50.0}
    found = [
        factors(busyness, streams=Streams(*key), days=3)[1][0] for key in [(1, 0, 0), (1, 0, 1), (1, 1, 0), (2, 0, 0)]
    ]
    assert len(set(found)) == 4
