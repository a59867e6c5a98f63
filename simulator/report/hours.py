"""The ordinary week of a channel: when it is open, as minutes, as shares and in words.

It knows the windows of `Result.scenario["open_windows"]` and nothing of holidays, closed days or summer time: what an
ordinary week cannot show, the hours per year beside it do.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.report.numbers import WEEKDAYS, weekday
from simulator.words import say

MINUTES_PER_DAY = 1440
Week = Mapping[str, Sequence[Sequence[float]]]
"""Weekday -> windows [start, end] in minutes after its midnight; an end above 1440 lies in the next day."""


def open_minutes(week: Week) -> NDArray[np.bool_]:
    """Whether the channel is open in each minute of the week, shape (7, 1440), Monday first."""
    is_open = np.zeros(7 * MINUTES_PER_DAY, dtype=bool)
    for index, name in enumerate(WEEKDAYS):
        for start, end in week.get(name, ()):
            first = round(index * MINUTES_PER_DAY + start)
            is_open[np.arange(first, round(index * MINUTES_PER_DAY + end)) % len(is_open)] = True
    return is_open.reshape(7, MINUTES_PER_DAY)


def open_minutes_per_hour(week: Week) -> NDArray[np.float64]:
    """Open minutes in each clock hour of a mean day, shape (24,)."""
    return np.asarray(open_minutes(week).reshape(7, 24, 60).sum(axis=2).mean(axis=0), dtype=np.float64)


def stretches(is_open: NDArray[np.bool_]) -> list[tuple[float, float, float]]:
    """Stretches of the day with one share of open weekdays: (start hour, end hour, share), the closed ones left out."""
    days = is_open.sum(axis=0)
    edges = [0, *(np.flatnonzero(np.diff(days)) + 1), MINUTES_PER_DAY]
    return [(start / 60, end / 60, int(days[start]) / 7) for start, end in pairwise(edges) if days[start]]


def in_words(week: Week, lang: str) -> str:
    """The week in words, such as ``man–fre 16:15–22:45, lør 16:15–23:45``; round the clock and closed by name."""
    is_open = open_minutes(week)
    if is_open.all():
        return say("hours.always", lang)
    if not is_open.any():
        return say("hours.closed", lang)
    texts = [_windows(week.get(name, ()), lang) for name in WEEKDAYS]
    groups: list[str] = []
    for text in dict.fromkeys(texts):
        groups.append(f"{_days([day for day in range(7) if texts[day] == text], lang)} {text}")
    return ", ".join(groups)


def _windows(windows: Sequence[Sequence[float]], lang: str) -> str:
    if not windows:
        return say("hours.closed", lang)
    return say("hours.and", lang).join(f"{_clock(start)}–{_clock(end)}" for start, end in windows)


def _clock(minutes: float) -> str:
    """A time of day; midnight at the end of a day is ``24:00``."""
    within = round(minutes) - (MINUTES_PER_DAY if minutes > MINUTES_PER_DAY else 0)
    return f"{within // 60:02d}:{within % 60:02d}"


def _days(days: Sequence[int], lang: str) -> str:
    """Weekdays in words: runs of three or more as ``man–fre``, all seven as every day."""
    if len(days) == 7:
        return say("hours.daily", lang)
    words: list[str] = []
    for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0]):
        names = [weekday(WEEKDAYS[day], lang) for _, day in run]
        words += [f"{names[0]}–{names[-1]}"] if len(names) > 2 else names
    return say("hours.and", lang).join(words)
