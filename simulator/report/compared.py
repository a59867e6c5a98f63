"""Plans compared, as tables: what each gives beside the base, how sure that is, and whom it concerns."""

from math import ceil, floor, isfinite
from typing import Any

from simulator.evidence import evidence
from simulator.report import numbers
from simulator.report.tables import Column, Table, channel_name, small_note
from simulator.service.keys import ALL, HOURS, Key
from simulator.study.compare import Comparison, Difference, Saving
from simulator.study.comparing.consequences import CAVEAT, EVENTS, SIDES, Consequence
from simulator.study.comparing.pair_table import CHANGED, NONE, PairTable
from simulator.study.comparing.per_reached import PER_MORE, SAVED_PER_FEWER, UNKNOWN, PerReached
from simulator.words import say

SHOWN = (
    Key("persons_reached"),
    Key("unanswered"),
    Key("answered", "chat"),
    Key("answered_share_of_open", "chat"),
    Key("met_closed", "chat"),
    Key("abandoned", "chat"),
    Key("wait_mean_min", "chat"),
    Key("answered", "phone"),
    Key("answered_share_of_open", "phone"),
    Key("phoned_instead", "chat"),
    Key("staffed_hours"),
    Key("cost_nok"),
)
"""Figures that are shown, whole years only, totals before ratios."""
OF_CONTACTS = (
    *("both", "waited_longer", "waited_shorter", "answered_elsewhere", "other_channel", "other_site"),
    *("gained", "lost", "neither", "still_out", "new", "new_unreached", "gone", "gone_unreached"),
    *("chats_gained", "chats_from_phone", "chats_lost", "chats_to_phone"),
)
"""Rows of the contact-by-contact table; persons of one plan alone only where there are any."""
_OF_HOURS = ("both", "gained", "lost", "neither", "waited_longer", "waited_shorter", "answered_elsewhere")
_OF_SITES = ("stayed", "moved_in", "moved_out", "gained", "lost")
_ALONE = ("new", "gone")
_FULL_RATIO = 10.0
"""From here on a ratio is written without decimals."""
_LEAST = 0.01
"""Expected numbers below this are not written."""
_FEW = "events/occasion"
"""A unit of which decimals are written, as far as the interval supports them."""


# --- figures of both, and their difference -----------------------------------------------------------------------


def comparison_tables(found: Comparison, lang: str) -> tuple[Table, ...]:
    """One table for each plan."""
    return tuple(plan_table(found, plan, lang) for plan in found.plans)


def shown_of(found: Comparison, plan: str) -> list[Difference]:
    """The differences that are shown of a plan."""
    return [each for key in SHOWN if (each := found.get(plan, key)) is not None]


def plan_table(found: Comparison, plan: str, lang: str) -> Table:
    """Key figures of base and plan, their difference, and in how many worlds the plan is the better."""
    over_worlds = is_over_worlds(found)
    heads = ["measure", "base", "plan", "difference", *(["better"] if over_worlds else [])]
    columns = [Column(say(f"compare.column.{name}", lang), is_figure=name != "measure") for name in heads]
    rows = [_row(each, over_worlds, lang) for each in shown_of(found, plan)]
    cost = next(each for each in found.per_reached if each.plan == plan)
    note = say(f"compare.note.{'worlds' if over_worlds else 'one'}", lang)
    if cost.kind != UNKNOWN:
        rows.append(_cost_row(cost, len(heads), lang))
    return Table(caption(found, plan, "compare.caption", lang), tuple(columns), tuple(rows), note)


def is_over_worlds(found: Comparison) -> bool:
    """Whether the intervals are over worlds."""
    return any(each["worlds"] > 1 for each in found.manifests.values())


def caption(found: Comparison, plan: str, key: str, lang: str) -> str:
    """A sentence about a plan and the base."""
    return say(key, lang, plan=found.titles[plan], base=found.titles[found.base])


def figure_name(key: Key, lang: str) -> str:
    """A key figure's name, with its channel."""
    name = say(f"measure.{key.measure}", lang)
    return name if key.channel == ALL else f"{name} ({channel_name(key.channel, lang).lower()})"


def _row(each: Difference, over_worlds: bool, lang: str) -> tuple[str, ...]:
    change = each.change
    # base and plan are known as well as their difference needs: no more digits than that supports
    half = max(change.high - change.low, 0.02 * abs(each.base)) / 2
    sides = [numbers.rounded(side, side - half, side + half, lang, change.unit) for side in (each.base, each.other)]
    better = [_share(each.share_of_worlds_better, lang)] if over_worlds else []
    return (figure_name(each.key, lang), *sides, difference_text(each, lang), *better)


def difference_text(each: Difference, lang: str) -> str:
    """A difference and its interval."""
    change = each.change
    return numbers.change(change.mean, change.low, change.high, lang, change.unit)


def direction(each: Difference, contacts: PairTable, lang: str) -> tuple[str, str]:
    """Which way a difference goes, and how it is written then: without its sign where the words say it.

    The way is ``more``, ``fewer``, ``equal``, ``unsure``, or ``unpaired`` where the plans have no persons in common.
    """
    change = each.change
    if contacts.shares_demand == NONE:
        return "unpaired", difference_text(each, lang)
    if not change.mean and not change.noise:
        return "equal", difference_text(each, lang)
    if change.high < 0:
        return "fewer", numbers.change(-change.mean, -change.high, -change.low, lang, change.unit)
    return "more" if change.low > 0 else "unsure", difference_text(each, lang)


def _share(share: float, lang: str) -> str:
    return numbers.percent(share, lang) if share == share else numbers.MISSING


def _cost_row(cost: PerReached, columns: int, lang: str) -> tuple[str, ...]:
    empty = [numbers.MISSING] * (columns - 4)
    return (say(f"compare.per_reached.{cost.kind}", lang), *[numbers.MISSING] * 2, cost_text(cost, lang), *empty)


def cost_text(cost: PerReached, lang: str) -> str:
    """Kroner for one person, with the interval; nothing where there is no such figure."""
    if cost.kind not in (PER_MORE, SAVED_PER_FEWER):
        return numbers.MISSING
    return numbers.interval(cost.mean, cost.low, cost.high, lang, "NOK")


# --- person by person --------------------------------------------------------------------------------------------


def contacts_table(found: Comparison, contacts: PairTable, lang: str) -> Table:
    """What becomes of whom: means per year with their intervals, and totals over all simulated years."""
    kinds = [kind for kind in OF_CONTACTS if contacts.total(kind) or not _is_alone(kind)]
    rows = tuple(
        (
            say(f"compare.contacts.kind.{kind}", lang),
            yearly_text(contacts, kind, lang),
            numbers.number(contacts.total(kind), lang),
        )
        for kind in kinds
    )
    years = numbers.number(contacts.years, lang)
    heads = ("kind", "year", "total")
    columns = [
        Column(say(f"compare.contacts.column.{name}", lang, years=years), is_figure=name != "kind") for name in heads
    ]
    return Table(
        caption(found, contacts.plan, "compare.contacts.caption", lang),
        tuple(columns),
        rows,
        _contacts_note(found, contacts, lang),
    )


def _is_alone(kind: str) -> bool:
    return kind.startswith(_ALONE)


def yearly_text(contacts: PairTable, kind: str, lang: str) -> str:
    """Persons (or chats) of a kind in an expected year, with the interval."""
    each = contacts.yearly[kind]
    return numbers.interval(each.mean, max(each.low, 0.0), each.high, lang, each.unit)


def interval_name(found: Comparison, lang: str) -> str:
    """What the intervals are over."""
    return say(f"compare.contacts.interval.{'worlds' if is_over_worlds(found) else 'one'}", lang)


def _contacts_note(found: Comparison, contacts: PairTable, lang: str) -> str:
    longer, shorter = (
        numbers.as_written(float(f"{minutes:.2g}"), lang, "min") if minutes == minutes else numbers.MISSING
        for minutes in map(contacts.change_min, ("waited_longer", "waited_shorter"))
    )
    interval = interval_name(found, lang)
    return say("compare.contacts.note", lang, interval=interval, longer=longer, shorter=shorter)


def hours_table(found: Comparison, contacts: PairTable, lang: str) -> Table:
    """Persons by the hour of the first attempt; small counts are not written."""
    kinds = (*_OF_HOURS, *(kind for kind in _ALONE if contacts.total(kind)))
    rows = tuple(
        (numbers.clock_hour(place), *(_cell(contacts.by_hour[kind][place], contacts.years, lang) for kind in kinds))
        for place in range(len(HOURS))
    )
    note = f"{say('compare.contacts.note_hours', lang)} {small_note(lang)}"
    return Table(
        caption(found, contacts.plan, "compare.contacts.hours", lang), _heads("hour", kinds, lang), rows, note
    )  # fmt: skip


def sites_table(found: Comparison, contacts: PairTable, lang: str) -> Table:
    """Persons by the site that answered; small counts are not written."""
    kinds = (*_OF_SITES, *(kind for kind in _ALONE if contacts.total(kind)))
    rows = tuple(
        (found.sites.get(site, site), *(_cell(counts[kind], contacts.years, lang) for kind in kinds))
        for site, counts in contacts.by_site.items()
        if any(counts.values())
    )
    note = f"{say('compare.contacts.note_sites', lang)} {small_note(lang)}"
    return Table(
        caption(found, contacts.plan, "compare.contacts.sites", lang), _heads("site", kinds, lang), rows, note
    )  # fmt: skip


def _heads(first: str, kinds: tuple[str, ...], lang: str) -> tuple[Column, ...]:
    named = (Column(say(f"compare.contacts.short.{kind}", lang)) for kind in kinds)
    return (Column(say(f"compare.contacts.column.{first}", lang), is_figure=False), *named)


def _cell(total: int, years: int, lang: str) -> str:
    mean = total / years
    return numbers.suppressed(lang) if numbers.is_small(mean) else numbers.number(mean, lang)


# --- what may lie behind -----------------------------------------------------------------------------------------


def consequences_table(found: Comparison, plan: str, lang: str) -> Table:
    """Expected numbers behind the chats gained and lost, each with its interval."""
    mine = {(each.side, each.event): each for each in found.consequences if each.plan == plan}
    rows = tuple(
        (
            say(f"compare.consequence.event.{event}", lang),
            _published(mine["gained", event].events, mine["gained", event].per_chats, lang),
            *(_expected(mine[side, event], lang) for side in SIDES),
        )
        for event in EVENTS
    )
    chats = {side: yearly_text(_contacts(found, plan), kind, lang) for side, kind in SIDES.items()}
    heads = [
        Column(say(f"compare.consequence.column.{name}", lang, chats=chats.get(name, "")), is_figure=name != "event")
        for name in ("event", "published", *SIDES)
    ]
    note = f"{say('compare.consequence.note', lang)} {caveat(lang)}"
    return Table(caption(found, plan, "compare.consequence.caption", lang), tuple(heads), rows, note)


def _contacts(found: Comparison, plan: str) -> PairTable:
    return next(each for each in found.contacts if each.plan == plan)


# --- what pairing brings -----------------------------------------------------------------------------------------


def pairing_sentences(found: Comparison, lang: str) -> tuple[str, ...]:
    """Of each plan: whether persons can be paired, and what that saves."""
    said = []
    for contacts in found.contacts:
        if contacts.shares_demand in (CHANGED, NONE):
            said.append(_demand(found, contacts, lang))
        if contacts.shares_demand != NONE:
            said += [_saving(found, each, lang) for each in found.savings if each.plan == contacts.plan]
    return (*said, *precision_sentences(found, lang))


def _demand(found: Comparison, contacts: PairTable, lang: str) -> str:
    alone = sum(contacts.mean(kind) for kind in OF_CONTACTS if _is_alone(kind))
    shared = sum(contacts.mean(kind) for kind in ("both", "gained", "lost", "neither", "still_out"))
    told = {"shared": numbers.number(shared, lang), "all": numbers.number(shared + alone, lang)}
    return say(f"compare.pairing.{contacts.shares_demand}", lang, plan=found.titles[contacts.plan], **told)


def _saving(found: Comparison, each: Saving, lang: str) -> str:
    told = {"plan": found.titles[each.plan], "figure": figure_name(each.key, lang)}
    if each.years_unpaired == each.years_unpaired:
        ratio = numbers.number(each.variance_ratio, lang, 0 if each.variance_ratio >= _FULL_RATIO else 1)
        years = {"years": numbers.number(each.years, lang), "unpaired": numbers.number(each.years_unpaired, lang, -1)}
        return say("compare.pairing.saves", lang, ratio=ratio, **told, **years)
    difference = found.get(each.plan, each.key)
    if difference is None or difference.change.noise != 0:
        return say("compare.pairing.unknown", lang, **told)
    return say(f"compare.pairing.{'constant' if difference.change.mean else 'equal'}", lang, **told)


def precision_sentences(found: Comparison, lang: str) -> tuple[str, ...]:
    """What became of the precision, where one was asked for."""
    if (reached := found.precision) is None:
        return ()
    width = numbers.percent(reached.width, lang, 1) if isfinite(reached.width) else numbers.MISSING
    told = {"years": numbers.number(found.contacts[0].years, lang), "of": ", ".join(reached.of), "reached": width}
    return (say(f"compare.precision.{'met' if reached.met else 'limit'}", lang, **told),)


def _published(events: float, chats: float, lang: str) -> str:
    told = {"events": numbers.number(events, lang), "chats": numbers.number(chats, lang)}
    return say("compare.consequence.published", lang, **told)


def _expected(each: Consequence, lang: str) -> str:
    """Never a point alone; nothing where there are no such chats."""
    if not each.chats.mean:
        return numbers.MISSING
    low, high = floor(each.low / _LEAST) * _LEAST, ceil(each.high / _LEAST) * _LEAST  # outwards: ends that differ
    if high <= _LEAST:
        return say("compare.consequence.under", lang, value=numbers.number(_LEAST, lang, 2))
    return numbers.interval(each.expected, low, high, lang, _FEW)


def caveat(lang: str) -> str:
    """That the night's mix of conversations may differ."""
    shares: Any = evidence(CAVEAT).value
    all_, late = (numbers.percent(float(shares[name]), lang, 1) for name in ("all talks", "after 21"))
    return say("compare.consequence.caveat", lang, all=all_, late=late)
