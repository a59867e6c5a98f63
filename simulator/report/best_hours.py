"""The best opening hours in words: what is recommended, how sure that is, what would change it, and the tables.

Everything that is said is made of the answer alone. Knows nothing of simulation; the files are `best_hours_page`'s.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from simulator.report import numbers
from simulator.report.page import Block
from simulator.report.tables import Column, Table
from simulator.report.worlds import parameter_name
from simulator.study.hours.answer import BestHours, Judged, Range, Rung
from simulator.study.hours.plans import Stretch
from simulator.study.hours.week import DAYS, Week, alike
from simulator.words import MissingWordError, say

DRIVERS_SAID = 3
PERSONS = "persons/year"
_LONGEST_RUN = 3
"""Weekdays in a row from so many on are said as from-to."""
_ALL_MINUTES = 1440
_THOUSANDS = 1e4
_SURE = 0.1
"""A gain whose low end is a smaller share of its mean has no cost per person with an end."""


def money(nok: float, lang: str) -> str:
    """An amount: two decimals of millions, else whole thousands from ten of them up."""
    return numbers.kroner(round(nok, -3) if abs(nok) >= _THOUSANDS else nok, lang, 2)


def counted(gain: Range, lang: str) -> str:
    """A gain and its interval, with no more digits than that supports."""
    return numbers.interval(gain.mean, gain.low, gain.high, lang, PERSONS)


def alone(gain: Range, lang: str) -> str:
    """A gain without its interval."""
    return numbers.rounded(gain.mean, gain.low, gain.high, lang, PERSONS)


def per_person(plan: Judged, lang: str) -> str:
    """Extra cost for each further person and its interval, left out where hardly any may be; a dash for none."""
    if not plan.extra_nok > 0 or not plan.reached.mean > 0:
        return numbers.MISSING
    if plan.reached.low < _SURE * plan.reached.mean:
        return numbers.interval(plan.nok_per_person, math.nan, math.nan, lang, "NOK")
    low, high = plan.extra_nok / plan.reached.high, plan.extra_nok / plan.reached.low
    return numbers.interval(plan.nok_per_person, low, high, lang, "NOK")


# --- hours in words ---------------------------------------------------------------------------------------------------


def days_text(days: Sequence[int], lang: str) -> str:
    """Weekdays in short: every day, a run that may go over Sunday, or one by one."""
    if len(days) == DAYS:
        return say("hours.days.all", lang)
    chosen = set(days)
    first = next(day for day in range(DAYS) if day in chosen and (day - 1) % DAYS not in chosen)
    ordered = [(first + step) % DAYS for step in range(DAYS) if (first + step) % DAYS in chosen]
    names = [numbers.weekday(numbers.WEEKDAYS[day], lang) for day in ordered]
    in_a_row = all((day + 1) % DAYS == after for day, after in pairwise(ordered))
    return f"{names[0]}–{names[-1]}" if in_a_row and len(names) >= _LONGEST_RUN else ", ".join(names)


def clock(minute: int) -> str:
    """A clock time; the next midnight is 24:00."""
    hour, rest = divmod(minute if minute == _ALL_MINUTES else minute % _ALL_MINUTES, 60)
    return f"{hour:02d}:{rest:02d}"


def plan_text(stretches: Sequence[Stretch], lang: str) -> str:
    """What a plan adds."""
    said = []
    for days, start, end, people in stretches:
        words = say(f"hours.people.{people}" if people < 2 else "hours.people.many", lang, count=people)
        shown = {"days": days_text(days, lang), "people": words, "start": clock(start), "end": clock(end)}
        whole_day = end - start == _ALL_MINUTES
        said.append(say("hours.stretch.whole_day" if whole_day else "hours.stretch", lang, **shown))
    return "; ".join(said) or say("hours.nothing", lang)


def opening_text(week: Week, lang: str) -> str:
    """When a channel is open."""
    groups = alike(week)
    if all(windows == ((0, _ALL_MINUTES),) for windows in week):
        return say("hours.always", lang)
    return "; ".join(
        say("hours.window", lang, days=days_text(days, lang), start=clock(start), end=clock(end))
        for days, windows in groups
        for start, end in windows
    )


# --- the answer -------------------------------------------------------------------------------------------------------


def title(found: BestHours, lang: str) -> str:
    """Of the answer."""
    return say("hours.title", lang, title=found.title)


def aim_text(found: BestHours, lang: str) -> str:
    """What was aimed at."""
    if found.is_persons:
        return say("hours.aim.persons", lang)
    return say("hours.aim.weighted", lang, title=found.aim["title"] or say("hours.aim.untitled", lang))


def answer(found: BestHours, lang: str) -> tuple[Block, ...]:
    """The answer under headings: what is proposed, what it gives, what it costs, how sure it is."""
    plan = found.chosen
    moved = "plan_moved" if found.question["free"] else "plan"
    budget = money(found.extra_nok, lang)
    proposed = (
        say(f"hours.lead.{moved}", lang, budget=budget, plan=plan_text(plan.shifts, lang)),
        say("hours.lead.opening", lang, opening=opening_text(found.opening, lang)),
    )
    points = () if found.is_persons else (say("hours.lead.points", lang, gain=counted(plan.gain, lang)),)
    return (
        Block(say("document.recommended", lang), proposed),
        Block(say("document.gives", lang), (_gain_text(found, plan, lang), *points, _runner_up_text(found, lang))),
        Block(say("document.costs", lang), (_cost_text(plan, lang),)),
        Block(say("document.sure", lang), sure(found, lang)),
    )


def lead(found: BestHours, lang: str) -> tuple[str, ...]:
    """The answer for a screen, sentence by sentence; how sure it is stands apart."""
    return tuple(sentence for block in answer(found, lang)[:-1] for sentence in block.sentences)


def _gain_text(found: BestHours, plan: Judged, lang: str) -> str:
    kind = "worlds" if found.worlds > 1 else "one"
    interval_of = say(f"hours.interval.{kind}", lang, worlds=numbers.number(found.worlds, lang))
    base = numbers.number(found.base_reached, lang, -2)
    return say("hours.lead.gain", lang, gain=counted(plan.reached, lang), interval_of=interval_of, base=base)


def _cost_text(plan: Judged, lang: str) -> str:
    if abs(plan.extra_nok) < 1:
        return say("hours.lead.no_cost", lang)
    if plan.extra_nok < 0:
        return say("hours.lead.saves", lang, cost=money(-plan.extra_nok, lang))
    return say("hours.lead.cost", lang, cost=money(plan.extra_nok, lang), per=per_person(plan, lang))


def _runner_up_text(found: BestHours, lang: str) -> str:
    second = found.runner_up
    if second is None:
        return say("hours.lead.alone", lang)
    apart = found.chosen.gain.mean - second.gain.mean
    behind = say(f"hours.lead.{'behind' if apart >= 0 else 'ahead'}", lang, count=_tens(abs(apart), lang))
    words = {"name": second.name, "plan": plan_text(second.shifts, lang), "gain": alone(second.reached, lang)}
    return say("hours.lead.runner_up", lang, **words, behind=behind)


def _tens(value: float, lang: str) -> str:
    """A difference between two plans: whole below a hundred, then tens."""
    return numbers.number(value, lang, -1 if value >= 100 else 0)


def sure(found: BestHours, lang: str) -> tuple[str, ...]:
    """How sure that is, and what it rests on."""
    chosen = found.chosen
    overtime = numbers.number(chosen.overtime_hours.mean, lang, -1)
    said = [
        *_chosen_how(found, lang),
        _years_text(found, lang),
        say("hours.sure.assumed", lang),
        say("hours.sure.overtime", lang, hours=overtime),
        say("hours.sure.people", lang),
    ]
    return tuple(said)


def _chosen_how(found: BestHours, lang: str) -> list[str]:
    selection, count = found.selection, numbers.number(len(found.candidates), lang)
    if found.exhaustive:
        return [say("hours.sure.exhaustive", lang, count=count, years=numbers.number(selection.years, lang))]
    if not selection.complete:
        first = say("hours.sure.incomplete", lang, years=numbers.number(selection.years, lang))
    else:
        confidence = numbers.percent(selection.confidence, lang)
        first = say(
            "hours.sure.selection", lang, confidence=confidence, count=count,
            indifference=_unit(selection.indifference, found, lang),
        )  # fmt: skip
    screening = found.screening
    words = {
        "plans": _about(screening.plans, lang),
        "affordable": _about(screening.affordable, lang),
        "probes": numbers.number(found.years.probes, lang),
        "kept": count,
        "behind": _unit(screening.last_behind, found, lang),
        "short": _unit(screening.most_short, found, lang),
    }
    screened = "screening" if screening.most_short < screening.last_behind else "screening_doubt"
    return [first, say(f"hours.sure.{screened}", lang, **words)]


def _unit(value: float, found: BestHours, lang: str) -> str:
    unit = "persons" if found.is_persons else "points"
    return say(f"hours.sure.unit.{unit}", lang, value=_tens(value, lang))


def _about(count: float, lang: str) -> str:
    """A number of plans: exact while it is small, else about so many."""
    if count < 1e6:
        return numbers.number(count, lang)
    exponent = math.floor(math.log10(count))
    if exponent < 12:
        return numbers.number(count, lang, 1 - exponent)
    return f"{numbers.number(count / 10.0**exponent, lang, 0)} · 10^{exponent}"


def _years_text(found: BestHours, lang: str) -> str:
    total = numbers.number(found.years.total, lang)
    return say("hours.sure.years", lang, total=total, exhaustive=_about(found.years.exhaustive, lang))


# --- what would change it ---------------------------------------------------------------------------------------------


def turning(found: BestHours, lang: str) -> tuple[str, ...]:
    """What would change the answer."""
    return (
        *_rival_text(found, lang),
        *_regret_text(found, lang),
        *_budgets_text(found, lang),
        *_otherwise(found, lang),
    )


def _rival_text(found: BestHours, lang: str) -> list[str]:
    doubt = found.turning
    if not doubt.rival or not doubt.rival_share > 0:
        return []
    rival = next(each for each in found.finalists if each.name == doubt.rival)
    share = numbers.percent(doubt.rival_share, lang)
    said = [say("hours.turn.rival", lang, name=rival.name, share=share, plan=plan_text(rival.shifts, lang))]
    if doubt.drivers:
        each = [
            say(
                "hours.turn.driver", lang, name=unknown_name(driver.name, lang).lower(),
                share=numbers.percent(driver.first, lang),
                way=say(f"hours.turn.{'for' if driver.rank > 0 else 'against'}", lang),
            )
            for driver in doubt.drivers[:DRIVERS_SAID]
        ]  # fmt: skip
        said += [say("hours.turn.drivers", lang, drivers="; ".join(each)), say("hours.turn.ask", lang)]
    return said


def unknown_name(name: str, lang: str) -> str:
    """What an unknown is called."""
    try:
        return say(f"wanted.unknown.{name}", lang)
    except MissingWordError:
        return parameter_name(name, lang)


def _regret_text(found: BestHours, lang: str) -> list[str]:
    least, chosen = found.least_regret, found.chosen
    if found.worlds == 1 or len(found.finalists) == 1:
        return []
    own = _tens(chosen.largest_regret, lang)
    if chosen.largest_regret - least.largest_regret <= found.selection.indifference:
        return [say("hours.turn.regret_best", lang, own=own)]
    less = _tens(chosen.gain.mean - least.gain.mean, lang)
    return [
        say("hours.turn.regret", lang, name=least.name, regret=_tens(least.largest_regret, lang), own=own, less=less)
    ]


def _budgets_text(found: BestHours, lang: str) -> list[str]:
    """The rungs beside the asked one."""
    rungs = [each for each in found.frontier if not each.dominated]
    below = [each for each in rungs if each.budget_nok < found.extra_nok - 1]
    above = [each for each in rungs if each.budget_nok > found.extra_nok + 1]
    said = []
    if below:
        plan = below[-1].plan
        words = {"plan": plan_text(plan.shifts, lang), "gain": alone(plan.reached, lang)}
        said.append(say("hours.turn.less", lang, cost=money(plan.extra_nok, lang), **words))
    if above and math.isfinite(above[0].marginal_nok):
        words = {"cost": money(above[0].plan.extra_nok, lang), "marginal": _marginal(above[0], lang)}
        said.append(say("hours.turn.next", lang, **words))
    return said


def _marginal(rung: Rung, lang: str) -> str:
    """Two digits: the difference of two estimates is no sharper."""
    if not math.isfinite(rung.marginal_nok):
        return numbers.MISSING
    digits = 1 - math.floor(math.log10(max(abs(rung.marginal_nok), 1.0)))
    return say("number.kroner", lang, value=numbers.number(rung.marginal_nok, lang, min(digits, 0)))


def _otherwise(found: BestHours, lang: str) -> list[str]:
    """Plans of other questions, each a claim of its own."""
    said = []
    for plan in found.turning.sharing:
        words = {"plan": plan_text(plan.shifts, lang), "gain": counted(plan.reached, lang)}
        same = plan.kind == "each_weekday" and plan.shifts == found.chosen.shifts
        said.append(say(f"hours.turn.{plan.kind}{'_same' if same else ''}", lang, **words))
    return said


# --- tables -----------------------------------------------------------------------------------------------------------


def hours_tables(found: BestHours, lang: str) -> tuple[Table, ...]:
    """The plans in words, what they bring, and the ladder of budgets."""
    return plans_table(found, lang), finalists_table(found, lang), frontier_table(found, lang), rungs_table(found, lang)


def plans_table(found: BestHours, lang: str) -> Table:
    """Names, kinds and shifts of the finalists."""
    hours = "hours_moved" if found.question["free"] else "hours"
    heads = [Column(say(f"hours.column.{name}", lang), is_figure=False) for name in ("plan", "kind", hours)]
    rows = tuple((each.name, kind_text(each, lang), plan_text(each.shifts, lang)) for each in found.finalists)
    return Table(say("hours.plans.caption", lang), tuple(heads), rows)


def kind_text(plan: Judged, lang: str) -> str:
    """What kind of plan it is."""
    return say(f"hours.kind.{plan.kind}", lang)


def finalists_table(found: BestHours, lang: str) -> Table:
    """What the finalists bring and what choosing each may cost."""
    over_worlds, points = found.worlds > 1, not found.is_persons
    names = ["plan", "cost", *(["points"] if points else []), "reached", "per"]
    names += ["best", "regret"] if over_worlds else []
    columns = tuple(Column(say(f"hours.column.{name}", lang), is_figure=name != "plan") for name in names)
    rows = []
    for each in found.finalists:
        row = [each.name, money(each.extra_nok, lang), *([counted(each.gain, lang)] if points else [])]
        row += [counted(each.reached, lang), per_person(each, lang)]
        row += [numbers.percent(each.best_share, lang), _tens(each.largest_regret, lang)] if over_worlds else []
        rows.append(tuple(row))
    note = say(f"hours.finalists.note{'' if over_worlds else '_one'}", lang)
    return Table(say("hours.finalists.caption", lang), columns, tuple(rows), note)


def frontier_table(found: BestHours, lang: str) -> Table:
    """What the rungs of the ladder of budgets bring."""
    columns = tuple(Column(say(f"hours.column.{name}", lang)) for name in ("cost", "reached", "per", "next"))
    rows = tuple(
        (
            money(each.plan.extra_nok, lang),
            counted(each.plan.reached, lang),
            per_person(each.plan, lang),
            say("hours.dominated", lang) if each.dominated else _marginal(each, lang),
        )
        for each in found.frontier
    )
    note = "hours.frontier.note" if found.worlds > 1 else "hours.frontier.note_one"
    worlds = numbers.number(min(found.worlds, *(each.plan.years for each in found.frontier)), lang) if rows else ""
    return Table(say("hours.frontier.caption", lang), columns, rows, say(note, lang, worlds=worlds))


def rungs_table(found: BestHours, lang: str) -> Table:
    """The plans of the rungs in words."""
    hours = "hours_moved" if found.question["free"] else "hours"
    columns = tuple(Column(say(f"hours.column.{name}", lang), is_figure=False) for name in ("cost", hours))
    rows = tuple((money(each.plan.extra_nok, lang), plan_text(each.plan.shifts, lang)) for each in found.frontier)
    return Table(say("hours.rungs.caption", lang), columns, rows)
