"""Which half-hours a channel is open, and which of them are staffed alike: the same clock on days that are alike.

A slot belongs to the day its opening began, so that the hours after midnight go with the evening before them. Knows
nothing of people or of contacts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.scenario.calendar import MINUTE_MS, Calendar
from simulator.scenario.model import Scenario
from simulator.scenario.schedule import MINUTES_PER_DAY, WEEKDAYS, ScheduleRule
from simulator.study.staffing.requirement import STEPS, WEEK_MIN, Ints, Requirement, WeekWindow, week_windows

CLOSED = -1
DAYS: Mapping[str, tuple[tuple[int, ...], ...]] = {
    "weekday-weekend": ((0, 1, 2, 3, 4), (5,), (6,)),
    "every-day": (tuple(range(7)),),
    "week": tuple((day,) for day in range(7)),
}
"""Days that are staffed alike. The default first: a single weekday's half-hour sees too few contacts to be told apart
from its neighbours', Saturday and Sunday have another day."""


@dataclass(frozen=True)
class Group:
    """Half-hours that are staffed alike.

    Attributes
    ----------
    days
        Weekdays (0 is Monday) on which the opening that they belong to began.
    minute
        Their start in minutes after that day's midnight; above 1440 in the night after it.
    opens, closes
        Whether the opening begins, or ends, in them (on any of these days).
    """

    days: tuple[int, ...]
    minute: int
    opens: bool
    closes: bool

    @property
    def day_names(self) -> tuple[str, ...]:
        """``mon`` to ``sun``."""
        return tuple(WEEKDAYS[day] for day in self.days)


@dataclass(frozen=True, eq=False)
class Slots:
    """The slots of an ordinary week of one channel, and how they are pooled.

    Attributes
    ----------
    channel, step_min, offset_min
        As in `Requirement`.
    group
        Shape (slots,): which group, `CLOSED` where the channel is closed throughout.
    groups
        In the order of days and clock.
    """

    channel: str
    step_min: int
    offset_min: int
    group: Ints
    groups: tuple[Group, ...]

    @classmethod
    def of(cls, scenario: Scenario, channel: str, step_min: int, days: str) -> "Slots":
        """The slots of a scenario's channel.

        Parameters
        ----------
        step_min
            Length asked for; where opening and closing do not fit it, 15 minutes are used.
        days
            One of `DAYS`.

        Raises
        ------
        KeyError
            If there is no such channel or no such way to pool days.
        """
        rules = scenario.channel(channel)
        if rules is None:
            raise KeyError(channel)
        windows = week_windows(rules.open)
        step, offset = _fitting(_merged_edges(windows), step_min)
        return cls._pooled(channel, step, offset, windows, DAYS[days])

    @classmethod
    def _pooled(
        cls, channel: str, step: int, offset: int, windows: tuple[WeekWindow, ...], classes: tuple[tuple[int, ...], ...]
    ) -> "Slots":
        began = _began(windows)
        slots = (np.arange(WEEK_MIN) - offset) % WEEK_MIN // step
        class_of = {day: number for number, days in enumerate(classes) for day in days}
        places: dict[tuple[int, int], list[int]] = {}
        for slot in np.unique(slots[began >= 0]).tolist():
            start = offset + slot * step
            minutes = np.arange(start, start + step) % WEEK_MIN
            day = int(began[minutes].max()) if (began[minutes] >= 0).any() else 0
            place = (start - day * MINUTES_PER_DAY) % WEEK_MIN
            places.setdefault((class_of[day], place), []).append(slot)
        group = np.full(WEEK_MIN // step, CLOSED, np.int64)
        named: list[Group] = []
        is_open = (np.bincount(slots, began >= 0) > 0).astype(bool)
        for number, ((_, place), members) in enumerate(sorted(places.items())):
            group[members] = number
            days = tuple(sorted((offset + slot * step - place) % WEEK_MIN // MINUTES_PER_DAY for slot in members))
            opens = any(not is_open[slot - 1] for slot in members)
            closes = any(not is_open[(slot + 1) % len(group)] for slot in members)
            named.append(Group(days, place, opens, closes))
        return cls(channel, step, offset, group, tuple(named))

    def __len__(self) -> int:
        return len(self.groups)

    @cached_property
    def size(self) -> Ints:
        """Slots of the week in each group, shape (groups,)."""
        return np.bincount(self.group[self.group >= 0], minlength=len(self.groups))

    def hours_per_week(self, people: Ints) -> float:
        """Counsellor-hours of so many people in each group, shape (groups,)."""
        return float((people * self.size).sum() * self.step_min / 60)

    def requirement(self, people: Ints) -> Requirement:
        """The requirement of so many people in each group, shape (groups,)."""
        levels = np.where(self.group >= 0, np.asarray(people)[self.group], 0)
        return Requirement(self.channel, self.step_min, self.offset_min, levels)

    def per_group(self, by_slot: np.ndarray) -> np.ndarray:
        """Mean over the slots of each group of something with shape (slots,)."""
        chosen = self.group >= 0
        return np.asarray(np.bincount(self.group[chosen], by_slot[chosen], minlength=len(self)) / self.size)

    def of_instants(self, at_ms: Ints, calendar: Calendar) -> Ints:
        """The group of each instant by its civil time; `CLOSED` where the channel is closed in an ordinary week."""
        hour, weekday, _ = calendar.civil(at_ms)
        minute = weekday * MINUTES_PER_DAY + hour * 60 + at_ms // MINUTE_MS % 60
        return np.asarray(self.group[(minute - self.offset_min) % WEEK_MIN // self.step_min])


def has_special_days(schedule: ScheduleRule) -> bool:
    """Whether holidays or dates have hours of their own, which an ordinary week does not know."""
    return schedule.holidays is not None or bool(schedule.dates)


def _began(windows: tuple[WeekWindow, ...]) -> Ints:
    """For each minute of the week the weekday on which its opening began, -1 where closed."""
    began = np.full(WEEK_MIN, CLOSED, np.int64)
    for start, end in windows:
        began[np.arange(start, end) % WEEK_MIN] = start // MINUTES_PER_DAY % 7
    return began


def _merged_edges(windows: tuple[WeekWindow, ...]) -> list[int]:
    """Where the channel opens or closes, in minutes of the week; windows that touch make no edge."""
    is_open = _began(windows) >= 0
    return [int(minute) for minute in np.flatnonzero(is_open != np.roll(is_open, 1))]


def _fitting(edges: list[int], step_min: int) -> tuple[int, int]:
    """The longest slots, not longer than asked, that every edge fits; else 15 minutes from the full hour."""
    for step in (each for each in STEPS if each <= step_min):
        offsets = {edge % step for edge in edges}
        if len(offsets) <= 1:
            return step, next(iter(offsets), 0)
    return STEPS[-1], 0
