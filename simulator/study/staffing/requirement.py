"""How many people must be on duty in each slot of the week, and the same as people with shifts.

A level is a number of people: person j is on duty while the level is j or more, so a level that is restated from one
slot to the next is one shift. Knows nothing of how a requirement was found, nor of demand.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import Scenario, Shift
from simulator.scenario.schedule import MINUTES_PER_DAY, WEEKDAYS, ScheduleRule, Window, write_windows

Ints = NDArray[np.int64]
WeekWindow = tuple[int, int]
"""Start and end in minutes after Monday 00:00; an end above `WEEK_MIN` lies in the next week."""

WEEK_MIN = 7 * MINUTES_PER_DAY
STEPS = (60, 30, 15)
"""Lengths of a slot in minutes, the longest first."""
MOST_PEOPLE = 1000
"""As a shift of a scenario allows."""


@dataclass(frozen=True, eq=False)
class Requirement:
    """People on duty for one channel in each slot of an ordinary week.

    Attributes
    ----------
    channel
        Who they are for.
    step_min
        Length of a slot: 15, 30 or 60 minutes.
    offset_min
        Slots begin at Monday 00:00 plus this, below ``step_min``; the last one runs into the next week.
    levels
        Shape (10080 // step_min,): people in each slot, Monday first, 0 where nobody is needed. Read-only.

    Raises
    ------
    ValueError
        If slots, offset or levels are not such numbers.
    """

    channel: str
    step_min: int
    offset_min: int
    levels: Ints

    def __post_init__(self) -> None:
        if self.step_min not in STEPS or not 0 <= self.offset_min < self.step_min:
            raise ValueError(f"slots of {self.step_min} minutes that begin {self.offset_min} past are not possible")
        given = np.asarray(self.levels)
        levels = given.astype(np.int64)
        if levels.shape != (WEEK_MIN // self.step_min,) or (levels != given).any():
            raise ValueError(f"{WEEK_MIN // self.step_min} whole numbers of people are needed, not shape {given.shape}")
        if ((levels < 0) | (levels > MOST_PEOPLE)).any():
            raise ValueError(f"levels must lie between 0 and {MOST_PEOPLE}")
        levels.setflags(write=False)
        object.__setattr__(self, "levels", levels)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Requirement):
            return NotImplemented
        return self._slots == other._slots and np.array_equal(self.levels, other.levels)

    def __hash__(self) -> int:
        return hash((self._slots, self.levels.tobytes()))

    @property
    def _slots(self) -> tuple[str, int, int]:
        return self.channel, self.step_min, self.offset_min

    def slot_start_min(self, index: int) -> int:
        """Minutes after Monday 00:00 at which a slot begins."""
        return self.offset_min + index * self.step_min

    @property
    def hours_per_week(self) -> float:
        """Hours on duty in an ordinary week, of all people together."""
        return float(self.levels.sum() * self.step_min / 60)

    def people_windows(self) -> tuple[tuple[WeekWindow, ...], ...]:
        """When each person is on duty: by person, merged windows of the week in order.

        Person j (from 1) is on duty while the level is j or more. Who is on duty at the week's edge has a window that
        ends in the next week; who always is has one window of the whole week.
        """
        return tuple(self._windows(self.levels >= person) for person in range(1, int(self.levels.max(initial=0)) + 1))

    def _windows(self, on: NDArray[np.bool_]) -> tuple[WeekWindow, ...]:
        if on.all():
            return ((0, WEEK_MIN),)
        starts = np.flatnonzero(on & ~np.roll(on, 1))
        ends = np.flatnonzero(~on & np.roll(on, 1))
        ends = np.roll(ends, -1) if len(ends) and ends[0] <= starts[0] else ends
        return tuple(
            (self.slot_start_min(int(start)), self.slot_start_min(int(end)) + (WEEK_MIN if end <= start else 0))
            for start, end in zip(starts, ends, strict=True)
        )

    def shifts(self, name: str, answers: Sequence[str], chats_at_once: int = 1) -> dict[str, dict[str, Any]]:
        """The people as entries of a scenario's roster, by name of shift.

        Parameters
        ----------
        name
            Of the first shift; the next are ``name 2``, ``name 3`` ... People with the same hours share one.
        answers, chats_at_once
            As in a scenario.
        """
        entries: dict[str, dict[str, Any]] = {}
        for hours, people in groupby(self.people_windows()):
            entries[name if not entries else f"{name} {len(entries) + 1}"] = {
                "hours": written_week(hours),
                "counsellors": len(list(people)),
                "answers": list(answers),
                "chats_at_once": chats_at_once,
            }
        return entries

    def as_json(self) -> dict[str, Any]:
        """The requirement as plain data."""
        return {
            "channel": self.channel,
            "step_min": self.step_min,
            "offset_min": self.offset_min,
            "levels": self.levels.tolist(),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Requirement":
        """The requirement that `as_json` wrote.

        Raises
        ------
        ValueError, KeyError
            If the document is no such thing.
        """
        levels = np.asarray(document["levels"], np.int64)
        return cls(str(document["channel"]), int(document["step_min"]), int(document["offset_min"]), levels)

    @classmethod
    def of_windows(
        cls, channel: str, people: Iterable[tuple[WeekWindow, int]], step_min: int = 0, offset_min: int = 0
    ) -> "Requirement":
        """The requirement that some windows make.

        Parameters
        ----------
        channel
            Who they are for.
        people
            Windows of the week, each with its number of people. They add up.
        step_min, offset_min
            Slots; 0: the longest that hold every edge, or else 15 minutes. A slot with an edge inside counts the mean
            number of people, halves upwards.
        """
        minutes = np.zeros(WEEK_MIN, np.int64)
        for (start, end), count in people:
            np.add.at(minutes, np.arange(start, end) % WEEK_MIN, count)
        if not step_min:
            edges = np.flatnonzero(minutes != np.roll(minutes, 1))
            step_min, offset_min = slots_for(edges.tolist())
        mean = _mean_of_slots(minutes, step_min, offset_min)
        return cls(channel, step_min, offset_min, np.asarray(np.floor(mean + 0.5), np.int64))

    def in_slots(self, step_min: int, offset_min: int) -> NDArray[np.float64]:
        """Mean number of people in each of other slots, shape (10080 // step_min,)."""
        minutes = np.roll(np.repeat(self.levels, self.step_min), self.offset_min)
        return _mean_of_slots(minutes, step_min, offset_min)

    @classmethod
    def of_scenario(cls, scenario: Scenario, channel: str, step_min: int = 0, offset_min: int = 0) -> "Requirement":
        """The people at the centre who answer a channel, alone or with others, in an ordinary week.

        Slots are as in `of_windows`. Holidays and special dates are left out.
        """
        windows = (
            (window, shift.counsellors)
            for shift in shifts_at_centre(scenario).values()
            if channel in shift.answers
            for window in week_windows(shift.hours)
        )
        return cls.of_windows(channel, windows, step_min, offset_min)


def shifts_at_centre(scenario: Scenario) -> Mapping[str, Shift]:
    """The shifts of the one site with a queue, by name."""
    centre = next(key for key, site in scenario.sites.items() if site.centre)
    return scenario.roster.get(centre, {})


def _mean_of_slots(minutes: Ints, step_min: int, offset_min: int) -> NDArray[np.float64]:
    """Means over slots of something known for each minute of the week."""
    return np.asarray(np.roll(minutes, -offset_min).reshape(-1, step_min).mean(axis=1))


def slots_for(edges: Iterable[int]) -> tuple[int, int]:
    """The longest slots, and when they begin, such that every edge (minutes) is one of theirs; else 15 and 0."""
    clock = list(edges)
    for step in STEPS:
        offsets = {edge % step for edge in clock}
        if len(offsets) <= 1:
            return step, next(iter(offsets), 0)
    return STEPS[-1], 0


def week_windows(schedule: ScheduleRule) -> tuple[WeekWindow, ...]:
    """The windows of an ordinary week, holidays and special dates left out, as they are written; ends may pass it."""
    found: list[WeekWindow] = []
    for day, name in enumerate(WEEKDAYS):
        part = schedule.weekdays if day < 5 else schedule.weekends
        rules: tuple[tuple[Window, ...] | None, ...] = (getattr(schedule, name), part, schedule.daily, ())
        windows = next(rule for rule in rules if rule is not None)
        found += [(day * MINUTES_PER_DAY + start, day * MINUTES_PER_DAY + end) for start, end in windows]
    return tuple(found)


def written_week(windows: Iterable[WeekWindow]) -> dict[str, Any]:
    """Windows of a week as the schedule of a scenario, days that are alike put together.

    A window belongs to the day it starts; one of more than a day is written as several that touch.
    """
    by_day: list[list[Window]] = [[] for _ in WEEKDAYS]
    for start, end in _at_most_a_day(windows):
        day, minute = divmod(start % WEEK_MIN, MINUTES_PER_DAY)
        by_day[day].append((minute, minute + end - start))
    days = [_written_day(sorted(each)) for each in by_day]
    if days[0] != days[5] and len(set(days[:5])) == len(set(days[5:])) == 1:
        return {"weekdays": _plain(days[0]), "weekends": _plain(days[5])}
    usual = max(days, key=days.count)
    if days.count(usual) == 1:
        return {name: _plain(day) for name, day in zip(WEEKDAYS, days, strict=True)}
    others = {name: _plain(day) for name, day in zip(WEEKDAYS, days, strict=True) if day != usual}
    return {"daily": _plain(usual), **others}


def _written_day(windows: Iterable[Window]) -> tuple[str, ...]:
    return tuple(write_windows(tuple(windows)))


def _plain(day: tuple[str, ...]) -> str | list[str]:
    """A day's windows as a planner would write them: one as it is, several in a list."""
    return {0: "closed", 1: "".join(day)}.get(len(day), list(day))


def _at_most_a_day(windows: Iterable[WeekWindow]) -> Iterator[WeekWindow]:
    for start, end in windows:
        for begin in range(start, end, MINUTES_PER_DAY):
            yield begin, min(end, begin + MINUTES_PER_DAY)
