"""One command per question: reads what was typed, calls the study, prints what the report says, lets the store write.

Exit status: 0 done; 1 a check fell short; 2 the input is wrong (in words on standard error, never a traceback).
Heavy rooms are imported by the command that needs them, so that help is quick.
"""

import gettext
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator import __version__
from simulator.words import LANGUAGES, LIBRARY_WORDS, machine_language, say

if TYPE_CHECKING:
    from rich.console import Console

    from simulator.scenario import Scenario
    from simulator.study.estimates import Result

DONE, FELL_SHORT, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130
RESULTS = "results"
DOCUMENTS = "nb"
"""Language of documents unless another is asked for: they go to Norwegian readers whatever the machine speaks."""
MOST_REPLICATIONS = 20_000
"""Every year's figures are kept until the end, some 80 kB a year."""
Command = Callable[..., Any]
Told = Callable[[int, int], None]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
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
    option = {
        name: say(f"cli.option.{name}", lang)
        for name in ("lang", "replications", "seed", "engine", "json", "out", "with", "workers", "version")
    }
    settings = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
    group = click.Group(name="simulator", help=say("cli.help", lang), context_settings=settings)
    group.params.append(click.Option(["--lang"], help=option["lang"], type=click.Choice(LANGUAGES)))
    click.version_option(__version__, "--version", prog_name="simulator", help=option["version"])(group)

    def add(name: str, does: Command, *parameters: click.Parameter) -> None:
        group.add_command(
            click.Command(name, callback=does, params=list(parameters), help=say(f"cli.{name}.help", lang))
        )

    scenario = click.Argument(["scenario"])
    chosen = click.Option(["--with", "with_"], multiple=True, help=option["with"])
    seed = click.Option(["--seed"], default=1, show_default=True, help=option["seed"])
    engine = click.Option(
        ["--engine"], type=click.Choice(["simpy", "compiled"]), default="simpy", help=option["engine"]
    )
    as_json = click.Option(["--json", "json_"], metavar="FILE|-", help=option["json"])
    out = click.Option(["--out"], default=RESULTS, show_default=True, help=option["out"])
    workers = click.Option(["--workers"], type=click.IntRange(1, 1024), help=option["workers"])
    many = click.IntRange(1, MOST_REPLICATIONS)

    def replications(count: int) -> click.Option:
        return click.Option(
            ["--replications"], type=many, default=count, show_default=True, help=option["replications"]
        )

    add("overview", _with_lang(_overview, lang, documents), replications(10), seed, as_json, out, workers)
    add(
        "run",
        _with_lang(_run, lang, documents),
        scenario,
        chosen,
        replications(20),
        seed,
        engine,
        as_json,
        out,
        workers,
    )
    add("backtest", _with_lang(_backtest, lang), replications(20), seed, as_json, workers)
    log = click.Argument(["log"])
    add("replay", _with_lang(_replay, lang, documents), log, scenario, chosen, seed, as_json, out)
    add("check", _with_lang(_check, lang), click.Argument(["scenarios"], nargs=-1, required=True), chosen)
    add("schema", _with_lang(_schema, lang))
    add("evidence", _with_lang(_evidence, lang), click.Argument(["word"], default=""), as_json)
    add("solve", _with_lang(_solve, lang), out, workers)
    return group


def _with_lang(does: Command, lang: str, documents: str | None = None) -> Command:
    spoken = {"lang": lang} if documents is None else {"lang": lang, "documents": documents}

    def called(**typed: Any) -> Any:
        return does(**spoken, **typed)

    return called


# --- commands ----------------------------------------------------------------------------------------------------


def _overview(
    lang: str, documents: str, replications: int, seed: int, json_: str | None, out: str, workers: int | None
) -> int:
    from simulator.report.overview import overview_tables
    from simulator.report.terminal import assumption_tables, table
    from simulator.study.overview import overview

    with progress(say("overview.title", lang), lang, quiet=json_ == "-") as told:
        found = overview(replications, seed, told, workers)
    folder = _save(found.after, out, documents)
    tables = [*map(table, overview_tables(found, lang)), *assumption_tables(found.after, lang)]
    _show(lang, json_, found.as_json(), tables, folder)
    return DONE


def _run(
    lang: str,
    documents: str,
    scenario: str,
    with_: tuple[str, ...],
    replications: int,
    seed: int,
    engine: str,
    json_: str | None,
    out: str,
    workers: int | None,
) -> int:
    from simulator.report.terminal import run_tables
    from simulator.study.run import run

    loaded = _whole(scenario, with_)
    _warn(loaded, lang)
    with progress(loaded.title, lang, quiet=json_ == "-") as told:
        result = run(loaded, replications, seed, engine, told, workers)
    folder = _save(result, out, documents)
    _show(lang, json_, result.as_json(), run_tables(result, lang), folder)
    return DONE


def _backtest(lang: str, replications: int, seed: int, json_: str | None, workers: int | None) -> int:
    from simulator.report.terminal import backtest_table
    from simulator.study.backtest import backtest

    with progress("backtest", lang, quiet=json_ == "-") as told:
        compared = backtest(replications, seed, told, workers)
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

    for reference in REFERENCES:
        profiles, origins = solve(reference, workers=workers, said=lambda line: click.echo(line, err=True))
        write_solution(Path(out) / reference, profiles, origins)
        click.echo(say("cli.solved", lang, name=str(Path(out) / reference)))
    return DONE


# --- what commands share -----------------------------------------------------------------------------------------


@contextmanager
def progress(title: str, lang: str, quiet: bool) -> Iterator[Told]:
    """A bar on standard error while years are simulated; a line when it is no terminal, nothing when ``quiet``."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = _console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    hidden = quiet or not console.is_terminal
    with Progress(*columns, console=console, disable=hidden, transient=True) as bar:
        task = bar.add_task(say("cli.progress", lang, title=title), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _console(stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=False)


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
    console = _console()
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
