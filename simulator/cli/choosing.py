"""The command that finds the best opening hours for a budget."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.cli.options import Options, share_in
from simulator.cli.showing import show
from simulator.cli.waiting import progress
from simulator.cli.worlds import for_scenario, worlds_option
from simulator.words import say

if TYPE_CHECKING:
    from simulator.scenario import Scenario

GRIDS = ("30", "60", "120", "180", "240")
GROUPS = ("alike", "weekend", "weekday")
MOST_PEOPLE, YEARS_ENUMERATED = 6, 100
"""As in `simulator.study.hours`, which would take a moment to load; a test keeps them equal."""
_MOST_YEARS = 10_000


def parameters(lang: str, options: Options) -> list[click.Parameter]:
    """What ``hours`` takes."""
    words = {name: say(f"cli.option.hours_{name}", lang) for name in _OPTIONS}
    percent = "95%", "1%|25"
    return [
        click.Argument(["scenario"]),
        click.Option(["--budget"], required=True, metavar="+KR|KR", help=words["budget"]),
        _choice("--channel", ("chat", "phone"), "chat", words["channel"]),
        _choice("--grid", GRIDS, "60", words["grid"]),
        click.Option(["--most"], type=click.IntRange(1, MOST_PEOPLE), default=3, show_default=True, help=words["most"]),
        _choice("--days", GROUPS, "weekend", words["days"]),
        _choice("--shifts", ("1", "2"), "2", words["shifts"]),
        click.Option(["--aim"], default="persons_reached", show_default=True, metavar="FILE", help=words["aim"]),
        click.Option(["--free"], is_flag=True, help=words["free"]),
        _choice("--shared", ("no", "yes"), "no", words["shared"]),
        click.Option(
            ["--confidence"], type=share_in(lang), default="95%", metavar=percent[0], help=words["confidence"]
        ),
        click.Option(["--indifference"], default="1%", metavar=percent[1], help=words["indifference"]),
        click.Option(["--exhaustive"], is_flag=True, help=words["exhaustive"]),
        click.Option(
            ["--years"],
            type=click.IntRange(2, _MOST_YEARS),
            default=YEARS_ENUMERATED,
            show_default=True,
            help=words["years"],
        ),
        worlds_option(lang),
        options.seed(),
        options.json(),
        options.out(),
        options.workers(),
    ]


_OPTIONS = (
    *("budget", "channel", "grid", "most", "days", "shifts", "aim", "free", "shared", "confidence", "indifference"),
    *("exhaustive", "years"),
)


def _choice(name: str, allowed: tuple[str, ...], usual: str, words: str) -> click.Option:
    return click.Option([name], type=click.Choice(allowed), default=usual, show_default=True, help=words)


def hours(
    lang: str,
    documents: str,
    scenario: str,
    budget: str,
    channel: str,
    grid: str,
    most: int,
    days: str,
    shifts: str,
    aim: str,
    free: bool,
    shared: str,
    confidence: float,
    indifference: str,
    exhaustive: bool,
    years: int,
    worlds: str,
    seed: int,
    json_: str | None,
    out: str,
    workers: int | None,
) -> int:
    """Find the best hours, print the answer and write it."""
    from simulator.report.best_hours import hours_tables, lead, sure, turning
    from simulator.report.best_hours_page import PROPOSAL, answer_tables, files
    from simulator.report.terminal import paragraphs, table
    from simulator.scenario import load
    from simulator.service.engines import first_use
    from simulator.store import save_answer
    from simulator.study.hours import Question, best_hours, read_aim

    if (said := first_use()) is not None:
        click.echo(say(f"cli.engine.{said}", lang), err=True)
    loaded = load(scenario)
    question = Question(
        channel=channel,
        days=days,
        grid_min=int(grid),
        most=most,
        aim=read_aim(aim),
        free=free,
        shared=shared == "yes",
        shifts_each=int(shifts),
        confidence=confidence,
        indifference=_indifference(indifference, lang),
        exhaustive=exhaustive,
        years=years,
    )
    over = for_scenario(loaded, worlds, lang)
    with progress(loaded.title, lang, quiet=json_ == "-") as told:
        found = best_hours(loaded, budget, question, seed, workers, told, worlds=over)
    name, fingerprint, folder = loaded.name, found.manifest["fingerprint"], Path(out)
    extends = _seen_from(folder / "folder", scenario, loaded)
    document = found.as_json()
    saved = save_answer(
        "hours", name, fingerprint, document, answer_tables(found), files(found, extends, documents), folder
    )
    tables = [paragraphs(lead(found, lang)), *map(table, hours_tables(found, lang))]
    tables += [paragraphs(turning(found, lang)), paragraphs(sure(found, lang))]
    where = say("cli.saved", lang, path=saved), say("cli.open_report", lang, path=saved / "report.html")
    show(lang, json_, document, tables, *where, say("hours.saved_proposal", lang, path=saved / PROPOSAL))
    return 0


def _indifference(typed: str, lang: str) -> float:
    """A share such as ``1%``, or a number of persons such as ``25``."""
    if "%" in typed:
        return share_in(lang)(typed)
    try:
        number = float(typed.replace(",", "."))
    except ValueError:
        number = 0.0
    if not 1.0 <= number < 1e9:
        return share_in(lang)(typed)
    return number


def _seen_from(folder: Path, typed: str, loaded: "Scenario") -> str:
    """How a file in a folder names the scenario it extends: a shipped one by name, one of the planner's by its path."""
    from simulator.scenario.places import find, shipped_folder

    path = find(typed)
    if path is None or path.resolve().parent == shipped_folder().resolve():
        return f"{loaded.name}.yaml"
    return os.path.relpath(path.resolve(), folder.resolve()).replace(os.sep, "/")
