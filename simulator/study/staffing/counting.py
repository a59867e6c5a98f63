"""What is read off each simulated year for staffing: attempts by half-hour, and how many are in the system.

Both are readers of `simulator.study.years`; sums are whole numbers. Knows nothing of targets' words or of searching.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.calendar import HOUR_MS, MINUTE_MS, Calendar
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.service.keys import Key
from simulator.service.ledger import MET_CLOSED, Ledger
from simulator.service.measures import Year
from simulator.service.plan import CENTRE, Plan
from simulator.study.staffing.slots import Slots
from simulator.study.staffing.targets import Target
from simulator.study.years import Floats

SAMPLE_MIN = 5
"""How often the number in the system is looked at."""


def own_people(plan: Plan, channel: str) -> NDArray[np.bool_]:
    """People at the centre whose only live channel is this one, shape (counsellors,)."""
    code = CHANNELS.index(channel)
    return np.array(
        [
            each.rostered and each.site == CENTRE and [c for c in each.answers if c < len(LIVE)] == [code]
            for each in plan.counsellors
        ],
        bool,
    )


@dataclass(frozen=True)
class ReadSlots:
    """Makes a `SlotReader`; plain data, so that it can be sent to another process."""

    slots: Slots
    target: Target

    def __call__(self, scenario: Scenario, plan: Plan) -> "SlotReader":
        """A reader of this scenario's years."""
        return SlotReader(self.slots, self.target, scenario, plan)


class SlotReader:
    """Of each group of half-hours: attempts that count for the target, over attempts that met the open channel.

    The last figure is overtime hours of the channel's own people.
    """

    def __init__(self, slots: Slots, target: Target, scenario: Scenario, plan: Plan) -> None:
        self._slots, self._target, self._from_ms = slots, target, plan.measure_from_ms
        self._calendar = Calendar.of(scenario)
        self._own = own_people(plan, slots.channel)
        groups = [Key("share", slots.channel, hour=f"{group:04d}") for group in range(len(slots))]
        self.keys = (*groups, Key("overtime_hours", slots.channel))
        self.units = (*("share" for _ in groups), "hours/year")

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms, both of shape (groups + 1,)."""
        ledger = year.ledger
        code = CHANNELS.index(self._slots.channel)
        rows = (ledger.channel == code) & (ledger.fate != MET_CLOSED) & (ledger.at_ms >= self._from_ms)
        group = self._slots.of_instants(ledger.at_ms[rows], self._calendar)
        inside, count = group >= 0, len(self._slots)
        good = self._target.counted(ledger)[rows] & inside
        overtime = float(ledger.overtime_ms[self._own].sum()) / HOUR_MS
        top = np.append(np.bincount(group[good], minlength=count), overtime)
        return top.astype(np.float64), np.append(np.bincount(group[inside], minlength=count), 1.0)


@dataclass(frozen=True)
class ReadCrowd:
    """Makes a `CrowdReader`; plain data. ``most`` is the number of people at which the count ends."""

    slots: Slots
    most: int

    def __call__(self, scenario: Scenario, plan: Plan) -> "CrowdReader":
        """A reader of this scenario's years."""
        return CrowdReader(self.slots, self.most, scenario, plan)


class CrowdReader:
    """How often 0, 1, 2 ... people were wholly taken by those in the system, by group of half-hours.

    In the system are those who wait at the centre and those in conversation there, wrap-up at its mean; with k places
    each, n of them take n // k people. Looked at every `SAMPLE_MIN` minutes in which the channel is open. Figures come
    group by group, shape (groups, most + 1).
    """

    def __init__(self, slots: Slots, most: int, scenario: Scenario, plan: Plan) -> None:
        rules = scenario.channel(slots.channel)
        own = own_people(plan, slots.channel)
        self._code, self._groups, self._most = CHANNELS.index(slots.channel), len(slots), most
        self._places = max(
            (each.chats_at_once for each, is_own in zip(plan.counsellors, own, strict=True) if is_own), default=1
        )
        self._wrap_up_ms = round(rules.wrap_up.mean_min * MINUTE_MS) if rules and rules.wrap_up else 0
        at_ms = np.arange(plan.measure_from_ms, plan.end_ms, SAMPLE_MIN * MINUTE_MS, dtype=np.int64)
        group = slots.of_instants(at_ms, Calendar.of(scenario))
        self._at_ms, self._group = at_ms[group >= 0], group[group >= 0]
        self.keys = tuple(
            Key("taken", slots.channel, hour=f"{group:04d}", month=f"{taken:04d}")
            for group in range(self._groups)
            for taken in range(most + 1)
        )
        self.units = ("looks/year",) * len(self.keys)

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms, both of shape (groups * (most + 1),)."""
        taken = np.minimum(self._in_system(year.ledger) // self._places, self._most)
        counts = np.bincount(self._group * (self._most + 1) + taken, minlength=len(self.keys))
        return counts.astype(np.float64), np.ones(len(self.keys))

    def _in_system(self, ledger: Ledger) -> NDArray[np.int64]:
        """Contacts at the centre at each look: came before or then, left after."""
        came = (ledger.channel == self._code) & (ledger.fate != MET_CLOSED) & (ledger.site == CENTRE)
        talks = ledger.end_ms[came] >= 0
        left = np.where(talks, ledger.end_ms[came] + self._wrap_up_ms, ledger.at_ms[came] + ledger.wait_ms[came])
        arrived = np.searchsorted(np.sort(ledger.at_ms[came]), self._at_ms, side="right")
        return np.asarray(arrived - np.searchsorted(np.sort(left), self._at_ms, side="right"))
