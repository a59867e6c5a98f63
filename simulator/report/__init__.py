"""What a result says to people: tables for the terminal, figures, and the document, in bokmål and in English.

Nothing here computes a figure: it chooses, rounds, withholds what is too small, and puts into words. Writing files is
`store`'s work, printing the caller's.
"""

from simulator.study.estimates import Result

DOCUMENT = "report.html"


def report(result: Result, lang: str = "nb") -> dict[str, bytes]:
    """The document and its figures, by file name: ``report.html``, ``figures/<name>.svg``, ``figures/<name>.png``."""
    from simulator.report.figures import figures
    from simulator.report.html import html

    drawn = figures(result, lang)
    return {DOCUMENT: html(result, drawn, lang), **{f"figures/{name}": content for name, content in drawn.items()}}
