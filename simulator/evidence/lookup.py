"""Finding evidence by id or by word.

Owns the one shared reading of the shipped files and the forgiving comparison of words. Must not know of YAML.
"""

import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from simulator.evidence.model import Evidence
from simulator.evidence.reader import read_evidence

# What a keyboard without æ, ø and å puts in their place; both spellings end in the same text.
_STAND_INS = (("æ", "a"), ("ø", "o"), ("ae", "a"), ("oe", "o"), ("aa", "a"))


class UnknownEvidenceError(KeyError):
    """No entry has this id; the message has the nearest ids."""

    def __init__(self, wanted: str, nearest: tuple[str, ...]) -> None:
        super().__init__(wanted)
        self.wanted = wanted
        self.nearest = nearest

    def __str__(self) -> str:
        """Return the message itself: ``KeyError`` would put it in quotes."""
        hint = f"; did you mean {' or '.join(map(repr, self.nearest))}?" if self.nearest else ""
        return f"no evidence has the id {self.wanted!r}{hint}"


@cache
def all_evidence() -> tuple[Evidence, ...]:
    """Every shipped entry, sorted by id.

    Raises
    ------
    EvidenceError
        If the shipped files break their own rules.
    """
    return read_evidence(files("simulator.evidence"))


@cache
def _by_id() -> Mapping[str, Evidence]:
    return MappingProxyType({entry.id: entry for entry in all_evidence()})


def evidence(id: str) -> Evidence:
    """Return the entry with this id.

    Raises
    ------
    UnknownEvidenceError
        If there is none.
    """
    entries = _by_id()
    if id not in entries:
        raise UnknownEvidenceError(id, tuple(get_close_matches(id, entries, n=3)))
    return entries[id]


def number(id: str) -> float:
    """Return the value of an entry that is one number, in the entry's own unit.

    Raises
    ------
    UnknownEvidenceError
        If no entry has this id.
    TypeError
        If its value is not one number.
    """
    value = evidence(id).value
    if not isinstance(value, int | float):
        raise TypeError(f"evidence {id!r} is not one number but {value!r}")
    return float(value)


def search(word: str) -> tuple[Evidence, ...]:
    """Return the entries, sorted by id, that hold every part of ``word`` in id, labels, note, source, status.

    Upper and lower case are alike, hyphens are spaces, and æ, ø, å are found by ae, oe, aa and by a, o, a.
    """
    parts = _folded(word).split()
    return tuple(entry for entry in all_evidence() if all(part in _searched(entry) for part in parts))


def _searched(entry: Evidence) -> str:
    texts = (entry.id, entry.label.nb, entry.label.en, entry.note or "", entry.source, entry.status)
    return _folded("\n".join(texts))


def _folded(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold().replace("-", " "))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    for written, folded in _STAND_INS:
        plain = plain.replace(written, folded)
    return plain
