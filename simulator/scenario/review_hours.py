"""Warnings, most of which need the clock: open with nobody on shift, shifts outside hours, what can have no effect.

Minutes of the civil clock, day after day, as arrays; an hour that is skipped or repeated counts as any other here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.calendar import is_holiday
from simulator.scenario.model import CHANNELS, Scenario, Site
from simulator.scenario.problems import Path, Phrase, Plain, Position, Problem, problem_at
from simulator.scenario.schedule import MINUTES_PER_DAY, WEEKDAYS, ScheduleRule

LONGEST_DAYS = 1461
"""Hours are walked through for four years at most: a leap year, every weekday of every holiday that matters."""
MARGIN_MIN = 30
"""So much of a shift may lie before opening or after closing without a word: people prepare, and finish."""

Minutes = NDArray[np.bool_]
"""One truth value per minute of the period, from midnight of its first day."""


def warnings(scenario: Scenario) -> Iterator[Problem]:
    """What a planner should look at; assumes a scenario without errors."""
    clock = _Clock.of(scenario)
    yield from _closed_for_good(scenario, clock)
    yield from _nobody_on_shift(scenario, clock)
    yield from _idle_shifts(scenario, clock)
    yield from _network(scenario)
    yield from _sites(scenario, clock)
    yield from _demand_without_channel(scenario)
    yield from _surges_outside(scenario)
    yield from _moved_edges(scenario, clock)


@dataclass(frozen=True)
class _Clock:
    """The days that are walked through, the day before them first: its windows may run into them."""

    days: tuple[date, ...]
    holidays: tuple[bool, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> "_Clock":
        period = scenario.period
        count = min((period.last_day - period.first_day).days + 1, LONGEST_DAYS)
        days = tuple(period.first_day + timedelta(days=offset) for offset in range(-1, count))
        return cls(days, tuple(map(is_holiday, days)))

    def minutes(self, schedule: ScheduleRule) -> Minutes:
        """Minutes in which a schedule holds."""
        on = np.zeros((len(self.days) + 1) * MINUTES_PER_DAY, bool)
        for index, (day, holiday) in enumerate(zip(self.days, self.holidays, strict=True)):
            for start, end in schedule.windows_on(day, holiday):
                on[index * MINUTES_PER_DAY + start : index * MINUTES_PER_DAY + end] = True
        return on[MINUTES_PER_DAY:-MINUTES_PER_DAY]

    def none(self) -> Minutes:
        """No minute at all."""
        return np.zeros((len(self.days) - 1) * MINUTES_PER_DAY, bool)

    def described(self, minutes: Minutes) -> dict[str, Any]:
        """The first of some minutes by weekday and clock, and how many hours a week they make."""
        first = int(np.argmax(minutes))
        day, minute = self.days[1 + first // MINUTES_PER_DAY], first % MINUTES_PER_DAY
        weekday = Phrase(f"problem.{WEEKDAYS[day.weekday()]}")
        weeks = len(minutes) / MINUTES_PER_DAY / 7
        return {
            "weekday": weekday,
            "clock": _clock_time(minute),
            "day": Plain(day.isoformat()),
            "hours": round(float(minutes.sum()) / 60 / max(weeks, 1 / 7), 1),
        }


def _clock_time(minute: int) -> Plain:
    return Plain(f"{minute // 60 % 24:02d}:{minute % 60:02d}")


def positions_of(scenario: Scenario) -> Mapping[Path, Position]:
    """Where the entries of a scenario are written; nowhere for one that was made without a file."""
    return scenario._document.positions if scenario._document is not None else {}


def _warning(scenario: Scenario, path: Path, word: str, at_key: bool = False, **values: Any) -> Problem:
    return problem_at(positions_of(scenario), path, word, at_key=at_key, severity="warning", **values)


def _closed_for_good(scenario: Scenario, clock: _Clock) -> Iterator[Problem]:
    if scenario.channels.phone is None:
        yield _warning(scenario, ("channels",), "problem.no_phone", True)
    for name in CHANNELS:
        rules = scenario.channel(name)
        if rules is not None and not clock.minutes(rules.open).any():
            yield _warning(scenario, ("channels", name, "open"), "problem.never_open", True, channel=name)


def _nobody_on_shift(scenario: Scenario, clock: _Clock) -> Iterator[Problem]:
    centre = next(key for key, site in scenario.sites.items() if site.centre)
    for name in CHANNELS:
        rules = scenario.channel(name)
        if rules is None:
            continue
        bare = clock.minutes(rules.open) & ~_staffed(scenario, clock, centre, name)
        if bare.any():
            values = {"channel": name, "site": centre, **clock.described(bare)}
            yield _warning(scenario, ("channels", name, "open"), "problem.nobody_on_shift", True, **values)


def _staffed(scenario: Scenario, clock: _Clock, site: str, channel: str) -> Minutes:
    """Minutes with somebody on shift at a site who answers a channel."""
    staffed = clock.none()
    for shift in scenario.roster.get(site, {}).values():
        if channel in shift.answers and shift.counsellors:
            staffed |= clock.minutes(shift.hours)
    return staffed


def _idle_shifts(scenario: Scenario, clock: _Clock) -> Iterator[Problem]:
    rules = {name: scenario.channel(name) for name in CHANNELS}
    hours = {name: clock.minutes(each.open) for name, each in rules.items() if each is not None}
    for site, shifts in scenario.roster.items():
        for name, shift in shifts.items():
            on_shift = clock.minutes(shift.hours)
            path = ("roster", site, name, "hours")
            if not on_shift.any():
                yield _warning(scenario, path, "problem.never_on_shift", True, shift=name)
            idle = _long_runs(on_shift & ~np.logical_or.reduce([hours[channel] for channel in shift.answers]))
            if idle.any():
                values = {"shift": name, "channels": tuple(shift.answers), **clock.described(idle)}
                yield _warning(scenario, path, "problem.idle_shift", True, **values)


def _long_runs(minutes: Minutes) -> Minutes:
    """The same minutes without the runs that are no longer than the margin."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], minutes, [False]))))
    long = minutes.copy()
    for start, end in edges.reshape(-1, 2):
        if end - start <= MARGIN_MIN:
            long[start:end] = False
    return long


def _sites(scenario: Scenario, clock: _Clock) -> Iterator[Problem]:
    for key, site in scenario.sites.items():
        if site.centre:
            continue
        yield from _reach(scenario, clock, key, site)
        yield from _site_staff(scenario, clock, key, site)
        if scenario.roster.get(key) and "lines" in site.model_fields_set:
            yield _warning(scenario, ("sites", key, "lines"), "problem.lines_and_roster", True, site=key)
        patience = scenario.channels.phone.patience if scenario.channels.phone else None
        if site.busy == "centre_after_ring" and patience and patience.mean_min * 60 < site.ring_s:
            values = {"site": key, "ring": round(site.ring_s), "patience": round(patience.mean_min * 60)}
            yield _warning(scenario, ("sites", key, "ring_s"), "problem.ring_outlasts_patience", True, **values)


def _reach(scenario: Scenario, clock: _Clock, key: str, site: Site) -> Iterator[Problem]:
    """Whether any call can come to a site that is not the centre."""
    overflow = scenario.network.centre_overflow == "any_open_site"
    if not clock.minutes(site.open).any():
        yield _warning(scenario, ("sites", key, "open"), "problem.never_called_closed", True, site=key)
    elif site.share == 0 and scenario.network.local_first and not overflow:
        yield _warning(scenario, ("sites", key, "share"), "problem.never_called_share", True, site=key)


def _network(scenario: Scenario) -> Iterator[Problem]:
    others = sum(not site.centre for site in scenario.sites.values())
    if others and not scenario.network.local_first and scenario.network.centre_overflow == "none":
        yield _warning(scenario, ("network", "local_first"), "problem.never_called_network", True, others=others)


def _site_staff(scenario: Scenario, clock: _Clock, key: str, site: Site) -> Iterator[Problem]:
    is_open = clock.minutes(site.open)
    on_duty = _staffed(scenario, clock, key, "phone")
    if not scenario.roster.get(key) and site.lines:
        on_duty = is_open
    bare = is_open & ~on_duty
    if bare.any():
        yield _warning(
            scenario, ("sites", key, "open"), "problem.site_unmanned", True, site=key, **clock.described(bare)
        )


def _demand_without_channel(scenario: Scenario) -> Iterator[Problem]:
    for name in CHANNELS:
        if scenario.demand_of(name) is not None and scenario.channel(name) is None:
            yield _warning(scenario, ("demand", name), "problem.demand_without_channel", True, channel=name)


def _surges_outside(scenario: Scenario) -> Iterator[Problem]:
    period = scenario.period
    for name, surge in scenario.demand.surges.items():
        if surge.last_day < period.first_day or surge.first_day > period.last_day:
            days = {"first": Plain(period.first_day.isoformat()), "last": Plain(period.last_day.isoformat())}
            yield _warning(scenario, ("demand", "surges", name), "problem.surge_outside", True, surge=name, **days)


def _moved_edges(scenario: Scenario, clock: _Clock) -> Iterator[Problem]:
    """Opening, closing and shift edges inside an hour that the clock skips or repeats; the first of each kind."""
    zone = ZoneInfo(scenario.timezone)
    nights = [day for day in clock.days if _offset(day, zone) != _offset(day + timedelta(days=1), zone)]
    for path, schedule in _schedules(scenario):
        seen: set[str] = set()
        for night in nights:
            for minute in _edges(schedule, night):
                fate = _fate(night, minute, zone)
                if fate and fate not in seen:
                    seen.add(fate)
                    values = {"clock": _clock_time(minute), "day": Plain(night.isoformat())}
                    yield _warning(scenario, path, f"problem.edge_{fate}", True, **values)


def _schedules(scenario: Scenario) -> Iterator[tuple[Path, ScheduleRule]]:
    for name in CHANNELS:
        rules = scenario.channel(name)
        if rules is not None:
            yield ("channels", name, "open"), rules.open
    for key, site in scenario.sites.items():
        yield ("sites", key, "open"), site.open
    for key, shifts in scenario.roster.items():
        for name, shift in shifts.items():
            yield ("roster", key, name, "hours"), shift.hours


def _edges(schedule: ScheduleRule, night: date) -> Iterator[int]:
    """Minutes after the midnight that begins ``night`` at which windows start or end that day."""
    for offset in (-1, 0):
        day = night + timedelta(days=offset)
        for window in schedule.windows_on(day, is_holiday(day)):
            for minute in window:
                if 0 < minute + offset * MINUTES_PER_DAY < MINUTES_PER_DAY:
                    yield minute + offset * MINUTES_PER_DAY


def _fate(night: date, minute: int, zone: ZoneInfo) -> Literal["skipped", "repeated"] | None:
    """Whether a clock time lies strictly inside an hour that the clock skips or repeats."""
    kinds = {
        _kind(datetime.combine(night, datetime.min.time()) + timedelta(minutes=each), zone)
        for each in (minute - 1, minute)
    }
    return kinds.pop() if len(kinds) == 1 else None


def _kind(wall: datetime, zone: ZoneInfo) -> Literal["skipped", "repeated"] | None:
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta() for fold in (0, 1))
    if first == second:
        return None
    return "skipped" if first < second else "repeated"


def _offset(day: date, zone: ZoneInfo) -> timedelta:
    return datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() or timedelta()
