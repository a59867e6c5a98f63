"""When a channel was open, as its counts and the times of its contacts tell: closed hours, sharp edges, silent spells.

A file does not say when the channel was open. Where nothing ever came it was closed; where nothing came for so long
that chance cannot be the reason, the file has a hole. Neither is a demand of nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.calendar import HOUR_MS, MINUTE_MS, Calendar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

CLOSED_AFTER_DAYS = 28
"""A clock hour of a kind of day in which nothing came in so many days or more was closed."""
SILENT_FROM = 15.0
"""Nothing in a stretch of open hours that should have brought so many is a hole in a log: busyness with shape 20 makes
it less likely than one in ten thousand, where single contacts alone would make it one in a million."""
_BY_CHANCE = 1e-4
_EDGE_MIN = 5
KINDS = 3
"""Of days: Monday to Friday, Saturday, Sunday."""


@dataclass(frozen=True)
class Openness:
    """By hour of the calendar, shape (hours,).

    Attributes
    ----------
    closed
        Nothing ever came at that clock time of that kind of day.
    silent
        A hole in a log; never in counts, which say what is zero.
    share
        Share of the hour that was open, 1 where nothing says otherwise.
    """

    closed: Flags
    silent: Flags
    share: Floats


def openness(calendar: Calendar, offered: Floats, at_ms: Ints | None = None) -> Openness:
    """When the channel was open.

    Parameters
    ----------
    offered
        Attempts by hour, nan where unknown.
    at_ms
        Times of the contacts of a log; None for counts.
    """
    hours = calendar.hours
    size = len(hours.hour)
    kind = np.clip(hours.weekday - 4, 0, KINDS - 1) * 24 + hours.hour
    told = np.bincount(kind, np.nan_to_num(offered), KINDS * 24)
    closed, silent, share = np.zeros(size, bool), np.zeros(size, bool), np.ones(size)
    if calendar.last_day - calendar.first_day >= timedelta(days=CLOSED_AFTER_DAYS):
        closed = told[kind] == 0
    if at_ms is not None:
        known = np.bincount(kind, minlength=KINDS * 24)
        expected = np.where(closed, 0.0, (told / np.maximum(known, 1))[kind])
        silent = _silent(offered, expected) & ~closed
        share = _shares(kind, at_ms, told > 0)[kind] if closed.any() else share
    return Openness(closed, silent, share)


def _silent(offered: Floats, expected: Floats) -> Flags:
    """Hours of stretches without a contact in which `SILENT_FROM` and more were expected."""
    came = np.flatnonzero(offered > 0)
    edges = np.concatenate([[-1], came, [len(offered)]])
    reached = np.concatenate([[0.0], np.cumsum(expected)])
    silent = np.zeros(len(offered), bool)
    for before, after in pairwise(edges):
        if reached[after] - reached[before + 1] >= SILENT_FROM:
            silent[before + 1 : after] = True
    return silent


def _shares(kind: Ints, at_ms: Ints, is_used: Flags) -> Floats:
    """Open share of each clock hour of each kind of day: minutes beside a closed hour in which nobody ever came.

    With n contacts and an open hour, the first g minutes stay empty with probability (1 - g/60)^n. Times that are
    rounded to a step are somewhere within it.
    """
    hour = np.minimum(at_ms // HOUR_MS, len(kind) - 1)
    minute = at_ms % HOUR_MS / MINUTE_MS
    step = float(np.gcd.reduce(at_ms % HOUR_MS) or HOUR_MS) / MINUTE_MS
    mine = kind[hour]
    count = np.bincount(mine, minlength=KINDS * 24)
    first, last = np.full(KINDS * 24, 60.0), np.zeros(KINDS * 24)
    np.minimum.at(first, mine, minute)
    np.maximum.at(last, mine, np.minimum(minute + step, 60.0))
    used = is_used.reshape(KINDS, 24)
    shares = np.ones(KINDS * 24)
    for empty, before in ((first, 1), (60 - last, -1)):
        closed = np.floor(empty / _EDGE_MIN) * _EDGE_MIN
        at_edge = ~np.roll(used, before, axis=1).ravel() & (count > 0) & (closed < 60)
        unlikely = count * np.log1p(-np.minimum(closed, 59.0) / 60) < np.log(_BY_CHANCE)
        shares -= np.where(at_edge & unlikely, closed / 60, 0.0)
    return np.where(shares > 0, shares, 1.0)
