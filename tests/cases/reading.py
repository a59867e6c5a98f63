"""How the figures of the published cases are read off a simulated run: each gives a top and a bottom.

Only the plan and the ledger are read; a run covers its whole period, so its horizon is the period's end.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from simulator.service.ledger import ABANDONED, ANSWERED, BLOCKED, MET_CLOSED, NEXT_LOST, NEXT_PHONE, TURNED_AWAY
from simulator.service.measures import Year
from tests.cases.case import Read

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MINUTE_MS = 60_000


def counted(year: Year) -> Any:
    """Attempts of persons who first tried after the warm-up, off the ledger: contacts may have to be drawn anew."""
    ledger, from_ms = year.ledger, year.plan.measure_from_ms
    if not ledger.attempt.any():
        return ledger.at_ms >= from_ms
    first = ledger.attempt == 0
    first_ms = np.zeros(int(ledger.person.max()) + 1, np.int64)
    first_ms[ledger.person[first]] = ledger.at_ms[first]
    return first_ms[ledger.person] >= from_ms


def persons(year: Year) -> float:
    """How many persons first tried after the warm-up."""
    return float((counted(year) & (year.ledger.attempt == 0)).sum())


def share(of: Callable[[Year], Any], among: Callable[[Year], Any] = counted) -> Read:
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


def wait_hours(among: Callable[[Year], Any] = counted) -> Read:
    """Mean time in queue in hours."""

    def read(year: Year) -> tuple[float, float]:
        flags = among(year) & counted(year)
        return float(year.ledger.wait_ms[flags].sum()) / HOUR_MS, float(flags.sum())

    return read


def span_hours(year: Year) -> float:
    """Hours after the warm-up."""
    return (year.plan.end_ms - year.plan.measure_from_ms) / HOUR_MS


def overlap(year: Year, start_ms: Any, end_ms: Any) -> float:
    """Hours that intervals have within the period after the warm-up, in all."""
    low, high = year.plan.measure_from_ms, year.plan.end_ms
    return float(np.maximum(0, np.minimum(end_ms, high) - np.maximum(start_ms, low)).sum()) / HOUR_MS


def mean_in_queue(year: Year) -> tuple[float, float]:
    """Time-average number waiting."""
    ledger = year.ledger
    return overlap(year, ledger.at_ms, ledger.at_ms + ledger.wait_ms), span_hours(year)


def mean_in_service(year: Year) -> tuple[float, float]:
    """Time-average number in conversation."""
    served = year.ledger.start_ms >= 0
    return overlap(year, year.ledger.start_ms[served], year.ledger.end_ms[served]), span_hours(year)


def in_service_at(site: int) -> Read:
    """Time-average number in conversation at one site."""

    def read(year: Year) -> tuple[float, float]:
        rows = (year.ledger.site == site) & (year.ledger.start_ms >= 0)
        return overlap(year, year.ledger.start_ms[rows], year.ledger.end_ms[rows]), span_hours(year)

    return read


def mean_in_wrap_up(year: Year) -> tuple[float, float]:
    """Time-average number in wrap-up: what people have in hand besides conversations."""
    conversations, hours = mean_in_service(year)
    return float(year.ledger.slot_ms.sum()) / HOUR_MS - conversations, hours


def count_per_hour(count: Callable[[Year], Any]) -> Read:
    """Counted attempts per hour."""
    return lambda year: (float((count(year) & counted(year)).sum()), span_hours(year))


def plus(*reads: Read) -> Read:
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


def at_clock(hour: float, number: Callable[[Year, Any], Any], count: Callable[[Any], Any]) -> Read:
    """Mean over days of what is counted in a number of people (`conversations_at`, `in_system_at`) at one hour."""

    def read(year: Year) -> tuple[float, float]:
        at_ms = np.arange(year.plan.measure_from_ms, year.plan.end_ms, DAY_MS) + round(hour * HOUR_MS)
        return float(count(number(year, at_ms)).sum()), float(len(at_ms))

    return read


def days_of(year: Year) -> float:
    """Days after the warm-up."""
    return span_hours(year) / 24.0


def a_day(count: Callable[[Year], Any]) -> Read:
    """Attempts (or minutes) per day."""
    return lambda year: (float(np.sum(count(year) * counted(year))), days_of(year))


def _levels(year: Year, counsellor: int) -> tuple[Any, Any]:
    """Chats in hand of one counsellor after each change of them, and for how long (after the warm-up)."""
    ledger = year.ledger
    mine = (ledger.counsellor == counsellor) & (ledger.start_ms >= 0)
    times = np.concatenate([ledger.start_ms[mine], ledger.end_ms[mine], [year.plan.measure_from_ms]])
    steps = np.concatenate([np.ones(mine.sum()), -np.ones(mine.sum()), [0]])
    order = np.lexsort((-steps, times))
    times, level = times[order], np.cumsum(steps[order])
    low, high = year.plan.measure_from_ms, year.plan.end_ms
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


def after_hour(hour: float) -> Callable[[Year], Any]:
    """Counted attempts made after an hour of the day."""
    return lambda year: counted(year) & (minute_of_day(year, year.ledger.at_ms) >= hour * 60)


def on_channel(code: int) -> Callable[[Year], Any]:
    """Counted attempts on one channel."""
    return lambda year: counted(year) & (year.ledger.channel == code)


def minute_of_day(year: Year, at_ms: Any) -> Any:
    """Minutes after the midnight before the attempt, for instants of the ledger's rows."""
    return (at_ms - year.ledger.at_ms // DAY_MS * DAY_MS) / MINUTE_MS


def evening(close_min: float) -> dict[str, Read]:
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
            figures[name] = share(within(sl_hours), lambda year: (year.ledger.fate == ANSWERED) & counted(year))
        else:
            figures[name] = STATIONARY[name]
    return figures


def chat_pool(counsellors: int, slots: int) -> dict[str, Read]:
    """Figures of a chat pool."""
    return {
        **stationary("p_wait", "p_abandon", "ew_all", "eq"),
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
    served = (year.ledger.fate == ANSWERED) & counted(year)
    return float((year.ledger.end_ms - year.ledger.start_ms)[served].sum()) / HOUR_MS, float(served.sum())


def system_hours(year: Year) -> tuple[float, float]:
    """Mean time from the attempt to the end of the answered."""
    waited, answered = wait_hours(fate(ANSWERED))(year)
    return waited + conversation_hours(year)[0], answered


def share_of_time_with(number: int) -> Read:
    """Share of the time in which so many people are in the system, looked at every five minutes."""

    def read(year: Year) -> tuple[float, float]:
        at_ms = np.arange(year.plan.measure_from_ms, year.plan.end_ms, 5 * MINUTE_MS)
        return float((in_system_at(year, at_ms) == number).sum()), float(len(at_ms))

    return read


def persons_served(year: Year) -> tuple[float, float]:
    """Answered per first attempt."""
    return float(((year.ledger.fate == ANSWERED) & counted(year)).sum()), persons(year)


def attempts_per_person(year: Year) -> tuple[float, float]:
    """Attempts per first attempt."""
    return float(counted(year).sum()), persons(year)


def blocked_first(year: Year) -> tuple[float, float]:
    """First attempts that find no place."""
    first = (year.ledger.attempt == 0) & counted(year)
    return float(((year.ledger.fate == BLOCKED) & first).sum()), float(first.sum())


def mean_in_orbit(year: Year) -> tuple[float, float]:
    """Time-average number of people between two attempts."""
    ledger = year.ledger
    order = np.lexsort((ledger.attempt, ledger.person))
    person, at, wait = ledger.person[order], ledger.at_ms[order], ledger.wait_ms[order]
    same = person[1:] == person[:-1]
    return overlap(year, (at + wait)[:-1][same], at[1:][same]), span_hours(year)


PERSON_LOST = a_day(lambda year: (year.ledger.fate == MET_CLOSED) & (year.ledger.next == NEXT_LOST))
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
