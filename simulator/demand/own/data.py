"""What is kept of a service's own data: counts by hour, or the contacts of one channel; nothing of any person."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.demand.errors import DemandError
from simulator.scenario.calendar import HOUR_MS, Calendar

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

OUTCOMES = ("answered", "left", "balked", "refused")
"""What became of a contact; the code is the place in the list."""


class OwnDataError(DemandError):
    """A file of own data that cannot be used."""


@dataclass(frozen=True)
class Note:
    """Something a reader should know of how the file was understood: a key of the catalogue and its values."""

    word: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnCounts:
    """Counts by hour.

    Attributes
    ----------
    calendar
        First to last day in the file.
    answered, lost, offered
        By hour of the calendar, nan where the file says nothing or the channel was closed; ``offered`` is what met an
        open channel.
    notes
        How the file was understood.
    rows
        Rows of data.
    open_share
        Share of each hour in which the channel was open, 1 unless a log shows a sharp edge inside it.
    """

    calendar: Calendar
    answered: Floats
    lost: Floats
    offered: Floats
    notes: tuple[Note, ...]
    rows: int
    open_share: Floats


@dataclass(frozen=True)
class OwnLog:
    """Contacts of one channel; arrays of shape (contacts,), in the order of their times.

    Attributes
    ----------
    calendar
        First to last day in the file.
    at_ms
        Since the calendar's start.
    outcome
        Index into `OUTCOMES`.
    wait_s, handling_s, wrap_up_s
        nan where the log does not say.
    counsellor
        A number for each opaque code, -1 where there is none.
    counts
        The same contacts by hour.
    """

    calendar: Calendar
    at_ms: Ints
    outcome: Ints
    wait_s: Floats
    handling_s: Floats
    wrap_up_s: Floats
    counsellor: Ints
    counts: OwnCounts
    notes: tuple[Note, ...]


def counted_by_hour(calendar: Calendar, at_ms: Ints, outcome: Ints) -> dict[str, Floats]:
    """Contacts by hour; an hour without any has none."""
    size = len(calendar.hours.hour)
    hour = np.minimum(at_ms // HOUR_MS, size - 1)
    answered = outcome == OUTCOMES.index("answered")
    counts = {name: np.bincount(hour[rows], minlength=size).astype(float) for name, rows in
              (("answered", answered), ("lost", ~answered))}  # fmt: skip
    return counts | {"offered": counts["answered"] + counts["lost"]}


def partly_told(calendar: Calendar, parts: Ints) -> Flags:
    """Hours of which the file has fewer half hours than is usual at their clock time: the rest is unknown."""
    most = np.zeros(24, np.int64)
    np.maximum.at(most, calendar.hours.hour, parts)
    return (parts > 0) & (parts < most[calendar.hours.hour])
