"""Times and ratios as rows of one table. Knows how to measure and to print, not what is measured.

Every time is the best of some rounds. The timings of a group are taken in turn, round after round, so that a busy
machine slows them alike: only ratios within one run mean anything.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

from benchmarks.size import Size

_TICK_S = 1e-6
"""A clock may stand still for so long."""

Does = Callable[[], float]
"""What is timed: does it, and says for how many contacts (0 where there are none to count)."""


@dataclass(frozen=True)
class Timing:
    """Something to be timed: ``make`` prepares it for the so-many-th time (from 0), untimed."""

    name: str
    make: Callable[[int], Does]


def doing(does: Callable[[], object], contacts: float = 0) -> Does:
    """Something that is done for so many contacts."""

    def counted() -> float:
        does()
        return contacts

    return counted


def same(name: str, does: Callable[[], object], contacts: float = 0) -> Timing:
    """A timing that is alike every time."""
    return Timing(name, lambda _: doing(does, contacts))


@dataclass(frozen=True)
class Row:
    """A row of the table: a time, or a figure with the bound that is asked of it.

    Attributes
    ----------
    name
        What it is.
    seconds, contacts
        Best time, and how many contacts it was for.
    value, unit
        A ratio, or another figure.
    least, most
        What is asked of the value, where anything is.
    """

    name: str
    seconds: float | None = None
    contacts: float | None = None
    value: float | None = None
    unit: str = "x"
    least: float | None = None
    most: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the value is what is asked; None where nothing is."""
        if self.value is None or (self.least is None and self.most is None):
            return None
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)

    def as_json(self) -> dict[str, Any]:
        """The row in plain data."""
        return {**asdict(self), "holds": self.holds}


def best_of(timings: Sequence[Timing], size: Size) -> dict[str, Row]:
    """The best time of each, taken in turn, each turn lasting a while; rows by name."""
    best: dict[str, Row] = {}
    turns = {timing.name: count() for timing in timings}
    for _ in range(size.rounds):
        for timing in timings:
            spent = 0.0
            while spent <= size.least_s:
                row = _timed(timing, next(turns[timing.name]))
                spent += max(seconds(row), _TICK_S)
                best[timing.name] = min(best.get(timing.name, row), row, key=_cost)
    return best


def _timed(timing: Timing, number: int) -> Row:
    does = timing.make(number)
    start = time.perf_counter()
    contacts = does()
    return Row(timing.name, time.perf_counter() - start, contacts or None)


def _cost(row: Row) -> float:
    """Time for each contact, where there are any."""
    return seconds(row) / (row.contacts or 1)


def seconds(row: Row) -> float:
    """Its time."""
    assert row.seconds is not None
    return row.seconds


def speed(row: Row) -> float:
    """Contacts per second."""
    assert row.contacts is not None
    return row.contacts / seconds(row)


HEAD = ("", "seconds", "contacts/s", "value", "asked", "holds")
WIDTHS = (10, 13, 12, 18, 7)
"""Of the columns after the first, which is as wide as it must be."""


def lines(sections: Mapping[str, Sequence[Row]]) -> Iterator[str]:
    """The table, a line at a time."""
    first = 2 + max(len(row.name) for rows in sections.values() for row in rows)
    yield _line(HEAD, first)
    for title, rows in sections.items():
        yield ""
        yield title
        yield from (_line(_cells(row), first) for row in rows)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        f"  {row.name}",
        "" if row.seconds is None else f"{row.seconds:.4f}",
        "" if row.contacts is None else f"{speed(row):,.0f}",
        _value(row),
        _asked(row),
        {None: "", True: "yes", False: "NO"}[row.holds],
    )


def _value(row: Row) -> str:
    if row.value is None:
        return ""
    return f"{row.value:,.0f} {row.unit}" if row.value >= 1000 else f"{row.value:.4g} {row.unit}"


def _asked(row: Row) -> str:
    if row.least is not None and row.most is not None:
        return f"{row.least:.4g} to {row.most:.4g}"
    if row.least is not None:
        return f"at least {row.least:g}"
    return "" if row.most is None else f"at most {row.most:g}"


def _line(cells: Sequence[str], first: int) -> str:
    others = (f"{cell:>{width}}" for cell, width in zip(cells[1:], WIDTHS, strict=True))
    return (f"{cells[0]:<{first}}" + "".join(others)).rstrip()
