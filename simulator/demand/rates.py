"""Expected first attempts, cell by cell: a profile or a list of rates laid on the calendar of the scenario.

A cell is a stretch of at most one hour in which the rate is constant. Clock hours, the steps of a list and the start of
the service day all begin a new cell, so sharp edges are exact and a day of 23 or 25 hours loses or repeats whole cells.
Knows nothing of chance: busyness and drawing come after.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from simulator.demand.errors import DemandError, ProfileError, demand_problem
from simulator.demand.profile import DAYS, HOURS, MONTHS, Profile, read_profile
from simulator.demand.shipped import shipped_names, shipped_profile
from simulator.scenario.calendar import HOUR_MS, MINUTE_MS, Calendar
from simulator.scenario.loading import file_beside
from simulator.scenario.model import ChannelDemand, Scenario
from simulator.scenario.problems import nearest

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

DAY_MS = HOURS * HOUR_MS
TABLE_ENDINGS = (".csv", ".txt", ".tsv")
"""A profile with such a name is a file beside the scenario; any other name is a shipped one."""
_CELL_BITS = 7
"""An hour has at most 62 cells: 60 steps of a minute, one that straddles its start, the start of the service day."""
_HOUR_BITS = 26


@dataclass(frozen=True)
class Cells:
    """Stretches of constant rate in time order; all arrays of shape (cells,).

    Attributes
    ----------
    start_ms, length_ms
        Since the run's start.
    identity
        The same stretch of real time has the same number in every run: below ``2**33``.
    service_day
        Ordinal of the civil date on which the service day began.
    utc_hour
        Hours since 1970.
    mean
        Expected first attempts, above 0; quiet cells are left out.
    """

    start_ms: Ints
    length_ms: Ints
    identity: NDArray[np.uint64]
    service_day: Ints
    utc_hour: Ints
    mean: Floats


@dataclass(frozen=True)
class _Day:
    """The cells of a civil day of 24 hours: when they start, how long they last, and their step of the rates."""

    start_ms: Ints
    length_ms: Ints
    step: Ints

    @classmethod
    def of(cls, steps: int, day_starts_min: int) -> "_Day":
        """Cells of a day with ``steps`` equal steps and one more edge at the start of the service day."""
        edges = np.rint(np.arange(steps + 1) * (DAY_MS / steps)).astype(np.int64)
        cuts = np.concatenate((edges, np.arange(HOURS + 1) * HOUR_MS, [day_starts_min * MINUTE_MS]))
        starts = np.unique(cuts)
        step = np.searchsorted(edges, starts[:-1], side="right") - 1
        return cls(starts[:-1], np.diff(starts), step)


def hourly_rates(scenario: Scenario, channel: str, calendar: Calendar, profile: Profile | None = None) -> Cells:
    """Expected first attempts of one channel in every cell of the calendar's period.

    Parameters
    ----------
    scenario
        Whose demand.
    channel
        Which; no demand there gives no cells.
    calendar
        The period.
    profile
        Used instead of the scenario's own rates (to try out a profile before it is written).

    Raises
    ------
    DemandError
        If the demand names no rates, or rates that are all 0 are to be scaled to a year's total.
    ProfileError
        If its profile cannot be read.
    """
    demand = scenario.demand_of(channel)
    if demand is None:
        return _cells(np.zeros((MONTHS, DAYS, 1)), calendar)
    rates = _base_rates(scenario, channel, demand, profile)
    with np.errstate(over="ignore", invalid="ignore"):
        scale = scenario.demand.trend * demand.factor * _year_scale(scenario, channel, demand, rates)
        surges = _surge_factors(scenario, channel, calendar)
        return _cells(rates * scale, calendar, scenario.demand.busyness.day_starts_min(), surges)


def _base_rates(scenario: Scenario, channel: str, demand: ChannelDemand, profile: Profile | None) -> Floats:
    """First attempts per hour by month, weekday and step of the day, shape (12, 7, steps)."""
    if profile is None:
        profile = own_profile(scenario, channel, demand)
    steps = np.atleast_1d(np.array(1.0 if demand.per_hour is None else demand.per_hour))
    rates = np.broadcast_to(steps, (MONTHS, DAYS, len(steps))) if profile is None else profile.per_hour
    months = np.ones(MONTHS) if demand.month_factors is None else np.array(demand.month_factors)
    weekdays = np.ones(DAYS) if demand.weekday_factors is None else np.array(demand.weekday_factors)
    return np.asarray(rates * months[:, None, None] * weekdays[:, None])


def own_profile(scenario: Scenario, channel: str, demand: ChannelDemand) -> Profile | None:
    """The profile of a channel that has one, None where it has rates per hour.

    Raises
    ------
    DemandError
        If it has neither or both.
    ProfileError
        If there is no such profile, or it cannot be read.
    """
    path = ("demand", channel)
    if (demand.profile is None) == (demand.per_hour is None):
        word = "problem.no_demand" if demand.profile is None else "problem.two_demands"
        raise DemandError([demand_problem(scenario, path, word)])
    if demand.profile is None:
        return None
    place, name, reference = (*path, "profile"), demand.profile, scenario.demand.reference
    if name.lower().endswith(TABLE_ENDINGS):
        file = file_beside(scenario, *place)
        if not file.is_file():
            raise ProfileError([demand_problem(scenario, place, "demand.profile_file_missing", found=name)])
        return read_profile(file)
    names = shipped_names(reference)
    if name not in names:
        values = {"found": name, "reference": reference, "allowed": names, "nearest": nearest(name, names)}
        raise ProfileError([demand_problem(scenario, place, "demand.profile_unknown", **values)])
    return shipped_profile(reference, name)


def _year_scale(scenario: Scenario, channel: str, demand: ChannelDemand, rates: Floats) -> float:
    """What makes the calendar year of the first day hold ``per_year``; 1 where nothing is said."""
    if demand.per_year is None:
        return 1.0
    year = scenario.period.first_day.year
    whole = Calendar.between(date(year, 1, 1), date(year, 12, 31), scenario.timezone)
    held = float(_cells(rates, whole).mean.sum())
    if held <= 0 and demand.per_year > 0:
        raise DemandError([demand_problem(scenario, ("demand", channel, "per_year"), "demand.rates_zero")])
    return demand.per_year / held if held > 0 else 0.0


def _surge_factors(scenario: Scenario, channel: str, calendar: Calendar) -> Floats | None:
    """Factor of the surges on each hour of the period; several on one day multiply. None where there are none."""
    if not scenario.demand.surges:
        return None
    day = calendar.hours.day
    factors = np.ones(len(day))
    for surge in scenario.demand.surges.values():
        if channel in surge.channels:
            factors[(day >= surge.first_day.toordinal()) & (day <= surge.last_day.toordinal())] *= surge.factor
    return factors


@dataclass(frozen=True)
class _Grid:
    """All cells of a period, whatever the rates; arrays of shape (cells,).

    ``rate`` is the place of the cell's rate in a flattened table of (12, 7, steps), ``hour`` the hour of the period.
    """

    rate: Ints
    hour: Ints
    length_hours: Floats
    start_ms: Ints
    length_ms: Ints
    identity: NDArray[np.uint64]
    service_day: Ints
    utc_hour: Ints


@lru_cache(maxsize=16)
def _grid(calendar: Calendar, steps: int, day_starts_min: int) -> _Grid:
    """The cells of a calendar with so many steps a day and one more edge at the start of the service day."""
    hours, day = calendar.hours, _Day.of(steps, day_starts_min)
    first = np.searchsorted(day.start_ms, np.arange(HOURS + 1) * HOUR_MS)
    counts = np.diff(first)[hours.hour]
    hour = np.repeat(np.arange(len(hours.hour)), counts)
    within = np.arange(len(hour)) - np.repeat(np.cumsum(counts) - counts, counts)
    cell = first[hours.hour[hour]] + within
    utc_hour, length = hours.utc_hour[hour], day.length_ms[cell]
    number = (utc_hour % (1 << _HOUR_BITS) << _CELL_BITS) + within
    grid = _Grid(
        rate=((hours.month[hour] - 1) * DAYS + hours.weekday[hour]) * steps + day.step[cell],
        hour=hour,
        length_hours=length / HOUR_MS,
        start_ms=hour * HOUR_MS + day.start_ms[cell] % HOUR_MS,
        length_ms=length,
        identity=number.astype(np.uint64),
        service_day=hours.day[hour] - (day.start_ms[cell] < day_starts_min * MINUTE_MS),
        utc_hour=utc_hour,
    )
    for each in vars(grid).values():
        each.setflags(write=False)
    return grid


def _cells(rates: Floats, calendar: Calendar, day_starts_min: int = 0, by_hour: Floats | None = None) -> Cells:
    """Lay rates of shape (12, 7, steps) on the hours of the calendar, each times its hour's factor."""
    grid = _grid(calendar, rates.shape[2], day_starts_min)
    rate = rates.ravel()[grid.rate]
    rate = rate if by_hour is None else rate * by_hour[grid.hour]
    busy = ~(rate == 0)
    mean = rate * grid.length_hours
    chosen = slice(None) if busy.all() else busy
    return Cells(
        grid.start_ms[chosen],
        grid.length_ms[chosen],
        grid.identity[chosen],
        grid.service_day[chosen],
        grid.utc_hour[chosen],
        mean[chosen],
    )
