"""What a results folder held, as plain data, and what is said where it cannot be reported. Knows no kind of answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.study.estimates import Result
from simulator.words import say

RUN = "run"
KINDS = (RUN, "compare", "explain", "cost", "staff", "roster", "hours", "sweep")
"""Kinds of results; but for `RUN` each folder holds ``<kind>.json``."""
TOLD_BY_PAGE = {
    "explain": ("parts",),
    "cost": ("figures", "roster"),
    "staff": ("half_hours", "requirement"),
    "roster": ("rules", "duties", "cover"),
    "sweep": ("table",),
}
"""Kinds of which the page is read back, and our own tables beside it: a planner's files in the folder are not taken."""
Rows = tuple[Sequence[str], Sequence[Sequence[Any]]]
"""Names of columns, and rows of texts, numbers and None."""


@dataclass(frozen=True)
class Answer:
    """One result.

    Attributes
    ----------
    kind
        One of `KINDS`.
    name
        Of the folder or file, as a person would type it.
    document
        What ``--json`` printed.
    result
        Of a run: the whole long table.
    page, figures, tables
        Of a kind that is told by its page: the page as it was made, its figures by file name, the tables beside it by
        name. Empty where there are none.
    """

    kind: str
    name: str
    document: Mapping[str, Any]
    result: Result | None = None
    page: str = ""
    figures: Mapping[str, bytes] = field(default_factory=dict)
    tables: Mapping[str, Rows] = field(default_factory=dict)


class ReportError(ValueError):
    """A result of which no document can be made; `text` tells a planner why and what to do.

    Parameters
    ----------
    key
        Of the sentence, after ``report.error.``.
    values
        What it names.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(say(f"report.error.{key}", "en", **values))
        self._key, self._values = key, values

    def text(self, lang: str) -> str:
        """The message in one language."""
        return say(f"report.error.{self._key}", lang, **self._values)
