"""What a result says to people: tables for the terminal, figures, and the document, in bokmål and in English.

Nothing here computes a figure: it chooses, rounds, withholds what is too small, and puts into words. Writing files is
`store`'s work, printing the caller's.
"""

import sys
from types import ModuleType

from simulator.study.estimates import Result

DOCUMENT = "report.html"


def report(result: Result, lang: str = "nb") -> dict[str, bytes]:
    """The document and its figures, by file name: ``report.html``, ``figures/<name>.svg``, ``figures/<name>.png``."""
    from simulator.report.figures import figures
    from simulator.report.html import html

    drawn = figures(result, lang)
    return {DOCUMENT: html(result, drawn, lang), **{f"figures/{name}": content for name, content in drawn.items()}}


class _Room(ModuleType):
    """Lets ``from simulator import report`` be called, though the name is also this room's."""

    def __call__(self, result: Result, lang: str = "nb") -> dict[str, bytes]:
        return report(result, lang)


sys.modules[__name__].__class__ = _Room
