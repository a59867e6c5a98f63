"""Plans compared, as a page and as tables for a spreadsheet: the answer in sentences first, then what it rests on."""

from collections.abc import Mapping
from typing import Any

from simulator.report import compared, numbers
from simulator.report.figures.compared import figure_names, figures
from simulator.report.page import Paper, Picture, Section, page
from simulator.service.keys import HOURS, KEY_COLUMNS, Key
from simulator.study.compare import Comparison, Difference
from simulator.study.comparing.pair_table import COUNTED, PairTable
from simulator.study.comparing.pairs import AT_SITE
from simulator.study.comparing.per_reached import PER_MORE, SAVED_PER_FEWER, PerReached
from simulator.study.estimates import rounded
from simulator.words import say

_REACHED = Key("persons_reached")


def files(found: Comparison, lang: str = "nb") -> dict[str, bytes]:
    """The page ``report.html`` and the figures beside it, by file name."""
    drawn = figures(found, lang)
    return {"report.html": page(_paper(found, lang), drawn, lang), **{f"figures/{k}": v for k, v in drawn.items()}}


def _paper(found: Comparison, lang: str) -> Paper:
    title = say("compare.page.title", lang, base=found.titles[found.base])
    sections = tuple(each for plan in found.plans for each in _sections(found, plan, lang))
    return Paper(title, lead(found, lang), sections, _facts(found, lang), sure(found, lang))


def lead(found: Comparison, lang: str) -> tuple[str, ...]:
    """Of each plan: how many more or fewer are reached, who gains and who loses, and what one more costs."""
    said = []
    for contacts, cost in zip(found.contacts, found.per_reached, strict=True):
        difference = found.get(contacts.plan, _REACHED)
        if difference is not None:
            said.append(" ".join([_answer(found, difference, contacts, lang), *_cost(cost, lang)]))
    return tuple(said)


def _answer(found: Comparison, each: Difference, contacts: PairTable, lang: str) -> str:
    kind, difference = compared.direction(each, contacts, lang)
    told = {
        "plan": found.titles[each.plan],
        "base": found.titles[found.base],
        "difference": difference,
        "gained": compared.yearly_text(contacts, "gained", lang),
        "lost": compared.yearly_text(contacts, "lost", lang),
    }
    return say(f"compare.lead.{kind}", lang, **told)


def _cost(cost: PerReached, lang: str) -> list[str]:
    key = {PER_MORE: "compare.lead.cost", SAVED_PER_FEWER: "compare.lead.saved"}.get(cost.kind)
    return [] if key is None else [say(key, lang, cost=compared.cost_text(cost, lang))]


def sure(found: Comparison, lang: str) -> tuple[str, ...]:
    """How sure that is."""
    kind = "worlds" if compared.is_over_worlds(found) else "one"
    return (say(f"compare.note.{kind}", lang), *compared.pairing_sentences(found, lang))


def _sections(found: Comparison, plan: str, lang: str) -> list[Section]:
    contacts = next(each for each in found.contacts if each.plan == plan)
    title = found.titles[plan]
    names = figure_names(found, plan)
    pictures = [Picture(name, say(f"compare.figure.{kind}.label", lang, plan=title)) for kind, name in names.items()]
    whom = (
        compared.contacts_table(found, contacts, lang),
        compared.hours_table(found, contacts, lang),
        compared.sites_table(found, contacts, lang),
    )
    return [
        Section(
            say("compare.section.differences", lang, plan=title),
            figures=tuple(pictures),
            tables=(compared.plan_table(found, plan, lang),),
        ),
        Section(say("compare.section.contacts", lang, plan=title), tables=whom),
        Section(
            say("compare.section.consequences", lang, plan=title),
            tables=(compared.consequences_table(found, plan, lang),),
        ),
    ]


def _facts(found: Comparison, lang: str) -> tuple[tuple[str, str], ...]:
    made = found.manifests[found.base]
    plans = [
        (say(f"compare.page.facts.{'base' if name == found.base else 'plan'}", lang), f"{name} · {each['fingerprint']}")
        for name, each in found.manifests.items()
    ]
    numbers_ = {"years": found.contacts[0].years, "worlds": made["worlds"], "seed": made["seed"]}
    told = [(say(f"compare.page.facts.{name}", lang), numbers.number(value, lang)) for name, value in numbers_.items()]
    return (*plans, *told, (say("compare.page.facts.version", lang), str(made["version"])))


# --- for a spreadsheet -------------------------------------------------------------------------------------------

Spread = Mapping[str, tuple[list[str], list[list[Any]]]]
"""Name -> column names and rows."""


def spread(found: Comparison) -> Spread:
    """Every number of the comparison as tables of plain numbers."""
    return {
        "differences": _differences(found),
        "contacts": _contacts(found),
        "contacts_by_hour": _by_hour(found),
        "contacts_by_site": _by_site(found),
        "consequences": _consequences(found),
    }


_CHANGE = ("mean", "low", "high", "year_low", "year_high", "noise")


def _differences(found: Comparison) -> tuple[list[str], list[list[Any]]]:
    columns = ["plan", *KEY_COLUMNS, "base", "other", *_CHANGE, "share_of_worlds_better", "variance_ratio", "unit"]
    rows = [
        [
            each.plan,
            *(getattr(each.key, name) for name in KEY_COLUMNS),
            *map(rounded, (each.base, each.other)),
            *(rounded(getattr(each.change, name)) for name in _CHANGE),
            *map(rounded, (each.share_of_worlds_better, each.variance_ratio)),
            each.change.unit,
        ]
        for each in found.differences
    ]
    return columns, rows


def _contacts(found: Comparison) -> tuple[list[str], list[list[Any]]]:
    rows = [
        [each.plan, kind, *map(rounded, _ends(each, kind)), each.total(kind), each.years]
        for each in found.contacts
        for kind in COUNTED
    ]
    return ["plan", "kind", "per_year", "low", "high", "total", "years"], rows


def _ends(each: PairTable, kind: str) -> tuple[float, float, float]:
    yearly = each.yearly[kind]
    return yearly.mean, yearly.low, yearly.high


def _by_hour(found: Comparison) -> tuple[list[str], list[list[Any]]]:
    rows = [
        [each.plan, hour, *(each.by_hour[kind][place] for kind in COUNTED), each.years]
        for each in found.contacts
        for place, hour in enumerate(HOURS)
    ]
    return ["plan", "hour", *COUNTED, "years"], rows


def _by_site(found: Comparison) -> tuple[list[str], list[list[Any]]]:
    rows = [
        [each.plan, found.sites.get(site, site), *(counts[kind] for kind in AT_SITE), each.years]
        for each in found.contacts
        for site, counts in each.by_site.items()
    ]
    return ["plan", "site", *AT_SITE, "years"], rows


def _consequences(found: Comparison) -> tuple[list[str], list[list[Any]]]:
    columns = ["plan", "side", "event", "events", "per_chats", "chats_per_year", "expected", "low", "high"]
    rows = [
        [each.plan, each.side, each.event, each.events, each.per_chats]
        + [rounded(value) for value in (each.chats.mean, each.expected, each.low, each.high)]
        for each in found.consequences
    ]
    return columns, rows
