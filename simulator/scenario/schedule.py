"""The language of opening hours and shifts: what a planner writes, and what each date then means.

A schedule is a rule for every date (daily, by weekday, public holidays, ranges of dates). It knows nothing of
time zones: turning its windows into instants is `calendar`'s work.
"""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, GetJsonSchemaHandler, PlainSerializer, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError

MINUTES_PER_DAY = 1440
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Window = tuple[int, int]
"""Start and end in minutes after the midnight that begins the window's day; an end above 1440 lies in the next day."""

_WINDOW = re.compile(r"^\s*(\d{1,2})[:.](\d{2})\s*[-–]\s*(\d{1,2})[:.](\d{2})\s*$")
_DATES = re.compile(r"^\s*(\d{4}-\d{2}-\d{2})(?:\s*/\s*(\d{4}-\d{2}-\d{2}))?\s*$")


def parse_window(text: str) -> Window:
    """One window such as ``16:15-22:45``; an end at or before the start lies in the next day, 24 hours at most."""
    match = _WINDOW.match(text)
    hours = [int(part) for part in match.groups()] if match else []
    if not hours or hours[0] > 23 or hours[2] > 24 or hours[1] > 59 or hours[3] > 59 or hours[2:] == [24, 1]:
        raise PydanticCustomError("window", "not a window of the clock", {"found": text})
    start, end = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if end > MINUTES_PER_DAY:
        raise PydanticCustomError("window", "not a window of the clock", {"found": text})
    return (start, end if end > start else end + MINUTES_PER_DAY)


def _as_window(value: Any) -> Window:
    if isinstance(value, str):
        return parse_window(value)
    match value:
        case (int(start), int(end)) if 0 <= start < MINUTES_PER_DAY and start < end <= start + MINUTES_PER_DAY:
            return start, end
    raise PydanticCustomError("window", "not a window of the clock", {"found": str(value)})


def write_windows(windows: tuple[Window, ...]) -> list[str]:
    """Windows as a planner writes them, such that `parse_windows` gives them back."""
    return [
        f"{_clock(start)}-{_clock(end if end <= MINUTES_PER_DAY else end - MINUTES_PER_DAY)}" for start, end in windows
    ]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def parse_windows(value: Any) -> tuple[Window, ...]:
    """``always``, ``closed``, one window, or a list of windows that do not overlap."""
    if value == "always":
        return ((0, MINUTES_PER_DAY),)
    if value == "closed":
        return ()
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple):
        raise PydanticCustomError("window", "not a window of the clock", {"found": str(value)})
    windows = sorted(_as_window(text) for text in texts)
    for (_, end), (start, _) in pairwise(windows):
        if start < end:
            raise PydanticCustomError("window_overlap", "windows overlap", {"found": ", ".join(map(str, texts))})
    return tuple(windows)


def parse_dates(text: Any) -> tuple[date, date]:
    """``2024-07-01`` or ``2024-07-01/2024-07-31``: first and last day, both included."""
    match = _DATES.match(str(text))
    try:
        first = date.fromisoformat(match.group(1)) if match else None
        last = date.fromisoformat(match.group(2) or match.group(1)) if match else None
    except ValueError:
        first = last = None
    if first is None or last is None or last < first:
        raise PydanticCustomError("date_range", "not a date or a range of dates", {"found": str(text)})
    return first, last


_WINDOW_PATTERN = r"^\s*\d{1,2}[:.]\d{2}\s*[-–]\s*\d{1,2}[:.]\d{2}\s*$"
_WINDOWS_SCHEMA: dict[str, Any] = {
    "anyOf": [
        {"enum": ["always", "closed"]},
        {"type": "string", "pattern": _WINDOW_PATTERN},
        {"type": "array", "items": {"type": "string", "pattern": _WINDOW_PATTERN}},
    ]
}

Windows = Annotated[
    tuple[Window, ...],
    BeforeValidator(parse_windows),
    PlainSerializer(write_windows, when_used="json"),
    WithJsonSchema(_WINDOWS_SCHEMA, mode="validation"),
]


def _check_dates(value: Any) -> Any:
    for key in value if isinstance(value, Mapping) else ():
        parse_dates(key)
    return {str(key): each for key, each in value.items()} if isinstance(value, Mapping) else value


class ScheduleRule(BaseModel):
    """Which windows hold on which dates; the most particular rule wins: dates, holidays, weekday, week part, daily."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    daily: Windows | None = None
    """Every day for which nothing more particular is said."""
    weekdays: Windows | None = None
    """Monday to Friday."""
    weekends: Windows | None = None
    """Saturday and Sunday."""
    mon: Windows | None = None
    tue: Windows | None = None
    wed: Windows | None = None
    thu: Windows | None = None
    fri: Windows | None = None
    sat: Windows | None = None
    sun: Windows | None = None
    holidays: Windows | None = None
    """Norwegian public holidays, whatever the weekday."""
    dates: Annotated[dict[str, Windows] | None, BeforeValidator(_check_dates)] = None
    """Single days ``2024-12-24`` or ranges ``2024-07-01/2024-07-31``; of two that hold, the later written wins."""

    def __hash__(self) -> int:
        """Equal rules have equal hashes, so that what is made of one can be kept by it."""
        plain = (getattr(self, name) for name in type(self).model_fields if name != "dates")
        return hash((*plain, *(self.dates or {}).items()))

    def windows_on(self, day: date, holiday: bool) -> tuple[Window, ...]:
        """The windows that start on ``day``; none where no rule speaks of it."""
        for dates, windows in reversed((self.dates or {}).items()):
            first, last = parse_dates(dates)
            if first <= day <= last:
                return windows
        week_part = self.weekdays if day.weekday() < 5 else self.weekends
        by_weekday: Windows | None = getattr(self, WEEKDAYS[day.weekday()])
        for rule in (self.holidays if holiday else None, by_weekday, week_part, self.daily):
            if rule is not None:
                return rule
        return ()


def _as_rule(value: Any) -> Any:
    return value if value is None or isinstance(value, ScheduleRule | Mapping) else {"daily": value}


class _OrShort:
    """Lets the published schema accept the short forms that `_as_rule` takes."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [*_WINDOWS_SCHEMA["anyOf"], handler(core)]}


Schedule = Annotated[ScheduleRule, BeforeValidator(_as_rule), _OrShort()]
"""A `ScheduleRule`, or short for one: a plain window, ``always`` or ``closed`` means daily."""

ALWAYS = ScheduleRule(daily=parse_windows("always"))
CLOSED = ScheduleRule(daily=())
