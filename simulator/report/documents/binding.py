"""Answers bound into one document, and written in the formats that are asked for.

The only module that knows every kind of answer and every format; each is imported where it is needed.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from simulator.report.documents.answer import RUN, Answer, ReportError
from simulator.report.documents.asked import Asked, asked_of
from simulator.report.documents.part import Part
from simulator.report.documents.template import Template
from simulator.words import MissingWordError, say

Read = TypeVar("Read")


def part_of(answer: Answer, lang: str) -> Part:
    """An answer as a part of a document.

    Raises
    ------
    ReportError
        If no part can be made of it.
    """
    asked = _read(answer, lambda: asked_of(answer))
    make = {RUN: _run, "compare": _comparison, "hours": _hours, "sweep": _sweep}.get(answer.kind, _any)
    return _read(answer, lambda: make(answer, asked, lang))


def _read(answer: Answer, read: Callable[[], Read]) -> Read:
    """What is made of a document that somebody may have changed."""
    try:
        return read()
    except (ReportError, MissingWordError):
        raise
    except KeyError as error:
        raise ReportError("lacks", path=answer.name, lacking=error.args[0] if error.args else "") from error
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise ReportError("unreadable", path=answer.name, reason=f"{type(error).__name__}: {error}") from error


def _run(answer: Answer, asked: Asked, lang: str) -> Part:
    from simulator.report.documents.of_run import run_part

    if answer.result is None:
        raise ReportError("lacks", path=answer.name, lacking="measures")
    return run_part(answer.result, asked, lang)


def _comparison(answer: Answer, asked: Asked, lang: str) -> Part:
    from simulator.report.documents.of_comparison import comparison_part, site_names
    from simulator.report.documents.readers import comparison

    found = comparison(answer.document, site_names(asked))
    return comparison_part(found, asked, lang)


def _hours(answer: Answer, asked: Asked, lang: str) -> Part:
    from simulator.report import best_hours_page
    from simulator.report.documents.of_any import paper_part
    from simulator.report.documents.readers import best_hours
    from simulator.report.figures.best_hours import figures

    found = best_hours(answer.document)
    paper, tables = best_hours_page.paper(found, lang), best_hours_page.answer_tables(found, lang)
    return paper_part(paper, figures(found, lang), tables, asked, lang)


def _sweep(answer: Answer, asked: Asked, lang: str) -> Part:
    if "factors" not in answer.document:  # made before a sweep told what it varied
        return _any(answer, asked, lang)
    from simulator.report import swept as told
    from simulator.report.documents.of_any import paper_part
    from simulator.report.documents.read_sweep import swept
    from simulator.report.figures.swept import figures

    found = swept(answer.document)
    drawn, listed = figures(found, lang)
    return paper_part(told.paper(found, listed, lang), drawn, told.spread(found), asked, lang)


def _any(answer: Answer, asked: Asked, lang: str) -> Part:
    from simulator.report.documents.of_any import page_part

    return page_part(answer, asked, lang)


def bind(
    answers: Sequence[Answer], formats: Sequence[str], lang: str = "nb", template: Template | None = None
) -> dict[str, bytes]:
    """The document of some answers, each a part, in each of the formats.

    Parameters
    ----------
    formats
        Of `simulator.report.documents.FORMATS`.
    template
        For Word; None: our own.

    Returns
    -------
    dict
        Content by format.

    Raises
    ------
    ReportError
        If an answer cannot be reported, or the template cannot be filled.
    """
    parts = [part_of(answer, lang) for answer in answers]
    title = parts[0].paper.title if len(parts) == 1 else say("document.several", lang, count=len(parts))
    return {each: _written(each, parts, title, lang, template) for each in formats}


def _written(kind: str, parts: Sequence[Part], title: str, lang: str, template: Template | None) -> bytes:
    if kind == "html":
        from simulator.report.page import pages

        return pages([(each.paper, each.figures) for each in parts], title, lang)
    if kind == "xlsx":
        from simulator.report.documents.excel import excel

        return excel(parts, title, lang)
    if kind == "docx":
        from simulator.report.documents.word import word

        return word(parts, title, lang, template)
    from simulator.report.documents.pdf import pdf

    return pdf(parts, title, lang)
