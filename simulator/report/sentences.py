"""The answer in sentences: what a run gives, how sure it is, and what its figures cannot tell.

Sentences only choose and join words of the catalogue with figures of the result; tables are `tables`' work.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from simulator.report import numbers
from simulator.report.hours import in_words
from simulator.report.span import say_spanned
from simulator.report.tables import (
    LIVE,
    STATUSES,
    assumptions_of,
    cell,
    find,
    knows_single_years,
    unsourced_of,
    years_simulated,
)
from simulator.study.estimates import Estimate, Result
from simulator.words import MissingWordError, say

_LIMITS = ("answered", "apart", "closed", "hours", "child", "lost")


def answer(result: Result, lang: str) -> tuple[str, ...]:
    """What the run gives: persons first, then attempts on chat and on phone."""
    persons = {name: find(result, name) for name in ("persons", "persons_reached", "unanswered")}
    sentences = []
    if persons["persons"] is not None:
        counts = {name: cell(each, lang, ends=name == "unanswered") for name, each in persons.items()}
        words = {"persons": counts["persons"], "reached": counts["persons_reached"], "unanswered": counts["unanswered"]}
        sentences.append(say_spanned(result, "answer.persons", lang, **words))
    for channel in LIVE:
        if find(result, "met_open", channel=channel) is not None:
            shown = ("answered", "met_open", "met_closed")
            words = {name: cell(find(result, name, channel=channel), lang, ends=False) for name in shown}
            share = cell(find(result, "answered_share_of_open", channel=channel), lang)
            sentences.append(say(f"answer.{channel}", lang, share=share, **words))
    return tuple(sentences)


def certainty(result: Result, lang: str) -> tuple[str, ...]:
    """How sure the figures are: what the intervals hold, what a year may bring, and what is only assumed."""
    sentences = [_intervals(result, lang)]
    unanswered = find(result, "unanswered")
    if unanswered is not None and knows_single_years(result):
        span = numbers.year_span(unanswered.year_low, unanswered.year_high, lang, unanswered.unit)
        if span != numbers.MISSING:
            sentences.append(say_spanned(result, "sure.year", lang, span=span))
    if unanswered is not None and unanswered.share_worlds == unanswered.share_worlds:  # not nan: many worlds
        sentences.append(_split(result, unanswered, lang))
    return (*sentences, *_foundation(result, lang))


def _split(result: Result, estimate: Estimate, lang: str) -> str:
    """The median over worlds, and the variance of one future year split over its three layers."""
    parts = {"worlds": estimate.share_worlds, "years": estimate.share_years, "noise": estimate.share_noise}
    decimals = 1 if min(parts.values()) < 0.01 else 0
    shares = {name: numbers.percent(share, lang, decimals) for name, share in parts.items()}
    median = numbers.rounded(estimate.median, estimate.low, estimate.high, lang)
    return say_spanned(result, "sure.split", lang, median=median, **shares)


def _foundation(result: Result, lang: str) -> tuple[str, ...]:
    """How many of the figures are assumed, and how many do not say where they come from."""
    counts = {"assumed": len(assumptions_of(result, "assumed")), "unsourced": len(unsourced_of(result))}
    total = len(result.manifest.get("assumptions", ())) + counts["unsourced"]
    told = [name for name, count in counts.items() if count] or ["assumed"]
    return tuple(say(f"sure.{name}", lang, total=total, **counts) for name in told if total)


def _intervals(result: Result, lang: str) -> str:
    """What the figures in parentheses mean: many worlds, many years of one world, or none."""
    worlds, replications = (int(result.manifest.get(key, 1)) for key in ("worlds", "replications"))
    if worlds > 1:
        return say("sure.worlds", lang, worlds=numbers.number(worlds, lang))
    if replications > 1:
        return say_spanned(result, "sure.noise", lang, replications=numbers.number(replications, lang))
    return say_spanned(result, "sure.one_year", lang)


def limits(lang: str) -> tuple[str, ...]:
    """What the figures cannot tell."""
    return tuple(say(f"limit.{name}", lang) for name in _LIMITS)


def method(result: Result, lang: str) -> str:
    """How the figures are made."""
    replications = numbers.number(years_simulated(result), lang)
    return say_spanned(result, "document.method", lang, replications=replications)


def what_was_run(result: Result, lang: str) -> tuple[tuple[str, str], ...]:
    """Name and text: why, what was expected, the period, and the opening hours of each channel."""
    scenario = result.scenario
    facts = [(say("document.why", lang), str(scenario["why"]))] if scenario.get("why") else []
    if scenario.get("expect"):
        facts.append((say("document.expect", lang), expected(scenario["expect"], lang)))
    if result.manifest.get("period"):
        facts.append((say("document.period", lang), period(result.manifest["period"], lang)))
    hours = scenario.get("open_hours", {})
    for channel, week in scenario.get("open_windows", {}).items():
        text = in_words(week, lang)
        if channel in hours:
            text = say("document.open_hours", lang, week=text, hours=numbers.number(hours[channel], lang))
        facts.append((say("document.open", lang, channel=say(f"channel.{channel}", lang)), text))
    return tuple(facts)


def expected(expect: Mapping[str, Any], lang: str) -> str:
    """Which figures were expected to move which way, against which scenario."""
    moves = [
        say(f"document.expect.{way}", lang, figures=", ".join(_figure_name(each, lang) for each in expect[way]))
        for way in ("up", "down")
        if expect.get(way)
    ]
    return say("document.expect.than", lang, than=expect["than"], moves="; ".join(moves))


def _figure_name(figure: str, lang: str) -> str:
    """``answered chat`` in words, such as «besvart (chat)»; as it stands where there are no words for it."""
    measure, _, channel = figure.partition(" ")
    try:
        name = say(f"measure.{measure}", lang)
        place = f" ({say(f'channel.{channel}', lang)})" if channel else ""
    except MissingWordError:
        return figure
    return f"{name[0].lower()}{name[1:]}{place}"


def period(value: Any, lang: str) -> str:
    """A period in words, from a mapping with first_day and last_day, or as it stands."""
    if not isinstance(value, Mapping):
        return str(value)
    first, last = (numbers.day(_date(value[key]), lang) for key in ("first_day", "last_day"))
    return say("document.span", lang, first=first, last=last)


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def run_facts(result: Result, lang: str) -> tuple[tuple[str, str], ...]:
    """Name and text of everything that is needed to make the same figures again."""
    libraries = result.manifest.get("libraries", {})
    values = {
        "scenario": result.scenario["name"],
        "fingerprint": result.scenario["fingerprint"],
        "seed": result.manifest["seed"],
        "replications": numbers.number(result.manifest["replications"], lang),
        "worlds": result.manifest.get("worlds"),
        "engine": result.manifest["engine"],
        "version": result.manifest["version"],
        "commit": result.manifest.get("commit"),
        "libraries": ", ".join(f"{name} {version}" for name, version in sorted(libraries.items())),
    }
    known = {key: str(value) for key, value in values.items() if value not in (None, "")}
    return tuple((say_spanned(result, f"document.{key}", lang), text) for key, text in known.items())


def other_statuses(result: Result, lang: str) -> str:
    """How many figures are better founded than assumed, in one sentence; empty where there are none."""
    counts = [
        say("table.status_count", lang, count=count, status=say(f"status.{status}", lang))
        for status in STATUSES[1:]
        if (count := len(assumptions_of(result, status)))
    ]
    return say("table.other_statuses", lang, counts=", ".join(counts)) if counts else ""
