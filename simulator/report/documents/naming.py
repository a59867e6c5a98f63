"""What tables for programs are called in words: their titles, their heads, and the codes in their cells.

The tables beside a result are for programs, in English and with codes; on a sheet of a report people read them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from simulator.report import numbers
from simulator.report.tables import channel_name
from simulator.words import MissingWordError, say

_TRIED = ("document.column.{table}.{name}", "document.column.{name}", "measure.{name}")
"""Where a head may have its words, the most particular first."""
_CODES = {
    "by": "roster.by.",
    "cause": "explain.cause.",
    "chosen": "document.is.",
    "dominated": "document.is.",
    "kind": "hours.kind.",
    "measure": "measure.",
    "rule": "roster.name.",
    "staffing": "staff.method.",
    "status": "status.",
}
"""Column -> beginning of the keys of its codes."""
_HIDDEN = ("numbers",)
"""Columns that are read by programs alone."""


def title(table: str, lang: str) -> str:
    """The name of a table's sheet."""
    return _first((f"document.table.{table}",), lang) or table


def is_shown(name: str) -> bool:
    """Whether people read a column."""
    return name not in _HIDDEN


def head(table: str, name: str, lang: str) -> str:
    """A column's head; a name that nobody but the planner knows, such as that of what was varied, stays."""
    kind, _, rest = name.partition(" ")
    if rest and kind in ("hours", "nok"):
        day, _, time = rest.partition("/")
        keys = {"day": f"cost.day.{day}", "time": f"cost.time.{time}"}
        what = say("cost.kind", lang, **{each: say(key, lang) for each, key in keys.items()}) if time else None
        return say(f"document.column.of.{kind}", lang, what=what or say(f"cost.part.{rest}", lang))
    return _first([key.format(table=table, name=name) for key in _TRIED], lang) or name


def cell(name: str, value: Any, lang: str) -> Any:
    """A cell's code in words; all else as it stands."""
    if not isinstance(value, str) or not value:
        return value
    if name in _OTHER_CODES:
        return _OTHER_CODES[name](value, lang)
    beginnings = _CODES.get(name)
    return value if beginnings is None else _first((f"{beginnings}{value}",), lang) or value


def _first(keys: Any, lang: str) -> str | None:
    """The words of the first key that has any."""
    for key in keys:
        try:
            return say(key, lang)
        except MissingWordError:
            continue
    return None


def _days(value: str, lang: str) -> str:
    """Weekdays that stand together."""
    known = all(each in numbers.WEEKDAYS for each in value.split())
    return ", ".join(numbers.weekday(each, lang) for each in value.split()) if known else value


def _answers(value: str, lang: str) -> str:
    return ", ".join(say(f"channel.{each}", lang) for each in value.split(", "))


def _figure(value: str, lang: str) -> str:
    return _first((f"cost.figure.{value}", f"cost.extra.{value}", f"measure.{value}"), lang) or value


def _site(value: str, lang: str) -> str:
    return say("document.all_sites", lang) if value == "all" else value


_OTHER_CODES: Mapping[str, Callable[[str, str], str]] = {
    "answers": _answers,
    "channel": channel_name,
    "day": _days,
    "days": _days,
    "figure": _figure,
    "site": _site,
}
