"""The published queueing cases said in the scenario language, and how their figures are read off a simulated year.

A case is a scenario, how many independent runs of it, and for each figure a function that gives top and bottom of one
run; the figure is the ratio of totals. Runs start empty and are read after a warm-up, or are whole independent days.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from simulator.service.ledger import ABANDONED, ANSWERED, BALKED, BLOCKED, MET_CLOSED, NEXT_PHONE, TURNED_AWAY
from simulator.service.measures import Year

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MINUTE_MS = 60_000

Read = Callable[[Year], tuple[float, float]]


@dataclass(frozen=True)
class Case:
    """``tolerance`` is the widest half-width of the 99 % interval, as a share of the value (or ``absolute``)."""

    scenario: Mapping[str, Any]
    runs: int
    figures: Mapping[str, Read]
    tolerance: float = 0.05
    absolute: float = 0.012
    loose: Mapping[str, float] = field(default_factory=dict)


def world(days: int, warm_up_days: int = 1, first_day: str = "2024-01-01", **parts: Any) -> dict[str, Any]:
    """A scenario in UTC whose first days warm it up."""
    last = np.datetime64(first_day) + np.timedelta64(days + warm_up_days - 1, "D")
    period = {"first_day": first_day, "last_day": str(last), "warm_up_days": warm_up_days}
    demand = {"max_attempts": 1, **parts.pop("demand")}
    return {"title": "case", "timezone": "UTC", "period": period, "demand": demand, **parts}


def pool(servers: int, channel: str = "phone", **shift: Any) -> dict[str, Any]:
    """A roster of some people round the clock."""
    return {"centre": {"pool": {"hours": "always", "counsellors": servers, "answers": [channel], **shift}}}


def minutes(mean_hours: float, distribution: str = "exponential", cv: float | None = None) -> dict[str, Any]:
    """A duration given in hours."""
    return {"mean_min": mean_hours * 60.0, "distribution": distribution, **({} if cv is None else {"cv": cv})}


# --- what is read -------------------------------------------------------------------------------------------------


def share(of: Callable[[Year], Any], among: Callable[[Year], Any] = lambda year: year.counted) -> Read:
    """Share of some attempts among others (the counted ones)."""
    return lambda year: (float((of(year) & among(year)).sum()), float(among(year).sum()))


def fate(code: int) -> Callable[[Year], Any]:
    """Attempts of one fate."""
    return lambda year: year.ledger.fate == code


def not_at_once(year: Year) -> Any:
    """Attempts that did not start service at once."""
    return ~((year.ledger.fate == ANSWERED) & (year.ledger.wait_ms == 0))


def within(hours: float) -> Callable[[Year], Any]:
    """Attempts answered with a wait of at most so much."""
    return lambda year: (year.ledger.fate == ANSWERED) & (year.ledger.wait_ms <= hours * HOUR_MS)


def wait_hours(among: Callable[[Year], Any] = lambda year: year.counted) -> Read:
    """Mean time in queue in hours."""

    def read(year: Year) -> tuple[float, float]:
        flags = among(year) & year.counted
        return float(year.ledger.wait_ms[flags].sum()) / HOUR_MS, float(flags.sum())

    return read


def span_hours(year: Year) -> float:
    """Hours after the warm-up."""
    return (year.contacts.end_ms - year.plan.measure_from_ms) / HOUR_MS


def _overlap(year: Year, start_ms: Any, end_ms: Any) -> float:
    low, high = year.plan.measure_from_ms, year.contacts.end_ms
    return float(np.maximum(0, np.minimum(end_ms, high) - np.maximum(start_ms, low)).sum()) / HOUR_MS


def mean_in_queue(year: Year) -> tuple[float, float]:
    """Time-average number waiting."""
    ledger = year.ledger
    return _overlap(year, ledger.at_ms, ledger.at_ms + ledger.wait_ms), span_hours(year)


def mean_in_service(year: Year) -> tuple[float, float]:
    """Time-average number in conversation."""
    served = year.ledger.start_ms >= 0
    return _overlap(year, year.ledger.start_ms[served], year.ledger.end_ms[served]), span_hours(year)


def mean_in_wrap_up(year: Year) -> tuple[float, float]:
    """Time-average number in wrap-up."""
    ledger = year.ledger
    served = ledger.start_ms >= 0
    wrap = year.contacts.wrap_up_ms[ledger.person[served], ledger.channel[served]]
    return _overlap(year, ledger.end_ms[served], ledger.end_ms[served] + wrap), span_hours(year)


def _plus(*reads: Read) -> Read:
    """The sum of figures with one bottom."""

    def read(year: Year) -> tuple[float, float]:
        parts = [each(year) for each in reads]
        return sum(top for top, _ in parts), parts[0][1]

    return read


def per(count: float, read: Read) -> Read:
    """A figure divided by a number."""

    def divided(year: Year) -> tuple[float, float]:
        top, bottom = read(year)
        return top, bottom * count

    return divided


def number_at(year: Year, at_ms: Any, start_ms: Any, end_ms: Any) -> Any:
    """How many of the intervals hold each instant."""
    return np.searchsorted(np.sort(start_ms), at_ms, side="right") - np.searchsorted(
        np.sort(end_ms), at_ms, side="right"
    )


def conversations_at(year: Year, at_ms: Any) -> Any:
    """Conversations in progress at instants."""
    served = year.ledger.start_ms >= 0
    return number_at(year, at_ms, year.ledger.start_ms[served], year.ledger.end_ms[served])


def in_system_at(year: Year, at_ms: Any) -> Any:
    """People waiting or in conversation at instants."""
    ledger = year.ledger
    gone = np.where(ledger.end_ms >= 0, ledger.end_ms, ledger.at_ms + ledger.wait_ms)
    return number_at(year, at_ms, ledger.at_ms, gone)


def every_minute(year: Year) -> Any:
    """The minutes after the warm-up."""
    return np.arange(year.plan.measure_from_ms, year.contacts.end_ms, MINUTE_MS)


def days_of(year: Year) -> float:
    """Days after the warm-up."""
    return span_hours(year) / 24.0


def a_day(count: Callable[[Year], Any]) -> Read:
    """Attempts (or minutes) per day."""
    return lambda year: (float(np.sum(count(year) * year.counted)), days_of(year))


def _levels(year: Year, counsellor: int) -> tuple[Any, Any]:
    """Chats in hand of one counsellor after each change of them, and for how long (after the warm-up)."""
    ledger = year.ledger
    mine = (ledger.counsellor == counsellor) & (ledger.start_ms >= 0)
    times = np.concatenate([ledger.start_ms[mine], ledger.end_ms[mine], [year.plan.measure_from_ms]])
    steps = np.concatenate([np.ones(mine.sum()), -np.ones(mine.sum()), [0]])
    order = np.lexsort((-steps, times))
    times, level = times[order], np.cumsum(steps[order])
    low, high = year.plan.measure_from_ms, year.contacts.end_ms
    ends = np.append(times[1:], high)
    return level, np.maximum(0, np.minimum(ends, high) - np.maximum(times, low)) / HOUR_MS


def level_share(wanted: Callable[[Any], Any], among: Callable[[Any], Any] = lambda level: level >= 0) -> Read:
    """Share of counsellor time spent at some levels among others."""

    def read(year: Year) -> tuple[float, float]:
        top = bottom = 0.0
        for counsellor in range(len(year.plan.counsellors)):
            level, spent = _levels(year, counsellor)
            top += float(spent[wanted(level) & among(level)].sum())
            bottom += float(spent[among(level)].sum())
        return top, bottom

    return read


def minute_of_day(year: Year, at_ms: Any) -> Any:
    """Minutes after the midnight before the attempt, for instants of the ledger's rows."""
    return (at_ms - year.ledger.at_ms // DAY_MS * DAY_MS) / MINUTE_MS


def evening(channel: str, close_min: float) -> dict[str, Read]:
    """The figures of an evening that closes at ``close_min`` minutes after midnight."""

    def met(year: Year) -> Any:
        return year.ledger.fate != MET_CLOSED

    def overtime(year: Year) -> Any:
        return np.where(year.ledger.end_ms >= 0, np.maximum(0, minute_of_day(year, year.ledger.end_ms) - close_min), 0)

    def last_leaves(year: Year) -> tuple[float, float]:
        late = overtime(year)
        day = year.ledger.at_ms // DAY_MS
        last = np.zeros(int(day.max()) + 1)
        np.maximum.at(last, day, late)
        return float(last.sum()), days_of(year)

    def counsellor_overtime(year: Year) -> tuple[float, float]:
        late, ledger = overtime(year), year.ledger
        people = len(year.plan.counsellors)
        key = (ledger.at_ms // DAY_MS) * people + np.maximum(ledger.counsellor, 0)
        last = np.zeros(int(key.max()) + people)
        np.maximum.at(last, key, late)
        return float(last.sum()), days_of(year)

    return {
        "arrivals": a_day(met),
        "had_to_wait": a_day(lambda year: met(year) & not_at_once(year)),
        "found_all_slots_taken": a_day(lambda year: met(year) & not_at_once(year)),
        "abandoned_before_close": a_day(fate(ABANDONED)),
        "turned_away_at_close": a_day(fate(TURNED_AWAY)),
        "served": a_day(fate(ANSWERED)),
        "in_service_at_close": a_day(lambda year: overtime(year) > 0),
        "conversations_at_close": a_day(lambda year: overtime(year) > 0),
        "overtime_server_minutes": a_day(overtime),
        "overtime_counsellor_minutes": counsellor_overtime,
        "minutes_until_last_leaves": last_leaves,
        "queue_minutes_total": a_day(lambda year: year.ledger.wait_ms / MINUTE_MS),
    }


STATIONARY = {
    "p_wait": share(not_at_once),
    "p_abandon": share(fate(ABANDONED)),
    "ew_all": wait_hours(),
    "ew_served": wait_hours(fate(ANSWERED)),
    "ew_abandoned": wait_hours(fate(ABANDONED)),
    "eq": mean_in_queue,
}


def stationary(*names: str, servers: int = 0, sl_hours: float = 0.0, unit_hours: float = 1.0) -> dict[str, Read]:
    """Some of the usual figures; waits in the case's own unit of time."""
    figures: dict[str, Read] = {}
    for name in names:
        if name.startswith("ew"):
            figures[name] = per(unit_hours, STATIONARY[name])
        elif name == "occupancy":
            figures[name] = per(servers, mean_in_service)
        elif name == "sl":
            figures[name] = share(within(sl_hours))
        elif name == "sl_of_served":
            figures[name] = share(within(sl_hours), lambda year: (year.ledger.fate == ANSWERED) & year.counted)
        else:
            figures[name] = STATIONARY[name]
    return figures


CHAT_FIGURES = (
    "p_wait",
    "p_abandon",
    "ew_all",
    "eq",
)


def chat_pool(counsellors: int, slots: int) -> dict[str, Read]:
    """Figures of a chat pool."""
    return {
        **stationary(*CHAT_FIGURES),
        "e_conversations": mean_in_service,
        "slot_occupancy": per(counsellors * slots, mean_in_service),
        "mean_conversation_time": conversation_hours,
        "p_counsellor_idle": level_share(lambda level: level == 0),
        "share_of_busy_counsellor_time_at_full_level": level_share(
            lambda level: level == slots, lambda level: level > 0
        ),
    }


def conversation_hours(year: Year) -> tuple[float, float]:
    """Mean time from assignment to end of the answered."""
    served = (year.ledger.fate == ANSWERED) & year.counted
    return float((year.ledger.end_ms - year.ledger.start_ms)[served].sum()) / HOUR_MS, float(served.sum())


def persons_served(year: Year) -> tuple[float, float]:
    """Answered per first attempt."""
    return float(((year.ledger.fate == ANSWERED) & year.counted).sum()), float(year.counted_persons.sum())


def attempts_per_person(year: Year) -> tuple[float, float]:
    """Attempts per first attempt."""
    return float(year.counted.sum()), float(year.counted_persons.sum())


def blocked_first(year: Year) -> tuple[float, float]:
    """First attempts that find no place."""
    first = (year.ledger.attempt == 0) & year.counted
    return float(((year.ledger.fate == BLOCKED) & first).sum()), float(first.sum())


def mean_in_orbit(year: Year) -> tuple[float, float]:
    """Time-average number of people between two attempts."""
    ledger = year.ledger
    order = np.lexsort((ledger.attempt, ledger.person))
    person, at, wait = ledger.person[order], ledger.at_ms[order], ledger.wait_ms[order]
    same = person[1:] == person[:-1]
    return _overlap(year, (at + wait)[:-1][same], at[1:][same]), span_hours(year)


def met_closed_a_day(year: Year) -> tuple[float, float]:
    """Attempts that meet closed, a day."""
    return a_day(fate(MET_CLOSED))(year)


PERSON_LOST = a_day(lambda year: (year.ledger.fate == MET_CLOSED) & (year.ledger.next == 4))
PHONED = a_day(lambda year: year.ledger.next == NEXT_PHONE)
RETURNS_OPEN = a_day(
    lambda year: (year.ledger.attempt > 0) & (year.ledger.channel == 1) & (year.ledger.fate != MET_CLOSED)
)


def returns_first_hour(open_min: float) -> Read:
    """Returns in the first hour after opening, a day."""

    def count(year: Year) -> Any:
        minute = minute_of_day(year, year.ledger.at_ms)
        returned = (year.ledger.attempt > 0) & (year.ledger.channel == 1)
        return returned & (minute >= open_min) & (minute < open_min + 60)

    return a_day(count)


def site_share(code: int) -> Read:
    """Share of all attempts answered at a site."""
    return share(lambda year: (year.ledger.fate == ANSWERED) & (year.ledger.site == code))


BALK = {"p_balk": share(fate(BALKED))}
