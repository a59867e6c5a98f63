"""How a figure is written for people: digits, signs, units, days and dates, in bokmål and in English.

The only module that knows babel. It knows nothing of tables or of the service: it gets a number, its interval and its
unit, and gives text. A figure is never written with more digits than its interval supports.
"""

import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal

from simulator.words import say

MISSING = "–"
"""What stands where there is no figure: the denominator is nobody."""
POINTS = "points"
"""Unit of a difference between two shares: per cent of one share is another number."""
SMALLEST_COUNT = 5
"""Counts above 0 and below this are not written where a table could point at a person."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_LOCALES: Mapping[str, str] = {"nb": "nb_NO", "en": "en_GB"}
_MILLION = 1e6


@dataclass(frozen=True)
class _Style:
    """How one kind of unit is written: catalogue entry, factor, and the most decimals that make sense."""

    key: str
    factor: float = 1.0
    most_decimals: int = 0


def _style(unit: str, size: float) -> _Style:
    """The style of a unit; `size` chooses between kroner and millions of kroner."""
    kind, _, per = unit.partition("/")
    if kind == "NOK":
        millions = abs(size) >= _MILLION
        return _Style("number.million_kroner", 1 / _MILLION, 2) if millions else _Style("number.kroner")
    named = {
        "share": _Style("number.percent", 100.0, 1),
        POINTS: _Style("number.points", 100.0, 1),
        "min": _Style("number.minutes", 1.0, 1),
        "h": _Style("number.hours", 1.0, 1),
        "hours": _Style("number.hours"),
        "days": _Style("number.days", 1.0, 1),
    }
    return named.get(kind, _Style("number.count", 1.0, 0 if per in ("", "year", "period", "month") else 2))


def number(value: float, lang: str, decimals: int = 0) -> str:
    """A plain number; negative `decimals` round to tens, hundreds and so on.

    Examples
    --------
    >>> number(8769.6, "en")
    '8,770'
    >>> number(8769.6, "en", -2)
    '8,800'
    """
    if not math.isfinite(value):
        return MISSING
    pattern = "#,##0" + ("." + "0" * decimals if decimals > 0 else "")
    rounded = round(value, decimals) + 0.0  # + 0.0: no minus before a zero
    return format_decimal(rounded, format=pattern, locale=_LOCALES[lang]).replace("-", "−")


def as_written(value: float, lang: str, unit: str = "") -> str:
    """A number that is given, not estimated, with the decimals it was given with (six at most), and its unit."""
    if not math.isfinite(value):
        return MISSING
    style = _style(unit, value)
    digits = format_decimal(value * style.factor, format="#,##0.######", locale=_LOCALES[lang])
    return say(style.key, lang, value=digits.replace("-", "−"))


def percent(value: float, lang: str, decimals: int = 0) -> str:
    """A share (1 is all) as per cent."""
    return say("number.percent", lang, value=number(100 * value, lang, decimals))


def kroner(value: float, lang: str, decimals: int = 1) -> str:
    """An amount in Norwegian kroner, in millions from one million up; `decimals` are those of the millions."""
    style = _style("NOK", value)
    return say(style.key, lang, value=number(value * style.factor, lang, decimals if style.factor < 1 else 0))


def day(when: date, lang: str) -> str:
    """A date in words, such as ``1. januar 2024``."""
    return format_date(when, "long", locale=_LOCALES[lang])


def weekday(name: str, lang: str) -> str:
    """A short name of a weekday (``mon`` to ``sun``), such as ``man``."""
    names = get_day_names("abbreviated", locale=_LOCALES[lang])
    return str(names[WEEKDAYS.index(name)]).rstrip(".")


def clock_hour(hour: int) -> str:
    """One hour of the clock, such as ``22–23``."""
    return f"{hour:02d}–{hour + 1:02d}"


def decimals_supported(low: float, high: float) -> int:
    """Decimals that an interval supports; negative for tens, hundreds and so on.

    The half-width is kept with two digits while its leading digits are at most 3.54, else with one (Particle Data
    Group 2024, Review of Particle Physics, Introduction, section 5.3).

    Raises
    ------
    ValueError
        If the interval has no width or is not finite.
    """
    half_width = (high - low) / 2
    if not (math.isfinite(half_width) and half_width > 0):
        raise ValueError("the interval has no width")
    half_width = max(half_width, sys.float_info.min)
    exponent = math.floor(math.log10(half_width))
    return 1 - exponent if half_width / 10.0**exponent < 3.55 else -exponent


def span(low: float, high: float, lang: str, decimals: int = 0) -> str:
    """Two ends of an interval, such as ``8 600–8 950``; with words between them where an end is negative."""
    ends = number(low, lang, decimals), number(high, lang, decimals)
    return say("number.span_words", lang, low=ends[0], high=ends[1]) if low < 0 else "–".join(ends)


def interval(mean: float, low: float, high: float, lang: str, unit: str = "") -> str:
    """An estimate and its interval, such as ``8 770 (8 600–8 950)``, with no more digits than the interval supports.

    An interval without width leaves the number alone; without an interval two digits are kept and called about.

    Parameters
    ----------
    mean, low, high
        In the unit of the long table (a share is 0-1).
    unit
        As in the long table: ``share``, ``min``, ``h``, ``hours/year``, ``NOK/year``, ``days``; all else is a count.
    """
    shown, ends = _parts(mean, low, high, lang, unit)
    return f"{shown} ({ends})" if ends else shown


def unit_of_change(unit: str) -> str:
    """The unit of a difference between two figures of a unit."""
    return POINTS if unit == "share" else unit


def change(mean: float, low: float, high: float, lang: str, unit: str = "") -> str:
    """A difference and its interval; shares differ by percentage points."""
    return interval(mean, low, high, lang, unit_of_change(unit))


def rounded(mean: float, low: float, high: float, lang: str, unit: str = "") -> str:
    """An estimate alone, with no more digits than its interval supports."""
    return _parts(mean, low, high, lang, unit)[0]


def year_span(low: float, high: float, lang: str, unit: str = "") -> str:
    """What one single year may bring, such as ``8 480–9 060``."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return MISSING
    shown, ends = _parts((low + high) / 2, low, high, lang, unit)
    return say(_style(unit, high).key, lang, value=ends) if ends else shown


def _parts(mean: float, low: float, high: float, lang: str, unit: str) -> tuple[str, str]:
    """The estimate with its unit, and the ends of its interval (empty where they say nothing more)."""
    if not math.isfinite(mean):
        return MISSING, ""
    style = _style(unit, mean)
    mean, low, high = (value * style.factor for value in (mean, low, high))
    if not (math.isfinite(low) and math.isfinite(high)):
        digits = 0 if mean == 0 else 1 - math.floor(math.log10(abs(mean)))
        about = number(mean, lang, min(digits, style.most_decimals))
        return say("number.about", lang, value=say(style.key, lang, value=about)), ""
    decimals = min(decimals_supported(low, high), style.most_decimals) if high > low else style.most_decimals
    shown = say(style.key, lang, value=number(mean, lang, decimals))
    same = number(low, lang, decimals) == number(high, lang, decimals)
    return shown, "" if same else span(low, high, lang, decimals)


def is_small(value: float) -> bool:
    """Whether a count is too small to be written where a table could point at a person; nobody at all is not."""
    return 0 < value < SMALLEST_COUNT


def suppressed(lang: str) -> str:
    """What stands in the place of a count that is too small to be written."""
    return say("number.suppressed", lang, value=SMALLEST_COUNT)
