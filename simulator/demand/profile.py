"""A profile: first attempts per hour by month, weekday and clock hour, and the CSV file it is kept in.

Owns the forms of table a planner may bring. Knows nothing of calendars, of how a profile came to be, or of how contacts
are drawn from it.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.demand.errors import ProfileError
from simulator.demand.tables import Row, Table, UnreadableError, parse_number, read_table, read_text
from simulator.scenario.problems import Plain, Problem
from simulator.scenario.schedule import WEEKDAYS

MONTHS, DAYS, HOURS = 12, 7, 24

_DECIMALS = 6
_HOUR_COLUMNS = tuple(f"h{hour:02d}" for hour in range(HOURS))
_WEEKDAY_NAMES = (WEEKDAYS, ("man", "tir", "ons", "tor", "fre", "lør", "søn"))
_COLUMNS: Mapping[str, str] = {
    **{name: name for name in ("month", "weekday", "hour", "per_hour", *_HOUR_COLUMNS)},
    **{"måned": "month", "ukedag": "weekday", "time": "hour", "per time": "per_hour", "per_time": "per_hour"},
    **{f"t{hour:02d}": column for hour, column in enumerate(_HOUR_COLUMNS)},
}
_HOUR = re.compile(r"^(\d{1,2})(?:[:.]00)?$")


@dataclass(frozen=True)
class Profile:
    """First attempts per hour; ``per_hour`` has shape (12, 7, 24): January first, Monday first, from midnight on."""

    per_hour: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse anything but 12 x 7 x 24 finite numbers of at least 0, and lock them."""
        if self.per_hour.shape != (MONTHS, DAYS, HOURS):
            raise ValueError(f"a profile has shape (12, 7, 24), not {self.per_hour.shape}")
        if not np.all(np.isfinite(self.per_hour) & (self.per_hour >= 0)):
            raise ValueError("a profile holds finite numbers of at least 0")
        self.per_hour.setflags(write=False)

    def to_csv(self) -> str:
        """The wide table ``month,weekday,h00,...,h23``, comma and LF, six decimals."""
        text = io.StringIO()
        text.write(",".join(("month", "weekday", *_HOUR_COLUMNS)) + "\n")
        for month in range(MONTHS):
            for weekday, name in enumerate(WEEKDAYS):
                numbers = (f"{rate:.{_DECIMALS}f}" for rate in self.per_hour[month, weekday])
                text.write(",".join((str(month + 1), name, *numbers)) + "\n")
        return text.getvalue()


def write_profile(profile: Profile, path: Path) -> None:
    """Write a profile as the wide table, in UTF-8 with LF on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(profile.to_csv(), encoding="utf-8", newline="\n")


def read_profile(path: Path) -> Profile:
    """Read a planner's profile.

    Raises
    ------
    ProfileError
        If the file cannot be read or is not a whole profile; lists everything that is wrong.
    """
    try:
        text = read_text(path)
    except UnreadableError as error:
        raise ProfileError([error.problem]) from error
    return parse_profile(text, str(path))


def parse_profile(text: str, file: str = "profile") -> Profile:
    """Make a profile from the text of a table.

    Parameters
    ----------
    text
        Wide (``h00`` to ``h23``) or tidy (``hour``, ``per_hour``) rows. A table without ``month`` or ``weekday`` holds
        for all months or weekdays. Norwegian headers are known too: måned, ukedag, time, per time, t00 to t23.
    file
        Name for messages.

    Raises
    ------
    ProfileError
        If a cell is missing, there twice, negative or no number; lists all of them by row and column.
    """
    try:
        table = read_table(text, file, _COLUMNS, most_rows=MONTHS * DAYS * HOURS)
    except UnreadableError as error:
        raise ProfileError([error.problem]) from error
    problems = [*table.problems, *_wrong_columns(table)]
    if problems:
        raise ProfileError(problems)
    per_hour = np.full((MONTHS, DAYS, HOURS), np.nan)
    for row in table.rows:
        problems += _fill(per_hour, table, row)
    if not problems:
        problems = list(_missing(per_hour, table))
    if problems:
        raise ProfileError(problems)
    return Profile(per_hour)


def _wrong_columns(table: Table) -> Iterator[Problem]:
    """Refuse a table that is neither wide nor tidy."""
    wide = [name for name in _HOUR_COLUMNS if name in table.columns]
    needed: Sequence[str] = _HOUR_COLUMNS if wide else ("hour", "per_hour")
    for name in needed:
        if name not in table.columns:
            yield table.problem(1, "", "column_missing", missing=name)
    if wide and {"hour", "per_hour"} & set(table.columns):
        yield table.problem(1, "", "profile_two_forms")


def _fill(per_hour: NDArray[np.float64], table: Table, row: Row) -> Iterator[Problem]:
    """Put one row's numbers where they belong; yields what is wrong with them."""
    months = _index(row, "month", {str(month): month - 1 for month in range(1, MONTHS + 1)})
    weekdays = _index(row, "weekday", _weekday_names())
    hours = _hours(row)
    for name, found in (("month", months), ("weekday", weekdays), ("hour", hours)):
        if found is None:
            yield table.problem(row.line, name, f"profile_{name}", found=row.cells[name])
    if months is None or weekdays is None or hours is None:
        return
    for column, hour in hours.items():
        cell = per_hour[months, weekdays, hour]
        rate = parse_number(row.cells[column])
        if rate is None or rate < 0:
            yield table.problem(row.line, column, "not_a_rate", found=row.cells[column])
        elif not np.all(np.isnan(cell)):
            yield table.problem(row.line, column, "profile_twice")
        per_hour[months, weekdays, hour] = 0.0 if rate is None else max(rate, 0.0)


def _index(row: Row, column: str, names: Mapping[str, int]) -> slice | None:
    """The months or weekdays a row speaks of: all where the table has no such column, None where it is none."""
    if column not in row.cells:
        return slice(None)
    index = names.get(row.cells[column].lower().removeprefix("0"))
    return None if index is None else slice(index, index + 1)


def _weekday_names() -> Mapping[str, int]:
    numbers = {str(day + 1): day for day in range(DAYS)}
    return numbers | {name: day for names in _WEEKDAY_NAMES for day, name in enumerate(names)}


def _hours(row: Row) -> Mapping[str, int] | None:
    """Clock hour by column of the row's numbers; None where ``hour`` is none."""
    if "hour" not in row.cells:
        return {name: hour for hour, name in enumerate(_HOUR_COLUMNS)}
    match = _HOUR.match(row.cells["hour"])
    return {"per_hour": int(match.group(1))} if match and int(match.group(1)) < HOURS else None


def _missing(per_hour: NDArray[np.float64], table: Table) -> Iterator[Problem]:
    """Hours nobody filled; where the table has no month or weekday, the first stands for all."""
    empty = np.isnan(per_hour)
    by_month, by_weekday = ("month" in table.columns), ("weekday" in table.columns)
    for month in range(MONTHS if by_month else 1):
        for weekday in range(DAYS if by_weekday else 1):
            hours = np.flatnonzero(empty[month, weekday])
            if len(hours):
                yield table.problem(
                    0,
                    "",
                    "profile_missing",
                    month=Plain(month + 1 if by_month else f"1–{MONTHS}"),
                    weekday=Plain(WEEKDAYS[weekday] if by_weekday else f"{WEEKDAYS[0]}–{WEEKDAYS[-1]}"),
                    hours=Plain(", ".join(map(str, hours)) if len(hours) < HOURS else f"0–{HOURS - 1}"),
                )
