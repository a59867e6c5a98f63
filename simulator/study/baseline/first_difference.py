"""Where two traces part: the first event that is in one of them and not in the other, and what came just before.

A trace tells of events: somebody tries, a counsellor takes it, it ends. Two traces are read as two lists of events in
time, not row by row: an attempt made early may end late, and the earliest event that differs is where a rule changed.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from simulator.scenario.model import CHANNELS
from simulator.service.ledger import FATES, NEXT, NOBODY
from simulator.study.baseline.contents import TIME_COLUMNS, TRACE_COLUMNS, Ints, Trace

TRIES, TAKEN, ENDS = "tries", "taken", "ends"
AT_ONCE = 3
"""How many of the events of the instant in which traces part are shown of each."""


class Event(NamedTuple):
    """Something that happened to an attempt, in the order of time; what the ledger says then, by code.

    ``place`` orders one instant: what was under way ends or is taken before anybody tries (`KINDS`).
    """

    at_ms: int
    place: int
    person: int
    attempt: int
    channel: int
    fate: int
    next: int
    site: int
    counsellor: int
    wait_ms: int


KINDS = (ENDS, TAKEN, TRIES, TAKEN, ENDS)
"""Kinds by place in an instant; the last two are of an attempt that is made in it."""


@dataclass(frozen=True)
class Told:
    """An event with names instead of codes; persons and attempts are counted from 1.

    Attributes
    ----------
    time
        Civil, ISO 8601 to the millisecond.
    event
        ``tries``, ``taken`` or ``ends``.
    person, attempt, channel
        Who tries, the how-manieth time, where.
    fate, next, site, counsellor, wait_ms
        What came of it; None as long as it is not known, or where there is none.
    """

    time: str
    event: str
    person: int
    attempt: int
    channel: str
    fate: str | None = None
    next: str | None = None
    site: str | None = None
    counsellor: str | None = None
    wait_ms: int | None = None


@dataclass(frozen=True)
class Time:
    """A counsellor's time that differs where all attempts are equal; None where she is not there."""

    counsellor: str
    what: str
    was_ms: int | None
    now_ms: int | None


@dataclass(frozen=True)
class FirstDifference:
    """Where two traces part.

    Attributes
    ----------
    before
        The last event that both have before it; None where there is none.
    was, now
        The first events of that instant that only one of them has.
    attempts_was, attempts_now
        The attempts concerned, whole: one mapping for each, with names instead of codes.
    time
        Instead of all these where every attempt is equal.
    """

    before: Told | None = None
    was: tuple[Told, ...] = ()
    now: tuple[Told, ...] = ()
    attempts_was: tuple[dict[str, Any], ...] = ()
    attempts_now: tuple[dict[str, Any], ...] = ()
    time: Time | None = None


def first_difference(was: Trace, now: Trace) -> FirstDifference | None:
    """What differs first between two traces; None where they are equal."""
    if not np.array_equal(was.rows, now.rows):
        return _of_attempts(was, now)
    return _of_times(was, now)


def _of_attempts(was: Trace, now: Trace) -> FirstDifference | None:
    mine, theirs = sorted(_events(was.rows)), sorted(_events(now.rows))
    only_mine, only_theirs = Counter(mine) - Counter(theirs), Counter(theirs) - Counter(mine)
    if not only_mine and not only_theirs:  # the same attempts, written in another order
        return _order(was, now)
    first = min([*only_mine, *only_theirs])
    sides = [sorted(each for each in only if each.at_ms == first.at_ms)[:AT_ONCE] for only in (only_mine, only_theirs)]
    concerned = {(each.person, each.attempt) for side in sides for each in side}
    before = max((each for each in theirs if each < first), default=None)
    return FirstDifference(
        None if before is None else told(before, now),
        tuple(told(each, was) for each in sides[0]),
        tuple(told(each, now) for each in sides[1]),
        _attempts(was, concerned),
        _attempts(now, concerned),
    )


def _order(was: Trace, now: Trace) -> FirstDifference:
    """The first row that stands elsewhere in the ledger."""
    row = int(np.flatnonzero((was.rows != now.rows).any(axis=1))[0])
    mine, theirs = (next(_events(each.rows[row : row + 1])) for each in (was, now))
    concerned = {(each.person, each.attempt) for each in (mine, theirs)}
    sides = _attempts(was, concerned), _attempts(now, concerned)
    return FirstDifference(None, (told(mine, was),), (told(theirs, now),), *sides)


def _of_times(was: Trace, now: Trace) -> FirstDifference | None:
    if np.array_equal(was.times_ms, now.times_ms):
        return None
    for row, name in enumerate(was.counsellors if len(was.counsellors) > len(now.counsellors) else now.counsellors):
        for column, what in enumerate(TIME_COLUMNS):
            before, after = (
                int(each.times_ms[row, column]) if row < len(each.times_ms) else None for each in (was, now)
            )
            if before != after:
                return FirstDifference(time=Time(name, what, before, after))
    return None


def _events(rows: Ints) -> Iterator[Event]:
    """All that attempts tell."""
    for row in rows.tolist():
        person, attempt, channel, at_ms, fate, then, site, counsellor, wait_ms, start_ms, end_ms = row
        ends_ms = max(at_ms + wait_ms, end_ms)
        taken, ends = (1, 3)[start_ms == at_ms], (0, 4)[ends_ms == at_ms]
        yield Event(at_ms, 2, person, attempt, channel, -1, -1, -1, NOBODY, 0)
        if start_ms >= 0:
            yield Event(start_ms, taken, person, attempt, channel, -1, -1, site, counsellor, wait_ms)
        yield Event(ends_ms, ends, person, attempt, channel, fate, then, site, counsellor, wait_ms)


def told(event: Event, trace: Trace) -> Told:
    """An event in names."""
    kind = KINDS[event.place]
    ended, tried = kind == ENDS, kind == TRIES
    return Told(
        time=civil(event.at_ms, trace),
        event=kind,
        person=event.person + 1,
        attempt=event.attempt + 1,
        channel=CHANNELS[event.channel],
        fate=FATES[event.fate] if ended else None,
        next=NEXT[event.next] if ended else None,
        site=None if tried else _name(trace.sites, event.site),
        counsellor=_name(trace.counsellors, event.counsellor),
        wait_ms=None if tried else event.wait_ms,
    )


def civil(at_ms: int, trace: Trace) -> str:
    """Civil time of an instant, to the millisecond."""
    zone = ZoneInfo(trace.timezone)
    seconds, milliseconds = divmod(trace.epoch_ms + at_ms, 1000)
    wall = datetime.fromtimestamp(seconds, zone).replace(microsecond=milliseconds * 1000)
    return wall.isoformat(sep=" ", timespec="milliseconds")[:23]


def _name(names: Sequence[str], code: int) -> str | None:
    return names[code] if 0 <= code < len(names) else None


def _attempts(trace: Trace, concerned: set[tuple[int, int]]) -> tuple[dict[str, Any], ...]:
    rows = [row for row in trace.rows.tolist() if (row[0], row[1]) in concerned]
    return tuple(_attempt(dict(zip(TRACE_COLUMNS, row, strict=True)), trace) for row in rows)


def _attempt(row: dict[str, int], trace: Trace) -> dict[str, Any]:
    """One row of a ledger in names and civil times."""
    instants = {name: None if row[f"{name}_ms"] < 0 else civil(row[f"{name}_ms"], trace) for name in ("start", "end")}
    return {
        "person": row["person"] + 1,
        "attempt": row["attempt"] + 1,
        "channel": CHANNELS[row["channel"]],
        "time": civil(row["at_ms"], trace),
        "fate": FATES[row["fate"]],
        "next": NEXT[row["next"]],
        "site": _name(trace.sites, row["site"]),
        "counsellor": _name(trace.counsellors, row["counsellor"]),
        "wait_ms": row["wait_ms"],
        **instants,
    }
