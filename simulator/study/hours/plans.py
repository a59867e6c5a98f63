"""From a plan to the scenario that carries it out: opening, shifts and cost. The only place where the two meet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from simulator.scenario.calendar import Calendar
from simulator.scenario.loading import change
from simulator.scenario.model import Scenario
from simulator.scenario.model import Shift as RosterShift
from simulator.scenario.schedule import MINUTES_PER_DAY, ScheduleRule
from simulator.service.cost import cost_nok, rate_nok_per_hour
from simulator.service.planning import make_plan
from simulator.study.hours.refusals import HoursError
from simulator.study.hours.space import Candidate, Frame
from simulator.study.hours.week import (
    NEVER,
    WEEK_HOURS,
    WHOLE_WEEK,
    Floats,
    Week,
    alike,
    covered,
    ordinary,
    schedule,
    windows_of,
)

Stretch = tuple[tuple[int, ...], int, int, int]
"""Weekdays (0 = Monday), start and end in minutes after midnight, and people."""
ADDED = "added"
"""What added shifts are called in a roster, with a number after it."""


@dataclass(frozen=True)
class Alternative:
    """A plan as it is carried out, whatever grid it came from; equal ones are the same plan.

    Attributes
    ----------
    opening
        The channel's windows in an ordinary week.
    layers
        Added people by the hours they are on duty: hours and how many.
    shared
        Whether people on duty for other channels help in the newly opened hours.
    stretches
        What is added as a planner lists it: weekdays, start, end, people.
    """

    opening: Week
    layers: tuple[tuple[Week, int], ...] = ()
    shared: bool = False
    stretches: tuple[Stretch, ...] = field(default=(), compare=False)

    @classmethod
    def of(cls, frame: Frame, plan: Candidate, shared: bool = False) -> "Alternative":
        """The plan of some shifts."""
        return cls(frame.opening(plan), tuple(frame.layers(plan)), shared, in_words(frame, plan))


@dataclass(frozen=True)
class Setting:
    """The service whose hours are asked about.

    Attributes
    ----------
    scenario
        As it is.
    channel
        Whose hours.
    free
        The channel's own windows and people may be moved: plans take their place instead of being added.
    """

    scenario: Scenario
    channel: str
    free: bool = False

    def __post_init__(self) -> None:
        """Refuse what has no answer.

        Raises
        ------
        HoursError
            If the scenario has no such channel, no pay, or nobody at its centre who answers the channel.
        """
        if self.scenario.channel(self.channel) is None:
            raise HoursError("no_channel", channel=self.channel)
        if self.scenario.pay is None:
            raise HoursError("no_pay", scenario=self.scenario.name)
        if not self._answering:
            raise HoursError("nobody", channel=self.channel)

    @property
    def rule(self) -> ScheduleRule:
        """The channel's own hours."""
        rules = self.scenario.channel(self.channel)
        assert rules is not None
        return rules.open

    @property
    def own(self) -> Week:
        """The channel's windows in an ordinary week that stay under every plan."""
        return NEVER if self.free else ordinary(self.rule)

    @property
    def site(self) -> str:
        """The centre."""
        return next(key for key, site in self.scenario.sites.items() if site.centre)

    @property
    def _roster(self) -> Mapping[str, RosterShift]:
        return self.scenario.roster.get(self.site, {})

    @property
    def _answering(self) -> list[str]:
        """Shifts at the centre that answer the channel, those that answer nothing else first."""
        found = [name for name, shift in self._roster.items() if self.channel in shift.answers]
        return sorted(found, key=lambda name: len(self._roster[name].answers))

    @property
    def _alone(self) -> list[str]:
        """Shifts that answer this channel and nothing else."""
        return [name for name in self._answering if self._roster[name].answers == [self.channel]]

    @property
    def helpers(self) -> list[str]:
        """Shifts at the centre that answer other live channels only."""
        answers = {name: shift.answers for name, shift in self._roster.items()}
        return [name for name, channels in answers.items() if self.channel not in channels and "phone" in channels]

    @cached_property
    def calendar(self) -> Calendar:
        """Of the scenario."""
        return Calendar.of(self.scenario)

    @cached_property
    def cost_nok(self) -> float:
        """Of the scenario's own roster, as it is written."""
        return self._cost(self.scenario)

    def _cost(self, scenario: Scenario) -> float:
        assert scenario.pay is not None
        return cost_nok(make_plan(scenario), self.calendar, scenario.pay)

    @cached_property
    def bare(self) -> Scenario:
        """What every plan is added to: the scenario, without the channel's own hours and people where they may move."""
        if not self.free:
            return self.scenario
        roster = {self.site: dict.fromkeys(self._alone)}
        return change(self.scenario, {"channels": {self.channel: {"open": "closed"}}, "roster": roster}, "free")

    @cached_property
    def bare_cost_nok(self) -> float:
        """Of the roster that every plan is added to."""
        return self._cost(self.bare)

    def extra_nok(self, scenario: Scenario) -> float:
        """What a plan's scenario costs more than the scenario as it is."""
        return self._cost(scenario) - self.cost_nok

    @cached_property
    def cost_by_week_hour(self) -> Floats:
        """NOK in the period of one person on duty in an hour of every week, shape (168,)."""
        assert self.scenario.pay is not None
        hours = self.calendar.hours
        rate = rate_nok_per_hour(self.calendar, self.scenario.pay)
        by_hour = np.bincount(hours.weekday * 24 + hours.hour, rate, minlength=WEEK_HOURS)
        return np.asarray(by_hour, dtype=np.float64)

    # --- scenarios -----------------------------------------------------------------------------------------------

    def scenario_of(self, plan: Alternative) -> Scenario:
        """The scenario that carries out a plan."""
        return change(self.bare, self.changes(plan), "hours") if plan.layers or plan.shared else self.bare

    def probe(self, people: int, shared: bool = False) -> Alternative:
        """The channel open round the clock with so many people added, all the time."""
        if people == 0 and not shared:
            return Alternative(self.own)
        return Alternative(WHOLE_WEEK, ((WHOLE_WEEK, people),) if people else (), shared)

    def changes(self, plan: Alternative) -> dict[str, Any]:
        """What a plan changes, nested as in a scenario file."""
        special = None if self.free else self.rule
        shifts: dict[str, Any] = {}
        for number, (week, people) in enumerate(plan.layers, 1):
            hours = schedule(week, special, closed_on_special_days=True)
            shifts[self._name(number)] = {"hours": hours, "counsellors": people, **self._ways()}
        if plan.shared:
            shifts |= self._sharing(plan.opening)
        opening = schedule(plan.opening, special)
        return {"channels": {self.channel: {"open": opening}}, "roster": {self.site: shifts}}

    def proposed(self, plan: Alternative) -> dict[str, Any]:
        """What a plan changes in the scenario as it is: where people may be moved, theirs go by name."""
        changes = self.changes(plan)
        if not self.free:
            return changes
        gone = dict.fromkeys(self._alone)
        return {**changes, "roster": {self.site: {**gone, **changes["roster"][self.site]}}}

    def _name(self, number: int) -> str:
        name = f"{ADDED} {self.channel} {number}"
        while name in self._roster:
            name += "+"
        return name

    def _ways(self) -> dict[str, Any]:
        """How added people answer: as those who answer the channel now; a number with a source keeps its source."""
        return {"answers": [self.channel], "chats_at_once": self._chats_at_once()}

    def _chats_at_once(self) -> Any:
        like = self._answering[0]
        value = self._roster[like].chats_at_once
        source = self.scenario.sources.get(f"roster.{self.site}.{like}.chats_at_once")
        return value if source is None else {"value": value, **source.model_dump(exclude_defaults=True)}

    def _sharing(self, opening: Week) -> dict[str, Any]:
        """People on duty for other channels, in newly opened hours with this channel after their own."""
        new = covered(opening) & ~covered(ordinary(self.rule) if not self.free else NEVER)
        shifts: dict[str, Any] = {}
        for name in self.helpers:
            shift = self._roster[name]
            if shift.hours.dates or shift.hours.holidays:
                raise HoursError("shared_special_days", shift=name)
            on_duty = covered(ordinary(shift.hours))
            path = f"roster.{self.site}.{name}.counsellors"
            source = self.scenario.sources.get(path)
            count = shift.counsellors
            people = count if source is None else {"value": count, **source.model_dump(exclude_defaults=True)}
            live = [each for each in shift.answers if each in ("phone", "chat")]
            written = [each for each in shift.answers if each not in live]
            shifts[name] = {"hours": schedule(windows_of(on_duty & ~new))}
            shifts[f"{name} and {self.channel}"[:60]] = {
                "hours": schedule(windows_of(on_duty & new)),
                "counsellors": people,
                "answers": [*live, self.channel, *written],
                "chats_at_once": self._chats_at_once(),
            }
        return shifts


def in_words(frame: Frame, plan: Candidate) -> tuple[Stretch, ...]:
    """What a plan adds, as a planner would list it: stretches on the clock, weekdays with the same ones together."""
    rows: dict[tuple[int, int, int], list[int]] = {}
    for shift in plan:
        for days, windows in alike(frame.week_of(shift)):
            for start, end in windows:
                rows.setdefault((start, end, shift.people), []).extend(days)
    found = [(tuple(sorted(days)), *key) for key, days in rows.items()]
    return tuple(sorted(found, key=lambda row: ((row[1] - frame.day_starts_min) % MINUTES_PER_DAY, row)))
