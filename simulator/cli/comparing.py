"""The command that compares plans on the same contacts."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import MOST_REPLICATIONS, MOST_UNTIL_PRECISE, YEARS_OF_EACH, Options, share_in
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario, worlds_option
from simulator.words import say

if TYPE_CHECKING:
    from simulator.study.compare import Comparison

YEARS_ALONE = 20
"""Simulated years of one world unless another number is asked for."""
MOST_OF_EACH = 100
"""Years of each plausible world after which a precision is given up, unless another number is asked for."""


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``compare`` takes."""
    return [
        click.Argument(["base"]),
        click.Argument(["others"], nargs=-1, required=True),
        worlds_option(lang),
        *_until_precise(lang),
        options.seed(),
        options.engine(),
        options.json(),
        options.out(),
        *options.crew(),
    ]


def _until_precise(lang: str) -> list[click.Option]:
    """How many years, or how precise the differences."""
    told = {"each": YEARS_OF_EACH, "count": YEARS_ALONE, "most_each": MOST_OF_EACH, "most": MOST_UNTIL_PRECISE}
    years, precise, which = (
        say(f"cli.option.{name}", lang, **(told if name == "years_paired" else {}))
        for name in ("years_paired", "precision_paired", "precision_of_paired")
    )
    return [
        click.Option(["--replications"], type=click.IntRange(1, MOST_REPLICATIONS), help=years),
        click.Option(["--precision"], type=share_in(lang), metavar="2%", help=precise),
        click.Option(["--precision-of"], multiple=True, metavar="MEASURE/CHANNEL", help=which),
    ]


def compare(
    lang: str,
    documents: str,
    base: str,
    others: tuple[str, ...],
    worlds: str,
    replications: int | None,
    precision: float | None,
    precision_of: tuple[str, ...],
    seed: int,
    engine: str,
    json_: str | None,
    out: str,
    workers: int | None,
    dask: str | None,
) -> int:
    """Serve the same contacts under several plans; print the differences and whom they concern, and keep them."""
    from simulator.scenario import load
    from simulator.study.compare import compare as find
    from simulator.study.watched import Precision

    _refuse(lang, precision, precision_of, workers, dask)
    plans = [load(name) for name in (base, *others)]
    over = for_scenario(plans[0], worlds, lang)
    wanted = None if precision is None else Precision(precision, precision_of)
    years = replications or _usual_years(over is None, precise=wanted is not None)
    crew: dict[str, Any] = {"workers": workers, "dask": dask, "worlds": over, "precision": wanted}
    _say_what_the_engine_does(lang, engine, dask)
    with progress(plans[0].title, lang, quiet=json_ == "-") as told:
        found = find(plans[0], plans[1:], years, seed, engine, told, **crew)
    document = found.as_json()
    folder = _save(found, document, out, documents)
    last = [say("cli.saved", lang, path=folder), say("cli.open_report", lang, path=folder / "report.html")]
    show(lang, json_, document, [] if json_ == "-" else _shown(found, lang), *last)
    return 0


def _refuse(lang: str, precision: float | None, of: tuple[str, ...], workers: int | None, dask: str | None) -> None:
    """Refuse options that do not go together.

    Raises
    ------
    click.UsageError
        If they do not.
    """
    if of and precision is None:
        raise click.UsageError(say("cli.precision.how_much", lang))
    if workers is not None and dask is not None:
        raise click.UsageError(say("cli.dask.has_workers", lang))


def _usual_years(alone: bool, precise: bool) -> int:
    """Years of each world where no number is asked for."""
    if precise:
        return MOST_UNTIL_PRECISE if alone else MOST_OF_EACH
    return YEARS_ALONE if alone else YEARS_OF_EACH


def _say_what_the_engine_does(lang: str, engine: str, dask: str | None) -> None:
    from simulator.service.engines import first_use

    if dask is None and (said := first_use(engine)) is not None:
        click.echo(say(f"cli.engine.{said}", lang), err=True)


def _save(found: "Comparison", document: Any, out: str, documents: str) -> Path:
    from simulator.report.compared_page import files, spread
    from simulator.store import save_answer

    prints = "/".join(each["fingerprint"] for each in found.manifests.values())
    fingerprint = sha256(prints.encode()).hexdigest()[:12]
    return save_answer(
        "compare", found.base, fingerprint, document, spread(found), files(found, documents), Path(out)
    )  # fmt: skip


def _shown(found: "Comparison", lang: str) -> list[Any]:
    """Everything of one plan; of several the differences and who gains and loses."""
    from simulator.report import compared
    from simulator.report.terminal import paragraphs, table

    shown: list[Any] = []
    for contacts in found.contacts:
        plan = contacts.plan
        tables = [compared.plan_table(found, plan, lang), compared.contacts_table(found, contacts, lang)]
        if len(found.plans) == 1:
            tables += [compared.hours_table(found, contacts, lang), compared.sites_table(found, contacts, lang)]
        shown += map(table, [*tables, compared.consequences_table(found, plan, lang)])
    more = [] if len(found.plans) == 1 else [say("compare.more_in_report", lang)]
    return [*shown, paragraphs([*compared.pairing_sentences(found, lang), *more])]
