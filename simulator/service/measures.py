"""The key figures: each one function with its formula and its denominator, all read off a ledger.

Totals first, ratios after: a figure is a top and a bottom (1 for counts), summed over years before they are divided.
Persons and attempts are never mixed: figures about persons are cut by the first attempt, all others by the attempt.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.demand.contacts import Contacts
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.service import keys as cuts
from simulator.service import ledger as book
from simulator.service.cost import cost_nok, staffed_hours
from simulator.service.keys import ALL, Cut, Key
from simulator.service.ledger import Ledger
from simulator.service.plan import Plan

MS_PER_MINUTE = 60_000.0
MS_PER_HOUR = 3_600_000.0

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Year:
    """One simulated year: who came, under which plan, and what happened.

    ``counted`` are the attempts (rows of the ledger) of persons who first tried after the warm-up.
    """

    contacts: Contacts
    plan: Plan
    ledger: Ledger

    @property
    def counted(self) -> Flags:
        """Attempts that count, shape (attempts,)."""
        return self.counted_persons[self.ledger.person]

    @property
    def counted_persons(self) -> Flags:
        """Persons who count, shape (persons,)."""
        counted: Flags = self.contacts.arrival_ms >= self.plan.measure_from_ms
        return counted


# --- attempts ----------------------------------------------------------------------------------------------------


def offered(ledger: Ledger) -> Flags:
    """All attempts: met open + met closed."""
    return np.ones(len(ledger), bool)


def met_open(ledger: Ledger) -> Flags:
    """Attempts that met an open channel, answered or not (a written question always does)."""
    flags: Flags = ledger.fate != book.MET_CLOSED
    return flags


def _with_fate(fate: int) -> Callable[[Ledger], Flags]:
    def flags(ledger: Ledger) -> Flags:
        chosen: Flags = ledger.fate == fate
        return chosen

    return flags


def _followed_by(then: int) -> Callable[[Ledger], Flags]:
    def flags(ledger: Ledger) -> Flags:
        chosen: Flags = ledger.next == then
        return chosen

    return flags


answered = _with_fate(book.ANSWERED)

ATTEMPTS: dict[str, Callable[[Ledger], Flags]] = {
    "offered": offered,
    "met_open": met_open,
    "met_closed": _with_fate(book.MET_CLOSED),
    "answered": answered,
    "abandoned": _with_fate(book.ABANDONED),
    "balked": _with_fate(book.BALKED),
    "blocked": _with_fate(book.BLOCKED),
    "turned_away_at_closing": _with_fate(book.TURNED_AWAY),
    "unfinished": _with_fate(book.UNFINISHED),
    "redialled": _followed_by(book.NEXT_REDIAL),
    "phoned_instead": _followed_by(book.NEXT_PHONE),
    "came_back": _followed_by(book.NEXT_RETURN),
}
"""Counts of attempts; those after ``unfinished`` count what the person did after an attempt that failed."""


# --- persons -----------------------------------------------------------------------------------------------------


def persons(year: Year) -> Flags:
    """Persons: one need, one episode; a first attempt and perhaps more. Never a count of children."""
    return np.ones(len(year.contacts), bool)


def persons_reached(year: Year) -> Flags:
    """Persons answered at least once, by anyone, on any channel."""
    reached = np.zeros(len(year.contacts), bool)
    reached[year.ledger.person[answered(year.ledger)]] = True
    return reached


def still_out(year: Year) -> Flags:
    """Persons not reached who at the end still wait, or are yet to try again."""
    ledger = year.ledger
    last = np.full(len(year.contacts), -1, np.int64)
    np.maximum.at(last, ledger.person, np.arange(len(ledger)))
    waits = ledger.fate == book.UNFINISHED
    goes_on = np.isin(ledger.next, (book.NEXT_REDIAL, book.NEXT_PHONE, book.NEXT_RETURN))
    yet_to_try = True  # who has no attempt: row -1
    out: Flags = np.append(waits | goes_on, yet_to_try)[last] & ~persons_reached(year)
    return out


def unanswered(year: Year) -> Flags:
    """Persons never answered, by anyone, on any channel: persons - reached - still out."""
    return ~persons_reached(year) & ~still_out(year)


PERSONS: dict[str, Callable[[Year], Flags]] = {
    "persons": persons,
    "persons_reached": persons_reached,
    "unanswered": unanswered,
    "still_out": still_out,
}


# --- ratios ------------------------------------------------------------------------------------------------------


def wait_of_answered(ledger: Ledger) -> Floats:
    """Minutes from the attempt (the first ring) to the answer, of those answered; 0 for all others."""
    return np.where(answered(ledger), ledger.wait_ms, 0) / MS_PER_MINUTE


def answered_within_target(ledger: Ledger, plan: Plan) -> Flags:
    """Attempts answered with a wait of at most the channel's target."""
    target_ms = np.array([channel.target_ms for channel in plan.channels])
    return answered(ledger) & (ledger.wait_ms <= target_ms[ledger.channel])


def response_time(ledger: Ledger) -> Floats:
    """Hours from a written question to its finished answer; 0 for those not finished."""
    return np.where(answered(ledger), ledger.end_ms - ledger.at_ms, 0) / MS_PER_HOUR


RATIOS: dict[str, tuple[str, str, str]] = {
    "answered_share_of_open": ("answered", "met_open", "share"),
    "answered_share_of_offered": ("answered", "offered", "share"),
    "answered_within_target_share": ("answered_within_target", "met_open", "share"),
    "wait_mean_min": ("wait_of_answered", "answered", "min"),
    "persons_reached_share": ("persons_reached", "persons", "share"),
}
"""Name -> (top, bottom, unit). The bottom is the denominator: attempts that met open, all attempts, the answered,
the persons."""


def wait_percentile_min(waits_ms: NDArray[np.int64], percent: float) -> float:
    """Percentile of the waits of the answered in minutes, nan where nobody was answered."""
    return float(np.percentile(waits_ms, percent)) / MS_PER_MINUTE if len(waits_ms) else float("nan")


# --- the yardstick -----------------------------------------------------------------------------------------------

DAYS_OF_A_YEAR = (365, 366)
FINE_CUTS = (cuts.WHOLE, cuts.BY_HOUR, cuts.BY_WEEKDAY, cuts.BY_MONTH)
HEAT_MAP = ("offered", "met_closed", "answered", "persons", "unanswered")
RATIO_CUTS = (cuts.WHOLE, cuts.BY_HOUR)


@dataclass(frozen=True)
class Column:
    """One figure along one cut: top and bottom name the counted tables they are read from ("" for 1)."""

    measure: str
    channel: str
    cut: Cut
    top: str
    bottom: str
    unit: str


class Yardstick:
    """All key figures of one scenario, in a fixed order, to be read off any number of its simulated years.

    Parameters
    ----------
    scenario, plan
        The alternative that is measured; its channels, sites and calendar decide which figures there are.
    """

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        self.plan = plan
        self.calendar = Calendar.of(scenario)
        self.channels = [c for c in CHANNELS if scenario.channel(c) is not None or scenario.demand_of(c) is not None]
        self._columns = list(_columns(self.channels))
        self._staffed = staffed_hours(plan, self.calendar)
        self._cost = cost_nok(plan, self.calendar, scenario.pay) if scenario.pay else float("nan")
        special = [(key, unit) for key, unit, _, _ in self._special(None)]
        keys = [(key, each.unit) for each in self._columns for key in each.cut.keys(each.measure, each.channel)]
        days = (self.calendar.last_day - self.calendar.first_day).days + 1 - scenario.period.warm_up_days
        span = "year" if days in DAYS_OF_A_YEAR else "period"
        self.keys: tuple[Key, ...] = tuple(key for key, _ in keys + special)
        self.units: tuple[str, ...] = tuple(unit.replace("/year", f"/{span}") for _, unit in keys + special)

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms of all figures in one year, in the order of `keys`; both of shape (figures,)."""
        tables = self._tables(year)
        tops, bottoms = [], []
        for column in self._columns:
            top = _along(tables[column.top], column)
            tops.append(top)
            bottoms.append(_along(tables[column.bottom], column) if column.bottom else np.ones_like(top))
        special = np.array([(top, bottom) for _, _, top, bottom in self._special(year)])
        return np.concatenate([*tops, special[:, 0]]), np.concatenate([*bottoms, special[:, 1]])

    def _tables(self, year: Year) -> dict[str, Floats]:
        """Every count and sum as a table of shape (channels, months, weekdays, hours)."""
        ledger, contacts = year.ledger, year.contacts
        attempts = _Binning(self.calendar, ledger.channel, ledger.at_ms, year.counted)
        people = _Binning(self.calendar, contacts.channel, contacts.arrival_ms, year.counted_persons)
        tables = {name: attempts.table(flags(ledger)) for name, flags in ATTEMPTS.items()}
        tables |= {name: people.table(flags(year)) for name, flags in PERSONS.items()}
        tables["answered_within_target"] = attempts.table(answered_within_target(ledger, year.plan))
        tables["wait_of_answered"] = attempts.table(wait_of_answered(ledger))
        tables["response_time"] = attempts.table(response_time(ledger))
        return tables

    def _special(self, year: Year | None) -> list[tuple[Key, str, float, float]]:
        """Figures that are no table of counts: (key, unit, top, bottom); zeros when there is no year to read."""
        return [*self._wait_percentiles(year), *self._peak_days(year), *self._by_site(year), *self._duty(year)]

    def _answered_on(self, year: Year, channel: str) -> Flags:
        codes = [CHANNELS.index(each) for each in (LIVE if channel == ALL else (channel,))]
        return answered(year.ledger) & year.counted & np.isin(year.ledger.channel, codes)

    def _wait_percentiles(self, year: Year | None) -> list[tuple[Key, str, float, float]]:
        rows = []
        for channel in _live(self.channels):
            waits = year.ledger.wait_ms[self._answered_on(year, channel)] if year else np.empty(0, np.int64)
            rows += [
                (Key("wait_median_min", channel), "min", wait_percentile_min(waits, 50), 1.0),
                (Key("wait_p90_min", channel), "min", wait_percentile_min(waits, 90), 1.0),
            ]
        return rows

    def _peak_days(self, year: Year | None) -> list[tuple[Key, str, float, float]]:
        """Most attempts answered on one civil day."""
        rows = []
        for channel in _live(self.channels):
            most = 0
            if year is not None:
                days = self.calendar.day_of(year.ledger.at_ms[self._answered_on(year, channel)])
                most = int(np.bincount(days).max()) if len(days) else 0
            rows.append((Key("answered_peak_day", channel), "contacts/day", float(most), 1.0))
        return rows

    def _by_site(self, year: Year | None) -> list[tuple[Key, str, float, float]]:
        """Calls by the site that answered them, and its share of all answered calls."""
        if "phone" not in self.channels:
            return []
        count = len(self.plan.sites)
        calls = np.zeros(count, np.int64)
        waits = np.zeros(count)
        if year is not None:
            flags = self._answered_on(year, "phone")
            calls += np.bincount(year.ledger.site[flags], minlength=count)
            waits += np.bincount(year.ledger.site[flags], wait_of_answered(year.ledger)[flags], minlength=count)
        total = float(calls.sum())
        rows = []
        for code, site in enumerate(self.plan.sites):
            rows += [
                (Key("answered", "phone", site.name), "contacts/year", float(calls[code]), 1.0),
                (Key("site_share_of_answered", "phone", site.name), "share", float(calls[code]), total),
                (Key("wait_mean_min", "phone", site.name), "min", float(waits[code]), float(calls[code])),
            ]
        return rows

    def _duty(self, year: Year | None) -> list[tuple[Key, str, float, float]]:
        """Hours and cost of the roster: staffed, overtime, occupancy (busy time on duty / time on duty)."""
        rostered = np.array([each.rostered for each in self.plan.counsellors], bool)
        busy = overtime = staffed = 0.0
        if year is not None:
            busy = float(year.ledger.busy_ms[rostered].sum())
            overtime = float(year.ledger.overtime_ms[rostered].sum())
            staffed = float(year.ledger.staffed_ms[rostered].sum())
        rows = [(Key("staffed_hours", channel), "hours/year", hours, 1.0) for channel, hours in self._staffed.items()]
        rows += [
            (Key("overtime_hours"), "hours/year", overtime / MS_PER_HOUR, 1.0),
            (Key("occupancy"), "share", busy, staffed),
        ]
        if not np.isnan(self._cost):
            rows.append((Key("cost_nok"), "NOK/year", self._cost, 1.0))
        return rows


def _live(channels: list[str]) -> list[str]:
    return [*(channel for channel in channels if channel in LIVE), ALL]


def _columns(channels: list[str]) -> list[Column]:
    columns = []
    for channel in _live(channels):
        for name in (*PERSONS, *ATTEMPTS):
            unit = "persons/year" if name in PERSONS else "contacts/year"
            fine = (*FINE_CUTS, cuts.BY_WEEKDAY_AND_HOUR) if name in HEAT_MAP else FINE_CUTS
            columns += [Column(name, channel, cut, name, "", unit) for cut in fine]
        for name, (top, bottom, unit) in RATIOS.items():
            columns += [Column(name, channel, cut, top, bottom, unit) for cut in RATIO_CUTS]
    for channel in channels:
        if channel not in LIVE:
            columns += [
                Column(name, channel, cuts.WHOLE, name, "", "persons/year" if name in PERSONS else "contacts/year")
                for name in ("persons", "persons_reached", "offered", "met_open", "answered", "unfinished")
            ]
            columns.append(Column("response_time_mean_h", channel, cuts.WHOLE, "response_time", "answered", "h"))
    return columns


def _along(table: Floats, column: Column) -> Floats:
    codes = [CHANNELS.index(each) for each in (LIVE if column.channel == ALL else (column.channel,))]
    values: Floats = table[codes].sum(axis=0).sum(axis=column.cut.summed)
    return np.atleast_1d(values).ravel()


class _Binning:
    """Sorts rows into (channel, month, weekday, hour) once, to count many things in the same bins."""

    SHAPE = (len(CHANNELS), 12, 7, 24)

    def __init__(
        self, calendar: Calendar, channel: NDArray[np.int16], at_ms: NDArray[np.int64], counted: Flags
    ) -> None:
        hour, weekday, month = calendar.civil(at_ms)
        self._bins = np.ravel_multi_index((channel.astype(np.int64), month - 1, weekday, hour), self.SHAPE)
        self._counted = counted

    def table(self, weights: Flags | Floats) -> Floats:
        """Sum of the weights in each bin."""
        size = int(np.prod(self.SHAPE))
        counted = np.bincount(self._bins, self._counted * weights, minlength=size)
        return counted.reshape(self.SHAPE).astype(np.float64)
