"""The commands that ask one scenario, the back-test and the evidence, and what they share.

Each is told what was typed, asks the study, shows what the report says, lets the store write, and gives its status.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.cli.options import ENGINES, MOST_UNTIL_PRECISE, YEARS_OF_EACH
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario, worlds_of
from simulator.words import say

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.study.estimates import Result

DONE, FELL_SHORT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
YEARS_OF_OVERVIEW, YEARS_OF_RUN = 10, 20
"""Simulated years of one world unless another number is asked for."""


def overview(
    lang: str,
    documents: str,
    worlds: str,
    replications: int | None,
    seed: int,
    json_: str | None,
    out: str,
    workers: int | None,
    dask: str | None,
) -> int:
    """What the opening hours of 2024 cost."""
    from simulator.report.overview import overview_tables
    from simulator.report.terminal import assumption_tables, table
    from simulator.study.overview import overview as ask

    _look_at_crew(lang, workers, dask)
    over = worlds_of(worlds, lang)
    years = replications or (YEARS_OF_OVERVIEW if over is None else YEARS_OF_EACH)
    with progress(say("overview.title", lang), lang, quiet=json_ == "-") as told:
        found = ask(years, seed, told, workers, dask, keep_interrupted=True, worlds=over)
    status = _say_how_it_ended(found.after, lang)
    folder = _save(found.after, out, documents)
    tables = [*map(table, overview_tables(found, lang)), *assumption_tables(found.after, lang)]
    show(lang, json_, found.as_json(), tables, *_where(folder, lang))
    return status


def run(
    lang: str,
    documents: str,
    scenario: str,
    with_: tuple[str, ...],
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
    """Simulate a scenario."""
    from simulator.report.terminal import run_tables
    from simulator.study.run import run as ask
    from simulator.study.watched import Precision

    if precision_of and precision is None:
        raise click.UsageError(say("cli.precision.how_much", lang))
    _look_at_crew(lang, workers, dask, engine)
    wanted = None if precision is None else Precision(precision, precision_of)
    loaded = _whole(scenario, with_)
    over = for_scenario(loaded, worlds, lang)
    usual = YEARS_OF_RUN if over is None else YEARS_OF_EACH
    years = replications or (usual if wanted is None else MOST_UNTIL_PRECISE)
    _warn(loaded, lang)
    with progress(loaded.title, lang, quiet=json_ == "-", wanted=precision) as told:
        result = ask(
            loaded,
            years,
            seed,
            engine,
            told,
            workers,
            precision=wanted,
            dask=dask,
            keep_interrupted=True,
            worlds=over,
        )
    status = _say_how_it_ended(result, lang)
    folder = _save(result, out, documents)
    show(lang, json_, result.as_json(), run_tables(result, lang), *_where(folder, lang))
    return status


def backtest(
    lang: str,
    worlds: str,
    replications: int | None,
    seed: int,
    json_: str | None,
    workers: int | None,
    dask: str | None,
) -> int:
    """The model beside every published figure."""
    from simulator.report.terminal import backtest_table
    from simulator.study.backtest import backtest as ask

    _look_at_crew(lang, workers, dask)
    over = worlds_of(worlds, lang)
    years = replications or (YEARS_OF_RUN if over is None else YEARS_OF_EACH)
    with progress("backtest", lang, quiet=json_ == "-") as told:
        compared = ask(years, seed, told, workers, dask, () if over is None else over.worlds)
    figures = [each.as_json() for each in compared]
    show(lang, json_, {"figures": figures}, [backtest_table(figures, lang)])
    fitted = [each for each in compared if not each.held_out]
    differing = sum(each.verdict == "differs" for each in fitted)
    if json_ != "-":
        key = "cli.backtest.differs" if differing else "cli.backtest.agrees"
        click.echo(say(key, lang, count=differing or len(fitted)))
    return FELL_SHORT if differing else DONE


def replay(
    lang: str, documents: str, log: str, scenario: str, with_: tuple[str, ...], seed: int, json_: str | None, out: str
) -> int:
    """Recorded contacts through a plan."""
    from simulator.report.replayed import contacts_table
    from simulator.report.terminal import run_tables, table
    from simulator.scenario import load
    from simulator.study.replay import replay as ask

    loaded = load(scenario, with_)
    _warn(loaded, lang)
    replayed = ask(log, loaded, seed)
    folder = _save(replayed.result, out, documents)
    tables = [table(contacts_table(replayed, lang)), *run_tables(replayed.result, lang)]
    show(lang, json_, replayed.as_json(), tables, *_where(folder, lang))
    return DONE


def check(lang: str, scenarios: tuple[str, ...], with_: tuple[str, ...]) -> int:
    """Review scenarios without running them."""
    from simulator.scenario import ScenarioError, review

    status = DONE
    for name in scenarios:
        try:
            remarks = review(_whole(name, with_))
        except ScenarioError as wrong:
            click.echo(wrong.text(lang), err=True)
            status = WRONG_INPUT
            continue
        for remark in remarks:
            click.echo(remark.text(lang), err=True)
        click.echo(say("cli.check.warnings" if remarks else "cli.check.good", lang, file=name))
    return status


def schema(lang: str) -> int:
    """Print the JSON schema of scenario files."""
    from simulator.scenario import schema_text

    click.echo(schema_text(), nl=False)
    return DONE


def evidence(lang: str, word: str, json_: str | None) -> int:
    """Print what is known."""
    from simulator.evidence import search
    from simulator.report.known import evidence_json, evidence_lines

    found = search(word)
    show(lang, json_, evidence_json(found), [])
    if json_ != "-":
        for entry in found:
            click.echo("\n".join(evidence_lines(entry, lang)) + "\n")
        none = say("cli.evidence.none", lang, word=word)
        click.echo(say("cli.evidence.count", lang, count=len(found)) if found else none)
    return DONE if found else FELL_SHORT


def solve(lang: str, out: str, workers: int | None) -> int:
    """Solve the shipped demand anew."""
    from simulator.demand import REFERENCES
    from simulator.study.solve import solve as ask
    from simulator.study.solve import write_solution

    _look_at_crew(lang, workers, None)
    for reference in REFERENCES:
        profiles, origins = ask(reference, workers=workers, said=lambda line: click.echo(line, err=True))
        write_solution(Path(out) / reference, profiles, origins)
        click.echo(say("cli.solved", lang, name=str(Path(out) / reference)))
    return DONE


# --- what commands share -----------------------------------------------------------------------------------------


def _look_at_crew(lang: str, workers: int | None, dask: str | None, engine: str = ENGINES[0]) -> None:
    """Refuse a cluster with workers of its own and ours, and say what the engine is about to do on this machine.

    Raises
    ------
    click.UsageError
        If both are given.
    """
    if workers is not None and dask is not None:
        raise click.UsageError(say("cli.dask.has_workers", lang))
    if dask is not None:
        return
    from simulator.service.engines import first_use as first_use_of

    if (first_use := first_use_of(engine)) is not None:
        click.echo(say(f"cli.engine.{first_use}", lang), err=True)


def _say_how_it_ended(result: "Result", lang: str) -> int:
    """Say on standard error if fewer years than asked for count, and why; the exit status of that."""
    from simulator.report.numbers import number, percent

    made = result.manifest
    years, asked, precision = made["replications"], made["asked_replications"], made["precision"]
    if made["interrupted"]:
        done = {"done": number(years, lang), "asked": number(asked, lang), "worlds": number(made["worlds"], lang)}
        click.echo(say(f"cli.interrupted.{'worlds' if made['worlds'] > 1 else 'kept'}", lang, **done), err=True)
        return INTERRUPTED
    if precision is not None:
        width = "–" if precision["reached"] is None else percent(precision["reached"], lang, 2)
        told = {"years": number(years, lang), "reached": width, "of": ", ".join(precision["of"])}
        click.echo(say(f"cli.precision.{'met' if precision['met'] else 'limit'}", lang, **told), err=True)
    return DONE


def _whole(scenario: str, with_: Sequence[str] = ()) -> "Scenario":
    """A scenario whose profiles have been read too, so that all that is wrong is said before a year is simulated."""
    from simulator.demand import hourly_rates
    from simulator.scenario import CHANNELS, Calendar, load

    loaded = load(scenario, with_)
    calendar = Calendar.of(loaded)
    for channel in CHANNELS:
        hourly_rates(loaded, channel, calendar)
    return loaded


def _warn(loaded: Any, lang: str) -> None:
    from simulator.scenario import review

    for remark in review(loaded):
        click.echo(remark.text(lang), err=True)


def _save(result: "Result", out: str, documents: str) -> Path:
    from simulator.report import report
    from simulator.store import save

    return save(result, report(result, documents), Path(out))


def _where(folder: Path, lang: str) -> tuple[str, str]:
    """Where the result is, and how to read it."""
    return say("cli.saved", lang, path=folder), say("cli.open_report", lang, path=folder / "report.html")
