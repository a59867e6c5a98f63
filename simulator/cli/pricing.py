"""The command that prices rosters, and what is had for them."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.options import YEARS_OF_EACH, Options
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario, worlds_option
from simulator.words import say

if TYPE_CHECKING:
    from simulator.scenario import Scenario

YEARS_ALONE = 20
"""Simulated years of one world unless another number is asked for."""


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``cost`` takes."""
    return [
        click.Argument(["scenarios"], nargs=-1, required=True),
        click.Option(["--against"], metavar="SCENARIO", help=say("cli.option.cost_against", lang)),
        options.overrides(),
        worlds_option(lang),
        options.years(YEARS_ALONE),
        options.seed(),
        options.json(),
        options.out(),
        options.workers(),
    ]


def loaded(name: str, with_: Sequence[str]) -> "Scenario":
    """A scenario with overrides, named after them too: beside the same file without them it is another plan."""
    from simulator.scenario import load

    scenario = load(name, with_)
    scenario._name = "+".join((scenario.name, *with_))
    return scenario


def cost(
    lang: str,
    documents: str,
    scenarios: tuple[str, ...],
    against: str | None,
    with_: tuple[str, ...],
    worlds: str,
    replications: int | None,
    seed: int,
    json_: str | None,
    out: str,
    workers: int | None,
) -> int:
    """Print what rosters cost and what is had for it, and write the folder."""
    from simulator.report.page import page
    from simulator.report.priced import price_csv, price_paper, price_sheets, price_tables
    from simulator.report.terminal import table
    from simulator.report.workbook import workbook
    from simulator.scenario import load
    from simulator.store import save_answer
    from simulator.study.price import price

    plans = [loaded(name, with_) for name in scenarios]
    base = load(against) if against else None
    over = for_scenario(base or plans[0], worlds, lang)
    years = replications or (YEARS_ALONE if over is None else YEARS_OF_EACH)
    with progress(plans[0].title, lang, quiet=json_ == "-") as told:
        found = price(plans, base, years, seed, told, workers, worlds=over)
    document = found.as_json()
    files = {
        "report.html": page(price_paper(found, documents), {}, documents),
        "cost.xlsx": workbook(price_sheets(found, documents), say("cost.page.title", documents)),
    }
    made = "/".join([str(found.against), *(str(each.manifest["fingerprint"]) for each in found.plans)])
    fingerprint = sha256(made.encode()).hexdigest()[:12]
    folder = save_answer("cost", plans[0].name, fingerprint, document, price_csv(found), files, Path(out))
    tables = [table(each) for each in price_tables(found, lang)]
    where = say("cli.saved", lang, path=folder), say("cli.open_report", lang, path=folder / "report.html")
    show(lang, json_, document, tables, *where)
    return 0
