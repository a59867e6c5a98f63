"""SHA-256 of contacts and ledgers, whole and by civil day: the same on every machine.

Columns are named here, so that a column added elsewhere moves no digest.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.demand.contacts import Contacts
from simulator.service.ledger import Ledger
from simulator.study.baseline.contents import TIME_COLUMNS, TRACE_COLUMNS

Ints = NDArray[np.int64]

CONTACT_COLUMNS = (
    *("arrival_ms", "channel", "origin", "identity", "work_ms", "wrap_up_ms", "patience_ms", "redial_delay_ms"),
    *("return_delay_ms", "balk_u", "closed_u", "redial_u", "age_group", "gender"),
)
SPELL_COLUMNS = ("offset", "start_ms", "end_ms")
DIGITS = 16
"""Hexadecimal digits kept of a whole digest: 64 bits."""
DIGITS_OF_DAY = 8


def digest(parts: Sequence[bytes], digits: int = DIGITS) -> str:
    """The first hexadecimal digits of SHA-256 over some bytes, one part after another."""
    made = sha256()
    for part in parts:
        made.update(part)
    return made.hexdigest()[:digits]


def _plain(array: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in 64 bits, least significant byte first."""
    kind = {"f": "<f8", "u": "<u8"}.get(array.dtype.kind, "<i8")
    return np.ascontiguousarray(array, dtype=kind)


def contacts_digest(contacts: Contacts) -> str:
    """Of everyone who would make contact, with all their draws, and of the sites' own duty work."""
    people = [getattr(contacts, name) for name in CONTACT_COLUMNS]
    spells = [getattr(contacts.background, name) for name in SPELL_COLUMNS]
    return digest([_plain(each).tobytes() for each in (*people, *spells)])


def ledger_digest(ledger: Ledger) -> str:
    """Of what happened to each attempt, and of every counsellor's time."""
    return digest([_plain(getattr(ledger, name)).tobytes() for name in (*TRACE_COLUMNS, *TIME_COLUMNS)])


def contacts_by_day(contacts: Contacts, edges: Ints) -> list[str]:
    """Of the persons whose first attempt lies between one row and the next of ``edges`` (see `day_edges`)."""
    return _by_day([_plain(getattr(contacts, name)) for name in CONTACT_COLUMNS], edges)


def ledger_by_day(ledger: Ledger, edges: Ints) -> list[str]:
    """Of the attempts between one row and the next of ``edges``."""
    return _by_day([_plain(getattr(ledger, name)) for name in TRACE_COLUMNS], edges)


def _by_day(columns: Sequence[NDArray[Any]], edges: Ints) -> list[str]:
    pairs = zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    return [digest([each[first:last].tobytes() for each in columns], DIGITS_OF_DAY) for first, last in pairs]


def day_edges(day: Ints, days: int) -> Ints:
    """Of rows in the order of their days: the first row of each of ``days`` days, and the number of rows at the end."""
    edges: Ints = np.searchsorted(day, np.arange(days + 1))
    return edges
