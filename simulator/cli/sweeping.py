"""The command that tries one scenario at many points, and goes on where it was ended."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import MOST_REPLICATIONS, Options
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario, worlds_of
from simulator.words import say

if TYPE_CHECKING:
    from simulator.store import GrowingFolder
    from simulator.study.sweep.plan import Plan
    from simulator.study.sweep.sweeping import Sweep
    from simulator.study.sweep.table import Swept
    from simulator.study.worlds import Worlds

DONE, INTERRUPTED = 0, 130
UNITS, DOCUMENT = "units", "sweep.json"
"""What the folder of a sweep holds from its first unit on, and what it holds when it is done."""
MOST_LOOKED_AT = 20
"""Points that are looked through for remarks; looking takes a moment each."""
_LONGEST_NAME = 40


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``sweep`` takes."""
    words = {name: say(f"cli.option.sweep_{name}", lang) for name in ("worlds", "replications", "seed")}
    many = click.IntRange(1, MOST_REPLICATIONS)
    return [
        click.Argument(["study"]),
        click.Option(["--worlds"], metavar="all|one|N|FILE", help=words["worlds"]),
        click.Option(["--replications"], type=many, help=words["replications"]),
        click.Option(["--seed"], type=click.IntRange(0, 2**31 - 1), help=words["seed"]),
        options.json(),
        options.out(),
        *options.crew(),
    ]


def sweep(
    lang: str,
    documents: str,
    study: str,
    worlds: str | None,
    replications: int | None,
    seed: int | None,
    json_: str | None,
    out: str,
    workers: int | None,
    dask: str | None,
) -> int:
    """Run a study, or what is left of it."""
    from simulator.report.numbers import number
    from simulator.report.swept import lead, sure, sweep_tables
    from simulator.report.terminal import paragraphs, table
    from simulator.store import GrowingFolder
    from simulator.study.sweep.plan import read_study
    from simulator.study.sweep.sweeping import Sweep

    _look_at_crew(lang, workers, dask)
    quiet = json_ == "-"
    with progress(say("sweep.checking", lang), lang, quiet, unit="points") as told:
        plan = read_study(study, told, replications=replications, seed=seed)
    made = Sweep(plan, _worlds(plan, worlds, lang))
    _begin(made, lang)
    folder = folder_of(made, Path(out))
    kept = GrowingFolder(folder, (UNITS, DOCUMENT))
    try:
        found = _found(made, kept, lang, quiet, {"workers": workers, "dask": dask})
    except _EndedError as ended:
        counts = {"done": number(ended.done, lang), "total": number(made.years, lang)}
        click.echo(say("sweep.interrupted", lang, folder=folder, **counts), err=True)
        return INTERRUPTED
    _write(kept, found, documents)
    tables = [paragraphs(lead(found, lang)), *map(table, sweep_tables(found, lang)), paragraphs(sure(found, lang))]
    where = say("cli.saved", lang, path=folder), say("cli.open_report", lang, path=folder / "report.html")
    show(lang, json_, found.as_json() if json_ else None, [] if quiet else tables, *where)
    return DONE


def _look_at_crew(lang: str, workers: int | None, dask: str | None) -> None:
    from simulator.service.engines import first_use

    if workers is not None and dask is not None:
        raise click.UsageError(say("cli.dask.has_workers", lang))
    if dask is None and (said := first_use()) is not None:
        click.echo(say(f"cli.engine.{said}", lang), err=True)


def _worlds(plan: "Plan", typed: str | None, lang: str) -> "Worlds | None":
    from simulator.study.sweep.sweeping import worlds_of as of_study

    if typed is None:
        return of_study(plan)
    return for_scenario(plan.scenario, typed, lang) if typed == "all" else worlds_of(typed, lang)


def _begin(made: "Sweep", lang: str) -> None:
    """Say what is about to be done, and what is worth a look."""
    from simulator.report.numbers import number
    from simulator.scenario import review

    plan = made.plan
    counts = {"points": len(plan), "worlds": made.question.width, "each": made.each, "years": made.years}
    words = "sweep.begins.one" if made.worlds is None else "sweep.begins"
    shown = {name: number(count, lang) for name, count in counts.items()}
    click.echo(say(words, lang, title=plan.title, **shown), err=True)
    told: set[str] = set()
    for point in plan.one_of_each()[:MOST_LOOKED_AT]:
        for remark in review(plan.scenario_at(point)):
            text = remark.text(lang)
            if text not in told:
                told.add(text)
                click.echo(say("sweep.remark", lang, point=point + 1, text=text), err=True)


def folder_of(made: "Sweep", out: Path) -> Path:
    """Where a sweep lies: another one if anything that can move a figure is another."""
    from simulator.store import safe_name

    return out / safe_name(f"sweep-{made.plan.name[:_LONGEST_NAME]}-{made.fingerprint}")


class _EndedError(Exception):
    """Somebody pressed Ctrl-C after so many years."""

    def __init__(self, done: int) -> None:
        super().__init__(done)
        self.done = done


class _Units:
    """Keeps units in the folder of a sweep."""

    def __init__(self, folder: "GrowingFolder") -> None:
        self._folder = folder

    def get(self, name: str) -> bytes | None:
        """See `simulator.study.sweep.units.Keeper`."""
        return self._folder.get(f"{UNITS}/{name}")

    def put(self, name: str, content: bytes) -> None:
        """See `simulator.study.sweep.units.Keeper`."""
        self._folder.put(f"{UNITS}/{name}", content)


def _found(made: "Sweep", kept: "GrowingFolder", lang: str, quiet: bool, crew: dict[str, Any]) -> "Swept":
    """Make what is missing, and put all of it together.

    Raises
    ------
    _EndedError
        If somebody ends it.
    """
    from simulator.report.numbers import number

    keeper, done = _Units(kept), 0

    def said(what: str, count: int) -> None:
        words = "sweep.goes_on" if what == "kept" else "sweep.damaged"
        click.echo(say(words, lang, count=number(count, lang)), err=True)

    try:
        with progress(made.plan.title, lang, quiet) as told:

            def seen(years: int, total: int, width: float | None) -> None:
                nonlocal done
                done = years
                told(years, total, width)

            made.make(keeper, seen, **crew, told=said)
        return made.result(keeper)
    except KeyboardInterrupt:
        raise _EndedError(done) from None


def _write(kept: "GrowingFolder", found: "Swept", documents: str) -> None:
    """The tidy table, the page and its figures, and the document last: where it is, all of it is."""
    from simulator.report.swept import files, spread
    from simulator.store import csv, parquet

    made = files(found, documents)
    for name, (columns, rows) in spread(found).items():
        made |= {f"{name}.csv": csv(columns, rows), f"{name}.parquet": parquet(columns, rows)}
    text = json.dumps(found.as_json(), ensure_ascii=False, allow_nan=False, indent=1) + "\n"
    for name, content in (made | {DOCUMENT: text.encode()}).items():
        kept.put(name, content)
    kept.prune("figures", {name.rpartition("/")[2] for name in made})


def schema(lang: str, study: bool) -> int:
    """Print the JSON schema of scenario files, or of study files."""
    if not study:
        from simulator.cli.asking import schema as of_scenarios

        return of_scenarios(lang)
    from simulator.study.sweep.written import schema_text

    click.echo(schema_text(), nl=False)
    return DONE


def schema_parameters(lang: str) -> list[click.Parameter]:
    """What ``schema`` takes."""
    return [click.Option(["--study"], is_flag=True, help=say("cli.option.study_schema", lang))]
