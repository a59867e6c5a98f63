"""The command that splits the change between two plans over its causes."""

from hashlib import sha256
from pathlib import Path

import click

from simulator.cli.options import MOST_REPLICATIONS, Options
from simulator.cli.pricing import loaded
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario, worlds_option
from simulator.words import say

YEARS_ALONE, YEARS_OF_EACH = 10, 2
"""Simulated years of every mix in one world, and of each of many, unless another number is asked for."""
BY_CAUSE, BY_OVERRIDE = "cause", "override"


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``explain`` takes."""
    many = click.IntRange(1, MOST_REPLICATIONS)
    years = say("cli.option.explain_years", lang, count=YEARS_ALONE, each=YEARS_OF_EACH)
    measures = say("cli.option.explain_measure", lang)
    by = say("cli.option.explain_by", lang)
    return [
        click.Argument(["base"]),
        click.Argument(["plan"], required=False),
        options.overrides(),
        click.Option(
            ["--by"], type=click.Choice([BY_CAUSE, BY_OVERRIDE]), default=BY_CAUSE, show_default=True, help=by
        ),
        click.Option(["--measure", "measures"], multiple=True, metavar="MEASURE/CHANNEL", help=measures),
        worlds_option(lang),
        click.Option(["--replications"], type=many, help=years),
        options.seed(),
        options.json(),
        options.out(),
        options.workers(),
    ]


def explain(
    lang: str,
    documents: str,
    base: str,
    plan: str | None,
    with_: tuple[str, ...],
    by: str,
    measures: tuple[str, ...],
    worlds: str,
    replications: int | None,
    seed: int,
    json_: str | None,
    out: str,
    workers: int | None,
) -> int:
    """Print the parts of the difference, and write the folder.

    Raises
    ------
    click.UsageError
        If what was typed says no difference.
    """
    from simulator.report.explained import (
        explanation_csv,
        explanation_paper,
        explanation_sheets,
        explanation_tables,
    )
    from simulator.report.figures.explained import explanation_figures
    from simulator.report.page import page
    from simulator.report.terminal import table
    from simulator.report.workbook import workbook
    from simulator.scenario import load
    from simulator.store import save_answer
    from simulator.study.explain import explain as find

    if by == BY_OVERRIDE and (plan is not None or not with_):
        raise click.UsageError(say("explain.need_with", lang))
    if plan is None and not with_:
        raise click.UsageError(say("explain.need_plan", lang))
    before, after = load(base), loaded(plan or base, with_)
    over = for_scenario(before, worlds, lang)
    years = replications or (YEARS_ALONE if over is None else YEARS_OF_EACH)
    overrides = with_ if by == BY_OVERRIDE else None
    title = say("explain.progress", lang, plan=after.name, base=before.name)
    with progress(title, lang, quiet=json_ == "-") as told:
        found = find(before, after, measures, years, seed, told, workers, overrides=overrides, worlds=over)
    document = found.as_json()
    drawn = explanation_figures(found, documents)
    files = {
        "report.html": page(explanation_paper(found, documents), drawn, documents),
        "explain.xlsx": workbook(explanation_sheets(found, documents), say("explain.page.title", documents)),
        **{f"figures/{name}": content for name, content in drawn.items()},
    }
    made = [str(each["fingerprint"]) for each in found.manifests.values()]
    asked = "/".join([*made, by, *measures])
    fingerprint = sha256(asked.encode()).hexdigest()[:12]
    name = f"{before.name}-{after.name}"
    folder = save_answer("explain", name, fingerprint, document, explanation_csv(found), files, Path(out))
    tables = [table(each) for each in explanation_tables(found, lang)]
    where = say("cli.saved", lang, path=folder), say("cli.open_report", lang, path=folder / "report.html")
    show(lang, json_, document, tables, *where)
    return 0
