"""Civil time at the edges: dates and clock times to instants, opening rules to windows, instants to civil hours.

Inside, time is integer milliseconds since the run's start in UTC. Local time exists only here, right on days of 23
and 25 hours. An edge in the hour that spring skips moves to its end; one in the hour that autumn repeats is the first.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property, lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.model import Scenario
from simulator.scenario.schedule import MINUTES_PER_DAY, ScheduleRule

HOUR_MS = 3_600_000
MINUTE_MS = 60_000
_OVERHANG = timedelta(days=8)
"""How far past the period civil time is known: overtime runs on, and people come back the week after."""

Ints = NDArray[np.int64]


@cache
def public_holidays(year: int) -> frozenset[date]:
    """Norwegian public holidays of a year, Sundays that are nothing else left out."""
    import holidays

    return frozenset(holidays.country_holidays("NO", years=year))


def is_holiday(day: date) -> bool:
    """Whether ``day`` is a Norwegian public holiday."""
    return day in public_holidays(day.year)


NOON = 12
"""Clock hour from which the eves of the high days count as holidays for pay."""


@cache
def _eves(year: int) -> dict[date, int]:
    """Days of a year that are no public holidays but are paid as such, and from which clock hour.

    Easter Eve the whole day; the Wednesday before Maundy Thursday, Whitsun Eve, Christmas Eve and New Year's Eve from
    noon (evidence: supplement-holiday). Easter Day is the Sunday whose Thursday and Friday are holidays too.
    """
    known = public_holidays(year)  # none at all after 2100
    sundays = (day for day in known if day.weekday() == 6)
    easter = [day for day in sundays if {day - timedelta(days=2), day - timedelta(days=3)} <= known]
    from_noon = [date(year, 12, 24), date(year, 12, 31)]
    from_noon += [day + timedelta(days=days) for day in easter for days in (-4, 48)]
    return {**{day - timedelta(days=1): 0 for day in easter}, **dict.fromkeys(from_noon, NOON)}


def paid_as_holiday_from(day: date) -> int | None:
    """The clock hour from which work on ``day`` earns the holiday supplement until midnight; None where it never does.

    Opening hours know nothing of eves: for them only `is_holiday` counts.
    """
    return 0 if is_holiday(day) else _eves(day.year).get(day)


@dataclass(frozen=True)
class CivilHours:
    """The civil time of consecutive UTC hours; all arrays of shape (hours,).

    Attributes
    ----------
    hour, weekday, month
        Clock hour 0-23, weekday 0 = Monday, month 1-12.
    day
        Proleptic ordinal of the civil date.
    utc_hour
        Hours since 1970 in UTC, the same whatever the period.
    """

    hour: Ints
    weekday: Ints
    month: Ints
    day: Ints
    utc_hour: Ints


@dataclass(frozen=True)
class Calendar:
    """The days of a scenario, in one time zone with offsets of whole hours."""

    first_day: date
    last_day: date
    timezone: str

    @classmethod
    def of(cls, scenario: Scenario) -> "Calendar":
        """The calendar of a scenario's period."""
        return cls.between(scenario.period.first_day, scenario.period.last_day, scenario.timezone)

    @staticmethod
    @lru_cache(maxsize=16)
    def between(first_day: date, last_day: date, timezone: str) -> "Calendar":
        """The calendar of a period; the same object for the same period, because its tables take time to make."""
        return Calendar(first_day, last_day, timezone)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def _utc_ms(self, day: date, minute: int) -> int:
        """Milliseconds since 1970 of a clock time, ``minute`` minutes after the midnight that begins ``day``."""
        day += timedelta(days=minute // MINUTES_PER_DAY)
        hour, minutes = divmod(minute % MINUTES_PER_DAY, 60)
        wall = datetime(day.year, day.month, day.day, hour, minutes, tzinfo=self._zone)
        instant = wall.astimezone(UTC)
        if instant.astimezone(self._zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
            after = wall.replace(fold=1).utcoffset() or timedelta(0)
            before = wall.replace(fold=0).utcoffset() or timedelta(0)
            skipped = abs(after - before)
            instant = (wall.replace(minute=0, tzinfo=None) + skipped).replace(tzinfo=self._zone).astimezone(UTC)
        return int(instant.timestamp()) * 1000

    @cached_property
    def epoch_ms(self) -> int:
        """The run's start: midnight that begins the first day, in milliseconds since 1970 (UTC)."""
        return self._utc_ms(self.first_day, 0)

    @cached_property
    def end_ms(self) -> int:
        """End of the period: midnight after the last day, in milliseconds since the run's start."""
        return self.instant_ms(self.last_day + timedelta(days=1), 0)

    def instant_ms(self, day: date, minute: int) -> int:
        """Milliseconds since the run's start of a clock time on ``day`` (negative before the first day)."""
        return self._utc_ms(day, minute) - self.epoch_ms

    def wall_ms(self, wall: datetime) -> int | None:
        """Milliseconds since the run's start of a civil time to the millisecond, None where spring skips it."""
        base = self.instant_ms(wall.date(), wall.hour * 60 + wall.minute)
        local = datetime.fromtimestamp((base + self.epoch_ms) / 1000, self._zone)
        if (local.hour, local.minute) != (wall.hour, wall.minute):
            return None
        return base + wall.second * 1000 + wall.microsecond // 1000

    def civil_time(self, at_ms: int) -> datetime:
        """The local civil time of an instant."""
        return datetime.fromtimestamp((at_ms + self.epoch_ms) / 1000, self._zone)

    def days(self) -> Iterator[date]:
        """The days of the period, first to last."""
        for offset in range((self.last_day - self.first_day).days + 1):
            yield self.first_day + timedelta(days=offset)

    @cached_property
    def _table(self) -> CivilHours:
        """Civil time of every UTC hour from the run's start until `_OVERHANG` after the last day."""
        after = self.last_day + _OVERHANG
        first = self.epoch_ms // HOUR_MS
        count = (self._utc_ms(after, 0) - self.epoch_ms) // HOUR_MS
        offsets = np.array(list(self._offset_hours(first, count)), np.int64)
        local = np.arange(first, first + count, dtype=np.int64) + offsets
        days = local // 24
        dates = days.astype("datetime64[D]")
        return CivilHours(
            hour=local % 24,
            weekday=(days + 3) % 7,
            month=dates.astype("datetime64[M]").astype(np.int64) % 12 + 1,
            day=days + date(1970, 1, 1).toordinal(),
            utc_hour=np.arange(first, first + count, dtype=np.int64),
        )

    def _offset_hours(self, first: int, count: int) -> Iterator[int]:
        for hour in range(first, first + count):
            offset = datetime.fromtimestamp(hour * 3600, self._zone).utcoffset() or timedelta(0)
            whole, rest = divmod(offset, timedelta(hours=1))
            if rest:
                raise ValueError(f"{self.timezone}: offsets of whole hours only")
            yield whole

    @property
    def known_hours(self) -> int:
        """Hours from the run's start whose civil time is known: those of the period, and what may follow it."""
        return len(self._table.hour)

    @cached_property
    def hours(self) -> CivilHours:
        """Civil time of every hour of the period."""
        count = self.end_ms // HOUR_MS
        table = self._table
        return CivilHours(*(getattr(table, name)[:count] for name in CivilHours.__dataclass_fields__))

    def civil(self, at_ms: Ints) -> tuple[Ints, Ints, Ints]:
        """Clock hour (0-23), weekday (0 = Monday) and month (1-12) of instants.

        Later instants than are known count as the last hour that is.
        """
        table = self._table
        index = np.minimum(at_ms // HOUR_MS, len(table.hour) - 1)
        return table.hour[index], table.weekday[index], table.month[index]

    def day_of(self, at_ms: Ints) -> Ints:
        """Civil day of instants, 0 for the first day of the period."""
        table = self._table
        days: Ints = table.day[np.minimum(at_ms // HOUR_MS, len(table.hour) - 1)] - self.first_day.toordinal()
        return days

    def windows_ms(self, schedule: ScheduleRule, days_after: int = 0) -> Ints:
        """The windows of a schedule as instants, touching ones merged, shape (windows, 2).

        A window belongs to the day it starts: the last day's may run past the period, and the windows that the day
        before the first one started run into it. A window that touches one of the next day goes on with it, so that the
        end of the period closes nothing.

        Parameters
        ----------
        schedule
            The rule.
        days_after
            How many days after the period still start windows.

        Returns
        -------
        NDArray
            Read-only: whoever asks for the same windows gets the same array.
        """
        return _windows_ms(self, schedule, days_after)

    def _make_windows_ms(self, schedule: ScheduleRule, days_after: int) -> Ints:
        after = [self.last_day + timedelta(days=day) for day in range(1, days_after + 2)]
        around = [self.first_day - timedelta(days=1), *self.days(), *after]
        spans = merged(
            (max(start, 0), end) for day in around for start, end in self._spans_on(schedule, day) if end > 0
        )
        return spans[spans[:, 0] < self.instant_ms(after[-1], 0)]

    def last_end_ms(self, schedule: ScheduleRule) -> int:
        """When the last window that starts on the last day ends; 0 where none does."""
        return max((end for _, end in self._spans_on(schedule, self.last_day)), default=0)

    def _spans_on(self, schedule: ScheduleRule, day: date) -> Iterator[tuple[int, int]]:
        for start, end in schedule.windows_on(day, is_holiday(day)):
            span = self.instant_ms(day, start), self.instant_ms(day, end)
            if span[0] < span[1]:
                yield span


@lru_cache(maxsize=512)
def _windows_ms(calendar: Calendar, schedule: ScheduleRule, days_after: int) -> Ints:
    """`Calendar.windows_ms`, kept: worlds and plans that differ in people or demand share their hours."""
    windows = calendar._make_windows_ms(schedule, days_after)
    windows.setflags(write=False)
    return windows


def covered_until_ms(windows_ms: Ints, at_ms: Ints) -> Ints:
    """How much time merged windows cover before each of some instants."""
    if not len(windows_ms):
        return np.zeros_like(at_ms)
    lengths = windows_ms[:, 1] - windows_ms[:, 0]
    before = np.concatenate([[0], np.cumsum(lengths)])
    index = np.searchsorted(windows_ms[:, 0], at_ms, side="right") - 1
    last = np.maximum(index, 0)
    inside = np.clip(at_ms - windows_ms[last, 0], 0, lengths[last])
    covered: Ints = np.where(index >= 0, before[last] + inside, 0)
    return covered


def merged(spans: Iterable[tuple[int, int]]) -> Ints:
    """Spans in order, those that touch or overlap made one; shape (spans, 2)."""
    result: list[list[int]] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1][1] = max(result[-1][1], end)
        else:
            result.append([start, end])
    return np.array(result, np.int64).reshape(-1, 2)


def open_hours(scenario: Scenario, channel: str) -> float:
    """Hours a channel is open in the scenario's period; what runs past the last day's midnight is not counted.

    Raises
    ------
    KeyError
        If the scenario has no such channel.
    """
    rules = scenario.channel(channel)
    if rules is None:
        raise KeyError(channel)
    calendar = Calendar.of(scenario)
    windows = np.clip(calendar.windows_ms(rules.open), 0, calendar.end_ms)
    return float((windows[:, 1] - windows[:, 0]).sum() / HOUR_MS)
