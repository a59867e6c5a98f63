"""From the rows of a service's own table to counts by hour of the calendar, or to the contacts of a log.

Owns what may be wrong with a row and what is told of gaps, doubled hours and rows left out. Messages never repeat what
a cell holds: it may be about a person. Nothing is kept of a row but when, what became of it, and how long it took.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from simulator.demand.own.cells import Clock, channel_in, clock_in, day_and_clock, length_s, number_in, outcome_in
from simulator.demand.own.data import OUTCOMES, Note, OwnCounts, OwnDataError, OwnLog, counted_by_hour, partly_told
from simulator.demand.own.headers import Header, find_header, is_sum, nearest_header
from simulator.demand.own.openness import Openness, openness
from simulator.demand.own.privacy import is_about_persons, may_be_personal, may_be_shown
from simulator.demand.own.sheets import UNCOMPUTED, Cell, SheetRow, read_sheet
from simulator.demand.tables import UnreadableError
from simulator.scenario.calendar import HOUR_MS, Calendar
from simulator.scenario.problems import Plain, Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TIMEZONE = "Europe/Oslo"
MOST_SHOWN = 50
_MOST_DAYS = 3700
_COUNTS = ("answered", "lost", "offered")
_LONGEST_S = 7 * 86_400.0


def read_own_data(
    path: Path, sheet: str | None = None, channel: str = "chat", series: str = "answered", timezone: str = TIMEZONE
) -> OwnCounts | OwnLog:
    """Read a file of counts or a contact log.

    Parameters
    ----------
    path
        CSV or Excel.
    sheet
        Of an Excel file; the first unless said.
    channel
        Which channel's contacts are taken of a log that has several.
    series
        What the numbers of a wide table (one column for each hour) count: ``answered``, ``lost`` or ``offered``.
    timezone
        Of the clock in the file.

    Raises
    ------
    OwnDataError
        With everything that is wrong, by row.
    """
    try:
        rows = read_sheet(path, sheet)
        header, taken = find_header(rows, str(path))
        return _Reader(str(path), header, rows[taken:], channel, series, timezone).read()
    except UnreadableError as error:
        raise OwnDataError([error.problem]) from error


@dataclass
class _Timed:
    """A row whose time is understood: its day, its clock, the row."""

    day: date
    clock: Clock
    row: SheetRow


class _Reader:
    """Understands the rows of one file and keeps what is wrong with them."""

    def __init__(
        self, file: str, header: Header, rows: Sequence[SheetRow], channel: str, series: str, timezone: str
    ) -> None:
        self.file, self.header, self.channel, self.series, self.timezone = file, header, channel, series, timezone
        self.problems: list[Problem] = []
        self._codes: dict[str, int] = {}
        self.notes: list[Note] = []
        self.rows = self._data(rows)

    def read(self) -> OwnCounts | OwnLog:
        """The file as counts or as a log."""
        self._refuse_persons()
        self._refuse_missing()
        found = None if self.problems else self._log() if "outcome" in self.header.places else self._counts()
        if self.problems or found is None:
            shown = self.problems[:MOST_SHOWN]
            if more := len(self.problems) - len(shown):
                shown.append(Problem(self.file, 0, 0, "", "own.more", {"more": more}))
            raise OwnDataError(shown)
        return found

    def _data(self, rows: Sequence[SheetRow]) -> list[SheetRow]:
        """Rows of data; sums at the bottom are left out, and that is told."""
        kept = [row for row in rows if not is_sum(row)]
        if len(kept) < len(rows):
            self.notes.append(Note("own.note.sums", {"count": len(rows) - len(kept)}))
        return kept

    # --- what may be wrong with the whole ----------------------------------------------------------------------

    def _refuse_persons(self) -> None:
        for column, text in self.header.unknown.items():
            if is_about_persons(text):
                self.problems.append(Problem(self.file, self.header.row, column + 1, "", "own.personal_column", {}))
        needed = {*self.header.places.values(), *self.header.hours.values()}
        for row in self.rows:
            for column, cell in enumerate(row.cells):
                if may_be_personal(cell):
                    self._complain(row, column, "own.personal")
                elif cell == UNCOMPUTED and column in needed:
                    self._complain(row, column, "own.uncomputed")

    def _refuse_missing(self) -> None:
        header = self.header
        needed = self._needed()
        for column, text in header.unknown.items() if needed else ():
            values = {"found": self._named(column), "nearest": nearest_header(text)}
            self.problems.append(Problem(self.file, header.row, column + 1, "", "own.header_unknown", values))
        for each in needed:
            self.problems.append(Problem(self.file, header.row, 1, "", f"own.needs_{each}", {}))
        if not needed and header.unknown:
            names = ", ".join(map(self._named, header.unknown))
            self.notes.append(Note("own.note.unknown", {"names": names}))
        if not self.rows and not self.problems:
            self.problems.append(Problem(self.file, header.row, 1, "", "demand.table_empty", {}))

    def _named(self, column: int) -> str:
        """An unknown column's header, or its number where the header may be the name of a person."""
        text = self.header.unknown[column]
        return text if may_be_shown(text) else str(column + 1)

    def _needed(self) -> list[str]:
        places = self.header.places
        if self.header.hours:
            return [] if "date" in places or "clock" in places else ["date"]
        needed = [] if "clock" in places or ("outcome" in places and "date" in places) else ["time"]
        if "outcome" not in places and not set(_COUNTS) & set(places):
            needed.append("counts")
        return needed

    def _complain(self, row: SheetRow, column: int, word: str, **values: object) -> None:
        self.problems.append(Problem(self.file, row.number, column + 1, "", word, values))

    # --- time --------------------------------------------------------------------------------------------------

    def _cell(self, row: SheetRow, name: str) -> Cell:
        place = self.header.places.get(name)
        return row.cells[place] if place is not None and place < len(row.cells) else None

    def _when(self, row: SheetRow) -> _Timed | None:
        """Day and time of a row, from one column or two."""
        places = self.header.places
        column = places.get("clock", places.get("date", 0))
        whole = day_and_clock(self._cell(row, "clock"))
        if whole is not None and whole[1] is not None:
            return _Timed(*self._local(whole[0], whole[1]), row)
        day, clock = day_and_clock(self._cell(row, "date")), clock_in(self._cell(row, "clock"))
        if "date" not in places or "clock" not in places:
            self._complain(row, column, "own.time_wrong")
            return None
        if day is None:
            self._complain(row, places["date"], "own.date_wrong")
        if clock is None:
            self._complain(row, places["clock"], "own.clock_wrong")
        return None if day is None or clock is None else _Timed(*self._local(day[0], clock), row)

    def _local(self, day: date, clock: Clock) -> tuple[date, Clock]:
        """Civil day and clock of a time; one that gives its offset to UTC may be of another place's clock."""
        if clock.offset_min is None:
            return day, clock
        wall = datetime.combine(day, time(clock.minute // 60, clock.minute % 60, clock.second))
        instant = wall.replace(tzinfo=timezone(timedelta(minutes=clock.offset_min)))
        local = instant.astimezone(ZoneInfo(self.timezone))
        return local.date(), Clock(local.hour * 60 + local.minute, local.second, local.fold)

    def _calendar(self, days: Sequence[date]) -> Calendar | None:
        first, last = min(days), max(days)
        if (last - first).days > _MOST_DAYS or first.year < 1990 or last.year > 2100:
            span = {"first": Plain(first), "last": Plain(last)}
            self.problems.append(Problem(self.file, 0, 0, "", "own.span_too_long", span))
            return None
        return Calendar.between(first, last, self.timezone)

    def _hours_of(self, calendar: Calendar, timed: _Timed) -> list[int]:
        """Hours of the calendar that a clock hour is: one, two when autumn repeats it, none when spring skips it."""
        start = calendar.instant_ms(timed.day, 0) // HOUR_MS
        hours = calendar.hours
        around = range(int(start), min(int(start) + 26, len(hours.hour)))
        ordinal, clock = timed.day.toordinal(), timed.clock.minute // 60
        found = [h for h in around if hours.day[h] == ordinal and hours.hour[h] == clock]
        if len(found) == 2 and timed.clock.turn is not None:
            return [found[timed.clock.turn]]
        return found

    # --- counts ------------------------------------------------------------------------------------------------

    def _counts(self) -> OwnCounts | None:
        entries = list(self._wide() if self.header.hours else self._long())
        if self.problems or not entries:
            return None
        calendar = self._calendar([timed.day for timed, _ in entries])
        if calendar is None:
            return None
        tables = self._by_hour(calendar, entries)
        if np.all(np.isnan(tables["answered"])) and np.all(np.isnan(tables["offered"])):
            self.problems.append(Problem(self.file, 0, 0, "", "own.only_lost", {}))
        return self._opened(calendar, tables, len(self.rows)) if not self.problems else None

    def _wide(self) -> Sequence[tuple[_Timed, dict[str, float]]]:
        entries = []
        for row in self.rows:
            name = "date" if "date" in self.header.places else "clock"
            day = day_and_clock(self._cell(row, name))
            if day is None:
                self._complain(row, self.header.places[name], "own.date_wrong")
                continue
            for hour, column in self.header.hours.items():
                cell = row.cells[column] if column < len(row.cells) else None
                value = self._count(row, column, cell)
                if value is not None:
                    entries.append((_Timed(day[0], Clock(60 * hour), row), {self.series: value}))
        return entries

    def _long(self) -> Sequence[tuple[_Timed, dict[str, float]]]:
        entries = []
        for row in self.rows:
            timed = self._when(row)
            counts = {}
            for name in _COUNTS:
                if name in self.header.places:
                    value = self._count(row, self.header.places[name], self._cell(row, name))
                    if value is not None:
                        counts[name] = value
            if timed is not None and counts:
                entries.append((timed, counts))
        return entries

    def _count(self, row: SheetRow, column: int, cell: Cell) -> float | None:
        """A count, None where the cell is empty or wrong."""
        if cell is None or (isinstance(cell, str) and cell in ("-", "–")):
            return None
        value = number_in(cell)
        if value is None or value < 0 or value != int(value):
            self._complain(row, column, "own.count_wrong")
            return None
        return value

    def _by_hour(self, calendar: Calendar, entries: Sequence[tuple[_Timed, dict[str, float]]]) -> dict[str, Floats]:
        """Counts by hour of the calendar, nan where none is given; half hours are added."""
        tables = {name: np.full(len(calendar.hours.hour), np.nan) for name in _COUNTS}
        seen: dict[tuple[int, int, int | None, str], int] = {}
        parts = {name: np.zeros(len(calendar.hours.hour), np.int64) for name in _COUNTS}
        doubled = 0
        for timed, counts in entries:
            hours = self._hours_of(calendar, timed)
            if not hours:
                if any(counts.values()):
                    self._complain(timed.row, 0, "own.skipped_hour")
                continue
            for name, value in counts.items():
                key = (timed.day.toordinal(), timed.clock.minute, timed.clock.turn, name)
                turn = seen.get(key, 0)
                seen[key] = turn + 1
                if turn >= len(hours):
                    self._complain(timed.row, 0, "own.twice")
                    continue
                place = hours[turn]
                parts[name][place] += 1
                table = tables[name]
                table[place] = value if np.isnan(table[place]) else table[place] + value
                doubled += len(hours) == 2
        for name, table in tables.items():
            table[partly_told(calendar, parts[name])] = np.nan
        if doubled:
            self._halve_lone_doubles(calendar, tables)
            self.notes.append(Note("own.note.doubled"))
        return tables

    def _halve_lone_doubles(self, calendar: Calendar, tables: Mapping[str, Floats]) -> None:
        """Where one row stands for both hours that autumn repeats, each of them has half."""
        hours = calendar.hours
        same = (hours.hour[1:] == hours.hour[:-1]) & (hours.day[1:] == hours.day[:-1])
        for first in np.flatnonzero(same):
            for table in tables.values():
                if not np.isnan(table[first]) and np.isnan(table[first + 1]):
                    table[first] = table[first + 1] = table[first] / 2

    def _opened(
        self, calendar: Calendar, tables: Mapping[str, Floats], rows: int, at_ms: Ints | None = None
    ) -> OwnCounts:
        answered, lost, offered = (tables[name] for name in _COUNTS)
        if differing := int(np.sum(np.abs(answered + lost - offered) > 0)):
            self.notes.append(Note("own.note.differing", {"count": differing}))
        if np.all(np.isnan(offered)):
            offered = answered + lost if not np.all(np.isnan(lost)) else answered.copy()
            if np.all(np.isnan(lost)):
                self.notes.append(Note("own.note.only_answered"))
        found = openness(calendar, offered, at_ms)
        closed = found.closed
        offered = np.where(found.silent, np.nan, offered)
        if closed.any():
            hours = sorted(set(calendar.hours.hour[closed].tolist()))
            self.notes.append(Note("own.note.closed", {"hours": ", ".join(f"{hour:02d}" for hour in hours)}))
        gaps = int(np.isnan(offered).sum() - closed[np.isnan(offered)].sum())
        if gaps:
            self.notes.append(Note("own.note.gaps", {"count": gaps}))
        unknown = closed | np.isnan(offered)
        answered, lost, offered = (np.where(unknown, np.nan, table) for table in (answered, lost, offered))
        self._tell_edges(calendar, found)
        return OwnCounts(calendar, answered, lost, offered, tuple(self.notes), rows, found.share)

    def _tell_edges(self, calendar: Calendar, found: Openness) -> None:
        partly = sorted(set(calendar.hours.hour[~found.closed & (found.share < 1)].tolist()))
        if partly:
            self.notes.append(Note("own.note.edges", {"hours": ", ".join(f"{hour:02d}" for hour in partly)}))

    # --- a log -------------------------------------------------------------------------------------------------

    def _log(self) -> OwnLog | None:
        found = [(timed, self._contact(row)) for row in self._of_channel() if (timed := self._when(row)) is not None]
        if not found and not self.problems:
            self.problems.append(Problem(self.file, 0, 0, "", "own.no_contacts", {"channel": self.channel}))
        calendar = None if self.problems else self._calendar([timed.day for timed, _ in found])
        if calendar is None:
            return None
        at_ms = self._instants(calendar, [timed for timed, _ in found])
        if self.problems:
            return None
        order = np.argsort(at_ms, kind="stable")
        columns = np.array([contact for _, contact in found], np.float64)[order]
        at_ms, outcome = at_ms[order], columns[:, 0].astype(np.int64)
        counts = self._opened(calendar, counted_by_hour(calendar, at_ms, outcome), len(found), at_ms)
        own = columns[:, 4].astype(np.int64)
        wait_s, handling_s, wrap_up_s = columns[:, 1], columns[:, 2], columns[:, 3]
        return OwnLog(calendar, at_ms, outcome, wait_s, handling_s, wrap_up_s, own, counts, tuple(self.notes))

    def _of_channel(self) -> list[SheetRow]:
        """Rows of the channel that is asked for."""
        place = self.header.places.get("channel")
        if place is None:
            return self.rows
        kept = []
        for row in self.rows:
            channel = channel_in(self._cell(row, "channel"))
            if channel is None:
                self._complain(row, place, "own.channel_wrong")
            elif channel == self.channel:
                kept.append(row)
        if len(kept) < len(self.rows):
            self.notes.append(Note("own.note.other_channels", {"count": len(self.rows) - len(kept)}))
        return kept

    def _contact(self, row: SheetRow) -> tuple[float, ...]:
        outcome = outcome_in(self._cell(row, "outcome"))
        if outcome is None:
            self._complain(row, self.header.places["outcome"], "own.outcome_wrong")
        lengths = [self._length(row, name) for name in ("wait", "handling", "wrap_up")]
        return (float(OUTCOMES.index(outcome or "answered")), *lengths, float(self._code(row)))

    def _length(self, row: SheetRow, name: str) -> float:
        cell = self._cell(row, name)
        if cell is None or cell in ("-", "–"):
            return np.nan
        seconds = length_s(cell, self.header.units_s.get(name))
        if seconds is None or seconds > _LONGEST_S:
            wrong = "own.length_wrong" if name in self.header.units_s else "own.unit_missing"
            self._complain(row, self.header.places[name], wrong)
            return np.nan
        return seconds

    def _code(self, row: SheetRow) -> int:
        cell = self._cell(row, "counsellor")
        if cell is None:
            return -1
        return int(self._codes.setdefault(str(cell), len(self._codes)))

    def _instants(self, calendar: Calendar, timed: Sequence[_Timed]) -> Ints:
        """Milliseconds since the calendar's start; in the doubled hour by offset, else by the order of the rows."""
        found: list[int] = []
        for each in timed:
            hours = self._hours_of(calendar, each)
            within = (each.clock.minute % 60) * 60_000 + each.clock.second * 1000
            if not hours:
                self._complain(each.row, self.header.places.get("clock", 0), "own.skipped_hour")
                continue
            at = hours[0] * HOUR_MS + within
            if len(hours) == 2 and found and at < found[-1] <= (hours[1] + 1) * HOUR_MS:
                at = hours[1] * HOUR_MS + within
            found.append(at)
        return np.array(found, np.int64)
