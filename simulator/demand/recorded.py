"""Recorded contacts: a log of what really happened becomes contacts that can be sent through any plan.

Owns the table such a log is written in and the guard that keeps persons out of it. What the log says replaces the
draws; what it has no column for is drawn as the scenario says, keyed by the row.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.demand.arrivals import People, person_identities
from simulator.demand.contacts import NEVER_MS, Contacts
from simulator.demand.draw import MOST_ATTEMPTS, make_contacts
from simulator.demand.errors import RecordedError
from simulator.demand.streams import LONGEST_MS, Streams
from simulator.demand.tables import Row, Table, UnreadableError, parse_number, read_table, read_text
from simulator.scenario.calendar import Calendar
from simulator.scenario.model import CHANNELS, LIVE, Scenario
from simulator.scenario.order import site_order
from simulator.scenario.problems import Plain, Problem, nearest

Ints = NDArray[np.int64]

_COLUMNS: Mapping[str, str] = {
    **{name: name for name in ("time", "channel", "origin", "handling_min", "handling_s")},
    **{name: name for name in ("patience_min", "wrap_up_min", "id")},
    **{"tid": "time", "tidspunkt": "time", "kanal": "channel", "kommune": "origin", "svarsted": "origin"},
    **{"varighet_min": "handling_min", "varighet_s": "handling_s"},
    **{"tålmodighet_min": "patience_min", "etterarbeid_min": "wrap_up_min"},
}
_CHANNELS: Mapping[str, str] = {
    **{name: name for name in CHANNELS},
    **{"telefon": "phone", "e-post": "email", "epost": "email", "e-mail": "email", "ung.no": "ung"},
}
_CHANNEL_CODES = {name: CHANNELS.index(channel) for name, channel in _CHANNELS.items()}
_UNIT_MS = {"min": 60_000, "s": 1_000}
_MOST_ROWS = 1_000_000
_TIME = re.compile(
    r"^(?:(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})[ T]|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4}) )\s*"
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<milli>\d{1,3}))?)?$"
)
_ID = re.compile(r"^[0-9A-Za-zÆØÅæøå]{1,12}$")
_LIKE_A_PERSON = re.compile(r"[0-9]{7}|[A-ZÆØÅ][a-zæøå]{2}|^[A-Za-zÆØÅæøå]{3,}$")
"""Seven digits may be of a telephone or identity number; letters alone, or a capital and small ones, a name."""


class Recorded(NamedTuple):
    """Contacts of a log, and the label of each in the same order: the log's ``id``, else its line number."""

    contacts: Contacts
    labels: tuple[str, ...]


@dataclass(frozen=True)
class _Entry:
    """One row of the log, understood; None where the log has no such column."""

    label: str
    at_ms: int
    channel: int
    origin: int
    work_ms: int
    wrap_up_ms: int | None
    patience_ms: int | None


def replay_contacts(source: Path | str, scenario: Scenario, seed: int = 1) -> Recorded:
    """Read a log of recorded contacts.

    Parameters
    ----------
    source
        A file, or the text of a table (text has more than one line). Columns: ``time`` (civil time of the scenario,
        ``2024-01-11 20:03[:05[.123]]`` or ``11.01.2024 20:03``; in the doubled hour the first), ``channel``,
        ``handling_min`` or ``handling_s``; optional ``origin`` (key of a site, empty: none), ``patience_min`` (empty:
        never leaves), ``wrap_up_min`` (empty: none), ``id`` (short label). Norwegian headers are known too.
    scenario
        Whose period, sites and channels the log is read with, and whose rules say what the log has no column for.
    seed
        Of those draws.

    Returns
    -------
    Recorded
        Contacts sorted by time, and their labels.

    Raises
    ------
    RecordedError
        If anything in the log cannot be used; lists everything by row and column.
    """
    text_given = isinstance(source, str) and "\n" in source
    file = "log" if text_given else str(source)
    try:
        text = str(source) if text_given else read_text(Path(source))
        most_rows = min(_MOST_ROWS, MOST_ATTEMPTS // scenario.demand.max_attempts)
        table = read_table(text, file, _COLUMNS, most_rows)
    except UnreadableError as error:
        raise RecordedError([error.problem]) from error
    calendar = Calendar.of(scenario)
    entries = _LogReader(table, scenario, calendar).entries()
    at_ms = np.array([each.at_ms for each in entries], np.int64)
    channel = np.array([each.channel for each in entries], np.int16)
    order = np.lexsort((np.arange(len(entries)), channel, at_ms))
    people = People(at_ms[order], channel[order], person_identities(order, channel[order]))
    entries = [entries[index] for index in order]
    origin = np.array([each.origin for each in entries], np.int16)
    contacts = make_contacts(scenario, calendar, people, origin, Streams(seed, 0, 0))
    return Recorded(_with_record(contacts, entries), tuple(each.label for each in entries))


def _with_record(contacts: Contacts, entries: list[_Entry]) -> Contacts:
    """The contacts with what the log says in place of the draws, on each one's own channel."""
    work, wrap_up, patience = (array.copy() for array in (contacts.work_ms, contacts.wrap_up_ms, contacts.patience_ms))
    for person, entry in enumerate(entries):
        work[person, entry.channel] = entry.work_ms
        if entry.wrap_up_ms is not None:
            wrap_up[person, entry.channel] = entry.wrap_up_ms
        if entry.patience_ms is not None and entry.channel < len(LIVE):
            patience[person, :, entry.channel] = entry.patience_ms
    return replace(contacts, work_ms=work, wrap_up_ms=wrap_up, patience_ms=patience)


class _LogReader:
    """Understands the rows of one log and keeps what is wrong with them.

    Messages never repeat what a cell holds: it may be about a person.
    """

    def __init__(self, table: Table, scenario: Scenario, calendar: Calendar) -> None:
        self.table = table
        self.calendar = calendar
        self.sites = site_order(scenario.sites)
        self.codes = _site_codes(scenario)
        self.problems: list[Problem] = [*table.problems, *_wrong_columns(table)]

    def entries(self) -> list[_Entry]:
        """All rows, or a `RecordedError` with everything that is wrong."""
        if not self.table.rows and not self.problems:
            self.problems.append(self.table.problem(0, "", "table_empty"))
        entries = [] if self.problems else [self._entry(row) for row in self.table.rows]
        if self.problems:
            raise RecordedError(self.problems)
        return entries

    def _entry(self, row: Row) -> _Entry:
        handling = "handling_min" if "handling_min" in row.cells else "handling_s"
        return _Entry(
            label=self._label(row),
            at_ms=self._at_ms(row),
            channel=self._code(row, "channel", _CHANNEL_CODES, CHANNELS),
            origin=self._code(row, "origin", self.codes, self.sites) if row.cells.get("origin") else 0,
            work_ms=max(1, self._ms(row, handling)),
            wrap_up_ms=self._optional_ms(row, "wrap_up_min", 0),
            patience_ms=self._optional_ms(row, "patience_min", int(NEVER_MS)),
        )

    def _complain(self, row: Row, column: str, word: str, **values: object) -> None:
        self.problems.append(self.table.problem(row.line, column, word, **values))

    def _label(self, row: Row) -> str:
        label = row.cells.get("id") or str(row.line)
        if row.cells.get("id") and (not _ID.match(label) or _LIKE_A_PERSON.search(label)):
            self._complain(row, "id", "log_id")
        return label

    def _at_ms(self, row: Row) -> int:
        """The instant of a civil time; in the doubled hour the first."""
        wall = parse_wall(row.cells["time"])
        if wall is None:
            self._complain(row, "time", "log_time")
            return 0
        first, last = self.calendar.first_day, self.calendar.last_day
        if not first <= wall.date() <= last:
            self._complain(row, "time", "log_outside", first=Plain(first), last=Plain(last))
            return 0
        at_ms = self.calendar.wall_ms(wall)
        if at_ms is None:
            self._complain(row, "time", "log_skipped")
        return at_ms or 0

    def _code(self, row: Row, column: str, codes: Mapping[str, int], allowed: tuple[str, ...]) -> int:
        """The code of a name, upper and lower case alike."""
        name = row.cells[column].lower()
        if name not in codes:
            self._complain(row, column, f"log_{column}", nearest=nearest(name, codes), allowed=allowed)
        return codes.get(name, 0)

    def _optional_ms(self, row: Row, column: str, empty: int) -> int | None:
        """A time that need not be there: None without the column, ``empty`` where the cell is."""
        if column not in row.cells:
            return None
        return self._ms(row, column) if row.cells[column] else empty

    def _ms(self, row: Row, column: str) -> int:
        unit_ms = _UNIT_MS[column.rsplit("_", 1)[1]]
        value = parse_number(row.cells[column])
        if value is None or not 0 <= value * unit_ms <= LONGEST_MS:
            self._complain(row, column, "log_number")
            return 0
        return round(value * unit_ms)


def _wrong_columns(table: Table) -> Iterator[Problem]:
    """Refuse a log without time, channel or one handling time."""
    for name in ("time", "channel"):
        if name not in table.columns:
            yield table.problem(1, "", "column_missing", missing=name)
    handling = [name for name in ("handling_min", "handling_s") if name in table.columns]
    if len(handling) != 1:
        yield table.problem(1, "", "log_two_handlings" if handling else "log_no_handling")


def _site_codes(scenario: Scenario) -> Mapping[str, int]:
    """Code of each site by key and by name, in lower case; a key comes before another site's name."""
    keys = site_order(scenario.sites)
    names = {(scenario.sites[key].name or key).lower(): code for code, key in enumerate(keys)}
    return names | {key.lower(): code for code, key in enumerate(keys)}


def parse_wall(text: str) -> datetime | None:
    """A civil time as spreadsheets and logs write it, None where the text is none."""
    match = _TIME.match(text.strip())
    if match is None:
        return None
    part = match.groupdict(default="")
    year, month, day = (int(part[name] or part[f"{name}2"]) for name in ("y", "m", "d"))
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    try:
        return datetime(year, month, day, hour, minute, second, int(part["milli"].ljust(3, "0")) * 1000)
    except ValueError:
        return None
