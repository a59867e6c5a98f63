"""What a cell means: a day, a time of day, a number, a length of time, an outcome, a channel. None where it means none.

Norwegian and English, decimal comma and point, and the types that Excel gives. Pure functions.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from simulator.demand.own.sheets import Cell

UNIT_S = {
    **dict.fromkeys(("s", "sek", "sekund", "sekunder", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("m", "min", "minutt", "minutter", "mins", "minute", "minutes"), 60.0),
    **dict.fromkeys(("t", "timer", "h", "hour", "hours"), 3600.0),
    "ms": 0.001,
}
"""Seconds in a unit, by the ways it is written."""
_NUMBER = re.compile(r"^[+-]?(?:\d{1,3}(?:[ \u202f]\d{3})+|\d{1,15})(?:[.,]\d{1,10})?$")
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](.+))?$")
_NORDIC = re.compile(r"^(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})(?:,?\s+(?:kl\.?\s*)?(.+))?$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_CLOCK = re.compile(r"^(?:kl\.?\s*)?(\d{1,2})(?:[:.](\d{2}))?(?:[:.](\d{2})(?:[.,]\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?$")
_TWICE = re.compile(r"^(?:kl\.?\s*)?(\d{1,2})(?:[:.](\d{2}))?\s*([ab])$", re.IGNORECASE)
_SPAN = re.compile(r"^((?:kl\.?\s*)?\d{1,2}(?:[:.]\d{2})?)\s*[-–]\s*\d{1,2}(?:[:.]\d{2})?$")
_LENGTH = re.compile(r"^(?:(\d{1,3}):)?(\d{1,4}):(\d{2})(?:[.,]\d+)?$")

OUTCOMES = {
    **dict.fromkeys(("besvart", "svar", "svart", "answered", "handled", "ja", "yes", "ok"), "answered"),
    **dict.fromkeys(("fullført", "completed"), "answered"),
    **dict.fromkeys(
        ("la på", "lagt på", "tapt", "ubesvart", "ikke besvart", "avbrutt", "forlatt", "lost", "abandoned", "missed"),
        "left",
    ),
    **dict.fromkeys(("unanswered", "not answered", "no answer", "nei", "no", "hung up", "hengte opp", "gikk"), "left"),
    **dict.fromkeys(("snudde", "snudd", "balked", "snudde i døra"), "balked"),
    **dict.fromkeys(("avvist", "turned away", "rejected", "blokkert", "blocked", "stengt"), "refused"),
    **dict.fromkeys(("avvist ved stenging", "turned away at closing"), "refused"),
}  # fmt: skip
"""What became of a contact: answered, left while waiting, turned at once, or refused by the service."""
_OF_WHAT = re.compile(
    r"\s+(?:anrop(?:et)?|samtale[nr]?|chat(?:te[nr])?|henvendelser?|calls?|chats?|contacts?|i kø(?:en)?)$"
)
"""Words after an outcome that add nothing to it, as in "tapt anrop" or "la på i kø"."""
CHANNELS = {
    **dict.fromkeys(("chat", "chatt", "nettprat"), "chat"),
    **dict.fromkeys(("telefon", "tlf", "phone", "samtale", "call", "anrop"), "phone"),
    **dict.fromkeys(("sms", "melding"), "sms"),
    **dict.fromkeys(("e-post", "epost", "email", "e-mail"), "email"),
    **dict.fromkeys(("ung", "ung.no"), "ung"),
}


@dataclass(frozen=True)
class Clock:
    """A time of day: minutes after midnight, seconds within the minute, which of two in the doubled hour, offset.

    ``turn`` is 0 or 1 where the cell says so (``02A``, ``02B``); ``offset_min`` where it gives the offset to UTC.
    """

    minute: int
    second: int = 0
    turn: int | None = None
    offset_min: int | None = None


REMEMBERED = 8192
"""Cells of which the meaning is remembered: a log says the same few things on every line."""


@lru_cache(REMEMBERED, typed=True)
def number_in(cell: Cell) -> float | None:
    """A number, with decimal comma or point; thousands may be parted by spaces."""
    if isinstance(cell, float):
        return cell
    if isinstance(cell, str) and _NUMBER.match(cell):
        return float(re.sub(r"[ \u202f]", "", cell).replace(",", "."))
    return None


def day_and_clock(cell: Cell) -> tuple[date, Clock | None] | None:
    """A date, and the time of day where the cell has one."""
    if isinstance(cell, datetime):
        return cell.date(), Clock(cell.hour * 60 + cell.minute, cell.second)
    if isinstance(cell, date):
        return cell, None
    if isinstance(cell, float) and cell == int(cell):
        cell = str(int(cell))
    if not isinstance(cell, str):
        return None
    if match := _ISO.match(cell):
        year, month, day, rest = match[1], match[2], match[3], match[4]
    elif match := _NORDIC.match(cell):
        year, month, day, rest = match[3], match[2], match[1], match[4]
    elif match := _COMPACT.match(cell):
        year, month, day, rest = match[1], match[2], match[3], None
    else:
        return None
    try:
        found = date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None
    clock = clock_in(rest) if rest else None
    return None if rest and clock is None else (found, clock)


def clock_in(cell: Cell) -> Clock | None:
    """A time of day: ``18``, ``18:30``, ``18.30``, ``18:30:05+02:00``, ``02B``, or the start of ``18:00-19:00``."""
    if isinstance(cell, time):
        return Clock(cell.hour * 60 + cell.minute, cell.second)
    if isinstance(cell, timedelta):
        return Clock(int(cell.total_seconds()) // 60 % 1440)
    if isinstance(cell, float):
        if cell == int(cell) and 0 <= cell < 24:
            return Clock(int(cell) * 60)
        return Clock(round(cell * 1440) % 1440) if 0 <= cell < 1 else None  # a fraction of a day, as Excel keeps time
    if not isinstance(cell, str):
        return None
    if span := _SPAN.match(cell):
        return clock_in(span[1])
    if match := _TWICE.match(cell):
        turn, offset, seconds = "ab".index(match[3].lower()), None, 0
    elif match := _CLOCK.match(cell):
        turn, offset, seconds = None, _offset(match[4]), int(match[3] or 0)
    else:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if hour > 23 or minute > 59 or seconds > 59:
        return None
    return Clock(hour * 60 + minute, seconds, turn, offset)


def _offset(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "Z":
        return 0
    sign = -1 if text[0] == "-" else 1
    return sign * (int(text[1:3]) * 60 + int(text[-2:]))


def length_s(cell: Cell, unit_s: float | None) -> float | None:
    """A length of time in seconds: ``mm:ss``, ``h:mm:ss``, Excel's time, or a number in the header's unit."""
    if isinstance(cell, time):
        return cell.hour * 3600.0 + cell.minute * 60 + cell.second
    if isinstance(cell, timedelta):
        return cell.total_seconds()
    if isinstance(cell, str) and (match := _LENGTH.match(cell)):
        return int(match[1] or 0) * 3600.0 + int(match[2]) * 60 + int(match[3])
    value = number_in(cell)
    return None if value is None or unit_s is None or value < 0 else value * unit_s


def outcome_in(cell: Cell) -> str | None:
    """One of `OUTCOMES`' values."""
    if not isinstance(cell, str):
        return None
    text = cell.lower().strip(" .:!")
    return OUTCOMES.get(text) or OUTCOMES.get(_OF_WHAT.sub("", text))


def channel_in(cell: Cell) -> str | None:
    """A channel by any of its names."""
    return CHANNELS.get(cell.lower().strip(" .:")) if isinstance(cell, str) else None
