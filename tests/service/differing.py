"""Where two ledgers part: the first event that is in one of them and not in the other, in words.

A ledger tells of events: an attempt is made, somebody takes it, it ends or is given up. Two ledgers are read as two
lists of such events. What is shown is the earliest instant at which the lists differ, the rows concerned, and what had
happened just before, for that is where a wrong rule was used. Together the events of a row hold all its columns.
"""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from simulator.scenario.calendar import MINUTE_MS
from simulator.scenario.model import CHANNELS
from simulator.service.ledger import FATES, NEXT, Ledger
from tests.service.tracing import shown

COLUMNS = (
    "person",
    "attempt",
    "channel",
    "at_ms",
    "fate",
    "next",
    "site",
    "counsellor",
    "wait_ms",
    "start_ms",
    "end_ms",
)
"""The columns of attempts; the others are of counsellors."""

BEFORE, AT_ONCE = 5, 3
"""How many of the events that came before are shown, and of those of the instant in which the ledgers part."""


class Event(NamedTuple):
    """Something that happened to the attempt of a row, sorted by time."""

    at_ms: int
    person: int
    attempt: int
    what: str

    def __str__(self) -> str:
        return f"at {self.at_ms / MINUTE_MS:g} min person {self.person}, attempt {self.attempt}, {self.what}"


def difference(expected: Ledger, found: Ledger) -> str | None:
    """What differs first between two ledgers, in words; None where they are equal to the last bit."""
    column = expected.differs_from(found)
    if column is None:
        return None
    mine, theirs = (sorted(_events(ledger)) for ledger in (expected, found))
    only_mine, only_theirs = Counter(mine) - Counter(theirs), Counter(theirs) - Counter(mine)
    if not only_mine and not only_theirs:
        return f"all attempts are equal; what differs is {column}"
    at_ms = min(only_mine | only_theirs).at_ms
    sides = {"expected": (expected, _at(at_ms, only_mine)), "found": (found, _at(at_ms, only_theirs))}
    concerned = {(event.person, event.attempt) for _, events in sides.values() for event in events}
    lines = [f"the first difference is at {at_ms / MINUTE_MS:g} min ({at_ms} ms); the first in a column is {column}"]
    lines += [f"  just before: {event}" for event in mine if event.at_ms < at_ms][-BEFORE:]
    for name, (ledger, events) in sides.items():
        lines += [f"  {name}: {event}" for event in events or ("nothing",)]
        lines += [f"  {name}, row {row}: {shown(ledger, row)}" for row in _rows_of(ledger, concerned)]
    return "\n".join(lines)


def _at(at_ms: int, events: Counter[Event]) -> list[Event]:
    """The first few of the events at an instant."""
    return sorted(event for event in events if event.at_ms == at_ms)[:AT_ONCE]


def _rows_of(ledger: Ledger, attempts: set[tuple[int, int]]) -> list[int]:
    keys = zip(ledger.person.tolist(), ledger.attempt.tolist(), strict=True)
    return [row for row, key in enumerate(keys) if key in attempts]


def _events(ledger: Ledger) -> Iterator[Event]:
    """All that a ledger tells of attempts."""
    for row in zip(*(getattr(ledger, name).tolist() for name in COLUMNS), strict=True):
        person, attempt, channel, at_ms, fate, then, site, counsellor, wait_ms, start_ms, end_ms = row
        taken = f"counsellor {counsellor} of site {site} takes it after {wait_ms} ms"
        ended = f"ends as {FATES[fate]} at site {site}, counsellor {counsellor}, then {NEXT[then]}"
        yield Event(at_ms, person, attempt, f"tries {CHANNELS[channel]}")
        if start_ms >= 0:
            yield Event(start_ms, person, attempt, taken)
        yield Event(max(at_ms + wait_ms, end_ms), person, attempt, f"{ended}, waited {wait_ms} ms")
