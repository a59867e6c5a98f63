"""A comparison as a part of a document: what each plan gives and costs, then figure and table by figure and table."""

from collections.abc import Mapping

from simulator.report import compared, numbers
from simulator.report.documents.asked import Asked
from simulator.report.documents.comparison_sheets import comparison_sheets
from simulator.report.documents.method import counts
from simulator.report.documents.part import Part, whole
from simulator.report.figures.compared import BY_HOUR, SIDES, figure_names, figures
from simulator.report.hours import in_words
from simulator.report.page import Block, Paper, Picture, Section
from simulator.report.sentences import period
from simulator.report.tables import Column, Table, channel_name, small_note
from simulator.service.keys import HOURS, Key
from simulator.study.compare import Comparison, Difference
from simulator.study.comparing.per_reached import PER_MORE, SAVED_PER_FEWER, PerReached
from simulator.words import say

_REACHED, _COST = Key("persons_reached"), Key("cost_nok")


def comparison_part(found: Comparison, asked: Asked, lang: str) -> Part:
    """The whole part."""
    shown = tuple(dict.fromkeys(each.key.measure for plan in found.plans for each in compared.shown_of(found, plan)))
    paper = Paper(
        title=_title(found, lang),
        lead=(),
        sections=tuple(each for plan in found.plans for each in _sections(found, plan, lang)),
        facts=_facts(found, asked, lang),
        answer=_answer(found, asked, lang),
        summary=_summary(found, asked, lang),
    )
    said = tuple(sentence for block in paper.answer for sentence in block.sentences)
    return whole(Part(paper, figures(found, lang), comparison_sheets(found, said, lang)), asked, shown, lang)


def _title(found: Comparison, lang: str) -> str:
    kind = "one" if len(found.plans) == 1 else "many"
    told = {"plan": found.titles[found.plans[0]], "count": len(found.plans)}
    return say(
        "document.compare.title",
        lang,
        count=say(f"document.compare.count.{kind}", lang, **told),
        base=found.titles[found.base],
    )


# --- the answer --------------------------------------------------------------------------------------------------


def _answer(found: Comparison, asked: Asked, lang: str) -> tuple[Block, ...]:
    base = found.titles[found.base]
    considered = [_considered(found, asked, plan, lang) for plan in found.plans]
    neutral = say("document.compare.neutral", lang, base=base)
    return (
        Block(say("document.proposed", lang), (*considered, neutral)),
        Block(say("document.gives", lang), tuple(_gives(found, asked, lang))),
        Block(say("document.costs", lang), tuple(_costs(found, asked, lang))),
        Block(say("document.sure", lang), tuple(_sure(found, asked, lang))),
    )


def _considered(found: Comparison, asked: Asked, plan: str, lang: str) -> str:
    """A plan by what it opens, and why."""
    about, base = asked.described.get(plan, {}), asked.described.get(found.base, {})
    changes = []
    for channel in ("chat", "phone"):
        mine, theirs = (each.get("open_windows", {}).get(channel) for each in (about, base))
        if mine is not None and theirs is not None and mine != theirs:
            after, before = in_words(mine, lang), in_words(theirs, lang)
            name = channel_name(channel, lang).lower()
            changes.append(say("document.compare.open", lang, channel=name, after=after, before=before))
    if not changes:
        keys = sorted({str(each["path"]) for each in asked.manifests[plan].get("overrides", ())})
        changes = [say("document.compare.keys", lang, keys=", ".join(keys))] if keys and about else []
    told = {"plan": found.titles[plan], "changes": "; ".join(changes) or say("document.compare.as_titled", lang)}
    if about.get("why"):
        return say("document.compare.plan_why", lang, **told, why=about["why"])
    return say("document.compare.plan", lang, **told)


def _gives(found: Comparison, asked: Asked, lang: str) -> list[str]:
    """How many more or fewer are reached under each plan, and who gains and loses."""
    per = say(f"span.{asked.span}.per", lang)
    said = []
    for contacts in found.contacts:
        each = found.get(contacts.plan, _REACHED)
        if each is not None:
            gone = {kind: compared.yearly_text(contacts, kind, lang) for kind in ("gained", "lost")}
            kind, difference = compared.direction(each, contacts, lang)
            told = {"plan": found.titles[contacts.plan], "difference": difference, "per": per}
            said.append(say(f"document.compare.gives.{kind}", lang, **told, **gone))
    return said


def _costs(found: Comparison, asked: Asked, lang: str) -> list[str]:
    per = say(f"span.{asked.span}.per", lang)
    said = []
    for each in found.per_reached:
        cost = found.get(each.plan, _COST)
        if cost is not None:
            said.append(_cost(found, cost, each, per, lang))
    return [*said, say("document.compare.planned", lang)] if said else [say("document.compare.no_cost", lang)]


def _cost(found: Comparison, cost: Difference, each: PerReached, per: str, lang: str) -> str:
    told = {"plan": found.titles[each.plan], "per": per}
    change = cost.change
    if not change.mean and not change.noise:
        return say("document.compare.cost.same", lang, **told)
    if change.low <= 0 <= change.high and change.low != change.high:
        return say("document.compare.cost.unsure", lang, **told, nok=compared.difference_text(cost, lang))
    sign = -1 if change.mean < 0 else 1
    low, high = sorted((sign * change.low, sign * change.high))
    nok = numbers.interval(sign * change.mean, low, high, lang, change.unit)
    known = each.kind in (PER_MORE, SAVED_PER_FEWER)
    one = say(f"document.compare.each.{each.kind}", lang, cost=compared.cost_text(each, lang)) if known else ""
    return say(f"document.compare.cost.{'less' if sign < 0 else 'more'}", lang, **told, nok=nok, each=one)


def _sure(found: Comparison, asked: Asked, lang: str) -> list[str]:
    """In how many worlds, what the intervals are, and how much is assumed."""
    shares = []
    for plan in found.plans:
        each = found.get(plan, _REACHED)
        if each is not None and each.share_of_worlds_better == each.share_of_worlds_better:
            share = numbers.percent(each.share_of_worlds_better, lang)
            shares.append(say("document.compare.share", lang, plan=found.titles[plan], share=share))
    said = []
    if shares:
        worlds = numbers.number(found.manifests[found.base]["worlds"], lang)
        said.append(say("document.compare.better", lang, worlds=worlds, shares=", ".join(shares)))
    statuses = counts(asked)
    rests = {"assumed": statuses["assumed"], "total": statuses.total()}
    kind = "intervals.worlds" if asked.worlds > 1 else "intervals.one"
    return [*said, say(f"document.made.{kind}", lang), say("document.compare.rests", lang, **rests)]


def _summary(found: Comparison, asked: Asked, lang: str) -> Table:
    over_worlds = compared.is_over_worlds(found)
    names = ["plan", "reached", "cost", "each", *(["better"] if over_worlds else [])]
    columns = tuple(Column(say(f"document.compare.column.{name}", lang), is_figure=name != "plan") for name in names)
    rows = tuple(_summary_row(found, each, over_worlds, lang) for each in found.per_reached)
    note = say(f"document.compare.summary.note.{asked.span}", lang, interval=compared.interval_name(found, lang))
    note = say("document.compare.summary.better", lang, note=note) if over_worlds else note
    return Table(say("document.compare.summary", lang, base=found.titles[found.base]), columns, rows, note)


def _summary_row(found: Comparison, each: PerReached, over_worlds: bool, lang: str) -> tuple[str, ...]:
    reached, cost = (found.get(each.plan, key) for key in (_REACHED, _COST))
    cells = [numbers.MISSING if one is None else compared.difference_text(one, lang) for one in (reached, cost)]
    share = float("nan") if reached is None else reached.share_of_worlds_better
    better = [numbers.percent(share, lang) if share == share else numbers.MISSING] if over_worlds else []
    return (found.titles[each.plan], *cells, compared.cost_text(each, lang), *better)


# --- figures and tables ------------------------------------------------------------------------------------------


def _sections(found: Comparison, plan: str, lang: str) -> list[Section]:
    contacts = next(each for each in found.contacts if each.plan == plan)
    title, names = found.titles[plan], figure_names(found, plan)
    pictures = {
        kind: Picture(name, say(f"compare.figure.{kind}.label", lang, plan=title)) for kind, name in names.items()
    }
    whom = (compared.contacts_table(found, contacts, lang), compared.sites_table(found, contacts, lang))
    hourly = tuple(each for each in (hourly_table(found, plan, lang),) if each.rows)
    return [
        Section(
            say("compare.section.differences", lang, plan=title),
            figures=(pictures[SIDES],),
            tables=(compared.plan_table(found, plan, lang),),
        ),
        Section(
            say("document.compare.hours_section", lang, plan=title),
            figures=(pictures[BY_HOUR],) if hourly else (),
            tables=(*hourly, compared.hours_table(found, contacts, lang)),
        ),
        Section(
            say("compare.section.contacts", lang, plan=title),
            paragraphs=tuple(each for each in compared.pairing_sentences(found, lang) if each.startswith(f"{title}:")),
            tables=whom,
        ),
        Section(
            say("compare.section.consequences", lang, plan=title),
            tables=(compared.consequences_table(found, plan, lang),),
        ),
    ]


def hourly_table(found: Comparison, plan: str, lang: str) -> Table:
    """The difference in persons reached by the hour of the first attempt: what the figure shows."""
    rows = []
    for place, hour in enumerate(HOURS):
        each = found.get(plan, Key("persons_reached", hour=hour))
        if each is not None:
            small = numbers.is_small(abs(each.change.mean))
            text = numbers.suppressed(lang) if small else compared.difference_text(each, lang)
            rows.append((numbers.clock_hour(place), text))
    columns = (
        Column(say("compare.contacts.column.hour", lang), is_figure=False),
        Column(say("document.compare.hourly.difference", lang)),
    )
    caption = say("document.compare.hourly", lang, plan=found.titles[plan])
    return Table(caption, columns, tuple(rows) if len(rows) == len(HOURS) else (), small_note(lang))


def _facts(found: Comparison, asked: Asked, lang: str) -> tuple[tuple[str, str], ...]:
    made = found.manifests[found.base]
    rows = [
        (
            say(f"compare.page.facts.{'base' if name == found.base else 'plan'}", lang),
            f"{found.titles[name]} · {name} · {each['fingerprint']}",
        )
        for name, each in found.manifests.items()
    ]
    counted = {"years": found.contacts[0].years, "worlds": made["worlds"]}
    rows += [(say(f"compare.page.facts.{name}", lang), numbers.number(value, lang)) for name, value in counted.items()]
    texts = {
        "compare.page.facts.seed": made["seed"],
        "document.period": period(made["period"], lang),
        "document.engine": made["engine"],
        "compare.page.facts.version": made["version"],
        "document.commit": made.get("commit"),
    }
    return (*rows, *((say(key, lang), str(value)) for key, value in texts.items() if value not in (None, "")))


def site_names(asked: Asked) -> Mapping[str, str]:
    """Names of sites by key, of the scenarios that are known."""
    return {key: name for about in asked.described.values() for key, name in about.get("sites", {}).items()}
