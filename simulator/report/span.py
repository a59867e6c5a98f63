"""What the counts of a result are counted over, in words: a year, or the scenario's period where that is no year.

The only module of the report that asks. It reads the units of the long table and knows nothing of dates; a sentence
of the catalogue that speaks of the span has the forms below as its ``{names}``.
"""

from typing import Any

from simulator.study.estimates import Result
from simulator.words import say

SPANS = ("year", "period")
FORMS = ("per", "during", "one", "single", "many", "the")
"""As in: persons *per year*, tried *in a year*, only *one year*, *a single year*, 20 *years*, through *the year*."""


def span_of(result: Result) -> str:
    """``year`` or ``period``, by the unit of the first count; a period where there is none: a year is one too."""
    for key in result.measures:
        span = result.measures[key].unit.partition("/")[2]
        if span in SPANS:
            return span
    return "period"


def say_spanned(result: Result, key: str, lang: str, **values: Any) -> str:
    """The sentence of ``key`` as `say` gives it, with what the result counts over filled in where it speaks of it."""
    span = span_of(result)
    return say(key, lang, **{form: say(f"span.{span}.{form}", lang) for form in FORMS}, **values)
