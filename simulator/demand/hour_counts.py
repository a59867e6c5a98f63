"""Reading a line's day: a planner's table with one row for each clock hour and a number beside it.

Other columns are left alone. Knows nothing of blocks or of what the numbers are used for.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.demand.errors import DemandError
from simulator.demand.profile import HOURS
from simulator.demand.tables import Row, Table, UnreadableError, parse_number, read_table, read_text
from simulator.scenario.problems import Plain, Problem

Floats = NDArray[np.float64]

MOST_ROWS = 1000
_HOUR = "hour"
_HOUR_NAMES = (
    *(
        "hour",
        "clock_hour",
        "hour_of_day",
        "start_hour",
        "time",
        "klokketime",
        "klokkeslett",
        "klokka",
        "klokken",
        "kl",
    ),
    *("timer", "t", "h", "hr", "hours"),
)
_COUNT_NAMES = (
    *("count", "counts", "n", "number", "total", "arrivals", "contacts", "calls", "chats", "sessions"),
    *(
        "conversations",
        "offered",
        "attempts",
        "antall",
        "sum",
        "henvendelser",
        "samtaler",
        "chatter",
        "anrop",
        "forsøk",
    ),
)
_SHARE_NAMES = ("share", "percent", "per_hour", "rate", "andel", "prosent", "percentage", "pct")
_PARTS = re.compile(r"[\W_]+")
_CLOCK = re.compile(r"^(?:kl\.?\s*)?(\d{1,2})(?:[:.]00)?(?:\s*[-–]\s*\d{1,2}(?:[:.](?:00|59))?)?$")
_SPACES = re.compile(r"[\s%]")


class HourCountsError(DemandError):
    """A table of a line's day that cannot be used."""


def read_hour_counts(source: Path) -> Floats:
    """What a table says of each clock hour, shape (24,), each at least 0, not all 0.

    Raises
    ------
    HourCountsError
        If the file cannot be read, the hour or the count is missing or ambiguous, or an hour is missing, there twice or
        not a number; all of it at once.
    """
    try:
        text = read_text(source)
        table = read_table(text, str(source), _names(text), MOST_ROWS)
    except UnreadableError as error:
        raise HourCountsError([error.problem]) from error
    counted = _count_column(table)
    problems = list(table.problems)
    if _HOUR not in table.columns:
        problems.append(table.problem(0, "", "line_hour_missing", allowed=_HOUR_NAMES[:3]))
    if isinstance(counted, Problem):
        problems.append(counted)
    if isinstance(counted, Problem) or _HOUR not in table.columns:
        raise HourCountsError(problems)
    counts = np.full(HOURS, np.nan)
    for row in table.rows:
        problems += _read_row(table, row, counted, counts)
    problems += _gaps(table, counts) if not problems else ()
    if problems:
        raise HourCountsError(problems)
    return counts


def _names(text: str) -> Mapping[str, str]:
    """Every cell that can be a header of this text, beside the names of the hour: no other column is unknown."""
    heads = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip()][:2]
    cells = [cell for line in heads for sign in ",;\t" for cell in next(csv.reader([line], delimiter=sign), [])]
    return {cell.strip().lower(): cell.strip().lower() for cell in cells} | dict.fromkeys(_HOUR_NAMES, _HOUR)


def _count_column(table: Table) -> str | Problem:
    """The column with the counts: called so, or partly so, or else a share, or else the only one beside the hour."""
    others = [name for name in table.columns if name and name != _HOUR]
    for called in (
        [name for name in others if name in _COUNT_NAMES],
        [name for name in others if set(_PARTS.split(name)) & set(_COUNT_NAMES)],
        [name for name in others if name in _SHARE_NAMES],
        others if len(others) == 1 else [],
    ):
        if len(called) == 1:
            return called[0]
        if called:
            return table.problem(0, "", "line_counts_many", found=tuple(called))
    return table.problem(0, "", "line_count_missing", allowed=_COUNT_NAMES[:3])


def _read_row(table: Table, row: Row, counted: str, counts: Floats) -> Iterator[Problem]:
    """Put a row's count in its place, or say what is wrong with the row."""
    clock = _CLOCK.match(row.cells[_HOUR])
    hour = int(clock[1]) if clock else HOURS
    count = parse_number(_SPACES.sub("", row.cells[counted]))
    if hour >= HOURS:
        yield table.problem(row.line, _HOUR, "profile_hour", found=row.cells[_HOUR])
    elif not np.isnan(counts[hour]):
        yield table.problem(row.line, _HOUR, "profile_twice")
    if count is None or not 0 <= count < np.inf:
        yield table.problem(row.line, counted, "line_not_a_count", found=row.cells[counted])
    elif hour < HOURS:
        counts[hour] = count


def _gaps(table: Table, counts: Floats) -> Iterator[Problem]:
    missing = np.flatnonzero(np.isnan(counts))
    if len(missing):
        hours = Plain(", ".join(f"{hour:02d}" for hour in missing))
        yield table.problem(0, "", "line_hours_missing", hours=hours)
    elif not counts.sum() > 0:
        yield table.problem(0, "", "line_all_zero")
