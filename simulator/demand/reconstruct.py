"""From published totals to a profile: blocks of hours and months of a year, all met exactly.

Lays blocks on the calendar, tilts a reference shape to their totals, and finds the months' factors. Knows nothing of
the service: it is given totals of first attempts, never of answered contacts.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.demand.errors import ReconstructionError
from simulator.demand.profile import DAYS, HOURS, MONTHS, Profile
from simulator.demand.tilting import impossible, tilt
from simulator.scenario.calendar import HOUR_MS, Calendar, covered_until_ms
from simulator.scenario.problems import Problem
from simulator.scenario.schedule import ScheduleRule

Floats = NDArray[np.float64]

_EXACT = 1e-12
"""Largest relative change of a month's factor that counts as none."""
_MOST_ROUNDS = 200


def block_hours(calendar: Calendar, blocks: Mapping[str, ScheduleRule | None]) -> Floats:
    """Hours of the calendar's period in each block by month, weekday and clock hour.

    Parameters
    ----------
    calendar
        The days, with their daylight saving.
    blocks
        Schedules that do not overlap; one block may be None: all hours that are in no other.

    Returns
    -------
    NDArray
        Shape (blocks, 12, 7, 24), in the order of ``blocks``; fractions of an hour where an edge cuts one.

    Raises
    ------
    ReconstructionError
        If the blocks overlap, or together leave hours out.
    """
    hours = calendar.hours
    named = [schedule for schedule in blocks.values() if schedule is not None]
    covered = [_covered_ms(calendar, schedule) for schedule in named]
    rest = HOUR_MS - np.sum(covered, axis=0, dtype=np.int64) if covered else np.full(len(hours.hour), HOUR_MS)
    spare = len(blocks) - len(named)
    if spare > 1 or np.any(rest < 0) or (spare == 0 and np.any(rest > 0)):
        raise ReconstructionError([Problem("demand", 0, 0, "", "demand.blocks_wrong")])
    cell = ((hours.month - 1) * DAYS + hours.weekday) * HOURS + hours.hour
    ordered = iter(covered)
    parts = [rest if schedule is None else next(ordered) for schedule in blocks.values()]
    sums = [np.bincount(cell, part / HOUR_MS, MONTHS * DAYS * HOURS) for part in parts]
    return np.array(sums, np.float64).reshape(-1, MONTHS, DAYS, HOURS)


def _covered_ms(calendar: Calendar, schedule: ScheduleRule) -> NDArray[np.int64]:
    """How many milliseconds of each hour of the period the schedule's windows cover."""
    edges = np.arange(0, calendar.end_ms + 1, HOUR_MS)
    return np.diff(covered_until_ms(calendar.windows_ms(schedule), edges))


def build_profile(
    reference: Floats,
    calendar: Calendar,
    blocks: Mapping[str, ScheduleRule | None],
    totals: Mapping[str, float],
    months: Mapping[int, float] | None = None,
    weekday_factors: Sequence[float] | Floats | None = None,
    *,
    month_factors: Sequence[float] | Floats | None = None,
    hours: Floats | None = None,
) -> Profile:
    """A profile that meets the totals of blocks of hours and of months exactly.

    The rate is clock-hour rate x month factor x weekday factor. Months without a total of their own are alike per day,
    or differ by given factors.
    Month factors and tilt are found in turn until all totals are met; few rounds suffice, as they meet only in the
    days of 23 and 25 hours and in months that do not hold all weekdays equally often.

    Parameters
    ----------
    reference
        Shape (24,): see `tilt`.
    calendar
        The year the totals speak of.
    blocks, totals
        The blocks of hours (see `block_hours`) and the first attempts in each.
    months
        First attempts in some months (1 to 12), in all blocks together.
    weekday_factors
        Seven factors, Monday first; only their proportions matter. All alike if left out.
    month_factors
        Twelve factors, January first; only the proportions of the months without a total matter. All alike if left out.
    hours
        `block_hours` of the calendar and blocks, for who builds many profiles of them.

    Raises
    ------
    ReconstructionError
        If no smooth profile meets the totals, or the months' totals leave nothing for the other months.
    """
    hours = block_hours(calendar, blocks) if hours is None else hours
    targets = np.array([totals[name] for name in blocks])
    weekdays = np.ones(DAYS) if weekday_factors is None else np.array(weekday_factors, np.float64)
    pinned = {month - 1: total for month, total in (months or {}).items()}
    relative = np.ones(MONTHS) if month_factors is None else np.array(month_factors, np.float64)
    factors = relative
    for _ in range(_MOST_ROUNDS):
        per_hour = tilt(reference, np.einsum("bmdh,m,d->bh", hours, factors, weekdays), targets)
        by_month = np.einsum("bmdh,d,h->m", hours, weekdays, per_hour)
        wanted = _month_factors(by_month, pinned, float(targets.sum()), relative)
        if np.abs(wanted / factors - 1).max() < _EXACT:
            return Profile(np.einsum("m,d,h->mdh", factors, weekdays, per_hour))
        factors = wanted
    raise impossible(targets)


def _month_factors(by_month: Floats, pinned: Mapping[int, float], total: float, relative: Floats) -> Floats:
    """Factor of each month, the relative one in those without a total of their own.

    ``by_month`` is what each month would hold at factor 1, before the scale that makes the year's total right.
    """
    free = [month for month in range(MONTHS) if month not in pinned and by_month[month] > 0]
    left = total - sum(pinned.values())
    wrong = any(by_month[month] <= 0 or not 0 < value < np.inf for month, value in pinned.items())
    if wrong or (left <= 0 if free else abs(left) > 1e-9 * total):
        raise ReconstructionError([Problem("demand", 0, 0, "", "demand.months_impossible")])
    scale = left / (by_month[free] * relative[free]).sum() if free else total / by_month.sum()
    factors = relative.copy()
    for month, value in pinned.items():
        factors[month] = value / by_month[month] / scale
    return factors
