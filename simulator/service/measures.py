"""The key figures: each one function with its formula and its denominator, all made of a year's tally.

Totals first, ratios after: a figure is a top and a bottom (1 for counts), summed over years before they are divided.
Persons and attempts are never mixed: figures about persons are cut by the first attempt, all others by the attempt.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand.contacts import Contacts
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.service import keys as cuts
from simulator.service.cost import cost_nok, staffed_hours
from simulator.service.keys import ALL, Cut, Key
from simulator.service.ledger import FATES, Ledger
from simulator.service.plan import Plan
from simulator.service.tally import KINDS, NEXT_KINDS, WEEK_HOURS, HourTable, Tally, count

MS_PER_MINUTE = 60_000.0
MS_PER_HOUR = 3_600_000.0

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Pair = tuple[float, float]
"""Top and bottom of a figure."""


@dataclass(frozen=True)
class Came:
    """Who came: when, by which channel first, and who she is; as in `Contacts`, without the draws. Shape (persons,)."""

    arrival_ms: Ints
    channel: NDArray[np.int16]
    identity: NDArray[np.uint64]


class Year:
    """One simulated year: who came, under which plan, what happened, and what is counted of it."""

    def __init__(self, contacts: Contacts, plan: Plan, ledger: Ledger) -> None:
        self.contacts = contacts
        self.plan = plan
        self.ledger = ledger

    @property
    def counted(self) -> Flags:
        """Attempts (rows of the ledger) of persons who first tried after the warm-up, shape (attempts,)."""
        return self.counted_persons[self.ledger.person]

    @property
    def counted_persons(self) -> Flags:
        """Persons who count, shape (persons,)."""
        counted: Flags = self.contacts.arrival_ms >= self.plan.measure_from_ms
        return counted

    @property
    def came(self) -> Came:
        """Who came, which an engine may have at hand though it would take long to tell all their draws."""
        contacts = self.contacts
        return Came(contacts.arrival_ms, contacts.channel, contacts.identity)

    def tally(self, hours: HourTable) -> Tally:
        """What is counted of the year."""
        return count(self.contacts, self.plan, self.ledger, hours)


class Counts:
    """The tally's table by kind: arrays of any one shape."""

    def __init__(self, table: NDArray[Any]) -> None:
        self._table = table

    def __getitem__(self, kind: str) -> NDArray[Any]:
        found: NDArray[Any] = self._table[KINDS.index(kind)]
        return found


# --- attempts ----------------------------------------------------------------------------------------------------


def offered(counts: Counts) -> Ints:
    """All attempts: met open + met closed; each has one fate."""
    total: Ints = np.sum([counts[fate] for fate in FATES], axis=0)
    return total


def met_open(counts: Counts) -> Ints:
    """Attempts that met an open channel, answered or not (a written question always does)."""
    found: Ints = offered(counts) - counts["met_closed"]
    return found


def _counted(kind: str) -> Callable[[Counts], Ints]:
    return lambda counts: counts[kind]


ATTEMPTS: dict[str, Callable[[Counts], Ints]] = {
    "offered": offered,
    "met_open": met_open,
    **{
        kind: _counted(kind)
        for kind in (
            "met_closed",
            "answered",
            "abandoned",
            "balked",
            "blocked",
            "turned_away_at_closing",
            "unfinished",
            *NEXT_KINDS,
        )
    },
}
"""Counts of attempts; those after ``unfinished`` count what the person did after an attempt that failed."""


# --- persons -----------------------------------------------------------------------------------------------------


def persons(counts: Counts) -> Ints:
    """Persons: one need, one episode; a first attempt and perhaps more. Never a count of children."""
    return counts["persons"]


def persons_reached(counts: Counts) -> Ints:
    """Persons answered at least once, by anyone, on any channel."""
    return counts["persons_reached"]


def still_out(counts: Counts) -> Ints:
    """Persons not reached who at the end still wait, or are yet to try again."""
    return counts["still_out"]


def unanswered(counts: Counts) -> Ints:
    """Persons never answered, by anyone, on any channel: persons - reached - still out."""
    return persons(counts) - persons_reached(counts) - still_out(counts)


PERSONS: dict[str, Callable[[Counts], Ints]] = {
    "persons": persons,
    "persons_reached": persons_reached,
    "unanswered": unanswered,
    "still_out": still_out,
}


# --- ratios ------------------------------------------------------------------------------------------------------


def answered_within_target(counts: Counts) -> Ints:
    """Attempts answered with a wait of at most the channel's target."""
    return counts["answered_within_target"]


def wait_of_answered_min(counts: Counts) -> Floats:
    """Minutes from the attempt (the first ring) to the answer, summed over the answered."""
    return counts["wait_of_answered_ms"] / MS_PER_MINUTE


def response_time_h(counts: Counts) -> Floats:
    """Hours from a written question to its finished answer, summed over those finished."""
    return counts["response_time_ms"] / MS_PER_HOUR


TOPS: dict[str, Callable[[Counts], Ints | Floats]] = {
    **ATTEMPTS,
    **PERSONS,
    "answered_within_target": answered_within_target,
    "wait_of_answered_min": wait_of_answered_min,
    "response_time_h": response_time_h,
}
"""All that figures are made of."""

RATIOS: dict[str, tuple[str, str, str]] = {
    "answered_share_of_open": ("answered", "met_open", "share"),
    "answered_share_of_offered": ("answered", "offered", "share"),
    "answered_within_target_share": ("answered_within_target", "met_open", "share"),
    "wait_mean_min": ("wait_of_answered_min", "answered", "min"),
    "persons_reached_share": ("persons_reached", "persons", "share"),
}
"""Name -> (top, bottom, unit). The bottom is the denominator: attempts that met open, all attempts, the answered,
the persons."""


def wait_percentile_min(positive_ms: Ints, answered: int, percent: float) -> float:
    """Percentile of the waits of the answered in minutes, nan where nobody was answered.

    Parameters
    ----------
    positive_ms
        The waits above 0, ascending; the others answered waited 0.
    answered
        How many were answered.
    percent
        Between 0 and 100; between two waits it is interpolated (Hyndman & Fan 1996, definition 7).
    """
    if answered == 0:
        return float("nan")
    zeros = answered - len(positive_ms)
    place = (answered - 1) * percent / 100
    low = int(place)
    at = [0 if i < zeros else int(positive_ms[i - zeros]) for i in (low, min(low + 1, answered - 1))]
    return (at[0] + (at[1] - at[0]) * (place - low)) / MS_PER_MINUTE


# --- the yardstick -----------------------------------------------------------------------------------------------

DAYS_OF_A_YEAR = (365, 366)
FINE_CUTS = (cuts.WHOLE, cuts.BY_HOUR, cuts.BY_WEEKDAY, cuts.BY_MONTH)
HEAT_MAP = ("offered", "met_closed", "answered", "persons", "unanswered")
RATIO_CUTS = (cuts.WHOLE, cuts.BY_HOUR)
LIVE_TOGETHER = len(CHANNELS)
"""Place of the live channels' sum among channels."""
_WEEK = (7, 24)


@dataclass(frozen=True)
class Column:
    """One figure along one cut: top and bottom name what they are made of (`TOPS`; "" for 1)."""

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
        self.hours = HourTable.of(self.calendar)
        self.channels = [c for c in CHANNELS if scenario.channel(c) is not None or scenario.demand_of(c) is not None]
        self._layout = _layout(tuple(self.channels))
        self._staffed = staffed_hours(plan, self.calendar)
        self._cost = cost_nok(plan, self.calendar, scenario.pay) if scenario.pay else float("nan")
        special = self._special_keys()
        days = (self.calendar.last_day - self.calendar.first_day).days + 1 - scenario.period.warm_up_days
        span = "year" if days in DAYS_OF_A_YEAR else "period"
        self.keys: tuple[Key, ...] = (*self._layout.keys, *(key for key, _ in special))
        units = (*self._layout.units, *(unit for _, unit in special))
        self.units: tuple[str, ...] = units if span == "year" else tuple(_per_period(unit) for unit in units)

    def observe(self, year: Year) -> tuple[Floats, Floats]:
        """Tops and bottoms of all figures in one year, in the order of `keys`; both of shape (figures,)."""
        return self.figures(year.tally(self.hours))

    def figures(self, tally: Tally) -> tuple[Floats, Floats]:
        """Tops and bottoms of all figures by what was counted, in the order of `keys`; both of shape (figures,)."""
        values = _all_cuts(tally.table)
        special = np.array(
            [*self._wait_percentiles(tally), *self._peak_days(tally), *self._by_site(tally), *self._duty(tally)]
        )
        return (
            np.concatenate([values[self._layout.tops], special[:, 0]]),
            np.concatenate([values[self._layout.bottoms], special[:, 1]]),
        )

    def _special_keys(self) -> list[tuple[Key, str]]:
        """Key and unit of the figures that are no table of counts, in the order in which `figures` lists them."""
        keys = []
        for channel in _live(self.channels):
            keys += [(Key("wait_median_min", channel), "min"), (Key("wait_p90_min", channel), "min")]
        keys += [(Key("answered_peak_day", channel), "contacts/day") for channel in _live(self.channels)]
        for site in self._sites_with_calls():
            keys += [
                (Key("answered", "phone", site), "contacts/year"),
                (Key("site_share_of_answered", "phone", site), "share"),
                (Key("wait_mean_min", "phone", site), "min"),
            ]
        keys += [(Key("staffed_hours", channel), "hours/year") for channel in self._staffed]
        keys += [(Key("overtime_hours"), "hours/year"), (Key("occupancy"), "share")]
        return keys if np.isnan(self._cost) else [*keys, (Key("cost_nok"), "NOK/year")]

    def _sites_with_calls(self) -> list[str]:
        return [site.name for site in self.plan.sites] if "phone" in self.channels else []

    def _wait_percentiles(self, tally: Tally) -> list[Pair]:
        """Median and 90th percentile of the waits of the answered."""
        pairs = []
        for channel in _live(self.channels):
            codes = _live_codes(channel)
            waits = np.concatenate([tally.positive_waits_ms[code] for code in codes])
            waits = np.sort(waits) if len(codes) > 1 else waits
            answered = int(tally.answered_by_day[codes].sum())
            pairs += [(wait_percentile_min(waits, answered, percent), 1.0) for percent in (50, 90)]
        return pairs

    def _peak_days(self, tally: Tally) -> list[Pair]:
        """Most attempts answered on one civil day."""
        days = tally.answered_by_day
        return [(float(days[_live_codes(each)].sum(axis=0).max(initial=0)), 1.0) for each in _live(self.channels)]

    def _by_site(self, tally: Tally) -> list[Pair]:
        """Calls by the site that answered them, their share of all answered calls, and the mean of their waits."""
        if not self._sites_with_calls():
            return []
        total = float(tally.calls.sum())
        pairs = []
        for calls, wait_ms in zip(tally.calls.tolist(), tally.call_waits_ms.tolist(), strict=True):
            pairs += [(float(calls), 1.0), (float(calls), total), (wait_ms / MS_PER_MINUTE, float(calls))]
        return pairs

    def _duty(self, tally: Tally) -> list[Pair]:
        """Hours and cost of the roster: staffed, overtime, occupancy (busy time on duty / time on duty)."""
        pairs = [(hours, 1.0) for hours in self._staffed.values()]
        pairs += [(tally.overtime_ms / MS_PER_HOUR, 1.0), (float(tally.busy_ms), float(tally.staffed_ms))]
        return pairs if np.isnan(self._cost) else [*pairs, (self._cost, 1.0)]


def _live(channels: list[str]) -> list[str]:
    return [*(channel for channel in channels if channel in LIVE), ALL]


def _live_codes(channel: str) -> list[int]:
    return [CHANNELS.index(each) for each in (LIVE if channel == ALL else (channel,))]


def _per_period(unit: str) -> str:
    return unit.replace("/year", "/period")


@dataclass(frozen=True)
class _Layout:
    """The figures that are tables of counts: their keys and units, and where their tops and bottoms lie."""

    keys: tuple[Key, ...]
    units: tuple[str, ...]
    tops: Ints
    bottoms: Ints


@lru_cache(maxsize=16)
def _layout(channels: tuple[str, ...]) -> _Layout:
    """The layout of the figures of some channels, in a fixed order."""
    columns = _columns(list(channels))
    keys = [(key, each.unit) for each in columns for key in each.cut.keys(each.measure, each.channel)]
    return _Layout(
        tuple(key for key, _ in keys),
        tuple(unit for _, unit in keys),
        np.concatenate([_places(each.top, each) for each in columns]),
        np.concatenate([_places(each.bottom, each) for each in columns]),
    )


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
            columns.append(Column("response_time_mean_h", channel, cuts.WHOLE, "response_time_h", "answered", "h"))
    return columns


_CUT_SIZES = {
    cuts.WHOLE: 1,
    cuts.BY_HOUR: 24,
    cuts.BY_WEEKDAY: 7,
    cuts.BY_MONTH: 12,
    cuts.BY_WEEKDAY_AND_HOUR: WEEK_HOURS,
}
"""The cuts side by side, in the order of `_all_cuts`, and how many bins each has."""


_WEIGHTS = np.array([make(Counts(np.eye(len(KINDS)))) for make in TOPS.values()], np.float64)
"""How much of each kind is in each top: all tops are sums, so what they make of one of each kind says all."""


def _all_cuts(table: Ints) -> Floats:
    """Every sum that a figure may need, flattened from shape (tops, channels + live together, bins of all cuts).

    One more value follows: the 1 that counts are divided by.
    """
    made = (_WEIGHTS @ table.reshape(len(KINDS), -1)).reshape(len(TOPS), *table.shape[1:])
    made = np.concatenate([made, made[:, : len(LIVE)].sum(axis=1, keepdims=True)], axis=1)
    week, month = made[..., :WEEK_HOURS], made[..., WEEK_HOURS:]
    days = week.reshape(*week.shape[:-1], *_WEEK)
    by_hour, by_weekday = days.sum(axis=-2), days.sum(axis=-1)
    whole = month.sum(axis=-1, keepdims=True)
    cut = np.concatenate([whole, by_hour, by_weekday, month, week], axis=-1)
    return np.append(cut.ravel(), 1.0)


def _places(top: str, column: Column) -> Ints:
    """Where a column's values lie among those of `_all_cuts`."""
    size, bins = _CUT_SIZES[column.cut], sum(_CUT_SIZES.values())
    channels = LIVE_TOGETHER + 1
    if not top:
        return np.full(size, len(TOPS) * channels * bins)
    channel = LIVE_TOGETHER if column.channel == ALL else CHANNELS.index(column.channel)
    before = list(_CUT_SIZES)[: list(_CUT_SIZES).index(column.cut)]
    first = (list(TOPS).index(top) * channels + channel) * bins + sum(_CUT_SIZES[cut] for cut in before)
    return np.arange(first, first + size)
