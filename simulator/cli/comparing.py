"""The command that compares plans on the same contacts."""

from typing import Any

import click

from simulator.cli.options import YEARS_OF_EACH, Options
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario, worlds_option
from simulator.words import say

YEARS_ALONE = 20
"""Simulated years of one world unless another number is asked for."""


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``compare`` takes."""
    return [
        click.Argument(["base"]),
        click.Argument(["others"], nargs=-1, required=True),
        worlds_option(lang),
        options.years(YEARS_ALONE),
        options.seed(),
        options.engine(),
        options.json(),
        *options.crew(),
    ]


def compare(
    lang: str,
    base: str,
    others: tuple[str, ...],
    worlds: str,
    replications: int | None,
    seed: int,
    engine: str,
    json_: str | None,
    workers: int | None,
    dask: str | None,
) -> int:
    """Serve the same contacts under several plans and print the differences."""
    from simulator.report.compared import comparison_tables
    from simulator.report.terminal import table
    from simulator.scenario import load
    from simulator.study.compare import SameNameError
    from simulator.study.compare import compare as find

    plans = [load(name) for name in (base, *others)]
    over = for_scenario(plans[0], worlds, lang)
    years = replications or (YEARS_ALONE if over is None else YEARS_OF_EACH)
    crew: dict[str, Any] = {"workers": workers, "dask": dask, "worlds": over}
    try:
        with progress(plans[0].title, lang, quiet=json_ == "-") as told:
            found = find(plans[0], plans[1:], years, seed, engine, told, **crew)
    except SameNameError as same:
        raise click.UsageError(say("compare.same_name", lang, names=str(same))) from same
    show(lang, json_, found.as_json(), [table(each) for each in comparison_tables(found, lang)])
    return 0
