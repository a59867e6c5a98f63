"""Everything that is counted in one simulated year, as whole numbers: the raw material of all key figures.

Attempts are counted by the hour and month of the attempt, persons by those of their first one; only persons who first
try after the warm-up count. Sums of whole numbers do not depend on their order, so both engines count alike to the last
bit. Knows nothing of which figures are made of it.
"""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand.contacts import Contacts
from simulator.scenario.calendar import HOUR_MS, Calendar
from simulator.scenario.model import CHANNELS, LIVE
from simulator.service import ledger as book
from simulator.service.ledger import FATES, Ledger
from simulator.service.plan import Plan

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEXT_KINDS = {"redialled": book.NEXT_REDIAL, "phoned_instead": book.NEXT_PHONE, "came_back": book.NEXT_RETURN}
KINDS = (
    *FATES,
    *NEXT_KINDS,
    "answered_within_target",
    "wait_of_answered_ms",
    "response_time_ms",
    "persons",
    "persons_reached",
    "still_out",
)
"""What is counted, by place. ``wait_of_answered_ms`` sums the waits of answered calls and chats, ``response_time_ms``
the time from a written question to its finished answer; ``still_out`` are persons not reached who at the end still wait
or are yet to try again."""
WEEK_HOURS = 7 * 24
COLUMNS = WEEK_HOURS + 12
"""By weekday and clock hour (weekday * 24 + hour), then by month."""


@dataclass(frozen=True)
class Tally:
    """Counts of one year.

    Attributes
    ----------
    table
        Shape (`KINDS`, channels, `COLUMNS`).
    answered_by_day
        Shape (live channels, days since the run's start).
    positive_waits_ms
        By live channel: the waits of the answered above 0, ascending; all others answered waited 0.
    calls, call_waits_ms
        By site: answered calls, and the sum of their waits.
    busy_ms, overtime_ms, staffed_ms
        Of the people on the roster; see `Ledger`.
    """

    table: Ints
    answered_by_day: Ints
    positive_waits_ms: tuple[Ints, ...]
    calls: Ints
    call_waits_ms: Ints
    busy_ms: int
    overtime_ms: int
    staffed_ms: int

    def differs_from(self, other: "Tally") -> str | None:
        """The first field in which two tallies differ, or None where they are equal."""
        for field in fields(self):
            mine, theirs = getattr(self, field.name), getattr(other, field.name)
            pairs = zip(mine, theirs, strict=True) if isinstance(mine, tuple) else [(mine, theirs)]
            if not all(np.array_equal(a, b) for a, b in pairs):
                return field.name
        return None


@dataclass(frozen=True)
class HourTable:
    """Where each hour of a run is counted: by week hour, month and day; later instants count as the last hour."""

    week_hour: Ints
    month: Ints
    day: Ints

    @staticmethod
    @lru_cache(maxsize=16)
    def of(calendar: Calendar) -> "HourTable":
        """The table of a calendar's period and what may follow it; the same object for the same calendar."""
        at_ms = np.arange(calendar.known_hours, dtype=np.int64) * HOUR_MS
        hour, weekday, month = calendar.civil(at_ms)
        return HourTable(weekday * 24 + hour, month - 1, calendar.day_of(at_ms))

    def place(self, at_ms: Ints) -> Ints:
        """The hour of each instant."""
        return np.minimum(at_ms // HOUR_MS, len(self.week_hour) - 1)


def count(contacts: Contacts, plan: Plan, ledger: Ledger, hours: HourTable) -> Tally:
    """Count a year by its ledger."""
    counted_persons = contacts.arrival_ms >= plan.measure_from_ms
    counted = counted_persons[ledger.person]
    rows = _Bins(hours, ledger.channel, ledger.at_ms, counted)
    people = _Bins(hours, contacts.channel, contacts.arrival_ms, counted_persons)
    answered = ledger.fate == book.ANSWERED
    live = ledger.channel < len(LIVE)
    target_ms = np.array([channel.target_ms for channel in plan.channels])[ledger.channel]
    reached, out = outcomes(contacts, ledger)
    tables = {
        **{name: rows.sums(ledger.fate == code) for code, name in enumerate(FATES)},
        **{name: rows.sums(ledger.next == code) for name, code in NEXT_KINDS.items()},
        "answered_within_target": rows.sums(answered & (ledger.wait_ms <= target_ms)),
        "wait_of_answered_ms": rows.sums(np.where(answered & live, ledger.wait_ms, 0)),
        "response_time_ms": rows.sums(np.where(answered & ~live, ledger.end_ms - ledger.at_ms, 0)),
        "persons": people.sums(np.ones(len(contacts), bool)),
        "persons_reached": people.sums(reached),
        "still_out": people.sums(out),
    }
    chosen = answered & counted
    by_day = [
        np.bincount(
            hours.day[hours.place(ledger.at_ms[chosen & (ledger.channel == code)])], minlength=hours.day[-1] + 1
        )
        for code in range(len(LIVE))
    ]
    calls = chosen & (ledger.channel == CHANNELS.index("phone"))
    sites = len(plan.sites)
    rostered = np.array([each.rostered for each in plan.counsellors], bool)
    return Tally(
        table=np.array([tables[name] for name in KINDS]),
        answered_by_day=np.array(by_day),
        positive_waits_ms=tuple(
            np.sort(ledger.wait_ms[chosen & (ledger.channel == code) & (ledger.wait_ms > 0)])
            for code in range(len(LIVE))
        ),
        calls=np.bincount(ledger.site[calls], minlength=sites),
        call_waits_ms=_whole(np.bincount(ledger.site[calls], ledger.wait_ms[calls], minlength=sites)),
        busy_ms=int(ledger.busy_ms[rostered].sum()),
        overtime_ms=int(ledger.overtime_ms[rostered].sum()),
        staffed_ms=int(ledger.staffed_ms[rostered].sum()),
    )


def outcomes(contacts: Contacts, ledger: Ledger) -> tuple[Flags, Flags]:
    """Who was reached (answered at least once, by anyone), and who is still out; both of shape (persons,)."""
    reached = np.zeros(len(contacts), bool)
    reached[ledger.person[ledger.fate == book.ANSWERED]] = True
    last = np.full(len(contacts), -1, np.int64)
    np.maximum.at(last, ledger.person, np.arange(len(ledger)))
    goes_on = (ledger.fate == book.UNFINISHED) | np.isin(ledger.next, tuple(NEXT_KINDS.values()))
    yet_to_try = True  # who has no attempt: row -1
    out: Flags = np.append(goes_on, yet_to_try)[last] & ~reached
    return reached, out


def _whole(sums: NDArray[Any]) -> Ints:
    """Sums of whole numbers, exact as long as they stay below 2**53 milliseconds, some 285 000 years."""
    return sums.astype(np.int64)


class _Bins:
    """Sorts rows into (channel, week hour) and (channel, month) once, to count many things in the same bins."""

    def __init__(self, hours: HourTable, channel: NDArray[np.int16], at_ms: Ints, counted: Flags) -> None:
        place = hours.place(at_ms[counted])
        first = channel[counted].astype(np.int64) * COLUMNS
        self._counted = counted
        self._bins = first + hours.week_hour[place], first + WEEK_HOURS + hours.month[place]

    def sums(self, values: Flags | Ints) -> Ints:
        """Sum of the values in each bin, shape (channels, columns)."""
        chosen = values[self._counted]
        size = len(CHANNELS) * COLUMNS
        by_week, by_month = (_whole(np.bincount(bins, chosen, minlength=size)) for bins in self._bins)
        return (by_week + by_month).reshape(len(CHANNELS), COLUMNS)
