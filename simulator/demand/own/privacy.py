"""The guard: a table that holds anything that may be about a person is refused, and nothing of it is repeated.

Every cell below the header must be a number of at most six digits, a date, a time, a short code, or a word that the
tables of a service use. Anything else may be a name, a telephone or identity number, an address, or what a child wrote.
"""

import re
from functools import lru_cache

from simulator.demand.own.cells import REMEMBERED, channel_in, clock_in, day_and_clock, length_s, number_in, outcome_in
from simulator.demand.own.sheets import UNCOMPUTED, Cell

_CODE = re.compile(r"^(?:[A-Za-zÆØÅæøå]{0,2}\d{1,4}|[A-Za-zÆØÅæøå])$")
"""As in A1, r12, 0007 or B: no name has digits, or is one letter."""
_WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag", "man", "tir", "ons", "tor", "fre",
             "lør", "søn", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue",
             "wed", "thu", "fri", "sat", "sun")  # fmt: skip
_MONTHS = ("januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september", "oktober", "november",
           "desember", "january", "february", "march", "may", "june", "july", "october", "december", "jan", "feb",
           "mar", "apr", "jun", "jul", "aug", "sep", "sept", "okt", "oct", "nov", "des", "dec")  # fmt: skip
_WORDS = frozenset(
    (*_WEEKDAYS, *_MONTHS, "-", "–", "n/a", "na", "null", "none", "ukjent", "unknown", "true", "false", UNCOMPUTED)
)
_EXCEL_ERROR = re.compile(r"^#(?:N/A|NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!)$")
_MOST_DIGITS = 6
_MISTYPED = re.compile(
    r"^(?:\d{1,2}[./]\d{1,2}[./]\d{2,4}|\d{4}-\d{1,2}-\d{1,2})?[ T,]*(?:\d{1,2}[:.]\d{1,2}(?:[:.]\d{1,2})?)?$"
    r"|^[+-]?\d{1,6}[.,]\d{1,6}$"
)
"""A date, a time of day or a number: wrong perhaps, but no telephone or identity number, whatever parts its digits."""
_ABOUT_PERSONS = re.compile(
    r"@|\d{5}|(?<!kanal)(?<!dags)(?<!måneds)navn|(?<!channel )name|telefon(?:nr|nummer)|mobil"
    r"|phone ?(?:no|number)|f[øo]d|birth|person|adress|fritekst|free ?text"
    r"|kommentar|comment|merknad|notat|^notes?$|melding(?:en)?$|beskrivelse|description|innhold|content|tekst|text"
)
"""Headers of columns that are made to hold what must not be here."""
_IDENTITY = re.compile(r"^\d{6}[ .,/-]\d{5}$")


@lru_cache(REMEMBERED, typed=True)
def may_be_personal(cell: Cell) -> bool:
    """Whether a cell may be about a person."""
    if cell is None or not isinstance(cell, str | float):
        return False
    if isinstance(cell, str) and _IDENTITY.match(cell):
        return True
    value = number_in(cell)
    if value is not None:
        return abs(value) >= 10**_MOST_DIGITS and day_and_clock(cell) is None
    text = str(cell)
    if text.lower() in _WORDS or any(known.match(text) for known in (_CODE, _MISTYPED, _EXCEL_ERROR)):
        return False
    known = (outcome_in, channel_in, day_and_clock, clock_in, lambda each: length_s(each, None))
    return all(meaning(text) is None for meaning in known)


def is_about_persons(header: str) -> bool:
    """Whether a header is one of a column that is made to hold what must not be here."""
    return bool(_ABOUT_PERSONS.search(header.lower()))


def may_be_shown(header: str) -> bool:
    """Whether a header that we do not know may be repeated: it is not written like the name of a person."""
    return sum(word[:1].isupper() and word[1:].islower() for word in header.split()) < 2
