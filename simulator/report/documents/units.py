"""Columns and numbers for spreadsheets: the format of a unit, its name in words, what is too small to be written."""

import math
from typing import Any

from simulator.report import numbers
from simulator.report.workbook import Number, SheetColumn
from simulator.words import say

_KINDS = {
    "persons": "count",
    "contacts": "count",
    "share": "share",
    "min": "decimal",
    "h": "decimal",
    "hours": "decimal",
    "NOK": "nok",
}


def columns(lang: str, **kinds: str) -> tuple[SheetColumn, ...]:
    """Columns by the keys of their heads, with the kind of each."""
    return tuple(SheetColumn(say(f"document.column.{name}", lang), kind) for name, kind in kinds.items())


def number(value: float | None, unit: str) -> Number:
    """A number in the format of its unit; nan is an empty cell."""
    known = value if value is not None and math.isfinite(value) else None
    return Number(known, _KINDS.get(unit.partition("/")[0], "decimal"))


def count(value: float, unit: str = "persons/year") -> Number | None:
    """A count, empty where it is too small to be written."""
    return None if numbers.is_small(abs(value)) else number(value, unit)


def unit_name(unit: str, lang: str) -> str:
    """A unit in words, such as ``hjelpesøk per år``."""
    kind, _, span = unit.partition("/")
    if kind not in _KINDS:
        return say("document.unit.other", lang, unit=unit)
    per: Any = say(f"span.{span}.per", lang) if span in ("year", "period") else ""
    return say(f"document.unit.{kind}", lang, per=per).strip()
