"""One command per question: reads what was typed, calls the study, prints what the report says, lets the store write.

Exit status: 0 done; 1 a check fell short; 2 the input is wrong (in words on standard error, never a traceback); 130
somebody pressed Ctrl-C: then the result rests on the years that were whole, if there were two of them, or nothing is
written. Heavy rooms are imported by the command that needs them, so that help is quick.
"""

import gettext
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

import click

from simulator import __version__
from simulator.cli import (
    asking,
    choosing,
    comparing,
    explaining,
    importing,
    pricing,
    reporting,
    staffing,
    sweeping,
    wanting,
)
from simulator.cli import line as known_line
from simulator.cli import regressing as held
from simulator.cli import rostering as rosters
from simulator.cli import worlds as plausible
from simulator.cli.asking import DONE, INTERRUPTED, WRONG_INPUT, YEARS_OF_OVERVIEW, YEARS_OF_RUN
from simulator.cli.options import Options
from simulator.words import LANGUAGES, LIBRARY_WORDS, machine_language, say

DOCUMENTS = "nb"
"""Language of documents unless another is asked for: they go to Norwegian readers whatever the machine speaks."""
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
        _with_lang(asking.overview, lang, documents),
        plausible.worlds_option(lang),
        options.years(YEARS_OF_OVERVIEW),
        seed,
        as_json,
        out,
        *crew,
    )
    add(
        "run",
        _with_lang(asking.run, lang, documents),
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
    add("compare", _with_lang(comparing.compare, lang, documents), *comparing.parameters(lang, options))
    add("explain", _with_lang(explaining.explain, lang, documents), *explaining.parameters(lang, options))
    add("cost", _with_lang(pricing.cost, lang, documents), *pricing.parameters(lang, options))
    add("wanted", _with_lang(wanting.wanted, lang), *wanting.parameters(lang, options))
    over = plausible.worlds_option(lang), options.years(YEARS_OF_RUN)
    add("backtest", _with_lang(asking.backtest, lang), *over, seed, as_json, *crew)
    log = click.Argument(["log"])
    add("replay", _with_lang(asking.replay, lang, documents), log, scenario, chosen, seed, as_json, out)
    add("check", _with_lang(asking.check, lang), click.Argument(["scenarios"], nargs=-1, required=True), chosen)
    add("schema", _with_lang(sweeping.schema, lang), *sweeping.schema_parameters(lang))
    add("sweep", _with_lang(sweeping.sweep, lang, documents), *sweeping.parameters(lang, options))
    add("staff", _with_lang(staffing.staff, lang, documents), *staffing.parameters(lang, options))
    add("hours", _with_lang(choosing.hours, lang, documents), *choosing.parameters(lang, options))
    add("roster", _with_lang(rosters.roster, lang, documents), *rosters.parameters(lang, options))
    add("report", _with_lang(reporting.report, lang, documents), *reporting.parameters(lang))
    add("regress", _with_lang(held.regress, lang), *held.parameters(lang, options))
    add("evidence", _with_lang(asking.evidence, lang), click.Argument(["word"], default=""), as_json)
    add("reconstruct", _with_lang(known_line.reconstruct, lang), *known_line.parameters(lang, options))
    add("import", _with_lang(importing.import_own, lang), *importing.import_parameters(lang, options))
    add("export", _with_lang(importing.export, lang), *importing.export_parameters(lang, options))
    add("solve", _with_lang(asking.solve, lang), out, options.workers())
    add("calibrate", _with_lang(plausible.calibrate, lang), *plausible.calibrate_parameters(lang, options))
    add("coverage", _with_lang(plausible.coverage, lang), *plausible.coverage_parameters(lang, options))
    return group


def _with_lang(does: Command, lang: str, documents: str | None = None) -> Command:
    spoken = {"lang": lang} if documents is None else {"lang": lang, "documents": documents}

    def called(**typed: Any) -> Any:
        return does(**spoken, **typed)

    return called


if __name__ == "__main__":
    main()
