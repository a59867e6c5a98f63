"""The best opening hours as files: the page, its figure, the tables of the folder, and the proposal."""

from typing import Any

from simulator.report import best_hours as words
from simulator.report import numbers
from simulator.report.figures.best_hours import figures
from simulator.report.page import Paper, Picture, Section, page
from simulator.study.hours.answer import BestHours, Judged
from simulator.study.hours.proposal import as_yaml
from simulator.words import say

PROPOSAL = "proposal.yaml"
_RANGES = ("gain", "reached", "overtime_hours")
_ENDS = ("mean", "low", "high")


def files(found: BestHours, extends: str, lang: str = "nb") -> dict[str, bytes]:
    """The page ``report.html``, the figures beside it, and the proposal, by file name.

    Parameters
    ----------
    extends
        The scenario that the proposal changes, as seen from the folder of the files.
    """
    drawn = figures(found, lang)
    paths = {f"figures/{name}": content for name, content in drawn.items()}
    return {
        "report.html": page(paper(found, lang), drawn, lang),
        PROPOSAL: proposal(found, extends, lang).encode(),
        **paths,
    }


def proposal(found: BestHours, extends: str, lang: str = "nb") -> str:
    """The recommended plan as a scenario file."""
    budget = " ".join(words.money(found.extra_nok, lang).split())  # a file is written with ordinary spaces
    title = say("hours.proposal.title", lang, title=found.title, budget=budget)
    return as_yaml(extends, title, say("hours.proposal.why", lang, budget=budget), found.changes)


def answer_tables(found: BestHours, lang: str = "en") -> dict[str, tuple[list[str], list[list[Any]]]]:
    """Tables for the folder: finalists, the frontier, and the plans that were simulated side by side."""
    heads = ["plan", "kind", "hours", "extra_nok", "nok_per_person", "best_share", "largest_regret", "years"]
    heads += [f"{name}_{end}" for name in _RANGES for end in _ENDS]
    rungs = [
        [each.budget_nok, each.marginal_nok, "yes" if each.dominated else "no", *_row(each.plan, lang)]
        for each in found.frontier
    ]
    selection = found.selection
    seen = zip(found.candidates, selection.mean, selection.left_after, strict=True)
    return {
        "finalists": (heads, [_row(each, lang) for each in found.finalists]),
        "frontier": (["budget_nok", "marginal_nok", "dominated", *heads], rungs),
        "candidates": (
            ["hours", "mean_aim", "years", "chosen"],
            [
                [words.plan_text(plan, lang), mean, years, "yes" if place == selection.chosen else "no"]
                for place, (plan, mean, years) in enumerate(seen)
            ],
        ),
    }


def _row(plan: Judged, lang: str) -> list[Any]:
    numbers_ = [plan.extra_nok, plan.nok_per_person, plan.best_share, plan.largest_regret, plan.years]
    ranges = [getattr(getattr(plan, name), end) for name in _RANGES for end in _ENDS]
    return [plan.name, plan.kind, words.plan_text(plan.shifts, lang), *numbers_, *ranges]


def paper(found: BestHours, lang: str) -> Paper:
    """What the page says."""
    plans, finalists, frontier, rungs = words.hours_tables(found, lang)
    picture = Picture("frontier", say("hours.figure.label", lang))
    sections = (
        Section(say("hours.section.plans", lang), tables=(plans, finalists)),
        Section(say("hours.turn.heading", lang), paragraphs=words.turning(found, lang)),
        Section(say("hours.section.frontier", lang), figures=(picture,), tables=(frontier, rungs)),
    )
    made = found.manifest
    facts = {
        "scenario": found.scenario,
        "aim": words.aim_text(found, lang),
        "worlds": numbers.number(found.worlds, lang),
        "seed": str(made["seed"]),
        "fingerprint": made["fingerprint"],
        "version": made["version"],
    }
    named = tuple((say(f"hours.fact.{name}", lang), value) for name, value in facts.items())
    return Paper(words.title(found, lang), (), sections, named, answer=words.answer(found, lang))
