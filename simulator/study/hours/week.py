"""A week of opening and shifts in minutes: windows by weekday, their union, and how they are written in a scenario.

A window belongs to the weekday it starts on and may run into the next. Knows nothing of plans, people or money.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.schedule import MINUTES_PER_DAY, WEEKDAYS, ScheduleRule, Window, write_windows

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAYS = len(WEEKDAYS)
WEEK_HOURS = DAYS * 24
WEEK_MINUTES = DAYS * MINUTES_PER_DAY
Week = tuple[tuple[Window, ...], ...]
"""Windows of each weekday, Monday first, in order and apart."""
NEVER: Week = ((),) * DAYS
WHOLE_WEEK: Week = (((0, MINUTES_PER_DAY),),) * DAYS


def ordinary(rule: ScheduleRule) -> Week:
    """The windows of a week without holidays or special dates."""
    parts = (rule.weekdays,) * 5 + (rule.weekends,) * 2
    own = (getattr(rule, name) for name in WEEKDAYS)
    found = (
        next((each for each in (day, part, rule.daily) if each is not None), ())
        for day, part in zip(own, parts, strict=True)
    )
    return tuple(tuple(sorted(windows)) for windows in found)


def united(weeks: Sequence[Week]) -> Week:
    """Windows that touch or overlap made one, also over midnight; none longer than a day; the week goes round."""
    return windows_of(np.any([covered(week) for week in weeks], axis=0))


def windows_of(minutes: Flags) -> Week:
    """The windows of a week that cover some of its minutes, shape (10080,); one longer than a day is cut."""
    if minutes.all():
        return WHOLE_WEEK
    found: list[list[Window]] = [[] for _ in range(DAYS)]
    starts = np.flatnonzero(minutes & ~np.roll(minutes, 1))
    ends = np.flatnonzero(minutes & ~np.roll(minutes, -1)) + 1
    for start in starts.tolist():
        end = int(min((end for end in ends if end > start), default=ends[:1].sum() + WEEK_MINUTES))
        for begin in range(start, end, MINUTES_PER_DAY):
            weekday, window = on_clock(0, begin, min(begin + MINUTES_PER_DAY, end))
            found[weekday].append(window)
    return tuple(tuple(sorted(windows)) for windows in found)


def on_clock(weekday: int, start: int, end: int) -> tuple[int, Window]:
    """Weekday and window of a stretch that may begin after the midnight that ends its day."""
    later, start_min = divmod(start, MINUTES_PER_DAY)
    return (weekday + later) % DAYS, (start_min, end - later * MINUTES_PER_DAY)


def covered(week: Week) -> Flags:
    """Which minutes of the week the windows cover, shape (10080,); the week goes round."""
    minutes = np.zeros(WEEK_MINUTES, bool)
    for day, windows in enumerate(week):
        for start, end in windows:
            minutes[np.arange(day * MINUTES_PER_DAY + start, day * MINUTES_PER_DAY + end) % WEEK_MINUTES] = True
    return minutes


def hours_covered(weekday: int, start: int, end: int) -> Floats:
    """Share of each hour of the week that a stretch covers, shape (168,); the week goes round."""
    minutes = np.arange(weekday * MINUTES_PER_DAY + start, weekday * MINUTES_PER_DAY + end)
    return np.bincount(minutes // 60 % WEEK_HOURS, minlength=WEEK_HOURS) / 60.0


def written(week: Week) -> dict[str, Any]:
    """The windows as a planner writes them: what most days have as ``daily``, other days by name."""
    texts = [write_windows(windows) or "closed" for windows in week]
    plain = [text[0] if isinstance(text, list) and len(text) == 1 else text for text in texts]
    usual = max(plain, key=plain.count)
    others = {name: text for name, text in zip(WEEKDAYS, plain, strict=True) if text != usual}
    return {"daily": usual, **others}


def schedule(week: Week, like: ScheduleRule | None = None, *, closed_on_special_days: bool = False) -> dict[str, Any]:
    """A schedule of these windows that treats holidays and special dates as another one does.

    Parameters
    ----------
    week
        The windows.
    like
        Whose holidays and dates it has; None: every day is ordinary.
    closed_on_special_days
        Nothing on those days, instead of what ``like`` has there.
    """
    found = written(week)
    if like is None:
        return found
    special = like.model_dump(mode="json", include={"holidays", "dates"}, exclude_none=True)
    if closed_on_special_days:
        closed = {"holidays": "closed", "dates": dict.fromkeys(special.get("dates", ()), "closed")}
        special = {key: closed[key] for key in special}
    return {**found, **special}


def alike(week: Week) -> list[tuple[tuple[int, ...], tuple[Window, ...]]]:
    """Weekdays with the same windows together, in the order of their first day; days without any left out."""
    days = sorted(range(DAYS), key=lambda day: (week[day], day))
    groups = [(tuple(same), windows) for windows, same in groupby(days, key=lambda day: week[day]) if windows]
    return sorted(groups)


def closing_and_opening(week: Week, days: Sequence[int]) -> tuple[int, int] | None:
    """The usual end and start of some weekdays' only window; None where a day has none or several.

    The end may lie after midnight; of two that are equally usual the earlier counts.
    """
    windows = [week[day] for day in days]
    if any(len(each) != 1 for each in windows):
        return None
    ends, starts = [each[0][1] for each in windows], [each[0][0] for each in windows]
    return max(sorted(ends), key=ends.count), max(sorted(starts), key=starts.count)
