"""The guard: a table that holds anything that may be about a person is refused, and nothing of it is repeated.

Every cell below the header must be a number of at most six digits, a date, a time, a short code, or a word that the
tables of a service use. Anything else may be a name, a telephone or identity number, an address, or what a child wrote.
"""

import re

from simulator.demand.own.cells import CHANNELS, OUTCOMES, clock_in, day_and_clock, length_s, number_in
from simulator.demand.own.sheets import Cell

_CODE = re.compile(r"^(?:[A-Za-zÆØÅæøå]{0,2}\d{1,4}|[A-Za-zÆØÅæøå])$")
"""As in A1, r12, 0007 or B: no name has digits, or is one letter."""
_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag", "man", "tir", "ons", "tor", "fre",
             "lør", "søn", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue",
             "wed", "thu", "fri", "sat", "sun")  # fmt: skip
_MONTHS = ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "desember", "january", "february", "march", "may", "june", "july", "october", "december", "jan", "feb",
           "mar", "apr", "jun", "jul", "aug", "sep", "sept", "okt", "oct", "nov", "des", "dec")  # fmt: skip
_WORDS = frozenset(
    (*OUTCOMES, *CHANNELS, *_WEEKDAYS, *_MONTHS, "-", "–", "n/a", "na", "null", "none", "ukjent", "unknown")
)
_MOST_DIGITS = 6
_MISTYPED = re.compile(r"^[\d.:,/+ -]*[.:,/][\d.:,/+ -]*$")
"""Digits and the signs of dates, times and numbers: wrong perhaps, but no telephone number, which has only spaces."""


def may_be_personal(cell: Cell) -> bool:
    """Whether a cell may be about a person."""
    if cell is None or not isinstance(cell, str | float):
        return False
    value = number_in(cell)
    if value is not None:
        return abs(value) >= 10**_MOST_DIGITS and day_and_clock(cell) is None
    text = str(cell)
    if text.lower() in _WORDS or _CODE.match(text) or _MISTYPED.match(text):
        return False
    return day_and_clock(text) is None and clock_in(text) is None and length_s(text, None) is None
