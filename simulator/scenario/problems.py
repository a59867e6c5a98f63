"""What is wrong with a planner's file, where it stands, and the sentence that says so.

A problem knows a place, a key and a word of the catalogue; it does not know why a rule exists or how files are read.
"""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from simulator.words import say

Path = tuple[str | int, ...]
"""Keys from the top of a document down to one of its entries; numbers count items of a list from 0."""

_LONGEST_FOUND = 60
_MOST_SHOWN = 20


class Mark(NamedTuple):
    """A place in a file, counted from 1; line 0 where there is no text to point into."""

    file: str
    line: int
    column: int


class Position(NamedTuple):
    """Where an entry's key and where its value stands."""

    key: Mark
    value: Mark


class Plain(str):
    """Text shown as it stands; other text is shown in quotation marks."""

    __slots__ = ()


@dataclass(frozen=True)
class Phrase:
    """Part of a sentence that is itself in the reader's language."""

    word: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Problem:
    """One thing a planner has to put right (error) or should look at (warning).

    Attributes
    ----------
    file, line, column
        The place, counted from 1; line 0 where there is no text to point into.
    key
        The entry by dotted path, empty where it is the file as a whole.
    word
        Key of the sentence in the catalogue.
    values
        What the sentence is filled with; ``nearest`` adds "did you mean ...?".
    """

    file: str
    line: int
    column: int
    key: str
    word: str
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    severity: Literal["error", "warning"] = "error"

    def text(self, lang: str) -> str:
        """``file.yaml:12:23: channels.chat.open: sentence``."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return ": ".join(part for part in (place, shown(Plain(self.key), lang), self.sentence(lang)) if part)

    def sentence(self, lang: str) -> str:
        """What is wrong, what is allowed and what to do, without the place."""
        sentence = _said(self.word, self.values, lang)
        sentence = sentence[:1].upper() + sentence[1:]
        near = self.values.get("nearest")
        return f"{sentence} {_said('problem.did_you_mean', {'nearest': near}, lang)}" if near else sentence


class ScenarioError(Exception):
    """A scenario that cannot be used, with everything that is wrong with it.

    Attributes
    ----------
    problems
        All of them, sorted by file, line and column.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__(self.problems)

    def text(self, lang: str) -> str:
        """One line for every problem."""
        return "\n".join(problem.text(lang) for problem in self.problems)

    def __str__(self) -> str:
        return self.text("en")


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by place, each of them once."""
    unique: list[Problem] = []
    for problem in sorted(problems, key=lambda each: (each.file, each.line, each.column, each.key, each.word)):
        if problem not in unique[-20:]:
            unique.append(problem)
    return tuple(unique)


def dotted(path: Path) -> str:
    """A path as people read it."""
    return ".".join(map(str, path))


def problem_at(
    positions: Mapping[Path, Position],
    path: Path,
    word: str,
    *,
    at_key: bool = False,
    severity: Literal["error", "warning"] = "error",
    **values: Any,
) -> Problem:
    """A problem with the entry at ``path``; one that nobody wrote is pointed out at the key it would stand under."""
    written = path
    while written and written not in positions:
        written, at_key = written[:-1], True
    position = positions.get(written, Position(Mark("scenario", 0, 0), Mark("scenario", 0, 0)))
    mark = position.key if at_key else position.value
    return Problem(mark.file, mark.line, mark.column, dotted(path), word, values, severity)


def nearest(name: str, allowed: Iterable[str]) -> str | None:
    """The allowed name that ``name`` is most probably a misspelling of, if there is one."""
    by_lower = {each.lower(): each for each in allowed}
    found = difflib.get_close_matches(str(name)[:_LONGEST_FOUND].lower(), by_lower, n=1)
    return by_lower[found[0]] if found else None


def shown(value: Any, lang: str) -> str:
    """A value as part of a sentence: text in quotation marks, several as "a, b or c"."""
    if isinstance(value, Phrase):
        return _said(value.word, value.values, lang)
    if isinstance(value, Plain):
        return _printable(value)
    if isinstance(value, str):
        return say("problem.quoted", lang, text=_clipped(_printable(value)))
    if isinstance(value, float):
        number = f"{value:g}"
        return number.replace(".", ",") if lang == "nb" else number
    if isinstance(value, tuple):
        *first, last = [shown(each, lang) for each in value[:_MOST_SHOWN]] or [""]
        if len(value) > _MOST_SHOWN:
            return ", ".join([*first, last, "…"])
        return say("problem.either", lang, first=", ".join(first), last=last) if first else last
    return str(value)


def _said(word: str, values: Mapping[str, Any], lang: str) -> str:
    return say(word, lang, **{name: shown(value, lang) for name, value in values.items()})


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _clipped(text: str) -> str:
    return text if len(text) <= _LONGEST_FOUND else f"{text[:_LONGEST_FOUND]} …"
