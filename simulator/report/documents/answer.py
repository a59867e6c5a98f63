"""What a results folder held, as plain data, and what is said where it cannot be reported. Knows no kind of answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from simulator.study.estimates import Result
from simulator.words import say

RUN = "run"
KINDS = (RUN, "compare", "explain", "cost", "staff", "roster", "hours", "sweep")
"""Kinds of results; but for `RUN` each folder holds ``<kind>.json``."""
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
    page
        Its page as it was made, empty where there is none.
    figures
        Its figures by file name, as they were made.
    tables
        The tables beside it by name.
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
