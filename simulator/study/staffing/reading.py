"""Reading a planner's own table of people needed: weekday, clock time, counsellors.

A row holds from its time until the time it names, or until the next row begins. Times that no row speaks of need
nobody. All that is wrong is told at once, with its line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.demand.tables import Row, Table, UnreadableError, parse_number, read_table, read_text
from simulator.scenario.problems import Problem, in_order, nearest
from simulator.scenario.schedule import MINUTES_PER_DAY
from simulator.study.staffing.requirement import MOST_PEOPLE, STEPS, WEEK_MIN, Ints, Requirement, slots_for

MOST_ROWS = 5000
_DAY, _FROM, _TO, _PEOPLE = "weekday", "from", "to", "counsellors"
_HEADERS: Mapping[str, tuple[str, ...]] = {
    _DAY: ("weekday", "day", "days", "ukedag", "dag", "dager", "ukedager"),
    _FROM: ("from", "time", "start", "clock", "fra", "kl", "klokka", "klokken", "klokkeslett", "tid", "tidspunkt"),
    _TO: ("to", "until", "end", "til", "slutt"),
    _PEOPLE: (
        *("counsellors", "people", "persons", "staff", "needed", "requirement", "number"),
        *("rådgivere", "rådgiver", "personer", "antall", "behov", "bemanning", "bemanningsbehov", "på vakt"),
    ),
}
_NAMES = {name: column for column, names in _HEADERS.items() for name in names}
_DAY_NAMES = (
    ("mon", "monday", "man", "mandag"),
    ("tue", "tuesday", "tir", "tirsdag", "tirs"),
    ("wed", "wednesday", "ons", "onsdag"),
    ("thu", "thursday", "tor", "torsdag", "tors"),
    ("fri", "friday", "fre", "fredag"),
    ("sat", "saturday", "lør", "lørdag"),
    ("sun", "sunday", "søn", "søndag"),
)
_DAYS: Mapping[str, tuple[int, ...]] = {
    **{name: (day,) for day, names in enumerate(_DAY_NAMES) for name in names},
    **dict.fromkeys(("daily", "every day", "all", "alle", "alle dager", "hver dag", "daglig"), tuple(range(7))),
    **dict.fromkeys(("weekdays", "hverdag", "hverdager", "ukedager"), tuple(range(5))),
    **dict.fromkeys(("weekend", "weekends", "helg", "helger"), (5, 6)),
}
_CLOCK = re.compile(r"^(?:kl\.?\s*)?(\d{1,2})(?:[:.](\d{2})(?:[:.]00)?)?$")
_DASH = re.compile(r"\s*[-–]\s*")


class RequirementError(Exception):
    """A table of people needed that cannot be used, with everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__(self.problems)

    def text(self, lang: str) -> str:
        """One line for every problem."""
        return "\n".join(problem.text(lang) for problem in self.problems)

    def __str__(self) -> str:
        return self.text("en")


@dataclass(frozen=True)
class _Need:
    """One row: so many people on some days, from a minute of the day until another (None: not said)."""

    line: int
    days: tuple[int, ...]
    start: int
    end: int | None
    people: int


def read_requirement(path: str | Path, channel: str = "chat") -> Requirement:
    """People needed in each slot of the week, from a table that a spreadsheet saved as CSV.

    Parameters
    ----------
    path
        The file: columns for weekday (``mon``, ``mandag``, ``man-fre``, ``daily``, ``helg`` ...), clock time
        (``16:15``, or ``16:15-16:45``), optionally ``til``/``to``, and counsellors; Norwegian or English names.
    channel
        Who they answer.

    Raises
    ------
    RequirementError
        With every line that cannot be used.
    """
    try:
        table = read_table(read_text(Path(path)), str(path), _NAMES, MOST_ROWS)
    except UnreadableError as error:
        raise RequirementError([error.problem]) from error
    missing = [name for name in (_DAY, _FROM, _PEOPLE) if name not in table.columns]
    problems = [*table.problems, *(table.problem(0, "", "column_missing", missing=name) for name in missing)]
    if missing:
        raise RequirementError(problems)
    read = [_need(table, row) for row in table.rows]
    needs = [each for each in read if isinstance(each, _Need)]
    problems += [problem for each in read if not isinstance(each, _Need) for problem in each]
    if not problems:
        needs = list(_ended(table, needs, problems))
    levels = _levels(table, needs, problems) if not problems else np.zeros(WEEK_MIN, np.int64)
    if problems:
        raise RequirementError(problems)
    step, offset = slots_for(np.flatnonzero(levels != np.roll(levels, 1)).tolist())
    return Requirement(channel, step, offset, np.roll(levels, -offset)[::step])


def _problem(table: Table, line: int, column: str, word: str, **values: object) -> Problem:
    place = table.columns.index(column) + 1 if column in table.columns else int(line > 0)
    return Problem(table.file, line, place, column, f"staff.file.{word}", values)


def _need(table: Table, row: Row) -> _Need | list[Problem]:
    """What a row says, or everything that is wrong with it."""
    problems: list[Problem] = []
    days = _days(row.cells[_DAY])
    if days is None:
        near = nearest(row.cells[_DAY], _DAYS)
        problems.append(_problem(table, row.line, _DAY, "day", found=row.cells[_DAY], nearest=near))
    start_text, end_text = row.cells[_FROM], row.cells.get(_TO, "")
    if not end_text and len(parts := _DASH.split(start_text)) == 2:
        start_text, end_text = parts
    start = _clock_minute(table, row, _FROM, start_text, problems)
    end = _clock_minute(table, row, _TO, end_text, problems) if end_text else None
    number = parse_number(row.cells[_PEOPLE])
    if number is None or not 0 <= number <= MOST_PEOPLE or number != int(number):
        problems.append(_problem(table, row.line, _PEOPLE, "people", found=row.cells[_PEOPLE], most=MOST_PEOPLE))
    if problems or days is None or start is None or number is None:
        return problems
    start %= MINUTES_PER_DAY
    return _Need(row.line, days, start, end if end is None or end > start else end + MINUTES_PER_DAY, int(number))


def _clock_minute(table: Table, row: Row, column: str, text: str, problems: list[Problem]) -> int | None:
    """A time of day in minutes; None, and a problem, where it is none or not on a quarter."""
    minute = _minute(text)
    if minute is None or minute % STEPS[-1]:
        word = "clock" if minute is None else "quarter"
        problems.append(_problem(table, row.line, column, word, found=text))
        return None
    return minute


def _days(text: str) -> tuple[int, ...] | None:
    """Days by a name, or by a range of names such as ``man-fre``."""
    name = text.lower().strip(" .")
    if name in _DAYS:
        return _DAYS[name]
    ends = [_DAYS.get(part.strip(" ."), ()) for part in _DASH.split(name)]
    if len(ends) != 2 or any(len(end) != 1 for end in ends):
        return None
    first, last = ends[0][0], ends[1][0]
    return tuple((first + day) % 7 for day in range((last - first) % 7 + 1))


def _minute(text: str) -> int | None:
    """Minutes after midnight of a clock time, 1440 for 24:00; None where it is none."""
    found = _CLOCK.match(text.lower())
    if not found:
        return None
    minute = int(found[1]) * 60 + int(found[2] or 0)
    return minute if int(found[2] or 0) < 60 and minute <= MINUTES_PER_DAY else None


def _ended(table: Table, needs: list[_Need], problems: list[Problem]) -> Iterator[_Need]:
    """Rows with an end each: those that name none last until the next one begins.

    All rows without an end are taken to be equally long; where one of them leaves a gap before the next row of its day,
    it is not known whether it goes on or whether nobody is needed, and the planner has to say.
    """
    starts = {(day, need.start) for need in needs for day in need.days if need.end is None}
    lengths = (step for step in reversed(STEPS) if any((day, start + step) in starts for day, start in starts))
    step = next(lengths, 0)
    for need in needs:
        if need.end is not None:
            yield need
            continue
        later = [start for day, start in starts if day in need.days and start > need.start]
        if not step or (later and min(later) != need.start + step):
            problems.append(_problem(table, need.line, _FROM, "no_end"))
        yield _Need(need.line, need.days, need.start, need.start + step, need.people)


def _levels(table: Table, needs: list[_Need], problems: list[Problem]) -> Ints:
    """People in each minute of the week; a minute that two rows speak of is a problem."""
    levels, said = np.zeros(WEEK_MIN, np.int64), np.zeros(WEEK_MIN, np.int64)
    for need in needs:
        assert need.end is not None
        for day in need.days:
            minutes = np.arange(day * MINUTES_PER_DAY + need.start, day * MINUTES_PER_DAY + need.end) % WEEK_MIN
            if (before := said[minutes].max()) > 0:
                problems.append(_problem(table, need.line, _FROM, "twice", other=int(before)))
            levels[minutes], said[minutes] = need.people, need.line
    return levels
