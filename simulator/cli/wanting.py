"""The command that says what to ask the service for."""

from typing import TYPE_CHECKING

import click

from simulator.cli.options import YEARS_OF_EACH, Options
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario, worlds_option
from simulator.words import say

if TYPE_CHECKING:
    from simulator.service.keys import Key


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``wanted`` takes."""
    return [
        click.Argument(["scenario"]),
        click.Option(["--against"], metavar="SCENARIO", help=say("cli.option.against", lang)),
        _figure_option(lang),
        worlds_option(lang),
        options.replications(YEARS_OF_EACH),
        options.seed(),
        options.json(),
        options.workers(),
    ]


def _figure_option(lang: str) -> click.Option:
    words = say("cli.option.figure", lang)
    return click.Option(["--figure", "figures"], multiple=True, metavar="MEASURE/CHANNEL", help=words)


def wanted(
    lang: str,
    scenario: str,
    against: str | None,
    figures: tuple[str, ...],
    worlds: str,
    replications: int,
    seed: int,
    json_: str | None,
    workers: int | None,
) -> int:
    """Print what drives the answers and what would narrow them."""
    from simulator.report.terminal import table
    from simulator.report.wanted import wanted_tables
    from simulator.scenario import load
    from simulator.service.measures import Yardstick
    from simulator.service.planning import make_plan
    from simulator.study.watched import Precision, watched
    from simulator.study.worlds.wanted import FIGURES, what_is_wanted

    plan, base = load(scenario), load(against) if against else None
    over = for_scenario(plan, worlds, lang)
    if over is None:
        raise click.UsageError(say("wanted.no_worlds", lang))
    keys: tuple[Key, ...] = FIGURES
    if figures:
        keys = watched(Precision(0.5, figures), Yardstick(plan, make_plan(plan)).keys)
    with progress(plan.title, lang, quiet=json_ == "-") as told:
        found = what_is_wanted(plan, over, base, keys, replications, seed, workers, told)
    about = {"scenario": plan.name, "against": base.name if base else None, "worlds": len(over)}
    show(
        lang,
        json_,
        {**about, "figures": [each.as_json() for each in found]},
        [table(each) for each in wanted_tables(found, lang)],
    )
    return 0
