"""Headers as people write them: which row they stand in, what each means, and in which unit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from simulator.demand.own.cells import UNIT_S
from simulator.demand.own.privacy import may_be_personal
from simulator.demand.own.sheets import Cell, SheetRow
from simulator.demand.tables import UnreadableError
from simulator.scenario.problems import nearest

FIRST_ROWS = 25
"""Rows among which the header is looked for; what stands above it is a title."""
FIELDS: Mapping[str, tuple[str, ...]] = {
    "date": ("dato", "date", "dag", "day", "døgn", "startdato", "start date"),
    "clock": (
        *("tid", "tidspunkt", "time", "start", "starttid", "startet", "datetime", "timestamp", "klokkeslett", "kl"),
        *("hour", "intervall", "interval", "periode", "fra", "from", "klokketime", "klokken", "start time", "when"),
        *("start tid", "kl slett", "time of day", "fra kl", "klokka"),
        *("dato og tid", "dato og klokkeslett", "date and time", "date time", "dato tid", "tid start", "mottatt"),
    ),
    "answered": (
        *("besvart", "besvarte", "answered", "handled", "besvarte chatter", "besvarte samtaler", "svart", "svarte"),
        *("besvarte henvendelser", "besvarte anrop", "answered calls", "answered chats", "answered contacts"),
    ),
    "lost": (
        *("tapt", "tapte", "ubesvart", "ubesvarte", "lost", "missed", "abandoned", "unanswered", "ikke besvart"),
        *("ikke besvarte", "tapte chatter", "tapte samtaler", "avbrutt", "avbrutte", "tapte henvendelser"),
        *("ubesvarte henvendelser", "tapte anrop", "ubesvarte anrop", "lost calls", "abandoned calls"),
    ),
    "offered": (
        *("offered", "alle", "totalt", "total", "henvendelser", "antall", "count", "forsøk"),
        *("arrivals", "attempts", "innkommende", "sum henvendelser"),
    ),
    "channel": ("kanal", "channel", "type", "kanalnavn", "channel name"),
    "outcome": ("utfall", "resultat", "status", "outcome", "result"),
    "wait": (
        *("ventetid", "wait", "venting", "vent", "waiting time", "wait time", "køtid", "kø", "tid i kø", "queue time"),
    ),
    "handling": (
        *("varighet", "samtaletid", "duration", "handling", "handling time", "talk time", "lengde", "samtalelengde"),
        *("samtalevarighet", "chattid", "behandlingstid", "length"),
    ),
    "wrap_up": ("etterarbeid", "wrap up", "wrapup", "acw", "etterbehandling", "after call work"),
    "counsellor": ("rådgiver", "counsellor", "agent", "plass", "vakt"),
}  # fmt: skip
LEFT_OUT = ("sum", "totalsum", "totalt", "total", "i alt", "gjennomsnitt", "snitt", "average", "mean", "grand total")
"""A row that begins with one of these, alone or with a month or a year, is a sum, not data."""
IGNORED = ("ukedag", "weekday", "uke", "week", "måned", "month", "år", "year", "id", "nr", "no", "#", "løpenr")
"""Columns that may be there and say nothing that is needed."""
_NAMES = {name: field for field, names in FIELDS.items() for name in names} | dict.fromkeys(IGNORED, "ignored")
_UNIT = re.compile(r"[(\[]\s*(?:i\s+|in\s+)?([a-zæøå: ]+?)\.?\s*[)\]]\s*$")
_IN_UNIT = re.compile(r"(?:,|\s+i|\s+in)?\s+([a-zæøå]+)$")
_PUNCTUATION = re.compile(r"[_/\-–,.:*\s]+")
_HOW_MANY = re.compile(r"^(?:antall|number of|no of|sum) ")
_HOUR = re.compile(r"^(?:kl\.?\s*|t|h)?(\d{1,2})(?:[:.]00)?(?:\s*[-–]\s*\d{1,2}(?:[:.](?:00|59))?)?$")
FEWEST_HOURS = 4
"""So many columns named after one hour after the other make a table wide."""


@dataclass(frozen=True)
class Header:
    """The header of a table.

    Attributes
    ----------
    row
        Its number in the file.
    places
        Column (from 0) by field.
    units_s
        Seconds in the unit of a field that states one.
    hours
        Column by clock hour, of a wide table; empty else.
    unknown
        Header texts that mean nothing to us, by column.
    """

    row: int
    places: Mapping[str, int]
    units_s: Mapping[str, float]
    hours: Mapping[int, int]
    unknown: Mapping[int, str]


def find_header(rows: Sequence[SheetRow], file: str) -> tuple[Header, int]:
    """The header and how many rows it and the titles above it take.

    Raises
    ------
    UnreadableError
        If no row looks like a header, or one field has two columns.
    """
    best, most = -1, 1
    for index, row in enumerate(rows[:FIRST_ROWS]):
        known = sum(isinstance(_meaning(cell), tuple) for cell in row.cells) + len(_hours(row))
        if known > most:
            best, most = index, known
    if best < 0:
        raise UnreadableError(file, "own_no_header", rows[0].number)
    return _header(rows[best], file), best + 1


def _header(row: SheetRow, file: str) -> Header:
    places: dict[str, int] = {}
    units_s: dict[str, float] = {}
    hours = _hours(row)
    unknown: dict[int, str] = {}
    for column, cell in enumerate(row.cells):
        meaning = _meaning(cell)
        if meaning is None:
            if cell is not None:
                unknown[column] = str(cell)
        elif isinstance(meaning, int):
            if not hours:
                unknown[column] = str(cell)
        elif meaning[0] != "ignored":
            field, unit_s = meaning
            if field in places:
                raise UnreadableError(file, "column_twice", row.number, found=str(cell))
            places[field] = column
            if unit_s is not None:
                units_s[field] = unit_s
    return Header(row.number, places, units_s, hours, unknown)


def _hours(row: SheetRow) -> dict[int, int]:
    """Column by clock hour where the row names hours one after the other; small numbers of data do not."""
    named = [(column, hour) for column, cell in enumerate(row.cells) if isinstance(hour := _meaning(cell), int)]
    in_turn = all(after == (before + 1) % 24 for (_, before), (_, after) in pairwise(named))
    return {hour: column for column, hour in named} if FEWEST_HOURS <= len(named) <= 24 and in_turn else {}


def _meaning(cell: Cell) -> tuple[str, float | None] | int | None:
    """Field and unit of a header's text, or the hour it names; None where it means nothing to us."""
    if isinstance(cell, time):
        return cell.hour if cell.minute == 0 else None
    if isinstance(cell, float) and cell == int(cell) and 0 <= cell < 24:
        return int(cell)
    if not isinstance(cell, str):
        return None
    text = cell.lower().strip(" :.*")
    if (hour := _HOUR.match(text)) and int(hour[1]) < 24:
        return int(hour[1])
    unit = _UNIT.search(text)
    bare = _plain(re.sub(r"[(\[].*$", "", text) if unit else text)
    if bare in _NAMES:
        return _NAMES[bare], UNIT_S.get(unit[1]) if unit else None
    tail = _IN_UNIT.search(_PUNCTUATION.sub(" ", text))
    if tail and tail[1] in UNIT_S and (before := _plain(tail.string[: tail.start()])) in _NAMES:
        return _NAMES[before], UNIT_S[tail[1]]
    return None


def _plain(text: str) -> str:
    """A header without punctuation, and without the words that only say that it counts."""
    return _HOW_MANY.sub("", _PUNCTUATION.sub(" ", text).strip())


def nearest_header(text: str) -> str | None:
    """The known header that a text is nearest to."""
    return nearest(text.lower(), _NAMES)


def is_sum(row: SheetRow) -> bool:
    """Whether a row is one of the sums or averages at the bottom of a table."""
    first = next((cell for cell in row.cells if cell is not None), None)
    if not isinstance(first, str):
        return False
    text = first.lower().strip(" :")
    name = next((name for name in LEFT_OUT if text == name or text.startswith(f"{name} ")), None)
    return name is not None and (text == name or not may_be_personal(text.removeprefix(name).strip(" :")))
