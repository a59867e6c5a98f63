"""Counts of a year are said to be a year's, those of any other period the period's: in tables, sentences, figures."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from string import Formatter
from typing import Any

import numpy as np
import pytest
from matplotlib.text import Text

from simulator.report import sentences, tables
from simulator.report.figures import whole as drawing
from simulator.report.html import html
from simulator.report.span import FORMS, SPANS, say_spanned, span_of
from simulator.study.estimates import Estimates, Key, Result
from simulator.words import LANGUAGES, catalogue

OF_A_YEAR = {"nb": re.compile(r"\b(år|året|årets)\b|snittår", re.I), "en": re.compile(r"\b(years?|annual)\b", re.I)}
OF_THE_PERIOD = {"nb": "i perioden", "en": "in the period"}
PER_YEAR = {"nb": "per år", "en": "per year"}
DRAWINGS = (drawing.draw_hours, drawing.draw_week, drawing.draw_sites)


class Words(HTMLParser):
    """The text of a page and of the labels in it."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.text: list[str] = []
        self.feed(page.decode())

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += [value or "" for name, value in attrs if name == "aria-label"]


def plainly(result: Result, **manifest: Any) -> Result:
    """The result without a planner's own words and sources, which may say what they like of years."""
    scenario = result.scenario | {"title": "x", "why": "", "expect": None}
    return replace(result, scenario=scenario, manifest=result.manifest | {"assumptions": [], **manifest})


def page(result: Result, drawn: dict[str, bytes], lang: str) -> str:
    return " ".join(" ".join(Words(html(result, drawn, lang)).text).split())


def texts_of(result: Result, lang: str) -> Iterator[str]:
    """All that the figures say, axes and captions too, a wrapped caption as one line."""
    for draw in DRAWINGS:
        figure = draw(result, lang)
        assert figure is not None
        yield from (" ".join(each.get_text().split()) for each in figure.findobj(Text))


def test_the_span_is_read_off_the_units(result, fortnight):
    assert (span_of(result), span_of(fortnight)) == SPANS
    keys = (Key("occupancy"), Key("answered_peak_day", "chat"), Key("persons"))
    mixed = Estimates(keys, ("share", "contacts/day", "persons/year"), np.zeros((3, 6)))
    assert span_of(replace(result, measures=mixed)) == "year"


def test_a_result_without_counts_claims_no_year(result):
    nothing = replace(result, measures=Estimates((Key("occupancy"),), ("share",), np.zeros((1, 6))))
    assert span_of(nothing) == "period"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("manifest", [{"replications": 1}, {"replications": 3}, {}, {"worlds": 30}])
def test_the_document_of_a_period_never_speaks_of_a_year(fortnight, drawn, lang, manifest):
    text = page(plainly(fortnight, **manifest), drawn, lang)
    assert OF_THE_PERIOD[lang] in text
    assert [text[each.start() - 40 : each.end() + 40] for each in OF_A_YEAR[lang].finditer(text)] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_document_of_a_year_speaks_of_a_year(result, drawn, lang):
    text = page(plainly(result), drawn, lang)
    assert PER_YEAR[lang] in text and OF_A_YEAR[lang].search(text)
    assert OF_THE_PERIOD[lang] not in text.replace({"nb": "timer i perioden", "en": "hours in the period"}[lang], "")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_figures_speak_of_the_same_span(result, fortnight, lang):
    of_period, of_year = ("\n".join(texts_of(plainly(each), lang)) for each in (fortnight, result))
    assert of_period.count(OF_THE_PERIOD[lang]) == of_year.count(PER_YEAR[lang]) == 6
    assert not OF_A_YEAR[lang].search(of_period)


def test_one_of_many_periods_is_called_so(result, fortnight):
    heads = [column.head for column in tables.staffing_table(fortnight, "nb").columns]
    assert heads == ["Nøkkeltall", "Snitt", "I én enkelt periode"]
    assert tables.persons_table(fortnight, "nb").columns[-1].head == "Ubesvart i én enkelt periode"
    assert tables.persons_table(result, "nb").columns[-1].head == "Ubesvart i ett enkelt år"
    assert sentences.answer(fortnight, "nb")[0].startswith(
        "Av 50\u00a0000 hjelpesøk på chat og telefon i løpet av perioden"
    )
    assert "Hva én enkelt periode gir, varierer: i ni av ti blir det" in " ".join(sentences.certainty(fortnight, "nb"))


def test_every_form_has_its_words_and_is_used(result):
    for span in SPANS:
        assert {f"span.{span}.{form}" for form in FORMS} <= set(catalogue())
    for lang in LANGUAGES:
        names = {name for entry in catalogue().values() for _, name, *_ in Formatter().parse(entry[lang])}
        assert set(FORMS) <= names
    assert say_spanned(result, "table.one_year", "en") == "In a single year"
