"""One command per question: reads what was typed, calls the study, prints what the report says, lets the store write.

Exit status: 0 done; 1 a check fell short; 2 the input is wrong (in words on standard error, never a traceback); 130
somebody pressed Ctrl-C: then the result rests on the years that were whole, if there were two of them, or nothing is
written. Heavy rooms are imported by the command that needs them, so that help is quick.
"""

import gettext
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator import __version__
from simulator.cli import comparing, importing, wanting
from simulator.cli import line as known_line
from simulator.cli import worlds as plausible
from simulator.cli.options import ENGINES, MOST_UNTIL_PRECISE, YEARS_OF_EACH, Options
from simulator.cli.waiting import progress
from simulator.words import LANGUAGES, LIBRARY_WORDS, machine_language, say

if TYPE_CHECKING:
    from simulator.scenario import Scenario
    from simulator.study.estimates import Result

DONE, FELL_SHORT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
DOCUMENTS = "nb"
"""Language of documents unless another is asked for: they go to Norwegian readers whatever the machine speaks."""
YEARS_OF_OVERVIEW, YEARS_OF_RUN = 10, 20
"""Simulated years unless another number is asked for."""
Command = Callable[..., Any]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: cores are for years, and matrices are small
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    typed, asked = split_language(list(sys.argv[1:] if arguments is None else arguments))
    sys.exit(run_command(typed, machine_language() if asked is None else asked, asked or DOCUMENTS))


def split_language(typed: list[str]) -> tuple[list[str], str | None]:
    """What was typed without ``--lang``, and the language asked for: it may stand anywhere, and help needs it first."""
    rest: list[str] = []
    lang: str | None = None
    parts = iter(typed)
    for part in parts:
        if part == "--lang":
            lang = next(parts, "")
        elif part.startswith("--lang="):
            lang = part.removeprefix("--lang=")
        else:
            rest.append(part)
    return rest, lang


def run_command(typed: Sequence[str], lang: str, documents: str = DOCUMENTS) -> int:
    """Run one command; its exit status. Everything that is wrong with the input is said, not raised."""
    if lang not in LANGUAGES:
        click.echo(say("cli.lang.unknown", "en", found=lang), err=True)
        return WRONG_INPUT
    os.environ["LANGUAGE"] = lang  # the command-line library asks gettext, and gettext asks the environment
    gettext.bindtextdomain("messages", str(LIBRARY_WORDS))
    try:
        status = command_line(lang, documents).main(list(typed), prog_name="simulator", standalone_mode=False)
        return status if isinstance(status, int) else DONE
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo(say("cli.interrupted", lang), err=True)
        return INTERRUPTED
    except SystemExit:  # how the libraries leave when whoever read the output has gone
        return DONE
    except Exception as error:
        told = in_words(error, lang)
        if told is None:
            raise
        click.echo(told, err=True)
        return WRONG_INPUT


def in_words(error: Exception, lang: str) -> str | None:
    """What a planner is told of an error of the input; None for a defect of the program."""
    if callable(text := getattr(error, "text", None)):
        return str(text(lang))
    if isinstance(error, OSError):
        path = error.filename or say("cli.screen", lang)
        return say("cli.cannot_write", lang, path=path, reason=error.strerror or str(error))
    return None


def command_line(lang: str, documents: str = DOCUMENTS) -> click.Group:
    """The commands, with help in a language and documents in another."""
    options = Options(lang)
    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
    group = click.Group(name="simulator", help=say("cli.help", lang), context_settings=settings)
    group.params.append(options.language())
    click.version_option(__version__, "--version", prog_name="simulator", help=options.version())(group)

    def add(name: str, does: Command, *parameters: click.Parameter) -> None:
        group.add_command(
            click.Command(name, callback=does, params=list(parameters), help=say(f"cli.{name}.help", lang))
        )

    scenario, chosen, seed, as_json, out = (
        click.Argument(["scenario"]),
        options.overrides(),
        options.seed(),
        options.json(),
        options.out(),
    )
    crew = options.crew()
    add(
        "overview",
        _with_lang(_overview, lang, documents),
        plausible.worlds_option(lang),
        options.years(YEARS_OF_OVERVIEW),
        seed,
        as_json,
        out,
        *crew,
    )
    add(
        "run",
        _with_lang(_run, lang, documents),
        scenario,
        chosen,
        plausible.worlds_option(lang),
        *options.until_precise(YEARS_OF_RUN),
        seed,
        options.engine(),
        as_json,
        out,
        *crew,
    )
    add("compare", _with_lang(comparing.compare, lang), *comparing.parameters(lang, options))
    add("wanted", _with_lang(wanting.wanted, lang), *wanting.parameters(lang, options))
    over = plausible.worlds_option(lang), options.years(YEARS_OF_RUN)
    add("backtest", _with_lang(_backtest, lang), *over, seed, as_json, *crew)
    log = click.Argument(["log"])
    add("replay", _with_lang(_replay, lang, documents), log, scenario, chosen, seed, as_json, out)
    add("check", _with_lang(_check, lang), click.Argument(["scenarios"], nargs=-1, required=True), chosen)
    add("schema", _with_lang(_schema, lang))
    add("evidence", _with_lang(_evidence, lang), click.Argument(["word"], default=""), as_json)
    add("reconstruct", _with_lang(known_line.reconstruct, lang), *known_line.parameters(lang, options))
    add("import", _with_lang(importing.import_own, lang), *importing.import_parameters(lang, options))
    add("export", _with_lang(importing.export, lang), *importing.export_parameters(lang, options))
    add("solve", _with_lang(_solve, lang), out, options.workers())
    add("calibrate", _with_lang(plausible.calibrate, lang), *plausible.calibrate_parameters(lang, options))
    add("coverage", _with_lang(plausible.coverage, lang), *plausible.coverage_parameters(lang, options))
    return group


def _with_lang(does: Command, lang: str, documents: str | None = None) -> Command:
    spoken = {"lang": lang} if documents is None else {"lang": lang, "documents": documents}

    def called(**typed: Any) -> Any:
        return does(**spoken, **typed)

    return called


# --- commands ----------------------------------------------------------------------------------------------------


def _overview(
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
    from simulator.report.overview import overview_tables
    from simulator.report.terminal import assumption_tables, table
    from simulator.study.overview import overview

    _look_at_crew(lang, workers, dask)
    over = plausible.worlds_of(worlds, lang)
    years = replications or (YEARS_OF_OVERVIEW if over is None else YEARS_OF_EACH)
    with progress(say("overview.title", lang), lang, quiet=json_ == "-") as told:
        found = overview(years, seed, told, workers, dask, keep_interrupted=True, worlds=over)
    status = _say_how_it_ended(found.after, lang)
    folder = _save(found.after, out, documents)
    tables = [*map(table, overview_tables(found, lang)), *assumption_tables(found.after, lang)]
    _show(lang, json_, found.as_json(), tables, folder)
    return status


def _run(
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
    from simulator.report.terminal import run_tables
    from simulator.study.run import run
    from simulator.study.watched import Precision

    if precision_of and precision is None:
        raise click.UsageError(say("cli.precision.how_much", lang))
    _look_at_crew(lang, workers, dask, engine)
    wanted = None if precision is None else Precision(precision, precision_of)
    loaded = _whole(scenario, with_)
    over = plausible.for_scenario(loaded, worlds, lang)
    usual = YEARS_OF_RUN if over is None else YEARS_OF_EACH
    years = replications or (usual if wanted is None else MOST_UNTIL_PRECISE)
    _warn(loaded, lang)
    with progress(loaded.title, lang, quiet=json_ == "-", wanted=precision) as told:
        result = run(
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
    _show(lang, json_, result.as_json(), run_tables(result, lang), folder)
    return status


def _backtest(
    lang: str,
    worlds: str,
    replications: int | None,
    seed: int,
    json_: str | None,
    workers: int | None,
    dask: str | None,
) -> int:
    from simulator.report.terminal import backtest_table
    from simulator.study.backtest import backtest

    _look_at_crew(lang, workers, dask)
    over = plausible.worlds_of(worlds, lang)
    years = replications or (YEARS_OF_RUN if over is None else YEARS_OF_EACH)
    with progress("backtest", lang, quiet=json_ == "-") as told:
        compared = backtest(years, seed, told, workers, dask, () if over is None else over.worlds)
    figures = [each.as_json() for each in compared]
    _show(lang, json_, {"figures": figures}, [backtest_table(figures, lang)])
    fitted = [each for each in compared if not each.held_out]
    differing = sum(each.verdict == "differs" for each in fitted)
    if json_ != "-":
        key = "cli.backtest.differs" if differing else "cli.backtest.agrees"
        click.echo(say(key, lang, count=differing or len(fitted)))
    return FELL_SHORT if differing else DONE


def _replay(
    lang: str, documents: str, log: str, scenario: str, with_: tuple[str, ...], seed: int, json_: str | None, out: str
) -> int:
    from simulator.report.replayed import contacts_table
    from simulator.report.terminal import run_tables, table
    from simulator.scenario import load
    from simulator.study.replay import replay

    loaded = load(scenario, with_)
    _warn(loaded, lang)
    replayed = replay(log, loaded, seed)
    folder = _save(replayed.result, out, documents)
    tables = [table(contacts_table(replayed, lang)), *run_tables(replayed.result, lang)]
    _show(lang, json_, replayed.as_json(), tables, folder)
    return DONE


def _check(lang: str, scenarios: tuple[str, ...], with_: tuple[str, ...]) -> int:
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


def _schema(lang: str) -> int:
    from simulator.scenario import schema_text

    click.echo(schema_text(), nl=False)
    return DONE


def _evidence(lang: str, word: str, json_: str | None) -> int:
    from simulator.evidence import search
    from simulator.report.known import evidence_json, evidence_lines

    found = search(word)
    _show(lang, json_, evidence_json(found), [])
    if json_ != "-":
        for entry in found:
            click.echo("\n".join(evidence_lines(entry, lang)) + "\n")
        none = say("cli.evidence.none", lang, word=word)
        click.echo(say("cli.evidence.count", lang, count=len(found)) if found else none)
    return DONE if found else FELL_SHORT


def _solve(lang: str, out: str, workers: int | None) -> int:
    from simulator.demand import REFERENCES
    from simulator.study.solve import solve, write_solution

    _look_at_crew(lang, workers, None)
    for reference in REFERENCES:
        profiles, origins = solve(reference, workers=workers, said=lambda line: click.echo(line, err=True))
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


def _show(lang: str, json_: str | None, document: Any, tables: Sequence[Any], folder: Path | None = None) -> None:
    """Print the JSON document, or the tables and where the result lies."""
    text = json.dumps(document, allow_nan=False, separators=(",", ":")) if json_ else ""
    if json_ == "-":
        click.echo(text)
        return
    from rich.console import Console

    console = Console(highlight=False, soft_wrap=False)
    for table in tables:
        console.print(table)
    if json_:
        from simulator.store import write_text_whole

        write_text_whole(Path(json_), text + "\n")
    if folder is not None:
        click.echo(say("cli.saved", lang, path=folder))
        click.echo(say("cli.open_report", lang, path=folder / "report.html"))


if __name__ == "__main__":
    main()
